"""Incoming: one row for every webhook event, stored before LINE gets its 200, handled once, in order per chat."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import CheckConstraint, Index, String, Text, select, text
from sqlalchemy.orm import Mapped, Session, mapped_column

from models.base import Base, Key

WAITING, CLAIMED, DONE, POISONED = range(4)


class Incoming(Base):
    """A webhook event as LINE sent it.

    `event_id` is LINE's `webhookEventId` (a ULID; for an event without one, a hash of its bytes): unique, so that a
    redelivery collides and is ignored. `chat_key` is the user, group or room id it belongs to ("-" where there is
    none): events of one chat are handled in the order of `id`. `raw` is the event's JSON; it is blanked when the
    resident unsends the message it carries, and by the retention job.
    """

    __tablename__ = "incoming"
    __table_args__ = (
        CheckConstraint("state BETWEEN 0 AND 3", name="state"),
        # The two questions the worker asks all day concern unfinished rows only.
        Index(
            "ix_incoming_open_chat",
            "chat_key",
            "id",
            sqlite_where=text("state < 2"),
            postgresql_where=text("state < 2"),
        ),
        Index("ix_incoming_open", "id", sqlite_where=text("state < 2"), postgresql_where=text("state < 2")),
        Index("ix_incoming_poisoned", "id", sqlite_where=text("state = 3"), postgresql_where=text("state = 3")),
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    event_id: Mapped[str] = mapped_column(String(64), unique=True)
    chat_key: Mapped[str] = mapped_column(String(64))
    kind: Mapped[str] = mapped_column(String(32))
    message_id: Mapped[str | None] = mapped_column(String(64), index=True)
    raw: Mapped[str] = mapped_column(Text)
    received_at: Mapped[datetime]
    state: Mapped[int] = mapped_column(default=WAITING, server_default="0")
    attempts: Mapped[int] = mapped_column(default=0, server_default="0")
    ready_at: Mapped[datetime | None]
    lease_by: Mapped[str | None] = mapped_column(String(80))
    lease_until: Mapped[datetime | None]
    error: Mapped[str | None] = mapped_column(Text)
    done_at: Mapped[datetime | None]


def poisoned(session: Session, limit: int = 200) -> Sequence[Incoming]:
    """Events that were put aside after failing again and again, or could not be read at all; the oldest first."""
    return session.scalars(select(Incoming).where(Incoming.state == POISONED).order_by(Incoming.id).limit(limit)).all()


def replay(row: Incoming) -> None:
    """Let a poisoned event be handled once more, in its turn. Raises ValueError for one that is not."""
    if row.state != POISONED:
        raise ValueError(f"event {row.id} was not put aside")
    row.state, row.attempts, row.ready_at, row.error = WAITING, 0, None, None


def put_away(row: Incoming, now: datetime) -> None:
    """Staff have dealt with a poisoned event otherwise: it is done. Raises ValueError for one that is not poisoned."""
    if row.state != POISONED:
        raise ValueError(f"event {row.id} was not put aside")
    row.state, row.done_at = DONE, now
