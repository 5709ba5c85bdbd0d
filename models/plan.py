"""The local development plan (แผนพัฒนาท้องถิ่น): plans, their projects with the fields of the forms ผ.02, ผ.02/1,
ผ.02/2 and ผ.03, money by year, and how far each project has come.

Money is whole satang; a year without a row is blank in the form, which is not zero. Years are B.E. fiscal years. A
project's `step` changes only through `move()`, against MOVES; every change appends a `ProjectEntry`, and the history is
the queue: public entries nobody has been told about become letters to those who follow (bot/project_news.py).
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column, object_session, relationship

from models.base import Base, Key
from models.plan_rows import ORDER, SATANG, Budget, ProjectEntry, ProjectFollow, ProjectVillage
from models.staff import Staff
from models.town import Department

__all__ = ["Budget", "Plan", "Project", "ProjectEntry", "ProjectFollow", "ProjectVillage"]

#: local: แผนพัฒนาท้องถิ่น. smart: แผนพัฒนาเมืองอัจฉริยะ. action: แผนการดำเนินงาน.
PLAN_KINDS = ("local", "smart", "action")
#: strategy: grouped by ยุทธศาสตร์, with KPIs (plans 2566–2570). issue: by ประเด็นการพัฒนา, without (2571–2575).
LAYOUTS = ("strategy", "issue")

#: The forms of the plan, by our code: what the office calls them.
FORMS = {"p02": "ผ.02", "p02_1": "ผ.02/1", "p02_2": "ผ.02/2", "p03": "ผ.03"}

#: How a project came into the plan. original: ฉบับแรก. added: เพิ่มเติม. changed: เปลี่ยนแปลง. corrected: แก้ไข.
#: reviewed: ทบทวน.
REVISIONS = ("original", "added", "changed", "corrected", "reviewed")

#: draft: not in a plan yet, residents do not see it. dropped: a draft that was thrown away. plan: แผน.
#: budget: ข้อบัญญัติ/เทศบัญญัติงบประมาณ. procure: จัดซื้อจัดจ้าง. build: ก่อสร้าง/ดำเนินการ. inspect: ตรวจรับ. done: เสร็จ.
#: postponed: เลื่อน. cancelled: ยกเลิก.
STEPS = ("draft", "plan", "budget", "procure", "build", "inspect", "done", "postponed", "cancelled", "dropped")
#: What is no part of the plan.
OUTSIDE = ("draft", "dropped")
#: The way from the plan to the finished road, in order.
WAY = ("plan", "budget", "procure", "build", "inspect", "done")
#: Steps at which something is still to come.
UNDER_WAY = ("plan", "budget", "procure", "build", "inspect", "postponed")

_WORKING = frozenset(WAY[:-1])
#: From which step a project may go where. A step back (a tender that failed) and an end need a reason: `needs_reason`.
#: A step may be left out: a fire engine is bought, not built.
MOVES: dict[str, frozenset[str]] = {
    "draft": frozenset({"plan", "dropped"}),
    "dropped": frozenset({"draft"}),
    "plan": _WORKING - {"plan"} | {"done", "postponed", "cancelled"},
    "budget": _WORKING - {"budget"} | {"done", "postponed", "cancelled"},
    "procure": _WORKING - {"procure"} | {"done", "postponed", "cancelled"},
    "build": _WORKING - {"build"} | {"done", "postponed", "cancelled"},
    "inspect": _WORKING - {"inspect"} | {"done", "postponed", "cancelled"},
    "postponed": _WORKING | {"cancelled"},
    "cancelled": frozenset({"plan"}),
    "done": frozenset({"inspect"}),
}

#: The seven dimensions of a smart city (depa). The setting plan.dimensions lists those a town uses; own names may be
#: among them and are shown as they are.
DIMENSIONS = ("environment", "economy", "mobility", "energy", "people", "living", "governance")

#: How long a move waits before anybody is told: until then it can be undone (models/plan_moves.py).
GRACE = timedelta(seconds=60)

#: B.E. years that can be meant by a plan.
YEARS = range(2480, 2700)


class NotAllowed(Exception):
    """A move the rules forbid. The text says which, for logs; pages say it in Thai."""


class Plan(Base):
    """One plan: its years (B.E., both ends belong to it), and whether residents may see it (`published_at`)."""

    __tablename__ = "plans"
    __table_args__ = (
        CheckConstraint(f"kind IN {PLAN_KINDS!r}", name="kind"),
        CheckConstraint(f"layout IN {LAYOUTS!r}", name="layout"),
        CheckConstraint("first_year BETWEEN 2480 AND 2699 AND last_year BETWEEN first_year AND 2699", name="years"),
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    kind: Mapped[str] = mapped_column(String(8), default="local", server_default="local")
    layout: Mapped[str] = mapped_column(String(8), default="strategy", server_default="strategy")
    name: Mapped[str] = mapped_column(String(200))
    first_year: Mapped[int]
    last_year: Mapped[int]
    published_at: Mapped[datetime | None]
    created_at: Mapped[datetime]

    @property
    def years(self) -> range:
        """The fiscal years of the plan, B.E."""
        return range(self.first_year, self.last_year + 1)


class Project(Base):
    """One project (โครงการ), as its line in the form has it, and how it stands.

    `mark` is the running number as written (ที่): it restarts and identifies nothing. `name_key` is the name without
    blanks and signs, by which a revised file recognises its projects; `sort_key` puts it in Thai order; `position` is
    its place in the plan. `public_name` is shown to residents instead of a name that names a private person.
    `department_name` is what the form says; `department` whom we know by it. `kpi` is empty in issue-based plans;
    `reason` is เหตุผลความจำเป็น of a revision. `budget_type` and `item` are หมวด and ประเภท of ผ.03. `district` (อำเภอ),
    `begin` and `end` (พิกัด) belong to ผ.02/1 and ผ.02/2. `percent`, `contract_satang`, `spent_satang` are as last told.
    `cells` keeps columns of the office's own that no field holds, by their head, so that an export gives them back.
    """

    __tablename__ = "plan_projects"
    __table_args__ = (
        CheckConstraint(f"form IN {tuple(FORMS)!r}", name="form"),
        CheckConstraint(f"step IN {STEPS!r}", name="step"),
        CheckConstraint(f"revision IN {REVISIONS!r}", name="revision"),
        CheckConstraint(
            "revision = 'original' OR (revision_number IS NOT NULL AND revision_year IS NOT NULL)", name="revised"
        ),
        CheckConstraint("percent IS NULL OR percent BETWEEN 0 AND 100", name="percent"),
        CheckConstraint("(lat IS NULL) = (lon IS NULL)", name="position"),
        CheckConstraint("spent_satang IS NULL OR spent_satang >= 0", name="spent"),
        CheckConstraint("contract_satang IS NULL OR contract_satang >= 0", name="contract"),
        Index("ix_plan_projects_position", "plan_id", "position", "id"),
        Index("ix_plan_projects_sort", "plan_id", "sort_key", "id"),
        Index("ix_plan_projects_step", "plan_id", "step", "position"),
        Index("ix_plan_projects_department", "plan_id", "department_id", "position"),
        Index("ix_plan_projects_strategy", "plan_id", "strategy", "position"),
        Index("ix_plan_projects_key", "plan_id", "name_key"),
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    plan_id: Mapped[int] = mapped_column(ForeignKey("plans.id"))
    form: Mapped[str] = mapped_column(String(5), default="p02", server_default="p02")
    position: Mapped[int] = mapped_column(default=0, server_default="0")
    revision: Mapped[str] = mapped_column(String(9), default="original", server_default="original")
    revision_number: Mapped[int | None]
    revision_year: Mapped[int | None]
    sheet: Mapped[str] = mapped_column(String(60), default="", server_default="")
    sheet_row: Mapped[int | None]
    mark: Mapped[str] = mapped_column(String(20), default="", server_default="")
    name: Mapped[str] = mapped_column(Text)
    public_name: Mapped[str] = mapped_column(Text, default="", server_default="")
    name_key: Mapped[str] = mapped_column(String(200), default="", server_default="")
    sort_key: Mapped[str] = mapped_column(ORDER, default="", server_default="")
    search: Mapped[str] = mapped_column(Text, default="", server_default="")
    national: Mapped[str] = mapped_column(Text, default="", server_default="")
    province: Mapped[str] = mapped_column(Text, default="", server_default="")
    strategy: Mapped[str] = mapped_column(String(300), default="", server_default="")
    tactic: Mapped[str] = mapped_column(Text, default="", server_default="")
    programme: Mapped[str] = mapped_column(String(300), default="", server_default="")
    objective: Mapped[str] = mapped_column(Text, default="", server_default="")
    target: Mapped[str] = mapped_column(Text, default="", server_default="")
    kpi: Mapped[str] = mapped_column(Text, default="", server_default="")
    result: Mapped[str] = mapped_column(Text, default="", server_default="")
    reason: Mapped[str] = mapped_column(Text, default="", server_default="")
    budget_type: Mapped[str] = mapped_column(Text, default="", server_default="")
    item: Mapped[str] = mapped_column(Text, default="", server_default="")
    district: Mapped[str] = mapped_column(String(120), default="", server_default="")
    begin: Mapped[str] = mapped_column(String(200), default="", server_default="")
    end: Mapped[str] = mapped_column(String(200), default="", server_default="")
    cells: Mapped[dict[str, Any]] = mapped_column(default=dict, server_default="{}")
    department_name: Mapped[str] = mapped_column(String(200), default="", server_default="")
    department_id: Mapped[int | None] = mapped_column(ForeignKey("departments.id"))
    place: Mapped[str] = mapped_column(Text, default="", server_default="")
    lat: Mapped[float | None]
    lon: Mapped[float | None]
    dimension_marks: Mapped[str] = mapped_column(Text, default="", server_default="")
    step: Mapped[str] = mapped_column(String(9), default="plan", server_default="plan")
    stepped_at: Mapped[datetime | None]
    percent: Mapped[int | None]
    contract_satang: Mapped[int | None] = mapped_column(SATANG)
    spent_satang: Mapped[int | None] = mapped_column(SATANG)
    contractor: Mapped[str] = mapped_column(String(200), default="", server_default="")
    contract_number: Mapped[str] = mapped_column(String(80), default="", server_default="")
    begins_on: Mapped[date | None]
    ends_on: Mapped[date | None]
    done_on: Mapped[date | None]
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]

    plan: Mapped[Plan] = relationship()
    department: Mapped[Department | None] = relationship()
    budgets: Mapped[list[Budget]] = relationship(
        back_populates="project", order_by="Budget.year", cascade="all, delete-orphan"
    )
    villages: Mapped[list[ProjectVillage]] = relationship(
        back_populates="project", order_by="ProjectVillage.moo", cascade="all, delete-orphan"
    )
    history: Mapped[list[ProjectEntry]] = relationship(back_populates="project", order_by="ProjectEntry.id")

    @property
    def shown_name(self) -> str:
        """The name for residents."""
        return self.public_name or self.name

    @property
    def moos(self) -> tuple[int, ...]:
        """The villages it is for."""
        return tuple(village.moo for village in self.villages)

    @property
    def dimensions(self) -> tuple[str, ...]:
        """The dimensions of a smart city it serves."""
        return tuple(mark for mark in self.dimension_marks.split("|") if mark)

    @dimensions.setter
    def dimensions(self, marks: tuple[str, ...]) -> None:
        kept = dict.fromkeys(mark.replace("|", " ").strip() for mark in marks)
        self.dimension_marks = "".join(f"|{mark}" for mark in kept if mark) + "|" if any(kept) else ""

    def money(self, kind: str = "plan") -> dict[int, int]:
        """Satang by year; years that are blank in the form are not there. `kind`: plan (แผน), ordinance (เทศบัญญัติ)."""
        return {row.year: row.satang for row in self.budgets if row.kind == kind}

    def put_money(self, by_year: Mapping[int, int | None], kind: str = "plan") -> None:
        """Let the money of this kind be exactly this; None is blank."""
        rows = {row.year: row for row in self.budgets if row.kind == kind}
        for year, row in rows.items():
            if by_year.get(year) is None:
                self.budgets.remove(row)
        for year, satang in by_year.items():
            if satang is None:
                continue
            if year in rows:
                rows[year].satang = satang
            else:
                self.budgets.append(Budget(year=year, kind=kind, satang=satang))

    def put_moos(self, moos: tuple[int, ...]) -> None:
        """Let it be for exactly these villages."""
        for row in [row for row in self.villages if row.moo not in moos]:
            self.villages.remove(row)
        for moo in sorted(set(moos) - set(self.moos)):
            self.villages.append(ProjectVillage(moo=moo))

    def add(
        self,
        what: str,
        now: datetime,
        *,
        staff: Staff | None = None,
        words: str = "",
        data: dict[str, Any] | None = None,
        public: bool = True,
        told: bool = False,
    ) -> ProjectEntry:
        """Append to the history. `told` entries make no letters; others wait for `GRACE`: they can be undone."""
        entry = ProjectEntry(
            project=self,
            at=now,
            what=what,
            step=self.step,
            staff=staff,
            words=words,
            data=data or {},
            public=public,
            told_at=now if told or not public else None,
            tell_after=None if told or not public else now + GRACE,
        )
        session = object_session(self)
        if session is not None:
            session.add(entry)
        self.updated_at = now
        return entry

    def needs_reason(self, step: str) -> bool:
        """Whether going there must be explained: an end without the thing, a delay, a step back."""
        if step in ("postponed", "cancelled"):
            return True
        return self.step in WAY and step in WAY and WAY.index(step) < WAY.index(self.step)

    def move(
        self,
        step: str,
        now: datetime,
        *,
        staff: Staff | None = None,
        words: str = "",
        data: dict[str, Any] | None = None,
    ) -> ProjectEntry:
        """Take the step and write it into the history. Raises NotAllowed, also for want of a reason."""
        if step not in MOVES[self.step]:
            raise NotAllowed(f"project {self.id}: {self.step} → {step}")
        if self.needs_reason(step) and not words.strip():
            raise NotAllowed(f"project {self.id}: {self.step} → {step} needs a reason")
        before, self.step = self.step, step
        self.stepped_at = now
        if step == "done":
            self.percent = 100
        return self.add(
            "moved", now, staff=staff, words=words, data={"from": before, **(data or {})}, public=step not in OUTSIDE
        )
