"""Suggestions, proposals, questions and messages: taken in the resident's own words, numbered, and answered too."""

from __future__ import annotations

from typing import Any

from handlers import answers as read
from handlers import filing, forms, places, pocket
from handlers.events import MEDIA
from handlers.forms import Again, Answers, Form, Step
from handlers.report_told import SURE
from handlers.report_where import media_words
from handlers.turn import Answer, Turn
from messages import suggest as say
from messages.parts import pack, tap, text
from models.tickets import KINDS

#: Kinds that, asked for by name, are sent as soon as they are written: they go to one desk and are easily added to.
AT_ONCE = ("question", "message")


def begin(turn: Turn, kind: str, words: str = "") -> Answer:
    """Take a matter of this kind; words just said are its text.

    Where the kind was only understood from the words, it is asked whether that is right before anything is sent.
    """
    items = pocket.empty(turn)
    before = pocket.words(items, cries=kind == "message")
    said = "\n".join(part for part in (before, words) if part)
    start: Answers = {"kind": kind, "media": pocket.media(items), "chosen": not words}
    pin = pocket.place(items)
    if pin is not None:
        start["place"] = places.from_pin(turn, pin)
    return forms.start(turn, SUGGEST, start | ({"words": said} if said else {}))


def tapped(turn: Turn) -> Answer:
    """A button that says which kind it is."""
    kind = turn.event.fields.get("kind", "")
    return begin(turn, kind if kind in KINDS and kind != "complaint" else "message")


def _ask_words(turn: Turn, answers: Answers) -> Answer:
    return say.ask(turn.w, answers["kind"], _got(turn, answers))


def _got(turn: Turn, answers: Answers) -> str:
    """What has come beside the words, or nothing."""
    parts = (media_words(turn, answers), turn.w("report.place_pin") if "place" in answers else "")
    return " · ".join(part for part in parts if part)


def _take_words(turn: Turn, _answers: Answers) -> Any:
    words = read.words(turn)
    if words is None or read.chatter(turn):
        raise Again([text(turn.w("suggest.help"))])
    return words


def _asks_confirm(_turn: Turn, answers: Answers) -> bool:
    alone = not answers.get("media") and "place" not in answers
    at_once = answers["kind"] in AT_ONCE and answers.get("chosen") and alone
    return not at_once or "editing" in answers


def _ask_confirm(turn: Turn, answers: Answers) -> Answer:
    w, kind = turn.w, answers["kind"]
    hidden = bool(answers.get("hidden"))
    buttons = [
        forms.button(turn, w("suggest.send"), "confirm", "send"),
        forms.button(turn, w("suggest.named" if hidden else "suggest.unnamed"), "confirm", "name"),
        forms.edit_button(turn, w("suggest.rewrite"), "words"),
    ]
    if kind != "message":
        buttons.append(tap(w("suggest.as_report"), pack("suggest.report", r=forms.mark(turn))))
    return say.confirm(w, kind, answers["words"], _got(turn, answers), buttons)


def _take_confirm(turn: Turn, answers: Answers) -> Any:
    if read.tapped(turn) == "send" or read.said(turn, read.YES):
        return "send"
    if read.tapped(turn) == "name":
        answers["hidden"] = not answers.get("hidden")
        note = "suggest.name_off" if answers["hidden"] else "suggest.name_on"
        raise Again([text(turn.w(note))])
    words = read.words(turn, at_least=4)
    if words is None or read.said(turn, read.NO, read.SKIP) or read.chatter(turn):
        raise Again([text(turn.w("suggest.confirm_help"))])
    answers["words"] = f"{answers['words']}\n{words}"[: filing.LONGEST]
    raise Again([text(turn.w("report.added_words"))])


def _absorb(turn: Turn, answers: Answers) -> Answers | None:
    event = turn.event
    if event.kind == "place":
        pin = {"text": event.title, "lat": event.lat, "lon": event.lon}
        return {**answers, "place": places.from_pin(turn, pin)}
    if event.kind not in MEDIA or not event.message_id:
        return None
    media = [*answers.get("media", []), {"id": event.message_id, "kind": event.kind}]
    answers = {**answers, "media": media}
    if "words" not in answers and event.kind != "photo":
        answers["words"] = turn.thai("report.voice_detail" if event.kind == "voice" else "report.file_detail")
    return answers


def _done(turn: Turn, answers: Answers) -> Answer:
    heard = turn.hear(answers["words"])
    kind = answers["kind"]
    best = heard.categories[0]  # below SURE the matter is of no category, and goes to the clerk
    category = best.code if best.p >= SURE else "other"
    if kind == "proposal" and category == "other":
        category = "proposal"
    told = filing.Told(
        kind=kind,
        text=answers["words"],
        category="other" if kind == "message" else category,
        place=answers.get("place") or places.from_words(turn, heard.place) or {},
        media=[m["id"] for m in answers.get("media", [])],
        hidden_name=bool(answers.get("hidden")),
        heard=heard,
        source_key=f"{turn.seat.key}:{turn.seat.run}",
    )
    return say.done(turn.w, filing.file_ticket(turn, told))


SUGGEST = Form(
    "suggest",
    steps=(
        Step("words", _ask_words, _take_words),
        Step("confirm", _ask_confirm, _take_confirm, when=_asks_confirm),
    ),
    done=_done,
    absorb=_absorb,
    left="ask",
)


def go_on(turn: Turn) -> Answer:
    """“ทำต่อ”: what was sent since is added to it."""
    answers, items = dict(turn.seat.answers), pocket.empty(turn)
    answers["media"] = [*answers.get("media", []), *pocket.media(items)]
    said = "\n".join(part for part in (answers.get("words"), pocket.words(items)) if part)
    # Asked once more before it is sent: a day has passed since the first words.
    return forms.proceed(turn, SUGGEST, answers | ({"words": said, "chosen": False} if said else {}))
