"""The summary of a report before it is sent: the step `confirm`."""

from __future__ import annotations

from typing import Any

from handlers import answers as read
from handlers import behalf, forms
from handlers import report_where as where
from handlers.forms import Again, Answers
from handlers.report_told import tell
from handlers.turn import Answer, Json, Turn
from messages import report as say
from messages.parts import text


def ask_confirm(turn: Turn, answers: Answers) -> Answer:
    """Everything once more, each line to be changed with a tap; the notice for who has not seen it."""
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
    for_whom = behalf.row(turn, answers)
    if for_whom:
        rows.insert(4, _row(turn, "behalf.row", for_whom, "whom"))
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


def take_confirm(turn: Turn, answers: Answers) -> Any:
    """Send; or hide the name, move the place, add words, and look once more."""
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
