"""Reporting a problem (แจ้งปัญหา): free text first, then only what is not understood yet.

detail → category (asked only when unsure) → place → photo or none → the same case nearby? → in whose name (helpers
only) → a summary in which every line can be changed. Words, photos, voice and a place that arrive within seconds, in
any order, are one report.
"""

from __future__ import annotations

from typing import Any

from handlers import answers as read
from handlers import behalf, filing, forms, places, pocket, track
from handlers import report_where as where
from handlers.events import MEDIA
from handlers.forms import Again, Answers, Form, Step
from handlers.report_check import ask_confirm, take_confirm
from handlers.report_told import tell
from handlers.turn import Answer, Turn
from messages import report as say
from messages.parts import text
from models import attachments
from models.tickets import Ticket

#: The menu's short list of matters when nothing is understood.
COMMON = ("streetlight", "road", "water_supply", "drain", "waste", "stray_animal", "tree", "noise", "other")
#: Asked already what it is, a guess of this probability is taken; words that tell less leave it to the clerk.
LIKELY = 0.35


def begin(turn: Turn) -> Answer:
    """The menu's door. What lies in the pocket (photos, a place, words just said) is part of the report."""
    return _start(turn, "", pocket.empty(turn))


def begin_with(turn: Turn, words: str) -> Answer:
    """A problem told in free text."""
    return _start(turn, words, pocket.empty(turn))


def from_suggestion(turn: Turn) -> Answer:
    """It was taken for a suggestion or a question, and is a problem: the same words and files become a report."""
    if turn.seat.form != "suggest" or not forms.is_current(turn):
        return begin(turn)
    given = dict(turn.seat.answers)
    answers: Answers = {"media": given.get("media", [])}
    if given.get("words"):
        tell(turn, answers, given["words"])
    return forms.start(turn, REPORT, answers)


def _start(turn: Turn, words: str, items: list[dict[str, Any]]) -> Answer:
    answers: Answers = {"media": pocket.media(items)}
    before = pocket.words(items)
    if words or before:
        tell(turn, answers, words or before)
    elif any(m["kind"] == "voice" for m in answers["media"]):
        answers["detail"] = turn.thai("report.voice_detail")
    if words and before:  # said a moment ago, and not understood then
        answers["detail"] = f"{before}\n{answers['detail']}"
    pin = pocket.place(items)
    if pin is not None:
        answers["place"] = places.from_pin(turn, pin)
    return forms.start(turn, REPORT, answers)


def take_in(turn: Turn) -> Answer:
    """Words of alarm while a report is open: they are part of it, whatever was being asked."""
    answers = dict(turn.seat.answers)
    tell(turn, answers, turn.text)
    return forms.proceed(turn, REPORT, answers)


# -- detail ------------------------------------------------------------------------------------------------------------


def _ask_detail(turn: Turn, answers: Answers) -> Answer:
    return say.ask_detail(turn.w, where.so_far(turn, answers))


def _take_detail(turn: Turn, answers: Answers) -> Any:
    words = read.words(turn)
    if words is None or read.chatter(turn):
        raise Again([text(turn.w("report.detail_help"))])
    tell(turn, answers, words)
    return answers["detail"]


# -- category ----------------------------------------------------------------------------------------------------------


def _ask_category(turn: Turn, answers: Answers) -> Answer:
    names, before = where.category_names(turn), where.so_far(turn, answers)
    if answers.get("all"):
        shown = [c for c in COMMON if c in names] + [c for c in names if c not in COMMON]
        return say.ask_category_all(turn.w, [where.category_button(turn, names, c) for c in shown])
    codes = dict.fromkeys([*answers.get("guesses", []), *COMMON])
    choices = [where.category_button(turn, names, c) for c in codes if c in names]
    more = forms.button(turn, turn.w("report.more_categories"), "category", "*")
    return say.ask_category(turn.w, before, choices[:9], more)


def _take_category(turn: Turn, answers: Answers) -> Any:
    answers.pop("near", None)
    names, value = where.category_names(turn), read.tapped(turn)
    if value == "*":
        answers["all"] = True
        raise Again([])
    if value in names:
        return value
    words = read.words(turn)
    if words is None or read.chatter(turn):
        return None
    if read.said(turn, read.UNKNOWN, read.SKIP):
        return "other"
    by_name = next((code for code, name in names.items() if read.plain(words) == name.lower()), None)
    if by_name:
        return by_name
    tell(turn, answers, words)
    best = turn.hear(words).categories[0]
    return answers.get("category") or (best.code if best.p >= LIKELY else "other")


# -- photo -------------------------------------------------------------------------------------------------------------


def _wants_photo(_turn: Turn, answers: Answers) -> bool:
    """Not when there is one, unless the photos are being changed; not for somebody who joins another's case."""
    if isinstance(answers.get("near"), int):
        return False
    return not answers.get("media") or answers.get("editing") == "photo"


def _ask_photo(turn: Turn, answers: Answers) -> Answer:
    buttons = [forms.button(turn, turn.w("button.skip"), "photo", "none")]
    if answers.get("place_told"):  # the place was not asked for: the other guesses have not been offered yet
        buttons.extend(where.other_guesses(turn, answers))
    if answers.get("media"):
        buttons.append(forms.button(turn, turn.w("report.photo_clear"), "photo", "clear"))
    return say.ask_photo(turn.w, where.so_far(turn, answers), buttons)


def _take_photo(turn: Turn, answers: Answers) -> Any:
    if read.tapped(turn) == "none" or read.said(turn, read.SKIP, read.NO):
        return "none"
    if read.tapped(turn) == "clear":
        answers["media"] = []
        return "none"
    if turn.event.kind == "place":
        answers["place"] = where.take_place(turn, answers)
        raise Again([text(turn.w("report.place_changed"))])
    words = read.words(turn)
    if words is None or read.said(turn, read.YES) or read.chatter(turn):
        raise Again([text(turn.w("report.photo_help"))])
    tell(turn, answers, words)
    raise Again([text(turn.w("report.added_words"))])


# -- what may come at any time -----------------------------------------------------------------------------------------


def _absorb(turn: Turn, answers: Answers) -> Answers | None:
    event = turn.event
    if event.kind in MEDIA and event.message_id:
        media = [*answers.get("media", []), {"id": event.message_id, "kind": event.kind}]
        answers = {k: v for k, v in answers.items() if k != "editing"} | {"media": media}
        if event.kind != "photo" and "detail" not in answers:
            answers["detail"] = turn.thai("report.voice_detail" if event.kind == "voice" else "report.file_detail")
        return answers
    step = REPORT.current(turn, answers)
    if event.kind == "place" and step is not None and step.name in ("detail", "category", "near"):
        return {k: v for k, v in answers.items() if k not in ("far", "near")} | {"place": where.pin(turn)}
    return None


# -- done --------------------------------------------------------------------------------------------------------------


def _done(turn: Turn, answers: Answers) -> Answer:
    joined = answers.get("near")
    if isinstance(joined, int):
        return [*_join(turn, joined, answers), *_what_else(turn, answers)]
    ticket = filing.file_ticket(
        turn,
        filing.Told(
            kind="complaint",
            text=answers["detail"],
            category=answers["category"],
            place=answers["place"],
            media=[m["id"] for m in answers.get("media", [])],
            hidden_name=bool(answers.get("hidden")),
            heard=turn.hear(answers["detail"]),
            source_key=f"{turn.seat.key}:{turn.seat.run}",
            urgent=bool(answers.get("urgent")),
            on_behalf=behalf.office(turn, answers),
        ),
    )
    passed = behalf.keep(turn, ticket, answers)
    return [*passed, *say.receipt(turn.w, ticket), *_what_else(turn, answers)]


def _what_else(turn: Turn, answers: Answers) -> Answer:
    later = answers.get("later") or []
    if not later:
        return []
    turn.seat.pocket = [{"kind": "later", "text": t, "at": turn.event.at.isoformat()} for t in later]
    return [say.next_problem(turn.w, later[0])]


def next_problem(turn: Turn) -> Answer:
    """The next of several problems told in one message."""
    waiting = [i["text"] for i in turn.seat.pocket if i["kind"] == "later"]
    if not waiting:
        return begin(turn)
    turn.seat.pocket = []
    answers: Answers = {}
    tell(turn, answers, waiting[0])
    return forms.start(turn, REPORT, answers | {"later": waiting[1:]})


def _join(turn: Turn, ticket_id: int, answers: Answers) -> Answer:
    """“ของฉันด้วย”: follow the case that is there, and give its crew what was told and photographed."""
    ticket = turn.session.get_one(Ticket, ticket_id)
    media = [m["id"] for m in answers.get("media", [])]
    attachments.attach(turn.session, media, ticket.id, "before")
    words = filing.covered(answers["detail"])
    if turn.person is None or ticket.reporter_id == turn.person.id:
        track.tell_staff(turn, ticket, words)
        return say.already_yours(turn.w, ticket)
    if filing.follow(turn.session, ticket, turn.person, turn.now):
        ticket.add("joined", turn.now, person=turn.person, words=words, data={"media": len(media)})
    else:
        track.tell_staff(turn, ticket, words)
    return say.joined(turn.w, ticket, filing.people_behind(turn.session, ticket))


def go_on(turn: Turn) -> Answer:
    """“ทำต่อ”: the open question again; what was sent since is added to the report."""
    answers, items = dict(turn.seat.answers), pocket.empty(turn)
    answers["media"] = [*answers.get("media", []), *pocket.media(items)]
    said = pocket.words(items)
    if said:
        tell(turn, answers, said)
    pin = pocket.place(items)
    if pin is not None:
        answers["place"] = places.from_pin(turn, pin)
    return forms.proceed(turn, REPORT, answers)


REPORT = Form(
    "report",
    steps=(
        Step("detail", _ask_detail, _take_detail),
        Step("category", _ask_category, _take_category),
        Step("place", where.ask_place, where.take_place),
        Step("far", where.ask_far, where.take_far, when=where.is_far),
        Step("near", where.ask_near, where.take_near, when=where.has_near),
        Step("photo", _ask_photo, _take_photo, when=_wants_photo),
        Step("whom", behalf.ask_whom, behalf.take_whom, when=behalf.asks_whom),
        Step("who", behalf.ask_who, behalf.take_who, when=behalf.asks_who),
        Step("confirm", ask_confirm, take_confirm, when=lambda _t, a: not isinstance(a.get("near"), int)),
    ),
    done=_done,
    absorb=_absorb,
    left="ask",
)
