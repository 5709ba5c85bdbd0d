"""A backup: one sealed file with every row of one moment, every stored file, and a manifest of their SHA-256.

The rows come from one snapshot of the database while all else goes on writing; the files follow. Inside the seal lies a
compressed tar: `head.json`, `tables/<name>/<n>.jsonl`, `files/<name>`, and last `manifest.jsonl`, a line for each of
the others. The folder of keys is not looked at. Whoever reads one: bot/restore.py.
"""

from __future__ import annotations

import fcntl
import gzip
import hashlib
import io
import json
import os
import tarfile
import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any, BinaryIO

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.backup_rows import lines, tables
from bot.backup_stream import BackupTrouble, Sealer
from bot.migrate import current, head
from models.database import Database
from models.files import File, small_name
from models.open_files import OpenFile
from models.storage import Store

FORMAT = 1
#: Bytes of rows that go into one part of a table.
PART = 4 << 20
NAME, HALF = "songsiang-{:%Y%m%d-%H%M%S}.backup", ".songsiang-{:%Y%m%d-%H%M%S}.part"


class Stopped(BackupTrouble):
    """The process is asked to end; nothing is left behind."""


class Busy(BackupTrouble):
    """Another process is writing into this folder."""


@dataclass(frozen=True)
class Source:
    """What is backed up. `stopping` is asked now and then; when it says yes, the backup is given up."""

    database: Database
    store: Store
    stopping: Callable[[], bool] = lambda: False


def give_up_if(stopping: bool) -> None:
    """Raise Stopped when the process is to end."""
    if stopping:
        raise Stopped("ระบบกำลังหยุด ยังไม่ได้สำรอง", "the process is stopping: no backup was made")


@contextmanager
def folder_of_ones_own(folder: Path) -> Iterator[None]:
    """Make the folder where it is missing and keep other writers out of it. Raises Busy, OSError."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    with (folder / ".songsiang.lock").open("a") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Busy("กำลังสำรองอยู่แล้ว รอให้เสร็จ", "another backup is being written, wait for it") from None
        yield


def write(source: Source, folder: Path, key: bytes, now: datetime, look: Callable[[Path], object]) -> Path:
    """Write a backup into `folder`, which is ours (`folder_of_ones_own`); its path. It bears its name only when it lies
    on the disk and `look` has not raised. Older backups stay as they are whatever happens.

    Raises BackupTrouble, OSError, SQLAlchemyError.
    """
    for left in folder.glob(".songsiang-*.part"):  # of a process that was killed: the folder is ours alone
        left.unlink()
    half, whole = folder / HALF.format(now.astimezone(UTC)), folder / NAME.format(now.astimezone(UTC))
    try:
        with _private(half) as file:
            _fill(source, file, key, now)
            file.flush()
            os.fsync(file.fileno())
        look(half)
        half.rename(whole)
    finally:
        half.unlink(missing_ok=True)
    _sync(folder)
    return whole


def backups(folder: Path) -> list[Path]:
    """The whole backups of a folder, the latest first."""
    return sorted(folder.glob("songsiang-*.backup"), reverse=True)


def thin_out(folder: Path, number: int) -> list[Path]:
    """Keep so many of the latest backups and remove the older ones, which are returned."""
    old = backups(folder)[number:]
    for each in old:
        each.unlink(missing_ok=True)
    return old


def _private(path: Path) -> BinaryIO:
    """A new file that only this account may read."""
    return os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600), "wb")


def _sync(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _fill(source: Source, file: BinaryIO, key: bytes, now: datetime) -> None:
    sealer = Sealer(file, key)
    # Photos are small already; rows shrink to a fifth at the quickest level.
    with (
        gzip.GzipFile(fileobj=sealer, mode="wb", compresslevel=1, mtime=0) as thin,
        tarfile.open(fileobj=thin, mode="w|") as tar,
        tempfile.TemporaryFile() as manifest,
        tempfile.TemporaryFile("w+") as names,
    ):
        parcel = _Parcel(tar, manifest, source.stopping)
        with source.database.read() as session:
            _pack_rows(session, source.database.dialect, parcel, now)
            names.writelines(f"{name}\n" for name in _stored(session))
        names.seek(0)
        for line in names:
            _pack_file(source.store, line.strip(), parcel)
        parcel.close()
    sealer.finish()


def _pack_rows(session: Session, dialect: str, parcel: _Parcel, now: datetime) -> None:
    connection = session.connection()
    revision = current(connection)
    if revision not in (None, head()):
        raise BackupTrouble("ฐานข้อมูลเป็นของรุ่นอื่น สั่ง songsiang migrate ก่อน", "run songsiang migrate first")
    wanted = tables(dialect)
    told: dict[str, Any] = {"format": FORMAT, "made_at": now.isoformat(), "database": dialect, "revision": head()}
    parcel.add("head.json", json.dumps(told | {"tables": {t.name: list(t.columns.keys()) for t in wanted}}).encode())
    for table in wanted:
        number, waiting, size = 0, list[bytes](), 0
        for line in lines(connection, table):
            waiting.append(line)
            size += len(line)
            if size >= PART:
                parcel.add(f"tables/{table.name}/{number}.jsonl", b"".join(waiting))
                number, waiting, size = number + 1, [], 0
        if waiting:
            parcel.add(f"tables/{table.name}/{number}.jsonl", b"".join(waiting))


def _stored(session: Session) -> Iterator[str]:
    """The names of all that should lie in the store; those of small pictures come with a mark, many have none."""
    kept = select(File.token, File.kind).where(File.state == "stored", File.deleted_at.is_(None))
    for token, kind in session.execute(kept.order_by(File.id).execution_options(yield_per=500)):
        yield token
        if kind == "image":
            yield small_name(token)
    yield from session.scalars(select(OpenFile.token).order_by(OpenFile.id))


def _pack_file(store: Store, name: str, parcel: _Parcel) -> None:
    """Take the file along. What has been taken back since the snapshot is gone; a gap that is older than that shows
    when the backup is looked at (bot/restore.py)."""
    try:
        opened = store.open(name)
    except FileNotFoundError:
        return
    with closing(opened.stream) as stream:
        parcel.take(f"files/{name}", stream, opened.size)


class _Parcel:
    """The tar as it is filled, and the manifest of it."""

    def __init__(self, tar: tarfile.TarFile, manifest: IO[bytes], stopping: Callable[[], bool]) -> None:
        self._tar, self._manifest, self._stopping = tar, manifest, stopping

    def add(self, name: str, content: bytes) -> None:
        self.take(name, io.BytesIO(content), len(content))

    def take(self, name: str, stream: Any, size: int) -> None:
        give_up_if(self._stopping())
        reader = Hashed(stream)
        self._tar.addfile(_entry(name, size), reader)
        self._manifest.write(line_of(name, reader))

    def close(self) -> None:
        size = self._manifest.tell()
        self._manifest.seek(0)
        self._tar.addfile(_entry("manifest.jsonl", size), self._manifest)


class Hashed(io.RawIOBase):
    """Reads on from `stream`, and knows the size in bytes and the SHA-256 of what went through."""

    def __init__(self, stream: Any) -> None:
        self._stream, self._hash, self.size = stream, hashlib.sha256(), 0

    def read(self, size: int = -1, /) -> bytes:
        """At most so many bytes."""
        found = bytes(self._stream.read(size))
        self._hash.update(found)
        self.size += len(found)
        return found

    @property
    def sha256(self) -> str:
        """In hexadecimal digits."""
        return self._hash.hexdigest()


def line_of(name: str, read: Hashed) -> bytes:
    """The manifest's line about a part that has been read to its end."""
    return json.dumps({"name": name, "size": read.size, "sha256": read.sha256}).encode() + b"\n"


def _entry(name: str, size: int) -> tarfile.TarInfo:
    entry = tarfile.TarInfo(name)
    entry.size, entry.mode = size, 0o600
    return entry
