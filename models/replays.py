"""Replays: what was answered to a request with an idempotency key, so that the same request again gets the same answer.

A key belongs to one token. The answer is stored in the transaction of what was done: both are there, or neither. After
RFC draft-ietf-httpapi-idempotency-key-header.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import ForeignKey, String, Text, UniqueConstraint, delete, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from models.base import Base, Key

#: How long an answer is kept.
KEEP = timedelta(days=7)


class Replay(Base):
    """One answer. `fingerprint` is the SHA-256 of method, path and body: the key with another request is a mistake."""

    __tablename__ = "replays"
    __table_args__ = (UniqueConstraint("token_id", "key"),)

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    token_id: Mapped[int] = mapped_column(ForeignKey("api_tokens.id"))
    key: Mapped[str] = mapped_column(String(255))
    fingerprint: Mapped[str] = mapped_column(String(64))
    status: Mapped[int]
    location: Mapped[str] = mapped_column(Text, default="", server_default="")
    body: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime] = mapped_column(index=True)


def replay_of(session: Session, token_id: int, key: str) -> Replay | None:
    """What was answered to this key."""
    return session.scalar(select(Replay).where(Replay.token_id == token_id, Replay.key == key))


def forget_old(session: Session, now: datetime) -> int:
    """Remove answers whose time is over. Returns how many."""
    return len(session.scalars(delete(Replay).where(Replay.at < now - KEEP).returning(Replay.id)).all())
