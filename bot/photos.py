"""Photos, voice, video and files: fetched from LINE (or from an address that another system has named) as soon as they
are announced, and erased when they are taken back.

A row in `files` is a thing to fetch (models/files.py). The bytes go to a temporary file first, are looked at, and
only then moved to their place in the store; pictures are written anew and the original is not kept. What was
unsent while it was being fetched is thrown away when it arrives.
"""

from __future__ import annotations

import errno
import logging
import shutil
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from bot.crew import Crew, Job
from bot.leases import is_dead, my_name
from bot.outside import Outside
from bot.pictures import fetch
from bot.postman import Clock
from bot.trouble import Gone, Later, LineTrouble, Refused, TooBig, Unauthorised
from models import storage
from models.database import Database
from models.fetches import MARK, address_of
from models.files import File
from models.pictures import BadPicture
from models.storage import BadContent, Store, Stored

if TYPE_CHECKING:
    from bot.line import Line

log = logging.getLogger(__name__)

#: Longer than a download and the making of a picture can take.
LEASE = timedelta(minutes=5)
#: LINE deletes content after a time it does not tell; after a day there is no more hope.
GIVE_UP = timedelta(hours=24)
#: Seconds until a full disk may have been cleared, or an access token mended.
MENDING = 300.0
#: Seconds between two rounds that erase what was taken back.
ERASE_EVERY = 2.0


@dataclass(frozen=True)
class Want:
    """A claimed file: what to fetch, how it shall be named, and the mark of the claim."""

    file_id: int
    message_id: str
    token: str
    kind: str
    lease_until: datetime
    address: str | None


class Photos:
    """Fetches the content of one LINE channel into one store. Make it after a fork."""

    def __init__(
        self,
        database: Database,
        line: Line,
        store: Store,
        *,
        clock: Clock,
        threads: int = 2,
        outside: Outside | None = None,
    ) -> None:
        self._database, self._line, self._store, self._clock = database, line, store, clock
        self._outside = outside or Outside()
        self._name = my_name()
        self._crew = Crew("photos", threads, self._jobs, self._until_due, ((ERASE_EVERY, self.erase),))

    def start(self) -> None:
        """Begin to fetch."""
        self._crew.start()

    def stop(self) -> None:
        """Claim nothing more, finish what is under way, and return."""
        self._crew.stop()

    def kick(self) -> None:
        """Something has been committed: look now."""
        self._crew.kick()

    def fetch_due(self) -> int:
        """Fetch and erase all that is due, in the calling thread; returns how many were fetched or tried. For tests."""
        done = 0
        while wants := self._claim(8):
            for want in wants:
                self._fetch(want)
            done += len(wants)
        self.erase()
        return done

    def erase(self) -> int:
        """Remove from the disk what has been taken back, and what dead processes left half-made. Returns how many."""
        now = self._clock()
        self._sweep()
        idle = or_(File.lease_until.is_(None), File.lease_until < now)
        wanted = (File.deleted_at.is_not(None), File.erased_at.is_(None), idle)
        with self._database.read() as session:
            rows = session.execute(select(File.id, File.token).where(*wanted).limit(100)).all()
        if not rows:
            return 0
        gone = self._drop([(file_id, token) for file_id, token in rows])
        with self._database.begin() as session:
            for file_id in gone:
                session.get_one(File, file_id, with_for_update=True).erased_at = now
        return len(gone)

    def _drop(self, files: list[tuple[int, str]]) -> list[int]:
        """Remove the bytes of these files; the ids of those that are gone. A store that does not answer is left be."""
        gone = []
        for file_id, token in files:
            try:
                storage.drop(self._store, token)
            except OSError as trouble:
                log.warning("files cannot be erased now: %s", _code(trouble))
                break
            gone.append(file_id)
        return gone

    # claiming

    def _jobs(self, most: int) -> list[Job]:
        return [partial(self._fetch, want) for want in self._claim(most)]

    def _claim(self, most: int) -> list[Want]:
        now = self._clock()
        with self._database.read() as session:
            holders = session.scalars(select(File.lease_by).where(File.lease_until > now).distinct()).all()
            dead = [name for name in holders if name and name != self._name and is_dead(name)]
            idle = or_(File.lease_until.is_(None), File.lease_until <= now, File.lease_by.in_(dead))
            waiting = (File.state == "waiting", File.next_try_at <= now, idle)
            due = select(File).where(*waiting).order_by(File.id).limit(most)
            if session.scalar(due.limit(1)) is None:
                return []
        with self._database.begin() as session:
            return [self._take(session, row, now) for row in session.scalars(due.with_for_update(skip_locked=True))]

    def _take(self, session: Session, row: File, now: datetime) -> Want:
        until = now + LEASE
        row.lease_by, row.lease_until = self._name, until
        row.attempts += 1
        address = address_of(session, row.message_id) if row.message_id.startswith(MARK) else None
        return Want(row.id, row.message_id, row.token, row.kind, until, address)

    def _until_due(self) -> float | None:
        now = self._clock()
        later = (File.state == "waiting", File.next_try_at > now)
        with self._database.read() as session:
            due = session.scalar(select(func.min(File.next_try_at)).where(*later))
        return None if due is None else (due - now).total_seconds()

    # fetching

    def _fetch(self, want: Want) -> None:
        """Fetch one file and note what became of it."""
        outcome: Stored | Exception
        try:
            outcome = self._bring(want)
        except (LineTrouble, BadContent, BadPicture, OSError) as trouble:
            outcome = trouble
        except Exception as error:  # our own mistake: the row stays, and is shown when it keeps failing
            log.exception("file %s", want.file_id)
            outcome = error
        if not self._note(want, outcome):
            with suppress(OSError):  # `erase` comes by again
                storage.drop(self._store, want.token)

    def _bring(self, want: Want) -> Stored:
        with storage.workshop(self._store) as room:
            raw = room / "raw"
            with raw.open("wb") as file:
                if want.address is None:
                    self._line.content(want.message_id, file, storage.CAPS[want.kind])
                else:
                    fetch(self._outside, want.address, file, storage.CAPS[want.kind])
            return storage.keep(self._store, raw, want.token, want.kind)

    # what became of it

    def _note(self, want: Want, outcome: Stored | Exception) -> bool:
        """Note it on the row. False when the bytes must not stay: taken back, or not what we take."""
        now = self._clock()
        with self._database.begin() as session:
            row = session.get(File, want.file_id, with_for_update=True)
            if row is None or row.lease_until != want.lease_until or row.lease_by != self._name:
                return row is not None and row.deleted_at is None  # another worker's business now, and its bytes
            row.lease_by = row.lease_until = None
            if row.deleted_at is not None:
                return False
            if isinstance(outcome, Stored):
                storage.note(row, outcome)
            else:
                _note_trouble(row, outcome, now)
            return row.state == "stored"

    def _sweep(self) -> None:
        """Remove what has lain half-made for longer than any lease."""
        for room in storage.half_made(self._store).glob("*"):
            if self._clock().timestamp() - room.stat().st_mtime > 2 * LEASE.total_seconds():
                shutil.rmtree(room, ignore_errors=True)


def _note_trouble(row: File, trouble: Exception, now: datetime) -> None:
    """Gone and bad content are final; the disk and the access token wait for a person; the rest is tried for a day."""
    match trouble:
        case Gone():
            row.state, row.error, row.next_try_at = "gone", "gone", None
        case TooBig() | BadContent() | BadPicture() | Refused():
            row.state, row.error, row.next_try_at = "failed", _code(trouble), None
        case OSError() | Unauthorised():
            row.error, row.next_try_at = _code(trouble), now + timedelta(seconds=MENDING)
        case _ if now - row.created_at > GIVE_UP:
            row.state, row.error, row.next_try_at = "failed", "unreachable", None
        case _:
            preparing = isinstance(trouble, Later) and trouble.status == 202
            wait = min(60.0 if preparing else 1800.0, 2.0 ** min(row.attempts, 12))
            wait = max(wait, getattr(trouble, "retry_after", None) or 0.0)
            row.error, row.next_try_at = _code(trouble), now + timedelta(seconds=wait)


def _code(trouble: Exception) -> str:
    """A short word for `File.error`, and what a technician may need to know."""
    if isinstance(trouble, OSError):
        return f"disk: {errno.errorcode.get(trouble.errno or 0, type(trouble).__name__)}"
    names = {TooBig: "too_big", BadPicture: "unreadable", BadContent: "type", Unauthorised: "unauthorised"}
    return f"{names.get(type(trouble), type(trouble).__name__)}: {trouble}"
