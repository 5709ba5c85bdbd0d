"""History as a queue: lines nobody has been told about, taken up some at a time, each marked in the transaction that
stores its letters, so that it is told exactly once. What the letters are, say bot/news.py, bot/proposal_news.py and
bot/project_news.py.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Select
from sqlalchemy.orm import Session

from handlers.town import Town, load_town
from models.database import Database


class Queue(ABC):
    """The untold lines of one kind of history in one database."""

    def __init__(self, database: Database, public_url: str, key: str, clock: Callable[[], datetime]) -> None:
        """`clock` tells the time; `public_url` and `key` come from the settings."""
        self._database, self._public_url, self._key, self._clock = database, public_url, key, clock

    @abstractmethod
    def untold(self, now: datetime) -> Select[Any]:
        """The next lines that may be told now (rows with `told_at`), in order."""

    @abstractmethod
    def write(self, session: Session, town: Town, lines: Sequence[Any], now: datetime) -> Iterable[Any]:
        """Store the letters of these lines; gives those that are told by it. The others are asked about again."""

    def tell(self) -> int:
        """Write the letters of all untold lines; returns how many lines were told."""
        told = 0
        while count := self._tell_some():
            told += count
        return told

    def _tell_some(self) -> int:
        now = self._clock()
        untold = self.untold(now)
        with self._database.read() as session:
            if session.scalar(untold.limit(1)) is None:
                return 0
        with self._database.begin() as session:
            lines = session.scalars(untold.with_for_update(skip_locked=True)).all()
            town = load_town(session, self._public_url, self._key)
            count = 0
            for line in self.write(session, town, lines, now):
                line.told_at = now
                count += 1
            return count
