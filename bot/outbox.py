"""The outbox: letters leave as soon as they are committed. Several chats at a time, one letter after another in each.

`enqueue`, `supersede`, `held_for` and `ride` (models/post.py) put letters in; the rules of sending are
bot/postman.py's.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from bot.errands import Errand
from bot.leases import my_name
from bot.postman import Clock, Postman
from bot.quota import read_quota
from models.database import Database
from models.fates import drop_stale, release
from models.post import enqueue, held_for, ride, supersede, undelivered

if TYPE_CHECKING:
    from bot.line import Line

__all__ = ["Outbox", "enqueue", "held_for", "ride", "supersede", "undelivered"]

log = logging.getLogger(__name__)

#: Seconds after which the outbox looks by itself, whoever forgot to kick it.
LOOK_EVERY = 1.0
#: Seconds between two rounds for letters whose sender died.
RECOVER_EVERY = 5.0
#: Seconds between two rounds for kept letters and the quota.
TIDY_EVERY = 60.0


def _utc_now() -> datetime:
    return datetime.now(UTC)


class Outbox:
    """Sends the letters of one database to one LINE channel, from threads of this process. Make it after a fork.

    Any number of outboxes, in any number of processes, may share a PostgreSQL database; on SQLite its gate orders them.
    `clock` tells the time (aware). `threads`: how many chats are served at once.
    """

    def __init__(self, database: Database, line: Line, *, clock: Clock = _utc_now, threads: int = 4) -> None:
        self.postman = Postman(database, line, clock, my_name())
        self._database, self._line, self._clock, self._threads = database, line, clock, threads
        self._rung = threading.Event()
        self._stopping = False
        self._free = threads
        self._count = threading.Lock()
        self._dispatcher: threading.Thread | None = None
        self._pool: ThreadPoolExecutor | None = None
        self._rounds: dict[Callable[[], object], float] = {}

    def start(self) -> None:
        """Begin to send. Letters that a dead process of this machine left behind are taken over at once."""
        self._stopping = False
        self._pool = ThreadPoolExecutor(self._threads + 1, thread_name_prefix="outbox")
        self._dispatcher = threading.Thread(target=self._run, name="outbox", daemon=True)
        self._dispatcher.start()

    def stop(self) -> None:
        """Claim nothing more, finish the calls under way (some seconds at most), and return."""
        self._stopping = True
        self.kick()
        if self._dispatcher is not None:
            self._dispatcher.join()
        if self._pool is not None:
            self._pool.shutdown(wait=True)
        self._dispatcher = self._pool = None

    def kick(self) -> None:
        """Something has been committed: look now. Cheap; any thread may call it."""
        self._rung.set()

    def send_due(self) -> int:
        """Send all that is due, in the calling thread; returns how many calls were made. For tests and tools."""
        self.postman.recover()
        sent = 0
        while errands := self.postman.claim(self._threads):
            for errand in errands:
                self.postman.carry(errand)
            sent += len(errands)
        return sent

    def tidy(self) -> None:
        """The rounds of once a minute: read the quota, let kept pushes go that fit again, drop what is out of date."""
        now = self._clock()
        read_quota(self._database, self._line, now)
        with self._database.begin() as session:
            release(session, now)
            drop_stale(session, now)

    def _run(self) -> None:
        while not self._stopping:
            if not self._safely(self._dispatch):
                self._rung.wait(self._until_due())
                self._rung.clear()

    def _dispatch(self) -> bool:
        """Hand out what is due to free threads. True when there may be more."""
        self._every(RECOVER_EVERY, self.postman.recover)
        self._every(TIDY_EVERY, self._tidy_aside)
        due = self.postman.next_due()
        if not self._free or due is None or due > self._clock():
            return False
        errands = self.postman.claim(self._free)
        for errand in errands:
            self._change_free(-1)
            self._submit(self._carry, errand)
        return bool(errands)

    def _carry(self, errand: Errand) -> None:
        try:
            self.postman.carry(errand)
        except Exception:  # its lease will run out, and its outcome is in doubt
            log.exception("the outcome of letter %s could not be noted", errand.letter_id)
        finally:
            self._change_free(1)
            self.kick()

    def _every(self, seconds: float, work: Callable[[], object]) -> None:
        now = time.monotonic()
        if self._rounds.get(work, 0.0) <= now:
            self._rounds[work] = now + seconds
            work()

    def _tidy_aside(self) -> None:
        self._submit(lambda: self._safely(self.tidy))

    def _safely(self, work: Callable[[], bool | None]) -> bool:
        """Do a round of work; whatever goes wrong is logged, and the outbox lives on."""
        try:
            return bool(work())
        except DBAPIError as error:
            log.warning("the outbox cannot reach the database: %s", error)
        except Exception:
            log.exception("the outbox stumbled")
        return False

    def _submit(self, work: Callable[..., object], *args: Errand) -> None:
        if self._pool is not None:
            self._pool.submit(work, *args)

    def _change_free(self, by: int) -> None:
        with self._count:
            self._free += by

    def _until_due(self) -> float:
        """Seconds until the next letter is due, at most LOOK_EVERY."""
        now = self._clock()
        try:
            due = self.postman.next_due(after=now)
        except SQLAlchemyError:
            return LOOK_EVERY
        return LOOK_EVERY if due is None else min(LOOK_EVERY, (due - now).total_seconds())
