"""People who write to the town, and the chats they write in."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, String, select
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship

from models.base import Base, Key


class Person(Base):
    """A LINE user. Kept: the id LINE gives, the name shown in LINE, the village if told, and which notice was shown.

    The notice (ประกาศความเป็นส่วนตัว, PDPA s.23) is a notice, not a consent: `notice_seen_at` never gates a report.
    `line_id` is emptied when the person asks to be forgotten.
    """

    __tablename__ = "people"

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    line_id: Mapped[str | None] = mapped_column(String(64), unique=True)
    name: Mapped[str] = mapped_column(String(200), default="", server_default="")
    moo: Mapped[int | None]
    language: Mapped[str] = mapped_column(String(5), default="th", server_default="th")
    notice_version: Mapped[str | None] = mapped_column(String(20))
    notice_shown_at: Mapped[datetime | None]
    notice_seen_at: Mapped[datetime | None]
    blocked_at: Mapped[datetime | None]
    created_at: Mapped[datetime]


class Chat(Base):
    """A LINE conversation: with one person, or a group. What the bot must remember between two messages stands here.

    A “seat” is one member's place in a group (key "group/user"): it holds that member's own open form.

    `form`, `run`, `answers`: the open form, its run (buttons carry it, so old ones are recognised) and what has been
    answered; the current step is derived. `pocket` holds photos, voice and places sent before anybody said what for.
    `lost` counts messages in a row that nobody understood.
    """

    __tablename__ = "chats"
    __table_args__ = (CheckConstraint("kind IN ('user', 'group', 'room', 'seat')", name="kind"),)

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    key: Mapped[str] = mapped_column(String(130), unique=True)
    kind: Mapped[str] = mapped_column(String(5))
    person_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"), index=True)
    department_id: Mapped[int | None] = mapped_column(ForeignKey("departments.id"), index=True)
    name: Mapped[str] = mapped_column(String(200), default="", server_default="")
    members: Mapped[int | None]
    members_at: Mapped[datetime | None]
    gone_at: Mapped[datetime | None]
    leave_asked: Mapped[bool] = mapped_column(default=False, server_default="0")
    form: Mapped[str | None] = mapped_column(String(30))
    run: Mapped[int] = mapped_column(default=0, server_default="0")
    answers: Mapped[dict[str, Any]] = mapped_column(default=dict)
    touched_at: Mapped[datetime | None]
    pocket: Mapped[list[Any]] = mapped_column(default=list)
    lost: Mapped[int] = mapped_column(default=0, server_default="0")

    person: Mapped[Person | None] = relationship()


def chat_of(session: Session, key: str) -> Chat | None:
    """The chat with this LINE id, if it is known."""
    return session.scalar(select(Chat).where(Chat.key == key))


def person_of(session: Session, line_id: str) -> Person | None:
    """The person with this LINE user id, if known."""
    return session.scalar(select(Person).where(Person.line_id == line_id))
