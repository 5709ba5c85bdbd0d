"""`holds(column, words)`: whether a text has these words in it, letter for letter, on both databases.

Not LIKE: for LIKE PostgreSQL reads Thai letter by letter, for `strpos` with a skip table, which takes a third of the
time over a hundred thousand cases (`python -m bench.console`); and nothing needs to be escaped.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import Boolean, ColumnElement, Text, literal
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement


class _Holds(FunctionElement[bool]):
    """`holds(column, words)` before it is written for a database."""

    type = Boolean()
    name = "holds"
    inherit_cache = True


@compiles(_Holds, "sqlite")
def _sqlite(element: _Holds, compiler: SQLCompiler, **more: Any) -> str:
    return f"(instr({compiler.process(element.clauses, **more)}) > 0)"


@compiles(_Holds, "postgresql")
def _postgresql(element: _Holds, compiler: SQLCompiler, **more: Any) -> str:
    return f"(strpos({compiler.process(element.clauses, **more)}) > 0)"


def holds(column: ColumnElement[str] | Any, words: str) -> ColumnElement[bool]:
    """Whether `column` contains `words`, capitals and small letters being different."""
    return _Holds(column, literal(words, Text()))
