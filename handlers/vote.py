"""ร่วมลงคะแนน: what is open, may I, consent, and the way to the ballot. What anybody chooses is not known here."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from ballots.manifest import Kind
from handlers import forms, service
from handlers.turn import Answer, Turn
from handlers.vote_code import CODE
from messages import vote as say
from models import ballot_links, eligibility, polls, vote_notices, voters
from models.eligibility import Standing
from models.key_room import KeyRoom
from models.people import Person
from models.poll_drafts import manifest_of, rules_of
from models.polls import NotAllowed, Poll

#: A published result stays on the list so long, and no more polls than fit on a carousel are shown.
FRESH, MOST = timedelta(days=90), 10
#: Options of a poll that may be voted on with buttons in chat (LINE: twelve bubbles; one is “none of these”).
CHAT_OPTIONS = 10


def with_poll(answer: Callable[[Turn, Person, KeyRoom, Poll], Answer]) -> Callable[[Turn], Answer]:
    """A handler of a tap that names a poll; a word instead where there is none, or the machine has no keys."""

    def serve(turn: Turn) -> Answer:
        poll = polls.poll_of(turn.session, turn.event.fields.get("p", ""))
        if turn.person is None or turn.town.keys is None:
            return service.menu(turn)
        if poll is None or poll.state not in polls.SHOWN:
            return say.note(turn.w, "gone")
        return answer(turn, turn.person, turn.town.keys, poll)

    return serve


def listed(turn: Turn) -> Answer:
    """ร่วมลงคะแนน: the polls that concern this person."""
    person, keys = turn.person, turn.town.keys
    if person is None or keys is None:
        return service.no_vote(turn)
    found = [each for each in polls.shown(turn.session) if _fresh(turn, each)]
    shown = [say.Shown(each, eligibility.standing(turn.session, keys, each, person, turn.now).answer) for each in found]
    mine = [each for each in shown if each.answer != "elsewhere"] or shown
    return say.polls(turn.w, mine[:MOST]) if mine else service.no_vote(turn)


def _fresh(turn: Turn, poll: Poll) -> bool:
    return poll.published_at is None or turn.now - poll.published_at < FRESH


def _rules(turn: Turn, _person: Person, _keys: KeyRoom, poll: Poll) -> Answer:
    return say.rules(turn.w, poll, manifest_of(poll), rules_of(poll).min_age)


def _right(turn: Turn, person: Person, keys: KeyRoom, poll: Poll) -> Answer:
    found = eligibility.standing(turn.session, keys, poll, person, turn.now)
    return _in_the_way(turn, keys, poll, found) or say.standing(turn.w, poll, found.answer)


def _begin(turn: Turn, person: Person, keys: KeyRoom, poll: Poll) -> Answer:
    """To the ballot, past whatever is in the way: eligibility first, then consent."""
    found = eligibility.standing(turn.session, keys, poll, person, turn.now)
    blocked = _in_the_way(turn, keys, poll, found)
    if blocked is not None:
        return blocked
    known = eligibility.voter(turn.session, keys, person, make=True)
    if known is None:
        return say.note(turn.w, "trouble")
    if not voters.consents(turn.session, known.id, voters.CONSENT):
        return say.consent(turn.w, poll)
    return _hand_out(turn, person, keys, poll)


def _in_the_way(turn: Turn, keys: KeyRoom, poll: Poll, found: Standing) -> Answer | None:
    """What must be done first, or why it cannot be; None when the person may vote."""
    if found.may_vote:
        return None
    if found.answer in ("code", "counter"):
        turn.seat.pocket = []
        return forms.start(turn, CODE, {"poll": poll.code, "why": found.answer})
    if found.answer == "list":
        return say.list_page(turn.w, _address(turn, keys, poll))
    moos = rules_of(poll).moos or tuple(village.moo for village in turn.town.villages)
    return say.standing(turn.w, poll, found.answer, moos)


def _hand_out(turn: Turn, person: Person, keys: KeyRoom, poll: Poll) -> Answer:
    """The place on the roll, and the link to the ballot."""
    try:
        eligibility.join(turn.session, keys, poll, person, turn.now)
    except NotAllowed as refused:
        return say.standing(turn.w, poll, refused.reason)
    minutes = int(ballot_links.LINK_LIVES.total_seconds() // 60)
    return say.go(turn.w, poll, _address(turn, keys, poll), minutes, chat=in_chat(poll))


def _address(turn: Turn, keys: KeyRoom, poll: Poll) -> str:
    """A fresh one-use link to the ballot page, for this person alone; it is not to be read in the database."""
    person = turn.person
    known = eligibility.voter(turn.session, keys, person, make=True) if person else None
    if person is None or known is None:
        return turn.town.public_url
    turn.keep_secret("link")
    token = ballot_links.make(turn.session, poll.id, known.id, person.id, turn.now)
    return ballot_links.address(turn.town.public_url, token, turn.town.liff)


def in_chat(poll: Poll) -> bool:
    """Whether this poll may be answered with buttons: one choice among few."""
    manifest, rules = manifest_of(poll), rules_of(poll)
    return rules.chat and manifest.kind == Kind.CHOOSE_ONE and len(manifest.options) <= CHAT_OPTIONS


# -- consent -----------------------------------------------------------------------------------------------------------


def _agree(turn: Turn, person: Person, keys: KeyRoom, poll: Poll) -> Answer:
    """Consent is given; by somebody under twenty with a parent."""
    known = eligibility.voter(turn.session, keys, person, make=True)
    if known is None:
        return say.note(turn.w, "trouble")
    voters.consent(turn.session, known.id, voters.CONSENT, turn.now)
    return _begin(turn, person, keys, poll)


def _teen(turn: Turn, _person: Person, _keys: KeyRoom, poll: Poll) -> Answer:
    age = rules_of(poll).min_age
    if age >= 20:
        return say.too_young(turn.w, age)
    return say.teen(turn.w, poll, age)


def _child(turn: Turn, _person: Person, _keys: KeyRoom, _poll: Poll) -> Answer:
    return say.note(turn.w, "child")


def decline(turn: Turn) -> Answer:
    """Not now, or not at all: nothing is kept."""
    return say.note(turn.w, "declined")


def _moo(turn: Turn, person: Person, keys: KeyRoom, poll: Poll) -> Answer:
    """The village, said on the way to a ballot."""
    said = turn.event.fields.get("moo", "")
    known = {village.moo for village in turn.town.villages}
    if said.isdecimal() and (int(said) in known or not known):
        person.moo = int(said)
        turn.session.flush()
    return _begin(turn, person, keys, poll)


def _remind(turn: Turn, person: Person, _keys: KeyRoom, poll: Poll) -> Answer:
    vote_notices.remind(turn.session, poll.id, person.id)
    return say.note(turn.w, "reminded")


rules, right, begin = with_poll(_rules), with_poll(_right), with_poll(_begin)
agree, teen, child = with_poll(_agree), with_poll(_teen), with_poll(_child)
moo, remind = with_poll(_moo), with_poll(_remind)
