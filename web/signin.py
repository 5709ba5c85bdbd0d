"""Signing in without a password: a one-use link from the chat, its code typed elsewhere, a passkey, or LINE Login.

Nobody is asked who they are before they have shown it, so there is nothing to try names on. Wrong tries are counted
per address in the database, which holds over several processes.
"""

from __future__ import annotations

from datetime import timedelta

from flask import Blueprint, redirect, request, url_for
from werkzeug.wrappers import Response

from messages.thai import arabic_digits
from models import sessions
from models.sessions import failed, failures
from models.staff import Staff
from web import access, cookies, home
from web.desk import Desk, Page, needs, viewer_of

pages = Blueprint("signin", __name__, url_prefix="/console")

#: Wrong tries from one address within a quarter of an hour; and typed codes from everywhere within an hour, of which
#: there are 100 million.
PER_ADDRESS, WITHIN = 10, timedelta(minutes=15)
CODES_EVERYWHERE, AN_HOUR = 300, timedelta(hours=1)


def shut(desk: Desk) -> bool:
    """Whether this address has tried too often."""
    return failures(desk.session, _address(), desk.now, WITHIN) >= PER_ADDRESS


def count_failure(desk: Desk) -> None:
    """A try failed."""
    failed(desk.session, _address(), desk.now)


def _address() -> str:
    return f"address:{request.remote_addr or ''}"


def door_page(desk: Desk, trouble: str = "", status: int = 200) -> Page:
    """The page with the ways in, and what went wrong."""
    asked = request.values.get("next", "")
    return desk.page("signin/door.html", trouble=trouble, next=asked, line=desk.console.line_login is not None), status


def wait(desk: Desk) -> Page:
    """Too many tries."""
    return door_page(desk, desk.w("signin.wait"), 429)


def enter(desk: Desk, staff: Staff, way: str, asked: str | None) -> Response:
    """Begin a session for this member of staff in this browser; an older one of this browser ends."""
    old = sessions.session_of(desk.session, cookies.session_token(), desk.now)
    if old is not None:
        old.ended_at = desk.now
    agent, address = request.user_agent.string or "", request.remote_addr or ""
    token = sessions.sign_in(desk.session, staff, way, desk.now, agent=agent, address=address)
    begun = sessions.session_of(desk.session, token, desk.now)
    assert begun is not None  # noqa: S101 - it was made a moment ago
    desk.viewer = viewer_of(desk.session, begun)
    desk.record("session.begun", f"session:{begun.id}", None, {"way": way, "agent": agent[:120]})
    response = redirect(home.back(asked, desk.viewer), 303)
    cookies.put_session(response, token)
    return response


@pages.get("/sign-in")
@needs(access.anyone)
def door(desk: Desk) -> Page:
    """The ways in."""
    if desk.viewer is not access.NOBODY:
        return redirect(home.back(request.args.get("next"), desk.viewer), 303)
    return door_page(desk)


@pages.get("/enter/<token>")
@needs(access.anyone)
def link(desk: Desk, token: str) -> Page:
    """What the link from the chat opens: a button. Only pressing it uses the link, so that previews cannot."""
    return desk.page("signin/link.html", token=token)


@pages.post("/enter")
@needs(access.anyone, keeps=True)
def enter_by_link(desk: Desk) -> Page:
    """Use the link."""
    if shut(desk):
        return wait(desk)
    found = sessions.use_token(desk.session, "link", request.form.get("token", ""), desk.now)
    if found is None or found.staff is None:
        count_failure(desk)
        return door_page(desk, desk.w("signin.used"), 410)
    return enter(desk, found.staff, "link", None)


@pages.post("/sign-in/code")
@needs(access.anyone, keeps=True)
def enter_by_code(desk: Desk) -> Page:
    """Use the link by its code, typed at another computer."""
    if shut(desk) or failures(desk.session, "codes", desk.now, AN_HOUR) >= CODES_EVERYWHERE:
        return wait(desk)
    code = "".join(c for c in arabic_digits(request.form.get("code", "")) if c.isdigit())
    found = sessions.use_code(desk.session, desk.console.key, code, desk.now)
    if found is None or found.staff is None:
        count_failure(desk)
        failed(desk.session, "codes", desk.now)
        return door_page(desk, desk.w("signin.wrong_code"), 422)
    return enter(desk, found.staff, "code", request.form.get("next"))


@pages.post("/sign-out")
@needs(access.halfway)
def leave(desk: Desk) -> Page:
    """End this session."""
    found = sessions.session_of(desk.session, cookies.session_token(), desk.now)
    if found is not None:
        found.ended_at = desk.now
        desk.record("session.ended", f"session:{found.id}")
    desk.tell("signin.left", "note")
    response = redirect(url_for("signin.door"), 303)
    cookies.drop_session(response)
    return response
