"""Trends, worked out once a night: what rises, where it happens again and again, which words are on people's lips.

Reading a year of cases and cutting their words takes seconds to a minute, so it is nothing for a page: the result is
kept (`models.statistics.Figures`) and the overview shows it. Texts are masked before they are looked at, sensitive
cases are left out, and nothing is told that fewer than three people have reported.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import asdict, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from messages.thai import local
from models.database import Database
from models.statistics import TRENDS, Figures
from models.tickets import Ticket
from nlp.pii import find, mask
from nlp.trends import BEFORE, FEWEST, RECENT, SPOT_DAYS, Report, keywords, rising, spots

#: The hour (Bangkok) from which a night's figures may be made.
NIGHT = 2
#: At most so many texts are cut into words: a minute's work.
TEXTS = 20_000
#: At most so many of each kind are kept: what a page shows.
MOST = 10

# What stands where personal data was covered is no word of anybody.
_COVERED = re.compile(r"\[[^\]]*\]")


class Trending:
    """The trends of one database; any number of workers may try, the result is the same."""

    def __init__(self, database: Database, clock: Callable[[], datetime]) -> None:
        self._database, self._clock = database, clock

    def due(self) -> bool:
        """Whether the kept figures are older than the last night, or there are none."""
        now = self._clock()
        with self._database.read() as session:
            made = session.scalar(select(Figures.made_at).where(Figures.name == TRENDS))
        return made is None or made < _last_night(now)

    def work(self) -> bool:
        """Work them out, if it is time; whether it was."""
        if not self.due():
            return False
        now = self._clock()
        with self._database.read() as session:
            reports = read_reports(session, now)
        data = figures(reports, now)
        with self._database.begin() as session:
            session.merge(Figures(name=TRENDS, made_at=now, data=data))
        return True


def _last_night(now: datetime) -> datetime:
    here = local(now)
    night = here.replace(hour=NIGHT, minute=0, second=0, microsecond=0)
    return night if night <= here else night - timedelta(days=1)


def read_reports(session: Session, now: datetime) -> list[Report]:
    """The last year's cases as far as trends go, the newest first; texts only as far back as words are compared."""
    spoken = now - timedelta(days=RECENT * (BEFORE + 1))
    columns = (Ticket.id, Ticket.category, Ticket.received_at, Ticket.reporter_id, Ticket.moo, Ticket.lat, Ticket.lon)
    wanted = (
        select(*columns, Ticket.text)
        .where(Ticket.received_at >= now - timedelta(days=SPOT_DAYS), Ticket.sensitive.is_(False))
        .where(Ticket.state != "withdrawn")
        .order_by(Ticket.received_at.desc())
    )
    found = []
    for count, (key, category, at, reporter, moo, lat, lon, text) in enumerate(session.execute(wanted)):
        heard = text if at >= spoken and count < TEXTS else ""
        who = f"person {reporter}" if reporter is not None else f"case {key}"
        found.append(Report(category, at, who, moo, lat, lon, _masked(heard)))
    return found


def _masked(text: str) -> str:
    return _COVERED.sub(" ", mask(text, find(text))) if text else ""


def figures(reports: list[Report], now: datetime) -> dict[str, Any]:
    """What rises, repeats and is spoken of, as JSON.

    Who reported at the counter is not known apart from others, so for words, which might name somebody, all of them
    count as one person.
    """
    unknown = [replace(r, reporter="somebody") if r.reporter.startswith("case") else r for r in reports]
    again = [spot for spot in spots(reports, now) if spot.people >= FEWEST]
    return {
        "rising": [asdict(rise) for rise in rising(reports, now)[:MOST]],
        "spots": [
            asdict(spot) | {"first": spot.first.isoformat(), "last": spot.last.isoformat()} for spot in again[:MOST]
        ],
        "keywords": [asdict(word) for word in keywords(unknown, now)[:MOST]],
    }
