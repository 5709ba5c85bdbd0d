"""From complaints to projects: where many reports point at one matter in one village or at one spot.

Repeat spots are those of the night's figures (bot/trending.py); villages are counted here. What a project of the plan
has as its evidence already is not suggested again. Sensitive cases are never counted.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from models.near import METRES_PER_DEGREE
from models.plan import Plan, Project
from models.plan_links import ProjectCase, ProjectEvidence, link_cases
from models.plan_rows import ProjectVillage
from models.staff import Staff
from models.statistics import TRENDS, Figures
from models.tickets import Ticket
from models.town import Category

#: How far back is looked, how many cases by how many people point at something, and metres around a spot.
LOOK_BACK, CASES, PEOPLE, AROUND = timedelta(days=365), 5, 3, 60
#: At most so many suggestions, and cases tied to a draft.
MOST, TIED = 30, 200


@dataclass(frozen=True)
class Hint:
    """One suggestion: a category in a village, or around a spot (`lat`, `lon`), with what points at it."""

    category: str
    name: str
    moo: int | None
    lat: float | None
    lon: float | None
    count: int
    people: int
    first: datetime
    last: datetime
    open: int

    @property
    def key(self) -> str:
        """What an address says to mean this suggestion."""
        where = f"{self.lat:.5f},{self.lon:.5f}" if self.lat is not None and self.lon is not None else str(self.moo)
        return f"{self.category}@{where}"


def hints(session: Session, now: datetime) -> list[Hint]:
    """The suggestions, those with the most people behind them first."""
    found = [*_spots(session, now), *_villages(session, now)]
    fresh = [hint for hint in found if not _covered(session, hint, now)]
    return sorted(fresh, key=lambda hint: (-hint.people, -hint.count, hint.key))[:MOST]


def hint_of(session: Session, key: str, now: datetime) -> Hint | None:
    """The suggestion an address means, counted anew; None where nothing points there (any more)."""
    code, _, where = key.partition("@")
    if "," in where:
        try:
            lat, lon = (float(part) for part in where.split(","))
        except ValueError:
            return None
        return _counted(session, code, None, lat, lon, now)
    return _counted(session, code, int(where), None, None, now) if where.isdecimal() and len(where) < 4 else None


def cases_of(session: Session, hint: Hint, now: datetime) -> list[int]:
    """The cases that point at it, the newest first."""
    wanted = select(Ticket.id).where(*_where(hint.category, hint.moo, hint.lat, hint.lon, now))
    return list(session.scalars(wanted.order_by(Ticket.id.desc()).limit(TIED)))


def _where(
    category: str, moo: int | None, lat: float | None, lon: float | None, now: datetime
) -> list[ColumnElement[bool]]:
    found = [
        Ticket.category == category,
        Ticket.sensitive.is_(False),
        Ticket.kind == "complaint",
        Ticket.state.not_in(("withdrawn", "refused")),
        Ticket.received_at > now - LOOK_BACK,
    ]
    if lat is None or lon is None:
        return [*found, Ticket.moo == moo]
    dy = AROUND / METRES_PER_DEGREE
    dx = dy / max(0.1, math.cos(math.radians(lat)))
    return [*found, Ticket.lat.between(lat - dy, lat + dy), Ticket.lon.between(lon - dx, lon + dx)]


_FIGURES = (
    func.count(),
    # Who came to the counter is not known apart from others: each such case counts as one person.
    func.count(func.distinct(func.coalesce(Ticket.reporter_id, -Ticket.id))),
    func.min(Ticket.received_at),
    func.max(Ticket.received_at),
    func.count(Ticket.id).filter(Ticket.closed_at.is_(None)),
)


def _counted(
    session: Session, code: str, moo: int | None, lat: float | None, lon: float | None, now: datetime
) -> Hint | None:
    category = session.get(Category, code)
    if category is None or category.sensitive:
        return None
    count, people, first, last, still = session.execute(
        select(*_FIGURES).where(*_where(code, moo, lat, lon, now))
    ).one()
    if count < 1:
        return None
    return Hint(code, category.name, moo, lat, lon, count, people, first, last, still)


def _villages(session: Session, now: datetime) -> list[Hint]:
    wanted = (
        select(Ticket.category, Category.name, Ticket.moo, *_FIGURES)
        .join(Category, Category.code == Ticket.category)
        .where(
            Ticket.sensitive.is_(False),
            Category.sensitive.is_(False),
            Ticket.kind == "complaint",
            Ticket.state.not_in(("withdrawn", "refused")),
            Ticket.received_at > now - LOOK_BACK,
            Ticket.moo.is_not(None),
            Ticket.category != "other",
        )
        .group_by(Ticket.category, Category.name, Ticket.moo)
        .having(_FIGURES[0] >= CASES, _FIGURES[1] >= PEOPLE)
        .order_by(_FIGURES[1].desc())
        .limit(MOST * 2)
    )
    return [
        Hint(code, name, moo, None, None, count, people, first, last, still)
        for code, name, moo, count, people, first, last, still in session.execute(wanted)
    ]


def _spots(session: Session, now: datetime) -> list[Hint]:
    figures = session.get(Figures, TRENDS)
    told = figures.data.get("spots", []) if figures is not None else []
    found = [_counted(session, spot["category"], None, spot["lat"], spot["lon"], now) for spot in told]
    return [hint for hint in found if hint is not None and hint.people >= PEOPLE]


def _covered(session: Session, hint: Hint, now: datetime) -> bool:
    """Whether most of its cases are evidence of a project already."""
    ids = cases_of(session, hint, now)
    tied = session.scalar(
        select(func.count(func.distinct(ProjectCase.ticket_id))).where(ProjectCase.ticket_id.in_(ids))
    )
    return bool(ids) and (tied or 0) * 2 >= len(ids)


def known_projects(session: Session, hint: Hint, words: Sequence[str]) -> list[Project]:
    """Projects that may be about the same already: for this village, with one of these words in their name."""
    if not words:
        return []
    wanted = select(Project).where(Project.step.not_in(("dropped", "cancelled", "done")))
    if hint.moo is not None:
        wanted = wanted.join(ProjectVillage, ProjectVillage.project_id == Project.id)
        wanted = wanted.where(ProjectVillage.moo == hint.moo)
    some = [row for row in session.scalars(wanted.limit(500)) if any(word in row.search for word in words)]
    return some[:5]


def draft(
    session: Session, plan: Plan, project: Project, hint: Hint, words: str, staff: Staff, now: datetime
) -> ProjectEvidence:
    """Attach to a draft what points at it: its cases, and the figures as they are now."""
    ids = cases_of(session, hint, now)
    figures = {
        "category": hint.category,
        "name": hint.name,
        "moo": hint.moo,
        "count": hint.count,
        "people": hint.people,
        "open": hint.open,
        "from": hint.first.isoformat(),
        "to": hint.last.isoformat(),
    }
    evidence = ProjectEvidence(project_id=project.id, figures=figures, words=words, staff_id=staff.id, created_at=now)
    session.add(evidence)
    link_cases(session, project, ids)
    data = {"count": hint.count, "people": hint.people, "plan": plan.id}
    project.add("drafted", now, staff=staff, data=data, public=False)
    return evidence
