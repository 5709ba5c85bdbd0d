"""What people correct is kept, can be learnt from, makes the next guess better, and can be undone."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import select

from bot.cli import main
from models.database import Database
from models.lessons import Learnt, Lesson
from tests.town import Town, town_on

#: A word only this town has: the place where it burns its rubbish. The shipped model cannot know it.
WORDS = [
    f"{start} {word} {end}".strip()
    for start in ("ตรงนี้", "แถวบ้าน", "เมื่อเช้า", "ตอนนี้", "หน้าร้าน", "หลังบ้าน")
    for word in ("มีกุดจี่ลงอีกแล้ว", "กุดจี่เต็มไปหมด")
    for end in ("", "ครับ", "ค่ะ", "มาก")
]


@pytest.fixture
def town(quick_database: Database, tmp_path: Path) -> Iterator[Town]:
    with town_on(quick_database, tmp_path) as built:
        yield built


@pytest.fixture
def command(town: Town, monkeypatch: pytest.MonkeyPatch) -> CliRunner:
    for name, value in {
        "DATABASE_URL": town.settings.database_url,
        "LINE_CHANNEL_SECRET": "s",
        "LINE_CHANNEL_ACCESS_TOKEN": "t",
        "SECRET_KEY": town.settings.secret_key,
    }.items():
        monkeypatch.setenv(name, value)
    return CliRunner()


def run(command: CliRunner, *words: str) -> Result:
    result = command.invoke(main, list(words))
    assert result.exit_code == 0, result.output
    return result


def report_as(town: Town, name: str, words: str, category: str) -> None:
    """Report, choosing the category by hand whatever the bot guesses."""
    person = town.resident(name)
    person.says("แจ้งปัญหา")
    person.says(words)
    if "ไม่ใช่เรื่องนี้" in person.buttons:
        person.taps("ไม่ใช่เรื่องนี้")
    if "ดูเรื่องเพิ่ม" in person.buttons:
        person.taps("ดูเรื่องเพิ่ม")
    person.taps(category)
    for label in ("หมู่ 2", "คนละเรื่องกัน", "ข้าม"):
        if label in person.buttons:
            person.taps(label)
    person.taps("ส่งเรื่อง")
    person.sees("เลขเรื่อง")


def test_a_correction_is_kept_with_the_case_and_not_with_its_words(town: Town) -> None:
    report_as(town, "ป้าสมศรี", WORDS[0], "เสียงดังรบกวน")
    with town.session() as session:
        lesson = session.scalars(select(Lesson).where(Lesson.field == "category")).one()
        assert (lesson.label, lesson.by) == ("noise", "resident")
        assert lesson.was != "noise"


def test_staff_who_forward_teach_the_department(town: Town) -> None:
    ek = town.staff("ช่างเอก", "ENG")
    town.resident("ลุงบุญ").says("ถนนเป็นหลุมหน้าตลาดสดเทศบาล").taps("ข้าม").taps("ส่งเรื่อง")
    ek.says("1").taps("ส่งต่อ").taps("กองสาธารณสุข").says("เป็นทางของตลาด")
    with town.session() as session:
        lesson = session.scalars(select(Lesson).where(Lesson.field == "department")).one()
        assert (lesson.label, lesson.was, lesson.by) == ("HEALTH", "ENG", "staff")


def test_learning_applies_what_is_better_and_can_be_undone(town: Town, command: CliRunner) -> None:
    for place, words in enumerate(WORDS):
        report_as(town, f"คนที่ {place}", words, "เสียงดังรบกวน")
    before = town.resident("ตาผล").says("บ้านข้าง ๆ กุดจี่ลงครับ")
    assert "แจ้งเรื่อง เสียงดังรบกวน" not in before.screen
    output = run(command, "nlp", "retrain").output
    assert "categories" in output
    assert "applied" in output
    with town.session() as session:
        assert session.scalars(select(Learnt)).one().report
    town.resident("ยายนวล").says("บ้านข้าง ๆ กุดจี่ลงครับ").sees("เสียงดังรบกวน")
    run(command, "nlp", "undo")
    with town.session() as session:
        assert session.scalars(select(Learnt)).one().undone_at is not None
    again = town.resident("พี่ต้น").says("บ้านข้าง ๆ กุดจี่ลงครับ")
    assert "แจ้งเรื่อง เสียงดังรบกวน" not in again.screen


def test_without_corrections_nothing_is_learnt(command: CliRunner) -> None:
    assert "no corrections" in run(command, "nlp", "retrain").output
    assert "nothing was learnt" in run(command, "nlp", "undo").output
