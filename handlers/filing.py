"""Filing from the chat: what was told and understood becomes a report, and that a case (models/filing.py)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from handlers.turn import Turn
from models import filing
from models.filing import LONGEST, Report
from models.following import follow, follows, people_behind
from models.lessons import teach
from models.tickets import KINDS, Ticket
from models.town import Category
from nlp import Understanding
from nlp.kept import covered, guess_of
from nlp.search import search_text

__all__ = ["LONGEST", "Told", "covered", "file_ticket", "follow", "follows", "index", "people_behind"]


@dataclass(frozen=True)
class Told:
    """What is to be filed. `place` holds text, moo, lat, lon as far as known; `media` are LINE message ids."""

    kind: str
    text: str
    category: str
    place: dict[str, Any]
    media: Sequence[str] = ()
    hidden_name: bool = False
    urgent: bool = False
    heard: Understanding | None = None
    on_behalf: str = ""
    source_key: str | None = None


def file_ticket(turn: Turn, told: Told) -> Ticket:
    """Make the case, and keep what the resident filed it as for a lesson."""
    heard = told.heard
    report = Report(
        kind=told.kind,
        text=covered(told.text),
        category=told.category,
        place=told.place,
        media=told.media,
        hidden_name=told.hidden_name,
        urgent=told.urgent or (heard is not None and heard.urgency == "high"),
        sensitive=heard is not None and heard.sensitive is not None,
        agency=_agency(turn, told),
        guess=guess_of(heard) if heard is not None else {},
        source_key=told.source_key,
        on_behalf=told.on_behalf,
    )
    ticket = filing.file_report(turn.session, report, turn.now, column=search_text, reporter=turn.person)
    turn.filed.append(ticket)
    _learn(turn, ticket, told)
    return ticket


def index(ticket: Ticket, *spoken: str) -> None:
    """Make the case's search column anew, after its text has changed. `spoken`: what was written down of its voices."""
    filing.index(ticket, search_text, *spoken)


def _agency(turn: Turn, told: Told) -> str | None:
    """The outside agency the words point to; without words, the category's own."""
    if told.heard is not None:
        return told.heard.agency
    category = turn.session.get(Category, told.category)
    return category.agency if category is not None else None


def _learn(turn: Turn, ticket: Ticket, told: Told) -> None:
    """What the resident filed it as, where the bot had guessed otherwise, is a lesson."""
    if told.heard is None or told.kind == "message":
        return
    guess = told.heard.categories[0].code
    if told.kind == "complaint" and ticket.category != guess:
        teach(turn.session, ticket, "category", ticket.category, guess, "resident", turn.now)
    if told.heard.intent != told.kind and told.heard.intent in KINDS:
        teach(turn.session, ticket, "intent", told.kind, told.heard.intent, "resident", turn.now)
