"""From a proposal to the plan: a draft project made from it, linked both ways, followed by all who stood behind it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from models.people import Person
from models.plan import Plan, Project, ProjectFollow
from models.plan_lines import put
from models.proposal_undo import hold, snapshot
from models.proposals import Proposal, Step, supports
from models.staff import Staff
from models.supporting import owners, supporters


def into_plan(
    session: Session,
    proposal: Proposal,
    plan: Plan,
    staff: Staff,
    now: datetime,
    *,
    column: Callable[..., str],
    reason: str,
) -> Project:
    """Make a draft project of the plan from a proposal, and let proposer and supporters follow it. Raises NotAllowed.

    Residents do not see the draft before a planner moves it into the plan (models/plan.MOVES); from then on its steps
    reach them as followers. `reason` is เหตุผลความจำเป็น, which names the proposal and how many stood behind it. The
    rough cost goes into the plan's first year where one was told; a planner spreads it. It can be undone for a minute.
    """
    before = snapshot(proposal)
    step = proposal.move("planned", "planned", now, staff=staff, data={"plan": plan.name})
    name = proposal.title if proposal.title.startswith("โครงการ") else f"โครงการ{proposal.title}"
    project = Project(plan=plan, form="p02", name=name, step="draft", stepped_at=now, created_at=now, updated_at=now)
    session.add(project)
    session.flush()
    project.position = _last(session, plan) + 1
    if proposal.moo is not None:
        project.put_moos((proposal.moo,))
    put(project, _line(proposal, name, reason), column)
    _tie(session, project, proposal, step, staff, now)
    hold(step, before | {"drafted": project.id}, now)
    return project


def _last(session: Session, plan: Plan) -> int:
    return session.scalar(select(func.max(Project.position)).where(Project.plan_id == plan.id)) or 0


def _line(proposal: Proposal, name: str, reason: str) -> dict[str, Any]:
    """The proposal's words in the fields of form ผ.02."""
    return {
        "name": name,
        "objective": proposal.why,
        "target": proposal.place,
        "result": proposal.benefit,
        "reason": reason,
        "department": proposal.department,
        "department_name": proposal.department.name if proposal.department else "",
        "place": proposal.place,
        "lat": proposal.lat,
        "lon": proposal.lon,
    }


def _tie(session: Session, project: Project, proposal: Proposal, step: Step, staff: Staff, now: datetime) -> None:
    if proposal.cost_satang is not None:
        project.put_money({project.plan.first_year: proposal.cost_satang})
    proposal.project_id = project.id
    step.data = {**step.data, "project": project.id}
    data = {"proposal": proposal.id, "number": proposal.name, "supports": supports(session, proposal)}
    project.add("proposed", now, staff=staff, data=data, public=False, told=True)
    let_follow(session, project, [*owners(session, proposal), *supporters(session, proposal)], now)


def let_follow(session: Session, project: Project, people: Iterable[Person], now: datetime) -> int:
    """Let these people hear of the project's steps; returns how many did not before."""
    known = set(session.scalars(select(ProjectFollow.person_id).where(ProjectFollow.project_id == project.id)))
    fresh = [key for key in dict.fromkeys(person.id for person in people) if key not in known]
    session.add_all(ProjectFollow(project_id=project.id, person_id=key, since=now) for key in fresh)
    session.flush()
    return len(fresh)


def proposals_of(session: Session, project: Project) -> list[Proposal]:
    """The proposals a project was made from, or that were merged into those, oldest first."""
    direct = select(Proposal.id).where(Proposal.project_id == project.id)
    found = select(Proposal).where((Proposal.project_id == project.id) | Proposal.merged_into_id.in_(direct))
    return list(session.scalars(found.order_by(Proposal.id)))
