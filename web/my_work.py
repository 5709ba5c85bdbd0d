"""My work (งานของฉัน): what waits for this member of staff now, the most pressing first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from urllib.parse import urlencode

from flask import url_for
from sqlalchemy import ColumnElement, and_, exists, func, not_, select
from sqlalchemy.orm import aliased

from messages import cases
from models import mentions
from models.tickets import OPEN, Entry, Ticket
from web import access
from web.cases import pages
from web.cases_list import stamp
from web.desk import Desk, Page, needs
from web.rows import Row, light, rows
from web.wanted import is_due, is_late

__all__ = ["pages"]

#: Cases shown of each part, and up to how many are counted.
SHOWN, COUNTED = 8, 99
#: A reopened case is news for so long.
RECENT = timedelta(days=14)
#: Lines of staff's that are no deed about what a resident has said.
IDLE = ("looked", "assigned", "undone", "transcribed", "published", "unpublished")


@dataclass(frozen=True)
class Part:
    """One part of the page. `more` leads to the list with the same cases; `said` has the answers that came, by case."""

    name: str
    rows: list[Row]
    count: int
    more: str
    said: dict[int, str] = field(default_factory=dict)


@pages.get("/work")
@needs(access.may_work_cases)
def work(desk: Desk) -> Page:
    """What is mine and pressing, what was answered, what is new where I am, then the rest of mine."""
    parts = [_part(desk, *asked) for asked in _parts(desk)]
    shown = {
        "parts": [part for part in parts if part.count],
        "mine": _count(desk, [*_mine(desk)]),
        "most": COUNTED,
        "stamp": stamp(desk.session),
    }
    return desk.page("cases/list_work_parts.html" if desk.htmx else "cases/list_work.html", **shown)


def _parts(desk: Desk) -> Sequence[tuple[str, list[ColumnElement[bool]], dict[str, str]]]:
    """Name, conditions, and the filters of the list that show the same (empty where the list cannot)."""
    now, mine, here = desk.now, _mine(desk), _here(desk)
    pressing = is_late(now) | is_due(now, 1)
    me, place = {"state": "open", "owner": "me"}, _place(desk)
    return (
        ("late", [*mine, is_late(now)], me | {"due": "late", "sort": "due"}),
        ("today", [*mine, is_due(now, 1), not_(is_late(now))], me | {"due": "today"}),
        ("named", [mentions.unseen_on(desk.viewer.staff_id)], {}),
        ("answered", [_mine_or_nobodys(desk), Ticket.state.in_(OPEN), answered()], {}),
        ("reopened", [*here, Ticket.state.in_(OPEN), *_recent(now)], place | {"state": "open", "reopened": "1"}),
        ("fresh", [*here, Ticket.state == "new", Ticket.owner_id.is_(None), Ticket.reopened == 0], _fresh(place)),
        ("rest", [*mine, not_(pressing)], me),
    )


def _mine(desk: Desk) -> list[ColumnElement[bool]]:
    return [Ticket.owner_id == desk.viewer.staff_id, Ticket.state.in_(OPEN)]


def _here(desk: Desk) -> list[ColumnElement[bool]]:
    """The department's; for clerks and admins without one, the whole office's."""
    number = desk.viewer.department_id
    return [] if number is None else [Ticket.department_id == number]


def _place(desk: Desk) -> dict[str, str]:
    number = desk.viewer.department_id
    return {} if number is None else {"department": str(number)}


def _fresh(place: dict[str, str]) -> dict[str, str]:
    return place | {"state": "new", "owner": "none"}


def _mine_or_nobodys(desk: Desk) -> ColumnElement[bool]:
    return (Ticket.owner_id == desk.viewer.staff_id) | and_(Ticket.owner_id.is_(None), *_here(desk))


def _recent(now: datetime) -> list[ColumnElement[bool]]:
    reopening = exists().where(Entry.ticket_id == Ticket.id, Entry.what == "reopened", Entry.at > now - RECENT)
    return [Ticket.reopened > 0, reopening]


def answered() -> ColumnElement[bool]:
    """The resident has said something that nobody of the office has done anything about since."""
    later = aliased(Entry)
    deed = (later.staff_id.is_not(None), later.what.not_in(IDLE))
    done_since = exists().where(later.ticket_id == Entry.ticket_id, later.id > Entry.id, *deed)
    return exists().where(
        Entry.ticket_id == Ticket.id, Entry.what == "said", Entry.person_id.is_not(None), not_(done_since)
    )


def _part(desk: Desk, name: str, wished: list[ColumnElement[bool]], asked: dict[str, str]) -> Part:
    found = light(access.tickets(desk.viewer).where(*wished))
    urgent = (Ticket.urgency == "high").desc()
    order = (Ticket.received_at.desc(),) if name == "fresh" else (func.coalesce(Ticket.due_at, Ticket.answer_by),)
    tickets = desk.session.scalars(found.order_by(urgent, *order, Ticket.id).limit(SHOWN)).all()
    count = len(tickets) if len(tickets) < SHOWN else _count(desk, wished)
    more = f"{url_for('cases.index')}?{urlencode(asked)}" if asked else ""
    said = _said(desk, [ticket.id for ticket in tickets], {"answered": "said", "named": "note"}.get(name, ""))
    return Part(name, rows(desk.session, desk.w, tickets, desk.now), count, more, said)


def _count(desk: Desk, wished: list[ColumnElement[bool]]) -> int:
    """How many, up to COUNTED + 1."""
    some = access.tickets(desk.viewer).where(*wished).with_only_columns(Ticket.id).limit(COUNTED + 1).subquery()
    return desk.session.scalar(select(func.count()).select_from(some)) or 0


def _said(desk: Desk, numbers: list[int], what: str) -> dict[int, str]:
    """What was answered or noted last, by case; "" for a photo or a voice message."""
    if not what:
        return {}
    newest = select(func.max(Entry.id)).where(Entry.ticket_id.in_(numbers), Entry.what == what)
    newest = newest.group_by(Entry.ticket_id)
    lines = desk.session.scalars(select(Entry).where(Entry.id.in_(newest)))
    return {line.ticket_id: cases.short(cases.for_group(line.words), 120) for line in lines}
