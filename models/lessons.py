"""Lessons: what people corrected, kept as labelled examples; and what was learnt from them, until it is undone.

A lesson names a case, not its words: when the words are unsent or erased, the lesson has nothing left to teach.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, LargeBinary, String, UniqueConstraint, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from models.base import Base, Key
from models.tickets import Ticket

FIELDS = ("intent", "category", "department")
TEACHERS = ("resident", "staff")


class Lesson(Base):
    """One correction: the `field` of this case is `label`; the bot had guessed `was`."""

    __tablename__ = "lessons"
    __table_args__ = (
        UniqueConstraint("ticket_id", "field"),
        CheckConstraint(f"field IN {FIELDS!r}", name="field"),
        CheckConstraint(f"by IN {TEACHERS!r}", name="by"),
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    ticket_id: Mapped[int] = mapped_column(ForeignKey("tickets.id"))
    field: Mapped[str] = mapped_column(String(12))
    label: Mapped[str] = mapped_column(String(30))
    was: Mapped[str | None] = mapped_column(String(30))
    by: Mapped[str] = mapped_column(String(10))
    at: Mapped[datetime]


class Learnt(Base):
    """A correction of the shipped model that was fitted to lessons (nlp/learning.py). The newest not undone counts.

    `blob` holds weights of hashed character runs, no words. `report` is the comparison before and after.
    """

    __tablename__ = "learnt"

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    made_at: Mapped[datetime]
    blob: Mapped[bytes] = mapped_column(LargeBinary)
    report: Mapped[list[Any]]
    undone_at: Mapped[datetime | None]


def teach(
    session: Session, ticket: Ticket, field: str, label: str, was: str | None, by: str, now: datetime
) -> Lesson | None:
    """Keep a correction; a later one about the same case and field replaces it, but a resident's never staff's."""
    lesson = session.scalar(select(Lesson).where(Lesson.ticket_id == ticket.id, Lesson.field == field))
    if lesson is None:
        lesson = Lesson(ticket_id=ticket.id, field=field)
        session.add(lesson)
    elif lesson.by == "staff" and by == "resident":
        return None
    lesson.label, lesson.was, lesson.by, lesson.at = label, was, by, now
    session.flush()
    return lesson


def lessons(session: Session) -> list[tuple[Lesson, str]]:
    """All lessons with the words of their cases, oldest first."""
    found = select(Lesson, Ticket.text).join(Ticket, Lesson.ticket_id == Ticket.id).where(Ticket.text != "")
    return [(lesson, words) for lesson, words in session.execute(found.order_by(Lesson.at, Lesson.id))]


def newest(session: Session) -> int | None:
    """The id of what was learnt last and not undone; None when nothing was."""
    return session.scalar(select(Learnt.id).where(Learnt.undone_at.is_(None)).order_by(Learnt.id.desc()).limit(1))
