"""Links to the ballot page: made in the chat for one person and poll, used once, within a quarter of an hour.

A link's token is stored hashed. Opening the page only looks (`peek`: LINE shows previews of links); pressing its button
enters (`enter`): the link is used up, and a page token takes its place, the value of a cookie, with which the ballot is
sent. Both say which voter it is, nothing else. Where LIFF is configured the page brings an ID token instead, and
`enter_as` gives the page token at once.
"""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import CheckConstraint, ForeignKey, LargeBinary, String, delete, or_, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from models.base import Base

#: How long a link from the chat opens the page, and how long the page takes a ballot: old eyes read slowly.
LINK_LIVES, PAGE_LIVES = timedelta(minutes=15), timedelta(minutes=45)

PURPOSES = ("link", "page")


class BallotLink(Base):
    """A token that opens the ballot of one poll for one voter. `purpose`: link (from the chat) or page (a cookie)."""

    __tablename__ = "ballot_links"
    __table_args__ = (
        CheckConstraint(f"purpose IN {PURPOSES!r}", name="purpose"),
        {"sqlite_with_rowid": False},
    )

    token_hash: Mapped[bytes] = mapped_column(LargeBinary(32), primary_key=True)
    purpose: Mapped[str] = mapped_column(String(4))
    poll_id: Mapped[int] = mapped_column(ForeignKey("polls.id"), index=True)
    voter_id: Mapped[int] = mapped_column(ForeignKey("voters.id"), index=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    expires_at: Mapped[datetime] = mapped_column(index=True)


@dataclass(frozen=True)
class Entry:
    """Whom a token lets in: to which poll, as which voter, and which LINE user asked for it."""

    poll_id: int
    voter_id: int
    person_id: int


def make(session: Session, poll_id: int, voter_id: int, person_id: int, now: datetime) -> str:
    """A fresh link token for this voter and poll; older links of the same two open nothing any more."""
    session.execute(
        delete(BallotLink).where(
            BallotLink.poll_id == poll_id, BallotLink.voter_id == voter_id, BallotLink.purpose == "link"
        )
    )
    return _token(session, "link", Entry(poll_id, voter_id, person_id), now + LINK_LIVES)


def address(base: str, token: str, liff: str = "") -> str:
    """Where a link token opens the ballot page (web/ballot.py). `base`: the house's PUBLIC_URL; `liff`: the LIFF_ID,
    where one is configured, whose endpoint is `<base>/vote/liff`; LINE then opens the page inside the chat."""
    return f"https://liff.line.me/{liff}/{token}" if liff else f"{base}/vote/{token}"


def peek(session: Session, token: str, now: datetime) -> Entry | None:
    """Whom this link would let in; it stays unused."""
    return _entry(session, token, "link", now)


def enter(session: Session, token: str, now: datetime) -> tuple[str, Entry] | None:
    """Use the link up: a page token (for a cookie) and whom it lets in. None: unknown, used or too old."""
    entry = _entry(session, token, "link", now, lock=True)
    if entry is None:
        return None
    session.execute(delete(BallotLink).where(BallotLink.token_hash == hashed(token)))
    return enter_as(session, entry, now), entry


def enter_as(session: Session, entry: Entry, now: datetime) -> str:
    """A page token for somebody whose LINE identity has been checked otherwise (LIFF's ID token)."""
    return _token(session, "page", entry, now + PAGE_LIVES)


def inside(session: Session, token: str, now: datetime) -> Entry | None:
    """Whom this page token has let in; it serves until its time is over, so that a ballot may be changed."""
    return _entry(session, token, "page", now)


def leave(session: Session, token: str) -> None:
    """The page token opens nothing any more."""
    session.execute(delete(BallotLink).where(BallotLink.token_hash == hashed(token)))


def shut(session: Session, voter_id: int, person_id: int) -> None:
    """No link and no page that was open for this voter, or for this LINE user, opens anything any more."""
    session.execute(delete(BallotLink).where(or_(BallotLink.voter_id == voter_id, BallotLink.person_id == person_id)))


def sweep(session: Session, now: datetime) -> None:
    """Remove what has expired."""
    session.execute(delete(BallotLink).where(BallotLink.expires_at < now))


def hashed(token: str) -> bytes:
    """Under which a token is kept. It carries 256 random bits: a plain hash is enough."""
    return hashlib.sha256(token.encode()).digest()


def _token(session: Session, purpose: str, entry: Entry, until: datetime) -> str:
    token = secrets.token_urlsafe(32)
    session.add(
        BallotLink(
            token_hash=hashed(token),
            purpose=purpose,
            poll_id=entry.poll_id,
            voter_id=entry.voter_id,
            person_id=entry.person_id,
            expires_at=until,
        )
    )
    session.flush()
    return token


def _entry(session: Session, token: str, purpose: str, now: datetime, *, lock: bool = False) -> Entry | None:
    found = select(BallotLink).where(BallotLink.token_hash == hashed(token), BallotLink.purpose == purpose)
    row = session.scalar(found.with_for_update() if lock else found)
    if row is None or row.expires_at <= now:
        return None
    return Entry(row.poll_id, row.voter_id, row.person_id)
