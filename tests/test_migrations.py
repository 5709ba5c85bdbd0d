"""The migrations make exactly the tables of the models, on both databases, and can be undone and repeated."""

from __future__ import annotations

import json
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Inspector, inspect, text

from bot.migrate import FOLDER, current, downgrade, head, migrate
from models.database import Database, all_tables

AGAIN = 'the models and the migrations differ: write one with python -m tools.migration "what changes"'


def tables(database: Database) -> dict[str, Any]:
    """What the database says about its tables, but for Alembic's own."""
    with database.engine.connect() as connection:
        seen = inspect(connection)
        return {name: describe(seen, name) for name in seen.get_table_names() if name != "alembic_version"}


def describe(seen: Inspector, table: str) -> dict[str, Any]:
    """One table, in words that do not depend on the order in which its parts were made."""
    columns = {
        column["name"]: (str(column["type"]), column["nullable"], column["default"])
        for column in seen.get_columns(table)
    }
    return {
        "columns": columns,
        "primary key": seen.get_pk_constraint(table),
        "foreign keys": in_order(seen.get_foreign_keys(table)),
        "unique": in_order(seen.get_unique_constraints(table)),
        "checks": in_order(seen.get_check_constraints(table)),
        "indexes": in_order(seen.get_indexes(table)),
    }


def in_order(parts: Sequence[object]) -> list[str]:
    """The parts as text; a condition of an index is an object that prints as its SQL."""
    return sorted(json.dumps(part, default=str, sort_keys=True) for part in parts)


def test_migrating_makes_what_the_models_say(empty_database: Database) -> None:
    migrate(empty_database)
    migrated = tables(empty_database)
    downgrade(empty_database, "base")
    all_tables().create_all(empty_database.engine)
    assert migrated == tables(empty_database), AGAIN


def test_alembic_sees_no_difference(empty_database: Database) -> None:
    migrate(empty_database)
    with empty_database.engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), all_tables()) == [], AGAIN


def test_every_step_can_be_undone_and_done_again(empty_database: Database) -> None:
    revisions = [script.revision for script in ScriptDirectory(str(FOLDER)).walk_revisions()]
    for revision in reversed(revisions):
        migrate(empty_database, revision)
        before = tables(empty_database)
        downgrade(empty_database, "-1")
        migrate(empty_database, revision)
        assert tables(empty_database) == before
    downgrade(empty_database, "base")
    assert tables(empty_database) == {}


def test_migrating_twice_changes_nothing(empty_database: Database) -> None:
    migrate(empty_database)
    before = tables(empty_database)
    migrate(empty_database)
    assert tables(empty_database) == before
    with empty_database.engine.connect() as connection:
        assert current(connection) == head()


def test_two_releases_at_once_wait_for_each_other(empty_database: Database) -> None:
    with ThreadPoolExecutor(2) as pool:
        for release in [pool.submit(migrate, empty_database) for _ in range(2)]:
            release.result()
    with empty_database.engine.connect() as connection:
        assert current(connection) == head()


def test_a_failed_migration_leaves_no_trace(empty_database: Database) -> None:
    last_table = max(all_tables().tables)
    with empty_database.begin() as session:
        session.execute(text(f"CREATE TABLE {last_table} (a INTEGER)"))
    with pytest.raises(Exception, match="already exists"):
        migrate(empty_database)
    assert list(tables(empty_database)) == [last_table]
