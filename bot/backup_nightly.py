"""Making a backup that is known to be good, and doing so every night; what came of it is kept for the console."""

from __future__ import annotations

import logging
import os
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy.exc import SQLAlchemyError

from bot.backup import Busy, Source, Stopped, folder_of_ones_own, thin_out, write
from bot.backup_stream import BackupTrouble
from bot.bucket import store_of
from bot.config import Settings
from bot.restore import Look, look
from models.backup_checks import last_good, note_failed, note_good
from models.calendar import ZONE
from models.database import Database
from models.heartbeat import Heartbeat

log = logging.getLogger(__name__)

#: The hour (Bangkok) from which the night's backup may be made: few people write, and the day's news is told.
NIGHT = 2
#: After a try that failed, and while another worker may still be at it.
AGAIN = timedelta(hours=1)


def back_up(
    settings: Settings, database: Database, folder: Path, now: datetime, stopping: Callable[[], bool] = lambda: False
) -> tuple[Path, Look]:
    """Write a backup into `folder`, restore it on trial, note it, and remove the oldest beyond `BACKUP_KEEP`.

    Raises BackupTrouble, OSError, SQLAlchemyError; what was the matter is noted first, unless somebody else is writing
    or this process is stopping.
    """
    try:
        return _made(settings, database, folder, now, stopping)
    except (Busy, Stopped):
        raise
    except (BackupTrouble, OSError, SQLAlchemyError) as error:
        thai, english = explain(error)
        with suppress(SQLAlchemyError), database.begin() as session:
            note_failed(session, thai, english, now)
        raise


def _made(
    settings: Settings, database: Database, folder: Path, now: datetime, stopping: Callable[[], bool]
) -> tuple[Path, Look]:
    key, store, found = bytes.fromhex(settings.backup_key), store_of(settings), list[Look]()
    with folder_of_ones_own(folder):
        path = write(
            Source(database, store, stopping),
            folder,
            key,
            now,
            lambda half: found.append(look(half, key, store, stopping)),
        )
        with database.begin() as session:
            note_good(session, str(path), path.stat().st_size, found[0].lost, now)
        thin_out(folder, settings.backup_keep)
    return path, found[0]


def explain(error: Exception) -> tuple[str, str]:
    """What was the matter and what to do, in Thai and in English; never the words of a row, an address or a key."""
    if isinstance(error, BackupTrouble):
        return error.thai, error.english
    if isinstance(error, OSError):
        why = os.strerror(error.errno) if error.errno else type(error).__name__
        return (
            f"เขียนหรืออ่านดิสก์ไม่ได้ ({why}) ดูว่าดิสก์สำรองต่ออยู่และมีที่ว่าง",
            f"disk trouble ({why}): see that the disk for backups is there and has room",
        )
    kind = type(getattr(error, "orig", None) or error).__name__
    return f"ฐานข้อมูลไม่ตอบ ({kind}) สั่ง songsiang doctor", f"the database did not answer ({kind}): songsiang doctor"


class Nightly:
    """The nightly backup of one database; any number of workers may try, one of them does it."""

    def __init__(
        self,
        settings: Settings,
        database: Database,
        clock: Callable[[], datetime],
        stopping: Callable[[], bool] = lambda: False,
    ) -> None:
        self._settings, self._database, self._clock, self._stopping = settings, database, clock, stopping

    def work(self) -> bool:
        """Make tonight's backup, if it is time and none was made; whether one was."""
        now = self._clock()
        if not self._settings.backup_to or not self._mine(now):
            return False
        try:
            path, _ = back_up(self._settings, self._database, Path(self._settings.backup_to), now, self._stopping)
        except (Busy, Stopped):
            return False
        except (BackupTrouble, OSError, SQLAlchemyError) as error:
            log.warning("the backup failed: %s", explain(error)[1])
            return False
        log.info("backup made: %s", path)
        return True

    def _mine(self, now: datetime) -> bool:
        """Whether tonight's backup is due, and nobody has begun it lately: the row is the lock."""
        here = now.astimezone(ZONE)
        if here.hour < NIGHT:
            return False
        with self._database.read() as session:
            good, begun = last_good(session), session.get(Heartbeat, "backup.begun")
            if (good and good >= here.replace(hour=NIGHT, minute=0, second=0, microsecond=0)) or (
                begun and now - begun.at < AGAIN
            ):
                return False
        with self._database.begin() as session:
            row = session.get(Heartbeat, "backup.begun", with_for_update=True)
            if row is not None and now - row.at < AGAIN:
                return False
            session.merge(Heartbeat(name="backup.begun", at=now))
        return True
