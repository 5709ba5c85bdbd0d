"""Filing for others (แจ้งแทน): two more questions of a report, put to helpers only (models/helpers.py).

In whose name, and how the office finds that person: a name or a house number and a telephone, all of it optional.
"""

from __future__ import annotations

from typing import Any

from handlers import answers as read
from handlers import forms
from handlers.forms import Again, Answers
from handlers.turn import Answer, Turn
from messages import behalf as say
from messages.parts import text
from models.contacts import Contact
from models.helpers import FOR_WHOM
from models.tickets import Ticket
from nlp import pii

#: What somebody types instead of tapping.
_SPOKEN = {
    "self": ("แจ้งเอง", "เอง", "ของฉันเอง", "ตัวเอง", "myself", "self"),
    "villager": ("แจ้งแทนลูกบ้าน", "แทนลูกบ้าน", "ลูกบ้าน", "แจ้งแทน", "แทน", "villager"),
    "relative": ("แจ้งแทนญาติ", "แทนญาติ", "ญาติ", "relative"),
}
#: Words around a telephone number that are no part of a name.
_AROUND = ("โทรศัพท์", "เบอร์โทร", "เบอร์", "โทร.", "โทร", "phone", "tel.", "tel")
#: Longest name and telephone kept (models/contacts.py).
NAME, PHONE = 120, 40


def asks_whom(turn: Turn, answers: Answers) -> bool:
    """Only helpers are asked, and not where they join a case that is there."""
    return not isinstance(answers.get("near"), int) and turn.helper is not None


def asks_who(turn: Turn, answers: Answers) -> bool:
    """Only where it is for somebody else."""
    return answers.get("whom") in FOR_WHOM and asks_whom(turn, answers)


def ask_whom(turn: Turn, _answers: Answers) -> Answer:
    """แจ้งในนามใคร"""
    names = ("self", *FOR_WHOM)
    return say.ask_whom(turn.w, "", [forms.button(turn, turn.w(f"behalf.{n}"), "whom", n) for n in names])


def take_whom(turn: Turn, answers: Answers) -> Any:
    """The one that was tapped or named; who it was before is asked anew."""
    answers.pop("who", None)
    value = read.tapped(turn)
    if value in _SPOKEN:
        return value
    return next((name for name, said in _SPOKEN.items() if read.said(turn, frozenset(said))), None)


def ask_who(turn: Turn, _answers: Answers) -> Answer:
    """A name, a house, a telephone; or nothing."""
    return say.ask_who(turn.w, forms.button(turn, turn.w("button.skip"), "who", "none"))


def take_who(turn: Turn, _answers: Answers) -> Any:
    """Name and telephone, parted; empty ones where it is skipped."""
    if read.tapped(turn) == "none" or read.said(turn, read.SKIP, read.NO, read.UNKNOWN):
        return {"name": "", "phone": ""}
    words = read.words(turn)
    if words is None:
        raise Again([text(turn.w("behalf.who_help"))])
    name, phone = contact_in(words)
    return {"name": name, "phone": phone}


def contact_in(words: str) -> tuple[str, str]:
    """(name or house, telephone) of what was typed. Numbers of identity cards and accounts are left out."""
    found = pii.find(words)
    phone = next((words[p.start : p.end] for p in found if p.kind == "phone"), "")
    for item in sorted(found, key=lambda p: -p.start):
        if item.kind in ("phone", "id", "account"):
            words = f"{words[: item.start]} {words[item.end :]}"
    name = " ".join(word for word in words.split() if word.lower() not in _AROUND).strip(" ,;:·–-")
    for word in _AROUND:
        name = name.removesuffix(word).rstrip(" ,;:·–-")
    return name[:NAME], phone.removeprefix("โทร").strip()[:PHONE]


def row(turn: Turn, answers: Answers) -> str:
    """The summary's line; "" for who is not asked."""
    if not asks_whom(turn, answers):
        return ""
    who = answers.get("who") or {}
    return say.whom(turn.w, answers.get("whom", "self"), who.get("name", ""), who.get("phone", ""))


def office(turn: Turn, answers: Answers) -> str:
    """What the case is marked with: the helper's office; "" for an own matter."""
    return turn.helper.office if turn.helper is not None and asks_who(turn, answers) else ""


def keep(turn: Turn, ticket: Ticket, answers: Answers) -> Answer:
    """Keep how the person is found, and hand on the address under which they can follow."""
    if not ticket.on_behalf:
        return []
    who = answers.get("who") or {}
    turn.session.add(
        Contact(
            ticket_id=ticket.id,
            name=who.get("name", ""),
            phone=who.get("phone", ""),
            relation=answers["whom"],
            created_at=turn.now,
        )
    )
    return [say.pass_on(turn.w, ticket)]
