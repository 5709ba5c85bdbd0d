"""Days spoken of, as Thai people write them."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlp.dates import find
from nlp.normalise import normalise

NOW = datetime(2026, 11, 20, 3, 0, tzinfo=UTC)  # Friday morning in Bangkok, พ.ศ. 2569


def days(text: str) -> list[tuple[date, str]]:
    return [(mention.day, text[mention.start : mention.end]) for mention in find(normalise(text), NOW)]


@pytest.mark.parametrize(
    ("text", "day", "words"),
    [
        ("12 มกราคม 2569", date(2026, 1, 12), "12 มกราคม 2569"),
        ("12 ม.ค. 69 ไฟดับ", date(2026, 1, 12), "12 ม.ค. 69"),
        ("12 มค 69", date(2026, 1, 12), "12 มค 69"),
        ("๑๕ พ.ย. ๒๕๖๙", date(2026, 11, 15), "๑๕ พ.ย. ๒๕๖๙"),
        ("วันที่ 5 ตุลา", date(2026, 10, 5), "5 ตุลา"),
        ("5 มี.ค. นี้", date(2026, 3, 5), "5 มี.ค."),
        ("15 ธันวาคม พ.ศ. 2568", date(2025, 12, 15), "15 ธันวาคม พ.ศ. 2568"),
        ("12 พ.ย. 18.30 น.", date(2026, 11, 12), "12 พ.ย."),
        ("5/1/2568", date(2025, 1, 5), "5/1/2568"),
        ("15-10-2568", date(2025, 10, 15), "15-10-2568"),
        ("15/11/68", date(2025, 11, 15), "15/11/68"),
        ("20/11/26", date(2026, 11, 20), "20/11/26"),
        ("10.11.2568 เวลา 15.30 น.", date(2025, 11, 10), "10.11.2568"),
        ("2026-11-01", date(2026, 11, 1), "2026-11-01"),
        ("เมื่อวานซืนไฟดับ", date(2026, 11, 18), "เมื่อวานซืน"),
        ("เมื่อวานนี้", date(2026, 11, 19), "เมื่อวานนี้"),
        ("เมือ่วาน เมื่อเช้า", date(2026, 11, 20), "เมื่อเช้า"),
        ("มื้อวานนี้น้ำบ่ไหล", date(2026, 11, 19), "มื้อวานนี้"),
        ("ดับมาสามวันแล้ว", date(2026, 11, 17), "สามวันแล้ว"),
        ("3 วันก่อน", date(2026, 11, 17), "3 วันก่อน"),
        ("อาทิตย์ที่แล้ว", date(2026, 11, 13), "อาทิตย์ที่แล้ว"),
        ("แจ้งไป 2 เดือนแล้ว", date(2026, 9, 20), "2 เดือนแล้ว"),
        ("ปีที่แล้วน้ำท่วม", date(2025, 11, 20), "ปีที่แล้ว"),
        ("วันจันทร์ที่แล้ว", date(2026, 11, 16), "วันจันทร์ที่แล้ว"),
        ("ตั้งแต่วันอาทิตย์", date(2026, 11, 15), "วันอาทิตย์"),
    ],
)
def test_the_day_that_is_meant(text: str, day: date, words: str) -> None:
    assert days(text) == [(day, words)]


@pytest.mark.parametrize(
    "text",
    ["บ้านเลขที่ 99/1", "31/2/2568", "30 ก.พ. 69", "เบอร์ 081-555-0142", "หมู่ 5 6 7", "เวลา 18.30 น.", "45/13/2569", ""],
)
def test_what_is_no_day(text: str) -> None:
    assert days(text) == []


def test_today_is_today_in_bangkok() -> None:
    late = datetime(2026, 11, 20, 18, 0, tzinfo=UTC)  # already Saturday in Bangkok
    assert find(normalise("วันนี้"), late)[0].day == date(2026, 11, 21)


def test_the_last_day_of_a_short_month() -> None:
    march = datetime(2026, 3, 31, 3, 0, tzinfo=UTC)
    assert find(normalise("เดือนที่แล้ว"), march)[0].day == date(2026, 2, 28)


@given(st.dates(date(1990, 1, 1), date(2040, 12, 31)))
def test_every_written_day_is_read_back(day: date) -> None:
    text = f"เกิดเมื่อ {day.day}/{day.month}/{day.year + 543} ครับ"
    assert [found for found, _ in days(text)] == [day]


@given(st.text(st.sampled_from("0123456789/.-วันที่แล้วก่อน เดือนปีมค"), max_size=200))
def test_any_text_gives_true_spans(text: str) -> None:
    mentions = find(normalise(text), NOW)
    assert all(0 <= mention.start < mention.end <= len(text) for mention in mentions)
