"""Outgoing: letters to LINE chats. A reply is free and lives a minute; a push is counted. Nothing leaves untracked."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, Key
from models.incoming import Incoming

#: waiting: to be sent. sending: a worker is at it. held: waits for the person's next message, to ride on its reply.
#: riding: carried by another letter. sent. dropped: policy says it may go. failed: given up, shown to staff.
#: doubtful: may or may not have arrived, never sent again by itself, shown to staff.
STATES = ("waiting", "sending", "held", "riding", "sent", "dropped", "failed", "doubtful")

#: Why a letter stands where it stands, by code; the words for staff are in `models/post.py`.
REASONS = (
    "policy",  # its kind waits for the person's next message
    "economy",  # the month's quota does not stretch to it
    "quota",  # LINE says the month's quota is used up
    "superseded",  # a newer answer took its place
    "stale",  # waited longer than it is worth reading
    "blocked",  # the person has blocked the bot, or the bot is no longer in the group
    "refused",  # LINE does not accept the letter's content
    "unreachable",  # LINE could not be reached for almost a day
    "unknown",  # sent, but LINE's answer never came
    "unauthorised",  # LINE refuses our access token
)


class Outgoing(Base):
    """One letter: up to five LINE message objects to one chat.

    `kind` names the policy that decides what happens when no reply token is at hand. `retry_key` is stored before the
    first attempt, so that a push repeated after a crash is answered 409 and counts once (LINE keeps a key for 24
    hours; the letter is given up before that). `via` is the channel of the latest attempt, `tried_at` its first
    attempt there, noted before the call, so that a crash in between leaves a trace. `doubtful` is true when such an
    attempt's outcome is unknown: a reply in doubt is never pushed. `cost` is what the push was booked for (receiving
    persons) in `booked_month`. `reason` (one of REASONS) and `error` (LINE's answer, for the technician) say why it
    stands still. `carried_by`: the letter whose call carries this one. `seen_at`: when staff ticked it off the list
    of undelivered.
    """

    __tablename__ = "outgoing"
    __table_args__ = (
        CheckConstraint(f"state IN {STATES!r}", name="state"),
        CheckConstraint(f"reason IN {REASONS!r}", name="reason"),
        CheckConstraint("via IN ('reply', 'push')", name="via"),
        CheckConstraint("(reply_token IS NULL) = (reply_until IS NULL)", name="token"),
        Index(
            "ix_outgoing_open",
            "chat_key",
            "id",
            sqlite_where=text("state IN ('waiting', 'sending', 'held')"),
            postgresql_where=text("state IN ('waiting', 'sending', 'held')"),
        ),
        Index(
            "ix_outgoing_due",
            "send_after",
            sqlite_where=text("state IN ('waiting', 'sending')"),
            postgresql_where=text("state IN ('waiting', 'sending')"),
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
    tried_at: Mapped[datetime | None]
    sent_at: Mapped[datetime | None]
    via: Mapped[str | None] = mapped_column(String(10))
    cost: Mapped[int] = mapped_column(default=0, server_default="0")
    booked_month: Mapped[str | None] = mapped_column(String(7))
    reason: Mapped[str | None] = mapped_column(String(20))
    error: Mapped[str | None] = mapped_column(Text)
    request_id: Mapped[str | None] = mapped_column(String(80))
    carried_by: Mapped[int | None] = mapped_column(ForeignKey("outgoing.id"), index=True)
    incoming_id: Mapped[int | None] = mapped_column(ForeignKey(Incoming.id))
    ticket_id: Mapped[int | None] = mapped_column(Key, index=True)
    seen_at: Mapped[datetime | None]
    #: Letters that answer a burst (photos, a location) wait a moment and give way to a newer answer of the same chat.
    supersedable: Mapped[bool] = mapped_column(default=False, server_default="0")

    @property
    def open(self) -> bool:
        """Whether it may still be sent."""
        return self.state in ("waiting", "sending", "held", "riding")

    def settle(self, state: str, now: datetime, reason: str | None = None) -> None:
        """The end of its journey: `sent`, `dropped`, `failed` or `doubtful`. The token is forgotten with it."""
        self.state = state
        self.reason = reason
        self.reply_token = self.reply_until = None
        self.lease_by = self.lease_until = None
        if state == "sent":
            self.sent_at, self.doubtful, self.error = now, False, None

    def hold(self, reason: str) -> None:
        """Keep it for the person's next message. Only a letter that has certainly not arrived may be held."""
        self.state, self.reason = "held", reason
        self.reply_token = self.reply_until = self.via = self.tried_at = None
        self.lease_by = self.lease_until = self.carried_by = None

    def wait(self, until: datetime) -> None:
        """Try again then."""
        self.state, self.send_after = "waiting", until
        self.lease_by = self.lease_until = None
