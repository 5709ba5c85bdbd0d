"""Polls in the console (/console/polls/): the list, and one poll's page that says where it stands and what comes next.

The steps are in files of their own, all on this blueprint: polls_edit (question, options, who), polls_keys (the key
ceremony), polls_roll and polls_slips (who may vote), polls_open (freezing, opening, extending, cancelling), polls_paper
and polls_count (paper ballots, the count, publishing). The rules are models/poll_*.py; what they refuse is told in the
words of `polls.why_…`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from flask import Blueprint, request
from sqlalchemy import select
from werkzeug.exceptions import NotFound

from models import board, poll_count, poll_drafts, poll_life
from models.polls import NotAllowed, Poll
from web import access, poll_results, poll_words
from web.desk import Desk, Page, needs
from web.polls_looks import LOOKS

pages = Blueprint("polls", __name__, url_prefix="/console/polls")

#: The tabs of a poll's pages, by endpoint, and in which states each is there.
TABS = {
    "polls.show": ("draft", "open", "closing", "closed", "published", "cancelled"),
    "polls.question": ("draft",),
    "polls.options": ("draft",),
    "polls.who": ("draft",),
    "polls.keys_page": ("draft",),
    "polls.roll_page": ("draft", "open"),
    "polls.slips": ("draft", "open"),
    "polls.paper_page": ("closing", "closed"),
    "polls.count": ("closing", "closed", "published"),
}


def find(desk: Desk, number: int, *states: str) -> Poll:
    """The poll with this id (in one of these states, where some are named). Raises NotFound."""
    poll = desk.session.get(Poll, number)
    if poll is None or (states and poll.state not in states):
        raise NotFound
    return poll


def page(desk: Desk, template: str, poll: Poll, **values: object) -> str:
    """A page of one poll, with its tabs."""
    tabs = [endpoint for endpoint, states in TABS.items() if poll.state in states]
    return desk.page(template, poll=poll, tabs=tabs, looks=LOOKS, here=request.endpoint, **values)


@contextmanager
def told(desk: Desk) -> Iterator[None]:
    """Say on the next page what the rules refuse. What was written before the refusal stays: a wrong key is noted."""
    try:
        yield
    except NotAllowed as refused:
        tell(desk, refused)


def tell(desk: Desk, refused: NotAllowed) -> None:
    """A refusal in words."""
    desk.tell(reason(desk, refused.reason), "bad")


def reason(desk: Desk, code: str) -> str:
    """The name of the text for a reason: of a verb, or of the checklist."""
    found = next((f"polls.{kind}_{code}" for kind in ("why", "check") if f"polls.{kind}_{code}" in desk.w), "")
    return found or "polls.why_state"


def done(desk: Desk, words: str, does: Callable[[], object]) -> None:
    """Do it, and say that it is done, or why not."""
    with told(desk):
        does()
        desk.tell(words)


# -- the list ----------------------------------------------------------------------------------------------------------


@pages.get("/")
@needs(access.may_see_polls)
def index(desk: Desk) -> Page:
    """All polls, the newest first."""
    rows = desk.session.scalars(select(Poll).order_by(Poll.id.desc())).all()
    return desk.page("polls/index.html", polls=rows, looks=LOOKS)


@pages.post("/new")
@needs(access.may_run_polls)
def new(desk: Desk) -> Page:
    """A new draft, to be written on the next page."""
    title = request.form.get("title", "").strip()[:200]
    if not title:
        desk.tell("polls.title_needed", "bad")
        return desk.go("polls.index")
    poll = poll_drafts.create(desk.session, desk.viewer, title, desk.now)
    return desk.go("polls.question", number=poll.id)


# -- one poll ----------------------------------------------------------------------------------------------------------


@pages.get("/<int:number>")
@needs(access.may_see_polls)
def show(desk: Desk, number: int) -> Page:
    """Where it stands: the checklist of a draft; turnout of what is open; the result."""
    poll = find(desk, number)
    values: dict[str, object] = dict.fromkeys(("manifest", "missing", "turnout", "result", "words"))
    values["entries_count"] = 0
    if poll.state == "draft" and not poll.frozen:
        values["missing"] = poll_life.checklist(desk.session, desk.console.keys, poll, desk.now)
    if poll.manifest is not None:
        values |= _of_manifest(desk, poll)
    return page(desk, "polls/show.html", poll, reason=lambda code: reason(desk, code), **values)


def _of_manifest(desk: Desk, poll: Poll) -> dict[str, object]:
    manifest = poll_drafts.manifest_of(poll)
    entries = board.entries(desk.session, poll.id)
    data = poll_count.results_data(desk.session, poll)
    return {
        "manifest": manifest,
        "words": poll_words.Rules(desk.w, manifest),
        "turnout": poll_results.turnout_of(desk, poll, manifest) if poll.state != "draft" else None,
        "entries": list(reversed(entries))[:8],
        "entries_count": len(entries),
        "result": poll_results.result_of(desk.w, manifest, data) if data else None,
        "picture": False,
    }
