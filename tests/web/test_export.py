"""The register as a file: opens in a Thai Excel, runs nothing, and tells nobody more than the viewer may know."""

from __future__ import annotations

import csv
import io
from datetime import datetime, timedelta
from typing import Any

import pytest
from openpyxl import load_workbook
from openpyxl.worksheet.worksheet import Worksheet

from models.audit import AuditRow
from models.tickets import Ticket
from tests.web.listing import LIST, ago, filed, key_of
from tests.web.office import START, Browser, Office
from web import export
from web.sheets import Column, harmless, write_csv, write_xlsx

HEADS = (
    *("ลำดับ", "เลขเรื่อง", "วัน/เวลารับ", "ช่องทาง", "หมู่", "ประเภท", "สรุปเรื่อง", "หน่วยรับผิดชอบ"),
    *("วันที่แจ้งผลครั้งแรก", "จำนวนวัน", "สถานะ", "วันที่เสร็จ", "ผล", "คะแนน", "หมายเหตุ"),
)


def lines(browser: Browser, asked: str = "state=") -> list[list[str]]:
    """The CSV, read as a spreadsheet reads it."""
    page = browser.get(f"{LIST}export.csv?{asked}")
    assert page.status_code == 200
    assert page.data.startswith(b"\xef\xbb\xbf")
    assert page.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert page.headers["Content-Length"] == str(len(page.data))
    return list(csv.reader(io.StringIO(page.data.decode("utf-8-sig"))))


def sheet(browser: Browser, asked: str = "state=") -> Worksheet:
    page = browser.get(f"{LIST}export.xlsx?{asked}")
    assert page.status_code == 200
    found = load_workbook(io.BytesIO(page.data)).active
    assert isinstance(found, Worksheet)
    return found


def test_the_register_has_the_offices_columns(offices: Office) -> None:
    number = filed(
        offices,
        "ไฟดับ โทร 081-000-1234",
        moo=3,
        channel="phone",
        place="หน้าวัด",
        reopened=1,
        rating=5,
        rating_note="ขอบคุณค่ะ",
        **ago(3, state="done", first_answer_at=START - timedelta(days=1), closed_at=START),
    )
    with offices.database.begin() as session:
        session.get_one(Ticket, key_of(offices, number)).add("done", START, words="เปลี่ยนหลอดแล้ว")
    clerk = offices.sign_in("clerk")
    head, line = lines(clerk)
    assert tuple(head) == HEADS
    assert line == [
        *("1", number, "17/11/2569 10:00", "โทรศัพท์", "3", "ไฟส่องสว่าง", "ไฟดับ โทร [เบอร์โทร]", "กองช่าง"),
        *("19/11/2569 10:00", "2", "เสร็จแล้ว", "20/11/2569 10:00", "เปลี่ยนหลอดแล้ว", "5"),
        "หน้าวัด · เปิดใหม่ 1 ครั้ง · ขอบคุณค่ะ",
    ]
    first, second = list(sheet(clerk).iter_rows())
    assert tuple(cell.value for cell in first) == HEADS
    assert second[2].value == datetime(2026, 11, 17, 10, 0)  # noqa: DTZ001 - a spreadsheet knows no zones
    assert "41E" in second[2].number_format  # shown in the Thai calendar
    assert second[0].value == 1


def test_the_file_has_what_the_list_is_narrowed_to(office: Office) -> None:
    waste, _light = filed(office, "ขยะ", category="waste"), filed(office, "ไฟ")
    assert [line[1] for line in lines(office.sign_in("clerk"), "category=waste")[1:]] == [waste]


FORMULAS = ("=1+1", "+66 81", "-2", "@SUM(A1)", "\t=1", " =cmd|' /C calc'!A0", "＝1+1")


@pytest.mark.parametrize("words", FORMULAS)
def test_nothing_residents_write_is_run(words: str) -> None:
    out = io.BytesIO()
    write_csv(out, [Column("ก")], [[words]])
    cell = list(csv.reader(io.StringIO(out.getvalue().decode("utf-8-sig"))))[1][0]
    assert cell == f"'{words}"
    out = io.BytesIO()
    write_xlsx(out, "ก", [Column("ก")], [[words], ["http://example.com"]])
    found: Any = load_workbook(out).active
    assert next((row[0].data_type, row[0].value) for row in found.iter_rows(min_row=2)) == ("s", words)
    assert found["A3"].hyperlink is None


def test_plain_words_stay_as_they_are() -> None:
    for words in ("ไฟดับ", "", "5 = 5", "'", "หมู่ 3-4"):
        assert harmless(words) == words


def test_signs_no_file_can_hold_are_left_out() -> None:
    for write in (write_csv, lambda out, columns, rows: write_xlsx(out, "a[b]:c*?/\\'" * 9, columns, rows)):
        out = io.BytesIO()
        write(out, [Column("ก")], [["ก\x00\x0bข\ufffe" + "ค" * 40_000, None]])
        assert out.getvalue()


def test_reporters_are_in_it_only_when_asked_for_and_then_it_is_written_down(office: Office) -> None:
    filed(office, "ไฟ")
    filed(office, "น้ำ", hidden_name=True)
    clerk = office.sign_in("clerk")
    assert all("ยายคำ" not in cell for line in lines(clerk) for cell in line)
    head, *rest = lines(clerk, "state=&reporters=1")
    assert head[7] == "ผู้แจ้ง"
    assert sorted(line[7] for line in rest) == ["ขอปกปิดชื่อ", "ยายคำ สมมุติ"]
    with office.database.read() as session:
        looks = [row.after for row in session.query(AuditRow).filter_by(action="cases.exported")]
    assert [look["reporters"] for look in looks] == [False, True]
    assert looks[0]["count"] == 2


def test_secret_cases_are_in_no_file(office: Office) -> None:
    office.confide("clerk")
    filed(office, "ทุจริต", sensitive=True)
    assert len(lines(office.sign_in("clerk"))) == 1


def test_who_may_not_export_does_not(office: Office) -> None:
    for role in ("crew", "dpo", "poll_officer"):
        assert office.sign_in(role).get(LIST + "export.csv").status_code == 403
    assert office.sign_in("clerk").get(LIST + "export.exe").status_code == 404
    assert "ส่งออก" not in office.sign_in("crew").get(LIST).text


def test_a_file_that_would_be_too_long_is_refused_in_words(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(export, "MOST", 1)
    filed(office, "หนึ่ง")
    filed(office, "สอง")
    clerk = office.sign_in("clerk")
    page = clerk.get(LIST + "export.csv?state=open")
    assert page.status_code == 303
    assert "โปรดกรองช่วงวันที่ให้แคบลง" in clerk.get(page.headers["Location"]).text
