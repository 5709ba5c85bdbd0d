"""What a list of cases is asked for: the filters of the address, as typed, and what they mean in the database.

The same filters serve the list, the board, the map and the exports. What cannot be understood narrows nothing, and is
told beside its field (`faults`).
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, exists, or_

from messages.thai import BE, ZONE, arabic_digits, fiscal_year, local
from models.files import File
from models.holding import holds
from models.tickets import CLOSED, KINDS, OPEN, STATES, Ticket
from nlp import search
from web.access import Viewer

#: Ages in days that peers of ours look at (Traffy-Track's glossary): name, from and to with it; None: no end.
AGES: dict[str, tuple[int, int | None]] = {"0-7": (0, 7), "8-14": (8, 14), "15-30": (15, 30), "31-": (31, None)}
DUE = ("today", "soon", "late")
SORTS = ("new", "old", "due")
#: What a photo that may be shown is.
PHOTO: tuple[ColumnElement[bool], ...] = (File.kind == "image", File.state == "stored", File.deleted_at.is_(None))
#: “soon” looks so many days ahead, today with it.
SOON = 3

_DAY = re.compile(r"([0-9]{1,2})\s*[/.\-]\s*([0-9]{1,2})\s*[/.\-]\s*([0-9]{4}|[0-9]{2})")


@dataclass(frozen=True)
class Wanted:
    """The filters as typed; "" where nothing is asked.

    `state`: open, closed or a state. `owner`: me, none or a number of staff. `age`: a name of AGES. `since`, `until`:
    days of receipt, in the Buddhist Era. `box`: south,west,north,east in degrees, from the map.
    """

    q: str = ""
    state: str = ""
    kind: str = ""
    category: str = ""
    department: str = ""
    moo: str = ""
    urgency: str = ""
    age: str = ""
    due: str = ""
    channel: str = ""
    owner: str = ""
    reopened: str = ""
    photo: str = ""
    since: str = ""
    until: str = ""
    box: str = ""
    sort: str = ""

    @property
    def asked(self) -> dict[str, str]:
        """What is asked for, for addresses: only what is filled in, but the state always."""
        return {name: value for name, value in asdict(self).items() if value or name == "state"}

    @property
    def narrower(self) -> int:
        """How many filters beyond words, state and order are set."""
        return sum(bool(value) for name, value in asdict(self).items() if name not in ("q", "state", "sort"))

    def faults(self) -> dict[str, str]:
        """What could not be understood: by field the name of the text that says what to do, "" where all is well."""
        wrong = {"q": "", "since": "", "until": ""}
        wrong |= {name: "form.date" for name in ("since", "until") if getattr(self, name) and self.day(name) is None}
        since, until = self.day("since"), self.day("until")
        if since and until and until < since:
            wrong["until"] = "filter.until_first"
        if self.q and not search.terms(self.q) and search.case_number(self.q) is None:
            wrong["q"] = "filter.too_short"
        return wrong

    def day(self, name: str) -> date | None:
        """The day typed into `since` or `until`."""
        return parse_day(getattr(self, name))


def wanted(args: Mapping[str, str]) -> Wanted:
    """The filters of an address. Without a state, open cases are meant, unless words are looked for."""
    given = {field.name: args.get(field.name, "").strip()[:200] for field in fields(Wanted)}
    if "state" not in args and not given["q"]:
        given["state"] = "open"
    return Wanted(**given)


def parse_day(typed: str) -> date | None:
    """A day as Thais type it: 5/12/2569, ๕/๑๒/๖๙, 5-12-69; also 2026-12-05, which browsers send. None: no day."""
    text = arabic_digits(typed).strip()
    found = _DAY.fullmatch(text)
    try:
        if found is None:
            return date.fromisoformat(text)
        year = int(found[3]) + (2500 if len(found[3]) == 2 else 0)
        return date(year - BE if year > 2400 else year, int(found[2]), int(found[1]))
    except ValueError:
        return None


def midnight(day: date) -> datetime:
    """The beginning of a day in the town."""
    return datetime.combine(day, time.min, ZONE)


def conditions(viewer: Viewer, asked: Wanted, now: datetime) -> list[ColumnElement[bool]]:
    """What a case must be to be in the list; to be put behind `access.tickets(viewer)`."""
    found = [*_plain(asked), *_when(asked, now), *_whose(asked, viewer)]
    if asked.reopened:
        found.append(Ticket.reopened > 0)
    if asked.photo:
        found.append(has_photo())
    if asked.q:
        found += [holds(Ticket.search, term) for term in search.terms(asked.q)]
    corners = box(asked.box)
    if corners:
        south, west, north, east = corners
        found += [Ticket.lat.between(south, north), Ticket.lon.between(west, east)]
    return found


def _plain(asked: Wanted) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if asked.state in ("open", "closed") or (asked.sort == "due" and not asked.state):
        found.append(Ticket.state.in_(CLOSED if asked.state == "closed" else OPEN))
    elif asked.state in STATES:
        found.append(Ticket.state == asked.state)
    if asked.kind in KINDS:
        found.append(Ticket.kind == asked.kind)
    if asked.urgency in ("high", "normal"):
        found.append(Ticket.urgency == asked.urgency)
    texts: tuple[tuple[Any, str], ...] = ((Ticket.category, asked.category), (Ticket.channel, asked.channel))
    found += [column == value for column, value in texts if value]
    if asked.moo == "none":
        found.append(Ticket.moo.is_(None))
    numbers: tuple[tuple[Any, str], ...] = ((Ticket.department_id, asked.department), (Ticket.moo, asked.moo))
    found += [column == int(value) for column, value in numbers if _whole(value)]
    return found


def _whole(value: str) -> bool:
    """Whether it is a number that any column takes."""
    return value.isascii() and value.isdecimal() and len(value) < 10


def _when(asked: Wanted, now: datetime) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    today = local(now).date()
    if asked.age in AGES:
        youngest, oldest = AGES[asked.age]
        if youngest:
            found.append(Ticket.received_at < midnight(today - timedelta(days=youngest - 1)))
        if oldest is not None:
            found.append(Ticket.received_at >= midnight(today - timedelta(days=oldest)))
    since, until = asked.day("since"), asked.day("until")
    if since:
        found.append(Ticket.received_at >= midnight(since))
    if until:
        found.append(Ticket.received_at < midnight(until + timedelta(days=1)))
    if asked.due == "late":
        found.append(is_late(now))
    elif asked.due in DUE:
        found.append(is_due(now, 1 if asked.due == "today" else SOON))
    return found


def _whose(asked: Wanted, viewer: Viewer) -> list[ColumnElement[bool]]:
    if asked.owner == "me":
        return [Ticket.owner_id == viewer.staff_id]
    if asked.owner == "none":
        return [Ticket.owner_id.is_(None)]
    return [Ticket.owner_id == int(asked.owner)] if _whole(asked.owner) else []


def is_late(now: datetime) -> ColumnElement[bool]:
    """`Ticket.is_late`, asked of the database; never NULL, so that it can be negated."""
    return and_(
        Ticket.state.in_(OPEN),
        or_(
            and_(Ticket.first_answer_at.is_(None), Ticket.answer_by < now),
            and_(Ticket.paused_at.is_(None), Ticket.due_at.is_not(None), Ticket.due_at < now),
        ),
    )


def is_due(now: datetime, days: int) -> ColumnElement[bool]:
    """Open, not late yet, and to be answered or done within so many days, today being the first."""
    end = midnight(local(now).date() + timedelta(days=days))
    return and_(
        Ticket.state.in_(OPEN),
        or_(
            and_(Ticket.first_answer_at.is_(None), Ticket.answer_by >= now, Ticket.answer_by < end),
            and_(Ticket.paused_at.is_(None), Ticket.due_at.is_not(None), Ticket.due_at >= now, Ticket.due_at < end),
        ),
    )


def has_photo() -> ColumnElement[bool]:
    """A photo is stored with the case, and nobody has taken it back."""
    return exists().where(File.ticket_id == Ticket.id, *PHOTO)


def by_number(asked: str, now: datetime) -> list[ColumnElement[bool]] | None:
    """The condition for a question that is nothing but a case number ("42", "๔๒/๖๙"); None where it is not.

    Without a year, all years of the last ten are meant; the newest comes first by itself.
    """
    found = search.case_number(asked)
    if found is None:
        return None
    number, year = found
    this = fiscal_year(now)
    years: Sequence[int] = range(this - 9, this + 1)
    if year is not None:
        years = [year + 2500 if year < 100 else year]
    return [Ticket.fiscal_year.in_(years), Ticket.number == number]


def box(typed: str) -> tuple[float, float, float, float] | None:
    """South, west, north, east in degrees; None where that is not what it says."""
    try:
        south, west, north, east = (float(part) for part in typed.split(","))
    except ValueError:
        return None
    fits = -90 <= south <= north <= 90 and -180 <= west <= east <= 180
    return (south, west, north, east) if fits else None
