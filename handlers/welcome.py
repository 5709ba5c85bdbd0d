"""The first meeting: the greeting, the privacy notice, the village; and what we hold about you."""

from __future__ import annotations

from typing import Any

from sqlalchemy import func, select

from handlers import answers as read
from handlers import forms
from handlers.forms import Again, Answers, Form, GivesWay, Step
from handlers.turn import Answer, Turn
from messages import welcome as say
from messages.parts import text
from models.tickets import OPEN, Ticket


def follow(turn: Turn) -> Answer:
    """Somebody added the bot, or came back to it."""
    person = turn.person
    if person is None:
        return []
    person.blocked_at = None
    count = _count(turn, only_open=False)
    if turn.event.unblocked and (count or person.notice_seen_at):
        return say.back_again(turn.w, _count(turn, only_open=True))
    return _notice(turn)


def _notice(turn: Turn) -> Answer:
    if turn.person is not None:
        turn.person.notice_version = turn.town.settings["privacy.version"]
        turn.person.notice_shown_at = turn.now
    return say.hello(turn.w)


def unfollow(turn: Turn) -> Answer:
    """Blocked: nothing more is pushed there."""
    if turn.person is not None:
        turn.person.blocked_at = turn.now
    return []


def notice_ok(turn: Turn) -> Answer:
    """“รับทราบ”: noted with its version; then the village, once."""
    if turn.person is None:
        return []
    turn.person.notice_seen_at = turn.now
    turn.person.notice_version = turn.town.settings["privacy.version"]
    if turn.seat.form:
        return [text(turn.w("common.still_open"))]
    return forms.start(turn, MOO) if turn.person.moo is None and turn.town.villages else say.moo_skipped(turn.w)


def notice_full(turn: Turn) -> Answer:
    """The whole notice."""
    return say.full_notice(turn.w)


def edit_moo(turn: Turn) -> Answer:
    """Change the own village."""
    return forms.start(turn, MOO)


def mine(turn: Turn) -> Answer:
    """ข้อมูลของฉัน: what we hold."""
    person = turn.person
    if person is None:
        return []
    return say.mine(turn.w, person.name, turn.town.village_name(person.moo), _count(turn, only_open=False))


def _count(turn: Turn, *, only_open: bool) -> int:
    if turn.person is None:
        return 0
    found = select(func.count()).select_from(Ticket).where(Ticket.reporter_id == turn.person.id)
    if only_open:
        found = found.where(Ticket.state.in_(OPEN))
    return turn.session.scalar(found) or 0


def _ask_moo(turn: Turn, _answers: Answers) -> Answer:
    villages = [
        forms.button(turn, turn.w("report.place_moo", moo=v.moo), "moo", str(v.moo)) for v in turn.town.villages
    ]
    rest = [
        forms.button(turn, turn.w("welcome.outside"), "moo", "outside"),
        forms.button(turn, turn.w("welcome.skip"), "moo", "skip"),
    ]
    if len(villages) > 11:
        rest.insert(0, forms.button(turn, turn.w("welcome.other_moo"), "moo", "other"))
    return say.ask_moo(turn.w, villages, rest)


def _take_moo(turn: Turn, _answers: Answers) -> Any:
    value = read.tapped(turn)
    if value == "other":
        raise Again([text(turn.w("welcome.type_moo"))])
    if value in ("outside", "skip") or read.said(turn, read.SKIP, read.NO):
        return "skip"
    moo = int(value) if value is not None and value.isdecimal() else read.number(turn)
    known = {v.moo for v in turn.town.villages}
    if moo is None and read.something_else(turn):
        raise GivesWay
    if moo is None or (known and moo not in known) or not 0 < moo < 1000:
        raise Again([text(turn.w("welcome.type_moo"))])
    return moo


def _moo_done(turn: Turn, answers: Answers) -> Answer:
    moo = answers["moo"]
    if turn.person is None or not isinstance(moo, int):
        return say.moo_skipped(turn.w)
    turn.person.moo = moo
    return say.moo_saved(turn.w, turn.town.village_name(moo))


MOO = Form("moo", steps=(Step("moo", _ask_moo, _take_moo),), done=_moo_done)
