"""The town's privacy notice (PDPA s.23) as a page of its own, for links: the same words as in the chat."""

from __future__ import annotations

from flask import Blueprint

from messages.words import Words, with_own
from models.own_words import own_words
from web.public.front import Front, Shown, shows
from web.public.town import notice_page

pages = Blueprint("privacy", __name__)

NAME = "welcome.notice_full_text"


@pages.get("/privacy")
@shows("town")
def notice(front: Front) -> Shown:
    """The notice in the reader's language, in the town's own words where it has some."""
    words = front.w(NAME)
    if front.w.language == "th":
        own = {name: text for name, text in own_words(front.session).items() if name == NAME}
        known = with_own("th", own, frozenset(front.w.fields))
        words = Words("th", front.w.fields, texts=known)(NAME)
    return notice_page(front, words)
