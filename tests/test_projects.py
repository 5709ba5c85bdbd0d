"""Projects of the plan: what counts as a question about them, their steps, and letters to followers, once a day."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from bot.project_news import ProjectNews
from models import plan_moves
from models.database import Database
from models.outgoing import Outgoing
from models.people import Person
from models.plan import MOVES, STEPS, WAY, NotAllowed, Plan, Project
from models.plan_finding import follow
from models.plan_moves import Progress, step_to
from models.staff import Staff
from models.thai_order import thai_order
from nlp.asking import project_question

#: Ten in the morning in Thailand.
NOW = datetime(2026, 11, 20, 3, 0, tzinfo=UTC)
EVENING = NOW + timedelta(hours=8)


@pytest.mark.parametrize(
    ("said", "about"),
    [
        ("ถนนหน้าวัดถึงไหนแล้ว", "ถนนหน้าวัด"),
        ("สะพานข้ามคลองจะเสร็จเมื่อไหร่คะ", "สะพานข้ามคลอง"),
        ("รางระบายน้ำหมู่ 5 คืบหน้าไหม", "รางระบายน้ำ"),
        ("โครงการวางท่อซอย 4 เสร็จหรือยัง", "วางท่อซอย 4"),
        ("ลานกีฬาได้งบเท่าไหร่", "ลานกีฬา"),
        ("โครงการลานกีฬา", "ลานกีฬา"),
    ],
)
def test_questions_about_a_project_tell_what_is_meant(said: str, about: str) -> None:
    asked = project_question(said)
    assert asked is not None
    assert (asked.kind, asked.about) == ("about", about)


@pytest.mark.parametrize(
    ("said", "moo", "year", "own"),
    [
        ("โครงการหมู่ 3", 3, None, False),
        ("มีโครงการอะไรบ้างในหมู่ ๕", 5, None, False),
        ("โครงการหมู่ของฉัน", None, None, True),
        ("โครงการปี 2570", None, 2570, False),
        ("โครงการทั้งตำบล", None, None, False),
        ("projects in village 4", 4, None, False),
    ],
)
def test_lists_are_asked_for(said: str, moo: int | None, year: int | None, own: bool) -> None:
    asked = project_question(said)
    assert asked is not None
    assert (asked.kind, asked.moo, asked.year, asked.own) == ("list", moo, year, own)


@pytest.mark.parametrize(
    "said",
    [
        "ถนนหน้าวัดพัง",
        "ถนนพังเมื่อไหร่จะซ่อม",
        "ไฟดับหน้าวัดถึงไหนแล้ว",
        "เรื่องที่แจ้งไว้ถึงไหนแล้ว",
        "อยากให้ทำโครงการรางระบายน้ำหมู่ 2",
        "ขอเสนอโครงการลานกีฬา",
        "โหวตโครงการวันไหน",
        "ถ้าไฟไหม้ต้องทำยังไงก่อน",
        "สวัสดีค่ะ",
        "ก" * 500,
    ],
)
def test_reports_wishes_and_votes_are_none(said: str) -> None:
    assert project_question(said) is None


@given(st.text(max_size=300))
def test_any_text_can_be_asked(said: str) -> None:
    asked = project_question(said)
    assert asked is None or asked.kind in ("list", "about")


def test_thai_order_is_that_of_a_dictionary() -> None:
    words = ["ไฟ", "เก่า", "กา", "ขาว", "แก", "ก่า", "ฟาง", "สาย 10", "สาย ๒"]
    assert sorted(words, key=thai_order) == ["กา", "ก่า", "เก่า", "แก", "ขาว", "ฟาง", "ไฟ", "สาย ๒", "สาย 10"]


@pytest.mark.parametrize("here", STEPS)
def test_steps_go_where_the_table_says_and_need_reasons(here: str) -> None:
    for there in STEPS:
        project = Project(id=1, name="x", step=here, created_at=NOW, updated_at=NOW)
        if there not in MOVES[here]:
            with pytest.raises(NotAllowed):
                project.move(there, NOW, words="เพราะ")
            continue
        back = here in WAY and there in WAY and WAY.index(there) < WAY.index(here)
        if back or there in ("postponed", "cancelled"):
            with pytest.raises(NotAllowed):
                project.move(there, NOW, words="  ")
        project.move(there, NOW, words="เพราะ")
        assert project.step == there
        assert project.percent == (100 if there == "done" else None)


@pytest.fixture
def town(quick_database: Database) -> Database:
    """A published plan of two projects, followed by somebody."""
    with quick_database.begin() as session:
        session.add(Staff(id=901, name="ช่างแผน", role="crew", created_at=NOW))
        plan = Plan(name="แผน", first_year=2570, last_year=2574, published_at=NOW, created_at=NOW)
        person = Person(id=901, line_id="U" + "1" * 32, created_at=NOW)
        session.add_all([plan, person])
        for number, name in ((1, "โครงการถนน"), (2, "โครงการคลอง")):
            project = Project(id=number, plan=plan, name=name, created_at=NOW, updated_at=NOW)
            session.add(project)
            session.flush()
            follow(session, project, person, NOW)
    return quick_database


def moves(town: Database, number: int, step: str, at: datetime, **more: object) -> None:
    """Take a step at a time."""
    with town.begin() as session:
        project, staff = session.get_one(Project, number), session.get_one(Staff, 901)
        progress = Progress(percent=int(str(more["percent"]))) if "percent" in more else Progress()
        step_to(session, project, step, progress, at, staff=staff, words=str(more.get("words", "")))


def told(town: Database, at: datetime) -> list[tuple[str, str]]:
    """Tell what is due; all letters so far: (kind, words)."""
    ProjectNews(town, "https://example.invalid", "key", lambda: at).tell()
    with town.read() as session:
        letters = session.scalars(select(Outgoing).order_by(Outgoing.id))
        return [(letter.kind, letter.messages[0]["text"]) for letter in letters]


def test_a_day_of_steps_is_one_letter_at_its_end(town: Database) -> None:
    moves(town, 1, "budget", NOW)
    moves(town, 1, "procure", NOW + timedelta(hours=1), words="ประกาศแล้ว")
    moves(town, 2, "build", NOW + timedelta(hours=2), percent=30)
    assert told(town, NOW + timedelta(hours=3)) == []
    ((kind, words),) = told(town, EVENING)
    assert kind == "project_step"
    for each in ("โครงการถนน", "กำลังจัดซื้อจัดจ้าง", "ประกาศแล้ว", "โครงการคลอง", "30%"):
        assert each in words
    assert "ตั้งงบประมาณ" not in words  # passed the same day
    assert len(told(town, EVENING + timedelta(days=2))) == 1


def test_an_end_may_be_pushed_and_tells_its_reason(town: Database) -> None:
    moves(town, 1, "postponed", NOW, words="น้ำยังสูง")
    ((kind, words),) = told(town, EVENING)
    assert kind == "project_end"
    assert "น้ำยังสูง" in words


def test_what_was_undone_or_is_not_public_is_never_told(town: Database) -> None:
    moves(town, 1, "budget", NOW)
    with town.begin() as session:
        entry = plan_moves.held(session, 1, NOW)
        assert entry is not None
        plan_moves.undo(session, entry, session.get_one(Staff, 901), NOW)
    assert told(town, EVENING) == []
    with town.begin() as session:
        session.scalars(select(Plan)).one().published_at = None
    moves(town, 2, "budget", NOW)
    assert told(town, EVENING) == []


def test_money_and_contractor_alone_are_no_news(town: Database) -> None:
    with town.begin() as session:
        project, staff = session.get_one(Project, 1), session.get_one(Staff, 901)
        step_to(session, project, "plan", Progress(contractor="หจก. สมมุติ"), NOW, staff=staff)
    assert told(town, EVENING) == []


def test_who_cannot_be_reached_gets_no_letter(town: Database) -> None:
    with town.begin() as session:
        session.get_one(Person, 901).blocked_at = NOW
    moves(town, 1, "done", NOW)
    assert told(town, EVENING) == []
