"""Unsending: when somebody takes a message back, its words go wherever they have been kept.

LINE asks that unsent content “can't be seen or used in the future”
(https://developers.line.biz/en/docs/messaging-api/receiving-messages/#unsend-event). Files go by models/files.py.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from models.incoming import CLAIMED, Incoming
from models.outgoing import Outgoing
from models.people import Chat, person_of
from models.proposals import Proposal
from models.proposals import Step as Line
from models.tickets import Entry, Ticket

#: What stands where the words were.
GONE = "(ผู้ส่งยกเลิกข้อความ)"
#: Cards show the beginning of a text only; whatever holds so much of it is blanked as well.
TELLTALE = 30
#: A proposal's title shorter than this may be found in any message.
SAYS_SOMETHING = 8


def forget_words(
    session: Session,
    message_id: str,
    chat_key: str,
    user_id: str | None,
    now: datetime,
    kept: Callable[[str], str] = str,
) -> tuple[list[Ticket], list[Proposal]]:
    """Take the words of this message out of the event store, the open form, cases, proposals, histories and letters.

    `kept` tells how words are written into cases (numbers of identity cards covered): these go as well. Returns the
    cases and the proposals whose text has changed: their search columns must be made anew.
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
    _drop_media(session, chat_key, message_id)
    changed: dict[int, Ticket] = {}
    ideas: dict[int, Proposal] = {}
    for written in dict.fromkeys((words, kept(words))) if words else ():
        _scrub_chats(session, chat_key, written)
        found, mentioned = _scrub_tickets(session, user_id, written)
        _scrub_letters(session, chat_key, [*(t.id for t in found), *mentioned], written)
        changed |= {ticket.id: ticket for ticket in found}
        for proposal, piece in _scrub_proposals(session, user_id, written):
            ideas[proposal.id] = proposal
            _scrub_letters(session, chat_key, [], piece)
            _scrub_news(session, proposal, piece)
    return list(changed.values()), list(ideas.values())


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


def without(value: Any, message_id: str) -> Any:
    """A JSON value without the files of this message: an open form counts and sends them no more."""
    if isinstance(value, list):
        return [without(item, message_id) for item in value if not _is_file(item, message_id)]
    if isinstance(value, dict):
        return {name: without(item, message_id) for name, item in value.items()}
    return value


def _is_file(item: Any, message_id: str) -> bool:
    return bool(item == message_id or (isinstance(item, dict) and item.get("id") == message_id))


def _drop_media(session: Session, chat_key: str, message_id: str) -> None:
    seats = or_(Chat.key == chat_key, Chat.key.startswith(f"{chat_key}/", autoescape=True))
    for chat in session.scalars(select(Chat).where(seats)):
        chat.answers, chat.pocket = without(chat.answers, message_id), without(chat.pocket, message_id)


def _scrub_chats(session: Session, chat_key: str, words: str) -> None:
    seats = or_(Chat.key == chat_key, Chat.key.startswith(f"{chat_key}/", autoescape=True))
    for chat in session.scalars(select(Chat).where(seats)):
        title = str(chat.answers.get("title") or "")
        for piece in (words, title) if _made_of(title, words) else (words,):
            chat.answers, chat.pocket = scrub(chat.answers, piece), scrub(chat.pocket, piece)


def _made_of(title: str, words: str) -> bool:
    """Whether a proposal's title came of these words: what is said around a wish is left out of it, a long one is cut
    (handlers/propose_words.py)."""
    short = title.removesuffix("…").strip()
    return len(short) >= SAYS_SOMETHING and short in " ".join(words.split())


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


#: What of a proposal, and of a line of its history, a resident's words may stand in.
_TEXTS = ("title", "why", "benefit", "place")
_LINES = ("words", "data", "before")
#: Kinds of letters in which proposals are quoted.
_QUOTING = (
    "proposal_step",
    "proposal_asked",
    "proposal_result",
    "proposal_supporters",
    "resident_message_to_staff",
)


def _scrub_proposals(session: Session, user_id: str | None, words: str) -> list[tuple[Proposal, str]]:
    """This person's proposals that held the words, in themselves or in their history, with each piece that was there:
    the words, and a title made of them."""
    person = person_of(session, user_id) if user_id else None
    if person is None:
        return []
    changed = []
    for proposal in session.scalars(select(Proposal).where(Proposal.proposer_id == person.id)):
        titles = [proposal.title, *(str(line.data.get("was", {}).get("title", "")) for line in proposal.history)]
        made = [title.removesuffix("…").strip() for title in titles if _made_of(title, words)]
        changed += [(proposal, piece) for piece in dict.fromkeys((words, *made)) if _take_out(proposal, piece)]
    return changed


def _take_out(proposal: Proposal, piece: str) -> bool:
    """Take a piece out of the proposal, its history, and that of what it was merged into; whether it was there."""
    found = [_without(proposal, _TEXTS, piece), *(_without(line, _LINES, piece) for line in proposal.history)]
    other = proposal.merged_into.history if proposal.merged_into is not None else []
    absorbed = [line for line in other if line.what == "absorbed" and line.data.get("from") == proposal.id]
    return any([*found, *(_without(line, _LINES, piece) for line in absorbed)])


def _without(row: Proposal | Line, fields: Sequence[str], words: str) -> bool:
    """Take the words out of these fields; whether they were there."""
    found = {name: scrub(getattr(row, name), words) for name in fields}
    changed = {name: value for name, value in found.items() if value != getattr(row, name)}
    for name, value in changed.items():
        setattr(row, name, value)
    return bool(changed)


def _scrub_news(session: Session, proposal: Proposal, piece: str) -> None:
    """Letters that quote the proposal, to whomever."""
    quoting = (Outgoing.kind.in_(_QUOTING), Outgoing.created_at >= proposal.received_at)
    for letter in session.scalars(select(Outgoing).where(*quoting)):
        letter.messages = scrub(letter.messages, piece)


def _scrub_letters(session: Session, chat_key: str, tickets: list[int], words: str) -> None:
    mine = or_(Outgoing.chat_key == chat_key, Outgoing.ticket_id.in_(tickets))
    for letter in session.scalars(select(Outgoing).where(mine)):
        letter.messages = scrub(letter.messages, words)
