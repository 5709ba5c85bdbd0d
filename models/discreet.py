"""Errors of PostgreSQL without the rows they quote: DETAIL and CONTEXT may hold what people wrote, and errors are
logged and kept.

Kept are the kind, the code, the first line where it quotes no value, and the names of table, column and constraint.
Parameters are hidden by `hide_parameters` already; SQLite's errors name columns only.
"""

from __future__ import annotations

import psycopg
from sqlalchemy import Engine, event
from sqlalchemy.engine import ExceptionContext

#: Codes of this class (data exceptions) quote the value in their first line, too.
_QUOTES_VALUES = "22"


def cover_errors(engine: Engine) -> None:
    """From now on this engine's errors say no more than `discreet` leaves."""

    @event.listens_for(engine, "handle_error")
    def handle(context: ExceptionContext) -> None:
        error = context.original_exception
        if not isinstance(error, psycopg.Error) or error.sqlstate is None:
            return  # the network's words, which quote nothing
        told, covered = str(error), discreet(error)
        error.args = (covered,)
        outer = context.sqlalchemy_exception
        if outer is not None and outer.args:
            outer.args = (str(outer.args[0]).replace(told, covered), *outer.args[1:])


def discreet(error: psycopg.Error) -> str:
    """What may be logged of it."""
    seen = error.diag
    said = "" if (error.sqlstate or "").startswith(_QUOTES_VALUES) else seen.message_primary or ""
    names = {"table": seen.table_name, "column": seen.column_name, "constraint": seen.constraint_name}
    parts = [f"{name} {value}" for name, value in names.items() if value]
    return " ".join([f"[{error.sqlstate}]", *([said] if said else []), *([f"({', '.join(parts)})"] if parts else [])])
