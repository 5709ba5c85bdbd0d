"""Promises of `messages.thai`: dates, times, numbers and case numbers as Thai offices write them."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from messages import thai

NOW = datetime(2025, 12, 5, 12, 0, tzinfo=thai.ZONE)


def test_dates_are_of_the_buddhist_era() -> None:
    day = date(2025, 12, 5)
    assert thai.thai_date(day) == "5 ธันวาคม 2568"
    assert thai.thai_date(day, with_year=False) == "5 ธันวาคม"
    assert thai.thai_date(day, short=True) == "5 ธ.ค. 68"
    assert thai.thai_date(day, with_year=False, short=True) == "5 ธ.ค."
    assert thai.thai_date(date(2057, 1, 9), short=True) == "9 ม.ค. 00"


@given(st.dates())
def test_every_date_keeps_its_day_month_and_year(day: date) -> None:
    number, month, year = thai.thai_date(day).split()
    assert (int(number), thai.MONTHS.index(month) + 1, int(year) - 543) == (day.day, day.month, day.year)
    short = thai.thai_date(day, short=True).split()
    assert thai.SHORT_MONTHS.index(short[1]) + 1 == day.month


def test_times_are_bangkoks() -> None:
    late = datetime(2025, 12, 4, 17, 30, tzinfo=UTC)
    assert thai.thai_date(late) == "5 ธันวาคม 2568"
    assert thai.thai_time(late) == "00.30 น."
    assert thai.thai_time(datetime(2025, 12, 5, 19, 42, tzinfo=thai.ZONE)) == "19.42 น."


@pytest.mark.parametrize("write", [thai.thai_date, thai.thai_time, thai.fiscal_year])
def test_a_time_without_a_zone_is_refused(write: object) -> None:
    assert callable(write)
    with pytest.raises(ValueError, match="without a zone"):
        write(datetime(2025, 12, 5))  # noqa: DTZ001 - that is the point


@pytest.mark.parametrize(
    ("before", "words"),
    [
        (timedelta(seconds=-30), "เมื่อสักครู่"),
        (timedelta(seconds=59), "เมื่อสักครู่"),
        (timedelta(minutes=1), "1 นาทีที่แล้ว"),
        (timedelta(minutes=59), "59 นาทีที่แล้ว"),
        (timedelta(hours=11, minutes=59), "11 ชั่วโมงที่แล้ว"),
        (timedelta(hours=12, minutes=1), "เมื่อวาน"),
        (timedelta(hours=36), "เมื่อวาน"),
        (timedelta(hours=37), "2 วันที่แล้ว"),
        (timedelta(days=3), "3 วันที่แล้ว"),
        (timedelta(days=30), "30 วันที่แล้ว"),
        (timedelta(days=31), "1 เดือนที่แล้ว"),
        (timedelta(days=364), "11 เดือนที่แล้ว"),
        (timedelta(days=365), "1 ปีที่แล้ว"),
    ],
)
def test_how_long_ago(before: timedelta, words: str) -> None:
    assert thai.ago(NOW - before, NOW) == words


def test_a_short_while_across_midnight_stays_in_hours() -> None:
    night = datetime(2025, 12, 5, 1, 0, tzinfo=thai.ZONE)
    assert thai.ago(night - timedelta(minutes=90), night) == "1 ชั่วโมงที่แล้ว"
    assert thai.ago(night - timedelta(hours=7), night) == "เมื่อวาน"


@given(st.text())
def test_digits_change_and_nothing_else(text: str) -> None:
    assert thai.arabic_digits(thai.thai_digits(text)) == thai.arabic_digits(text)
    assert not set(thai.thai_digits(text)) & set("0123456789")
    assert len(thai.thai_digits(text)) == len(text)


def test_thai_digits() -> None:
    assert thai.thai_digits(2569) == "๒๕๖๙"
    assert thai.arabic_digits("๔๒/๖๙") == "42/69"


def test_the_fiscal_year_begins_in_october() -> None:
    assert thai.fiscal_year(date(2025, 9, 30)) == 2568
    assert thai.fiscal_year(date(2025, 10, 1)) == 2569
    assert thai.fiscal_year(datetime(2025, 9, 30, 17, 0, tzinfo=UTC)) == 2569


# Case numbers


@given(st.integers(2500, 2599), st.integers(1, 999_999))
def test_a_case_number_shown_is_a_case_number_read(year: int, n: int) -> None:
    for shown in (thai.case_number(year, n), thai.full_case_number(year, n)):
        assert thai.parse_case_number(shown) == (year, n)
        assert thai.parse_case_number(f" เลขเรื่อง {thai.thai_digits(shown)} ค่ะ") == (year, n)


def test_case_numbers_are_short_in_chat_and_long_on_paper() -> None:
    assert thai.case_number(2569, 42) == "42/69"
    assert thai.full_case_number(2569, 42) == "2569-00042"


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        *((typed, (None, 42)) for typed in ("42", "๔๒", " 42 ", "0042", "เรื่อง 42", "เรื่อง42", "เรื่องที่ 42", "#42")),
        *((typed, (None, 42)) for typed in ("No.42", "no 42", "NO. 42", "เลขเรื่อง: 42", "เคส 42", "42 ครับ", "42นะคะ")),
        *((typed, (2569, 42)) for typed in ("42/69", "42 / 69", "42/2569", "๔๒/๖๙", "2569-00042", "2569 - 42")),
        *((typed, (2569, 42)) for typed in ("เลขเรื่อง 42/69", "เรื่อง #42/69", "Ticket 42/69", "เรื่อง\u200b42/69")),
        ("1669", (None, 1669)),
        ("191", (None, 191)),
    ],
)
def test_what_is_a_case_number(typed: str, meant: tuple[int | None, int]) -> None:
    assert thai.parse_case_number(typed) == meant


@pytest.mark.parametrize(
    "typed",
    [
        *("", "0", "0/69", "เรื่อง", "ไฟดับ 42", "42 ต้น", "หมู่ 5", "บ้านเลขที่ 42 ค่ะ", "99/1", "42/6", "42/1999", "42-69"),
        *("0812345678", "081-234-5678", "1234567890123", "1-2345-67890-12-3", "12345678", "1999-00042", "42 43", "-42"),
        *("4.2", "42\nไฟดับ", "๔๒๔๒๔๒๔", "no", "no. " * 200 + "42"),
    ],
)
def test_what_is_no_case_number(typed: str) -> None:
    assert thai.parse_case_number(typed) is None


@given(st.text(max_size=100))
def test_any_text_can_be_asked(text: str) -> None:
    found = thai.parse_case_number(text)
    assert found is None or 1 <= found[1] <= 999_999


# Telephone numbers


@pytest.mark.parametrize(
    ("written", "shown", "dialled"),
    [
        ("0812345678", "081-234-5678", "0812345678"),
        ("๐๘๑ ๒๓๔ ๕๖๗๘", "081-234-5678", "0812345678"),
        ("+66 81 234 5678", "081-234-5678", "0812345678"),
        ("66812345678", "081-234-5678", "0812345678"),
        ("053111222", "053-111-222", "053111222"),
        ("02-123-4567", "02-123-4567", "021234567"),
        ("053-111222-3", "053-111222-3", "053111222"),
        ("053-111222 ต่อ 12", "053-111222 ต่อ 12", "053111222"),
        ("โทร. 053-111222, 081-234-5678", "โทร. 053-111222, 081-234-5678", "053111222"),
        ("1669", "1669", "1669"),
        ("191", "191", "191"),
        ("0", "0", "0"),
    ],
)
def test_telephone_numbers(written: str, shown: str, dialled: str) -> None:
    assert thai.phone(written) == shown
    assert thai.dialable(written) == dialled


def test_no_number_cannot_be_dialled() -> None:
    assert thai.phone("ไม่มี") == "ไม่มี"
    with pytest.raises(ValueError, match="no telephone number"):
        thai.dialable("ไม่มี")


@given(st.text(max_size=40))
def test_any_text_can_be_shown_as_a_telephone_number(text: str) -> None:
    assert thai.phone(thai.phone(text)) == thai.phone(text)
