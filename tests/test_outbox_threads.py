"""The outbox at work: woken at once, several chats at a time, several senders at a time, and killed in the middle."""

from __future__ import annotations

import random
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import OperationalError

from bot.crew import Crew, Job
from bot.line import Line
from bot.outbox import Outbox
from models.database import Database
from models.outgoing import Outgoing
from models.post import enqueue
from simulator import Simulator
from tests.office import SECRET, TOKEN, Address, text

KILLS = 5


@pytest.fixture
def platform() -> Iterator[Simulator]:
    with Simulator(secret=SECRET, token=TOKEN, quota=None) as opened:
        yield opened


@contextmanager
def working(database: Database, platform: Simulator, senders: int = 1) -> Iterator[list[Outbox]]:
    """Outboxes that send, each with its own connection to LINE."""
    address = Address(platform.url, platform.url)
    outboxes = [Outbox(database, Line(address), clock=lambda: datetime.now(UTC)) for _ in range(senders)]
    try:
        for outbox in outboxes:
            outbox.start()
        yield outboxes
    finally:
        for outbox in outboxes:
            outbox.stop()


def write(database: Database, platform: Simulator, chats: list[str], each: int, *, reply: bool) -> None:
    """Letters numbered 0, 1, 2 … to each of these chats, all in one transaction."""
    now = datetime.now(UTC)
    with database.begin() as session:
        for number in range(each):
            for chat in chats:
                token = platform.world.new_reply_token(chat) if reply else None
                until = now + timedelta(seconds=55) if reply else None
                kind = "receipt" if reply else "result"
                enqueue(session, chat, kind, [text(str(number))], now, reply_token=token, reply_until=until)


def unsettled(database: Database) -> int:
    """How many letters are still on their way."""
    with database.read() as session:
        open_ones = Outgoing.state.in_(("waiting", "sending"))
        return session.scalar(select(func.count()).select_from(Outgoing).where(open_ones)) or 0


def wait_until_settled(database: Database, seconds: float = 30) -> None:
    end = time.monotonic() + seconds
    while unsettled(database):
        assert time.monotonic() < end, f"{unsettled(database)} letters are still on their way"
        time.sleep(0.02)


def words_in(platform: Simulator, chat: str) -> list[str]:
    return [message.text for message in platform.messages(chat)]


def test_a_kick_sends_what_was_committed(database: Database, platform: Simulator) -> None:
    somsri = platform.user("ป้าสมศรี")
    with working(database, platform) as (outbox,):
        write(database, platform, [somsri.id], 1, reply=True)
        outbox.kick()
        assert [message.text for message in platform.wait(somsri)] == ["0"]
        wait_until_settled(database)


def test_one_slow_chat_does_not_hold_up_the_others(database: Database, platform: Simulator) -> None:
    slow, quick = platform.user("ช้า"), platform.user("เร็ว")
    with working(database, platform) as (outbox,):
        platform.fail("slow", only="message/reply", ms=3000)
        write(database, platform, [slow.id], 1, reply=True)
        outbox.kick()
        assert platform.world.wait_for(lambda: not platform.world.switches.faults, 5)
        write(database, platform, [quick.id], 3, reply=True)
        outbox.kick()
        assert [message.text for message in platform.wait(quick, count=3)] == ["0", "1", "2"]
        assert words_in(platform, slow.id) == []
        platform.wait(slow)
        wait_until_settled(database)


def test_several_senders_share_the_work_and_keep_the_order(database: Database, platform: Simulator) -> None:
    chats = [platform.user(f"คนที่ {n}").id for n in range(8)]
    write(database, platform, chats, 6, reply=True)
    with working(database, platform, senders=3):
        wait_until_settled(database)
    assert {tuple(words_in(platform, chat)) for chat in chats} == {tuple("012345")}
    assert platform.refused() == []


def test_killing_the_sender_loses_no_letter_and_sends_none_twice(
    database: Database, database_url: str, platform: Simulator
) -> None:
    answered = [platform.user(f"ตอบ {n}").id for n in range(5)]
    told = [platform.user(f"แจ้ง {n}").id for n in range(5)]
    platform.switch(delay_ms=15)
    write(database, platform, answered, 4, reply=True)
    write(database, platform, told, 8, reply=False)
    chance = random.Random(2569)
    command = [sys.executable, "-m", "tests.sender", database_url, platform.url]
    for _ in range(KILLS):
        with subprocess.Popen(command, stdout=subprocess.PIPE) as sender:
            assert sender.stdout is not None
            assert sender.stdout.readline() == b"ready\n"
            enough = len(platform.calls()) + chance.randint(2, 14)
            assert platform.world.wait_for(lambda at=enough: len(platform.calls()) >= at, 20)  # type: ignore[misc]
            sender.kill()
    assert unsettled(database) > 0  # or the last kill came too late to prove anything
    with working(database, platform):
        wait_until_settled(database)
    assert {tuple(words_in(platform, chat)) for chat in answered} == {tuple("0123")}
    assert {tuple(words_in(platform, chat)) for chat in told} == {tuple("01234567")}
    with database.read() as session:
        assert set(session.scalars(select(Outgoing.state))) == {"sent"}


def test_a_database_that_is_away_does_not_fill_the_log(caplog: pytest.LogCaptureFixture) -> None:
    looks = []

    def claim(_most: int) -> list[Job]:
        looks.append(time.monotonic())
        raise OperationalError("SELECT …", {}, ConnectionError("ป้าสมศรี"))

    crew = Crew("crew", 1, claim, lambda: 0.0)
    crew.start()
    while len(looks) < 20:
        crew.kick()
        time.sleep(0.001)
    crew.stop()
    said = [record.getMessage() for record in caplog.records if record.name == "bot.crew"]
    assert said == ["crew cannot reach the database: ConnectionError"]
