"""My work: what is pressing, what was answered, what is new and what was reopened, for the one who looks."""

from __future__ import annotations

import re
from datetime import timedelta

from werkzeug.test import TestResponse

from models.people import Person
from models.tickets import Ticket
from tests.web.listing import LIST, ago, filed, key_of, listed
from tests.web.office import START, Office

ANSWERED = {"first_answer_at": START - timedelta(days=1)}


def parts(page: TestResponse) -> dict[str, list[str]]:
    """The numbers in each part of the page."""
    found = re.findall(r'<section [^>]*part-(\w+)"(.*?)</section>', page.text, re.DOTALL)
    return {name: re.findall(r'class="open" href="[^"]+">(\d+/\d+)<', body) for name, body in found}


def test_each_case_stands_where_it_presses(offices: Office) -> None:
    me = offices.staff("crew").id
    mine = {"owner_id": me, "state": "taken"}
    late = filed(offices, "เลย", **ago(2, **mine, **ANSWERED, due_at=START - timedelta(days=1)))
    today = filed(offices, "วันนี้", **ago(2, **mine, **ANSWERED, due_at=START + timedelta(hours=3)))
    rest = filed(offices, "อีกนาน", **ago(2, **mine, **ANSWERED))
    undated = filed(offices, "ไม่มีกำหนด", **ago(2, **mine, **ANSWERED, due_at=None))
    fresh = filed(offices, "ใหม่", **ago(1))
    urgent = filed(offices, "ใหม่และด่วน", **ago(5), urgency="high")
    again = filed(offices, "เปิดใหม่", **ago(30), reopened=1)
    filed(offices, "ของคนอื่น", **ago(2, owner_id=offices.staff("head").id, state="taken"))
    filed(offices, "กองอื่น", department="HEALTH", **ago(1))
    filed(offices, "เสร็จแล้ว", **ago(2, owner_id=me, state="done", closed_at=START))
    with offices.database.begin() as session:
        session.get_one(Ticket, key_of(offices, again)).add("reopened", START - timedelta(days=2), words="ยังดับ")
    found = parts(offices.sign_in("crew").get(LIST + "work"))
    assert found == {
        "late": [late],
        "today": [today],
        "reopened": [again],
        "fresh": [urgent, fresh],
        "rest": [undated, rest],
    }


def test_an_answer_waits_until_somebody_acts_on_it(offices: Office) -> None:
    me = offices.staff("crew")
    number = filed(offices, "ไฟดับ", **ago(2, owner_id=me.id, state="taken"))
    crew = offices.sign_in("crew")
    with offices.database.begin() as session:
        ticket = session.get_one(Ticket, key_of(offices, number))
        ticket.add("asked", offices.now, staff=session.merge(me), words="กี่ดวงคะ")
        ticket.add("said", offices.now, person=session.query(Person).one(), words="สองดวง โทร 081-000-1234")
    page = crew.get(LIST + "work")
    assert parts(page)["answered"] == [number]
    assert "สองดวง" in page.text
    assert "081-000-1234" not in page.text
    with offices.database.begin() as session:
        session.get_one(Ticket, key_of(offices, number)).add("progress", offices.now, staff=session.merge(me))
    assert "answered" not in parts(crew.get(LIST + "work"))


def test_what_is_more_than_fits_is_counted_and_leads_to_the_list(office: Office) -> None:
    for number in range(11):
        filed(office, f"เรื่องที่ {number}", **ago(1))
    page = office.sign_in("crew").get(LIST + "work")
    assert len(parts(page)["fresh"]) == 8
    address = re.search(r'<a href="([^"]+)">ดูทั้งหมด 11 เรื่อง', page.text)
    assert address is not None
    assert len(listed(office.sign_in("crew").get(address[1].replace("&amp;", "&")))) == 11


def test_who_has_nothing_to_do_is_told_so(office: Office) -> None:
    filed(office, "กองอื่น", department="HEALTH")
    assert "วันนี้ไม่มีงานค้างกับท่าน" in office.sign_in("crew").get(LIST + "work").text


def test_a_clerk_without_a_department_sees_what_is_new_everywhere(office: Office) -> None:
    numbers = {filed(office, "กองช่าง"), filed(office, "กองสาธารณสุข", department="HEALTH")}
    assert set(parts(office.sign_in("clerk").get(LIST + "work"))["fresh"]) == numbers
