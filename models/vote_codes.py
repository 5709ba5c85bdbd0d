"""Paper codes (รหัสลงคะแนน): slips that a headman hands out, one use each, revocable. Stored as keyed hashes only.

A slip is a place on the roll: whoever uses the code first takes the place. Sheets are shown once, when they are made;
printing one again makes new codes and revokes the old ones.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    LargeBinary,
    String,
    func,
    select,
    update,
)
from sqlalchemy.orm import Mapped, Session, mapped_column

from ballots.manifest import Level
from models import audit
from models.base import Base, Key
from models.key_room import KeyRoom
from models.polls import NotAllowed, Poll
from models.roll import LEVELS, RollRow, new_roll_id

#: Slips of one sheet at most.
MOST_SLIPS = 2000

STATES = ("ready", "used", "revoked")


class CodeSheet(Base):
    """A sheet of slips printed together: for which village, to be handed out by whom."""

    __tablename__ = "code_sheets"

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    poll_id: Mapped[int] = mapped_column(ForeignKey("polls.id"), index=True)
    area: Mapped[str] = mapped_column(String(20), default="", server_default="")
    label: Mapped[str] = mapped_column(String(120), default="", server_default="")
    made_by: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))


class VoteCode(Base):
    """One slip: the keyed hash of its code, the place on the roll that it opens, and whether it may be used."""

    __tablename__ = "vote_codes"
    __table_args__ = (
        ForeignKeyConstraint(["poll_id", "roll_id"], ["poll_roll.poll_id", "poll_roll.roll_id"]),
        CheckConstraint(f"state IN {STATES!r}", name="state"),
        Index("ix_vote_codes_roll", "poll_id", "roll_id"),
        {"sqlite_with_rowid": False},
    )

    code_hash: Mapped[bytes] = mapped_column(LargeBinary(32), primary_key=True)
    poll_id: Mapped[int]
    roll_id: Mapped[bytes] = mapped_column(LargeBinary(16))
    sheet_id: Mapped[int] = mapped_column(ForeignKey("code_sheets.id"), index=True)
    state: Mapped[str] = mapped_column(String(8), default="ready", server_default="ready")


#: Letters of a code: Crockford's base32, nothing in it is misread for something else. Eight of them are 40 bits.
_LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_MISREAD = str.maketrans("OIL๐๑๒๓๔๕๖๗๘๙", "0110123456789")
LENGTH = 8


@dataclass(frozen=True)
class Slip:
    """One slip of a fresh sheet, to be printed and forgotten: the code as people read it, and the household it is for
    where the roll has one. The address for its QR is `<public_url>/vote/code/<poll>/<code>`."""

    code: str
    roll_id: bytes


def new_code() -> str:
    """A fresh code, as it is printed: “7K3F-9MQX”."""
    letters = "".join(secrets.choice(_LETTERS) for _ in range(LENGTH))
    return f"{letters[:4]}-{letters[4:]}"


def plain_code(typed: str) -> str:
    """What somebody typed, as it is hashed: without spaces and dashes, in capitals, misread letters put right."""
    return "".join(char for char in typed.upper().translate(_MISREAD) if char.isalnum())


def looks_like_code(typed: str) -> bool:
    """Whether this could be a code at all."""
    plain = plain_code(typed)
    return len(plain) == LENGTH and set(plain) <= set(_LETTERS)


def print_sheet(
    session: Session,
    actor: audit.Actor | Any,
    keys: KeyRoom,
    poll: Poll,
    count: int,
    now: datetime,
    *,
    area: str = "",
    label: str = "",
) -> tuple[CodeSheet, list[Slip]]:
    """A sheet of fresh slips, each a new place on the roll. The codes are in the answer only.

    Before opening, or while open where the roll may grow. Raises NotAllowed: `state`, `frozen` (thaw the rules first:
    they name how many are on the roll), `count` (1 to 2,000 slips a sheet), `level`
    (the poll asks for more than a slip that whoever holds it may use).
    """
    if LEVELS.index(str(poll.draft.get("minimum", Level.CODE.value))) > LEVELS.index(Level.CODE.value):
        raise NotAllowed("level")
    if not 1 <= count <= MOST_SLIPS:
        raise NotAllowed("count")
    may_grow(poll)
    sheet = CodeSheet(poll_id=poll.id, area=area, label=label, made_by=actor.staff_id)
    session.add(sheet)
    session.flush()
    rows = [RollRow(poll_id=poll.id, roll_id=new_roll_id(), area=area, level=Level.CODE.value) for _ in range(count)]
    session.add_all(rows)
    session.flush()
    slips = [_slip(session, keys, sheet, row.roll_id) for row in rows]
    session.flush()
    audit.record(
        session, actor, "poll.codes_printed", f"poll:{poll.id}", None, {"sheet": sheet.id, "slips": count}, now
    )
    return sheet, slips


def reprint(
    session: Session, actor: audit.Actor | Any, keys: KeyRoom, sheet_id: int, now: datetime
) -> tuple[CodeSheet, list[Slip]]:
    """The same places with new codes, where none has been used; the old codes open nothing any more."""
    sheet = session.get_one(CodeSheet, sheet_id)
    ready = select(VoteCode).where(VoteCode.sheet_id == sheet_id, VoteCode.state == "ready").with_for_update()
    slips = []
    for code in session.scalars(ready).all():
        code.state = "revoked"
        slips.append(_slip(session, keys, sheet, code.roll_id))
    session.flush()
    told = {"sheet": sheet_id, "slips": len(slips)}
    audit.record(session, actor, "poll.codes_reprinted", f"poll:{sheet.poll_id}", None, told, now)
    return sheet, slips


def revoke(session: Session, actor: audit.Actor | Any, sheet_id: int, now: datetime) -> int:
    """The unused codes of a sheet open nothing any more (it was lost); how many there were."""
    sheet = session.get_one(CodeSheet, sheet_id)
    ready = update(VoteCode).where(VoteCode.sheet_id == sheet_id, VoteCode.state == "ready").values(state="revoked")
    count = len(session.execute(ready.returning(VoteCode.code_hash)).all())
    told = {"sheet": sheet_id, "slips": count}
    audit.record(session, actor, "poll.codes_revoked", f"poll:{sheet.poll_id}", None, told, now)
    return count


def revoke_one(
    session: Session, actor: audit.Actor | Any, keys: KeyRoom, poll: Poll, typed: str, now: datetime
) -> bool:
    """One code opens nothing any more; False when it is unknown or used."""
    code = session.get(VoteCode, keys.hashed("code", plain_code(typed)), with_for_update=True)
    if code is None or code.poll_id != poll.id or code.state != "ready":
        return False
    code.state = "revoked"
    audit.record(session, actor, "poll.code_revoked", f"poll:{poll.id}", None, {"sheet": code.sheet_id}, now)
    return True


def issue(session: Session, keys: KeyRoom, poll: Poll, roll_id: bytes, staff_id: int | None) -> str:
    """A code for one place on the roll, given at the counter."""
    sheet = CodeSheet(poll_id=poll.id, label="counter", made_by=staff_id)
    session.add(sheet)
    session.flush()
    slip = _slip(session, keys, sheet, roll_id)
    session.flush()
    return slip.code


def may_grow(poll: Poll) -> None:
    """Raise NotAllowed unless places may be added to the poll's roll now."""
    if poll.state == "draft":
        if poll.frozen:
            raise NotAllowed("frozen")
    elif poll.state != "open" or not poll.draft.get("grows", True):
        raise NotAllowed("state")


def sheets(session: Session, poll_id: int) -> list[tuple[CodeSheet, dict[str, int]]]:
    """The poll's sheets, each with how many of its codes are ready, used and revoked."""
    found = session.scalars(select(CodeSheet).where(CodeSheet.poll_id == poll_id).order_by(CodeSheet.id)).all()
    counted = (
        select(VoteCode.sheet_id, VoteCode.state, func.count())
        .where(VoteCode.poll_id == poll_id)
        .group_by(VoteCode.sheet_id, VoteCode.state)
    )
    numbers: dict[int, dict[str, int]] = {sheet.id: dict.fromkeys(STATES, 0) for sheet in found}
    for sheet_id, state, number in session.execute(counted):
        numbers[sheet_id][state] = number
    return [(sheet, numbers[sheet.id]) for sheet in found]


def _slip(session: Session, keys: KeyRoom, sheet: CodeSheet, roll_id: bytes) -> Slip:
    code = new_code()
    hashed = keys.hashed("code", plain_code(code))
    session.add(VoteCode(code_hash=hashed, poll_id=sheet.poll_id, roll_id=roll_id, sheet_id=sheet.id))
    return Slip(code, roll_id)
