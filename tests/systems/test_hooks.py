"""Webhooks out: what happened is told, signed, tried again, and never with anybody's words in it."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from bot.announcing import Announcer
from bot.hooks import PURPOSE, Hooks
from bot.outside import Forbidden, Reply, Unreachable
from bot.signing import is_signed, signature
from models import undoing, watching, work
from models.database import Database
from models.hooks import DISABLE_AFTER, EVENTS, PAUSES, Delivery, Hook
from models.staff import Staff
from models.tickets import Entry, Ticket
from tests.systems.system import System, publish
from tests.web.office import Office
from web.sealed import seal

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"


class Receiver:
    """Stands for the outside: keeps what it is sent, and answers as it is told."""

    def __init__(self) -> None:
        self.got: list[tuple[str, bytes, dict[str, str]]] = []
        self.answer: int | Exception = 200

    def send(self, _method: str, url: str, *, body: bytes = b"", headers: dict[str, str] | None = None) -> Reply:
        self.got.append((url, body, headers or {}))
        if isinstance(self.answer, Exception):
            raise self.answer
        return Reply(self.answer)

    @property
    def told(self) -> list[dict[str, Any]]:
        """The bodies, read."""
        return [json.loads(body) for _, body, _ in self.got]


class Telling:
    """An office whose worker tells a receiver."""

    def __init__(self, office: Office, *, listen: bool = True) -> None:
        self.office, self.receiver = office, Receiver()
        self.hooks = self.worker()
        if listen:
            self.add()

    def worker(self) -> Hooks:
        """A worker that has just begun."""
        announcer = Announcer(self.office.database, lambda: self.office.now)
        key = self.office.settings.secret_key
        way: Any = self.receiver
        return Hooks(self.office.database, way, key, announcer.work, clock=lambda: self.office.now)

    def add(self, *events: str) -> int:
        """The office adds an address."""
        with self.office.database.begin() as session:
            sealed = seal(self.office.settings.secret_key, PURPOSE, SECRET, self.office.now)
            row = Hook(
                name="ทะเบียน",
                url="https://example.org/hook",
                secret=sealed,
                events=list(events or EVENTS),
                created_at=self.office.now,
            )
            session.add(row)
            session.flush()
            number = row.id
        self.hooks.work()  # begins at the end of the history
        return number

    def work(self) -> int:
        """The worker's round, a second later."""
        self.office.later(seconds=1)
        return self.hooks.work()

    def deliveries(self) -> list[Delivery]:
        with self.office.database.read() as session:
            return list(session.scalars(select(Delivery).order_by(Delivery.id)))

    def hook(self) -> Hook:
        with self.office.database.read() as session:
            return session.scalars(select(Hook)).one()


@pytest.fixture
def telling(office: Office) -> Telling:
    return Telling(office)


def moved(office: Office, ticket: int, *, held: bool = False) -> None:
    """Somebody takes a case."""
    with office.database.begin() as session:
        row, staff = session.get_one(Ticket, ticket), session.scalars(select(Staff).where(Staff.role == "crew")).one()
        before = undoing.snapshot(row)
        entry = work.take(row, staff, office.now)
        if held:
            undoing.hold(entry, before, office.now)


def test_a_case_and_its_moves_are_told_once_each_without_words(offices: Office) -> None:
    telling = Telling(offices)
    ticket = offices.case("โทร 0812345678 ไฟดับ")
    code = publish(offices, ticket)
    moved(offices, ticket)
    telling.work()
    telling.work()
    assert [(one["type"], one["data"]["what"]) for one in telling.receiver.told] == [
        ("case.created", "created"),
        ("case.changed", "taken"),
    ]
    case = telling.receiver.told[1]["data"]["case"]
    assert case == {
        "id": "2570-00001",
        "state": "taken",
        "kind": "complaint",
        "category": "streetlight",
        "department": "ENG",
        "channel": "line",
        "public_code": code,
    }
    everything = b"".join(body for _, body, _ in telling.receiver.got)
    assert b"0812345678" not in everything
    assert "ยายคำ".encode() not in everything


def test_what_is_told_is_signed_as_standard_webhooks_are(telling: Telling) -> None:
    telling.office.case()
    telling.work()
    (_, body, headers), now = telling.receiver.got[0], telling.office.now
    assert is_signed(SECRET, headers, body, now)
    assert headers["webhook-id"] == telling.receiver.told[0]["id"]
    assert not is_signed(SECRET, headers, body + b" ", now)
    assert not is_signed(SECRET, headers | {"webhook-id": "case_999"}, body, now)
    assert not is_signed("whsec_AAAA", headers, body, now)
    assert is_signed(SECRET, headers, body, now + timedelta(minutes=4))
    assert not is_signed(SECRET, headers, body, now + timedelta(minutes=6)), "an old message can be played again"


def test_the_signature_is_the_one_of_the_standards_own_example() -> None:
    """The example of https://github.com/standard-webhooks/standard-webhooks (spec, “Signature scheme”)."""
    at = datetime.fromtimestamp(1614265330).astimezone()
    found = signature(SECRET, "msg_p5jXN8AQM9LWM0D4loKWxJek", at, b'{"test": 2432232314}')
    assert found["webhook-signature"] == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_confidential_cases_are_never_told(telling: Telling) -> None:
    ticket = telling.office.case("เงินใต้โต๊ะ", sensitive=True)
    moved(telling.office, ticket)
    telling.work()
    assert telling.receiver.got == []


def test_a_move_is_told_after_its_minute_and_not_at_all_when_undone(telling: Telling) -> None:
    office = telling.office
    kept, undone = office.case(), office.case()
    telling.work()
    for ticket in (kept, undone):
        moved(office, ticket, held=True)
    telling.work()
    assert len(telling.receiver.told) == 2
    with office.database.begin() as session:
        entry = session.scalars(select(Entry).where(Entry.ticket_id == undone, Entry.what == "taken")).one()
        undoing.undo(session, entry, session.scalars(select(Staff)).first() or Staff(), office.now)
    office.later(seconds=61)
    telling.work()
    assert [one["data"]["case"]["id"] for one in telling.receiver.told[2:]] == ["2570-00001"]


def test_a_line_that_was_committed_late_is_told_all_the_same(telling: Telling) -> None:
    """Numbers are given before commits: a line may appear behind one that was told already."""
    office = telling.office
    first, second = office.case(), office.case()
    with office.database.begin() as session:
        late = session.scalars(select(Entry).where(Entry.ticket_id == first)).one()
        kept = {column.key: getattr(late, column.key) for column in Entry.__table__.columns}
        session.delete(late)
    telling.work()
    assert len(telling.receiver.got) == 1
    with office.database.begin() as session:
        session.add(Entry(**kept))
    office.later(minutes=5)
    telling.work()
    assert {one["data"]["case"]["id"] for one in telling.receiver.told} == {"2570-00001", "2570-00002"}
    assert second


def test_a_worker_that_begins_anew_tells_nothing_twice(telling: Telling) -> None:
    telling.office.case()
    telling.work()
    telling.hooks = telling.worker()
    telling.work()
    telling.office.later(hours=1)
    telling.work()
    telling.hooks = telling.worker()
    telling.work()
    assert len(telling.receiver.got) == 1


def test_history_from_before_somebody_listened_is_not_told(office: Office) -> None:
    office.case()
    telling = Telling(office)
    telling.work()
    assert telling.receiver.got == []


def test_only_what_an_address_wants(office: Office) -> None:
    telling = Telling(office, listen=False)
    telling.add("case.changed")
    ticket = office.case()
    moved(office, ticket)
    telling.work()
    assert [one["type"] for one in telling.receiver.told] == ["case.changed"]


@pytest.mark.parametrize("trouble", [500, 404, 302, Unreachable("timeout"), Forbidden("inside")])
def test_what_does_not_arrive_is_tried_with_longer_pauses_and_then_given_up(
    telling: Telling, trouble: int | Exception
) -> None:
    telling.receiver.answer = trouble
    telling.office.case()
    telling.work()
    assert telling.deliveries()[0].state == "waiting"
    for pause in PAUSES:
        tries = len(telling.receiver.got)
        telling.office.now = telling.deliveries()[0].next_try_at - timedelta(seconds=2)
        telling.work()
        assert len(telling.receiver.got) == tries, "tried before its time"
        telling.office.later(seconds=5)
        telling.work()
        assert len(telling.receiver.got) == tries + 1, f"not tried after {pause}"
    assert telling.deliveries()[0].state == "failed"
    assert {body for _, body, _ in telling.receiver.got} == {telling.receiver.got[0][1]}
    assert len({headers["webhook-id"] for _, _, headers in telling.receiver.got}) == 1


def test_it_arrives_once_the_receiver_is_well_again(telling: Telling) -> None:
    telling.receiver.answer = 503
    telling.office.case()
    telling.work()
    telling.receiver.answer = 204
    telling.office.later(seconds=15)
    telling.work()
    (row,) = telling.deliveries()
    assert (row.state, row.status, row.attempts) == ("sent", 204, 2)
    assert telling.hook().failing_since is None


def test_a_receiver_that_only_fails_is_left_alone_after_three_days(telling: Telling) -> None:
    telling.receiver.answer = 500
    telling.office.case()
    telling.work()
    telling.office.later(seconds=DISABLE_AFTER.total_seconds())
    telling.office.case()
    telling.work()
    hook = telling.hook()
    assert (hook.active, hook.disabled_why) == (False, "failing")
    asked = len(telling.receiver.got)
    telling.office.later(days=1)
    telling.work()
    assert len(telling.receiver.got) == asked


def test_a_receiver_that_says_gone_is_not_told_again(telling: Telling) -> None:
    telling.receiver.answer = 410
    telling.office.case()
    telling.work()
    assert telling.hook().disabled_why == "gone"


def test_a_worker_that_died_in_the_middle_leaves_the_event_to_the_next(telling: Telling) -> None:
    telling.office.case()
    telling.office.later(seconds=1)
    telling.hooks._announce()
    assert telling.hooks._claim(8)  # and dies
    assert telling.work() == 0
    telling.office.later(minutes=3)
    assert telling.work() == 1
    assert telling.deliveries()[0].state == "sent"


def test_old_lines_of_the_log_go_and_marks_move_on(telling: Telling, quick_database: Database) -> None:
    telling.office.case()
    telling.work()
    telling.office.later(days=31)
    telling.hooks.tidy()
    assert telling.deliveries() == []
    telling.office.case()
    telling.work()
    telling.office.later(minutes=11)
    telling.office.case()
    telling.work()
    with quick_database.read() as session:
        assert session.get_one(watching.Mark, "case").settled > 0


def test_cases_of_other_systems_are_told_too(office: Office) -> None:
    telling = Telling(office)
    System(office).file311()
    telling.work()
    assert telling.receiver.told[0]["data"]["case"]["channel"] == "open311"
