"""Near cases: open ones of the same kind around a place, for `nlp.duplicates` to rank. For chat and console."""

from __future__ import annotations

import math
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any, Protocol

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from models.tickets import OPEN, Ticket
from models.town import Category

#: Cases that came in longer ago are not looked at.
LOOK_BACK = timedelta(days=60)
#: Rows looked at by the finer ranking.
MOST = 50
METRES_PER_DEGREE = 111_320
#: Metres from a village's middle within which a place belongs to it.
VILLAGE = 3_000


class Placed(Protocol):
    """A village as far as its place goes."""

    @property
    def moo(self) -> int:
        """Its number."""

    @property
    def lat(self) -> float | None:
        """Its middle, where known."""

    @property
    def lon(self) -> float | None:
        """Its middle, where known."""


def around(
    session: Session, code: str, moo: int | None, lat: float | None, lon: float | None, now: datetime
) -> list[Ticket]:
    """Open cases of this category or its siblings in the box around the point, or in the same village; newest first.

    None for categories that are never the same matter (radius 0) or must stay hidden; sensitive cases never appear.
    """
    category = session.get(Category, code)
    if category is None or category.radius == 0 or category.sensitive:
        return []
    where = [Ticket.moo == moo] if moo is not None else []
    if lat is not None and lon is not None:
        dy = category.radius / METRES_PER_DEGREE
        dx = dy / max(0.1, math.cos(math.radians(lat)))
        where.append(Ticket.lat.between(lat - dy, lat + dy) & Ticket.lon.between(lon - dx, lon + dx))
    if not where:
        return []
    found = (
        select(Ticket)
        .where(
            Ticket.category.in_([code, *category.siblings]),
            Ticket.sensitive.is_(False),
            Ticket.kind == "complaint",
            Ticket.state.in_(OPEN),
            Ticket.received_at > now - LOOK_BACK,
            or_(*where),
        )
        .order_by(Ticket.id.desc())
        .limit(MOST)
    )
    return list(session.scalars(found))


def nearest_moo(villages: Iterable[Placed], lat: float, lon: float) -> int | None:
    """The village whose known middle is nearest, within 3 km; None when the villages have no positions."""
    found = [(metres(lat, lon, v.lat, v.lon), v.moo) for v in villages if v.lat is not None and v.lon is not None]
    best = min(found, default=None)
    return best[1] if best and best[0] <= VILLAGE else None


def described(ticket: Ticket) -> dict[str, Any]:
    """A case as `nlp.duplicates.Candidate(**…)` takes it; its key is the case's id."""
    return {
        "key": ticket.id,
        "text": ticket.text,
        "category": ticket.category,
        "at": ticket.received_at,
        "lat": ticket.lat,
        "lon": ticket.lon,
        "moo": ticket.moo,
        "place": ticket.place,
    }


def metres(lat1: float, lon1: float, lat2: float, lon2: float) -> float:
    """The distance in metres, on a flat earth: exact enough within a town."""
    dy = (lat2 - lat1) * METRES_PER_DEGREE
    dx = (lon2 - lon1) * METRES_PER_DEGREE * math.cos(math.radians((lat1 + lat2) / 2))
    return math.hypot(dx, dy)
