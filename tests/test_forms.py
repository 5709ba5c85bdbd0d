"""What every form must stand: nonsense, a change of mind, going back, redelivery, others talking in the group.

The ways through the forms stand in tests/stage.py. All run on SQLite; a few on both databases.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest

from handlers.routes import FORMS
from models.database import Database
from tests.stage import SOMETIMES, WAYS, Deed, Stage, says, walk
from tests.town import Person, town_on

STEPS = [(name, step) for name, way in WAYS.items() for step, _ in way.steps]
RESIDENTS = [name for name, way in WAYS.items() if not way.staff]
_THAI = re.compile("[ก-ฮ]")


@pytest.fixture
def stage(quick_database: Database, tmp_path: Path) -> Iterator[Stage]:
    """A stage on SQLite, in order at the end."""
    with town_on(quick_database, tmp_path) as town:
        yield Stage(town)
        town.check()


def test_every_form_and_step_has_a_way_through_it() -> None:
    assert WAYS.keys() == FORMS.keys()
    for name, way in WAYS.items():
        known = [step.name for step in FORMS[name].steps]
        assert [step for step, _ in way.steps] == [s for s in known if s not in SOMETIMES], name


@pytest.mark.parametrize("name", WAYS)
def test_it_can_be_gone_through(stage: Stage, name: str) -> None:
    person = walk(stage, name)
    assert stage.seat(person).form is None
    assert person.news


@pytest.mark.parametrize(("name", "step"), STEPS)
def test_it_can_be_cancelled_at_every_step(stage: Stage, name: str, step: str) -> None:
    person = walk(stage, name, until=step)
    assert stage.seat(person).form == name
    before = stage.counts()
    person.says("ยกเลิก").sees("ยกเลิกแล้วค่ะ")
    assert stage.seat(person).form is None
    assert stage.counts() == before | {"letters": before["letters"] + 1}


@pytest.mark.parametrize(("name", "step"), STEPS)
def test_one_can_go_back_at_every_step_and_still_finish(stage: Stage, name: str, step: str) -> None:
    person = walk(stage, name, until=step)
    person.says("ย้อนกลับ")
    assert stage.seat(person).form == name
    assert person.news
    places = [s for s, _ in WAYS[name].steps]
    again = max(0, places.index(step) - 1)
    for _, answer in WAYS[name].steps[again:]:
        answer(person)
    assert stage.seat(person).form is None


# -- bad input at every step -------------------------------------------------------------------------------------------


def _helped(person: Person) -> None:
    assert _THAI.search(person.screen), person.screen


@pytest.mark.parametrize(("name", "step"), STEPS)
def test_nonsense_is_answered_helpfully_and_the_question_stays(stage: Stage, name: str, step: str) -> None:
    person = walk(stage, name, until=step)
    for deed in (Person.sends_sticker, says("😀🎉" * 400), says("!!!???")):
        before = stage.counts()
        deed(person)
        _helped(person)
        assert stage.seat(person).form == name
        assert stage.counts() == before | {"letters": before["letters"] + 1}


@pytest.mark.parametrize(("name", "step"), STEPS)
def test_five_thousand_letters_are_answered_and_kept(stage: Stage, name: str, step: str) -> None:
    person = walk(stage, name, until=step)
    told = "ถนนหน้าบ้านป้าแย่มาก รถติดหล่มทุกวัน "
    person.says((told * 200)[:5000])
    _helped(person)
    choosing = WAYS[name].staff and step in ("to", "agency", "sure", "look")  # a name is chosen there, nothing is told
    assert choosing or stage.keeps(told * 100)


@pytest.mark.parametrize(("name", "step"), [s for s in STEPS if not WAYS[s[0]].staff])
def test_a_place_abroad_is_answered_and_kept(stage: Stage, name: str, step: str) -> None:
    person = walk(stage, name, until=step)
    person.sends_place(48.85, 2.35, title="ไกลมาก")
    _helped(person)
    assert stage.keeps("ไกลมาก")


@pytest.mark.parametrize(("name", "step"), STEPS)
def test_thirty_photos_are_answered_and_kept(stage: Stage, name: str, step: str) -> None:
    person = walk(stage, name, until=step)
    person.sends_photo(30)
    _helped(person)
    assert WAYS[name].staff or not stage.loose_files()


@pytest.mark.parametrize("name", RESIDENTS)
def test_danger_is_answered_at_once_in_every_form(stage: Stage, name: str) -> None:
    for step, _ in WAYS[name].steps:
        person = walk(stage, name, until=step) if step == WAYS[name].steps[0][0] else stage.somsri
        person.says("ไฟไหม้บ้านข้าง ๆ ช่วยด้วย").sees("โทรทันทีค่ะ")
        assert "โทร 199 ไฟไหม้ กู้ภัย" in person.buttons
        assert stage.keeps("ไฟไหม้บ้านข้าง ๆ")


# -- events that come twice, late, or broken ---------------------------------------------------------------------------


def _played(database: Database, folder: Path, name: str, *, twice: bool) -> tuple[dict[str, int], str]:
    with town_on(database, folder) as town:
        if twice:
            town.line.switch(redelivery=True)
        stage = Stage(town)
        way = WAYS[name]
        person = way.opens(stage)
        for _, answer in way.steps:
            answer(person)
            if twice:
                town.line.redeliver()
                town.settle()
        town.check()
        return stage.counts(), person.screen


@pytest.mark.parametrize("name", WAYS)
def test_redelivered_events_have_no_second_effect(
    quick_database: Database, sqlite_template: Path, tmp_path: Path, name: str
) -> None:
    from tests.databases import hurried, sqlite_copy

    other = tmp_path / "other"
    other.mkdir()
    second = hurried(Database(sqlite_copy(sqlite_template, other)))
    once = _played(quick_database, tmp_path, name, twice=False)
    assert _played(second, other, name, twice=True) == once
    second.dispose()


@pytest.mark.parametrize("name", WAYS)
def test_old_buttons_do_nothing_twice(stage: Stage, name: str) -> None:
    person = WAYS[name].opens(stage)
    forms = [b for b in stage.town.line.buttons_on_screen(person.chat) if b.action.get("data", "").startswith("m=f&")]
    for _, answer in WAYS[name].steps:
        answer(person)
    before = stage.counts()
    for button in forms[:1]:
        person.looks()
        stage.town.line.tap(person.user, button, person.group)
        stage.town.settle()
        person.sees("ปุ่มนี้เป็นของ")
        assert stage.counts() == before | {"letters": before["letters"] + 1}


def test_garbage_in_buttons_is_answered_with_the_menu(stage: Stage) -> None:
    forms = ("m=f", "m=f&s=confirm&v=send&r=1.1", "m=f.edit&s=confirm", "m=staff.id")
    for data in ("", "m=", *forms, "m=case&id=../..", "m=case&id=99999999999", "ไฟ", "&" * 300):
        stage.somsri.looks()
        event = {
            "type": "postback",
            "mode": "active",
            "timestamp": int(stage.town.clock().timestamp() * 1000),
            "source": {"type": "user", "userId": stage.somsri.user.id},
            "webhookEventId": f"01GARBAGE{abs(hash(data)):020d}"[:26],
            "deliveryContext": {"isRedelivery": False},
            "replyToken": stage.town.line.world.new_reply_token(stage.somsri.user.id),
            "postback": {"data": data},
        }
        stage.town.line.raw(event, stage.somsri.user.id)
        stage.town.settle()
        stage.somsri.sees("ปุ่มนี้เป็นของเดิมค่ะ")


def test_events_without_a_user_are_left_alone(stage: Stage) -> None:
    for source in ({"type": "user"}, {"type": "group", "groupId": stage.group.id}, {}):
        event = {
            "type": "message",
            "mode": "active",
            "timestamp": int(stage.town.clock().timestamp() * 1000),
            "source": source,
            "webhookEventId": f"01NOBODY{len(str(source)):018d}",
            "deliveryContext": {"isRedelivery": False},
            "message": {"type": "text", "id": f"9{len(str(source))}", "text": "ไฟถนนดับ", "quoteToken": "q"},
        }
        stage.crew.looks()
        stage.town.line.raw(event)
        stage.town.settle()
        stage.crew.hears_nothing()
    assert not stage.town.tickets()


# -- in a group --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", RESIDENTS)
def test_what_is_open_alone_is_silent_in_a_group(stage: Stage, name: str) -> None:
    walk(stage, name, until=WAYS[name].steps[0][0])
    before = stage.counts()
    neighbour = stage.somsri.in_group(stage.group)
    neighbour.says("ไฟหน้าวัดดับ", "1", "ใช่", "ยกเลิก").hears_nothing()
    neighbour.sends_sticker().hears_nothing()
    neighbour.sends_place().hears_nothing()
    assert stage.seat(stage.somsri).form == name
    assert stage.counts()["cases"] == before["cases"]


@pytest.mark.parametrize("name", [n for n in WAYS if WAYS[n].staff])
def test_a_crews_form_hears_only_who_opened_it(stage: Stage, name: str) -> None:
    person = walk(stage, name, until=WAYS[name].steps[0][0])
    before = stage.counts()
    stage.mate.says("อย่าลืมบันได", "ใช่", "ยกเลิก").hears_nothing()
    stage.somsri.in_group(stage.group).says("วันนี้ร้อนนะ").hears_nothing()
    assert stage.counts() == before
    assert stage.seat(person).form == name


def test_a_button_of_anothers_form_answers_nobodys_question(stage: Stage) -> None:
    stage.filed()
    stage.crew.taps("รอ").sees("รออะไรคะ")
    theirs = next(b for b in stage.town.line.buttons_on_screen(stage.crew.chat) if b.label == "รองบประมาณ")
    stage.mate.taps("ขอข้อมูลเพิ่ม").sees("ว่าอะไรคะ")
    stage.mate.looks()
    stage.town.line.tap(stage.to.user, theirs, stage.group)
    stage.town.settle()
    stage.mate.sees("ของเพื่อนที่กำลังทำอยู่")
    assert stage.seat(stage.crew).form == "staff_wait"
    assert [ticket.state for ticket in stage.town.tickets()] == ["new"]


# -- on both databases -------------------------------------------------------------------------------------------------


def test_photos_place_voice_and_words_in_every_order_are_one_report(database: Database, tmp_path: Path) -> None:
    with town_on(database, tmp_path) as town:
        for number, order in enumerate(("pvwl", "lwpv", "wlvp", "vplw"), 1):
            person = town.resident(f"คนที่ {number}")
            deeds: dict[str, Deed] = {
                "p": lambda p: p.sends_photo(2),
                "v": lambda p: p.sends_voice(3),
                "w": lambda p: p.says("ถนนพังเป็นหลุม"),
                "l": partial(Person.sends_place, lat=14.02 + 0.02 * number, lon=100.52),
            }
            for deed in order:
                deeds[deed](person)
                if "ถนนชำรุด" in person.buttons and deed == "v" and "w" not in order[: order.index("v")]:
                    person.taps("ถนนชำรุด")
            person.sees("รูป 2 รูป", "เสียง 1 ข้อความ").taps("ส่งเรื่อง").sees(f"{number}/70")
        assert [ticket.category for ticket in town.tickets()] == ["road"] * 4
        assert all(ticket.lat is not None for ticket in town.tickets())
        town.check()


def test_the_whole_loop(database: Database, tmp_path: Path) -> None:
    with town_on(database, tmp_path) as town:
        stage = Stage(town)
        stage.done().taps("ใช้ได้แล้ว").taps("⭐ 4 ดี").taps("ไม่มี").sees("บันทึกคะแนน 4 จาก 5")
        assert [(t.state, t.rating) for t in town.tickets()] == [("done", 4)]
        town.check()
