"""Announcements (ประกาศ) on the public site: written in the console, shown from a day on, taken down at will."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, select
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship

from models.base import Base, Key
from models.staff import Staff

#: news: ข่าว. notice: ประกาศ. result: ผลการมีส่วนร่วม (for assessors). stop: งดให้บริการ, such as water or power.
KINDS = ("news", "notice", "result", "stop")
#: Columns that an edit changes and an undo brings back.
FIELDS = ("kind", "title", "body", "title_en", "body_en", "shown", "pinned", "day", "until")


class Announcement(Base):
    """One announcement. `day` is its date and the first day on which it is shown (local), `until` the last one on the
    first page; it stays under its address until it is taken down (`shown`). `body` is plain text, blank lines part
    paragraphs. `fiscal_year` (B.E.) follows from `day`. `before` is what an undo brings back: the row as it was."""

    __tablename__ = "announcements"
    __table_args__ = (
        CheckConstraint(f"kind IN {KINDS!r}", name="kind"),
        CheckConstraint("until IS NULL OR until >= day", name="until"),
        CheckConstraint("title <> ''", name="title"),
        Index("ix_announcements_shown", "shown", "day", "id"),
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    kind: Mapped[str] = mapped_column(String(8), default="news", server_default="news")
    title: Mapped[str] = mapped_column(String(160))
    body: Mapped[str] = mapped_column(Text, default="", server_default="")
    title_en: Mapped[str] = mapped_column(String(160), default="", server_default="")
    body_en: Mapped[str] = mapped_column(Text, default="", server_default="")
    day: Mapped[date]
    until: Mapped[date | None]
    fiscal_year: Mapped[int]
    pinned: Mapped[bool] = mapped_column(default=False, server_default="0")
    shown: Mapped[bool] = mapped_column(default=False, server_default="0")
    staff_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]
    before: Mapped[dict[str, Any]] = mapped_column(default=dict, server_default="{}")

    staff: Mapped[Staff | None] = relationship()

    def public(self, today: date) -> bool:
        """Whether anybody may read it."""
        return self.shown and self.day <= today


def snapshot(row: Announcement) -> dict[str, Any]:
    """The row's fields as JSON values, for the audit and for undoing."""
    values = {name: getattr(row, name) for name in FIELDS}
    return {name: value.isoformat() if isinstance(value, date) else value for name, value in values.items()}


def put(row: Announcement, values: dict[str, Any], now: datetime) -> None:
    """Let the row have these fields, from `snapshot` or a form; what it was can be brought back once."""
    row.before = snapshot(row) if row.id is not None else {}
    for name, value in values.items():
        dated = name in ("day", "until") and isinstance(value, str)
        setattr(row, name, date.fromisoformat(value) if dated else value)
    row.fiscal_year = row.day.year + 543 + (row.day.month >= 10)
    row.updated_at = now


def shown(session: Session, today: date, *, year: int | None = None, limit: int = 200) -> Sequence[Announcement]:
    """What everybody may read, the latest first; of one fiscal year (B.E.) if told."""
    found = select(Announcement).where(Announcement.shown, Announcement.day <= today)
    if year is not None:
        found = found.where(Announcement.fiscal_year == year)
    return session.scalars(found.order_by(Announcement.day.desc(), Announcement.id.desc()).limit(limit)).all()


def on_front(session: Session, today: date, limit: int = 5) -> list[Announcement]:
    """Those of the first page: still in their time, pinned ones before the others."""
    rows = [row for row in shown(session, today, limit=50) if row.until is None or row.until >= today]
    return sorted(rows, key=lambda row: not row.pinned)[:limit]
