"""Writing the plan back as forms: what is written is read as the same, in the columns of the form."""

from __future__ import annotations

import io
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook

from sheets.cells import plain
from sheets.read import read_book
from sheets.types import Line, Revision
from sheets.write import Wanted, write_plan
from tests.sheets.nasty import equipment_book, issue_book, saved, strategy_book

WANTED = Wanted("แผนพัฒนาท้องถิ่น", (2566, 2567, 2568, 2569, 2570), issue=False)


def written(wanted: Wanted, lines: list[Line]) -> bytes:
    """The lines as a workbook."""
    file = io.BytesIO()
    write_plan(file, wanted, lines)
    return file.getvalue()


def same(lines: list[Line]) -> list[Line]:
    """Lines without what belongs to the sheet they stood in, in one order."""
    bare = [replace(line, sheet="", rows=(), notes=(), hidden=False, years=()) for line in lines]
    bare = [replace(line, values={k: v for k, v in sorted(line.values.items()) if v and k != "mark"}) for line in bare]
    bare = [replace(b, plan=dict(sorted(b.plan.items())), ordinance=dict(sorted(b.ordinance.items()))) for b in bare]
    return sorted(bare, key=repr)


def test_the_columns_of_each_form_stand_as_the_form_has_them() -> None:
    book = load_workbook(io.BytesIO(written(WANTED, read_book(saved(strategy_book())).lines)))
    sheet = book["ผ.02"]
    head = next(row for row in sheet.iter_rows(values_only=True) if row[1] == "โครงการ")
    assert head[:5] == ("ที่", "โครงการ", "วัตถุประสงค์", "เป้าหมาย (ผลผลิตของโครงการ)", "งบประมาณ (บาท)")
    assert head[9:12] == ("ตัวชี้วัด (KPI)", "ผลที่คาดว่าจะได้รับ", "หน่วยงานรับผิดชอบหลัก")
    assert book.sheetnames == ["ผ.02", "ผ.02 เพิ่มเติม 1-2567"]
    issue = Wanted("แผนพัฒนาท้องถิ่น", (2571, 2572, 2573, 2574, 2575), issue=True)
    new = load_workbook(io.BytesIO(written(issue, read_book(saved(issue_book())).lines)))
    flat = [cell for row in new.worksheets[0].iter_rows(values_only=True) for cell in row]
    assert "ตัวชี้วัด (KPI)" not in flat
    assert "เหตุผลความจำเป็น" in flat


@pytest.mark.parametrize("book", [strategy_book, issue_book, equipment_book])
def test_what_an_office_brought_comes_back_as_it_was(book: object) -> None:
    assert callable(book)
    lines = read_book(saved(book())).lines
    wanted = Wanted("แผน", read_book(saved(book())).years, issue=book is issue_book)
    assert same(read_book(written(wanted, lines)).lines) == same(lines)


def test_nothing_becomes_a_formula() -> None:
    evil = Line("x", (1,), "p02", {"name": "=cmd|' /C calc'!A0", "objective": "+1", "strategy": "=1+1"}, {2566: 100})
    content = written(WANTED, [evil])
    for formulas in (False, True):
        book = load_workbook(io.BytesIO(content), data_only=formulas)
        cells = [cell for row in book.worksheets[0].iter_rows() for cell in row]
        assert {cell.data_type for cell in cells if cell.value is not None} <= {"s", "n"}
    assert same(read_book(content).lines) == same([evil])


def settled(text: str) -> str:
    """Cleaned until nothing is left to clean: marks that no Thai word has need more than one round."""
    while (cleaned := plain(text)) != text:
        text = cleaned
    return text


words = st.text("กขคงจเแะาิี่้ 019.,=+-@\n:()", min_size=1, max_size=30).map(settled)
some = st.one_of(st.just(""), words)
money = st.dictionaries(st.sampled_from(WANTED.years), st.integers(0, 10**12), max_size=5)
revisions = st.one_of(
    st.just(Revision()),
    st.builds(
        Revision,
        st.sampled_from(["added", "changed", "corrected", "reviewed"]),
        st.integers(1, 9),
        st.sampled_from([2567, 2568]),
    ),
)
one_line = st.text("กขคงจเแะาิี่้ 019.,=+-@:()", min_size=1, max_size=30).map(settled)
levels = st.one_of(
    st.just(""),
    one_line.filter(lambda text: text not in ("", "-")),  # a dash is nothing
    st.sampled_from(["ยุทธศาสตร์ที่ 1 น้ำ", "แผนงานเคหะ", "กลยุทธ์ : x", "ยุทธศาสตร์ชาติ 2", "ประเด็นการพัฒนาที่ 3"]),
)
fields = st.fixed_dictionaries(
    {
        "name": words.filter(bool),
        "objective": some,
        "target": some,
        "kpi": some,
        "result": some,
        "reason": some,
        "department_name": some,
        "district": some,
        "begin": some,
        "place": some,
        "national": levels,
        "province": levels,
        "strategy": levels,
        "tactic": levels,
        "programme": levels,
    }
)
lines = st.builds(
    Line,
    sheet=st.just(""),
    rows=st.just(()),
    form=st.sampled_from(["p02", "p02_1", "p02_2"]),
    values=fields,
    plan=money,
    ordinance=money,
    revision=revisions,
)


@settings(max_examples=80, deadline=None)
@given(st.lists(lines, max_size=8))
def test_export_then_import_gives_the_same_projects(given_lines: list[Line]) -> None:
    read = read_book(written(WANTED, given_lines)).lines
    without_moos = [replace(line, moos=()) for line in read]
    assert same(without_moos) == same(given_lines)
