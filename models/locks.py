"""Locks on a poll: casting shares it, checkpoints and closing hold it alone, so that no ballot falls between two.

On PostgreSQL an advisory lock until the end of the transaction, which writes no row and therefore leaves no trace of
who voted when. On SQLite the write transaction itself is the lock: there is never more than one.
"""

from __future__ import annotations

from sqlalchemy import text
from sqlalchemy.orm import Session

#: The class of these locks among advisory locks; the number only has to be ours.
_POLLS = 2569_06

_SHARED = text("SELECT pg_advisory_xact_lock_shared(:kind, :poll)")
_ALONE = text("SELECT pg_advisory_xact_lock(:kind, :poll)")
_HOUSE = text("SELECT pg_advisory_xact_lock(:house)")


def share_poll(session: Session, poll_id: int) -> None:
    """Others may share the poll too; nobody holds it alone until this transaction ends."""
    _lock(session, poll_id, alone=False)


def hold_poll(session: Session, poll_id: int) -> None:
    """Nobody else shares or holds the poll until this transaction ends."""
    _lock(session, poll_id, alone=True)


def hold_household(session: Session, poll_id: int, household: bytes) -> None:
    """Nobody else of this household (its keyed hash) casts in this poll until this transaction ends."""
    if session.connection().dialect.name == "postgresql":
        session.execute(_HOUSE, {"house": int.from_bytes(household[:8], signed=True) ^ poll_id})


def _lock(session: Session, poll_id: int, *, alone: bool) -> None:
    if session.connection().dialect.name == "postgresql":
        session.execute(_ALONE if alone else _SHARED, {"kind": _POLLS, "poll": poll_id})
