"""Webhooks out: addresses of other systems that are told when something public happens, and every delivery's fate.

A delivery is stored before it is tried, tried again with longer and longer pauses, and kept for a while as the log. Its
`event` is the same for every attempt and every resending, so a receiver can tell what it has seen. What is sent names
the matter and how it stands, never what anybody wrote: the receiver asks the API with its own rights.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint, delete, select, text
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship

from models.base import Base, Key

#: What there is to be told of.
EVENTS = ("case.created", "case.changed", "project.changed", "proposal.changed")
#: waiting: to be sent, now or later. sent: the receiver said 2xx. failed: given up.
STATES = ("waiting", "sent", "failed")
#: Pauses before the second, third … attempt; after the last one the delivery has failed (about 27 hours in all).
PAUSES = tuple(timedelta(seconds=s) for s in (15, 60, 300, 900, 3600, 3 * 3600, 8 * 3600, 14 * 3600))
#: A receiver that has answered nothing but trouble for this long is not tried any more.
DISABLE_AFTER = timedelta(days=3)
#: How long deliveries stay in the log.
KEEP = timedelta(days=30)
#: Longer than a delivery can take (bot/outside.py).
LEASE = timedelta(minutes=2)


class Hook(Base):
    """One address that is told. `secret` is sealed with the house's key (web/sealed.py). `failing_since`: the first
    of its failures that no success has followed; `disabled_at`: when we, or the office, stopped telling it."""

    __tablename__ = "hooks"

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    name: Mapped[str] = mapped_column(String(80))
    url: Mapped[str] = mapped_column(Text)
    secret: Mapped[str] = mapped_column(Text)
    events: Mapped[list[Any]] = mapped_column(default=list)
    created_at: Mapped[datetime]
    failing_since: Mapped[datetime | None]
    disabled_at: Mapped[datetime | None]
    disabled_why: Mapped[str] = mapped_column(String(10), default="", server_default="")
    deleted_at: Mapped[datetime | None]

    @property
    def active(self) -> bool:
        """Whether it is told."""
        return self.disabled_at is None and self.deleted_at is None


class Delivery(Base):
    """One event for one address. `event` names it for ever; `status` is the receiver's last HTTP status (0: none),
    `error` our word for what went wrong. `resent`: staff had it sent once more."""

    __tablename__ = "deliveries"
    __table_args__ = (
        UniqueConstraint("hook_id", "event"),
        CheckConstraint(f"state IN {STATES!r}", name="state"),
        Index(
            "ix_deliveries_due",
            "next_try_at",
            sqlite_where=text("state = 'waiting'"),
            postgresql_where=text("state = 'waiting'"),
        ),
        Index("ix_deliveries_created", "created_at"),
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    hook_id: Mapped[int] = mapped_column(ForeignKey("hooks.id"))
    event: Mapped[str] = mapped_column(String(60))
    type: Mapped[str] = mapped_column(String(30))
    body: Mapped[dict[str, Any]]
    state: Mapped[str] = mapped_column(String(7), default="waiting", server_default="waiting")
    attempts: Mapped[int] = mapped_column(default=0, server_default="0")
    next_try_at: Mapped[datetime]
    lease_until: Mapped[datetime | None]
    status: Mapped[int] = mapped_column(default=0, server_default="0")
    error: Mapped[str] = mapped_column(String(200), default="", server_default="")
    created_at: Mapped[datetime]
    done_at: Mapped[datetime | None]
    resent: Mapped[int] = mapped_column(default=0, server_default="0")

    hook: Mapped[Hook] = relationship()

    def arrived(self, status: int, now: datetime) -> None:
        """The receiver has it."""
        self.state, self.status, self.error, self.done_at, self.lease_until = "sent", status, "", now, None
        self.hook.failing_since = None

    def missed(self, status: int, error: str, now: datetime) -> None:
        """It did not arrive: again later, or given up; a receiver that only fails is left alone after a while."""
        self.status, self.error, self.lease_until = status, error[:200], None
        if self.attempts > len(PAUSES):
            self.state, self.done_at = "failed", now
        else:
            self.next_try_at = now + PAUSES[self.attempts - 1]
        hook = self.hook
        hook.failing_since = hook.failing_since or now
        if hook.disabled_at is None and now - hook.failing_since >= DISABLE_AFTER:
            hook.disabled_at, hook.disabled_why = now, "failing"

    def again(self, now: datetime) -> None:
        """Send it once more, from the beginning of its pauses. Raises ValueError while it is still under way."""
        if self.state == "waiting":
            raise ValueError("it is still being tried")
        self.state, self.attempts, self.next_try_at, self.done_at = "waiting", 0, now, None
        self.resent += 1


def listeners(session: Session) -> Sequence[Hook]:
    """The addresses that are told."""
    wanted = select(Hook).where(Hook.disabled_at.is_(None), Hook.deleted_at.is_(None))
    return session.scalars(wanted.order_by(Hook.id)).all()


def due(session: Session, now: datetime, most: int) -> Sequence[Delivery]:
    """Deliveries to be tried now, of addresses that are told; locked, so that each is tried by one."""
    free = (Delivery.lease_until.is_(None)) | (Delivery.lease_until <= now)
    found = (
        select(Delivery)
        .join(Hook)
        .where(Delivery.state == "waiting", Delivery.next_try_at <= now, free)
        .where(Hook.disabled_at.is_(None), Hook.deleted_at.is_(None))
        .order_by(Delivery.next_try_at, Delivery.id)
        .limit(most)
        .with_for_update(of=Delivery, skip_locked=True)
    )
    return session.scalars(found).all()


def forget_old(session: Session, now: datetime) -> int:
    """Remove old lines of the log. Returns how many."""
    over = (Delivery.created_at < now - KEEP, Delivery.state != "waiting")
    return len(session.scalars(delete(Delivery).where(*over).returning(Delivery.id)).all())
