"""The answer to one event. The first that fits wins; nothing that is said is lost.

1. lifecycle and rights · 2. emergencies, and the few words that always work · 3. a tap · 4. the open form ·
5. what the words mean · else the gentle fallback. In groups the bot is silent unless it is meant.
What there is to choose from stands in handlers/routes.py.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from handlers import (
    answers,
    emergency,
    forms,
    group_join,
    loose_ends,
    projects,
    service,
    staff_link,
    staff_work,
    support,
    track,
    vote_check,
)
from handlers.events import MEDIA
from handlers.forms import Form
from handlers.routes import (
    BACK,
    CANCEL,
    FORMS,
    INTENTS,
    LIFE,
    STAFF_FORMS,
    STAFF_TAPS,
    STAFF_WORDS,
    TAPS,
    WORDS,
    Handler,
    open_form,
)
from handlers.turn import Answer, Turn
from messages import common
from messages import staff as say_staff
from messages.parts import text
from messages.thai import parse_case_number
from nlp import Understanding

#: What sounds like a complaint with less than the first probability, of a matter with less than the second, is asked
#: about: no word of it was known, and keyboards are also slept upon.
VAGUE_COMPLAINT, VAGUE_MATTER = 0.75, 0.2

#: Steps of forms that wait for a tap, what may be asked beside them, and how surely it must be that.
CHOOSING = frozenset({"kind", "similar", "confirm"})
BESIDE = frozenset({"status", "vote"})
PLAINLY = 0.8


def respond(turn: Turn) -> Answer:
    """The answer to one event: at most five messages, or none."""
    life = LIFE.get(turn.event.kind)
    if life is not None:
        return life(turn)
    answer = _in_group(turn) if turn.in_group else _alone(turn)
    return answer[: forms.MOST]


def _in_group(turn: Turn) -> Answer:
    """In a group: taps, codes, staff's words, and the speaker's own open form; silence else."""
    if turn.event.kind == "tap":
        return _tap(turn, STAFF_TAPS)
    if turn.event.kind == "text":
        answer = _said_in_group(turn)
        if answer is not None:
            return answer
    if turn.staff is not None and forms.is_open(turn):
        return _form(turn)
    if not turn.event.mentioned:
        return []
    return staff_work.today(turn) if turn.chat.department_id is not None else staff_work.unlinked(turn)


def _said_in_group(turn: Turn) -> Answer | None:
    """Codes, staff's words, and the ways out of an open form; None when the text is none of them."""
    linked = staff_link.link(turn)
    if linked is not None:
        return linked
    if turn.staff is not None and forms.is_open(turn):
        if answers.plain(turn.text) in CANCEL:
            return _cancel(turn)
        if answers.plain(turn.text) in BACK:
            return _back(turn)
    return _staff_words(turn) if turn.chat.department_id is not None else None


def _alone(turn: Turn) -> Answer:
    """One to one."""
    if turn.event.kind == "text":
        answer = _always(turn)
        if answer is not None:
            return _with_warning(turn, answer)
    if turn.event.kind == "tap":
        return _tap(turn, {**TAPS, **STAFF_TAPS})
    if forms.is_open(turn):
        return _with_warning(turn, _form(turn))
    return _with_warning(turn, _loose(turn))


def _always(turn: Turn) -> Answer | None:
    """Emergencies, codes and the words that work in any state; None when the text is none of them."""
    urgent = emergency.check(turn)
    if urgent is not None:
        return urgent
    linked = staff_link.link(turn)
    if linked is not None:
        return linked
    words = answers.plain(turn.text)
    if words in CANCEL:
        return _cancel(turn)
    if words in BACK:
        return _back(turn)
    if words in WORDS:
        return WORDS[words](turn)
    receipt = vote_check.said(turn) if turn.seat.form != vote_check.CHECK.name else None
    if receipt is not None:
        return receipt
    named = group_join.joins(turn) or support.of_village(turn) or support.by_number(turn)
    if named is not None:
        return named
    return _staff_words(turn) if turn.staff is not None else None


def _staff_words(turn: Turn) -> Answer | None:
    handler = STAFF_WORDS.get(answers.plain(turn.text))
    if handler is not None:
        return handler(turn)
    number = parse_case_number(turn.text)
    if number is not None and turn.staff is not None and not forms.is_open(turn):
        return staff_work.by_number(turn, turn.staff, *number)
    return None


def _cancel(turn: Turn) -> Answer:
    if not forms.is_open(turn):
        return common.menu(turn.w, turn.w("common.nothing_to_cancel"))
    staffs = turn.seat.form in STAFF_FORMS
    forms.close(turn)
    turn.seat.pocket = []
    if staffs:
        return say_staff.note(turn.w, "staff.cancelled")
    return common.menu(turn.w, turn.w("common.cancelled"))


def _back(turn: Turn) -> Answer:
    form = open_form(turn)
    if form is None:
        return common.menu(turn.w, turn.w("common.nothing_to_go_back"))
    return forms.back(turn, form)


def _tap(turn: Turn, taps: Mapping[str, Handler]) -> Answer:
    if turn.event.route in ("f", "f.edit"):
        if turn.in_group and turn.staff is None:
            return say_staff.note(turn.w, "staff.not_staff")
        form = open_form(turn)
        return forms.tapped(turn, form) if turn.event.route == "f" else forms.edit(turn, form)
    turn.seat.lost = 0
    handler = taps.get(turn.event.route)
    return handler(turn) if handler else forms.old_button(turn)


def _form(turn: Turn) -> Answer:
    """The open form takes the turn, unless it was left half done for long, or what is said is a matter of its own."""
    form = FORMS.get(turn.seat.form or "")
    if form is None:
        forms.close(turn)
        return _loose(turn)
    if not turn.in_group and _is_stale(turn, form):
        if form.left == "ask":
            return loose_ends.ask_whether_to_go_on(turn)
        forms.close(turn)
        return _loose(turn)
    if turn.event.kind == "text" and not turn.in_group:
        number = parse_case_number(turn.text)
        if number is not None and "/" in turn.text:
            return track.by_number(turn, *number)
    aside = _aside(turn, form)
    if aside is not None:
        return aside
    try:
        return forms.answer(turn, form)
    except forms.GivesWay:
        forms.close(turn)
        return _loose(turn)


def _aside(turn: Turn, form: Form) -> Answer | None:
    """The answer to a plain question about something else, and the open question again; None where it is none.

    Only where the form waits for a tap: elsewhere what sounds like a question may be what was asked for.
    """
    step = form.current(turn, dict(turn.seat.answers))
    if turn.event.kind != "text" or turn.in_group or step is None or step.name not in CHOOSING:
        return None
    asked = projects.by_words(turn)
    if asked is None and turn.heard.intent in BESIDE and turn.heard.intent_p >= PLAINLY:
        asked = INTENTS[turn.heard.intent](turn)
    return None if asked is None else [*asked, *forms.ask_again(turn, form)][-forms.MOST :]


def _is_stale(turn: Turn, form: Form) -> bool:
    """Whether the form was left half done for so long that what is said now may be about something else."""
    limit = timedelta(hours=int(turn.town.settings["form.stale_hours"]))
    left = turn.seat.touched_at is not None and turn.now - turn.seat.touched_at > limit
    return left and not form.holds(turn, dict(turn.seat.answers))


def _loose(turn: Turn) -> Answer:
    """No form is open."""
    if turn.event.kind in MEDIA or turn.event.kind == "place":
        return loose_ends.open_from_pocket(turn)
    if turn.event.kind == "sticker":
        return common.start_here(turn.w, turn.w("common.sticker"))
    if turn.event.kind != "text":
        return []
    number = parse_case_number(turn.text)
    if number is not None:
        return track.by_number(turn, *number)
    asked = projects.by_words(turn)
    if asked is not None:
        turn.seat.lost = 0
        return asked
    return _meaning(turn)


def _meaning(turn: Turn) -> Answer:
    heard = turn.heard
    if not turn.text or answers.words(turn, at_least=1) is None:
        return common.start_here(turn.w, turn.w("common.sticker"))
    if heard.intent != "other":
        if heard.unsure or _vague(heard):
            return service.unsure(turn)
        turn.seat.lost = 0
    return INTENTS[heard.intent](turn)


def _vague(heard: Understanding) -> bool:
    """Whether it sounds like a complaint, but neither surely nor about anything known: asked before it is a report."""
    matter = heard.categories[0].p >= VAGUE_MATTER or heard.place is not None or heard.emergency != "none"
    return heard.intent == "complaint" and heard.intent_p < VAGUE_COMPLAINT and not matter


def _with_warning(turn: Turn, answer: Answer) -> Answer:
    """A word of caution in front, when somebody sends an id card's or a bank account's number."""
    if turn.event.kind != "text" or not any(p.kind in ("id", "account") for p in turn.heard.pii):
        return answer
    return [text(turn.w("common.pii_warning")), *answer][: forms.MOST]
