"""The bridge to Traffy Fondue against a stand-in that is strict about the documented fields."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from bot.outside import Outside
from bot.traffy import Traffy
from models import work
from models.database import Database
from models.fetches import Fetch
from models.staff import Staff
from models.tickets import Ticket
from models.town import put_setting
from models.traffy import ECHOES, TraffyJob, TraffyLink, TraffyMeter, client_name, put
from tests.systems.system import System, count, newest, ticket_of
from tests.systems.traffy_server import Fondue, running
from tests.web.office import Office
from web.traffy_bell import bell_of


class Bridge:
    """An office with an account, and the platform."""

    def __init__(self, office: Office, fondue: Fondue) -> None:
        self.office, self.fondue = office, fondue
        self.worker = self.fresh()
        self.turn("traffy.on", value=True)

    def fresh(self) -> Traffy:
        """A worker that has just begun."""
        way = Outside([f"127.0.0.1:{self.fondue.port}"])
        return Traffy(self.office.settings, self.office.database, way, lambda: self.office.now)

    def turn(self, name: str, *, value: Any) -> None:
        with self.office.database.begin() as session:
            put_setting(session, name, value)

    def work(self, **later: float) -> int:
        """A round, by default when news are due again."""
        self.office.later(**(later or {"minutes": 121}))
        return self.worker.work()

    def send(self, ticket: int) -> None:
        """Staff want Traffy Fondue to know of a case of ours."""
        with self.office.database.begin() as session:
            row = session.get_one(Ticket, ticket)
            session.add(TraffyLink(ticket_id=ticket, client=client_name(row), born="here", linked_at=self.office.now))
            put(session, "new", f"ticket:{ticket}", self.office.now, ticket_id=ticket)

    def staff_does(self, ticket: int, do: str, words: str = "ส่งช่างแล้ว") -> None:
        with self.office.database.begin() as session:
            row, staff = session.get_one(Ticket, ticket), session.scalars(select(Staff)).first()
            assert staff is not None
            if do == "take":
                work.take(row, staff, self.office.now)
            elif do == "reopen":
                work.reopen(row, staff, self.office.now, words)
            else:
                work.finish(row, staff, self.office.now, words)

    def jobs(self, *kinds: str) -> list[TraffyJob]:
        with self.office.database.read() as session:
            found = session.scalars(select(TraffyJob).order_by(TraffyJob.id)).all()
            return [job for job in found if not kinds or job.kind in kinds]

    def link(self) -> TraffyLink:
        with self.office.database.read() as session:
            return session.scalars(select(TraffyLink)).one()

    def meter(self) -> TraffyMeter:
        with self.office.database.read() as session:
            return session.get_one(TraffyMeter, 1)


@pytest.fixture
def bridge(quick_database: Database) -> Iterator[Bridge]:
    yield from _bridge(quick_database)


@pytest.fixture
def bridges(database: Database) -> Iterator[Bridge]:
    """The same, once per kind of database."""
    yield from _bridge(database)


def _bridge(database: Database) -> Iterator[Bridge]:
    holder: list[Office] = []
    with running(lambda: holder[0].now) as fondue:
        base = f"http://127.0.0.1:{fondue.port}/exchange-api"
        holder.append(Office(database, traffy_user="town", traffy_password="secret", traffy_url=base))
        yield Bridge(holder[0], fondue)


# -- off ---------------------------------------------------------------------------------------------------------------


def test_off_it_does_nothing_and_is_in_nobodys_way(bridge: Bridge) -> None:
    bridge.turn("traffy.on", value=False)
    bridge.fondue.report()
    bridge.send(bridge.office.case(lat=14.03, lon=100.53))
    assert bridge.work() == 0
    assert bridge.fondue.asked == []


def test_without_an_account_it_does_nothing(office: Office) -> None:
    with office.database.begin() as session:
        put_setting(session, "traffy.on", True)
    assert Traffy(office.settings, office.database, Outside(), lambda: office.now).work() == 0


# -- theirs ------------------------------------------------------------------------------------------------------------


def test_a_case_of_theirs_is_filed_once_with_department_and_duty(bridges: Bridge) -> None:
    theirs = bridges.fondue.report(photo="https://storage.example.org/a.jpg")
    for _ in range(3):
        bridges.work()
    assert count(bridges.office) == 1
    ticket = newest(bridges.office)
    assert (ticket.channel, ticket.category, ticket.state) == ("traffy", "drain", "new")
    assert ticket.source_key == f"traffy:{theirs}"
    assert ticket.answer_by - ticket.received_at > timedelta(days=14)
    with bridges.office.database.read() as session:
        assert session.scalars(select(Fetch.address)).all() == ["https://storage.example.org/a.jpg"]


def test_their_states_move_our_case_with_the_note_of_their_office(bridge: Bridge) -> None:
    theirs = bridge.fondue.report()
    bridge.work()
    for status, state in (("กำลังดำเนินการ", "taken"), ("ของบประมาณ", "waiting"), ("เสร็จสิ้น", "done")):
        bridge.fondue.turn(theirs, status, "เทคอนกรีตแล้ว โทร 0812345678")
        bridge.work()
        bridge.work(seconds=1)  # what is worth a call is read
        assert newest(bridge.office).state == state, status
    last = newest(bridge.office).history[-1]
    assert "เทคอนกรีตแล้ว" in last.words
    assert last.data["via"] == "traffy"
    bridge.fondue.turn(theirs, "รอรับเรื่อง")
    bridge.work()
    assert newest(bridge.office).state == "new"
    assert newest(bridge.office).reopened == 1


def test_a_state_that_we_do_not_know_becomes_a_note(bridge: Bridge) -> None:
    theirs = bridge.fondue.report()
    bridge.work()
    bridge.fondue.turn(theirs, "รอประชุมสภา")
    bridge.work()
    ticket = newest(bridge.office)
    assert (ticket.state, ticket.history[-1].what) == ("new", "note")
    assert "รอประชุมสภา" in ticket.history[-1].words


def test_what_came_from_there_is_never_sent_back(bridge: Bridge) -> None:
    theirs = bridge.fondue.report()
    bridge.work()
    for status in ("กำลังดำเนินการ", "ส่งต่อ", "กำลังดำเนินการ"):
        bridge.fondue.turn(theirs, status)
        bridge.work()
    assert bridge.fondue.calls("new-issue/v1") == []
    assert bridge.fondue.calls("update-issue/v1") == []


# -- ours --------------------------------------------------------------------------------------------------------------


def test_our_moves_go_there_once_and_do_not_come_back(bridges: Bridge) -> None:
    theirs = bridges.fondue.report()
    bridges.work()
    ticket = newest(bridges.office).id
    bridges.staff_does(ticket, "take")
    bridges.work()
    bridges.work()
    bridges.staff_does(ticket, "done", "ซ่อมแล้ว โทร 0812345678")
    bridges.work()
    bridges.work()
    told = bridges.fondue.calls("update-issue/v1")
    assert [(one["ticket_id"], one["state_name"]) for one in told] == [(theirs, "กำลังดำเนินการ"), (theirs, "เสร็จสิ้น")]
    assert all(one["note"] for one in told)
    assert "0812345678" not in str(told)
    history = [entry.what for entry in ticket_of(bridges.office, ticket).history]
    assert history.count("done") == 1
    assert ticket_of(bridges.office, ticket).state == "done"


def test_a_case_of_ours_is_sent_with_documented_fields_and_nobodys_name(bridge: Bridge) -> None:
    ticket = bridge.office.case("ไฟดับ โทร 0812345678", lat=14.031234, lon=100.534321, place="หน้าวัด")
    bridge.send(ticket)
    bridge.work()
    (said,) = bridge.fondue.calls("new-issue/v1")
    assert said["client_ticket_id"] == "SS-2570-00001"
    assert said["category_name_th"] == "แสงสว่าง"
    assert "0812345678" not in str(said)
    assert "ยายคำ" not in str(said)
    assert bridge.link().theirs in bridge.fondue.issues
    bridge.work()
    assert count(bridge.office) == 1, "our own case came back as a new one"


def test_a_case_without_a_position_or_confidential_is_not_sent(bridge: Bridge) -> None:
    bridge.send(bridge.office.case())
    bridge.send(bridge.office.case("เงินใต้โต๊ะ", sensitive=True, lat=14.0, lon=100.0))
    bridge.work()
    assert bridge.fondue.calls("new-issue/v1") == []
    assert [job.state for job in bridge.jobs("new")] == ["failed", "failed"]


def test_a_case_that_moved_on_while_it_waited_is_told_as_it_stands(bridge: Bridge) -> None:
    ticket = bridge.office.case(lat=14.03, lon=100.53)
    bridge.send(ticket)
    bridge.staff_does(ticket, "take")
    bridge.work()
    bridge.work(seconds=1)
    assert [one["state_name"] for one in bridge.fondue.calls("update-issue/v1")] == ["กำลังดำเนินการ"]


@pytest.mark.parametrize("fault", ["lost", "later"])
def test_a_sending_in_doubt_makes_no_second_case(bridge: Bridge, fault: str) -> None:
    bridge.work()  # has its token and lists
    bridge.send(bridge.office.case(lat=14.03, lon=100.53))
    bridge.fondue.faults = [fault]
    bridge.worker.work()
    assert bridge.link().theirs is None
    for _ in range(3):
        bridge.work(minutes=6)
    assert bridge.link().theirs in bridge.fondue.issues
    assert len(bridge.fondue.issues) == 1
    assert count(bridge.office) == 1


def test_a_worker_that_died_while_sending_makes_no_second_case(bridge: Bridge) -> None:
    bridge.work()
    bridge.send(bridge.office.case(lat=14.03, lon=100.53))
    claimed = bridge.worker._claim()
    assert claimed is not None
    bridge.worker._call(claimed[1], claimed[2], claimed[3])  # the call was made, and then it died
    bridge.worker = bridge.fresh()
    bridge.work(minutes=4)
    assert len(bridge.fondue.issues) == 1
    assert bridge.link().theirs in bridge.fondue.issues


def test_a_lost_case_is_found_by_our_name_when_news_are_read(bridge: Bridge) -> None:
    bridge.work()
    bridge.send(bridge.office.case(lat=14.03, lon=100.53))
    bridge.fondue.faults = ["lost"]
    bridge.worker.work()
    with bridge.office.database.begin() as session:
        job = session.scalars(select(TraffyJob)).one()
        job.next_try_at = bridge.office.now + timedelta(days=1)
    bridge.work()
    assert bridge.link().theirs in bridge.fondue.issues
    assert count(bridge.office) == 1


def test_two_systems_that_echo_each_other_are_stopped(bridge: Bridge) -> None:
    bridge.fondue.report()
    bridge.work()
    ticket = newest(bridge.office).id
    for _ in range(ECHOES):
        bridge.staff_does(ticket, "done")
        bridge.work(minutes=1)
        bridge.staff_does(ticket, "reopen")
        bridge.work(minutes=1)
    states = {job.state for job in bridge.jobs("update")}
    assert "held" in states
    assert len(bridge.fondue.calls("update-issue/v1")) < ECHOES


# -- account and calls -------------------------------------------------------------------------------------------------


def test_a_token_that_ends_is_renewed_and_one_is_enough_until_then(bridge: Bridge) -> None:
    for _ in range(3):
        bridge.work()
    assert len(bridge.fondue.calls("get-auth/v1")) == 1
    bridge.work(hours=8)
    assert len(bridge.fondue.calls("get-auth/v1")) == 2
    bridge.fondue.token = "changed there"
    bridge.work()
    assert len(bridge.fondue.calls("get-auth/v1")) == 3
    assert bridge.meter().trouble == ""


def test_the_meter_follows_what_they_say(bridge: Bridge) -> None:
    bridge.work()
    row = bridge.meter()
    assert (row.balance, row.quota, row.month) == (bridge.fondue.balance, 1000, "2026-11")
    assert row.calls == len(bridge.fondue.asked)


def test_when_calls_run_short_looking_stops_and_telling_goes_on(bridge: Bridge) -> None:
    bridge.fondue.report()
    bridge.work()
    bridge.fondue.balance = 60
    bridge.work()
    looked = len(bridge.fondue.calls("get-issues/v2"))
    bridge.staff_does(newest(bridge.office).id, "take")
    bridge.work()
    bridge.work()
    assert len(bridge.fondue.calls("get-issues/v2")) == looked
    assert len(bridge.fondue.calls("update-issue/v1")) == 1


def test_when_the_months_calls_are_used_up_jobs_wait_for_the_first(bridge: Bridge) -> None:
    bridge.fondue.report()
    bridge.work()
    bridge.fondue.balance = 0
    bridge.staff_does(newest(bridge.office).id, "take")
    bridge.work()
    (job,) = bridge.jobs("update")
    assert (job.state, job.attempts) == ("waiting", 0)
    assert job.next_try_at.isoformat().startswith("2026-11-30T17:05")
    bridge.fondue.balance = 1000
    bridge.office.now = job.next_try_at
    bridge.work(minutes=1)
    assert bridge.jobs("update")[0].state == "done"


def test_a_wrong_password_is_told_and_nothing_is_lost(bridge: Bridge) -> None:
    bridge.fondue.report()
    bridge.work()
    bridge.staff_does(newest(bridge.office).id, "take")
    object.__setattr__(bridge.worker._exchange, "_password", "wrong")
    bridge.work(hours=7)
    assert bridge.meter().trouble.startswith("account")
    assert bridge.jobs("update")[0].state == "waiting"
    bridge.worker = bridge.fresh()
    bridge.work(hours=2)
    assert bridge.jobs("update")[0].state == "done"


def test_trouble_there_is_tried_again_with_pauses(bridge: Bridge) -> None:
    bridge.fondue.report()
    bridge.work()
    bridge.staff_does(newest(bridge.office).id, "take")
    bridge.fondue.faults = ["later"] * 2
    bridge.work(seconds=1)
    assert bridge.jobs("update")[0].state == "waiting"
    bridge.work(minutes=2)
    bridge.work(minutes=6)
    assert bridge.jobs("update")[0].state == "done"


# -- the bell ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("method", ["POST", "PATCH"])
def test_the_bell_makes_us_look_and_nothing_it_says_is_believed(bridge: Bridge, method: str) -> None:
    theirs = bridge.fondue.report("ท่อแตก")
    client = bridge.office.app.test_client(use_cookies=False)
    address = f"/traffy/{bell_of(bridge.office.settings.secret_key)}"
    lie = {"ticket_id": theirs, "description": "<script>", "status": "เสร็จสิ้น", "note": "x"}
    assert client.open(address, method=method, json=lie).status_code == 204
    bridge.worker._looked(bridge.office.now, "")
    bridge.work(seconds=1)
    ticket = newest(bridge.office)
    assert (ticket.text, ticket.state) == ("ท่อแตก", "new")
    assert count(bridge.office) == 1


@pytest.mark.parametrize(
    "body", [b"", b"{", b"[]", b'{"ticket_id": "../../x"}', b'{"ticket_id": 5}', b'{"ticket_id": null}']
)
def test_the_bell_takes_only_names(bridge: Bridge, body: bytes) -> None:
    client = bridge.office.app.test_client(use_cookies=False)
    address = f"/traffy/{bell_of(bridge.office.settings.secret_key)}"
    assert client.post(address, data=body, content_type="application/json").status_code == 400
    assert client.post("/traffy/guessed", json={"ticket_id": "2026-AAA000"}).status_code == 404
    assert bridge.jobs() == []


def test_the_bell_is_not_there_while_the_bridge_is_off(system: System) -> None:
    address = f"/traffy/{bell_of(system.office.settings.secret_key)}"
    assert system.client.post(address, json={"ticket_id": "2026-AAA000"}).status_code == 404
