"""Changing what the town may set, from any page: kept with before and after, in the audit, and undoable."""

from __future__ import annotations

from typing import Any

from models import changes
from models.changes import Change, Values
from models.town import DEFAULTS
from web.desk import Desk


def change(desk: Desk, kind: str, subject: str | None, after: Values | None, batch: str = "") -> Change | None:
    """Make a row of this kind so (`models.changes.change`), and put it into the audit. None: it was so already."""
    made = changes.change(desk.session, desk.viewer, kind, subject, after, desk.now, batch=batch)
    if made is not None:
        write_down(desk, made)
    return made


def write_down(desk: Desk, made: Change) -> None:
    """Put a change into the audit: only what differs."""
    before, after = {}, {}
    for name, was, becomes in changes.differences(made.before, made.after):
        before[name], after[name] = was, becomes
    how = "made" if made.before is None else "removed" if made.after is None else "changed"
    if made.undoes is not None:
        how = "undone"
    desk.record(f"{made.kind}.{how}", f"{made.kind}:{made.subject}", before, after)


def put(desk: Desk, name: str, value: Any, batch: str = "") -> Change | None:
    """Set a setting of the town. Raises KeyError for an unknown name, ValueError for a value of another kind."""
    default = DEFAULTS[name]
    if default is not None and not isinstance(value, type(default)):
        raise ValueError(f"{name} takes {type(default).__name__}")
    if desk.settings[name] == value:
        return None
    desk.settings[name] = value
    return change(desk, "setting", name, {"value": {"value": value}}, batch)
