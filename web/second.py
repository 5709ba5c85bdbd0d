"""The second factor while signing in, and signing in by passkey alone (which is two factors in one)."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, jsonify, redirect, request, url_for
from werkzeug.wrappers import Response

from models import sessions
from models.sessions import Factor, WebSession, failed, failures
from models.staff import Staff
from web import access, cookies, factors, home, signin
from web.desk import Desk, Page, needs, viewer_of

pages = Blueprint("second", __name__, url_prefix="/console")

#: Wrong codes of one member of staff within a quarter of an hour: guessing six digits is hopeless.
TRIES = 5


def strengthen(desk: Desk) -> str:
    """The second factor was shown: this session may do everything, under a new token, which is returned."""
    found = desk.session.get_one(WebSession, desk.viewer.session_id)
    found.strong_at = desk.now
    token = cookies.renew(sessions.rotate(found))
    desk.session.flush()
    desk.viewer = viewer_of(desk.session, found)
    return token


def _key(desk: Desk) -> str:
    return f"second:{desk.viewer.staff_id}"


def _page(desk: Desk, trouble: str = "", status: int = 200) -> Page:
    kinds = {row.kind for row in sessions.factors(desk.session, desk.viewer.staff_id)}
    values = {"kinds": kinds, "next": request.values.get("next", ""), "trouble": trouble}
    return desk.page("signin/second.html", **values), status


@pages.get("/second")
@needs(access.halfway)
def ask(desk: Desk) -> Page:
    """Ask for the second factor."""
    if desk.viewer.pending != "second":
        return redirect(home.first(desk.viewer), 303)
    return _page(desk)


@pages.post("/second")
@needs(access.halfway, keeps=True)
def show(desk: Desk) -> Page:
    """A code of the authenticator, or a recovery code."""
    if failures(desk.session, _key(desk), desk.now, signin.WITHIN) >= TRIES:
        return _page(desk, desk.w("signin.wait"), 429)
    typed, me, key = request.form.get("code", ""), desk.viewer.staff_id, desk.console.key
    if factors.check_totp(desk.session, key, me, typed, desk.now):
        way = "totp"
    elif sessions.use_recovery_code(desk.session, me, key, typed, desk.now):
        way = "recovery"
    else:
        failed(desk.session, _key(desk), desk.now)
        desk.record("second.failed", f"staff:{me}")
        return _page(desk, desk.w("second.wrong"), 422)
    return _through(desk, way)


def _through(desk: Desk, way: str) -> Response:
    token = strengthen(desk)
    desk.record("second.shown", f"staff:{desk.viewer.staff_id}", None, {"way": way})
    response = redirect(home.back(request.form.get("next"), desk.viewer), 303)
    cookies.put_session(response, token)
    return response


@pages.post("/second/passkey/question")
@needs(access.halfway)
def passkey_question(desk: Desk) -> Page:
    """What the browser needs to show one of the viewer's passkeys."""
    bound = f"session:{desk.viewer.session_id}"
    return jsonify(factors.question(desk.session, desk.console.public_url, desk.viewer.staff_id, bound, desk.now))


@pages.post("/second/passkey")
@needs(access.halfway, keeps=True)
def passkey(desk: Desk) -> Page:
    """A passkey as the second factor."""
    factor = factors.answered(
        desk.session, desk.console.public_url, _json(), f"session:{desk.viewer.session_id}", desk.now
    )
    if factor is None or factor.staff_id != desk.viewer.staff_id:
        failed(desk.session, _key(desk), desk.now)
        return jsonify(trouble=desk.w("second.wrong_passkey")), 422
    return _told(_through(desk, "passkey"))


@pages.post("/sign-in/passkey/question")
@needs(access.anyone)
def sign_in_question(desk: Desk) -> Page:
    """What the browser needs to show whichever passkey it has for this house."""
    if signin.shut(desk):
        return jsonify(trouble=desk.w("signin.wait")), 429
    return jsonify(factors.question(desk.session, desk.console.public_url, None, cookies.visitor(), desk.now))


@pages.post("/sign-in/passkey")
@needs(access.anyone, keeps=True)
def sign_in(desk: Desk) -> Page:
    """Sign in by passkey: something one has, opened by something one is or knows."""
    if signin.shut(desk):
        return jsonify(trouble=desk.w("signin.wait")), 429
    answer = _json()
    factor = factors.answered(desk.session, desk.console.public_url, answer, cookies.visitor(), desk.now)
    staff = _owner(desk, factor)
    if staff is None:
        signin.count_failure(desk)
        return jsonify(trouble=desk.w("second.wrong_passkey")), 422
    return _told(signin.enter(desk, staff, "passkey", str(answer.get("next", ""))))


def _owner(desk: Desk, factor: Factor | None) -> Staff | None:
    staff = desk.session.get(Staff, factor.staff_id) if factor else None
    return staff if staff is not None and staff.active else None


def _json() -> dict[str, Any]:
    given = request.get_json(silent=True)
    return given if isinstance(given, dict) else {}


def _told(response: Response) -> Response:
    """For scripts: where to go on, with the new cookie."""
    answer = jsonify(go=response.headers.get("Location", url_for("home.index")))
    for cookie in response.headers.getlist("Set-Cookie"):
        answer.headers.add("Set-Cookie", cookie)
    return answer
