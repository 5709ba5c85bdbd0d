"""Traffy Fondue's cases as ours: each is filed once, mapped to a category, and follows their state without echoing it.

One set of rules for the CSV import (page and command) and the exchange (bot/traffy.py). What came from there carries
`via: traffy` in its lines of history, and is never sent back.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import work
from models.fetches import expect_address
from models.tickets import CLOSED, Entry, NotAllowed, Ticket
from models.town import Category, setting
from models.traffy import THEIRS, TYPES, TraffyLink, client_name, link_of
from nlp.kept import covered
from web.filed import Told, file_told
from web.traffy_reading import Issue

#: What marks a line of history that came from there.
VIA = {"via": "traffy"}


@dataclass(frozen=True)
class Fate:
    """What becomes of a row: new, changed (of a case we know), same, wrong. `category` is where a new one goes."""

    issue: Issue
    fate: str
    category: str = ""


def types(session: Session) -> dict[str, str]:
    """Their names of types in our categories: ours as delivered, and what the town has set; only categories there
    are."""
    known = set(session.scalars(select(Category.code).where(Category.active)))
    own = {str(name): str(code) for name, code in setting(session, "traffy.types").items()}
    return {name: code for name, code in (TYPES | own).items() if code in known}


def category_of(kind: str, mapped: Mapping[str, str]) -> str | None:
    """The category for their type: the first of several names that is known; None where the words must decide."""
    for name in (part.strip() for part in kind.split(",")):
        if name in mapped:
            return mapped[name]
    return None


def fate_of(session: Session, issue: Issue, mapped: Mapping[str, str]) -> Fate:
    """What would become of it, without doing it."""
    if issue.fault:
        return Fate(issue, "wrong")
    link = link_of(session, issue.theirs)
    if link is None:
        return Fate(issue, "new", category_of(issue.kind, mapped) or "")
    return Fate(issue, "changed" if is_news(link, issue) else "same")


def is_news(link: TraffyLink, issue: Issue) -> bool:
    """Whether their state says something new: neither what we knew, nor our own word coming back."""
    return bool(issue.status) and issue.status not in (link.status, link.sent)


def bring(session: Session, issue: Issue, now: datetime, *, quietly: bool) -> str:
    """File it, or let the case we know follow. `quietly`: of a file, whose closed cases are no news for anybody.
    Returns its fate."""
    mapped = types(session)
    found = fate_of(session, issue, mapped)
    if found.fate == "new":
        _file(session, issue, category_of(issue.kind, mapped), now, quietly=quietly)
    elif found.fate == "changed":
        link = link_of(session, issue.theirs)
        if link is not None:
            follow(session, link, issue, now)
    elif found.fate == "same":
        link = link_of(session, issue.theirs)
        if link is not None:
            link.status, link.activity = issue.status or link.status, issue.activity
    return found.fate


def _file(session: Session, issue: Issue, category: str | None, now: datetime, *, quietly: bool) -> Ticket:
    received = issue.at if issue.at is not None and issue.at < now else now
    told = Told(
        words=issue.words or issue.kind or issue.theirs,
        channel="traffy",
        category=category,
        kind="complaint",
        lat=issue.lat,
        lon=issue.lon,
        place=issue.address,
        source_key=f"traffy:{issue.theirs}",
        received_at=received,
    )
    ticket = file_told(session, told, now).ticket
    link = TraffyLink(
        ticket_id=ticket.id,
        ticket=ticket,
        theirs=issue.theirs,
        client=client_name(ticket),
        born="there",
        status="รอรับเรื่อง",
        activity=issue.activity,
        linked_at=now,
    )
    session.add(link)
    session.flush()
    for address in issue.photos:
        expect_address(session, address, ticket.id, now)
    follow(session, link, issue, now)
    if quietly and ticket.state in CLOSED:
        _hush(session, ticket, now)
    return ticket


def _hush(session: Session, ticket: Ticket, now: datetime) -> None:
    """An old case that is over makes no letters."""
    for entry in session.scalars(select(Entry).where(Entry.ticket_id == ticket.id, Entry.told_at.is_(None))):
        entry.told_at = now


def follow(session: Session, link: TraffyLink, issue: Issue, now: datetime) -> None:
    """Let our case stand as theirs does. What the rules do not allow, and states we do not know, become a note."""
    before, link.activity = link.status, issue.activity
    if not is_news(link, issue):
        link.status = issue.status or link.status
        return
    link.status = issue.status
    ticket, wanted = link.ticket, THEIRS.get(issue.status)
    if wanted is None or (wanted == ticket.state) or (wanted == "new" and ticket.state not in CLOSED):
        if before != issue.status and wanted != ticket.state:
            _note(ticket, issue, now)
        return
    try:
        _move(ticket, wanted, issue, now)
    except NotAllowed:
        _note(ticket, issue, now)
    for address in issue.after if wanted == "done" else ():
        expect_address(session, address, ticket.id, now, purpose="after")


def _note(ticket: Ticket, issue: Issue, now: datetime) -> None:
    words = f"Traffy Fondue: {issue.status} {covered(issue.note)}".strip()
    ticket.add("note", now, words=words, data=VIA, public=False, told=True)


def _move(ticket: Ticket, wanted: str, issue: Issue, now: datetime) -> None:
    """The move that their state means. Raises NotAllowed."""
    words = covered(issue.note)
    match wanted:
        case "new":
            ticket.move("new", "reopened", now, words=words, data=VIA)
            ticket.reopened += 1
        case "taken":
            ticket.move("taken", "taken" if ticket.is_open else "reopened", now, data=work.named(ticket) | VIA)
        case "waiting":
            ticket.move("waiting", "waiting", now, words=words or issue.status, data={"reason": "budget", **VIA})
        case "outside":
            ticket.move("outside", "outside", now, words=words, data={"agency": issue.organization, "phone": "", **VIA})
        case _:
            said: dict[str, Any] = {"media": [], **VIA}
            ticket.move(wanted, wanted, now, words=words or f"{issue.status} (Traffy Fondue)", data=said)
    if wanted in ("waiting", "outside", "done", "refused"):
        ticket.first_answer_at = ticket.first_answer_at or now
