"""Saved filters: what somebody looks for every day, under a name; one of them may open with the list."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ForeignKey, String, Text, UniqueConstraint, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from models.base import Base, Key

#: How many one person may keep.
MOST = 30


class SavedFilter(Base):
    """A filter of one member of staff. `query` is the query string of the list, without the page one was on."""

    __tablename__ = "saved_filters"
    __table_args__ = (UniqueConstraint("staff_id", "name"),)

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id"))
    name: Mapped[str] = mapped_column(String(60))
    query: Mapped[str] = mapped_column(Text)
    first: Mapped[bool] = mapped_column(default=False, server_default="0")
    created_at: Mapped[datetime]


class TooMany(Exception):
    """This person keeps as many filters as may be kept."""


def filters_of(session: Session, staff_id: int) -> Sequence[SavedFilter]:
    """This person's filters, by name."""
    found = select(SavedFilter).where(SavedFilter.staff_id == staff_id).order_by(SavedFilter.name, SavedFilter.id)
    return session.scalars(found).all()


def filter_of(session: Session, staff_id: int, number: int) -> SavedFilter | None:
    """One of this person's filters; nobody has another's."""
    return session.scalar(select(SavedFilter).where(SavedFilter.staff_id == staff_id, SavedFilter.id == number))


def keep(session: Session, staff_id: int, name: str, query: str, now: datetime, *, first: bool) -> SavedFilter:
    """Keep a filter under a name; one of the same name is replaced. `first`: it opens with the list from now on.

    Raises TooMany.
    """
    known = {row.name: row for row in filters_of(session, staff_id)}
    row = known.get(name)
    if row is None:
        if len(known) >= MOST:
            raise TooMany
        row = SavedFilter(staff_id=staff_id, name=name, created_at=now)
        session.add(row)
    row.query = query
    session.flush()
    if first:
        open_with(session, staff_id, row)
    return row


def open_with(session: Session, staff_id: int, row: SavedFilter | None) -> None:
    """Let the list open with this filter; None: with everything."""
    session.execute(update(SavedFilter).where(SavedFilter.staff_id == staff_id).values(first=False))
    if row is not None:
        row.first = True
    session.flush()
