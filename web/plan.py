"""The plan (แผนพัฒนาท้องถิ่น): projects, narrowed, searched, in the plan's order or in Thai order; and what all cost."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from typing import Any

from flask import Blueprint, request
from sqlalchemy import ColumnElement, exists, func, select
from sqlalchemy.orm import Session, joinedload, selectinload

from messages.thai import fiscal_year, local
from models.holding import holds
from models.plan import FORMS, STEPS, UNDER_WAY, Plan, Project
from models.plan_finding import in_village, total_of
from models.plan_rows import Budget
from models.thai_order import thai_order
from models.town import Department, Village
from nlp import search
from web import access
from web.desk import Desk, Page, needs

pages = Blueprint("plan", __name__, url_prefix="/console/plan")

#: Projects on a page.
PAGE = 50
#: plan: as the plan has them. name: in Thai order. money: the dearest first. new: what moved last first.
SORTS = ("plan", "name", "money", "new")


@dataclass(frozen=True)
class Asked:
    """The filters as typed; "" where nothing is asked. `plan`: a plan's number, or all. `step`: open or a step."""

    plan: str = ""
    q: str = ""
    year: str = ""
    strategy: str = ""
    programme: str = ""
    department: str = ""
    moo: str = ""
    step: str = ""
    form: str = ""
    dimension: str = ""
    sort: str = ""

    @property
    def asked(self) -> dict[str, str]:
        """What is filled in, for addresses."""
        return {name: value for name, value in asdict(self).items() if value}

    @property
    def narrower(self) -> int:
        """How many filters beyond plan, words and order are set."""
        return sum(bool(value) for name, value in asdict(self).items() if name not in ("plan", "q", "sort"))


def asked_for(args: Mapping[str, str]) -> Asked:
    """The filters of an address."""
    return Asked(**{field.name: args.get(field.name, "").strip()[:300] for field in fields(Asked)})


def plans(session: Session) -> list[Plan]:
    """All plans, the newest first."""
    return list(session.scalars(select(Plan).order_by(Plan.first_year.desc(), Plan.id.desc())))


def plan_meant(desk: Desk, known: Sequence[Plan], asked: str) -> Plan | None:
    """The plan the address names; without one that of this fiscal year, the local one before others."""
    if asked.isdecimal():
        return next((plan for plan in known if plan.id == int(asked)), None)
    if asked == "all":
        return None
    year = fiscal_year(local(desk.now).date())
    return max(known, key=lambda p: (year in p.years, p.kind == "local", p.first_year, p.id), default=None)


def _whole(value: str) -> bool:
    return value.isascii() and value.isdecimal() and len(value) < 10


def conditions(asked: Asked, plan: Plan | None) -> list[ColumnElement[bool]]:
    """What a project must be to be in the list."""
    found: list[ColumnElement[bool]] = [Project.plan_id == plan.id] if plan is not None else []
    texts: tuple[tuple[Any, str], ...] = ((Project.strategy, asked.strategy), (Project.programme, asked.programme))
    found += [column == value for column, value in texts if value]
    if asked.form in FORMS:
        found.append(Project.form == asked.form)
    if asked.step == "open":
        found.append(Project.step.in_(UNDER_WAY))
    elif asked.step in STEPS:
        found.append(Project.step == asked.step)
    if asked.department == "none":
        found.append(Project.department_id.is_(None))
    elif _whole(asked.department):
        found.append(Project.department_id == int(asked.department))
    if _whole(asked.moo):
        found.append(in_village(int(asked.moo)))
    if _whole(asked.year):
        paid = (Budget.project_id == Project.id, Budget.year == int(asked.year), Budget.kind == "plan")
        found.append(exists().where(*paid))
    if asked.dimension:
        found.append(holds(Project.dimension_marks, f"|{asked.dimension}|"))
    return found + [holds(Project.search, term) for term in search.terms(asked.q)]


def order(asked: Asked) -> tuple[Any, ...]:
    """In which order they stand."""
    match asked.sort:
        case "name":
            return Project.sort_key, Project.id
        case "money":
            money = select(func.coalesce(func.sum(Budget.satang), 0))
            money = money.where(Budget.project_id == Project.id, Budget.kind == "plan")
            return money.scalar_subquery().desc(), Project.id
        case "new":
            return Project.updated_at.desc(), Project.id.desc()
    return Project.plan_id, Project.position, Project.id


@pages.get("/")
@needs(access.may_see_plan)
def index(desk: Desk) -> Page:
    """The list; without a plan, what to do first."""
    known = plans(desk.session)
    asked = asked_for(request.args)
    plan = plan_meant(desk, known, asked.plan)
    values = results(desk, asked, plan)
    if desk.htmx:
        return desk.page("plan/results.html", **values)
    return desk.page("plan/list.html", plans=known, choices=choices(desk.session, plan), **values)


def results(desk: Desk, asked: Asked, plan: Plan | None) -> dict[str, Any]:
    """What the list shows for these filters."""
    where = conditions(asked, plan)
    page = int(request.args["page"]) if _whole(request.args.get("page", "")) else 1
    page = max(1, page)
    wanted = select(Project).where(*where).order_by(*order(asked)).offset((page - 1) * PAGE).limit(PAGE + 1)
    wanted = wanted.options(
        selectinload(Project.budgets), selectinload(Project.villages), joinedload(Project.department)
    )
    rows = list(desk.session.scalars(wanted))
    count = desk.session.scalar(select(func.count()).select_from(Project).where(*where)) or 0
    return {
        "asked": asked,
        "plan": plan,
        "rows": rows[:PAGE],
        "count": count,
        "total": int(desk.session.scalar(total_of(where)) or 0),  # a Decimal on PostgreSQL
        "page": page,
        "further": len(rows) > PAGE,
        "steps": _steps(desk.session, asked, plan),
        "may_edit": access.may_edit_plan(desk.viewer),
    }


def _steps(session: Session, asked: Asked, plan: Plan | None) -> list[tuple[str, int]]:
    """How many projects stand at each step, with all other filters as they are."""
    where = conditions(Asked(**{**asdict(asked), "step": ""}), plan)
    found = dict(session.execute(select(Project.step, func.count()).where(*where).group_by(Project.step)).all())
    return [(step, found[step]) for step in STEPS if step in found]


def choices(session: Session, plan: Plan | None) -> dict[str, list[tuple[str, str]]]:
    """What the filters offer: only what the plan has, names in Thai order."""
    inside = [Project.plan_id == plan.id] if plan is not None else []

    def distinct(column: Any) -> list[str]:
        found = session.scalars(select(column).where(*inside, column != "").distinct())
        return sorted(found, key=thai_order)

    years = session.scalars(select(Budget.year).join(Project).where(*inside).distinct().order_by(Budget.year))
    units = session.execute(select(Department.id, Department.name)).all()
    villages = session.execute(select(Village.moo, Village.name).order_by(Village.moo)).all()
    return {
        "years": [(str(year), str(year)) for year in years],
        "strategies": [(name, name) for name in distinct(Project.strategy)],
        "programmes": [(name, name) for name in distinct(Project.programme)],
        "departments": sorted(((str(n), name) for n, name in units), key=lambda pair: thai_order(pair[1])),
        "villages": [(str(moo), name) for moo, name in villages],
        "steps": [(step, step) for step in STEPS],
        "forms": list(FORMS.items()),
    }
