"""The list of proposals with its filters, and the same as a file (CSV, XLSX). No name of a person is in either."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from flask import request
from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.orm import joinedload
from werkzeug.exceptions import NotFound

from messages import cases, proposals
from messages.thai import local
from models.holding import holds
from models.proposals import CHANNELS, PROPOSAL_STATES, TOPICS, UNDECIDED, Proposal, Support, supports_of, waiting_days
from models.town import Department, Village
from nlp.search import terms
from web import access
from web.desk import Desk, Page, needs
from web.proposals import BADGES, pages
from web.sheets import TYPES, Cell, Column, answer

__all__ = ["pages"]

#: Rows of a page.
PAGE = 50
#: A proposal that reached its threshold waits so long for its answer before it is marked late.
ANSWER_WITHIN = timedelta(days=30)
#: What the filters are called in the address, and the orders there are.
FILTERS = ("q", "state", "moo", "topic", "department", "channel", "sort")
SORTS = ("new", "old", "top", "waiting")
#: Columns of the file (texts `proposals.col_*`) and their widths.
COLUMNS = (
    *(("number", 12), ("received", 16), ("channel", 12), ("moo", 7), ("title", 50), ("why", 50), ("reach", 24)),
    *(("topic", 18), ("owner", 24), ("place", 30), ("supports", 10), ("threshold", 10), ("state", 20)),
    *(("department", 24), ("cost", 16), ("answer", 50), ("reason", 40)),
)


@dataclass(frozen=True)
class Line:
    """A proposal as lists and the board show it."""

    row: Proposal
    supports: int
    state: str
    badge: str
    place: str
    waiting: int
    late: bool


def lines(desk: Desk, rows: Sequence[Proposal]) -> list[Line]:
    """Rows with what is shown beside them."""
    counts = supports_of(desk.session, [p.id for p in rows])
    return [
        Line(
            row=p,
            supports=counts[p.id],
            state=proposals.state(desk.w, p),
            badge=BADGES[p.state],
            place=proposals.place(desk.w, p),
            waiting=waiting_days(p, desk.now),
            late=is_late(desk, p),
        )
        for p in rows
    ]


def is_late(desk: Desk, proposal: Proposal) -> bool:
    """Whether the office owes something: words unread after the promised day, no answer a month after the threshold."""
    if proposal.state == "review":
        return proposal.review_by < desk.now
    reached = proposal.reached_at
    return proposal.state == "reached" and reached is not None and reached + ANSWER_WITHIN < desk.now


def asked(given: Mapping[str, str]) -> dict[str, str]:
    """The filters in use."""
    return {name: value.strip() for name in FILTERS if (value := given.get(name, "")).strip()}


def conditions(wanted: Mapping[str, str]) -> list[ColumnElement[bool]]:
    """What the filters mean; what makes no sense is passed over."""
    found: list[ColumnElement[bool]] = [holds(Proposal.search, term) for term in terms(wanted.get("q", ""))]
    state = wanted.get("state", "")
    if state == "undecided":
        found.append(Proposal.state.in_(UNDECIDED))
    elif state in PROPOSAL_STATES:
        found.append(Proposal.state == state)
    moo = wanted.get("moo", "")
    if moo == "none":
        found.append(Proposal.moo.is_(None))
    elif moo.isdecimal() and len(moo) < 5:
        found.append(Proposal.moo == int(moo))
    if wanted.get("topic") in TOPICS:
        found.append(Proposal.topic == wanted["topic"])
    if wanted.get("channel") in CHANNELS:
        found.append(Proposal.channel == wanted["channel"])
    if (department := wanted.get("department", "")).isdecimal() and len(department) < 10:
        found.append(Proposal.department_id == int(department))
    return found


def ordered(found: Select[Proposal], sort: str) -> Select[Proposal]:
    """In the order asked for; the newest first without one."""
    count = select(func.count()).where(Support.proposal_id == Proposal.id).correlate(Proposal).scalar_subquery()
    orders: dict[str, tuple[Any, ...]] = {
        "old": (Proposal.received_at.asc(),),
        "top": (count.desc(),),
        "waiting": (func.coalesce(Proposal.reached_at, Proposal.received_at).asc(),),
    }
    return found.order_by(*orders.get(sort, (Proposal.received_at.desc(),)), Proposal.id.desc())


def choices(desk: Desk) -> dict[str, list[tuple[str, str]]]:
    """What the filters offer."""
    w = desk.w
    villages = desk.session.execute(select(Village.moo, Village.name).order_by(Village.moo))
    departments = desk.session.execute(select(Department.id, Department.name).where(Department.active))
    return {
        "state": [(code, w(f"proposal.state_{code}")) for code in PROPOSAL_STATES],
        "moo": [(str(moo), f"{w('report.place_moo', moo=moo)} {name}".strip()) for moo, name in villages],
        "topic": [(code, w(f"proposal.topic_{code}")) for code in TOPICS],
        "department": [(str(key), cases.named(w, name)) for key, name in departments],
        "channel": [(code, w(f"proposals.channel_{code}")) for code in CHANNELS],
        "sort": [(code, w(f"proposals.sort_{code}")) for code in SORTS],
    }


@pages.get("/")
@needs(access.may_see_proposals)
def index(desk: Desk) -> Page:
    """The list, a page at a time."""
    wanted = asked(request.args)
    found = select(Proposal).where(*conditions(wanted))
    total = desk.session.scalar(select(func.count()).select_from(found.subquery())) or 0
    at = _page_number()
    rows = desk.session.scalars(ordered(found, wanted.get("sort", "")).offset(at * PAGE).limit(PAGE)).all()
    values = {
        "asked": wanted,
        "lines": lines(desk, rows),
        "total": total,
        "at": at,
        "more": (at + 1) * PAGE < total,
        "may_export": access.may_export_proposals(desk.viewer),
    }
    if desk.htmx:
        return desk.page("proposals/results.html", **values)
    return desk.page("proposals/list.html", choices=choices(desk), **values)


def _page_number() -> int:
    page = request.args.get("page", "0")
    return int(page) if page.isdecimal() and len(page) < 5 else 0


@pages.get("/export.<kind>")
@needs(access.may_export_proposals)
def export(desk: Desk, kind: str) -> Page:
    """The proposals of the list's filters as a file."""
    if kind not in TYPES:
        raise NotFound
    wanted = asked(request.args)
    found = ordered(select(Proposal).where(*conditions(wanted)), wanted.get("sort", ""))
    found = found.options(joinedload(Proposal.department), joinedload(Proposal.group))
    desk.looked("proposals.exported", "proposals", {**wanted, "file": kind})
    columns = [Column(desk.w(f"proposals.col_{name}"), width) for name, width in COLUMNS]
    name = f"{desk.w('proposals.file')}-{local(desk.now):%Y%m%d}"
    return answer(kind, name, desk.w("proposals.title"), columns, _cells(desk, found))


def _cells(desk: Desk, found: Select[Proposal]) -> Iterator[list[Cell]]:
    rows = desk.session.scalars(found).all()
    counts = supports_of(desk.session, [p.id for p in rows])
    for p in rows:
        yield _line(desk, p, counts[p.id])


def _line(desk: Desk, p: Proposal, supports: int) -> list[Cell]:
    w = desk.w
    return [
        p.name,
        local(p.received_at).date(),
        w(f"proposals.channel_{p.channel}"),
        p.moo,
        cases.for_group(p.title),
        cases.for_group(p.why),
        cases.for_group(proposals.reach(w, p)),
        w(f"proposal.topic_{p.topic}"),
        p.group.name if p.group else "",
        cases.for_group(proposals.place(w, p)),
        supports,
        p.threshold,
        proposals.state(w, p),
        cases.named(w, p.department.name) if p.department else "",
        None if p.cost_satang is None else p.cost_satang / 100,
        p.answer,
        p.reason,
    ]
