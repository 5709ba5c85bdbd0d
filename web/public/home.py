"""The first page: what is reported and mended, what is planned, what may be voted on, what is announced."""

from __future__ import annotations

from sqlalchemy import func, select

from models import announcements
from models.plan import Plan, Project
from models.polls import Poll
from models.proposals import PUBLIC, Proposal
from models.publications import Publication
from models.publishing import (
    PROJECT_SHOWN,
    group_of,
    joined,
    public_cases,
    public_photos,
    public_projects,
    public_proposals,
)
from models.statistics import days_between, median
from models.tickets import Ticket
from web.public.cases import LOOKS
from web.public.front import Front, Shown, shows
from web.public.pages import pages
from web.public.wished import narrowed, page_after, wished

#: Cases and other things shown of each.
CASES, OTHERS = 4, 3
ALL = ("cases", "projects", "proposals", "polls", "news", "town")


@pages.get("/")
@shows(*ALL)
def home(front: Front) -> Shown:
    """What there is, at a glance."""
    session = front.session
    mended = narrowed(session, wished({"state": "done"}, None)).order_by(Ticket.closed_at.desc()).limit(CASES)
    latest = page_after(session, narrowed(session, wished({"state": "open"}, None)), "", CASES)
    done, fresh = public_cases(session, mended), public_cases(session, latest)[:CASES]
    polls = session.scalars(select(Poll).where(Poll.state == "open").order_by(Poll.closes_at).limit(OTHERS)).all()
    under_way = public_projects().where(Project.step.in_(("procure", "build", "inspect")))
    return front.page(
        "public/home.html",
        figures=figures(front),
        done=done,
        fresh=fresh,
        photos=public_photos(session, [case.code for case in (*done, *fresh)]),
        looks=LOOKS,
        news=announcements.on_front(session, front.today),
        polls=polls,
        projects=session.scalars(under_way.order_by(Project.stepped_at.desc()).limit(OTHERS)).all(),
        proposals=session.scalars(
            public_proposals().where(Proposal.state.in_(PUBLIC)).order_by(Proposal.id.desc()).limit(OTHERS)
        ).all(),
        plans=session.scalar(select(func.count()).select_from(Project).join(Plan).where(*PROJECT_SHOWN)) or 0,
    )


def figures(front: Front) -> dict[str, float | int | None]:
    """This fiscal year's public cases: how many, mended, under way, and the median of days to mend."""
    session = front.session
    mine = Publication.fiscal_year == front.year
    counted = joined(Ticket.state, func.count()).where(mine).group_by(Ticket.state)
    groups = {"new": 0, "going": 0, "waiting": 0, "done": 0, "refused": 0}
    for state, number in session.execute(counted):
        groups[group_of(state)] += number
    days = days_between(Ticket.received_at, Ticket.closed_at)
    mended = (
        joined(days, func.count()).where(mine, Ticket.state == "done", Ticket.closed_at.is_not(None)).group_by(days)
    )
    return {
        "all": sum(groups.values()),
        "done": groups["done"],
        "going": groups["new"] + groups["going"] + groups["waiting"],
        "days": median({max(0, day): number for day, number in session.execute(mended)}),
    }
