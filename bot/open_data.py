"""What the worker does for the public site: the files of open data, and the versions of the privacy notice.

Files are built at night, and at once when something was taken back from the public (the site hands out no file from
before that). Only periods that have changed are written anew. The web process never builds anything.
"""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from messages.thai import local
from models import freshness, notices, storage
from models.database import Database
from models.open_files import OpenFile
from models.storage import Store
from models.town import DEFAULTS, Setting, setting
from web.privacy import notice_words
from web.public.datasets import DATASETS, Dataset
from web.public.writing import write
from web.words import speaking

log = logging.getLogger(__name__)

#: The hour (Bangkok) from which a night's files may be built.
NIGHT = 3
#: Languages in which the notice is kept.
LANGUAGES = ("th", "en")


class OpenData:
    """The open data of one database; any number of workers may run it, the last one's files stand."""

    def __init__(self, database: Database, store: Store, public_url: str, clock: Callable[[], datetime]) -> None:
        self._database, self._store, self._url, self._clock = database, store, public_url, clock
        self._built_at: datetime | None = None

    def work(self) -> int:
        """Keep the notice, and build what is due; returns how many files were written."""
        now = self._clock()
        self._keep_notices(now)
        if not self._due(now):
            return 0
        written = self.build(now)
        self._built_at = now
        return written

    def _due(self, now: datetime) -> bool:
        if self._built_at is None or self._built_at < _last_night(now):
            return True
        with self._database.read() as session:
            count = freshness.stamps(session)["withdrawn"]
            return session.scalar(select(OpenFile.id).where(OpenFile.withdrawn != count).limit(1)) is not None

    def build(self, now: datetime) -> int:
        """Write every period that has changed, and forget those that are no more."""
        written = 0
        for dataset in DATASETS.values():
            with self._database.read() as session:
                count = freshness.stamps(session)["withdrawn"]
                wanted = {period: self._mark(session, dataset, period) for period in dataset.periods(session)}
                known = {(row.period, row.format): row.mark for row in _files(session, dataset.name)}
            for period, mark in wanted.items():
                if any(known.get((period, form)) != mark for form in dataset.formats):
                    written += self._period(dataset, period, now)
            self._settle(dataset, wanted, count)
        return written

    def _mark(self, session: Session, dataset: Dataset, period: str) -> str:
        return hashlib.sha256(f"{dataset.mark(session, period)} {self._url}".encode()).hexdigest()

    def _period(self, dataset: Dataset, period: str, now: datetime) -> int:
        """All formats of one period, from one snapshot."""
        with self._database.read() as session:
            count, mark = freshness.stamps(session)["withdrawn"], self._mark(session, dataset, period)
            records = list(dataset.records(session, period, self._url))
            about = _about(session, dataset, period, self._url, now)
        made = []
        with storage.workshop(self._store) as room:
            for form in dataset.formats:
                path = Path(room, form)
                write(path, dataset, form, records, about)
                token = storage.new_token()
                size, digest = storage.measure(path)
                self._store.put(path, token)
                made.append(
                    OpenFile(
                        dataset=dataset.name,
                        period=period,
                        format=form,
                        token=token,
                        size=size,
                        rows=len(records),
                        sha256=digest,
                        mark=mark,
                        withdrawn=count,
                        made_at=now,
                    )
                )
        self._replace(dataset.name, period, made)
        return len(made)

    def _replace(self, dataset: str, period: str, made: list[OpenFile]) -> None:
        """Let these be the files of the period; the bytes of the old ones go after the commit."""
        with self._database.begin() as session:
            old = [row for row in _files(session, dataset) if row.period == period]
            for row in old:
                session.delete(row)
            session.flush()
            session.add_all(made)
        self._drop(old)

    def _settle(self, dataset: Dataset, wanted: dict[str, str], count: int) -> None:
        """Periods without anything public lose their files; those that were not touched by what was taken back may be
        handed out again."""
        with self._database.begin() as session:
            rows = _files(session, dataset.name)
            gone = [row for row in rows if row.period not in wanted]
            for row in gone:
                session.delete(row)
            for row in rows:
                if row not in gone and row.mark == wanted[row.period]:
                    row.withdrawn = count
        self._drop(gone)

    def _drop(self, rows: list[OpenFile]) -> None:
        for row in rows:
            try:
                self._store.remove(row.token)
            except OSError as error:
                log.warning("an old file of open data stays in the store: %s", type(error).__name__)

    def _keep_notices(self, now: datetime) -> None:
        with self._database.read() as session:
            settings = dict(DEFAULTS)
            rows = session.scalars(select(Setting))
            settings.update({row.name: row.value.get("value") for row in rows if row.name in DEFAULTS})
            said = {each: notice_words(session, speaking(each, settings, self._url)) for each in LANGUAGES}
            version = str(settings["privacy.version"])
            newest = {each: next(iter(notices.versions(session, each)), None) for each in LANGUAGES}
        if all(row is not None and (row.version, row.words) == (version, said[each]) for each, row in newest.items()):
            return
        with self._database.begin() as session:
            for each in LANGUAGES:
                notices.keep(session, each, version, said[each], now)


def _files(session: Session, dataset: str) -> list[OpenFile]:
    return list(session.scalars(select(OpenFile).where(OpenFile.dataset == dataset)))


def _about(session: Session, dataset: Dataset, period: str, url: str, now: datetime) -> dict[str, Any]:
    return {
        "dataset": dataset.name,
        "period": period,
        "publisher": setting(session, "town.name"),
        "license": setting(session, "public.licence"),
        "source": f"{url}/open-data/{dataset.name}",
        "made": now.isoformat(),
    }


def _last_night(now: datetime) -> datetime:
    here = local(now)
    night = here.replace(hour=NIGHT, minute=0, second=0, microsecond=0)
    return night if night <= here else night - timedelta(days=1)
