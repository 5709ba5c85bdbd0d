"""Changing what the town may set, from any page: shown before it is done, kept with before and after, in the audit, and
undoable.

    form = Village(request.form, w=desk.w)
    if changing.again() or not form.validate():
        return desk.refuse(…)                                  # the form, with what was typed
    wanted = [Wanted("village", "4", {"name": form.name.data})]
    return changing.decide(desk, wanted, back=url_for("settings.villages"))

The first time `decide` shows what would change; what was typed is carried along, and comes back with `confirmed`, and
with a mark of what the rows were: when somebody has changed them meanwhile, they are shown again.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from flask import redirect, request

from models import changes
from models.changes import Change, Values
from models.town import DEFAULTS
from web.changes_written import Scribe, Written
from web.desk import Desk, Page
from web.guard import FIELD

#: What the preview's own buttons and marks are called in a form.
_OWN = (FIELD, "confirmed", "again", "seen")


@dataclass(frozen=True)
class Wanted:
    """A row as somebody wants it: `subject` None makes a new one, `after` None removes it."""

    kind: str
    subject: str | None
    after: Values | None


def again() -> bool:
    """Whether somebody comes back from the preview to change what they typed."""
    return "again" in request.form


def decide(
    desk: Desk,
    wanted: Sequence[Wanted],
    *,
    back: str,
    notes: Sequence[str] = (),
    said: str = "",
    then: Callable[[list[Change]], None] | None = None,
    first: Values | None = None,
) -> Page:
    """Show what would change, or do it when it was confirmed, and go `back`.

    `notes` say in words what follows from it; `said` is a sample of what the bot would say. `then` is given what was
    changed; `first` are columns of a new row that are not kept as its history.
    """
    scribe = Scribe(desk)
    written = [scribe.write(each.kind, each.subject, _before(desk, each), _after(desk, each)) for each in wanted]
    written = [each for each in written if each.lines]
    if not written:
        desk.tell("settings.same", "note")
        return redirect(back, 303)
    mark = _mark(desk, wanted)
    if request.form.get("confirmed") and request.form.get("seen") == mark:
        batch = changes.new_batch()
        made = [change(desk, each.kind, each.subject, each.after, batch, first) for each in wanted]
        if then is not None:
            then([each for each in made if each is not None])
        desk.tell("settings.saved")
        return redirect(back, 303)
    return _preview(desk, written, mark, back, notes, said)


def _preview(desk: Desk, written: Sequence[Written], mark: str, back: str, notes: Sequence[str], said: str) -> str:
    carried = [(name, value) for name, value in request.form.items(multi=True) if name not in _OWN]
    stale = bool(request.form.get("confirmed"))
    return desk.page(
        "settings/preview.html",
        written=written,
        mark=mark,
        back=back,
        notes=notes,
        said=said,
        carried=carried,
        stale=stale,
    )


def _before(desk: Desk, each: Wanted) -> Values | None:
    if each.subject is None:
        return None
    return changes.snapshot(desk.session, each.kind, each.subject)


def _after(desk: Desk, each: Wanted) -> Values | None:
    return None if each.after is None else (_before(desk, each) or {}) | each.after


def _mark(desk: Desk, wanted: Sequence[Wanted]) -> str:
    """Stands for the rows as they are now and as they are wanted."""
    rows = [(each.kind, each.subject, _before(desk, each), each.after) for each in wanted]
    return hashlib.sha256(json.dumps(rows, sort_keys=True, default=str).encode()).hexdigest()[:24]


def change(
    desk: Desk, kind: str, subject: str | None, after: Values | None, batch: str = "", first: Values | None = None
) -> Change | None:
    """Make a row of this kind so (`models.changes.change`), and put it into the audit. None: it was so already."""
    made = changes.change(desk.session, desk.viewer, kind, subject, after, desk.now, batch=batch, first=first)
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
    """Set a setting of the town at once. Raises KeyError for an unknown name, ValueError for another kind of value."""
    wanted = setting(name, value)
    if desk.settings[name] == value:
        return None
    desk.settings[name] = value
    return change(desk, wanted.kind, wanted.subject, wanted.after, batch)


def setting(name: str, value: Any) -> Wanted:
    """A setting as somebody wants it. Raises KeyError for an unknown name, ValueError for another kind of value."""
    default = DEFAULTS[name]
    if default is not None and not isinstance(value, type(default)):
        raise ValueError(f"{name} takes {type(default).__name__}")
    return Wanted("setting", name, {"value": {"value": value}})
