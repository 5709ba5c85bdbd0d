"""The console's cookies: the session, the visitor before signing in, the language. None is readable by scripts."""

from __future__ import annotations

import secrets

from flask import current_app, g, request
from werkzeug.wrappers import Response

from models.sessions import ABSOLUTE

LANGUAGE = "songsiang_language"
VISITOR = "songsiang_visitor"


def is_https() -> bool:
    """Whether the world reaches this house by https (PUBLIC_URL says so)."""
    return bool(current_app.config["SESSION_COOKIE_SECURE"])


def session_name() -> str:
    """The name of the session's cookie; with https one that no sister host can set."""
    return "__Host-songsiang" if is_https() else "songsiang"


def session_token() -> str:
    """The token of this browser's session: the one it sent, or the new one that this answer brings; or nothing."""
    return str(g.get("renewed", "") or request.cookies.get(session_name(), ""))


def renew(token: str) -> str:
    """From now on this is the session's token, so that forms on the page that is answered with already fit it."""
    g.renewed = token
    return token


def put_session(response: Response, token: str) -> None:
    """Give the browser its session."""
    seconds = int(ABSOLUTE.total_seconds())
    response.set_cookie(
        session_name(), token, max_age=seconds, secure=is_https(), httponly=True, samesite="Lax", path="/"
    )


def drop_session(response: Response) -> None:
    """Take the session away."""
    response.delete_cookie(session_name(), secure=is_https(), httponly=True, samesite="Lax", path="/")


def visitor() -> str:
    """What tells this browser from others before it is signed in; made when first needed."""
    known = request.cookies.get(VISITOR, "") or g.get("visitor", "")
    if not known:
        known = g.visitor = secrets.token_urlsafe(24)
    return str(known)


def put_visitor(response: Response) -> None:
    """Keep what `visitor` has made."""
    if "visitor" in g:
        response.set_cookie(VISITOR, g.visitor, secure=is_https(), httponly=True, samesite="Lax", path="/")


def put_language(response: Response, language: str) -> None:
    """Remember the language for a year."""
    response.set_cookie(
        LANGUAGE, language, max_age=365 * 86400, secure=is_https(), httponly=True, samesite="Lax", path="/"
    )
