"""What somebody looks for among the public cases: village, category, state, year, a place on the map, words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, and_, func, literal, or_, select, tuple_
from sqlalchemy.orm import Session

from models.base import Utc
from models.publications import Publication
from models.publishing import GROUPS, joined, moo_column, placed, withheld
from models.tickets import OPEN, Ticket

#: Query arguments of lists and maps of cases.
ASKS = ("moo", "category", "state", "q", "cell")
#: What `state` may be: a key of GROUPS, or all that is still to be done.
STATES = ("open", *GROUPS)
#: Half a step of the grid on which public places lie, in degrees.
HALF = 0.0005


@dataclass(frozen=True)
class Wished:
    """A filter. `moo` 0 stands for cases without a village; `year` is a fiscal year (B.E.)."""

    year: int | None = None
    moo: int | None = None
    category: str = ""
    state: str = ""
    q: str = ""
    cell: tuple[float, float] | None = None

    @property
    def any(self) -> bool:
        """Whether it narrows anything but the year."""
        return bool(self.moo is not None or self.category or self.state or self.q or self.cell)


def wished(args: Mapping[str, str], year: int | None) -> Wished:
    """Read the arguments; what makes no sense is passed over, as people change addresses by hand."""
    moo = args.get("moo", "")
    state = args.get("state", "")
    return Wished(
        year=year,
        moo=int(moo) if moo.isascii() and moo.isdecimal() and len(moo) < 4 else None,
        category=args.get("category", "")[:30],
        state=state if state in STATES else "",
        q=args.get("q", "")[:60],
        cell=_cell(args.get("cell", "")),
    )


def _cell(typed: str) -> tuple[float, float] | None:
    try:
        lat, lon = (float(part) for part in typed.split(","))
    except ValueError:
        return None
    return (lat, lon) if -90 <= lat <= 90 and -180 <= lon <= 180 else None


def narrowed(session: Session, asked: Wished, *columns: Any) -> Select[Any]:
    """These columns of the public cases that fit."""
    hide = withheld(session)
    found = joined(*columns)
    if asked.year is not None:
        found = found.where(Publication.fiscal_year == asked.year)
    if asked.moo is not None:
        moo = moo_column(hide)
        found = found.where(moo == asked.moo if asked.moo else moo.is_(None))
    if asked.category:
        found = found.where(Ticket.category == asked.category)
    if asked.state:
        found = found.where(Ticket.state.in_(OPEN if asked.state == "open" else GROUPS[asked.state]))
    if asked.cell is not None:
        lat, lon = asked.cell
        near = (Publication.lat.between(lat - HALF, lat + HALF), Publication.lon.between(lon - HALF, lon + HALF))
        found = found.where(and_(*near), placed(hide))
    for word in asked.q.split()[:5]:
        found = found.where(_says(word, hide))
    return found


def _says(word: str, hide: Sequence[str]) -> Any:
    like = "%" + word.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_") + "%"
    place = and_(Publication.place.ilike(like, escape="\\"), Ticket.category.not_in(hide))
    said = (Publication.title, Publication.words, Publication.outcome)
    return or_(place, *(column.ilike(like, escape="\\") for column in said))


def page_after(session: Session, found: Select[Any], code: str, size: int) -> Select[Any]:
    """The newest first, from behind the case of this public name; one more than `size`, to see whether more follow."""
    if code:
        here = select(Publication.received_at, Publication.id).where(Publication.code == code)
        last = session.execute(here).first()
        if last is not None:
            key = (literal(last[0], Utc()), literal(last[1]))
            found = found.where(tuple_(Publication.received_at, Publication.id) < tuple_(*key))
    return found.order_by(Publication.received_at.desc(), Publication.id.desc()).limit(size + 1)


def count(session: Session, asked: Wished) -> int:
    """How many fit."""
    return session.scalar(narrowed(session, asked, func.count())) or 0
