"""A poll for tests: drafted, its seal rehearsed, frozen, opened by two officers; voters who cast; closed and counted.

The seal's private key is in `Polling.seal` and nowhere else.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from ballots import keys as crypto
from ballots.manifest import Level, Manifest
from models import casting, poll_closing, poll_count, poll_drafts, poll_life
from models.audit import Actor
from models.database import Database
from models.key_room import KeyRoom
from models.poll_drafts import Rules, manifest_of, typed
from models.polls import Poll, PollOption
from models.roll import RollRow, new_roll_id
from models.staff import Staff
from models.voters import Voter
from tests.office import Clock

TITLES = ("ไฟโซลาร์ถนนเลียบคลอง", "ปรับปรุงศาลาอเนกประสงค์", "รางระบายน้ำซอย 2")

RULES = Rules(
    minimum=Level.LIST,
    grows=False,
    decides="สภาเทศบาลตำบลตัวอย่าง",
    binds="ใช้ประกอบการพิจารณาของสภา",
    holders=("ปลัดตัวอย่าง",),
    checkpoint_hours=1,
)


class Polling:
    """One poll over a database, with a clock that stands still and keys in a folder."""

    def __init__(
        self,
        database: Database,
        folder: Path,
        rules: Rules = RULES,
        options: Sequence[PollOption] | None = None,
        *,
        voters: int = 3,
        days: float = 10,
        areas: Sequence[str] = ("3",),
        clock: Clock | None = None,
    ) -> None:
        self.database, self.keys, self.clock = database, KeyRoom(folder / "keys"), clock or Clock()
        self.seal, self.auth = crypto.new_seal(), crypto.new_signing()
        self.rules, self.areas, self.days = rules, areas, days
        self.options = list(options or (typed(title) for title in TITLES))
        with database.begin() as session:
            officers = [Staff(name=f"เจ้าหน้าที่ {n}", role="poll_officer", created_at=self.now) for n in (1, 2)]
            session.add_all(officers)
            session.flush()
            self.first, self.second = (Actor(each.id, each.name, each.role) for each in officers)
            self.id = self._draft(session)
            self.voters = self._enrol(session, voters)

    @property
    def now(self) -> datetime:
        """What the clock shows."""
        return self.clock()

    def _draft(self, session: Any) -> int:
        poll = poll_drafts.create(session, self.first, "เลือกโครงการพัฒนาหมู่ 3", self.now, self.rules)
        poll_drafts.put_options(session, self.first, poll.id, self.options, self.now)
        closes = self.now + timedelta(days=self.days)
        poll_drafts.edit(session, self.first, poll.id, self.now, about="รายละเอียด", opens_at=self.now, closes_at=closes)
        return poll.id

    def _enrol(self, session: Any, count: int) -> list[int]:
        people = [Voter() for _ in range(count)]
        session.add_all(people)
        session.flush()
        session.add_all(
            RollRow(
                poll_id=self.id,
                roll_id=new_roll_id(),
                voter_id=person.id,
                area=self.areas[n % len(self.areas)],
                level="list",
            )
            for n, person in enumerate(people)
        )
        return [person.id for person in people]

    def rehearse(self) -> Polling:
        """The holder makes the seal and opens the test ballot."""
        with self.database.begin() as session:
            poll_life.use_seal(session, self.first, self.id, crypto.public_key(self.seal), self.now)
            envelope = poll_life.begin_rehearsal(session, self.first, self.id, self.now)
            poll_life.rehearse(session, self.first, self.id, crypto.answer(envelope, self.seal), self.now)
        return self

    def freeze(self) -> Polling:
        """Fix the rules."""
        with self.database.begin() as session:
            poll_life.freeze(session, self.first, self.keys, self.id, self.now)
        return self

    def open(self) -> Polling:
        """From the draft to an open poll."""
        self.rehearse().freeze()
        with self.database.begin() as session:
            poll_life.propose_opening(session, self.first, self.id, self.now)
            poll_life.open_poll(session, self.second, self.keys, self.id, self.auth, self.now)
        return self

    def poll(self) -> Poll:
        """The row as it stands."""
        with self.database.read() as session:
            return session.get_one(Poll, self.id)

    @property
    def manifest(self) -> Manifest:
        """The frozen rules."""
        return manifest_of(self.poll())

    def cast(self, voter: int, chosen: Any = ("o1",), area: str = "") -> casting.Receipt:
        """Voter number `voter` (from 0) casts."""
        sealed = casting.seal_choice(self.manifest, chosen, area)
        with self.database.begin() as session:
            return casting.cast(session, self.keys, self.id, self.voters[voter], sealed, self.now)

    def later(self, **span: float) -> Polling:
        """Let time pass, and the worker do what is due."""
        self.clock.forward(**span)
        self.work()
        return self

    def work(self) -> int:
        """What the worker does."""
        return poll_closing.step(self.database, self.keys, self.now)

    def close(self) -> Polling:
        """Let the voting end."""
        return self.later(days=self.days + 1)

    def hand_in(self, private: bytes | None = None) -> Poll:
        """The holder gives the key (this one), and the ballots are counted."""
        with self.database.begin() as session:
            return poll_count.hand_in(session, self.first, self.keys, self.id, private or self.seal, self.now)

    def publish(self) -> Poll:
        """Sign and show the result."""
        with self.database.begin() as session:
            return poll_count.publish(session, self.first, self.keys, self.id, self.auth, self.now)

    def files(self) -> dict[str, bytes]:
        """What anybody may download."""
        with self.database.read() as session:
            return poll_count.download(session, self.keys, session.get_one(Poll, self.id))


def with_rules(**changed: Any) -> Rules:
    """The usual rules with some of them changed."""
    return replace(RULES, **changed)
