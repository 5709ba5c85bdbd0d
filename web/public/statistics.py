"""Statistics for everybody: by village and category, days to mend, what people thought of it.

Counted are public cases only, each of which can be looked at: so no number tells of a case that is not shown, and
nothing follows by subtraction. Ratings are told by few people, and not shown one by one: those of fewer than five are
hidden, and others with them where they would follow from the rest (models/small_cells.py).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import func, select

from messages import cases as written
from models import small_cells
from models.publishing import group_of, moo_column, withheld
from models.statistics import days_between, median
from models.tickets import Ticket
from models.town import Category, Village
from web.public.cases import years
from web.public.front import Front, Shown, shows
from web.public.pages import pages
from web.public.wished import Wished, narrowed, wished


@dataclass
class Line:
    """The figures of one village or category. `rating`: the average of at least five; None when it is not told."""

    name: str = ""
    given: dict[str, Any] = field(default_factory=dict)
    all: int = 0
    done: int = 0
    open: int = 0
    days: dict[int, int] = field(default_factory=lambda: defaultdict(int))
    stars: int = 0
    rated: int = 0
    rating: float | None = None

    @property
    def median(self) -> float | None:
        """The median of whole days from coming in to being mended."""
        return median(self.days)

    @property
    def percent(self) -> int | None:
        """How many of a hundred are mended."""
        return round(100 * self.done / self.all) if self.all else None


@pages.get("/statistics")
@shows("cases", "town")
def all_statistics(front: Front) -> Shown:
    """Of all years."""
    return _page(front, None)


@pages.get("/<int(fixed_digits=4):year>/statistics")
@shows("cases", "town")
def statistics(front: Front, year: int) -> Shown:
    """Of one fiscal year: an address that stays."""
    return _page(front, year)


def _page(front: Front, year: int | None) -> str:
    asked = wished({}, year)
    villages, categories = by_village(front, asked), by_category(front, asked)
    total = Line()
    for line in categories:
        total.all, total.done, total.open = total.all + line.all, total.done + line.done, total.open + line.open
        total.rated, total.stars = total.rated + line.rated, total.stars + line.stars
        for days, number in line.days.items():
            total.days[days] += number
    sure = all(
        small_cells.total_told({n: line.rated for n, line in enumerate(lines)}) for lines in (villages, categories)
    )
    total.rating = total.stars / total.rated if total.rated >= small_cells.LEAST and sure else None
    return front.page(
        "public/statistics.html", year=year, years=years(front), villages=villages, categories=categories, total=total
    )


def by_village(front: Front, asked: Wished) -> list[Line]:
    """The villages in order; cases without one, or whose place is withheld, come last."""
    moo = moo_column(withheld(front.session))
    lines = _lines(front, asked, moo)
    names = {v.moo: v.name for v in front.session.scalars(select(Village).order_by(Village.moo))}
    order = [*sorted({*names, *(key for key in lines if key is not None)}), *([None] if None in lines else [])]
    for key in order:
        line = lines.setdefault(key, Line())
        line.given = {"moo": key or 0}
        told = f"{front.w('report.place_moo', moo=key)} {names.get(key, '')}".strip()
        line.name = told if key is not None else front.w("public.no_moo")
    return [lines[key] for key in order]


def by_category(front: Front, asked: Wished) -> list[Line]:
    """The categories that have cases, the fullest first."""
    lines = _lines(front, asked, Ticket.category)
    names = {row[0]: row[1] for row in front.session.execute(select(Category.code, Category.name))}
    for code, line in lines.items():
        line.name, line.given = written.named(front.w, names.get(code, code)), {"category": code}
    return sorted(lines.values(), key=lambda line: (-line.all, line.name))


def _lines(front: Front, asked: Wished, by: Any) -> dict[Any, Line]:
    lines: dict[Any, Line] = defaultdict(Line)
    columns = (by, Ticket.state, func.count(), func.count(Ticket.rating), func.coalesce(func.sum(Ticket.rating), 0))
    for key, state, number, rated, stars in front.session.execute(
        narrowed(front.session, asked, *columns).group_by(by, Ticket.state)
    ):
        line, group = lines[key], group_of(state)
        line.all += number
        line.done += number if group == "done" else 0
        line.open += number if group in ("new", "going", "waiting") else 0
        line.rated, line.stars = line.rated + rated, line.stars + int(stars)
    taken = days_between(Ticket.received_at, Ticket.closed_at)
    mended = narrowed(front.session, asked, by, taken, func.count()).where(
        Ticket.state == "done", Ticket.closed_at.is_not(None)
    )
    for key, days, number in front.session.execute(mended.group_by(by, taken)):
        lines[key].days[max(0, days)] += number
    _rate(lines)
    return dict(lines)


def _rate(lines: dict[Any, Line]) -> None:
    """Tell averages where enough people rated; hide with the small ones those from which they would follow."""
    cells: dict[Hashable, int] = {key: line.rated for key, line in lines.items()}
    away = small_cells.hidden(cells)
    for key, line in lines.items():
        line.rating = line.stars / line.rated if line.rated and key not in away else None
