"""“บัตรของฉันถูกนับไหม” and “ดูผล”: what the board says of a receipt, and the outcome in short.

A receipt is a key to a ballot: it is boxed on its way in, read from there, and kept nowhere.
"""

from __future__ import annotations

from typing import Any

from ballots.manifest import Option
from ballots.sealing import read_receipt
from handlers import answers as read
from handlers import forms, vote
from handlers.forms import Again, Answers, Form, GivesWay, Step
from handlers.turn import Answer, Turn
from messages import vote as say
from messages.parts import text
from models import casting, eligibility, polls, receipts
from models.key_room import KeyRoom
from models.people import Person
from models.poll_drafts import manifest_of
from models.polls import Poll


def check(turn: Turn) -> Answer:
    """ตรวจใบรับ."""
    return forms.start(turn, CHECK)


def said(turn: Turn) -> Answer | None:
    """A receipt out of the blue; None when the text is none."""
    receipt = read_receipt(turn.text) if "-" in turn.text and turn.event.kind == "text" else None
    return _found(turn, receipt) if receipt is not None else None


def _ask(turn: Turn, _answers: Answers) -> Answer:
    return say.ask_receipt(turn.w)


def _take(turn: Turn, _answers: Answers) -> Any:
    """Only that something was asked is kept; the receipt goes along beside the answers."""
    receipt = read_receipt(turn.text) if turn.event.kind == "text" else None
    if receipt is None:
        if read.something_else(turn):
            raise GivesWay
        raise Again([text(turn.w("vote.check_help"))])
    turn.keep_secret(receipt)
    return "asked"


def _done(turn: Turn, _answers: Answers) -> Answer:
    return _found(turn, turn.secrets[-1])


def _found(turn: Turn, receipt: str) -> Answer:
    turn.keep_secret(receipt)
    found = receipts.find(turn.session, receipt)
    if found is None:
        mine = _waiting(turn, receipt)
        return say.checked(turn.w, "waits" if mine else "unknown", mine)
    return say.checked(turn.w, found.what, found.poll)


def _waiting(turn: Turn, receipt: str) -> Poll | None:
    """The poll in which the asker's own ballot, which waits for the next round, has this receipt."""
    person, keys = turn.person, turn.town.keys
    if person is None or keys is None:
        return None
    for poll in polls.shown(turn.session, "open"):
        row = eligibility.standing(turn.session, keys, poll, person, turn.now).row
        if row is not None and casting.current_receipt(turn.session, keys, poll, row) == receipt:
            return poll
    return None


CHECK = Form("vote_check", steps=(Step("receipt", _ask, _take),), done=_done)


# -- results -----------------------------------------------------------------------------------------------------------


def _result(turn: Turn, _person: Person, _keys: KeyRoom, poll: Poll) -> Answer:
    if poll.state != "published" or not poll.result:
        return say.note(turn.w, "waits")
    return say.result(turn.w, poll, _rows(poll), f"{turn.town.public_url}/polls/{poll.code}")


def _rows(poll: Poll) -> list[tuple[Option, int, bool]]:
    """Options with their votes, the winners first."""
    rows = []
    for contest in (poll.result or {}).get("contests", []):
        for code, votes in contest["totals"].items():
            option = manifest_of(poll).option(code)
            if option is not None:
                rows.append((option, int(votes), code in contest["selected"]))
    return sorted(rows, key=lambda row: (not row[2], -row[1], row[0].id))


result = vote.with_poll(_result)
