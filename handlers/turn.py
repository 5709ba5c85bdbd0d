"""A turn: one event together with everything a handler may know and change while answering it.

A handler takes a turn and returns the messages of its answer. It may change rows through `turn.session`; it never
sends, commits, reads the clock or the environment, or fetches content.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any

from sqlalchemy.orm import Session

from handlers.events import Event
from handlers.town import Town
from messages.words import Words
from models.helpers import Helper, helper_of
from models.people import Chat, Person
from models.staff import Staff
from models.tickets import Ticket
from nlp import Understanding, understand

Json = dict[str, Any]
Answer = list[Json]


@dataclass(frozen=True)
class Turn:
    """What a handler gets.

    `chat` is where it happened; `seat` is the row that holds the speaker's own open form (the chat itself, one to one;
    a row per member in a group). Both are locked. `filed` collects the cases made in this turn.
    `understood` and `near` remember what was worked out already: the same words are understood, and the same place is
    searched for open cases, once a turn.
    """

    event: Event
    chat: Chat
    seat: Chat
    person: Person | None
    staff: Staff | None
    session: Session
    town: Town
    now: datetime
    filed: list[Ticket] = field(default_factory=list)
    understood: dict[str, Understanding] = field(default_factory=dict)
    near: dict[str, list[Ticket]] = field(default_factory=dict)
    secrets: list[str] = field(default_factory=list)

    @property
    def secret(self) -> bool:
        """Whether the answer must not be readable in the database (bot/discretion.py)."""
        return bool(self.secrets)

    def keep_secret(self, why: str) -> None:
        """The answer of this turn tells what nobody may read in the database: a receipt, a link to a ballot."""
        self.secrets.append(why)

    @property
    def w(self) -> Words:
        """The town's words in the reader's language."""
        return self.town.words

    @property
    def thai(self) -> Words:
        """The same words in Thai, for what is kept for the office."""
        return self.town.speaking("th").words

    @property
    def text(self) -> str:
        """What was typed, without the space around it."""
        return self.event.text.strip()

    @property
    def in_group(self) -> bool:
        """Whether others listen."""
        return self.chat.kind != "user"

    @property
    def moo(self) -> int | None:
        """The speaker's own village, if told."""
        return self.person.moo if self.person else None

    @cached_property
    def helper(self) -> Helper | None:
        """The speaker as one who may file for others (ผู้แจ้งแทน), if so."""
        return helper_of(self.session, self.person)

    def hear(self, text: str) -> Understanding:
        """Understand some words as said by this person, now (once for the same words)."""
        if text not in self.understood:
            self.understood[text] = understand(text, self.town.context(self.now, self.moo), self.town.model)
        return self.understood[text]

    @cached_property
    def heard(self) -> Understanding:
        """What was understood of this message (computed once)."""
        return self.hear(self.text)
