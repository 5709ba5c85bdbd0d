"""The lists of cases in a browser: no barriers on desktop and telephone, live rows, keys, choosing, the map."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from models.database import Database
from models.tickets import Ticket
from models.town import Village
from tests.browser import browser
from tests.databases import hurried, sqlite_copy
from tests.web.browsing import DESKTOP, OLD_PC, PHONE, Window, axe, served
from tests.web.listing import LIST, ago, filed, key_of
from tests.web.office import Office

pytestmark = pytest.mark.browser

PAGES = ("", "work", "board", "map", "filters", "?q=ไดโนเสาร์", "?q=1/70", "?since=x", "bulk?do=forward&id=1&id=2")


@pytest.fixture(scope="module")
def chrome() -> Iterator[Browser]:
    with browser() as running:
        yield running


@pytest.fixture
def office(tmp_path: Path, sqlite_template: Path) -> Iterator[Office]:
    database = hurried(Database(sqlite_copy(sqlite_template, tmp_path)))
    with served(database) as opened:
        with database.begin() as session:
            session.add_all(
                Village(moo=moo, name=name, lat=14 + moo / 100, lon=100.5) for moo, name in enumerate("กขค", 1)
            )
        yield opened
    database.dispose()


@contextmanager
def window(chrome: Browser, office: Office, role: str = "clerk", size: tuple[int, int] = DESKTOP) -> Iterator[Window]:
    opened = Window(chrome, office, role, size)
    yield opened
    opened.close()


def some(office: Office) -> None:
    """Cases of every look."""
    me = office.staff("clerk").id
    where = {"lat": 14.02, "lon": 100.5}
    filed(office, "ไฟดับทั้งซอย เดินกลับบ้านมืดมาก", **where, place="หน้าวัดกลางทุ่งฝั่งตะวันออก", urgency="high")
    filed(office, "ท่ออุดตัน", owner_id=me, state="taken", **ago(40, lat=14.0201, lon=100.5001), reopened=1)
    filed(office, "ฝาท่อหาย", owner_id=me, state="waiting", pause_reason="budget", **ago(9))
    filed(office, "ก" * 300, moo=2, lat=14.01, lon=100.49, **ago(20))
    filed(office, "เสร็จแล้ว", state="done", closed_at=office.now)


@pytest.mark.parametrize("size", [OLD_PC, PHONE, (360, 640)], ids=lambda size: f"{size[0]}")
@pytest.mark.parametrize("language", ["th", "en"])
def test_no_barriers(chrome: Browser, office: Office, size: tuple[int, int], language: str) -> None:
    some(office)
    with window(chrome, office, size=size) as clerk:
        clerk.speak(language)
        for path in PAGES:
            page = clerk.open(LIST + path)
            axe(page)
        page = clerk.open(LIST + "?state=")
        page.locator(".more > summary").click()
        axe(page)


def test_a_new_case_appears_without_reloading(chrome: Browser, office: Office) -> None:
    old = filed(office, "เก่า", **ago(1))
    with window(chrome, office) as clerk:
        page = clerk.page
        page.clock.install()
        clerk.open(LIST)
        page.locator(f'[data-case="{key_of(office, old)}"] input').check()
        new = filed(office, "เพิ่งเข้ามา")
        page.clock.run_for(11_000)
        row = page.locator(f'[data-case="{key_of(office, new)}"]')
        expect(row).to_be_visible()
        expect(row).to_have_class(re.compile("fresh"))
        expect(page.locator(f'[data-case="{key_of(office, old)}"] input')).to_be_checked()
        expect(page.locator("[data-chosen]")).to_have_text("เลือกแล้ว 1 เรื่อง")


def test_cases_are_chosen_by_keys_and_taken_together(chrome: Browser, office: Office) -> None:
    numbers = [filed(office, f"เรื่อง {n}", **ago(n)) for n in range(3)]
    with window(chrome, office) as clerk:
        page = clerk.open(LIST)
        for key in ("j", "x", "j", "x"):
            page.keyboard.press(key)
        page.get_by_role("button", name="รับเรื่อง").click()
        expect(page.get_by_text("จะทำ 2 เรื่อง")).to_be_visible()
        page.get_by_role("button", name="รับ 2 เรื่อง").click()
        expect(page.get_by_text("รับแล้ว 2 เรื่อง")).to_be_visible()
    with office.database.read() as session:
        states = {f"{t.number}/{t.fiscal_year % 100}": t.state for t in session.query(Ticket)}
    assert [states[number] for number in numbers] == ["taken", "taken", "new"]


def test_filters_work_while_one_types_and_the_address_keeps_them(chrome: Browser, office: Office) -> None:
    filed(office, "ขยะ", category="waste")
    filed(office, "ไฟ")
    with window(chrome, office) as clerk:
        page = clerk.open(LIST)
        page.locator(".more > summary").click()
        page.get_by_label("ประเภท").select_option("waste")
        expect(page.locator("[data-case]")).to_have_count(1)
        assert "category=waste" in page.url
        page.reload()
        expect(page.locator("[data-case]")).to_have_count(1)
        page.get_by_text("บันทึกตัวกรองนี้").click()
        page.get_by_label("ชื่อตัวกรอง").fill("ขยะของฉัน")
        page.get_by_role("button", name="บันทึก", exact=True).click()
        expect(page.get_by_role("link", name="ขยะของฉัน")).to_be_visible()


def test_the_map_shows_circles_that_open(chrome: Browser, office: Office) -> None:
    some(office)
    with window(chrome, office) as clerk:
        page = clerk.open(LIST + "map")
        heap = page.locator(".heap")
        expect(heap).to_have_count(1)
        expect(heap).to_have_text("2!")
        page.locator(".point").click()
        expect(page.locator(".map-bubble a")).to_have_attribute("href", re.compile(r"/console/cases/\d+$"))
        page.keyboard.press("Escape")
        heap.click()
        expect(page.locator(".point.is-late")).to_be_visible()


def test_the_board_is_walked_with_arrows(chrome: Browser, office: Office) -> None:
    first, second = filed(office, "หนึ่ง"), filed(office, "สอง", **ago(1))
    taken = filed(office, "สาม", state="taken", owner_id=office.staff("clerk").id)
    with window(chrome, office) as clerk:
        page = clerk.open(LIST + "board")
        page.get_by_role("link", name=first, exact=True).focus()
        page.keyboard.press("ArrowDown")
        expect(page.get_by_role("link", name=second, exact=True)).to_be_focused()
        page.keyboard.press("ArrowRight")
        expect(page.get_by_role("link", name=taken, exact=True)).to_be_focused()


def test_everything_works_without_scripts(chrome: Browser, office: Office) -> None:
    number = filed(office, "ไฟดับ", **ago(1), lat=14.02, lon=100.5)
    cookie = office.sign_in("clerk").client.get_cookie(office.cookie)
    assert cookie is not None
    context = chrome.new_context(java_script_enabled=False, viewport={"width": 390, "height": 844})
    base = office.settings.public_url
    context.add_cookies([{"name": office.cookie, "value": cookie.value, "url": base}])
    page = context.new_page()
    page.goto(base + LIST)
    page.locator("input[name=id]").check()
    page.get_by_role("button", name="รับเรื่อง").click()
    page.get_by_role("button", name="รับ 1 เรื่อง").click()
    expect(page.get_by_text("รับแล้ว 1 เรื่อง")).to_be_visible()
    page.goto(base + LIST + "map")
    expect(page.get_by_text("จำนวนเรื่องตามหมู่บ้าน").first).to_be_visible()
    page.goto(base + LIST + "work")
    expect(page.get_by_role("link", name=number, exact=True)).to_be_visible()
    context.close()
