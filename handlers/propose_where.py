"""Where a proposal is for: a village, a pin, a landmark in words, or the whole town."""

from __future__ import annotations

from typing import Any

from handlers import answers as read
from handlers import forms, places
from handlers import propose_words as wording
from handlers.forms import Again, Answers
from handlers.report_where import media_words
from handlers.turn import Answer, Json, Turn
from messages import propose as say
from messages.parts import text

#: A place in words is short.
LONGEST = 160


def ask_place(turn: Turn, answers: Answers) -> Answer:
    """Where?"""
    return say.ask_place(turn.w, media_words(turn, answers), _villages(turn))


def _villages(turn: Turn) -> list[Json]:
    moos = [v.moo for v in turn.town.villages]
    own = [turn.moo] if turn.moo in moos else []
    shown = [*own, *(moo for moo in moos if moo not in own)][:8]
    buttons = [forms.button(turn, turn.w("report.place_moo", moo=moo), "place", str(moo)) for moo in shown]
    return [*buttons, forms.button(turn, turn.w("propose.place_town"), "place", "town")]


def take_place(turn: Turn, answers: Answers) -> Any:
    """A village, a pin, words, or the whole town (an empty text)."""
    answers.pop("similar", None)
    value = read.tapped(turn)
    if value == "town" or read.said(turn, read.SKIP, read.UNKNOWN, frozenset({"ทุกหมู่", "ทุกหมู่บ้าน"})):
        return {"text": ""}
    if value is not None and value.isdecimal():
        return {"text": "", "moo": int(value)}
    if turn.event.kind == "place":
        return pin(turn)
    moo = read.number(turn)
    if moo is not None and (not turn.town.villages or any(v.moo == moo for v in turn.town.villages)):
        return {"text": "", "moo": moo}
    words = read.words(turn)
    if words is not None and len(words) > LONGEST:  # more than a place: kept with the reason
        wording.add(answers, words)
    if words is None or len(words) > LONGEST or read.chatter(turn):
        raise Again([text(turn.w("propose.place_help"))])
    return {**(places.from_words(turn, turn.heard.place) or {}), "text": words}


def pin(turn: Turn) -> dict[str, Any]:
    """The location message that has just come, as an answer."""
    return places.from_pin(turn, {"text": turn.event.title, "lat": turn.event.lat, "lon": turn.event.lon})


def spot(turn: Turn, place: dict[str, Any]) -> str:
    """The place as the last look shows it."""
    moo, words = place.get("moo"), str(place.get("text") or "")
    village = turn.town.village_name(moo)
    if not words:
        return village or turn.w("proposal.nowhere")
    short = turn.w("report.place_moo", moo=moo) if moo is not None else ""
    return words if not short or short in words else f"{words} ({short})"
