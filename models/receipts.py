"""Receipts (ใบรับ): what the boards say of one. Read from what everybody may download, and from nothing else."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from ballots import canonical, sealing
from models.board import BoardEntry
from models.polls import OPENED, Poll

#: Hexadecimal digits of a ballot's hash that a receipt holds (60 bits).
_DIGITS = 15
_LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


@dataclass(frozen=True)
class Found:
    """What became of the ballot of a receipt: `counted`, `board` (stands, will be counted), `replaced`."""

    what: str
    poll: Poll


def beginning(receipt: str) -> str:
    """The first digits (hex) of the hash of the ballot with this receipt, written as `sealing.receipt` does."""
    number = 0
    for letter in receipt.replace("-", ""):
        number = number * 32 + _LETTERS.index(letter)
    return f"{number:0{_DIGITS}x}"


def find(session: Session, receipt: str) -> Found | None:
    """Look for a receipt on the boards of all polls, the newest first; None when it stands on none."""
    mark = f'"{beginning(receipt)}'.encode()
    found = (
        select(Poll, BoardEntry.line)
        .join(BoardEntry, BoardEntry.poll_id == Poll.id)
        .where(BoardEntry.kind == "checkpoint", Poll.state.in_(OPENED))
        .order_by(Poll.id.desc(), BoardEntry.seq.desc())
    )
    for poll, line in session.execute(found):
        if mark in line:
            what = _what(poll, line, receipt)
            if what:
                return Found(what, poll)
    return None


def _what(poll: Poll, line: bytes, receipt: str) -> str:
    """What this checkpoint says of it; later ones were asked first, so a replacement shows before the ballot itself."""
    body = canonical.loads(line)["body"]
    if any(sealing.receipt(hashed) == receipt for hashed in body["superseded"]):
        return "replaced"
    if not any(sealing.receipt(hashed) == receipt for hashed in body["added"]):
        return ""
    return "counted" if poll.state == "published" else "board"
