"""The first steps: from nothing to a town at work, in six pages that anybody can fill in."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Browser as Chromium

from bot.checkup import Checkup
from models import findings
from models.database import Database
from models.findings import CHECKUP, bad, keep, ok
from models.heartbeat import beat
from models.incoming import Incoming
from models.staff import Staff
from models.town import Department, Village, setting
from tests.web.browsing import OLD_PC, PHONE, Window, axe, served
from tests.web.office import Browser, Office

HOME = "/console/start/"
TOWN = {
    "name": "อบต.ทุ่งสมมุติ",
    "phone": "02-000-0123",
    "hours": "จันทร์–ศุกร์ 08.30–16.30 น.",
    "rescue_phone": "199",
    "bot_name": "น้องทุ่ง",
    "polite": "ค่ะ",
}


def whereto(admin: Browser) -> str:
    """Where the first steps lead on to."""
    return admin.get(HOME).location


def test_from_nothing_to_work(offices: Office) -> None:
    office, admin = offices, offices.sign_in("admin")
    assert whereto(admin) == HOME + "town"
    assert admin.post(HOME + "town", **TOWN).location == HOME + "villages"
    assert whereto(admin) == HOME + "villages"
    assert admin.post(HOME + "villages", rows="1 บ้านตลาด\nหมู่ 2 บ้านดอนกลาง\n๓\tบ้านทุ่ง").location == HOME + "departments"
    assert admin.post(HOME + "departments", department=["ENG"]).location == HOME + "people"
    with office.database.read() as session:
        assert {v.moo: v.name for v in session.query(Village)} == {1: "บ้านตลาด", 2: "บ้านดอนกลาง", 3: "บ้านทุ่ง"}
        assert {d.code for d in session.query(Department).filter_by(active=True)} == {"CLERK", "ENG"}
        eng = session.query(Department).filter_by(code="ENG").one().id
    page = admin.post(HOME + "people", name="สมศรี รับเรื่อง", role="clerk", department="").text
    assert re.search(r"เจ้าหน้าที่ \d{6}", page)
    page = admin.post(HOME + "people/code", department=str(eng)).text
    assert re.search(r"ผูกกลุ่ม \d{6}", page)
    assert admin.post(HOME + "done").status_code == 303
    with office.database.read() as session:
        assert session.query(Staff).filter_by(name="สมศรี รับเรื่อง").one().role == "clerk"
        assert setting(session, "wizard.passed") == ["departments", "done"]


def test_whoever_comes_back_goes_on_where_something_is_missing(office: Office) -> None:
    admin = office.sign_in("admin")
    admin.post(HOME + "villages", rows="1 บ้านตลาด")
    admin.post(HOME + "departments", department=["ENG"])
    assert whereto(admin) == HOME + "town"
    admin.post(HOME + "town", **TOWN)
    assert whereto(admin) == HOME + "people"


def test_bad_lines_come_back_with_what_to_do(office: Office) -> None:
    admin = office.sign_in("admin")
    page = admin.post(HOME + "villages", rows="1 บ้านตลาด\n1 ซ้ำ\nสอง บ้านดอน")
    assert page.status_code == 422
    assert "ซ้ำกับแถวก่อนหน้า" in page.text
    assert "เลขหมู่ต้องเป็นตัวเลข" in page.text
    assert "สอง บ้านดอน" in page.text
    with office.database.read() as session:
        assert session.query(Village).count() == 0
    page = admin.post(HOME + "town", **(TOWN | {"name": "", "phone": "โทร"}))
    assert page.status_code == 422
    assert "ใช้ตัวเลข" in page.text
    page = admin.post(HOME + "people", name="ช่าง", role="crew", department="")
    assert page.status_code == 422
    assert "เลือกกอง" in page.text


def test_the_checklist_tests_itself(office: Office) -> None:
    admin = office.sign_in("admin")
    page = admin.get(HOME + "line").text
    assert "/line/webhook" in page
    assert "ยังไม่เคยได้รับข้อความ" in page
    admin.post(HOME + "line")
    assert "กำลังตรวจ" in admin.get(HOME + "line").text
    assert "every 4s" in admin.get(HOME + "line", headers={"HX-Request": "true"}).text
    office.later(seconds=5)
    beat(office.database, "worker", office.now)
    with office.database.begin() as session:
        keep(session, CHECKUP, [ok("line", "เชื่อมกับบัญชี ทุ่ง", "ok"), bad("webhook", "LINE เรียกไม่ถึง", "no")], office.now)
    page = admin.get(HOME + "line").text
    assert "เชื่อมกับบัญชี ทุ่ง" in page
    assert "LINE เรียกไม่ถึง" in page
    assert "เปิด Use webhook" in page
    assert "กำลังตรวจ" not in page


def test_a_message_that_came_is_proof(office: Office) -> None:
    with office.database.begin() as session:
        keep(session, CHECKUP, [ok("line", "ดี", "ok"), ok("webhook", "ดี", "ok")], office.now)
        session.add(Incoming(event_id="e", chat_key="U1", kind="message", raw="{}", received_at=office.now))
    page = office.sign_in("admin").get(HOME + "done").text
    assert page.count("เรียบร้อย") >= 2
    assert "ได้รับข้อความล่าสุด" in office.sign_in("admin").get(HOME + "line").text


def test_a_checkup_is_made_every_hour_and_when_asked(office: Office) -> None:
    """The worker's own looking is proven in test_doctor.py; here when it looks."""
    checkup = Checkup(office.settings, office.database, None, lambda: office.now)  # type: ignore[arg-type]
    assert checkup.due()
    with office.database.begin() as session:
        keep(session, CHECKUP, [ok("line", "ดี", "ok")], office.now)
    office.later(minutes=59)
    assert not checkup.due()
    with office.database.begin() as session:
        findings.ask_for_checkup(session, office.now)
    assert checkup.due()
    with office.database.begin() as session:
        keep(session, CHECKUP, [ok("line", "ดี", "ok")], office.now)
    assert not checkup.due()
    office.later(minutes=61)
    assert checkup.due()


def test_an_unfinished_town_reminds_its_admins_and_nobody_else(office: Office) -> None:
    reminder = "ไปหน้าเริ่มใช้งาน"
    admin = office.sign_in("admin")
    assert reminder in admin.get("/console/overview/").text
    assert reminder not in office.sign_in("clerk").get("/console/overview/").text
    admin.post(HOME + "town", **TOWN)
    assert reminder not in admin.get("/console/overview/").text


@pytest.mark.parametrize("role", ["clerk", "auditor"])
def test_the_first_steps_are_the_admins(office: Office, role: str) -> None:
    assert office.sign_in(role).get(HOME + "town").status_code == 403


@pytest.mark.browser
@pytest.mark.parametrize("size", [OLD_PC, PHONE])
def test_in_a_browser(quick_database: Database, chrome: Chromium, size: tuple[int, int]) -> None:
    with served(quick_database) as office:
        window = Window(chrome, office, "admin", size)
        page = window.open(HOME)
        axe(page)
        page.get_by_label("ชื่อหน่วยงาน").fill("อบต.ทุ่งสมมุติ")
        page.get_by_label("โทรศัพท์สำนักงาน").fill("02-000-0123")
        page.get_by_role("button", name="ไปขั้นต่อไป").click()
        page.get_by_label("หมู่บ้าน บรรทัดละหมู่").fill("1 บ้านตลาด\n2 บ้านดอนกลาง")
        axe(page)
        page.get_by_role("button", name="ไปขั้นต่อไป").click()
        axe(page)
        page.get_by_role("button", name="ไปขั้นต่อไป").click()
        page.get_by_label("ชื่อ", exact=True).fill("สมศรี รับเรื่อง")
        page.get_by_role("button", name="เพิ่มและออกรหัส").click()
        page.locator(".big-code").wait_for()
        axe(page)
        page.get_by_role("link", name="ไปขั้นต่อไป").click()
        axe(page)
        page.get_by_role("button", name="ตรวจอีกครั้ง").click()
        page.get_by_text("กำลังตรวจ").wait_for()
        with office.database.begin() as session:
            keep(session, CHECKUP, [ok("line", "เชื่อมกับบัญชี ทุ่ง", "ok")], office.now)
        page.get_by_text("เชื่อมกับบัญชี ทุ่ง").wait_for(timeout=10_000)
        axe(window.open(HOME + "done"))
        window.close()
