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
from models.incoming import CLAIMED, Incoming


def readiness(database: Database, now: datetime, writer_alive: Callable[[], bool]) -> tuple[bool, dict[str, Any]]:
    """Whether webhooks can be taken, and why not: `database` answers, `migrations` are at head, the `writer` runs.

    `oldest_waiting_seconds` is the age of the oldest event that no worker has finished (null when there is none): it
    grows when the worker is down, and does not make the web process unready.
    """
    report: dict[str, Any] = {"database": False, "migrations": False, "writer": writer_alive()}
    try:
        with database.read() as session:
            report["migrations"] = current(session.connection()) == head()
            report["database"] = True
            report["oldest_waiting_seconds"] = _oldest(session, now) if report["migrations"] else None
    except SQLAlchemyError as error:
        report["error"] = type(error).__name__  # its text may hold an address or a password
    return bool(report["database"] and report["migrations"] and report["writer"]), report


def _oldest(session: Session, now: datetime) -> float | None:
    received = session.scalar(
        select(Incoming.received_at).where(Incoming.state <= CLAIMED).order_by(Incoming.id).limit(1)
    )
    return None if received is None else round((now - received).total_seconds(), 1)
