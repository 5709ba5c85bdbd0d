"""Alembic runs this for every command; bot/migrate.py hands it the connection, already in a transaction."""

from __future__ import annotations

from typing import Any, Literal

from alembic import context
from alembic.autogenerate.api import AutogenContext

from models.base import Utc
from models.database import all_tables


def render_item(kind: str, item: Any, _context: AutogenContext) -> str | Literal[False]:
    """Write a type of ours as the type it stores: a migration must not change when the code does."""
    if kind == "type" and isinstance(item, Utc):
        return "sa.DateTime(timezone=True)"
    return False


def compare_default(_context: Any, _old: Any, _new: Any, old: str | None, _clause: Any, new: str | None) -> bool | None:
    """Alembic takes SQLite's spelling of an empty text, ('') for something else; leave all else to it."""
    return False if old is not None and old.strip("()'") == new else None


context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=all_tables(),
    render_as_batch=True,  # SQLite alters a table by building it anew
    transactional_ddl=True,  # on SQLite too: bot/migrate.py begins and commits
    compare_server_default=compare_default,
    render_item=render_item,
)
context.run_migrations()
