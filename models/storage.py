"""Storage: how bytes come to lie under `files_dir`, whoever brings them (LINE, or a page of the console).

Content is looked at, never its name; pictures are written anew and their originals are not kept. A file appears at its
place whole or not at all. Slow: call it outside of any transaction.
"""

from __future__ import annotations

import errno
import hashlib
import os
import secrets
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from models.files import File, path_of, preview_of
from models.pictures import clean
from models.sniff import sniff

#: Bytes we take: LINE's own bound for sent pictures is 10 MB; voice, video and papers may be larger.
CAPS = {"image": 10_000_000, "audio": 50_000_000, "video": 50_000_000, "file": 50_000_000}
#: Bytes that stay free on the disk: the database lives there too.
KEEP_FREE = 200_000_000

_EXPECTED = {"image": ("image/",), "audio": ("audio/", "video/mp4"), "video": ("video/",)}


@dataclass(frozen=True)
class Stored:
    """What lies on the disk now."""

    mime: str
    size: int
    sha256: str
    kind: str
    width: int | None = None
    height: int | None = None


class BadContent(Exception):
    """We do not take this: the text says why, by a code for `File.error`."""


def new_token() -> str:
    """A public, unguessable name for a file: 32 hexadecimal digits."""
    return secrets.token_hex(16)


@contextmanager
def workshop(folder: Path) -> Iterator[Path]:
    """A folder for half-made files, gone at the end. Raises OSError when the disk is nearly full."""
    room = half_made(folder)
    room.mkdir(parents=True, exist_ok=True)
    if shutil.disk_usage(folder).free < KEEP_FREE:
        raise OSError(errno.ENOSPC, "the disk is nearly full")
    with tempfile.TemporaryDirectory(dir=room) as inside:
        yield Path(inside)


def half_made(folder: Path) -> Path:
    """Where files lie until they are whole."""
    return folder / ".half-made"


def keep(folder: Path, raw: Path, token: str, kind: str) -> Stored:
    """Look at `raw` (which lies in a `workshop`) and put it in its place under `token`; pictures get a small copy too.

    `kind` is what it is meant to be; a "file" may turn out to be a picture. Raises BadContent, BadPicture, OSError.
    """
    mime = sniff(raw)
    if not mime or (kind != "file" and not mime.startswith(_EXPECTED[kind])):
        raise BadContent("type")
    if mime.startswith("image/"):
        return _keep_picture(folder, raw, token)
    place(raw, path_of(folder, token))
    return _described(path_of(folder, token), mime, kind)


def _keep_picture(folder: Path, raw: Path, token: str) -> Stored:
    upright, small = raw.with_name("upright"), raw.with_name("small")
    picture = clean(raw, upright, small)
    place(small, preview_of(folder, token))
    place(upright, path_of(folder, token))
    return _described(path_of(folder, token), "image/jpeg", "image", picture.width, picture.height)


def drop(folder: Path, token: str) -> None:
    """Remove the bytes of a file, if they are there."""
    for path in (path_of(folder, token), preview_of(folder, token)):
        path.unlink(missing_ok=True)


def place(source: Path, target: Path) -> None:
    """Move a finished file to its place, whole or not at all, and on the disk before the row says so."""
    target.parent.mkdir(parents=True, exist_ok=True)
    with source.open("rb") as file:
        os.fsync(file.fileno())
    source.replace(target)


def note(row: File, stored: Stored) -> None:
    """Write onto its row what lies on the disk now."""
    row.state, row.error, row.next_try_at = "stored", None, None
    row.mime, row.size, row.sha256 = stored.mime, stored.size, stored.sha256
    row.width, row.height, row.kind = stored.width, stored.height, stored.kind


def _described(path: Path, mime: str, kind: str, width: int | None = None, height: int | None = None) -> Stored:
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    return Stored(mime, path.stat().st_size, digest, kind, width, height)
