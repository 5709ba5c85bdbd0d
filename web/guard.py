"""What stands around every page: a token on everything that changes something, and headers that tell browsers to be
strict. No inline script or style anywhere, nothing from other hosts but map tiles where the town has chosen them.
"""

from __future__ import annotations

import hashlib
import hmac
from urllib.parse import urlsplit

from flask import Flask, abort, current_app, g, request
from werkzeug.wrappers import Response

from web import outward
from web.cookies import is_https, put_visitor, session_token, visitor

FIELD, HEADER = "csrf_token", "X-CSRF-Token"

_PERMISSIONS = "camera=(self), geolocation=(self), microphone=(), payment=(), usb=(), browsing-topics=()"


def csrf_token(key: str) -> str:
    """The token of this browser's session (or, before signing in, of its visitor cookie)."""
    bound = session_token() or visitor()
    return hmac.new(key.encode(), f"csrf:{bound}".encode(), hashlib.sha256).hexdigest()


def install(app: Flask, key: str, public_url: str, tiles: str) -> None:
    """Check every request that changes something, and put the headers on every answer."""
    policy = policy_of(tiles)

    app.before_request(_readable)

    @app.before_request
    def check() -> None:
        if request.method in ("GET", "HEAD", "OPTIONS") or _without_cookies():
            return
        given = request.headers.get(HEADER) or request.form.get(FIELD, "")
        if not hmac.compare_digest(given.encode(), csrf_token(key).encode()) or not _from_here(public_url):
            abort(400, "csrf")

    @app.after_request
    def protect(response: Response) -> Response:
        headers = response.headers
        headers.setdefault("Content-Security-Policy", policy)
        headers.setdefault("Referrer-Policy", "no-referrer")
        headers.setdefault("X-Content-Type-Options", "nosniff")
        if "framed" not in g:  # a page for frames of other sites says by its policy whose
            headers.setdefault("X-Frame-Options", "DENY")
        headers.setdefault("Cross-Origin-Opener-Policy", "same-origin")
        headers.setdefault("Permissions-Policy", _PERMISSIONS)
        if response.mimetype == "text/html":
            headers.setdefault("Cache-Control", "no-store")
        if is_https():
            headers.setdefault("Strict-Transport-Security", "max-age=31536000; includeSubDomains")
        put_visitor(response)
        return response


def _readable() -> None:
    """No address of ours holds a NUL, which PostgreSQL refuses to look for."""
    if "\0" in request.path:
        abort(404)
    if outward.interface() and (b"%00" in request.query_string or b"\0" in request.query_string):
        abort(400)


def _without_cookies() -> bool:
    """Whether this address looks at no cookie (web/outward.py): nobody's session can be abused there."""
    view = current_app.view_functions.get(request.endpoint or "")
    return bool(getattr(view, "without_cookies", False)) or (view is None and bool(outward.interface()))


def _from_here(public_url: str) -> bool:
    """A second line behind the token: browsers say where a form was sent from ("null", where no referrer is told)."""
    if request.headers.get("Sec-Fetch-Site", "same-origin") not in ("same-origin", "none"):
        return False
    origin = request.headers.get("Origin", "null")
    return origin == "null" or urlsplit(origin).netloc in (request.host, urlsplit(public_url).netloc)


def policy_of(tiles: str) -> str:
    """What pages may load and do, as the browser is told (Content-Security-Policy)."""
    where = urlsplit(tiles)
    host = f" {where.scheme}://{where.netloc.replace('{s}', '*')}" if where.netloc else ""
    return "; ".join(
        (
            "default-src 'none'",
            "script-src 'self'",
            "style-src 'self'",
            "font-src 'self'",
            "connect-src 'self'",
            f"img-src 'self' data: blob:{host}",
            "media-src 'self' blob:",
            "form-action 'self'",
            "frame-ancestors 'none'",
            "base-uri 'none'",
        )
    )
