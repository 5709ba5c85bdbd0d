"""Takes the README's pictures from the running demo: `python -m tools.screenshots` writes docs/images/*.png.

Needs Chromium. What the pictures show was done by clicking, on the demo's page, as anybody can.
"""

from __future__ import annotations

import tempfile
from pathlib import Path

from playwright.sync_api import Page

from bot.demo import PEOPLE, house
from tests.browser import Phone, browser

FOLDER = Path(__file__).parent.parent / "docs" / "images"
SOMSRI, BOON, _EK = (user["id"] for user in PEOPLE["users"])
GROUP = PEOPLE["groups"][0]["id"]


def main() -> None:
    """Play the loop and take the pictures on the way."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    with (
        tempfile.TemporaryDirectory() as folder,
        house(Path(folder), 0, 0, filled=True) as (line, _web),
        browser() as run,
    ):
        page = run.new_page(viewport={"width": 1440, "height": 960})
        page.goto(line.url + "/")
        _loop(page)
        small = run.new_page(viewport={"width": 390, "height": 844})
        small.goto(line.url + "/")
        small.locator("#tabs").get_by_text("ป้าสมศรี").click()
        Phone(small, SOMSRI).sees("บันทึกคะแนน")
        small.screenshot(path=FOLDER / "phone.png")


def _loop(page: Page) -> None:
    somsri, boon, crew = Phone(page, SOMSRI), Phone(page, BOON), Phone(page, GROUP)
    boon.taps("เพิ่มเพื่อน")
    somsri.taps("เพิ่มเพื่อน")
    somsri.sees("ก่อนเริ่ม")
    somsri.says("ไฟหน้าวัดกลางทุ่งดับมา 3 คืนแล้ว มืดมาก")
    somsri.sees("ไม่มีก็กดข้ามได้")
    _photo(somsri, 0)
    somsri.sees("ตรวจดูอีกครั้งค่ะ")
    somsri.taps("ส่งเรื่อง")
    somsri.sees("รับเรื่องแล้วค่ะ")
    crew.sees("เรื่องใหม่")
    boon.says("ไฟดูด! มีคนโดนไฟดูดที่ตลาดครับ ช่วยด้วย")
    boon.sees("โทรทันที")
    page.wait_for_timeout(800)
    page.screenshot(path=FOLDER / "report.png")
    crew.taps("รับเรื่อง")
    crew.sees("รับโดย ช่างเอก")
    crew.taps("เสร็จสิ้น")
    crew.sees("ส่งรูปหลังทำเสร็จ")
    _photo(crew, 1)
    crew.sees("ทำอะไรไปบ้าง")
    crew.says("เปลี่ยนหลอดใหม่แล้วครับ")
    crew.sees("ผู้แจ้งเรื่อง")
    crew.taps("ส่งและปิดเรื่อง")
    somsri.sees("เสร็จแล้วค่ะ")
    crew.says("งานวันนี้")
    crew.sees("งานวันนี้")
    page.wait_for_timeout(1500)
    page.screenshot(path=FOLDER / "result.png")
    somsri.taps("ใช้ได้แล้ว")
    somsri.sees("ขอคะแนนความพึงพอใจ")
    somsri.taps("⭐ 4 ดี")
    somsri.sees("มีอะไรอยากบอกเจ้าหน้าที่เพิ่มไหมคะ")
    somsri.taps("ไม่มี")
    somsri.sees("บันทึกคะแนน 4 จาก 5")


def _photo(phone: Phone, which: int) -> None:
    phone.frame.get_by_label("ส่งรูป").click()
    phone.page.locator("dialog .tile").nth(which).click()
    phone.page.locator("dialog").get_by_role("button", name="ส่งรูปที่เลือก").click()


if __name__ == "__main__":
    main()
