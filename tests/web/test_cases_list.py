"""The list of cases: what each filter finds, search as typed in Thai, pages, saved filters, what it never shows."""

from __future__ import annotations

from datetime import timedelta

import pytest

from models import audit
from models.database import Database
from models.people import Person
from models.sessions import WebSession
from models.tickets import Ticket
from models.town import Department
from tests.web.listing import LIST, ago, filed, key_of, link, listed
from tests.web.office import START, Office
from web.wanted import parse_day


def test_open_cases_are_shown_newest_first_until_something_else_is_asked(office: Office) -> None:
    old, new = filed(office, "เก่า", **ago(3)), filed(office, "ใหม่", **ago(1))
    done = filed(office, "เสร็จ", state="done", closed_at=START)
    clerk = office.sign_in("clerk")
    assert listed(clerk.get(LIST)) == [new, old]
    assert listed(clerk.get(LIST + "?state=")) == [done, new, old]
    assert listed(clerk.get(LIST + "?state=closed")) == [done]
    assert listed(clerk.get(LIST + "?state=&sort=old")) == [old, new, done]


def town(office: Office) -> dict[str, str]:
    """Cases that differ from the plain one in one thing each; their numbers by that thing."""
    answered = {"first_answer_at": START - timedelta(days=1)}
    late = {"due_at": START - timedelta(hours=1)}
    stopped = {"state": "waiting", "paused_at": START - timedelta(days=1)}
    return {
        "plain": filed(office, "ธรรมดา", **ago(2)),
        "question": filed(office, "ถาม", kind="question", **ago(2)),
        "waste": filed(office, "ขยะ", category="waste", **ago(2)),
        "health": filed(office, "กองอื่น", department="HEALTH", **ago(2)),
        "moo": filed(office, "หมู่สาม", moo=3, **ago(2)),
        "urgent": filed(office, "ด่วน", urgency="high", **ago(2)),
        "mine": filed(office, "ของฉัน", owner_id=office.staff("clerk").id, state="taken", **ago(2)),
        "phone": filed(office, "โทรมา", channel="phone", **ago(2)),
        "reopened": filed(office, "เปิดใหม่", reopened=1, **ago(2)),
        "ten": filed(office, "สิบวัน", **ago(10)),
        "twenty": filed(office, "ยี่สิบวัน", **ago(20, **answered)),
        "forty": filed(office, "สี่สิบวัน", **ago(40, **answered, due_at=START + timedelta(days=30))),
        "unanswered": filed(office, "ยังไม่ตอบ", **ago(19)),
        "overdue": filed(office, "เลยกำหนดงาน", **ago(2, **answered, **late)),
        "paused": filed(office, "พักไว้", **ago(2, **answered, **late, **stopped)),
        "today": filed(office, "วันนี้", **ago(2, **answered, due_at=START + timedelta(hours=7))),
        "two days": filed(office, "อีกสองวัน", **ago(2, **answered, due_at=START + timedelta(days=2))),
    }


ASKED = {
    "kind=question": {"question"},
    "category=waste": {"waste"},
    "department={HEALTH}": {"health"},
    "moo=3": {"moo"},
    "urgency=high": {"urgent"},
    "owner=me": {"mine"},
    "owner={clerk}": {"mine"},
    "state=waiting": {"paused"},
    "channel=phone": {"phone"},
    "reopened=1": {"reopened"},
    "age=8-14": {"ten"},
    "age=15-30": {"twenty", "unanswered"},
    "age=31-": {"forty"},
    "due=today": {"today"},
    "due=soon": {"today", "two days"},
    "due=late": {"unanswered", "overdue"},
    "since=1/10/2569&until=11/10/2569": {"forty"},
    "until=๓๑/๑๐/๖๙": {"forty", "twenty"},
    "until=2026-10-11": {"forty"},
    "age=8-14&moo=3": set(),
}


def test_each_filter_finds_what_it_says(offices: Office) -> None:
    numbers = town(offices)
    clerk = offices.sign_in("clerk")
    with offices.database.read() as session:
        known = {row.code: str(row.id) for row in session.query(Department)}
    known["clerk"] = str(offices.staff("clerk").id)
    for asked, expected in ASKED.items():
        found = listed(clerk.get(f"{LIST}?{asked.format_map(known)}"))
        assert set(found) == {numbers[name] for name in expected}, asked
    assert set(listed(clerk.get(LIST + "?owner=none"))) == set(numbers.values()) - {numbers["mine"]}
    assert listed(clerk.get(LIST + "?sort=due&due=late")) == [numbers["overdue"], numbers["unanswered"]]


def test_search_takes_words_as_thais_type_them(offices: Office) -> None:
    light = filed(offices, "ไฟถนนดับ ซอย 12 หน้าวัด")
    water = filed(offices, "น้ำไม่ไหล ลดแรงดันไป 50% แล้ว_จริง", category="water_supply", state="done", closed_at=START)
    clerk = offices.sign_in("clerk")
    for typed in ("ไฟถนน", "ไฟ", "ซอย ๑๒", "  หน้าวัด   ไฟ ", "“ไฟถนน”"):
        assert listed(clerk.get(LIST, query_string={"q": typed})) == [light], typed
    for typed in ("50%", "แล้ว_จริง", "นํ้า"):  # also closed ones; sara am typed in two pieces
        assert listed(clerk.get(LIST, query_string={"q": typed})) == [water], typed
    for typed in ("%%", "__", "ไดโนเสาร์", "\\%"):
        assert listed(clerk.get(LIST, query_string={"q": typed})) == [], typed


def test_a_case_number_finds_its_case_first(office: Office) -> None:
    first = filed(office, "เรื่องแรก", state="done", closed_at=START)
    second = filed(office, f"เหมือนเรื่อง {first}")
    clerk = office.sign_in("clerk")
    assert listed(clerk.get(LIST + f"?q={first}&state=open")) == [first]
    assert listed(clerk.get(LIST + "?q=๑")) == [first, second]


def test_what_cannot_be_understood_is_kept_and_told_beside_its_field(office: Office) -> None:
    filed(office, "เรื่องเดียว")
    page = office.sign_in("clerk").get(LIST + "?since=32/13/2569&until=เมื่อวาน&q=ก")
    assert page.status_code == 200
    assert page.text.count("โปรดกรอกวันที่ เช่น 5/12/2569") == 2
    assert 'value="32/13/2569"' in page.text
    assert 'value="เมื่อวาน"' in page.text
    assert "พิมพ์อย่างน้อย 2 ตัวอักษร" in page.text


@pytest.mark.parametrize(
    "asked",
    [
        "state=nothing&age=x&due=y&sort=z&moo=999999999999999999999&owner=-1&department=²",
        "after=1.1&before=2.2",
        "after=999999999999999999.999999999999999999",
        "box=1,2,3&q=%00%EF%BF%BD",
        "box=nan,nan,nan,nan",
        "moo=٣&kind=complaint'--",
    ],
)
def test_nonsense_in_the_address_is_no_fault_of_the_page(offices: Office, asked: str) -> None:
    filed(offices, "เรื่องเดียว")
    assert offices.sign_in("clerk").get(f"{LIST}?{asked}").status_code == 200


def test_pages_show_every_case_once_forward_and_back(offices: Office) -> None:
    with offices.database.begin() as session:
        department = session.query(Department).filter_by(code="ENG").one().id
        for number in range(1, 131):  # many at the same moment, as an import has them
            came = START - timedelta(minutes=number // 60)
            session.add(
                Ticket(
                    fiscal_year=2570,
                    number=number,
                    kind="complaint",
                    text="เรื่อง",
                    category="waste",
                    department_id=department,
                    received_at=came,
                    answer_by=came + timedelta(days=15),
                )
            )
    clerk = offices.sign_in("clerk")
    for sort in ("new", "old", "due"):
        seen, address = [], f"{LIST}?state=open&sort={sort}"
        while address:
            page = clerk.get(address)
            seen.append(listed(page))
            address = link(page, "next")
        assert [len(rows) for rows in seen] == [50, 50, 30]
        assert len({number for rows in seen for number in rows}) == 130
        back = clerk.get(link(page, "prev"))
        assert listed(back) == seen[1]
        assert listed(clerk.get(link(back, "prev"))) == seen[0]


def test_everybody_sees_their_own_cases_only(office: Office) -> None:
    here = filed(office, "กองช่าง")
    owned = filed(office, "ของกองอื่นแต่ฉันทำ", department="HEALTH", owner_id=office.staff("crew").id)
    there = filed(office, "กองอื่น", department="HEALTH")
    secret = filed(office, "ทุจริตจัดซื้อ", sensitive=True)
    assert set(listed(office.sign_in("clerk").get(LIST))) == {here, owned, there}
    assert set(listed(office.sign_in("crew").get(LIST))) == {here, owned}
    assert listed(office.sign_in("clerk").get(LIST + "?q=ทุจริต")) == []
    assert listed(office.sign_in("clerk").get(LIST + f"?q={secret}")) == []
    office.confide("clerk")
    assert secret in listed(office.sign_in("clerk").get(LIST))


def test_watchers_learn_that_secret_cases_exist_and_no_more(office: Office) -> None:
    filed(office, "ธรรมดา")
    secret = filed(office, "ทุจริตจัดซื้อ", sensitive=True)
    page = office.sign_in("auditor").get(LIST)
    assert secret not in listed(page)
    assert f'<th scope="row">{secret}</th>' in page.text
    assert "ทุจริต" not in page.text
    assert secret not in office.sign_in("clerk").get(LIST).text


def test_no_list_tells_who_reported_or_how_to_call_them(office: Office) -> None:
    filed(office, "ไฟดับ โทร 081-000-1234 บัตร 1101700203451", owner_id=office.staff("clerk").id)
    with office.database.begin() as session:
        session.query(Person).one().line_id = "U" + "9" * 32
    clerk = office.sign_in("clerk")
    for path in ("", "work", "board", "map", "?q=ไฟดับ"):
        text = clerk.get(LIST + path).text
        for private in ("ยายคำ", "081-000-1234", "1101700203451", "U999"):
            assert private not in text, path


def test_what_residents_write_is_text(office: Office) -> None:
    filed(office, "<script>alert(1)</script> \"' onload=x", place="<b>วัด</b>", lat=14.0, lon=100.5)
    clerk = office.sign_in("clerk")
    for path in ("", "work", "board", "map"):
        text = clerk.get(LIST + path).text
        assert "<script>alert" not in text
        assert "<b>วัด" not in text


# -- saved filters -----------------------------------------------------------------------------------------------------


def test_a_saved_filter_is_there_again_and_may_open_the_page(office: Office) -> None:
    waste, other = filed(office, "ขยะ", category="waste"), filed(office, "ไฟ")
    clerk = office.sign_in("clerk")
    kept = clerk.post(LIST + "filters", name=" ขยะ  ของฉัน ", query="state=open&category=waste", first="1")
    assert kept.status_code == 303
    page = clerk.get(LIST + "?state=open")
    assert set(listed(page)) == {waste, other}
    assert "ขยะ ของฉัน" in page.text
    assert listed(clerk.get(LIST, follow_redirects=True)) == [waste]
    assert "ขยะ ของฉัน" not in office.sign_in("crew").get(LIST).text
    assert clerk.post(LIST + "filters/1/first").status_code == 303
    assert set(listed(clerk.get(LIST))) == {waste, other}
    assert clerk.post(LIST + "filters/1/remove").status_code == 303
    assert "ขยะ ของฉัน" not in clerk.get(LIST + "?state=open", follow_redirects=True).text.replace(
        "ลบตัวกรอง “ขยะ ของฉัน”", ""
    )


def test_nobody_touches_the_filters_of_others(office: Office) -> None:
    office.sign_in("clerk").post(LIST + "filters", name="ของธุรการ", query="state=open")
    crew = office.sign_in("crew")
    assert crew.post(LIST + "filters/1/remove").status_code == 404
    assert crew.post(LIST + "filters/1/first").status_code == 404


def test_a_saved_filter_holds_only_what_the_list_knows(office: Office) -> None:
    clerk = office.sign_in("clerk")
    clerk.post(LIST + "filters", name="แปลก", query="state=open&evil=%0d%0aLocation:x&after=1.1&moo=3", first="1")
    assert clerk.get(LIST).headers["Location"].endswith("/console/cases/?state=open&moo=3")


def test_a_filter_without_a_name_is_not_kept(office: Office) -> None:
    clerk = office.sign_in("clerk")
    page = clerk.post(LIST + "filters", name=" ", query="state=open&moo=3")
    assert "โปรดตั้งชื่อตัวกรอง" in clerk.get(page.headers["Location"]).text


# -- live --------------------------------------------------------------------------------------------------------------


def test_the_stamp_changes_when_anything_happens_and_only_then(offices: Office) -> None:
    filed(offices, "เรื่อง")
    clerk = offices.sign_in("clerk")
    first = clerk.get(LIST + "stamp")
    again = clerk.get(LIST + "stamp", headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.text) == (304, "")
    with offices.database.begin() as session:
        session.query(Ticket).one().add("said", offices.now, words="ยังไม่มาเลย")
    changed = clerk.get(LIST + "stamp", headers={"If-None-Match": first.headers["ETag"]})
    assert changed.status_code == 200
    assert changed.text != first.text
    assert f'data-stamp="{changed.text}"' in clerk.get(LIST).text


def test_a_page_that_asks_by_itself_keeps_nobody_signed_in(office: Office) -> None:
    clerk = office.sign_in("clerk")

    def seen() -> object:
        with office.database.read() as session:
            return session.query(WebSession).one().seen_at

    before = seen()
    office.later(minutes=30)
    clerk.get(LIST + "stamp")
    assert seen() == before
    clerk.get(LIST)
    assert seen() != before


def test_htmx_gets_the_results_alone(office: Office) -> None:
    number = filed(office, "เรื่อง")
    part = office.sign_in("clerk").get(LIST + "?state=open", headers={"HX-Request": "true"})
    assert listed(part) == [number]
    assert "<html" not in part.text


@pytest.mark.parametrize(
    ("typed", "day"),
    [
        ("5/12/2569", "2026-12-05"),
        ("๕/๑๒/๖๙", "2026-12-05"),
        (" 5-12-69 ", "2026-12-05"),
        ("05.12.2569", "2026-12-05"),
        ("5/12/2026", "2026-12-05"),
        ("2026-12-05", "2026-12-05"),
        ("29/2/2567", "2024-02-29"),
        ("29/2/2568", None),
        ("31/4/69", None),
        ("พรุ่งนี้", None),
        ("0/0/0000", None),
    ],
)
def test_days_are_taken_as_thais_write_them(typed: str, day: str | None) -> None:
    assert str(parse_day(typed)) == str(day)


def test_the_audit_knows_what_was_kept_and_thrown_away(office: Office) -> None:
    clerk = office.sign_in("clerk")
    clerk.post(LIST + "filters", name="หมู่ 3", query="moo=3")
    clerk.post(LIST + "filters/1/remove")
    assert [row.action for row in _audited(office.database)] == ["filter.kept", "filter.removed"]


def _audited(database: Database) -> list[audit.AuditRow]:
    with database.read() as session:
        return session.query(audit.AuditRow).order_by(audit.AuditRow.id).all()


def test_a_case_leads_to_its_page(office: Office) -> None:
    number = filed(office, "เรื่อง")
    assert f'href="/console/cases/{key_of(office, number)}"' in office.sign_in("clerk").get(LIST).text
