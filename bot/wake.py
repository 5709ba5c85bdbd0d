"""Waking the worker: whoever has stored something rings, and every sleeping worker gets up within a millisecond or two.

On PostgreSQL this is NOTIFY and LISTEN, which also crosses machines. On SQLite every sleeper listens on a datagram
socket in the folder `<database file>.wake`. A ring is a hint and never the truth: it may be lost (nobody listens, a
connection broke), so a worker also looks by itself every second or two.
"""

from __future__ import annotations

import logging
import os
import select
import socket
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, Protocol

from sqlalchemy import event, text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from models.database import Database

log = logging.getLogger(__name__)

CHANNEL = "songsiang"
_NOTIFY = text("SELECT pg_notify(:channel, '')").bindparams(channel=CHANNEL)

#: A socket's address holds 104 bytes (macOS) or 108 (Linux), of which its own name takes up to 21.
_LONGEST_FOLDER = 80


class Waker:
    """Rings for all sleepers of one database; threads may share it."""

    def __init__(self, database: Database) -> None:
        """Opens nothing yet."""
        self._database = database

    def notify(self) -> None:
        """Ring now, after a commit. Never raises and never waits: who is not woken looks by himself soon."""
        if self._database.file:
            _ring(_folder(self._database.file))
            return
        try:
            with self._database.engine.begin() as connection:
                connection.execute(_NOTIFY)
        except SQLAlchemyError as error:
            log.warning("could not ring for the worker: %s", error)

    def with_commit(self, session: Session) -> None:
        """Ring when `session` commits, and only then; call it inside `database.begin()`, once per transaction."""
        if self._database.file:
            event.listen(session, "after_commit", lambda _: self.notify(), once=True)
        else:
            session.execute(_NOTIFY)  # part of the transaction: no second round to the disk


class Sleeper:
    """One worker's bed: `wait` sleeps until somebody rings."""

    def __init__(self, database: Database) -> None:
        """Listens from now on. Raises nothing: without a bell, `wait` sleeps its full time."""
        self._bed: _Bed = _SocketBed(database.file) if database.file else _ListenBed(database)

    def wait(self, timeout: float) -> bool:
        """Sleep at most `timeout` seconds. True when rung for, also for rings since the last wait."""
        return self._bed.wait(timeout)

    def close(self) -> None:
        """Stop listening."""
        self._bed.close()


class _Bed(Protocol):
    def wait(self, timeout: float) -> bool: ...

    def close(self) -> None: ...


class _SocketBed:
    """Listens on a socket beside the SQLite file."""

    def __init__(self, file: Path) -> None:
        folder = _folder(file)
        self._path = folder / f"{os.getpid()}-{uuid.uuid4().hex[:12]}"
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._socket.setblocking(False)
        try:
            folder.mkdir(mode=0o700, exist_ok=True)
            with _short(folder) as name:
                self._socket.bind(f"{name}/{self._path.name}")
        except OSError as error:  # a file system without sockets
            log.warning("no bell beside the database (%s): the worker looks by itself", error)

    def wait(self, timeout: float) -> bool:
        rung = bool(select.select([self._socket], [], [], max(0.0, timeout))[0])
        try:
            while rung:
                self._socket.recv(1)
        except BlockingIOError:
            pass
        return rung

    def close(self) -> None:
        self._socket.close()
        with suppress(OSError):
            self._path.unlink()


class _ListenBed:
    """Listens on a PostgreSQL connection of its own, and connects again when that breaks."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._connection: Any = None
        self._driver: Any = None
        self._connect()

    def wait(self, timeout: float) -> bool:
        until = time.monotonic() + max(0.0, timeout)
        if self._connection is None and self._connect():
            return True  # rings may have been missed
        if self._connection is not None:
            try:
                return any(True for _ in self._driver.notifies(timeout=timeout, stop_after=1))
            except self._database.engine.dialect.loaded_dbapi.Error as error:
                log.warning("the worker's bell broke: %s", error)
                self.close()
        time.sleep(max(0.0, until - time.monotonic()))
        return False

    def close(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.close()

    def _connect(self) -> bool:
        try:
            connection = self._database.engine.raw_connection()
        except (SQLAlchemyError, self._database.engine.dialect.loaded_dbapi.Error) as error:
            log.warning("no bell at the database: %s", error)
            return False
        driver: Any = connection.driver_connection
        connection.detach()  # it sleeps all day: not one of the pool's
        driver.autocommit = True
        driver.execute(f"LISTEN {CHANNEL}")
        self._connection, self._driver = connection, driver
        return True


def _folder(file: Path) -> Path:
    """Where the sockets of this database lie."""
    return file.with_name(file.name + ".wake")


@contextmanager
def _short(folder: Path) -> Iterator[str]:
    """A name of `folder` that leaves room for a socket's name; for a long path Linux has one by way of an open file."""
    if len(os.fsencode(folder)) <= _LONGEST_FOLDER:
        yield str(folder)
        return
    opened = os.open(folder, os.O_RDONLY | os.O_CLOEXEC)
    try:
        yield f"/proc/self/fd/{opened}"
    finally:
        os.close(opened)


def _ring(folder: Path) -> None:
    try:
        with _short(folder) as name, socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as bell:
            bell.setblocking(False)
            for entry in os.listdir(name):
                _ring_one(bell, f"{name}/{entry}")
    except OSError as error:  # nobody has ever slept here
        log.debug("no bells in %s: %s", folder, error)


def _ring_one(bell: socket.socket, path: str) -> None:
    try:
        bell.sendto(b"!", path)
    except ConnectionRefusedError:  # its worker is dead
        with suppress(OSError):
            os.unlink(path)
    except OSError as error:  # its queue is full of rings, or it has just gone
        log.debug("no ring at %s: %s", path, error)
