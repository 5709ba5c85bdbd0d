"""What hangs on a project of the plan: money by year, villages, lines of history, and who follows it."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import Base, Key
from models.people import Person
from models.staff import Staff

if TYPE_CHECKING:
    from models.plan import Project

#: Money: whole satang, up to 92 thousand billion baht.
SATANG = BigInteger()
#: Order keys compare by code point in both databases.
ORDER = Text().with_variant(Text(collation="C"), "postgresql")


class Budget(Base):
    """Money of one year: `plan` is งบประมาณ of the form, `ordinance` what the ข้อบัญญัติ/เทศบัญญัติ sets aside."""

    __tablename__ = "plan_budgets"
    __table_args__ = (
        UniqueConstraint("project_id", "kind", "year"),
        CheckConstraint("kind IN ('plan', 'ordinance')", name="kind"),
        CheckConstraint("satang >= 0", name="satang"),
        CheckConstraint("year BETWEEN 2480 AND 2699", name="year"),
        Index("ix_plan_budgets_year", "year", "project_id"),
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    project_id: Mapped[int] = mapped_column(ForeignKey("plan_projects.id"))
    kind: Mapped[str] = mapped_column(String(9), default="plan", server_default="plan")
    year: Mapped[int]
    satang: Mapped[int] = mapped_column(SATANG)

    project: Mapped[Project] = relationship(back_populates="budgets")


class ProjectVillage(Base):
    """A village a project is for."""

    __tablename__ = "plan_villages"
    __table_args__ = (UniqueConstraint("project_id", "moo"), Index("ix_plan_villages_moo", "moo", "project_id"))

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    project_id: Mapped[int] = mapped_column(ForeignKey("plan_projects.id"))
    moo: Mapped[int]

    project: Mapped[Project] = relationship(back_populates="villages")


class ProjectEntry(Base):
    """One line of a project's history. `step` is where it stood after it; `public` lines are shown to residents and
    told to followers, once (`told_at`), not before `tell_after`. `before` is what an undo brings back."""

    __tablename__ = "project_entries"
    __table_args__ = (
        Index(
            "ix_project_entries_untold",
            "id",
            sqlite_where=text("told_at IS NULL"),
            postgresql_where=text("told_at IS NULL"),
        ),
        Index("ix_project_entries_project", "project_id", "id"),
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    project_id: Mapped[int] = mapped_column(ForeignKey("plan_projects.id"))
    at: Mapped[datetime]
    what: Mapped[str] = mapped_column(String(16))
    step: Mapped[str] = mapped_column(String(9))
    words: Mapped[str] = mapped_column(Text, default="", server_default="")
    data: Mapped[dict[str, Any]] = mapped_column(default=dict)
    before: Mapped[dict[str, Any]] = mapped_column(default=dict, server_default="{}")
    public: Mapped[bool] = mapped_column(default=True, server_default="1")
    staff_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    told_at: Mapped[datetime | None]
    tell_after: Mapped[datetime | None]

    project: Mapped[Project] = relationship(back_populates="history")
    staff: Mapped[Staff | None] = relationship()


class ProjectFollow(Base):
    """Somebody who wants to hear of each step of a project."""

    __tablename__ = "project_follows"
    __table_args__ = (UniqueConstraint("project_id", "person_id"),)

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    project_id: Mapped[int] = mapped_column(ForeignKey("plan_projects.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey(Person.id), index=True)
    since: Mapped[datetime]
