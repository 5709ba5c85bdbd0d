"""Adding to an own case (เพิ่มข้อมูล, ตอบเรื่อง 42), and what was no answer but a matter of its own.

Who was asked something by staff may tell of something else instead. Words that plainly are a new matter are asked about
before they go into the case; any other words can be taken out again with one tap.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from sqlalchemy import select

from handlers import answers as read
from handlers import filing, forms, pocket, report, track
from handlers.events import MEDIA
from handlers.forms import Again, Answers, Form, Step
from handlers.report_told import SURE
from handlers.turn import Answer, Turn
from messages import track as say
from messages.parts import text
from models import attachments
from models.tickets import Entry, Ticket

#: From this probability on words are a complaint.
A_COMPLAINT = 0.75
#: For so long what was added can be taken out again with a tap.
SPLIT_WITHIN = timedelta(hours=1)


def add(turn: Turn) -> Answer:
    """“เพิ่มข้อมูล”, “ตอบเรื่อง 42”: what comes next goes into this case."""
    ticket = track.tapped_ticket(turn)
    if ticket is None or not track.belongs(turn, ticket):
        return say.old(turn.w)
    return forms.start(turn, ADD, {"ticket": ticket.id})


def _ticket(turn: Turn, answers: Answers) -> Ticket:
    return turn.session.get_one(Ticket, answers["ticket"])


def _ask_words(turn: Turn, answers: Answers) -> Answer:
    return say.ask_words(turn.w, _ticket(turn, answers))


def _take_words(turn: Turn, answers: Answers) -> Any:
    if turn.event.kind == "place":
        words = turn.event.title or turn.thai("report.place_pin")
        return {"words": words, "lat": turn.event.lat, "lon": turn.event.lon}
    typed = read.words(turn, at_least=1)
    if typed is None:
        raise Again([text(turn.w("suggest.help"))])
    if answers.get("asked") and _plainly_new(turn, _ticket(turn, answers)):
        answers["doubt"] = True
    return {"words": typed}


def _plainly_new(turn: Turn, ticket: Ticket) -> bool:
    """Whether these words are a complaint about something else, or of the same kind in another village."""
    heard = turn.heard
    if heard.intent != "complaint" or heard.unsure or heard.intent_p < A_COMPLAINT or heard.categories[0].p < SURE:
        return False
    if heard.categories[0].code not in (ticket.category, "other"):
        return True
    return heard.place is not None and None not in (heard.place.moo, ticket.moo) and heard.place.moo != ticket.moo


def _ask_which(turn: Turn, answers: Answers) -> Answer:
    ticket = _ticket(turn, answers)
    answer = forms.button(turn, turn.w("track.is_answer"), "which", "answer")
    new = forms.button(turn, turn.w("track.is_new"), "which", "new")
    return say.ask_which(turn.w, ticket, answers["words"]["words"], answer, new)


def _take_which(turn: Turn, _answers: Answers) -> Any:
    value = read.tapped(turn)
    if value in ("answer", "new"):
        return value
    if read.said(turn, frozenset({"เรื่องใหม่", "เป็นเรื่องใหม่", "new"})):
        return "new"
    return "answer" if read.said(turn, read.YES, frozenset({"คำตอบ", "เป็นคำตอบ", "answer"})) else None


def _absorb(turn: Turn, answers: Answers) -> Answers | None:
    event = turn.event
    if event.kind not in MEDIA or not event.message_id or "words" in answers:
        return None
    return {**answers, "words": {"words": "", "media": event.message_id}}


def _done(turn: Turn, answers: Answers) -> Answer:
    ticket, told = _ticket(turn, answers), answers["words"]
    if answers.get("which") == "new":
        return report.begin_with(turn, told["words"])
    if told.get("media"):
        attachments.attach(turn.session, [told["media"]], ticket.id, "talk")
        pocket.went_to(turn, ticket.id)
    if told.get("lat") is not None and ticket.lat is None:
        ticket.lat, ticket.lon = told["lat"], told["lon"]
    track.tell_staff(turn, ticket, filing.covered(told["words"]))
    typed = "doubt" not in answers and bool(told["words"]) and told.get("lat") is None
    return say.words_done(turn.w, ticket, may_split=typed)


def _staff_wait(turn: Turn, answers: Answers) -> bool:
    """Staff have asked: the answer may come next week, and is an answer all the same."""
    return _ticket(turn, answers).state == "asking"


ADD = Form(
    "add",
    steps=(
        Step("words", _ask_words, _take_words),
        Step("which", _ask_which, _take_which, when=lambda _t, a: bool(a.get("doubt"))),
    ),
    done=_done,
    absorb=_absorb,
    holds=_staff_wait,
)


def split(turn: Turn) -> Answer:
    """“เป็นเรื่องใหม่”: the words just put into a case become a report of their own; a question asked there is open
    again, and its crew hears why."""
    ticket = track.tapped_ticket(turn)
    entry = _last_said(turn, ticket) if ticket is not None else None
    if ticket is None or entry is None:
        return say.old(turn.w)
    entry.data = {**entry.data, "split": True}
    words = turn.thai("track.was_new")
    if entry.data.get("from") == "asking" and ticket.state in ("new", "taken"):
        ticket.move("asking", "said", turn.now, person=turn.person, words=words, data={"note": True})
    else:
        ticket.add("said", turn.now, person=turn.person, words=words, data={"note": True})
    return report.begin_with(turn, entry.words)


def _last_said(turn: Turn, ticket: Ticket) -> Entry | None:
    """The speaker's last words in this case, of the last hour and not taken out yet."""
    if turn.person is None:
        return None
    mine = (Entry.ticket_id == ticket.id, Entry.what == "said", Entry.person_id == turn.person.id)
    last = turn.session.scalar(select(Entry).where(*mine, Entry.at > turn.now - SPLIT_WITHIN).order_by(Entry.id.desc()))
    usable = last is not None and last.words and not (last.data.get("split") or last.data.get("note"))
    return last if usable else None
