"""รับเรื่องใหม่: filed by the rules of the chat, quickly, with as little personal data as possible; and its slip."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from models.contacts import Contact, forget_old
from models.lessons import Lesson
from models.tickets import Entry, Ticket
from models.town import KnownPlace, Village
from tests.web.office import NAMES, Office

FORM = "/console/intake/"
WORDS = "ไฟถนนหน้าวัดสันทรายดับ หมู่ 3 มืดมาก"


@pytest.fixture
def town(office: Office) -> Office:
    with office.database.begin() as session:
        session.add(Village(moo=3, name="บ้านสันทราย", lat=14.02, lon=100.52))
        session.flush()
        session.add(KnownPlace(name="วัดสันทราย", aliases=[], moo=3, lat=14.0208, lon=100.525))
    return office


def cases(office: Office) -> list[Ticket]:
    with office.database.read() as session:
        return list(session.scalars(select(Ticket).order_by(Ticket.id)))


def test_the_words_alone_are_enough(town: Office) -> None:
    answer = town.sign_in("clerk").post(FORM, channel="phone", words=WORDS)
    assert answer.status_code == 303
    (found,) = cases(town)
    assert (found.category, found.moo, found.channel, found.kind) == ("streetlight", 3, "phone", "complaint")
    assert (found.fiscal_year, found.number) == (2570, 1)
    assert found.lat is not None
    assert found.answer_by - found.received_at > timedelta(days=14)
    assert found.guess["categories"][0][0] == "streetlight"
    assert "ไฟ" in found.search
    with town.database.read() as session:
        entry = session.scalars(select(Entry)).one()
        assert entry.what == "created"
        assert entry.staff is not None
        assert entry.staff.name == NAMES["clerk"]
        assert entry.told_at is None  # the department hears of it like of any other


def test_while_typing_it_says_what_it_understands(town: Office) -> None:
    shown = town.sign_in("clerk").post(f"{FORM}guess", words=WORDS).text
    assert "ไฟส่องสว่าง" in shown
    assert "กองช่าง" in shown
    assert cases(town) == []


def test_what_is_chosen_counts_more_than_the_guess_and_teaches(town: Office) -> None:
    town.sign_in("clerk").post(FORM, channel="counter", words=WORDS, category="power_outage")
    assert cases(town)[0].category == "power_outage"
    with town.database.read() as session:
        lesson = session.scalars(select(Lesson)).one()
    assert (lesson.label, lesson.was, lesson.by) == ("power_outage", "streetlight", "staff")


def test_the_same_matter_nearby_is_shown_before_filing(town: Office) -> None:
    clerk = town.sign_in("clerk")
    clerk.post(FORM, channel="phone", words=WORDS)
    assert "อาจเป็นเรื่องเดียวกับ" in clerk.post(f"{FORM}guess", words=WORDS).text


def test_name_and_telephone_stand_apart_and_are_shown_on_asking(town: Office) -> None:
    clerk = town.sign_in("clerk")
    clerk.post(FORM, channel="counter", words=WORDS, name="ตาผล สมมุติ", phone="081-000-0000")
    number = cases(town)[0].id
    assert "ตาผล" not in clerk.get(f"/console/cases/{number}").text
    assert "ตาผล" not in clerk.get("/console/cases/").text
    shown = clerk.post(f"/console/cases/{number}/reporter").text
    assert "ตาผล สมมุติ" in shown
    assert "081-000-0000" in shown


def test_the_contact_goes_when_its_time_is_over(office: Office) -> None:
    clerk = office.sign_in("clerk")
    clerk.post(FORM, channel="counter", words=WORDS, name="ตาผล สมมุติ")
    with office.database.begin() as session:
        session.scalars(select(Ticket)).one().closed_at = office.now
        assert forget_old(session, office.now + timedelta(days=729), 2) == 0
        assert forget_old(session, office.now + timedelta(days=731), 2) == 1
        assert session.scalars(select(Contact)).all() == []
        assert session.scalars(select(Ticket)).one().text == WORDS


def test_identity_numbers_are_covered(office: Office) -> None:
    office.sign_in("clerk").post(FORM, channel="counter", words="ไฟดับ บัตร 1101700230708 ค่ะ")
    assert "1101700230708" not in cases(office)[0].text


def test_a_letter_of_last_week_has_its_own_day_and_number(office: Office) -> None:
    office.sign_in("clerk").post(
        FORM, channel="letter", words="ขอให้ซ่อมถนนหน้าโรงเรียน", saraban="ทส 123/2569", received="2026-11-13"
    )
    (found,) = cases(office)
    assert found.saraban == "ทส 123/2569"
    assert found.received_at.date().isoformat() == "2026-11-13"
    assert (found.answer_by.date() - found.received_at.date()).days == 15


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"words": ""}, "โปรดกรอกช่องนี้"),
        ({"words": "ไฟดับหน้าบ้าน", "phone": "ไม่มี"}, "กรอกเบอร์โทรเป็นตัวเลข"),
        ({"words": "ไฟดับหน้าบ้าน", "received": "2027-01-01"}, "ย้อนหลังไม่เกิน 90 วัน"),
        ({"words": "ไฟดับหน้าบ้าน", "channel": "pigeon"}, "โปรดเลือกจากรายการ"),
    ],
)
def test_bad_input_keeps_what_was_typed(office: Office, given: dict[str, str], told: str) -> None:
    answer = office.sign_in("clerk").post(FORM, **{"channel": "phone", "name": "ตาผล", **given})
    assert answer.status_code == 422
    assert told in answer.text
    assert "ตาผล" in answer.text
    assert given["words"] in answer.text
    assert cases(office) == []


def test_sent_twice_it_is_filed_once(office: Office) -> None:
    clerk = office.sign_in("clerk")
    for _ in range(2):
        clerk.post(FORM, channel="phone", words="ไฟดับหน้าบ้าน", once="1:123.45")
    assert len(cases(office)) == 1


def test_the_slip_follows_and_the_channel_is_kept_for_the_next(office: Office) -> None:
    clerk = office.sign_in("clerk")
    answer = clerk.post(FORM, channel="phone", words="ไฟดับหน้าบ้าน", then="slip", name="ตาผล")
    slip = clerk.get(answer.location).text
    assert "1/70" in slip
    assert "ตาผล" not in slip
    following = clerk.post(FORM, channel="phone", words="น้ำไม่ไหลทั้งซอย")
    assert "channel=phone" in following.location
    assert "2/70" in clerk.get(following.location).text


def test_sensitive_words_make_a_sensitive_case(office: Office) -> None:
    clerk = office.sign_in("clerk")
    clerk.post(FORM, channel="counter", words="เจ้าหน้าที่เรียกเงินใต้โต๊ะค่าใบอนุญาตก่อสร้าง")
    (found,) = cases(office)
    assert found.sensitive
    assert clerk.get(f"/console/cases/{found.id}").status_code == 404


def test_crew_may_file_for_another_department_and_gets_the_slip(office: Office) -> None:
    crew = office.sign_in("crew")
    answer = crew.post(FORM, channel="counter", words="เบี้ยผู้สูงอายุไม่เข้าสองเดือน", then="slip")
    assert crew.get(answer.location).status_code == 200
    answer = crew.post(FORM, channel="counter", words="เบี้ยคนพิการยังไม่เข้าเดือนนี้", then="open")
    assert crew.get(answer.location).status_code == 200
