"""Releasing: the tables of this version, and the defaults a fresh town starts with."""

from __future__ import annotations

from bot.migrate import migrate
from bot.seed import seed
from models import audit, poll_guards
from models.database import Database


def release(database: Database) -> None:
    """Migrate, then add what defaults are missing. All that the town has changed stays. Safe to repeat."""
    migrate(database)
    with database.begin() as session:
        seed(session)
        audit.guard(session.connection())
        poll_guards.guard(session.connection())
