"""What staff do with a case, as rules that the chat and the console share: take, go on, give to somebody, pass on.

Who may do it, and what is said about it, is the caller's business; each step is written into the case's history, from
which the worker tells everybody concerned (bot/news.py).
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from models.lessons import teach
from models.staff import Staff
from models.tickets import Entry, NotAllowed, Ticket
from models.town import Department


def named(ticket: Ticket) -> dict[str, Any]:
    """What lines of history remember of the department: its name at the time."""
    return {"department": ticket.department.name}


def take(ticket: Ticket, staff: Staff, now: datetime) -> Entry:
    """รับเรื่อง: this member of staff works on it from now on; a finished case is opened again. Raises NotAllowed."""
    what = "taken" if ticket.is_open else "reopened"
    before, ticket.owner = ticket.owner, staff
    try:
        return ticket.move("taken", what, now, staff=staff, data=named(ticket))
    except NotAllowed:
        ticket.owner = before
        raise


def resume(ticket: Ticket, staff: Staff, now: datetime) -> Entry:
    """ทำต่อ: what was waited for has come; the clock runs again. Raises NotAllowed where nothing was waited for."""
    if ticket.state not in ("waiting", "outside"):
        raise NotAllowed(f"ticket {ticket.id}: nothing is waited for in {ticket.state}")
    ticket.owner = ticket.owner or staff
    return ticket.move("taken", "resumed", now, staff=staff, data=named(ticket))


def assign(ticket: Ticket, to: Staff, by: Staff, now: datetime) -> Entry:
    """มอบงาน: an open case gets this owner, who is told. Its state stays: nobody has begun. Raises NotAllowed."""
    if not ticket.is_open:
        raise NotAllowed(f"ticket {ticket.id}: {ticket.state} is not given to anybody")
    before = ticket.owner
    ticket.owner = to
    data = {"staff": to.id, "name": to.name, "from": before.name if before else ""}
    return ticket.add("assigned", now, staff=by, data=data, public=False)


def forward(session: Session, ticket: Ticket, department: Department, by: Staff, now: datetime, words: str) -> Entry:
    """ส่งต่อ: another department has it now, as new and without an owner; the bot learns from it. Raises NotAllowed."""
    before = ticket.department
    data = {"department": department.name, "from_department": before.name}
    entry = ticket.move("new", "forwarded", now, staff=by, words=words, data=data)
    teach(session, ticket, "department", department.code, before.code, "staff", now)
    ticket.department, ticket.owner = department, None
    return entry
