"""Findings: what a look at the house found, in Thai and in English, each with what to do about it.

`songsiang doctor` prints them; the worker keeps its last ones here, so that the console can show what only it may ask
(LINE), and what takes too long for a page.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, cast

from sqlalchemy import CheckConstraint, String, Text, delete, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from models.base import Base
from models.heartbeat import Heartbeat

Level = Literal["ok", "warn", "bad"]
#: The worker's hourly look (bot/checkup.py).
CHECKUP = "checkup"
LEVELS = ("ok", "warn", "bad")


@dataclass(frozen=True)
class Finding:
    """One thing looked at. `ok`: as it should be; `warn`: somebody should look; `bad`: something is broken."""

    level: Level
    name: str
    thai: str
    english: str


def ok(name: str, thai: str, english: str) -> Finding:
    """As it should be."""
    return Finding("ok", name, thai, english)


def warn(name: str, thai: str, english: str) -> Finding:
    """It works, but somebody should look."""
    return Finding("warn", name, thai, english)


def bad(name: str, thai: str, english: str) -> Finding:
    """Something is broken."""
    return Finding("bad", name, thai, english)


def worst(findings: Iterable[Finding]) -> Level:
    """The worst level among them; ok when there are none."""
    return cast("Level", LEVELS[max((LEVELS.index(each.level) for each in findings), default=0)])


class Kept(Base):
    """A finding of a worker's last look; `source` names the look: `checkup`, or `job:<what stumbled>`."""

    __tablename__ = "findings"
    __table_args__ = (CheckConstraint(f"level IN {LEVELS!r}", name="level"),)

    source: Mapped[str] = mapped_column(String(40), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    level: Mapped[str] = mapped_column(String(4))
    name: Mapped[str] = mapped_column(String(20))
    thai: Mapped[str] = mapped_column(Text)
    english: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime]

    @property
    def finding(self) -> Finding:
        """As it was found."""
        return Finding(cast("Level", self.level), self.name, self.thai, self.english)


def keep(session: Session, source: str, findings: Iterable[Finding], now: datetime) -> None:
    """What this look found stands instead of what it found before."""
    session.execute(delete(Kept).where(Kept.source == source))
    session.add_all(
        Kept(source=source, position=place, level=f.level, name=f.name, thai=f.thai, english=f.english, at=now)
        for place, f in enumerate(findings)
    )
    session.flush()


def kept(session: Session, source: str) -> list[Kept]:
    """What this look found last, in its order; empty when it never looked."""
    return list(session.scalars(select(Kept).where(Kept.source == source).order_by(Kept.position)))


def stumbles(session: Session, since: datetime) -> list[Kept]:
    """The jobs of the worker that failed since then, the latest first."""
    failed = select(Kept).where(Kept.source.startswith("job:"), Kept.at >= since)
    return list(session.scalars(failed.order_by(Kept.at.desc(), Kept.source)))


def ask_for_checkup(session: Session, now: datetime) -> None:
    """Somebody wants the worker to look now; it does within seconds."""
    session.merge(Heartbeat(name="checkup.asked", at=now))


def checkup_asked(session: Session) -> datetime | None:
    """When somebody last wanted a look."""
    return session.scalar(select(Heartbeat.at).where(Heartbeat.name == "checkup.asked"))
