"""Who is signed in to the console: sessions, one-use tokens, second factors, and attempts that are counted.

Whatever opens a door (a session's cookie, a link's token, a recovery code) is stored hashed only. Tokens carry 256
random bits, so a plain SHA-256 is enough; what people type is short and therefore keyed with the house's secret.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, delete, func, select
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship

from models.base import Base, Key
from models.staff import Staff

#: A session ends after so long without a request, and after so long in any case (a working day).
IDLE = timedelta(hours=8)
ABSOLUTE = timedelta(hours=12)
#: How long the link from the chat may be used.
LINK_LIVES = timedelta(minutes=5)
#: `seen_at` is written at most so often, so that reading a page is mostly only reading.
SEEN_EVERY = timedelta(minutes=1)

#: How long it is kept from where somebody was signed in (พ.ร.บ.คอมพิวเตอร์ 2550 ม.26: ninety days at least); tokens and
#: counted tries are of no use after a day.
KEEP_SESSIONS, KEEP_REST = timedelta(days=90), timedelta(days=1)

FACTORS = ("totp", "passkey", "recovery")


class WebSession(Base):
    """One browser signed in as one member of staff. `strong_at`: when the second factor was shown."""

    __tablename__ = "web_sessions"

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id"), index=True)
    way: Mapped[str] = mapped_column(String(10))
    created_at: Mapped[datetime]
    seen_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    strong_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    agent: Mapped[str] = mapped_column(String(300), default="", server_default="")
    address: Mapped[str] = mapped_column(String(64), default="", server_default="")

    staff: Mapped[Staff] = relationship()

    def lives(self, now: datetime) -> bool:
        """Whether it still opens the door."""
        return self.ended_at is None and now < self.expires_at and now < self.seen_at + IDLE


class OneUse(Base):
    """A token that works once, for one purpose: `link` (from the chat), `passkey` (a challenge).

    `code_hash` is a second, short way to say the same token: what is typed at another computer.
    """

    __tablename__ = "web_tokens"
    __table_args__ = (CheckConstraint("purpose IN ('link', 'passkey')", name="purpose"),)

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    purpose: Mapped[str] = mapped_column(String(10))
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    code_hash: Mapped[str | None] = mapped_column(String(64), index=True)
    staff_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    data: Mapped[dict[str, Any]] = mapped_column(default=dict)
    expires_at: Mapped[datetime] = mapped_column(index=True)
    used_at: Mapped[datetime | None]

    staff: Mapped[Staff | None] = relationship()


class Factor(Base):
    """A second factor: an authenticator's secret (`secret` is encrypted by the console), a passkey's public key, or the
    hash of a recovery code. `counter`: the last time step or signature count seen, which must grow."""

    __tablename__ = "second_factors"
    __table_args__ = (
        CheckConstraint(f"kind IN {FACTORS!r}", name="kind"),
        Index("ix_second_factors_staff", "staff_id", "kind"),
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id"))
    kind: Mapped[str] = mapped_column(String(10))
    label: Mapped[str] = mapped_column(String(80), default="", server_default="")
    credential: Mapped[str | None] = mapped_column(String(1400), unique=True)
    secret: Mapped[str] = mapped_column(Text)
    counter: Mapped[int] = mapped_column(Key, default=0, server_default="0")
    created_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


class Attempt(Base):
    """A try that failed, under a key (an address, a session): too many and the door stays shut for a while."""

    __tablename__ = "web_attempts"
    __table_args__ = (Index("ix_web_attempts_key", "key", "at"),)

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    key: Mapped[str] = mapped_column(String(80))
    at: Mapped[datetime]


def hashed(token: str) -> str:
    """The hash under which a long random token is stored."""
    return hashlib.sha256(token.encode()).hexdigest()


def keyed(key: str, purpose: str, typed: str) -> str:
    """The hash of something short that people type; without the house's `key` it cannot be guessed offline."""
    return hmac.new(key.encode(), f"{purpose}:{typed}".encode(), hashlib.sha256).hexdigest()


# -- sessions ----------------------------------------------------------------------------------------------------------


def sign_in(session: Session, staff: Staff, way: str, now: datetime, *, agent: str = "", address: str = "") -> str:
    """Begin a session; the returned token is the cookie's value and is stored nowhere."""
    token = secrets.token_urlsafe(32)
    session.add(
        WebSession(
            token_hash=hashed(token),
            staff=staff,
            way=way,
            created_at=now,
            seen_at=now,
            expires_at=now + ABSOLUTE,
            strong_at=now if way == "passkey" else None,
            agent=agent[:300],
            address=address[:64],
        )
    )
    session.flush()
    return token


def session_of(session: Session, token: str, now: datetime) -> WebSession | None:
    """The living session of this cookie, if its owner still belongs to the staff."""
    found = session.scalar(select(WebSession).where(WebSession.token_hash == hashed(token)))
    return found if found is not None and found.lives(now) and found.staff.active else None


def rotate(found: WebSession) -> str:
    """A new token for the same session, after what it may do has changed; the old one opens nothing any more."""
    token = secrets.token_urlsafe(32)
    found.token_hash = hashed(token)
    return token


def living(session: Session, staff_id: int, now: datetime) -> Sequence[WebSession]:
    """The open sessions of one member of staff, the newest first."""
    found = session.scalars(
        select(WebSession)
        .where(WebSession.staff_id == staff_id, WebSession.ended_at.is_(None), WebSession.expires_at > now)
        .order_by(WebSession.seen_at.desc(), WebSession.id.desc())
    )
    return [row for row in found if row.lives(now)]


def end_all(session: Session, staff_id: int, now: datetime, *, but: int | None = None) -> int:
    """End the sessions of a member of staff, except session number `but`; how many there were."""
    ended = [row for row in living(session, staff_id, now) if row.id != but]
    for row in ended:
        row.ended_at = now
    return len(ended)


# -- one-use tokens ----------------------------------------------------------------------------------------------------


def make_link(session: Session, staff: Staff, key: str, now: datetime) -> tuple[str, str]:
    """A one-use (token, eight-digit code) with which this member of staff signs in within five minutes.

    A new one makes the older ones useless.
    """
    older = select(OneUse).where(OneUse.staff_id == staff.id, OneUse.purpose == "link", OneUse.used_at.is_(None))
    for row in session.scalars(older):
        row.used_at = now
    token, code = secrets.token_urlsafe(32), f"{secrets.randbelow(10**8):08d}"
    session.add(
        OneUse(
            purpose="link",
            token_hash=hashed(token),
            code_hash=keyed(key, "link", code),
            staff=staff,
            expires_at=now + LINK_LIVES,
        )
    )
    session.flush()
    return token, code


def make_token(session: Session, purpose: str, data: dict[str, Any], now: datetime) -> str:
    """A one-use token of five minutes that carries `data`."""
    token = secrets.token_urlsafe(32)
    session.add(OneUse(purpose=purpose, token_hash=hashed(token), data=data, expires_at=now + LINK_LIVES))
    session.flush()
    return token


def use_token(session: Session, purpose: str, token: str, now: datetime) -> OneUse | None:
    """Use the token, once. None: unknown, used, expired, or of another purpose; which one is nobody's business."""
    return _use(session, OneUse.token_hash == hashed(token), purpose, now)


def use_code(session: Session, key: str, code: str, now: datetime) -> OneUse | None:
    """Use the typed code of a link, once."""
    return _use(session, OneUse.code_hash == keyed(key, "link", code), "link", now)


def _use(session: Session, which: Any, purpose: str, now: datetime) -> OneUse | None:
    found = session.scalar(
        select(OneUse)
        .where(which, OneUse.purpose == purpose, OneUse.used_at.is_(None), OneUse.expires_at > now)
        .with_for_update()
    )
    if found is None or (found.staff is not None and not found.staff.active):
        return None
    found.used_at = now
    return found


# -- attempts ----------------------------------------------------------------------------------------------------------


def failed(session: Session, key: str, now: datetime) -> None:
    """Count a failed try under this key."""
    session.add(Attempt(key=key[:80], at=now))
    session.flush()


def failures(session: Session, key: str, now: datetime, within: timedelta) -> int:
    """How many tries under this key failed within so long."""
    counted = select(func.count()).select_from(Attempt).where(Attempt.key == key[:80], Attempt.at > now - within)
    return session.scalar(counted) or 0


# -- second factors ----------------------------------------------------------------------------------------------------


def factors(session: Session, staff_id: int, *kinds: str) -> Sequence[Factor]:
    """The second factors of a member of staff, of these kinds (by default: those that are no recovery code)."""
    wanted = kinds or ("totp", "passkey")
    return session.scalars(
        select(Factor).where(Factor.staff_id == staff_id, Factor.kind.in_(wanted)).order_by(Factor.id)
    ).all()


def new_recovery_codes(session: Session, staff_id: int, key: str, now: datetime, count: int = 8) -> list[str]:
    """Fresh recovery codes (“k7mq-2wxe”), told once; older ones stop working."""
    session.execute(delete(Factor).where(Factor.staff_id == staff_id, Factor.kind == "recovery"))
    letters = "abcdefghjkmnpqrstuvwxyz23456789"
    drawn = ["".join(secrets.choice(letters) for _ in range(8)) for _ in range(count)]
    for code in drawn:
        sealed = keyed(key, f"recovery:{staff_id}", code)
        session.add(Factor(staff_id=staff_id, kind="recovery", secret=sealed, created_at=now))
    session.flush()
    return [f"{code[:4]}-{code[4:]}" for code in drawn]


def use_recovery_code(session: Session, staff_id: int, key: str, typed: str, now: datetime) -> bool:
    """Use a recovery code, once. Spaces, hyphens and capitals do not matter."""
    plain = "".join(typed.split()).replace("-", "").lower()
    found = session.scalar(
        select(Factor)
        .where(
            Factor.staff_id == staff_id,
            Factor.kind == "recovery",
            Factor.used_at.is_(None),
            Factor.secret == keyed(key, f"recovery:{staff_id}", plain),
        )
        .with_for_update()
    )
    if found is None:
        return False
    found.used_at = now
    return True


def forget_factors(session: Session, staff_id: int) -> int:
    """Remove all second factors (somebody lost telephone and recovery codes); how many there were."""
    gone = session.scalars(select(Factor).where(Factor.staff_id == staff_id)).all()
    for row in gone:
        session.delete(row)
    session.flush()
    return len(gone)


def sweep(session: Session, now: datetime) -> None:
    """Forget sessions, tokens and counted tries that are of no use any more."""
    session.execute(delete(WebSession).where(WebSession.created_at < now - KEEP_SESSIONS))
    session.execute(delete(OneUse).where(OneUse.expires_at < now - KEEP_REST))
    session.execute(delete(Attempt).where(Attempt.at < now - KEEP_REST))
