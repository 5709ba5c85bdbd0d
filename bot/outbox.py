"""The outbox: letters leave as soon as they are committed. Several chats at a time, one letter after another in each.

`enqueue`, `supersede`, `held_for` and `ride` (models/post.py) put letters in; the rules of sending are
bot/postman.py's.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from bot.crew import Crew, Job
from bot.leases import my_name
from bot.postman import Clock, Postman
from bot.quota import read_quota
from models.database import Database
from models.fates import blank_old, drop_stale, release
from models.post import Messages, enqueue, held_for, ride, supersede, undelivered

if TYPE_CHECKING:
    from bot.line import Line

__all__ = ["Outbox", "enqueue", "held_for", "ride", "supersede", "undelivered"]

#: Seconds between two rounds for letters whose sender died.
RECOVER_EVERY = 5.0
#: Seconds between two rounds for kept letters and the quota.
TIDY_EVERY = 60.0


class Outbox:
    """Sends the letters of one database to one LINE channel, from threads of this process. Make it after a fork.

    Any number of outboxes, in any number of processes, may share a PostgreSQL database; on SQLite its gate orders them.
    `clock` tells the time (aware). `threads`: how many chats are served at once.
    """

    def __init__(
        self,
        database: Database,
        line: Line,
        *,
        clock: Clock,
        threads: int = 4,
        open_boxes: Callable[[Messages], Messages] = list,
    ) -> None:
        self._database, self._line, self._clock, self._threads = database, line, clock, threads
        self._postman = Postman(database, line, clock, my_name(), open_boxes)
        rounds = ((RECOVER_EVERY, self._postman.recover), (TIDY_EVERY, self.tidy))
        self._crew = Crew("outbox", threads, self._claim, self._until_due, rounds)

    def start(self) -> None:
        """Begin to send. Letters that a dead process of this machine left behind are taken over at once."""
        self._crew.start()

    def stop(self) -> None:
        """Claim nothing more, finish the calls under way (some seconds at most), and return."""
        self._crew.stop()

    def kick(self) -> None:
        """Something has been committed: look now. Cheap; any thread may call it."""
        self._crew.kick()

    def send_due(self) -> int:
        """Send all that is due, in the calling thread; returns how many calls were made. For tests and tools."""
        self._postman.recover()
        sent = 0
        while errands := self._postman.claim(self._threads):
            for errand in errands:
                self._postman.carry(errand)
            sent += len(errands)
        return sent

    def tidy(self) -> None:
        """The rounds of once a minute: read the quota, let pushes go that fit again, drop and blank what is old."""
        now = self._clock()
        read_quota(self._database, self._line, now)
        with self._database.begin() as session:
            release(session, now)
            drop_stale(session, now)
            blank_old(session, now)

    def _claim(self, most: int) -> list[Job]:
        due = self._postman.next_due()
        if due is None or due > self._clock():
            return []
        return [partial(self._postman.carry, errand) for errand in self._postman.claim(most)]

    def _until_due(self) -> float | None:
        now = self._clock()
        due = self._postman.next_due(after=now)
        return None if due is None else (due - now).total_seconds()
