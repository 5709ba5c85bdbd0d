"""The overview: the figures are right, the same in chart, table and file, and never tell what nobody should know."""

from __future__ import annotations

import csv
import io
from datetime import UTC, date, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs

import openpyxl
import pytest
from playwright.sync_api import Browser

from bot.trending import Trending
from models import statistics
from models.database import Database
from models.people import Person
from models.quota import book, note_reading
from models.statistics import Span, median
from models.tickets import Ticket
from models.town import Village
from tests.web.browsing import OLD_PC, PHONE, Window, axe, served
from tests.web.office import START, Office
from web.overview import named

HOME = "/console/overview/"
MONTH = Span(date(2026, 11, 1), date(2026, 11, 30))


def case(
    office: Office, came: float = 1, closed: float | None = None, answered: float | None = None, **given: Any
) -> int:
    """A case that came so many days ago and was closed, or answered, so many days later."""
    at = office.now - timedelta(days=came)
    values: dict[str, Any] = {"received_at": at, "answer_by": at + timedelta(days=15)}
    if closed is not None:
        values |= {"state": "done", "closed_at": at + timedelta(days=closed)}
    if answered is not None:
        values["first_answer_at"] = at + timedelta(days=answered)
    return office.case(**(values | given))


def figures(office: Office, span: Span = MONTH) -> statistics.Statistics:
    with office.database.read() as session:
        return statistics.read(session, span, office.now)


# -- what is counted ---------------------------------------------------------------------------------------------------


def test_counts_of_a_month(offices: Office) -> None:
    office = offices
    case(office, 2)
    case(office, 3, closed=1, answered=0.5, rating=5)
    case(office, 4, closed=2, answered=1, rating=2, reopened=1)
    case(office, 60, closed=50)
    case(office, 60)
    total = figures(office).total
    assert (total.received, total.still_open, total.closed, total.reopened) == (3, 1, 3, 1)
    assert (total.in_time, total.late, total.percent_in_time) == (2, 0, 100)
    assert total.median_days == 2
    assert (total.rated, total.average_stars) == (2, 3.5)


def test_late_is_late_and_what_still_has_time_is_neither(offices: Office) -> None:
    office = offices
    office.later(days=9)
    case(office, 20, answered=16)
    case(office, 20)
    case(office, 20, answered=14)
    case(office, 20, state="withdrawn")
    case(office, 2)
    total = figures(office).total
    assert (total.received, total.in_time, total.late) == (5, 1, 2)


def test_whole_days_are_cut_not_rounded(offices: Office) -> None:
    for days in (0.99, 1.0, 1.99, 7.5):
        case(offices, 10, closed=days)
    assert figures(offices).total.days == {0: 1, 1: 2, 7: 1}


def test_by_department_category_and_village(offices: Office) -> None:
    office = offices
    case(office, 2, moo=3)
    case(office, 2, moo=3, category="road", department="ENG")
    case(office, 2, category="waste", department="HEALTH", closed=1)
    found = figures(office)
    assert {moo: row.received for moo, row in found.villages.items()} == {3: 2, None: 1}
    assert {code: row.received for code, row in found.categories.items()} == {"streetlight": 1, "road": 1, "waste": 1}
    assert sorted((row.received, row.closed) for row in found.departments.values()) == [(1, 1), (2, 0)]


def test_days_are_the_towns_days(offices: Office) -> None:
    """Half past six in the evening of 31 October in London is already November in Thailand."""
    case(offices, received_at=datetime(2026, 10, 31, 18, 30, tzinfo=UTC), answer_by=START)
    case(offices, received_at=datetime(2026, 10, 31, 16, 30, tzinfo=UTC), answer_by=START)
    found = figures(offices)
    assert found.total.received == 1
    assert found.timeline["2026-11-01"] == (1, 0)
    assert list(found.timeline) == [f"2026-11-{day:02d}" for day in range(1, 21)]


def test_a_year_is_told_by_months(offices: Office) -> None:
    case(offices, 2, closed=1)
    case(offices, 40, closed=30)
    found = figures(offices, named("year", date(2026, 11, 20)))
    assert found.timeline == {"2026-10": (1, 0), "2026-11": (1, 2)}
    assert len(figures(offices, named("last_year", date(2026, 11, 20))).timeline) == 12


def test_confidential_cases_are_in_no_figure(offices: Office) -> None:
    case(offices, 2, closed=1, answered=1, rating=1, sensitive=True)
    found = figures(offices)
    assert (found.total.received, found.total.closed, found.categories) == (0, 0, {})
    assert set(found.timeline.values()) == {(0, 0)}


@pytest.mark.parametrize(("days", "middle"), [({}, None), ({3: 1}, 3), ({1: 1, 4: 1}, 2.5), ({0: 5, 9: 2}, 0)])
def test_median(days: dict[int, int], middle: float | None) -> None:
    assert median(days) == middle


@pytest.mark.parametrize(
    ("name", "today", "first", "last"),
    [
        ("today", date(2026, 11, 20), date(2026, 11, 20), date(2026, 11, 20)),
        ("month", date(2028, 2, 10), date(2028, 2, 1), date(2028, 2, 29)),
        ("last_month", date(2027, 1, 31), date(2026, 12, 1), date(2026, 12, 31)),
        ("year", date(2026, 9, 30), date(2025, 10, 1), date(2026, 9, 30)),
        ("year", date(2026, 10, 1), date(2026, 10, 1), date(2027, 9, 30)),
        ("last_year", date(2026, 11, 20), date(2025, 10, 1), date(2026, 9, 30)),
    ],
)
def test_named_spans(name: str, today: date, first: date, last: date) -> None:
    assert named(name, today) == Span(first, last)


# -- the page ----------------------------------------------------------------------------------------------------------


def test_everybody_of_the_staff_sees_it(office: Office) -> None:
    case(office, 2, words="ข้อความที่ไม่ควรเห็น")
    for role in ("clerk", "crew", "head", "poll_officer", "auditor", "dpo"):
        page = office.sign_in(role).get(HOME)
        assert page.status_code == 200
        assert "ไฟฟ้าสาธารณะ" in page.text or "ตามหมวด" in page.text
        assert "ข้อความที่ไม่ควรเห็น" not in page.text
        assert "ยายคำ" not in page.text


def test_figures_are_kept_for_a_minute_and_worked_out_again_on_request(office: Office) -> None:
    clerk = office.sign_in("clerk")
    assert "ช่วงนี้ยังไม่มีเรื่อง" in clerk.get(HOME).text
    case(office, 0.01)
    assert "ช่วงนี้ยังไม่มีเรื่อง" in clerk.get(HOME).text
    assert "ช่วงนี้ยังไม่มีเรื่อง" not in clerk.get(HOME + "?fresh=1&span=month").text
    case(office, 0.01)
    office.later(seconds=61)
    assert "<dd>2</dd>" in clerk.get(HOME).text


@pytest.mark.parametrize(
    ("query", "trouble"),
    [
        ("since=2026-11-09&until=2026-11-01", "ไม่อยู่หลัง"),
        ("since=nonsense", "โปรดกรอกวันที่"),
        ("since=1991-01-01&until=2026-01-01", "10 ปี"),
    ],
)
def test_dates_that_make_no_sense_stay_and_are_explained(office: Office, query: str, trouble: str) -> None:
    page = office.sign_in("clerk").get(f"{HOME}?{query}")
    assert page.status_code == 422
    assert trouble in page.text
    assert f'value="{parse_qs(query)["since"][0]}"' in page.text


def test_own_dates(office: Office) -> None:
    case(office, 100)
    page = office.sign_in("clerk").get(HOME + "?since=2026-08-01&until=2026-08-31")
    assert "1 สิงหาคม 2569 ถึง 31 สิงหาคม 2569" in page.text
    assert "<dd>1</dd>" in page.text


def test_the_budget_of_messages(office: Office) -> None:
    with office.database.begin() as session:
        note_reading(session, 300, 41, office.now)
        book(session, "result", 1, office.now)
    page = office.sign_in("head").get(HOME).text
    assert "41 <small>จาก 300" in page


def test_the_map_shows_villages_whose_place_is_known(office: Office) -> None:
    with office.database.begin() as session:
        session.add_all([Village(moo=1, name="บ้านเหนือ", lat=14.1, lon=100.1), Village(moo=2, lat=14.0, lon=100.2)])
        session.add(Village(moo=3, name="บ้านไกล"))
    for moo in (1, 1, 2, 3):
        case(office, 2, moo=moo)
    page = office.sign_in("clerk").get(HOME).text
    assert page.count("<circle") == 2
    assert "หมู่ 1 บ้านเหนือ" in page


# -- files -------------------------------------------------------------------------------------------------------------


def test_csv_opens_in_thai_excel_with_the_same_figures(office: Office) -> None:
    case(office, 2, closed=1, moo=4)
    with office.database.begin() as session:
        session.add(Village(moo=4, name="=HYPERLINK(1)"))
    answer = office.sign_in("clerk").get(HOME + "villages.csv?span=month")
    assert answer.data.startswith(b"\xef\xbb\xbf")
    lines = list(csv.reader(io.StringIO(answer.data.decode("utf-8-sig"))))
    assert lines[0][:3] == ["หมู่บ้าน", "รับเรื่อง", "ปิดเรื่อง"]
    assert lines[1][:3] == ["หมู่ 4 =HYPERLINK(1)", "1", "1"]
    assert office.sign_in("clerk").get(HOME + "nothing.csv").status_code == 404


def test_the_workbook_has_a_sheet_for_each_table(office: Office) -> None:
    case(office, 2, closed=1, answered=0.5, rating=4)
    answer = office.sign_in("auditor").get(HOME + "overview.xlsx")
    book = openpyxl.load_workbook(io.BytesIO(answer.data))
    assert book.sheetnames == ["สรุป", "รับเรื่องและปิดเรื่อง", "ตามหมวด", "ตามกอง", "ตามหมู่บ้าน", "ความพอใจ"]
    summary = {row[0].value: row[1].value for row in book["สรุป"].iter_rows()}
    assert (summary["รับเรื่อง"], summary["ตอบใน 15 วัน"], summary["ความพอใจ"]) == (1, 100, 4)


# -- trends ------------------------------------------------------------------------------------------------------------


def rising(office: Office, people: int) -> None:
    """Streetlights that many people report this month in village 3, and somebody's name in every report."""
    with office.database.begin() as session:
        everybody = [Person(name=f"คนที่ {n}", created_at=office.now) for n in range(people)]
        session.add_all(everybody)
        session.flush()
        ids = [person.id for person in everybody]
    case(office, 100, reporter=None)
    for number in ids:
        place = {"moo": 3, "lat": 14.02, "lon": 100.52}
        key = case(office, 3, words="หม้อแปลงระเบิดหน้าบ้าน นายสมมติ ใจร้าย โทร 081-555-0142", **place)
        with office.database.begin() as session:
            session.get_one(Ticket, key).reporter_id = number


def test_trends_come_at_night_and_name_nobody(offices: Office) -> None:
    office = offices
    rising(office, 4)
    clerk = office.sign_in("clerk")
    assert "ยังไม่ได้คำนวณ" in clerk.get(HOME).text
    nightly = Trending(office.database, lambda: office.now)
    assert nightly.work()
    assert not nightly.work()
    page = clerk.get(HOME).text
    assert "หม้อแปลง" in page
    assert "14.02000, 100.52000" in page
    for secret in ("สมมติ", "ใจร้าย", "0142", ">บุคคล<"):
        assert secret not in page
    office.later(days=1)
    assert nightly.due()


def test_what_two_people_say_is_no_trend(office: Office) -> None:
    rising(office, 2)
    Trending(office.database, lambda: office.now).work()
    page = office.sign_in("clerk").get(HOME).text
    assert "หม้อแปลง" not in page
    assert "14.02000" not in page
    assert page.count("ไม่มีอะไรเด่นในช่วงนี้") == 3


# -- a browser ---------------------------------------------------------------------------------------------------------


@pytest.mark.browser
@pytest.mark.parametrize("size", [OLD_PC, PHONE])
def test_in_a_browser(quick_database: Database, chrome: Browser, size: tuple[int, int]) -> None:
    with served(quick_database) as office:
        with office.database.begin() as session:
            session.add_all([Village(moo=1, name="บ้านเหนือ", lat=14.1, lon=100.1), Village(moo=2, lat=14.0, lon=100.2)])
        for days in range(1, 15):
            case(office, days, closed=days / 3 if days % 3 else None, rating=4, moo=1 + days % 2)
        rising(office, 4)
        Trending(office.database, lambda: office.now).work()
        window = Window(chrome, office, "head", size)
        page = window.open(HOME)
        page.locator("body[data-drawn]").wait_for()
        assert page.locator(".drawing canvas").count() == 4
        axe(page)
        with page.expect_download() as caught:
            page.locator('[data-picture-of="table-timeline"] [data-save-picture]').click()
        assert caught.value.path().read_bytes().startswith(b"\x89PNG")
        with page.expect_download() as caught:
            page.locator('[data-picture-of="map-villages"] [data-save-picture]').click()
        assert caught.value.suggested_filename == "villages.png"
        assert caught.value.path().stat().st_size > 5_000
        window.close()
