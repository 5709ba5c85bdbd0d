"""The writer: requests share a commit but not each other's faults, and nobody waits for ever."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Iterator
from contextlib import asynccontextmanager, contextmanager
from datetime import UTC, datetime
from typing import Any

import pytest

from bot.wake import Waker
from bot.writer import NotStored, Row, Writer
from models.database import Database
from tests.door import stored

NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)


def row(name: str, **changed: Any) -> Row:
    """One event's row."""
    known = {"event_id": name, "chat_key": "U1", "kind": "message", "message_id": None, "raw": "{}"}
    return known | {"received_at": NOW, "state": 0, "error": None} | changed


@contextmanager
def writing(database: Database, **given: Any) -> Iterator[Writer]:
    """A running writer."""
    writer = Writer(database, Waker(database), **given)
    writer.start()
    yield writer
    writer.close()


@asynccontextmanager
async def jammed(database: Database) -> AsyncIterator[None]:
    """Nobody else can write inside the block, so that all who come wait for the same commit."""
    entered, leave = asyncio.Event(), asyncio.Event()
    loop = asyncio.get_running_loop()

    def hold() -> None:
        with database.begin() as session:
            if database.dialect == "postgresql":
                session.connection().exec_driver_sql("LOCK TABLE incoming IN EXCLUSIVE MODE")
            loop.call_soon_threadsafe(entered.set)
            asyncio.run_coroutine_threadsafe(leave.wait(), loop).result(timeout=30)

    holding = asyncio.create_task(asyncio.to_thread(hold))
    await entered.wait()
    try:
        yield
    finally:
        leave.set()
        await holding


async def until_waiting(writer: Writer, number: int) -> None:
    """Return once exactly so many requests wait for the next commit."""
    async with asyncio.timeout(20):
        while writer.waiting != number:
            await asyncio.sleep(0.01)


async def jam_one(writer: Writer, name: str) -> asyncio.Task[None]:
    """A request that the writer has already taken into the jam; those after it will share the next commit."""
    task = asyncio.create_task(writer.store([row(name)], 1))
    await asyncio.sleep(0)
    await until_waiting(writer, 0)
    return task


async def outcomes(*stores: Awaitable[None]) -> list[str]:
    """What became of each, in words."""
    ended = await asyncio.gather(*stores, return_exceptions=True)
    return ["stored" if end is None else str(end) for end in ended]


def test_one_request_s_bad_row_does_not_cost_the_others(database: Database) -> None:
    async def act(writer: Writer) -> list[str]:
        async with jammed(database):
            first = await jam_one(writer, "first")
            batches = [[row("good")], [row("half"), row("bad", raw=None)], [row("last")]]
            rest = [asyncio.create_task(writer.store(batch, 1)) for batch in batches]
            await until_waiting(writer, 3)
        return await outcomes(first, *rest)

    with writing(database, within=20.0) as writer:
        said = asyncio.run(act(writer))
    assert said == ["stored", "stored", "the database refused: IntegrityError", "stored"]
    assert [event.event_id for event in stored(database)] == ["first", "good", "last"]


def test_who_waits_too_long_is_told_so_and_not_stored_behind_his_back(quick_database: Database) -> None:
    async def act(writer: Writer) -> list[str]:
        async with jammed(quick_database):
            first = await jam_one(writer, "in the jam")
            return await outcomes(first, writer.store([row("behind it")], 1))

    with writing(quick_database, within=0.2) as writer:
        assert asyncio.run(act(writer)) == ["the database is too slow"] * 2
    assert "behind it" not in {event.event_id for event in stored(quick_database)}


@pytest.mark.parametrize("bound", [{"most": 3}, {"most_bytes": 3}])
def test_the_waiting_room_has_a_bound(quick_database: Database, bound: dict[str, int]) -> None:
    async def act(writer: Writer) -> list[str]:
        async with jammed(quick_database):
            first = await jam_one(writer, "taken")
            waiting = [asyncio.create_task(writer.store([row(f"w{number}")], 1)) for number in range(5)]
            await until_waiting(writer, 3)
        return await outcomes(first, *waiting)

    with writing(quick_database, within=20.0, **bound) as writer:
        said = asyncio.run(act(writer))
        assert said == ["stored"] * 4 + ["too many requests are waiting for the database"] * 2
        asyncio.run(writer.store([row("later")], 1))
    assert [event.event_id for event in stored(quick_database)] == ["taken", "w0", "w1", "w2", "later"]


def test_closing_stores_what_waits_and_takes_no_more(quick_database: Database) -> None:
    async def act(writer: Writer) -> list[str]:
        async with jammed(quick_database):
            first = await jam_one(writer, "w0")
            waiting = [asyncio.create_task(writer.store([row(f"w{number}")], 1)) for number in range(1, 5)]
            await until_waiting(writer, 4)
            closing = asyncio.create_task(asyncio.to_thread(writer.close))
            await asyncio.sleep(0.05)
        await closing
        return await outcomes(first, *waiting, writer.store([row("late")], 1))

    with writing(quick_database, within=20.0) as writer:
        assert asyncio.run(act(writer)) == ["stored"] * 5 + ["the writer is not running"]
    assert len(stored(quick_database)) == 5


def test_a_writer_outlives_whatever_one_batch_meets(quick_database: Database) -> None:
    with writing(quick_database) as writer:
        with pytest.raises(NotStored, match="refused"):
            asyncio.run(writer.store([row("odd", received_at="yesterday")], 1))
        asyncio.run(writer.store([row("next")], 1))
        assert writer.alive
    assert [event.event_id for event in stored(quick_database)] == ["next"]
