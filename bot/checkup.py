"""The checkup: the doctor's questions, asked by the worker every hour or when the console asks, and kept for its pages.

Only the worker and `songsiang doctor` may ask LINE, and reading a whole database file is nothing for a page.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.exc import SQLAlchemyError

from bot.config import Settings
from bot.doctor_house import look_at_disk, look_at_settings, look_at_store, look_at_tables
from bot.doctor_line import ask_line
from bot.line import Line
from models.database import Database
from models.findings import CHECKUP, Finding, Kept, bad, checkup_asked, keep
from models.quota import read_budget

#: LINE's settings change seldom, and whoever has just changed them asks by a button.
EVERY = timedelta(hours=1)


class Checkup:
    """The checkups of one database and one LINE channel; any number of workers may try, one of them looks."""

    def __init__(self, settings: Settings, database: Database, line: Line, clock: Callable[[], datetime]) -> None:
        self._settings, self._database, self._line, self._clock = settings, database, line, clock

    def due(self) -> bool:
        """Whether somebody has asked since the last look, or it is an hour old."""
        with self._database.read() as session:
            last = session.scalar(select(func.max(Kept.at)).where(Kept.source == CHECKUP))
            asked = checkup_asked(session)
        return last is None or self._clock() - last >= EVERY or (asked is not None and asked > last)

    def work(self) -> bool:
        """Look, if it is time; whether it was."""
        if not self.due():
            return False
        now = self._clock()
        found = self._look(now)
        with self._database.begin() as session:
            keep(session, CHECKUP, found, now)
        return True

    def _look(self, now: datetime) -> list[Finding]:
        found = [
            *look_at_settings(self._settings),
            *look_at_disk(self._settings.data_dir),
            *look_at_store(self._settings),
        ]
        with self._database.read() as session:
            found += look_at_tables(self._database, session)
            budget = read_budget(session, now)
        return [*found, *ask_line(self._settings, self._line, budget, self._clock)]


def note_stumble(database: Database, job: str, error: Exception, now: datetime) -> None:
    """Keep that a job of the worker has failed, for the console; its words stay in the log, they may quote people."""
    kind = type(error).__name__
    found = bad(
        "jobs",
        f"งานเบื้องหลัง “{job}” สะดุด ({kind}) ระบบจะลองใหม่เอง ถ้าเกิดซ้ำ ส่งบันทึกของ worker ให้ผู้ดูแลระบบ",
        f"the background job “{job}” stumbled ({kind}); it is tried again. If it comes again, look at the worker's log",
    )
    with suppress(SQLAlchemyError), database.begin() as session:
        keep(session, f"job:{job}", [found], now)
