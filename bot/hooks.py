"""Webhooks: what is to be told to other systems is announced (bot/announcing.py), signed and sent, and tried again.

A delivery is claimed with a lease, sent outside of any transaction, and its outcome noted. A worker that dies in
between leaves a lease that runs out: the event is sent again under the same id.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from sqlalchemy import func, select

from bot.crew import Crew, Job
from bot.outside import Forbidden, Outside, Unreachable
from bot.signing import signature
from models import hooks, replays
from models.database import Database
from models.hooks import LEASE, Delivery, Hook
from web.sealed import Unreadable, unseal

log = logging.getLogger(__name__)

#: What secrets of webhooks are sealed for.
PURPOSE = "webhook"
#: Seconds between two looks at history, and between two rounds that forget old deliveries.
LOOK_EVERY, TIDY_EVERY = 1.0, 3600.0


@dataclass(frozen=True)
class Errand:
    """A claimed delivery: what to send, where, and under which secret."""

    delivery_id: int
    url: str
    secret: str
    event: str
    body: bytes


class Hooks:
    """Tells other systems. Make it after a fork. `announce` makes deliveries; returns how many."""

    def __init__(
        self,
        database: Database,
        outside: Outside,
        key: str,
        announce: Callable[[], int],
        *,
        clock: Callable[[], datetime],
        threads: int = 2,
    ) -> None:
        self._database, self._outside, self._key, self._clock = database, outside, key, clock
        self._announce = announce
        rounds: tuple[tuple[float, Job], ...] = ((LOOK_EVERY, self._look), (TIDY_EVERY, self.tidy))
        self._crew = Crew("hooks", threads, self._jobs, self._until_due, rounds)

    def start(self) -> None:
        """Begin."""
        self._crew.start()

    def stop(self) -> None:
        """Finish what is under way, and return."""
        self._crew.stop()

    def _look(self) -> None:
        if self._announce():
            self._crew.kick()

    def work(self) -> int:
        """Announce and send all that is due, in the calling thread; returns how many were sent. For tests and tools."""
        self._announce()
        sent = 0
        while jobs := self._claim(8):
            for job in jobs:
                self._carry(job)
            sent += len(jobs)
        return sent

    def tidy(self) -> None:
        """Forget old deliveries, and old answers to idempotency keys."""
        with self._database.begin() as session:
            hooks.forget_old(session, self._clock())
            replays.forget_old(session, self._clock())

    def _jobs(self, most: int) -> list[Job]:
        return [partial(self._carry, errand) for errand in self._claim(most)]

    def _claim(self, most: int) -> list[Errand]:
        now = self._clock()
        with self._database.read() as session:
            ready = (Delivery.state == "waiting", Delivery.next_try_at <= now)
            if session.scalar(select(Delivery.id).where(*ready).limit(1)) is None:
                return []
        with self._database.begin() as session:
            return [self._take(row, now) for row in hooks.due(session, now, most)]

    def _take(self, row: Delivery, now: datetime) -> Errand:
        row.lease_until = now + LEASE
        row.attempts += 1
        body = json.dumps({"id": row.event, **row.body}, ensure_ascii=False, separators=(",", ":"))
        return Errand(row.id, row.hook.url, row.hook.secret, row.event, body.encode())

    def _carry(self, errand: Errand) -> None:
        status, error = self._send(errand)
        now = self._clock()
        with self._database.begin() as session:
            row = session.get_one(Delivery, errand.delivery_id, with_for_update=True)
            _ = session.get(Hook, row.hook_id, with_for_update=True)
            if 200 <= status < 300:
                row.arrived(status, now)
                return
            row.missed(status, error, now)
            if status == 410:  # the receiver wants no more (Standard Webhooks)
                row.hook.disabled_at, row.hook.disabled_why = now, "gone"
        log.info("webhook delivery %s did not arrive: %s", errand.delivery_id, error)

    def _send(self, errand: Errand) -> tuple[int, str]:
        """The receiver's status, and what went wrong."""
        try:
            secret = unseal(self._key, PURPOSE, errand.secret)
            signed = signature(secret, errand.event, self._clock(), errand.body)
            headers = {"Content-Type": "application/json", **signed}
            reply = self._outside.send("POST", errand.url, body=errand.body, headers=headers)
        except Unreadable:
            return 0, "its secret was sealed with another SECRET_KEY: make it anew"
        except Forbidden as refused:
            return 0, f"not called: {refused}"
        except Unreachable as trouble:
            return 0, f"no answer: {trouble}"
        return reply.status, "" if reply.ok else f"HTTP {reply.status}"

    def _until_due(self) -> float | None:
        now = self._clock()
        waiting = (Delivery.state == "waiting", Hook.disabled_at.is_(None), Hook.deleted_at.is_(None))
        with self._database.read() as session:
            due = session.scalar(select(func.min(Delivery.next_try_at)).join(Hook).where(*waiting))
        return None if due is None else (due - now).total_seconds()
