"""Saved filters: keep what the list is asked for under a name, let the page open with it, throw it away."""

from __future__ import annotations

from urllib.parse import parse_qsl, urlencode

from flask import redirect, request, url_for
from werkzeug.exceptions import NotFound

from models import filters as saved
from models.filters import SavedFilter
from web import access
from web.cases import pages
from web.desk import Desk, Page, needs
from web.wanted import Wanted, wanted

__all__ = ["pages"]

LONGEST = 60


@pages.get("/filters")
@needs(access.may_see_cases)
def filters(desk: Desk) -> Page:
    """One's own filters, to be thrown away or to open with."""
    return desk.page("cases/list_filters_own.html", saved=saved.filters_of(desk.session, desk.viewer.staff_id))


@pages.post("/filters")
@needs(access.may_see_cases)
def keep_filter(desk: Desk) -> Page:
    """Keep the filter that is on. Only what the list knows is kept, in its own order."""
    query = cleaned(request.form.get("query", ""))
    name = " ".join(request.form.get("name", "").split())
    if not name or len(name) > LONGEST:
        desk.tell("saved.name_missing", "bad")
        return redirect(_list(query), 303)
    first = bool(request.form.get("first"))
    try:
        row = saved.keep(desk.session, desk.viewer.staff_id, name, query, desk.now, first=first)
    except saved.TooMany:
        desk.tell("saved.too_many", "bad", most=saved.MOST)
        return redirect(_list(query), 303)
    desk.record("filter.kept", f"filter:{row.id}", None, {"name": name, "query": query, "first": first})
    desk.tell("saved.saved", name=name)
    return redirect(_list(query), 303)


@pages.post("/filters/<int:number>/first")
@needs(access.may_see_cases)
def open_with_filter(desk: Desk, number: int) -> Page:
    """Let the list open with this filter; pressed again, no longer."""
    row = _own(desk, number)
    before = row.first
    saved.open_with(desk.session, desk.viewer.staff_id, None if before else row)
    row.first = not before
    desk.record("filter.first", f"filter:{row.id}", {"first": before}, {"first": row.first})
    desk.tell("saved.changed")
    return desk.go("cases.filters")


@pages.post("/filters/<int:number>/remove")
@needs(access.may_see_cases)
def remove_filter(desk: Desk, number: int) -> Page:
    """Throw a filter away."""
    row = _own(desk, number)
    desk.record("filter.removed", f"filter:{row.id}", {"name": row.name, "query": row.query})
    desk.session.delete(row)
    desk.tell("saved.removed", name=row.name)
    return desk.go("cases.filters")


def cleaned(query: str) -> str:
    """A query string with only what the list knows; anything else somebody typed into it is gone."""
    asked: Wanted = wanted(dict(parse_qsl(query, keep_blank_values=True)[:40]))
    return urlencode(asked.asked)


def _own(desk: Desk, number: int) -> SavedFilter:
    row = saved.filter_of(desk.session, desk.viewer.staff_id, number)
    if row is None:
        raise NotFound
    return row


def _list(query: str) -> str:
    return f"{url_for('cases.index')}?{query}"
