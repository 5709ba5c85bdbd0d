"""The inbox: each event once, in order per chat, by any number of workers; what cannot be handled is put aside."""

from __future__ import annotations

import json
import threading
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as examples
from hypothesis import strategies as st
from sqlalchemy import select

import bot.inbox
from bot.claims import TRIES
from bot.inbox import Inbox
from bot.seed import seed
from handlers.respond import respond
from models import fates
from models.database import Database
from models.incoming import CLAIMED, DONE, POISONED, WAITING, Incoming
from models.key_room import KeyRoom
from models.outgoing import Outgoing
from models.people import Chat
from tests.office import Clock
from tests.test_webhook_fuzz import ALMOST

KEY = "k" * 40
#: Made at first use only: these events tell of no ballot.
KEYS = KeyRoom(Path("keys-that-nobody-needs"))


@pytest.fixture
def filled(database: Database) -> Database:
    """A database with the defaults of a town."""
    with database.begin() as session:
        seed(session)
    return database


def event(number: int, user: str, text: str = "เมนู", **changed: Any) -> dict[str, Any]:
    """A text message."""
    return {
        "type": "message",
        "mode": "active",
        "timestamp": 1_763_600_000_000,
        "source": {"type": "user", "userId": user},
        "webhookEventId": f"E{number}",
        "replyToken": f"token-{number}",
        "message": {"type": "text", "id": str(number), "text": text},
    } | changed


def store(database: Database, *events: dict[str, Any], now: datetime | None = None) -> None:
    """Rows as the webhook stores them."""
    with database.begin() as session:
        session.add_all(
            Incoming(
                event_id=str(e.get("webhookEventId")),
                chat_key=e["source"].get("groupId") or e["source"].get("userId") or "-",
                kind=str(e.get("type")),
                message_id=e.get("message", {}).get("id"),
                raw=json.dumps(e),
                received_at=now or datetime.now(UTC),
            )
            for e in events
        )


def rows(database: Database) -> list[Incoming]:
    with database.read() as session:
        return list(session.scalars(select(Incoming).order_by(Incoming.id)))


def letters(database: Database) -> list[Outgoing]:
    with database.read() as session:
        return list(session.scalars(select(Outgoing).order_by(Outgoing.id)))


def inbox(database: Database, clock: Any = None) -> Inbox:
    return Inbox(database, "https://town.example", KEY, clock or (lambda: datetime.now(UTC)), KEYS)


def test_several_workers_keep_the_order_of_each_chat(filled: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    """Four workers, five chats, sixty events: each is answered once, and within a chat in order."""
    users = [f"U{n:032x}" for n in range(5)]
    store(filled, *(event(n, users[n % 5], str(1000 + n)) for n in range(60)))

    def slowly(turn: Any) -> Any:
        time.sleep(0.002)  # lets the others overtake, if they can
        return respond(turn)

    monkeypatch.setattr(bot.inbox, "respond", slowly)
    workers = [threading.Thread(target=inbox(filled).work) for _ in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    inbox(filled).work()
    assert {row.state for row in rows(filled)} == {DONE}
    for user in users:
        told = [json.dumps(x.messages, ensure_ascii=False) for x in letters(filled) if x.chat_key == user]
        asked = [str(1000 + n) for n in range(60) if users[n % 5] == user]
        assert len(told) == len(asked)
        assert all(number in words for number, words in zip(asked, told, strict=True))


def test_what_fails_again_and_again_is_put_aside_and_the_chat_goes_on(
    filled: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = Clock()

    def trips(turn: Any) -> Any:
        if turn.text == "ระเบิด":
            raise RuntimeError("a handler trips")
        return respond(turn)

    monkeypatch.setattr(bot.inbox, "respond", trips)
    store(filled, event(1, "U" + "1" * 32, "ระเบิด"), event(2, "U" + "1" * 32, "เมนู"), now=clock())
    box = inbox(filled, clock)
    for _ in range(TRIES):
        box.work()
        assert rows(filled)[1].state == WAITING or rows(filled)[0].state == POISONED
        clock.forward(minutes=5)
    box.work()
    first, second = rows(filled)
    assert (first.state, first.attempts) == (POISONED, TRIES)
    assert "a handler trips" in (first.error or "")
    assert "ระเบิด" in json.loads(first.raw)["message"]["text"]
    assert second.state == DONE
    assert len(letters(filled)) == 1


def test_the_effects_of_a_failed_event_are_undone(filled: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    def halfway(turn: Any) -> Any:
        turn.seat.form = "report"
        turn.session.flush()
        raise RuntimeError("halfway")

    monkeypatch.setattr(bot.inbox, "respond", halfway)
    store(filled, event(1, "U" + "1" * 32))
    inbox(filled).work()
    with filled.read() as session:
        assert session.scalars(select(Outgoing)).all() == []
        assert rows(filled)[0].state == WAITING


def test_a_dead_workers_event_is_taken_over(filled: Database) -> None:
    clock = Clock()
    store(filled, event(1, "U" + "1" * 32), now=clock())
    with filled.begin() as session:
        row = session.scalars(select(Incoming)).one()
        row.state, row.lease_by, row.lease_until = CLAIMED, "another-host:1:1", clock() + timedelta(seconds=60)
    box = inbox(filled, clock)
    assert box.claims.recover() == 0
    clock.forward(seconds=61)
    assert box.claims.recover() == 1
    box.work()
    assert rows(filled)[0].state == DONE


def test_an_event_that_kills_its_worker_is_put_aside_alone(filled: Database) -> None:
    """Two events are claimed together by worker after worker that dies: only the one that kills is given up."""
    clock = Clock()
    store(filled, event(1, "U" + "1" * 32), event(2, "U" + "2" * 32), now=clock())
    for _ in range(TRIES + 2):
        box = inbox(filled, clock)
        for key in box.claims.take():
            if key == 1:
                break  # the process dies here
            box.handle(key)
        clock.forward(seconds=61)
        box.claims.recover()
    first, second = rows(filled)
    assert (first.state, first.attempts) == (POISONED, TRIES)
    assert second.state == DONE


@pytest.mark.parametrize(
    "changed",
    [
        {"mode": "standby", "replyToken": None},
        {"source": {"type": "group", "groupId": "C" + "2" * 32}},
        {"source": {"type": "room", "roomId": "R" + "2" * 32, "userId": "U" + "1" * 32}},
        {"type": "videoPlayComplete", "videoPlayComplete": {"trackingId": "x"}},
        {"type": "brandNewEvent", "message": {}, "surprise": {"a": 1}},
    ],
    ids=["standby", "group without a user", "room", "video", "unknown"],
)
def test_what_does_not_concern_us_is_handled_in_silence(filled: Database, changed: dict[str, Any]) -> None:
    given_event = {k: v for k, v in event(1, "U" + "1" * 32, **changed).items() if v is not None}
    store(filled, given_event)
    inbox(filled).work()
    assert [row.state for row in rows(filled)] == [DONE]
    assert letters(filled) == []


@pytest.fixture
def quick(quick_database: Database) -> Database:
    with quick_database.begin() as session:
        seed(session)
    return quick_database


@examples(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(almost=ALMOST, kind=st.sampled_from(["message", "postback", "follow", "join", "unsend", "memberJoined"]))
def test_no_event_however_odd_is_poison(quick: Database, almost: dict[str, Any], kind: str) -> None:
    """Whatever passes the webhook is handled, or ignored; nothing trips a handler."""
    with quick.begin() as session:
        session.query(Outgoing).delete()
        session.query(Incoming).delete()
    odd = {**almost, "type": kind, "webhookEventId": "E1"}
    source = odd.get("source")
    odd["source"] = source if isinstance(source, dict) else {"type": "user", "userId": "U" + "1" * 32}
    with quick.begin() as session:
        row = Incoming(event_id="E1", chat_key="U" + "1" * 32, kind=kind, raw="", received_at=datetime.now(UTC))
        row.raw = json.dumps(odd, default=str)
        session.add(row)
    inbox(quick).work()
    assert [row.state for row in rows(quick)] == [DONE], [row.error for row in rows(quick)]


def test_characters_that_no_database_takes_do_not_stop_a_report(filled: Database) -> None:
    """NUL and half a surrogate pair can stand in JSON; PostgreSQL refuses both."""
    user = "U" + "1" * 32
    store(filled, event(1, user, "แจ้งปัญหา"), event(2, user, "ไฟถนน\x00ดับ\ud800หน้าวัด"))
    inbox(filled).work()
    assert {row.state for row in rows(filled)} == {DONE}
    with filled.read() as session:
        chat = session.scalars(select(Chat).where(Chat.key == user)).one()
        assert "ไฟถนนดับหน้าวัด" in json.dumps(chat.answers, ensure_ascii=False)


def test_words_are_forgotten_after_a_week(tmp_path: Path, quick: Database) -> None:
    from bot.rounds import Rounds

    clock = Clock()
    store(quick, event(1, "U" + "1" * 32, "เรื่องส่วนตัว"), now=clock())
    inbox(quick, clock).work()
    rounds = Rounds(quick, "https://town.example", KEY, clock)
    rounds.work()
    assert rows(quick)[0].raw
    clock.forward(days=8)
    rounds.work()
    assert rows(quick)[0].raw == ""
    assert rows(quick)[0].event_id == "E1"


def test_who_speaks_can_be_reached_again(filled: Database) -> None:
    """LINE had called the person gone; whatever is heard now proves the contrary, a goodbye excepted."""
    inbox, clock = Inbox(filled, "https://town.example", KEY, Clock(), KEYS), Clock()
    store(filled, event(1, "Ua"))
    inbox.work()
    with filled.begin() as session:
        fates.close(session, "Ua", clock())
    store(filled, {"type": "unfollow"} | {k: v for k, v in event(2, "Ua").items() if k not in ("type", "message")})
    inbox.work()
    with filled.read() as session:
        assert fates.closed(session, "Ua")
    store(filled, event(3, "Ua"))
    inbox.work()
    with filled.read() as session:
        assert not fates.closed(session, "Ua")
