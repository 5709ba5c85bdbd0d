"""What the bot says to those who file for others (แจ้งแทน): headmen, health volunteers, leaders of a village."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from messages.common import door, ways_out
from messages.parts import text
from messages.words import Words
from models.helpers import Helper
from models.tickets import Ticket

Json = dict[str, Any]


def welcome(w: Words, helper: Helper) -> list[Json]:
    """The account is tied: how filing for others goes."""
    office = w(f"behalf.office_{helper.office}")
    return [text(w("behalf.linked", name=helper.name, office=office), door(w, "report"), door(w, "track"))]


def ask_whom(w: Words, before: str, choices: Sequence[Json]) -> list[Json]:
    """In whose name?"""
    body = f"{before}\n{w('behalf.ask_whom')}" if before else w("behalf.ask_whom")
    return [text(body, *choices, *ways_out(w))]


def ask_who(w: Words, skip: Json) -> list[Json]:
    """How the office finds that person; nothing of it is needed."""
    return [text(w("behalf.ask_who"), skip, *ways_out(w))]


def whom(w: Words, answer: str, name: str, phone: str) -> str:
    """The summary's line: for whom, as far as told."""
    known = " · ".join(part for part in (name, phone) if part)
    label = w(f"behalf.{answer}")
    return f"{label}: {known}" if known else label


def pass_on(w: Words, ticket: Ticket) -> Json:
    """After the receipt: an address by which the person may see how it stands, without LINE."""
    return text(w("behalf.pass_on", address=f"{w.fields['public_url']}/s/{ticket.token}"))


def mark(w: Words, ticket: Ticket) -> str:
    """“แจ้งแทนโดยผู้ใหญ่บ้าน”, for staff; "" where somebody told of it himself."""
    return w("behalf.mark", office=w(f"behalf.office_{ticket.on_behalf}")) if ticket.on_behalf else ""
