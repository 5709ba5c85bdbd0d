"""The map: cases where they are, those near each other as one circle that says how many; a table by village beside it.

Clusters are made in the database on a grid as wide as a circle on the screen, so that the browser gets a few hundred
points at most, whatever the number of cases.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import hypot
from typing import Any

from flask import jsonify, request, url_for
from sqlalchemy import Integer, case, cast, func, select, text
from werkzeug.wrappers import Response

from messages import cases
from models.tickets import Ticket
from models.town import Village
from web import access
from web.cases import pages
from web.cases_list import choices, found, stamp
from web.context import console
from web.desk import Desk, Page, needs
from web.rows import light, row
from web.wanted import Wanted, box, is_late, wanted

__all__ = ["pages"]

#: How wide a cell of the grid is on the screen, in pixels; the world is 256 pixels wide at zoom 0.
CELL = 60
#: Circles whose middles are nearer than this, in pixels, become one.
APART = 46
#: From this zoom on the streets are so large that points of one cell are listed, not joined further.
CLOSEST = 19
#: Clusters sent at most: more do not fit on a screen.
MOST = 800


@dataclass
class Heap:
    """Cases near each other: how many, how many of them late, the first one's id, their middle and their corners."""

    many: int
    late: int
    first: int
    lat: float
    lon: float
    south: float
    west: float
    north: float
    east: float

    def take(self, other: Heap) -> None:
        """Swallow another heap; the middle stays where it is, so that circles keep their distance."""
        self.many += other.many
        self.late += other.late
        self.first = min(self.first, other.first)
        self.south, self.west = min(self.south, other.south), min(self.west, other.west)
        self.north, self.east = max(self.north, other.north), max(self.east, other.east)


@dataclass(frozen=True)
class Place:
    """One line of the table: a village (None: cases without one), how many cases, how many of them late."""

    moo: int | None
    name: str
    count: int
    late: int
    placed: int


@pages.get("/map")
@needs(access.may_see_cases)
def map(desk: Desk) -> Page:  # noqa: A001 - the endpoint is called cases.map
    """The page; without a script the table by village."""
    asked = wanted(request.args)
    villages = desk.session.scalars(select(Village).order_by(Village.moo)).all()
    values = {
        "asked": asked,
        "faults": asked.faults(),
        "places": _places(desk, asked, villages),
        "about": _about(desk, asked, villages),
        "stamp": stamp(desk.session),
    }
    if desk.htmx:
        return desk.page("cases/map_results.html", **values)
    return desk.page("cases/map.html", choices=choices(desk.session), **values)


def _places(desk: Desk, asked: Wanted, villages: Sequence[Village]) -> list[Place]:
    """How many cases each village has; those without cases last but there."""
    late = func.sum(case((is_late(desk.now), 1), else_=0))
    columns = (Ticket.moo, func.count(), late, func.count(Ticket.lat))
    counted = {
        moo: (count, int(lates), placed)
        for moo, count, lates, placed in desk.session.execute(
            found(desk, asked).with_only_columns(*columns).group_by(Ticket.moo)
        )
    }
    names = {village.moo: village.name for village in villages}
    moos = sorted({*names, *(moo for moo in counted if moo is not None)})
    order: list[int | None] = [*moos, *([None] if None in counted else [])]
    return [Place(moo, names.get(moo, "") if moo else "", *counted.get(moo, (0, 0, 0))) for moo in order]


def _about(desk: Desk, asked: Wanted, villages: Sequence[Village]) -> dict[str, Any]:
    """What the script needs: where to ask, where the town is, its villages, map tiles if the office has chosen some."""
    points = [v for v in villages if v.lat is not None and v.lon is not None]
    lat, lon = desk.settings["town.lat"], desk.settings["town.lon"]
    around = [[v.lat, v.lon] for v in points] or ([[lat, lon]] if lat is not None and lon is not None else [])
    without_box = {name: value for name, value in asked.asked.items() if name != "box"}
    names = [
        {"lat": v.lat, "lon": v.lon, "name": desk.w("filter.moo_name", moo=v.moo, name=v.name).strip()} for v in points
    ]
    return {
        "points": url_for("cases.map_points", **without_box),  # type: ignore[arg-type]
        "list": url_for("cases.index", **without_box),  # type: ignore[arg-type]
        "around": around,
        "villages": names,
        "box": asked.box,
        "tiles": console().tiles,
        "many": desk.w("map.many", count="{count}"),
        "late": desk.w("map.late", count="{count}"),
        "show": desk.w("map.show"),
        "zoom_in": desk.w("map.zoom_in"),
        "zoom_out": desk.w("map.zoom_out"),
        "failed": desk.w("map.failed"),
    }


@pages.get("/map.json")
@needs(access.may_see_cases)
def map_points(desk: Desk) -> Page:
    """The cases within `bbox` (south,west,north,east) as GeoJSON: single ones as they are, clusters by their number.

    Feature properties of a single case: id, number, title, words, place, state, look, late, due, address; of a cluster:
    count, late, box. `meta.more` says that something is missing.
    """
    asked = wanted({**request.args, "box": request.args.get("bbox", "")})
    corners = box(asked.box)
    if corners is None:
        return jsonify(error="bbox"), 400
    zoom = _zoom(request.args.get("zoom", ""))
    cells = _cells(desk, asked, zoom)
    heaps = joined(cells, zoom)
    singles = _singles(desk, [heap.first for heap in heaps if heap.many == 1])
    features = [singles[h.first] if h.many == 1 else _feature(h) for h in heaps if h.many > 1 or h.first in singles]
    body: Response = jsonify(
        type="FeatureCollection", features=features, meta={"more": len(cells) > MOST, "stamp": stamp(desk.session)}
    )
    body.headers["Cache-Control"] = "no-store"
    return body


def _zoom(typed: str) -> int:
    return min(max(int(typed), 0), CLOSEST) if typed.isascii() and typed.isdecimal() and len(typed) < 3 else 12


def _per_degree(zoom: int) -> float:
    """Pixels of a degree on the screen. Of longitude exactly; of latitude nearly, Thailand being near the equator."""
    return 256 * 2.0**zoom / 360


def _cells(desk: Desk, asked: Wanted, zoom: int) -> list[Heap]:
    """Cells of the grid with cases in them, the fullest first; at most MOST + 1.

    Late ones are counted by themselves: they are few, and open; so the many are counted without reading a row.
    """
    fine = _per_degree(zoom) / CELL
    cell = (cast(func.round(Ticket.lat * fine), Integer), cast(func.round(Ticket.lon * fine), Integer))
    middle = (func.avg(Ticket.lat), func.avg(Ticket.lon))
    corners = (func.min(Ticket.lat), func.min(Ticket.lon), func.max(Ticket.lat), func.max(Ticket.lon))
    columns = (*cell, func.count(), func.min(Ticket.id), *middle, *corners)
    wished = found(desk, asked).with_only_columns(*columns).group_by(text("1"), text("2"))
    cells = desk.session.execute(wished.order_by(func.count().desc()).limit(MOST + 1)).all()
    overdue = found(desk, asked).where(is_late(desk.now)).with_only_columns(*cell, func.count())
    late = {(row, column): count for row, column, count in desk.session.execute(overdue.group_by(text("1"), text("2")))}
    return [Heap(many, late.get((row, column), 0), *more) for row, column, many, *more in cells]


def joined(cells: Sequence[Heap], zoom: int) -> list[Heap]:
    """Cells whose middles would lie on each other on the screen, made one; the fuller takes the emptier."""
    apart = APART / _per_degree(zoom)
    kept: dict[tuple[int, int], list[Heap]] = {}
    for cell in cells[:MOST]:
        row, column = int(cell.lat // apart), int(cell.lon // apart)
        around = (kept.get((row + a, column + b), []) for a in (-1, 0, 1) for b in (-1, 0, 1))
        near = next((h for some in around for h in some if hypot(h.lat - cell.lat, h.lon - cell.lon) < apart), None)
        if near is None:
            kept.setdefault((row, column), []).append(cell)
        else:
            near.take(cell)
    return [heap for some in kept.values() for heap in some]


def _feature(heap: Heap) -> dict[str, Any]:
    properties = {"count": heap.many, "late": int(heap.late), "box": (heap.south, heap.west, heap.north, heap.east)}
    return _point(heap.lon, heap.lat, properties)


def _singles(desk: Desk, numbers: list[int]) -> dict[int, dict[str, Any]]:
    """Single cases with what a bubble shows of them."""
    features = {}
    for ticket in desk.session.scalars(light(access.tickets(desk.viewer).where(Ticket.id.in_(numbers)))):
        line = row(desk.w, ticket, desk.now)
        properties = {
            "id": ticket.id,
            "number": cases.number(ticket),
            "title": line.title,
            "words": line.words,
            "place": line.place,
            "state": line.state,
            "look": line.look,
            "late": int(line.late),
            "due": line.due,
            "address": url_for("cases.show", number=ticket.id),
        }
        features[ticket.id] = _point(float(ticket.lon or 0), float(ticket.lat or 0), properties)
    return features


def _point(lon: float, lat: float, properties: dict[str, Any]) -> dict[str, Any]:
    place = {"type": "Point", "coordinates": [round(lon, 6), round(lat, 6)]}
    return {"type": "Feature", "geometry": place, "properties": properties}
