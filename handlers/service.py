"""Help: phone numbers, being called back, how it works; news and figures; and what nobody understood."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import func, select

from handlers import answers as read
from handlers import filing, forms, pocket, suggest
from handlers.forms import Again, Answers, Form, GivesWay, Step
from handlers.turn import Answer, Turn
from messages import cases, common
from messages import service as say
from messages import suggest as say_suggest
from messages.english import english_month
from messages.parts import text
from messages.thai import BE, MONTHS, arabic_digits, local, phone
from models.tickets import Ticket


def ask(turn: Turn) -> Answer:
    """ช่วยเหลือ."""
    return say.ask(turn.w, str(turn.town.settings["town.phone"]))


def how(turn: Turn) -> Answer:
    """วิธีใช้."""
    return say.how(turn.w)


def menu(turn: Turn) -> Answer:
    """เมนู: an open form stays open, and is told of."""
    turn.seat.lost = 0
    return common.menu_beside(turn.w) if forms.is_open(turn) else common.menu(turn.w)


def talk(turn: Turn) -> Answer:
    """คุยกับเจ้าหน้าที่: what comes next goes to the clerk."""
    turn.seat.lost = 0
    return suggest.begin(turn, "message")


def news(turn: Turn) -> Answer:
    """ข่าวและผลงาน."""
    return say.news(turn.w)


def no_vote(turn: Turn) -> Answer:
    """ร่วมลงคะแนน: no poll is open."""
    return say.no_vote(turn.w)


def stats(turn: Turn) -> Answer:
    """This month and this fiscal year in figures; sensitive cases are not counted."""
    here = local(turn.now)
    month = here.replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    october = month.replace(month=10) if here.month >= 10 else month.replace(year=here.year - 1, month=10)
    rated = turn.session.execute(
        select(func.avg(Ticket.rating), func.count(Ticket.rating)).where(
            Ticket.closed_at >= month, Ticket.sensitive.is_(False)
        )
    ).one()
    name = english_month(here) if turn.w.language == "en" else f"{MONTHS[here.month - 1]} {here.year + BE}"
    rating = (float(rated[0] or 0), int(rated[1]))
    return say.stats(turn.w, _figures(turn, month), _figures(turn, october), name, rating)


def _figures(turn: Turn, since: datetime) -> dict[str, int]:
    open_to_all = Ticket.sensitive.is_(False)
    received = select(func.count()).select_from(Ticket).where(Ticket.received_at >= since, open_to_all)
    done = (
        select(func.count()).select_from(Ticket).where(Ticket.closed_at >= since, Ticket.state == "done", open_to_all)
    )
    return {"received": turn.session.scalar(received) or 0, "done": turn.session.scalar(done) or 0}


# -- not understood ----------------------------------------------------------------------------------------------------


def lost(turn: Turn) -> Answer:
    """Not understood: once, gently, the words kept; twice, the clerk gets them, and they are numbered."""
    return _asked_or_filed(turn, "common.lost_once")


def unsure(turn: Turn) -> Answer:
    """Understood a little, but not what is wanted: the bot asks, and keeps the words; twice, the clerk gets them."""
    return _asked_or_filed(turn, "suggest.unsure")


def _asked_or_filed(turn: Turn, question: str) -> Answer:
    pocket.put(turn)
    turn.seat.lost += 1
    if turn.seat.lost < 2:
        return say_suggest.unsure(turn.w, turn.w(question))
    turn.seat.lost = 0
    items = pocket.empty(turn)
    told = filing.Told(
        kind="message",
        text=pocket.words(items) or turn.text,
        category="other",
        place={},
        media=[m["id"] for m in pocket.media(items)],
        heard=turn.heard,
        source_key=f"{turn.seat.key}:lost:{turn.event.message_id}",
    )
    ticket = filing.file_ticket(turn, told)
    return common.start_here(turn.w, turn.w("common.lost_twice", number=cases.number(ticket)))


# -- being called back -------------------------------------------------------------------------------------------------


def callback(turn: Turn) -> Answer:
    """ฝากให้โทรกลับ."""
    return forms.start(turn, CALLBACK)


def _ask_phone(turn: Turn, _answers: Answers) -> Answer:
    return say.ask_phone(turn.w)


def _take_phone(turn: Turn, _answers: Answers) -> Any:
    digits = "".join(c for c in arabic_digits(turn.text) if c.isascii() and c.isdigit())
    if turn.event.kind == "text" and 9 <= len(digits) <= 10 and digits.startswith("0"):
        return digits
    if read.something_else(turn):
        raise GivesWay
    raise Again([text(turn.w("help.phone_help"))])


def _callback_done(turn: Turn, answers: Answers) -> Answer:
    number = phone(answers["phone"])
    told = filing.Told("message", turn.thai("help.callback_text", number=number), "other", {})
    ticket = filing.file_ticket(turn, told)
    return say.callback_done(turn.w, number, cases.number(ticket))


CALLBACK = Form("callback", steps=(Step("phone", _ask_phone, _take_phone),), done=_callback_done)


def speak_english(turn: Turn) -> Answer:
    """English: from now on, for this person."""
    return _speak(turn, "en")


def speak_thai(turn: Turn) -> Answer:
    """ไทย."""
    return _speak(turn, "th")


def _speak(turn: Turn, language: str) -> Answer:
    if turn.person is not None:
        turn.person.language = language
    w = turn.town.speaking(language).words
    return common.menu(w, w("common.language"))


def understood(turn: Turn) -> Answer:
    """“เข้าใจแล้ว”."""
    return common.start_here(turn.w, turn.w("tell.understood_reply"))
