"""The pages about proposals in a browser: the board by keyboard, everything within a telephone's width, no barriers."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from models.database import Database
from models.people import Person
from models.proposals import Proposal
from models.proposing import Idea, propose
from models.supporting import support
from models.town import Village, put_setting
from nlp.search import search_text
from tests.web.browsing import OLD_PC, PHONE, Window, axe, served
from tests.web.office import Office

pytestmark = pytest.mark.browser

TITLES = (
    ("ทำรางระบายน้ำซอย 2", 5, 9, "น้ำขังทุกหน้าฝน เด็กเดินไปโรงเรียนลำบาก"),
    ("ติดไฟส่องสว่างถนนหน้าวัดถึงตลาด", 3, 4, "มืดมาก เกิดอุบัติเหตุบ่อย"),
    ("สร้างลานกีฬาหลังศาลา", 2, 0, "เด็กไม่มีที่เล่นตอนเย็น"),
    ("เทปูนซอยบ้านลุงดำ", 1, 0, "ถนนเป็นหลุม"),
    ("อบรมอาชีพแปรรูปกล้วยให้กลุ่มแม่บ้าน", 4, 2, ""),
)


def fill(office: Office) -> None:
    """A handful of proposals at different stages."""
    clerk = office.sign_in("clerk")
    with office.database.begin() as session:
        put_setting(session, "proposals.threshold", 8)
        session.add_all(Village(moo=moo, name=f"บ้านสมมุติ {moo}") for moo in range(1, 6))
        people = [Person(name=f"คนที่ {n}", line_id=f"U{n}", moo=n % 5 + 1, created_at=office.now) for n in range(10)]
        session.add_all(people)
        session.flush()
        for title, moo, _, why in TITLES:
            idea = Idea(title=title, why=why, place={"text": "", "moo": moo}, topic="roads")
            propose(session, idea, office.now, column=search_text, proposer=people[9])
    for number in (1, 2, 5):
        clerk.post(f"/console/proposals/{number}/open")
    with office.database.begin() as session:
        for number, (_, _, count, _) in enumerate(TITLES, 1):
            row = session.get_one(Proposal, number)
            for key in range(1, count + 1):
                support(session, row, session.get_one(Person, key), office.now)


def photograph(page: Page, name: str) -> None:
    """A picture to look at, where somebody asks for one."""
    folder = os.environ.get("SCREENSHOTS")
    if folder:
        page.screenshot(path=str(Path(folder, f"{name}.png")), full_page=True)


@pytest.mark.parametrize("size", [OLD_PC, PHONE], ids=["pc", "phone"])
def test_pages_have_no_barriers_and_fit(quick_database: Database, chrome: Browser, size: tuple[int, int]) -> None:
    with served(quick_database) as office:
        fill(office)
        clerk = office.sign_in("clerk")
        fields = {"title": "ประชาคมหมู่ 5", "held_on": "20/12/2569", "starts": "09.30", "place": "ศาลา", "moo": "5"}
        clerk.post("/console/meetings/new", **fields)
        clerk.post("/console/meetings/1/items", proposal="1")
        clerk.post("/console/circles/", name="ประชาคมหมู่ 5", kind="village", moo="5")
        window = Window(chrome, office, "clerk", size)
        paths = {
            "list": "/console/proposals/",
            "board": "/console/proposals/board",
            "page": "/console/proposals/4",
            "page-open": "/console/proposals/2?do=answer",
            "new": "/console/proposals/new",
            "meetings": "/console/meetings/",
            "meeting": "/console/meetings/1",
            "paper": "/console/meetings/1/print",
            "groups": "/console/circles/",
            "group": "/console/circles/1",
        }
        for name, path in paths.items():
            window.page.goto(office.settings.public_url + path)
            photograph(window.page, f"{name}-{size[0]}")
            axe(window.page)
        window.close()


def test_the_board_is_walked_and_worked_by_keyboard(quick_database: Database, chrome: Browser) -> None:
    with served(quick_database) as office:
        fill(office)
        window = Window(chrome, office, "clerk", OLD_PC)
        page = window.page
        page.goto(office.settings.public_url + "/console/proposals/board")
        page.locator(".lane.idea-review a.open").first.focus()
        page.keyboard.press("ArrowRight")
        assert page.evaluate("document.activeElement.closest('.lane').className") == "lane idea-open"
        page.keyboard.press("ArrowLeft")
        page.keyboard.press("ArrowDown")
        page.keyboard.press("Tab")
        page.keyboard.press("Enter")
        page.wait_for_selector(".notice.done")
        assert page.locator(".lane.idea-review .board-card").count() == 1
        assert page.locator(".lane.idea-open .board-card").count() == 3
        window.close()


def test_the_filters_narrow_the_board_without_a_new_page(quick_database: Database, chrome: Browser) -> None:
    with served(quick_database) as office:
        fill(office)
        window = Window(chrome, office, "clerk", PHONE)
        page = window.page
        page.goto(office.settings.public_url + "/console/proposals/board")
        page.locator(".idea-filters summary").click()
        page.select_option("#f-moo", "5")
        page.wait_for_url("**/board?*moo=5*")
        page.locator(".board-card").first.wait_for()
        assert page.locator(".board-card").count() == 1
        assert "รางระบายน้ำ" in page.locator(".board-card").first.inner_text()
        window.close()
