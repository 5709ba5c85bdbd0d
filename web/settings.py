"""Settings (ตั้งค่า): the page that leads to all of them, the history of what was changed, and undoing it.

Each kind has a module of its own (web/settings_*.py) on this blueprint. A change is shown before it is done, and
everything that was done can be seen and taken back here (web/changing.py, models/changes.py).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, redirect, request, url_for
from sqlalchemy import func, select
from werkzeug.exceptions import NotFound

from models import changes
from models.changes import KINDS, Change, Stale
from models.staff import Staff
from web import access
from web.changes_written import Scribe, Written
from web.changing import write_down
from web.desk import Desk, Page, needs

pages = Blueprint("settings", __name__, url_prefix="/console/settings")

#: The sections in order: endpoint and picture. Their words are settings.<name> and settings.about_<name>.
SECTIONS = (
    ("town", "settings.town", "voice"),
    ("departments", "settings.departments", "people"),
    ("categories", "settings.categories", "cases"),
    ("routing", "settings.routing", "send"),
    ("villages", "settings.villages", "map"),
    ("places", "settings.places", "place"),
    ("proposals", "settings.proposals", "proposals"),
    ("calendar", "settings.holidays", "clock"),
    ("messages", "settings.letters", "note"),
    ("numbers", "settings.numbers", "phone"),
    ("words", "settings.words", "edit"),
    ("ready", "templates.index", "work"),
    ("public", "settings.public", "publish"),
    ("connections", "connections.index", "link"),
    ("history", "settings.history", "undo"),
    ("wizard", "wizard.index", "next"),
)
#: Lines of history on a page.
PAGE = 40


@pages.get("/")
@needs(access.may_see_settings)
def index(desk: Desk) -> Page:
    """All sections."""
    return desk.page("settings/index.html", sections=SECTIONS)


@dataclass(frozen=True)
class Row:
    """A line of a list: its cells, where it leads, and whether it is out of use."""

    cells: Sequence[Any]
    address: str = ""
    closed: bool = False


def listing(
    desk: Desk,
    section: str,
    heads: Sequence[str],
    rows: Sequence[Row],
    *,
    actions: Sequence[tuple[str, str, str]] = (),
    kinds: Sequence[str] = (),
    **more: Any,
) -> str:
    """A section's list. `heads`: names of texts; `actions`: (text, address, picture) of what can be done besides."""
    return desk.page(
        more.pop("template", "settings/list.html"),
        section=section,
        heads=heads,
        rows=rows,
        actions=actions if access.may_manage_settings(desk.viewer) else (),
        past=past(desk, kinds, limit=5),
        kinds=kinds,
        **more,
    )


def form_page(desk: Desk, section: str, title: str, form: Any, back: str, **more: Any) -> str:
    """The page of one form; its `kind` and `subject` show what happened to the row before."""
    kind, subject = more.pop("kind", ""), more.pop("subject", None)
    return desk.page(
        more.pop("template", "settings/form.html"),
        section=section,
        title=title,
        form=form,
        back=back,
        past=past(desk, [kind], subject, limit=5) if kind and subject else [],
        **({"removable": "", "extra": ""} | more),
    )


# -- history -----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Past:
    """A change in the history: itself, in words, whether it was taken back, and whether this viewer may do that."""

    change: Change
    written: Written
    undone: bool
    may_undo: bool
    together: int


def past(
    desk: Desk,
    kinds: Sequence[str] = (),
    subject: str | None = None,
    *,
    below: int | None = None,
    limit: int = PAGE,
) -> list[Past]:
    """What was changed, the latest first."""
    rows = changes.history(desk.session, kinds, subject, below=below, limit=limit)
    gone, scribe = changes.undone(desk.session, rows), Scribe(desk)
    batches = [row.batch for row in rows]
    counted = (
        select(Change.batch, func.count().label("together")).where(Change.batch.in_(batches)).group_by(Change.batch)
    )
    together = {row.batch: row.together for row in desk.session.execute(counted)} if rows else {}
    return [
        Past(
            row,
            scribe.write(row.kind, row.subject, row.before, row.after),
            row.id in gone,
            row.id not in gone and _may_undo(desk, row.kind),
            together.get(row.batch, 1),
        )
        for row in rows
    ]


def _may_undo(desk: Desk, kind: str) -> bool:
    people = kind in ("staff", "group")
    return access.may_manage_people(desk.viewer) if people else access.may_manage_settings(desk.viewer)


@pages.get("/history")
@needs(access.may_see_settings)
def history(desk: Desk) -> Page:
    """Who changed what, when."""
    kind, below = request.args.get("kind", ""), request.args.get("below", "")
    kinds = [kind] if kind in KINDS else []
    found = past(desk, kinds, below=int(below) if below.isascii() and below.isdigit() else None, limit=PAGE + 1)
    older = url_for("settings.history", kind=kind, below=found[PAGE - 1].change.id) if len(found) > PAGE else None
    return desk.page("settings/history.html", past=found[:PAGE], kinds=list(KINDS), kind=kind, older=older)


@pages.post("/undo/<batch>")
@needs(access.may_manage_settings)
def undo(desk: Desk, batch: str) -> Page:
    """Take back what was changed at that moment."""
    try:
        made = changes.undo(desk.session, desk.viewer, batch, desk.now)
    except LookupError:
        raise NotFound from None
    except Stale:
        return desk.page("settings/refused.html", why="settings.undo_stale"), 409
    if any(each.kind == "staff" for each in made) and (trouble := locked_out(desk, made)):
        return desk.page("settings/refused.html", why=trouble), 409
    for each in made:
        write_down(desk, each)
    desk.tell("settings.undone")
    return redirect(back_to(), 303)


def locked_out(desk: Desk, made: Sequence[Change]) -> str:
    """Why changes of staff must not be: nobody changes what they themselves may do, and an admin must remain."""
    if any(each.kind == "staff" and each.subject == str(desk.viewer.staff_id) for each in made):
        return "people.not_yourself"
    admins = select(func.count()).select_from(Staff).where(Staff.role == "admin", Staff.active)
    return "" if desk.session.scalar(admins) else "people.last_admin"


def back_to() -> str:
    """The page of the console from which a button was pressed, else the history."""
    asked = request.form.get("back", "")
    inside = asked.startswith("/console/") and "\\" not in asked and "\n" not in asked
    return asked if inside else url_for("settings.history")
