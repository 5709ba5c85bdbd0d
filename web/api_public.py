"""The API's lists of what the town plans and decides: projects of published plans, proposals, polls. All public."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from flask import Response
from sqlalchemy import select
from sqlalchemy.orm import selectinload

from messages.thai import parse_case_number
from models import polls, publishing
from models.plan import STEPS, Project
from models.polls import Poll
from models.proposals import PROPOSAL_STATES, Proposal, supports_of
from web import api_shapes
from web.api import answer, bad_cursor, missing, page_of, pages
from web.api_input import Paged, Projects, Proposals, query, states
from web.api_shapes import Json
from web.outward import Call, outward

__all__ = ["pages"]


def _listed(call: Call, found: Any, key: Any, asked: Paged, shape: Callable[[Sequence[Any]], list[Json]]) -> Response:
    """A page of rows by their ids, the newest first."""
    if asked.cursor:
        if not (asked.cursor.isascii() and asked.cursor.isdigit() and len(asked.cursor) < 16):
            raise bad_cursor()
        found = found.where(key < int(asked.cursor))
    rows = call.session.scalars(found.order_by(key.desc()).limit(asked.limit + 1)).all()
    shown = rows[: asked.limit]
    return page_of(shape(shown), str(shown[-1].id) if len(rows) > asked.limit else None)


@pages.get("/projects")
@outward(None)
def projects(call: Call) -> Response:
    """Projects of published plans."""
    asked = query(Projects)
    found = publishing.public_projects()
    if asked.year is not None:
        found = found.where(Project.budgets.any(year=asked.year))
    if asked.step:
        found = found.where(Project.step.in_(states(asked.step, STEPS)))
    if asked.moo is not None:
        found = found.where(Project.villages.any(moo=asked.moo))
    base = call.console.public_url
    return _listed(call, found, Project.id, asked, lambda rows: [api_shapes.project(row, base) for row in rows])


@pages.get("/projects/<int:number>")
@outward(None)
def project(call: Call, number: int) -> Response:
    """One project."""
    row = call.session.scalar(publishing.public_projects().where(Project.id == number)) if number < 2**62 else None
    if row is None:
        raise missing()
    return answer(api_shapes.project(row, call.console.public_url))


def _proposals(call: Call, rows: Sequence[Proposal]) -> list[Json]:
    behind = supports_of(call.session, [row.id for row in rows])
    return [api_shapes.proposal(row, behind[row.id], call.console.public_url) for row in rows]


@pages.get("/proposals")
@outward(None)
def proposals(call: Call) -> Response:
    """Proposals that neighbours may see, and what became of them."""
    asked = query(Proposals)
    found = publishing.public_proposals()
    if asked.year is not None:
        found = found.where(Proposal.fiscal_year == asked.year)
    if asked.state:
        found = found.where(Proposal.state.in_(states(asked.state, PROPOSAL_STATES)))
    if asked.moo is not None:
        found = found.where(Proposal.moo == asked.moo)
    return _listed(call, found, Proposal.id, asked, lambda rows: _proposals(call, rows))


@pages.get("/proposals/<number>")
@outward(None)
def proposal(call: Call, number: str) -> Response:
    """One proposal, by year and number (2570-00021)."""
    parsed = parse_case_number(number)
    if parsed is None or parsed[0] is None or parsed[1] > 10**9:
        raise missing()
    own = (Proposal.fiscal_year == parsed[0], Proposal.number == parsed[1])
    row = call.session.scalar(publishing.public_proposals().where(*own))
    if row is None:
        raise missing()
    return answer(_proposals(call, [row])[0])


@pages.get("/polls")
@outward(None)
def all_polls(call: Call) -> Response:
    """Polls that were opened; a result once it is published."""
    asked = query(Paged)
    found = select(Poll).where(Poll.state.in_(polls.SHOWN)).options(selectinload(Poll.options))
    base = call.console.public_url
    return _listed(call, found, Poll.id, asked, lambda rows: [api_shapes.poll(row, base) for row in rows])


@pages.get("/polls/<code>")
@outward(None)
def poll(call: Call, code: str) -> Response:
    """One poll."""
    row = polls.poll_of(call.session, code)
    if row is None or row.state not in polls.SHOWN:
        raise missing()
    return answer(api_shapes.poll(row, call.console.public_url))
