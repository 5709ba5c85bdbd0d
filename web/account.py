"""One's own account: where one is signed in, the second factors, the way out."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, jsonify, make_response, request
from markupsafe import Markup
from werkzeug.exceptions import NotFound

from models import sessions
from models.sessions import Factor, WebSession, failed, failures
from web import access, cookies, factors, second, signin
from web.desk import Desk, Page, needs

pages = Blueprint("account", __name__, url_prefix="/console/account")


@pages.get("/")
@needs(access.own_account)
def index(desk: Desk) -> Page:
    """Who I am here, and where I am signed in."""
    open_ones = sessions.living(desk.session, desk.viewer.staff_id, desk.now)
    return desk.page("account/index.html", sessions=open_ones)


@pages.post("/sessions/<int:number>/end")
@needs(access.own_account)
def end_session(desk: Desk, number: int) -> Page:
    """End one of my other sessions."""
    found = desk.session.get(WebSession, number)
    if found is None or found.staff_id != desk.viewer.staff_id or found.id == desk.viewer.session_id:
        raise NotFound
    found.ended_at = desk.now
    desk.record("session.ended", f"session:{number}")
    desk.tell("account.ended")
    return desk.go("account.index")


@pages.post("/sessions/end-others")
@needs(access.own_account)
def end_others(desk: Desk) -> Page:
    """End all my sessions but this one."""
    count = sessions.end_all(desk.session, desk.viewer.staff_id, desk.now, but=desk.viewer.session_id)
    desk.record("sessions.ended", f"staff:{desk.viewer.staff_id}", None, {"count": count})
    desk.tell("account.ended_others", count=count)
    return desk.go("account.index")


# -- second factors ----------------------------------------------------------------------------------------------------


@pages.get("/security")
@needs(access.own_account)
def security(desk: Desk) -> Page:
    """My second factors."""
    mine = desk.viewer.staff_id
    left = [row for row in sessions.factors(desk.session, mine, "recovery") if row.used_at is None]
    return desk.page(
        "account/security.html",
        factors=sessions.factors(desk.session, mine),
        left=len(left),
        passkeys=factors.host(desk.console.public_url) is not None,
    )


@pages.get("/totp")
@needs(access.own_account)
def totp(desk: Desk) -> Page:
    """A new authenticator: the picture to read with it."""
    secret, sealed = factors.new_secret(desk.console.key, desk.viewer.staff_id, desk.now)
    return _totp_page(desk, secret, sealed)


def _totp_page(desk: Desk, secret: str, sealed: str, trouble: str = "") -> str:
    spaced = " ".join(secret[i : i + 4] for i in range(0, len(secret), 4))
    picture: Markup = factors.picture(secret, desk.viewer.name)
    return desk.page("account/totp.html", picture=picture, secret=spaced, sealed=sealed, trouble=trouble)


@pages.post("/totp")
@needs(access.own_account, keeps=True)
def add_totp(desk: Desk) -> Page:
    """Keep the new authenticator when its first code is right."""
    me, sealed = desk.viewer.staff_id, request.form.get("sealed", "")
    secret = factors.unsealed(desk.console.key, me, sealed, desk.now)
    if secret is None:
        desk.tell("account.totp_late", "bad")
        return desk.go("account.totp")
    if failures(desk.session, f"enrol:{me}", desk.now, signin.WITHIN) >= second.TRIES * 2:
        return _totp_page(desk, secret, sealed, desk.w("signin.wait")), 429
    first = not sessions.factors(desk.session, me)
    if not factors.add_totp(desk.session, desk.console.key, me, secret, request.form.get("code", ""), desk.now):
        failed(desk.session, f"enrol:{me}", desk.now)
        return _totp_page(desk, secret, sealed, desk.w("second.wrong")), 422
    return _added(desk, "totp", first=first)


@pages.post("/passkey/question")
@needs(access.own_account)
def passkey_question(desk: Desk) -> Page:
    """What the browser needs to make a passkey."""
    me, bound = desk.viewer, f"enrol:{desk.viewer.session_id}"
    office, address = str(desk.settings["town.name"]), desk.console.public_url
    return jsonify(factors.registration(desk.session, address, office, me.staff_id, me.name, bound, desk.now))


@pages.post("/passkey")
@needs(access.own_account)
def add_passkey(desk: Desk) -> Page:
    """Keep the passkey the browser has made."""
    given: Any = request.get_json(silent=True)
    given = given if isinstance(given, dict) else {}
    me, bound = desk.viewer.staff_id, f"enrol:{desk.viewer.session_id}"
    first = not sessions.factors(desk.session, me)
    label = str(given.get("label", "")).strip()
    if not factors.register(desk.session, desk.console.public_url, me, label, given, bound, desk.now):
        return jsonify(trouble=desk.w("account.passkey_refused")), 422
    return _added(desk, "passkey", first=first)


def _added(desk: Desk, kind: str, *, first: bool) -> Page:
    """The first second factor brings recovery codes, shown once; whoever has just added one has also shown one."""
    me = desk.viewer.staff_id
    token = second.strengthen(desk)
    desk.record("second.added", f"staff:{me}", None, {"kind": kind})
    if first:
        codes = sessions.new_recovery_codes(desk.session, me, desk.console.key, desk.now)
        response = make_response(desk.page("account/codes.html", codes=codes))
    else:
        desk.tell("account.added")
        response = make_response(desk.go("account.security"))
    if kind == "passkey" and not first:
        response = jsonify(go=response.headers["Location"])
    cookies.put_session(response, token)
    return response


@pages.post("/codes")
@needs(access.may_enter)
def new_codes(desk: Desk) -> Page:
    """Fresh recovery codes."""
    me = desk.viewer.staff_id
    if not sessions.factors(desk.session, me):
        return desk.go("account.security")
    desk.record("second.codes", f"staff:{me}")
    return desk.page(
        "account/codes.html", codes=sessions.new_recovery_codes(desk.session, me, desk.console.key, desk.now)
    )


@pages.post("/factors/<int:number>/remove")
@needs(access.may_enter)
def remove_factor(desk: Desk, number: int) -> Page:
    """Give up one of my second factors; an admin keeps at least one."""
    me = desk.viewer.staff_id
    found = desk.session.get(Factor, number)
    if found is None or found.staff_id != me or found.kind == "recovery":
        raise NotFound
    if desk.viewer.role == "admin" and len(sessions.factors(desk.session, me)) == 1:
        desk.tell("account.last_factor", "bad")
        return desk.go("account.security")
    desk.session.delete(found)
    desk.record("second.removed", f"staff:{me}", {"kind": found.kind, "label": found.label})
    desk.tell("account.removed")
    return desk.go("account.security")
