"""News of projects: a day's steps become one letter to each follower, once, whatever the number of projects.

Steps wait for the end of the office's day, so that a busy day is one letter and not five. Letters of steps wait for the
follower's next message and ride on the free reply; only an end (finished, cancelled, postponed) may be pushed, within
its share of the month's quota (models/letters.py).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import Select, select
from sqlalchemy.orm import Session, joinedload

from bot.queue import Queue
from handlers.town import Town
from messages import projects as say
from messages.limits import check
from messages.thai import local
from models.people import Person
from models.plan import OUTSIDE, Project
from models.plan_rows import ProjectEntry, ProjectFollow
from models.post import enqueue

#: The hour (Bangkok) at which a day's steps are told: the office closes, people are home soon.
HOUR = 17
#: Steps taken up in one transaction: those of a whole day belong together.
BATCH = 500
#: Ends that may be pushed.
ENDS = frozenset({"done", "cancelled", "postponed"})


class ProjectNews(Queue):
    """Tells the news of one database's projects."""

    def untold(self, now: datetime) -> Select[ProjectEntry]:
        """Steps until the last end of an office day."""
        due = (ProjectEntry.told_at.is_(None), ProjectEntry.tell_after <= closing(now))
        return select(ProjectEntry).where(*due).order_by(ProjectEntry.id).limit(BATCH)

    def write(
        self, session: Session, town: Town, lines: Sequence[ProjectEntry], now: datetime
    ) -> Sequence[ProjectEntry]:
        """One letter to each follower for all these steps."""
        for person, told in _for_whom(session, lines):
            kind = "project_end" if any(entry.step in ENDS for entry in told) else "project_step"
            words = town.speaking(person.language).words
            enqueue(session, person.line_id or "", kind, say.news(words, told), now, check=check)
        return lines


def closing(now: datetime) -> datetime:
    """The last end of an office day: steps until then are told."""
    here = local(now)
    end = here.replace(hour=HOUR, minute=0, second=0, microsecond=0)
    return end if end <= here else end - timedelta(days=1)


def _for_whom(session: Session, entries: Sequence[ProjectEntry]) -> list[tuple[Person, list[ProjectEntry]]]:
    """Each follower who can be reached, with the last line of each project that is worth telling."""
    worth = {entry.project_id: entry for entry in entries if _worth_telling(session, entry)}
    if not worth:
        return []
    found = (
        select(ProjectFollow)
        .join(Person, Person.id == ProjectFollow.person_id)
        .where(ProjectFollow.project_id.in_(worth), Person.line_id.is_not(None), Person.blocked_at.is_(None))
        .order_by(ProjectFollow.person_id, ProjectFollow.id)
    )
    people: dict[int, list[ProjectEntry]] = {}
    for follow in session.scalars(found):
        if follow.since <= worth[follow.project_id].at:
            people.setdefault(follow.person_id, []).append(worth[follow.project_id])
    return [(session.get_one(Person, number), told) for number, told in people.items()]


def _worth_telling(session: Session, entry: ProjectEntry) -> bool:
    """A new step, new words or another percentage, of a project residents may see."""
    project = session.scalar(select(Project).where(Project.id == entry.project_id).options(joinedload(Project.plan)))
    if project is None or not entry.public or project.step in OUTSIDE or project.plan.published_at is None:
        return False
    return entry.what == "moved" or bool(entry.words) or "percent" in entry.data
