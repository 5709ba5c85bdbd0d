"""A worker that does nothing but send letters, to be killed: `python -m tests.sender DATABASE_URL LINE_URL`."""

from __future__ import annotations

import sys
import threading
from datetime import UTC, datetime

from bot.line import Line
from bot.outbox import Outbox
from models.database import Database
from tests.office import Address


def main(database_url: str, line_url: str) -> None:
    """Send until killed; says "ready" once it begins."""
    outbox = Outbox(Database(database_url), Line(Address(line_url, line_url)), clock=lambda: datetime.now(UTC))
    outbox.start()
    print("ready", flush=True)
    threading.Event().wait()


if __name__ == "__main__":
    main(*sys.argv[1:])
