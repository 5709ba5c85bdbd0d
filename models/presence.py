"""Presence: who has which case open just now, so that two who work on one know of each other."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import ForeignKey, delete, select
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship

from models.base import Base
from models.staff import Staff

#: A page tells every 20 seconds that it is open; somebody not heard of for so long has gone.
GONE = timedelta(seconds=50)


class Presence(Base):
    """This member of staff has this case open. `typing`: has begun to write something there."""

    __tablename__ = "presence"

    ticket_id: Mapped[int] = mapped_column(ForeignKey("tickets.id"), primary_key=True)
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id"), primary_key=True)
    at: Mapped[datetime]
    typing: Mapped[bool] = mapped_column(default=False, server_default="0")

    staff: Mapped[Staff] = relationship()


def here(session: Session, ticket_id: int, staff_id: int, now: datetime, *, typing: bool) -> None:
    """The page is open. Marks of those who have gone are swept away."""
    session.execute(delete(Presence).where(Presence.at < now - GONE * 10))
    mark = session.get(Presence, (ticket_id, staff_id))
    if mark is None:
        session.add(Presence(ticket_id=ticket_id, staff_id=staff_id, at=now, typing=typing))
    else:
        mark.at, mark.typing = now, typing


def others(session: Session, ticket_id: int, staff_id: int, now: datetime) -> list[Presence]:
    """Who else has the case open, by name."""
    found = select(Presence).join(Staff).where(Presence.ticket_id == ticket_id, Presence.staff_id != staff_id)
    return list(session.scalars(found.where(Presence.at >= now - GONE).order_by(Staff.name)))
