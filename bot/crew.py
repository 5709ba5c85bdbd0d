"""A crew: some threads that do what is due in the database, as soon as it is due. The outbox and the photos each have
one.

One thread looks what is due and hands it to the others; they are never more than there is room for, so that what is
claimed is also begun. Nothing is ever waited for with a database transaction open: that is the jobs' own rule.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from sqlalchemy.exc import DBAPIError

log = logging.getLogger(__name__)

#: Seconds after which a crew looks by itself, whoever forgot to kick it.
LOOK_EVERY = 1.0
#: Seconds between two lines in the log about a database that is away.
COMPLAIN_EVERY = 30.0

Job = Callable[[], object]
T = TypeVar("T")


class Crew:
    """`claim(n)` claims at most n jobs that are due now; `until_due()` is the seconds until the next one, None for
    never.

    `rounds` are other duties: seconds between two of them, and the duty, done in a thread beside the jobs. Make and
    start a crew after a fork.
    """

    def __init__(
        self,
        name: str,
        threads: int,
        claim: Callable[[int], Sequence[Job]],
        until_due: Callable[[], float | None],
        rounds: Sequence[tuple[float, Job]] = (),
    ) -> None:
        self._name, self._threads, self._claim, self._until_due = name, threads, claim, until_due
        self._rounds, self._done_at = rounds, dict.fromkeys(range(len(rounds)), float("-inf"))
        self._rung = threading.Event()
        self._stopping = False
        self._complained_at = float("-inf")
        self._free = threads
        self._count = threading.Lock()
        self._lookout: threading.Thread | None = None
        self._pool: ThreadPoolExecutor | None = None

    def start(self) -> None:
        """Begin."""
        self._stopping = False
        self._pool = ThreadPoolExecutor(self._threads + 1, thread_name_prefix=self._name)
        self._lookout = threading.Thread(target=self._run, name=self._name, daemon=True)
        self._lookout.start()

    def stop(self) -> None:
        """Claim nothing more, finish the jobs under way, and return."""
        self._stopping = True
        self.kick()
        if self._lookout is not None:
            self._lookout.join()
        if self._pool is not None:
            self._pool.shutdown(wait=True)
        self._lookout = self._pool = None

    def kick(self) -> None:
        """Something has been committed: look now. Cheap; any thread may call it."""
        self._rung.set()

    def _run(self) -> None:
        while not self._stopping:
            self._make_rounds()
            if not self._look():
                self._rung.wait(self._pause())
                self._rung.clear()

    def _make_rounds(self) -> None:
        now = time.monotonic()
        for number, (seconds, duty) in enumerate(self._rounds):
            if now - self._done_at[number] >= seconds:
                self._done_at[number] = now
                self._hand_over(duty)

    def _look(self) -> bool:
        """Hand out what is due to free threads. True when there may be more."""
        jobs = self._safely(lambda: self._claim(self._free)) if self._free else None
        for job in jobs or ():
            self._change_free(-1)
            self._hand_over(job, counted=True)
        return bool(jobs)

    def _hand_over(self, job: Job, *, counted: bool = False) -> None:
        def work() -> None:
            self._safely(job)
            if counted:
                self._change_free(1)
            self.kick()

        if self._pool is not None:
            self._pool.submit(work)

    def _pause(self) -> float:
        due = self._safely(self._until_due)
        return LOOK_EVERY if due is None else max(0.0, min(LOOK_EVERY, due))

    def _safely(self, work: Callable[[], T]) -> T | None:
        """Do it; whatever goes wrong is logged, and the crew lives on."""
        try:
            return work()
        except DBAPIError as error:
            self._complain(error)
        except Exception:
            log.exception("%s stumbled", self._name)
        return None

    def _complain(self, error: DBAPIError) -> None:
        """Name the fault, once in a while: a database that is away for a night must not fill the disk."""
        now = time.monotonic()
        if now - self._complained_at >= COMPLAIN_EVERY:
            self._complained_at = now
            log.warning("%s cannot reach the database: %s", self._name, type(error.orig).__name__)

    def _change_free(self, by: int) -> None:
        with self._count:
            self._free += by
