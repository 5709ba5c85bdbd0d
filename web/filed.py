"""Filing for other systems: Open311, the API and Traffy Fondue make cases by the same rules as the chat and the counter
(models/filing.py), with the same understanding of the words, and staff are told which open case may be the same.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from messages import cases
from models import near
from models.filing import LONGEST, Report, file_report
from models.staff import Staff
from models.tickets import KINDS, Ticket
from models.town import Category, Village
from nlp import Understanding
from nlp.duplicates import Candidate, rank
from nlp.kept import covered, guess_of
from nlp.search import search_text
from web.intake import SURE, hear

#: So many similar cases are named at most.
MOST = 3


@dataclass(frozen=True)
class Told:
    """What another system tells. `category` and `kind` None: as the words are understood. `urgent` adds to what the
    words say, it takes nothing away."""

    words: str
    channel: str
    category: str | None = None
    kind: str | None = None
    lat: float | None = None
    lon: float | None = None
    place: str = ""
    moo: int | None = None
    urgent: bool = False
    source_key: str | None = None
    received_at: datetime | None = None


@dataclass(frozen=True)
class Filed:
    """The case, and open cases that may be the same matter, the likeliest first."""

    ticket: Ticket
    similar: Sequence[Ticket]


def file_told(session: Session, told: Told, now: datetime, *, staff: Staff | None = None) -> Filed:
    """Make the case. Raises LookupError in a town without departments."""
    words = told.words[:LONGEST]
    heard = hear(session, words, now)
    category = told.category or _category(session, heard)
    kind = told.kind or (heard.intent if heard.intent in KINDS and told.category is None else "complaint")
    place = _place(session, told, heard)
    similar = similar_cases(session, words, category, place, now) if kind == "complaint" else []
    report = Report(
        kind=kind,
        text=covered(words),
        category=category,
        place=place,
        urgent=told.urgent or heard.urgency == "high",
        sensitive=heard.sensitive is not None,
        agency=heard.agency,
        guess=guess_of(heard),
        source_key=told.source_key,
        channel=told.channel,
        received_at=told.received_at,
    )
    ticket = file_report(session, report, now, column=search_text, staff=staff)
    if similar and not ticket.sensitive:
        numbers = ", ".join(cases.number(one) for one in similar)
        ticket.add("note", now, words=f"อาจเป็นเรื่องเดียวกับ {numbers}", public=False, told=True)
    return Filed(ticket, [] if ticket.sensitive else similar)


def _category(session: Session, heard: Understanding) -> str:
    """The best guess where it is sure enough and the town has that category."""
    best = heard.categories[0]
    return best.code if best.p >= SURE and session.get(Category, best.code) is not None else "other"


def _place(session: Session, told: Told, heard: Understanding) -> dict[str, object]:
    """What was told of the place; where nothing was, what the words say."""
    at = heard.place
    if told.lat is None and not told.place and told.moo is None and at is not None:
        return {"text": at.text, "moo": at.moo, "lat": at.lat, "lon": at.lon}
    moo = told.moo
    if moo is None and told.lat is not None and told.lon is not None:
        moo = near.nearest_moo(session.scalars(select(Village)).all(), told.lat, told.lon)
    return {"text": covered(told.place), "moo": moo, "lat": told.lat, "lon": told.lon}


def similar_cases(session: Session, words: str, category: str, place: dict[str, object], now: datetime) -> list[Ticket]:
    """Open cases that are probably the same matter; never sensitive ones."""
    moo, lat, lon = (_number(place.get(name)) for name in ("moo", "lat", "lon"))
    village = int(moo) if moo is not None else None
    rows = {t.id: t for t in near.around(session, category, village, lat, lon, now)}
    here = Candidate(0, words, category, now, lat, lon, village, str(place.get("text") or ""))
    matches = rank(here, [Candidate(**near.described(row)) for row in rows.values()])
    return [rows[match.key] for match in matches if match.offer][:MOST]


def _number(value: object) -> float | None:
    return float(value) if isinstance(value, int | float) else None
