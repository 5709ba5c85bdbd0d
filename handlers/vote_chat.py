"""Voting with buttons in chat, for polls of one choice among few.

A button carries a token that means nothing without the key of the day and outside of its own ballot; nothing of a tap
is stored (bot/discretion.py), and the chat never says what was tapped. LINE itself may see it: the ballot says so.
"""

from __future__ import annotations

import secrets
from datetime import timedelta

from ballots import discreet
from ballots.manifest import Option
from handlers import vote
from handlers.turn import Answer, Turn
from messages import vote as say
from messages.parts import Json, pack, tap
from models import casting, eligibility, voters
from models.key_room import KeyRoom
from models.people import Person
from models.poll_drafts import manifest_of
from models.polls import NotAllowed, Poll

#: Buttons of a ballot in chat work so long: one found later must not change a vote by accident.
LIVES = timedelta(minutes=30)
#: Stands for “none of these” in a token.
BLANK = "-"


def _begin(turn: Turn, person: Person, keys: KeyRoom, poll: Poll) -> Answer:
    """A fresh ballot: options in an order of its own, each behind a token of its own."""
    if not vote.in_chat(poll) or not _may(turn, person, keys, poll):
        return vote.begin(turn)
    day, key = keys.chat(turn.now)
    session = f"{int(turn.now.timestamp()):x}.{secrets.token_hex(6)}"
    own = f"{session}|{person.id}"
    options = {option.id: option for option in manifest_of(poll).options}
    codes = discreet.shuffle(key, own, [*options]) + [BLANK] * manifest_of(poll).limits.blank
    shown: list[tuple[Option | None, Json]] = [
        (options.get(code), _button(turn, poll, day, session, discreet.token(key, own, poll.code, code)))
        for code in codes
    ]
    return say.ballot(turn.w, poll, shown)


def _button(turn: Turn, poll: Poll, day: str, session: str, token: str) -> Json:
    return tap(turn.w("vote.chat_pick"), pack("vote.pick", p=poll.code, k=day, s=session, t=token), "")


def _may(turn: Turn, person: Person, keys: KeyRoom, poll: Poll) -> bool:
    """Eligible, on the roll, and agreed."""
    found = eligibility.standing(turn.session, keys, poll, person, turn.now)
    known = eligibility.voter(turn.session, keys, person)
    agreed = known is not None and voters.consents(turn.session, known.id, voters.CONSENT)
    return found.may_vote and found.row is not None and agreed


def _pick(turn: Turn, person: Person, keys: KeyRoom, poll: Poll) -> Answer:
    """Something was tapped: is it sure? What it was is not said, and not kept."""
    if _chosen(turn, person, keys, poll) is None:
        return say.note(turn.w, "old", tap(turn.w("vote.open"), pack("vote.open", p=poll.code)))
    carried = {name: turn.event.fields[name] for name in ("k", "s", "t")}
    return say.confirm(turn.w, poll, tap(turn.w("vote.confirm_yes"), pack("vote.cast", p=poll.code, **carried), ""))


def _cast(turn: Turn, person: Person, keys: KeyRoom, poll: Poll) -> Answer:
    """Sure: into the box. The receipt is in the answer alone."""
    chosen = _chosen(turn, person, keys, poll)
    known = eligibility.voter(turn.session, keys, person)
    if chosen is None or known is None or not _may(turn, person, keys, poll):
        return say.note(turn.w, "old", tap(turn.w("vote.open"), pack("vote.open", p=poll.code)))
    turn.keep_secret("receipt")
    picked = () if chosen == BLANK else (chosen,)
    try:
        found = eligibility.join(turn.session, keys, poll, person, turn.now)
        area = casting.ballot_area(manifest_of(poll), found)
        sealed = casting.seal_choice(manifest_of(poll), picked, area)
        receipt = casting.cast(turn.session, keys, poll.id, known.id, sealed, turn.now)
    except NotAllowed as refused:
        return say.refused(turn.w, refused.reason)
    return say.cast(turn.w, receipt.code, receipt.next_round, replaced=receipt.replaced)


def _chosen(turn: Turn, person: Person, keys: KeyRoom, poll: Poll) -> str | None:
    """The option behind the tapped token; None for an old ballot's, another person's, or one that was made up."""
    fields = turn.event.fields
    key, session = keys.chat_of(fields.get("k", "")), fields.get("s", "")
    if key is None or not _lives(turn, session):
        return None
    own, given = f"{session}|{person.id}", fields.get("t", "")
    codes = [option.id for option in manifest_of(poll).options] + [BLANK] * manifest_of(poll).limits.blank
    found = [c for c in codes if secrets.compare_digest(discreet.token(key, own, poll.code, c), given)]
    return found[0] if found else None


def _lives(turn: Turn, session: str) -> bool:
    stamp = session.partition(".")[0]
    try:
        age = turn.now.timestamp() - int(stamp, 16)
    except ValueError:
        return False
    return -60 <= age <= LIVES.total_seconds()


begin, pick, cast = vote.with_poll(_begin), vote.with_poll(_pick), vote.with_poll(_cast)
