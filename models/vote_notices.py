"""What people are to hear in LINE about their right to vote: a queue, as history is for cases (bot/news_votes.py).

Never what anybody chose. That somebody has voted is on the roll anyway.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, select, text
from sqlalchemy.orm import Mapped, Session, mapped_column

from models.base import Base, Key

#: replaced: a ballot was replaced by a newer one. moved: another account has taken the place on the roll.
#: taken_back: a paper ballot was handed out, so the online one does not count.
WHATS = ("replaced", "moved", "taken_back")


class VoteNotice(Base):
    """Something one person is to be told about one poll."""

    __tablename__ = "vote_notices"
    __table_args__ = (
        CheckConstraint(f"what IN {WHATS!r}", name="what"),
        Index(
            "ix_vote_notices_untold",
            "id",
            sqlite_where=text("told_at IS NULL"),
            postgresql_where=text("told_at IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    poll_id: Mapped[int] = mapped_column(ForeignKey("polls.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    what: Mapped[str] = mapped_column(String(10))
    at: Mapped[datetime]
    told_at: Mapped[datetime | None]


class PollReminder(Base):
    """Somebody who asked to be reminded of a poll (เตือนฉัน), before it opens or before it ends."""

    __tablename__ = "poll_reminders"

    poll_id: Mapped[int] = mapped_column(ForeignKey("polls.id"), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"), primary_key=True)
    opening_told: Mapped[bool] = mapped_column(default=False, server_default="0")


def note(session: Session, poll_id: int, person_id: int, what: str, now: datetime) -> None:
    """Let this person hear of it; not twice while the first is not told."""
    same = (VoteNotice.poll_id == poll_id, VoteNotice.person_id == person_id, VoteNotice.what == what)
    waiting = session.scalar(select(VoteNotice.id).where(*same, VoteNotice.told_at.is_(None)))
    if waiting is None:
        session.add(VoteNotice(poll_id=poll_id, person_id=person_id, what=what, at=now))


def remind(session: Session, poll_id: int, person_id: int) -> None:
    """Note that this person wants to be reminded."""
    if session.get(PollReminder, (poll_id, person_id)) is None:
        session.add(PollReminder(poll_id=poll_id, person_id=person_id))
        session.flush()
