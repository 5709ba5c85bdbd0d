"""Undo (เลิกทำ): a move made in the console is told after a minute, and until then can be taken back exactly.

The line of history keeps what the case was before (`Entry.before`). Undoing restores it and leaves two lines: the one
that was taken back, no longer shown to residents, and that it was taken back.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.files import File
from models.lessons import Lesson
from models.staff import Staff
from models.tickets import Entry, Follow, Ticket

#: How long a move of the console waits before it is told.
GRACE = timedelta(seconds=60)
#: Fields of a case that moves change, and that an undo brings back.
FIELDS = (
    "state",
    "category",
    "department_id",
    "agency_code",
    "urgency",
    "sensitive",
    "owner_id",
    "first_answer_at",
    "due_at",
    "closed_at",
    "paused_at",
    "pause_reason",
    "merged_into_id",
    "reopened",
    "search",
)
#: Lines that others add meanwhile and that a restored state does not contradict.
BESIDE = (
    *("said", "joined", "rated", "note", "looked", "undone", "transcribed", "photos"),
    *("published", "unpublished", "shown", "unshown"),
)


def snapshot(ticket: Ticket) -> dict[str, Any]:
    """The case as it is now, for `Entry.before`."""
    return {name: _plain(getattr(ticket, name)) for name in FIELDS}


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, datetime) else value


def held(session: Session, ticket_id: int, now: datetime) -> Entry | None:
    """The last move of this case, if it can still be undone."""
    found = select(Entry).where(Entry.ticket_id == ticket_id, Entry.what.not_in(BESIDE)).order_by(Entry.id.desc())
    last = session.scalar(found.limit(1))
    if last is None or not last.before or last.data.get("undone"):
        return None
    return last if last.told_at is None and last.tell_after is not None and last.tell_after > now else None


def hold(entry: Entry, before: dict[str, Any], now: datetime) -> Entry:
    """Keep a fresh line back for a minute, with what its undoing brings back."""
    entry.before, entry.tell_after = before, now + GRACE
    return entry


def undo(session: Session, entry: Entry, staff: Staff, now: datetime) -> Entry:
    """Take back a held line: the case is what it was, and its files, followers and lessons too."""
    ticket, before = entry.ticket, entry.before
    for name in FIELDS:
        setattr(ticket, name, _back(name, before[name]))
    for file in session.scalars(select(File).where(File.id.in_(before.get("files", [])))):
        file.deleted_at = now
    for follow in session.scalars(select(Follow).where(Follow.id.in_(before.get("follows", [])))):
        session.delete(follow)
    for field, was in before.get("lessons", {}).items():
        _unteach(session, ticket, field, was)
    _forget_beside(session, before.get("entries", []), now)
    entry.told_at, entry.public, entry.data = now, False, {**entry.data, "undone": True}
    session.flush()
    session.expire(ticket, ["department", "owner", "agency", "kind_of"])
    return ticket.add("undone", now, staff=staff, data={"what": entry.what}, public=False, told=True)


def _back(name: str, value: Any) -> Any:
    return datetime.fromisoformat(value) if name.endswith("_at") and value is not None else value


def _forget_beside(session: Session, ids: list[int], now: datetime) -> None:
    """Lines on other cases that belong to the move (the kept one of two merged cases)."""
    for other in session.scalars(select(Entry).where(Entry.id.in_(ids))):
        other.told_at, other.public, other.data = other.told_at or now, False, {**other.data, "undone": True}


def lesson_before(session: Session, ticket: Ticket, field: str) -> dict[str, Any] | None:
    """The lesson about this field as it stands, for `before["lessons"]`; None when there is none."""
    found = session.scalar(select(Lesson).where(Lesson.ticket_id == ticket.id, Lesson.field == field))
    if found is None:
        return None
    return {"label": found.label, "was": found.was, "by": found.by, "at": found.at.isoformat()}


def _unteach(session: Session, ticket: Ticket, field: str, was: dict[str, Any] | None) -> None:
    lesson = session.scalar(select(Lesson).where(Lesson.ticket_id == ticket.id, Lesson.field == field))
    if lesson is None:
        return
    if was is None:
        session.delete(lesson)
        return
    lesson.label, lesson.was, lesson.by = was["label"], was["was"], was["by"]
    lesson.at = datetime.fromisoformat(was["at"])
