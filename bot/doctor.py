"""The doctor: looks at everything that must be right for the bot to work, and says what to do. Shows no secrets."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

from sqlalchemy.exc import ArgumentError, SQLAlchemyError

from bot.config import Settings, SettingsError, read_settings
from bot.doctor_house import look_at_database, look_at_disk, look_at_settings, look_at_store
from bot.doctor_line import ask_line
from bot.line import Line
from models.database import Database
from models.findings import Finding, bad
from models.quota import Budget, read_budget

SIGNS = {"ok": "✔", "warn": "⚠", "bad": "✘"}


def examine(settings: Settings, database: Database, *, offline: bool, clock: Callable[[], datetime]) -> list[Finding]:
    """All findings, in the order in which one would mend them. `offline`: LINE is not asked."""
    found = [*look_at_settings(settings), *look_at_disk(settings.data_dir), *look_at_store(settings)]
    found += look_at_database(database, clock())
    if not offline:
        found += ask_line(settings, Line(settings), _budget(database, clock()), clock)
    return found


def report(*, offline: bool = False) -> int:
    """Examine this installation and print the findings; 1 when something is bad, else 0. For `songsiang doctor`."""
    findings = _examined(offline=offline)
    for each in findings:
        print(f"{SIGNS[each.level]} {each.name}: {each.thai}\n    {each.english}")
    return 1 if any(each.level == "bad" for each in findings) else 0


def _examined(*, offline: bool) -> list[Finding]:
    try:
        settings = read_settings()
    except SettingsError as error:
        return [_setting_fault(line) for line in str(error).split("\n")]
    try:
        database = Database(settings.database_url)
    except (ValueError, OSError, ArgumentError) as error:
        kind = type(error).__name__
        return [bad("database", f"ค่า DATABASE_URL ใช้ไม่ได้ ({kind})", f"DATABASE_URL cannot be used ({kind})")]
    try:
        return examine(settings, database, offline=offline, clock=lambda: datetime.now(UTC))
    finally:
        database.dispose()


def _setting_fault(line: str) -> Finding:
    """A line of SettingsError, "Thai (English)", as a finding."""
    thai, _, english = line.removesuffix(")").partition(" (")
    return bad("settings", thai, english or thai)


def _budget(database: Database, now: datetime) -> Budget | None:
    """The month's budget; None when the database has no answer (which is a finding of its own)."""
    try:
        with database.read() as session:
            return read_budget(session, now)
    except SQLAlchemyError:
        return None
