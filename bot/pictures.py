"""Pictures by address: what another system has named, fetched as LINE's are, with trouble in the same words."""

from __future__ import annotations

from typing import BinaryIO

from bot.outside import Forbidden, Outside, TooMuch, Unreachable
from bot.trouble import Gone, Later, Refused, TooBig


def fetch(outside: Outside, address: str, target: BinaryIO, most: int) -> None:
    """Write the picture that lies there into `target`. Raises LineTrouble: Gone, Later, Refused, TooBig."""
    try:
        status = outside.fetch(address, target, most)
    except Forbidden as refused:
        raise Refused(str(refused)) from refused
    except TooMuch as trouble:
        raise TooBig(str(trouble)) from trouble
    except Unreachable as trouble:
        raise Later(str(trouble)) from trouble
    if status in (404, 410):
        raise Gone(f"HTTP {status}", status=status)
    if status == 429 or status >= 500:
        raise Later(f"HTTP {status}", status=status)
    if status != 200:  # a redirect too: it might lead into the office's own network
        raise Refused(f"HTTP {status}", status=status)
