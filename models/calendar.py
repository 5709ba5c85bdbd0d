"""Working days and what is due when: the town's table of holidays, and pure functions on days in Bangkok.

A time bound of days begins the day after the matter came in, and its last day counts even when the office is closed
then (พ.ร.บ. วิธีปฏิบัติราชการทางปกครอง พ.ศ. 2539, ม.64). The duty to answer within 15 days
(พ.ร.ฎ. ว่าด้วยหลักเกณฑ์และวิธีการบริหารกิจการบ้านเมืองที่ดี พ.ศ. 2546, ม.38) is counted in calendar days unless the
town says otherwise.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from typing import Literal
from zoneinfo import ZoneInfo

from sqlalchemy import String, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from models import holidays_th
from models.base import Base

#: Thailand has one zone and no summer time.
ZONE = ZoneInfo("Asia/Bangkok")
#: Days within which a person hears of the substance of the matter; "we received it" does not count as an answer.
ANSWER_DAYS = 15

Unit = Literal["calendar", "working", "hours"]
#: From when to when the clock stood still; None: it still does.
Pause = tuple[dt.datetime, dt.datetime | None]

_DAY = dt.timedelta(days=1)


class Holiday(Base):
    """A day on which the office is closed, beside Saturdays and Sundays. The town confirms these every year."""

    __tablename__ = "holidays"

    date: Mapped[dt.date] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(120))


def holidays(session: Session) -> frozenset[dt.date]:
    """All holidays in the table."""
    return frozenset(session.scalars(select(Holiday.date)))


def fill_holidays(session: Session, years: Sequence[int] = holidays_th.YEARS) -> int:
    """Copy the known holidays of these years (CE) into the table; how many were added.

    A year that has any holiday in the table is left alone: the town may have taken a day out.
    """
    present = {day.year for day in holidays(session)}
    rows = [
        Holiday(date=day, name=name)
        for year in years
        if year not in present
        for day, name in holidays_th.holidays_of(year).items()
    ]
    session.add_all(rows)
    session.flush()
    return len(rows)


def is_working_day(day: dt.date, holidays: frozenset[dt.date]) -> bool:
    """Whether the office is open: Monday to Friday, and no holiday."""
    return day.weekday() < 5 and day not in holidays


def working_days_between(start: dt.date, end: dt.date, holidays: frozenset[dt.date]) -> int:
    """How many working days lie after `start` up to and with `end`; negative when `end` is before `start`."""
    if end < start:
        return -working_days_between(end, start, holidays)
    return sum(is_working_day(start + _DAY * step, holidays) for step in range(1, (end - start).days + 1))


def due(
    received_at: dt.datetime,
    days: int,
    unit: Unit,
    holidays: frozenset[dt.date],
    pauses: Sequence[Pause],
    now: dt.datetime,
) -> dt.datetime:
    """When a matter is due, in Bangkok's time: the end (23:59:59) of its last day; with "hours" the instant itself.

    `days` counts the unit: calendar days, working days or hours. A day does not count when its end fell into a pause,
    so one that began and ended on the same day delays nothing; hours stand still to the second. A pause without an end
    lasts until `now`. Raises ValueError for a negative number or a time without a zone.
    """
    if days < 0:
        raise ValueError(f"a time bound is not negative: {days}")
    received = _local(received_at)
    stopped = _merged(pauses, now)
    if unit == "hours":
        return _due_by_the_hour(received, dt.timedelta(hours=days), stopped)
    first = received.date() if days == 0 else received.date() + _DAY
    counted = (
        day
        for day in _days_from(first)
        if (unit == "calendar" or is_working_day(day, holidays)) and not _covers(stopped, _end_of(day))
    )
    return _end_of(_nth(counted, max(days, 1)))


def days_left(due: dt.datetime, now: dt.datetime) -> int:
    """Calendar days in Bangkok until the due day: 0 on it, negative after it."""
    return (_local(due).date() - _local(now).date()).days


def age_days(received_at: dt.datetime, now: dt.datetime) -> int:
    """Calendar days in Bangkok since the matter came in: 0 on the same day."""
    return (_local(now).date() - _local(received_at).date()).days


def _local(moment: dt.datetime) -> dt.datetime:
    if moment.tzinfo is None:
        raise ValueError(f"a time without a zone is no instant: {moment!r}")
    return moment.astimezone(ZONE)


def _end_of(day: dt.date) -> dt.datetime:
    return dt.datetime.combine(day, dt.time(23, 59, 59), ZONE)


def _days_from(day: dt.date) -> Iterator[dt.date]:
    while True:
        yield day
        day += _DAY


def _nth(days: Iterator[dt.date], n: int) -> dt.date:
    for _ in range(n - 1):
        next(days)
    return next(days)


def _merged(pauses: Sequence[Pause], now: dt.datetime) -> list[tuple[dt.datetime, dt.datetime]]:
    """The pauses in order, without overlap; those that end before they begin are left out."""
    merged: list[tuple[dt.datetime, dt.datetime]] = []
    for start, end in sorted((_local(start), _local(end or now)) for start, end in pauses):
        if end <= start:
            continue
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(merged[-1][1], end))
        else:
            merged.append((start, end))
    return merged


def _covers(stopped: Sequence[tuple[dt.datetime, dt.datetime]], moment: dt.datetime) -> bool:
    return any(start <= moment < end for start, end in stopped)


def _due_by_the_hour(
    received: dt.datetime, left: dt.timedelta, stopped: Sequence[tuple[dt.datetime, dt.datetime]]
) -> dt.datetime:
    """Let the time run from pause to pause until none is left."""
    at = received
    for start, end in stopped:
        if end <= at:
            continue
        if start - at >= left:
            break
        left -= max(start - at, dt.timedelta())
        at = end
    return at + left
