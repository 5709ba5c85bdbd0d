"""The pocket: what was sent before anybody said what for. Words, photos, voice and places wait there a while."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from handlers.events import MEDIA
from handlers.turn import Turn

#: What was sent within so long before a report began belongs to it.
FRESH = timedelta(minutes=10)
#: Photos of one gallery arrive within so long.
BURST = timedelta(minutes=1)
#: A pocket holds so many things; more than LINE lets one send at a time.
MOST = 60


def put_cry(turn: Turn) -> None:
    """Keep the words of somebody in despair, for a person to read: they never become part of a report."""
    item = {"kind": "cry", "at": turn.event.at.isoformat(), "id": turn.event.message_id, "text": turn.text}
    turn.seat.pocket = [*fresh(turn), item][-MOST:]


def put(turn: Turn) -> None:
    """Keep this turn's photo, voice, file, place or words."""
    event = turn.event
    item: dict[str, Any] = {"kind": event.kind, "at": event.at.isoformat()}
    if event.kind in MEDIA:
        item |= {"id": event.message_id}
    elif event.kind == "place":
        item |= {"lat": event.lat, "lon": event.lon, "text": event.title}
    else:
        item |= {"id": event.message_id, "text": turn.text}
    turn.seat.pocket = [*fresh(turn), item][-MOST:]


def went_to(turn: Turn, ticket_id: int) -> None:
    """Remember that a photo has just gone into this case: the others of the same gallery follow it."""
    turn.seat.pocket = [{"kind": "went", "ticket": ticket_id, "at": turn.event.at.isoformat()}]


def follows(turn: Turn) -> int | None:
    """The case into which a photo went a moment ago, if one did."""
    since = turn.event.at - BURST
    went = [i for i in turn.seat.pocket if i["kind"] == "went" and datetime.fromisoformat(i["at"]) > since]
    return went[-1]["ticket"] if went else None


def fresh(turn: Turn) -> list[dict[str, Any]]:
    """What is in the pocket and not too old to belong to what is being said now."""
    since = turn.event.at - FRESH
    return [item for item in turn.seat.pocket if datetime.fromisoformat(item["at"]) > since]


def empty(turn: Turn) -> list[dict[str, Any]]:
    """Take everything fresh out of the pocket."""
    items = fresh(turn)
    turn.seat.pocket = []
    return items


def media(items: list[dict[str, Any]]) -> list[dict[str, str]]:
    """The photos, voices and files among the items, as {"id", "kind"}."""
    return [{"id": i["id"], "kind": i["kind"]} for i in items if i["kind"] in MEDIA and i.get("id")]


def words(items: list[dict[str, Any]], *, cries: bool = False) -> str:
    """What was typed, in order; with `cries` also what only a person is to read."""
    kinds = ("text", "cry") if cries else ("text",)
    return "\n".join(i["text"] for i in items if i["kind"] in kinds and i.get("text"))


def place(items: list[dict[str, Any]]) -> dict[str, Any] | None:
    """The last place sent, as an answer to “where?”."""
    found = [i for i in items if i["kind"] == "place"]
    return {"text": found[-1]["text"], "lat": found[-1]["lat"], "lon": found[-1]["lon"]} if found else None
