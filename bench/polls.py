"""Polls: ballots cast per second at the box itself, and how long closing and counting take (`python -m bench polls`).

The box alone: no page, no network. Four threads cast for different people, as four requests would.
"""

from __future__ import annotations

import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from models import casting, poll_closing
from models.database import Database, all_tables
from tests.databases import PostgresServer
from tests.polling import Polling

VOTERS, THREADS = 2_000, 4


def main() -> None:
    """Measure on SQLite and on the PostgreSQL from pip, and print."""
    with tempfile.TemporaryDirectory() as folder:
        _measure(Database(f"sqlite:///{folder}/polls.db"), Path(folder), "SQLite")
    server = PostgresServer()
    with tempfile.TemporaryDirectory() as folder, server.database("template0") as url:
        _measure(Database(url), Path(folder), "PostgreSQL")


def _measure(database: Database, folder: Path, name: str) -> None:
    all_tables().create_all(database.engine)
    poll = Polling(database, folder, voters=VOTERS).open()
    sealed = [casting.seal_choice(poll.manifest, ("o1" if n % 5 else "o2",)) for n in range(VOTERS)]
    with database.begin() as session:  # the worker's part is not measured here
        session.connection()

    def cast(n: int) -> None:
        with database.begin() as session:
            casting.cast(session, poll.keys, poll.id, poll.voters[n], sealed[n], poll.now)

    begin = time.perf_counter()
    with ThreadPoolExecutor(THREADS) as pool:
        list(pool.map(cast, range(VOTERS)))
    seconds = time.perf_counter() - begin
    print(f"{name}: {VOTERS / seconds:,.0f} ballots a second ({VOTERS} ballots, {THREADS} threads)")
    poll.clock.forward(days=11)
    begin = time.perf_counter()
    while poll.poll().state != "closed":
        poll_closing.step(database, poll.keys, poll.now)
    poll.hand_in()
    poll.publish()
    print(f"{name}: from closing to publishing {VOTERS} ballots {time.perf_counter() - begin:.1f} s")
    database.dispose()


if __name__ == "__main__":
    main()
