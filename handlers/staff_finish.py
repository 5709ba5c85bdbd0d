"""เสร็จสิ้น: a photo of the finished work or the reason why there is none, a few words, and a last look at both."""

from __future__ import annotations

from typing import Any

from handlers import answers as read
from handlers import forms
from handlers.forms import Again, Answers, Form, Step
from handlers.staff_moves import safely, ticket_of
from handlers.turn import Answer, Json, Turn
from messages import cases
from messages import staff as say
from messages.parts import text
from models import attachments, work
from models.staff import Staff
from models.tickets import Ticket


def _ask_after(turn: Turn, answers: Answers) -> Answer:
    none = forms.button(turn, turn.w("staff.no_photo"), "photo", "none")
    return say.about(turn.w, "staff.ask_after", ticket_of(turn, answers), none, say.cancel(turn.w))


def _take_after(turn: Turn, answers: Answers) -> Any:
    if read.tapped(turn) == "none" or read.said(turn, read.SKIP, read.NO):
        return "none"
    words = read.words(turn)
    if words is not None:
        # Many type first and photograph then: the words are kept, the photo is still asked for.
        answers["words"] = words
    raise Again([text(turn.w("staff.photo_help"))])


def _ask_done_words(turn: Turn, answers: Answers) -> Answer:
    question = "staff.ask_done_reason" if answers.get("photo") == "none" else "staff.ask_done_words"
    return say.about(turn.w, question, ticket_of(turn, answers), say.cancel(turn.w))


def _take_done_words(turn: Turn, _answers: Answers) -> Any:
    words = read.words(turn)
    if words is None:
        raise Again([text(turn.w("staff.words_help"))])
    return words


def _ask_sure(turn: Turn, answers: Answers) -> Answer:
    w, count = turn.w, len(answers.get("media", []))
    buttons: list[Json] = [
        forms.button(turn, w("staff.done_send"), "sure", "yes"),
        forms.edit_button(turn, w("staff.done_edit"), "words"),
        say.cancel(w),
    ]
    photos = w("staff.sure_done_photos", count=count) if count else ""
    return say.about(
        w,
        "staff.sure_done",
        ticket_of(turn, answers),
        *buttons,
        words=cases.short(answers["words"], 600),
        photos=photos,
    )


def _take_sure(turn: Turn, _answers: Answers) -> Any:
    return "yes" if read.tapped(turn) == "yes" or read.said(turn, read.YES, frozenset({"ส่งและปิดเรื่อง"})) else None


def _absorb_after(turn: Turn, answers: Answers) -> Answers | None:
    if turn.event.kind not in ("photo", "video") or not turn.event.message_id:
        return None
    media = [*answers.get("media", []), turn.event.message_id]
    return {**answers, "media": media, "photo": "sent"}


@safely
def _finished(turn: Turn, answers: Answers, ticket: Ticket, staff: Staff) -> Answer:
    attachments.attach(turn.session, answers.get("media", []), ticket.id, "after")
    work.finish(ticket, staff, turn.now, answers["words"], media=answers.get("media", []))
    return say.about(turn.w, "staff.done", ticket)


DONE = Form(
    "staff_done",
    steps=(
        Step("photo", _ask_after, _take_after),
        Step("words", _ask_done_words, _take_done_words),
        Step("sure", _ask_sure, _take_sure),
    ),
    done=_finished,
    absorb=_absorb_after,
)
