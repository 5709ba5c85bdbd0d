"""The way to the ballot (/vote/): the link from the chat, the QR of a slip, the list, and the way out.

A link only looks until its button is pressed; then a cookie takes its place, which says which voter it is and nothing
else. The ballot itself is web/ballot.py, on this same blueprint.
"""

from __future__ import annotations

from datetime import datetime

from flask import Blueprint, make_response, request
from werkzeug.wrappers import Response

from messages.thai import arabic_digits
from models import ballot_links, eligibility, vote_codes, vote_notices
from models.ballot_links import Entry
from models.people import Person
from models.polls import NotAllowed, Poll, poll_of
from web.access import anyone
from web.cookies import is_https
from web.desk import Desk, Page, needs

pages = Blueprint("ballot", __name__, url_prefix="/vote")

#: Stricter than the console: no data: pictures, no connections; a ballot may come from nowhere but this page.
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; font-src 'self'; img-src 'self'; form-action 'self'; "
    "frame-ancestors 'none'; base-uri 'none'"
)


@pages.after_request
def _strict(response: Response) -> Response:
    response.headers["Content-Security-Policy"] = _POLICY
    response.headers["Cache-Control"] = "no-store"
    return response


class Stopped(Exception):
    """The voter cannot go on; `reason` names the texts that say why and what to do."""

    def __init__(self, reason: str, poll: Poll | None = None) -> None:
        self.reason, self.poll = reason, poll


def entered(desk: Desk) -> Entry:
    """Whom the cookie has let in. Raises Stopped."""
    token = request.cookies.get(cookie(), "")
    entry = ballot_links.inside(desk.session, token, desk.now) if token else None
    if entry is None:
        raise Stopped("page")
    return entry


def cookie() -> str:
    """The name of the cookie; with https one that no sister host can set."""
    return "__Host-songsiang_ballot" if is_https() else "songsiang_ballot"


def stop(desk: Desk, stopped: Stopped, status: int = 409) -> Page:
    """The page that says why not, and what to do."""
    if stopped.reason == "list":
        return desk.page("ballot/list.html", poll=stopped.poll, wrong="")
    return desk.page("ballot/stop.html", reason=stopped.reason, poll=stopped.poll), status


@pages.get("/liff")
@needs(anyone)
def liff(desk: Desk) -> Page:
    """Where LINE opens the page inside the chat: it hands over what stood behind the LIFF address."""
    return _door(desk, request.args.get("liff.state", "").strip("/"))


@pages.get("/code/<poll>/<code>")
@needs(anyone)
def by_code(desk: Desk, poll: str, code: str) -> Page:
    """What the QR of a paper slip opens: the code in big letters, and how to use it in the chat. Nothing is looked up:
    whether a code is good is learned in the chat only, where wrong tries are counted."""
    if not vote_codes.looks_like_code(code) or (found := poll_of(desk.session, poll)) is None:
        return stop(desk, Stopped("code"), 404)
    return desk.page("ballot/code.html", poll=found, code=code.upper())


@pages.get("/<token>")
@needs(anyone)
def door(desk: Desk, token: str) -> Page:
    """What the link opens: a look, a button. LINE's preview of the link uses nothing up."""
    return _door(desk, token)


def _door(desk: Desk, token: str) -> Page:
    entry = ballot_links.peek(desk.session, token, desk.now)
    poll = desk.session.get(Poll, entry.poll_id) if entry else None
    if poll is None:
        return stop(desk, Stopped("link"), 410)
    if not poll.is_open(desk.now):
        return stop(desk, Stopped(why_not_open(poll, desk.now), poll), 410)
    return desk.page("ballot/door.html", poll=poll, token=token)


def why_not_open(poll: Poll, now: datetime) -> str:
    """Of a poll that takes no ballots: cancelled, early or closed."""
    if poll.state in ("draft", "cancelled"):
        return "cancelled" if poll.state == "cancelled" else "early"
    return "early" if poll.opens_at is not None and now < poll.opens_at else "closed"


@pages.post("/enter")
@needs(anyone)
def enter(desk: Desk) -> Page:
    """Use the link up; from now on the cookie opens the ballot."""
    found = ballot_links.enter(desk.session, request.form.get("token", ""), desk.now)
    if found is None:
        return stop(desk, Stopped("link"), 410)
    return _inside(desk, found[0])


def _inside(desk: Desk, token: str) -> Response:
    """On to the ballot, with the page token in a cookie."""
    response = make_response(desk.go("ballot.fill"))
    seconds = int(ballot_links.PAGE_LIVES.total_seconds())
    response.set_cookie(cookie(), token, max_age=seconds, secure=is_https(), httponly=True, samesite="Lax", path="/")
    return response


@pages.post("/list")
@needs(anyone, keeps=True)
def match(desk: Desk) -> Page:
    """Find the voter on the poll's list. Asked here and not in the chat: LINE need not see a national id. What is typed
    is not kept; wrong tries are counted, so a refusal is committed too."""
    try:
        entry = entered(desk)
    except Stopped as stopped:
        return stop(desk, stopped)
    poll, person = desk.session.get_one(Poll, entry.poll_id), desk.session.get_one(Person, entry.person_id)
    year = arabic_digits(request.form.get("birth_year", "").strip())
    number = arabic_digits(request.form.get("number", ""))
    born = int(year) if year.isascii() and year.isdigit() and len(year) == 4 else 0
    try:
        found = eligibility.match(desk.session, desk.console.keys, poll, person, number, born, desk.now)
    except NotAllowed as refused:
        if refused.reason in ("not_on_list", "tries"):
            return desk.page("ballot/list.html", poll=poll, wrong=refused.reason), 422
        own = refused.reason == "has_place"
        return stop(desk, Stopped("has_place" if own else why_not_open(poll, desk.now), poll))
    for former in found.former:
        vote_notices.note(desk.session, poll.id, former.id, "moved", desk.now)
    ballot_links.leave(desk.session, request.cookies.get(cookie(), ""))
    listed = Entry(poll.id, found.row.voter_id or entry.voter_id, person.id)
    return _inside(desk, ballot_links.enter_as(desk.session, listed, desk.now))


@pages.post("/leave")
@needs(anyone)
def leave(desk: Desk) -> Page:
    """Close the ballot on this telephone, for those who share one."""
    ballot_links.leave(desk.session, request.cookies.get(cookie(), ""))
    response = make_response(desk.page("ballot/stop.html", reason="left", poll=None))
    response.delete_cookie(cookie(), secure=is_https(), httponly=True, samesite="Lax", path="/")
    return response
