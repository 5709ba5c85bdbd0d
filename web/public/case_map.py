"""The public map: cases near each other as one circle; their places are rounded before they ever come here."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil, floor, hypot, log2
from typing import Any

from sqlalchemy import Integer, cast, func, select
from werkzeug.exceptions import BadRequest

from models.publications import Publication
from models.publishing import PLACES, placed, public_cases, withheld
from models.tickets import OPEN, Ticket
from models.town import Village
from web.public.cases import LOOKS, choices
from web.public.front import Front, Shown, elsewhere, shows
from web.public.pages import pages
from web.public.statistics import by_village
from web.public.wished import ASKS, Wished, narrowed, wished

#: A circle's room on the screen, in pixels; the world is 256 pixels wide at zoom 0.
CELL = 60
#: Circles whose middles are nearer than this, in pixels, become one.
APART = 44
#: The finest grid is that of the public places themselves.
FINEST: int = 10**PLACES
#: The part of the world that is sent for one view is made of squares so many cells wide: few different answers.
BLOCK = 16
#: Circles in one answer at most.
MOST = 1_200


@pages.get("/cases/map")
@shows("cases", "town", asks=(*ASKS, "year"))
def case_map(front: Front) -> Shown:
    """The page; without a script the table by village, which leads to the lists."""
    year = _year(front)
    asked = wished(front.args, year)
    given = {name: value for name, value in front.args.items() if name != "year"}
    if "year" in front.args and year is None:
        return elsewhere(front.link("case_map", **given))
    where = {"year": year} if year else {}
    back = front.link("cases", **where, **given) if year else front.link("all_cases", **given)
    return front.page(
        "public/map.html",
        asked=asked,
        given=given,
        list=back,
        action=front.link("case_map"),
        villages_table=by_village(front, asked),
        about=json.dumps(_about(front, where | given, back), ensure_ascii=False),
        **choices(front),
    )


def _year(front: Front) -> int | None:
    typed = front.args.get("year", "")
    return int(typed) if typed.isascii() and typed.isdecimal() and len(typed) == 4 else None


def _about(front: Front, given: dict[str, Any], back: str) -> dict[str, Any]:
    """What the script needs: where to ask, where the town is, its villages, tiles if the town has chosen some."""
    villages = front.session.scalars(select(Village).where(Village.lat.is_not(None)).order_by(Village.moo)).all()
    lat, lon = front.settings["town.lat"], front.settings["town.lon"]
    around = [[v.lat, v.lon] for v in villages] or ([[lat, lon]] if lat is not None and lon is not None else [])
    w = front.w
    return {
        "points": front.link("map_data", **given),
        "list": back,
        "around": around,
        "villages": [
            {"lat": v.lat, "lon": v.lon, "name": f"{w('report.place_moo', moo=v.moo)} {v.name}".strip()}
            for v in villages
        ],
        "tiles": front.console.tiles,
        "many": w("public.map_many", count="{count}"),
        "show": w("public.map_show"),
        "zoom_in": w("public.zoom_in"),
        "zoom_out": w("public.zoom_out"),
    }


@pages.get("/cases/map.json")
@shows("cases", "town", asks=(*ASKS, "year", "bbox", "zoom"))
def map_data(front: Front) -> Shown:
    """Circles within `bbox` (south,west,north,east) at `zoom` as GeoJSON, grown to whole blocks of the grid, so that
    neighbouring views get the same answer. Without `bbox`: everything.

    Properties of a circle: count, open; of a single case: code, title, state, look, address.
    """
    fine = grid(front.args.get("zoom", ""))
    box = _box(front.args.get("bbox", ""))
    if box is None and front.args.get("bbox"):
        raise BadRequest
    if box is not None and (snapped := snap(box, fine)) != front.args["bbox"]:
        given = {name: value for name, value in front.args.items() if name != "bbox"}
        return elsewhere(front.link("map_data", **given, bbox=snapped))
    asked = wished(front.args, _year(front))
    cells = apart(_cells(front, asked, fine, box), front.args.get("zoom", ""))
    known = _singles(front, [cell.code for cell in cells if cell.count == 1])
    body = {"type": "FeatureCollection", "features": [_feature(cell, known) for cell in cells]}
    return json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode(), "application/geo+json"


def _near(zoom: str) -> int:
    return min(int(zoom), 19) if zoom.isascii() and zoom.isdecimal() and len(zoom) < 3 else 12


def per_degree(zoom: str) -> float:
    """Pixels of a degree on the screen at this zoom."""
    return (256 << _near(zoom)) / 360


def grid(zoom: str) -> int:
    """Cells per degree at this zoom: a power of two, or the grid of public places where that is coarser."""
    return min(1 << max(0, round(log2(per_degree(zoom) / CELL))), FINEST)


def snap(box: tuple[float, float, float, float], fine: int) -> str:
    """A view grown to whole blocks of the grid, as it stands in the address."""
    step = BLOCK / fine
    south, west, north, east = box
    edges = (floor(south / step), floor(west / step), ceil(north / step), ceil(east / step))
    return ",".join(f"{edge * step:.4f}" for edge in edges)


def _box(typed: str) -> tuple[float, float, float, float] | None:
    try:
        south, west, north, east = (float(part) for part in typed.split(","))
    except ValueError:
        return None
    sound = -91 <= south <= north <= 91 and -181 <= west <= east <= 181
    return (south, west, north, east) if sound else None


@dataclass
class Circle:
    """Cases near each other: how many, how many of them open, their middle, and the public name of one of them."""

    count: int
    open: int
    lat: float
    lon: float
    code: str


def apart(cells: Sequence[Circle], zoom: str) -> list[Circle]:
    """Circles that would lie on each other on the screen made one, the fuller taking the emptier: fingers are thick."""
    least = APART / per_degree(zoom)
    kept: dict[tuple[int, int], list[Circle]] = {}
    for cell in cells:
        row, column = int(cell.lat // least), int(cell.lon // least)
        around = (kept.get((row + a, column + b), []) for a in (-1, 0, 1) for b in (-1, 0, 1))
        near = next((c for some in around for c in some if hypot(c.lat - cell.lat, c.lon - cell.lon) < least), None)
        if near is None:
            kept.setdefault((row, column), []).append(cell)
        else:
            near.count, near.open = near.count + cell.count, near.open + cell.open
    return [cell for some in kept.values() for cell in some]


def _cells(front: Front, asked: Wished, fine: int, box: tuple[float, float, float, float] | None) -> list[Circle]:
    """A circle for each cell of the grid with cases in it, the fullest first."""
    row, column = (cast(func.round(edge * fine), Integer) for edge in (Publication.lat, Publication.lon))
    still = func.count().filter(Ticket.state.in_(OPEN))
    columns = (func.count(), still, func.avg(Publication.lat), func.avg(Publication.lon), func.min(Publication.code))
    found = narrowed(front.session, asked, *columns).where(placed(withheld(front.session)))
    if box is not None:
        south, west, north, east = box
        found = found.where(Publication.lat.between(south, north), Publication.lon.between(west, east))
    grouped = found.group_by(row, column).order_by(func.count().desc()).limit(MOST)
    return [Circle(n, o, float(lat), float(lon), code) for n, o, lat, lon, code in front.session.execute(grouped)]


def _singles(front: Front, codes: list[str]) -> dict[str, dict[str, Any]]:
    found = {}
    for start in range(0, len(codes), 400):
        some = narrowed(front.session, wished({}, None)).where(Publication.code.in_(codes[start : start + 400]))
        for each in public_cases(front.session, some):
            found[each.code] = {
                "code": each.code,
                "title": each.title,
                "state": front.w(f"public.state_{each.state}"),
                "look": LOOKS[each.state],
                "address": front.link("case", code=each.code),
            }
    return found


def _feature(cell: Circle, known: dict[str, dict[str, Any]]) -> dict[str, Any]:
    point = {"type": "Point", "coordinates": [round(cell.lon, 4), round(cell.lat, 4)]}
    single = cell.count == 1 and cell.code in known
    about = known[cell.code] if single else {"count": cell.count, "open": cell.open}
    return {"type": "Feature", "geometry": point, "properties": about}
