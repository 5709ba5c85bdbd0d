"""Merging two cases about the same thing: both side by side first, then everyone who told of either is informed."""

from __future__ import annotations

from flask import request

from messages.thai import local, parse_case_number
from models import merging, undoing
from models.following import people_behind
from models.tickets import NotAllowed, Ticket, fiscal_year_of
from web import access
from web.case_forms import Merge, prepared
from web.case_moves import FORMS, guarded
from web.case_view import media_of, values
from web.cases import pages
from web.desk import Desk, Page, needs
from web.rows import row

__all__ = ["pages"]

FORMS["merge"] = Merge


def _kept(desk: Desk, typed: str) -> Ticket | None:
    """The case of that number, if the viewer may work on it; without a year this fiscal year's."""
    number = parse_case_number(typed)
    if number is None:
        return None
    year = number[0] or fiscal_year_of(local(desk.now))
    wanted = access.tickets(desk.viewer).where(Ticket.fiscal_year == year, Ticket.number == number[1])
    found = desk.session.scalar(wanted.with_for_update(of=Ticket))
    return found if found is not None and access.may_work(desk.viewer, found) else None


@pages.post("/<int:number>/merge")
@needs(access.may_assign_cases)
def merge(desk: Desk, number: int) -> Page:
    """Into the case whose number was typed or pressed; asked once more with both on the page."""
    ticket = access.working_ticket(desk.session, desk.viewer, number)
    form = prepared(desk, ticket, Merge(request.form, w=desk.w))
    assert isinstance(form, Merge)  # noqa: S101 - for the type checker
    valid = form.validate()
    kept = _kept(desk, form.into.data or "") if valid else None
    if valid and (kept is None or kept.id == ticket.id):
        form.into.errors = ["case.merge_unknown"]
    elif valid and kept is not None and not _possible(ticket, kept):
        form.into.errors = ["case.merge_not_possible"]
    if form.errors or kept is None:
        return desk.refuse("case/show.html", **values(desk, ticket, do="merge", form=form))
    conflict = guarded(desk, ticket, "merge", form)
    if conflict is not None:
        return conflict
    if not form.sure.data:
        return _both(desk, ticket, kept, form)
    return _merge(desk, ticket, kept)


def _possible(ticket: Ticket, kept: Ticket) -> bool:
    return ticket.is_open and kept.is_open and not ticket.sensitive and not kept.sensitive


def _both(desk: Desk, ticket: Ticket, kept: Ticket, form: Merge) -> Page:
    sides = [
        (row(desk.w, one, desk.now), one.text, media_of(desk, one).photos, people_behind(desk.session, one))
        for one in (ticket, kept)
    ]
    return desk.page("case/merge.html", **values(desk, ticket, do="merge", form=form, sides=sides))


def _merge(desk: Desk, ticket: Ticket, kept: Ticket) -> Page:
    before, staff = undoing.snapshot(ticket), desk.viewer.staff(desk.session)
    try:
        merging.merge(desk.session, ticket, kept, staff, desk.now)
    except NotAllowed:
        return desk.refuse("case/show.html", **values(desk, ticket, refused="case.not_possible"))
    desk.session.flush()
    desk.record("ticket.merged", f"ticket:{ticket.id}", before, undoing.snapshot(ticket))
    desk.record("ticket.absorbed", f"ticket:{kept.id}", None, {"ticket": ticket.id})
    desk.tell("case.did_merge", number=row(desk.w, kept, desk.now).number)
    return desk.go("cases.show", number=ticket.id)
