"""The demo, as `make demo` starts it, used in a browser: from a dark lamp to four stars."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from bot.demo import PEOPLE, house
from tests.browser import Phone, browser

SOMSRI, BOON, EK = (user["id"] for user in PEOPLE["users"])
GROUP = PEOPLE["groups"][0]["id"]

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def chrome() -> Iterator[Browser]:
    with browser() as running:
        yield running


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("demo")
    with house(folder, 0, 0, filled=True) as (line, _web):
        yield line.url


def opened(chrome: Browser, address: str, width: int, height: int) -> tuple[Page, list[str]]:
    """The page in a window of this size, and what it complains of."""
    page = chrome.new_page(viewport={"width": width, "height": height})
    faults: list[str] = []
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on("console", lambda message: faults.append(message.text) if message.type == "error" else None)
    page.goto(address + "/")
    return page, faults


def send_photo(phone: Phone) -> None:
    """Choose the first of the page's own sample photos."""
    phone.frame.get_by_label("ส่งรูป").click()
    phone.page.locator("dialog .tile").first.click()
    phone.page.locator("dialog").get_by_role("button", name="ส่งรูปที่เลือก").click()


def test_from_a_dark_lamp_to_four_stars(chrome: Browser, address: str, tmp_path: Path) -> None:
    page, faults = opened(chrome, address, 1440, 900)
    somsri, crew = Phone(page, SOMSRI), Phone(page, GROUP)
    somsri.taps("เพิ่มเพื่อน")
    somsri.sees("ก่อนเริ่ม ขอแจ้งเรื่องข้อมูลของท่าน")
    somsri.says("ไฟหน้าวัดกลางทุ่งดับมา 3 คืนแล้ว มืดมาก")
    somsri.sees("ไม่มีก็กดข้ามได้")
    send_photo(somsri)
    somsri.sees("ตรวจดูอีกครั้งค่ะ")
    somsri.taps("ส่งเรื่อง")
    somsri.sees("รับเรื่องแล้วค่ะ")
    crew.sees("เรื่องใหม่")
    page.screenshot(path=tmp_path / "desktop-1.png")
    crew.taps("รับเรื่อง")
    crew.sees("รับโดย ช่างเอก")
    crew.taps("เสร็จสิ้น")
    crew.sees("ส่งรูปหลังทำเสร็จ")
    send_photo(crew)
    crew.sees("ทำอะไรไปบ้าง")
    crew.says("เปลี่ยนหลอดใหม่แล้วครับ")
    crew.sees("ผู้แจ้งเรื่อง")
    crew.taps("ส่งและปิดเรื่อง")
    somsri.sees("เสร็จแล้วค่ะ")
    somsri.taps("ใช้ได้แล้ว")
    somsri.sees("ขอคะแนนความพึงพอใจ")
    somsri.taps("⭐ 4 ดี")
    somsri.sees("มีอะไรอยากบอกเจ้าหน้าที่เพิ่มไหมคะ")
    somsri.taps("ไม่มี")
    somsri.sees("บันทึกคะแนน 4 จาก 5")
    page.screenshot(path=tmp_path / "desktop-2.png")
    crew.says("งานค้าง")
    crew.sees("งานค้าง")
    page.screenshot(path=tmp_path / "desktop-3.png")
    assert faults == []
    page.close()


def test_on_a_phone(chrome: Browser, address: str, tmp_path: Path) -> None:
    page, faults = opened(chrome, address, 390, 844)
    page.locator("#tabs").get_by_text("ลุงบุญ").click()
    boon = Phone(page, BOON)
    boon.taps("เพิ่มเพื่อน")
    boon.sees("ก่อนเริ่ม ขอแจ้งเรื่องข้อมูลของท่าน")
    page.screenshot(path=tmp_path / "phone-1.png")
    boon.says("น้ามไม่ไหลตั้งแต่เช้าเลยคับ")
    boon.sees("ที่ไหนคะ")
    page.screenshot(path=tmp_path / "phone-2.png")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    assert faults == []
    page.close()
