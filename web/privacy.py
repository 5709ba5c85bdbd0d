"""The town's privacy notice (PDPA s.23) as a page of its own, for links."""

from __future__ import annotations

from flask import Blueprint

from web.access import anyone
from web.desk import Desk, Page, needs

pages = Blueprint("privacy", __name__)


@pages.get("/privacy")
@needs(anyone)
def notice(desk: Desk) -> Page:
    """The notice in the reader's language: the same words as in the chat."""
    title, *lines = desk.w("welcome.notice_full_text").splitlines()
    items = [line.split(") ", 1)[-1] for line in lines]
    contact = str(desk.settings["privacy.dpo"])
    return desk.page(
        "privacy.html", title=title, items=items, contact=contact, version=desk.settings["privacy.version"]
    )
