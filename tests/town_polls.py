"""An open poll in a test town, for conversations: made as in real life, with keys that the town's worker uses too."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from ballots import keys as crypto
from ballots.manifest import Level
from models import poll_count, poll_drafts, poll_life, vote_codes
from models.audit import Actor
from models.key_room import KeyRoom
from models.poll_drafts import Rules, typed
from models.polls import Poll
from models.staff import Staff

if TYPE_CHECKING:
    from tests.town import Town


class TownPoll:
    """One poll of a town. `codes` are the slips of its first sheet, where it has any."""

    def __init__(self, town: Town, title: str, options: list[str], rules: Rules, days: float, opens_in: float) -> None:
        self.town, self.keys = town, KeyRoom(town.settings.key_room)
        self.seal, self.auth = crypto.new_seal(), crypto.new_signing()
        self.codes: list[str] = []
        now = town.clock()
        with town.session() as session:
            officers = [Staff(name=f"กรรมการ {n}", role="poll_officer", created_at=now) for n in (1, 2)]
            session.add_all(officers)
            session.flush()
            self.first, self.second = (Actor(each.id, each.name, each.role) for each in officers)
            poll = poll_drafts.create(session, self.first, title, now, rules)
            self.id, self.code = poll.id, poll.code
            poll_drafts.put_options(session, self.first, poll.id, [typed(name) for name in options], now)
            opens = now + timedelta(days=opens_in)
            closes = opens + timedelta(days=days)
            poll_drafts.edit(
                session, self.first, poll.id, now, about="เลือกเรื่องที่อยากให้ทำก่อน", opens_at=opens, closes_at=closes
            )
            if rules.minimum == Level.CODE:
                _sheet, slips = vote_codes.print_sheet(session, self.first, self.keys, poll, 3, now)
                self.codes = [slip.code for slip in slips]
            poll_life.use_seal(session, self.first, poll.id, crypto.public_key(self.seal), now)
            envelope = poll_life.begin_rehearsal(session, self.first, poll.id, now)
            poll_life.rehearse(session, self.first, poll.id, crypto.answer(envelope, self.seal), now)
            poll_life.freeze(session, self.first, self.keys, poll.id, now)
            poll_life.propose_opening(session, self.first, poll.id, now)
            poll_life.open_poll(session, self.second, self.keys, poll.id, self.auth, now)

    def publish(self) -> Poll:
        """The holder hands in the key, and the result is signed."""
        now = self.town.clock()
        with self.town.session() as session:
            poll_count.hand_in(session, self.first, self.keys, self.id, self.seal, now)
            return poll_count.publish(session, self.first, self.keys, self.id, self.auth, now)


def rules(minimum: Level = Level.DECLARED, moos: tuple[int, ...] = (), min_age: int = 0) -> Rules:
    """Rules as a small town would set them."""
    return Rules(
        minimum=minimum,
        moos=moos,
        min_age=min_age,
        grows=minimum != Level.CODE,
        decides="สภาเทศบาลตำบลตัวอย่าง",
        binds="ใช้ประกอบการพิจารณาของสภา",
        holders=("ปลัดตัวอย่าง",),
    )
