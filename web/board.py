"""The board: cases by state, a few of each; taking and going on by a button.

What needs words (asking, passing on, finishing) is done on the case's page.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from flask import redirect, request, url_for
from sqlalchemy import ColumnElement, func, select

from messages import cases
from models import undoing, work
from models.tickets import NotAllowed, Ticket
from web import access
from web.cases import pages
from web.cases_list import choices, stamp
from web.desk import Desk, Page, needs
from web.rows import Row, light, rows, standing
from web.wanted import Wanted, conditions, wanted

__all__ = ["pages"]

#: The columns in the order in which cases usually go.
COLUMNS = ("new", "taken", "asking", "waiting", "outside", "done")
#: Cards of a column, up to how many are counted, and for how long finished cases stay on the board.
CARDS, COUNTED, FINISHED = 6, 999, timedelta(days=30)


@dataclass(frozen=True)
class Lane:
    """One column. `more`: the filters of the list that show all of it; `deed`: what a button can do to its cards."""

    state: str
    rows: list[Row]
    count: int
    more: dict[str, str]
    deed: str


@pages.get("/board")
@needs(access.may_see_cases)
def board(desk: Desk) -> Page:
    """All columns, with the filters of the list (but the state)."""
    asked = wanted(request.args)
    lanes = [_lane(desk, asked, state) for state in COLUMNS]
    values = {
        "asked": asked,
        "faults": asked.faults(),
        "lanes": lanes,
        "most": COUNTED,
        "stamp": stamp(desk.session),
        "may_work": access.may_work_cases(desk.viewer),
    }
    if desk.htmx:
        return desk.page("cases/board_lanes.html", **values)
    return desk.page("cases/board.html", choices=choices(desk.session), **values)


def _lane(desk: Desk, asked: Wanted, state: str) -> Lane:
    here = {name: value for name, value in asked.asked.items() if name not in ("state", "sort")} | {"state": state}
    wished: list[ColumnElement[bool]] = conditions(desk.viewer, wanted(here), desk.now)
    if state == "done":
        wished.append(Ticket.closed_at >= desk.now - FINISHED)
    found = access.tickets(desk.viewer).where(*wished)
    cards = desk.session.scalars(
        light(found).order_by(Ticket.received_at.desc(), Ticket.id.desc()).limit(CARDS + 1)
    ).all()
    count = len(cards)
    if count > CARDS:
        some = found.with_only_columns(Ticket.id).limit(COUNTED + 1).subquery()
        count = desk.session.scalar(select(func.count()).select_from(some)) or 0
    deed = {"new": "take", "waiting": "resume", "outside": "resume"}.get(state, "")
    return Lane(state, rows(desk.session, desk.w, cards[:CARDS], desk.now), count, here, deed)


@pages.post("/board/<int:number>")
@needs(access.may_work_cases)
def board_move(desk: Desk, number: int) -> Page:
    """Take a case, or go on with it. Who was quicker wins; the other is told, and nothing is overwritten."""
    ticket = access.working_ticket(desk.session, desk.viewer, number)
    deed = request.form.get("do", "")
    if request.form.get("seen", "") == standing(ticket) and ticket.is_open and _move(desk, ticket, deed):
        desk.tell(f"board.done_{deed}", number=cases.number(ticket))
    else:
        desk.tell("board.changed", "note", number=cases.number(ticket))
    return redirect(_board(), 303)


def _move(desk: Desk, ticket: Ticket, deed: str) -> bool:
    """Whether it could be done. As on the case's own page: told after a minute, in which it can be undone there."""
    deeds = {"take": work.take, "resume": work.resume}
    before = undoing.snapshot(ticket)
    try:
        entry = deeds[deed](ticket, desk.viewer.staff(desk.session), desk.now)
    except (KeyError, NotAllowed):
        return False
    undoing.hold(entry, before, desk.now)
    desk.session.flush()
    desk.record(f"board.{deed}", f"ticket:{ticket.id}", before, undoing.snapshot(ticket))
    return True


def _board() -> str:
    """Back to the board as it was filtered."""
    asked = wanted({name: value for name, value in request.form.items() if name not in ("do", "seen", "csrf_token")})
    return url_for("cases.board", **asked.asked)  # type: ignore[arg-type]
