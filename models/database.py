"""The database: one object that opens SQLite or PostgreSQL the way this house needs, and hands out sessions.

`database.begin()` is one write transaction, `database.read()` a read-only snapshot. On SQLite every write transaction
passes the write gate and begins IMMEDIATE: keep the block short, and never send, download or think inside it.
"""

from __future__ import annotations

import importlib
import logging
import shutil
import tempfile
import weakref
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import Any, Literal, cast

from sqlalchemy import URL, Connection, Engine, MetaData, create_engine, event, make_url
from sqlalchemy.orm import Session

from models import freshness
from models.base import Base
from models.discreet import cover_errors
from models.gate import WriteGate

try:  # brings a recent SQLite along
    from pysqlite3 import dbapi2 as sqlite
except ImportError:  # no wheel for this machine
    from sqlite3 import dbapi2 as sqlite

log = logging.getLogger(__name__)

#: For every SQLite connection. FULL: LINE has its 200 before the power fails. The cache is in KiB when negative. No
#: mmap_size: an I/O error would end the process with SIGBUS instead of raising.
PRAGMAS = {
    "busy_timeout": "10000",
    "synchronous": "FULL",
    "foreign_keys": "ON",
    "temp_store": "MEMORY",
    "cache_size": "-16384",
    "journal_size_limit": "67108864",
    "secure_delete": "ON",  # what is deleted (replaced ballots, unsent words) is overwritten in the file
}

#: For every PostgreSQL connection: nobody waits for a lock, or sits in an open transaction, for ever.
POSTGRESQL_LIMITS = {"lock_timeout": "10s", "idle_in_transaction_session_timeout": "60s", "timezone": "UTC"}


class Database:
    """Where the rows of one municipality live; safe to share between threads, not across a fork.

    `url` is a SQLAlchemy address (`sqlite:////path/to/file`, `postgresql://…`). A SQLite address without a path means a
    temporary file that goes away with `dispose()`. Nothing is opened before the first session.
    """

    def __init__(self, url: str) -> None:
        """Raises ValueError for anything but SQLite and PostgreSQL, OSError where SQLite's file cannot be made."""
        parsed = make_url(url)
        backend = parsed.get_backend_name()
        if backend not in ("sqlite", "postgresql"):
            raise ValueError(f"neither SQLite nor PostgreSQL: {backend}")
        freshness.listen()  # whichever process writes, the public site learns of it
        self.dialect = cast("Literal['sqlite', 'postgresql']", backend)
        #: The SQLite file; None on PostgreSQL. Sockets and locks of the house lie beside it.
        self.file: Path | None = None
        self._gate: WriteGate | None = None
        self._clean: Callable[[], object] = nullcontext
        if backend == "sqlite":
            self._open_sqlite(parsed)
        else:
            self._open_postgresql(parsed)

    @contextmanager
    def begin(self) -> Iterator[Session]:
        """One write transaction: committed at the end of the block, rolled back when it raises.

        On SQLite it waits for the gate first; a second `begin()` inside it, in the same thread, raises RuntimeError.
        """
        gate = self._gate.held() if self._gate else nullcontext()
        with gate, Session(self.engine, expire_on_commit=False) as session, session.begin():
            yield session

    @contextmanager
    def read(self) -> Iterator[Session]:
        """A read-only session over one unchanging snapshot; writing through it raises a database error."""
        with Session(self._reader, expire_on_commit=False, autoflush=False) as session:
            yield session

    @contextmanager
    def alone(self) -> Iterator[Engine]:
        """The engine while no other writer of this house is at work (SQLite only), for what changes tables."""
        with self._gate.held() if self._gate else nullcontext():
            yield self.engine

    def dispose(self) -> None:
        """Close all connections and locks; remove a temporary database."""
        self.engine.dispose()
        if self._gate:
            self._gate.close()
        self._clean()

    def _open_sqlite(self, url: URL) -> None:
        temporary = url.database in (None, "", ":memory:")
        if temporary:
            folder = tempfile.mkdtemp(prefix="songsiang-")
            self._clean = weakref.finalize(self, shutil.rmtree, folder, True)
            url = url.set(database=str(Path(folder, "songsiang.db")))
        self.file = Path(str(url.database)).absolute()
        self.file.parent.mkdir(parents=True, exist_ok=True)
        self.file.touch(mode=0o600)  # what residents say is not for every account of the machine
        self._gate = WriteGate(self.file.with_name(self.file.name + ".gate"))
        if not sqlite_is_sound(sqlite.sqlite_version_info):
            log.warning("SQLite %s has the WAL-reset bug; 3.51.3 or later is safe", sqlite.sqlite_version)
        url = url.set(drivername="sqlite", database=str(self.file))
        self.engine = create_engine(
            url, module=sqlite, pool_size=8, max_overflow=24, pool_timeout=10, hide_parameters=True
        )
        self._reader = self.engine.execution_options(read_only=True)
        # A temporary file need not outlive a power cut.
        _arrange_sqlite(self.engine, self._gate, PRAGMAS | ({"synchronous": "OFF"} if temporary else {}))

    def _open_postgresql(self, url: URL) -> None:
        url = url.set(drivername="postgresql+psycopg")
        ours = {"connect_timeout": 5, "application_name": "songsiang"}
        connect: dict[str, Any] = {name: value for name, value in ours.items() if name not in url.query}
        self.engine = create_engine(
            url,
            pool_pre_ping=True,
            pool_size=8,
            max_overflow=24,
            pool_timeout=10,
            connect_args=connect,
            hide_parameters=True,
        )
        self._reader = self.engine.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
        event.listen(self.engine, "connect", _limit_postgresql)
        cover_errors(self.engine)


def all_tables() -> MetaData:
    """Every table of the house: imports each module of this package, so that none is forgotten."""
    package = Path(__file__).parent
    for module in sorted(package.glob("[a-z]*.py")):
        importlib.import_module(f"models.{module.stem}")
    return Base.metadata


def sqlite_is_sound(version: tuple[int, ...]) -> bool:
    """Whether this SQLite is free of the WAL-reset bug, by which a checkpoint beside a commit may corrupt the file.

    It came with 3.7.0 and was mended in 3.51.3 (https://sqlite.org/wal.html). The write gate keeps commits and
    checkpoints of this house apart, which removes its cause, but a sound library is better than a careful user.
    """
    return version >= (3, 51, 3)


def _arrange_sqlite(engine: Engine, gate: WriteGate, pragmas: dict[str, str]) -> None:
    """Set each new connection's pragmas, and begin transactions ourselves: IMMEDIATE to write, plain to read."""

    @event.listens_for(engine, "connect")
    def connected(connection: Any, _record: object) -> None:
        connection.isolation_level = None  # the driver would begin late, and never IMMEDIATE
        cursor = connection.cursor()
        for name, value in pragmas.items():
            cursor.execute(f"PRAGMA {name}={value}")
        if cursor.execute("PRAGMA journal_mode").fetchone()[0] != "wal":
            # Two processes that turn a new file into WAL at once would fail: the busy handler does not help here.
            with nullcontext() if gate.mine else gate.held():
                cursor.execute("PRAGMA journal_mode=WAL").fetchone()
        cursor.close()

    @event.listens_for(engine, "begin")
    def began(connection: Connection) -> None:
        only_read = bool(connection.get_execution_options().get("read_only"))
        if connection.info.get("only_read", False) != only_read:
            connection.exec_driver_sql(f"PRAGMA query_only={'ON' if only_read else 'OFF'}")
            connection.info["only_read"] = only_read
        connection.exec_driver_sql("BEGIN" if only_read else "BEGIN IMMEDIATE")


def _limit_postgresql(connection: Any, _record: object) -> None:
    autocommit = connection.autocommit
    connection.autocommit = True
    for name, value in POSTGRESQL_LIMITS.items():
        connection.execute(f"SET {name} = '{value}'")
    connection.autocommit = autocommit
