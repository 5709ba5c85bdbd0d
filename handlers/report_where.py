"""Where the problem is, and whether somebody has told of it already: `place`, `far` and `near` of a report."""

from __future__ import annotations

import json
from typing import Any

from sqlalchemy import select

from handlers import answers as read
from handlers import forms, places
from handlers.forms import Again, Answers
from handlers.turn import Answer, Json, Turn
from messages import cases
from messages import report as say
from messages.parts import text
from models.tickets import Ticket
from models.town import Category

#: A place in words is short; longer texts are details.
PLACE_LENGTH = 160
_MINE = frozenset({"ของฉัน", "ของผม", "ร่วมแจ้ง", "เรื่องเดียวกัน", "me too", "same"})
_ANOTHER = frozenset({"คนละเรื่อง", "คนละเรื่องกัน", "ไม่ใช่เรื่องเดียวกัน", "different"})


def category_names(turn: Turn) -> dict[str, str]:
    """The town's categories by code, in its order, named in the reader's language."""
    rows = turn.session.scalars(select(Category).where(Category.active).order_by(Category.position, Category.code))
    return {c.code: cases.named(turn.w, c.name) for c in rows}


def category_button(turn: Turn, names: dict[str, str], code: str) -> Json:
    """A button that says what it is about."""
    return forms.button(turn, names[code], "category", code)


def so_far(turn: Turn, answers: Answers) -> str:
    """What has been understood and received, said before the next question."""
    category = category_names(turn).get(answers.get("category", ""), "")
    return say.so_far(
        turn.w,
        category,
        urgent=bool(answers.get("urgent")),
        media=media_words(turn, answers),
        several=1 + len(answers.get("later", [])),
    )


def media_words(turn: Turn, answers: Answers) -> str:
    """“รูป 2 รูป · เสียง 1 ข้อความ”, or nothing."""
    kinds = [m["kind"] for m in answers.get("media", [])]
    photos, voices = kinds.count("photo"), kinds.count("voice")
    return say.media_words(turn.w, photos, voices, len(kinds) - photos - voices)


# -- place -------------------------------------------------------------------------------------------------------------


def ask_place(turn: Turn, answers: Answers) -> Answer:
    """Where? The other guesses of what it is stand beside, one tap away."""
    others = other_guesses(turn, answers)
    return say.ask_place(turn.w, so_far(turn, answers), _village_buttons(turn), others)


def _village_buttons(turn: Turn) -> list[Json]:
    home = [] if turn.moo is None else [_moo_button(turn, turn.moo, "report.place_home")]
    rest = [_moo_button(turn, v.moo, "report.place_moo") for v in turn.town.villages if v.moo != turn.moo]
    unknown = forms.button(turn, turn.w("report.place_unknown"), "place", "none")
    return [*home, *rest[: 6 - len(home)], unknown]


def _moo_button(turn: Turn, moo: int, label: str) -> Json:
    return forms.button(turn, turn.w(label, moo=moo), "place", str(moo))


def other_guesses(turn: Turn, answers: Answers) -> list[Json]:
    """The next two guesses, one tap away, and the whole list behind a third tap."""
    names = category_names(turn)
    others = [c for c in answers.get("guesses", []) if c != answers["category"] and c in names][:2]
    return [
        *(category_button(turn, names, c) for c in others),
        forms.edit_button(turn, turn.w("report.change_category"), "category"),
    ]


def take_place(turn: Turn, answers: Answers) -> Any:
    """A pin, a village, a landmark in words, or “nowhere in particular” (an empty text)."""
    value = read.tapped(turn)
    if value == "none" or read.said(turn, read.SKIP, read.NO, read.UNKNOWN):
        return _moved(answers, {"text": ""})
    if value is not None and value.isdecimal():
        return _moved(answers, {"text": turn.town.village_name(int(value)), "moo": int(value)})
    if turn.event.kind == "place":
        return _moved(answers, pin(turn))
    moo = read.number(turn)
    if moo is not None and (not turn.town.villages or any(v.moo == moo for v in turn.town.villages)):
        return _moved(answers, {"text": turn.town.village_name(moo), "moo": moo})
    return _moved(answers, _place_in_words(turn, answers))


def pin(turn: Turn) -> dict[str, Any]:
    """The location message that has just come, as an answer."""
    return places.from_pin(turn, {"text": turn.event.title, "lat": turn.event.lat, "lon": turn.event.lon})


def _moved(answers: Answers, place: dict[str, Any]) -> dict[str, Any]:
    """Another place: whether it is far, and what is near, is asked anew."""
    for name in ("far", "near", "place_told"):
        answers.pop(name, None)
    return place


def _place_in_words(turn: Turn, answers: Answers) -> dict[str, Any]:
    words = read.words(turn)
    if words is None or read.chatter(turn):
        raise Again([text(turn.w("report.place_help"))])
    found = places.from_words(turn, turn.heard.place)
    if len(words) > PLACE_LENGTH:
        # A long text tells more than a place: it is kept with the detail, and the place taken from it if it names one.
        answers["detail"] = f"{answers.get('detail', '')}\n{words}".strip()
        if found is None:
            raise Again([text(turn.w("report.added_words")), text(turn.w("report.place_help"))])
        return found
    return {**(found or {}), "text": words}


# -- far from the town -------------------------------------------------------------------------------------------------


def is_far(turn: Turn, answers: Answers) -> bool:
    """Whether the place lies outside the town and its surroundings."""
    return places.far_km(turn, answers.get("place")) is not None


def ask_far(turn: Turn, answers: Answers) -> Answer:
    """Is it right? Never refused."""
    km = places.far_km(turn, answers.get("place")) or 0
    yes = forms.button(turn, turn.w("report.place_far_yes"), "far", "yes")
    return say.ask_far(turn.w, km, yes, forms.edit_button(turn, turn.w("report.place_far_no"), "place"))


def take_far(turn: Turn, answers: Answers) -> Any:
    """Yes; no, which asks for the place again; or at once another place, by pin or in words."""
    if read.tapped(turn) == "yes" or read.said(turn, read.YES):
        return "yes"
    if read.said(turn, read.NO):
        del answers["place"]
        raise Again([])
    if turn.event.kind == "place" or read.words(turn):
        answers["place"] = take_place(turn, answers)
        raise Again([])
    return None


# -- the same case, nearby ---------------------------------------------------------------------------------------------


def near(turn: Turn, answers: Answers) -> list[Ticket]:
    """Open cases that are probably the same matter, likeliest first."""
    if not all(name in answers for name in ("category", "place", "detail")):
        return []
    key = json.dumps([answers["category"], answers["place"], answers["detail"]])
    if key not in turn.near:
        turn.near[key] = places.similar(turn, answers["category"], answers["place"], answers["detail"])
    return turn.near[key]


def has_near(turn: Turn, answers: Answers) -> bool:
    """Whether there are such cases."""
    return bool(near(turn, answers))


def ask_near(turn: Turn, answers: Answers) -> Answer:
    """“ของฉันด้วย”, or another matter?"""
    found = near(turn, answers)
    join = [
        forms.button(turn, turn.w("report.near_join", number=cases.number(t)), "near", str(t.id), cases.number(t))
        for t in found
    ]
    other = forms.button(turn, turn.w("report.near_other"), "near", "no")
    return say.ask_near(turn.w, found, join, other, turn.now)


def take_near(turn: Turn, answers: Answers) -> Any:
    """The case that is followed instead, by its id, or "no". More words are kept, and the question is put again."""
    value, found = read.tapped(turn), near(turn, answers)
    if value == "no" or read.said(turn, read.NO, _ANOTHER):
        return "no"
    if value is not None and value.isdecimal():
        return next((t.id for t in found if t.id == int(value)), None)
    if found and read.said(turn, read.YES, _MINE):
        return found[0].id
    words = read.words(turn)
    if words is None or read.chatter(turn):
        return None
    answers["detail"] = f"{answers['detail']}\n{words}"
    raise Again([text(turn.w("report.added_words"))])
