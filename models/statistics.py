"""Statistics of cases: how many came, how soon they were answered and closed, what people thought of it; by department,
category, village, day or month. Numbers only: nothing of what a case says. Sensitive cases are left out everywhere.

One span of time is read with a few queries that group in the database (ix_tickets_figures and ix_tickets_finished hold
all their columns), so that a hundred thousand cases are a matter of milliseconds; bench/overview.py shows their plans.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Integer, Select, String, case, func, select
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.orm import Mapped, Session, mapped_column
from sqlalchemy.sql.functions import FunctionElement

from models.base import Base
from models.calendar import ZONE
from models.tickets import OPEN, Ticket

#: What counts as finished work: done, or refused with a reason. Withdrawn and merged cases were not worked on.
FINISHED = ("done", "refused")


class Figures(Base):
    """Figures that take too long for a page, worked out at night: `trends`. `data` as their maker left them."""

    __tablename__ = "figures"

    name: Mapped[str] = mapped_column(String(40), primary_key=True)
    made_at: Mapped[dt.datetime]
    data: Mapped[dict[str, Any]]


class days_between(FunctionElement[int]):  # noqa: N801 - reads like SQL
    """Whole days from one instant to another (86,400 seconds each), cut downwards."""

    type = Integer()
    inherit_cache = True


@compiles(days_between, "sqlite")
def _days_sqlite(element: Any, compiler: Any, **kw: Any) -> str:
    start, end = (compiler.process(each, **kw) for each in element.clauses)
    return f"CAST(julianday({end}) - julianday({start}) + 0.0000001 AS INTEGER)"


@compiles(days_between, "postgresql")
def _days_postgresql(element: Any, compiler: Any, **kw: Any) -> str:
    start, end = (compiler.process(each, **kw) for each in element.clauses)
    return f"CAST(floor(EXTRACT(EPOCH FROM {end} - {start}) / 86400) AS INTEGER)"


class local_day(FunctionElement[str]):  # noqa: N801 - reads like SQL
    """The day (`2026-11-20`) of an instant in the town."""

    type = String()
    inherit_cache = True


@compiles(local_day, "sqlite")
def _local_sqlite(element: Any, compiler: Any, **kw: Any) -> str:
    return f"date({compiler.process(element.clauses, **kw)}, '+7 hours')"


@compiles(local_day, "postgresql")
def _local_postgresql(element: Any, compiler: Any, **kw: Any) -> str:
    return f"to_char({compiler.process(element.clauses, **kw)} AT TIME ZONE 'Asia/Bangkok', 'YYYY-MM-DD')"


@dataclass(frozen=True)
class Span:
    """A span of days in the town, both ends included."""

    first: dt.date
    last: dt.date

    @property
    def start(self) -> dt.datetime:
        """Its first instant."""
        return dt.datetime.combine(self.first, dt.time.min, ZONE)

    @property
    def end(self) -> dt.datetime:
        """The first instant after it."""
        return dt.datetime.combine(self.last + dt.timedelta(days=1), dt.time.min, ZONE)

    @property
    def days(self) -> int:
        """How many days it has."""
        return (self.last - self.first).days + 1


#: The counts of a Row, in the order in which they are asked for.
COUNTS = ("received", "still_open", "reopened", "in_time", "late", "rated", "stars", "satisfied")


@dataclass
class Row:
    """The figures of one department, category, village, or of all.

    `received`: came in within the span. `still_open` of them; `reopened` of them at least once. `in_time`: a first
    answer within its 15 days; `late`: none, or too late; the rest still has time. `rated` and `stars`: how many rated
    them, and the sum of one to five. `closed`: finished within the span, whenever they came; `days`: how many of these
    took how many days.
    """

    received: int = 0
    still_open: int = 0
    reopened: int = 0
    in_time: int = 0
    late: int = 0
    rated: int = 0
    stars: int = 0
    satisfied: int = 0
    days: Counter[int] = field(default_factory=Counter)

    @property
    def closed(self) -> int:
        """How many were finished."""
        return self.days.total()

    @property
    def percent_in_time(self) -> float | None:
        """Answered within 15 days, of those whose answer is decided; None while none is."""
        decided = self.in_time + self.late
        return 100 * self.in_time / decided if decided else None

    @property
    def median_days(self) -> float | None:
        """The median of whole days from coming in to being finished; None when none was."""
        return median(self.days)

    @property
    def average_stars(self) -> float | None:
        """The average rating, one to five."""
        return self.stars / self.rated if self.rated else None

    @property
    def percent_satisfied(self) -> float | None:
        """Ratings of four and five, in percent."""
        return 100 * self.satisfied / self.rated if self.rated else None

    def add(self, other: Row) -> None:
        """Put another row's figures on top of these."""
        for name in COUNTS:
            setattr(self, name, getattr(self, name) + getattr(other, name))
        self.days.update(other.days)


@dataclass(frozen=True)
class Statistics:
    """The figures of a span. Keys: department ids, category codes, village numbers (None: not told).

    `timeline`: (received, closed) by day, `2026-11-20`, or by month, `2026-11`, in order and without gaps.
    """

    span: Span
    total: Row
    departments: Mapping[int, Row]
    categories: Mapping[str, Row]
    villages: Mapping[int | None, Row]
    timeline: Mapping[str, tuple[int, int]]
    stars: Mapping[int, int]


def read(session: Session, span: Span, now: dt.datetime) -> Statistics:
    """Work out the figures of this span, as of `now`."""
    cells: dict[tuple[int, str, int | None], Row] = {}
    for department, category, moo, *counts in session.execute(_came(span, now)):
        row = cells[(department, category, moo)] = Row()
        for name, count in zip(COUNTS, counts, strict=True):
            setattr(row, name, int(count or 0))
    for department, category, moo, days, count in session.execute(_finished(span)):
        cells.setdefault((department, category, moo), Row()).days[max(0, days)] += count
    total, departments, categories, villages = _summed(cells)
    return Statistics(span, total, departments, categories, villages, _timeline(session, span), _stars(session, span))


def _came(span: Span, now: dt.datetime) -> Select[Any]:
    """By department, category and village: the counts of COUNTS."""

    def count(condition: Any) -> Any:
        return func.sum(case((condition, 1), else_=0))

    answered = Ticket.first_answer_at.is_not(None)
    in_time = answered & (Ticket.first_answer_at <= Ticket.answer_by)
    # Closed without an answer (withdrawn, merged): nobody was owed one any more.
    late = (answered & (Ticket.first_answer_at > Ticket.answer_by)) | (
        ~answered & (Ticket.answer_by < now) & Ticket.state.in_(OPEN)
    )
    return (
        select(
            Ticket.department_id,
            Ticket.category,
            Ticket.moo,
            func.count(),
            count(Ticket.state.in_(OPEN)),
            count(Ticket.reopened > 0),
            count(in_time),
            count(late),
            func.count(Ticket.rating),
            func.sum(Ticket.rating),
            count(Ticket.rating >= 4),
        )
        .where(Ticket.received_at >= span.start, Ticket.received_at < span.end, Ticket.sensitive.is_(False))
        .group_by(Ticket.department_id, Ticket.category, Ticket.moo)
    )


def _finished(span: Span) -> Select[Any, Any, Any, Any, Any]:
    """By department, category, village and days taken: how many were finished within the span."""
    days = days_between(Ticket.received_at, Ticket.closed_at)
    return (
        select(Ticket.department_id, Ticket.category, Ticket.moo, days, func.count())
        .where(
            Ticket.closed_at >= span.start,
            Ticket.closed_at < span.end,
            Ticket.state.in_(FINISHED),
            Ticket.sensitive.is_(False),
        )
        .group_by(Ticket.department_id, Ticket.category, Ticket.moo, days)
    )


def _summed(
    cells: Mapping[tuple[int, str, int | None], Row],
) -> tuple[Row, dict[int, Row], dict[str, Row], dict[int | None, Row]]:
    total = Row()
    departments: dict[int, Row] = defaultdict(Row)
    categories: dict[str, Row] = defaultdict(Row)
    villages: dict[int | None, Row] = defaultdict(Row)
    for (department, category, moo), row in cells.items():
        for whole in (total, departments[department], categories[category], villages[moo]):
            whole.add(row)
    return total, dict(departments), dict(categories), dict(villages)


#: A span of more days than this is shown by months.
BY_DAYS = 62


def _timeline(session: Session, span: Span) -> dict[str, tuple[int, int]]:
    width = len("2026-11-20") if span.days <= BY_DAYS else len("2026-11")
    came, closed = (_by(session, span, column, width) for column in (Ticket.received_at, Ticket.closed_at))
    return {key: (came[key], closed[key]) for key in periods(span)}


def periods(span: Span) -> list[str]:
    """The days (`2026-11-20`) of a span, or its months (`2026-11`) when it is long."""
    days = [span.first + dt.timedelta(days=n) for n in range(span.days)]
    by_day = span.days <= BY_DAYS
    return list(dict.fromkeys(day.isoformat() if by_day else day.isoformat()[:7] for day in days))


def _by(session: Session, span: Span, column: Any, width: int) -> Counter[str]:
    day = local_day(column)
    found = (
        select(day, func.count())
        .where(column >= span.start, column < span.end, Ticket.sensitive.is_(False))
        .group_by(day)
    )
    if column is Ticket.closed_at:
        found = found.where(Ticket.state.in_(FINISHED))
    counted: Counter[str] = Counter()
    for name, count in session.execute(found):
        counted[name[:width]] += count
    return counted


def _stars(session: Session, span: Span) -> dict[int, int]:
    found = (
        select(Ticket.rating, func.count())
        .where(
            Ticket.received_at >= span.start,
            Ticket.received_at < span.end,
            Ticket.rating.is_not(None),
            Ticket.sensitive.is_(False),
        )
        .group_by(Ticket.rating)
    )
    counted = {int(star): count for star, count in session.execute(found) if star is not None}
    return {star: counted.get(star, 0) for star in range(1, 6)}


def median(days: Mapping[int, int]) -> float | None:
    """The median of values that are counted (value → how often); None of nothing."""
    total = sum(days.values())
    if not total:
        return None
    return (_at(days.items(), (total - 1) // 2) + _at(days.items(), total // 2)) / 2


def _at(counted: Iterable[tuple[int, int]], place: int) -> int:
    """The value at this place when all are put in order."""
    for value, count in sorted(counted):
        place -= count
        if place < 0:
            return value
    raise IndexError(place)
