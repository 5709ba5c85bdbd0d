"""Watching history: a reader that is told of each new line of a history table once, whatever order commits come in.

History is the queue (models/tickets.py), but `told_at` belongs to the letters. Another reader keeps a mark: all lines
up to it are settled. Lines get their numbers before they are committed, so a mark only moves past lines that are older
than any transaction can last (`SETTLED`); what lies behind it is looked at again, and the reader knows what it has
done.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import String, func, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from models.base import Base, Key

#: Far longer than a transaction may last (models/database.py), and than a move waits for its undoing.
SETTLED = timedelta(minutes=10)


class Mark(Base):
    """How far a reader has come: every line up to `settled` is behind it."""

    __tablename__ = "watch_marks"

    name: Mapped[str] = mapped_column(String(40), primary_key=True)
    settled: Mapped[int] = mapped_column(Key, default=0)


def begin(session: Session, name: str, table: Any) -> Mark:
    """The reader's mark; a reader that is new begins at the end of the table."""
    mark = session.get(Mark, name, with_for_update=True)
    if mark is None:
        mark = Mark(name=name, settled=session.scalar(select(func.max(table.id))) or 0)
        session.add(mark)
        session.flush()
    return mark


def settle(session: Session, mark: Mark, table: Any, now: datetime) -> None:
    """Move the mark to the last line that is old enough: whoever was given a smaller number has committed by then, or
    never will. `table` has `id` and `at`."""
    last = session.scalar(select(func.max(table.id)).where(table.id > mark.settled, table.at <= now - SETTLED))
    mark.settled = max(mark.settled, last or 0)


def leap(session: Session, name: str) -> None:
    """Nobody listens: whoever begins later begins at the end."""
    mark = session.get(Mark, name)
    if mark is not None:
        session.delete(mark)
