"""Merging: two cases about the same thing become one, and everyone who told of either hears how it goes."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.following import follow, followers
from models.people import Person
from models.staff import Staff
from models.tickets import Entry, Follow, NotAllowed, Ticket
from models.undoing import hold, snapshot


def merge(session: Session, gone: Ticket, kept: Ticket, staff: Staff, now: datetime) -> Entry:
    """Put `gone` into `kept`: its reporter and followers follow `kept`, both histories tell of it.

    Raises NotAllowed for one and the same case, one that is closed or merged already, and where one of the two is
    sensitive: its reporter must not become visible among the followers of an open one.
    """
    if gone.id == kept.id or not gone.is_open or kept.state in ("withdrawn", "merged"):
        raise NotAllowed(f"ticket {gone.id} cannot be merged into {kept.id} ({kept.state})")
    if gone.sensitive or kept.sensitive:
        raise NotAllowed("sensitive cases stay alone")
    before = snapshot(gone)
    people = [*([gone.reporter] if gone.reporter else []), *followers(session, gone)]
    added = [person for person in people if follow(session, kept, person, now)]
    gone.merged_into_id = kept.id
    data = {"into": kept.id, "number": _number(kept), "department": kept.department.name}
    entry = gone.move("merged", "merged", now, staff=staff, data=data)
    told = {"ticket": gone.id, "number": _number(gone), "people": len(added)}
    other = kept.add("absorbed", now, staff=staff, words=gone.text, data=told, public=False, told=True)
    session.flush()
    return hold(entry, before | {"follows": _follow_ids(session, kept, added), "entries": [other.id]}, now)


def merged_into(session: Session, kept: Ticket) -> list[Ticket]:
    """The cases that were merged into this one, oldest first."""
    return list(session.scalars(select(Ticket).where(Ticket.merged_into_id == kept.id).order_by(Ticket.id)))


def _follow_ids(session: Session, kept: Ticket, people: list[Person]) -> list[int]:
    ids = [person.id for person in people]
    return list(session.scalars(select(Follow.id).where(Follow.ticket_id == kept.id, Follow.person_id.in_(ids))))


def _number(ticket: Ticket) -> str:
    return f"{ticket.number}/{ticket.fiscal_year % 100:02d}"
