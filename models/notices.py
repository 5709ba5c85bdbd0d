"""Versions of the privacy notice as they were shown, so that anybody can read what held when (PDPA s.23)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import String, Text, UniqueConstraint, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from models.base import Base, Key


class Notice(Base):
    """One version: its label (the setting privacy.version), its language, its words, and from when it was shown."""

    __tablename__ = "notices"
    __table_args__ = (UniqueConstraint("language", "edition"),)

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    edition: Mapped[int]
    version: Mapped[str] = mapped_column(String(40))
    language: Mapped[str] = mapped_column(String(2))
    words: Mapped[str] = mapped_column(Text)
    since: Mapped[datetime]


def keep(session: Session, language: str, version: str, words: str, now: datetime) -> bool:
    """Keep these words as the newest version, unless they are; whether they were new."""
    last = session.scalar(
        select(Notice).where(Notice.language == language).order_by(Notice.edition.desc()).limit(1).with_for_update()
    )
    if last is not None and (last.version, last.words) == (version, words):
        return False
    edition = last.edition + 1 if last is not None else 1
    session.add(Notice(edition=edition, version=version, language=language, words=words, since=now))
    return True


def versions(session: Session, language: str) -> Sequence[Notice]:
    """All versions, the newest first."""
    return session.scalars(select(Notice).where(Notice.language == language).order_by(Notice.edition.desc())).all()
