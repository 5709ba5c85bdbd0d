"""A town for tests: named people who act in LINE, through the real signed webhook, inbox, database and outbox.

    somsri.says("ไฟหน้าวัดดับ"); somsri.sees("ที่ไหน"); somsri.taps("หมู่ 3"); town.later(days=3)

`taps` fails unless that button is on the screen; `sees` looks at what came since the person last acted or looked.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.asgi import create_asgi
from bot.config import Settings
from bot.seed import seed
from bot.worker import Worker
from handlers.answers import plain
from handlers.routes import BACK, CANCEL, STAFF_TAPS, STAFF_WORDS, TAPS, WORDS
from messages.parts import unpack
from models.database import Database
from models.helpers import Helper
from models.incoming import POISONED, Incoming
from models.staff import Staff, invite
from models.tickets import Ticket
from models.town import Department, KnownPlace, Village, put_setting
from simulator import BotMessage, Button, Group, Simulator, User, samples
from tests.door import SECRET, Knocker, opened, settings
from tests.office import TOKEN, Clock

VILLAGES = {1: "บ้านตลาด", 2: "บ้านดอน", 3: "บ้านสันทราย", 4: "บ้านหนองแวง", 5: "บ้านทุ่งกลาง"}
PLACES = (("วัดสันทราย", 3, 14.0208, 100.525), ("ตลาดสดเทศบาล", 1, 14.0295, 100.5342))
CENTRE = (14.02, 100.53)


class Person:
    """Somebody with LINE. `group` is where he or she speaks, None for the chat with the bot alone."""

    def __init__(self, town: Town, user: User, group: Group | None = None) -> None:
        self.town, self.user, self.group = town, user, group
        self._seen = 0

    @property
    def chat(self) -> str:
        """The id of the chat this person looks at."""
        return (self.group or self.user).id

    def in_group(self, group: Group) -> Person:
        """The same person, speaking in a group."""
        return Person(self.town, self.user, group)

    def _act(self, act: Any, *given: Any, **more: Any) -> Person:
        self._seen = self.town.line.mark()
        act(self.user, *given, **more, **({"group": self.group} if self.group else {}))
        self.town.settle()
        return self

    def says(self, *words: str) -> Person:
        """Type these messages, one after another."""
        for each in words:
            self._act(self.town.line.say, each)
        return self

    def taps(self, label: str) -> Person:
        """Tap the button with this label, or the one whose tap says these words; it must be on the screen."""
        shown = self.town.line.buttons_on_screen(self.chat)
        found = next((b for b in shown if label in (b.label, b.action.get("displayText"))), label)
        return self._act(self.town.line.tap, found)

    def sends_photo(self, count: int = 1) -> Person:
        """Send photos from the gallery, as one set."""
        return self._act(self.town.line.send_photos, [self.town.photo] * count)

    def sends_place(self, lat: float = 14.0208, lon: float = 100.525, title: str = "") -> Person:
        """Send a location."""
        return self._act(self.town.line.send_location, lat, lon, title=title)

    def sends_voice(self, seconds: float = 3) -> Person:
        """Send a voice message."""
        return self._act(self.town.line.send_voice, seconds=seconds)

    def sends_sticker(self) -> Person:
        """Send a sticker."""
        return self._act(self.town.line.send_sticker)

    def sends_file(self, name: str = "หนังสือร้องเรียน.pdf") -> Person:
        """Send a document."""
        return self._act(self.town.line.send_file, name, b"%PDF-1.4")

    def sends_video(self) -> Person:
        """Send a short video."""
        return self._act(self.town.line.send_video, b"\x00\x00\x00\x18ftypmp42")

    def unsends(self, words: str = "") -> Person:
        """Take back the last message, or the last one with these words."""
        lines = self.town.line.world.chats[self.chat]
        mine = (line for line in reversed(lines) if line.sender == self.user.id and not line.unsent)
        found = next(line.id for line in mine if words in line.message.get("text", ""))
        return self._act(self.town.line.unsend, found)

    @property
    def news(self) -> list[BotMessage]:
        """What the bot has said in this chat since this person last acted."""
        return self.town.line.messages(self.chat, after=self._seen)

    @property
    def screen(self) -> str:
        """The words of `news`."""
        return "\n".join(message.text for message in self.news)

    @property
    def buttons(self) -> list[str]:
        """The labels on the screen now."""
        return [button.label for button in self.town.line.buttons_on_screen(self.chat)]

    def sees(self, *words: str) -> Person:
        """All of these words are in what the bot has said since."""
        for each in words:
            assert each in self.screen, f"{self.user.name} does not see {each!r} in:\n{self.screen}\n{self.buttons}"
        return self

    def sees_not(self, *words: str) -> Person:
        """None of these words is there."""
        for each in words:
            assert each not in self.screen, f"{self.user.name} sees {each!r} in:\n{self.screen}"
        return self

    def hears_nothing(self) -> Person:
        """The bot has said nothing since."""
        assert not self.news, f"{self.user.name} hears:\n{self.screen}"
        return self

    def looks(self) -> Person:
        """From now on, only what comes later counts as seen."""
        self._seen = self.town.line.mark()
        return self


class Town:
    """A municipality with five villages, its departments, the machine, and LINE played on loopback."""

    def __init__(self, database: Database, given: Settings, line: Simulator, clock: Clock) -> None:
        self.database, self.settings, self.line, self.clock = database, given, line, clock
        self.worker = Worker(given, database, clock)
        self.photo = samples.photo("lamp-out")
        self.vote_codes: list[str] = []
        with database.begin() as session:
            seed(session)
            put_setting(session, "town.name", "เทศบาลตำบลตัวอย่าง")
            put_setting(session, "town.phone", "038-000-111")
            put_setting(session, "town.lat", CENTRE[0])
            put_setting(session, "town.lon", CENTRE[1])
            session.add_all(Village(moo=moo, name=name) for moo, name in VILLAGES.items())
            session.flush()
            session.add_all(KnownPlace(name=n, moo=m, lat=lat, lon=lon) for n, m, lat, lon in PLACES)

    def resident(self, name: str) -> Person:
        """Somebody who has added the bot."""
        return Person(self, self.line.user(name))

    def staff(self, name: str, department: str = "ENG", role: str = "crew", **given: Any) -> Person:
        """A member of staff who has linked the account with a code, as in real life."""
        person = self.resident(name)
        with self.database.begin() as session:
            where = session.scalars(select(Department).where(Department.code == department)).one()
            member = Staff(name=name, role=role, department=where, created_at=self.clock(), **given)
            session.add(member)
            session.flush()
            code = invite(session, self.settings.secret_key, self.clock(), staff=member)
        return person.says(f"เจ้าหน้าที่ {code}").sees("ผูกบัญชีแล้ว", name).looks()

    def group(self, name: str, department: str, *members: Person) -> Group:
        """A LINE group of a department, bound with a code by its first member."""
        group = self.unbound_group(name, *members)
        members[0].in_group(group).says(f"ผูกกลุ่ม {self.group_code(department)}").sees("ผูกกลุ่มนี้กับ")
        return group

    def unbound_group(self, name: str, *members: Person) -> Group:
        """A LINE group the bot has been invited to, of no department yet."""
        group = self.line.group(name, [m.user for m in members])
        self.line.join(group)
        self.settle()
        return group

    def group_code(self, department: str) -> str:
        """A fresh code that binds a group to a department."""
        with self.database.begin() as session:
            where = session.scalars(select(Department).where(Department.code == department)).one()
            return invite(session, self.settings.secret_key, self.clock(), department=where)

    def staff_code(self, name: str, department: str) -> str:
        """A fresh code for a new member of staff."""
        with self.database.begin() as session:
            where = session.scalars(select(Department).where(Department.code == department)).one()
            member = Staff(name=name, role="crew", department=where, created_at=self.clock())
            session.add(member)
            session.flush()
            return invite(session, self.settings.secret_key, self.clock(), staff=member)

    def helper_code(self, name: str, office: str, moo: int | None) -> str:
        """A fresh code for somebody who may file for others."""
        with self.database.begin() as session:
            helper = Helper(name=name, office=office, moo=moo, created_at=self.clock())
            session.add(helper)
            session.flush()
            return invite(session, self.settings.secret_key, self.clock(), helper=helper)

    def helper(self, name: str, office: str = "headman", moo: int | None = None) -> Person:
        """Somebody who may file for others, and has linked the account with a code."""
        person = self.resident(name)
        return person.says(f"แจ้งแทน {self.helper_code(name, office, moo)}").sees("ผูกบัญชีแล้ว", name).looks()

    def settle(self) -> None:
        """Let everything happen that follows from what was done, the short waits of bursts included."""
        for _ in range(20):
            before = self.clock()
            count = self.worker.step() + self.worker.photos.fetch_due() + self.worker.chores.work()
            count += self.worker.outbox.send_due()
            if count == 0:
                self.clock.forward(seconds=1)
                if self.worker.outbox.send_due() + self.worker.step() == 0:
                    self.clock.now = before
                    return

    def later(self, **span: float) -> None:
        """Let time pass: `days=3`; the rounds of that time are made."""
        self.clock.forward(**span)
        self.worker.rounds.work()
        self.worker.poll_rounds.work()
        self.settle()

    def tickets(self) -> list[Ticket]:
        """All cases, in order."""
        with self.database.read() as session:
            return list(session.scalars(select(Ticket).order_by(Ticket.id)))

    @contextmanager
    def session(self) -> Iterator[Session]:
        """A transaction of one's own, to look or to prepare."""
        with self.database.begin() as session:
            yield session
        self.worker.inbox.refresh()

    def check(self) -> None:
        """What must hold after a conversation: nothing poisoned, nothing refused by LINE, no button leads nowhere."""
        with self.database.read() as session:
            bad = session.scalars(select(Incoming).where(Incoming.state == POISONED)).all()
        assert not bad, [row.error for row in bad]
        refused = [f"{c.path} {c.status} {c.reason}" for c in self.line.refused() if c.status == 400]
        assert not refused, refused
        for button in self._buttons():
            self._leads_somewhere(button)

    def _buttons(self) -> Iterator[Button]:
        """Every button that the bot has sent."""
        for chat in list(self.line.world.chats):
            for message in self.line.messages(chat):
                yield from message.buttons

    def _leads_somewhere(self, button: Button) -> None:
        """A tap's route and what a button says are understood; labels are whole."""
        assert not button.label.endswith("…") or "agency" in str(button.action.get("data")), button.label
        if button.kind == "postback":
            route, _ = unpack(button.action["data"])
            assert route in {"f", "f.edit", *TAPS, *STAFF_TAPS}, button
        elif button.kind == "message":
            heard = {*WORDS, *STAFF_WORDS, *CANCEL, *BACK}
            assert plain(button.action["text"]) in heard, button


@contextmanager
def town_on(database: Database, folder: Path) -> Iterator[Town]:
    """A town over this database; closes everything at the end."""
    clock = Clock()
    door: list[Knocker] = []

    def transport(body: bytes, headers: Mapping[str, str]) -> int:
        """The simulator's webhooks go to the web process's own application, headers and all."""
        given = {name.lower(): value for name, value in headers.items()}
        return door[0].post(body, given["x-line-signature"])

    line = Simulator(
        secret=SECRET,
        token=TOKEN,
        transport=transport,
        deliver="now",
        clock=lambda: clock().timestamp(),
        loopback_http=True,
    )
    with line:
        given = settings(
            database.engine.url.render_as_string(hide_password=False),
            line_channel_access_token=TOKEN,
            line_api_url=line.url,
            line_data_url=line.url,
            public_url="https://town.example",
            data_dir=folder,
        )
        with opened(create_asgi(given, clock=clock)) as knocker:
            door.append(knocker)
            yield Town(database, given, line, clock)
