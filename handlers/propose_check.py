"""The last look at a proposal before it is sent: the step `confirm`, and what else the words may be."""

from __future__ import annotations

from typing import Any

from handlers import answers as read
from handlers import forms
from handlers import propose_where as where
from handlers import propose_words as wording
from handlers.forms import Again, Answers
from handlers.report_where import media_words
from handlers.turn import Answer, Json, Turn
from messages import propose as say
from messages.parts import pack, tap, text
from models.groups import Group, groups_with


def other_kinds(turn: Turn) -> list[Json]:
    """It is a problem, or an opinion: the same words go on as that."""
    return [
        tap(turn.w("propose.as_report"), pack("propose.as_report", r=forms.mark(turn))),
        tap(turn.w("propose.as_suggestion"), pack("propose.as_idea", r=forms.mark(turn))),
    ]


def group_of(turn: Turn, answers: Answers) -> Group | None:
    """The group in whose name it is sent, if the person is (still) a member."""
    return next((g for g in groups_with(turn.session, turn.person) if g.id == answers.get("owner")), None)


def ask_confirm(turn: Turn, answers: Answers) -> Answer:
    """Everything once more; each line can be tapped to change it."""
    w, group = turn.w, group_of(turn, answers)
    rows = [
        _row(turn, "what", answers["title"], "title"),
        _row(turn, "why", answers.get("why") or "–", "why"),
        _row(turn, "where", where.spot(turn, answers["place"]), "place"),
        _row(turn, "reach", _reach_words(turn, answers["reach"]), "reach"),
        _row(turn, "media", media_words(turn, answers) or w("report.photos_none"), "photo"),
    ]
    if group is not None or groups_with(turn.session, turn.person):
        rows.append(_row(turn, "owner", group.name if group else w("propose.owner_self"), "owner"))
    seen = turn.person is not None and turn.person.notice_seen_at is not None
    buttons = [
        forms.button(turn, w("propose.send"), "confirm", "send"),
        *other_kinds(turn),
    ]
    days = int(turn.town.settings["proposals.review_days"])
    return say.check(w, answers["title"], rows, buttons, days, "" if seen else w("welcome.notice_short"))


def _row(turn: Turn, name: str, value: str, step: str) -> tuple[str, str, Json | None]:
    row = turn.w(f"proposal.row_{name}")
    return row, value, forms.edit_button(turn, turn.w("report.edit"), step, turn.w("report.edit_row", row=row))


def _reach_words(turn: Turn, reach: dict[str, str]) -> str:
    return reach["words"] or turn.w(f"proposal.reach_{reach['code']}")


def take_confirm(turn: Turn, answers: Answers) -> Any:
    """Send it; more words belong to the reason."""
    if read.tapped(turn) == "send" or read.said(turn, read.YES):
        return "send"
    words = read.words(turn, at_least=4)
    if words is None or read.said(turn, read.NO, read.SKIP) or read.chatter(turn):
        raise Again([text(turn.w("propose.confirm_help"))])
    wording.add(answers, words)
    raise Again([text(turn.w("report.added_words"))])
