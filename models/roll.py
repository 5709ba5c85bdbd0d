"""The roll (บัญชีผู้มีสิทธิ): who may vote in one poll, and who has. Never how, and never when.

One row per person and poll is a constraint of the database, and so is that a row belongs to one voter. `roll_id` is
random: it alone goes, under a key, into the label of a ballot.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, String, UniqueConstraint, func, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from models.base import Base

#: How surely we know who somebody is, from weakest to strongest (ballots.manifest.Level). open: anybody with the bot.
#: declared: says which village is theirs. code: held a paper code. list: stands on a list. counter: staff saw the card.
LEVELS = ("open", "declared", "code", "list", "counter")

CHANNELS = ("online", "paper")


class RollRow(Base):
    """One place on the roll of one poll.

    `voter_id` is empty until a code's slip has been used. `household`: the keyed hash of a house, where a quota is
    set. `area`: the manifest's area, or the village (หมู่) where
    it names none; empty: not known. `channel` is empty until the row has voted.
    """

    __tablename__ = "poll_roll"
    __table_args__ = (
        UniqueConstraint("poll_id", "voter_id"),
        CheckConstraint(f"level IN {LEVELS!r}", name="level"),
        CheckConstraint(f"channel IN {CHANNELS!r}", name="channel"),
        CheckConstraint("voted = (channel IS NOT NULL)", name="voted"),
        Index("ix_poll_roll_household", "poll_id", "household"),
        Index("ix_poll_roll_turnout", "poll_id", "area", "channel", "level"),
        {"sqlite_with_rowid": False},
    )

    poll_id: Mapped[int] = mapped_column(ForeignKey("polls.id"), primary_key=True)
    roll_id: Mapped[bytes] = mapped_column(LargeBinary(16), primary_key=True)
    voter_id: Mapped[int | None] = mapped_column(ForeignKey("voters.id"), index=True)
    household: Mapped[bytes | None] = mapped_column(LargeBinary(32))
    area: Mapped[str] = mapped_column(String(20), default="", server_default="")
    level: Mapped[str] = mapped_column(String(8))
    channel: Mapped[str | None] = mapped_column(String(6))
    voted: Mapped[bool] = mapped_column(default=False, server_default="0")


def new_roll_id() -> bytes:
    """Sixteen random bytes."""
    return secrets.token_bytes(16)


def row_of(session: Session, poll_id: int, voter_id: int, *, lock: bool = False) -> RollRow | None:
    """This voter's row on this poll's roll; `lock` holds it until the transaction ends."""
    found = select(RollRow).where(RollRow.poll_id == poll_id, RollRow.voter_id == voter_id)
    if lock:
        found = found.with_for_update().execution_options(populate_existing=True)
    return session.scalar(found)


def locked_row(session: Session, poll_id: int, roll_id: bytes) -> RollRow | None:
    """The row with this id, held until the transaction ends."""
    return session.get(RollRow, (poll_id, roll_id), with_for_update=True, populate_existing=True)


def count(session: Session, poll_id: int, *conditions: Any) -> int:
    """How many rows of this roll fulfil these conditions."""
    found = select(func.count()).select_from(RollRow).where(RollRow.poll_id == poll_id, *conditions)
    return session.scalar(found) or 0


def roll_ids(session: Session, poll_id: int, *conditions: Any) -> Sequence[bytes]:
    """The ids of the rows, in no order that means anything."""
    found = select(RollRow.roll_id).where(RollRow.poll_id == poll_id, *conditions)
    return session.scalars(found.order_by(RollRow.roll_id)).all()
