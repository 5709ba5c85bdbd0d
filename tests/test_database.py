"""The database: transactions, snapshots and the write gate behave alike on both engines."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
import traceback
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.orm import Session

from models.database import Database, sqlite_is_sound
from models.gate import WriteGate
from models.incoming import Incoming
from models.people import Person

NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)


def event_row(number: int) -> Incoming:
    return Incoming(event_id=f"E{number}", chat_key="U1", kind="message", raw="{}", received_at=NOW)


def count(database: Database) -> int:
    with database.read() as session:
        return session.scalar(select(func.count()).select_from(Incoming)) or 0


def test_a_transaction_is_kept_whole_or_not_at_all(database: Database) -> None:
    with database.begin() as session:
        session.add(event_row(1))
    with pytest.raises(ZeroDivisionError), database.begin() as session:  # noqa: PT012
        session.add(event_row(2))
        session.flush()
        raise ZeroDivisionError
    assert count(database) == 1


def test_what_was_read_stays_readable_after_the_session(database: Database) -> None:
    with database.begin() as session:
        row = event_row(1)
        session.add(row)
    assert (row.event_id, row.received_at) == ("E1", NOW)


def test_a_reader_sees_one_snapshot_beside_a_writer(database: Database) -> None:
    with database.read() as reader:
        before = reader.scalar(select(func.count()).select_from(Incoming))
        with database.begin() as session:
            session.add(event_row(1))
        assert reader.scalar(select(func.count()).select_from(Incoming)) == before == 0
    assert count(database) == 1


def test_a_reader_cannot_write_and_leaves_the_connection_fit_for_writing(database: Database) -> None:
    with database.read() as session, pytest.raises(DBAPIError):
        session.execute(text("DELETE FROM incoming"))
    with database.begin() as session:
        session.add(event_row(1))
    assert count(database) == 1


def test_threads_that_read_then_write_lose_no_update(quick_database: Database) -> None:
    with quick_database.begin() as session:
        session.add(event_row(1))

    def raise_attempts() -> None:
        for _ in range(25):
            with quick_database.begin() as session:
                row = session.scalars(select(Incoming)).one()
                row.attempts += 1

    threads = [threading.Thread(target=raise_attempts) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with quick_database.read() as session:
        assert session.scalar(select(Incoming.attempts)) == 100


def test_a_write_inside_a_write_is_refused_instead_of_waiting_for_itself(quick_database: Database) -> None:
    with quick_database.begin(), pytest.raises(RuntimeError, match="inside another"), quick_database.begin():
        pass


def test_foreign_keys_bind(database: Database) -> None:
    with pytest.raises(DBAPIError), database.begin() as session:
        session.execute(
            text(
                "INSERT INTO outgoing (chat_key, kind, messages, retry_key, created_at, send_after, incoming_id)"
                " VALUES ('U1', 'answer', '[]', 'k', :now, :now, 4711)"
            ),
            {"now": NOW if database.dialect == "postgresql" else NOW.isoformat()},
        )


def test_sqlite_is_durable_before_it_says_so(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path / 'deep' / 'er' / 'town.db'}")
    with database.begin() as session:
        pragmas = [session.scalar(text(f"PRAGMA {name}")) for name in ("journal_mode", "synchronous", "foreign_keys")]
    database.dispose()
    assert pragmas == ["wal", 2, 1]


def test_a_temporary_database_goes_away() -> None:
    database = Database("sqlite://")
    with database.begin() as session:
        session.execute(text("CREATE TABLE t (a)"))
    with database.read() as session:
        assert session.scalar(text("SELECT count(*) FROM t")) == 0
    assert database.file is not None
    assert database.file.exists()
    database.dispose()
    assert not database.file.parent.exists()


def test_only_the_two_known_databases_are_opened() -> None:
    with pytest.raises(ValueError, match="mysql"):
        Database("mysql://user@host/name")


@pytest.mark.parametrize(
    ("version", "sound"), [((3, 40, 1), False), ((3, 51, 2), False), ((3, 51, 3), True), ((3, 53, 4), True)]
)
def test_the_versions_with_the_wal_reset_bug_are_known(version: tuple[int, ...], sound: bool) -> None:
    assert sqlite_is_sound(version) is sound


HOLD = """
import sys, time
from pathlib import Path
from models.gate import WriteGate
with WriteGate(Path(sys.argv[1])).held():
    print("held", flush=True)
    time.sleep(60)
"""


def test_a_killed_process_frees_the_gate(tmp_path: Path) -> None:
    path = tmp_path / "gate"
    with subprocess.Popen([sys.executable, "-c", HOLD, str(path)], stdout=subprocess.PIPE, text=True) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"
        gate, entered = WriteGate(path), threading.Event()

        def enter() -> None:
            with gate.held():
                entered.set()

        waiting = threading.Thread(target=enter)
        waiting.start()
        assert not entered.wait(0.2)
        holder.kill()
        assert entered.wait(10)
        waiting.join()
    gate.close()


BUSY = """
import sys, time
from pathlib import Path
from models.gate import WriteGate
gate, end = WriteGate(Path(sys.argv[1])), time.monotonic() + 30
print("go", flush=True)
while time.monotonic() < end:
    with gate.held():
        time.sleep(0.01)
"""


def test_a_greedy_process_does_not_shut_others_out(tmp_path: Path) -> None:
    path = tmp_path / "gate"
    with subprocess.Popen([sys.executable, "-c", BUSY, str(path)], stdout=subprocess.PIPE, text=True) as greedy:
        assert greedy.stdout is not None
        greedy.stdout.readline()
        gate = WriteGate(path)
        for _ in range(20):
            with gate.held():
                time.sleep(0.001)
        assert greedy.poll() is None, "the greedy process ended: the others only got in after it"
        greedy.kill()
    gate.close()


def test_the_text_of_a_failed_statement_shows_nothing_of_what_it_held(database: Database) -> None:
    """Errors are logged, and what they concern is what people wrote."""
    insert = text("INSERT INTO people (line_id, name) VALUES (:line_id, :name)")
    with pytest.raises(DBAPIError) as failed, database.begin() as session:
        session.execute(insert, {"line_id": "U" + "7" * 32, "name": "ป้าสมศรี"})
    assert "people" in str(failed.value)
    assert "hidden" in str(failed.value)


def test_errors_of_the_database_quote_no_rows(database: Database) -> None:
    secret = "คำลับของป้าสมศรี"
    with database.begin() as session:
        session.add(Person(line_id=secret, name=secret, created_at=datetime.now(UTC)))
    with pytest.raises(IntegrityError) as told, database.begin() as session:
        session.add(Person(line_id=secret, name=secret, created_at=datetime.now(UTC)))
    written = "".join(traceback.format_exception(told.value))
    assert secret not in written
    assert "line_id" in written
    with pytest.raises(DBAPIError) as told_too, database.begin() as session:
        _blunder(session)
    assert secret not in "".join(traceback.format_exception(told_too.value))


def _blunder(session: Session) -> None:
    """PostgreSQL trips over the first statement and would quote the name; SQLite over the second."""
    session.execute(text("UPDATE people SET moo = CAST(name AS integer)"))
    session.execute(text("INSERT INTO people (id) VALUES (1)"))
