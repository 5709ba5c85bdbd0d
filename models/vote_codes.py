"""Paper codes (รหัสลงคะแนน): slips that a headman hands out, one use each, revocable. Stored as keyed hashes only.

A slip is a place on the roll: whoever uses the code first takes the place. Sheets are shown once, when they are made;
printing one again makes new codes and revokes the old ones.
"""

from __future__ import annotations

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, Key

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
