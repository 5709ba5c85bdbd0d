"""Claims: which stored events a worker takes next, and what becomes of those that a dead worker had taken.

Of each chat only the oldest open event can be claimed, so that its order is kept however many workers there are.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Select, exists, or_, select, update
from sqlalchemy.orm import aliased

from bot.leases import is_dead, my_name
from models.database import Database
from models.incoming import CLAIMED, POISONED, WAITING, Incoming

#: How long a worker may hold an event before others take it over. Longer than any handler needs.
LEASE = timedelta(seconds=60)
#: Tries before an event is put aside.
TRIES = 5
#: An event claimed so often without an end may be what kills the workers: it is taken alone, so that no other one is
#: counted with it.
SUSPECT = 2


class Claims:
    """Claims events of one database for this process. `clock` tells the time."""

    def __init__(self, database: Database, clock: Callable[[], datetime]) -> None:
        self._database, self._clock = database, clock
        self._name = my_name()

    def holds(self, row: Incoming | None) -> bool:
        """Whether this process still holds the claim on this row."""
        return row is not None and row.state == CLAIMED and row.lease_by == self._name

    def take(self, most: int = 32) -> list[int]:
        """Claim events that nobody is at; returns their ids, oldest first."""
        now = self._clock()
        found = _free(now).limit(most)
        with self._database.read() as session:  # looking costs no write: an idle worker leaves the disk alone
            if session.execute(found.limit(1)).first() is None:
                return []
        with self._database.begin() as session:
            rows = session.execute(found.with_for_update(skip_locked=True, of=Incoming)).all()
            taken = [key for key, attempts in rows if attempts < SUSPECT] or [key for key, _ in rows[:1]]
            session.execute(
                update(Incoming)
                .where(Incoming.id.in_(taken))
                .values(state=CLAIMED, lease_by=self._name, lease_until=now + LEASE, attempts=Incoming.attempts + 1)
            )
        return taken

    def recover(self) -> int:
        """Take back what dead processes of this machine, or nobody in time, had claimed. Returns how many.

        What has been claimed too often and never came to an end is put aside: it may be what kills the workers.
        """
        now = self._clock()
        with self._database.read() as session:
            claimed = session.execute(
                select(Incoming.id, Incoming.attempts, Incoming.lease_by, Incoming.lease_until).where(
                    Incoming.state == CLAIMED
                )
            ).all()
        lost = [
            (key, attempts)
            for key, attempts, by, until in claimed
            if (until is not None and until < now) or (by and is_dead(by))
        ]
        if lost:
            self._give_back([key for key, attempts in lost if attempts < TRIES], state=WAITING, error=None)
            error = "its worker died or hung every time"
            self._give_back([key for key, attempts in lost if attempts >= TRIES], state=POISONED, error=error)
        return len(lost)

    def _give_back(self, keys: list[int], *, state: int, error: str | None) -> None:
        if not keys:
            return
        with self._database.begin() as session:
            session.execute(
                update(Incoming)
                .where(Incoming.id.in_(keys), Incoming.state == CLAIMED)
                .values(state=state, error=error, lease_by=None, lease_until=None)
            )


def _free(now: datetime) -> Select[Any, Any]:
    """Events that are due and not blocked by an earlier one of their chat."""
    earlier = aliased(Incoming)
    blocked = exists().where(
        earlier.chat_key == Incoming.chat_key, earlier.id < Incoming.id, earlier.state.in_((WAITING, CLAIMED))
    )
    return (
        select(Incoming.id, Incoming.attempts)
        .where(
            Incoming.state == WAITING,
            or_(Incoming.ready_at.is_(None), Incoming.ready_at <= now),
            or_(Incoming.chat_key == "-", ~blocked),
        )
        .order_by(Incoming.id)
    )
