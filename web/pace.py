"""Pace: how many requests a minute one caller may make. A bucket per caller, refilled steadily, kept in this process.

With several web processes each has its own buckets, so the bound is per process: it is there to keep one caller from
starving the others, not to bill anybody. What must hold exactly (cases a token may open in a day) is counted in the
database.
"""

from __future__ import annotations

import math
import threading
from collections import OrderedDict
from dataclasses import dataclass
from datetime import datetime

#: Callers remembered at once; who has not asked for longest is forgotten first, and begins with a full bucket.
CALLERS = 10_000


@dataclass(frozen=True)
class Leave:
    """Whether a request may go on; `left` more at once, `wait` seconds until one is allowed again."""

    granted: bool
    limit: int
    left: int
    wait: int


class Pace:
    """Buckets by caller. Safe to share between threads."""

    def __init__(self) -> None:
        self._buckets: OrderedDict[str, tuple[float, datetime]] = OrderedDict()
        self._lock = threading.Lock()

    def ask(self, caller: str, per_minute: int, now: datetime) -> Leave:
        """Take one request out of the caller's bucket, if there is one in it."""
        with self._lock:
            level, at = self._buckets.pop(caller, (float(per_minute), now))
            level = min(per_minute, level + max(0.0, (now - at).total_seconds()) * per_minute / 60)
            granted = level >= 1
            level -= granted
            self._buckets[caller] = (level, max(at, now))
            if len(self._buckets) > CALLERS:
                self._buckets.popitem(last=False)
        wait = 0 if level >= 1 else math.ceil((1 - level) * 60 / per_minute)
        return Leave(granted, per_minute, int(level), wait)
