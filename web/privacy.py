"""The town's privacy notice (PDPA s.23) as a page of its own, for links: the same words as in the chat."""

from __future__ import annotations

from flask import Blueprint
from sqlalchemy.orm import Session

from messages.words import Words, with_own
from models.own_words import own_words
from web.public.front import Front, Shown, shows
from web.public.town import notice_page

pages = Blueprint("privacy", __name__)

NAME = "welcome.notice_full_text"


@pages.get("/privacy")
@shows("town")
def notice(front: Front) -> Shown:
    """The notice in the reader's language."""
    return notice_page(front, notice_words(front.session, front.w))


def notice_words(session: Session, w: Words) -> str:
    """The notice as it is said now, in the town's own words where it has some."""
    if w.language != "th":
        return w(NAME)
    own = {name: text for name, text in own_words(session).items() if name == NAME}
    return Words("th", w.fields, texts=with_own("th", own, frozenset(w.fields)))(NAME)
