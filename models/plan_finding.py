"""Finding projects: what residents may see of the plan, who follows what."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, Select, case, exists, func, or_, select
from sqlalchemy.orm import Session, selectinload

from models.holding import holds
from models.people import Person
from models.plan import OUTSIDE, Plan, Project
from models.plan_rows import Budget, ProjectEntry, ProjectFollow, ProjectVillage

#: Steps in the order in which residents want to see them: what moves first, then what is to come, then what is over.
_LIVELY = {"build": 0, "inspect": 1, "procure": 2, "budget": 3, "plan": 4, "postponed": 5, "done": 6, "cancelled": 7}


def public() -> Select[Project]:
    """What residents may see: projects of published plans, without drafts."""
    shown = select(Project).join(Plan, Plan.id == Project.plan_id)
    return shown.where(Plan.published_at.is_not(None), Project.step.not_in(OUTSIDE))


def public_project(session: Session, number: int) -> Project | None:
    """The project with this id, if residents may see it."""
    return session.scalar(public().where(Project.id == number))


def anything_public(session: Session) -> bool:
    """Whether there is any plan to speak of."""
    return session.scalar(public().with_only_columns(Project.id).limit(1)) is not None


def in_village(moo: int) -> ColumnElement[bool]:
    """For this village."""
    return exists().where(ProjectVillage.project_id == Project.id, ProjectVillage.moo == moo)


def found(
    session: Session,
    *,
    terms: Sequence[str] = (),
    moo: int | None = None,
    year: int | None = None,
    limit: int = 10,
    offset: int = 0,
) -> tuple[list[Project], int]:
    """Projects residents may see that hold all these terms and are for this village, the liveliest first; how many."""
    wanted = public()
    if moo is not None:
        wanted = wanted.where(in_village(moo))
    if year is not None:
        paid = (Budget.project_id == Project.id, Budget.year == year, Budget.kind == "plan")
        wanted = wanted.where(exists().where(*paid))
    wanted = wanted.where(*(holds(Project.search, term) for term in terms))
    count = session.scalar(wanted.with_only_columns(func.count())) or 0
    order = (case(_LIVELY, value=Project.step, else_=9), Project.stepped_at.desc(), Project.position, Project.id)
    rows = session.scalars(
        wanted.options(selectinload(Project.budgets), selectinload(Project.villages))
        .order_by(*order)
        .limit(limit)
        .offset(offset)
    )
    return list(rows), count


def any_of(session: Session, pieces: Sequence[str], moo: int | None, limit: int) -> list[Project]:
    """Projects residents may see that hold any of these pieces of words, those that hold the most first."""
    if not pieces:
        return []
    text = func.replace(Project.search, " ", "")
    hits = sum(
        (case((holds(text, piece), 1), else_=0) for piece in pieces[1:]), case((holds(text, pieces[0]), 1), else_=0)
    )
    wanted = public().where(or_(*(holds(text, piece) for piece in pieces)))
    if moo is not None:
        wanted = wanted.where(or_(in_village(moo), ~exists().where(ProjectVillage.project_id == Project.id)))
    wanted = wanted.options(selectinload(Project.budgets), selectinload(Project.villages))
    order = (hits.desc(), case(_LIVELY, value=Project.step, else_=9), Project.position, Project.id)
    return list(session.scalars(wanted.order_by(*order).limit(limit)))


def latest(session: Session, project_id: int) -> ProjectEntry | None:
    """The last thing residents may read of it."""
    lines = select(ProjectEntry).where(ProjectEntry.project_id == project_id, ProjectEntry.public)
    return session.scalar(lines.order_by(ProjectEntry.id.desc()).limit(1))


def total(project: Project) -> int | None:
    """The money of all years of the plan, satang; None where every year is blank."""
    money = project.money()
    return sum(money.values()) if money else None


def total_of(conditions: Sequence[ColumnElement[bool]]) -> Select[int]:
    """The query for the plan's money of all projects that fit."""
    ids = select(Project.id).where(*conditions)
    return select(func.coalesce(func.sum(Budget.satang), 0)).where(Budget.kind == "plan", Budget.project_id.in_(ids))


# -- following ---------------------------------------------------------------------------------------------------------


def follow(session: Session, project: Project, person: Person, now: datetime) -> bool:
    """Let somebody follow a project; false when they do already."""
    if follows(session, project, person):
        return False
    session.add(ProjectFollow(project_id=project.id, person_id=person.id, since=now))
    session.flush()
    return True


def unfollow(session: Session, project: Project, person: Person) -> bool:
    """They want to hear no more of it; false when they did not follow."""
    row = session.scalar(_follow(project, person))
    if row is None:
        return False
    session.delete(row)
    session.flush()
    return True


def _follow(project: Project, person: Person) -> Select[ProjectFollow]:
    return select(ProjectFollow).where(ProjectFollow.project_id == project.id, ProjectFollow.person_id == person.id)


def follows(session: Session, project: Project, person: Person) -> bool:
    """Whether this person follows the project."""
    return session.scalar(_follow(project, person)) is not None


def followed(session: Session, person: Person, limit: int = 10) -> tuple[list[Project], int]:
    """The projects a person follows that may be seen, the latest followed first; how many."""
    mine = public().join(ProjectFollow, ProjectFollow.project_id == Project.id)
    mine = mine.where(ProjectFollow.person_id == person.id)
    count = session.scalar(mine.with_only_columns(func.count())) or 0
    rows = session.scalars(mine.options(selectinload(Project.budgets)).order_by(ProjectFollow.id.desc()).limit(limit))
    return list(rows), count


def followed_of(session: Session, person: Person, ids: Sequence[int]) -> set[int]:
    """Which of these projects the person follows."""
    mine = select(ProjectFollow.project_id).where(ProjectFollow.person_id == person.id)
    return set(session.scalars(mine.where(ProjectFollow.project_id.in_(ids))))


def followers_count(session: Session, project_id: int) -> int:
    """How many people follow it."""
    counted = select(func.count()).select_from(ProjectFollow).where(ProjectFollow.project_id == project_id)
    return session.scalar(counted) or 0
