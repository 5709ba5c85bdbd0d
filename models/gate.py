"""The write gate: SQLite's writers queue up, one at a time, instead of in SQLite's sleeping, unfair busy handler.

SQLite lets one connection write; the others poll with growing sleeps, and the unlucky one waits a second or more. A
thread lock (inside this process) and an advisory `flock` (between processes) in front of every write transaction bring
the 99th percentile down more than tenfold. The kernel frees the lock when a process dies, however it dies.
"""

from __future__ import annotations

import fcntl
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


class WriteGate:
    """A lock shared by all threads and processes that write to one database file.

    Not reentrant: a second `held()` in the same thread raises RuntimeError, because it would wait for itself. Use it
    only in the process that made it: a forked child shares its parent's lock.
    """

    def __init__(self, path: Path) -> None:
        """`path` names the lock file; it and `<path>.turn` are made at first use and stay."""
        self._path = path
        self._files: tuple[int, int] | None = None
        self._turn = threading.Lock()
        self._lock = threading.Lock()
        self._holder: int | None = None

    @property
    def mine(self) -> bool:
        """Whether the calling thread holds the gate."""
        return self._holder == threading.get_ident()

    @contextmanager
    def held(self) -> Iterator[None]:
        """Hold the gate for the `with` block, having waited for whoever came earlier."""
        if self.mine:
            raise RuntimeError("a write transaction inside another one of the same thread would wait for itself")
        with self._turn:  # who leaves the gate and comes back at once queues behind the one who waits here
            self._lock.acquire()
        try:
            self._holder = threading.get_ident()
            gate = self._enter()
            try:
                yield
            finally:
                fcntl.flock(gate, fcntl.LOCK_UN)
        finally:
            self._holder = None
            self._lock.release()

    def close(self) -> None:
        """Close the lock files; the next `held()` opens them again."""
        with self._lock:
            files, self._files = self._files, None
        for file in files or ():
            os.close(file)

    def _enter(self) -> int:
        """Take the lock between processes: first the turn, then the gate, so that none overtakes a waiting one."""
        if self._files is None:
            self._files = _open(self._path.with_name(self._path.name + ".turn")), _open(self._path)
        turn, gate = self._files
        fcntl.flock(turn, fcntl.LOCK_EX)
        try:
            fcntl.flock(gate, fcntl.LOCK_EX)
        finally:
            fcntl.flock(turn, fcntl.LOCK_UN)
        return gate


def _open(path: Path) -> int:
    return os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
