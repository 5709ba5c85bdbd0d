"""Reporting a problem (แจ้งปัญหา): free text first, then only what is not understood yet.

detail → category (asked only when unsure) → place → photo or none → the same case nearby? → a summary in which every
line can be changed. Words, photos, voice and a place that arrive within seconds, in any order, are one report.
"""

from __future__ import annotations

from typing import Any

from handlers import answers as read
from handlers import filing, forms, places, pocket, track
from handlers import report_where as where
from handlers.events import MEDIA
from handlers.forms import Again, Answers, Form, Step
from handlers.turn import Answer, Json, Turn
from messages import report as say
from messages.parts import text
from models import attachments
from models.tickets import Ticket
from nlp import Understanding

#: From this probability on the first guess is taken and only shown; below it the bot asks (see docs/model-card.md).
SURE = 0.5
#: The menu's short list of matters when nothing is understood.
COMMON = ("streetlight", "road", "water_supply", "drain", "waste", "stray_animal", "tree", "noise", "other")


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


def tell(turn: Turn, answers: Answers, words: str) -> None:
    """Take words as (more of) the detail, and fill in what they tell of category, place and urgency."""
    heard = turn.hear(words)
    first = not answers.get("detail")
    told = heard.problems[0].text if first and len(heard.problems) > 1 else words
    detail = "\n".join(part for part in (answers.get("detail"), told) if part)
    answers["detail"] = detail[: filing.LONGEST]
    if first and len(heard.problems) > 1:
        answers["later"] = [p.text for p in heard.problems[1:4]]
        heard = turn.hear(told)
    if heard.urgency == "high" or heard.emergency in ("hazard", "danger"):
        answers["urgent"] = True
    if "category" not in answers:
        _guess(answers, heard)
    if not answers.get("place", {}).get("text"):
        found = places.from_words(turn, heard.place)
        if found:
            answers["place"] = found


def _guess(answers: Answers, heard: Understanding) -> None:
    """Keep the three best guesses; take the first when it is sure enough."""
    answers["guesses"] = [c.code for c in heard.categories[:3]]
    best = heard.categories[0]
    if best.code != "other" and best.p >= SURE:
        answers["category"] = best.code


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
    return answers.get("category") or answers["guesses"][0]


# -- photo -------------------------------------------------------------------------------------------------------------


def _wants_photo(_turn: Turn, answers: Answers) -> bool:
    """Not when there is one, unless the photos are being changed; not for somebody who joins another's case."""
    if isinstance(answers.get("near"), int):
        return False
    return not answers.get("media") or answers.get("editing") == "photo"


def _ask_photo(turn: Turn, answers: Answers) -> Answer:
    buttons = [forms.button(turn, turn.w("button.skip"), "photo", "none")]
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


# -- the summary -------------------------------------------------------------------------------------------------------


def _ask_confirm(turn: Turn, answers: Answers) -> Answer:
    w, place = turn.w, answers["place"]
    category = where.category_names(turn).get(answers["category"], "")
    hidden = bool(answers.get("hidden"))
    spot = _spot(turn, place)
    rows = [
        _row(turn, "report.row_category", category, "category"),
        _row(turn, "report.row_detail", answers["detail"], "detail"),
        _row(turn, "report.row_place", spot, "place"),
        _row(turn, "report.row_photos", _media(turn, answers), "photo"),
        (w("report.row_name"), w("report.name_hidden" if hidden else "report.name_shown"), _name_button(turn, hidden)),
    ]
    send = forms.button(turn, w("report.send"), "confirm", "send")
    seen = turn.person is not None and turn.person.notice_seen_at is not None
    notice = "" if seen else w("welcome.notice_short")
    return say.check(w, rows, [send, _name_button(turn, hidden)], notice, (category, spot))


def _row(turn: Turn, name: str, value: str, step: str) -> tuple[str, str, Json | None]:
    """A line of the summary; its tap says which line is changed."""
    row = turn.w(name)
    return row, value, forms.edit_button(turn, turn.w("report.edit"), step, turn.w("report.edit_row", row=row))


def _spot(turn: Turn, place: dict[str, Any]) -> str:
    """The place as the summary shows it, with its village where it is not said already."""
    moo, words = place.get("moo"), str(place.get("text") or turn.w("report.place_nowhere"))
    village = turn.w("report.place_moo", moo=moo) if moo is not None else ""
    return words if village in words else f"{words} ({village})"


def _media(turn: Turn, answers: Answers) -> str:
    return where.media_words(turn, answers) or turn.w("report.photos_none")


def _name_button(turn: Turn, hidden: bool) -> Json:
    return forms.button(turn, turn.w("report.show_name" if hidden else "report.hide_name"), "confirm", "name")


def _take_confirm(turn: Turn, answers: Answers) -> Any:
    value = read.tapped(turn)
    if value == "send" or read.said(turn, read.YES):
        return "send"
    if value == "name":
        answers["hidden"] = not answers.get("hidden")
        raise Again([])
    if turn.event.kind == "place":
        answers["place"] = where.take_place(turn, answers)
        raise Again([text(turn.w("report.place_changed"))])
    words = read.words(turn, at_least=4)
    if words is None or read.said(turn, read.NO, read.SKIP) or read.chatter(turn):
        raise Again([text(turn.w("report.confirm_help"))])
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
        ),
    )
    return [*say.receipt(turn.w, ticket), *_what_else(turn, answers)]


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
        Step("confirm", _ask_confirm, _take_confirm, when=lambda _t, a: not isinstance(a.get("near"), int)),
    ),
    done=_done,
    absorb=_absorb,
    left="ask",
)
