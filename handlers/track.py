"""Following (ติดตามเรื่อง): my cases, one case with its history and photos, by number; withdrawing it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from sqlalchemy import func, select

from handlers import answers as read
from handlers import filing, forms
from handlers.forms import Answers, Form, GivesWay, Step
from handlers.turn import Answer, Turn
from messages import cases
from messages import track as say
from messages.thai import local, parse_case_number
from models import attachments
from models.tickets import OPEN, Entry, Follow, Ticket, fiscal_year_of

#: LINE's carousel takes twelve; ten are enough to look through.
SHOWN = 10
#: Lines of history in one card.
HISTORY = 8
#: The crew hears once in so long that somebody asks how a case stands, however often that person asks.
NUDGE = timedelta(days=1)


def mine(turn: Turn) -> Answer:
    """The speaker's cases, reported and joined, the latest first."""
    if turn.person is None:
        return say.none(turn.w)
    joined = select(Follow.ticket_id).where(Follow.person_id == turn.person.id)
    own = (Ticket.reporter_id == turn.person.id) | Ticket.id.in_(joined)
    tickets = list(turn.session.scalars(select(Ticket).where(own).order_by(Ticket.id.desc()).limit(SHOWN)))
    if not tickets:
        return say.none(turn.w)
    total = turn.session.scalar(select(func.count()).select_from(Ticket).where(own)) or len(tickets)
    return say.mine(turn.w, [(t, _latest(turn, t)) for t in tickets], total, turn.now)


def ask_about(turn: Turn) -> Answer:
    """“เรื่องที่แจ้งไว้เงียบเลย”: the own cases; the crew of the one that is meant hears that somebody waits."""
    number = _number_in(turn.text)
    if number is not None:
        return by_number(turn, *number)
    ticket = _only_open(turn)
    if ticket is None:
        return mine(turn)
    return [*_nudged(turn, ticket), *show(turn, ticket)]


def _only_open(turn: Turn) -> Ticket | None:
    """The speaker's one open case, which is meant when no number is told. None when there are none or several."""
    if turn.person is None:
        return None
    open_ones = select(Ticket).where(Ticket.reporter_id == turn.person.id, Ticket.state.in_(OPEN)).limit(2)
    found = list(turn.session.scalars(open_ones))
    return found[0] if len(found) == 1 else None


def _nudged(turn: Turn, ticket: Ticket) -> Answer:
    """Put the resident's words into the history, once a day, so that the crew hears that somebody waits."""
    asked = select(Entry.data).where(
        Entry.ticket_id == ticket.id, Entry.what == "said", Entry.at > turn.now - NUDGE, Entry.person == turn.person
    )
    if any(data.get("nudge") for data in turn.session.scalars(asked)):
        return say.quiet(turn.w, told=False)
    words = turn.thai("track.nudge_words", text=filing.covered(turn.text))
    entry = ticket.add("said", turn.now, person=turn.person, words=words, data={"nudge": True})
    entry.message_id = turn.event.message_id
    return say.quiet(turn.w, told=True)


def _number_in(words: str) -> tuple[int | None, int] | None:
    """A case number within a sentence: “เรื่อง 42/69 ถึงไหนแล้ว”."""
    for word in words.replace("เรื่อง", " เรื่อง ").split():
        found = parse_case_number(word)
        if found is not None:
            return found
    return None


def by_number(turn: Turn, year: int | None, number: int) -> Answer:
    """The case of this number: this fiscal year's, or the latest one of that number the speaker may see in full."""
    ticket = _find(turn, year, number)
    if ticket is None:
        return say.not_found(turn.w, f"{number}/{year % 100}" if year else str(number))
    return show(turn, ticket)


def _find(turn: Turn, year: int | None, number: int) -> Ticket | None:
    found = select(Ticket).where(Ticket.number == number).order_by(Ticket.fiscal_year.desc())
    if year is not None:
        return turn.session.scalar(found.where(Ticket.fiscal_year == year))
    rows = list(turn.session.scalars(found.limit(5)))
    current = fiscal_year_of(local(turn.now))
    return next((t for t in rows if belongs(turn, t)), next((t for t in rows if t.fiscal_year == current), None))


def show(turn: Turn, ticket: Ticket) -> Answer:
    """One case: with its history to those who told of it, kind and state to others."""
    if not belongs(turn, ticket):
        return say.not_yours(turn.w, ticket) if open_to_others(ticket) else say.not_found(turn.w, cases.number(ticket))
    entries = [e for e in ticket.history if e.public][-HISTORY:]
    media = len(attachments.of_ticket(turn.session, ticket.id, "image"))
    return say.one(turn.w, ticket, entries, media, own=is_own(turn, ticket))


def open_to_others(ticket: Ticket) -> bool:
    """Whether somebody else may hear of it at all: problems and proposals, unless they are sensitive."""
    return ticket.kind in ("complaint", "proposal") and not ticket.sensitive


def is_own(turn: Turn, ticket: Ticket) -> bool:
    """Whether the speaker reported it."""
    return turn.person is not None and ticket.reporter_id == turn.person.id


def belongs(turn: Turn, ticket: Ticket) -> bool:
    """Whether the speaker reported it or joined it."""
    if is_own(turn, ticket):
        return True
    return turn.person is not None and filing.follows(turn.session, ticket, turn.person)


def _latest(turn: Turn, ticket: Ticket) -> Entry | None:
    found = select(Entry).where(Entry.ticket_id == ticket.id, Entry.public).order_by(Entry.id.desc())
    return turn.session.scalar(found.limit(1))


def tapped_ticket(turn: Turn) -> Ticket | None:
    """The case a button names, if there is one."""
    key = turn.event.fields.get("id", "")
    return turn.session.get(Ticket, int(key)) if key.isascii() and key.isdigit() and len(key) < 18 else None


def see(turn: Turn) -> Answer:
    """“ดูทั้งหมด”."""
    ticket = tapped_ticket(turn)
    return show(turn, ticket) if ticket else say.old(turn.w)


def photos(turn: Turn) -> Answer:
    """The photos of an own case, before and after."""
    ticket = tapped_ticket(turn)
    if ticket is None or not belongs(turn, ticket):
        return say.old(turn.w)
    found = attachments.of_ticket(turn.session, ticket.id, "image")
    if not found:
        return say.case_note(turn.w, "track.photo_none", ticket)
    base = turn.town.public_url
    shown = [(cases.file_address(base, f.token), cases.preview_address(base, f.token), f.purpose) for f in found]
    return say.gallery(shown, turn.w, ticket)


def follow(turn: Turn) -> Answer:
    """Follow somebody else's case."""
    ticket = tapped_ticket(turn)
    if ticket is None or turn.person is None or not open_to_others(ticket):
        return say.old(turn.w)
    filing.follow(turn.session, ticket, turn.person, turn.now)
    return say.followed(turn.w, ticket)


# -- changing it ------------------------------------------------------------------------------------------------------


def tell_staff(turn: Turn, ticket: Ticket, words: str) -> None:
    """The resident's word goes into the history; a case that waited for it goes on, a closed one stays closed."""
    message_id = turn.event.message_id
    if ticket.state == "asking":
        entry = ticket.move("taken" if ticket.owner_id else "new", "said", turn.now, person=turn.person, words=words)
    else:
        entry = ticket.add("said", turn.now, person=turn.person, words=words)
    entry.message_id = message_id


def withdraw(turn: Turn) -> Answer:
    """“ถอนเรื่อง”: asked once more before it is done."""
    ticket = tapped_ticket(turn)
    if ticket is None or not is_own(turn, ticket):
        return say.old(turn.w)
    if not ticket.is_open:
        return say.case_note(turn.w, "track.closed_already", ticket)
    return forms.start(turn, WITHDRAW, {"ticket": ticket.id})


def _ticket(turn: Turn, answers: Answers) -> Ticket:
    return turn.session.get_one(Ticket, answers["ticket"])


def _ask_sure(turn: Turn, answers: Answers) -> Answer:
    yes = forms.button(turn, turn.w("track.withdraw_yes"), "sure", "yes")
    no = forms.button(turn, turn.w("track.withdraw_no"), "sure", "no")
    return say.sure_withdraw(turn.w, _ticket(turn, answers), yes, no)


def _take_sure(turn: Turn, _answers: Answers) -> Any:
    if read.tapped(turn) in ("yes", "no"):
        return read.tapped(turn)
    if read.said(turn, read.YES, frozenset({"ถอน", "ถอนเรื่อง", "withdraw"})):
        return "yes"
    if read.said(turn, read.NO, frozenset({"ไม่ถอน"})):
        return "no"
    if read.something_else(turn):
        raise GivesWay
    return None


def _withdraw_done(turn: Turn, answers: Answers) -> Answer:
    ticket = _ticket(turn, answers)
    if answers["sure"] == "no" or not ticket.is_open:
        return say.case_note(turn.w, "track.kept" if ticket.is_open else "track.closed_already", ticket)
    ticket.move("withdrawn", "withdrawn", turn.now, person=turn.person)
    return say.case_note(turn.w, "track.withdrawn", ticket)


WITHDRAW = Form("withdraw", steps=(Step("sure", _ask_sure, _take_sure),), done=_withdraw_done)
