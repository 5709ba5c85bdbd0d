"""Filing: turning what was told into a numbered case with a department, a deadline and its files."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from handlers.turn import Turn
from messages.thai import local
from models import attachments, calendar
from models.lessons import teach
from models.people import Person
from models.routing import department_for, route
from models.tickets import KINDS, Follow, Ticket, fiscal_year_of, next_number
from models.town import Agency, Category, Department
from nlp import Understanding
from nlp.pii import find, mask
from nlp.search import search_text

#: At most so many characters of a report are kept as its text; LINE itself allows 5,000 in one message.
LONGEST = 20_000


@dataclass(frozen=True)
class Told:
    """What is to be filed. `place` holds text, moo, lat, lon as far as known; `media` are LINE message ids."""

    kind: str
    text: str
    category: str
    place: dict[str, Any]
    media: Sequence[str] = ()
    hidden_name: bool = False
    urgent: bool = False
    heard: Understanding | None = None
    source_key: str | None = None


def file_ticket(turn: Turn, told: Told) -> Ticket:
    """Make the case: count its number, find its department and deadline, attach its files, begin its history."""
    session, now = turn.session, turn.now
    category = session.get(Category, told.category) or session.get_one(Category, "other")
    heard = told.heard
    urgent = told.urgent or (heard is not None and heard.urgency == "high")
    department = _department(session, category, told)
    year = fiscal_year_of(local(now))
    ticket = Ticket(
        fiscal_year=year,
        number=next_number(session, year),
        kind=told.kind,
        state="new",
        text=covered(told.text)[:LONGEST],
        category=category.code,
        kind_of=category,
        department=department,
        agency=_agency(session, category, heard),
        urgency="high" if urgent else "normal",
        sensitive=category.sensitive or (heard is not None and heard.sensitive is not None),
        moo=told.place.get("moo"),
        place=str(told.place.get("text", ""))[:500],
        lat=told.place.get("lat"),
        lon=told.place.get("lon"),
        reporter=turn.person,
        hidden_name=told.hidden_name,
        received_at=now,
        answer_by=_deadline(turn, int(turn.town.settings["duty.answer_days"]), "calendar"),
        due_at=_work_due(turn, category, urgent),
        guess=_guess(heard),
        source_key=told.source_key,
    )
    session.add(ticket)
    session.flush()
    index(ticket)
    attachments.attach(session, told.media, ticket.id, "before")
    ticket.add("created", now, person=turn.person, data={"department": department.name})
    turn.filed.append(ticket)
    _learn(turn, ticket, told)
    return ticket


def _learn(turn: Turn, ticket: Ticket, told: Told) -> None:
    """What the resident filed it as, where the bot had guessed otherwise, is a lesson."""
    if told.heard is None or told.kind == "message":
        return
    guess = told.heard.categories[0].code
    if told.kind == "complaint" and ticket.category != guess:
        teach(turn.session, ticket, "category", ticket.category, guess, "resident", turn.now)
    if told.heard.intent != told.kind and told.heard.intent in KINDS:
        teach(turn.session, ticket, "intent", told.kind, told.heard.intent, "resident", turn.now)


def index(ticket: Ticket) -> None:
    """Make the case's search column anew from its text, category, place and number."""
    number = f"{ticket.number}/{ticket.fiscal_year % 100}"
    ticket.search = search_text(ticket.text, ticket.kind_of.name, ticket.place, number)


def _department(session: Session, category: Category, told: Told) -> Department:
    """The town's rules decide; a message or question about nothing in particular goes to the clerk's office."""
    if told.kind in ("message", "question") and category.code == "other":
        found = department_for(session, "CLERK")
    else:
        found = route(session, category.code, told.place.get("moo"), told.text)
    if found is None:
        raise LookupError("the town has no department: run `songsiang migrate`")
    return found


def _agency(session: Session, category: Category, heard: Understanding | None) -> Agency | None:
    """The outside agency the words point to; without words, the category's own."""
    code = heard.agency if heard is not None else category.agency
    return session.get(Agency, code) if code else None


def _deadline(turn: Turn, days: int, unit: calendar.Unit) -> Any:
    return calendar.due(turn.now, days, unit, calendar.holidays(turn.session), (), turn.now)


def _work_due(turn: Turn, category: Category, urgent: bool) -> Any:
    """The target for the work: calendar days when it is urgent, working days else (thai-nlp notes §6.2)."""
    if urgent:
        return _deadline(turn, category.days_urgent, "calendar")
    return _deadline(turn, category.days_normal, "working")


def _guess(heard: Understanding | None) -> dict[str, Any]:
    """What the bot understood, for the console and for learning from corrections."""
    if heard is None:
        return {}
    return {
        "intent": heard.intent,
        "intent_p": round(heard.intent_p, 3),
        "categories": [[c.code, round(c.p, 3)] for c in heard.categories[:3]],
        "departments": [[d.code, round(d.p, 3)] for d in heard.departments[:2]],
        "emergency": heard.emergency,
        "sensitive": heard.sensitive,
    }


def follow(session: Session, ticket: Ticket, person: Person, now: Any) -> bool:
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


def people_behind(session: Session, ticket: Ticket) -> int:
    """How many people told of it: the reporter and those who joined."""
    count = session.scalar(select(func.count()).select_from(Follow).where(Follow.ticket_id == ticket.id))
    return 1 + (count or 0)


def covered(text: str) -> str:
    """The text as it is kept: numbers of identity cards and bank accounts are never needed, so they are covered."""
    return mask(text, tuple(p for p in find(text) if p.kind in ("id", "account")))
