"""“บัตรของฉันถูกนับไหม”: whether a receipt's ballot stands on the board, was replaced, or is not there (yet).

Read from the board, which everybody has, and from nothing else. What is typed is not kept.
"""

from __future__ import annotations

from dataclasses import dataclass

from ballots import canonical, sealing
from models import board
from models.polls import Poll
from web.desk import Desk


@dataclass(frozen=True)
class Found:
    """What the board says of a receipt. `kind`: counted, standing (will be counted), superseded, waiting (voting goes
    on, the next checkpoint may bring it), missing, unreadable."""

    kind: str
    receipt: str


def find(desk: Desk, poll: Poll, typed: str) -> Found:
    """Look a typed receipt up."""
    receipt = sealing.read_receipt(typed)
    if receipt is None:
        return Found("unreadable", typed.strip())
    standing, superseded = _on_board(desk, poll)
    if receipt in standing:
        return Found("counted" if poll.state == "published" else "standing", receipt)
    if receipt in superseded:
        return Found("superseded", receipt)
    return Found("waiting" if poll.state == "open" else "missing", receipt)


def _on_board(desk: Desk, poll: Poll) -> tuple[set[str], set[str]]:
    """Receipts of the ballots that stand, and of those that were replaced."""
    standing: set[str] = set()
    gone: set[str] = set()
    for entry in board.entries(desk.session, poll.id, "checkpoint"):
        body = canonical.loads(entry.line)["body"]
        superseded = {sealing.receipt(hashed) for hashed in body["superseded"]}
        standing = (standing - superseded) | {sealing.receipt(hashed) for hashed in body["added"]}
        gone |= superseded
    return standing, gone
