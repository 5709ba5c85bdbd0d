"""What crews do with a case, in their group or alone with the bot: take, forward, ask, answer, wait, finish, refuse.

Each move is a small form in the speaker's own seat. A tap on a card of yesterday finds the case as it is today: what is
no longer possible is said, and nothing is done twice.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sqlalchemy import func, select

from handlers import answers as read
from handlers import forms, rights
from handlers.forms import Again, Answers, Form, Step
from handlers.turn import Answer, Turn
from messages import cases
from messages import staff as say
from messages.parts import text
from models import work
from models.staff import Staff
from models.tickets import PAUSES, Entry, NotAllowed, Ticket
from models.town import Agency, Department

#: Outside agencies that small towns pass most cases to, offered first; any other is found by typing its name.
USUAL = ("pea", "pwa", "doh", "drr", "police", "rid", "telecom", "district", "forest", "dld", "damrong", "pao")


def ticket_of(turn: Turn, answers: Answers) -> Ticket:
    """The case a move is about."""
    return turn.session.get_one(Ticket, answers["ticket"])


def take(turn: Turn) -> Answer:
    """รับเรื่อง: one tap. The second who taps is told who was quicker."""
    found = rights.acting(turn)
    if isinstance(found, list):
        return found
    staff, ticket = found
    if ticket.state in ("withdrawn", "merged"):
        return say.about(turn.w, "staff.closed_already", ticket)
    if ticket.is_open and ticket.state != "new" and ticket.owner is not None:
        if ticket.owner_id == staff.id:
            return say.taken(turn.w, ticket, staff)
        return say.taken_already(turn.w, ticket, _taken_at(turn, ticket))
    work.take(ticket, staff, turn.now)
    return say.taken(turn.w, ticket, staff)


def resume(turn: Turn) -> Answer:
    """ทำต่อ: what was waited for has come; the clock runs again."""
    found = rights.acting(turn)
    if isinstance(found, list):
        return found
    staff, ticket = found
    if ticket.state not in ("waiting", "outside"):
        return say.about(turn.w, "staff.not_possible" if ticket.is_open else "staff.closed_already", ticket)
    work.resume(ticket, staff, turn.now)
    return say.about(turn.w, "staff.resumed", ticket, left=say.left(turn.w, ticket, turn.now))


def _taken_at(turn: Turn, ticket: Ticket) -> Any:
    found = select(Entry.at).where(Entry.ticket_id == ticket.id, Entry.what == "taken").order_by(Entry.id.desc())
    return turn.session.scalar(found.limit(1)) or ticket.received_at


def opens(form: Form) -> Callable[[Turn], Answer]:
    """A handler that begins one of the moves below, if the speaker may and the case allows it."""

    def begin(turn: Turn) -> Answer:
        found = rights.acting(turn)
        if isinstance(found, list):
            return found
        _, ticket = found
        if not ticket.is_open:
            return say.about(turn.w, "staff.closed_already", ticket)
        return forms.start(turn, form, {"ticket": ticket.id})

    return begin


def _words_step(name: str, question: str) -> Step:
    """A step that asks for a few words about the case."""

    def ask(turn: Turn, answers: Answers) -> Answer:
        return say.about(turn.w, question, ticket_of(turn, answers), say.cancel(turn.w))

    def take_words(turn: Turn, _answers: Answers) -> Any:
        words = read.words(turn)
        if words is None:
            raise Again([text(turn.w("staff.words_help"))])
        return words

    return Step(name, ask, take_words)


def _look_step(name: str) -> Step:
    """In a group, where the next words of whoever opened the move may be meant for the colleagues: a last look at what
    the resident will read. The step `name` holds the words."""

    def when(turn: Turn, answers: Answers) -> bool:
        return turn.in_group and bool(answers.get(name))

    def ask(turn: Turn, answers: Answers) -> Answer:
        buttons = [
            forms.button(turn, turn.w("staff.look_send"), "look", "yes"),
            forms.edit_button(turn, turn.w("staff.look_edit"), name),
            say.cancel(turn.w),
        ]
        words = cases.short(answers[name], 600)
        return say.about(turn.w, "staff.look", ticket_of(turn, answers), *buttons, words=words)

    def take_look(turn: Turn, _answers: Answers) -> Any:
        return "yes" if read.tapped(turn) == "yes" or read.said(turn, read.YES) else None

    return Step("look", ask, take_look, when)


def safely(done: Callable[[Turn, Answers, Ticket, Staff], Answer]) -> Callable[[Turn, Answers], Answer]:
    """The end of a move: rights and state are looked at again, because time has passed since it began."""

    def finish(turn: Turn, answers: Answers) -> Answer:
        ticket = ticket_of(turn, answers)
        if turn.staff is None:
            return say.note(turn.w, "staff.not_staff")
        found = rights.allowed(turn, turn.staff, ticket)
        if isinstance(found, list):
            return found
        try:
            return done(turn, answers, ticket, turn.staff)
        except NotAllowed:
            return say.about(turn.w, "staff.not_possible", ticket)

    return finish


# -- forward -----------------------------------------------------------------------------------------------------------


def _ask_department(turn: Turn, answers: Answers) -> Answer:
    ticket = ticket_of(turn, answers)
    found = select(Department).where(Department.active, Department.id != ticket.department_id).order_by(Department.id)
    buttons = [forms.button(turn, d.short, "to", d.code) for d in turn.session.scalars(found)][:11]
    buttons.append(forms.button(turn, turn.w("staff.outside_button"), "to", "*"))
    return say.about(turn.w, "staff.ask_forward", ticket, *buttons, say.cancel(turn.w))


def _take_department(turn: Turn, _answers: Answers) -> Any:
    value = read.tapped(turn)
    if value == "*":
        return value
    words = value or read.words(turn, at_least=4)
    if not words:
        return None
    rows = turn.session.scalars(select(Department).where(Department.active).order_by(Department.id))
    return next((d.code for d in rows if words == d.code or words in d.name or words in d.short), None)


def _ask_agency(turn: Turn, answers: Answers) -> Answer:
    ticket = ticket_of(turn, answers)
    likely = [ticket.agency_code, ticket.kind_of.agency, *USUAL]
    rows = list(turn.session.scalars(select(Agency).order_by(Agency.name)))
    rows.sort(key=lambda a: likely.index(a.code) if a.code in likely else len(likely))
    buttons = [forms.button(turn, cases.short(a.name, 20), "agency", a.code) for a in rows[:12]]
    return say.about(turn.w, "staff.ask_agency", ticket, *buttons, say.cancel(turn.w))


def _take_agency(turn: Turn, _answers: Answers) -> Any:
    words = read.tapped(turn) or read.words(turn, at_least=4)
    if not words:
        return None
    rows = turn.session.scalars(select(Agency).order_by(func.length(Agency.name), Agency.name))
    return next((a.code for a in rows if words == a.code or words in a.name), None)


@safely
def _forwarded(turn: Turn, answers: Answers, ticket: Ticket, staff: Staff) -> Answer:
    if answers["to"] == "*":
        agency = turn.session.get_one(Agency, answers["agency"])
        work.outside(ticket, agency, staff, turn.now, answers["reason"])
        return say.about(turn.w, "staff.outside_done", ticket, agency=agency.name)
    rows = turn.session.scalars(select(Department).where(Department.code == answers["to"]))
    department = rows.one()
    work.forward(turn.session, ticket, department, staff, turn.now, answers["reason"])
    return say.about(turn.w, "staff.forwarded", ticket, department=department.name)


FORWARD = Form(
    "forward",
    steps=(
        Step("to", _ask_department, _take_department),
        Step("agency", _ask_agency, _take_agency, when=lambda _t, a: a.get("to") == "*"),
        _words_step("reason", "staff.ask_forward_reason"),
        _look_step("reason"),
    ),
    done=_forwarded,
)


# -- talking with the resident -----------------------------------------------------------------------------------------


@safely
def _asked(turn: Turn, answers: Answers, ticket: Ticket, staff: Staff) -> Answer:
    work.ask(ticket, staff, turn.now, answers["words"])
    return say.about(turn.w, "staff.question_sent", ticket)


ASK = Form("staff_ask", steps=(_words_step("words", "staff.ask_question"), _look_step("words")), done=_asked)


@safely
def _answered(turn: Turn, answers: Answers, ticket: Ticket, staff: Staff) -> Answer:
    work.finish(ticket, staff, turn.now, answers["words"], answer=True)
    return say.about(turn.w, "staff.answer_sent", ticket)


ANSWER = Form("staff_answer", steps=(_words_step("words", "staff.ask_answer"), _look_step("words")), done=_answered)


@safely
def _progressed(turn: Turn, answers: Answers, ticket: Ticket, staff: Staff) -> Answer:
    work.progress(ticket, staff, turn.now, answers["words"])
    return say.about(turn.w, "staff.progress", ticket)


PROGRESS = Form(
    "staff_progress", steps=(_words_step("words", "staff.ask_progress"), _look_step("words")), done=_progressed
)


# -- wait --------------------------------------------------------------------------------------------------------------


def _ask_reason(turn: Turn, answers: Answers) -> Answer:
    buttons = [forms.button(turn, turn.w(f"pause.{code}"), "reason", code) for code in PAUSES]
    return say.about(turn.w, "staff.ask_wait", ticket_of(turn, answers), *buttons, say.cancel(turn.w))


def _take_reason(turn: Turn, answers: Answers) -> Any:
    value = read.tapped(turn)
    if value in PAUSES:
        return value
    words = read.words(turn)
    if words is None:
        return None
    named = next((code for code in PAUSES if turn.w(f"pause.{code}") in words), None)
    if named is None:
        answers["words"] = words
    return named or "other"


def _ask_wait_note(turn: Turn, answers: Answers) -> Answer:
    skip = forms.button(turn, turn.w("button.skip"), "words", "-")
    return say.about(turn.w, "staff.ask_wait_note", ticket_of(turn, answers), skip, say.cancel(turn.w))


def _take_wait_note(turn: Turn, _answers: Answers) -> Any:
    if read.tapped(turn) == "-" or read.said(turn, read.SKIP, read.NO):
        return ""
    words = read.words(turn)
    if words is None:
        raise Again([text(turn.w("staff.words_help"))])
    return words


@safely
def _waited(turn: Turn, answers: Answers, ticket: Ticket, staff: Staff) -> Answer:
    work.wait(ticket, staff, turn.now, answers["reason"], answers["words"])
    return say.about(turn.w, "staff.waiting", ticket, reason=turn.w(f"pause.{answers['reason']}"))


WAIT = Form(
    "staff_wait",
    steps=(
        Step("reason", _ask_reason, _take_reason),
        Step("words", _ask_wait_note, _take_wait_note),
        _look_step("words"),
    ),
    done=_waited,
)


# -- refuse ------------------------------------------------------------------------------------------------------------


@safely
def _refused(turn: Turn, answers: Answers, ticket: Ticket, staff: Staff) -> Answer:
    work.refuse(ticket, staff, turn.now, answers["reason"])
    return say.about(turn.w, "staff.refused", ticket)


REFUSE = Form("staff_refuse", steps=(_words_step("reason", "staff.ask_refuse"), _look_step("reason")), done=_refused)

#: DONE stands in staff_finish.py.
FORMS = (FORWARD, ASK, ANSWER, PROGRESS, WAIT, REFUSE)
