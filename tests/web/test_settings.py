"""Settings: shown before they are kept, kept with their history, undone while nobody has changed them since."""

from __future__ import annotations

import io
from datetime import date
from typing import Any

import openpyxl
import pytest
from playwright.sync_api import Browser as Chromium

from handlers.town import load_town
from models.audit import AuditRow
from models.calendar import Holiday
from models.changes import Change
from models.database import Database
from models.own_words import OwnWords
from models.post import policy_of
from models.routing import route
from models.staff import Staff
from models.town import Category, Department, KnownPlace, RoutingRule, Village, setting
from tests.web.browsing import OLD_PC, PHONE, Window, axe, served
from tests.web.changing import carried, confirm
from tests.web.office import START, Browser, Office
from web.settings_words import LONGEST, editable, joined, parted

HOME = "/console/settings/"
TOWN: dict[str, Any] = {
    "name": "เทศบาลตำบลทุ่งสมมุติ",
    "phone": "02-000-0123",
    "hours": "จันทร์–ศุกร์ 08.30–16.30 น.",
    "rescue_phone": "02-000-0199",
    "lat": "",
    "lon": "",
    "bot_name": "น้องทุ่ง",
    "polite": "ครับ",
    "answer_days": "15",
    "retention_years": "2",
    "keep_roll_days": "180",
    "dpo": "",
    "stale_hours": "24",
}


def value(office: Office, name: str) -> Any:
    with office.database.read() as session:
        return setting(session, name)


def number(office: Office, code: str) -> int:
    with office.database.read() as session:
        return session.query(Department).filter_by(code=code).one().id


def undo_last(browser: Browser, office: Office) -> int:
    """Undo what was changed last; the status of the answer."""
    with office.database.read() as session:
        batch = session.query(Change).order_by(Change.id.desc()).first()
        assert batch is not None
    return browser.post(f"{HOME}undo/{batch.batch}").status_code


# -- preview, history, undo --------------------------------------------------------------------------------------------


def test_nothing_is_kept_before_it_is_confirmed(offices: Office) -> None:
    admin = offices.sign_in("admin")
    shown = admin.post(HOME + "town", **TOWN)
    assert shown.status_code == 200
    assert "ยังไม่ได้บันทึก" in shown.text
    assert "น้องทุ่งของเทศบาลตำบลทุ่งสมมุติ" in shown.text or "น้องทุ่ง ผู้ช่วยของเทศบาลตำบลทุ่งสมมุติ" in shown.text
    assert value(offices, "town.name") != TOWN["name"]
    assert admin.post(HOME + "town", **carried(shown), confirmed="1").status_code == 303
    assert value(offices, "town.name") == TOWN["name"]
    assert value(offices, "bot.polite") == "ครับ"


def test_going_back_from_the_preview_keeps_what_was_typed(office: Office) -> None:
    admin = office.sign_in("admin")
    shown = admin.post(HOME + "town", **TOWN)
    form = admin.post(HOME + "town", **carried(shown), again="1")
    assert form.status_code == 200
    assert 'value="น้องทุ่ง"' in form.text


def test_history_tells_who_and_undo_brings_back(offices: Office) -> None:
    admin = offices.sign_in("admin")
    confirm(admin, HOME + "town", **TOWN)
    page = admin.get(HOME + "history").text
    assert "ปรีชา ดูแล" in page
    assert "น้องส่งเสียง" in page
    assert "น้องทุ่ง" in page
    assert undo_last(admin, offices) == 303
    assert value(offices, "bot.name") == "น้องส่งเสียง"
    assert value(offices, "town.name") == "องค์กรปกครองส่วนท้องถิ่น"
    assert "เป็นการย้อนคืน" in admin.get(HOME + "history").text
    with offices.database.read() as session:
        assert {"setting.made", "setting.undone"} <= {row.action for row in session.query(AuditRow)}


def test_undoing_is_refused_once_somebody_has_changed_it_since(office: Office) -> None:
    admin = office.sign_in("admin")
    confirm(admin, HOME + "budget", economy="on", percent="80", reserve="20")
    with office.database.read() as session:
        first = session.query(Change).one().batch
    confirm(admin, HOME + "budget", economy="off", percent="80", reserve="20")
    refused = admin.post(f"{HOME}undo/{first}")
    assert refused.status_code == 409
    assert "มีการแก้ต่อจากนั้น" in refused.text
    assert value(office, "quota.economy") == "off"
    assert undo_last(admin, office) == 303
    assert value(office, "quota.economy") == "on"


def test_two_admins_do_not_overwrite_each_other_unseen(office: Office) -> None:
    admin = office.sign_in("admin")
    shown = admin.post(HOME + "budget", economy="on", percent="70", reserve="20")
    confirm(admin, HOME + "budget", economy="off", percent="80", reserve="20")
    again = admin.post(HOME + "budget", **carried(shown), confirmed="1")
    assert again.status_code == 200
    assert "มีคนแก้ข้อมูลนี้เมื่อสักครู่" in again.text
    assert value(office, "quota.economy") == "off"
    assert admin.post(HOME + "budget", **carried(again), confirmed="1").status_code == 303
    assert (value(office, "quota.economy"), value(office, "quota.economy_percent")) == ("on", 70)


def test_what_is_the_same_changes_nothing(office: Office) -> None:
    admin = office.sign_in("admin")
    assert admin.post(HOME + "budget", economy="auto", percent="80", reserve="20").status_code == 303
    assert "ไม่มีอะไรเปลี่ยน" in admin.get(HOME).text
    with office.database.read() as session:
        assert session.query(Change).count() == 0


@pytest.mark.parametrize("role", ["auditor", "dpo"])
def test_watchers_look_and_change_nothing(office: Office, role: str) -> None:
    watcher = office.sign_in(role)
    for path in (
        "",
        "departments",
        "categories",
        "routing",
        "villages",
        "places",
        "calendar",
        "letters",
        "numbers",
        "words",
        "history",
    ):
        assert watcher.get(HOME + path).status_code == 200
    assert watcher.post(HOME + "town", **TOWN).status_code == 403
    assert "ย้อนคืน</button>" not in watcher.get(HOME + "history").text


# -- bad input ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("field", "typed", "told"),
    [
        ("name", "  ", "โปรดกรอกช่องนี้"),
        ("phone", "โทรมา", "ใช้ตัวเลข"),
        ("answer_days", "สิบห้า", "ตัวเลขเต็ม"),
        ("answer_days", "0", "ต้องอยู่ระหว่าง"),
        ("lat", "14.02", "ทั้งละติจูดและลองจิจูด"),
        ("lat", "north", "ตัวเลข"),
        ("bot_name", "น" * 21, "ยาวไป"),
    ],
)
def test_bad_input_stays_and_is_explained(office: Office, field: str, typed: str, told: str) -> None:
    page = office.sign_in("admin").post(HOME + "town", **(TOWN | {field: typed}))
    assert page.status_code == 422
    assert told in page.text
    assert typed.strip() in page.text


# -- departments and categories ----------------------------------------------------------------------------------------


def department(**given: str) -> dict[str, str]:
    return {"name": "กองช่าง", "short": "กองช่าง", "phone": "", "fallback": "CLERK", "active": "y"} | given


def test_closing_a_department_says_where_its_work_goes(offices: Office) -> None:
    office = offices
    office.case(department="HEALTH")
    path = f"{HOME}departments/{number(office, 'HEALTH')}"
    admin = office.sign_in("admin")
    fields = department(name="กองสาธารณสุข", short="สาธารณสุข")
    del fields["active"]
    shown = admin.post(path, **fields)
    assert "จะไปที่สำนักปลัด" in shown.text
    assert "เรื่องที่เปิดอยู่ 1 เรื่อง" in shown.text
    confirm(admin, path, **fields)
    with office.database.read() as session:
        found = route(session, "waste", None, "ขยะ")
        assert found is not None
        assert found.code == "CLERK"
    assert undo_last(admin, office) == 303
    with office.database.read() as session:
        assert session.get_one(Department, number(office, "HEALTH")).active


def test_the_clerks_office_stays_open(office: Office) -> None:
    fields = department(name="สำนักปลัด", short="สำนักปลัด")
    del fields["active"]
    page = office.sign_in("admin").post(f"{HOME}departments/{number(office, 'CLERK')}", **fields)
    assert page.status_code == 422
    assert "ปิดสำนักปลัดไม่ได้" in page.text


def test_a_new_department_has_a_code_of_its_own(office: Office) -> None:
    admin = office.sign_in("admin")
    taken = admin.post(HOME + "departments/new", **department(code="eng"))
    assert taken.status_code == 422
    assert "มีรหัสนี้แล้ว" in taken.text
    confirm(admin, HOME + "departments/new", **department(name="กองเกษตร", short="เกษตร", code="farm"))
    with office.database.read() as session:
        assert session.query(Department).filter_by(code="FARM").one().name == "กองเกษตร"


def test_a_category_changes_hands_for_new_cases(office: Office) -> None:
    with office.database.begin() as session:
        session.add(Staff(name="สาธารณสุข สมมุติ", role="crew", department_id=number(office, "HEALTH"), created_at=START))
    fields = {
        "name": "ท่อระบายน้ำ",
        "department": "HEALTH",
        "agency": "",
        "days_normal": "7",
        "days_urgent": "1",
        "radius": "80",
        "active": "y",
    }
    admin = office.sign_in("admin")
    shown = admin.post(HOME + "categories/drain", **fields)
    assert "เรื่องเดิมไม่เปลี่ยน" in shown.text
    confirm(admin, HOME + "categories/drain", **fields)
    with office.database.read() as session:
        row = session.get_one(Category, "drain")
        assert (row.department, row.days_normal) == ("HEALTH", 7)
        found = route(session, "drain", None, "ท่อตัน")
        assert found is not None
        assert found.code == "HEALTH"


def test_the_category_for_everything_else_stays(office: Office) -> None:
    fields = {
        "name": "อื่น ๆ",
        "department": "CLERK",
        "agency": "",
        "days_normal": "7",
        "days_urgent": "1",
        "radius": "0",
    }
    page = office.sign_in("admin").post(HOME + "categories/other", **fields)
    assert page.status_code == 422
    assert "ปิดหมวดนี้ไม่ได้" in page.text


def test_an_agencys_number(office: Office) -> None:
    confirm(office.sign_in("admin"), HOME + "numbers/pea", name="การไฟฟ้าส่วนภูมิภาค", phone="1129")
    page = office.sign_in("auditor").get(HOME + "numbers").text
    assert "1129" in page
    assert "1669" in page


# -- routing -----------------------------------------------------------------------------------------------------------


def test_a_rule_and_a_message_that_tries_it(offices: Office) -> None:
    office = offices
    with office.database.begin() as session:
        session.add(Village(moo=3, name="บ้านสันทราย"))
        session.add(Staff(name="ประปา สมมุติ", role="crew", department_id=number(office, "HEALTH"), created_at=START))
    admin = office.sign_in("admin")
    message = {"try": "ไฟทางหน้าวัดดับ หมู่ 3 ประปาหมู่บ้าน"}
    assert "กองช่าง" in admin.get(HOME + "routing", query_string=message).text
    confirm(admin, HOME + "routing/new", category="", moo="3", word="ประปาหมู่บ้าน", department="HEALTH")
    page = admin.get(HOME + "routing", query_string=message).text
    assert "ตามกฎ: หมู่ 3 “ประปาหมู่บ้าน”" in page
    assert "มั่นใจ" in page
    with office.database.read() as session:
        rule = session.query(RoutingRule).one()
    confirm(admin, f"{HOME}routing/{rule.id}/remove")
    with office.database.read() as session:
        assert session.query(RoutingRule).count() == 0
    assert undo_last(admin, office) == 303
    with office.database.read() as session:
        assert session.query(RoutingRule).one().word == "ประปาหมู่บ้าน"


def test_a_rule_for_everything_is_refused(office: Office) -> None:
    page = office.sign_in("admin").post(HOME + "routing/new", category="", moo="", word=" ", department="ENG")
    assert page.status_code == 422
    assert "อย่างน้อยหนึ่งอย่าง" in page.text


# -- villages and places -----------------------------------------------------------------------------------------------


def test_villages_one_by_one(office: Office) -> None:
    admin = office.sign_in("admin")
    confirm(admin, HOME + "villages/new", moo="1", name="บ้านตลาด", lat="14.02", lon="100.53")
    assert admin.post(HOME + "villages/new", moo="1", name="อื่น").status_code == 422
    confirm(admin, HOME + "villages/1", name="บ้านตลาดเก่า", lat="", lon="")
    with office.database.read() as session:
        row = session.get_one(Village, 1)
        assert (row.name, row.lat) == ("บ้านตลาดเก่า", None)
    confirm(admin, HOME + "places/new", name="วัดกลาง", aliases="วัด\nวัดใน", moo="1", lat="", lon="")
    assert admin.post(HOME + "villages/1/remove").status_code == 409
    with office.database.read() as session:
        place = session.query(KnownPlace).one()
        assert place.aliases == ["วัด", "วัดใน"]
    confirm(admin, f"{HOME}places/{place.id}/remove")
    confirm(admin, HOME + "villages/1/remove")
    with office.database.read() as session:
        assert session.query(Village).count() == 0


SHEET = "หมู่\tชื่อ\tละติจูด\tลองจิจูด\n๑\tบ้านตลาด\t14.02\t100.53\nหมู่ที่ 2\tบ้านดอน\n2\tซ้ำ\nสาม\tผิด\n4\t=cmd\t999\t1\n5\tบ้านกลางทุ่ง"


def test_every_row_of_a_sheet_has_a_fate_before_anything_is_written(offices: Office) -> None:
    office = offices
    with office.database.begin() as session:
        session.add_all([Village(moo=2, name="บ้านดอน"), Village(moo=5, name="ชื่อเก่า", lat=1.0, lon=2.0)])
    admin = office.sign_in("admin")
    shown = admin.post(HOME + "import/villages", rows=SHEET)
    assert "เพิ่ม 1 แถว แก้ 1 แถว เหมือนเดิม 1 แถว ใช้ไม่ได้ 3 แถว" in shown.text
    for told in ("ซ้ำกับแถวก่อนหน้า", "เลขหมู่ต้องเป็นตัวเลข", "ละติจูดหรือลองจิจูดไม่ถูก"):
        assert told in shown.text
    with office.database.read() as session:
        assert session.query(Village).count() == 2
    done = admin.post(HOME + "import/villages", **carried(shown), confirmed="1")
    assert done.status_code == 303
    with office.database.read() as session:
        found = {v.moo: (v.name, v.lat) for v in session.query(Village)}
    assert found == {1: ("บ้านตลาด", 14.02), 2: ("บ้านดอน", None), 5: ("บ้านกลางทุ่ง", 1.0)}
    assert undo_last(admin, office) == 303
    with office.database.read() as session:
        assert {v.moo: v.name for v in session.query(Village)} == {2: "บ้านดอน", 5: "ชื่อเก่า"}


def workbook(rows: list[list[Any]]) -> bytes:
    book, out = openpyxl.Workbook(), io.BytesIO()
    sheet = book.active
    assert sheet is not None
    for row in rows:
        sheet.append(row)
    book.save(out)
    return out.getvalue()


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("places.xlsx", workbook([["ชื่อ", "ชื่ออื่น", "หมู่"], ["วัดกลางทุ่ง", "วัด, วัดกลาง", 1], ["ตลาดสด", None, 9]])),
        ("places.csv", 'ชื่อ,ชื่ออื่น,หมู่\nวัดกลางทุ่ง,"วัด, วัดกลาง",1\nตลาดสด,,9'.encode("utf-8-sig")),
        ("places.csv", "ชื่อ;ชื่ออื่น;หมู่\nวัดกลางทุ่ง;วัด, วัดกลาง;1\nตลาดสด;;9".encode("cp874")),
    ],
)
def test_places_from_a_file(office: Office, name: str, content: bytes) -> None:
    with office.database.begin() as session:
        session.add(Village(moo=1))
    admin = office.sign_in("admin")
    shown = admin.post(HOME + "import/places", rows="", file=(io.BytesIO(content), name))
    assert "เพิ่ม 1 แถว" in shown.text
    assert "ยังไม่มีหมู่นี้" in shown.text
    admin.post(HOME + "import/places", **carried(shown), confirmed="1")
    with office.database.read() as session:
        row = session.query(KnownPlace).one()
        assert (row.name, row.aliases, row.moo) == ("วัดกลางทุ่ง", ["วัด", "วัดกลาง"], 1)


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"", "ยังไม่มีข้อมูล"),
        (b"PK\x03\x04nonsense", "อ่านไฟล์นี้ไม่ได้"),
        (b"\x00\xff\xfe" * 50, "อ่านไฟล์นี้ไม่ได้"),
        (b"1,a\n" * 2_001, "2,000"),
    ],
)
def test_files_that_are_no_table(office: Office, content: bytes, told: str) -> None:
    page = office.sign_in("admin").post(HOME + "import/villages", rows="", file=(io.BytesIO(content), "x.csv"))
    assert page.status_code == 422
    assert told in page.text


# -- days --------------------------------------------------------------------------------------------------------------


def test_holidays_of_a_year(offices: Office) -> None:
    office, admin = offices, offices.sign_in("admin")
    with office.database.begin() as session:
        session.query(Holiday).delete()
    assert "เติมวันหยุดที่รู้ของปี 2569" in admin.get(HOME + "calendar?year=2026").text
    confirm(admin, HOME + "calendar/fill", year="2026")
    with office.database.read() as session:
        assert session.get_one(Holiday, date(2026, 12, 5)).name == "วันพ่อแห่งชาติ"
        count = session.query(Holiday).count()
    assert undo_last(admin, office) == 303
    with office.database.read() as session:
        assert (count > 15, session.query(Holiday).count()) == (True, 0)
    confirm(admin, HOME + "calendar/new", date="2026-11-23", name="งานประจำปี")
    assert admin.post(HOME + "calendar/new", date="2026-11-23", name="อีก").status_code == 422
    confirm(admin, HOME + "calendar/2026-11-23", name="งานบุญ")
    confirm(admin, HOME + "calendar/2026-11-23/remove")
    with office.database.read() as session:
        assert session.query(Holiday).count() == 0


# -- letters and words -------------------------------------------------------------------------------------------------


def test_the_policy_of_a_kind_of_letter(office: Office) -> None:
    admin = office.sign_in("admin")
    confirm(admin, HOME + "letters/progress", without_reply="push", share="10")
    with office.database.read() as session:
        policy = policy_of(session, "progress")
        assert (policy.without_reply, policy.share) == ("push", 10)
    assert "แก้แล้ว" in admin.get(HOME + "letters").text
    confirm(admin, HOME + "letters/progress", without_reply="wait", share="0")
    assert value(office, "letters.policies") == {}


def test_the_bot_says_what_the_town_wrote(offices: Office) -> None:
    office, admin = offices, offices.sign_in("admin")
    text = "อู้กำเมืองได้เจ้า {bot}ของ{org} ยินดีต้อนรับค่ะ"
    shown = admin.post(HOME + "words/common.greeting", text=text)
    assert "อู้กำเมืองได้เจ้า น้องส่งเสียง" in shown.text
    confirm(admin, HOME + "words/common.greeting", text=text)
    with office.database.read() as session:
        town = load_town(session, "https://example.go.th", "k")
        assert town.words("common.greeting").startswith("อู้กำเมืองได้เจ้า น้องส่งเสียง")
        assert "อู้กำเมือง" not in town.speaking("en").words("common.greeting")
    confirm(admin, HOME + "words/common.greeting/given")
    with office.database.read() as session:
        assert session.query(OwnWords).count() == 0


@pytest.mark.parametrize(
    "text", ["สวัสดี {nobody} นะคะ", "วงเล็บไม่ปิด {bot", "{bot.__class__} สวัสดี", "{bot!r} สวัสดี", "{0} สวัสดี"]
)
def test_words_with_fields_that_nobody_fills_in_are_refused(office: Office, text: str) -> None:
    page = office.sign_in("admin").post(HOME + "words/common.greeting", text=text)
    assert page.status_code == 422
    assert "วงเล็บปีกกา" in page.text


def test_own_words_that_no_longer_fit_are_passed_over(office: Office) -> None:
    with office.database.begin() as session:
        session.add_all([OwnWords(name="common.greeting", text="{gone} สวัสดี"), OwnWords(name="no.such", text="x")])
    with office.database.read() as session:
        assert load_town(session, "https://example.go.th", "k").words("common.greeting").startswith("สวัสดีค่ะ")
    assert office.sign_in("admin").get(HOME + "words?part=common").status_code == 200


def test_labels_and_lists_keep_their_shape() -> None:
    assert not [name for name in editable() if name.startswith(("button.", "state."))]
    lists = [text for text in editable().values() if not isinstance(text, str)]
    assert lists
    assert all(parted(text, joined(text).replace("\n", "\r\n")) == text for text in editable().values())
    assert max(len(joined(text)) for text in editable().values()) <= LONGEST


# -- a browser ---------------------------------------------------------------------------------------------------------


@pytest.mark.browser
@pytest.mark.parametrize("size", [OLD_PC, PHONE])
def test_in_a_browser(quick_database: Database, chrome: Chromium, size: tuple[int, int]) -> None:
    with served(quick_database) as office:
        with office.database.begin() as session:
            session.add_all(
                [Village(moo=1, name="บ้านตลาด", lat=14.0, lon=100.5), KnownPlace(name="วัดกลาง", aliases=["วัด"])]
            )
            session.add(RoutingRule(word="ประปา", department="ENG"))
        window = Window(chrome, office, "admin", size)
        for path in (
            "",
            "departments",
            "departments/1",
            "categories",
            "routing?try=ไฟดับ",
            "villages",
            "import/places",
            "calendar",
            "letters",
            "letters/result",
            "words",
            "words/welcome.notice",
            "numbers",
            "town",
        ):
            axe(window.open(HOME + path))
        page = window.open(HOME + "town")
        page.get_by_label("ชื่อหน่วยงาน").fill("เทศบาลตำบลทุ่งสมมุติ")
        page.get_by_label("โทรศัพท์สำนักงาน").fill("02-000-0123")
        page.get_by_role("button", name="ดูก่อนบันทึก").click()
        page.get_by_text("ยังไม่ได้บันทึก").wait_for()
        axe(page)
        page.get_by_role("button", name="ยืนยันบันทึก").click()
        page.get_by_text("บันทึกแล้ว").wait_for()
        page = window.open(HOME + "history")
        axe(page)
        page.get_by_role("button", name="ย้อนคืน").first.click()
        page.get_by_text("ย้อนคืนแล้ว").first.wait_for()
        window.close()
