"""Open datasets: which columns each has, and their rows of a period. What is public is decided in models/publishing.py.

Dates are ISO 8601 (Common Era), each with a column in the Buddhist Era beside it, as Thai offices read them; money is
in baht. The columns are told in words in web/texts/<language>/open_data.toml, which the data dictionary prints.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session, selectinload

from messages.thai import BE, fiscal_year, local
from models import freshness
from models.plan import Project
from models.plan_rows import Budget
from models.polls import SHOWN, Poll
from models.proposals import Proposal, supports_of
from models.publications import Publication
from models.publishing import coarse, joined, public_cases, public_projects, public_proposals
from models.statistics import Span
from web.public.plan import firm

Record = dict[str, Any]
#: Types of columns as the dictionary names them.
TEXT, NUMBER, DAY, ERA = "text", "number", "date", "date_be"


@dataclass(frozen=True)
class Dataset:
    """One dataset: its columns with their types, its periods, and the records of one of them.

    `topic` is what changes it (models/freshness.py). `point`: its records have `latitude` and `longitude`.
    """

    name: str
    columns: Mapping[str, str]
    periods: Callable[[Session], list[str]]
    records: Callable[[Session, str, str], Iterator[Record]]
    mark: Callable[[Session, str], str]
    topic: str
    point: bool = True

    @property
    def formats(self) -> tuple[str, ...]:
        """The formats it comes in."""
        return ("csv", "json", "geojson", "xlsx") if self.point else ("csv", "json", "xlsx")


def era(day: date | None) -> str:
    """“20/11/2569”: a day as Thai offices write it, in the Buddhist Era."""
    return f"{day.day:02d}/{day.month:02d}/{day.year + BE}" if day is not None else ""


def _day(moment: datetime | None) -> date | None:
    return local(moment).date() if moment is not None else None


def _money(satang: int | None) -> float | None:
    return None if satang is None else satang / 100


# -- cases -------------------------------------------------------------------------------------------------------------

CASES = {
    "case_id": TEXT,
    "title": TEXT,
    "description": TEXT,
    "outcome": TEXT,
    "category_code": TEXT,
    "category": TEXT,
    "kind": TEXT,
    "state": TEXT,
    "department": TEXT,
    "moo": NUMBER,
    "place": TEXT,
    "latitude": NUMBER,
    "longitude": NUMBER,
    "received_date": DAY,
    "received_be": ERA,
    "closed_date": DAY,
    "closed_be": ERA,
    "days_to_close": NUMBER,
    "fiscal_year": NUMBER,
    "url": TEXT,
}


def span_of(period: str) -> Span:
    """The days of a period: a fiscal year (B.E., “2569”) or a month (“2569-11”)."""
    if len(period) == 4:
        year = int(period) - BE
        return Span(date(year - 1, 10, 1), date(year, 9, 30))
    year, month = int(period[:4]) - BE, int(period[5:])
    following = date(year + month // 12, month % 12 + 1, 1)
    return Span(date(year, month, 1), date.fromordinal(following.toordinal() - 1))


def _case_periods(session: Session) -> list[str]:
    first, last = session.execute(joined(func.min(Publication.received_at), func.max(Publication.received_at))).one()
    if first is None:
        return []
    here, end = local(first), local(last)
    months = []
    year, month = here.year, here.month
    while (year, month) <= (end.year, end.month):
        months.append(f"{year + BE}-{month:02d}")
        year, month = year + month // 12, month % 12 + 1
    return [*(str(y) for y in range(fiscal_year(first), fiscal_year(last) + 1)), *months]


def _within(period: str) -> tuple[Any, Any]:
    span = span_of(period)
    return Publication.received_at >= span.start, Publication.received_at < span.end


def _cases(session: Session, period: str, base: str) -> Iterator[Record]:
    found = joined().where(*_within(period)).order_by(Publication.received_at, Publication.id)
    for each in public_cases(session, found):
        yield {
            "case_id": each.code,
            "title": each.title,
            "description": each.words,
            "outcome": each.outcome,
            "category_code": each.category,
            "category": each.category_name,
            "kind": each.kind,
            "state": each.state,
            "department": each.department,
            "moo": each.moo,
            "place": each.place,
            "latitude": each.lat,
            "longitude": each.lon,
            "received_date": each.received,
            "received_be": era(each.received),
            "closed_date": each.closed,
            "closed_be": era(each.closed),
            "days_to_close": each.days,
            "fiscal_year": each.fiscal_year,
            "url": f"{base}/cases/{each.code}",
        }


def _case_mark(session: Session, period: str) -> str:
    key, revision = (
        Publication.id,
        Publication.revision,
    )  # sums that tell one set of rows, and their state, from another
    sums = (func.coalesce(func.sum(each), 0) for each in (key, key * key, revision, key * revision))
    found = session.execute(joined(func.count(), *sums).where(*_within(period))).one()
    told = (*found, freshness.stamps(session)["town"])
    return hashlib.sha256(repr([int(each) for each in told]).encode()).hexdigest()[:32]


def _stamp(topic: str) -> Callable[[Session, str], str]:
    def mark(session: Session, _period: str) -> str:
        counts = freshness.stamps(session)
        return f"{counts[topic]}.{counts['town']}"

    return mark


# -- projects ----------------------------------------------------------------------------------------------------------

PROJECTS = {
    "project_id": NUMBER,
    "name": TEXT,
    "plan": TEXT,
    "form": TEXT,
    "strategy": TEXT,
    "programme": TEXT,
    "objective": TEXT,
    "target": TEXT,
    "result": TEXT,
    "department": TEXT,
    "moo": TEXT,
    "latitude": NUMBER,
    "longitude": NUMBER,
    "fiscal_year": NUMBER,
    "budget_baht": NUMBER,
    "budget_all_years_baht": NUMBER,
    "contract_baht": NUMBER,
    "spent_baht": NUMBER,
    "contractor": TEXT,
    "state": TEXT,
    "percent": NUMBER,
    "begins_date": DAY,
    "begins_be": ERA,
    "ends_date": DAY,
    "ends_be": ERA,
    "done_date": DAY,
    "done_be": ERA,
    "url": TEXT,
}


def _project_periods(session: Session) -> list[str]:
    shown = public_projects().with_only_columns(Project.id)
    years = session.scalars(select(Budget.year).where(Budget.project_id.in_(shown)).distinct())
    return [str(year) for year in sorted(years)]


def _projects(session: Session, period: str, base: str) -> Iterator[Record]:
    with_money = select(Budget.project_id).where(Budget.year == int(period))
    found = public_projects().where(Project.id.in_(with_money)).order_by(Project.position, Project.id)
    for each in session.scalars(found.options(selectinload(Project.budgets), selectinload(Project.villages))):
        money = each.money()
        yield {
            "project_id": each.id,
            "name": each.shown_name,
            "plan": each.plan.name,
            "form": each.form,
            "strategy": each.strategy,
            "programme": each.programme,
            "objective": each.objective,
            "target": each.target,
            "result": each.result,
            "department": each.department.name if each.department is not None else each.department_name,
            "moo": " ".join(str(moo) for moo in each.moos),
            "latitude": coarse(each.lat),
            "longitude": coarse(each.lon),
            "fiscal_year": int(period),
            "budget_baht": _money(money.get(int(period))),
            "budget_all_years_baht": _money(sum(money.values())) if money else None,
            "contract_baht": _money(each.contract_satang),
            "spent_baht": _money(each.spent_satang),
            "contractor": firm(each.contractor),
            "state": each.step,
            "percent": each.percent,
            "begins_date": each.begins_on,
            "begins_be": era(each.begins_on),
            "ends_date": each.ends_on,
            "ends_be": era(each.ends_on),
            "done_date": each.done_on,
            "done_be": era(each.done_on),
            "url": f"{base}/projects/{each.id}",
        }


# -- proposals ---------------------------------------------------------------------------------------------------------

PROPOSALS = {
    "proposal_id": TEXT,
    "title": TEXT,
    "why": TEXT,
    "benefit": TEXT,
    "topic": TEXT,
    "moo": NUMBER,
    "place": TEXT,
    "latitude": NUMBER,
    "longitude": NUMBER,
    "state": TEXT,
    "supporters": NUMBER,
    "threshold": NUMBER,
    "answer": TEXT,
    "cost_baht": NUMBER,
    "reason": TEXT,
    "project_id": NUMBER,
    "received_date": DAY,
    "received_be": ERA,
    "answered_date": DAY,
    "answered_be": ERA,
    "fiscal_year": NUMBER,
    "url": TEXT,
}


def _proposal_periods(session: Session) -> list[str]:
    years = session.scalars(public_proposals().with_only_columns(Proposal.fiscal_year).distinct())
    return [str(year) for year in sorted(years)]


def _proposals(session: Session, period: str, base: str) -> Iterator[Record]:
    found = public_proposals().where(Proposal.fiscal_year == int(period)).order_by(Proposal.number)
    rows = session.scalars(found).all()
    behind = supports_of(session, [row.id for row in rows])
    shown = set(session.scalars(public_projects().with_only_columns(Project.id)))
    for each in rows:
        received, answered = _day(each.received_at), _day(each.answered_at)
        yield {
            "proposal_id": f"{each.fiscal_year}-{each.number:04d}",
            "title": each.title,
            "why": each.why,
            "benefit": each.benefit,
            "topic": each.topic,
            "moo": each.moo,
            "place": each.place,
            "latitude": coarse(each.lat),
            "longitude": coarse(each.lon),
            "state": each.state,
            "supporters": behind[each.id],
            "threshold": each.threshold,
            "answer": each.answer,
            "cost_baht": _money(each.cost_satang),
            "reason": each.reason,
            "project_id": each.project_id if each.project_id in shown else None,
            "received_date": received,
            "received_be": era(received),
            "answered_date": answered,
            "answered_be": era(answered),
            "fiscal_year": each.fiscal_year,
            "url": f"{base}/{each.fiscal_year}/proposals/{each.number}",
        }


# -- polls -------------------------------------------------------------------------------------------------------------

POLLS = {
    "poll_id": TEXT,
    "title": TEXT,
    "state": TEXT,
    "opens_date": DAY,
    "opens_be": ERA,
    "closes_date": DAY,
    "closes_be": ERA,
    "option_id": TEXT,
    "option": TEXT,
    "cost_baht": NUMBER,
    "votes": NUMBER,
    "selected": TEXT,
    "fiscal_year": NUMBER,
    "url": TEXT,
}


def _shown_polls(session: Session) -> list[Poll]:
    found = select(Poll).where(Poll.state.in_(SHOWN), Poll.opens_at.is_not(None)).order_by(Poll.id)
    return list(session.scalars(found.options(selectinload(Poll.options))))


def _poll_periods(session: Session) -> list[str]:
    return sorted({str(fiscal_year(poll.opens_at)) for poll in _shown_polls(session) if poll.opens_at})


def _polls(session: Session, period: str, base: str) -> Iterator[Record]:
    for poll in _shown_polls(session):
        if poll.opens_at is None or fiscal_year(poll.opens_at) != int(period):
            continue
        opens, closes = _day(poll.opens_at), _day(poll.closes_at)
        votes, selected = _counted(poll)
        for option in poll.options:
            yield {
                "poll_id": poll.code,
                "title": poll.title,
                "state": poll.state,
                "opens_date": opens,
                "opens_be": era(opens),
                "closes_date": closes,
                "closes_be": era(closes),
                "option_id": option.code,
                "option": option.title,
                "cost_baht": _money(option.cost),
                "votes": votes.get(option.code),
                "selected": "yes" if option.code in selected else "no" if votes else "",
                "fiscal_year": int(period),
                "url": f"{base}/polls/{poll.code}",
            }


def _counted(poll: Poll) -> tuple[dict[str, int], set[str]]:
    """Votes by option, and the options chosen, of a poll whose result is published; nothing of any other."""
    votes: dict[str, int] = {}
    chosen: set[str] = set()
    if poll.state == "published" and poll.result:
        for contest in poll.result.get("contests", ()):
            chosen |= set(contest["selected"])
            for option, number in contest["totals"].items():
                votes[option] = votes.get(option, 0) + int(number)
    return votes, chosen


DATASETS: dict[str, Dataset] = {
    each.name: each
    for each in (
        Dataset("cases", CASES, _case_periods, _cases, _case_mark, "cases"),
        Dataset("projects", PROJECTS, _project_periods, _projects, _stamp("projects"), "projects"),
        Dataset("proposals", PROPOSALS, _proposal_periods, _proposals, _stamp("proposals"), "proposals"),
        Dataset("polls", POLLS, _poll_periods, _polls, _stamp("polls"), "polls", point=False),
    )
}
