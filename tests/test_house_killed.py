"""Web and worker processes killed with SIGKILL again and again under chat traffic: nothing lost, nothing said twice.

The simulator delivers again what was not answered with 200, as LINE does when redelivery is on. Each question asks for
a case number of its own and must be answered exactly once.
"""

from __future__ import annotations

import contextlib
import os
import random
import shlex
import signal
import subprocess
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import func, select

from bench.servers import BARE, ROOT, free_port
from bot.seed import seed
from models.database import Database
from models.incoming import DONE, Incoming
from models.outgoing import Outgoing
from simulator import Simulator, User
from tests.door import SECRET
from tests.test_procfile import LINES

PEOPLE, QUESTIONS = 6, 12


class Process:
    """One of the Procfile's lines, that can be killed and started again."""

    def __init__(self, line: str, environment: Mapping[str, str], log: Path) -> None:
        self._command, self._environment, self._log = shlex.split(LINES[line]), dict(environment), log
        self._running: subprocess.Popen[bytes] | None = None
        self.deaths = -1

    def start(self) -> None:
        """Start it (again); what ran is killed, with all its children."""
        self.stop()
        self.deaths += 1
        with self._log.open("ab") as log:
            self._running = subprocess.Popen(
                self._command, cwd=ROOT, env=self._environment, stdout=log, stderr=log, start_new_session=True
            )

    def stop(self) -> None:
        """SIGKILL to the whole process group."""
        if self._running is not None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self._running.pid, signal.SIGKILL)
            self._running.wait()


@contextmanager
def running(environment: Mapping[str, str], folder: Path) -> Iterator[list[Process]]:
    """The web process and the worker."""
    both = [Process(line, environment, folder / f"{line}.log") for line in ("web", "worker")]
    try:
        for process in both:
            process.start()
        yield both
    finally:
        for process in both:
            process.stop()


def chat(line: Simulator, users: list[User]) -> None:
    """Everybody asks for case after case, none of which exists: each answer names its number."""
    for number in range(1001, 1001 + QUESTIONS):
        for user in users:
            line.say(user, str(number))
        time.sleep(0.4)


def kill_at_random(processes: list[Process], stop: threading.Event, dice: random.Random) -> None:
    """Until told to stop: one of the two dies and comes back."""
    while not stop.wait(dice.uniform(1.5, 3.0)):
        dice.choice(processes).start()


def wait_until(true: object, seconds: float) -> bool:
    """Whether the callable becomes true in time."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if true():  # type: ignore[operator]
            return True
        time.sleep(0.2)
    return False


@pytest.mark.timeout(240)
def test_killing_any_process_loses_no_message_and_sends_none_twice(database_url: str, tmp_path: Path) -> None:
    port = free_port()
    database = Database(database_url)
    with database.begin() as session:
        seed(session)
    line = Simulator(secret=SECRET, token="token", webhook_url=f"http://127.0.0.1:{port}/line/webhook")
    line.switch(redelivery=True, redelivery_pauses=[0.5, 1.0, 2.0, 4.0, 8.0, 16.0], reply_seconds=600)
    with line:
        environment = BARE | {
            "DATABASE_URL": database_url,
            "LINE_CHANNEL_SECRET": SECRET,
            "LINE_CHANNEL_ACCESS_TOKEN": "token",
            "LINE_API_URL": line.url,
            "LINE_DATA_URL": line.url,
            "SECRET_KEY": "k" * 40,
            "DATA_DIR": str(tmp_path),
            "PORT": str(port),
        }
        users = [line.user(f"คนที่ {n}") for n in range(PEOPLE)]
        stop = threading.Event()
        with running(environment, tmp_path) as processes:
            killer = threading.Thread(target=kill_at_random, args=(processes, stop, random.Random(7)))
            killer.start()
            chat(line, users)
            stop.set()
            killer.join()
            for process in processes:
                process.start()
            expected = PEOPLE * QUESTIONS
            assert wait_until(lambda: handled(database) == expected, 90), state(database)
            assert wait_until(lambda: not on_the_way(database), 60), state(database)
    assert sum(p.deaths for p in processes) >= 3
    answers = {user.name: [message.text for message in line.messages(user)] for user in users}
    for name, texts in answers.items():
        for number in range(1001, 1001 + QUESTIONS):
            found = sum(str(number) in text for text in texts)
            assert found == 1, f"{name} was answered {found} times about {number}; {state(database)}"
    database.dispose()


def handled(database: Database) -> int:
    """How many events have been handled."""
    with database.read() as session:
        return session.scalar(select(func.count()).select_from(Incoming).where(Incoming.state == DONE)) or 0


def on_the_way(database: Database) -> int:
    """How many letters have not found their end."""
    with database.read() as session:
        waiting = Outgoing.state.in_(("waiting", "sending", "held", "riding"))
        return session.scalar(select(func.count()).select_from(Outgoing).where(waiting)) or 0


def state(database: Database) -> str:
    """Counts for a failure's message."""
    with database.read() as session:
        events = session.execute(select(Incoming.state, func.count()).group_by(Incoming.state)).all()
        letters = session.execute(
            select(Outgoing.state, Outgoing.kind, func.count()).group_by(Outgoing.state, Outgoing.kind)
        ).all()
    return f"events {events}, letters {letters}"
