"""Promises of `models.calendar` and its table of Thai holidays: working days, and what is due when, with pauses."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models import calendar, holidays_th
from models.calendar import ZONE, Holiday, Pause, Unit
from models.database import Database

NONE: frozenset[date] = frozenset()
HOLIDAYS = frozenset(day for year in holidays_th.YEARS for day in holidays_th.holidays_of(year))
DAYS = st.dates(date(2026, 1, 1), date(2027, 6, 30))
MOMENTS = st.datetimes(datetime(2026, 1, 1), datetime(2027, 6, 30)).map(lambda m: m.replace(tzinfo=ZONE))  # noqa: DTZ001
SPANS = st.timedeltas(timedelta(0), timedelta(days=20))
UNITS: tuple[Unit, ...] = ("calendar", "working", "hours")


def at(day: int, hour: int = 9, minute: int = 0, month: int = 11) -> datetime:
    """A moment of November 2026 in Bangkok. The 2nd is a Monday, and the month has no holidays."""
    return datetime(2026, month, day, hour, minute, tzinfo=ZONE)


def end_of(day: int, month: int = 11) -> datetime:
    return datetime.combine(date(2026, month, day), time(23, 59, 59), ZONE)


def due(received: datetime, days: int, unit: Unit, *pauses: Pause, now: datetime | None = None) -> datetime:
    return calendar.due(received, days, unit, HOLIDAYS, pauses, now or at(30))


# Holidays


@pytest.mark.parametrize("year", holidays_th.YEARS)
def test_every_year_has_its_fixed_days(year: int) -> None:
    found = holidays_th.holidays_of(year)
    assert all(date(year, month, day) in found for month, day in holidays_th.FIXED)
    assert all(day.year == year for day in found)


@pytest.mark.parametrize(
    ("year", "days"),
    [
        (2026, ["03-03", "05-13", "05-31", "06-01", "07-29", "07-30", "12-07"]),
        (2027, ["02-21", "02-22", "05-20", "07-18", "07-19", "07-20", "10-25", "12-06"]),
    ],
)
def test_moving_and_substitution_days(year: int, days: list[str]) -> None:
    assert {date.fromisoformat(f"{year}-{day}") for day in days} <= holidays_th.holidays_of(year).keys()


def test_labour_day_is_a_working_day_of_offices() -> None:
    assert calendar.is_working_day(date(2026, 5, 1), HOLIDAYS)


def test_holidays_in_a_row_bring_one_substitution_day() -> None:
    songkran = {date(2024, 4, day): "วันสงกรานต์" for day in (13, 14, 15)}  # Saturday to Monday
    assert holidays_th.substitutes(songkran) == {date(2024, 4, 16): "ชดเชยวันสงกรานต์"}


def test_new_years_eve_on_a_sunday_takes_the_second_of_january() -> None:
    assert holidays_th.holidays_of(2029)[date(2029, 1, 2)] == "ชดเชยวันสิ้นปี"


@given(st.integers(2024, 2060))
def test_a_substitution_day_is_a_weekday_of_its_own(year: int) -> None:
    for day, name in holidays_th.holidays_of(year).items():
        if name.startswith("ชดเชย"):
            assert day.weekday() < 5
            assert (day.month, day.day) not in holidays_th.FIXED


def test_the_table_is_filled_once_and_then_belongs_to_the_town(database: Database) -> None:
    with database.begin() as session:
        added = calendar.fill_holidays(session)
        assert added == len(HOLIDAYS)
        assert calendar.holidays(session) == HOLIDAYS
        closed = session.get_one(Holiday, date(2026, 5, 13))
        assert closed.name == "วันพืชมงคล"
        session.delete(closed)
        session.flush()
        assert calendar.fill_holidays(session) == 0
        assert date(2026, 5, 13) not in calendar.holidays(session)


# Working days


@given(DAYS, st.integers(1, 60))
def test_counting_forward_and_back_agree(start: date, n: int) -> None:
    told = datetime.combine(start, time(10), calendar.ZONE)
    end = calendar.due(told, n, "working", HOLIDAYS, (), told).astimezone(calendar.ZONE).date()
    assert calendar.is_working_day(end, HOLIDAYS)
    assert calendar.working_days_between(start, end, HOLIDAYS) == n
    assert calendar.working_days_between(end, start, HOLIDAYS) == -n


@given(DAYS, DAYS, DAYS)
def test_working_days_add_up(a: date, b: date, c: date) -> None:
    first, second, third = sorted((a, b, c))
    halves = calendar.working_days_between(first, second, HOLIDAYS) + calendar.working_days_between(
        second, third, HOLIDAYS
    )
    assert calendar.working_days_between(first, third, HOLIDAYS) == halves


# What is due when


@pytest.mark.parametrize(
    ("days", "unit", "expected"),
    [
        (15, "calendar", end_of(17)),
        (5, "working", end_of(9)),
        (0, "calendar", end_of(2)),
        (0, "working", end_of(2)),
        (4, "hours", at(2, 13)),
        (24, "hours", at(3)),
    ],
)
def test_what_is_due_without_pauses(days: int, unit: Unit, expected: datetime) -> None:
    assert due(at(2), days, unit) == expected


def test_the_day_is_bangkoks() -> None:
    assert due(datetime(2026, 11, 1, 18, 0, tzinfo=UTC), 1, "calendar") == end_of(3)


def test_the_last_calendar_day_counts_even_on_a_sunday() -> None:
    assert due(at(2), 6, "calendar") == end_of(8)


def test_a_report_on_saturday_is_due_from_monday() -> None:
    assert due(at(7), 1, "working") == end_of(9)
    assert due(at(7), 0, "working") == end_of(9)


def test_working_days_leave_out_holidays() -> None:
    assert due(at(4, month=12), 2, "working", now=at(31, month=12)) == end_of(9, month=12)


@pytest.mark.parametrize(
    ("pauses", "expected"),
    [
        ([(at(3), at(5))], end_of(11)),  # the ends of the 3rd and 4th were in the pause
        ([(at(3, 9), at(3, 16))], end_of(9)),  # within one day: nothing
        ([(at(3), at(5)), (at(4), at(6))], end_of(12)),  # overlapping ones are one
        ([(at(20), at(25))], end_of(9)),  # after it was due
        ([(at(5), at(4))], end_of(9)),  # ends before it begins
        ([(at(6), at(9))], end_of(10)),  # Friday to Monday: only Friday is a working day
    ],
)
def test_pauses_move_what_is_due(pauses: list[Pause], expected: datetime) -> None:
    assert due(at(2), 5, "working", *pauses) == expected


def test_a_pause_without_an_end_lasts_until_now() -> None:
    assert due(at(2), 5, "calendar", (at(4), None), now=at(4, 12)) == end_of(7)
    assert due(at(2), 5, "calendar", (at(4), None), now=at(14)) == end_of(17)
    assert due(at(2), 5, "calendar", (at(4), at(14))) == end_of(17)


def test_hours_stand_still_to_the_minute() -> None:
    assert due(at(2, 9), 4, "hours", (at(2, 10), at(2, 11, 30))) == at(2, 14, 30)
    assert due(at(2, 9), 4, "hours", (at(2, 8), at(2, 10)), (at(2, 12), at(3, 12))) == at(3, 14)
    assert due(at(2, 9), 4, "hours", (at(2, 13), at(2, 20))) == at(2, 13)
    assert due(at(2, 9), 4, "hours", (at(1, 9), at(1, 20))) == at(2, 13)


@given(MOMENTS, st.integers(0, 40), st.sampled_from(UNITS), st.lists(st.tuples(MOMENTS, SPANS), max_size=4))
def test_a_pause_never_makes_anything_due_earlier(
    received: datetime, days: int, unit: Unit, spans: list[tuple[datetime, timedelta]]
) -> None:
    pauses = [(start, start + span) for start, span in spans]
    now = received + timedelta(days=90)
    without = calendar.due(received, days, unit, HOLIDAYS, (), now)
    moved = calendar.due(received, days, unit, HOLIDAYS, pauses, now)
    longest = sum((span for _, span in spans), timedelta())
    assert received <= without <= moved
    if unit == "hours":
        assert moved - without <= longest
    elif unit == "calendar":
        assert moved - without <= longest + timedelta(days=len(spans))


@given(MOMENTS, st.integers(0, 40), MOMENTS)
def test_calendar_days_left_and_age_add_up_to_the_bound(received: datetime, days: int, now: datetime) -> None:
    bound = calendar.due(received, days, "calendar", HOLIDAYS, (), now)
    assert calendar.days_left(bound, now) + calendar.age_days(received, now) == days


def test_days_left_are_negative_when_late() -> None:
    assert calendar.days_left(end_of(10), at(10, 23)) == 0
    assert calendar.days_left(end_of(10), at(11, 0)) == -1
    assert calendar.age_days(at(10, 23), at(11, 0)) == 1


def test_nonsense_is_refused() -> None:
    with pytest.raises(ValueError, match="negative"):
        due(at(2), -1, "calendar")
    with pytest.raises(ValueError, match="without a zone"):
        due(datetime(2026, 11, 2), 1, "hours")  # noqa: DTZ001 - that is the point
