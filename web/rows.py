"""A case as lists show it, in one line: what, where, how it stands, whose it is, how old, and until when.

Texts are shown with telephone and identity numbers covered, as a group of staff reads them; who told of it is never
in a list.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, select
from sqlalchemy.orm import Session, defer, selectinload

from messages import cases
from messages.staff import deadline
from messages.words import Words
from models import calendar
from models.files import File
from models.tickets import Ticket
from web.wanted import AGES, PHOTO

#: How a state looks: the kinds of badges of parts/macros.html. The words beside it say the same.
LOOKS = {
    "new": "new",
    "taken": "going",
    "asking": "waiting",
    "waiting": "waiting",
    "outside": "waiting",
    "done": "done",
}


@dataclass(frozen=True)
class Row:
    """One line. `days` is the age; `band` the name of its age band and `bars` its step from 1 to 4; `due` says when."""

    id: int
    number: str
    title: str
    words: str
    place: str
    state: str
    look: str
    urgent: bool
    sensitive: bool
    reopened: bool
    photo: bool
    open: bool
    late: bool
    due: str
    days: int
    band: str
    bars: int
    owner: str
    department: str
    received_at: datetime
    seen: str


def light(found: Select[Ticket]) -> Select[Ticket]:
    """Fetch what a line needs and no more: the long columns stay where they are."""
    return found.options(
        defer(Ticket.search, raiseload=True),
        defer(Ticket.guess, raiseload=True),
        selectinload(Ticket.kind_of),
        selectinload(Ticket.department),
        selectinload(Ticket.owner),
    )


def with_photos(session: Session, tickets: Sequence[Ticket]) -> set[int]:
    """Which of these have a photo to show."""
    ids = [ticket.id for ticket in tickets]
    if not ids:
        return set()
    found = select(File.ticket_id).where(File.ticket_id.in_(ids), *PHOTO)
    return {number for number in session.scalars(found) if number is not None}


def rows(session: Session, w: Words, tickets: Iterable[Ticket], now: datetime) -> list[Row]:
    """These cases as lines."""
    listed = list(tickets)
    photos = with_photos(session, listed)
    return [row(w, ticket, now, photo=ticket.id in photos) for ticket in listed]


def row(w: Words, ticket: Ticket, now: datetime, *, photo: bool = False) -> Row:
    """One case as a line."""
    days = calendar.age_days(ticket.received_at, now)
    band, bars = band_of(days)
    return Row(
        id=ticket.id,
        number=cases.number(ticket),
        title=cases.category(w, ticket),
        words=cases.short(cases.for_group(ticket.text[:600]), 150),
        place=cases.place(w, ticket) if ticket.place or ticket.moo is not None else "",
        state=state(w, ticket),
        look=LOOKS.get(ticket.state, "quiet"),
        urgent=ticket.urgency == "high",
        sensitive=ticket.sensitive,
        reopened=ticket.reopened > 0,
        photo=photo,
        open=ticket.is_open,
        late=ticket.is_late(now),
        due=due(w, ticket, now),
        days=days,
        band=band,
        bars=bars,
        owner=ticket.owner.name if ticket.owner else "",
        department=ticket.department.short if w.language == "th" else cases.department(w, ticket),
        received_at=ticket.received_at,
        seen=standing(ticket),
    )


def standing(ticket: Ticket) -> str:
    """How a case stands, short: what must not have changed between looking at it and pressing a button."""
    return f"{ticket.state}.{ticket.department_id}.{ticket.owner_id or 0}"


def state(w: Words, ticket: Ticket) -> str:
    """The state in the words of the office; in waiting, what is waited for."""
    if ticket.state == "waiting":
        return w(f"pause.{ticket.pause_reason or 'other'}")
    return w(f"staff_state.{ticket.state}")


def band_of(days: int) -> tuple[str, int]:
    """The age band of so many days, and its step from 1 to 4."""
    for step, (name, (_, oldest)) in enumerate(AGES.items(), 1):
        if oldest is None or days <= oldest:
            return name, step
    raise AssertionError("the last band has no end")


def due(w: Words, ticket: Ticket, now: datetime) -> str:
    """Until when, in words; when it was finished, for one that is."""
    if not ticket.is_open:
        return w("age.closed", day=cases.brief_day(w, ticket.closed_at)) if ticket.closed_at else ""
    if ticket.is_late(now):
        days = -calendar.days_left(_latest(ticket, now), now)
        return w("age.late", days=days) if days else w("age.late_today")
    if ticket.paused_at is not None and ticket.first_answer_at is not None:
        return w("age.paused")
    left = calendar.days_left(deadline(ticket), now)
    return w("age.left", days=left) if left else w("age.today")


def _latest(ticket: Ticket, now: datetime) -> datetime:
    """The bound that was overstepped first."""
    bounds = [ticket.answer_by] if ticket.first_answer_at is None else []
    if ticket.paused_at is None and ticket.due_at is not None:
        bounds.append(ticket.due_at)
    return min(bound for bound in bounds if bound < now)
