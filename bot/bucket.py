"""A bucket: photos and files in an S3-compatible object store instead of a folder of this machine.

Chosen by `S3_BUCKET` (docs/operations.md). Objects bear the names that files have in the folder, so that copying the
folder into the bucket is all it takes to move. The bucket stays private: pages and LINE fetch through web/files.py,
which knows what was taken back.
"""

from __future__ import annotations

import errno
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import obstore
from obstore.exceptions import BaseError
from obstore.store import S3Store

from bot.config import Settings
from models.files import place_of
from models.storage import Folder, Opened, Store

if TYPE_CHECKING:
    from obstore.store import S3Config

#: Seconds until a connection must stand, and until a whole file must have gone through (50 MB on a slow line).
CONNECT, WHOLE = 5, 120
#: Seconds, and further tries, after which the store counts as silent.
PATIENCE, TRIES = 20, 2
#: Bytes that are fetched at a time while a file is handed out.
PIECE = 1 << 20


class BucketTrouble(OSError):
    """The object store does not answer, or refuses; `S3_…` settings and the store itself are to be looked at."""


class Bucket:
    """Files in a bucket. `room` is a folder of this machine for half-made ones."""

    def __init__(self, settings: Settings, room: Path) -> None:
        self._settings, self.room = settings, room

    @cached_property
    def _store(self) -> S3Store:
        """Made at the first use: its threads do not live through a fork."""
        wanted = self._settings
        key: S3Config = {
            "access_key_id": wanted.s3_key_id,
            "secret_access_key": wanted.s3_secret,
            "region": wanted.s3_region,
            "disable_bulk_delete": True,  # one by one is what every store understands
        }
        return S3Store(
            wanted.s3_bucket,
            config={**key, "endpoint": wanted.s3_endpoint} if wanted.s3_endpoint else key,
            client_options={
                "allow_http": wanted.s3_endpoint.startswith("http://"),
                "connect_timeout": timedelta(seconds=CONNECT),
                "timeout": timedelta(seconds=WHOLE),
            },
            retry_config={"max_retries": TRIES, "retry_timeout": timedelta(seconds=PATIENCE)},
        )

    def put(self, source: Path, name: str) -> None:
        """One PUT: the object is there whole, or not at all."""
        with _told():
            obstore.put(self._store, place_of(name), source, use_multipart=False)

    def open(self, name: str) -> Opened:
        """Read by pieces as they are asked for; nothing is kept on this machine."""
        with _told(missing=True):
            size = obstore.head(self._store, place_of(name))["size"]
        return Opened(Pieces(self._store, place_of(name), size), size)

    def remove(self, name: str) -> None:
        """Delete the object; one that is not there is no trouble."""
        with suppress(FileNotFoundError), _told(missing=True):
            obstore.delete(self._store, place_of(name))


class Pieces:
    """An object that is read from any place in it, a piece at a time."""

    def __init__(self, store: S3Store, path: str, size: int) -> None:
        self._store, self._path, self._size, self._at = store, path, size, 0

    def read(self, size: int = -1, /) -> bytes:
        """At most so many bytes from where we are. Raises BucketTrouble."""
        wanted = self._size - self._at if size < 0 else min(size, self._size - self._at)
        if wanted <= 0:
            return b""
        with _told():
            found = bytes(obstore.get_range(self._store, self._path, start=self._at, length=wanted))
        self._at += len(found)
        return found

    def seek(self, offset: int, whence: int = 0, /) -> int:
        """Go to a place in it; as file objects do."""
        self._at = max(0, offset + (0, self._at, self._size)[whence])
        return self._at

    def tell(self) -> int:
        """The place we are at."""
        return self._at

    def seekable(self) -> bool:
        """It is."""
        return True

    def close(self) -> None:
        """Nothing is held."""


@contextmanager
def _told(*, missing: bool = False) -> Iterator[None]:
    """Trouble in words that hold no key and no address; `missing`: it may be just that the object is not there."""
    try:
        yield
    except FileNotFoundError:
        kind = FileNotFoundError if missing else BucketTrouble
        raise kind(errno.ENOENT, "object store: not found") from None
    except (BaseError, OSError, ValueError) as error:
        raise BucketTrouble(errno.EIO, f"object store: {type(error).__name__}") from None


def store_of(settings: Settings) -> Store:
    """Where this installation keeps its files."""
    if settings.s3_bucket:
        return Bucket(settings, settings.files_dir)
    return Folder(settings.files_dir)
