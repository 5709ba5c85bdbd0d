"""API tokens: with which another system of the town (a sensor, a register, an app) speaks to ours.

A token is shown once, when it is made; only its SHA-256 is kept, which is enough because it holds 256 random bits. It
acts for one member of staff: it may do what they may (web/access.py), and of that only what its scopes name.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, String, func, select
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship

from models.base import Base, Key
from models.staff import Staff
from models.tickets import Ticket

#: What a token may be allowed. open311: file through Open311. cases.create: file through the API. cases.read: read
#: cases in full, not only what is public. cases.note: add notes and photos. cases.move: take, answer, pause, finish.
SCOPES = ("open311", "cases.create", "cases.read", "cases.note", "cases.move")
#: How every token begins, so that it is recognised where it should not be (in a mail, in a repository).
PREFIX = "ssk_"
#: Requests a minute, and cases opened within 24 hours, unless the token says otherwise.
PER_MINUTE, PER_DAY = 300, 500
#: How often "last used" is written down.
SEEN_EVERY = timedelta(hours=1)


class ApiToken(Base):
    """One token. `hint` are its first characters, by which people tell it from others; `hash` is the SHA-256 in hex.

    `staff` is for whom it acts. `per_minute` bounds its requests, `per_day` the cases it may open within 24 hours, so
    that a sensor gone mad does not bury the office. It works until `expires_at` or `revoked_at`, whichever comes first.
    """

    __tablename__ = "api_tokens"
    __table_args__ = (
        CheckConstraint("per_minute BETWEEN 1 AND 6000", name="per_minute"),
        CheckConstraint("per_day BETWEEN 1 AND 100000", name="per_day"),
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    name: Mapped[str] = mapped_column(String(80))
    hint: Mapped[str] = mapped_column(String(12))
    hash: Mapped[str] = mapped_column(String(64), unique=True)
    scopes: Mapped[list[Any]] = mapped_column(default=list)
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id"))
    per_minute: Mapped[int] = mapped_column(default=PER_MINUTE, server_default=str(PER_MINUTE))
    per_day: Mapped[int] = mapped_column(default=PER_DAY, server_default=str(PER_DAY))
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]

    staff: Mapped[Staff] = relationship()

    def works(self, now: datetime) -> bool:
        """Whether it opens anything: not revoked, not over, and whom it acts for still has access."""
        return self.revoked_at is None and now < self.expires_at and self.staff.active


class Origin(Base):
    """That a case was filed with a token. `external_id` is what the other system calls the matter (an alarm's number),
    "" where it has no name; `fingerprint` tells a request that was sent twice."""

    __tablename__ = "origins"

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    ticket_id: Mapped[int] = mapped_column(ForeignKey("tickets.id"), unique=True)
    token_id: Mapped[int] = mapped_column(ForeignKey("api_tokens.id"), index=True)
    external_id: Mapped[str] = mapped_column(String(80), default="", server_default="", index=True)
    fingerprint: Mapped[str] = mapped_column(String(64), default="", server_default="")
    created_at: Mapped[datetime] = mapped_column(index=True)

    ticket: Mapped[Ticket] = relationship()


def digest(token: str) -> str:
    """What is kept of a token."""
    return hashlib.sha256(token.encode()).hexdigest()


def make(
    session: Session,
    name: str,
    scopes: Sequence[str],
    staff: Staff,
    expires_at: datetime,
    now: datetime,
    *,
    per_minute: int = PER_MINUTE,
    per_day: int = PER_DAY,
) -> tuple[ApiToken, str]:
    """A new token's row, and the token itself, which nobody can show again. Raises ValueError for an unknown scope."""
    unknown = set(scopes) - set(SCOPES)
    if unknown or not scopes:
        raise ValueError(f"no such scope: {', '.join(sorted(unknown)) or 'none given'}")
    token = PREFIX + secrets.token_urlsafe(32)
    row = ApiToken(
        name=name,
        hint=token[: len(PREFIX) + 4],
        hash=digest(token),
        scopes=[scope for scope in SCOPES if scope in scopes],
        staff=staff,
        per_minute=per_minute,
        per_day=per_day,
        created_at=now,
        expires_at=expires_at,
    )
    session.add(row)
    session.flush()
    return row, token


def token_of(session: Session, token: str, now: datetime, *, lock: bool = False) -> ApiToken | None:
    """The row of a token that works now; None for all others. `lock`: one request of it at a time until the commit."""
    if not token.startswith(PREFIX) or len(token) > 80:
        return None
    found = select(ApiToken).where(ApiToken.hash == digest(token))
    row = session.scalar(found.with_for_update(of=ApiToken) if lock else found)
    return row if row is not None and row.works(now) else None


def opened_lately(session: Session, token_id: int, now: datetime) -> int:
    """How many cases it has opened within 24 hours."""
    lately = (Origin.token_id == token_id, Origin.created_at > now - timedelta(days=1))
    return session.scalar(select(func.count()).select_from(Origin).where(*lately)) or 0


def sent_before(session: Session, token_id: int, fingerprint: str, since: datetime) -> Ticket | None:
    """The case that the same request of this token has made since then."""
    found = (
        select(Origin)
        .where(Origin.token_id == token_id, Origin.fingerprint == fingerprint, Origin.created_at > since)
        .order_by(Origin.id.desc())
    )
    row = session.scalar(found.limit(1))
    return row.ticket if row is not None else None


def open_case(session: Session, token_id: int, external_id: str) -> Ticket | None:
    """The open case that this token calls by this name."""
    found = (
        select(Origin).where(Origin.token_id == token_id, Origin.external_id == external_id).order_by(Origin.id.desc())
    )
    row = session.scalar(found.limit(1))
    return row.ticket if row is not None and row.ticket.is_open else None
