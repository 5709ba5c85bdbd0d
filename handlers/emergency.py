"""Emergencies: answered at once, in any state, before anything else. Never claims that help was sent."""

from __future__ import annotations

from handlers import answers as read
from handlers import forms, pocket, report
from handlers.turn import Answer, Turn
from messages import emergency as say

#: Who asks for the numbers tells of no danger.
NUMBERS = frozenset({"เบอร์ฉุกเฉิน", "เบอร์"})


def check(turn: Turn) -> Answer | None:
    """The answer to a message that tells of danger now; None when it does not.

    An open report takes the words in as well: nothing that was said is lost.
    """
    if read.plain(turn.text) in NUMBERS:
        return numbers(turn)
    heard = turn.heard
    if heard.sensitive == "self_harm" and heard.emergency in ("danger", "hazard"):
        pocket.put_cry(turn)
        return say.self_harm(turn.w)
    if heard.emergency != "danger":
        return None
    kind = heard.emergency_kind or "unknown"
    if turn.seat.form == report.REPORT.name:
        return [*say.danger(turn.w, kind, offer=False), *report.take_in(turn)][: forms.MOST]
    pocket.put(turn)
    return say.danger(turn.w, kind, offer=True)


def before_report(turn: Turn, answer: Answer) -> Answer:
    """A hazard's warning, or the number in one line for danger that is over, in front of the report's question."""
    heard = turn.heard
    kind = heard.emergency_kind or "unknown"
    if heard.emergency == "hazard":
        return [say.hazard(turn.w, kind), *answer][: forms.MOST]
    if heard.emergency == "past":
        return [say.past(turn.w, kind), *answer][: forms.MOST]
    return answer


def record(turn: Turn) -> Answer:
    """“บันทึกเรื่องนี้”: what was told becomes a report."""
    return report.begin(turn)


def numbers(turn: Turn) -> Answer:
    """All numbers."""
    return say.numbers(turn.w)
