"""The search column: what was written one way is found when asked another way, in SQL's own LIKE."""

from __future__ import annotations

import sqlite3

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlp.search import LONGEST_COLUMN, case_number, patterns, search_text, terms


def found(column: str, question: str) -> bool:
    with sqlite3.connect(":memory:") as database:
        wanted = patterns(question)
        clause = " AND ".join([r"? LIKE ? ESCAPE '\'"] * len(wanted))
        values = [value for pattern in wanted for value in (column, pattern)]
        return bool(wanted) and bool(database.execute(f"SELECT {clause}", values).fetchone()[0])


COLUMN = search_text("ไฟหน้าวัดดับมา ๓ คืน", "ไฟส่องสว่าง", "หน้าวัดสันทราย หมู่ 5", "2569-00042", "ลด 100% A_B")


@pytest.mark.parametrize(
    "question",
    [
        "ไฟ",
        "ไฟ วัด",
        "วัด ไฟ",
        "3 คืน",
        "๓ คืน",
        "หมู่ ๕",
        "น้าวัด",
        "ส่องสว่าง",
        "2569-00042",
        "00042",
        "100%",
        "a_b",
        "“ไฟ”",
        "  ไฟ   ดับ ",
    ],
)
def test_is_found(question: str) -> None:
    assert found(COLUMN, question)


@pytest.mark.parametrize("question", ["น้ำ", "ไฟ ถนน", "1000%", "aXb", "ก", "", "   ", "%", "_"])
def test_is_not_found(question: str) -> None:
    assert not found(COLUMN, question)


def test_a_text_of_a_pdf_is_found_as_it_is_said() -> None:
    assert found(search_text("พ้ืนถนน\uf70a น้ํา"), "พื้น น้ำ")


def test_line_breaks_do_not_part_words_from_blanks() -> None:
    assert search_text("ไฟ\n\n ดับ", "", "มืด") == "ไฟ ดับ มืด"
    assert len(search_text("ก ข" * LONGEST_COLUMN)) == LONGEST_COLUMN


@pytest.mark.parametrize(
    ("question", "number"),
    [
        ("42", (42, None)),
        ("๔๒/๖๙", (42, 69)),
        ("42 / 2569", (42, 2569)),
        ("#7", (7, None)),
        ("ไฟ 42", None),
        ("0815550142", None),
        ("", None),
    ],
)
def test_a_case_number(question: str, number: tuple[int, int | None] | None) -> None:
    assert case_number(question) == number


@given(st.text(max_size=80))
def test_every_text_is_found_by_its_own_words(text: str) -> None:
    column = search_text(text)
    assert all(term in column for term in terms(text))
