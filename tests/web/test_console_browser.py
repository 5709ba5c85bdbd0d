"""The console in a browser: no barriers on desktop and telephone, keys, passkeys, the way in from the chat."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pyotp
import pytest
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import select

from models import audit, sessions
from models.audit import Actor
from models.database import Database
from models.staff import Staff
from tests.browser import browser
from tests.databases import hurried, sqlite_copy
from tests.web.browsing import DESKTOP, OLD_PC, PHONE, Window, axe, served
from tests.web.links import link
from tests.web.office import NAMES, START, Office

pytestmark = pytest.mark.browser

LOOKS = [(DESKTOP, "th"), (OLD_PC, "en"), (PHONE, "th"), ((360, 640), "en")]
PAGES = (
    "/console/account/",
    "/console/account/security",
    "/console/account/totp",
    "/console/audit/",
    "/console/audit/1",
    "/console/audit/?q=nothing",
    "/console/audit/verify",
    "/console/sessions/",
    "/privacy",
)


@pytest.fixture(scope="module")
def chrome() -> Iterator[Browser]:
    with browser() as running:
        yield running


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory, sqlite_template: Path) -> Iterator[Office]:
    database = hurried(Database(sqlite_copy(sqlite_template, tmp_path_factory.mktemp("console"))))
    with served(database) as opened:
        with database.begin() as session:
            for number in range(60):
                actor = Actor(1, NAMES["clerk"], "clerk", "web", "192.0.2.44")
                audit.record(session, actor, "session.begun", f"session:{number}", None, {"way": "link"}, START)
        yield opened
    database.dispose()


@contextmanager
def window(
    chrome: Browser, office: Office, role: str | None = None, size: tuple[int, int] = DESKTOP
) -> Iterator[Window]:
    opened = Window(chrome, office, role, size)
    yield opened
    opened.close()


@pytest.mark.parametrize(("size", "language"), LOOKS, ids=str)
def test_no_barriers(chrome: Browser, office: Office, tmp_path: Path, size: tuple[int, int], language: str) -> None:
    with window(chrome, office, "admin", size) as admin:
        admin.speak(language)
        for number, path in enumerate(PAGES):
            page = admin.open(path)
            page.screenshot(path=tmp_path / f"{number}.png", full_page=True)
            axe(page)
    with window(chrome, office, None, size) as stranger:
        stranger.speak(language)
        for path in ("/console/sign-in", "/console/enter/abc"):
            axe(stranger.open(path))


@pytest.mark.parametrize("path", ["/console/none", "/console/audit/"])
def test_error_pages_have_no_barriers_either(chrome: Browser, office: Office, path: str) -> None:
    opened = Window(chrome, office, "clerk", PHONE)
    axe(opened.open(path))
    opened.context.close()  # the refusal itself stands in the browser's console


def test_from_the_chats_link_to_the_console_and_out(chrome: Browser, office: Office) -> None:
    token, _code = link(office)
    with window(chrome, office, None, PHONE) as opened:
        page = opened.open(f"/console/enter/{token}?openExternalBrowser=1")
        page.get_by_role("button", name="เข้าสู่ระบบ").click()
        expect(page.get_by_role("button", name="ออกจากระบบ")).to_be_visible()
        page.get_by_role("button", name="ออกจากระบบ").click()
        expect(page.get_by_text("ออกจากระบบแล้ว")).to_be_visible()


def test_the_code_typed_wrong_says_so_beside_the_way_in(chrome: Browser, office: Office) -> None:
    opened = Window(chrome, office, None, OLD_PC)
    page = opened.open("/console/account/")
    page.get_by_label("รหัส 8 หลักจากแชต").fill("1111 2222")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert").first).to_contain_text("รหัสนี้ใช้ไม่ได้")
    axe(page)
    page.get_by_label("รหัส 8 หลักจากแชต").fill(link(office, "crew")[1])
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="บัญชีของฉัน")).to_be_visible()  # where one wanted to go at first
    opened.context.close()


def test_an_authenticator_is_set_up_by_keyboard(chrome: Browser, office: Office) -> None:
    with window(chrome, office, "head", OLD_PC) as opened:
        page = opened.open("/console/account/totp")
        page.get_by_text("สแกนไม่ได้").click()
        secret = page.locator(".secret").inner_text().replace(" ", "")
        page.get_by_label("พิมพ์รหัส 6 หลัก").fill(pyotp.TOTP(secret).at(office.now))
        page.keyboard.press("Enter")
        expect(page.get_by_role("heading", name="รหัสสำรอง")).to_be_visible()
        assert page.locator(".codes li").count() == 8
        axe(page)


def authenticator(page: Page) -> None:
    """A telephone with a fingerprint reader, as Chromium pretends it."""
    cdp = page.context.new_cdp_session(page)
    cdp.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }
    cdp.send("WebAuthn.addVirtualAuthenticator", {"options": options})


def test_a_passkey_is_made_and_signs_in_by_itself(chrome: Browser, office: Office) -> None:
    with window(chrome, office, "auditor") as opened:
        page = opened.open("/console/account/security")
        authenticator(page)
        page.get_by_label("ชื่อเครื่องนี้").fill("เครื่องห้องตรวจสอบ")
        page.get_by_role("button", name="เพิ่มพาสคีย์").click()
        expect(page.get_by_role("heading", name="รหัสสำรอง")).to_be_visible()
        page.get_by_role("link", name="เก็บแล้ว").click()
        page.get_by_role("button", name="ออกจากระบบ").click()
        page.get_by_role("button", name="ใช้พาสคีย์").click()
        expect(page.get_by_role("button", name="ออกจากระบบ")).to_be_visible()
        page.goto(office.settings.public_url + "/console/account/security")
        expect(page.get_by_role("cell", name="เครื่องห้องตรวจสอบ", exact=True)).to_be_visible()
    with office.database.read() as session:
        assert [f.label for f in sessions.factors(session, office.staff("auditor").id)] == ["เครื่องห้องตรวจสอบ"]


def test_a_passkey_as_the_second_step(chrome: Browser, office: Office) -> None:
    with window(chrome, office, "dpo") as opened:
        page = opened.open("/console/account/security")
        authenticator(page)
        page.get_by_role("button", name="เพิ่มพาสคีย์").click()
        expect(page.get_by_role("heading", name="รหัสสำรอง")).to_be_visible()
        page.get_by_role("button", name="ออกจากระบบ").click()
        page.goto(f"{office.settings.public_url}/console/enter/{link(office, 'dpo')[0]}")
        page.get_by_role("button", name="เข้าสู่ระบบ").click()
        expect(page.get_by_role("heading", name="ยืนยันตัวขั้นที่สอง")).to_be_visible()
        axe(page)
        page.get_by_role("button", name="ใช้พาสคีย์").click()
        expect(page.get_by_role("button", name="ออกจากระบบ")).to_be_visible()
        expect(page.get_by_role("heading", name="ยืนยันตัวขั้นที่สอง")).to_have_count(0)


def test_one_browsers_passkey_does_not_open_after_its_owner_has_left(chrome: Browser, office: Office) -> None:
    opened = Window(chrome, office, "poll_officer")
    page = opened.open("/console/account/security")
    authenticator(page)
    page.get_by_role("button", name="เพิ่มพาสคีย์").click()
    expect(page.get_by_role("heading", name="รหัสสำรอง")).to_be_visible()
    page.get_by_role("button", name="ออกจากระบบ").click()
    with office.database.begin() as session:
        session.scalars(select(Staff).where(Staff.name == NAMES["poll_officer"])).one().active = False
    page.get_by_role("button", name="ใช้พาสคีย์").click()
    expect(page.get_by_text("ยืนยันด้วยพาสคีย์ไม่สำเร็จ")).to_be_visible()
    opened.context.close()


def test_keys_lead_and_can_be_turned_off(chrome: Browser, office: Office) -> None:
    with window(chrome, office, "admin") as opened:
        page = opened.open("/console/account/")
        page.keyboard.press("?")
        keys = page.get_by_role("dialog")
        expect(keys).to_contain_text("บันทึกการใช้งาน")
        axe(page)
        page.keyboard.press("Escape")
        expect(keys).to_be_hidden()
        page.keyboard.press("u")
        page.wait_for_url("**/console/audit/")
        page.keyboard.press("/")
        expect(page.get_by_label("เรื่องหรือการกระทำ")).to_be_focused()
        page.keyboard.type("a")  # a letter, not a key
        expect(page.get_by_label("เรื่องหรือการกระทำ")).to_have_value("a")
        page.get_by_role("heading", level=1).click()
        page.get_by_role("button", name="ปุ่มลัด").click()
        page.get_by_label("ใช้ปุ่มลัด").uncheck()
        page.keyboard.press("Escape")
        page.keyboard.press("a")
        page.keyboard.press("Tab")
        expect(page).to_have_url(f"{opened.office.settings.public_url}/console/audit/")


def test_the_audit_narrows_down_without_reloading(chrome: Browser, office: Office) -> None:
    with window(chrome, office, "auditor") as opened:
        page = opened.open("/console/audit/")
        page.evaluate("window.stays = true")
        page.get_by_label("เรื่องหรือการกระทำ").fill("session:42")
        page.keyboard.press("Enter")
        expect(page.locator("#rows tbody tr")).to_have_count(1)
        assert page.evaluate("window.stays") is True
        assert "q=session%3A42" in page.url


def test_everything_works_without_scripts(chrome: Browser, office: Office) -> None:
    context = chrome.new_context(java_script_enabled=False, viewport={"width": 390, "height": 844})
    page = context.new_page()
    page.goto(f"{office.settings.public_url}/console/enter/{link(office)[0]}")
    page.get_by_role("button", name="เข้าสู่ระบบ").click()
    page.get_by_role("link", name="ตั้งค่าการยืนยันตัว").click() if page.url.endswith("/account/") else page.goto(
        office.settings.public_url + "/console/account/security"
    )
    expect(page.get_by_role("heading", name="ความปลอดภัยของบัญชี")).to_be_visible()
    expect(page.get_by_role("button", name="เพิ่มพาสคีย์")).to_be_hidden()
    page.get_by_role("button", name="ออกจากระบบ").click()
    expect(page.get_by_text("ออกจากระบบแล้ว")).to_be_visible()
    context.close()


def test_thai_type_is_large_and_ours(chrome: Browser, office: Office) -> None:
    with window(chrome, office, "clerk", PHONE) as opened:
        page = opened.open("/console/account/")
        assert page.evaluate("parseFloat(getComputedStyle(document.body).fontSize)") >= 18
        assert page.evaluate("document.fonts.ready.then(() => document.fonts.check('18px Sarabun', 'ก'))")


def test_nothing_is_asked_of_another_host(chrome: Browser, office: Office) -> None:
    with window(chrome, office, "admin") as opened:
        asked: list[str] = []
        opened.page.on("request", lambda request: asked.append(request.url))
        for path in PAGES:
            opened.open(path)
        assert asked
        assert all(url.startswith((office.settings.public_url, "data:", "blob:")) for url in asked)
