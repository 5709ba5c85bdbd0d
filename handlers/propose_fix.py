"""Other words for a proposal: staff asked for them, the proposer takes those offered or writes his or her own."""

from __future__ import annotations

from typing import Any

from handlers import answers as read
from handlers import forms
from handlers.forms import Again, Answers, Form, GivesWay, Step
from handlers.support import tapped
from handlers.turn import Answer, Turn
from messages import propose as say
from messages.parts import text
from models.proposals import Proposal
from models.proposals import Step as Line
from models.proposing import LONGEST, LONGEST_TITLE, index
from models.supporting import is_own
from nlp.kept import covered
from nlp.search import search_text


def fix(turn: Turn) -> Answer:
    """【แก้เอง】: asks for the words."""
    proposal = _waiting(turn)
    if proposal is None:
        return _late(turn)
    return forms.start(turn, FIX, {"proposal": proposal.id})


def use_wording(turn: Turn) -> Answer:
    """【ใช้คำนี้】: the words the office offered."""
    proposal = _waiting(turn)
    asked = _asked(proposal) if proposal is not None else None
    if proposal is None or asked is None or not asked.data.get("wording"):
        return _late(turn)
    return _reworded(turn, proposal, asked.data["wording"])


def _waiting(turn: Turn) -> Proposal | None:
    proposal = tapped(turn)
    ours = proposal is not None and is_own(turn.session, proposal, turn.person)
    return proposal if proposal is not None and ours and proposal.state == "fixing" else None


def _late(turn: Turn) -> Answer:
    proposal = tapped(turn)
    if proposal is None or not is_own(turn.session, proposal, turn.person):
        return forms.old_button(turn)
    return say.note(turn.w, "propose.words_late", proposal)


def _asked(proposal: Proposal) -> Line | None:
    """The line with which staff asked."""
    return next((line for line in reversed(proposal.history) if line.what == "fixing"), None)


def _reworded(turn: Turn, proposal: Proposal, words: str) -> Answer:
    was, proposal.title = proposal.title, covered(words)[:LONGEST_TITLE]
    if len(words) > LONGEST_TITLE:  # more than a title: the whole is kept with the reason
        proposal.why = covered("\n".join(part for part in (proposal.why, words) if part))[:LONGEST]
    proposal.move("review", "fixed", turn.now, person=turn.person, data={"was": was})
    index(proposal, search_text)
    return say.note(turn.w, "propose.words_done", proposal)


def _ask_words(turn: Turn, answers: Answers) -> Answer:
    proposal = turn.session.get_one(Proposal, answers["proposal"])
    asked = _asked(proposal)
    return say.ask_words(turn.w, proposal, asked.words if asked else "")


def _take_words(turn: Turn, _answers: Answers) -> Any:
    words = read.words(turn, at_least=4)
    if words is None or read.chatter(turn):
        if read.something_else(turn):
            raise GivesWay
        raise Again([text(turn.w("propose.title_help"))])
    return words


def _fix_done(turn: Turn, answers: Answers) -> Answer:
    proposal = turn.session.get_one(Proposal, answers["proposal"])
    if proposal.state != "fixing":
        return say.note(turn.w, "propose.words_late", proposal)
    return _reworded(turn, proposal, answers["words"])


FIX = Form("proposal.fix", steps=(Step("words", _ask_words, _take_words),), done=_fix_done)
