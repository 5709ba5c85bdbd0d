"""An outbox against the simulator: a clock that can be moved, a database, LINE played on loopback."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from bot.line import Line
from bot.outbox import Outbox, enqueue, ride
from models.database import Database
from models.outgoing import Outgoing
from models.people import Chat, Person
from simulator import Group, Simulator, User

SECRET, TOKEN = "s" * 32, "token-of-the-channel"
START = datetime(2026, 11, 20, 3, 0, tzinfo=UTC)  # 10 o'clock in the morning of a working day in Thailand


class Clock:
    """A clock that stands still until it is moved."""

    def __init__(self, now: datetime = START) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now

    def forward(self, **span: float) -> None:
        """Let time pass: `seconds=5`, `days=3` …"""
        self.now += timedelta(**span)


@dataclass(frozen=True)
class Address:
    """The three settings that Line asks for."""

    line_api_url: str
    line_data_url: str
    line_channel_access_token: str = TOKEN


def text(words: str) -> dict[str, Any]:
    """A text message object."""
    return {"type": "text", "text": words}


class Office:
    """Writes letters and sends them; `sent` reads what arrived at the pretended LINE."""

    def __init__(self, database: Database, platform: Simulator, clock: Clock) -> None:
        self.database, self.platform, self.clock = database, platform, clock
        self.line = Line(Address(platform.url, platform.url))
        self.outbox = Outbox(database, self.line, clock=clock)
        self.somsri = platform.user("ป้าสมศรี")
        self.boon = platform.user("ลุงบุญ")
        self.crew = platform.group("กองช่าง", [platform.user(f"ช่าง {n}") for n in range(12)])
        with database.begin() as session:
            for user in (self.somsri, self.boon):
                person = Person(line_id=user.id, name=user.name, created_at=clock())
                session.add(person)
                session.flush()
                session.add(Chat(key=user.id, kind="user", person_id=person.id))
            session.add(Chat(key=self.crew.id, kind="group"))

    def write(
        self,
        to: User | Group,
        *words: str,
        kind: str = "answer",
        reply: bool = False,
        life: float = 50,
        carry: bool = False,
        **more: Any,
    ) -> int:
        """Put a letter of text bubbles into the outbox; with `reply`, on a fresh token that lives `life` seconds."""
        if reply:
            more["reply_token"] = self.platform.world.new_reply_token(to.id)
            more["reply_until"] = self.clock() + timedelta(seconds=life)
        with self.database.begin() as session:
            letter = enqueue(session, to.id, kind, [text(each) for each in words], self.clock(), **more)
            if carry:
                ride(session, to.id, letter)
            return letter.id

    def letter(self, letter_id: int) -> Outgoing:
        """The letter as it stands."""
        with self.database.read() as session:
            return session.get_one(Outgoing, letter_id)

    def state(self, letter_id: int) -> str:
        """Where the letter stands."""
        return self.letter(letter_id).state

    def send(self) -> int:
        """Send what is due; returns the number of calls."""
        return self.outbox.send_due()

    def later(self, **span: float) -> int:
        """Let time pass, then send what is due."""
        self.clock.forward(**span)
        return self.send()

    def sent(self, to: User | Group) -> list[str]:
        """The words that arrived in this chat, in order."""
        return [message.text for message in self.platform.messages(to)]

    def used(self) -> int:
        """What LINE has counted this month."""
        return self.platform.world.used()


@contextmanager
def opened_office(database: Database) -> Iterator[Office]:
    """An office with its own pretended LINE."""
    clock = Clock()
    with Simulator(secret=SECRET, token=TOKEN, clock=lambda: clock().timestamp()) as platform:
        yield Office(database, platform, clock)
