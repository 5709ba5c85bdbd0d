"""Outgoing: letters to LINE chats. A reply is free and lives a minute; a push is counted. Nothing leaves untracked."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, Key

#: waiting: to be sent. sending: a worker is at it. held: waits for the person's next message, to ride on its reply.
#: sent. riding: carried by another letter's reply. dropped: policy says it may go. failed: given up, shown to staff.
STATES = ("waiting", "sending", "held", "riding", "sent", "dropped", "failed")


class Outgoing(Base):
    """One letter: up to five LINE message objects to one chat.

    `kind` names the policy that decides what happens when no reply token is at hand. `retry_key` is stored before the first
    attempt, so that a push repeated after a crash is answered 409 and counts once (LINE keeps a key for 24 hours; the
    letter is given up before that). `cost` is what the push counted (recipients). `doubtful` is true when a reply's
    outcome is unknown: it may have arrived, so it is never pushed a second time.
    """

    __tablename__ = "outgoing"
    __table_args__ = (
        CheckConstraint(f"state IN {STATES!r}", name="state"),
        Index(
            "ix_outgoing_open",
            "chat_key",
            "id",
            sqlite_where=text("state IN ('waiting', 'sending', 'held')"),
            postgresql_where=text("state IN ('waiting', 'sending', 'held')"),
        ),
        Index("ix_outgoing_state", "state", "created_at"),
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    chat_key: Mapped[str] = mapped_column(String(64))
    kind: Mapped[str] = mapped_column(String(40))
    messages: Mapped[list[Any]]
    state: Mapped[str] = mapped_column(String(10), default="waiting", server_default="waiting")
    reply_token: Mapped[str | None] = mapped_column(String(100))
    reply_until: Mapped[datetime | None]
    retry_key: Mapped[str] = mapped_column(String(36))
    created_at: Mapped[datetime]
    send_after: Mapped[datetime]
    attempts: Mapped[int] = mapped_column(default=0, server_default="0")
    doubtful: Mapped[bool] = mapped_column(default=False, server_default="0")
    lease_by: Mapped[str | None] = mapped_column(String(80))
    lease_until: Mapped[datetime | None]
    sent_at: Mapped[datetime | None]
    via: Mapped[str | None] = mapped_column(String(10))
    cost: Mapped[int] = mapped_column(default=0, server_default="0")
    error: Mapped[str | None] = mapped_column(Text)
    request_id: Mapped[str | None] = mapped_column(String(80))
    carried_by: Mapped[int | None] = mapped_column(ForeignKey("outgoing.id"), index=True)
    incoming_id: Mapped[int | None] = mapped_column(ForeignKey("incoming.id"))
    ticket_id: Mapped[int | None] = mapped_column(Key, index=True)
    #: Letters that answer a burst (photos, a location) wait a moment and give way to a newer answer of the same chat.
    supersedable: Mapped[bool] = mapped_column(default=False, server_default="0")
