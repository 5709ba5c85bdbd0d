"""What staff do with a case, as rules that the chat and the console share: take, go on, give to somebody, pass on,
ask, answer, wait, finish, refuse, open again.

Who may do it, and what is said about it, is the caller's business; each step is written into the case's history, from
which the worker tells everybody concerned (bot/news.py).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session, object_session

from models import calendar
from models.filing import work_due
from models.lessons import teach
from models.people import Person
from models.staff import Staff
from models.tickets import Entry, NotAllowed, Ticket
from models.town import Agency, Department, setting


def named(ticket: Ticket) -> dict[str, Any]:
    """What lines of history remember of the department: its name at the time."""
    return {"department": ticket.department.name}


def take(ticket: Ticket, staff: Staff, now: datetime) -> Entry:
    """รับเรื่อง: this member of staff works on it from now on; a finished case is opened again. Raises NotAllowed."""
    before, ticket.owner = ticket.owner, staff
    try:
        if not ticket.is_open:
            return _reopened(ticket, now, staff=staff)
        return ticket.move("taken", "taken", now, staff=staff, data=named(ticket))
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


def outside(ticket: Ticket, agency: Agency, by: Staff, now: datetime, words: str) -> Entry:
    """ส่งต่อหน่วยงานภายนอก: the clock of the work stops, the case is still followed. Raises NotAllowed."""
    data = {"agency": agency.name, "phone": agency.phone}
    entry = ticket.move("outside", "outside", now, staff=by, words=words, data=data)
    ticket.agency = agency
    return entry


def ask(ticket: Ticket, by: Staff, now: datetime, words: str) -> Entry:
    """ขอข้อมูลเพิ่ม: the resident is asked, and the case waits for the answer. Raises NotAllowed."""
    return ticket.move("asking", "asked", now, staff=by, words=words, data=named(ticket))


def progress(ticket: Ticket, by: Staff, now: datetime, words: str) -> Entry:
    """แจ้งความคืบหน้า: the state stays; it counts as an answer. Raises NotAllowed for a closed case."""
    if not ticket.is_open:
        raise NotAllowed(f"ticket {ticket.id}: no progress in {ticket.state}")
    ticket.first_answer_at = ticket.first_answer_at or now
    return ticket.add("progress", now, staff=by, words=words)


def finish(
    ticket: Ticket, by: Staff, now: datetime, words: str, *, media: Sequence[str] = (), answer: bool = False
) -> Entry:
    """เสร็จสิ้น, or the answer to a question. `media` names the photos of the finished work. Raises NotAllowed."""
    data: dict[str, Any] = {"answer": True} if answer else {"media": list(media)}
    entry = ticket.move("done", "done", now, staff=by, words=words, data=data)
    ticket.owner = ticket.owner or by
    return entry


def wait(ticket: Ticket, by: Staff, now: datetime, reason: str, words: str) -> Entry:
    """พักไว้: the clock of the work stops for one of tickets.PAUSES. Raises NotAllowed."""
    entry = ticket.move("waiting", "waiting", now, staff=by, words=words, data={"reason": reason})
    ticket.owner = ticket.owner or by
    return entry


def refuse(ticket: Ticket, by: Staff, now: datetime, words: str) -> Entry:
    """ไม่ใช่อำนาจหน้าที่, with the reason that the resident reads. Raises NotAllowed."""
    entry = ticket.move("refused", "refused", now, staff=by, words=words)
    ticket.owner = ticket.owner or by
    return entry


def reopen(ticket: Ticket, by: Staff, now: datetime, words: str) -> Entry:
    """เปิดเรื่องอีกครั้ง: what was closed too early goes on. Raises NotAllowed for an open case."""
    if ticket.is_open:
        raise NotAllowed(f"ticket {ticket.id}: {ticket.state} is open")
    return _reopened(ticket, now, staff=by, words=words)


def reopen_for(ticket: Ticket, person: Person | None, now: datetime, words: str) -> Entry:
    """ยังไม่เรียบร้อย: who told of it opens it again. Raises NotAllowed for an open case."""
    if ticket.is_open:
        raise NotAllowed(f"ticket {ticket.id}: {ticket.state} is open")
    return _reopened(ticket, now, person=person, words=words)


def _reopened(
    ticket: Ticket, now: datetime, *, staff: Staff | None = None, person: Person | None = None, words: str = ""
) -> Entry:
    """Open it again, with a target of its own: as a new case of its category would get, at most as many working days as
    the law leaves for an answer (15; setting `duty.answer_days`). The duty of the first answer stays where it was: it
    has been met, or missed.
    """
    state = "taken" if ticket.owner_id or ticket.owner is not None else "new"
    entry = ticket.move(state, "reopened", now, staff=staff, person=person, words=words, data=named(ticket))
    session = object_session(ticket)
    if session is not None:
        ticket.due_at = min(
            work_due(session, ticket.kind_of, now, now, urgent=ticket.urgency == "high"),
            calendar.due(
                now, int(setting(session, "duty.answer_days")), "working", calendar.holidays(session), (), now
            ),
        )
        entry.data = {**entry.data, "due": ticket.due_at.isoformat()}
    ticket.reopened += 1
    return entry


def postpone(ticket: Ticket, by: Staff, now: datetime, due: datetime, words: str) -> Entry:
    """เลื่อนกำหนด: another target for the work, with its reason. Raises NotAllowed for a closed case."""
    if not ticket.is_open:
        raise NotAllowed(f"ticket {ticket.id}: nothing is due in {ticket.state}")
    data = {"from": ticket.due_at.isoformat() if ticket.due_at else None, "to": due.isoformat()}
    ticket.due_at = due
    return ticket.add("due", now, staff=by, words=words, data=data, public=False)
