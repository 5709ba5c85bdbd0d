"""The overview (ภาพรวม): how the office does, today, this month, this fiscal year or any other span; to be read by eye,
copied as picture and as table, and taken along as CSV and XLSX. Figures only; sensitive cases are in none of them.
"""

from __future__ import annotations

import calendar
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any, cast

from flask import Blueprint, current_app, request
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.exceptions import NotFound

from messages import cases, english
from messages.thai import local, thai_date
from models import statistics
from models.quota import read_budget
from models.statistics import TRENDS, Figures, Row, Span, Statistics
from models.town import Category, Department, Village
from web import access, overview_tables, sheets
from web.desk import Desk, Page, needs
from web.overview_tables import Head, Table

pages = Blueprint("overview", __name__, url_prefix="/console/overview")

#: Spans with a name, in the order of the tabs.
SPANS = ("today", "month", "year", "last_month", "last_year")
#: The longest span that may be asked for: ten years.
LONGEST = 3660
#: Figures are kept so long: many look at them on Monday morning, and none needs them to the second.
KEEP = timedelta(seconds=60)
#: Spans kept at a time.
KEPT = 32


@dataclass
class Cache:
    """The figures of the last minute; one thread at a time works a span out, and the others wait for it."""

    found: dict[Span, tuple[datetime, Statistics]] = field(default_factory=dict)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def read(self, session: Session, span: Span, now: datetime, *, fresh: bool) -> tuple[datetime, Statistics]:
        """The figures and when they were made."""
        with self.lock:
            known = self.found.get(span)
            if known is not None and not fresh and timedelta(0) <= now - known[0] < KEEP:
                return known
            self.found = {key: kept for key, kept in self.found.items() if now - kept[0] < KEEP}
            while len(self.found) >= KEPT:
                del self.found[next(iter(self.found))]
            self.found[span] = now, statistics.read(session, span, now)
            return self.found[span]


def _cache() -> Cache:
    return cast("Cache", current_app.extensions["songsiang"].setdefault("overview", Cache()))


@dataclass(frozen=True)
class Asked:
    """The span that is asked for: its name (“” for own dates), its days, and what was typed for them."""

    name: str
    span: Span
    since: str
    until: str
    trouble: str = ""

    @property
    def query(self) -> dict[str, str]:
        """How to ask for the same again."""
        return {"span": self.name} if self.name else {"since": self.since, "until": self.until}


def asked(args: Mapping[str, str], now: datetime) -> Asked:
    """Read the question; without one, or with one that makes no sense, this month."""
    today = local(now).date()
    since, until = args.get("since", "").strip(), args.get("until", "").strip()
    if not since and not until:
        name = args.get("span", "month")
        name = name if name in SPANS else "month"
        return Asked(name, named(name, today), "", "")
    try:
        first, last = date.fromisoformat(since or until), date.fromisoformat(until or since)
    except ValueError:
        return Asked("month", named("month", today), since, until, "form.date")
    if first > last:
        return Asked("month", named("month", today), since, until, "overview.backwards")
    if (last - first).days >= LONGEST or not 1990 <= first.year <= last.year <= 2200:
        return Asked("month", named("month", today), since, until, "overview.too_long")
    return Asked("", Span(first, last), since, until)


def named(name: str, today: date) -> Span:
    """The days of a named span. The fiscal year (ปีงบประมาณ) begins on 1 October."""
    match name:
        case "today":
            return Span(today, today)
        case "year":
            return _fiscal_year(today)
        case "last_year":
            return _fiscal_year(_fiscal_year(today).first - timedelta(days=1))
        case "last_month":
            return _month(today.replace(day=1) - timedelta(days=1))
        case _:
            return _month(today)


def _month(day: date) -> Span:
    return Span(day.replace(day=1), day.replace(day=calendar.monthrange(day.year, day.month)[1]))


def _fiscal_year(day: date) -> Span:
    begins = day.year if day.month >= 10 else day.year - 1
    return Span(date(begins, 10, 1), date(begins + 1, 9, 30))


# -- pages -------------------------------------------------------------------------------------------------------------


@pages.get("/")
@needs(access.may_see_overview)
def index(desk: Desk) -> Page:
    """All figures of a span."""
    wish = asked(request.args, desk.now)
    made_at, found = _cache().read(desk.session, wish.span, desk.now, fresh="fresh" in request.args)
    budget = read_budget(desk.session, desk.now)
    tables = _tables(desk, found)
    return desk.page(
        "overview/index.html",
        wish=wish,
        spans=SPANS,
        days=_days(desk, wish.span),
        made_at=made_at,
        total=found.total,
        tables=tables,
        spots=_map(desk, found.villages),
        trends=_trends(desk),
        budget=budget,
        written=overview_tables.written,
    ), (422 if wish.trouble else 200)


@pages.get("/overview.xlsx")
@needs(access.may_see_overview)
def workbook(desk: Desk) -> Page:
    """All tables in one workbook, a sheet each."""
    wish = asked(request.args, desk.now)
    _, found = _cache().read(desk.session, wish.span, desk.now, fresh=False)
    every = [_summary(desk, wish.span, found.total), *_tables(desk, found), *_trends(desk).tables]
    return sheets.book(_filename("overview", wish.span), [table.sheet for table in every])


@pages.get("/<table>.csv")
@needs(access.may_see_overview)
def table_csv(desk: Desk, table: str) -> Page:
    """One table as CSV."""
    wish = asked(request.args, desk.now)
    _, found = _cache().read(desk.session, wish.span, desk.now, fresh=False)
    every = [_summary(desk, wish.span, found.total), *_tables(desk, found), *_trends(desk).tables]
    found_table = next((each for each in every if each.name == table), None)
    if found_table is None:
        raise NotFound
    sheet = found_table.sheet
    return sheets.answer("csv", _filename(table, wish.span), sheet.title, sheet.columns, sheet.rows)


def _filename(name: str, span: Span) -> str:
    return f"{name}-{span.first:%Y%m%d}-{span.last:%Y%m%d}"


def _days(desk: Desk, span: Span) -> str:
    def written(day: date) -> str:
        return english.english_date(day) if desk.w.language == "en" else thai_date(day)

    first, last = written(span.first), written(span.last)
    return first if span.first == span.last else desk.w("overview.from_to", first=first, last=last)


# -- tables ------------------------------------------------------------------------------------------------------------


def _tables(desk: Desk, found: Statistics) -> list[Table]:
    w, session = desk.w, desk.session
    departments = {row.id: cases.named(w, row.name) for row in session.scalars(select(Department))}
    categories = {code: cases.named(w, name) for code, name in session.execute(select(Category.code, Category.name))}
    villages = {row.moo: row.name for row in session.scalars(select(Village))}

    def village(moo: int | None) -> str:
        return f"{w('report.place_moo', moo=moo)} {villages.get(moo, '')}".strip() if moo else w("overview.no_moo")

    return [
        overview_tables.timeline(w, found),
        overview_tables.by(w, "categories", found.categories, lambda code: categories.get(code, code), (1,)),
        overview_tables.by(w, "departments", found.departments, lambda key: departments.get(key, str(key)), (5,)),
        overview_tables.by(w, "villages", found.villages, village, (1,)),
        overview_tables.stars(w, found.total),
    ]


def _summary(desk: Desk, span: Span, total: Row) -> Table:
    w = desk.w
    heads = [Head(w("overview.figure"), "text"), Head(w("overview.value"))]
    rows: list[Sequence[sheets.Cell]] = [
        (w("overview.span"), _days(desk, span)),
        (w("overview.received"), total.received),
        (w("overview.closed"), total.closed),
        (w("overview.open"), total.still_open),
        (w("overview.in_time"), total.percent_in_time),
        (w("overview.median"), total.median_days),
        (w("overview.stars"), total.average_stars),
        (w("overview.rated"), total.rated),
        (w("overview.reopened"), total.reopened),
    ]
    return Table("summary", w("overview.summary"), "", heads, rows)


# -- the map -----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Circle:
    """A village on the map: middle and radius in the picture's own units, and what it stands for."""

    x: float
    y: float
    radius: float
    moo: int
    count: int


#: The picture's units: wide and high, and the widest circle.
WIDE, HIGH, LARGEST = 600, 420, 46


def _map(desk: Desk, villages: Mapping[int | None, Row]) -> list[Circle]:
    """Villages whose place is known, as circles whose area tells how many cases came; none for fewer than two."""
    rows = [v for v in desk.session.scalars(select(Village)) if v.lat is not None and v.lon is not None]
    placed = [(v.moo, cast("float", v.lat), cast("float", v.lon)) for v in rows]
    if len(placed) < 2:
        return []
    north, south = max(lat for _, lat, _ in placed), min(lat for _, lat, _ in placed)
    east, west = max(lon for _, _, lon in placed), min(lon for _, _, lon in placed)
    # One scale for both directions; near the equator a degree of longitude is hardly shorter than one of latitude.
    scale = min((WIDE - 2 * LARGEST) / ((east - west) or 1e-6), (HIGH - 2 * LARGEST) / ((north - south) or 1e-6))
    left, top = (WIDE - (east - west) * scale) / 2, (HIGH - (north - south) * scale) / 2
    most = max((row.received for row in villages.values()), default=0) or 1
    found = []
    for moo, lat, lon in placed:
        count = villages[moo].received if moo in villages else 0
        radius = max(9.0, LARGEST * (count / most) ** 0.5)
        found.append(
            Circle(round(left + (lon - west) * scale, 1), round(top + (north - lat) * scale, 1), radius, moo, count)
        )
    return sorted(found, key=lambda circle: -circle.radius)


# -- trends ------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Trends:
    """What the night found (bot/trending.py); `made_at` None: no night has passed yet."""

    made_at: datetime | None
    tables: Sequence[Table]


def _trends(desk: Desk) -> Trends:
    w, kept = desk.w, desk.session.get(Figures, TRENDS)
    if kept is None:
        return Trends(None, [])
    names = {code: cases.named(w, name) for code, name in desk.session.execute(select(Category.code, Category.name))}

    def where(moo: int | None) -> str:
        return w("report.place_moo", moo=moo) if moo else w("overview.whole_town")

    def day(iso: str) -> date:
        return local(datetime.fromisoformat(iso)).date()

    def category(row: dict[str, Any]) -> str:
        return names.get(str(row["category"]), str(row["category"]))

    data = kept.data
    risen = [[category(r), where(r["moo"]), r["now"], r["usual"], r["times"], r["people"]] for r in data["rising"]]
    words = [[r["word"], r["now"], r["usual"], r["times"], r["people"]] for r in data["keywords"]]
    spots = [
        [category(r), f"{r['lat']:.5f}, {r['lon']:.5f}", r["count"], r["people"], day(r["first"]), day(r["last"])]
        for r in data["spots"]
    ]
    counts = [Head(w("overview.now_30")), Head(w("overview.usual"), "times"), Head(w("overview.times"), "times")]
    people = Head(w("overview.reporters"))
    text = {name: Head(w(f"overview.{name}"), "text") for name in ("categories_one", "where", "word", "spot")}
    days = [Head(w("overview.first"), "day"), Head(w("overview.last"), "day")]
    return Trends(
        kept.made_at,
        [
            _trend(w, "rising", [text["categories_one"], text["where"], *counts, people], risen),
            _trend(w, "spots", [text["categories_one"], text["spot"], Head(w("overview.cases")), people, *days], spots),
            _trend(w, "keywords", [text["word"], *counts, people], words),
        ],
    )


def _trend(w: Any, name: str, heads: list[Head], rows: list[list[sheets.Cell]]) -> Table:
    return Table(name, w(f"overview.{name}"), w(f"overview.about_{name}"), heads, rows)
