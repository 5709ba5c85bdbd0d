"""Those who file for others: named by an admin, shown on the case, told to nobody who need not know."""

from __future__ import annotations

import re

from models.audit import AuditRow
from models.contacts import Contact
from models.helpers import Helper
from models.staff import Invitation
from tests.web.changing import carried, confirm
from tests.web.office import Office
from tests.web.test_people import code_on

HOME = "/console/people/"
RED = {"name": "ผู้ใหญ่แดง", "office": "headman", "moo": ""}


def test_an_admin_names_a_helper_and_gets_a_code_that_is_told_once(offices: Office) -> None:
    admin = offices.sign_in("admin")
    shown = admin.post(HOME + "helpers/new", **RED)
    assert "ผู้ใหญ่บ้าน" in shown.text
    with offices.database.read() as session:
        assert session.query(Helper).count() == 0
    page = admin.post(HOME + "helpers/new", **carried(shown), confirmed="1").text
    assert f"แจ้งแทน {code_on(page)}" in page
    assert code_on(page) not in admin.get(HOME).text
    assert "ผู้ใหญ่แดง" in admin.get(HOME).text
    with offices.database.read() as session:
        helper = session.query(Helper).one()
        assert session.query(Invitation).one().helper_id == helper.id
        assert {row.action for row in session.query(AuditRow)} >= {"helper.made", "helper.invited"}
    again = admin.post(f"{HOME}helpers/{helper.id}/code")
    assert code_on(again.text)


def test_a_helper_without_a_name_is_not_made_and_what_was_typed_stays(office: Office) -> None:
    page = office.sign_in("admin").post(HOME + "helpers/new", name="", office="volunteer", moo="")
    assert page.status_code == 422
    assert re.search(r'<option[^>]*selected[^>]*value="volunteer"|value="volunteer"[^>]*selected', page.text)


def test_ending_unties_the_account_and_can_be_undone(office: Office) -> None:
    with office.database.begin() as session:
        session.add(Helper(name="หมอแอ๋ว", office="volunteer", moo=3, created_at=office.now))
    admin = office.sign_in("admin")
    path = HOME + "helpers/1/end"
    shown = admin.post(path)
    assert "แจ้งได้เฉพาะเรื่องของตนเอง" in shown.text
    confirm(admin, path)
    with office.database.read() as session:
        assert not session.query(Helper).one().active
    assert admin.post(HOME + "helpers/1/code").status_code == 404


def test_a_case_filed_for_somebody_says_so_and_names_them_only_when_asked(office: Office) -> None:
    number = office.case(on_behalf="headman")
    with office.database.begin() as session:
        told = Contact(ticket_id=number, name="ยายคำ", phone="081-000-0000", relation="villager", created_at=office.now)
        session.add(told)
    clerk = office.sign_in("clerk")
    page = clerk.get(f"/console/cases/{number}").text
    assert "แจ้งแทนโดยผู้ใหญ่บ้าน" in page
    assert "081-000-0000" not in page
    asked = clerk.post(f"/console/cases/{number}/reporter").text
    assert "แจ้งแทนลูกบ้าน: ยายคำ · 081-000-0000" in asked
    assert "ยายคำ สมมุติ" in asked  # who told of it in LINE, in tests/web/office.py
    with office.database.read() as session:
        assert session.query(AuditRow).filter_by(action="reporter.seen").count() == 1
