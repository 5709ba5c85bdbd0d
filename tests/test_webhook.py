"""The webhook keeps its promises: what is signed is stored before 200, what is not is refused, nothing comes twice."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

import pytest
from sqlalchemy import text

from bot.asgi import create_asgi
from bot.wake import Sleeper
from bot.webhook import LARGEST_BODY, is_signed
from models.database import Database
from models.incoming import POISONED, WAITING
from tests.door import SECRET, Knocker, opened, said, settings, sign, stored, webhook


@pytest.fixture
def line(database: Database, database_url: str) -> Iterator[Knocker]:
    """LINE's side of the webhook, over a database of each kind."""
    with opened(settings(database_url)) as knocker:
        yield knocker


@pytest.fixture
def quick_line(quick_database: Database) -> Iterator[Knocker]:
    """The same over SQLite alone."""
    with opened(settings(f"sqlite:///{quick_database.file}")) as knocker:
        yield knocker


def test_line_s_own_test_vector() -> None:
    # https://developers.line.biz/en/docs/messaging-api/verify-webhook-signature/
    body = b'{"destination":"U8e742f61d673b39c7fff3cecb7536ef0","events":[]}'
    assert is_signed(SECRET.encode(), b"GhRKmvmHys4Pi8DxkF4+EayaH0OqtJtaZxgTD9fMDLs=", body)


def test_an_event_is_stored_as_it_came(line: Knocker, database: Database) -> None:
    event = said(1, "ไฟถนนหน้าวัดดับ 🔦", newField={"unknown": [1, None]})
    assert line.post(webhook(event)) == 200
    (row,) = stored(database)
    assert json.loads(row.raw) == event
    assert (row.event_id, row.chat_key) == (event["webhookEventId"], event["source"]["userId"])
    assert (row.kind, row.message_id, row.state) == ("message", "1", WAITING)


def test_the_empty_verify_call_is_welcome(line: Knocker, database: Database) -> None:
    assert line.post(webhook()) == 200
    assert not stored(database)


@pytest.mark.parametrize(
    ("signature", "status"),
    [
        (None, 400),
        ("", 400),
        ("wrong", 401),
        (sign(b"another body"), 401),
        (sign(webhook(said(1)), "the secret of another channel"), 401),
        (sign(webhook(said(1))).lower(), 401),
        ("ลายเซ็น", 401),
    ],
)
def test_who_is_not_line_stores_nothing(
    quick_line: Knocker, quick_database: Database, signature: str | None, status: int
) -> None:
    assert quick_line.post(webhook(said(1)), signature) == status
    assert not stored(quick_database)


@pytest.mark.parametrize(
    "body", [b"", b"not json", b"[]", b"null", b'"events"', b'{"destination":"U1"}', b'{"events":{}}', b"[" * 60_000]
)
def test_signed_but_no_webhook_is_refused(quick_line: Knocker, quick_database: Database, body: bytes) -> None:
    assert quick_line.post(body) == 400
    assert not stored(quick_database)


def test_odd_events_do_not_cost_the_good_ones(line: Knocker, database: Database) -> None:
    batch = [
        said(1),
        None,
        "text",
        {"no": "type"},
        {"type": 7},
        {"type": "message", "webhookEventId": "without-message"},
        said(2, source=None),
        said(3, source={"type": "user"}),
        said(4, source="broken"),
        said(5, mode="standby", replyToken=None),
        said(6, mode="a-mode-of-tomorrow", deliveryContext=None),
        {"type": "somethingNew", "webhookEventId": "new-1", "source": {"type": "group", "groupId": "C1"}},
        said(7, message={"type": "hologram", "id": "h1"}),
        said(8),
    ]
    assert line.post(webhook(*batch)) == 200
    rows = stored(database)
    good = [row.event_id[-1] for row in rows if row.state == WAITING]
    assert good == ["1", "2", "3", "4", "5", "6", "1", "7", "8"]
    assert [(row.kind, bool(row.error)) for row in rows if row.state == POISONED] == [("malformed", True)] * 5
    assert [row.chat_key for row in rows if row.event_id[-1] in "234"] == ["-"] * 3


def test_the_chat_is_the_group_before_the_person(quick_line: Knocker, quick_database: Database) -> None:
    group = {"type": "group", "groupId": "C1", "userId": "U1"}
    room = {"type": "room", "roomId": "R1", "userId": "U1"}
    assert quick_line.post(webhook(said(1, source=group), said(2, source=room))) == 200
    assert [row.chat_key for row in stored(quick_database)] == ["C1", "R1"]


def test_an_unsend_names_the_message_it_takes_back(quick_line: Knocker, quick_database: Database) -> None:
    event = said(1, type="unsend", message=None, unsend={"messageId": "325708"})
    assert quick_line.post(webhook(event)) == 200
    assert [(row.kind, row.message_id) for row in stored(quick_database)] == [("unsend", "325708")]


def test_a_redelivered_event_is_stored_once(line: Knocker, database: Database) -> None:
    again = said(1, deliveryContext={"isRedelivery": True})
    assert line.post(webhook(said(1), said(1))) == 200
    assert line.post(webhook(again, said(2))) == 200
    assert [row.event_id for row in stored(database)] == [said(1)["webhookEventId"], said(2)["webhookEventId"]]


def test_an_event_without_an_id_is_known_again_by_its_content(quick_line: Knocker, quick_database: Database) -> None:
    first = said(1, webhookEventId=None)
    again = first | {"deliveryContext": {"isRedelivery": True}}
    assert quick_line.post(webhook(first)) == 200
    assert quick_line.post(webhook(again, said(2, webhookEventId=None))) == 200
    assert [row.message_id for row in stored(quick_database)] == ["1", "2"]


@pytest.mark.parametrize("odd", ["\x00", "\ud800", "x" * 65, 7, "", "a b", "ก", "id\n"])
def test_odd_ids_and_texts_are_no_danger(line: Knocker, database: Database, odd: object) -> None:
    event = said(
        1, str(odd), webhookEventId=odd, source={"type": "user", "userId": odd}, message={"id": odd, "text": odd}
    )
    body = json.dumps({"events": [event, said(2)]}).encode()
    assert line.post(body) == 200
    first, second = stored(database)
    assert json.loads(first.raw) == event
    assert (first.chat_key, first.message_id, len(first.event_id)) == ("-", None, 64)
    assert second.event_id == said(2)["webhookEventId"]


@pytest.mark.parametrize("number", ["1e999", "-1e999", "9" * 5000])
def test_numbers_beyond_measure_cost_their_own_event_only(
    quick_line: Knocker, quick_database: Database, number: str
) -> None:
    broken = json.dumps(said(1, timestamp="N")).replace('"N"', number)
    assert quick_line.post(f'{{"events": [{broken}, {json.dumps(said(2))}]}}'.encode()) == 200
    assert [row.kind for row in stored(quick_database)] == ["malformed", "message"]


def delivered(door: Knocker, body: bytes) -> bool:
    """Send it as LINE does: 503 (the database is slow just now) is truthful, and the same events come again."""
    return any(door.post(body) == 200 for _ in range(20))


def test_many_threads_with_the_same_events_store_each_once(line: Knocker, database: Database) -> None:
    bodies = [webhook(*(said(number) for number in order)) for order in ([1, 2, 3], [3, 2, 1], [2, 3, 4])] * 8
    with ThreadPoolExecutor(len(bodies)) as pool:
        assert all(pool.map(partial(delivered, line), bodies))
    assert sorted(row.event_id[-1] for row in stored(database)) == ["1", "2", "3", "4"]


def test_two_web_processes_with_the_same_events_store_each_once(
    line: Knocker, database: Database, database_url: str
) -> None:
    with opened(settings(database_url)) as other, ThreadPoolExecutor(8) as pool:
        bodies = [webhook(said(number), said(number + 1)) for number in range(30)]
        sent = [pool.submit(delivered, door, body) for body in bodies for door in (line, other)]
        assert all(each.result() for each in sent)
    assert len(stored(database)) == 31


def test_events_that_cross_each_other_between_processes_are_stored_after_redelivery(
    line: Knocker, database: Database, database_url: str
) -> None:
    forth = webhook(*(said(number) for number in range(100)))
    back = webhook(*(said(number) for number in reversed(range(100))))

    with opened(settings(database_url)) as other, ThreadPoolExecutor(8) as pool:
        for _ in range(3):
            assert all(pool.map(delivered, [line, other] * 2, [forth, back] * 2))
    assert len(stored(database)) == 100


def test_the_order_inside_a_batch_is_kept(line: Knocker, database: Database) -> None:
    numbers = [5, 3, 9, 1, 7]
    assert line.post(webhook(*(said(number) for number in numbers))) == 200
    assert [row.message_id for row in stored(database)] == [str(number) for number in numbers]


def test_what_is_too_large_is_refused(quick_line: Knocker, quick_database: Database) -> None:
    large = webhook(said(1, "ก" * LARGEST_BODY))
    assert quick_line.post(large) == 413
    promised = {"x-line-signature": sign(b""), "content-length": str(LARGEST_BODY + 1)}
    assert quick_line.request("POST", "/line/webhook", [60.0], promised)[0] == 413
    assert not stored(quick_database)


def test_the_largest_body_allowed_is_stored(quick_line: Knocker, quick_database: Database) -> None:
    body = webhook(said(1, "x" * (LARGEST_BODY - len(webhook(said(1, ""))))))
    assert len(body) == LARGEST_BODY
    assert quick_line.post(body) == 200
    assert len(stored(quick_database)) == 1


def test_a_body_in_pieces_is_one_body(quick_line: Knocker, quick_database: Database) -> None:
    body = webhook(said(1))
    pieces = [body[at : at + 100] for at in range(0, len(body), 100)]
    headers = {"x-line-signature": sign(body)}
    assert quick_line.request("POST", "/line/webhook", pieces, headers)[0] == 200
    assert len(stored(quick_database)) == 1


def test_a_body_that_breaks_off_stores_nothing(quick_line: Knocker, quick_database: Database) -> None:
    body = webhook(said(1))
    assert quick_line.post(body[:-5], sign(body)) == 401
    assert not stored(quick_database)


def test_who_dawdles_is_shown_out(quick_database: Database) -> None:
    given, body = settings(f"sqlite:///{quick_database.file}"), webhook(said(1))
    with opened(create_asgi(given, patience=0.05)) as knocker:
        pieces: list[bytes | float] = [body[:-1], 60.0, body[-1:]]
        assert knocker.request("POST", "/line/webhook", pieces, {"x-line-signature": sign(body)})[0] == 408
    assert not stored(quick_database)


def test_only_post_is_understood(quick_line: Knocker) -> None:
    assert quick_line.get("/line/webhook")[0] == 405


def test_a_stored_event_rings_for_the_worker(line: Knocker, database: Database) -> None:
    sleeper = Sleeper(database)
    assert line.post(webhook(said(1))) == 200
    assert sleeper.wait(10)
    sleeper.close()


def test_a_database_without_tables_means_come_again(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'empty.db'}"
    with opened(settings(url)) as knocker:
        assert knocker.post(webhook(said(1))) == 503


def test_a_database_that_is_down_means_come_again() -> None:
    with opened(settings("postgresql://nobody@127.0.0.1:1/nothing")) as knocker:
        assert knocker.post(webhook(said(1))) == 503
        assert knocker.post(webhook()) == 200


def test_a_full_disk_means_come_again_and_then_all_is_well(quick_line: Knocker, quick_database: Database) -> None:
    assert quick_line.post(webhook(said(1))) == 200
    with quick_database.engine.connect() as connection:
        pages = connection.execute(text("PRAGMA page_count")).scalar_one()
    _limit_pages(quick_line, pages)
    batch = webhook(said(2), *(said(number, "น้ำท่วม" * 300) for number in range(10, 40)))
    assert quick_line.post(batch) == 503
    assert len(stored(quick_database)) == 1
    _limit_pages(quick_line, 1_000_000)
    assert quick_line.post(batch) == 200
    assert len(stored(quick_database)) == 32


def _limit_pages(line: Knocker, pages: int) -> None:
    """Let the web process's database file grow to so many pages and no further, as a full disk would."""
    engine = line.door.database.engine
    with engine.connect() as connection:
        connection.exec_driver_sql(f"PRAGMA max_page_count={pages}")


def test_a_locked_database_means_come_again_in_time(quick_line: Knocker, quick_database: Database) -> None:
    locked, done = threading.Event(), threading.Event()

    def hog() -> None:
        with quick_database.begin():
            locked.set()
            done.wait(30)

    hogging = threading.Thread(target=hog)
    hogging.start()
    assert locked.wait(10)
    try:
        assert quick_line.post(webhook(said(1))) == 503
    finally:
        done.set()
        hogging.join()
    assert quick_line.post(webhook(said(1))) == 200
    assert len(stored(quick_database)) == 1
