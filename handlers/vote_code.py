"""The paper code: typed in chat, it opens the place on the roll of the slip it stands on. It is not kept."""

from __future__ import annotations

from typing import Any

from handlers import answers as read
from handlers.forms import Again, Answers, Form, GivesWay, Step
from handlers.turn import Answer, Turn
from messages import vote as say
from messages.parts import text
from models import eligibility, polls
from models.polls import NotAllowed
from models.vote_codes import looks_like_code

#: What a person hears of a code that does not open anything.
_WORDS = {"tries": "code_tries", "has_place": "code_has_place", "wrong_code": "code_wrong"}


def _ask(turn: Turn, answers: Answers) -> Answer:
    return say.ask_code(turn.w, answers.get("why", "code"))


def _take(turn: Turn, answers: Answers) -> Any:
    """Use the code here and now: what is kept is only that it was right."""
    if turn.event.kind != "text" or not looks_like_code(turn.text):
        if read.something_else(turn):
            raise GivesWay
        raise Again([text(turn.w("vote.code_wrong"))])
    poll = polls.poll_of(turn.session, answers["poll"])
    if poll is None or turn.person is None or turn.town.keys is None:
        return "gone"
    try:
        eligibility.use_code(turn.session, turn.town.keys, poll, turn.person, turn.text, turn.now)
    except NotAllowed as refused:
        if refused.reason == "wrong_code":
            raise Again([text(turn.w("vote.code_wrong"))]) from None
        return _WORDS.get(refused.reason, "gone")
    return "code_ok"


def _done(turn: Turn, answers: Answers) -> Answer:
    poll = polls.poll_of(turn.session, answers["poll"])
    if answers["code"] != "code_ok" or poll is None:
        return say.note(turn.w, answers["code"])
    return [text(turn.w("vote.code_ok")), *say.standing(turn.w, poll, "may")]


CODE = Form("vote_code", steps=(Step("code", _ask, _take),), done=_done)
