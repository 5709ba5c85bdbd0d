"""What went wrong: everything is listed with what to do, and the buttons do it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from playwright.sync_api import Browser

from models import findings
from models.audit import AuditRow
from models.database import Database
from models.files import expect
from models.findings import CHECKUP, bad, keep, ok
from models.heartbeat import beat
from models.incoming import DONE, POISONED, WAITING, Incoming
from models.outgoing import Outgoing
from models.people import Chat, Person
from models.post import enqueue
from models.quota import book, note_reading
from models.town import setting
from tests.web.browsing import OLD_PC, PHONE, Window, axe, served
from tests.web.office import Office

HOME = "/console/problems/"
WORDS = [{"type": "text", "text": "ข้อความลับของยายคำ"}]


def letter(office: Office, chat: str, state: str, reason: str, *, case: int | None = None) -> int:
    """A letter that ended badly; its id."""
    with office.database.begin() as session:
        row = enqueue(session, chat, "result", WORDS, office.now, ticket_id=case)
        row.state, row.reason = state, reason
        return row.id


def event(office: Office, kind: str = "message", raw: str = '{"type": "message"}') -> int:
    """An event that was put aside."""
    with office.database.begin() as session:
        row = Incoming(
            event_id=f"e{kind}",
            chat_key="Usecret",
            kind=kind,
            raw=raw,
            received_at=office.now,
            state=POISONED,
            error="ValueError: ข้อความลับของยายคำ",
            attempts=5,
        )
        session.add(row)
        session.flush()
        return row.id


def test_a_healthy_house_says_so(office: Office) -> None:
    beat(office.database, "worker", office.now)
    page = office.sign_in("clerk").get(HOME)
    assert page.status_code == 200
    assert "ทุกอย่างเรียบร้อย" in page.text or "ควรดู" in page.text
    assert "ทุกข้อความถึงผู้รับแล้ว" in page.text


def test_a_silent_worker_is_the_first_thing_said(office: Office) -> None:
    page = office.sign_in("admin").get(HOME)
    assert "มีบางอย่างเสียหาย" in page.text
    assert "worker ไม่ทำงาน" in page.text


def test_letters_are_listed_by_reason_with_advice_and_without_ids_or_words(office: Office) -> None:
    case = office.case()
    with office.database.begin() as session:
        session.add(Chat(key="Cgroup", kind="group", name="ช่างเทศบาล"))
    letter(office, "Uresident", "failed", "unreachable", case=case)
    letter(office, "Cgroup", "held", "blocked")
    page = office.sign_in("clerk").get(HOME).text
    assert "ติดต่อ LINE ไม่ได้นานเกินกำหนด" in page
    assert "ตรวจอินเทอร์เน็ตของเครื่อง" in page
    assert "ช่างเทศบาล" in page
    assert f'href="/console/cases/{case}"' in page
    assert "Uresident" not in page
    assert "Cgroup" not in page
    assert "ข้อความลับ" not in page


def test_a_confidential_case_is_not_named_to_those_who_are_not_appointed(office: Office) -> None:
    case = office.case(sensitive=True)
    letter(office, "Uresident", "failed", "refused", case=case)
    page = office.sign_in("clerk").get(HOME).text
    assert "เรื่องปกปิด" in page
    assert f"/console/cases/{case}" not in page


def test_ticking_off_and_sending_again(offices: Office) -> None:
    office = offices
    gone, again = letter(office, "U1", "failed", "refused"), letter(office, "U2", "doubtful", "unknown")
    clerk = office.sign_in("clerk")
    assert clerk.post(HOME + "letters", letter=str(gone), do="tick").status_code == 303
    assert clerk.post(HOME + "letters", letter=[str(again)], do="again").status_code == 303
    page = clerk.get(HOME).text
    assert "ส่งเข้าคิวอีกครั้งแล้ว 1 ข้อความ" in page
    assert "ทุกข้อความถึงผู้รับแล้ว" in page
    with office.database.read() as session:
        fresh = session.query(Outgoing).filter(Outgoing.chat_key == "U2", Outgoing.seen_at.is_(None)).one()
        assert (fresh.state, fresh.messages) == ("waiting", WORDS)
        assert {row.action for row in session.query(AuditRow)} >= {"letter.tick", "letter.again"}


def test_a_letter_that_goes_by_itself_is_not_sent_twice(office: Office) -> None:
    held = letter(office, "U1", "held", "quota")
    clerk = office.sign_in("clerk")
    clerk.post(HOME + "letters", letter=str(held), do="again")
    assert "ยังไม่ได้เลือก" in clerk.get(HOME).text
    with office.database.read() as session:
        assert session.query(Outgoing).count() == 1


def test_events_are_replayed_or_put_away_and_their_words_stay_hidden(office: Office) -> None:
    good, broken = event(office), event(office, "malformed", "{{{")
    clerk = office.sign_in("clerk")
    page = clerk.get(HOME).text
    assert "ValueError" in page
    assert "ข้อความลับ" not in page
    assert "อ่านไม่ออก" in page
    clerk.post(HOME + "events", event=[str(good), str(broken)], do="replay")
    clerk.post(HOME + "events", event=str(broken), do="away")
    with office.database.read() as session:
        row = session.get_one(Incoming, good)
        assert (row.state, row.attempts, row.error) == (WAITING, 0, None)
        assert session.get_one(Incoming, broken).state == DONE


def test_files_are_fetched_again_or_given_up(office: Office) -> None:
    with office.database.begin() as session:
        keys = [expect(session, f"m{n}", "U1", "image", office.now) for n in range(2)]
        for row in keys:
            row.state, row.error = "failed", "HTTP 500"
        first, second = (row.id for row in keys)
    clerk = office.sign_in("clerk")
    clerk.post(HOME + "files", file=str(first), do="again")
    clerk.post(HOME + "files", file=str(second), do="away")
    with office.database.read() as session:
        rows = {row.id: row.state for row in session.query(type(keys[0]))}
    assert rows == {first: "waiting", second: "gone"}


def test_the_workers_look_is_shown_and_asked_for(office: Office) -> None:
    beat(office.database, "worker", office.now)
    with office.database.begin() as session:
        keep(
            session, CHECKUP, [bad("line", "LINE ไม่รับโทเค็น", "LINE refuses"), ok("clock", "นาฬิกาตรง", "ok")], office.now
        )
    clerk = office.sign_in("clerk")
    assert "LINE ไม่รับโทเค็น" in clerk.get(HOME).text
    office.later(minutes=10)
    clerk.post(HOME + "checkup")
    assert "กำลังตรวจทั้งระบบ" in clerk.get(HOME).text
    with office.database.read() as session:
        assert findings.checkup_asked(session) == office.now


def test_a_job_that_stumbled_is_shown_until_seen(office: Office) -> None:
    with office.database.begin() as session:
        keep(session, "job:chores", [bad("jobs", "งานเบื้องหลังสะดุด", "stumbled")], office.now)
    clerk = office.sign_in("clerk")
    assert "งานเบื้องหลังสะดุด" in clerk.get(HOME).text
    clerk.post(HOME + "jobs", source="job:chores")
    assert "งานเบื้องหลังสะดุด" not in clerk.get(HOME).text


def test_quota_meter_and_blocked_people(office: Office) -> None:
    with office.database.begin() as session:
        note_reading(session, 300, 250, office.now)
        book(session, "result", 12, office.now)
        session.add(Person(name="ลุงชม สมมุติ", created_at=office.now, blocked_at=office.now))
    page = office.sign_in("clerk").get(HOME).text
    assert "ใช้ไป 250 จาก 300 ข้อความ เหลือ 50" in page
    assert "โหมดประหยัด: เปิดอยู่" in page
    assert "แจ้งผลปิดเรื่อง" in page
    assert "มีผู้บล็อกบัญชีนี้ 1 คน" in page
    assert "ลุงชม" not in page


@pytest.mark.parametrize(("role", "status"), [("clerk", 403), ("admin", 303)])
def test_only_admins_turn_economy_mode(office: Office, role: str, status: int) -> None:
    assert office.sign_in(role).post(HOME + "economy", economy="on").status_code == status
    with office.database.read() as session:
        assert setting(session, "quota.economy") == ("on" if status == 303 else "auto")


def test_an_auditor_sees_it_all_and_has_no_buttons(office: Office) -> None:
    letter(office, "U1", "failed", "refused")
    auditor = office.sign_in("auditor")
    page = auditor.get(HOME).text
    assert "LINE ไม่รับเนื้อความ" in page
    assert 'name="do"' not in page
    assert auditor.post(HOME + "letters", letter="1", do="tick").status_code == 403


@pytest.mark.browser
@pytest.mark.parametrize("size", [OLD_PC, PHONE])
def test_in_a_browser(quick_database: Database, chrome: Browser, size: tuple[int, int]) -> None:
    with served(quick_database) as office:
        case = office.case()
        for number, (state, reason) in enumerate([("failed", "refused"), ("failed", "refused"), ("held", "quota")]):
            letter(office, f"U{number}", state, reason, case=case)
        event(office)
        with office.database.begin() as session:
            note_reading(session, 300, 120, office.now - timedelta(hours=1))
            keep(session, CHECKUP, [ok("clock", "นาฬิกาตรง", "the clock is right")], office.now)
        window = Window(chrome, office, "clerk", size)
        page = window.open(HOME)
        axe(page)
        form = page.locator("form", has_text="LINE ไม่รับเนื้อความ")
        form.get_by_role("button", name="เลือกทั้งหมด").click()
        form.get_by_role("button", name="จัดการแล้ว").click()
        page.get_by_text("เอาออกจากรายการแล้ว 2 ข้อความ").wait_for()
        window.close()
