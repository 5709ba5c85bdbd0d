"""Polls (การลงคะแนน): what is asked, of whom, by which rules, and where the poll stands.

A poll's `state` changes only through `move()`, against MOVES. While it is a draft everything may be changed; freezing
writes the manifest, opening makes it public, and from then on the database itself refuses to change it
(models/poll_guards.py). Who may vote is in models/roll.py, the ballots are in models/ballot_box.py.
The whole life: models/poll_drafts.py, poll_life.py, poll_closing.py, poll_count.py. The design is docs/voting.md.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, String, Text, UniqueConstraint, select
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship

from models.base import Base, Key
from models.locks import hold_poll

#: draft: may be changed (until frozen). open: ballots come in. closing: no more ballots; the last ones are being
#: published. closed: the link between people and ballots is destroyed; the key holders may open the ballots.
STATES = ("draft", "open", "closing", "closed", "published", "cancelled")

MOVES: dict[str, frozenset[str]] = {
    "draft": frozenset({"open", "cancelled"}),
    "open": frozenset({"closing", "cancelled"}),
    "closing": frozenset({"closed", "cancelled"}),
    "closed": frozenset({"published", "cancelled"}),
    "published": frozenset(),
    "cancelled": frozenset(),
}

#: States in which residents see a poll.
SHOWN = ("open", "closing", "closed", "published")
#: States with a board.
OPENED = ("open", "closing", "closed", "published", "cancelled")

#: Where an option may come from.
SOURCES = ("typed", "project", "proposal")


class NotAllowed(Exception):
    """A move the rules forbid. `reason` is a code for the pages; the text is for logs."""

    def __init__(self, reason: str, words: str = "") -> None:
        super().__init__(words or reason)
        self.reason = reason


class Poll(Base):
    """One poll.

    `code` is its public name, in addresses and on the board. `draft`: the rules as they are being written (the fields
    of models/poll_drafts.py); `manifest`: the same, canonical and frozen, with its hash. `seal_public`: the key to
    which ballots are sealed (hex); its private half is never here. `rehearsed`: the holders have proved that they can
    open a ballot sealed to it. `opened_by` and `approved_by` are two different officers. `round` counts checkpoints:
    the ballots that came in since belong to the next one. `unswept`: pages of the database may still hold what the
    last round removed.
    """

    __tablename__ = "polls"
    __table_args__ = (
        CheckConstraint(f"state IN {STATES!r}", name="state"),
        CheckConstraint(
            "state IN ('draft', 'cancelled') OR (opened_by IS NOT NULL AND approved_by IS NOT NULL AND "
            "opened_by <> approved_by)",
            name="two_officers",
        ),
        CheckConstraint("state IN ('draft', 'cancelled') OR manifest IS NOT NULL", name="manifest"),
        CheckConstraint("(manifest IS NULL) = (manifest_hash IS NULL)", name="manifest_hash"),
        CheckConstraint("state <> 'cancelled' OR reason <> ''", name="reason"),
        CheckConstraint("closes_at IS NULL OR opens_at IS NULL OR opens_at < closes_at", name="times"),
        Index("ix_polls_state", "state", "closes_at"),
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    code: Mapped[str] = mapped_column(String(32), unique=True)
    state: Mapped[str] = mapped_column(String(10), default="draft", server_default="draft")
    title: Mapped[str] = mapped_column(String(200))
    about: Mapped[str] = mapped_column(Text, default="", server_default="")
    draft: Mapped[dict[str, Any]] = mapped_column(default=dict)
    opens_at: Mapped[datetime | None]
    closes_at: Mapped[datetime | None]
    seal_public: Mapped[str | None] = mapped_column(String(64))
    rehearsal: Mapped[dict[str, Any]] = mapped_column(default=dict, server_default="{}")
    rehearsed: Mapped[bool] = mapped_column(default=False, server_default="0")
    manifest: Mapped[bytes | None] = mapped_column(LargeBinary)
    manifest_hash: Mapped[str | None] = mapped_column(String(64))
    frozen_at: Mapped[datetime | None]
    frozen_by: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    opened_by: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    approved_by: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    opened_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]
    published_at: Mapped[datetime | None]
    reason: Mapped[str] = mapped_column(Text, default="", server_default="")
    round: Mapped[int] = mapped_column(default=0, server_default="0")
    round_at: Mapped[datetime | None]
    unswept: Mapped[bool] = mapped_column(default=False, server_default="0")
    result: Mapped[dict[str, Any] | None]
    reminded: Mapped[bool] = mapped_column(default=False, server_default="0")
    created_at: Mapped[datetime]
    created_by: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))

    options: Mapped[list[PollOption]] = relationship(
        back_populates="poll", order_by="PollOption.position", cascade="all, delete-orphan"
    )

    @property
    def frozen(self) -> bool:
        """Whether the rules are fixed; a draft may still be thawed."""
        return self.manifest is not None

    def is_open(self, now: datetime) -> bool:
        """Whether a ballot may be cast now."""
        if self.state != "open" or self.opens_at is None or self.closes_at is None:
            return False
        return self.opens_at <= now < self.closes_at

    def move(self, state: str) -> None:
        """Change the state. Raises NotAllowed; whoever calls this writes the board and the audit."""
        if state not in MOVES[self.state]:
            raise NotAllowed("state", f"poll {self.code}: {self.state} → {state}")
        self.state = state


class PollOption(Base):
    """Something that may be chosen. `code` names it in ballots and results; `cost` is in satang (None: costs nothing
    that is counted). `source_id`: the project or proposal it was drafted from. `areas`: on whose ballots it stands
    (none: all). `picture`, `paper`: the SHA-256 of its picture and its TOR (hex); `file_id`: the picture."""

    __tablename__ = "poll_options"
    __table_args__ = (
        UniqueConstraint("poll_id", "position"),
        UniqueConstraint("poll_id", "code"),
        CheckConstraint("cost IS NULL OR cost > 0", name="cost"),
        CheckConstraint(f"source IN {SOURCES!r}", name="source"),
        CheckConstraint("(source = 'typed') = (source_id IS NULL)", name="source_id"),
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    poll_id: Mapped[int] = mapped_column(ForeignKey("polls.id"))
    position: Mapped[int]
    code: Mapped[str] = mapped_column(String(16))
    title: Mapped[str] = mapped_column(String(200))
    detail: Mapped[str] = mapped_column(Text, default="", server_default="")
    cost: Mapped[int | None] = mapped_column(Key)
    areas: Mapped[list[Any]] = mapped_column(default=list, server_default="[]")
    title_en: Mapped[str] = mapped_column(String(200), default="", server_default="")
    paper: Mapped[str] = mapped_column(String(64), default="", server_default="")
    source: Mapped[str] = mapped_column(String(10), default="typed", server_default="typed")
    source_id: Mapped[int | None] = mapped_column(Key)
    picture: Mapped[str] = mapped_column(String(64), default="", server_default="")
    file_id: Mapped[int | None] = mapped_column(Key)

    poll: Mapped[Poll] = relationship(back_populates="options")


def new_code() -> str:
    """A public, unguessable name for a poll: sixteen hexadecimal digits."""
    return secrets.token_hex(8)


def poll_of(session: Session, code: str) -> Poll | None:
    """The poll of this public name."""
    return session.scalar(select(Poll).where(Poll.code == code))


def locked(session: Session, poll_id: int) -> Poll:
    """The poll, with nobody voting or changing it until the transaction ends. Raises LookupError."""
    hold_poll(session, poll_id)
    found = session.get(Poll, poll_id, with_for_update=True, populate_existing=True)
    if found is None:
        raise LookupError(f"there is no poll {poll_id}")
    return found


def shown(session: Session, *states: str) -> Sequence[Poll]:
    """Polls in these states (all that residents see, when none is named), those that close first in front."""
    wanted = states or SHOWN
    return session.scalars(select(Poll).where(Poll.state.in_(wanted)).order_by(Poll.closes_at, Poll.id)).all()
