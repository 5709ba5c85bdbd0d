"""Loose ends: what was sent before anybody said what for, and what was left half done yesterday."""

from __future__ import annotations

from sqlalchemy import select

from handlers import forms, pocket, propose, report, suggest, track
from handlers.events import MEDIA
from handlers.turn import Answer, Turn
from messages import report as say
from messages.common import menu
from messages.parts import text
from models import attachments
from models.files import forget
from models.tickets import Ticket


def open_from_pocket(turn: Turn) -> Answer:
    """A photo, file or place came with no word: keep it, and ask what for. A voice message is a report of its own."""
    ticket = turn.session.get(Ticket, pocket.follows(turn) or 0)
    if ticket is not None and turn.event.kind in MEDIA and turn.event.message_id:
        attachments.attach(turn.session, [turn.event.message_id], ticket.id, "talk")
        return say.media_added(turn.w, ticket)
    pocket.put(turn)
    if turn.event.kind == "voice":
        return [say.got_voice(turn.w, turn.event.duration or 0), *report.begin(turn)]
    own = turn.session.execute(
        select(Ticket.id, Ticket.fiscal_year, Ticket.number)
        .where(Ticket.reporter_id == (turn.person.id if turn.person else None), Ticket.closed_at.is_(None))
        .order_by(Ticket.id.desc())
        .limit(3)
    ).all()
    return say.got_media(turn.w, [(r[0], r[1], r[2]) for r in own])


def add_media(turn: Turn) -> Answer:
    """“ใส่ในเรื่อง 42”: what lies in the pocket goes into an own open case."""
    ticket = track.tapped_ticket(turn)
    if ticket is None or not track.is_own(turn, ticket):
        return forms.old_button(turn)
    items = pocket.empty(turn)
    attachments.attach(turn.session, [m["id"] for m in pocket.media(items)], ticket.id, "talk")
    pin = pocket.place(items)
    if pin is not None and ticket.lat is None:
        ticket.lat, ticket.lon = pin["lat"], pin["lon"]
    track.tell_staff(turn, ticket, pocket.words(items))
    return say.media_added(turn.w, ticket)


def drop_media(turn: Turn) -> Answer:
    """“ส่งผิด”: what lies in the pocket is forgotten, files and all."""
    for item in pocket.media(pocket.empty(turn)):
        forget(turn.session, item["id"], turn.chat.key, turn.now)
    return menu(turn.w, turn.w("report.media_dropped"))


def ask_whether_to_go_on(turn: Turn) -> Answer:
    """A form was left half done for long: what is said now is kept until the person has decided."""
    pocket.put(turn)
    turn.seat.touched_at = turn.now
    return say.stale(turn.w)


def go_on(turn: Turn, form: forms.Form | None) -> Answer:
    """“ทำต่อ”: the open question again, with what was sent meanwhile."""
    if form is None:
        return forms.old_button(turn)
    if form is report.REPORT:
        return report.go_on(turn)
    if form is propose.PROPOSE:
        return propose.go_on(turn)
    return suggest.go_on(turn) if form is suggest.SUGGEST else forms.ask_again(turn, form)


def start_anew(turn: Turn) -> Answer:
    """“เริ่มใหม่”: the old answers go; what was just sent begins a new report."""
    forms.close(turn)
    return report.begin(turn)


def drop(turn: Turn) -> Answer:
    """“ไม่แจ้งแล้ว”: nothing is sent, and what was kept for it goes."""
    forms.close(turn)
    turn.seat.pocket = []
    return menu(turn.w, turn.w("common.cancelled"))


def unknown(turn: Turn) -> Answer:
    """A kind of message LINE has invented since, or one we cannot read: say what can be read."""
    if turn.in_group or not turn.event.message_id:
        return []
    return [text(turn.w("common.unknown_kind"))]
