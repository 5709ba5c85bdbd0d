"""Reading the office's workbook: every row has a fate, nothing is lost, nothing is made up."""

from __future__ import annotations

import io
import json
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook, load_workbook
from openpyxl.worksheet.worksheet import Worksheet

from sheets.money import NoMoney, satang, year
from sheets.read import read_book
from sheets.types import FATES, Note, Revision, SheetRead, Unreadable, packed, unpacked
from sheets.villages import villages
from tests.sheets.nasty import (
    YEARS,
    equipment_book,
    head_of_2566,
    issue_book,
    put,
    saved,
    strategy_book,
    with_text_box,
)


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        (" 1,632,820 ", 163282000),
        ("๔๐๐,๐๐๐.-", 40000000),
        ("100,000 บาท", 10000000),
        (" -   ", None),
        ("–", None),
        ("", None),
        (None, None),
        (0, 0),
        ("0", 0),
        (313700.25, 31370025),
        ("1234.5", 123450),
        (100.005, 10001),
    ],
)
def test_money_is_read_as_people_write_it(written: object, expected: int | None) -> None:
    assert satang(written) == expected


@pytest.mark.parametrize("written", ["ห้าหมื่น", "1,63,820", "100-200", "#REF!", -5, "(500)", 1e30, True, "12 000 บาทต่อปี"])
def test_what_is_no_money_is_refused_instead_of_guessed(written: object) -> None:
    with pytest.raises(NoMoney):
        satang(written)


@given(st.integers(0, 10**13))
def test_any_amount_survives_its_ways_of_writing(amount: int) -> None:
    baht = Decimal(amount) / 100
    assert satang(f" {baht:,.2f} บาท") == amount
    assert satang(f"{baht:,.2f}".translate(str.maketrans("0123456789", "๐๑๒๓๔๕๖๗๘๙"))) == amount
    assert satang(float(baht)) == amount


def test_years_are_read_from_text_numbers_and_dates() -> None:
    assert [year(v) for v in (2566, "๒๕๖๗", "ปี 2568\n(บาท)", date(2026, 1, 1), date(2570, 1, 1), "ปี 69")] == [
        2566,
        2567,
        2568,
        2569,
        2570,
        2569,
    ]
    assert [year(v) for v in (42, "โทร 0812566", None, 2566.5, "25661")] == [None] * 5


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("ถนน หมู่ที่ ๓", (3,)),
        ("หมู่ 1, 2 และ 5", (1, 2, 5)),
        ("ม.๔-๗ บ้านโพธิ์", (4, 5, 6, 7)),
        ("หมู่ที่ 2 4 เมตร", (2,)),
        ("หมู่ที่ 2, 300 เมตร", (2,)),
        ("ยาว 300 ม. กว้าง 4 ม.", ()),
        ("หมู่ 3 และหมู่ 4", (3, 4)),
    ],
)
def test_villages_are_found_in_names(text: str, expected: tuple[int, ...]) -> None:
    assert villages(text) == expected


def test_a_strategy_plan_as_nasty_as_the_real_ones() -> None:
    (sheet,) = read_book(with_text_box(saved(strategy_book()), "sheet1", 11, "แก้ไข ครั้งที่ 2/2568")).sheets
    assert (sheet.form, sheet.years, sheet.layout) == ("p02", YEARS, "strategy")
    road, drain, hall, hidden = sheet.lines
    assert road.rows == (11, 12)
    assert road.plan == {2566: 163282000, 2567: 50000000, 2569: 31370025, 2570: 0}  # 2568 is blank, 2570 is zero
    assert road.values["target"] == "กว้าง 4 เมตร\nยาว 300 เมตร"
    assert road.values["programme"] == "แผนงานอุตสาหกรรมและการโยธา"
    assert road.values["strategy"] == "ยุทธศาสตร์ที่ 1 การพัฒนาโครงสร้างพื้นฐาน"
    assert Note("box", "แก้ไข ครั้งที่ 2/2568") in road.notes
    assert Note("added_up", "2567") in road.notes
    assert [line.values["department_name"] for line in (road, drain, hall)] == ["กองช่าง"] * 3
    assert (drain.moos, hall.moos) == ((1, 2, 5), ())
    assert hidden.hidden
    assert hidden.revision == Revision("added", 1, 2567)
    assert {note.code for note in sheet.notes} == {"boxes", "hidden_rows", "uncomputed"}


def test_why_rows_are_refused() -> None:
    (sheet,) = read_book(saved(strategy_book())).sheets
    why = {row.number: row.why for row in sheet.rows if row.fate == "refused"}
    assert [note.code for note in why.values()] == ["no_money", "with_refused", "uncomputed_text", "no_name"]
    assert Note("no_money", "2568: ห้าหมื่น") in why.values()
    assert sheet.count("sum") == 1
    assert next(row for row in sheet.rows if row.fate == "sum").why.code == "sum"  # it fits what was read


def test_a_total_that_nothing_explains_is_told() -> None:
    book = strategy_book()
    book["ยุทธ 1"]["E15"] = 999
    (sheet,) = read_book(saved(book)).sheets
    assert next(row for row in sheet.rows if row.fate == "sum").why.code == "sum_differs"


def test_an_issue_plan_and_a_form_with_places() -> None:
    issue, places = read_book(saved(issue_book())).sheets
    assert (issue.layout, issue.form, issue.years) == ("issue", "p02", (2571, 2572, 2573, 2574, 2575))
    (yard,) = issue.lines
    assert yard.revision == Revision("changed", 2, 2572)
    assert (yard.values["programme"], yard.values["reason"]) == ("เคหะและชุมชน", "ประชาชนขอ")
    (road,) = places.lines
    assert places.form == "p02_2"
    assert (road.values["district"], road.values["begin"], road.values["end"]) == ("ดอนแก้ว", "18.1,99.1", "18.2,99.2")
    assert road.plan == {2572: 900000000}


def test_equipment_summaries_and_hidden_sheets() -> None:
    equipment, summary, hidden = read_book(saved(equipment_book())).sheets
    assert equipment.form == "p03"
    assert [line.name for line in equipment.lines] == ["คอมพิวเตอร์ 2 เครื่อง", "วิทยุสื่อสาร 5 เครื่อง"]
    assert equipment.lines[1].values["item"] == "ประเภทวิทยุ"
    assert not summary.lines
    assert {row.why.code for row in summary.rows} == {"no_head"}
    assert hidden.hidden
    assert hidden.lines[0].hidden


def test_money_merged_over_two_projects_is_counted_once() -> None:
    book = Workbook()
    sheet = book.active
    assert isinstance(sheet, Worksheet)
    row = head_of_2566(sheet, 1)
    put(sheet, row, [1, "โครงการหนึ่ง", "ก", "ข", 500])
    put(sheet, row + 1, [2, "โครงการสอง", "ก", "ข"])
    sheet.merge_cells(start_row=row, start_column=5, end_row=row + 1, end_column=5)
    one, two = read_book(saved(book)).lines
    assert (one.plan, two.plan) == ({2566: 50000}, {})
    assert two.notes == (Note("shared_money", "2566"),)


def test_money_merged_over_several_years_is_the_first_ones_and_told() -> None:
    book = Workbook()
    sheet = book.active
    assert isinstance(sheet, Worksheet)
    row = head_of_2566(sheet, 1)
    put(sheet, row, [1, "โครงการหนึ่ง", "ก", "ข", 500])
    sheet.merge_cells(start_row=row, start_column=5, end_row=row, end_column=6)
    (line,) = read_book(saved(book)).lines
    assert line.plan == {2566: 50000}
    assert line.notes == (Note("merged_years", "2567"),)


def test_years_under_their_era_in_two_rows_and_a_programme_with_its_money() -> None:
    book = Workbook()
    sheet = book.active
    assert isinstance(sheet, Worksheet)
    put(sheet, 1, ["ที่", "โครงการ", "วัตถุประสงค์", "เป้าหมาย", "งบประมาณ", None, "ผลที่คาดว่าจะได้รับ"])
    put(sheet, 2, [None] * 4 + ["พ.ศ.", "ปีงบประมาณ พ.ศ."])
    put(sheet, 3, [None] * 4 + ["๒๕๖๖", 2567])
    put(sheet, 4, ["แผนงานเคหะและชุมชน", None, None, None, 500])
    put(sheet, 5, [1, "โครงการหนึ่ง", "ก", "ข", 500])
    (read,) = read_book(saved(book)).sheets
    assert read.years == (2566, 2567)
    assert [(line.values["programme"], line.plan) for line in read.lines] == [("แผนงานเคหะและชุมชน", {2566: 50000})]
    assert [(row.fate, row.satang) for row in read.rows[3:]] == [("heading", 50000), ("project", 50000)]


def test_ordinance_money_is_kept_apart() -> None:
    book = Workbook()
    sheet = book.active
    assert isinstance(sheet, Worksheet)
    row = head_of_2566(sheet, 1, ordinance=True)
    put(sheet, row, [1, "โครงการหนึ่ง", "ก", "ข", 500, None, None, None, None, 400])
    (line,) = read_book(saved(book)).lines
    assert (line.plan, line.ordinance) == ({2566: 50000}, {2566: 40000})


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"\xd0\xcf\x11\xe0" + b"x" * 100, "old_format"),
        (b"name,money\n", "no_workbook"),
        (b"PK\x03\x04 nothing", "broken"),
        (b"PK" + b"\0" * 20_000_001, "large"),
    ],
)
def test_what_is_no_workbook_is_refused_with_a_reason(content: bytes, code: str) -> None:
    with pytest.raises(Unreadable, match=code):
        read_book(content)


def test_what_was_read_survives_being_packed() -> None:
    book = read_book(with_text_box(saved(strategy_book()), "sheet1", 11, "แก้ไข"))
    assert unpacked(json.loads(json.dumps(packed(book)))) == book


# -- properties --------------------------------------------------------------------------------------------------------

amounts = st.one_of(st.none(), st.integers(0, 10**9), st.sampled_from(["-", "๕,๐๐๐", "1,000.50", "มาก", "12,34"]))
texts = st.one_of(
    st.none(),
    st.sampled_from(["โครงการถนน หมู่ 3", "รวม", "แผนงานสาธารณสุข", "ยุทธศาสตร์ที่ 2", "หมายเหตุ", "(ต่อ)", "=1", "ที่"]),
    st.text("กขคงะาิี่้เแ 0123ก.,\n", max_size=12),
)
marks = st.one_of(st.none(), st.integers(1, 30), st.sampled_from(["๑", "1.2", "รวม", "*", "ที่", "แผนงาน"]))
rows = st.lists(
    st.one_of(
        st.just([]),
        st.tuples(marks, texts, texts, texts, amounts, amounts, amounts, amounts, amounts, texts, texts, texts).map(
            list
        ),
    ),
    max_size=25,
)


def filled(sheet: Worksheet) -> int:
    """How many cells hold something, counted without the reader."""
    return sum(bool(str(v).strip()) for row in sheet.iter_rows(values_only=True) for v in row if v is not None)


@settings(max_examples=60, deadline=None)
@given(rows)
def test_what_was_read_plus_what_was_refused_is_what_was_in_the_sheet(content: list[list[Any]]) -> None:
    book = Workbook()
    sheet = book.active
    assert isinstance(sheet, Worksheet)
    first = head_of_2566(sheet, 2)
    for number, cells in enumerate(content, first):
        for column, value in enumerate(cells, 1):
            if value is not None:
                sheet.cell(number, column).value = value
                if isinstance(value, str) and value.startswith("="):
                    sheet.cell(number, column).data_type = "s"
    file = saved(book)
    (read,) = read_book(file).sheets
    again = load_workbook(io.BytesIO(file)).active
    assert isinstance(again, Worksheet)
    assert [row.number for row in read.rows] == list(range(1, len(read.rows) + 1))
    assert all(row.fate in FATES and row.why.code for row in read.rows)
    assert sum(row.cells for row in read.rows) == filled(again)
    assert money_in(again, read, first) == sum(row.satang for row in read.rows)
    taken = [number for line in read.lines for number in line.rows]
    assert sorted(taken) == [row.number for row in read.rows if row.fate in ("project", "continuation")]
    by_row = {row.number: row.satang for row in read.rows}
    for line in read.lines:
        assert line.satang == sum(by_row[number] for number in line.rows)
        assert line.name


def money_in(sheet: Worksheet, read: SheetRead, first: int) -> int:
    """The readable amounts of the rows that can hold any, in the columns of years, counted without the reader."""
    total = 0
    for row in read.rows:
        if row.number < first or (row.fate in ("heading", "blank") and not row.why.code.startswith("group_")):
            continue
        for column in range(5, 10):
            try:
                total += satang(sheet.cell(row.number, column).value) or 0
            except NoMoney:
                continue
    return total
