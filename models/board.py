"""The board of a poll (กระดานผลคะแนน): signed entries, each of which holds the hash of the one before. Only ever added.

What an entry says and how it is signed is ballots/board.py's; here it is kept. The database refuses to change or remove
an entry (models/poll_guards.py).
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import ForeignKey, LargeBinary, String, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from models.base import Base


class BoardEntry(Base):
    """One line of a board: `line` is the entry as it is downloaded (canonical); `kind`, `hash` are from it."""

    __tablename__ = "board_entries"

    poll_id: Mapped[int] = mapped_column(ForeignKey("polls.id"), primary_key=True)
    seq: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    kind: Mapped[str] = mapped_column(String(20))
    hash: Mapped[str] = mapped_column(String(64), unique=True)
    line: Mapped[bytes] = mapped_column(LargeBinary)


def entries(session: Session, poll_id: int, *kinds: str) -> Sequence[BoardEntry]:
    """The board from its beginning; of these kinds only, where some are named."""
    found = select(BoardEntry).where(BoardEntry.poll_id == poll_id).order_by(BoardEntry.seq)
    return session.scalars(found.where(BoardEntry.kind.in_(kinds)) if kinds else found).all()


def head(session: Session, poll_id: int) -> BoardEntry | None:
    """The last entry; None before the poll has opened."""
    found = select(BoardEntry).where(BoardEntry.poll_id == poll_id).order_by(BoardEntry.seq.desc()).limit(1)
    return session.scalar(found)


def head_hash(session: Session, poll_id: int) -> str:
    """The hash of the last entry alone (an entry may hold thousands of ballots' hashes); "" before opening."""
    found = select(BoardEntry.hash).where(BoardEntry.poll_id == poll_id).order_by(BoardEntry.seq.desc()).limit(1)
    return session.scalar(found) or ""


def lines(session: Session, poll_id: int) -> list[bytes]:
    """The board as it is downloaded."""
    return [entry.line for entry in entries(session, poll_id)]
