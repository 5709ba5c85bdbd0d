"""What polls need as time passes: checkpoints, closing, and the letters about one's own right to vote.

Letters go to those concerned only: whose ballot was replaced, who has not voted yet and asked (or stands on the roll),
within the month's budget of messages (models/letters.py). They never say what anybody chose.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from handlers.town import Town, load_town
from messages import vote as say
from messages.limits import check
from models import ballot_links, poll_closing, poll_forgetting
from models.database import Database
from models.eligibility import standing
from models.key_room import KeyRoom
from models.people import Person
from models.polls import Poll, locked, shown
from models.post import enqueue
from models.roll import RollRow
from models.town import setting
from models.vote_notices import PollReminder, VoteNotice
from models.voters import VoterAccount

log = logging.getLogger(__name__)

#: Who has not voted is reminded once, so long before the end; of short polls, when three quarters are over.
BEFORE_END = timedelta(days=2)
#: Letters of one transaction.
BATCH = 200


class PollRounds:
    """The rounds of one database's polls; any number of workers may make them, each is made once."""

    def __init__(
        self, database: Database, public_url: str, key: str, clock: Callable[[], datetime], keys: KeyRoom
    ) -> None:
        self._database, self._public_url, self._key, self._clock, self._keys = database, public_url, key, clock, keys

    def work(self) -> int:
        """Do what is due; returns how many steps were made and letters written."""
        now = self._clock()
        done = poll_closing.step(self._database, self._keys, now)
        done += self._tell(now) + self._remind(now)
        with self._database.begin() as session:
            ballot_links.sweep(session, now)
        self._keys.sweep(now)
        return done + self._forget(now)

    def _forget(self, now: datetime) -> int:
        """The rolls of polls that ended so long ago that no complaint may come any more."""
        with self._database.read() as session:
            old = poll_forgetting.due(session, now, int(setting(session, "polls.keep_roll_days")))
        for poll_id in old:
            with self._database.begin() as session:
                places = poll_forgetting.forget(session, poll_id, now)
            log.info("the roll of poll %s is forgotten: %s places", poll_id, places)
        return len(old)

    def _town(self, session: Session) -> Town:
        return load_town(session, self._public_url, self._key)

    # -- what happened to a ballot ------------------------------------------------------------------------------------

    def _tell(self, now: datetime) -> int:
        """Letters of the notices nobody has been told of."""
        untold = select(VoteNotice).where(VoteNotice.told_at.is_(None)).order_by(VoteNotice.id).limit(BATCH)
        with self._database.read() as session:
            if session.scalar(untold.limit(1)) is None:
                return 0
        with self._database.begin() as session:
            notices = session.scalars(untold.with_for_update(skip_locked=True)).all()
            town = self._town(session)
            for notice in notices:
                poll = session.get_one(Poll, notice.poll_id)
                person = session.get_one(Person, notice.person_id)
                if person.line_id is not None:
                    words = say.told(town.speaking(person.language).words, notice.what, poll)
                    enqueue(session, person.line_id, "ballot_notice", words, now, check=check)
                notice.told_at = now
            return len(notices)

    # -- reminders ----------------------------------------------------------------------------------------------------

    def _remind(self, now: datetime) -> int:
        with self._database.read() as session:
            due = [poll.id for poll in shown(session, "open") if poll.is_open(now)]
        return sum(self._remind_of(poll_id, now) for poll_id in due)

    def _remind_of(self, poll_id: int, now: datetime) -> int:
        with self._database.read() as session:
            if not self._anything(session, session.get_one(Poll, poll_id), now):
                return 0
        with self._database.begin() as session:
            poll = locked(session, poll_id)
            written = self._of_opening(session, poll, now)
            if _ends_soon(poll, now) and not poll.reminded:
                poll.reminded = True
                written += self._of_the_end(session, poll, now)
            return written

    def _anything(self, session: Session, poll: Poll, now: datetime) -> bool:
        if _ends_soon(poll, now) and not poll.reminded:
            return True
        asked = (PollReminder.poll_id == poll.id, PollReminder.opening_told.is_(False))
        return session.scalar(select(PollReminder.person_id).where(*asked).limit(1)) is not None

    def _of_opening(self, session: Session, poll: Poll, now: datetime) -> int:
        """Those who asked before it opened."""
        asked = select(PollReminder).where(PollReminder.poll_id == poll.id, PollReminder.opening_told.is_(False))
        rows = session.scalars(asked).all()
        for row in rows:
            row.opening_told = True
        people = [session.get_one(Person, row.person_id) for row in rows]
        return self._write(session, poll, people, now, opening=True)

    def _of_the_end(self, session: Session, poll: Poll, now: datetime) -> int:
        """Those on the roll with a LINE account, and those who asked, who have not voted."""
        asked = select(Person).join(PollReminder, PollReminder.person_id == Person.id)
        people = {person.id: person for person in session.scalars(asked.where(PollReminder.poll_id == poll.id))}
        people |= {person.id: person for person in self._on_roll(session, poll)}
        waiting = [
            person
            for person in people.values()
            if standing(session, self._keys, poll, person, now).answer in ("may", "village", "code", "list", "counter")
        ]
        return self._write(session, poll, waiting, now, opening=False)

    def _on_roll(self, session: Session, poll: Poll) -> Iterable[Person]:
        """The people behind the places that have not voted; accounts are hashes, so everybody's is tried."""
        found = (
            select(VoterAccount.line_hash)
            .join(RollRow, RollRow.voter_id == VoterAccount.voter_id)
            .where(RollRow.poll_id == poll.id, RollRow.voted.is_(False))
        )
        hashes = set(session.scalars(found))
        if not hashes:
            return []
        people = session.scalars(select(Person).where(Person.line_id.is_not(None), Person.blocked_at.is_(None)))
        return [person for person in people if self._keys.hashed("line", person.line_id or "") in hashes]

    def _write(self, session: Session, poll: Poll, people: Iterable[Person], now: datetime, *, opening: bool) -> int:
        town, written = self._town(session), 0
        for person in people:
            if person.line_id is None:
                continue
            words = say.reminder(town.speaking(person.language).words, poll, opening=opening)
            enqueue(session, person.line_id, "vote_reminder", words, now, check=check)
            written += 1
        return written


def _ends_soon(poll: Poll, now: datetime) -> bool:
    """Whether the reminder before the end is due."""
    if poll.opens_at is None or poll.closes_at is None:
        return False
    before = min(BEFORE_END, (poll.closes_at - poll.opens_at) / 4)
    return poll.closes_at - before <= now < poll.closes_at
