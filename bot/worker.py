"""The worker: handles events, tells the news, sends letters, fetches files. Sleeps until it is woken.

`python -m bot.worker` is a process of its own; several may run side by side on PostgreSQL. Stopping (SIGTERM) finishes
what was begun; killing loses nothing (bot/inbox.py, bot/outbox.py).
"""

from __future__ import annotations

import logging
import signal
import sys
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime

from sqlalchemy.exc import SQLAlchemyError

from bot.announcing import Announcer
from bot.backup_nightly import Nightly
from bot.bucket import store_of
from bot.checkup import Checkup, note_stumble
from bot.chores import Chores
from bot.config import Settings
from bot.discretion import Discretion
from bot.hooks import Hooks
from bot.inbox import Inbox
from bot.line import Line
from bot.news import News
from bot.open_data import OpenData
from bot.outbox import Outbox
from bot.outside import Outside
from bot.photos import Photos
from bot.poll_rounds import PollRounds
from bot.project_news import ProjectNews
from bot.proposal_news import ProposalNews
from bot.rounds import Rounds
from bot.start import database_or_exit, settings_or_exit, start_logging
from bot.traffy import PATIENCE, Traffy
from bot.trending import Trending
from bot.wake import Sleeper
from models.database import Database
from models.heartbeat import beat
from models.key_room import KeyRoom
from nlp import Context, understand

log = logging.getLogger(__name__)

#: Nobody rings for what only time brings (a retry, a reminder): the worker looks by itself this often, in seconds.
LOOK_EVERY = 1.0
#: Seconds between rounds, between heartbeats, and between looks for what dead processes had claimed.
ROUNDS_EVERY, BEAT_EVERY, RECOVER_EVERY = 60.0, 10.0, 15.0
#: Seconds between two looks at polls: a checkpoint, a closing, a notice waits no longer.
POLLS_EVERY = 20.0
#: Seconds until a checkup that was asked for in the console is noticed.
ASKED_EVERY = 5.0


def utc_now() -> datetime:
    """The clock of the worker: the one place where it is read."""
    return datetime.now(UTC)


class Worker:
    """All that works behind the web process. Make it after a fork; `start` and `stop` it once."""

    def __init__(self, settings: Settings, database: Database, clock: Callable[[], datetime] = utc_now) -> None:
        line = Line(settings)
        town = (settings.public_url, settings.secret_key, clock)
        self._database, self._clock = database, clock
        keys = KeyRoom(settings.key_room)
        self.inbox = Inbox(database, *town, keys, settings.liff_id)
        self.news = News(database, *town)
        self.proposal_news = ProposalNews(database, *town)
        self.project_news = ProjectNews(database, *town)
        self.outbox = Outbox(database, line, clock=clock, open_boxes=Discretion(keys).sendable)
        outside = Outside(settings.internal)
        self.photos = Photos(database, line, store_of(settings), clock=clock, outside=outside)
        announcer = Announcer(database, clock)
        self.hooks = Hooks(database, outside, settings.secret_key, announcer.work, clock=clock)
        patient = Outside(settings.internal, whole=PATIENCE, read=PATIENCE)
        self.traffy = Traffy(settings, database, patient, clock)
        self.chores = Chores(database, line, clock)
        self.rounds = Rounds(database, *town)
        self.poll_rounds = PollRounds(database, *town, keys)
        self.checkup = Checkup(settings, database, line, clock)
        self.trending = Trending(database, clock)
        self.open_data = OpenData(database, store_of(settings), settings.public_url, clock)
        self.nightly = Nightly(settings, database, clock, self._told_to_stop)
        self._sleeper: Sleeper | None = None
        self._stopping = threading.Event()
        self._errand = threading.Event()
        self._last: dict[str, float] = {}
        self._threads: list[threading.Thread] = []

    def start(self) -> None:
        """Begin to work, in threads of this process."""
        understand(
            "พร้อม", Context(now=self._clock())
        )  # loads the lexicon and the model before the first resident waits
        self._sleeper = Sleeper(self._database)
        self.outbox.start()
        self.photos.start()
        self.hooks.start()
        self.traffy.start()
        for name, run in (("inbox", self._run), ("chores", self._run_chores), ("backup", self._run_backup)):
            thread = threading.Thread(target=run, name=name, daemon=True)
            thread.start()
            self._threads.append(thread)

    def stop(self) -> None:
        """Finish what was begun, and return."""
        self._stopping.set()
        self._errand.set()
        for thread in self._threads:
            thread.join()
        self.traffy.stop()
        self.hooks.stop()
        self.photos.stop()
        self.outbox.stop()
        if self._sleeper is not None:
            self._sleeper.close()

    def step(self) -> int:
        """Handle and tell all there is, in the calling thread; returns how many events and lines of news."""
        count = self.inbox.work()
        if count:
            # The answers leave while the news is still being written.
            self.outbox.kick()
        told = self.news.tell() + self.proposal_news.tell() + self.project_news.tell()
        if told:
            self.outbox.kick()
        if count:
            self.photos.kick()
            self._errand.set()
        return count + told

    def _run(self) -> None:
        while not self._stopping.is_set():
            try:
                self._every("recover", RECOVER_EVERY, self.inbox.claims.recover)
                self._every("beat", BEAT_EVERY, lambda: beat(self._database, "worker", self._clock()))
                self._every("asked", ASKED_EVERY, self._look_for_wishes)
                if not self.step() and self._sleeper is not None:
                    self._sleeper.wait(LOOK_EVERY)
            except SQLAlchemyError as error:
                log.warning("the worker cannot reach the database: %s", type(error).__name__)
                self._stopping.wait(LOOK_EVERY)
            except Exception as error:  # whatever one round trips over, the next one comes
                log.exception("the worker stumbled")
                note_stumble(self._database, "inbox", error, self._clock())
                self._stopping.wait(LOOK_EVERY)

    def _run_chores(self) -> None:
        while not self._stopping.is_set():
            try:
                self._every("rounds", ROUNDS_EVERY, self.rounds.work)
                self._every("polls", POLLS_EVERY, self.poll_rounds.work)
                self.chores.work()
                self.checkup.work()
                self.trending.work()
                self.open_data.work()
            except SQLAlchemyError as error:
                log.warning("the chores cannot reach the database: %s", type(error).__name__)
            except Exception as error:
                log.exception("the chores stumbled")
                note_stumble(self._database, "chores", error, self._clock())
            self._errand.wait(POLLS_EVERY)
            self._errand.clear()

    def _run_backup(self) -> None:
        """Apart from the chores, which must not wait for a large town to be copied."""
        while not self._stopping.is_set():
            try:
                self.nightly.work()
            except SQLAlchemyError as error:
                log.warning("the nightly backup cannot reach the database: %s", type(error).__name__)
            except Exception as error:  # what is wrong with a backup itself is kept already
                log.exception("the nightly backup stumbled")
                note_stumble(self._database, "backup", error, self._clock())
            self._stopping.wait(ROUNDS_EVERY)

    def _told_to_stop(self) -> bool:
        return self._stopping.is_set()

    def _look_for_wishes(self) -> None:
        if self.checkup.due():
            self._errand.set()

    def _every(self, name: str, seconds: float, work: Callable[[], object]) -> None:
        now = time.monotonic()
        if self._last.get(name, -seconds) + seconds <= now:
            self._last[name] = now
            work()


def main() -> int:
    """Work until told to stop."""
    start_logging()
    settings = settings_or_exit()
    database = database_or_exit(settings)
    worker = Worker(settings, database)
    asked = threading.Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, lambda *_: asked.set())
    worker.start()
    log.info("the worker is at work")
    asked.wait()
    worker.stop()
    database.dispose()
    return 0


if __name__ == "__main__":
    sys.exit(main())
