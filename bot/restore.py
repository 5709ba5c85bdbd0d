"""Reading a backup (bot/backup.py): trying whether it would do, on a scratch database, and restoring it.

A look reads the whole file, so nothing is written anywhere before every byte has proved to be what was sealed. Rows go
into a SQLite file that is thrown away, whichever database they came from; of files the bytes are compared with what
their rows say.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import shutil
import tarfile
import zlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, cast

from sqlalchemy import Connection, select
from sqlalchemy.exc import DataError, IntegrityError
from sqlalchemy.orm import Session

from bot.backup import FORMAT, Hashed, give_up_if, line_of
from bot.backup_rows import count_on, is_empty, loosen, put, tables
from bot.backup_stream import BackupTrouble, Unsealer, damaged
from bot.migrate import head, migrate
from models import audit, poll_guards
from models.database import Database
from models.files import File
from models.polls import Poll
from models.storage import Folder, Store, workshop

#: A part of a backup: its name and what reads it.
Part = tuple[str, Hashed]


@dataclass
class Look:
    """What a backup holds. `lost`: files that rows tell of and the backup lacks. `polls`: codes of the polls that were
    open, whose ballots no backup holds: they have to be held again."""

    made_at: datetime
    rows: int = 0
    files: int = 0
    lost: int = 0
    polls: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class _Head:
    made_at: datetime
    columns: dict[str, list[str]]


def look(path: Path, key: bytes, store: Store, stopping: Callable[[], bool] = lambda: False) -> Look:
    """Read all of a backup and restore its rows into a scratch database beside `store`'s half-made files. `stopping` is
    asked now and then; when it says yes, the look is given up.

    Raises BackupTrouble (WrongKey, Damaged, Stopped), OSError: the disk has no room for the scratch.
    """

    def note(name: str, part: Hashed) -> None:
        give_up_if(stopping())
        hashes[name] = _drained(part)

    hashes: dict[str, str] = {}
    with workshop(store) as room:
        scratch = Database(f"sqlite:///{room / 'scratch.db'}")
        try:
            migrate(scratch)
            found = _fill(scratch, path, key, note)
            with scratch.read() as session:
                _compare(session, hashes, found)
        finally:
            scratch.dispose()
    return found


def restore(path: Path, key: bytes, database: Database, store: Store) -> Look:
    """Bring a backup into an empty database and an empty folder of files. It is looked at as a whole first; the rows
    come last, in one transaction, so that what was cut off is never taken for a town.

    Raises BackupTrouble, OSError, SQLAlchemyError.
    """
    _must_be_empty(database, store)
    found = look(path, key, store)
    with _opened(path, key) as parts:
        for name, part in parts:
            if name.startswith("files/"):
                _keep(store, name.removeprefix("files/"), part)
    migrate(database)
    _fill(database, path, key, lambda _name, _part: None)
    return found


def _must_be_empty(database: Database, store: Store) -> None:
    with database.read() as session:
        if not is_empty(session.connection()):
            raise BackupTrouble(
                "ฐานข้อมูลปลายทางไม่ว่าง ตั้ง DATABASE_URL หรือ DATA_DIR เป็นที่ว่างก่อน",
                "the database is not empty: point DATABASE_URL or DATA_DIR at an empty one",
            )
    if isinstance(store, Folder) and any(each.name != ".half-made" for each in store.room.glob("*")):
        raise BackupTrouble(
            "โฟลเดอร์ files ไม่ว่าง ตั้ง DATA_DIR เป็นที่ว่างก่อน", "the folder of files is not empty: choose another DATA_DIR"
        )


def _keep(store: Store, name: str, part: Hashed) -> None:
    with workshop(store) as room:
        with (room / "file").open("wb") as file:
            shutil.copyfileobj(cast("Any", part), file)
        store.put(room / "file", name)


# -- rows --------------------------------------------------------------------------------------------------------------


def _fill(database: Database, path: Path, key: bytes, file: Callable[[str, Hashed], None]) -> Look:
    """Rows into an empty database with all its tables, in one transaction; every file to `file`."""
    known = {table.name: table for table in tables(database.dialect)}
    with _opened(path, key) as parts, database.begin() as session:
        about = _head(parts)
        if about.columns != {name: list(table.columns.keys()) for name, table in known.items()}:
            raise damaged("its tables are not this version's")
        found, connection = Look(about.made_at), session.connection()
        strict = loosen(connection, database.dialect)
        for name, part in parts:
            if name.startswith("tables/"):
                table = name.split("/")[1]
                found.rows += put(connection, known[table], about.columns[table], part.read().splitlines())
            elif name.startswith("files/"):
                found.files += 1
                file(name.removeprefix("files/"), part)
        _make_strict(connection, database.dialect, strict)
    return found


def _make_strict(connection: Connection, dialect: str, statements: Sequence[str]) -> None:
    if dialect == "postgresql":
        count_on(connection)
    for statement in statements:
        connection.exec_driver_sql(statement.replace("%", "%%") if dialect == "postgresql" else statement)
    audit.guard(connection)
    poll_guards.guard(connection)


def _compare(session: Session, hashes: dict[str, str], found: Look) -> None:
    """Whether files are what their rows say, and nothing refers to what is not there."""
    if session.connection().exec_driver_sql("PRAGMA foreign_key_check").first() is not None:
        raise damaged("a row refers to one that is not there")
    kept = select(File.token, File.sha256).where(File.state == "stored", File.deleted_at.is_(None))
    for token, sha256 in session.execute(kept):
        found.lost += token not in hashes
        if hashes.get(token, sha256) != sha256:
            raise damaged(f"file {token} is not what was received")
    found.polls = list(session.scalars(select(Poll.code).where(Poll.state.in_(("open", "closing"))).order_by(Poll.id)))


# -- parts -------------------------------------------------------------------------------------------------------------


@contextmanager
def _opened(path: Path, key: bytes) -> Iterator[Iterator[Part]]:
    """The parts of a backup in their order. At its end the manifest has been compared; a reader who stops earlier has
    only what the seal says. Whatever a broken file makes of the libraries becomes Damaged."""
    with path.open("rb") as file:
        try:
            yield _parts(gzip.GzipFile(fileobj=cast("Any", Unsealer(file, key)), mode="rb"))
        except (tarfile.TarError, zlib.error, gzip.BadGzipFile, EOFError) as error:
            raise damaged(type(error).__name__) from None
        except (ValueError, KeyError, TypeError, DataError, IntegrityError) as error:  # its words may quote people
            raise damaged(f"its content cannot be read ({type(error).__name__})") from None


def _parts(thin: gzip.GzipFile) -> Iterator[Part]:
    seen, whole = hashlib.sha256(), False
    with tarfile.open(fileobj=thin, mode="r|") as tar:
        for entry in tar:
            stream = tar.extractfile(entry)
            if stream is None or whole:
                raise damaged(f"unexpected part {entry.name}")
            part = Hashed(stream)
            if entry.name == "manifest.jsonl":
                whole = _drained(part) == seen.hexdigest()
                if not whole:
                    raise damaged("the manifest tells of other parts")
                continue
            yield entry.name, part
            _drained(part)
            seen.update(line_of(entry.name, part))
    while thin.read(1 << 20):
        pass
    if not whole:
        raise damaged("it has no manifest")


def _drained(part: Hashed) -> str:
    """The SHA-256 of a part, all of which is read."""
    while part.read(1 << 20):
        pass
    return part.sha256


def _head(parts: Iterator[Part]) -> _Head:
    name, part = next(parts)
    told = json.loads(part.read()) if name == "head.json" else {}
    if told.get("format") != FORMAT or told.get("revision") != head():
        raise BackupTrouble(
            "ไฟล์สำรองนี้มาจากส่งเสียงรุ่นอื่น ติดตั้งรุ่นที่สร้างไฟล์ก่อน กู้คืน แล้วค่อยอัปเดต",
            "this backup is of another version: restore with that version, then upgrade",
        )
    return _Head(datetime.fromisoformat(told["made_at"]), told["tables"])
