"""The postman: one letter's way from the outbox to LINE, and what becomes of it. Threads are bot/outbox.py's matter.

A letter is claimed in one short transaction, which notes what is about to be tried; then LINE is called with no
transaction open; then the outcome is noted in another. Whatever dies in between, the note tells the next one that the
outcome is in doubt. A doubtful reply is tried again with the same token, which LINE takes once: refused while it
should still live, the first try has arrived. A doubtful push is repeated under its retry key, which LINE honours for
24 hours.
"""

from __future__ import annotations

import logging
import random
import time
import uuid
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from sqlalchemy import exists, func, or_, select, update
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from bot.errands import Errand, due, errand_for
from bot.leases import is_dead
from bot.quota import members_of, read_quota
from bot.trouble import Gone, Later, LineTrouble, QuotaGone, Refused, TokenDead, Unauthorised
from models import fates
from models.database import Database
from models.outgoing import Outgoing
from models.post import Messages, load_of, policy_of, ride
from models.quota import book, locked_budget, note_exhausted, recipients

if TYPE_CHECKING:
    from bot.line import Answer, Line

log = logging.getLogger(__name__)

#: Longer than the calls for one letter can take together (count members, read the quota, push, find the cause of a
#: 4xx).
LEASE = timedelta(seconds=120)
#: LINE keeps a retry key for 24 hours (https://developers.line.biz/en/docs/messaging-api/retrying-api-request/).
GIVE_UP = timedelta(hours=23)
#: Seconds until an access token may have been mended.
UNAUTHORISED_WAIT = 60.0

#: Seconds between tries to note an outcome while the database does not answer.
PATIENCE = (0.1, 0.5, 2.0, 5.0)

Clock = Callable[[], datetime]


class Postman:
    """Claims letters of one database under one name, and carries them to one LINE channel."""

    def __init__(
        self, database: Database, line: Line, clock: Clock, name: str, open_boxes: Callable[[Messages], Messages] = list
    ) -> None:
        """`open_boxes` makes what was stored unreadable into what LINE gets (bot/discretion.py)."""
        self.database, self.line, self.clock, self.name = database, line, clock, name
        self._open_boxes = open_boxes
        self._chance = random.Random()  # noqa: S311 - spreads retries, guards nothing

    # claiming

    def next_due(self, after: datetime | None = None) -> datetime | None:
        """When the earliest waiting letter (of those due after `after`) may be sent; None when there is none."""
        waiting = [Outgoing.state == "waiting"]
        if after is not None:
            waiting.append(Outgoing.send_after > after)
        with self.database.read() as session:
            return session.scalar(select(func.min(Outgoing.send_after)).where(*waiting))

    def claim(self, most: int) -> list[Errand]:
        """Claim up to `most` due letters, the first of each chat. Some are settled on the spot and cause no errand."""
        now = self.clock()
        with self.database.begin() as session:
            letters = session.scalars(due(now).limit(most).with_for_update(skip_locked=True)).all()
            taken = [self._take(session, letter, now) for letter in letters]
            return [errand for errand in taken if errand]

    def _take(self, session: Session, letter: Outgoing, now: datetime) -> Errand | None:
        if letter.reply_until is not None and letter.reply_until <= now:
            if letter.doubtful:
                fates.settle(session, letter, "doubtful", now, "unknown")
                return None
            fates.forget_token(session, letter, now)
            if letter.state != "waiting":
                return None
        letter.state, letter.lease_by, letter.lease_until = "sending", self.name, now + LEASE
        letter.via = None
        if letter.reply_token is not None:
            fates.note_try(letter, "reply", now)
        return errand_for(session, letter)

    def recover(self) -> int:
        """Take back letters whose sender died or hangs. What was being tried is in doubt. Returns how many."""
        now = self.clock()
        with self.database.read() as session:
            sending = Outgoing.state == "sending"
            names = session.scalars(select(Outgoing.lease_by).where(sending).distinct()).all()
            late = session.scalar(select(exists().where(sending, Outgoing.lease_until < now)))
        dead = [name for name in names if name and name != self.name and is_dead(name)]
        if not dead and not late:
            return 0
        with self.database.begin() as session:
            taken = session.execute(
                update(Outgoing)
                .where(sending, or_(Outgoing.lease_until < now, Outgoing.lease_by.in_(dead)))
                .values(
                    state="waiting",
                    send_after=now,
                    doubtful=or_(Outgoing.doubtful, Outgoing.via.is_not(None)),
                    lease_by=None,
                    lease_until=None,
                )
                .returning(Outgoing.id)
            ).all()
        log.warning("took back %d letters of a sender that died", len(taken))
        return len(taken)

    # carrying

    def carry(self, errand: Errand) -> None:
        """Send a claimed letter and note what became of it."""
        ready: Errand | None = errand
        outcome: Answer | LineTrouble
        try:
            ready = errand if errand.token is not None else self._prepare_push(errand)
            if ready is None:
                return
            outcome = self._call(ready)
        except LineTrouble as trouble:
            outcome = trouble
        except Exception as error:  # our own mistake must not lose the letter: it is tried again, in doubt
            log.exception("letter %s", errand.letter_id)
            outcome = Later(type(error).__name__, doubtful=True)
        if isinstance(outcome, Refused) and ready is not None and ready.riders:
            self._unload(ready, outcome)
        else:
            self._note_surely(errand, outcome)

    def _call(self, errand: Errand) -> Answer:
        load = self._open_boxes(errand.load)
        if errand.token is not None:
            return self.line.reply(errand.token, load)
        return self.line.push(errand.chat_key, load, errand.retry_key, errand.cost)

    def _prepare_push(self, errand: Errand) -> Errand | None:
        """Ask the budget, book, let kept letters ride along, and note that a push is about to be tried."""
        read_quota(self.database, self.line, self.clock())
        members = members_of(self.database, self.line, errand.chat_key, self.clock())
        now = self.clock()
        with self.database.begin() as session:
            letter = self._mine(session, errand)
            if letter is None or not self._may_push(session, letter, recipients(members, errand.chat_key), now):
                return None
            if letter.tried_at is None and not errand.riders:
                ride(session, letter.chat_key, letter, now)  # a push costs the same with one bubble or five
            fates.note_try(letter, "push", now)
            return errand_for(session, letter)

    def _may_push(self, session: Session, letter: Outgoing, cost: int, now: datetime) -> bool:
        if letter.tried_at is not None and now - letter.tried_at > GIVE_UP:
            fates.give_up(session, letter, now)
            return False
        if letter.cost:  # booked before, and perhaps counted by LINE
            return True
        if fates.closed(session, letter.chat_key):
            fates.settle(session, letter, "failed", now, "blocked")
            return False
        budget = locked_budget(session, now)
        if not budget.allows(policy_of(session, letter.kind), cost, now):
            fates.hold(session, letter, "quota" if budget.left == 0 else "economy")
            return False
        letter.cost, letter.booked_month = cost, book(session, letter.kind, cost, now)
        return True

    # what became of it

    def _note_surely(self, errand: Errand, outcome: Answer | LineTrouble) -> None:
        """An outcome that is not noted leaves the letter in doubt: outlast a short absence of the database."""
        for pause in PATIENCE:
            try:
                self._note(errand, outcome)
            except OperationalError as error:
                log.warning("the outcome of letter %s is not noted yet: %s", errand.letter_id, error)
                time.sleep(pause)
            else:
                return
        self._note(errand, outcome)

    def _note(self, errand: Errand, outcome: Answer | LineTrouble) -> None:
        now = self.clock()
        with self.database.begin() as session:
            letter = self._mine(session, errand)
            if letter is None:
                log.warning("letter %s was taken over by another sender", errand.letter_id)
            elif isinstance(outcome, LineTrouble):
                letter.error = f"{type(outcome).__name__}: {outcome}"
                letter.request_id = outcome.request_id or letter.request_id
                self._note_trouble(session, letter, outcome, now)
            else:
                letter.request_id = outcome.request_id
                fates.settle(session, letter, "sent", now)

    def _note_trouble(self, session: Session, letter: Outgoing, trouble: LineTrouble, now: datetime) -> None:
        match trouble:
            case Later():
                self._try_later(session, letter, trouble, now)
            case Unauthorised():
                letter.reason = "unauthorised"
                letter.tried_at = letter.tried_at if letter.doubtful else None
                letter.wait(now + timedelta(seconds=UNAUTHORISED_WAIT))
            case TokenDead():
                fates.note_dead_token(session, letter, now)
            case QuotaGone():
                note_exhausted(session, now)
                if letter.doubtful:
                    self._try_later(session, letter, Later(str(trouble)), now)
                else:
                    fates.hold(session, letter, "quota")
            case Gone():
                fates.close(session, letter.chat_key, now)
                fates.settle(session, letter, "failed", now, "blocked")
            case _:
                fates.settle(session, letter, "failed", now, "refused")

    def _try_later(self, session: Session, letter: Outgoing, trouble: Later, now: datetime) -> None:
        letter.doubtful = letter.doubtful or (trouble.doubtful and letter.via is not None)
        if letter.reply_until is None and letter.tried_at is not None and now - letter.tried_at > GIVE_UP:
            fates.give_up(session, letter, now)
            return
        letter.wait(now + self._pause(letter, trouble))
        if letter.reply_until is not None:
            letter.send_after = min(letter.send_after, letter.reply_until)

    def _pause(self, letter: Outgoing, trouble: Later) -> timedelta:
        """Exponential, with jitter. A reply has a minute to live: from 0.3 s to 5 s; a push a day: from 2 s to 1 h."""
        first, longest = (2.0, 3600.0) if letter.reply_until is None else (0.3, 5.0)
        seconds = min(longest, first * 2.0 ** min(letter.attempts - 1, 16)) * self._chance.uniform(0.7, 1.3)
        return timedelta(seconds=max(seconds, trouble.retry_after or 0.0))

    def _unload(self, errand: Errand, trouble: Refused) -> None:
        """LINE refused the letter together with its riders: find whose content it is; the others are kept."""
        bad = {rider for rider, messages in errand.riders if self._refused(errand.channel, messages)}
        if self._refused(errand.channel, errand.own) or not bad:
            bad.add(errand.letter_id)
        now = self.clock()
        with self.database.begin() as session:
            letter = self._mine(session, errand)
            if letter is None:
                return
            for rider in load_of(session, letter)[0]:
                rider.carried_by = None
                rider.hold(rider.reason or "policy")
                if rider.id in bad:
                    rider.error = str(trouble)
                    rider.settle("failed", now, "refused")
            if letter.id in bad:
                letter.error = str(trouble)
                fates.settle(session, letter, "failed", now, "refused")
            else:
                letter.retry_key, letter.tried_at = str(uuid.uuid4()), None  # the body is another one now
                letter.wait(now)

    def _refused(self, channel: str, messages: Messages) -> bool:
        try:
            self.line.validate(channel, self._open_boxes(messages))
        except Refused:
            return True
        except LineTrouble:
            return False
        return False

    def _mine(self, session: Session, errand: Errand) -> Outgoing | None:
        """The letter, locked, if this errand still holds its lease."""
        letter = session.get(Outgoing, errand.letter_id, with_for_update=True)
        held = letter is not None and letter.state == "sending" and letter.lease_by == self.name
        return letter if held and letter is not None and letter.lease_until == errand.lease_until else None
