"""The board of proposals: a column for each stage of their way, and the one press that opens them to supporters."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from flask import request
from sqlalchemy import ColumnElement, func, select

from models import deciding
from models.proposal_undo import snapshot
from models.proposals import Proposal
from models.tickets import NotAllowed
from web import access
from web.desk import Desk, Page, needs
from web.proposals import pages
from web.proposals_list import Line, asked, choices, conditions, lines, ordered

__all__ = ["pages"]

#: The columns in the order in which proposals usually go, and the states in each.
COLUMNS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("review", ("review", "fixing")),
    ("open", ("open",)),
    ("reached", ("reached",)),
    ("answered", ("answered",)),
    ("meeting", ("meeting", "poll")),
    ("planned", ("planned",)),
)
#: Cards of a column, and for how long those in the plan stay on the board.
CARDS, FINISHED = 12, timedelta(days=120)
#: What is waited for longest stands first in these; in the others the most supported.
_OLDEST_FIRST = ("review", "reached")


@dataclass(frozen=True)
class Lane:
    """One column; `more`: the filters of the list that show all of it."""

    name: str
    lines: list[Line]
    count: int
    more: dict[str, str]


@pages.get("/board")
@needs(access.may_see_proposals)
def board(desk: Desk) -> Page:
    """All columns, with the filters of the list but the state."""
    wanted = {name: value for name, value in asked(request.args).items() if name not in ("state", "sort")}
    values = {
        "asked": wanted,
        "lanes": [_lane(desk, wanted, name, states) for name, states in COLUMNS],
        "may_decide": access.may_decide_proposals(desk.viewer),
    }
    if desk.htmx:
        return desk.page("proposals/lanes.html", **values)
    return desk.page("proposals/board.html", choices=choices(desk), **values)


def _lane(desk: Desk, wanted: dict[str, str], name: str, states: tuple[str, ...]) -> Lane:
    wished: list[ColumnElement[bool]] = [*conditions(wanted), Proposal.state.in_(states)]
    if name == "planned":
        wished.append(Proposal.closed_at >= desk.now - FINISHED)
    found = select(Proposal).where(*wished)
    count = desk.session.scalar(select(func.count()).select_from(found.subquery())) or 0
    sort = "waiting" if name in _OLDEST_FIRST else "top"
    rows = desk.session.scalars(ordered(found, sort).limit(CARDS)).all()
    return Lane(name, lines(desk, rows), count, wanted | {"state": states[0]})


@pages.post("/<int:number>/open")
@needs(access.may_decide_proposals)
def open_up(desk: Desk, number: int) -> Page:
    """The words are fit for all: open it to supporters. Who was quicker wins, and nothing is overwritten."""
    proposal = access.proposal(desk.session, desk.viewer, number, lock=True)
    before = snapshot(proposal)
    try:
        deciding.open_up(desk.session, proposal, desk.viewer.staff(desk.session), desk.now)
    except NotAllowed:
        desk.tell("proposals.changed", "note", number=proposal.name)
    else:
        desk.record("proposal.opened", f"proposal:{proposal.id}", before, snapshot(proposal))
        desk.tell("proposals.did_open", number=proposal.name)
    if request.form.get("back") == "board":
        return desk.go("proposals.board", **asked(request.form))
    return desk.go("proposals.show", number=proposal.id)
