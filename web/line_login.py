"""LINE Login (OpenID Connect, authorization code with PKCE), where the town has a channel for it.

It signs in whoever is linked as staff already, nobody else. LINE's ID tokens for web login are signed with HS256 and
the channel's secret (https://developers.line.biz/en/docs/line-login/verify-id-token/), whatever its discovery document
says; only that is accepted. The person is taken from the verified token, never from anything a browser sends.
"""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
from typing import Any
from urllib.parse import urlencode

import urllib3
from flask import Blueprint, abort, make_response, redirect, request, url_for
from itsdangerous import BadSignature, URLSafeTimedSerializer
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import OctKey
from werkzeug.wrappers import Response

from models.people import person_of
from models.staff import Staff, staff_of
from web import access, cookies, signin
from web.context import LineLogin
from web.desk import Desk, Page, needs

pages = Blueprint("line_login", __name__, url_prefix="/console/line")

COOKIE, LIVES = "songsiang_line_login", 300
ISSUER = "https://access.line.me"
_ALLOWANCE = 60  # seconds the two clocks may differ


class Refused(Exception):
    """LINE's answer proves nothing; the text says why, for logs."""


def _channel(desk: Desk) -> LineLogin:
    found = desk.console.line_login
    if found is None:
        abort(404)
    return found


def _sealer(desk: Desk) -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(desk.console.key, salt="line-login")


def _back_here(desk: Desk) -> str:
    return desk.console.public_url + url_for("line_login.back")


@pages.get("/")
@needs(access.anyone)
def start(desk: Desk) -> Page:
    """Send the browser to LINE, with what must come back (state), be in the token (nonce) and prove that it is the
    same browser (PKCE); they wait in a signed cookie for five minutes."""
    channel = _channel(desk)
    kept = {name: secrets.token_urlsafe(32) for name in ("state", "nonce", "verifier")}
    challenge = base64.urlsafe_b64encode(hashlib.sha256(kept["verifier"].encode()).digest()).rstrip(b"=").decode()
    asked = {
        "response_type": "code",
        "client_id": channel.channel,
        "redirect_uri": _back_here(desk),
        "scope": "openid",
        "state": kept["state"],
        "nonce": kept["nonce"],
        "code_challenge": challenge,
        "code_challenge_method": "S256",
    }
    response = redirect(f"{channel.address}/oauth2/v2.1/authorize?{urlencode(asked)}", 303)
    sealed = _sealer(desk).dumps({**kept, "next": request.args.get("next", "")})
    response.set_cookie(
        COOKIE,
        str(sealed),
        max_age=LIVES,
        secure=cookies.is_https(),
        httponly=True,
        samesite="Lax",
        path=pages.url_prefix,
    )
    return response


@pages.get("/back")
@needs(access.anyone)
def back(desk: Desk) -> Page:
    """LINE sends the browser back here: show a button that finishes, so that only a POST signs in."""
    _channel(desk)
    values = {name: request.args.get(name, "") for name in ("code", "state")}
    return desk.page("signin/line.html", **values)


@pages.post("/finish")
@needs(access.anyone, keeps=True)
def finish(desk: Desk) -> Page:
    """Trade the code for an ID token, and sign in whom it names, if linked as staff."""
    channel = _channel(desk)
    if signin.shut(desk):
        return signin.wait(desk)
    try:
        kept = _kept(desk)
        token = _trade(channel, request.form.get("code", ""), kept["verifier"], _back_here(desk))
        line_id = subject(token, channel, kept["nonce"], desk.now.timestamp())
        staff = _staff(desk, line_id)
    except Refused:
        signin.count_failure(desk)
        return _forgetting(signin.door_page(desk, desk.w("signin.line_failed"), 422))
    return _forgetting(signin.enter(desk, staff, "line", kept["next"]))


def _kept(desk: Desk) -> dict[str, str]:
    try:
        kept: dict[str, str] = _sealer(desk).loads(request.cookies.get(COOKIE, ""), max_age=LIVES)
    except BadSignature:
        raise Refused("no cookie of ours, or too late") from None
    if not secrets.compare_digest(kept["state"].encode(), request.form.get("state", "").encode()):
        raise Refused("another state")
    return kept


def _trade(channel: LineLogin, code: str, verifier: str, address: str) -> str:
    fields = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": address,
        "client_id": channel.channel,
        "client_secret": channel.secret,
        "code_verifier": verifier,
    }
    try:
        with urllib3.PoolManager(timeout=10, retries=False) as pool:
            answer = pool.request("POST", f"{channel.api}/oauth2/v2.1/token", fields=fields, encode_multipart=False)
        said = json.loads(answer.data)
    except (urllib3.exceptions.HTTPError, ValueError) as error:
        raise Refused(f"no answer from LINE: {error}") from None
    token = said.get("id_token") if answer.status == 200 and isinstance(said, dict) else None
    if not isinstance(token, str):
        raise Refused(f"LINE refused the code ({answer.status})")
    return token


def subject(token: str, channel: LineLogin, nonce: str, now: float) -> str:
    """The LINE user id an ID token proves. Raises Refused unless signature, issuer, audience, time and nonce fit."""
    try:
        claims: dict[str, Any] = jwt.decode(token, OctKey.import_key(channel.secret), algorithms=["HS256"]).claims
    except (JoseError, ValueError) as error:
        raise Refused(f"not signed by LINE: {error}") from None
    expires = claims.get("exp")
    fits = (
        claims.get("iss") == ISSUER
        and claims.get("aud") == channel.channel
        and isinstance(expires, int | float)
        and now < expires + _ALLOWANCE
        and secrets.compare_digest(str(claims.get("nonce", "")).encode(), nonce.encode())
    )
    if not fits or not isinstance(claims.get("sub"), str):
        raise Refused("another issuer, channel, time or nonce")
    return str(claims["sub"])


def _staff(desk: Desk, line_id: str) -> Staff:
    staff = staff_of(desk.session, person_of(desk.session, line_id))
    if staff is None:
        raise Refused("nobody of ours")
    return staff


def _forgetting(page: Page) -> Response:
    response = make_response(page)
    response.delete_cookie(
        COOKIE, path=pages.url_prefix or "/", secure=cookies.is_https(), httponly=True, samesite="Lax"
    )
    return response
