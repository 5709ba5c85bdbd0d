"""Bringing a plan in from the office's workbook: what was read waits as a draft, is compared with what is there,
committed in one transaction, and can be taken back as a whole.

A draft holds no project: nothing of the plan changes before `commit`. Comparing and the rules of undoing are in
models/plan_bringing.py.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, Index, LargeBinary, String, delete
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship

from models.base import Base, Key
from models.plan import Plan
from models.staff import Staff

#: A draft that nobody committed is forgotten after this.
KEPT = timedelta(days=7)


class PlanDraft(Base):
    """A workbook as it was read, waiting for somebody to choose. `content` is what sheets/ made of it, packed;
    `left_out` the places of the lines that are not to be brought."""

    __tablename__ = "plan_drafts"

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    plan_id: Mapped[int] = mapped_column(ForeignKey(Plan.id), index=True)
    staff_id: Mapped[int] = mapped_column(ForeignKey(Staff.id))
    name: Mapped[str] = mapped_column(String(200))
    sha256: Mapped[str] = mapped_column(String(64))
    content: Mapped[bytes] = mapped_column(LargeBinary)
    left_out: Mapped[list[Any]] = mapped_column(default=list)
    created_at: Mapped[datetime]


class PlanImport(Base):
    """One workbook that was brought in. `counts` says how many lines met which fate; `undone_at`: taken back whole."""

    __tablename__ = "plan_imports"

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    plan_id: Mapped[int] = mapped_column(ForeignKey(Plan.id), index=True)
    staff_id: Mapped[int] = mapped_column(ForeignKey(Staff.id))
    name: Mapped[str] = mapped_column(String(200))
    sha256: Mapped[str] = mapped_column(String(64))
    counts: Mapped[dict[str, Any]] = mapped_column(default=dict)
    done_at: Mapped[datetime]
    undone_at: Mapped[datetime | None]
    undone_by_id: Mapped[int | None] = mapped_column(ForeignKey(Staff.id))

    staff: Mapped[Staff] = relationship(foreign_keys=staff_id)
    plan: Mapped[Plan] = relationship()


class PlanImported(Base):
    """What an import did to one project: made it (`before` is empty) or changed it (`before` as it was).

    `project_id` is no foreign key: undoing removes the project, and this line still tells that it was there.
    """

    __tablename__ = "plan_imported"
    __table_args__ = (Index("ix_plan_imported_import", "import_id", "id"),)

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    import_id: Mapped[int] = mapped_column(ForeignKey(PlanImport.id))
    project_id: Mapped[int] = mapped_column(BigInteger, index=True)
    before: Mapped[dict[str, Any]] = mapped_column(default=dict)
    after: Mapped[dict[str, Any]] = mapped_column(default=dict)


def forget_drafts(session: Session, now: datetime) -> None:
    """Throw away drafts that nobody came back to."""
    session.execute(delete(PlanDraft).where(PlanDraft.created_at < now - KEPT))
