"""Rounds: what happens because time passes. Reminders of cases near their day, and forgetting what need not be kept."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime, timedelta

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from handlers.town import load_town
from messages import news as say
from messages.limits import check
from messages.staff import left
from messages.thai import local
from models import contacts, sessions
from models.calendar import holidays, is_working_day
from models.database import Database
from models.incoming import DONE, Incoming
from models.people import Person
from models.post import enqueue
from models.staff import Staff
from models.tickets import OPEN, Ticket
from models.town import Setting, setting

log = logging.getLogger(__name__)

#: Stored events keep their words so long: unsending works for a day, and replaying a fault for a week.
KEEP_RAW = timedelta(days=7)
#: The hour (Bangkok) from which the morning's reminder may be written.
MORNING = 8
#: Who has taken a case is reminded when its first answer is due so soon: over a weekend too.
SOON = timedelta(days=2)


class Rounds:
    """The rounds of one database; any number of workers may run them, each is done once."""

    def __init__(self, database: Database, public_url: str, key: str, clock: Callable[[], datetime]) -> None:
        self._database, self._public_url, self._key, self._clock = database, public_url, key, clock

    def work(self) -> None:
        """Do what is due."""
        now = self._clock()
        with self._database.begin() as session:
            forget_raw(session, now)
            sessions.sweep(session, now)
            if self._first_this_morning(session, now):
                contacts.forget_old(session, now, int(setting(session, "privacy.retention_years")))
                self._remind(session, now)

    def _first_this_morning(self, session: Session, now: datetime) -> bool:
        """True once each working day, for whoever comes first: the row is the lock."""
        here = local(now)
        if here.hour < MORNING or not is_working_day(here.date(), holidays(session)):
            return False
        row = session.get(Setting, "rounds.reminded", with_for_update=True)
        if row is not None and row.value.get("value") == here.date().isoformat():
            return False
        if row is None:
            row = Setting(name="rounds.reminded", value={})
            session.add(row)
        row.value = {"value": here.date().isoformat()}
        session.flush()
        return True

    def _remind(self, session: Session, now: datetime) -> None:
        """Tell each owner, alone, of own cases due within two days without a first answer (dialogues §16.4)."""
        town = load_town(session, self._public_url, self._key)
        due = (
            select(Ticket)
            .join(Staff, Ticket.owner_id == Staff.id)
            .where(Ticket.state.in_(OPEN), Ticket.first_answer_at.is_(None), Ticket.answer_by < now + SOON)
            .order_by(Ticket.answer_by)
        )
        by_owner: dict[int, list[Ticket]] = {}
        for ticket in session.scalars(due):
            by_owner.setdefault(ticket.owner_id or 0, []).append(ticket)
        for owner, tickets in by_owner.items():
            key = session.scalar(
                select(Person.line_id).join(Staff, Staff.person_id == Person.id).where(Staff.id == owner, Staff.active)
            )
            if key:
                rows = [(t, left(town.words, t, now)) for t in tickets]
                enqueue(session, key, "overdue_staff", say.overdue(town.words, rows), now, check=check)


def forget_raw(session: Session, now: datetime) -> int:
    """Blank the words of events that were handled long ago; their ids stay, so that a late redelivery is recognised."""
    old = select(Incoming.id).where(Incoming.state == DONE, Incoming.done_at < now - KEEP_RAW, Incoming.raw != "")
    keys = list(session.scalars(old.order_by(Incoming.id).limit(1000)))
    if keys:
        session.execute(update(Incoming).where(Incoming.id.in_(keys)).values(raw=""))
    return len(keys)
