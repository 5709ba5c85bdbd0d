"""The page of a case: what it shows and to whom, every move with what the resident hears, undo, and two at once."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from bot.news import News
from models.audit import AuditRow
from models.changes import Change
from models.files import expect
from models.lessons import Lesson
from models.mentions import unseen
from models.outgoing import Outgoing
from models.people import Person
from models.presence import Presence
from models.staff import Staff
from models.templates import ReplyTemplate
from models.tickets import Entry, Ticket
from tests.web.office import NAMES, Browser, Office

LINE = "U" + "a" * 32
GUESS = {"categories": [["streetlight", 0.86], ["road", 0.08]], "departments": [["ENG", 0.9]], "intent": "complaint"}


def page(number: int) -> str:
    return f"/console/cases/{number}"


def reachable(office: Office, number: int, line: str = LINE) -> None:
    """The reporter has LINE, and so has the crew."""
    with office.database.begin() as session:
        reporter = session.get_one(Ticket, number).reporter
        assert reporter is not None
        reporter.line_id = line
        member = session.query(Staff).filter_by(name=NAMES["crew"]).one()
        member.person = member.person or Person(line_id="U" + "b" * 32, name="สมชาย", created_at=office.now)


def tell(office: Office) -> list[Outgoing]:
    """The worker tells what is due; all letters so far."""
    News(office.database, office.settings.public_url, "k" * 32, lambda: office.now).tell()
    with office.database.read() as session:
        return list(session.scalars(select(Outgoing).order_by(Outgoing.id)))


def ticket(office: Office, number: int) -> Ticket:
    with office.database.read() as session:
        return session.get_one(Ticket, number)


def lines(office: Office, number: int) -> list[str]:
    with office.database.read() as session:
        return list(session.scalars(select(Entry.what).where(Entry.ticket_id == number).order_by(Entry.id)))


def seen(office: Office, number: int) -> str:
    """What a page opened now would send along."""
    with office.database.read() as session:
        return str(max(session.scalars(select(Entry.id).where(Entry.ticket_id == number))))


# -- looking -----------------------------------------------------------------------------------------------------------


def test_the_page_shows_the_matter_and_not_who_told_of_it(offices: Office) -> None:
    number = offices.case("ไฟดับหน้าศาลาสามคืนแล้ว", moo=3, place="หน้าศาลา")
    reachable(offices, number)
    shown = offices.sign_in("crew").get(page(number)).text
    assert "ไฟดับหน้าศาลาสามคืนแล้ว" in shown
    assert "หน้าศาลา (หมู่ 3)" in shown
    assert "ยายคำ" not in shown
    assert LINE not in shown


def test_the_reporter_is_shown_on_asking_and_the_look_is_kept(office: Office) -> None:
    number = office.case()
    shown = office.sign_in("clerk").post(f"{page(number)}/reporter")
    assert "ยายคำ สมมุติ" in shown.text
    assert "looked" in lines(office, number)
    with office.database.read() as session:
        row = session.scalars(select(AuditRow).where(AuditRow.action == "reporter.seen")).one()
    assert row.name == NAMES["clerk"]


def test_a_hidden_name_stays_hidden(office: Office) -> None:
    number = office.case(hidden_name=True)
    assert "ยายคำ" not in office.sign_in("clerk").post(f"{page(number)}/reporter").text


def test_cases_out_of_sight_are_not_there(office: Office) -> None:
    other, secret = office.case(department="CLERK"), office.case(sensitive=True)
    crew = office.sign_in("crew")
    assert crew.get(page(other)).status_code == 404
    assert crew.get(page(secret)).status_code == 404
    assert crew.post(f"{page(other)}/take").status_code == 404


def test_who_only_watches_sees_no_buttons_and_moves_nothing(office: Office) -> None:
    number = office.case()
    auditor = office.sign_in("auditor")
    assert "รับเรื่อง</button>" not in auditor.get(page(number)).text
    assert auditor.post(f"{page(number)}/take").status_code == 403


def test_what_a_resident_writes_is_text_and_no_markup(office: Office) -> None:
    number = office.case("<script>alert(1)</script>")
    assert "<script>alert" not in office.sign_in("clerk").get(page(number)).text


# -- moves -------------------------------------------------------------------------------------------------------------

MOVES: list[tuple[str, dict[str, Any], str, str]] = [
    ("take", {}, "taken", "รับเรื่องแล้ว กำลังดำเนินการ"),
    ("reply", {"mode": "progress", "words": "สั่งหลอดแล้ว", "step": "send"}, "new", "สั่งหลอดแล้ว"),
    ("reply", {"mode": "ask", "words": "ไฟกี่ดวงคะ", "step": "send"}, "asking", "ไฟกี่ดวงคะ"),
    ("reply", {"mode": "answer", "words": "ยื่นได้ทุกวัน", "step": "send"}, "done", "ยื่นได้ทุกวัน"),
    ("wait", {"reason": "parts", "words": "ราวสองสัปดาห์"}, "waiting", "รออะไหล่"),
    ("done", {"words": "เปลี่ยนหลอดแล้ว", "no_photo": "งานเอกสาร"}, "done", "เปลี่ยนหลอดแล้ว"),
    ("refuse", {"words": "เป็นถนนของทางหลวงชนบท"}, "refused", "ทางหลวงชนบท"),
    ("forward", {"to": "d:HEALTH", "words": "เป็นเรื่องขยะ"}, "new", "ส่งต่อให้"),
    ("forward", {"to": "a:pea", "words": "เสาของการไฟฟ้า"}, "outside", "การไฟฟ้า"),
]


@pytest.mark.parametrize(("do", "given", "state", "heard"), MOVES, ids=[f"{m[0]}-{m[2]}" for m in MOVES])
def test_a_move_is_told_after_a_minute_and_recorded(
    office: Office, do: str, given: dict[str, Any], state: str, heard: str
) -> None:
    number = office.case()
    reachable(office, number)
    answer = office.sign_in("clerk").post(f"{page(number)}/{do}", seen=seen(office, number), **given)
    assert answer.status_code == 303, answer.text
    assert ticket(office, number).state == state
    assert [letter for letter in tell(office) if letter.chat_key == LINE] == []
    office.later(seconds=61)
    letters = [letter for letter in tell(office) if letter.chat_key == LINE]
    assert len(letters) == 1
    assert heard in str(letters[0].messages)
    with office.database.read() as session:
        assert session.scalars(select(AuditRow).where(AuditRow.subject == f"ticket:{number}")).all()


@pytest.mark.parametrize(("do", "given", "state", "heard"), MOVES, ids=[f"{m[0]}-{m[2]}" for m in MOVES])
def test_undo_within_the_minute_brings_back_exactly_what_was(
    office: Office, do: str, given: dict[str, Any], state: str, heard: str
) -> None:
    number = office.case()
    reachable(office, number)
    columns = Ticket.__table__.columns.keys()
    before = {name: getattr(ticket(office, number), name) for name in columns}
    clerk = office.sign_in("clerk")
    clerk.post(f"{page(number)}/{do}", seen=seen(office, number), **given)
    office.later(seconds=50)
    tell(office)
    assert f'action="{page(number)}/undo"' in clerk.get(page(number)).text
    assert clerk.post(f"{page(number)}/undo").status_code == 303
    assert {name: getattr(ticket(office, number), name) for name in columns} == before
    assert lines(office, number)[-1] == "undone"
    office.later(minutes=10)
    assert tell(office) == []
    with office.database.read() as session:
        assert session.scalars(select(Lesson)).all() == []


def test_after_the_minute_nothing_is_undone(office: Office) -> None:
    number = office.case()
    clerk = office.sign_in("clerk")
    clerk.post(f"{page(number)}/take")
    office.later(seconds=61)
    assert "เลิกทำไม่ได้แล้ว" in clerk.client.get(clerk.post(f"{page(number)}/undo").location).text
    assert ticket(office, number).state == "taken"


def test_a_further_move_lets_the_first_one_be_told_first(office: Office) -> None:
    number = office.case()
    reachable(office, number)
    clerk = office.sign_in("clerk")
    clerk.post(f"{page(number)}/take")
    office.later(seconds=10)
    clerk.post(f"{page(number)}/wait", reason="budget", words="", seen=seen(office, number))
    assert [letter.kind for letter in tell(office)] == ["progress"]
    office.later(seconds=61)
    assert len(tell(office)) == 2


def test_nothing_is_sent_before_it_was_looked_at(office: Office) -> None:
    number = office.case()
    reachable(office, number)
    shown = office.sign_in("clerk").post(f"{page(number)}/reply", mode="ask", words="ไฟกี่ดวงคะ")
    assert shown.status_code == 200
    assert "ไฟกี่ดวงคะ" in shown.text
    assert "ตอบในแชตนี้ได้เลย" in shown.text  # what the resident reads, letter for letter
    assert lines(office, number) == ["created"]


def test_a_ready_answer_comes_with_its_fields_filled_in(office: Office) -> None:
    number = office.case(place="ศาลาหมู่ 3")
    shown = office.sign_in("clerk").get(f"{page(number)}?do=done&template=7").text
    assert "ที่ ศาลาหมู่ 3 เสร็จเรียบร้อยแล้ว" in shown
    assert "{place}" not in shown


@pytest.mark.parametrize(
    ("do", "given", "told"),
    [
        ("reply", {"mode": "ask", "words": ""}, "โปรดกรอกช่องนี้"),
        ("forward", {"to": "d:NOWHERE", "words": "ของกองอื่น"}, "โปรดเลือกจากรายการ"),
        ("wait", {"words": "รอก่อน"}, "โปรดกรอกช่องนี้"),
        ("done", {"words": "เสร็จแล้วครับ"}, "บอกเหตุผลที่ไม่มีรูป"),
        ("due", {"day": "2026-11-01", "words": "ของยังไม่มา"}, "เลือกวันนี้หรือวันข้างหน้า"),
        ("merge", {"into": "99/70"}, "ไม่พบเรื่องเลขนี้"),
    ],
)
def test_bad_input_keeps_what_was_typed_and_says_what_to_do(
    office: Office, do: str, given: dict[str, str], told: str
) -> None:
    number = office.case()
    answer = office.sign_in("clerk").post(f"{page(number)}/{do}", **given)
    assert answer.status_code == 422
    assert told in answer.text
    assert given.get("words", "") in answer.text
    assert lines(office, number) == ["created"]


def test_what_the_rules_forbid_is_said(office: Office) -> None:
    number = office.case(state="withdrawn")
    answer = office.sign_in("clerk").post(f"{page(number)}/refuse", words="ไม่ใช่ของเรา")
    assert answer.status_code == 422
    assert ticket(office, number).state == "withdrawn"


def test_a_closed_case_is_opened_again(office: Office) -> None:
    number = office.case(state="done", closed_at=office.now, due_at=office.now - timedelta(days=5))
    office.sign_in("clerk").post(f"{page(number)}/reopen", words="ไฟดับอีกแล้ว")
    found = ticket(office, number)
    assert (found.state, found.reopened, found.closed_at) == ("new", 1, None)
    assert found.due_at is not None
    assert found.due_at > office.now  # a target of its own, as a new case would get
    assert "กำหนดใหม่" in office.sign_in("clerk").get(page(number)).text


def test_the_day_is_moved_with_its_reason(office: Office) -> None:
    number = office.case()
    office.sign_in("head").post(f"{page(number)}/due", day="2026-12-24", words="อะไหล่มาช้า")
    due = ticket(office, number).due_at
    assert due is not None
    assert due.isoformat() == "2026-12-24T16:59:59+00:00"
    assert "อะไหล่มาช้า" in office.sign_in("crew").get(page(number)).text


def test_crew_neither_assigns_nor_moves_the_day(office: Office) -> None:
    number = office.case()
    crew = office.sign_in("crew")
    assert crew.post(f"{page(number)}/assign", to="1").status_code == 403
    assert crew.post(f"{page(number)}/due", day="2026-12-24", words="อะไหล่มาช้า").status_code == 403


def test_a_case_is_given_to_a_colleague_who_hears_of_it(office: Office) -> None:
    number = office.case()
    reachable(office, number)
    office.sign_in("head").post(f"{page(number)}/assign", to=str(office.staff("crew").id))
    assert ticket(office, number).owner_id == office.staff("crew").id
    office.later(seconds=61)
    (letter,) = tell(office)
    assert (letter.chat_key, letter.kind) == ("U" + "b" * 32, "case_assigned_staff")


# -- correcting the guess ----------------------------------------------------------------------------------------------


def test_one_click_corrects_the_guess_and_the_bot_learns(offices: Office) -> None:
    number = offices.case(guess=GUESS)
    clerk = offices.sign_in("clerk")
    assert "86%" in clerk.get(page(number)).text
    department = str(ticket(offices, number).department_id)
    clerk.post(f"{page(number)}/correct", category="road", department=department, urgency="normal")
    assert ticket(offices, number).category == "road"
    with offices.database.read() as session:
        lesson = session.scalars(select(Lesson)).one()
    assert (lesson.field, lesson.label, lesson.was, lesson.by) == ("category", "road", "streetlight", "staff")
    clerk.post(f"{page(number)}/undo")
    assert ticket(offices, number).category == "streetlight"
    with offices.database.read() as session:
        assert session.scalars(select(Lesson)).all() == []


def test_a_case_that_becomes_sensitive_leaves_the_sight_of_others(office: Office) -> None:
    number = office.case(guess=GUESS)
    clerk = office.sign_in("clerk")
    department = str(ticket(office, number).department_id)
    answer = clerk.post(f"{page(number)}/correct", category="staff_conduct", department=department, urgency="normal")
    assert answer.location == "/console/"
    assert clerk.get(page(number)).status_code == 404


# -- notes, and who else is here ---------------------------------------------------------------------------------------


def test_a_note_stays_inside_and_reaches_the_colleague_named(office: Office) -> None:
    number = office.case()
    reachable(office, number)
    office.sign_in("clerk").post(f"{page(number)}/note", words=f"ฝากดูสาย @{NAMES['crew']} ด่วน")
    (letter,) = tell(office)
    assert (letter.chat_key, letter.kind) == ("U" + "b" * 32, "case_assigned_staff")
    crew = office.staff("crew")
    with office.database.read() as session:
        assert len(unseen(session, crew.id)) == 1
        note = session.scalars(select(Entry).where(Entry.what == "note")).one()
    assert "มีเพื่อนร่วมงานฝากถึงท่าน" in office.sign_in("crew").get("/console/cases/work").text
    assert "ฝากดูสาย" in office.sign_in("crew").get("/console/cases/work").text
    assert note.public is False
    office.sign_in("crew").post(f"{page(number)}/here")
    with office.database.read() as session:
        assert unseen(session, crew.id) == []


def test_nobody_is_named_who_may_not_see_the_case(office: Office) -> None:
    number = office.case(sensitive=True)
    office.confide("clerk")
    reachable(office, number)
    office.sign_in("clerk").post(f"{page(number)}/note", words=f"@{NAMES['crew']} ช่วยที")
    assert tell(office) == []


def test_two_who_have_a_case_open_are_told(office: Office) -> None:
    number = office.case()
    clerk, crew = office.sign_in("clerk"), office.sign_in("crew")
    clerk.post(f"{page(number)}/here", typing="1")
    assert f"{NAMES['clerk']} กำลังพิมพ์" in crew.post(f"{page(number)}/here").text
    office.later(minutes=2)
    assert NAMES["clerk"] not in crew.post(f"{page(number)}/here").text
    with office.database.read() as session:
        assert len(session.scalars(select(Presence)).all()) == 2


def both(office: Office, number: int) -> tuple[Browser, str]:
    """A clerk who has opened the page, after which the crew took the case."""
    clerk, mark = office.sign_in("clerk"), seen(office, number)
    office.sign_in("crew").post(f"{page(number)}/take", seen=mark)
    return clerk, mark


def test_nothing_is_overwritten_both_are_shown(offices: Office) -> None:
    number = offices.case()
    clerk, mark = both(offices, number)
    answer = clerk.post(f"{page(number)}/refuse", words="เป็นที่ส่วนบุคคล", seen=mark)
    assert answer.status_code == 409
    assert "เป็นที่ส่วนบุคคล" in answer.text
    assert NAMES["crew"] in answer.text
    assert ticket(offices, number).state == "taken"
    again = clerk.post(f"{page(number)}/refuse", words="เป็นที่ส่วนบุคคล", seen=seen(offices, number))
    assert again.status_code == 303
    assert ticket(offices, number).state == "refused"


def test_a_word_of_the_resident_is_no_conflict(office: Office) -> None:
    number = office.case()
    mark = seen(office, number)
    with office.database.begin() as session:
        found = session.get_one(Ticket, number)
        found.add("said", office.now, person=found.reporter, words="ยังดับอยู่", told=True)
    clerk = office.sign_in("clerk")
    assert clerk.post(f"{page(number)}/wait", reason="parts", words="", seen=mark).status_code == 303


def test_the_page_learns_of_news_without_reloading(office: Office) -> None:
    number = office.case()
    clerk = office.sign_in("clerk")
    shown = clerk.get(page(number)).text
    address = shown.split(f'hx-get="{page(number)}/pulse?mark=')[1].split('"')[0]
    assert clerk.get(f"{page(number)}/pulse?mark={address}").status_code == 204
    office.sign_in("crew").post(f"{page(number)}/take")
    fresh = clerk.get(f"{page(number)}/pulse?mark={address}")
    assert fresh.status_code == 200
    assert NAMES["crew"] in fresh.text
    assert 'id="bar" hx-swap-oob' in fresh.text  # taking it is offered no longer
    assert f"{page(number)}/take" not in fresh.text
    assert 'id="media"' not in fresh.text  # what somebody listens to is left alone


def test_photos_that_come_appear_on_the_open_page(office: Office) -> None:
    number = office.case()
    clerk = office.sign_in("clerk")
    mark = clerk.get(page(number)).text.split(f'hx-get="{page(number)}/pulse?mark=')[1].split('"')[0]
    with office.database.begin() as session:
        photo = expect(session, "m1", "U1", "image", office.now, ticket_id=number)
        photo.state, photo.sha256, photo.mime, token = "stored", "0" * 64, "image/jpeg", photo.token
    fresh = clerk.get(f"{page(number)}/pulse?mark={mark}").text
    assert 'id="media" aria-labelledby="media-title" hx-swap-oob="outerHTML"' in fresh
    assert token in fresh


def test_a_ready_answer_is_kept_with_its_history_and_brought_back(office: Office) -> None:
    admin = office.sign_in("admin")
    with office.database.read() as session:
        was = session.get_one(ReplyTemplate, 1).words
    kept = admin.post(
        "/console/templates/1", title="ใหม่", use="progress", department="", words="จะแจ้งอีกครั้ง", active="y"
    )
    assert kept.status_code == 303
    told = admin.get("/console/settings/history").text
    assert "คำตอบสำเร็จรูป" in told
    assert "จะแจ้งอีกครั้ง" in told
    with office.database.read() as session:
        batch = session.query(Change).filter_by(kind="template").one().batch
    assert admin.post(f"/console/settings/undo/{batch}").status_code == 303
    with office.database.read() as session:
        assert session.get_one(ReplyTemplate, 1).words == was


# -- paper -------------------------------------------------------------------------------------------------------------


def test_the_sheet_and_the_page_of_the_slip(office: Office) -> None:
    number = office.case("ไฟดับ โทร 081-000-0000", moo=3)
    with office.database.begin() as session:
        found = session.get_one(Ticket, number)
        found.add("said", office.now, person=found.reporter, words="บ้านฉันอยู่ข้างวัด", told=True)
        found.add("progress", office.now, words="ยายคำ โทร 081-111-1111 รอหน้าบ้าน", told=True)
    assert "<svg" in office.sign_in("crew").get(f"{page(number)}/print").text
    anybody = Browser(office)
    token = ticket(office, number).token
    shown = anybody.get(f"/s/{token}").text
    assert "กองช่าง" in shown
    for secret in ("ยายคำ สมมุติ", "081-000-0000", "081-111-1111", "ข้างวัด", "ไฟดับ โทร"):
        assert secret not in shown
    assert "<svg" in anybody.get(f"/s/{token}/slip").text
    assert anybody.get("/s/unknown").status_code == 404


def test_the_page_of_a_sensitive_case_tells_next_to_nothing(office: Office) -> None:
    number = office.case(sensitive=True, category="staff_conduct")
    shown = Browser(office).get(f"/s/{ticket(office, number).token}").text
    assert "กองช่าง" not in shown
    assert "ร้องเรียนเจ้าหน้าที่" not in shown


def test_a_move_that_is_not_told_yet_is_not_on_the_page_of_the_slip(office: Office) -> None:
    number = office.case()
    office.sign_in("clerk").post(f"{page(number)}/refuse", words="เป็นที่ส่วนบุคคล")
    anybody, token = Browser(office), ticket(office, number).token
    assert "ส่วนบุคคล" not in anybody.get(f"/s/{token}").text
    assert "ไม่อยู่ในอำนาจหน้าที่" not in anybody.get(f"/s/{token}").text
    office.later(seconds=61)
    tell(office)
    assert "ส่วนบุคคล" in anybody.get(f"/s/{token}").text


def test_an_english_reader_writes_to_residents_in_their_own_language(office: Office) -> None:
    number = office.case(place="ศาลาหมู่ 3")
    clerk = office.sign_in("clerk")
    clerk.post("/console/language", language="en", back=page(number))
    assert "ไฟส่องสว่าง" in clerk.get(f"{page(number)}?do=reply&template=1").text
    shown = clerk.post(f"{page(number)}/reply", mode="ask", words="ไฟกี่ดวงคะ").text
    assert "The reporter will read this" in shown
    assert "ตอบในแชตนี้ได้เลย" in shown
