"""All cases (เรื่องทั้งหมด): narrowed, searched, sorted, page by page; and the stamp that tells what has changed."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from flask import Response, g, request, url_for
from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from models import filters as saved
from models.staff import Staff
from models.tickets import KINDS, STATES, Entry, Ticket
from models.town import Category, Department, Village
from web import access
from web.cases import pages
from web.desk import Desk, Page, needs
from web.paging import ORDERS, Sheet, sheet
from web.rows import Row, light, rows
from web.wanted import AGES, DUE, SORTS, Wanted, by_number, conditions, wanted

__all__ = ["pages"]

#: Cases are counted up to this many; what is more is “more than”.
COUNTED = 1000
#: Ways by which a case may have come (models.tickets.Ticket.channel); unknown ones are still found by their code.
CHANNELS = ("line", "counter", "phone", "letter", "facebook", "open311", "api", "traffy")
#: Cases with the very number that was typed, shown first.
EXACT = 10
#: Confidential cases of which watchers learn that they exist: the newest.
STUBS = 200


def found(desk: Desk, asked: Wanted) -> Select[Ticket]:
    """The cases this viewer may see and has asked for, in no order."""
    return access.tickets(desk.viewer).where(*conditions(desk.viewer, asked, desk.now))


@pages.get("/")
@needs(access.may_see_cases)
def index(desk: Desk) -> Page:
    """The list. Without anything asked, it opens with the filter the viewer has chosen to begin with."""
    if not request.args:
        mine = saved.filters_of(desk.session, desk.viewer.staff_id)
        first = next((row.query for row in mine if row.first), None)
        if first is not None:
            return _to(desk, first)
    asked = wanted(request.args)
    values = results(desk, asked)
    if desk.htmx:
        return desk.page("cases/list_results.html", **values)
    return desk.page("cases/list.html", choices=choices(desk.session), **values)


def _to(desk: Desk, query: str) -> Page:
    response = Response(status=303)
    response.headers["Location"] = f"{url_for('cases.index')}?{query}"
    return response


def results(desk: Desk, asked: Wanted) -> dict[str, Any]:
    """What the list shows for these filters."""
    order = ORDERS.get(asked.sort, ORDERS["new"])
    after, before = request.args.get("after", ""), request.args.get("before", "")
    exact = [] if after or before else _exact(desk, asked)
    page = (
        Sheet([], "", "")
        if exact and "/" in asked.q
        else sheet(desk.session, light(_others(desk, asked, exact)), order, after, before)
    )
    begins = not (page.newer or asked.narrower or asked.q)
    return {
        "asked": asked,
        "asked_query": urlencode(asked.asked),
        "stubs": access.sensitive_stubs(desk.session, desk.viewer)[:STUBS] if begins else [],
        "faults": asked.faults(),
        "exact": exact,
        "rows": rows(desk.session, desk.w, page.rows, desk.now),
        "page": page,
        "count": _count(desk, asked, page),
        "most": COUNTED,
        "saved": saved.filters_of(desk.session, desk.viewer.staff_id),
        "stamp": stamp(desk.session),
        "may_bulk": access.may_work_cases(desk.viewer),
        "may_assign": access.may_assign_cases(desk.viewer),
        "may_export": access.may_export_cases(desk.viewer),
    }


def _others(desk: Desk, asked: Wanted, exact: list[Row]) -> Select[Ticket]:
    """The cases beside those that have the number."""
    others = found(desk, asked)
    return others.where(Ticket.id.not_in([row.id for row in exact])) if exact else others


def _exact(desk: Desk, asked: Wanted) -> list[Row]:
    """The cases with the number that was typed, whatever else is asked: who types a number means that case."""
    same = by_number(asked.q, desk.now) if asked.q else None
    if same is None:
        return []
    wished = light(access.tickets(desk.viewer).where(*same)).order_by(Ticket.fiscal_year.desc()).limit(EXACT)
    return rows(desk.session, desk.w, desk.session.scalars(wished), desk.now)


def _count(desk: Desk, asked: Wanted, page: Sheet) -> int | None:
    """How many there are, counted up to COUNTED + 1; None where counting would read everything again (words)."""
    if not page.newer and not page.older:
        return len(page.rows)
    if asked.q or asked.photo:
        return None
    some = found(desk, asked).with_only_columns(Ticket.id).limit(COUNTED + 1).subquery()
    return desk.session.scalar(select(func.count()).select_from(some)) or 0


def choices(session: Session) -> dict[str, list[tuple[str, str]]]:
    """What the filters offer: (value, name) of categories, departments, villages and staff."""
    categories = select(Category.code, Category.name).order_by(Category.position, Category.code)
    villages = session.execute(select(Village.moo, Village.name).order_by(Village.moo))
    staff = select(Staff.id, Staff.name).where(Staff.active, Staff.role.in_(("clerk", "crew", "head", "admin")))
    return {
        "states": [(code, code) for code in STATES],
        "kinds": [(code, code) for code in KINDS],
        "ages": [(code, code) for code in AGES],
        "dues": [(code, code) for code in DUE],
        "sorts": [(code, code) for code in SORTS],
        "channels": [(code, code) for code in CHANNELS],
        "categories": [(code, name) for code, name in session.execute(categories)],
        "departments": [
            (str(row.id), row.name)
            for row in session.execute(select(Department.id, Department.name).order_by(Department.id))
        ],
        "villages": [(str(moo), name) for moo, name in villages],
        "staff": [(str(number), name) for number, name in session.execute(staff.order_by(Staff.name))],
    }


# -- what has changed --------------------------------------------------------------------------------------------------


def stamp(session: Session) -> str:
    """Changes whenever anything is written into the history of any case: the number of its newest line."""
    return str(session.scalar(select(func.max(Entry.id))) or 0)


@pages.get("/stamp")
@needs(access.may_see_cases)
def changed(desk: Desk) -> Page:
    """The stamp alone, for pages that ask every ten seconds; 304 while nothing has changed (static/live.js)."""
    now = stamp(desk.session)
    g.web_session = None  # a page that asks by itself does not keep its reader signed in
    response = Response(now, content_type="text/plain")
    response.set_etag(now, weak=True)
    response.headers["Cache-Control"] = "private, no-cache"
    return response.make_conditional(request)
