"""The words of a proposal: a short title, the rest as its reason, and private people steered out of both."""

from __future__ import annotations

import re
from typing import Any

from handlers import answers as read
from handlers import forms, places
from handlers.forms import Again, Answers
from handlers.turn import Answer, Turn
from messages import propose as say
from messages.limits import cut_clusters
from messages.parts import text
from models.proposing import LONGEST
from nlp.pii import COVERS
from nlp.steering import private
from nlp.types import Pii

#: A title longer than this is cut, and the whole is kept as the reason.
TITLE = 160
# What is said around a wish.
_BEFORE = re.compile(
    "^(?:ขอ|อยาก|ผม|หนู|ดิฉัน|ชาวบ้าน|ต้องการ|จะ| )*?(?:เสนอ|ให้ทาง(?:เทศบาล|อบต\\.?)|อยากให้)(?:โครงการ|ให้|แนะ|ว่า| )*"
)
_AFTER = re.compile(" *(?:นะ)?(?:ครับ|ค่ะ|คะ|คับ|จ้า)$")
#: A wish that would be shorter than this is left as it was said.
_SAYS_SOMETHING = 8
#: Which of the residents' eight subjects a category belongs to; what is not here is “อื่น ๆ”.
_TOPICS = {
    "roads": (
        "road",
        "sidewalk",
        "streetlight",
        "power_outage",
        "cable",
        "water_supply",
        "flood",
        "drain",
        "canal",
        "bridge",
    ),
    "environment": ("waste", "wastewater", "air", "noise", "stray_animal", "animal_hazard", "tree"),
    "income": ("economy", "agriculture"),
    "education": ("education", "culture"),
    "health": ("public_health", "welfare", "homeless"),
    "safety": ("safety", "traffic", "sign", "obstruction", "building", "disaster"),
    "service": ("service", "registration", "tax_fee", "staff_conduct"),
}
_BY_CATEGORY = {code: topic for topic, codes in _TOPICS.items() for code in codes}
#: Below this probability the subject is not guessed.
_LIKELY = 0.35
#: The answers in which neighbours may read of somebody, in the order in which they are asked about.
_READ = ("title", "why", "place", "reach")


def tell(turn: Turn, answers: Answers, words: str) -> None:
    """Take words as the title, the longer rest as the reason, and the place they name."""
    words = words.strip()
    line = _bare(" ".join(words.split()))
    answers["title"] = line if len(line) <= TITLE else cut_clusters(line, TITLE)
    if len(line) > TITLE:
        answers["why"] = words[:LONGEST]
    answers.pop("similar", None)
    if answers.pop("place_told", False):  # by the words that are now replaced
        answers.pop("place", None)
    found = places.from_words(turn, turn.hear(words).place)
    if found is not None and "place" not in answers and (found.get("moo") is not None or "lat" in found):
        answers["place"], answers["place_told"] = found, True


def _bare(line: str) -> str:
    """The wish without what people say before and after it: “ขอเสนอโครงการ…”, “อยากให้…ค่ะ”."""
    shorter = _BEFORE.sub("", _AFTER.sub("", line))
    return shorter if len(shorter) >= _SAYS_SOMETHING else line


def add(answers: Answers, words: str) -> None:
    """More words, said later: they belong to the reason."""
    answers["why"] = "\n".join(part for part in (answers.get("why"), words) if part)[:LONGEST]


def all_words(answers: Answers) -> str:
    """What was said of it, in one text: for when it turns out to be something else than a project."""
    why = str(answers.get("why") or "")
    title = str(answers.get("title") or "")
    return why if why.startswith(title[:-1]) and title else "\n".join(part for part in (title, why) if part)


def topic(turn: Turn, title: str) -> str:
    """Which of the eight subjects it is about, as far as the words tell; staff may set it right."""
    best = turn.hear(title).categories[0]
    if best.p < _LIKELY or best.code in ("other", "proposal"):
        return "other"
    return "other" if best.code == "public_facility" else _BY_CATEGORY.get(best.code, "other")


# -- private people ----------------------------------------------------------------------------------------------------


def _said(answers: Answers, name: str) -> str:
    value = answers.get(name)
    if isinstance(value, dict):
        return str(value.get("words" if name == "reach" else "text") or "")
    return str(value or "")


def _put(answers: Answers, name: str, words: str) -> None:
    if isinstance(answers.get(name), dict):
        answers[name] = {**answers[name], ("words" if name == "reach" else "text"): words}
    elif name in answers:
        answers[name] = words


def _first(turn: Turn, answers: Answers) -> tuple[str, Pii, str] | None:
    """The first answer that seems to name somebody, where, and the piece itself; not what the person said is none."""
    known = [v.name for v in turn.town.villages if v.name] + [p.name for p in turn.town.places]
    kept = answers.get("kept", [])
    for name in _READ:
        words = _said(answers, name)
        for found in private(words, known):
            piece = words[found.start : found.end]
            if piece not in kept:
                return name, found, piece
    return None


def has_names(turn: Turn, answers: Answers) -> bool:
    """Whether something is left to ask about."""
    return _first(turn, answers) is not None


def ask_names(turn: Turn, answers: Answers) -> Answer:
    """Other words? Cover it, type again, or it is nobody's name."""
    found = _first(turn, answers)
    if found is None:
        return []
    values = ("cover", "rewrite", "keep")
    buttons = [forms.button(turn, turn.w(f"propose.names_{value}"), "names", value) for value in values]
    return say.ask_names(turn.w, found[1].kind, found[2], buttons)


def take_names(turn: Turn, answers: Answers) -> Any:
    """The words are changed, or kept; either way the question is asked only of what is left."""
    found = _first(turn, answers)
    if found is None:
        raise Again([])
    name, pii, piece = found
    value = read.tapped(turn)
    if value == "keep" or read.said(turn, read.NO):
        answers["kept"] = [*answers.get("kept", []), piece]
    elif value == "cover" or read.said(turn, read.YES):
        for each in _READ:  # the place was perhaps told in the same words
            _put(answers, each, _said(answers, each).replace(piece, COVERS[pii.kind]))
    elif value == "rewrite":
        answers.pop(name, None)
    elif (typed := read.words(turn, at_least=4)) is not None and not read.chatter(turn):
        _retold(turn, answers, name, typed)
    else:
        raise Again([text(turn.w("propose.names_help"))])
    raise Again([])


def _retold(turn: Turn, answers: Answers, name: str, typed: str) -> None:
    if name == "title":
        tell(turn, answers, typed)
    else:
        _put(answers, name, typed)
