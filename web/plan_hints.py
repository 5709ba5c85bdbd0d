"""Suggestions: where many reports point at one matter, and drafting a project from them with the evidence attached."""

from __future__ import annotations

from flask import request
from werkzeug.exceptions import NotFound

from messages import cases as written
from models import plan_hints
from models.plan import Plan
from models.plan_lines import put
from nlp.search import search_text
from nlp.search import terms as terms_of
from web import access
from web.desk import Desk, Page, needs
from web.plan import pages, plan_meant, plans
from web.plan_edit import blank
from web.plan_project import Evidence

__all__ = ["pages"]


@pages.get("/hints")
@needs(access.may_edit_plan)
def hints(desk: Desk) -> Page:
    """All suggestions."""
    found = plan_hints.hints(desk.session, desk.now)
    return desk.page("plan/hints.html", hints=found, plans=plans(desk.session))


def _hint(desk: Desk, key: str) -> plan_hints.Hint:
    found = plan_hints.hint_of(desk.session, key, desk.now)
    if found is None:
        raise NotFound
    return found


@pages.get("/hints/draft")
@needs(access.may_edit_plan)
def hint(desk: Desk) -> Page:
    """One suggestion with its cases, and what a draft would say."""
    found = _hint(desk, request.args.get("key", ""))
    ids = plan_hints.cases_of(desk.session, found, desk.now)
    wanted = access.tickets(desk.viewer)
    seen = {ticket.id: ticket for ticket in desk.session.scalars(wanted.where(wanted.selected_columns.id.in_(ids)))}
    known = plans(desk.session)
    return desk.page(
        "plan/hint.html",
        hint=found,
        cases=[Evidence(number, seen.get(number)) for number in ids],
        similar=plan_hints.known_projects(desk.session, found, terms_of(found.name)),
        plans=known,
        chosen=plan_meant(desk, known, ""),
        name=desk.w("plan.hint_name", category=found.name, where=_where(desk, found)),
        reason=reason(desk, found),
        trouble="",
    )


def _where(desk: Desk, hint: plan_hints.Hint) -> str:
    return desk.w("plan.hint_moo", moo=hint.moo) if hint.moo is not None else desk.w("plan.hint_spot")


def reason(desk: Desk, hint: plan_hints.Hint) -> str:
    """Why it is needed, in the words of the form."""
    return desk.w(
        "plan.hint_reason",
        count=hint.count,
        people=hint.people,
        category=hint.name,
        where=_where(desk, hint),
        since=written.day(desk.w, hint.first),
        until=written.day(desk.w, hint.last),
        open=hint.open,
    )


@pages.post("/hints/draft")
@needs(access.may_edit_plan)
def draft(desk: Desk) -> Page:
    """Make the draft; residents do not see it before it is taken into the plan."""
    found = _hint(desk, request.form.get("key", ""))
    number = request.form.get("plan", "")
    plan = desk.session.get(Plan, int(number)) if number.isdecimal() and len(number) < 10 else None
    name = " ".join(request.form.get("name", "").split())[:1_000]
    words = request.form.get("reason", "").strip()[:5_000]
    if plan is None or not name:
        desk.tell("plan.hint_needs", "bad")
        return desk.go("plan.hint", key=found.key)
    project = blank(desk, plan, name, "draft")
    if found.moo is not None:
        project.put_moos((found.moo,))
    project.lat, project.lon = found.lat, found.lon
    put(project, {"name": name, "reason": words}, search_text)
    plan_hints.draft(desk.session, plan, project, found, words, desk.viewer.staff(desk.session), desk.now)
    desk.record("project.drafted", f"project:{project.id}", None, {"from": found.key, "cases": found.count})
    desk.tell("plan.did_draft")
    return desk.go("plan.show", number=project.id)
