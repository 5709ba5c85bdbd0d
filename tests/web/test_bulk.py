"""Many cases at once: shown before it is done, done like a single one, left out where it may not be."""

from __future__ import annotations

import re
from typing import Any

from bot.news import News
from models.audit import AuditRow
from models.staff import Staff
from models.tickets import Entry, Ticket
from models.town import Department
from tests.web.listing import LIST, filed, key_of
from tests.web.office import START, Browser, Office

BULK = LIST + "bulk"


def ticket(office: Office, number: str) -> Ticket:
    with office.database.read() as session:
        return session.get_one(Ticket, key_of(office, number))


def hidden(text: str) -> dict[str, str]:
    """The marks of how each case stood when the preview was made."""
    return dict(re.findall(r'name="(seen-\d+)" value="([^"]+)"', text))


def asked(office: Office, do: str, *numbers: str, **more: Any) -> dict[str, Any]:
    return {"do": do, "id": [key_of(office, number) for number in numbers], **more}


def preview(browser: Browser, fields: dict[str, Any]) -> str:
    page = browser.get(BULK, query_string=fields)
    assert page.status_code == 200
    return page.text


def test_taking_many_leaves_out_what_others_have(offices: Office) -> None:
    new, also = filed(offices, "ใหม่"), filed(offices, "ใหม่สอง")
    taken = filed(offices, "มีคนรับ", owner_id=offices.staff("head").id, state="taken")
    done = filed(offices, "เสร็จ", state="done", closed_at=START)
    crew = offices.sign_in("crew")
    fields = asked(offices, "take", new, also, taken, done)
    text = preview(crew, fields)
    assert "จะทำ 2 เรื่อง" in text
    assert "มีผู้รับไปแล้ว" in text
    assert "จบไปแล้ว" in text
    page = crew.post(BULK, **fields, **hidden(text))
    assert page.status_code == 303
    me = offices.staff("crew").id
    assert [(ticket(offices, n).state, ticket(offices, n).owner_id) for n in (new, also)] == [("taken", me)] * 2
    assert ticket(offices, taken).owner_id == offices.staff("head").id
    told = crew.get(page.headers["Location"]).text
    assert "รับแล้ว 2 เรื่อง" in told
    assert f"ข้าม 2 เรื่อง: {taken} {done}" in told
    with offices.database.read() as session:
        assert [row.action for row in session.query(AuditRow)] == ["bulk.take"] * 2


def test_giving_work_goes_only_to_those_who_may_do_it(office: Office) -> None:
    here = filed(office, "กองช่าง")
    there = filed(office, "กองอื่น", department="HEALTH")
    crew = office.staff("crew").id
    clerk = office.sign_in("clerk")
    fields = asked(office, "assign", here, there, to=crew)
    text = preview(clerk, fields)
    assert "ผู้รับคนนี้ไม่ได้ดูแลกองนี้" in text
    assert clerk.post(BULK, **fields, **hidden(text)).status_code == 303
    assert (ticket(office, here).owner_id, ticket(office, here).state) == (crew, "new")
    assert ticket(office, there).owner_id is None
    with office.database.read() as session:
        assert session.query(Entry).filter_by(what="assigned").one().staff_id == office.staff("clerk").id


def test_passing_on_wants_a_reason_and_keeps_what_was_typed(office: Office) -> None:
    number = filed(office, "ท่อแตก")
    with office.database.read() as session:
        health = session.query(Department).filter_by(code="HEALTH").one().id
    clerk = office.sign_in("clerk")
    refused = clerk.post(BULK, **asked(office, "forward", number, to=health, words="ก"))
    assert refused.status_code == 422
    assert "โปรดพิมพ์เหตุผล" in refused.text
    assert f'value="{health}" selected' in refused.text
    assert ticket(office, number).department_id != health
    assert clerk.post(BULK, **asked(office, "forward", number, words="ไม่ใช่ของเรา")).status_code == 422
    clerk.post(BULK, **asked(office, "forward", number, to=health, words="เป็นงานสาธารณสุข"))
    moved = ticket(office, number)
    assert (moved.department_id, moved.state, moved.owner_id) == (health, "new", None)


def test_what_changed_meanwhile_is_left_out(office: Office) -> None:
    number, other = filed(office, "ใหม่"), filed(office, "อีกเรื่อง")
    clerk = office.sign_in("clerk")
    fields = asked(office, "assign", number, other, to=office.staff("crew").id)
    marks = hidden(preview(clerk, fields))
    with office.database.begin() as session:
        session.get_one(Ticket, key_of(office, number)).owner_id = office.staff("head").id
    page = clerk.post(BULK, **fields, **marks)
    assert ticket(office, number).owner_id == office.staff("head").id
    assert ticket(office, other).owner_id == office.staff("crew").id
    assert f"ข้าม 1 เรื่อง: {number}" in clerk.get(page.headers["Location"]).text


def test_crews_take_but_do_not_give_away(office: Office) -> None:
    number = filed(office, "ใหม่")
    crew = office.sign_in("crew")
    for do in ("assign", "forward"):
        fields = asked(office, do, number, to=1, words="ไม่ใช่ของเรา")
        assert crew.get(BULK, query_string=fields).status_code == 403
        assert crew.post(BULK, **fields).status_code == 403
    assert "มอบงาน" not in crew.get(LIST).text


def test_cases_out_of_sight_are_not_touched(office: Office) -> None:
    there = filed(office, "กองอื่น", department="HEALTH")
    secret = filed(office, "ทุจริต", sensitive=True)
    crew = office.sign_in("crew")
    text = preview(crew, asked(office, "take", there, secret))
    assert there not in text
    crew.post(BULK, **asked(office, "take", there, secret))
    assert ticket(office, there).owner_id is None
    assert ticket(office, secret).owner_id is None


def test_secret_cases_are_given_to_appointed_receivers_only(office: Office) -> None:
    office.confide("clerk")
    office.confide("admin")
    secret = filed(office, "ทุจริต", sensitive=True)
    clerk = office.sign_in("clerk")
    fields = asked(office, "assign", secret, to=office.staff("crew").id)
    assert "เรื่องปกปิด มอบได้เฉพาะ" in preview(clerk, fields)
    clerk.post(BULK, **fields)
    assert ticket(office, secret).owner_id is None
    clerk.post(BULK, **asked(office, "assign", secret, to=office.staff("admin").id))
    assert ticket(office, secret).owner_id == office.staff("admin").id


def test_nobody_chosen_is_said(office: Office) -> None:
    clerk = office.sign_in("clerk")
    page = clerk.get(BULK + "?do=take&back=state%3D%26moo%3D3")
    assert page.headers["Location"].endswith("/console/cases/?state=&moo=3")
    assert "ยังไม่ได้เลือกเรื่อง" in clerk.get(page.headers["Location"]).text


def test_nobody_is_led_elsewhere_by_the_way_back(office: Office) -> None:
    page = office.sign_in("clerk").get(BULK, query_string={"back": "x=1&next=//evil.example\r\nX: 1"})
    assert page.headers["Location"].startswith("/console/cases/?state=")
    assert "evil" not in page.headers["Location"]


def test_everybody_concerned_is_told_after_the_minute_of_undo(office: Office) -> None:
    number = filed(office, "ไฟดับ")
    with office.database.begin() as session:
        session.get_one(Ticket, key_of(office, number)).reporter.line_id = "U" + "5" * 32  # type: ignore[union-attr]
    news = News(office.database, office.settings.public_url, office.settings.secret_key, lambda: office.now)
    office.sign_in("crew").post(BULK, **asked(office, "take", number))
    assert news.tell() == 0
    office.later(seconds=61)
    assert news.tell() == 1


def test_those_who_left_get_no_work(office: Office) -> None:
    number = filed(office, "ใหม่")
    with office.database.begin() as session:
        session.get_one(Staff, office.staff("crew").id).active = False
    page = office.sign_in("clerk").post(BULK, **asked(office, "assign", number, to=office.staff("crew").id))
    assert page.status_code == 422
    assert ticket(office, number).owner_id is None


def test_moves_on_many_and_on_the_board_can_be_taken_back_within_the_minute(office: Office) -> None:
    numbers = [filed(office, "ไฟดับ"), filed(office, "น้ำท่วม")]
    clerk = office.sign_in("clerk")
    clerk.post(BULK, **asked(office, "take", *numbers))
    third = filed(office, "ถนนพัง")
    key = key_of(office, third)
    seen = re.search(rf'board/{key}".*?name="seen" value="([^"]+)"', clerk.get(LIST + "board").text, re.DOTALL)
    assert seen is not None
    clerk.post(f"{LIST}board/{key}", do="take", seen=seen[1], moo="", state="open")
    for number in (*numbers, third):
        assert ticket(office, number).state == "taken"
        assert "เลิกทำ" in clerk.get(LIST + str(key_of(office, number))).text
        clerk.post(f"{LIST}{key_of(office, number)}/undo")
        assert (ticket(office, number).state, ticket(office, number).owner_id) == ("new", None)
    clerk.post(BULK, **asked(office, "take", *numbers))
    office.later(seconds=61)
    clerk.post(f"{LIST}{key_of(office, numbers[0])}/undo")
    assert ticket(office, numbers[0]).state == "taken"
