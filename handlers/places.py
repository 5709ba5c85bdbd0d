"""Where: what counts as a place, whether it lies in the town, and which open cases are near it."""

from __future__ import annotations

import math
from datetime import timedelta
from typing import Any

from sqlalchemy import or_, select

from handlers.turn import Turn
from models.tickets import OPEN, Ticket
from models.town import Category
from nlp import Place
from nlp.duplicates import Candidate, rank

#: A place farther from the town's middle than this is asked about, never refused (thai-nlp notes §4.4).
FAR_KM = 25
#: Cases closed so recently are still worth showing as the same.
LOOK_BACK = timedelta(days=30)
#: Rows looked at by the finer ranking.
MOST = 50
METRES_PER_DEGREE = 111_320


def from_words(turn: Turn, place: Place | None) -> dict[str, Any] | None:
    """The place that was understood from words, as an answer; None when the words tell none."""
    if place is None:
        return None
    found: dict[str, Any] = {"text": place.text}
    if place.moo is not None:
        found["moo"] = place.moo
    if place.lat is not None and place.lon is not None:
        found |= {"lat": place.lat, "lon": place.lon}
    return found


def from_pin(turn: Turn, place: dict[str, Any]) -> dict[str, Any]:
    """A location message as an answer: named after its title, the nearest village added when one is known."""
    text = str(place.get("text") or turn.thai("report.place_pin"))
    return {"text": text[:200], "lat": place["lat"], "lon": place["lon"], "moo": nearest_moo(turn, place)}


def in_words(turn: Turn) -> str:
    """The location message that has just come, as words for the office: its title and position."""
    name = turn.event.title[:200] or turn.thai("report.place_pin")
    return f"{name} ({turn.event.lat:.5f}, {turn.event.lon:.5f})"


def nearest_moo(turn: Turn, place: dict[str, Any]) -> int | None:
    """The village whose known middle is nearest, within 3 km; None when the villages have no positions."""
    near = [
        (metres(place["lat"], place["lon"], v.lat, v.lon), v.moo)
        for v in turn.town.villages
        if v.lat is not None and v.lon is not None
    ]
    best = min(near, default=None)
    return best[1] if best and best[0] <= 3_000 else None


def far_km(turn: Turn, place: dict[str, Any] | None) -> int | None:
    """How far outside the town the place lies, in whole kilometres; None when it is near or nobody knows."""
    centre = turn.town.centre
    if centre is None or place is None or place.get("lat") is None:
        return None
    km = metres(place["lat"], place["lon"], *centre) / 1000
    return round(km) if km > FAR_KM else None


def metres(lat1: float, lon1: float, lat2: float, lon2: float) -> float:
    """The distance in metres, on a flat earth: exact enough within a town."""
    dy = (lat2 - lat1) * METRES_PER_DEGREE
    dx = (lon2 - lon1) * METRES_PER_DEGREE * math.cos(math.radians((lat1 + lat2) / 2))
    return math.hypot(dx, dy)


def similar(turn: Turn, category_code: str, place: dict[str, Any], text: str) -> list[Ticket]:
    """Open or recently done cases that are probably the same matter, likeliest first, at most three.

    Place, category and time choose; the words only rank. Sensitive cases and categories without a radius never appear.
    """
    category = turn.session.get(Category, category_code)
    if category is None or category.radius == 0 or category.sensitive:
        return []
    rows = _around(turn, category, place)
    if not rows:
        return []
    here = _candidate(turn, 0, text, category_code, place)
    there = [
        Candidate(
            key=t.id,
            text=t.text,
            category=t.category,
            lat=t.lat,
            lon=t.lon,
            moo=t.moo,
            place=t.place,
            at=t.received_at,
        )
        for t in rows
    ]
    known = {t.id: t for t in rows}
    return [known[match.key] for match in rank(here, there) if match.offer][:3]


def _candidate(turn: Turn, key: int, text: str, category: str, place: dict[str, Any]) -> Candidate:
    return Candidate(
        key=key,
        text=text,
        category=category,
        lat=place.get("lat"),
        lon=place.get("lon"),
        moo=place.get("moo"),
        place=str(place.get("text", "")),
        at=turn.now,
    )


def _around(turn: Turn, category: Category, place: dict[str, Any]) -> list[Ticket]:
    """Cases of the category or its siblings in the box around the point, or in the same village."""
    codes = [category.code, *category.siblings]
    where = [Ticket.moo == place["moo"]] if place.get("moo") is not None else []
    if place.get("lat") is not None:
        dy = category.radius / METRES_PER_DEGREE
        dx = dy / max(0.1, math.cos(math.radians(place["lat"])))
        lat, lon = place["lat"], place["lon"]
        where.append(Ticket.lat.between(lat - dy, lat + dy) & Ticket.lon.between(lon - dx, lon + dx))
    if not where:
        return []
    found = (
        select(Ticket)
        .where(
            Ticket.category.in_(codes),
            Ticket.sensitive.is_(False),
            Ticket.kind == "complaint",
            Ticket.state.in_(OPEN),
            Ticket.received_at > turn.now - LOOK_BACK * 2,
            or_(*where),
        )
        .order_by(Ticket.id.desc())
        .limit(MOST)
    )
    return list(turn.session.scalars(found))
