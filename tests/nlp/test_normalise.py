"""Cleaning keeps the place: marks in order, glyphs of PDFs repaired, SARA AM whole, positions true."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlp.normalise import LONGEST, fold, normalise, repair

THAI = st.text(st.characters(min_codepoint=0x0E01, max_codepoint=0x0E5B) | st.sampled_from(" a5\n\uf70a\u200b"))


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("น้ำ", "น้ำ"),
        ("นํ้า", "น้ำ"),
        ("น้ํา", "น้ำ"),
        ("นำ้", "น้ำ"),
        ("พ้ืน", "พื้น"),
        ("เเจ้ง", "แจ้ง"),
        ("ที่่", "ที่"),
        ("ค่าาาา", "ค่า"),
        ("ชื\uf70aอ", "ชื่อ"),
        ("ป\uf71a", "ปฺ"),
        ("๒๕67", "2567"),
        ("LINE", "line"),
        ("ไฟ\u00a0ดับ", "ไฟ ดับ"),
        ("555555555", "555"),
    ],
)
def test_what_was_meant(written: str, meant: str) -> None:
    assert normalise(written).text == meant


def test_repair_keeps_what_a_person_reads() -> None:
    assert repair("ส\uf70aงน้ํา ๒ ที่ LINE มากกกก\n") == "ส่งน้ำ ๒ ที่ LINE มากกกก\n"


def test_drawn_out_words_become_the_same() -> None:
    assert normalise("ช้ามากกกกก").text == normalise("ช้ามากกกกกกกก").text


@given(THAI)
def test_folding_keeps_every_position(text: str) -> None:
    assert len(fold(text)) == len(text)


@given(THAI)
def test_cleaning_twice_changes_nothing(text: str) -> None:
    once = normalise(text).text
    assert normalise(once).text == once


@given(THAI, st.integers(0, 50), st.integers(1, 20))
def test_spans_lead_back_into_the_original(text: str, start: int, length: int) -> None:
    normal = normalise(text)
    end = min(start + length, len(normal.text))
    if start < end:
        first, last = normal.origin(start, end)
        assert 0 <= first < last <= len(text)


def test_positions_of_a_repaired_word() -> None:
    text = "เเจ้งมากกกกกก เมื่อวาน"
    normal = normalise(text)
    start = normal.text.index("เมื่อวาน")
    first, last = normal.origin(start, start + len("เมื่อวาน"))
    assert text[first:last] == "เมื่อวาน"


def test_the_rest_of_an_endless_text_is_ignored() -> None:
    assert len(normalise("กขค" * LONGEST).text) == LONGEST
