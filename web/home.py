"""The console's first page: leads to what one does most."""

from __future__ import annotations

from flask import Blueprint, redirect, request, url_for

from messages.words import LANGUAGES
from web import access, cookies, nav
from web.access import Viewer
from web.desk import Desk, Page, needs

pages = Blueprint("home", __name__)


def first(viewer: Viewer) -> str:
    """The address of the first thing this viewer may open; one's own account where there is nothing else."""
    found = nav.entries(viewer)
    return found[0].address if found else url_for("account.index")


def back(asked: str | None, viewer: Viewer) -> str:
    """Where somebody wanted to go before signing in, if it is a page of this console; else the first page."""
    inside = asked is not None and asked.startswith("/console/") and "\\" not in asked and "\n" not in asked
    return asked if asked and inside else first(viewer)


@pages.get("/console/")
@needs(access.may_enter)
def index(desk: Desk) -> Page:
    """Go to the first page."""
    return redirect(first(desk.viewer), 303)


@pages.post("/console/language")
@needs(access.anyone)
def language(desk: Desk) -> Page:
    """Change the language, and show the same page again."""
    asked = request.form.get("back", "")
    inside = asked.startswith("/") and not asked.startswith("//") and "\\" not in asked
    response = redirect(asked if inside else "/console/", 303)
    chosen = request.form.get("language", "")
    cookies.put_language(response, chosen if chosen in LANGUAGES else "th")
    return response
