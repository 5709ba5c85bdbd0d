"""Storage: how bytes come to lie in the store, whoever brings them (LINE, or a page of the console).

A `Store` is where whole files lie: a `Folder` of this machine, or a bucket (bot/bucket.py). Content is looked at,
never its name; pictures are written anew and their originals are not kept. A file appears at its place whole or not at
all. Slow: call it outside of any transaction.
"""

from __future__ import annotations

import errno
import hashlib
import os
import secrets
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from models.files import File, path_of, small_name
from models.pictures import clean
from models.sniff import sniff

#: Bytes we take: LINE's own bound for sent pictures is 10 MB; voice, video and papers may be larger.
CAPS = {"image": 10_000_000, "audio": 50_000_000, "video": 50_000_000, "file": 50_000_000}
#: Bytes that stay free on the disk: the database lives there too.
KEEP_FREE = 200_000_000

_EXPECTED = {"image": ("image/",), "audio": ("audio/", "video/mp4"), "video": ("video/",)}


@dataclass(frozen=True)
class Stored:
    """What lies in the store now."""

    mime: str
    size: int
    sha256: str
    kind: str
    width: int | None = None
    height: int | None = None


class Bytes(Protocol):
    """What of a file object is needed: reading, from anywhere in it."""

    def read(self, size: int = -1, /) -> bytes:
        """At most so many bytes from where we are; all that follow for -1."""

    def seek(self, offset: int, whence: int = 0, /) -> int:
        """Go to a place in it; returns that place."""

    def tell(self) -> int:
        """The place we are at."""

    def seekable(self) -> bool:
        """Always true."""

    def close(self) -> None:
        """Let go of it."""


@dataclass(frozen=True)
class Opened:
    """A file to be read, and its size in bytes. Whoever opens it closes it."""

    stream: Bytes
    size: int


class Store(Protocol):
    """Where whole files lie, by the names of `File.token` and `small_name`. Trouble is OSError, a missing file
    FileNotFoundError.
    """

    @property
    def room(self) -> Path:
        """A folder of this machine for files that are not whole yet."""

    def put(self, source: Path, name: str) -> None:
        """Take a finished file to its place, whole or not at all and to stay; `source` may be gone afterwards."""

    def open(self, name: str) -> Opened:
        """A stored file."""

    def remove(self, name: str) -> None:
        """Remove a file, if it is there."""


@dataclass(frozen=True)
class Folder:
    """Files in a folder of this machine (`path`), in 256 folders so that none grows large."""

    path: Path

    @property
    def room(self) -> Path:
        """On the same disk, so that a file is moved to its place in one step."""
        return self.path

    def put(self, source: Path, name: str) -> None:
        """Move it, and onto the disk before the row says so."""
        target = path_of(self.path, name)
        target.parent.mkdir(parents=True, exist_ok=True)
        with source.open("rb") as file:
            os.fsync(file.fileno())
        source.replace(target)

    def open(self, name: str) -> Opened:
        """The file, as it lies there."""
        path = path_of(self.path, name)
        return Opened(path.open("rb"), path.stat().st_size)

    def remove(self, name: str) -> None:
        """Unlink it."""
        path_of(self.path, name).unlink(missing_ok=True)


class BadContent(Exception):
    """We do not take this: the text says why, by a code for `File.error`."""


def new_token() -> str:
    """A public, unguessable name for a file: 32 hexadecimal digits."""
    return secrets.token_hex(16)


@contextmanager
def workshop(store: Store) -> Iterator[Path]:
    """A folder for half-made files, gone at the end. Raises OSError when the disk is nearly full."""
    room = half_made(store)
    room.mkdir(parents=True, exist_ok=True)
    if shutil.disk_usage(room).free < KEEP_FREE:
        raise OSError(errno.ENOSPC, "the disk is nearly full")
    with tempfile.TemporaryDirectory(dir=room) as inside:
        yield Path(inside)


def half_made(store: Store) -> Path:
    """Where files lie until they are whole."""
    return store.room / ".half-made"


def keep(store: Store, raw: Path, token: str, kind: str) -> Stored:
    """Look at `raw` (which lies in a `workshop`) and put it in its place under `token`; pictures get a small copy too.

    `kind` is what it is meant to be; a "file" may turn out to be a picture. Raises BadContent, BadPicture, OSError.
    """
    mime = sniff(raw)
    if not mime or (kind != "file" and not mime.startswith(_EXPECTED[kind])):
        raise BadContent("type")
    if mime.startswith("image/"):
        return _keep_picture(store, raw, token)
    stored = _described(raw, mime, kind)
    store.put(raw, token)
    return stored


def _keep_picture(store: Store, raw: Path, token: str) -> Stored:
    upright, small = raw.with_name("upright"), raw.with_name("small")
    picture = clean(raw, upright, small)
    stored = _described(upright, "image/jpeg", "image", picture.width, picture.height)
    store.put(small, small_name(token))
    store.put(upright, token)
    return stored


def read(store: Store, name: str) -> bytes:
    """All of a stored file. Raises FileNotFoundError, or OSError where the store does not answer."""
    with closing(store.open(name).stream) as stream:
        return bytes(stream.read())


def measure(path: Path) -> tuple[int, str]:
    """The size of a file in bytes, and its SHA-256 in hex."""
    with path.open("rb") as file:
        return path.stat().st_size, hashlib.file_digest(file, "sha256").hexdigest()


def drop(store: Store, token: str) -> None:
    """Remove the bytes of a file, if they are there. Raises OSError where the store does not answer."""
    for name in (token, small_name(token)):
        store.remove(name)


def note(row: File, stored: Stored) -> None:
    """Write onto its row what lies in the store now."""
    row.state, row.error, row.next_try_at = "stored", None, None
    row.mime, row.size, row.sha256 = stored.mime, stored.size, stored.sha256
    row.width, row.height, row.kind = stored.width, stored.height, stored.kind


def _described(path: Path, mime: str, kind: str, width: int | None = None, height: int | None = None) -> Stored:
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    return Stored(mime, path.stat().st_size, digest, kind, width, height)
