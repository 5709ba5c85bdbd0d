"""The inbox: claims stored events, lets handlers answer them, and commits all effects of one event together.

One event is one transaction: lock the chat, load, respond, store letters, done. A crash before the commit leaves the
event untouched; a crash after it loses nothing. Events of one chat are handled in order, by any number of workers; what
fails again and again is put aside (poisoned) and shown to staff, so that the chat goes on.
"""

from __future__ import annotations

import json
import logging
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from bot.claims import TRIES, Claims
from bot.discretion import Discretion, is_boxed
from handlers.events import MEDIA, Event, read
from handlers.filing import covered, index
from handlers.respond import respond
from handlers.town import Town, load_town
from handlers.turn import Answer, Turn
from messages.limits import check
from models import files, people
from models.database import Database
from models.incoming import DONE, POISONED, WAITING, Incoming
from models.key_room import KeyRoom
from models.lessons import Learnt, newest
from models.people import Chat, Person
from models.post import enqueue, has_open, held_for, ride, supersede
from models.proposing import index as index_proposal
from models.staff import staff_of
from models.tickets import Ticket
from models.unsent import forget_words
from nlp import Understanding, understand
from nlp.learning import LocalCorrection
from nlp.model import Model, load
from nlp.search import search_text

log = logging.getLogger(__name__)

#: A reply token lives a minute after receipt (https://developers.line.biz/en/reference/messaging-api/#send-reply-message);
#: ten seconds are left for the call itself.
TOKEN_LIFE = timedelta(seconds=50)
#: An answer to a photo or a place waits so long for what comes with it.
BURST = timedelta(milliseconds=700)
#: The pause before an event that failed is tried again; it doubles each time.
PAUSE = timedelta(seconds=2)

#: LINE's kinds of content, by ours.
_FILES = {"photo": "image", "voice": "audio", "video": "video", "file": "file"}


class Inbox:
    """Handles the events of one database. `clock` tells the time; `public_url` and `key` come from the settings."""

    def __init__(
        self,
        database: Database,
        public_url: str,
        key: str,
        clock: Callable[[], datetime],
        keys: KeyRoom,
        liff: str = "",
    ) -> None:
        """`keys`: the keys of polls; `liff`: the LIFF app in which ballots open, if there is one."""
        self._database, self._public_url, self._key, self._clock = database, public_url, key, clock
        self._keys, self._liff, self._discretion = keys, liff, Discretion(keys)
        self.claims = Claims(database, clock)
        self._towns: dict[str, tuple[float, Town]] = {}
        self._learnt: tuple[int | None, Model | None] = (None, None)

    def work(self) -> int:
        """Handle all that is waiting; returns how many events were handled or put aside."""
        count = 0
        while taken := self.claims.take():
            for key in taken:
                self.handle(key)
            count += len(taken)
        return count

    def refresh(self) -> None:
        """Read the town's data again with the next event (else they are a second old at most)."""
        self._towns.clear()

    def handle(self, key: int) -> None:
        """Handle one claimed event. Whatever goes wrong is noted on its row; nothing is raised.

        What can be done before the transaction is: on SQLite it holds the gate for which webhooks wait.
        """
        try:
            understood = self._listen(key)
            with self._database.begin() as session:
                row = session.get(Incoming, key, with_for_update=True)
                if row is None or not self.claims.holds(row):
                    return
                self._answer(session, row, understood)
                row.state, row.done_at, row.error = DONE, self._clock(), None
                if is_boxed(_load(row.raw) or {}):
                    row.raw = ""  # what tells of a ballot is not kept for a week as other words are
                row.lease_by = row.lease_until = None
        except Exception as error:  # noqa: BLE001 - whatever a handler trips over must not stop the next event
            self._failed(key, error)

    def _failed(self, key: int, error: Exception) -> None:
        """Note the failure and try again later; after so many tries put the event aside."""
        log.exception("event %s could not be handled", key)
        now = self._clock()
        try:
            with self._database.begin() as session:
                row = session.get(Incoming, key, with_for_update=True)
                if row is None or not self.claims.holds(row):
                    return
                give_up = row.attempts >= TRIES and not isinstance(error, OperationalError)
                row.state = POISONED if give_up else WAITING
                row.error = f"{type(error).__name__}: {str(error)[:500]}"
                row.ready_at = now + PAUSE * 2 ** min(row.attempts, 6)
                row.lease_by = row.lease_until = None
        except Exception:  # the lease runs out, and somebody tries again
            log.exception("the failure of event %s could not be noted", key)

    # -- one event ---------------------------------------------------------------------------------------------------

    def _listen(self, key: int) -> dict[str, Understanding]:
        """Understand the words of an event, of which the handlers will ask; empty when it holds none."""
        with self._database.read() as session:
            row = session.get(Incoming, key)
            raw = self._read(row.raw) if row is not None else None
            if row is None or raw is None:
                return {}
            event = read(raw, row.received_at)
            if event.kind != "text" or event.chat_kind != "user" or event.standby:
                return {}
            words, now = event.text.strip(), self._clock()
            town = self._town(session, "th")
            return {words: understand(words, town.context(now, None), town.model)}

    def _town(self, session: Session, language: str) -> Town:
        """The town in this language, read anew once a second."""
        now = time.monotonic()
        known = self._towns.get(language)
        if known is None or now - known[0] > 1.0:
            town = load_town(session, self._public_url, self._key, language)
            known = (now, replace(town, model=self._model(session), keys=self._keys, liff=self._liff))
            self._towns[language] = known
        return known[1]

    def _model(self, session: Session) -> Model | None:
        """What was learnt from the town, on top of the shipped model; None when nothing was, or it was undone."""
        key = newest(session)
        if key != self._learnt[0]:
            blob = session.get_one(Learnt, key).blob if key is not None else None
            self._learnt = (key, LocalCorrection.from_bytes(blob).onto(load()) if blob else None)
        return self._learnt[1]

    def _read(self, raw: str) -> dict[str, Any] | None:
        """The event as it came, or None."""
        stored = _load(raw)
        return self._discretion.opened(stored) if stored is not None else None

    def _answer(self, session: Session, row: Incoming, understood: dict[str, Understanding]) -> None:
        now = self._clock()
        raw = self._read(row.raw)
        if raw is None:
            return
        event = read(raw, row.received_at)
        if event.kind == "unsend":
            self._forget(session, event, now)
            return
        if event.standby or event.chat_key == "-":
            return
        turn = self._turn(session, event, now, understood)
        if _taken_back(session, event):
            return
        if event.kind in MEDIA and event.message_id:
            self._expect(session, turn, event)
        if not _is_edit(event):
            self._reply(session, row, turn, respond(turn))

    def _turn(self, session: Session, event: Event, now: datetime, understood: dict[str, Understanding]) -> Turn:
        chat = _locked_chat(session, event.chat_key, event.chat_kind, now)
        person = _person(session, event, now)
        if event.chat_kind == "user":
            chat.person_id = person.id if person else None
        if event.kind not in ("leave", "unfollow"):  # whatever else is heard from a chat proves that it can be reached
            chat.gone_at = None
            if person is not None and event.chat_kind == "user":
                person.blocked_at = None
        seat = chat
        if event.chat_kind != "user" and event.user_id:
            seat = _locked_chat(session, f"{event.chat_key}/{event.user_id}", "seat", now)
        staff = staff_of(session, person)
        language = person.language if person and event.chat_kind == "user" else "th"  # a group is addressed in Thai
        town = self._town(session, language)
        return Turn(event, chat, seat, person, staff, session, town, now, understood=understood)

    def _expect(self, session: Session, turn: Turn, event: Event) -> None:
        files.expect(
            session,
            event.message_id or "",
            event.chat_key,
            _FILES[event.kind],
            turn.now,
            person_id=turn.person.id if turn.person else None,
            name=event.name,
            duration_ms=event.duration,
        )

    def _reply(self, session: Session, row: Incoming, turn: Turn, answer: Answer) -> None:
        """Put the answer into the outbox as a free reply; letters that waited for this moment ride in front of it."""
        event, now = turn.event, turn.now
        token = event.reply_token
        until = row.received_at + TOKEN_LIFE if token else None
        if not answer:
            self._let_held_go(session, turn, token, until)
            return
        check(answer)
        others = has_open(session, event.chat_key)
        if others:
            supersede(session, event.chat_key)
        burst = event.chat_kind == "user" and (event.kind in MEDIA or event.kind == "place")
        waits = burst and (turn.seat.form is not None or bool(turn.seat.pocket))
        letter = enqueue(
            session,
            event.chat_key,
            _kind_of(turn),
            self._discretion.letter(answer, now) if turn.secret else answer,
            now,
            reply_token=token,
            reply_until=until,
            send_after=now + BURST if waits else None,
            incoming_id=row.id,
            ticket_id=turn.filed[-1].id if turn.filed else None,
            supersedable=waits,
        )
        if token and others:
            ride(session, event.chat_key, letter, now)

    def _let_held_go(self, session: Session, turn: Turn, token: str | None, until: datetime | None) -> None:
        """Nothing is to be said, but a letter waited for a free reply: this is it (any word in a bound group does)."""
        if token is None or until is None or until <= turn.now or not (turn.chat.department_id or not turn.in_group):
            return
        held = held_for(session, turn.chat.key)
        if not held:
            return
        first = held[0]
        first.state, first.reason, first.reply_token, first.reply_until = "waiting", None, token, until
        first.send_after = turn.now
        session.flush()
        ride(session, turn.chat.key, first, turn.now)

    def _forget(self, session: Session, event: Event, now: datetime) -> None:
        """Unsent: the words and files of that message go wherever they are."""
        if not event.message_id:
            return
        if event.chat_key != "-":
            _locked_chat(session, event.chat_key, event.chat_kind, now)
        file = files.forget(session, event.message_id, event.chat_key, now)
        cases, ideas = forget_words(session, event.message_id, event.chat_key, event.user_id, now, covered)
        touched = set(cases)
        if file.ticket_id is not None:
            touched.add(session.get_one(Ticket, file.ticket_id))
        for ticket in touched:
            index(ticket, *files.spoken(session, ticket.id))
        for proposal in ideas:
            index_proposal(proposal, search_text)


def _load(raw: str) -> dict[str, Any] | None:
    """The event's JSON; None for what is no object (blanked by unsend or retention, or malformed from the start)."""
    try:
        value = json.loads(raw) if raw else None
    except ValueError:
        return None
    return value if isinstance(value, dict) else None


def _is_edit(event: Event) -> bool:
    """An edited group message answers nothing: groups are for staff, and their forms have read the first wording."""
    return event.kind == "edited"


def _taken_back(session: Session, event: Event) -> bool:
    """Whether the message was unsent before we came to it (unsend may overtake it)."""
    if not event.message_id or event.kind == "edited":
        return False
    file = files.file_of(session, event.message_id)
    return file is not None and file.deleted_at is not None


def _kind_of(turn: Turn) -> str:
    if turn.event.kind == "text" and not turn.in_group and turn.heard.emergency == "danger":
        return "urgent_answer"
    return "receipt" if turn.filed else "answer"


def _locked_chat(session: Session, key: str, kind: str, now: datetime) -> Chat:
    """The chat's row, locked, then loaded; made when it is new."""
    found = select(Chat).where(Chat.key == key).with_for_update().execution_options(populate_existing=True)
    chat = session.scalar(found)
    if chat is None:
        chat = Chat(key=key, kind=kind, answers={}, pocket=[], run=0, lost=0)
        session.add(chat)
        session.flush()
    return chat


def _person(session: Session, event: Event, now: datetime) -> Person | None:
    if event.user_id is None:
        return None
    person = people.person_of(session, event.user_id)
    if person is None:
        person = Person(line_id=event.user_id, name="", language="th", created_at=now)
        session.add(person)
        session.flush()
    return person
