"""Waking: every sleeper hears a ring, the dead do no harm, and a lost ring is never worse than a short sleep."""

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import text

from bot.wake import Sleeper, Waker
from models.database import Database
from tests.databases import PostgresServer
from tests.test_database import event_row


@pytest.fixture
def sleepers(database: Database) -> Iterator[list[Sleeper]]:
    """Two workers asleep."""
    beds = [Sleeper(database), Sleeper(database)]
    yield beds
    for bed in beds:
        bed.close()


def test_a_ring_wakes_everybody(database: Database, sleepers: list[Sleeper]) -> None:
    woken = []
    threads = [threading.Thread(target=lambda bed=bed: woken.append(bed.wait(20))) for bed in sleepers]
    for thread in threads:
        thread.start()
    Waker(database).notify()
    for thread in threads:
        thread.join()
    assert woken == [True, True]


def test_a_ring_during_work_is_heard_at_the_next_wait_and_only_once(
    database: Database, sleepers: list[Sleeper]
) -> None:
    waker = Waker(database)
    waker.notify()
    waker.notify()
    assert sleepers[0].wait(10)
    while sleepers[0].wait(0.1):
        pass  # PostgreSQL delivers the two one by one
    assert not sleepers[0].wait(0.05)


def test_a_transaction_rings_when_it_commits_and_only_then(database: Database, sleepers: list[Sleeper]) -> None:
    waker = Waker(database)
    with pytest.raises(ZeroDivisionError), database.begin() as session:  # noqa: PT012
        waker.with_commit(session)
        raise ZeroDivisionError
    with database.begin() as session:
        session.add(event_row(1))
        waker.with_commit(session)
        session.flush()
        assert not sleepers[0].wait(0.05)
    assert sleepers[0].wait(10)


def test_nobody_listening_is_no_error(database: Database) -> None:
    Waker(database).notify()


DIE = """
import os, sys
from bot.wake import Sleeper
from models.database import Database
sleeper = Sleeper(Database(sys.argv[1]))
os.kill(os.getpid(), 9)
"""


def test_a_worker_that_died_in_bed_is_cleared_away(quick_database: Database) -> None:
    file = quick_database.file
    assert file
    subprocess.run([sys.executable, "-c", DIE, f"sqlite:///{file}"], check=False)
    beds = file.with_name(file.name + ".wake")
    assert len(list(beds.iterdir())) == 1
    alive = Sleeper(quick_database)
    Waker(quick_database).notify()
    assert alive.wait(10)
    assert len(list(beds.iterdir())) == 1
    alive.close()


def test_a_very_long_path_still_has_a_bell(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path / ('long' * 40) / ('longer' * 30) / 'town.db'}")
    sleeper = Sleeper(database)
    Waker(database).notify()
    assert sleeper.wait(10)
    sleeper.close()
    database.dispose()


def test_without_a_bell_a_worker_sleeps_its_time(quick_database: Database) -> None:
    file = quick_database.file
    assert file
    file.with_name(file.name + ".wake").write_text("no folder")
    sleeper = Sleeper(quick_database)
    Waker(quick_database).notify()
    assert not sleeper.wait(0.05)
    sleeper.close()


@pytest.mark.postgres
def test_a_broken_connection_is_mended(postgres: PostgresServer) -> None:
    with postgres.database() as url:
        _break_and_mend(Database(url))


def _break_and_mend(database: Database) -> None:
    sleeper = Sleeper(database)
    with database.begin() as session:
        session.execute(text("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE 'LISTEN%'"))
    assert not sleeper.wait(0.1)
    assert sleeper.wait(0.1), "after mending, rings may have been missed: look"
    Waker(database).notify()
    assert sleeper.wait(10)
    sleeper.close()
    database.dispose()


def test_a_database_that_is_down_makes_a_bed_without_a_bell() -> None:
    database = Database("postgresql://nobody@127.0.0.1:1/nothing")
    sleeper = Sleeper(database)
    Waker(database).notify()
    assert not sleeper.wait(0.05)
    sleeper.close()
    database.dispose()
