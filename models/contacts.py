"""Contacts: how to reach somebody without LINE whose case was entered for them, at the counter or by a helper in the
chat. No more than name and telephone.

A table of its own, so that it is read only where somebody asks for it (which the audit records), never in lists, and so
that it goes when the case's time is over, while the case itself stays.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import ForeignKey, String, delete, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from models.base import Base, Key
from models.tickets import Ticket


class Contact(Base):
    """Who told of a case at the counter, on the telephone or by letter; or for whom a helper filed it, who is
    a villager or a relative (`relation`, models/helpers.py)."""

    __tablename__ = "contacts"

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    ticket_id: Mapped[int] = mapped_column(ForeignKey("tickets.id"), unique=True)
    name: Mapped[str] = mapped_column(String(120), default="", server_default="")
    phone: Mapped[str] = mapped_column(String(40), default="", server_default="")
    relation: Mapped[str] = mapped_column(String(10), default="", server_default="")
    created_at: Mapped[datetime]


def contact_of(session: Session, ticket_id: int) -> Contact | None:
    """The contact of a case, if one was told."""
    return session.scalar(select(Contact).where(Contact.ticket_id == ticket_id))


def forget_old(session: Session, now: datetime, years: int) -> int:
    """Remove the contacts of cases that were closed so many years ago. Returns how many."""
    over = select(Ticket.id).where(Ticket.closed_at < now - timedelta(days=365 * years))
    gone = session.scalars(delete(Contact).where(Contact.ticket_id.in_(over)).returning(Contact.id)).all()
    return len(gone)
