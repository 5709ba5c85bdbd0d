"""The console's pages about other systems: tokens made and revoked, webhooks and their log, Traffy Fondue and its
files."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner
from playwright.sync_api import Browser as Chrome
from sqlalchemy import select

from bot.cli import main
from bot.outside import Outside
from bot.traffy import Traffy
from models.api_tokens import ApiToken
from models.audit import AuditRow
from models.database import Database
from models.hooks import Delivery, Hook
from models.tickets import Entry, Ticket
from models.town import put_setting
from models.traffy import TraffyJob, TraffyLink, TraffyMeter
from tests.browser import browser
from tests.systems.system import System, count
from tests.systems.test_hooks import Telling
from tests.web.browsing import OLD_PC, PHONE, Window, axe, served
from tests.web.office import Browser, Office

HEAD = (
    "ticket_id,type,organization,description,photo,latitude,longitude,address,subdistrict,district,province,timestamp,"
    "photo_after,timestamp_inprogress,timestamp_finished,org_finished,status,confirmed,star,count_reopen,last_activity"
)


def export(*rows: tuple[str, str, str, str]) -> bytes:
    """A CSV file as Traffy Fondue gives it: (ticket_id, type, words, state) of each row."""
    where = "https://storage.example.org/b/,14.03,100.53,หน้าวัด,ก,ข,ค"
    lines = [
        f'{name},{kind},ทดสอบ,"{words}",{where},"2026-11-01 10:00:00.5",,,,,{state},,0,0,"2026-11-02 10:00:00.5"'
        for name, kind, words, state in rows
    ]
    return ("\ufeff" + "\n".join([HEAD, *lines])).encode()


ROWS = (
    ("2026-AAAAAA", "ท่อระบายน้ำ", "ฝาท่อแตก", "รอรับเรื่อง"),
    ("2026-BBBBBB", "ถนน", "หลุมใหญ่", "เสร็จสิ้น"),
    ("2026-CCCCCC", "ไฟทาง", "ไฟถนนดับ", "กำลังดำเนินการ"),
    ("no name", "ถนน", "หลุม", "รอรับเรื่อง"),
)


def upload(admin: Browser, data: bytes) -> str:
    """Look at a file; the page."""
    return admin.post("/console/connections/traffy/import", file=(io.BytesIO(data), "export.csv")).text


def mark(page: str) -> str:
    return str(re.findall(r'name="mark" value="([0-9a-f]+)"', page)[0])


def work(office: Office) -> None:
    """The worker's round."""
    Traffy(office.settings, office.database, Outside(), lambda: office.now).work()


# -- tokens ------------------------------------------------------------------------------------------------------------


def token_of(page: str) -> str:
    return str(re.findall(r'id="secret">([^<]+)<', page)[0])


def test_a_token_is_shown_once_works_and_is_revoked(office: Office) -> None:
    admin, staff = office.sign_in("admin"), office.staff("clerk").id
    fields = {"name": "เซนเซอร์น้ำ", "staff": str(staff), "days": "30", "per_minute": "60", "per_day": "10"}
    page = admin.post("/console/connections/tokens/new", **fields, scope_cases_create="y", scope_cases_read="y")
    token = token_of(page.text)
    sensor = System(office)
    sensor.token = token
    assert (sensor.get("/api/v1/token", token=True).json or {})["scopes"] == ["cases.create", "cases.read"]
    listed = admin.get("/console/connections/").text
    assert "เซนเซอร์น้ำ" in listed
    assert token not in listed
    with office.database.read() as session:
        row = session.scalars(select(ApiToken).where(ApiToken.name == "เซนเซอร์น้ำ")).one()
        kept = " ".join(str(each.after) for each in session.scalars(select(AuditRow)))
    assert token not in kept
    admin.post(f"/console/connections/tokens/{row.id}/revoke")
    assert sensor.get("/api/v1/token", token=True).status_code == 401


def test_a_token_without_a_scope_is_not_made_and_what_was_typed_stays(office: Office) -> None:
    admin = office.sign_in("admin")
    fields = {"name": "ระบบหนึ่ง", "staff": "1", "days": "30", "per_minute": "60", "per_day": "10"}
    page = admin.post("/console/connections/tokens/new", **fields)
    assert page.status_code == 422
    assert "ระบบหนึ่ง" in page.text
    assert "เลือกอย่างน้อยหนึ่งข้อ" in page.text
    assert (
        admin.post("/console/connections/tokens/new", **(fields | {"per_day": "0"}), scope_open311="y").status_code
        == 422
    )


# -- webhooks ----------------------------------------------------------------------------------------------------------


def add_hook(admin: Browser, url: str = "https://example.org/hook") -> str:
    page = admin.post("/console/connections/hooks/new", name="แดชบอร์ด", url=url, event_case_created="y")
    assert page.status_code == 200, page.text
    return token_of(page.text)


@pytest.mark.parametrize(
    "url",
    [
        "http://example.org/",
        "ftp://example.org",
        "https://",
        "https://a:b@example.org/",
        "x",
        "https://exa mple.org",
        "https://[::1",
    ],
)
def test_addresses_that_are_not_taken(office: Office, url: str) -> None:
    admin = office.sign_in("admin")
    page = admin.post("/console/connections/hooks/new", name="x", url=url, event_case_created="y")
    assert page.status_code == 422
    with office.database.read() as session:
        assert session.scalars(select(Hook)).all() == []


def test_the_secret_is_shown_once_and_lies_sealed(office: Office) -> None:
    admin = office.sign_in("admin")
    secret = add_hook(admin)
    assert secret.startswith("whsec_")
    with office.database.read() as session:
        assert secret not in session.scalars(select(Hook.secret)).one()
    assert secret not in admin.get("/console/connections/hooks/1").text
    page = admin.post("/console/connections/hooks/1/secret")
    assert token_of(page.text) != secret


def test_the_log_tells_what_arrived_and_sends_again(office: Office) -> None:
    admin = office.sign_in("admin")
    add_hook(admin)
    telling = Telling(office, listen=False)
    telling.hooks.work()
    telling.receiver.answer = 500
    office.case()
    telling.work()
    with office.database.begin() as session:
        row = session.scalars(select(Delivery)).one()
        row.state, row.done_at = "failed", office.now
    page = admin.get("/console/connections/hooks/1").text
    assert "HTTP 500" in page
    assert "2570-00001" in page
    telling.receiver.answer = 200
    admin.post("/console/connections/hooks/1/resend", delivery="failed")
    telling.work()
    assert "ถึงแล้ว" in admin.get("/console/connections/hooks/1").text
    assert telling.receiver.told[0]["id"] == telling.receiver.told[1]["id"]
    admin.post("/console/connections/hooks/1/ping")
    telling.work()
    assert telling.receiver.told[-1]["type"] == "ping"


def test_an_address_is_stopped_begun_again_and_removed(office: Office) -> None:
    admin = office.sign_in("admin")
    add_hook(admin)
    admin.post("/console/connections/hooks/1/turn")
    assert "หยุดไว้" in admin.get("/console/connections/hooks/1").text
    admin.post("/console/connections/hooks/1/turn")
    admin.post("/console/connections/hooks/1/remove")
    assert admin.get("/console/connections/hooks/1").status_code == 404


def test_who_watches_sees_connections_and_changes_none(office: Office) -> None:
    add_hook(office.sign_in("admin"))
    auditor = office.sign_in("auditor")
    assert auditor.get("/console/connections/").status_code == 200
    assert "ส่งข้อความทดสอบ" not in auditor.get("/console/connections/hooks/1").text
    assert auditor.post("/console/connections/hooks/1/ping").status_code == 403
    assert office.sign_in("clerk").get("/console/connections/").status_code == 403


# -- Traffy Fondue -----------------------------------------------------------------------------------------------------


def test_a_file_is_looked_at_before_anything_is_kept_then_filed_without_doubles(office: Office) -> None:
    admin, data = office.sign_in("admin"), export(*ROWS)
    with office.database.begin() as session:
        put_setting(session, "traffy.types", {"ไฟทาง": "streetlight"})
    page = upload(admin, data)
    assert "ticket_id ไม่ถูกต้อง" in page
    assert count(office) == 0
    for _ in range(2):
        admin.post("/console/connections/traffy/import", mark=mark(page), confirmed="1")
        work(office)
        page = upload(admin, data)
    with office.database.read() as session:
        rows = session.scalars(select(Ticket).order_by(Ticket.id)).all()
        assert [(row.category, row.state, row.channel) for row in rows] == [
            ("drain", "new", "traffy"),
            ("road", "done", "traffy"),
            ("streetlight", "taken", "traffy"),
        ]
        untold = session.scalars(select(Entry.ticket_id).where(Entry.told_at.is_(None))).all()
    assert rows[1].id not in untold, "an old case that is over makes letters"
    assert rows[0].id in untold, "nobody hears of an open one"
    assert rows[0].received_at.isoformat().startswith("2026-11-01T03:00:00")


def test_a_newer_file_moves_cases_that_are_known(office: Office) -> None:
    admin = office.sign_in("admin")
    for state in ("รอรับเรื่อง", "เสร็จสิ้น"):
        page = upload(admin, export(("2026-AAAAAA", "ถนน", "หลุม", state)))
        admin.post("/console/connections/traffy/import", mark=mark(page), confirmed="1")
        work(office)
    with office.database.read() as session:
        assert session.scalars(select(Ticket.state)).all() == ["done"]


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"\xff\xfe\x00", "ไม่ใช่ UTF-8"),
        (b"a,b,c\n1,2,3", "ticket_id"),
        (b"", "ticket_id"),
        (b"ticket_id,type\n" + b"\0" * 9, "ไม่มีคอลัมน์"),
    ],
)
def test_what_is_no_file_of_theirs_is_told_in_thai(office: Office, data: bytes, said: str) -> None:
    page = office.sign_in("admin").post("/console/connections/traffy/import", file=(io.BytesIO(data), "x.csv"))
    assert page.status_code == 422
    assert said in page.text


def test_a_mark_is_no_way_into_other_files(office: Office) -> None:
    admin = office.sign_in("admin")
    for wrong in ("../../songsiang.db", "x" * 32, "a" * 32, ""):
        page = admin.post("/console/connections/traffy/import", mark=wrong, confirmed="1")
        assert page.status_code == 422


def test_a_hostile_file_is_text_and_nothing_else(office: Office) -> None:
    page = upload(
        office.sign_in("admin"), export(("2026-AAAAAA", "<script>alert(1)</script>", "=cmd|' /C calc'!A0", "<b>"))
    )
    assert "<script>alert" not in page
    assert "&lt;script&gt;" in page


def test_settings_are_shown_before_they_are_kept(office: Office) -> None:
    admin = office.sign_in("admin")
    fields = {"org": "151", "minutes": "60", "types": "ไฟทาง = streetlight\nตลาด = waste"}
    page = admin.post("/console/connections/traffy/settings", **fields, on="y")
    seen = re.findall(r'name="seen" value="([^"]+)"', page.text)[0]
    admin.post("/console/connections/traffy/settings", **fields, on="y", confirmed="1", seen=seen)
    assert "ไฟทาง = streetlight" in admin.get("/console/connections/traffy/settings").text
    wrong = admin.post("/console/connections/traffy/settings", **(fields | {"types": "ไฟทาง = nothing"}))
    assert wrong.status_code == 422
    assert "ไฟทาง = nothing" in wrong.text


def test_a_case_is_sent_by_its_number_where_it_can_be(quick_database: Database) -> None:
    office = Office(quick_database, traffy_user="town", traffy_password="secret")
    with office.database.begin() as session:
        put_setting(session, "traffy.on", True)
    office.case(lat=14.0, lon=100.0)
    office.case()
    admin = office.sign_in("admin")
    for number, said in (("1", "กำลังส่ง"), ("1", "รู้จักเรื่องนี้แล้ว"), ("2/70", "ยังไม่มีตำแหน่ง"), ("99", "ไม่พบ"), ("x", "ไม่พบ")):
        admin.post("/console/connections/traffy/send", number=number)
        assert said in admin.get("/console/connections/traffy").text, number
    with office.database.read() as session:
        assert session.scalars(select(TraffyLink.client)).all() == ["SS-2570-00001"]
        assert session.scalars(select(TraffyJob.kind)).all() == ["new"]


def test_the_command_brings_the_same_file(office: Office, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "export.csv"
    file.write_bytes(export(*ROWS))
    for name, value in office.settings.model_dump(
        include={"line_channel_secret", "line_channel_access_token", "secret_key"}
    ).items():
        monkeypatch.setenv(name.upper(), value)
    monkeypatch.setenv("DATABASE_URL", str(office.database.engine.url))
    looked = CliRunner().invoke(main, ["traffy", "import", str(file), "--look"])
    assert (looked.exit_code, "ใหม่ (new): 3" in looked.output, count(office)) == (0, True, 0), looked.output
    for new in (3, 0):
        done = CliRunner().invoke(main, ["traffy", "import", str(file)])
        assert f"ใหม่ (new): {new}" in done.output, done.output
    assert count(office) == 3


# -- in a browser ------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def chrome() -> Iterator[Chrome]:
    """Headless Chromium."""
    with browser() as running:
        yield running


@pytest.mark.browser
@pytest.mark.parametrize("size", [OLD_PC, PHONE], ids=["desktop", "phone"])
def test_the_pages_in_a_browser(chrome: Chrome, quick_database: Database, size: tuple[int, int]) -> None:
    with served(quick_database) as office:
        System(office).file311()
        admin = office.sign_in("admin")
        add_hook(admin)
        admin.post("/console/connections/hooks/1/ping")
        window = Window(chrome, office, "admin", size)
        for path in ("", "tokens/new", "hooks/new", "hooks/1", "traffy", "traffy/import", "traffy/settings"):
            axe(window.open(f"/console/connections/{path}"))
        window.close()


# -- what went wrong ---------------------------------------------------------------------------------------------------


def test_the_page_of_problems_tells_of_connections(office: Office) -> None:
    admin = office.sign_in("admin")
    System(office)
    add_hook(admin)
    assert "แดชบอร์ด" not in admin.get("/console/problems/").text
    with office.database.begin() as session:
        hook = session.scalars(select(Hook)).one()
        hook.disabled_at, hook.disabled_why = office.now, "failing"
        put_setting(session, "traffy.on", True)
        session.add(TraffyMeter(id=1, month="2026-11", balance=5, quota=1000, calls=995, trouble="later: HTTP 502"))
    office.later(days=80)
    page = office.sign_in("admin").get("/console/problems/").text
    for said in ("แดชบอร์ด", "ระบบทดสอบ", "HTTP 502", "เหลือ 5 ครั้ง"):
        assert said in page, said
