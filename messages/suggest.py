"""What the bot says when somebody has an idea, a question, or a word for the office."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from messages import cases
from messages.common import door, ways_out
from messages.parts import pack, say, tap, text
from messages.words import Words
from models.tickets import Ticket

Json = dict[str, Any]

#: What is asked for first, by kind of matter.
_ASK = {
    "suggestion": "suggest.ask",
    "proposal": "suggest.ask_proposal",
    "question": "suggest.ask_question",
    "message": "suggest.ask_message",
}


def ask(w: Words, kind: str, got: str) -> list[Json]:
    """Tell us. `got` is what has come already beside words, in words."""
    return [text(_with(w, got, w(_ASK[kind])), *ways_out(w)[1:2], say(w("button.menu")))]


def _with(w: Words, got: str, body: str) -> str:
    return f"{w('report.got_so_far', media=got)}\n{body}" if got else body


def confirm(w: Words, kind: str, words: str, got: str, buttons: Sequence[Json]) -> list[Json]:
    """Is this what you want to send?"""
    body = w(f"suggest.confirm_{kind}", text=cases.short(words, 400))
    return [text(_with(w, got, body), *buttons, *ways_out(w)[1:2])]


def done(w: Words, ticket: Ticket) -> list[Json]:
    """It is numbered, and somebody has it."""
    body = w(
        f"suggest.done_{ticket.kind}",
        number=cases.number(ticket),
        department=cases.department(w, ticket),
        date=cases.day(w, ticket.answer_by),
    )
    return [
        text(
            body,
            tap(w("track.see"), pack("case", id=ticket.id)),
            tap(w("track.add"), pack("case.add", id=ticket.id)),
            door(w, "report"),
            say(w("report.finish")),
        )
    ]


def unsure(w: Words, body: str) -> list[Json]:
    """What is this: a problem, a question, an idea? Asked when the words leave it open; the words are kept."""
    return [
        text(
            body,
            tap(w("button.report"), pack("report")),
            tap(w("suggest.as_question"), pack("ask", kind="question")),
            tap(w("button.suggest"), pack("ask", kind="suggestion")),
            tap(w("button.track"), pack("track")),
            say(w("button.talk")),
        )
    ]
