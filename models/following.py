"""Following: who told of a case, and who wants to hear of it."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from models.people import Person
from models.tickets import Follow, Ticket


def follow(session: Session, ticket: Ticket, person: Person, now: datetime) -> bool:
    """Let somebody follow a case; false when they do already, or reported it themselves."""
    if ticket.reporter_id == person.id or follows(session, ticket, person):
        return False
    session.add(Follow(ticket_id=ticket.id, person_id=person.id, since=now))
    session.flush()
    return True


def follows(session: Session, ticket: Ticket, person: Person) -> bool:
    """Whether this person follows the case."""
    found = select(Follow.id).where(Follow.ticket_id == ticket.id, Follow.person_id == person.id)
    return session.scalar(found) is not None


def followers(session: Session, ticket: Ticket) -> list[Person]:
    """Those who follow the case, in the order in which they joined."""
    found = select(Person).join(Follow, Follow.person_id == Person.id).where(Follow.ticket_id == ticket.id)
    return list(session.scalars(found.order_by(Follow.id)))


def people_behind(session: Session, ticket: Ticket) -> int:
    """How many people told of it: the reporter and those who joined."""
    count = session.scalar(select(func.count()).select_from(Follow).where(Follow.ticket_id == ticket.id))
    return 1 + (count or 0)
