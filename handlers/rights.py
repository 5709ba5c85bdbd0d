"""Who may do what to a case, from LINE. One question, one function; everything staff do passes here."""

from __future__ import annotations

from handlers.track import tapped_ticket
from handlers.turn import Answer, Turn
from messages import cases
from messages import staff as say
from models.staff import Staff
from models.tickets import Ticket


def may_see(staff: Staff, ticket: Ticket) -> bool:
    """Sensitive cases: the appointed receivers only. Others: who may act for the department."""
    if ticket.sensitive:
        return staff.active and staff.confidential
    return staff.may_act_for(ticket.department_id)


def acting(turn: Turn) -> tuple[Staff, Ticket] | Answer:
    """The member of staff and the case a button names; or the polite word why not."""
    ticket = tapped_ticket(turn)
    if turn.staff is None:
        return say.note(turn.w, "staff.not_staff")
    if ticket is None:
        return say.note(turn.w, "staff.gone")
    return allowed(turn, turn.staff, ticket)


def allowed(turn: Turn, staff: Staff, ticket: Ticket) -> tuple[Staff, Ticket] | Answer:
    """The pair, if this member of staff may move this case."""
    if ticket.sensitive and (not staff.confidential or turn.in_group):
        return say.note(turn.w, "staff.confidential_only")
    if not may_see(staff, ticket):
        return say.about(turn.w, "staff.other_department", ticket, department=cases.department(turn.w, ticket))
    return staff, ticket
