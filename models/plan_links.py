"""What a project of the plan is tied to: photos, and the cases that are its evidence (หลักฐานความจำเป็น)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, UniqueConstraint, select
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship

from models.base import Base, Key
from models.files import File
from models.plan import Project
from models.staff import Staff
from models.tickets import Ticket


class ProjectFile(Base):
    """A photo or paper of a project. What residents see of it is its approved copy (models/files.File.copy_of_id)."""

    __tablename__ = "project_files"
    __table_args__ = (UniqueConstraint("project_id", "file_id"),)

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    project_id: Mapped[int] = mapped_column(ForeignKey(Project.id))
    file_id: Mapped[int] = mapped_column(ForeignKey(File.id), index=True)

    file: Mapped[File] = relationship()


class ProjectEvidence(Base):
    """Why a project is needed: what the cases of a place or category showed when somebody drafted it.

    `figures` holds count, people, from, to (ISO days), category (code) and moo, as they were; `words` what staff wrote.
    """

    __tablename__ = "project_evidence"

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    project_id: Mapped[int] = mapped_column(ForeignKey(Project.id), index=True)
    figures: Mapped[dict[str, Any]] = mapped_column(default=dict)
    words: Mapped[str] = mapped_column(default="", server_default="")
    staff_id: Mapped[int | None] = mapped_column(ForeignKey(Staff.id))
    created_at: Mapped[datetime]

    staff: Mapped[Staff | None] = relationship()


class ProjectCase(Base):
    """A case that is evidence for a project."""

    __tablename__ = "project_cases"
    __table_args__ = (UniqueConstraint("project_id", "ticket_id"),)

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    project_id: Mapped[int] = mapped_column(ForeignKey(Project.id))
    ticket_id: Mapped[int] = mapped_column(ForeignKey(Ticket.id), index=True)


def link_cases(session: Session, project: Project, ticket_ids: Sequence[int]) -> int:
    """Tie these cases to the project; returns how many were not tied before."""
    known = set(session.scalars(select(ProjectCase.ticket_id).where(ProjectCase.project_id == project.id)))
    fresh = [number for number in dict.fromkeys(ticket_ids) if number not in known]
    session.add_all(ProjectCase(project_id=project.id, ticket_id=number) for number in fresh)
    session.flush()
    return len(fresh)


def files_of(session: Session, project_id: int) -> list[File]:
    """The project's own files that may be shown to staff, oldest first."""
    found = select(File).join(ProjectFile, ProjectFile.file_id == File.id)
    found = found.where(ProjectFile.project_id == project_id, File.deleted_at.is_(None), File.state == "stored")
    return list(session.scalars(found.order_by(File.id)))


def shown_photos(session: Session, project_id: int) -> list[File]:
    """What residents may see: approved copies of the project's photos, oldest first."""
    own = select(ProjectFile.file_id).where(ProjectFile.project_id == project_id)
    found = select(File).where(File.copy_of_id.in_(own), File.approved, File.deleted_at.is_(None))
    return list(session.scalars(found.where(File.state == "stored").order_by(File.copy_of_id)))
