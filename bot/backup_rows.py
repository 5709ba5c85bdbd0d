"""Rows on their way into a backup and out of it: every table, value by value, the same from both databases.

A line is a JSON list of one row's values. JSON columns travel as the text that lies in the database, so that SQL's NULL
and JSON's null stay what they are. Ballots that are not published yet do not travel (docs/voting.md): a copy of them
would outlive K_link, and without K_link, which no backup holds either, the poll has to be held again.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    JSON,
    Column,
    ColumnElement,
    Connection,
    Date,
    LargeBinary,
    MetaData,
    Table,
    Text,
    cast,
    func,
    insert,
    inspect,
    select,
    text,
)
from sqlalchemy.types import TypeDecorator

from models.base import Utc
from models.database import all_tables

#: What stays at home: ballots that still have a place on somebody's roll.
LEFT_OUT = ("ballot_envelopes", "sealed_ballots")
#: Rows that are fetched or written at a time.
AT_ONCE = 500


class _RawJson(TypeDecorator[str]):
    """The text of a JSON column as it lies in the database."""

    impl = Text
    cache_ok = True

    def column_expression(self, column: ColumnElement[Any]) -> ColumnElement[Any]:
        return cast(column, Text)


class _RawJsonPostgres(_RawJson):
    cache_ok = True

    def bind_expression(self, bindparam: Any) -> ColumnElement[Any]:
        return cast(bindparam, JSON)


def tables(dialect: str) -> list[Table]:
    """The tables that travel, each after those it refers to, with JSON as text; `dialect`: sqlite or postgresql."""
    raw = _RawJsonPostgres if dialect == "postgresql" else _RawJson
    there = MetaData()

    def column(known: Column[Any]) -> Column[Any]:
        kind = raw() if isinstance(known.type, JSON) else known.type
        return Column(known.name, kind, primary_key=known.primary_key, autoincrement=False)

    wanted = [table for table in all_tables().sorted_tables if table.name not in LEFT_OUT]
    return [Table(table.name, there, *map(column, table.columns)) for table in wanted]


def lines(connection: Connection, table: Table) -> Iterator[bytes]:
    """All rows of a table in the order of its key, as lines of JSON; a few hundred are in memory at a time."""
    found = connection.execution_options(yield_per=AT_ONCE).execute(select(table).order_by(*table.primary_key))
    for row in found:
        values = [_out(value) for value in row]
        yield json.dumps(values, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"


def put(connection: Connection, table: Table, columns: Sequence[str], found: Sequence[bytes]) -> int:
    """Write lines of a table, whose values stand in the order of `columns`; returns how many."""
    kinds = [table.columns[name].type for name in columns]
    rows = [
        {name: _in(value, kind) for name, value, kind in zip(columns, json.loads(line), kinds, strict=True)}
        for line in found
    ]
    for start in range(0, len(rows), AT_ONCE):
        connection.execute(insert(table), rows[start : start + AT_ONCE])
    return len(rows)


def _out(value: Any) -> Any:
    if isinstance(value, (bytes, memoryview)):
        return base64.b64encode(value).decode()
    return value.isoformat() if isinstance(value, (datetime, date)) else value


def _in(value: Any, kind: Any) -> Any:
    if value is None:
        return None
    if isinstance(kind, LargeBinary):
        return base64.b64decode(value)
    if isinstance(kind, Utc):
        return datetime.fromisoformat(value)
    return date.fromisoformat(value) if isinstance(kind, Date) else value


def is_empty(connection: Connection) -> bool:
    """Whether no table of ours, as far as there are any, has a row."""
    present = set(inspect(connection).get_table_names())
    ours = [known for known in all_tables().sorted_tables if known.name in present]
    return not any(connection.execute(select(select(known.c[0]).exists())).scalar() for known in ours)


# -- while rows come in --------------------------------------------------------------------------------------------


def loosen(connection: Connection, dialect: str) -> list[str]:
    """Let rows come in any order, and past what refuses changes (models/poll_guards.py), within this transaction;
    returns the statements that make it strict again."""
    return _loosen_sqlite(connection) if dialect == "sqlite" else _loosen_postgres(connection)


def _loosen_sqlite(connection: Connection) -> list[str]:
    connection.exec_driver_sql("PRAGMA defer_foreign_keys=ON")  # asked at the commit
    found = connection.exec_driver_sql("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'").all()
    for name, _ in found:
        connection.exec_driver_sql(f'DROP TRIGGER "{name}"')
    return [sql for _, sql in found]


def _loosen_postgres(connection: Connection) -> list[str]:
    again = []
    keys = connection.exec_driver_sql(
        "SELECT conrelid::regclass::text, quote_ident(conname), pg_get_constraintdef(oid) FROM pg_constraint"
        " WHERE contype = 'f' AND connamespace = current_schema()::regnamespace"
    ).all()
    for table, name, definition in keys:
        connection.exec_driver_sql(f"ALTER TABLE {table} DROP CONSTRAINT {name}")
        again.append(f"ALTER TABLE {table} ADD CONSTRAINT {name} {definition}")
    for table in tables("postgresql"):
        connection.exec_driver_sql(f'ALTER TABLE "{table.name}" DISABLE TRIGGER USER')
        again.append(f'ALTER TABLE "{table.name}" ENABLE TRIGGER USER')
    return again


def count_on(connection: Connection) -> None:
    """PostgreSQL: let each table number its next row after the last that came in."""
    for table in tables("postgresql"):
        for column in table.primary_key:
            name = connection.execute(
                text("SELECT pg_get_serial_sequence(:table, :column)"), {"table": table.name, "column": column.name}
            ).scalar()
            last = connection.execute(select(func.max(column))).scalar() if name else None
            if name and last is not None:
                connection.execute(text("SELECT setval(:name, :last)"), {"name": name, "last": last})
