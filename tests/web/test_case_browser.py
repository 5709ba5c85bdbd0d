"""The page of a case, its photos, the form for new cases and the papers in a browser: no barriers, and by keyboard."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, expect
from sqlalchemy import select

from models.database import Database
from models.files import File
from models.tickets import Ticket
from tests.browser import browser
from tests.databases import hurried, sqlite_copy
from tests.web.browsing import OLD_PC, PHONE, Window, axe, served
from tests.web.office import Office
from tests.web.test_media import photo, send

pytestmark = pytest.mark.browser

GUESS = {"categories": [["streetlight", 0.86], ["road", 0.08]], "departments": [["ENG", 0.9]], "intent": "complaint"}


@pytest.fixture(scope="module")
def chrome() -> Iterator[Browser]:
    with browser() as running:
        yield running


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory, sqlite_template: Path) -> Iterator[Office]:
    folder = tmp_path_factory.mktemp("case")
    database = hurried(Database(sqlite_copy(sqlite_template, folder)))
    with served(database, data_dir=folder) as opened:
        place: dict[str, Any] = {"moo": 3, "place": "หน้าศาลา", "lat": 14.0208, "lon": 100.525}
        number = opened.case("ไฟหน้าศาลาดับสามคืนแล้ว", guess=GUESS, **place)
        opened.case("ไฟดับหน้าศาลาค่ะ", **place)
        send(opened.sign_in("clerk"), f"/console/cases/{number}/photos", (photo(), "a.jpg"))
        yield opened
    database.dispose()


PAGES = ("", "?do=reply", "?do=done", "?do=forward", "?do=correct", "?do=note", "/photo/1", "/print")


@pytest.mark.parametrize("size", [OLD_PC, PHONE], ids=["old-pc", "phone"])
def test_no_barriers(chrome: Browser, office: Office, size: tuple[int, int]) -> None:
    window = Window(chrome, office, "clerk", size)
    with office.database.read() as session:
        token = session.get_one(Ticket, 1).token
    papers = [f"/s/{token}", f"/s/{token}/slip", "/console/intake/", "/console/templates/", "/console/templates/new"]
    for path in [*(f"/console/cases/1{rest}" for rest in PAGES), *papers]:
        axe(window.open(path))
    window.close()


def test_a_case_is_filed_by_keyboard_alone(chrome: Browser, office: Office) -> None:
    window = Window(chrome, office, "clerk", OLD_PC)
    page = window.open("/console/intake/")
    page.keyboard.type("ถนนเป็นหลุมลึกหน้าโรงเรียน รถล้ม")
    expect(page.locator("#guess")).to_contain_text("ถนน")
    page.keyboard.press("Control+Enter")
    expect(page.locator("#told")).to_contain_text("รับเรื่อง")
    assert page.locator("#words").input_value() == ""
    window.close()


def test_a_colleagues_move_appears_without_reloading(chrome: Browser, office: Office) -> None:
    number = office.case("น้ำประปาขุ่น", category="water_supply")
    window = Window(chrome, office, "clerk", OLD_PC)
    page = window.open(f"/console/cases/{number}")
    expect(page.locator("#history")).not_to_contain_text("รับไปทำ")
    office.sign_in("crew").post(f"/console/cases/{number}/take")
    expect(page.locator("#history")).to_contain_text("รับไปทำ", timeout=20_000)
    window.close()


def test_a_move_by_keys_and_its_undo(chrome: Browser, office: Office) -> None:
    number = office.case("ท่ออุดตัน", category="drain")
    window = Window(chrome, office, "clerk", OLD_PC)
    page = window.open(f"/console/cases/{number}")
    page.keyboard.press("w")
    page.get_by_label("รออะไหล่/วัสดุ").check()
    page.locator("#form-wait button:not([form])").click()
    expect(page.locator("#case-head")).to_contain_text("รออะไหล่")
    page.locator("main").focus()
    page.keyboard.press("z")
    expect(page.locator("#told")).to_contain_text("เลิกทำแล้ว")
    window.close()


def test_a_face_is_covered_by_drawing_over_it(chrome: Browser, office: Office) -> None:
    window = Window(chrome, office, "clerk", OLD_PC)
    page = window.open("/console/cases/1/photo/1")
    box = page.locator("[data-frame]").bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + box["width"] * 0.3, box["y"] + box["height"] * 0.3)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] * 0.7, box["y"] + box["height"] * 0.7, steps=4)
    page.mouse.up()
    expect(page.locator("[data-box-count]")).to_contain_text("1")
    page.get_by_label("ตรวจแล้ว").check()
    page.get_by_role("button", name="เผยแพร่สำเนา").click()
    expect(page.locator("#told")).to_contain_text("เผยแพร่รูปแล้ว")
    window.close()
    with office.database.read() as session:
        (left, top, width, height) = session.scalars(select(File).where(File.approved)).one().boxes[0]
    assert (round(left, 1), round(top, 1), round(width, 1), round(height, 1)) == (0.3, 0.3, 0.4, 0.4)
