"""The plan as files: the office's own forms (ผ.02, ผ.02/1, ผ.02/2, ผ.03) to paste from, and a flat table."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence

from flask import request
from sqlalchemy import select
from sqlalchemy.orm import selectinload
from werkzeug.exceptions import NotFound

from messages.thai import local
from models.plan import FORMS, OUTSIDE, Plan, Project
from models.plan_lines import TEXTS
from sheets.types import Line, Revision
from sheets.write import Wanted, write_plan
from web import access
from web.desk import Desk, Page, needs
from web.plan import asked_for, conditions, order, pages, plan_meant, plans
from web.sheets import TYPES, Cell, Column, answer, sent

__all__ = ["pages"]

#: Projects of one file.
MOST = 30_000


def _found(desk: Desk) -> tuple[Plan | None, list[Project]]:
    asked = asked_for(request.args)
    plan = plan_meant(desk, plans(desk.session), asked.plan)
    where = (
        [*conditions(asked, plan), Project.step.not_in(OUTSIDE)]
        if asked.step not in OUTSIDE
        else conditions(asked, plan)
    )
    wanted = select(Project).where(*where).order_by(*order(asked)).limit(MOST)
    wanted = wanted.options(
        selectinload(Project.budgets), selectinload(Project.villages), selectinload(Project.department)
    )
    return plan, list(desk.session.scalars(wanted))


@pages.get("/forms.xlsx")
@needs(access.may_see_plan)
def forms(desk: Desk) -> Page:
    """The forms, in the ministry's columns; what the list's filters show."""
    plan, found = _found(desk)
    if plan is None:
        raise NotFound
    wanted = Wanted(plan.name, plan.years, issue=plan.layout == "issue")
    file = tempfile.TemporaryFile()  # noqa: SIM115 - closed by the response, after it was sent
    write_plan(file, wanted, grouped([line_of(project) for project in found]))
    return sent(file, "xlsx", f"plan-{plan.first_year}-{plan.last_year}-{local(desk.now):%Y%m%d}")


def line_of(project: Project) -> Line:
    """The project as a line of its form."""
    return Line(
        sheet=project.sheet,
        rows=(),
        form=project.form,
        values={name: getattr(project, name) for name in TEXTS},
        plan=project.money(),
        ordinance=project.money("ordinance"),
        moos=project.moos,
        revision=Revision(project.revision, project.revision_number, project.revision_year),
        cells={str(name): str(text) for name, text in project.cells.items()},
    )


def grouped(lines: Sequence[Line]) -> list[Line]:
    """Lines of one group together, groups in the order in which they first come."""
    groups: dict[tuple[object, ...], list[Line]] = {}
    for line in lines:
        levels = tuple(
            line.values.get(level, "") for level in ("national", "province", "strategy", "tactic", "programme")
        )
        groups.setdefault((line.form, line.revision, levels), []).append(line)
    return [line for group in groups.values() for line in group]


@pages.get("/table.<kind>")
@needs(access.may_see_plan)
def table(desk: Desk, kind: str) -> Page:
    """A flat table: one project a line, one column a year."""
    if kind not in TYPES:
        raise NotFound
    plan, found = _found(desk)
    years = sorted({year for project in found for year in project.money()} | set(plan.years if plan else ()))
    w = desk.w
    names = ("form", "revision", "name", "objective", "target", "strategy", "programme", "department_name", "moos")
    columns = [Column(w("plan.nr"), 6), *(Column(w(f"plan_field.{name}"), 24) for name in names)]
    columns += [Column(w("plan.money_of", year=year), 14) for year in years]
    columns += [
        Column(w(f"plan.{name}"), 16) for name in ("total", "step", "percent", "contractor", "contract", "spent")
    ]
    columns += [Column(w(f"plan.{name}"), 14) for name in ("begins_on", "ends_on", "done_on", "updated")]
    filename = f"projects-{local(desk.now):%Y%m%d}"
    return answer(kind, filename, w("plan.title"), columns, _lines(desk, found, years))


def _lines(desk: Desk, found: Sequence[Project], years: Sequence[int]) -> Iterator[list[Cell]]:
    for nr, project in enumerate(found, 1):
        money = project.money()
        yield [
            nr,
            FORMS[project.form],
            revision_words(desk, project),
            project.name,
            project.objective,
            project.target,
            project.strategy,
            project.programme,
            project.department_name,
            ", ".join(str(moo) for moo in project.moos),
            *(_baht(money.get(year)) for year in years),
            _baht(sum(money.values()) if money else None),
            desk.w(f"project_step.{project.step}"),
            project.percent,
            project.contractor,
            _baht(project.contract_satang),
            _baht(project.spent_satang),
            project.begins_on,
            project.ends_on,
            project.done_on,
            project.updated_at,
        ]


def _baht(satang: int | None) -> Cell:
    """Baht for a spreadsheet's number cell; blank stays blank."""
    if satang is None:
        return None
    return satang // 100 if satang % 100 == 0 else satang / 100


def revision_words(desk: Desk, project: Project) -> str:
    """How it came into the plan: “เพิ่มเติม ครั้งที่ 1/2567”."""
    if project.revision == "original":
        return desk.w("plan.revision_original")
    kind = desk.w(f"plan.revision_{project.revision}")
    return desk.w("plan.revision_of", kind=kind, number=project.revision_number, year=project.revision_year)
