"""Proposals and what became of them; polls and their results, with one address for each fiscal year."""

from __future__ import annotations

from sqlalchemy import func, select
from werkzeug.exceptions import NotFound

from messages.thai import fiscal_year
from models import small_cells
from models.plan import Project
from models.polls import SHOWN as POLLS_SHOWN
from models.polls import Poll
from models.proposals import Proposal, supports, supports_of
from models.publishing import is_public, public_projects, public_proposals
from models.supporting import by_village
from web.public.front import Front, Shown, shows
from web.public.pages import pages

#: Proposals on a page.
PAGE = 20
#: Filters: what is still open to support, what waits for the office, what is decided.
GROUPS = {
    "open": ("open",),
    "waiting": ("reached", "answered", "meeting", "poll"),
    "planned": ("planned",),
    "ended": ("refused", "merged"),
}
#: How a state looks.
LOOKS = {"open": "new", "reached": "going", "answered": "going", "meeting": "going", "poll": "going", "planned": "done"}


@pages.get("/proposals")
@shows("proposals", "town", asks=("state", "page"))
def all_proposals(front: Front) -> Shown:
    """Of all years."""
    return _list(front, None)


@pages.get("/<int(fixed_digits=4):year>/proposals")
@shows("proposals", "town", asks=("state", "page"))
def proposals(front: Front, year: int) -> Shown:
    """Those sent in this fiscal year: an address that stays."""
    return _list(front, year)


def _list(front: Front, year: int | None) -> str:
    session, args = front.session, front.args
    found = public_proposals()
    if year is not None:
        found = found.where(Proposal.fiscal_year == year)
    if args.get("state") in GROUPS:
        found = found.where(Proposal.state.in_(GROUPS[args["state"]]))
    number = session.scalar(found.with_only_columns(func.count())) or 0
    typed = args.get("page", "")
    page = min(max(int(typed), 1), 500) if typed.isascii() and typed.isdecimal() else 1
    rows = session.scalars(found.order_by(Proposal.id.desc()).offset((page - 1) * PAGE).limit(PAGE)).all()
    endpoint, where = ("proposals", {"year": year}) if year else ("all_proposals", {})
    given = {name: value for name, value in args.items() if name != "page"}
    seen = session.scalars(public_proposals().with_only_columns(Proposal.fiscal_year).distinct())
    return front.page(
        "public/proposals.html",
        year=year,
        years=sorted({*seen, front.year}, reverse=True),
        rows=rows,
        found=number,
        supports=supports_of(session, [row.id for row in rows]),
        groups=GROUPS,
        chosen=args.get("state", ""),
        looks=LOOKS,
        link_to=lambda **more: front.link(endpoint, **where, **more),
        newer=front.link(endpoint, **where, **given, page=page - 1) if page > 1 else "",
        older=front.link(endpoint, **where, **given, page=page + 1) if page * PAGE < number else "",
    )


@pages.get("/<int(fixed_digits=4):year>/proposals/<int(max=2147483647):number>")
@shows("proposals", "projects", "town")
def proposal(front: Front, year: int, number: int) -> Shown:
    """One proposal, by the number everybody says."""
    session = front.session
    wanted = public_proposals().where(Proposal.fiscal_year == year, Proposal.number == number)
    found = session.scalar(wanted)
    if found is None:
        raise NotFound
    into = found.merged_into if found.merged_into is not None and is_public(found.merged_into) else None
    became = session.scalar(public_projects().where(Project.id == found.project_id)) if found.project_id else None
    villages = dict(by_village(session, found))
    return front.page(
        "public/proposal.html",
        proposal=found,
        supports=supports(session, found),
        villages=small_cells.told(villages) if small_cells.total_told(villages) else {},
        into=into,
        project=became,
        looks=LOOKS,
    )


@pages.get("/<int(fixed_digits=4):year>/polls")
@shows("polls", "town")
def polls(front: Front, year: int) -> Shown:
    """The polls of a fiscal year; each has a page with rules, board, files and result (web/polls_public.py)."""
    rows = front.session.scalars(select(Poll).where(Poll.state.in_(POLLS_SHOWN)).order_by(Poll.id.desc())).all()
    dated = [(fiscal_year(row.opens_at), row) for row in rows if row.opens_at is not None]
    years = sorted({*(known for known, _ in dated), front.year}, reverse=True)
    return front.page("public/polls.html", year=year, years=years, rows=[row for known, row in dated if known == year])
