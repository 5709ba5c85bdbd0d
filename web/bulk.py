"""Work on many cases at once: take, give to somebody, pass on to another department.

First a page shows what will happen to each case, and which are left out and why; then it is done. What changed between
looking and pressing is left out and told. Each case is moved like a single one, so that everybody concerned is told.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, urlencode

from flask import redirect, request, url_for
from sqlalchemy import select
from werkzeug.datastructures import MultiDict
from werkzeug.exceptions import Forbidden

from messages import cases
from models import undoing, work
from models.staff import Staff
from models.tickets import Entry, Ticket
from models.town import Department
from web import access
from web.cases import pages
from web.desk import Desk, Page, needs
from web.rows import Row, light, rows, standing
from web.wanted import wanted

__all__ = ["pages"]

#: Cases in one go, and the longest reason for passing on.
MOST, LONGEST = 200, 1000
DEEDS = ("take", "assign", "forward")
NO_FAULTS = {"to": "", "words": ""}


@dataclass(frozen=True)
class Plan:
    """What is asked: the deed, to whom, which cases, and how each stood when it was looked at ("" where unknown)."""

    do: str
    to: str
    ids: tuple[int, ...]
    seen: dict[int, str]
    words: str
    back: str


@dataclass(frozen=True)
class Fate:
    """What happens to one case: `skip` is the name of the text that says why not, "" where it does."""

    row: Row
    skip: str


def _plan(given: MultiDict[str, str]) -> Plan:
    do = given.get("do", "")
    numbers = [int(one) for one in given.getlist("id") if one.isascii() and one.isdecimal() and len(one) < 16]
    ids = tuple(dict.fromkeys(numbers))[:MOST]
    seen = {number: given.get(f"seen-{number}", "") for number in ids}
    known = wanted(dict(parse_qsl(given.get("back", ""), keep_blank_values=True)[:40]))
    return Plan(
        do if do in DEEDS else "take",
        given.get("to", ""),
        ids,
        seen,
        given.get("words", "").strip(),
        back=urlencode(known.asked),
    )


def _may(desk: Desk, plan: Plan) -> None:
    """Everybody who works may take; giving to others and passing on many is for those who assign. Raises Forbidden."""
    if plan.do != "take" and not access.may_assign_cases(desk.viewer):
        raise Forbidden


@pages.get("/bulk")
@needs(access.may_work_cases)
def bulk(desk: Desk) -> Page:
    """What would happen."""
    plan = _plan(request.args)
    _may(desk, plan)
    if not plan.ids:
        desk.tell("bulk.none_chosen", "note")
        return redirect(_list(plan), 303)
    return desk.page("cases/list_bulk_page.html", **_shown(desk, plan, NO_FAULTS))


@pages.post("/bulk")
@needs(access.may_work_cases)
def do_bulk(desk: Desk) -> Page:
    """Do it, and tell what was left out."""
    plan = _plan(request.form)
    _may(desk, plan)
    target = _target(desk, plan)
    faults = _faults(plan, target)
    if any(faults.values()):
        return desk.refuse("cases/list_bulk_page.html", **_shown(desk, plan, faults))
    done, left = _carry_out(desk, plan, target)
    if done:
        desk.tell(f"bulk.done_{plan.do}", count=len(done), to=_name(target))
    if left:
        desk.tell("bulk.left", "note", count=len(left), numbers=" ".join(left[:20]))
    return redirect(_list(plan), 303)


def _carry_out(desk: Desk, plan: Plan, target: Staff | Department | None) -> tuple[list[str], list[str]]:
    """Move each case; the numbers of those moved and of those left out."""
    me = desk.viewer.staff(desk.session)
    done, left = [], []
    for ticket in _chosen(desk, plan, lock=True):
        number = cases.number(ticket)
        if _why_not(desk, plan, ticket, target):
            left.append(number)
            continue
        before = undoing.snapshot(ticket)
        entry = _move(desk, plan, ticket, target, me)
        undoing.hold(entry, before | entry.before, desk.now)
        desk.session.flush()
        desk.record(f"bulk.{plan.do}", f"ticket:{ticket.id}", before, undoing.snapshot(ticket) | {"words": plan.words})
        done.append(number)
    return done, left


def _move(desk: Desk, plan: Plan, ticket: Ticket, target: Staff | Department | None, me: Staff) -> Entry:
    """As on the case's own page: told after a minute, in which it can be undone there."""
    if isinstance(target, Staff):
        entry = work.assign(ticket, target, me, desk.now)
    elif isinstance(target, Department):
        lesson = undoing.lesson_before(desk.session, ticket, "department")
        entry = work.forward(desk.session, ticket, target, me, desk.now, plan.words)
        entry.before = {"lessons": {"department": lesson}}
        return entry
    else:
        entry = work.take(ticket, me, desk.now)
    entry.before = {}
    return entry


def _chosen(desk: Desk, plan: Plan, *, lock: bool = False) -> Sequence[Ticket]:
    """The cases asked for that the viewer may see, always locked in the same order."""
    found = access.tickets(desk.viewer).where(Ticket.id.in_(plan.ids)).order_by(Ticket.id)
    return desk.session.scalars(found.with_for_update(of=Ticket) if lock else light(found)).all()


def _why_not(desk: Desk, plan: Plan, ticket: Ticket, target: Staff | Department | None) -> str:
    """The name of the text that says why this case is left out; "" where it is not."""
    if not access.may_work(desk.viewer, ticket):
        return "bulk.skip_right"
    if not ticket.is_open:
        return "bulk.skip_closed"
    if plan.seen.get(ticket.id, "") not in ("", standing(ticket)):
        return "bulk.skip_changed"
    if plan.do == "take":
        return _why_not_take(desk, ticket)
    if isinstance(target, Staff):
        return _why_not_give(ticket, target)
    if isinstance(target, Department):
        return "bulk.skip_there" if ticket.department_id == target.id else ""
    return ""


def _why_not_take(desk: Desk, ticket: Ticket) -> str:
    if ticket.owner_id is None or ticket.state == "new":
        return ""
    return "bulk.skip_mine" if ticket.owner_id == desk.viewer.staff_id else "bulk.skip_taken"


def _why_not_give(ticket: Ticket, to: Staff) -> str:
    if ticket.owner_id == to.id:
        return "bulk.skip_has"
    if ticket.sensitive:
        return "" if to.confidential else "bulk.skip_sensitive"
    return "" if to.may_act_for(ticket.department_id) else "bulk.skip_department"


def _target(desk: Desk, plan: Plan) -> Staff | Department | None:
    """To whom; None where that is not asked, or nobody fits."""
    if not (plan.to.isascii() and plan.to.isdecimal() and len(plan.to) < 10):
        return None
    found: Staff | Department | None = None
    if plan.do == "assign":
        found = desk.session.get(Staff, int(plan.to))
    elif plan.do == "forward":
        found = desk.session.get(Department, int(plan.to))
    return found if found is not None and found.active else None


def _name(target: Staff | Department | None) -> str:
    return target.name if target else ""


def _faults(plan: Plan, target: Staff | Department | None) -> dict[str, str]:
    """What is missing: by field the name of the text that says what to do, "" where all is well."""
    wrong = dict(NO_FAULTS)
    if plan.do != "take" and target is None:
        wrong["to"] = f"bulk.who_{plan.do}"
    if plan.do == "forward" and len(plan.words) < 4:
        wrong["words"] = "bulk.why"
    if len(plan.words) > LONGEST:
        wrong["words"] = "bulk.why_long"
    return wrong


def _shown(desk: Desk, plan: Plan, faults: dict[str, str]) -> dict[str, Any]:
    """The preview."""
    target = _target(desk, plan)
    tickets = _chosen(desk, plan)
    lines = rows(desk.session, desk.w, tickets, desk.now)
    fates = [Fate(row, _why_not(desk, plan, ticket, target)) for row, ticket in zip(lines, tickets, strict=True)]
    return {
        "plan": plan,
        "faults": faults,
        "fates": fates,
        "going": [fate for fate in fates if not fate.skip],
        "left": [fate for fate in fates if fate.skip],
        "target": target,
        "people": _people(desk, tickets) if plan.do == "assign" else [],
        "departments": _departments(desk) if plan.do == "forward" else [],
    }


def _people(desk: Desk, tickets: Sequence[Ticket]) -> list[Staff]:
    """Who could get at least one of these cases."""
    staff = desk.session.scalars(select(Staff).where(Staff.active).order_by(Staff.name, Staff.id))
    places = {ticket.department_id for ticket in tickets}
    return [one for one in staff if any(one.may_act_for(place) for place in places)]


def _departments(desk: Desk) -> list[Department]:
    return list(desk.session.scalars(select(Department).where(Department.active).order_by(Department.id)))


def _list(plan: Plan) -> str:
    return f"{url_for('cases.index')}?{plan.back}"
