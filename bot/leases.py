"""Who holds a lease: a name for this process by which others on the same machine can tell whether it still lives."""

from __future__ import annotations

import os
import socket
from pathlib import Path


def my_name() -> str:
    """This process: host, process id, and when it started, because ids are used again. At most 80 characters."""
    pid = os.getpid()
    return f"{_host()}:{pid}:{_started(pid)}"


def is_dead(name: str) -> bool:
    """Whether the process of that name has certainly ended. Of another machine's processes nothing is certain."""
    host, _, rest = name.rpartition(":")[0].rpartition(":")
    started = name.rpartition(":")[2]
    if host != _host() or not rest.isdecimal():
        return False
    return not _alive(int(rest)) or _started(int(rest)) != started


def _host() -> str:
    return socket.gethostname()[:50]


def _alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def _started(pid: int) -> str:
    """The kernel's start time of a process in ticks since boot; "0" where the system does not tell (no /proc)."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return "0"
    return stat.rpartition(")")[2].split()[19]  # field 22; the name before it may hold spaces
