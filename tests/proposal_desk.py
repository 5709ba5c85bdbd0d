"""What the office does with proposals while a conversation is played: one line of Markdown, one deed at a desk.

`*(เจ้าหน้าที่เปิด ป.1)*`, `*(เจ้าหน้าที่ไม่รับ ป.1 เพราะ …)*` and so on; see DEEDS. Two minutes pass after each, so that
what can be undone is told.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from messages.money import to_satang
from messages.proposals import parse_number
from models import deciding, groups, meeting_rules
from models.meetings import Item, Meeting
from models.plan import Plan, Project
from models.proposal_plan import into_plan
from models.proposals import Proposal, proposal_by_number
from models.staff import Staff
from models.town import Department, put_setting
from nlp.search import search_text
from tests.town import Town

_LINE = re.compile(r"^\*\((?P<deed>.+)\)\*$")


class Desk:
    """A member of staff at the console, for one deed."""

    def __init__(self, town: Town, session: Session) -> None:
        self.town, self.session, self.now = town, session, town.clock()
        self.staff = session.scalar(select(Staff).where(Staff.name == "แผน งานดี")) or self._come()
        self.code = ""

    def _come(self) -> Staff:
        where = self.session.scalars(select(Department).where(Department.code == "PLAN")).one()
        member = Staff(name="แผน งานดี", role="clerk", department=where, created_at=self.now)
        self.session.add(member)
        self.session.flush()
        return member

    def proposal(self, name: str) -> Proposal:
        number = parse_number(name)
        assert number is not None, name
        found = proposal_by_number(self.session, *number)
        assert found is not None, f"no proposal {name}"
        return found

    def opens(self, name: str) -> None:
        deciding.open_up(self.session, self.proposal(name), self.staff, self.now)

    def asks(self, name: str, reason: str, wording: str | None) -> None:
        deciding.ask_for_words(self.proposal(name), self.staff, self.now, reason, wording or "")

    def refuses(self, name: str, reason: str) -> None:
        deciding.refuse(self.proposal(name), self.staff, self.now, reason)

    def answers(self, name: str, words: str, cost: str) -> None:
        proposal = self.proposal(name)
        proposal.department = self.session.scalars(select(Department).where(Department.code == "ENG")).one()
        deciding.answer(proposal, self.staff, self.now, words, to_satang(cost))

    def merges(self, gone: str, kept: str) -> None:
        deciding.merge(self.session, self.proposal(gone), self.proposal(kept), self.staff, self.now)

    def plans(self, name: str) -> None:
        plan = self.session.scalar(select(Plan)) or self._plan()
        reason = f"ข้อเสนอ {name}"
        into_plan(
            self.session,
            self.proposal(name),
            plan,
            self.staff,
            self.now,
            column=search_text,
            reason=reason,
        )

    def _plan(self) -> Plan:
        name = "แผนพัฒนาท้องถิ่น (พ.ศ. 2571–2575)"
        plan = Plan(name=name, first_year=2571, last_year=2575, published_at=self.now, created_at=self.now)
        self.session.add(plan)
        self.session.flush()
        return plan

    def has_in_plan(self, name: str, moo: str) -> None:
        plan = self.session.scalar(select(Plan)) or self._plan()
        project = Project(plan=plan, name=name, step="plan", created_at=self.now, updated_at=self.now)
        self.session.add(project)
        self.session.flush()
        project.put_moos((int(moo),))

    def meets(self, name: str, hands: str, resolution: str) -> None:
        meeting = Meeting(title="ประชาคมหมู่ 5", held_on=date(2026, 12, 20), place="ศาลาหมู่ 5", created_at=self.now)
        self.session.add(meeting)
        self.session.flush()
        proposal = self.proposal(name)
        meeting_rules.put_on_list(self.session, proposal, meeting, self.staff, self.now)
        item = self.session.scalars(select(Item).where(Item.proposal_id == proposal.id)).one()
        item.votes_for, item.rank = int(hands), 1
        item.resolution = {"เห็นชอบ": "agreed", "ไม่เห็นชอบ": "refused"}[resolution]
        item.words = "ที่ประชุมเห็นว่าทำที่อื่นก่อน" if item.resolution == "refused" else ""
        self.session.flush()
        self.session.refresh(meeting)
        meeting_rules.close(self.session, meeting, self.staff, self.now)

    def sets(self, name: str, value: str) -> None:
        settings = {"เกณฑ์": "proposals.threshold", "ต่อเดือน": "proposals.per_month", "ค้างได้": "proposals.at_once"}
        put_setting(self.session, settings[name], int(value))

    def closes(self) -> None:
        put_setting(self.session, "proposals.open", False)

    def makes_group(self, name: str) -> None:
        group = groups.Group(name=name, kind="village", created_at=self.now)
        self.session.add(group)
        self.session.flush()
        self.code = groups.new_code(group, self.town.settings.secret_key, self.now)


#: What may stand in the line, and what is done then.
DEEDS: tuple[tuple[re.Pattern[str], Callable[..., None]], ...] = (
    (re.compile(r"เจ้าหน้าที่เปิด (ป\.\S+)"), Desk.opens),
    (re.compile(r"เจ้าหน้าที่ขอให้แก้ (ป\.\S+) เพราะ ([^“]+?)(?: เป็น “(.+)”)?"), Desk.asks),
    (re.compile(r"เจ้าหน้าที่ไม่รับ (ป\.\S+) เพราะ (.+)"), Desk.refuses),
    (re.compile(r"กองช่างตอบ (ป\.\S+) ว่า (.+) ราคา (.+)"), Desk.answers),
    (re.compile(r"เจ้าหน้าที่รวม (ป\.\S+) กับ (ป\.\S+)"), Desk.merges),
    (re.compile(r"เจ้าหน้าที่นำ (ป\.\S+) เข้าแผน"), Desk.plans),
    (re.compile(r"ในแผนมี (.+) หมู่ (\d+)"), Desk.has_in_plan),
    (re.compile(r"ประชาคมยกมือให้ (ป\.\S+) (\d+) เสียง (เห็นชอบ|ไม่เห็นชอบ)"), Desk.meets),
    (re.compile(r"ข้อเสนอ(เกณฑ์|ต่อเดือน|ค้างได้) (\d+)"), Desk.sets),
    (re.compile(r"ปิดรับข้อเสนอ"), Desk.closes),
    (re.compile(r"ตั้งกลุ่ม (.+)"), Desk.makes_group),
)


def act(town: Town, line: str, before: Callable[[], object]) -> str | None:
    """Do what the line says the office does; None when it is no such line, else the code it gave out or "".

    `before` is called when it is one, before anything is done.
    """
    found = _LINE.match(line)
    for pattern, deed in DEEDS if found else ():
        said = pattern.fullmatch(found["deed"]) if found else None
        if said is not None:
            before()
            with town.session() as session:
                desk = Desk(town, session)
                deed(desk, *said.groups())
            town.later(minutes=2)
            return desk.code
    return None
