"""Freezing, opening by two officers, extending, cancelling; drafts that come to nothing."""

from __future__ import annotations

from flask import request

from models import poll_drafts, poll_life
from models.polls import NotAllowed
from web import access, polls_keys
from web.desk import Desk, Page, needs
from web.polls import done, find, pages
from web.polls_forms import moment_of
from web.polls_keys import NoKey

__all__ = ["pages"]


@pages.post("/<int:number>/freeze")
@needs(access.may_run_polls)
def freeze(desk: Desk, number: int) -> Page:
    """Fix the rules, the options and the roll."""
    find(desk, number, "draft")
    keys = desk.console.keys
    done(desk, "polls.frozen", lambda: poll_life.freeze(desk.session, desk.viewer, keys, number, desk.now))
    return desk.go("polls.show", number=number)


@pages.post("/<int:number>/thaw")
@needs(access.may_run_polls)
def thaw(desk: Desk, number: int) -> Page:
    """Back to a draft."""
    find(desk, number, "draft")
    done(desk, "polls.thawed", lambda: poll_life.thaw(desk.session, desk.viewer, number, desk.now))
    return desk.go("polls.show", number=number)


@pages.post("/<int:number>/propose")
@needs(access.may_run_polls)
def propose(desk: Desk, number: int) -> Page:
    """The first officer: it may open."""
    find(desk, number, "draft")
    does = poll_life.propose_opening
    done(desk, "polls.proposed", lambda: does(desk.session, desk.viewer, number, desk.now))
    return desk.go("polls.show", number=number)


@pages.post("/<int:number>/open")
@needs(access.may_run_polls)
def open_it(desk: Desk, number: int) -> Page:
    """The second officer, with the office's key: the board begins."""
    find(desk, number, "draft")
    try:
        auth = polls_keys.office_key()
        poll_life.open_poll(desk.session, desk.viewer, desk.console.keys, number, auth, desk.now)
        desk.tell("polls.opened")
    except (NoKey, NotAllowed) as trouble:
        polls_keys.refuse(desk, trouble)
    return desk.go("polls.show", number=number)


@pages.post("/<int:number>/extend")
@needs(access.may_run_polls)
def extend(desk: Desk, number: int) -> Page:
    """Close later, with a reason that everybody reads."""
    find(desk, number, "open")
    try:
        closes = moment_of(request.form.get("closes_at", ""))
    except ValueError:
        desk.tell("form.date", "bad")
        return desk.go("polls.show", number=number)
    reason, keys = request.form.get("reason", ""), desk.console.keys
    done(
        desk,
        "polls.extended",
        lambda: poll_life.extend(desk.session, desk.viewer, keys, number, closes, reason, desk.now),
    )
    return desk.go("polls.show", number=number)


@pages.post("/<int:number>/cancel")
@needs(access.may_run_polls)
def cancel(desk: Desk, number: int) -> Page:
    """End it without a result, with a reason that everybody reads; of a draft, put it aside."""
    poll = find(desk, number, "draft", "open", "closing", "closed")
    reason, keys = request.form.get("reason", ""), desk.console.keys
    if poll.state == "draft":
        discard = poll_drafts.discard
        done(desk, "polls.discarded", lambda: discard(desk.session, desk.viewer, number, reason, desk.now))
    else:
        stop = poll_life.cancel
        done(desk, "polls.cancelled", lambda: stop(desk.session, desk.viewer, keys, number, reason, desk.now))
    return desk.go("polls.show", number=number)
