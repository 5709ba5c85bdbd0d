"""Tying LINE to the office with one-use codes: staff and helpers link an account, a group is bound to a department."""

from __future__ import annotations

import re

from handlers.staff_web import actor
from handlers.turn import Answer, Turn
from messages import behalf
from messages import staff as say
from messages.thai import arabic_digits
from models import helpers
from models import staff as staff_rows
from models.audit import Actor, record
from models.helpers import Helper
from models.people import Person

#: “เจ้าหน้าที่ 483920” alone with the bot; “ผูกกลุ่ม 483920” in a group. Thai digits and spaces are taken.
_GROUP_WORDS = ("ผูกกลุ่ม", "ผูกกอง", "group")
_OWN_WORDS = ("เจ้าหน้าที่", "ผู้แจ้งแทน", "แจ้งแทน", "staff", "helper")
_CODE = re.compile(rf"^({'|'.join((*_GROUP_WORDS, *_OWN_WORDS))})?[\s:]*([0-9]{{3}})[\s-]?([0-9]{{3}})$", re.IGNORECASE)


def code_in(words: str) -> tuple[str, str] | None:
    """The (word, six digits) of a code message; the word is "" when only digits were typed."""
    found = _CODE.match(arabic_digits(words.strip()))
    return ((found.group(1) or "").lower(), found.group(2) + found.group(3)) if found else None


def link(turn: Turn) -> Answer | None:
    """Handle a message that is a code; None when it is none (six bare digits count only in an unbound group)."""
    found = code_in(turn.text)
    if found is None:
        return None
    word, code = found
    if turn.in_group:
        return _in_group(turn, word, code)
    if not word:
        return None
    if word in _GROUP_WORDS:
        return say.note(turn.w, "staff.group_code_alone")
    return _link_person(turn, code)


def _in_group(turn: Turn, word: str, code: str) -> Answer | None:
    if word in _OWN_WORDS:
        return say.note(turn.w, "staff.code_in_group")
    if not word and turn.chat.department_id is not None:
        return None
    return _bind_group(turn, code)


def _link_person(turn: Turn, code: str) -> Answer:
    if turn.person is None:
        return []
    invitation = _redeem(turn, code, group=False)
    if isinstance(invitation, list):
        return invitation
    if invitation.helper is not None:
        return _link_helper(turn, invitation.helper, turn.person)
    staff = invitation.staff
    if staff is None or not staff.active:
        return say.note(turn.w, "staff.wrong_code")
    staff_rows.link(turn.session, staff, turn.person)
    record(turn.session, actor(staff), "staff.linked", f"staff:{staff.id}", None, None, turn.now)
    department = staff.department.name if staff.department else turn.town.settings["town.name"]
    return say.linked(turn.w, staff.name, department)


def _link_helper(turn: Turn, helper: Helper, person: Person) -> Answer:
    if not helper.active:
        return say.note(turn.w, "staff.wrong_code")
    helpers.link(turn.session, helper, person)
    who = Actor(None, helper.name, "helper", "chat")
    record(turn.session, who, "helper.linked", f"helper:{helper.id}", None, None, turn.now)
    return behalf.welcome(turn.w, helper)


def _bind_group(turn: Turn, code: str) -> Answer:
    invitation = _redeem(turn, code, group=True)
    if isinstance(invitation, list):
        return invitation
    department = invitation.department
    if department is None:
        return say.note(turn.w, "staff.wrong_code")
    turn.chat.department_id = department.id
    return say.group_linked(turn.w, department.name)


def _redeem(turn: Turn, code: str, *, group: bool) -> staff_rows.Invitation | Answer:
    key = turn.event.user_id or turn.chat.key
    if staff_rows.too_many_tries(turn.session, key, turn.now):
        return say.note(turn.w, "staff.too_many_codes")
    found = staff_rows.redeem(turn.session, turn.town.key, code, key, turn.now, group=group)
    return found or say.note(turn.w, "staff.wrong_code")


def join(turn: Turn) -> Answer:
    """Invited into a group: who may bind it types the code; anybody can invite, so nothing private is said."""
    turn.chat.gone_at = None
    return say.joined_group(turn.w)


def leave(turn: Turn) -> Answer:
    """Put out of a group: nothing is pushed there any more, and coming back needs a new code."""
    turn.chat.gone_at = turn.now
    turn.chat.department_id = None
    return []


def ask_to_leave(turn: Turn) -> Answer:
    """“ให้บอตออกจากกลุ่ม”: only out of a group that is bound to nothing, or by staff."""
    if not turn.in_group or (turn.chat.department_id is not None and turn.staff is None):
        return say.note(turn.w, "staff.only_staff")
    turn.chat.gone_at = turn.now
    turn.chat.department_id = None
    turn.chat.leave_asked = True
    return say.note(turn.w, "staff.left")
