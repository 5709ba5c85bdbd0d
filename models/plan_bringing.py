"""Bringing lines of a workbook into a plan: compare with what is there, commit at once, take back as a whole.

A line is recognised by its form, its revision and its name (blanks and signs aside); where the name has changed, by the
sheet and row it stood in. What a sheet leaves empty does not wipe out a text that is known; money is different: a year
the table has a column for, and nothing in it, is blank on purpose.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from typing import Any, Protocol

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from models.plan import OUTSIDE, Plan, Project
from models.plan_lines import TEXTS, Departments, name_key

#: Names as alike as this, in the same row of the same sheet, are one project that was renamed.
ALIKE = 0.75


class RevisionLike(Protocol):
    """How a line came into the plan."""

    @property
    def kind(self) -> str: ...
    @property
    def number(self) -> int | None: ...
    @property
    def year(self) -> int | None: ...


class LineLike(Protocol):
    """One project as a sheet has it; `sheets.types.Line` fits."""

    @property
    def sheet(self) -> str: ...
    @property
    def rows(self) -> tuple[int, ...]: ...
    @property
    def form(self) -> str: ...
    @property
    def values(self) -> Mapping[str, str]: ...
    @property
    def plan(self) -> Mapping[int, int]: ...
    @property
    def ordinance(self) -> Mapping[int, int]: ...
    @property
    def moos(self) -> tuple[int, ...]: ...
    @property
    def revision(self) -> RevisionLike: ...
    @property
    def cells(self) -> Mapping[str, str]: ...
    @property
    def years(self) -> tuple[int, ...]: ...


@dataclass(frozen=True)
class Difference:
    """One thing a line would change: the field's name (a year for money: “plan.2566”), and its two values."""

    field: str
    before: Any
    after: Any


@dataclass(frozen=True)
class Judged:
    """What a line means for the plan. fate: new, changed, same, or twice (the file has the very same line before)."""

    index: int
    fate: str
    project_id: int | None = None
    differences: Sequence[Difference] = field(default_factory=tuple)


def state_of(project: Project) -> dict[str, Any]:
    """The project's line as plain data: what an import may change, and an undo brings back."""
    return {
        **{name: getattr(project, name) for name in TEXTS},
        "form": project.form,
        "revision": project.revision,
        "revision_number": project.revision_number,
        "revision_year": project.revision_year,
        "department_id": project.department_id,
        "cells": dict(project.cells),
        "sheet": project.sheet,
        "sheet_row": project.sheet_row,
        "moos": list(project.moos),
        "plan": {str(year): satang for year, satang in project.money().items()},
        "ordinance": {str(year): satang for year, satang in project.money("ordinance").items()},
    }


def judge(session: Session, plan: Plan, lines: Sequence[LineLike]) -> tuple[list[Judged], list[Project]]:
    """What becomes of each line, in order; and the plan's projects that the file has no more of its sheets' lines."""
    known = list(
        session.scalars(
            select(Project)
            .where(Project.plan_id == plan.id, Project.step.not_in(OUTSIDE))
            .options(selectinload(Project.budgets), selectinload(Project.villages))
            .order_by(Project.position, Project.id)
        )
    )
    matches = _matched(lines, known)
    seen: set[tuple[Any, ...]] = set()
    judged = []
    for index, line in enumerate(lines):
        project = matches.get(index)
        whole = _whole(line)
        if project is not None:
            found = differences(project, line)
            judged.append(Judged(index, "changed" if found else "same", project.id, found))
        else:
            judged.append(Judged(index, "twice" if whole in seen else "new"))
        seen.add(whole)
    taken = {project.id for project in matches.values()}
    sheets = {line.sheet for line in lines}
    return judged, [project for project in known if project.id not in taken and project.sheet in sheets]


def _key(form: str, revision: tuple[str, int | None, int | None], name: str) -> tuple[Any, ...]:
    return (form, *revision, name_key(name))


def _key_of(line: LineLike) -> tuple[Any, ...]:
    at = line.revision
    return _key(line.form, (at.kind, at.number, at.year), line.values.get("name", ""))


def _whole(line: LineLike) -> tuple[Any, ...]:
    """All that a line says, to find one that stands in the file twice."""
    groups = tuple(line.values.get(level, "") for level in ("strategy", "tactic", "programme", "target", "objective"))
    return (*_key_of(line), groups, tuple(sorted(line.plan.items())), tuple(sorted(line.ordinance.items())))


def _matched(lines: Sequence[LineLike], known: Sequence[Project]) -> dict[int, Project]:
    """Which project each line is, by the line's index. Each project is taken once."""
    by_key: dict[tuple[Any, ...], list[Project]] = {}
    for project in known:
        revision = (project.revision, project.revision_number, project.revision_year)
        by_key.setdefault(_key(project.form, revision, project.name), []).append(project)
    found: dict[int, Project] = {}
    for index, line in enumerate(lines):
        same = by_key.get(_key_of(line))
        if same:
            found[index] = same.pop(_best(line, same))
    left = {(p.sheet, p.sheet_row or 0, p.form): p for rest in by_key.values() for p in rest}
    for index, line in enumerate(lines):
        place = (line.sheet, line.rows[0] if line.rows else 0, line.form)
        renamed = left.get(place) if index not in found and line.rows else None
        if renamed is not None and _alike(renamed, line):
            found[index] = left.pop(place)
    return found


def _best(line: LineLike, same: Sequence[Project]) -> int:
    """Of projects with the same name, the place of the one that stands where the line stands."""
    row = line.rows[0] if line.rows else None

    def fits(project: Project) -> tuple[bool, bool, bool]:
        programme = project.programme == line.values.get("programme", "")
        return programme, project.target == line.values.get("target", ""), project.sheet_row == row

    return max(range(len(same)), key=lambda i: (fits(same[i]), -i))


def _alike(project: Project, line: LineLike) -> bool:
    revision = (line.revision.kind, line.revision.number, line.revision.year)
    if revision != (project.revision, project.revision_number, project.revision_year):
        return False
    return SequenceMatcher(None, project.name_key, name_key(line.values.get("name", ""))).ratio() >= ALIKE


def differences(project: Project, line: LineLike) -> list[Difference]:
    """What the line would change."""
    found = []
    for name in TEXTS:
        after = line.values.get(name, "")
        if name != "mark" and after and after != getattr(project, name):
            found.append(Difference(name, getattr(project, name), after))
    if line.moos and line.moos != project.moos:
        found.append(Difference("moos", list(project.moos), list(line.moos)))
    for kind, theirs in (("plan", line.plan), ("ordinance", line.ordinance)):
        mine = project.money(kind)
        has_columns = kind == "plan" or bool(theirs)
        for year in sorted({*mine, *theirs}):
            told = year in theirs or (year in line.years and has_columns)
            if told and mine.get(year) != theirs.get(year):
                found += [Difference(f"{kind}.{year}", mine.get(year), theirs.get(year))]
    for name, text in line.cells.items():
        if project.cells.get(name) != text:
            found.append(Difference(f"cells.{name}", project.cells.get(name, ""), text))
    return found


def apply(project: Project, line: LineLike, departments: Departments) -> dict[str, Any]:
    """The text values that the line gives the project; its money, villages and own columns are set here."""
    for kind, theirs in (("plan", line.plan), ("ordinance", line.ordinance)):
        mine: dict[int, int | None] = dict(project.money(kind))
        if kind == "plan" or theirs:
            mine.update(dict.fromkeys(line.years))
        project.put_money({**mine, **theirs}, kind)
    if line.moos:
        project.put_moos(line.moos)
    project.cells = {**project.cells, **line.cells}
    values: dict[str, Any] = {name: text for name in TEXTS if (text := line.values.get(name, ""))}
    if "department_name" in values:
        values["department_id"] = departments.find(values["department_name"])
    return {**values, "sheet": line.sheet[:60], "sheet_row": line.rows[0] if line.rows else None}
