"""What can go wrong between LINE and us, in our own words. Nothing here knows the LINE SDK."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any


class LineTrouble(Exception):
    """A call to LINE did not do what was asked.

    `status` is the HTTP status (0: no answer at all), `request_id` LINE's `x-line-request-id`, which LINE's support
    asks for. The text is for logs and technicians; it never holds a token or anybody's words.
    """

    def __init__(self, text: str, *, status: int = 0, request_id: str = "") -> None:
        super().__init__(text)
        self.status = status
        self.request_id = request_id


class Later(LineTrouble):
    """Not now: rate limit, LINE's own trouble, a timeout, no network. The same call may be made again.

    `doubtful`: the call may have taken effect all the same. `retry_after`: seconds LINE asks us to wait, if it says so.
    """

    def __init__(
        self,
        text: str,
        *,
        status: int = 0,
        request_id: str = "",
        retry_after: float | None = None,
        doubtful: bool = False,
    ) -> None:
        super().__init__(text, status=status, request_id=request_id)
        self.retry_after = retry_after
        self.doubtful = doubtful


class QuotaGone(LineTrouble):
    """The month's message quota does not hold this push."""


class Gone(LineTrouble):
    """There is nobody at this address: a user of another provider, a group we are not in, content deleted."""


class TokenDead(LineTrouble):
    """The reply token is used up, too old or unknown."""


class Refused(LineTrouble):
    """LINE does not accept the body we wrote: our mistake. The text names fields, not what they hold."""


class Unauthorised(LineTrouble):
    """LINE does not accept our access token (401, 403): everything waits until somebody mends it."""


class TooBig(LineTrouble):
    """The content is larger than we take."""


def refusal(status: int, headers: Mapping[str, str], body: Any) -> LineTrouble:
    """Our word for an HTTP status that is no success."""
    request_id = str(headers.get("x-line-request-id", ""))
    if status in (401, 403):
        return Unauthorised(f"HTTP {status}", status=status, request_id=request_id)
    if status in (404, 410):
        return Gone(f"HTTP {status}", status=status, request_id=request_id)
    if status == 429:
        wait = _seconds(headers.get("Retry-After"))
        return Later("HTTP 429", status=status, request_id=request_id, retry_after=wait)
    if 400 <= status < 500 and status != 408:
        return Refused(f"HTTP {status} {_fields(body)}".strip(), status=status, request_id=request_id)
    # 5xx, 408, a redirect (LINE sends none; a proxy may), or a broken TLS session: nobody knows what was done.
    return Later(f"HTTP {status}", status=status, request_id=request_id, doubtful=True)


def _fields(body: Any) -> str:
    """The names of the fields LINE complains about; its texts may quote what a person wrote."""
    details = object_in(body).get("details")
    found = [str(item.get("property", "")) for item in details or [] if isinstance(item, dict)]
    return ", ".join(name for name in found if name)[:300]


def object_in(body: Any) -> dict[str, Any]:
    """The JSON object in a body; empty when it holds none."""
    try:
        read = json.loads(body or "{}")
    except ValueError:
        return {}
    return read if isinstance(read, dict) else {}


def _seconds(value: str | None) -> float | None:
    try:
        return max(0.0, float(value or ""))
    except ValueError:
        return None
