"""Bringing the office's workbook into a plan: compared first, committed at once, recognised again, taken back whole."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from models import plan_commit, plan_finding, plan_moves
from models.database import Database
from models.people import Person
from models.plan import Plan, Project
from models.plan_bringing import Judged, judge
from models.plan_import import PlanImport
from models.plan_lines import Departments
from models.staff import Staff
from models.town import Department
from nlp.search import search_text
from sheets.read import read_book
from sheets.types import Line
from tests.sheets.nasty import saved, strategy_book

NOW = datetime(2026, 11, 20, 3, 0, tzinfo=UTC)
LATER = NOW + timedelta(days=1)


@pytest.fixture
def town(database: Database) -> Database:
    """An office with a department, somebody who plans, and an empty plan."""
    with database.begin() as session:
        session.add(Department(id=901, code="WORKS9", name="กองช่าง", short="ช่าง"))
        session.add(Staff(id=901, name="คุณแผน", role="admin", created_at=NOW))
        session.add(Plan(id=901, name="แผนพัฒนาท้องถิ่น", first_year=2566, last_year=2570, created_at=NOW))
    return database


def lines_of(book: bytes) -> list[Line]:
    """The projects of a workbook."""
    return read_book(book).lines


def bring(session: Session, lines: Sequence[Line], now: datetime) -> tuple[PlanImport, list[Judged]]:
    """Bring all that is new or changed."""
    plan = session.get_one(Plan, 901)
    judged, _gone = judge(session, plan, lines)
    departments = Departments(session)
    new = [plan_commit.ready(lines[j.index], departments, search_text) for j in judged if j.fate == "new"]
    changed = [(j.project_id, lines[j.index]) for j in judged if j.fate == "changed" and j.project_id]
    staff = session.get_one(Staff, 901)
    done = plan_commit.commit(
        session, plan, new, changed, staff, now, name="x.xlsx", sha256="0" * 64, counts={}, column=search_text
    )
    return done, judged


def everything(session: Session) -> list[object]:
    """All that the plan says, to be compared."""
    found = session.scalars(select(Project).order_by(Project.position))
    return [(p.name, p.objective, p.target, p.department_name, p.money(), p.moos, p.revision, p.step) for p in found]


def test_lines_become_projects_with_all_they_say(town: Database) -> None:
    lines = lines_of(saved(strategy_book()))
    with town.begin() as session:
        bring(session, lines, NOW)
    with town.read() as session:
        road = session.scalar(select(Project).where(Project.mark == "๑"))
        assert road is not None
        assert road.money() == {2566: 163282000, 2567: 50000000, 2569: 31370025, 2570: 0}
        assert (road.department_id, road.moos, road.step) == (901, (3,), "plan")
        found, count = plan_finding.found(session, terms=("ดอนแก้ว",))
        assert (found, count) == ([], 0)  # not published
    with town.begin() as session:
        session.get_one(Plan, 901).published_at = NOW
    with town.read() as session:
        found, count = plan_finding.found(session, terms=("ดอนแก้ว",), moo=3)
        assert (found[0].name, count) == (road.name, 1)


def test_the_same_file_again_changes_nothing(town: Database) -> None:
    lines = lines_of(saved(strategy_book()))
    with town.begin() as session:
        bring(session, lines, NOW)
    with town.read() as session:
        judged, gone = judge(session, session.get_one(Plan, 901), lines)
    assert {j.fate for j in judged} == {"same"}
    assert gone == []


def test_a_revised_file_shows_what_it_changes_and_an_undo_takes_it_back(town: Database) -> None:
    lines = lines_of(saved(strategy_book()))
    with town.begin() as session:
        bring(session, lines, NOW)
    with town.read() as session:
        before = everything(session)
    road, drain, *rest = lines
    revised = [
        replace(road, plan={2566: 163282000, 2568: 50000000}),  # moved to another year
        replace(drain, values={**drain.values, "name": drain.name + " (ปรับปรุง)", "objective": ""}),
        *rest[:-1],
        replace(road, values={**road.values, "name": "โครงการใหม่"}, rows=(99,)),
    ]
    with town.begin() as session:
        done, judged = bring(session, revised, LATER)
        assert [j.fate for j in judged] == ["changed", "changed", "same", "new"]
        assert [(d.field, d.before, d.after) for d in judged[0].differences] == [
            ("plan.2567", 50000000, None),
            ("plan.2568", None, 50000000),
            ("plan.2569", 31370025, None),
            ("plan.2570", 0, None),
        ]
        assert [d.field for d in judged[1].differences] == ["name"]  # what the file leaves empty is not wiped out
    with town.begin() as session:
        assert "โครงการใหม่" in [p.name for p in session.scalars(select(Project))]
        brought = session.get_one(PlanImport, done.id)
        assert plan_commit.undo(session, brought, session.get_one(Staff, 901), LATER, search_text) == 3
    with town.read() as session:
        assert everything(session) == before
        assert session.get_one(PlanImport, done.id).undone_at == LATER


def test_the_plan_knows_what_the_file_has_no_more(town: Database) -> None:
    lines = lines_of(saved(strategy_book()))
    with town.begin() as session:
        bring(session, lines, NOW)
        _, gone = judge(session, session.get_one(Plan, 901), lines[1:])
        assert [project.name for project in gone] == [lines[0].name]


def test_a_line_that_stands_twice_in_a_file_is_told(town: Database) -> None:
    road = lines_of(saved(strategy_book()))[0]
    with town.read() as session:
        judged, _ = judge(session, session.get_one(Plan, 901), [road, replace(road, rows=(50,))])
    assert [j.fate for j in judged] == ["new", "twice"]


@pytest.mark.parametrize("what", ["step", "follow"])
def test_what_was_worked_on_since_is_not_taken_back(town: Database, what: str) -> None:
    lines = lines_of(saved(strategy_book()))
    with town.begin() as session:
        done, _ = bring(session, lines, NOW)
        number = done.id
    with town.begin() as session:
        project = session.scalars(select(Project)).first()
        assert project is not None
        if what == "step":
            staff = session.get_one(Staff, 901)
            plan_moves.step_to(session, project, "budget", plan_moves.Progress(), LATER, staff=staff)
        else:
            person = Person(line_id="U1", created_at=NOW)
            session.add(person)
            session.flush()
            plan_finding.follow(session, project, person, LATER)
        name = project.name
    with town.begin() as session, pytest.raises(plan_commit.CannotUndo) as refused:
        plan_commit.undo(session, session.get_one(PlanImport, number), session.get_one(Staff, 901), LATER, search_text)
    assert list(refused.value.names) == [name]
    with town.read() as session:
        assert session.scalar(select(func.count()).select_from(Project)) == len(lines)
