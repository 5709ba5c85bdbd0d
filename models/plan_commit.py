"""Committing an import of the plan in one transaction, and taking it back as a whole.

New projects go in by the thousand in a few statements: on SQLite nobody else can write meanwhile.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import delete, func, insert, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session, selectinload

from models.plan import Plan, Project
from models.plan_bringing import LineLike, apply, state_of
from models.plan_import import PlanImport, PlanImported
from models.plan_lines import TEXTS, Column, Departments, derived, put
from models.plan_links import ProjectCase, ProjectEvidence, ProjectFile
from models.plan_rows import Budget, ProjectEntry, ProjectFollow, ProjectVillage
from models.staff import Staff

#: Ids in one statement.
AT_ONCE = 500


@dataclass(frozen=True)
class Ready:
    """A new project, ready to be written: its columns, its money and its villages."""

    columns: Mapping[str, Any]
    budgets: Sequence[tuple[str, int, int]]
    moos: Sequence[int]


def ready(line: LineLike, departments: Departments, column: Column) -> Ready:
    """Make a line ready; this takes its time for thousands, and is done before the transaction."""
    texts = {name: line.values.get(name, "") for name in TEXTS}
    columns = {
        **texts,
        **derived(texts, line.moos, column),
        "form": line.form,
        "revision": line.revision.kind,
        "revision_number": line.revision.number,
        "revision_year": line.revision.year,
        "department_id": departments.find(texts["department_name"]),
        "cells": dict(line.cells),
        "sheet": line.sheet[:60],
        "sheet_row": line.rows[0] if line.rows else None,
    }
    money = [("plan", year, satang) for year, satang in line.plan.items()]
    money += [("ordinance", year, satang) for year, satang in line.ordinance.items()]
    return Ready(columns, money, line.moos)


def commit(
    session: Session,
    plan: Plan,
    new: Sequence[Ready],
    changed: Iterable[tuple[int, LineLike]],
    staff: Staff,
    now: datetime,
    *,
    name: str,
    sha256: str,
    counts: Mapping[str, int],
    column: Column,
) -> PlanImport:
    """Write the new projects and change the known ones (id, line); the returned import can be undone."""
    brought = PlanImport(
        plan_id=plan.id, staff_id=staff.id, name=name[:200], sha256=sha256, counts=dict(counts), done_at=now
    )
    session.add(brought)
    session.flush()
    made = _insert(session, plan, new, now)
    did: list[dict[str, Any]] = [{"project_id": number, "before": {}, "after": {}} for number in made]
    did += _change(session, changed, now, column)
    if did:
        session.execute(insert(PlanImported), [{"import_id": brought.id, **each} for each in did])
    return brought


def _insert(session: Session, plan: Plan, new: Sequence[Ready], now: datetime) -> list[int]:
    if not new:
        return []
    last = session.scalar(select(func.max(Project.position)).where(Project.plan_id == plan.id)) or 0
    rows = [
        {**each.columns, "plan_id": plan.id, "position": last + place, "created_at": now, "updated_at": now}
        for place, each in enumerate(new, 1)
    ]
    ids = list(session.scalars(insert(Project).returning(Project.id, sort_by_parameter_order=True), rows))
    budgets = [
        {"project_id": number, "kind": kind, "year": year, "satang": satang}
        for number, each in zip(ids, new, strict=True)
        for kind, year, satang in each.budgets
    ]
    villages = [{"project_id": number, "moo": moo} for number, each in zip(ids, new, strict=True) for moo in each.moos]
    if budgets:
        session.execute(insert(Budget), budgets)
    if villages:
        session.execute(insert(ProjectVillage), villages)
    return ids


def _change(
    session: Session, changed: Iterable[tuple[int, LineLike]], now: datetime, column: Column
) -> list[dict[str, Any]]:
    by_id = dict(changed)
    departments = Departments(session)
    did = []
    for project in _projects(session, list(by_id)):
        line = by_id[project.id]
        before = {**state_of(project), "updated_at": project.updated_at.isoformat()}
        values = apply(project, line, departments)
        put(project, values, column)
        project.updated_at = now
        did.append({"project_id": project.id, "before": before, "after": state_of(project)})
    session.flush()
    return did


def _projects(session: Session, ids: Sequence[int]) -> list[Project]:
    found: list[Project] = []
    for some in _some(ids):
        wanted = select(Project).where(Project.id.in_(some)).with_for_update()
        found += session.scalars(wanted.options(selectinload(Project.budgets), selectinload(Project.villages)))
    return found


class CannotUndo(Exception):
    """Projects of the import were worked on since; `names` are the first of them."""

    def __init__(self, names: Sequence[str]) -> None:
        super().__init__(", ".join(names))
        self.names = names


def undo(session: Session, brought: PlanImport, staff: Staff, now: datetime, column: Column) -> int:
    """Take an import back: new projects go, changed ones are what they were. Returns how many. Raises CannotUndo."""
    done = session.scalars(select(PlanImported).where(PlanImported.import_id == brought.id)).all()
    before = {row.project_id: row.before for row in done}
    projects = _projects(session, list(before))
    made = [project.id for project in projects if not before[project.id]]
    _must_be_untouched(session, brought, projects, made)
    for project in projects:
        if before[project.id]:
            _restore(project, before[project.id], column)
    session.flush()
    _remove(session, made)
    brought.undone_at, brought.undone_by_id = now, staff.id
    session.flush()
    return len(projects)


def _must_be_untouched(session: Session, brought: PlanImport, projects: Sequence[Project], made: Sequence[int]) -> None:
    """Raises CannotUndo when anything has happened to these projects since."""
    touched = {project.id for project in projects if project.updated_at != brought.done_at}
    for tied in (ProjectEntry, ProjectFollow, ProjectFile, ProjectCase, ProjectEvidence):
        for some in _some(made):
            touched |= set(session.scalars(select(tied.project_id).where(tied.project_id.in_(some))))
    if touched:
        raise CannotUndo([project.name for project in projects if project.id in touched])


def _restore(project: Project, was: dict[str, Any], column: Column) -> None:
    project.put_money({int(year): satang for year, satang in was["plan"].items()})
    project.put_money({int(year): satang for year, satang in was["ordinance"].items()}, "ordinance")
    project.put_moos(tuple(was["moos"]))
    put(project, {name: was[name] for name in (*TEXTS, *_KEPT)}, column)
    project.updated_at = datetime.fromisoformat(was["updated_at"])


#: What else of a project an import may change.
_KEPT = ("form", "revision", "revision_number", "revision_year", "department_id", "cells", "sheet", "sheet_row")


def _remove(session: Session, ids: Sequence[int]) -> None:
    """Remove projects that an import made. Raises CannotUndo where something else of the house points at one."""
    try:
        with session.begin_nested():
            for some in _some(ids):
                for tied in (Budget, ProjectVillage):
                    session.execute(
                        delete(tied).where(tied.project_id.in_(some)).execution_options(synchronize_session=False)
                    )
                session.execute(
                    delete(Project).where(Project.id.in_(some)).execution_options(synchronize_session=False)
                )
    except IntegrityError:
        raise CannotUndo([]) from None
    session.expire_all()


def _some(ids: Sequence[int]) -> list[Sequence[int]]:
    return [ids[start : start + AT_ONCE] for start in range(0, len(ids), AT_ONCE)]
