"""The overview's figures as tables: what a page shows, a chart draws, and a file holds, from the same rows."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from messages import english
from messages.thai import thai_date
from models.statistics import Row, Statistics
from web.sheets import Cell, Column, Sheet
from web.words import PageWords

#: How a column's figures are written: a count, percent, days, stars; text is left as it is.
Kind = str


@dataclass(frozen=True)
class Head:
    """One column: its words and how its figures are written."""

    words: str
    kind: Kind = "count"


@dataclass(frozen=True)
class Table:
    """A table of the overview. `chart`: how it is drawn (bar, line, or not at all); `drawn`: which columns."""

    name: str
    title: str
    about: str
    heads: Sequence[Head]
    rows: Sequence[Sequence[Cell]]
    chart: str = ""
    drawn: Sequence[int] = ()

    @property
    def sheet(self) -> Sheet:
        """The table for a workbook."""
        columns = [Column(head.words, 32 if head.kind == "text" else 16) for head in self.heads]
        return Sheet(self.title, columns, [[_rounded(cell) for cell in row] for row in self.rows])


def _rounded(cell: Cell) -> Cell:
    return round(cell, 1) if isinstance(cell, float) else cell


def written(w: PageWords, kind: Kind, cell: Cell) -> str:
    """A figure as it is read: “1,234”, “87%”, “4.5”; nothing to count is a dash."""
    if cell is None:
        return "–"
    if isinstance(cell, date):
        return english.english_date(cell, short=True) if w.language == "en" else thai_date(cell, short=True)
    if kind == "percent" and isinstance(cell, int | float):
        return f"{cell:.0f}%"
    if kind in ("days", "stars", "times") and isinstance(cell, int | float):
        return f"{cell:.1f}".removesuffix(".0") if kind == "days" else f"{cell:.1f}"
    return f"{cell:,}" if isinstance(cell, int) else str(cell)


def _heads(w: PageWords, first: str) -> list[Head]:
    return [
        Head(w(first), "text"),
        Head(w("overview.received")),
        Head(w("overview.closed")),
        Head(w("overview.open")),
        Head(w("overview.in_time"), "percent"),
        Head(w("overview.median"), "days"),
        Head(w("overview.stars"), "stars"),
        Head(w("overview.reopened")),
    ]


def _cells(name: str, row: Row) -> list[Cell]:
    return [
        name,
        row.received,
        row.closed,
        row.still_open,
        row.percent_in_time,
        row.median_days,
        row.average_stars,
        row.reopened,
    ]


def by(w: PageWords, name: str, rows: Mapping[Any, Row], called: Callable[[Any], str], drawn: Sequence[int]) -> Table:
    """A table by department, category or village; the busiest first."""
    ordered = sorted(rows.items(), key=lambda item: (-item[1].received, -item[1].closed, str(item[0])))
    cells = [_cells(called(key), row) for key, row in ordered]
    title, about = w(f"overview.{name}"), w(f"overview.about_{name}")
    return Table(name, title, about, _heads(w, f"overview.{name}_one"), cells, "bar" if drawn else "", drawn)


def timeline(w: PageWords, found: Statistics) -> Table:
    """What came and what was finished, by day or month."""
    rows: list[list[Cell]] = [[moment(w, name), came, closed] for name, (came, closed) in found.timeline.items()]
    heads = [Head(w("overview.when"), "text"), Head(w("overview.received")), Head(w("overview.closed"))]
    return Table("timeline", w("overview.timeline"), w("overview.about_timeline"), heads, rows, "line", (1, 2))


def moment(w: PageWords, name: str) -> str:
    """“20 พ.ย.” for a day, “พ.ย. 69” for a month."""
    whole = len(name) > len("2026-11")
    day = date.fromisoformat(name if whole else f"{name}-01")
    brief = english.english_date(day, short=True) if w.language == "en" else thai_date(day, short=True)
    number, month, year = brief.split(" ")
    return f"{number} {month}" if whole else f"{month} {year}"


def stars(w: PageWords, total: Row) -> Table:
    """How many people rated how."""
    rows: list[list[Cell]] = [[w("overview.star", count=star), total.stars[star]] for star in range(5, 0, -1)]
    heads = [Head(w("overview.rating"), "text"), Head(w("overview.people"))]
    return Table("stars", w("overview.satisfaction"), w("overview.about_stars"), heads, rows, "bar", (1,))
