"""Is it well? `/healthz` says that the process lives, `/readyz` that it can do its work; hosts and doctor ask both."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from bot.migrate import current, head
from models.database import Database
from models.heartbeat import Heartbeat
from models.incoming import CLAIMED, Incoming


def readiness(database: Database, now: datetime, writer_alive: Callable[[], bool]) -> tuple[bool, dict[str, Any]]:
    """Whether webhooks can be taken, and why not: `database` answers, `migrations` are at head, the `writer` runs.

    For information only: `oldest_waiting_seconds`, the age of the oldest event that no worker has finished, and
    `worker_seen_seconds`, the time since a worker's last sign of life; null when there is none. A worker that is down
    does not make the web process unready: events are stored all the same.
    """
    report: dict[str, Any] = {"database": False, "migrations": False, "writer": writer_alive()}
    try:
        with database.read() as session:
            report["migrations"] = current(session.connection()) == head()
            report["database"] = True
            if report["migrations"]:
                report["oldest_waiting_seconds"] = _age(_oldest(session), now)
                report["worker_seen_seconds"] = _age(_seen(session), now)
    except SQLAlchemyError as error:
        report["error"] = type(error).__name__  # its text may hold an address or a password
    return bool(report["database"] and report["migrations"] and report["writer"]), report


def _oldest(session: Session) -> datetime | None:
    return session.scalar(select(Incoming.received_at).where(Incoming.state <= CLAIMED).order_by(Incoming.id).limit(1))


def _seen(session: Session) -> datetime | None:
    return session.scalar(select(Heartbeat.at).where(Heartbeat.name == "worker"))


def _age(moment: datetime | None, now: datetime) -> float | None:
    return None if moment is None else round((now - moment).total_seconds(), 1)
