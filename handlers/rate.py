"""After the work: “ใช้ได้แล้ว” and one to five stars, or “ยังไม่เรียบร้อย”, which opens the same case again."""

from __future__ import annotations

from typing import Any

from handlers import answers as read
from handlers import filing, forms, places, pocket, track
from handlers.events import MEDIA
from handlers.forms import Again, Answers, Form, GivesWay, Step
from handlers.turn import Answer, Turn
from messages import cases
from messages import track as say
from messages.parts import text
from models import attachments, work
from models.tickets import Ticket

STARS = ("five", "four", "three", "two", "one")


def good(turn: Turn) -> Answer:
    """It works: how satisfied?"""
    ticket = track.tapped_ticket(turn)
    if ticket is None or not track.belongs(turn, ticket):
        return say.old(turn.w)
    if ticket.state != "done":
        return say.case_note(turn.w, "rate.not_done", ticket)
    if not track.is_own(turn, ticket):
        return say.case_note(turn.w, "rate.only_reporter", ticket)
    return forms.start(turn, RATE, {"ticket": ticket.id})


def bad(turn: Turn) -> Answer:
    """It does not: what is wrong?"""
    ticket = track.tapped_ticket(turn)
    if ticket is None or not track.belongs(turn, ticket):
        return say.old(turn.w)
    if ticket.state not in ("done", "refused"):
        return say.case_note(turn.w, "rate.not_done", ticket)
    return forms.start(turn, REOPEN, {"ticket": ticket.id})


def _ticket(turn: Turn, answers: Answers) -> Ticket:
    return turn.session.get_one(Ticket, answers["ticket"])


def _ask_stars(turn: Turn, answers: Answers) -> Answer:
    buttons = [forms.button(turn, turn.w(f"rate.{name}"), "stars", str(5 - place)) for place, name in enumerate(STARS)]
    return say.ask_rating(turn.w, _ticket(turn, answers), buttons)


def _take_stars(turn: Turn, _answers: Answers) -> Any:
    value = read.tapped(turn)
    stars = int(value) if value in ("1", "2", "3", "4", "5") else read.number(turn)
    if stars is None and turn.event.kind == "text":
        counted = turn.text.count("⭐") or turn.text.count("★")
        stars = counted or None
    if stars is None and read.something_else(turn):
        raise GivesWay
    if stars is None or not 1 <= stars <= 5:
        raise Again([text(turn.w("rate.help"))])
    ticket = _ticket(turn, _answers)
    if ticket.state == "done":  # kept at once: whoever stops answering here has rated all the same
        ticket.rating = stars
    return stars


def _ask_note(turn: Turn, _answers: Answers) -> Answer:
    return say.ask_note(turn.w, forms.button(turn, turn.w("rate.no_note"), "note", "-"))


def _take_note(turn: Turn, _answers: Answers) -> Any:
    if turn.event.kind == "place":
        return places.in_words(turn)
    if read.tapped(turn) == "-" or read.said(turn, read.NO, read.SKIP):
        return "-"
    words = read.words(turn)
    if words is None:
        raise Again([text(turn.w("suggest.help"))])
    return words


def _rate_absorb(turn: Turn, answers: Answers) -> Answers | None:
    if turn.event.kind not in MEDIA or not turn.event.message_id:
        return None
    attachments.attach(turn.session, [turn.event.message_id], answers["ticket"], "talk")
    pocket.went_to(turn, answers["ticket"])
    return {**answers, "note": turn.thai("entry.media")}


def _rate_done(turn: Turn, answers: Answers) -> Answer:
    ticket, stars = _ticket(turn, answers), answers["stars"]
    if ticket.state != "done":  # opened again meanwhile
        return say.case_note(turn.w, "rate.not_done", ticket)
    note = "" if answers["note"] == "-" else filing.covered(str(answers["note"]))
    ticket.rating, ticket.rating_note = stars, note or None
    ticket.add("rated", turn.now, person=turn.person, words=note, data={"rating": stars})
    name = "rate.thanks" if stars >= 3 else "rate.thanks_low"
    return say.case_note(turn.w, name, ticket, rating=stars)


RATE = Form(
    "rate",
    steps=(Step("stars", _ask_stars, _take_stars), Step("note", _ask_note, _take_note)),
    done=_rate_done,
    absorb=_rate_absorb,
)


def _ask_reason(turn: Turn, _answers: Answers) -> Answer:
    return say.ask_reason(turn.w)


def _take_reason(turn: Turn, _answers: Answers) -> Any:
    if turn.event.kind == "place":
        return places.in_words(turn)
    words = read.words(turn)
    if words is None:
        raise Again([text(turn.w("suggest.help"))])
    return words


def _reopen_absorb(turn: Turn, answers: Answers) -> Answers | None:
    if turn.event.kind not in MEDIA or not turn.event.message_id:
        return None
    attachments.attach(turn.session, [turn.event.message_id], answers["ticket"], "before")
    pocket.went_to(turn, answers["ticket"])
    return {**answers, "reason": turn.thai("entry.media")}


def _reopen_done(turn: Turn, answers: Answers) -> Answer:
    ticket = _ticket(turn, answers)
    if ticket.state not in ("done", "refused"):
        return say.case_note(turn.w, "rate.not_done", ticket)
    entry = work.reopen_for(ticket, turn.person, turn.now, filing.covered(answers["reason"]))
    entry.message_id = turn.event.message_id
    due = cases.day(turn.w, ticket.due_at or ticket.answer_by)
    return say.case_note(turn.w, "rate.reopened", ticket, department=cases.department(turn.w, ticket), date=due)


REOPEN = Form("reopen", steps=(Step("reason", _ask_reason, _take_reason),), done=_reopen_done, absorb=_reopen_absorb)
