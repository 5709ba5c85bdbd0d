"""The plan in a browser: preview of an import, list, project and forms without barriers, on desktop and telephone."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from bot.invented_plan import fill_plan
from models.database import Database
from tests.browser import browser
from tests.databases import hurried, sqlite_copy
from tests.sheets.nasty import equipment_book, saved, strategy_book, with_text_box
from tests.web.browsing import OLD_PC, PHONE, Window, axe, served
from tests.web.office import Office

pytestmark = pytest.mark.browser

PLAN = "/console/plan/"
PAGES = (
    "",
    "?q=ถนน&sort=name",
    "?q=ไดโนเสาร์",
    "1",
    "13",
    "1/edit",
    "plans",
    "plans/add",
    "plans/1/new",
    "import",
    "hints",
)


@pytest.fixture(scope="module")
def chrome() -> Iterator[Browser]:
    with browser() as running:
        yield running


@pytest.fixture
def office(tmp_path: Path, sqlite_template: Path) -> Iterator[Office]:
    database = hurried(Database(sqlite_copy(sqlite_template, tmp_path)))
    with served(database) as opened:
        with database.begin() as session:
            fill_plan(session, opened.now)
        yield opened
    database.dispose()


@pytest.mark.parametrize("size", [OLD_PC, PHONE], ids=lambda size: f"{size[0]}")
@pytest.mark.parametrize("language", ["th", "en"])
def test_no_barriers(chrome: Browser, office: Office, size: tuple[int, int], language: str) -> None:
    clerk = Window(chrome, office, "admin", size)
    clerk.speak(language)
    for path in PAGES:
        axe(clerk.open(PLAN + path))
    page = clerk.open(PLAN)
    page.locator(".more > summary").click()
    axe(page)
    clerk.close()


@pytest.mark.parametrize("size", [OLD_PC, PHONE], ids=lambda size: f"{size[0]}")
def test_a_workbook_is_looked_at_chosen_from_and_brought(
    chrome: Browser, office: Office, tmp_path: Path, size: tuple[int, int]
) -> None:
    file = tmp_path / "แผน.xlsx"
    file.write_bytes(with_text_box(saved(strategy_book()), "sheet1", 11, "แก้ไข ครั้งที่ 2/2568"))
    clerk = Window(chrome, office, "clerk", size)
    page = clerk.open(PLAN + "import")
    page.set_input_files("#file", file)
    page.select_option("#plan", "new")
    page.get_by_role("button", name="อ่านไฟล์และดูตัวอย่าง").click()
    expect(page.get_by_role("heading", name="ตรวจก่อนนำเข้า")).to_be_visible()
    axe(page)
    expect(page.get_by_text("อ่านจำนวนเงินไม่ออก ปี 2568: ห้าหมื่น")).to_be_visible()
    page.get_by_role("checkbox", name="นำเข้า โครงการซ่อมแซมศาลา").uncheck()
    page.get_by_role("button", name="นำเข้า 3 โครงการ").click()
    expect(page.get_by_text("นำเข้าแล้ว ใหม่ 2 เปลี่ยน 0 โครงการ")).to_be_visible()
    expect(page.get_by_role("link", name="โครงการวางท่อระบายน้ำ หมู่ 1, 2 และ 5")).to_be_visible()
    expect(page.get_by_role("link", name="โครงการซ่อมแซมศาลา")).to_have_count(0)
    clerk.close()


def test_every_row_of_every_sheet_can_be_looked_at(chrome: Browser, office: Office, tmp_path: Path) -> None:
    file = tmp_path / "ผ03.xlsx"
    file.write_bytes(saved(equipment_book()))
    clerk = Window(chrome, office, "clerk", OLD_PC)
    page = clerk.open(PLAN + "import")
    page.set_input_files("#file", file)
    page.get_by_role("button", name="อ่านไฟล์และดูตัวอย่าง").click()
    page.get_by_role("link", name="ทุกแถวในแผ่นงาน").click()
    axe(page)
    expect(page.get_by_role("cell", name="หัวตาราง").first).to_be_visible()
    page.get_by_role("link", name="ผ.01").click()
    expect(page.get_by_text("ไม่พบหัวตารางของแบบ ผ.02 หรือ ผ.03 ในแผ่นงานนี้").first).to_be_visible()
    axe(page)
    clerk.close()


def test_a_filter_narrows_without_reloading_and_a_step_is_told(chrome: Browser, office: Office) -> None:
    clerk = Window(chrome, office, "clerk", OLD_PC)
    page = clerk.open(PLAN)
    page.locator(".more > summary").click()
    page.select_option("#f-step", "postponed")
    link = page.get_by_role("link", name="โครงการขุดลอกคลองส่งน้ำ")
    expect(link).to_be_visible()
    expect(page.get_by_role("link", name="โครงการก่อสร้างสะพาน")).to_have_count(0)
    link.click()
    page.select_option("#step", "procure")
    page.get_by_label("ความก้าวหน้า (%)").fill("15")
    page.get_by_role("button", name="บันทึกความก้าวหน้า").click()
    expect(page.get_by_role("button", name="เลิกทำขั้นล่าสุด")).to_be_visible()
    axe(page)
    page.get_by_role("button", name="เลิกทำขั้นล่าสุด").click()
    expect(page.get_by_text("เลิกทำแล้ว ไม่มีใครได้รับแจ้ง")).to_be_visible()
    clerk.close()
