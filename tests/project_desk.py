"""What the office does with the plan while a conversation is played: one line of Markdown, one deed at a desk.

`*(แผนมีโครงการ “โครงการ…” หมู่ 3 งบ 500,000)*` · `*(ช่างเลื่อน “คำในชื่อ” เป็น build 60%: ถ้อยคำ)*`. Lines that are neither
are left to others. Two minutes pass after a step, so that it can no longer be undone.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from sqlalchemy import select

from messages.money import to_satang
from models.plan import Plan, Project
from models.plan_lines import put
from models.plan_moves import Progress, step_to
from models.staff import Staff
from models.town import Department
from nlp.search import search_text
from tests.town import Town

_HAS = re.compile(r"^\*\(แผนมีโครงการ “(?P<name>[^”]+)”(?: หมู่ (?P<moos>[\d, ]+))?(?: งบ (?P<money>[\d,]+))?\)\*$")
_MOVES = re.compile(
    r"^\*\(ช่างเลื่อน “(?P<name>[^”]+)” เป็น (?P<step>[a-z]+)(?: (?P<percent>\d+)%)?(?:: (?P<words>.+))?\)\*$"
)


def act(town: Town, line: str, look_all: Callable[[], None]) -> bool:
    """Do what the line says; whether it was one of ours."""
    if found := _HAS.match(line):
        _write(town, found)
        return True
    if found := _MOVES.match(line):
        look_all()
        _move(town, found)
        town.later(minutes=2)
        return True
    return False


def _write(town: Town, found: re.Match[str]) -> None:
    now = town.clock()
    with town.database.begin() as session:
        plan = session.scalar(select(Plan).limit(1))
        if plan is None:
            plan = Plan(name="แผนพัฒนาท้องถิ่น", first_year=2566, last_year=2570, published_at=now, created_at=now)
            session.add(plan)
        project = Project(plan=plan, name=found["name"], created_at=now, updated_at=now)
        session.add(project)
        if found["money"]:
            project.put_money({2570: to_satang(found["money"])})
        if found["moos"]:
            project.put_moos(tuple(int(moo) for moo in found["moos"].split(",")))
        put(project, {"name": found["name"], "department_name": "กองช่าง"}, search_text)


def _move(town: Town, found: re.Match[str]) -> None:
    now = town.clock()
    with town.database.begin() as session:
        project = next(p for p in session.scalars(select(Project)) if found["name"] in p.name)
        staff = session.scalar(select(Staff).where(Staff.name == "ช่างแผน"))
        if staff is None:
            department = session.scalars(select(Department).where(Department.code == "ENG")).one()
            staff = Staff(name="ช่างแผน", role="crew", department=department, created_at=now)
            session.add(staff)
            session.flush()
        percent = int(found["percent"]) if found["percent"] else None
        step_to(session, project, found["step"], Progress(percent), now, staff=staff, words=found["words"] or "")
