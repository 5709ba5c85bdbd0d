"""Migrations: bring a database to the tables this version of the code expects (`python -m bot.migrate` releases).

Alembic does the work; its settings live here instead of in a file, because the database is chosen by the environment.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text

import models
from bot.start import database_or_exit, settings_or_exit, start_logging
from models.database import Database

FOLDER = Path(models.__file__).parent / "migrations"

#: Two releases at once wait for each other here; the number only has to be ours.
_LOCK = 2569_0001


def migrate(database: Database, target: str = "head") -> None:
    """Upgrade to `target` (a revision or "head"), in one transaction: all or nothing. Safe to run twice at once."""
    _run(database, lambda config: command.upgrade(config, target))


def downgrade(database: Database, target: str) -> None:
    """Go back to revision `target` ("base" removes all tables), in one transaction. Rows in what goes are lost."""
    _run(database, lambda config: command.downgrade(config, target))


def head() -> str:
    """The newest revision this code knows."""
    revision = ScriptDirectory(str(FOLDER)).get_current_head()
    if revision is None:
        raise LookupError(f"no migrations in {FOLDER}")
    return revision


def current(connection: Connection) -> str | None:
    """The revision of the database; None when it has never been migrated."""
    return MigrationContext.configure(connection).get_current_revision()


def config_for(connection: Connection) -> Config:
    """Alembic's configuration, with the connection that models/migrations/env.py uses."""
    config = Config()
    config.set_main_option("script_location", str(FOLDER).replace("%", "%%"))
    config.attributes["connection"] = connection
    return config


def _run(database: Database, work: Callable[[Config], None]) -> None:
    with database.alone() as engine, engine.connect() as connection:
        if database.dialect == "sqlite":
            with _loose_keys(connection), connection.begin():
                work(config_for(connection))
                _check_keys(connection)
        else:
            with connection.begin():
                connection.execute(text("SET LOCAL lock_timeout = '5min'"))
                connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
                work(config_for(connection))


@contextmanager
def _loose_keys(connection: Connection) -> Iterator[None]:
    """SQLite changes a table by building it anew, for which foreign keys must look away; only outside transactions."""
    driver: Any = connection.connection.driver_connection
    driver.execute("PRAGMA foreign_keys=OFF")
    try:
        yield
    finally:
        driver.execute("PRAGMA foreign_keys=ON")


def _check_keys(connection: Connection) -> None:
    broken = connection.execute(text("PRAGMA foreign_key_check")).first()
    if broken is not None:
        raise RuntimeError(f"the migration would break a foreign key: {tuple(broken)}")


def main() -> None:
    """Migrate the database of the settings to the newest revision; the `release` line of the Procfile."""
    settings = settings_or_exit()
    start_logging()
    database = database_or_exit(settings)
    try:
        migrate(database)
    finally:
        database.dispose()
    print(f"ฐานข้อมูลพร้อมใช้ (the database is ready: {head()})")


if __name__ == "__main__":
    main()
