"""Where: what counts as a place, whether it lies in the town, and which open cases are near it."""

from __future__ import annotations

from typing import Any

from handlers.turn import Turn
from models import near
from models.near import metres
from models.tickets import Ticket
from nlp import Place
from nlp.duplicates import Candidate, rank

#: A place farther from the town's middle than this is asked about, never refused (thai-nlp notes §4.4).
FAR_KM = 25


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
    return near.nearest_moo(turn.town.villages, place["lat"], place["lon"])


def far_km(turn: Turn, place: dict[str, Any] | None) -> int | None:
    """How far outside the town the place lies, in whole kilometres; None when it is near or nobody knows."""
    centre = turn.town.centre
    if centre is None or place is None or place.get("lat") is None:
        return None
    km = metres(place["lat"], place["lon"], *centre) / 1000
    return round(km) if km > FAR_KM else None


def similar(turn: Turn, category_code: str, place: dict[str, Any], text: str) -> list[Ticket]:
    """Open or recently done cases that are probably the same matter, likeliest first, at most three.

    Place, category and time choose; the words only rank. Sensitive cases and categories without a radius never appear.
    """
    moo, lat, lon = place.get("moo"), place.get("lat"), place.get("lon")
    rows = near.around(turn.session, category_code, moo, lat, lon, turn.now)
    if not rows:
        return []
    here = Candidate(0, text, category_code, turn.now, lat, lon, moo, str(place.get("text", "")))
    known = {t.id: t for t in rows}
    there = [Candidate(**near.described(t)) for t in rows]
    return [known[match.key] for match in rank(here, there) if match.offer][:3]
