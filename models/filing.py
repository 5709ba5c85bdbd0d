"""Filing: turning what was told into a numbered case with a department, deadlines and its files.

One set of rules for the chat (handlers/filing.py) and for what comes to the counter (web/intake.py).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from models import attachments, calendar
from models.people import Person
from models.routing import department_for, route
from models.staff import Staff
from models.tickets import Ticket, fiscal_year_of, next_number
from models.town import Agency, Category, Department, setting

#: At most so many characters of a report are kept as its text; LINE itself allows 5,000 in one message.
LONGEST = 20_000
#: Thailand has one time zone and no summer time.
ZONE = ZoneInfo("Asia/Bangkok")


@dataclass(frozen=True)
class Report:
    """What is to be filed. `place` holds text, moo, lat, lon as far as known; `media` are message ids of files.

    `text` is covered already (nlp/kept.py); `agency` is the code of an outside agency the words point to; `guess` is
    what was understood. `received_at` is when it was told, where that is not now (a letter of yesterday). `on_behalf`:
    the office of the helper who files it for another.
    """

    kind: str
    text: str
    category: str
    place: dict[str, Any] = field(default_factory=dict)
    media: Sequence[str] = ()
    hidden_name: bool = False
    urgent: bool = False
    sensitive: bool = False
    agency: str | None = None
    guess: dict[str, Any] = field(default_factory=dict)
    source_key: str | None = None
    channel: str = "line"
    saraban: str = ""
    received_at: datetime | None = None
    on_behalf: str = ""


def file_report(
    session: Session,
    told: Report,
    now: datetime,
    *,
    column: Callable[..., str],
    reporter: Person | None = None,
    staff: Staff | None = None,
    department: Department | None = None,
) -> Ticket:
    """Make the case: count its number, find its department and deadlines, attach its files, begin its history.

    `column` makes the search column (`nlp.search.search_text`). `staff` enters it for somebody; `department` overrules
    the town's routing. Raises LookupError in a town without departments.
    """
    category = session.get(Category, told.category) or session.get_one(Category, "other")
    department = department or department_of(session, category, told)
    received = told.received_at or now
    year = fiscal_year_of(received.astimezone(ZONE))
    answer_days = int(setting(session, "duty.answer_days"))
    ticket = Ticket(
        fiscal_year=year,
        number=next_number(session, year),
        kind=told.kind,
        state="new",
        text=told.text[:LONGEST],
        category=category.code,
        kind_of=category,
        department=department,
        agency=session.get(Agency, told.agency) if told.agency else None,
        urgency="high" if told.urgent else "normal",
        sensitive=category.sensitive or told.sensitive,
        moo=told.place.get("moo"),
        place=str(told.place.get("text", ""))[:500],
        lat=told.place.get("lat"),
        lon=told.place.get("lon"),
        reporter=reporter,
        hidden_name=told.hidden_name,
        channel=told.channel,
        saraban=told.saraban,
        on_behalf=told.on_behalf,
        received_at=received,
        answer_by=calendar.due(received, answer_days, "calendar", calendar.holidays(session), (), now),
        due_at=work_due(session, category, received, now, urgent=told.urgent),
        guess=told.guess,
        source_key=told.source_key,
    )
    session.add(ticket)
    session.flush()
    index(ticket, column)
    attachments.attach(session, told.media, ticket.id, "before")
    ticket.add("created", now, person=reporter, staff=staff, data={"department": department.name})
    return ticket


def department_of(session: Session, category: Category, told: Report) -> Department:
    """The town's rules decide; a message or question about nothing in particular goes to the clerk's office."""
    if told.kind in ("message", "question") and category.code == "other":
        found = department_for(session, "CLERK")
    else:
        found = route(session, category.code, told.place.get("moo"), told.text)
    if found is None:
        raise LookupError("the town has no department: run `songsiang migrate`")
    return found


def work_due(session: Session, category: Category, received: datetime, now: datetime, *, urgent: bool) -> datetime:
    """The target for the work: calendar days when it is urgent, working days else (thai-nlp notes §6.2)."""
    free = calendar.holidays(session)
    if urgent:
        return calendar.due(received, category.days_urgent, "calendar", free, (), now)
    return calendar.due(received, category.days_normal, "working", free, (), now)


def index(ticket: Ticket, column: Callable[..., str], *more: str) -> None:
    """Make the case's search column anew from its text, category, place and number, and `more` (spoken words)."""
    number = f"{ticket.number}/{ticket.fiscal_year % 100}"
    ticket.search = column(ticket.text, ticket.kind_of.name, ticket.place, number, ticket.saraban, *more)
