"""“เข้าเว็บ”: a one-use link of five minutes with which staff open the web console, without any password."""

from __future__ import annotations

from handlers.turn import Answer, Turn
from messages import staff as say
from models import sessions
from models.audit import Actor, record
from models.staff import Staff


def actor(staff: Staff) -> Actor:
    """Staff acting in the chat, for the audit."""
    return Actor(staff.id, staff.name, staff.role, "chat")


def enter(turn: Turn) -> Answer:
    """A link and a code for this member of staff; in a group only the word where to ask."""
    if turn.in_group:
        return say.note(turn.w, "staff.web_in_group")
    if turn.staff is None:
        return say.note(turn.w, "staff.only_staff")
    token, code = sessions.make_link(turn.session, turn.staff, turn.town.key, turn.now)
    record(turn.session, actor(turn.staff), "link.made", f"staff:{turn.staff.id}", None, None, turn.now)
    return say.web_link(turn.w, token, code)
