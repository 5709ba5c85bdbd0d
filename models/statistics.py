"""Statistics of cases: how many came, how soon they were answered and closed, what people thought of it; by department,
category, village, day or month. Numbers only: nothing of what a case says. Sensitive cases are left out everywhere.

One span of time is read with a few queries that group in the database (ix_tickets_figures and ix_tickets_finished hold
all their columns), so that a hundred thousand cases are a matter of milliseconds; bench/overview.py shows their plans.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any

from sqlalchemy import ColumnElement, Integer, String, and_, false, func, or_, select
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.orm import Mapped, Session, mapped_column
from sqlalchemy.sql.functions import FunctionElement

from models.base import Base
from models.calendar import ZONE
from models.tickets import OPEN, Ticket

#: What counts as finished work: done, or refused with a reason. Withdrawn and merged cases were not worked on.
FINISHED = ("done", "refused")


#: The name under which the night keeps what rises (bot/trending.py).
TRENDS = "trends"


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
    return f"CAST(date_part('day', {end} - {start}) AS INTEGER)"


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


#: Ratings.
STARS = (1, 2, 3, 4, 5)


@dataclass
class Row:
    """The figures of one department, category, village, or of all.

    `received`: came in within the span. `still_open` of them; `reopened` of them at least once. `in_time`: a first
    answer within its 15 days; `late`: none, or too late; the rest still has time. `stars`: how many were rated so,
    one to five. `days`: of those finished within the span, whenever they came, how many took how many days.
    """

    received: int = 0
    still_open: int = 0
    reopened: int = 0
    in_time: int = 0
    late: int = 0
    stars: Counter[int] = field(default_factory=Counter)
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
    def rated(self) -> int:
        """How many were rated."""
        return self.stars.total()

    @property
    def average_stars(self) -> float | None:
        """The average rating, one to five."""
        return sum(star * count for star, count in self.stars.items()) / self.rated if self.rated else None

    def count(self, counts: Sequence[int]) -> None:
        """Put these on top: the first five fields in their order, then how many of each of STARS."""
        self.received += counts[0]
        self.still_open += counts[1]
        self.reopened += counts[2]
        self.in_time += counts[3]
        self.late += counts[4]
        for star, number in enumerate(counts[5:], 1):
            self.stars[star] += number


@dataclass(frozen=True)
class Statistics:
    """The figures of a span. Keys: department ids, category codes, village numbers (None: not told).

    `timeline`: (received, closed) by day, `2026-11-20`, or by month, `2026-11`, in order, without gaps, until today.
    """

    span: Span
    total: Row
    departments: Mapping[int, Row]
    categories: Mapping[str, Row]
    villages: Mapping[int | None, Row]
    timeline: Mapping[str, tuple[int, int]]


def read(session: Session, span: Span, now: dt.datetime) -> Statistics:
    """Work out the figures of this span, as of `now`."""
    total = Row()
    departments: dict[int, Row] = defaultdict(Row)
    categories: dict[str, Row] = defaultdict(Row)
    villages: dict[int | None, Row] = defaultdict(Row)
    for department, category, moo, *counts in session.execute(_came(span, now)):
        for row in (total, departments[department], categories[category], villages[moo]):
            row.count(counts)
    for department, category, moo, days, number in session.execute(_finished(span)):
        for row in (total, departments[department], categories[category], villages[moo]):
            row.days[max(0, days)] += number
    timeline = _timeline(session, span, now)
    return Statistics(span, total, dict(departments), dict(categories), dict(villages), timeline)


def _came(span: Span, now: dt.datetime) -> Any:
    """By department, category and village: what `Row.count` takes."""
    answered = Ticket.first_answer_at.is_not(None)
    # Closed without an answer (withdrawn, merged): nobody is owed one any more.
    owed = and_(~answered, Ticket.answer_by < now, Ticket.state.in_(OPEN))
    conditions = (
        Ticket.state.in_(OPEN),
        Ticket.reopened > 0,
        and_(answered, Ticket.first_answer_at <= Ticket.answer_by),
        or_(and_(answered, Ticket.first_answer_at > Ticket.answer_by), owed),
        *(Ticket.rating == star for star in STARS),
    )
    counts = [func.count().filter(condition) for condition in conditions]
    return (
        select(Ticket.department_id, Ticket.category, Ticket.moo, func.count(), *counts)
        .where(Ticket.received_at >= span.start, Ticket.received_at < span.end, Ticket.sensitive == false())
        .group_by(Ticket.department_id, Ticket.category, Ticket.moo)
    )


def _finished(span: Span) -> Any:
    """By department, category, village and days taken: how many were finished within the span."""
    columns = (Ticket.department_id, Ticket.category, Ticket.moo, days_between(Ticket.received_at, Ticket.closed_at))
    within = _finished_within(span.start, span.end)
    return select(*columns, func.count()).where(*within).group_by(*columns)


def _finished_within(start: dt.datetime, end: dt.datetime) -> tuple[ColumnElement[bool], ...]:
    return (
        Ticket.closed_at >= start,
        Ticket.closed_at < end,
        Ticket.sensitive == false(),
        Ticket.state.in_(FINISHED),
    )


#: A span of more days than this is shown by months.
BY_DAYS = 62


def _timeline(session: Session, span: Span, now: dt.datetime) -> dict[str, tuple[int, int]]:
    """What came and what was finished in each period: index ranges that are counted, no row is looked at."""
    found = {}
    for name, part in periods(span, now.astimezone(ZONE).date()):
        came = select(func.count()).where(
            Ticket.received_at >= part.start, Ticket.received_at < part.end, Ticket.sensitive == false()
        )
        done = select(func.count()).where(*_finished_within(part.start, part.end))
        found[name] = (session.scalar(came) or 0, session.scalar(done) or 0)
    return found


def periods(span: Span, today: dt.date) -> list[tuple[str, Span]]:
    """The days (`2026-11-20`) of a span, or its months (`2026-11`) when it is long, with what they cover; none of those
    to come."""
    days = [day for n in range(span.days) if (day := span.first + dt.timedelta(days=n)) <= today]
    if span.days <= BY_DAYS:
        return [(day.isoformat(), Span(day, day)) for day in days]
    months = groupby(days, key=lambda day: day.isoformat()[:7])
    return [(name, Span(group[0], group[-1])) for name, group in ((n, list(g)) for n, g in months)]


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
