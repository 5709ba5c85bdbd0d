"""Joining a group (ประชาคมหมู่บ้าน, school, อสม.) with the code its members are told: “เข้ากลุ่ม 483920”."""

from __future__ import annotations

import re

from handlers.turn import Answer, Turn
from messages import propose as say
from messages.thai import arabic_digits
from models.groups import join

_CODE = re.compile(r"^(?:เข้ากลุ่ม|join group|join)[\s:]*([0-9]{3})[\s-]?([0-9]{3})$", re.IGNORECASE)


def joins(turn: Turn) -> Answer | None:
    """Make the speaker a member; None when the words are no such code."""
    found = _CODE.match(arabic_digits(turn.text))
    if found is None or turn.person is None:
        return None
    code = found.group(1) + found.group(2)
    group = join(turn.session, code, turn.person, turn.chat.key, turn.town.key, turn.now)
    if group is None:
        return say.told(turn.w, "propose.group_wrong")
    return say.told(turn.w, "propose.group_joined", group=group.name)
