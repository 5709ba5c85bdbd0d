"""Unsending: when somebody takes a message back, its words go wherever they have been kept.

LINE asks that unsent content “can't be seen or used in the future”
(https://developers.line.biz/en/docs/messaging-api/receiving-messages/#unsend-event). Files go by models/files.py.
"""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from models.incoming import CLAIMED, Incoming
from models.outgoing import Outgoing
from models.people import Chat, person_of
from models.tickets import Entry, Ticket

#: What stands where the words were.
GONE = "(ผู้ส่งยกเลิกข้อความ)"
#: Cards show the beginning of a text only; whatever holds so much of it is blanked as well.
TELLTALE = 30


def forget_words(session: Session, message_id: str, chat_key: str, user_id: str | None, now: datetime) -> list[Ticket]:
    """Take the words of this message out of the event store, the open form, cases, histories and letters.

    Returns the cases whose text has changed: their search column must be made anew.
    """
    words = ""
    for row in session.scalars(select(Incoming).where(Incoming.message_id == message_id)):
        if '"unsend"' in row.raw and row.kind == "unsend":
            continue
        words = words or _words_of(row.raw)
        row.raw = ""
        row.error = None
        if row.state <= CLAIMED:
            row.state, row.done_at = 2, now
    for entry in session.scalars(select(Entry).where(Entry.message_id == message_id)):
        entry.words = GONE
    if not words:
        return []
    _scrub_chats(session, chat_key, words)
    changed, mentioned = _scrub_tickets(session, user_id, words)
    _scrub_letters(session, chat_key, [*(t.id for t in changed), *mentioned], words)
    return changed


def _words_of(raw: str) -> str:
    """The text, or the place's name, that the stored event carried."""
    try:
        message = json.loads(raw).get("message", {})
        return str(message.get("text") or message.get("title") or message.get("address") or "").strip()
    except (ValueError, AttributeError):
        return ""


def scrub(value: Any, words: str) -> Any:
    """A JSON value without these words, nor a long beginning of them."""
    if isinstance(value, str):
        cleaned = value.replace(words, GONE)
        start = words[:TELLTALE]
        return GONE if len(start) == TELLTALE and start in cleaned else cleaned
    if isinstance(value, list):
        return [scrub(item, words) for item in value]
    if isinstance(value, dict):
        return {name: scrub(item, words) for name, item in value.items()}
    return value


def _scrub_chats(session: Session, chat_key: str, words: str) -> None:
    seats = or_(Chat.key == chat_key, Chat.key.startswith(f"{chat_key}/", autoescape=True))
    for chat in session.scalars(select(Chat).where(seats)):
        chat.answers, chat.pocket = scrub(chat.answers, words), scrub(chat.pocket, words)


def _scrub_tickets(session: Session, user_id: str | None, words: str) -> tuple[list[Ticket], list[int]]:
    """This person's cases that held the words, and the ids of those whose history did."""
    person = person_of(session, user_id) if user_id else None
    if person is None:
        return [], []
    changed, mentioned = [], []
    for ticket in session.scalars(select(Ticket).where(Ticket.reporter_id == person.id)):
        before = (ticket.text, ticket.place, ticket.rating_note)
        ticket.text, ticket.place = ticket.text.replace(words, GONE), ticket.place.replace(words, GONE)
        ticket.rating_note = ticket.rating_note.replace(words, GONE) if ticket.rating_note else None
        if before != (ticket.text, ticket.place, ticket.rating_note):
            changed.append(ticket)
    for entry in session.scalars(select(Entry).where(Entry.person_id == person.id)):
        if words in entry.words:
            entry.words = entry.words.replace(words, GONE)
            mentioned.append(entry.ticket_id)
    return changed, mentioned


def _scrub_letters(session: Session, chat_key: str, tickets: list[int], words: str) -> None:
    mine = or_(Outgoing.chat_key == chat_key, Outgoing.ticket_id.in_(tickets))
    for letter in session.scalars(select(Outgoing).where(mine)):
        letter.messages = scrub(letter.messages, words)
