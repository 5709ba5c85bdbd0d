"""The month's quota: who may still push, what LINE and our own ledger say, and the alarm when a plan lapses."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.quota import members_of, read_quota
from bot.trouble import Gone
from models.database import Database
from models.letters import KINDS, kind_of
from models.post import policy_of, set_policy
from models.quota import Budget, book, locked_budget, month_of, note_reading, read_budget, recipients, unbook, usage
from models.town import put_setting
from tests.office import START, Office, opened_office

NOVEMBER = "2026-11"


def budget(**given: object) -> Budget:
    return Budget(month=NOVEMBER, **given)  # type: ignore[arg-type]


@pytest.fixture
def office(database: Database) -> Iterator[Office]:
    with opened_office(database) as opened:
        yield opened


@pytest.mark.parametrize(
    ("used", "kind", "cost", "allowed"),
    [
        (0, "result", 1, True),
        (239, "result", 1, True),
        (240, "result", 1, False),  # economy from 80 %; the last fifth is for urgent ones
        (240, "case_urgent_group", 12, True),
        (230, "case_new_group", 12, False),
        (288, "case_urgent_group", 12, True),
        (289, "case_urgent_group", 12, False),
        (0, "answer", 1, False),  # answers are never pushed
        (0, "case_new_group", 75, True),
        (0, "case_new_group", 76, False),  # a quarter of 300
    ],
)
def test_what_a_quota_of_300_still_allows(used: int, kind: str, cost: int, *, allowed: bool) -> None:
    assert budget(quota=300, used=used).allows(kind_of(kind), cost, START) is allowed


def test_a_share_counts_what_its_kind_has_spent() -> None:
    spent = budget(quota=300, used=72, spent={"case_new_group": 72})
    assert not spent.allows(kind_of("case_new_group"), 12, START)
    assert spent.allows(kind_of("result"), 1, START)


def test_the_town_may_force_economy_on_or_off() -> None:
    result, urgent = kind_of("result"), kind_of("urgent_answer")
    assert not budget(quota=300, used=0, economy="on").allows(result, 1, START)
    assert budget(quota=300, used=0, economy="on").allows(urgent, 1, START)
    off = budget(quota=300, used=250, economy="off", reserve_percent=10)
    assert off.allows(result, 1, START)
    assert not off.thrifty


def test_without_a_limit_only_economy_holds_back() -> None:
    assert budget(used=10_000_000).allows(kind_of("case_new_group"), 500, START)
    assert not budget(economy="on").allows(kind_of("case_new_group"), 1, START)


@given(
    quota=st.integers(0, 40_000),
    used=st.integers(0, 40_000),
    cost=st.integers(1, 600),
    kind=st.sampled_from(sorted(KINDS)),
    economy=st.sampled_from(["auto", "on", "off"]),
)
def test_no_push_ever_exceeds_the_quota_and_none_but_urgent_ones_the_reserve(
    quota: int, used: int, cost: int, kind: str, economy: str
) -> None:
    policy = kind_of(kind)
    if budget(quota=quota, used=used, economy=economy).allows(policy, cost, START):
        assert used + cost <= quota
        assert policy.urgent or used + cost <= quota * 0.8


def test_a_budget_of_last_month_allows_nothing() -> None:
    assert not budget(quota=300).allows(kind_of("result"), 1, START + timedelta(days=30))


def test_the_month_turns_with_line_in_utc_plus_nine() -> None:
    assert month_of(datetime(2026, 11, 30, 14, 59, tzinfo=UTC)) == "2026-11"
    assert month_of(datetime(2026, 11, 30, 15, 0, tzinfo=UTC)) == "2026-12"


def test_the_larger_of_the_two_counts_is_believed(database: Database) -> None:
    with database.begin() as session:
        locked_budget(session, START)
        note_reading(session, 300, 40, START)
        book(session, "result", 50, START)
    with database.read() as session:
        assert (read_budget(session, START).used, read_budget(session, START).left) == (50, 250)
    with database.begin() as session:
        note_reading(session, 300, 120, START)  # staff sent some from LINE's own manager
        assert read_budget(session, START).used == 120
        assert read_budget(session, START + timedelta(days=30)).used == 0


def test_a_booking_can_be_taken_back(database: Database) -> None:
    with database.begin() as session:
        month = book(session, "case_new_group", 12, START)
        book(session, "result", 1, START)
        unbook(session, "case_new_group", 12, month)
    with database.read() as session:
        assert [(kind.code, letters, cost) for kind, letters, cost in usage(session, START)] == [("result", 1, 1)]


def test_the_town_sets_reserve_and_economy(database: Database) -> None:
    with database.begin() as session:
        note_reading(session, 300, 100, START)
        put_setting(session, "quota.economy", "off")
        put_setting(session, "quota.reserve_percent", 50)
    with database.read() as session:
        read = read_budget(session, START)
    assert (read.economy, read.reserve_percent) == ("off", 50)
    assert read.allows(kind_of("result"), 50, START)
    assert not read.allows(kind_of("result"), 51, START)


def test_a_lapsed_plan_raises_an_alarm_until_it_is_restored(database: Database) -> None:
    with database.begin() as session:
        for limit, alarm in [(35_000, None), (35_000, None), (300, 35_000), (300, 35_000), (15_000, 35_000)]:
            note_reading(session, limit, 0, START)
            assert read_budget(session, START).fell_from == alarm
        note_reading(session, 35_000, 0, START)
        assert read_budget(session, START).fell_from is None
        note_reading(session, 300, 0, START)
        assert read_budget(session, START + timedelta(days=31)).fell_from is None


def test_a_larger_plan_ends_the_exhaustion(office: Office) -> None:
    office.platform.switch(quota=10, used=10)
    read_quota(office.database, office.line, office.clock())
    with office.database.read() as session:
        assert read_budget(session, office.clock()).left == 0
    office.platform.switch(quota=15_000)
    office.clock.forward(hours=2)
    read_quota(office.database, office.line, office.clock())
    with office.database.read() as session:
        assert read_budget(session, office.clock()).left == 14_990


def test_the_quota_is_asked_for_once_an_hour(office: Office) -> None:
    for _ in range(5):
        assert read_quota(office.database, office.line, office.clock())
        office.clock.forward(minutes=20)
    assert len(office.platform.calls("quota/consumption")) == 2


def test_without_an_answer_the_last_reading_stays(office: Office) -> None:
    read_quota(office.database, office.line, office.clock())
    office.clock.forward(hours=2)
    office.platform.fail("500", only="quota")
    assert not read_quota(office.database, office.line, office.clock())
    with office.database.read() as session:
        assert read_budget(session, office.clock()).quota == 300


def test_members_are_counted_once_a_day(office: Office) -> None:
    for hours in (0, 5, 30):
        office.clock.forward(hours=hours)
        assert members_of(office.database, office.line, office.crew.id, office.clock()) == 12
    assert len(office.platform.calls("members/count")) == 2
    assert members_of(office.database, office.line, office.somsri.id, office.clock()) == 1


def test_a_group_that_cannot_be_counted_is_taken_to_be_large(office: Office) -> None:
    office.platform.fail("500", only="members/count")
    unknown = members_of(office.database, office.line, office.crew.id, office.clock())
    assert recipients(unknown, office.crew.id) == 20
    office.platform.remove_bot(office.crew)
    with pytest.raises(Gone):
        members_of(office.database, office.line, office.crew.id, office.clock())


def test_a_town_may_choose_its_own_policy_for_a_kind(office: Office) -> None:
    with office.database.begin() as session:
        set_policy(session, "result", without_reply="wait")
        set_policy(session, "progress", without_reply="push", share=5)
    result = office.write(office.somsri, "เสร็จแล้วค่ะ", kind="result")
    progress = office.write(office.boon, "กำลังซ่อม", kind="progress")
    office.send()
    assert (office.state(result), office.state(progress)) == ("held", "sent")
    with office.database.begin() as session:
        set_policy(session, "result")
        assert policy_of(session, "result") == kind_of("result")
        assert policy_of(session, "progress").share == 5


@pytest.mark.parametrize("choice", [{"share": 101}, {"share": "10"}, {"without_reply": "shout"}, {"urgent": 1}])
def test_a_policy_that_there_is_not_is_refused(quick_database: Database, choice: dict[str, str | int]) -> None:
    with quick_database.begin() as session, pytest.raises(ValueError, match="result"):
        set_policy(session, "result", **choice)


def test_every_kind_is_worded_and_can_be_sent() -> None:
    for code, kind in KINDS.items():
        assert kind.code == code
        assert kind.label
        assert (kind.share > 0) == (kind.without_reply == "push")
