"""Approving (อนุมัติเผยแพร่): staff make a case public in their own words, keep it to the office, or take it back.

What waits to be decided is a queue; every decision is written into the case's history and can be undone once.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, false, select
from sqlalchemy.orm import Session

from models.publications import Publication
from models.publishing import AWAY, KINDS, coarse, publishable
from models.staff import Staff
from models.tickets import NotAllowed, Ticket
from models.town import Category

#: Columns that a decision changes and an undo brings back.
FIELDS = ("shown", "title", "words", "outcome", "place", "moo", "lat", "lon", "reason")
#: What the office looks for: undecided; shown, done, and nothing said of the outcome; shown; kept to the office.
QUEUES = ("waiting", "outcome", "shown", "kept")


def publication_of(session: Session, ticket_id: int) -> Publication | None:
    """What was decided about this case, if anything was."""
    return session.scalar(select(Publication).where(Publication.ticket_id == ticket_id))


def snapshot(row: Publication | None) -> dict[str, Any]:
    """The decision as JSON values; empty where there is none."""
    return {} if row is None else {name: getattr(row, name) for name in FIELDS}


def publish(
    session: Session, ticket: Ticket, values: Mapping[str, Any], staff: Staff, now: datetime, *, point: bool
) -> Publication:
    """Show this case to everybody with these words (`title`, `words`, `outcome`, `place`, `moo`); with `point` also
    where it is, coarsely. Raises NotAllowed for a case that must not be public."""
    if not publishable(ticket):
        raise NotAllowed(f"ticket {ticket.id} may not be public")
    where = (coarse(ticket.lat), coarse(ticket.lon)) if point else (None, None)
    row = _decided(session, ticket, staff, now)
    for name in ("title", "words", "outcome", "place", "moo"):
        setattr(row, name, values[name])
    row.lat, row.lon = where
    row.shown, row.reason, row.first_shown_at = True, "", row.first_shown_at or now
    return _written(session, ticket, row, "shown", staff, now)


def keep(session: Session, ticket: Ticket, reason: str, staff: Staff, now: datetime) -> Publication:
    """Keep this case to the office, or take it back from the public. The wording stays for another time."""
    row = _decided(session, ticket, staff, now)
    row.shown, row.reason = False, reason
    return _written(session, ticket, row, "unshown", staff, now)


def undo(session: Session, ticket: Ticket, staff: Staff, now: datetime) -> bool:
    """Bring back what was decided before; False where there is nothing to bring back, or it must not be public now."""
    row = publication_of(session, ticket.id)
    if row is None or not row.before:
        return False
    was = row.before
    if was.get("none"):
        session.delete(row)
        ticket.add("unshown", now, staff=staff, public=False, told=True)
        session.flush()
        return True
    if was["shown"] and not publishable(ticket):
        return False
    row.before = {}
    for name in FIELDS:
        setattr(row, name, was[name])
    row.decided_at, row.staff_id = now, staff.id
    _written(session, ticket, row, "shown" if row.shown else "unshown", staff, now)
    return True


def _decided(session: Session, ticket: Ticket, staff: Staff, now: datetime) -> Publication:
    row = publication_of(session, ticket.id)
    if row is None:
        row = Publication(ticket_id=ticket.id, before={"none": True}, title="", words="", outcome="", place="")
        session.add(row)
    else:
        row.before = snapshot(row)
    row.decided_at, row.staff_id = now, staff.id
    return row


def _written(session: Session, ticket: Ticket, row: Publication, what: str, staff: Staff, now: datetime) -> Publication:
    ticket.add(what, now, staff=staff, public=False, told=True)
    session.flush()
    return row


def queue(which: str, seen: Select[Ticket]) -> Select[Ticket]:
    """The cases of one of QUEUES among those that the viewer may see (`web.access.tickets`), the oldest first in the
    queues that wait and the newest first in the others."""
    row = Publication.ticket_id == Ticket.id
    found = seen.join(Category, Category.code == Ticket.category).outerjoin(Publication, row)
    open_to_all: tuple[ColumnElement[bool], ...] = (
        Ticket.sensitive == false(),
        Category.sensitive == false(),
        Ticket.kind.in_(KINDS),
        Ticket.state.not_in(AWAY),
    )
    match which:
        case "waiting":
            return found.where(*open_to_all, Publication.id.is_(None)).order_by(Ticket.received_at, Ticket.id)
        case "outcome":
            silent = (Publication.shown, Publication.outcome == "", Ticket.state.in_(("done", "refused")))
            return found.where(*open_to_all, *silent).order_by(Ticket.closed_at, Ticket.id)
        case "shown":
            return found.where(*open_to_all, Publication.shown).order_by(Publication.decided_at.desc(), Ticket.id)
        case _:
            return found.where(Publication.shown == false()).order_by(Publication.decided_at.desc(), Ticket.id)
