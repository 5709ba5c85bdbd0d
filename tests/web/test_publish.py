"""Making cases public and writing announcements: who may, what is suggested, what is refused, and undoing it."""

from __future__ import annotations

import re
from typing import Any

import pytest
from sqlalchemy import select

from models.audit import AuditRow
from models.publications import Publication
from models.tickets import Ticket
from tests.web.office import Browser, Office

QUEUE = "/console/publish/"


def actions(office: Office) -> list[str]:
    with office.database.read() as session:
        return list(session.scalars(select(AuditRow.action).order_by(AuditRow.id)))


def row(office: Office, key: int) -> Publication | None:
    with office.database.read() as session:
        return session.scalar(select(Publication).where(Publication.ticket_id == key))


def test_what_waits_is_worded_published_and_gone_from_the_queue(office: Office) -> None:
    key = office.case("ไฟดับหน้าบ้านเลขที่ 12/3 โทร 081-234-5678", place="หน้าศาลา", lat=14.0208, lon=100.525)
    clerk = office.sign_in("clerk")
    assert "1/70" in clerk.get(QUEUE).text
    form = clerk.get(f"{QUEUE}{key}").text.partition('name="words"')[2].partition("</textarea>")[0]
    assert "081-234-5678" not in form  # covered before anybody has read it
    page = clerk.post(f"{QUEUE}{key}", title="ไฟดับหน้าศาลา", words="ไฟดับสองดวง", place="หน้าศาลา", point="y", step="stay")
    assert page.status_code == 303
    found = row(office, key)
    assert found is not None
    assert (found.shown, found.lat, found.lon) == (True, 14.021, 100.525)
    assert "ไฟดับหน้าศาลา" in Browser(office).get(f"/cases/{found.code}").text
    assert "1/70" not in clerk.get(QUEUE).text.partition("<main")[2]
    assert "case.shown" in actions(office)
    assert "เผยแพร่อยู่" in clerk.get(f"/console/cases/{key}").text


def test_personal_data_is_published_only_by_somebody_who_says_so(office: Office) -> None:
    key = office.case()
    clerk = office.sign_in("clerk")
    page = clerk.post(f"{QUEUE}{key}", title="ติดต่อนายสมมุติ โทร 081-234-5678")
    assert page.status_code == 422
    assert "ข้อมูลส่วนบุคคล" in page.text
    assert "081-234-5678" in page.text  # what was typed stays
    assert row(office, key) is None
    assert clerk.post(f"{QUEUE}{key}", title="ติดต่อ 081-234-5678", sure="y").status_code == 303


def test_a_decision_can_be_undone_and_changed(office: Office) -> None:
    key = office.case()
    head = office.sign_in("head")
    head.post(f"{QUEUE}{key}", title="หนึ่ง")
    head.post(f"{QUEUE}{key}", title="สอง")
    head.post(f"{QUEUE}{key}/undo")
    first = row(office, key)
    assert first is not None
    assert first.title == "หนึ่ง"
    head.post(f"{QUEUE}{key}/keep", reason="มีชื่อคน")
    kept = row(office, key)
    assert kept is not None
    assert not kept.shown
    assert Browser(office).get(f"/cases/{first.code}").status_code == 404
    assert "มีชื่อคน" in head.get(QUEUE + "?show=kept").text
    head.post(f"{QUEUE}{key}/undo")
    again = row(office, key)
    assert again is not None
    assert (again.shown, again.code) == (True, first.code)  # an address that was told stays the same


def test_the_first_decision_undone_waits_again(office: Office) -> None:
    key = office.case()
    clerk = office.sign_in("clerk")
    clerk.post(f"{QUEUE}{key}", title="หนึ่ง")
    clerk.post(f"{QUEUE}{key}/undo")
    assert row(office, key) is None
    assert "1/70" in clerk.get(QUEUE).text


def test_a_finished_case_without_an_outcome_is_asked_for(office: Office) -> None:
    key = office.case()
    clerk = office.sign_in("clerk")
    clerk.post(f"{QUEUE}{key}", title="ไฟดับ")
    with office.database.begin() as session:
        ticket = session.get_one(Ticket, key)
        ticket.move("done", "done", office.now, words="เปลี่ยนหลอดแล้ว")
    assert "1/70" in clerk.get(QUEUE + "?show=outcome").text
    assert "เปลี่ยนหลอดแล้ว" in clerk.get(f"{QUEUE}{key}").text  # suggested, not published by itself
    clerk.post(f"{QUEUE}{key}", title="ไฟดับ", outcome="เปลี่ยนหลอดแล้ว")
    assert "1/70" not in clerk.get(QUEUE + "?show=outcome").text.partition("<main")[2]


@pytest.mark.parametrize("given", [{"sensitive": True}, {"kind": "question"}, {"state": "withdrawn"}], ids=str)
def test_what_may_not_be_public_cannot_be_published(office: Office, given: dict[str, Any]) -> None:
    office.confide("clerk")
    key = office.case(**given)
    clerk = office.sign_in("clerk")
    clerk.post(f"{QUEUE}{key}", title="ไฟดับ")
    assert row(office, key) is None
    assert f"/console/publish/{key}" not in clerk.get(QUEUE).text


def test_heads_publish_their_departments_cases_only(office: Office) -> None:
    key = office.case(department="HEALTH")
    head = office.sign_in("head")
    assert head.post(f"{QUEUE}{key}", title="ไฟดับ").status_code == 404
    assert office.sign_in("crew").get(QUEUE).status_code == 403


def test_an_announcement_is_written_shown_changed_and_undone(office: Office) -> None:
    clerk = office.sign_in("clerk")
    page = clerk.post(
        "/console/announcements/new", title="งดจ่ายน้ำ", kind="stop", body="พรุ่งนี้", day="2026-11-20", shown="y"
    )
    assert page.status_code == 303
    assert "งดจ่ายน้ำ" in Browser(office).get("/").text
    clerk.post("/console/announcements/1", title="จ่ายน้ำแล้ว", kind="news", body="-", day="2026-11-20", shown="y")
    assert "จ่ายน้ำแล้ว" in Browser(office).get("/announcements").text
    clerk.post("/console/announcements/1/undo")
    assert "งดจ่ายน้ำ" in Browser(office).get("/announcements").text
    clerk.post("/console/announcements/1", title="งดจ่ายน้ำ", kind="stop", body="-", day="2026-11-20")
    assert Browser(office).get("/2570/announcements/1").status_code == 404
    assert actions(office).count("announcement.written") == 3


def test_an_announcement_cannot_end_before_it_begins(office: Office) -> None:
    clerk = office.sign_in("clerk")
    given = {"title": "ก", "kind": "news", "day": "2026-11-20", "until": "2026-11-19", "body": "พิมพ์ไว้แล้ว"}
    page = clerk.post("/console/announcements/new", **given)
    assert page.status_code == 422
    assert "พิมพ์ไว้แล้ว" in page.text


def test_the_public_site_is_set_up_shown_before_it_is_done_and_holds_at_once(office: Office) -> None:
    admin = office.sign_in("admin")
    given = {"line_id": "@ThungSommut", "email": "a@example.go.th", "withheld": ["streetlight"], "licence": "ODC-BY"}
    shown = admin.post("/console/settings/public", **given)
    assert shown.status_code == 200
    mark = re.search(r'name="seen" value="([0-9a-f]+)"', shown.text)
    assert mark
    assert admin.post("/console/settings/public", **given, confirmed="1", seen=mark[1]).status_code == 303
    assert "line.me/R/ti/p/%40thungsommut" in Browser(office).get("/line").text
    for wrong in ({"line_id": "thungsommut"}, {"email": "a"}, {"widget_hosts": "example.go.th"}, {"website": "x y"}):
        assert admin.post("/console/settings/public", **wrong).status_code == 422, wrong
