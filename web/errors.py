"""Pages for what went wrong: in plain Thai, with what to do next; a number for the office where it is our fault."""

from __future__ import annotations

import logging
import secrets

from flask import Flask, g, make_response, render_template, request
from sqlalchemy.orm import Session
from werkzeug.exceptions import HTTPException, InternalServerError
from werkzeug.wrappers import Response

from messages.words import LANGUAGES
from models.town import DEFAULTS
from web.access import NOBODY
from web.context import console
from web.cookies import LANGUAGE
from web.desk import Desk
from web.outward import failure, refusal_for
from web.public.front import refusal
from web.words import speaking

log = logging.getLogger(__name__)

#: What there are own words for; others say what their hundred says.
KNOWN = (400, 403, 404, 405, 413, 429, 500)


#: Addresses that only machines ask for, and those whose errors are told in the console's layout.
BARE = ("/f/", "/assets/", "/line/", "/healthz", "/readyz")
OFFICE = ("/console", "/s/", "/vote", "/polls")


def install(app: Flask) -> None:
    """Answer every error with a page of ours (but where something else than a page was asked for)."""

    @app.errorhandler(HTTPException)
    def refused(error: HTTPException) -> Response | tuple[str, int]:
        if error.response is not None or (error.code or 500) < 400:
            return error.get_response()
        return refusal_for(error) or _with_pause(error, make_response(_page(error.code or 500)))

    @app.errorhandler(Exception)
    def failed(error: Exception) -> Response | tuple[str, int]:
        number = secrets.token_hex(4)
        log.exception("page %s failed, number %s", request.path, number, exc_info=error)
        return failure(number) or _page(InternalServerError.code, number)


def _with_pause(error: HTTPException, response: Response) -> Response:
    """Tell when to ask again, where that is known."""
    for name, value in error.get_headers(request.environ):
        if name == "Retry-After":
            response.headers[name] = value
    return response


def _page(code: int, number: str = "") -> tuple[str, int]:
    if request.path.startswith(BARE):
        return "", code
    if not request.path.startswith(OFFICE):
        return refusal(code, number)
    _desk_for_errors()
    shown = code if code in KNOWN else 500 if code >= 500 else 400
    template = "error_part.html" if "HX-Request" in request.headers else "error.html"
    return render_template(template, code=shown, number=number), code


def _desk_for_errors() -> None:
    """The layout needs words; where the request has no desk (or its database fails) it gets one without rows."""
    if "desk" in g:
        return
    here = console()
    wished = request.cookies.get(LANGUAGE, "th")
    w = speaking(wished if wished in LANGUAGES else "th", DEFAULTS, here.public_url)
    g.desk = Desk(here, Session(), NOBODY, here.clock(), dict(DEFAULTS), w)  # a session of no database
