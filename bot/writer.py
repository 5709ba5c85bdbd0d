"""The writer: one thread that stores the events of all waiting requests in one COMMIT, and then answers them all.

A commit waits for the disk; a hundred requests that share one wait as long as one alone. Nothing is answered before
it is durable. What cannot be stored in time raises NotStored, so that LINE gets a 503 and delivers again.
"""

from __future__ import annotations

import asyncio
import logging
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Insert
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import DataError, DBAPIError, IntegrityError

from bot.wake import Waker
from models.database import Database
from models.incoming import Incoming

log = logging.getLogger(__name__)

Row = dict[str, Any]

#: Requests that share one commit at most: a bound on how long the write gate is held.
BATCH = 500
#: Under load, seconds to let the clients just answered ask again: or else the first of them would get a commit of its
#: own and all the others would wait for two.
LINGER = 0.0005

_DEADLOCK = "40P01"  # PostgreSQL's code


class NotStored(Exception):
    """The rows were not stored, or not in time; the text says why."""


@dataclass(frozen=True, slots=True)
class _Order:
    rows: Sequence[Row]
    size: int
    future: asyncio.Future[None]


class Writer:
    """Stores rows of Incoming for the requests of one web process."""

    def __init__(
        self, database: Database, waker: Waker, *, within: float = 1.5, most: int = 5_000, most_bytes: int = 32 << 20
    ) -> None:
        """Nobody waits longer than `within` seconds (LINE gives up after 2).

        At most `most` requests of together `most_bytes` wait; the next is refused at once.
        """
        self._database = database
        self._waker = waker
        self._within = within
        self._most = most
        self._most_bytes = most_bytes
        self._orders: list[_Order] = []
        self._bytes = 0
        self._crowd = 0
        self._closing = False
        self._changed = threading.Condition()
        self._thread = threading.Thread(target=self._run, name="writer", daemon=True)
        self._insert = _insert_for(database.dialect)

    @property
    def alive(self) -> bool:
        """Whether the thread runs."""
        return self._thread.is_alive()

    @property
    def waiting(self) -> int:
        """How many requests wait for the next commit."""
        return len(self._orders)

    def start(self) -> None:
        """Start the thread; in the process that serves, after any fork."""
        self._thread.start()

    def close(self) -> None:
        """Store what waits, then stop."""
        with self._changed:
            self._closing = True
            self._changed.notify()
        if self.alive:
            self._thread.join(timeout=10)

    async def store(self, rows: Sequence[Row], size: int) -> None:
        """Return once all `rows` are durable (those known already are ignored); `size` is their weight in bytes.

        Raises NotStored when there is no room, the database fails, or time is up. In the last case the rows may still
        be stored later; they are the same rows when they come again.
        """
        if not rows:
            return
        loop = asyncio.get_running_loop()
        order = _Order(rows, size, loop.create_future())
        self._enqueue(order)
        alarm = loop.call_later(self._within, _finish, [order.future], "the database is too slow")
        try:
            await order.future
        finally:
            alarm.cancel()

    def _enqueue(self, order: _Order) -> None:
        with self._changed:
            if self._closing or not self.alive:
                raise NotStored("the writer is not running")
            if len(self._orders) >= self._most or self._bytes + order.size > self._most_bytes:
                raise NotStored("too many requests are waiting for the database")
            self._orders.append(order)
            self._bytes += order.size
            if len(self._orders) == 1:
                self._changed.notify()

    def _run(self) -> None:
        while orders := self._next():
            try:
                self._store_together([order for order in orders if not order.future.done()])
            except Exception as error:  # noqa: BLE001 - the thread must outlive whatever one batch meets
                log.error("%d events' requests not stored: %s", len(orders), error)
                _settle(orders, f"the database refused: {type(error).__name__}")

    def _next(self) -> list[_Order]:
        with self._changed:
            while not self._orders and not self._closing:
                self._changed.wait()
        if self._crowd > 1:
            time.sleep(LINGER)
        with self._changed:
            orders, self._orders = self._orders[:BATCH], self._orders[BATCH:]
            self._bytes -= sum(order.size for order in orders)
            self._crowd = len(orders)
            return orders

    def _store_together(self, orders: list[_Order]) -> None:
        try:
            self._commit([row for order in orders for row in order.rows])
        except DBAPIError as error:
            if len(orders) == 1 or not _fault_of_a_row(error):
                raise
            for order in orders:
                self._store_alone(order)
        else:
            _settle(orders, None)

    def _store_alone(self, order: _Order) -> None:
        try:
            self._commit(order.rows)
        except DBAPIError as error:
            log.error("a request's %d events not stored: %s", len(order.rows), error)
            _settle([order], f"the database refused: {type(error).__name__}")
        else:
            _settle([order], None)

    def _commit(self, rows: Sequence[Row]) -> None:
        if not rows:
            return
        with self._database.begin() as session:
            session.connection().execute(self._insert, rows)
            self._waker.with_commit(session)


def _insert_for(dialect: str) -> Insert:
    """An INSERT that passes over events known already; the two databases spell it alike but SQLAlchemy does not."""
    build: Callable[..., Any] = sqlite.insert if dialect == "sqlite" else postgresql.insert
    statement: Insert = build(Incoming.__table__).on_conflict_do_nothing(index_elements=["event_id"])
    return statement


def _fault_of_a_row(error: DBAPIError) -> bool:
    """Whether the orders would fare better one by one: one has a bad row, or two processes crossed their duplicates."""
    return isinstance(error, DataError | IntegrityError) or getattr(error.orig, "sqlstate", None) == _DEADLOCK


def _settle(orders: Sequence[_Order], failure: str | None) -> None:
    """Answer from the writer's thread: one call into each event loop, however many requests it has waiting."""
    loops: dict[asyncio.AbstractEventLoop, list[asyncio.Future[None]]] = defaultdict(list)
    for order in orders:
        loops[order.future.get_loop()].append(order.future)
    for loop, futures in loops.items():
        try:
            loop.call_soon_threadsafe(_finish, futures, failure)
        except RuntimeError:  # the loop has been closed: nobody waits any more
            log.debug("%d requests had gone before their events were stored", len(futures))


def _finish(futures: list[asyncio.Future[None]], failure: str | None) -> None:
    for future in futures:
        if future.done():
            continue
        if failure is None:
            future.set_result(None)
        else:
            future.set_exception(NotStored(failure))
