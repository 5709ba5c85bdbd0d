"""Fixtures that every test may use: the databases. `database` runs a test on SQLite and on PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from models.database import Database
from tests.databases import PostgresServer, hurried, require_postgres, sqlite_copy


@pytest.fixture(scope="session")
def postgres() -> PostgresServer:
    """The session's PostgreSQL server, with a template that has all tables."""
    require_postgres()
    server = PostgresServer()
    server.prepare()
    return server


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the session's SQLite template lies or will lie."""
    return tmp_path_factory.mktemp("template") / "template.db"


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def database_url(request: pytest.FixtureRequest, tmp_path: Path, sqlite_template: Path) -> Iterator[str]:
    """The address of a fresh database with all tables and no rows, once per kind of database."""
    if request.param == "sqlite":
        yield sqlite_copy(sqlite_template, tmp_path)
    else:
        server: PostgresServer = request.getfixturevalue("postgres")
        with server.database() as url:
            yield url


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def empty_database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """A database without any table, once per kind of database."""
    with ExitStack() as stack:
        if request.param == "sqlite":
            url = f"sqlite:///{tmp_path / 'empty.db'}"
        else:
            url = stack.enter_context(request.getfixturevalue("postgres").database("template0"))
        opened = hurried(Database(url))
        yield opened
        opened.dispose()


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    """A fresh database with all tables and no rows, once per kind of database."""
    opened = hurried(Database(database_url))
    yield opened
    opened.dispose()


@pytest.fixture
def quick_database(tmp_path: Path, sqlite_template: Path) -> Iterator[Database]:
    """A fresh SQLite database with all tables, for tests in which the kind of database is not the point."""
    opened = hurried(Database(sqlite_copy(sqlite_template, tmp_path)))
    yield opened
    opened.dispose()
