"""The engine of multi-step questions. Kept are the answers; the step is derived.

The current step is the first one that applies and has no answer yet. So: what has been understood is never asked,
editing is forgetting an answer, a branch is a `when`, a crash or a redeploy loses nothing, and an old button is
recognised, because buttons carry the run's number.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Literal

from handlers.turn import Answer, Json, Turn
from messages import common as say
from messages.parts import pack, tap

Answers = dict[str, Any]

#: A group forgets a half-done form soon: its members talk about other things too.
STALE_IN_GROUP = timedelta(minutes=30)


#: LINE takes so many messages in one reply.
MOST = 5


class Again(Exception):
    """This does not answer the question; `args[0]` is the messages that say what would."""


class GivesWay(Exception):
    """This is no answer but a matter of its own: the form closes, and the turn is taken as if none had been open."""


@dataclass(frozen=True)
class Step:
    """One question.

    `take` reads an answer from a turn: a JSON value, None when the turn is no answer at all, or it raises Again with a
    helpful word. `when` tells whether the question applies, given the answers so far.
    """

    name: str
    ask: Callable[[Turn, Answers], Answer]
    take: Callable[[Turn, Answers], Any]
    when: Callable[[Turn, Answers], bool] = lambda _turn, _answers: True


@dataclass(frozen=True)
class Form:
    """An ordered tuple of steps, and what happens when all are answered.

    `absorb` takes what may come at any time (a photo while the place is asked): it returns changed answers, or None.
    `left` is what becomes of one that was left half done for long: the person is asked whether to go on, or it is
    forgotten; `holds` tells of answers for which the question stays open however long it takes.
    """

    name: str
    steps: tuple[Step, ...]
    done: Callable[[Turn, Answers], Answer]
    absorb: Callable[[Turn, Answers], Answers | None] = lambda _turn, _answers: None
    left: Literal["ask", "forget"] = "forget"
    holds: Callable[[Turn, Answers], bool] = lambda _turn, _answers: False

    def current(self, turn: Turn, answers: Answers) -> Step | None:
        """The first step that applies and has no answer."""
        return next((s for s in self.steps if s.name not in answers and s.when(turn, answers)), None)

    def step(self, name: str) -> Step | None:
        """The step of this name."""
        return next((s for s in self.steps if s.name == name), None)


def mark(turn: Turn) -> str:
    """What the buttons of the form now open carry: whose it is and which run, so that nobody else's tap counts."""
    return f"{turn.seat.id}.{turn.seat.run}"


def is_current(turn: Turn) -> bool:
    """Whether the button just tapped belongs to the form the speaker has open now."""
    return bool(turn.seat.form) and turn.event.fields.get("r") == mark(turn)


def old_button(turn: Turn) -> Answer:
    """A button of a finished form, or of another member's; a group is not shown the residents' menu."""
    return say.old_button_in_group(turn.w) if turn.in_group else say.old_button(turn.w)


def _old_button_beside(turn: Turn, form: Form | None) -> Answer:
    """The same; who has a question open alone with the bot is led back to it."""
    if form is None or turn.in_group:
        return old_button(turn)
    return [*say.old_button_beside(turn.w), *ask_again(turn, form)][-MOST:]


def button(turn: Turn, label: str, step: str, value: str, shown: str | None = None) -> Json:
    """A button that answers `step` of the form now open with `value`."""
    return tap(label, pack("f", s=step, v=value, r=mark(turn)), shown)


def edit_button(turn: Turn, label: str, step: str, shown: str | None = None) -> Json:
    """A button that takes the answer of `step` back, so that it is asked again."""
    return tap(label, pack("f.edit", s=step, r=mark(turn)), shown)


def is_open(turn: Turn) -> bool:
    """Whether the speaker has a form open that is not forgotten."""
    seat = turn.seat
    if not seat.form:
        return False
    return not (turn.in_group and seat.touched_at is not None and turn.now - seat.touched_at > STALE_IN_GROUP)


def start(turn: Turn, form: Form, answers: Answers | None = None) -> Answer:
    """Open a form (closing any other) with what is known already, and put its first question."""
    turn.seat.form = form.name
    turn.seat.run += 1
    return proceed(turn, form, dict(answers or {}))


def proceed(turn: Turn, form: Form, answers: Answers) -> Answer:
    """Store the answers; put the next question, or finish."""
    turn.seat.answers = dict(answers)
    turn.seat.touched_at = turn.now
    step = form.current(turn, answers)
    if step is not None:
        return step.ask(turn, answers)
    close(turn)
    return form.done(turn, answers)


def close(turn: Turn) -> None:
    """Forget the open form. Its run's number stays counted, so that its buttons are known as old."""
    turn.seat.form = None
    turn.seat.answers = {}
    turn.seat.run += 1


def ask_again(turn: Turn, form: Form) -> Answer:
    """The open question, once more."""
    return proceed(turn, form, dict(turn.seat.answers))


def answer(turn: Turn, form: Form) -> Answer:
    """Take this turn as an answer to the open question, or to what the form absorbs at any time."""
    answers = dict(turn.seat.answers)
    absorbed = form.absorb(turn, answers)
    if absorbed is not None:
        return proceed(turn, form, absorbed)
    step = form.current(turn, answers)
    if step is None:
        return proceed(turn, form, answers)
    return _take(turn, form, step, answers)


def tapped(turn: Turn, form: Form | None) -> Answer:
    """A form's button was tapped: its own question is answered, whichever is open now. Old buttons are told so."""
    step = form.step(turn.event.fields.get("s", "")) if form else None
    if form is None or step is None or not is_current(turn):
        return _old_button_beside(turn, form)
    return _take(turn, form, step, dict(turn.seat.answers))


def edit(turn: Turn, form: Form | None) -> Answer:
    """Take one answer back; the form then asks for it again."""
    fields = turn.event.fields
    if form is None or form.step(fields.get("s", "")) is None or not is_current(turn):
        return _old_button_beside(turn, form)
    answers = {k: v for k, v in turn.seat.answers.items() if k != fields["s"]}
    return proceed(turn, form, answers | {"editing": fields["s"]})


def back(turn: Turn, form: Form) -> Answer:
    """Forget the last answer before the open question; at the first question, leave the form as it is."""
    answers = dict(turn.seat.answers)
    open_step = form.current(turn, answers)
    for step in reversed(form.steps[: form.steps.index(open_step)] if open_step else form.steps):
        if step.name in answers and step.when(turn, answers):
            del answers[step.name]
            return proceed(turn, form, answers)
    return ask_again(turn, form)


def _take(turn: Turn, form: Form, step: Step, answers: Answers) -> Answer:
    # take() may also fill in other answers (more words for the detail), whether it answers its own question or not.
    try:
        value = step.take(turn, answers)
    except Again as again:
        return [*again.args[0], *proceed(turn, form, answers)][-MOST:]
    if value is None:
        return [*say.not_an_answer(turn.w), *proceed(turn, form, answers)][-MOST:]
    answers.pop("editing", None)
    return proceed(turn, form, {**answers, step.name: value})
