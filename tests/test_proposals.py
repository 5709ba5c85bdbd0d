"""Promises of the rules about proposals: their way, one support each on both databases, limits, letters, likeness."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from bot.invented import fill
from bot.seed import seed
from messages.money import baht, to_satang
from messages.proposals import parse_number
from models import deciding
from models.database import Database
from models.groups import Group, Member
from models.outgoing import Outgoing
from models.people import Person
from models.proposals import MOVES, PROPOSAL_STATES, PUBLIC, Proposal, Step, Support, supports
from models.proposing import Idea, hindrance, propose
from models.staff import Staff
from models.supporting import support, take_back
from models.tickets import NotAllowed
from models.town import put_setting
from nlp.ideas import Idea as Wish
from nlp.ideas import likeness, rank
from nlp.search import search_text
from nlp.steering import private
from tests.town import Town, town_on

NOW = datetime(2026, 11, 20, 3, 0, tzinfo=UTC)


@pytest.fixture
def town(quick_database: Database, tmp_path: Path) -> Iterator[Town]:
    with town_on(quick_database, tmp_path) as opened:
        yield opened


def prepared(database: Database, people: int = 3) -> None:
    """A seeded town with a clerk, some residents, and one open proposal of the first of them."""
    with database.begin() as session:
        seed(session)
        put_setting(session, "proposals.threshold", 2)
        clerk = Staff(name="ตรวจ ถ้อยคำ", role="clerk", created_at=NOW)
        session.add(clerk)
        session.add_all(Person(name=f"คน {n}", line_id=f"U{n}", moo=1, created_at=NOW) for n in range(people))
        session.flush()
        proposal = made(session)
        deciding.open_up(session, proposal, clerk, NOW)


def made(session: Session, title: str = "ทำรางระบายน้ำซอย 2", by: int = 1, at: datetime = NOW) -> Proposal:
    proposer = session.get_one(Person, by)
    return propose(session, Idea(title=title, place={"moo": 1}), at, column=search_text, proposer=proposer)


def clerk_of(session: Session) -> Staff:
    return session.scalars(select(Staff)).one()


# -- the way -----------------------------------------------------------------------------------------------------------


def test_every_state_has_its_moves_and_nothing_leaves_an_end_but_a_review() -> None:
    assert set(MOVES) == set(PROPOSAL_STATES)
    assert all(goal in PROPOSAL_STATES for goals in MOVES.values() for goal in goals)
    assert MOVES["merged"] == MOVES["withdrawn"] == frozenset()
    assert not MOVES["refused"] - {"review", "open"}
    # Nothing becomes public without having been opened, answered by the office, or heard at a meeting.
    assert {goal for goal in MOVES["review"] if goal in PUBLIC} == {"open", "meeting"}


def test_a_move_the_rules_forbid_is_refused_and_leaves_no_line(quick_database: Database) -> None:
    prepared(quick_database)
    with quick_database.begin() as session:
        proposal = session.get_one(Proposal, 1)
        lines = session.scalar(select(func.count()).select_from(Step))
        with pytest.raises(NotAllowed):
            proposal.move("fixing", "fixing", NOW)
        assert session.scalar(select(func.count()).select_from(Step)) == lines


def test_a_refusal_without_a_reason_cannot_be_stored(database: Database) -> None:
    prepared(database)
    with pytest.raises(IntegrityError), database.begin() as session:
        deciding.refuse(session.get_one(Proposal, 1), clerk_of(session), NOW, "")


# -- supporting --------------------------------------------------------------------------------------------------------


def test_the_database_itself_counts_a_person_once(database: Database) -> None:
    prepared(database)
    with database.begin() as session:
        session.add(Support(proposal_id=1, person_id=2, since=NOW))
    with pytest.raises(IntegrityError), database.begin() as session:
        session.add(Support(proposal_id=1, person_id=2, since=NOW))


def test_many_taps_at_once_count_each_person_once_and_reach_the_threshold_once(database: Database) -> None:
    prepared(database, people=6)

    def tap(key: int) -> str:
        with database.begin() as session:
            return support(session, session.get_one(Proposal, 1), session.get_one(Person, key), NOW)

    with ThreadPoolExecutor(4) as pool:
        came = list(pool.map(tap, [2, 3, 4, 5, 2, 3, 4, 5, 2, 1]))
    assert came.count("new") == 4
    assert came.count("own") == 1
    with database.read() as session:
        assert supports(session, session.get_one(Proposal, 1)) == 4
        assert session.scalar(select(func.count()).select_from(Step).where(Step.what == "reached")) == 1


def test_two_who_merge_them_into_each_other_at_once_leave_one(database: Database) -> None:
    prepared(database)
    with database.begin() as session:
        deciding.open_up(session, made(session, "รางระบายน้ำในซอย 2", by=2), clerk_of(session), NOW)

    def into(pair: tuple[int, int]) -> bool:
        try:
            with database.begin() as session:
                gone, kept = (session.get_one(Proposal, key) for key in pair)
                deciding.merge(session, gone, kept, clerk_of(session), NOW)
        except NotAllowed:
            return False
        return True

    with ThreadPoolExecutor(2) as pool:
        done = list(pool.map(into, [(1, 2), (2, 1)]))
    assert sorted(done) == [False, True]
    with database.read() as session:
        assert session.scalar(select(func.count()).where(Proposal.state == "merged")) == 1


def test_what_a_member_of_a_group_supports_is_among_the_own(town: Town) -> None:
    town.resident("ป้าสมศรี").says("สวัสดี")
    member = town.resident("ลุงมี").says("สวัสดี")
    with town.session() as session:
        session.add(Staff(name="ตรวจ ถ้อยคำ", role="clerk", created_at=town.clock()))
        group = Group(name="อสม. หมู่ 1", kind="volunteers", created_at=town.clock())
        session.add(group)
        session.flush()
        session.add(Member(group_id=group.id, person_id=2, since=town.clock()))
        proposal = made(session, by=1, at=town.clock())
        deciding.open_up(session, proposal, clerk_of(session), town.clock())
        support(session, proposal, session.get_one(Person, 2), town.clock())
    member.says("ข้อเสนอของฉัน")
    member.sees("ทำรางระบายน้ำซอย 2")


def test_support_is_taken_back_while_it_is_open_and_what_was_reached_stays(quick_database: Database) -> None:
    prepared(quick_database)
    with quick_database.begin() as session:
        proposal = session.get_one(Proposal, 1)
        two, three = session.get_one(Person, 2), session.get_one(Person, 3)
        assert (support(session, proposal, two, NOW), support(session, proposal, three, NOW)) == ("new", "new")
        assert proposal.state == "reached"
        assert take_back(session, proposal, two, NOW)
        assert not take_back(session, proposal, two, NOW)
        assert (proposal.state, supports(session, proposal)) == ("reached", 1)
        later = NOW + timedelta(days=91)
        assert support(session, proposal, two, later) == "over"
        assert not take_back(session, proposal, three, later)


# -- limits ------------------------------------------------------------------------------------------------------------


def test_nobody_floods_the_others(quick_database: Database) -> None:
    prepared(quick_database)
    with quick_database.begin() as session:
        put_setting(session, "proposals.per_month", 2)
        put_setting(session, "proposals.at_once", 3)
        first, second = session.get_one(Person, 1), session.get_one(Person, 2)
        made(session, "ลานกีฬา")
        assert hindrance(session, first, NOW) == "month"
        assert hindrance(session, second, NOW) is None
        later = NOW + timedelta(days=31)
        assert hindrance(session, first, later) is None
        made(session, "ถนน", at=later)
        assert hindrance(session, first, later) == "at_once"
        put_setting(session, "proposals.until", "2026-11-20")
        assert hindrance(session, second, NOW) is None
        assert hindrance(session, second, later) == "closed"


# -- letters -----------------------------------------------------------------------------------------------------------


def kinds(town: Town, line_id: str) -> list[str]:
    with town.database.read() as session:
        found = select(Outgoing.kind).where(Outgoing.chat_key == line_id, Outgoing.kind.like("proposal%"))
        return list(session.scalars(found.order_by(Outgoing.id)))


def test_the_proposer_is_pushed_what_decides_and_supporters_wait(town: Town) -> None:
    proposer, backer = town.resident("ป้าสมศรี"), town.resident("ลุงมี")
    proposer.says("สวัสดี")
    backer.says("สวัสดี")
    with town.session() as session:
        session.add(Staff(name="ตรวจ ถ้อยคำ", role="clerk", created_at=town.clock()))
        session.flush()
        proposal = made(session, by=1, at=town.clock())
        deciding.open_up(session, proposal, clerk_of(session), town.clock())
    town.later(minutes=2)
    with town.session() as session:
        support(session, session.get_one(Proposal, 1), session.get_one(Person, 2), town.clock())
        deciding.answer(session.get_one(Proposal, 1), clerk_of(session), town.clock(), "ทำได้", 100)
        deciding.refuse(session.get_one(Proposal, 1), clerk_of(session), town.clock(), "ที่ดินเป็นของเอกชน")
    town.later(minutes=2)
    assert kinds(town, proposer.user.id) == ["proposal_step", "proposal_result", "proposal_result"]
    assert kinds(town, backer.user.id) == ["proposal_supporters", "proposal_supporters"]
    with town.database.read() as session:
        pushed = session.scalars(select(Outgoing.chat_key).where(Outgoing.via == "push")).all()
    assert set(pushed) == {proposer.user.id}


def test_a_blocked_supporter_makes_no_letters(town: Town) -> None:
    backer = town.resident("ลุงมี")
    backer.says("สวัสดี")
    town.line.block(backer.user)
    town.settle()
    with town.session() as session:
        session.add(Staff(name="ตรวจ ถ้อยคำ", role="clerk", created_at=town.clock()))
        session.flush()
        proposal = propose(session, Idea(title="ลานกีฬา"), town.clock(), column=search_text)
        deciding.open_up(session, proposal, clerk_of(session), town.clock())
        session.add(Support(proposal_id=proposal.id, person_id=1, since=town.clock()))
        deciding.refuse(proposal, clerk_of(session), town.clock(), "ที่ดินเป็นของเอกชน")
    town.later(minutes=2)
    assert kinds(town, backer.user.id) == []


# -- words -------------------------------------------------------------------------------------------------------------


def test_what_is_wanted_twice_is_like_and_other_things_are_not() -> None:
    drain = Wish(1, "โครงการก่อสร้างรางระบายน้ำ คสล. ซอย 2 หมู่ที่ 5 บ้านทุ่งกลาง", (5,))
    road = Wish(2, "โครงการก่อสร้างถนน คสล. สายหน้าตลาด หมู่ที่ 1", (1,))
    new = Wish(0, "อยากให้ทำรางระบายน้ำซอย 2", (5,))
    assert [like.key for like in rank(new, [road, drain]) if like.offer] == [1]
    elsewhere = Wish(3, drain.text, (2,))
    assert likeness(new, elsewhere) < likeness(new, drain)
    assert likeness(new, new) == 1.0
    assert likeness(Wish(0, ""), drain) == 0.0


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("ทำถนนซอยบ้านนายสมมุติ ใจดี หมู่ 3", ["นายสมมุติ ใจดี"]),
        ("ไฟหน้าบ้านยายคำกับบ้านลุงพล", ["ยายคำ", "ลุงพล"]),
        ("บ้านเลขที่ 12/3 หมู่ 1", ["12/3"]),
        ("ทำรางระบายน้ำซอย 2 หมู่ 5", []),
        ("ถนนบ้านตาลเดี่ยว", []),
        ("สะพานบ้านป้าแดง", []),  # a place of the town is called so
    ],
)
def test_private_people_are_found_where_everybody_will_read(words: str, found: list[str]) -> None:
    assert [words[p.start : p.end] for p in private(words, ("สะพานบ้านป้าแดง",))] == found


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("ป.21/69", (2569, 21)),
        ("ป21", (None, 21)),
        ("ข้อเสนอ ป. ๒๑/๖๙", (2569, 21)),
        ("ข้อเสนอที่ 21", (None, 21)),
        ("21/69", None),
        ("ป้าสมศรี", None),
        ("ข้อเสนอดี", None),
        ("", None),
    ],
)
def test_numbers_of_proposals_are_read_as_they_are_typed(typed: str, meant: tuple[int | None, int] | None) -> None:
    assert parse_number(typed) == meant


@pytest.mark.parametrize(
    ("typed", "satang"),
    [("1,632,820", 163_282_000), (" - ", None), ("", None), ("๔๐๐,๐๐๐.-", 40_000_000), ("12.5 บาท", 1250), ("0", 0)],
)
def test_money_is_read_as_offices_write_it(typed: str, satang: int | None) -> None:
    assert to_satang(typed) == satang


def test_money_is_written_as_it_is_read() -> None:
    for satang in (0, 5, 100, 31_370_000, 550_143_032):
        assert to_satang(baht(satang)) == satang
    with pytest.raises(ValueError, match="no amount"):
        to_satang("สามแสน")


# -- the demo ----------------------------------------------------------------------------------------------------------


def test_the_invented_town_has_proposals_at_every_stage_and_tells_nobody(quick_database: Database) -> None:
    with quick_database.begin() as session:
        seed(session)
        fill(session, NOW)
    with quick_database.read() as session:
        states = set(session.scalars(select(Proposal.state)))
        assert {"review", "open", "reached", "answered", "meeting", "refused"} <= states
        assert (session.scalar(select(func.count()).select_from(Proposal)) or 0) >= 12
        assert session.scalar(select(Step.id).where(Step.told_at.is_(None))) is None
        for title in session.scalars(select(Proposal.title)):
            assert private(title) == (), title
