"""Pages of a long list by keys instead of offsets: page 500 costs what page 1 costs, and nothing is shown twice.

A key is where a page ends: the moment and the id of its last row. One row more than a page is fetched, which tells
whether there is another page; nobody counts to the end.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Select, func, literal, tuple_
from sqlalchemy.orm import InstrumentedAttribute, Session

from models.base import Utc
from models.tickets import Ticket

#: Rows on a page.
PAGE = 50

_KEY = re.compile(r"(-?[0-9]{1,18})\.([0-9]{1,18})")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


@dataclass(frozen=True)
class Order:
    """By which moment a list stands, and whether the latest comes first."""

    column: Any
    newest_first: bool


ORDERS = {
    "new": Order(Ticket.received_at, True),
    "old": Order(Ticket.received_at, False),
    "due": Order(func.coalesce(Ticket.due_at, Ticket.answer_by, type_=Utc()), False),
}


@dataclass(frozen=True)
class Sheet:
    """One page. `older` and `newer` are keys for the next and the previous page, or "" where there is none."""

    rows: Sequence[Ticket]
    newer: str
    older: str


def sheet(session: Session, found: Select[Ticket], order: Order, after: str = "", before: str = "") -> Sheet:
    """The page after (or before) a key; the first one without a key, or with one that is none."""
    key, backward = _read(before) or _read(after), _read(before) is not None
    descending = order.newest_first != backward
    if key is not None:
        here = tuple_(order.column, Ticket.id)
        there = tuple_(literal(key[0], Utc()), literal(key[1]))
        found = found.where(here < there if descending else here > there)
    columns: tuple[Any, ...] = (order.column, Ticket.id)
    found = found.order_by(*(c.desc() if descending else c.asc() for c in columns)).limit(PAGE + 1)
    rows = list(session.scalars(found))
    more, rows = len(rows) > PAGE, rows[:PAGE]
    if backward:
        rows.reverse()
    further = {"newer": more if backward else key is not None, "older": more or backward}
    return Sheet(
        rows,
        newer=_write(rows[0], order) if rows and further["newer"] else "",
        older=_write(rows[-1], order) if rows and further["older"] else "",
    )


def _write(row: Ticket, order: Order) -> str:
    moment = row.received_at if isinstance(order.column, InstrumentedAttribute) else row.due_at or row.answer_by
    return f"{(moment - _EPOCH) // _MICROSECOND}.{row.id}"


def _read(key: str) -> tuple[datetime, int] | None:
    found = _KEY.fullmatch(key)
    if found is None:
        return None
    try:
        return _EPOCH + int(found[1]) * _MICROSECOND, int(found[2])
    except OverflowError:
        return None
