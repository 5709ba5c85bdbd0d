"""Proposing: an idea becomes a numbered proposal, within limits that keep one person from flooding the others.

One set of rules for the chat (handlers/propose.py), for papers and for what is said at a ประชาคม (web/proposal_new.py).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from models import calendar
from models.enclosures import enclose
from models.groups import Group
from models.people import Person
from models.plan import UNDER_WAY, Project
from models.plan_finding import public
from models.proposals import PUBLIC, UNDECIDED, Proposal
from models.staff import Staff
from models.tickets import fiscal_year_of
from models.town import count_up, setting

#: A title is one sentence; what is longer goes on in `why`.
LONGEST_TITLE = 200
#: Characters kept of each of the longer answers.
LONGEST = 4_000
#: “Per month” looks back so far.
MONTH = timedelta(days=30)
#: Public proposals and plan lines among which similar ones are looked for, the newest first.
COMPARED = 400

_ZONE = ZoneInfo("Asia/Bangkok")


@dataclass(frozen=True)
class Idea:
    """What is proposed. Texts are covered already (nlp/kept.py). `place` holds text, moo, lat, lon as far as known;
    `media` are message ids of files; `threshold` and the days of support are the settings' when it is opened."""

    title: str
    why: str = ""
    benefit: str = ""
    reach: str = "unsure"
    topic: str = "other"
    place: dict[str, Any] = field(default_factory=dict)
    media: Sequence[str] = ()
    channel: str = "chat"
    group: Group | None = None
    source_key: str | None = None
    received_at: datetime | None = None


def closed_round(session: Session, today: date) -> bool:
    """Whether no proposals are taken now: the town has closed the round, or its last day is over."""
    until = setting(session, "proposals.until")
    return not setting(session, "proposals.open") or (bool(until) and date.fromisoformat(until) < today)


def hindrance(session: Session, person: Person, now: datetime) -> str | None:
    """Why this person cannot propose now: "closed" (no round), "month" (enough for now), "at_once" (too many are still
    undecided), or None. What was withdrawn or merged does not count among the undecided, but among the month's."""
    if closed_round(session, now.astimezone(_ZONE).date()):
        return "closed"
    mine = select(func.count()).select_from(Proposal).where(Proposal.proposer_id == person.id)
    if (session.scalar(mine.where(Proposal.received_at > now - MONTH)) or 0) >= setting(session, "proposals.per_month"):
        return "month"
    if (session.scalar(mine.where(Proposal.state.in_(UNDECIDED))) or 0) >= setting(session, "proposals.at_once"):
        return "at_once"
    return None


def propose(
    session: Session,
    idea: Idea,
    now: datetime,
    *,
    column: Callable[..., str],
    proposer: Person | None = None,
    staff: Staff | None = None,
) -> Proposal:
    """Make the proposal: count its number, promise when its words are looked at, take its files, begin its history.

    `column` makes the search column (`nlp.search.search_text`). `staff` enters it for others. The limits are asked
    before (`hindrance`), so that staff can enter what a meeting proposed.
    """
    received = idea.received_at or now
    year = fiscal_year_of(received.astimezone(_ZONE))
    days = int(setting(session, "proposals.review_days"))
    proposal = Proposal(
        fiscal_year=year,
        number=count_up(session, f"proposal:{year}"),
        state="review",
        title=idea.title.strip()[:LONGEST_TITLE],
        why=idea.why.strip()[:LONGEST],
        benefit=idea.benefit.strip()[:LONGEST],
        reach=idea.reach,
        topic=idea.topic,
        moo=idea.place.get("moo"),
        place=str(idea.place.get("text") or "")[:500],
        lat=idea.place.get("lat"),
        lon=idea.place.get("lon"),
        proposer=proposer,
        group=idea.group,
        channel=idea.channel,
        received_at=received,
        review_by=calendar.due(received, days, "working", calendar.holidays(session), (), now),
        threshold=int(setting(session, "proposals.threshold")),
        source_key=idea.source_key,
    )
    session.add(proposal)
    session.flush()
    index(proposal, column)
    enclose(session, proposal, idea.media)
    proposal.add("created", now, person=proposer, staff=staff, data={"channel": idea.channel}, told=staff is not None)
    return proposal


def index(proposal: Proposal, column: Callable[..., str]) -> None:
    """Make the search column anew from what it says."""
    group = proposal.group.name if proposal.group else ""
    proposal.search = column(
        proposal.title, proposal.why, proposal.benefit, proposal.place, f"ป.{proposal.number}", proposal.name, group
    )


def comparable_proposals(session: Session) -> list[Proposal]:
    """Public proposals among which a new one may have its like, newest first."""
    found = select(Proposal).where(Proposal.state.in_(PUBLIC)).order_by(Proposal.id.desc()).limit(COMPARED)
    return list(session.scalars(found))


def comparable_projects(session: Session) -> list[Project]:
    """Projects that residents may see and that are still to come, newest first."""
    found = public().where(Project.step.in_(UNDER_WAY))
    return list(session.scalars(found.order_by(Project.id.desc()).limit(COMPARED)))
