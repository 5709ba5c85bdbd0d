"""The console's navigation: what there is, and what this viewer may open of it."""

from __future__ import annotations

from dataclasses import dataclass

from flask import current_app, request, url_for

from web import access
from web.access import Right, Viewer


@dataclass(frozen=True)
class Entry:
    """One line: the name of its text and picture, where it leads, who may go there, and the key that goes there."""

    name: str
    endpoint: str
    right: Right
    key: str


ENTRIES = (
    Entry("work", "cases.work", access.may_work_cases, "g"),
    Entry("cases", "cases.index", access.may_see_cases, "l"),
    Entry("map", "cases.map", access.may_see_cases, "m"),
    Entry("intake", "intake.new", access.may_file_cases, "n"),
    Entry("plan", "plan.index", access.may_see_plan, "j"),
    Entry("publish", "publish.index", access.may_publish, "c"),
    Entry("proposals", "proposals.index", access.may_see_proposals, "v"),
    Entry("polls", "polls.index", access.may_see_polls, "s"),
    Entry("overview", "overview.index", access.may_see_overview, "o"),
    Entry("people", "people.index", access.may_see_people, "p"),
    Entry("templates", "templates.index", access.may_write_templates, "b"),
    Entry("settings", "settings.index", access.may_see_settings, "t"),
    Entry("problems", "problems.index", access.may_see_problems, "x"),
    Entry("audit", "audit.index", access.may_see_audit, "u"),
)


@dataclass(frozen=True)
class Shown:
    """An entry as a page shows it."""

    name: str
    address: str
    here: bool
    key: str


def entries(viewer: Viewer) -> list[Shown]:
    """What this viewer may open, in order; nothing before the second factor was shown."""
    if viewer.pending:
        return []
    here = request.endpoint or ""
    room = here.partition(".")[0]
    own = {entry.endpoint for entry in ENTRIES}
    return [
        Shown(entry.name, url_for(entry.endpoint), _is_here(entry.endpoint, here, room, own), entry.key)
        for entry in ENTRIES
        if entry.right(viewer) and entry.endpoint in current_app.view_functions
    ]


def _is_here(endpoint: str, here: str, room: str, own: set[str]) -> bool:
    """A page below an entry (a case below the list) lights the entry's line, unless it has a line of its own."""
    if here in own:
        return endpoint == here
    return endpoint == f"{room}.index"
