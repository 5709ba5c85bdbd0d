"""How a case stands (/s/<token>), for whoever holds its slip: no sign-in, an unguessable address, no personal data.

What residents said is not shown, nor who they are; what the office wrote is shown with names and numbers covered.
"""

from __future__ import annotations

import segno
from flask import Blueprint, url_for
from markupsafe import Markup
from sqlalchemy import select
from werkzeug.exceptions import NotFound

from messages import cases
from messages.thai import full_case_number
from models import undoing
from models.tickets import Entry, Ticket
from nlp import pii
from web.access import anyone
from web.context import console
from web.desk import Desk, Page, needs
from web.rows import LOOKS

pages = Blueprint("status", __name__)

#: Lines of history that the public page tells.
TOLD = ("created", "forwarded", "taken", "resumed", "waiting", "outside", "progress", "done", "refused", "reopened")


@pages.get("/s/<token>")
@needs(anyone)
def show(desk: Desk, token: str) -> Page:
    """Number, matter, department, state, days and steps."""
    ticket = desk.session.scalar(select(Ticket).where(Ticket.token == token))
    if ticket is None:
        raise NotFound
    held = undoing.held(desk.session, ticket.id, desk.now)
    state = str(held.before["state"]) if held is not None else ticket.state  # what may still be undone is not told yet
    kept = desk.session.get(Ticket, ticket.merged_into_id) if ticket.merged_into_id and held is None else None
    return desk.page(
        "status/show.html",
        ticket=ticket,
        kept=kept if kept is not None and not kept.sensitive else None,
        state=state,
        look=LOOKS.get(state, "quiet"),
        steps=[] if ticket.sensitive else _steps(desk, ticket),
    )


@pages.get("/s/<token>/slip")
@needs(anyone)
def slip(desk: Desk, token: str) -> Page:
    """The slip (ใบรับเรื่อง) to take home: number, date, department, until when, and the code to follow it by."""
    ticket = desk.session.scalar(select(Ticket).where(Ticket.token == token))
    if ticket is None:
        raise NotFound
    return desk.page("status/slip.html", ticket=ticket, **followed(ticket))


def followed(ticket: Ticket) -> dict[str, object]:
    """What papers need: the address of the page above, as words and as a QR code made here, and the long number."""
    address = console().public_url + url_for("status.show", token=ticket.token)
    code = segno.make(address, error="m").svg_inline(scale=4, border=2, dark="#000", light="#fff", omitsize=True)
    return {
        "address": address,
        "qr": Markup(code),  # noqa: S704 - drawn by us, nothing in it comes from anybody
        "full_number": full_case_number(ticket.fiscal_year, ticket.number),
    }


def _steps(desk: Desk, ticket: Ticket) -> list[tuple[Entry, str]]:
    """What was done, the newest first."""
    found = select(Entry).where(Entry.ticket_id == ticket.id, Entry.public, Entry.what.in_(TOLD))
    entries = desk.session.scalars(found.order_by(Entry.id.desc())).all()
    return [(entry, _line(desk, entry)) for entry in entries if entry.told_at is not None or entry.tell_after is None]


def _line(desk: Desk, entry: Entry) -> str:
    """As the chat tells it; a resident's own words (a case opened again) are left out."""
    if entry.what == "reopened" and entry.person_id is not None:
        return desk.w("status.reopened")
    line = cases.entry_line(desk.w, entry)
    return pii.mask(line, pii.find(line))
