"""Pages that are kept in memory: each under its address, with the marks of what it was made from."""

from __future__ import annotations

import gzip
import hashlib
import threading
from collections import OrderedDict
from collections.abc import Hashable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

#: Bytes that all kept pages may take together.
MOST = 48 * 1024 * 1024
#: Smaller answers are sent as they are: packing would save nothing.
WORTH_PACKING = 700
#: Kinds of content that packing makes smaller.
PACKED = (
    "text/",
    "application/json",
    "application/geo+json",
    "application/ld+json",
    "application/atom+xml",
    "image/svg",
)


@dataclass(frozen=True)
class Kept:
    """An answer as it was made: its bytes, the same packed (None where that is not worth it), and what it is."""

    status: int
    kind: str
    body: bytes
    packed: bytes | None
    etag: str

    @property
    def size(self) -> int:
        """Bytes of memory it takes, nearly."""
        return len(self.body) + len(self.packed or b"") + 500


def make(body: bytes, kind: str, status: int = 200) -> Kept:
    """An answer to be kept. Its ETag stands for its content alone, so that it tells nothing of what else happened."""
    worth = len(body) >= WORTH_PACKING and kind.startswith(PACKED)
    packed = gzip.compress(body, 6, mtime=0) if worth else None
    return Kept(status, kind, body, packed, hashlib.sha256(body).hexdigest()[:24])


class Shelf:
    """What is kept; safe between threads. Under each key lies the newest answer with the mark it was made under."""

    def __init__(self, most: int = MOST) -> None:
        self._most, self._size = most, 0
        self._lock = threading.Lock()
        self._kept: OrderedDict[Hashable, tuple[Hashable, Kept]] = OrderedDict()
        self._making: dict[Hashable, tuple[threading.Lock, int]] = {}

    def find(self, key: Hashable, mark: Hashable) -> Kept | None:
        """The answer that was made under this mark; None when it is outdated, or was never made."""
        with self._lock:
            found = self._kept.get(key)
            if found is None or found[0] != mark:
                return None
            self._kept.move_to_end(key)
            return found[1]

    def put(self, key: Hashable, mark: Hashable, answer: Kept) -> None:
        """Keep it instead of what lay there; what was not asked for longest goes when it becomes too much."""
        with self._lock:
            old = self._kept.pop(key, None)
            self._size += answer.size - (old[1].size if old else 0)
            self._kept[key] = (mark, answer)
            while self._size > self._most and len(self._kept) > 1:
                self._size -= self._kept.popitem(last=False)[1][1].size

    @contextmanager
    def alone(self, key: Hashable) -> Iterator[None]:
        """While one thread makes an answer, others that want the same one wait for it instead of making it too."""
        with self._lock:
            lock, waiting = self._making.get(key, (threading.Lock(), 0))
            self._making[key] = (lock, waiting + 1)
        try:
            with lock:
                yield
        finally:
            with self._lock:
                lock, waiting = self._making[key]
                if waiting == 1:
                    del self._making[key]
                else:
                    self._making[key] = (lock, waiting - 1)
