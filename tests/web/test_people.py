"""People and groups: codes told once, rights that nobody gives themselves, access that ends everywhere."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Browser as Chromium

from models import staff as staff_rows
from models.audit import AuditRow
from models.changes import Change
from models.database import Database
from models.people import Chat, Person
from models.sessions import Factor
from models.staff import Invitation, Staff
from models.town import Department
from tests.web.browsing import OLD_PC, PHONE, Window, axe, served
from tests.web.changing import carried, confirm
from tests.web.office import NAMES, Office

HOME = "/console/people/"


def code_on(page: str) -> str:
    """The six digits that a page shows."""
    found = re.search(r'id="code">(\d{3}) (\d{3})<', page)
    assert found is not None
    return found.group(1) + found.group(2)


def department(office: Office, code: str = "ENG") -> int:
    with office.database.read() as session:
        return session.query(Department).filter_by(code=code).one().id


def test_everybody_who_may_look_sees_the_staff_and_no_ids(office: Office) -> None:
    with office.database.begin() as session:
        person = Person(line_id="Usecret", name="ช่าง", created_at=office.now)
        session.add(person)
        session.flush()
        session.query(Staff).filter_by(name=NAMES["crew"]).one().person_id = person.id
        session.add(Chat(key="Csecret", kind="group", name="ช่างทุ่งสมมุติ", department_id=department(office), members=7))
    for role in ("clerk", "head", "auditor", "dpo", "admin"):
        page = office.sign_in(role).get(HOME).text
        assert NAMES["crew"] in page
        assert "ช่างทุ่งสมมุติ" in page
        assert "secret" not in page
    assert office.sign_in("crew").get(HOME).status_code == 403


def test_a_new_member_gets_a_code_that_is_told_once(offices: Office) -> None:
    office, admin = offices, offices.sign_in("admin")
    fields = {"name": "ใหม่ ขยัน", "role": "crew", "department_id": str(department(office))}
    shown = admin.post(HOME + "new", **fields)
    assert "เห็นและทำงานกับเรื่องของกองตนเอง" in shown.text
    with office.database.read() as session:
        assert session.query(Staff).filter_by(name="ใหม่ ขยัน").count() == 0
    page = admin.post(HOME + "new", **carried(shown), confirmed="1")
    code = code_on(page.text)
    assert f"เจ้าหน้าที่ {code}" in page.text
    with office.database.begin() as session:
        member = session.query(Staff).filter_by(name="ใหม่ ขยัน").one()
        assert code not in str(session.query(Invitation).one().code_hash)
        found = staff_rows.redeem(session, office.settings.secret_key, code, "U1", office.now, group=False)
        assert found is not None
        assert found.staff_id == member.id
        assert {"staff.made", "staff.invited"} <= {row.action for row in session.query(AuditRow)}
    assert code not in admin.get(f"{HOME}{member.id}").text


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"name": ""}, "โปรดกรอกช่องนี้"),
        ({"name": NAMES["clerk"]}, "มีชื่อนี้อยู่แล้ว"),
        ({"department_id": ""}, "เลือกกอง"),
        ({"role": "king"}, "โปรดเลือกจากรายการ"),
    ],
)
def test_what_is_wrong_is_said_beside_the_field(office: Office, given: dict[str, str], told: str) -> None:
    fields = {"name": "ใหม่ ขยัน", "role": "crew", "department_id": str(department(office))} | given
    page = office.sign_in("admin").post(HOME + "new", **fields)
    assert page.status_code == 422
    assert told in page.text


def test_changing_a_role_has_a_history_and_can_be_undone(office: Office) -> None:
    crew = office.staff("crew")
    admin = office.sign_in("admin")
    fields = {"name": crew.name, "role": "head", "department_id": str(crew.department_id), "confidential": "y"}
    shown = admin.post(f"{HOME}{crew.id}", **fields)
    assert "เปิดอ่านเรื่องปกปิดของทุกกองได้" in shown.text
    confirm(admin, f"{HOME}{crew.id}", **fields)
    with office.database.read() as session:
        row = session.get_one(Staff, crew.id)
        assert (row.role, row.confidential) == ("head", True)
        batch = session.query(Change).one().batch
    assert "ผู้อำนวยการกอง" in admin.get(f"{HOME}{crew.id}").text
    assert admin.post(f"/console/settings/undo/{batch}").status_code == 303
    with office.database.read() as session:
        row = session.get_one(Staff, crew.id)
        assert (row.role, row.confidential) == ("crew", False)


def test_nobody_changes_what_they_may_do_themselves(office: Office) -> None:
    me, admin = office.staff("admin"), office.sign_in("admin")
    fields = {"name": me.name, "role": "clerk", "department_id": ""}
    refused = admin.post(f"{HOME}{me.id}", **fields)
    assert refused.status_code == 422
    assert "เปลี่ยนสิทธิของตนเองไม่ได้" in refused.text
    confidential = admin.post(f"{HOME}{me.id}", **(fields | {"role": "admin", "confidential": "y"}))
    assert confidential.status_code == 422
    assert admin.post(f"{HOME}{me.id}/end").status_code == 409
    confirm(admin, f"{HOME}{me.id}", name="ปรีชา ดูแลดี", role="admin", department_id="")
    with office.database.read() as session:
        assert session.get_one(Staff, me.id).name == "ปรีชา ดูแลดี"


def test_undoing_does_not_lock_everybody_out(office: Office) -> None:
    """An admin appoints another, who must not be taken back by that one's own hand."""
    clerk, admin = office.staff("clerk"), office.sign_in("admin")
    confirm(admin, f"{HOME}{clerk.id}", name=clerk.name, role="admin", department_id="")
    with office.database.begin() as session:
        session.get_one(Staff, office.staff("admin").id).role = "auditor"
        batch = session.query(Change).one().batch
    with office.database.begin() as session:
        session.add(Factor(staff_id=clerk.id, kind="passkey", secret="-", created_at=office.now))
    second = office.sign_in("clerk")
    assert second.post(f"/console/settings/undo/{batch}").status_code == 409
    with office.database.read() as session:
        assert session.get_one(Staff, clerk.id).role == "admin"


def test_ending_access_ends_it_everywhere(offices: Office) -> None:
    office = offices
    clerk = office.staff("clerk")
    with office.database.begin() as session:
        person = Person(line_id="U1", name="วันดี", created_at=office.now)
        session.add(person)
        session.flush()
        session.get_one(Staff, clerk.id).person_id = person.id
    browser, admin = office.sign_in("clerk"), office.sign_in("admin")
    assert browser.get(HOME).status_code == 200
    shown = admin.post(f"{HOME}{clerk.id}/end")
    assert "ออกจากเว็บทุกเครื่องทันที" in shown.text
    assert browser.get(HOME).status_code == 200
    confirm(admin, f"{HOME}{clerk.id}/end")
    assert browser.get(HOME).status_code == 303
    with office.database.read() as session:
        row = session.get_one(Staff, clerk.id)
        assert (row.active, row.person_id) == (False, None)
    assert "ปิดสิทธิแล้ว 1 คน" in admin.get(HOME).text
    confirm(admin, f"{HOME}{clerk.id}/again")
    with office.database.read() as session:
        assert session.get_one(Staff, clerk.id).active


def test_signing_somebody_out(office: Office) -> None:
    browser, admin = office.sign_in("clerk"), office.sign_in("admin")
    admin.post(f"{HOME}{office.staff('clerk').id}/sessions/end")
    assert browser.get(HOME).status_code == 303
    admin.post(f"{HOME}{office.staff('admin').id}/sessions/end")
    assert admin.get(HOME).status_code == 200


def test_groups_are_bound_by_a_code_and_unbound(office: Office) -> None:
    admin = office.sign_in("admin")
    page = admin.post(HOME + "groups/code", department=str(department(office)))
    code = code_on(page.text)
    assert f"ผูกกลุ่ม {code}" in page.text
    with office.database.begin() as session:
        found = staff_rows.redeem(session, office.settings.secret_key, code, "C1", office.now, group=True)
        assert found is not None
        group = Chat(key="C1", kind="group", name="ช่าง", department_id=found.department_id)
        session.add(group)
        session.flush()
        number = group.id
    confirm(admin, f"{HOME}groups/{number}/unbind")
    with office.database.read() as session:
        assert session.get_one(Chat, number).department_id is None
    assert admin.post(HOME + "groups/code", department="99999").status_code == 303


@pytest.mark.browser
@pytest.mark.parametrize("size", [OLD_PC, PHONE])
def test_in_a_browser(quick_database: Database, chrome: Chromium, size: tuple[int, int]) -> None:
    with served(quick_database) as office:
        with office.database.begin() as session:
            session.add(Chat(key="C1", kind="group", name="ช่างทุ่งสมมุติ", department_id=department(office), members=9))
        window = Window(chrome, office, "admin", size)
        axe(window.open(HOME))
        page = window.open(HOME + "new")
        axe(page)
        page.get_by_label("ชื่อ", exact=True).fill("ใหม่ ขยัน")
        page.get_by_label("กอง", exact=False).last.select_option(label="กองช่าง")
        page.get_by_role("button", name="ดูก่อนบันทึก").click()
        page.get_by_role("button", name="ยืนยันบันทึก").click()
        page.get_by_text("แสดงครั้งเดียว").wait_for()
        axe(page)
        axe(window.open(f"{HOME}{office.staff('crew').id}"))
        window.close()
