"""The same problem nearby: place, category and time choose, words only rank.

Words alone fail: the same sentence tells of a different pothole every week (measured: right in 11 % of cases, where the
place alone is right in 98 %). A resident is asked "is it the same?" and never told what others wrote; nothing is ever
merged by itself.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from .lexicon import defaults
from .normalise import normalise

#: Score from which a resident is asked, and from which staff see a hint.
OFFER, HINT = 0.75, 0.5
#: Share of each part of the score: nearness, words, time; what the same village or place name adds without a map, and
#: what the same place name adds to a map.
NEAR, WORDS, RECENT, SAME_PLACE, NAMED_TOO = 0.6, 0.25, 0.15, 0.3, 0.1
#: Metres at which nearness has fallen to 37 %, and days at which recency has.
FALL, FADE = 100.0, 30.0
#: Days after which a case is no candidate.
OLDEST = 60
#: Metres of one degree of latitude.
DEGREE = 111_320.0


@dataclass(frozen=True, slots=True)
class Candidate:
    """A case as far as likeness goes. `key` is the caller's own, `at` is aware, `place` is how the place is called."""

    key: int
    text: str
    category: str
    at: datetime
    lat: float | None = None
    lon: float | None = None
    moo: int | None = None
    place: str = ""


@dataclass(frozen=True, slots=True)
class Match:
    """How likely (0–1) a candidate is the same matter; `offer`: likely enough to be shown to the resident."""

    key: int
    score: float
    offer: bool


def rank(new: Candidate, known: Sequence[Candidate]) -> list[Match]:
    """The candidates that staff should see (score ≥ `HINT`), likeliest first; the newer of equals first.

    Left out: other categories than the same or a sibling, categories that are never the same matter (radius 0) or must
    stay hidden, what is further away than the radius of the category or older than `OLDEST` days.
    """
    if radius(new.category) == 0:
        return []
    scored = [(score(new, other), other) for other in known if _comparable(new, other)]
    found = sorted(scored, key=lambda item: (-item[0], -item[1].at.timestamp()))
    return [Match(other.key, value, value >= OFFER) for value, other in found if value >= HINT]


def radius(category: str) -> int:
    """Metres within which two reports of a category may be the same; 0: never (unknown or sensitive categories too)."""
    try:
        found = defaults().category(category)
    except KeyError:
        return 0
    return 0 if found.sensitive else found.radius


def box(lat: float, lon: float, metres: float) -> tuple[float, float, float, float]:
    """(south, north, west, east) in degrees around a point: what to ask a database for before `rank`."""
    high = metres / DEGREE
    wide = metres / (DEGREE * max(math.cos(math.radians(lat)), 0.01))
    return lat - high, lat + high, lon - wide, lon + wide


def metres(a: tuple[float, float], b: tuple[float, float]) -> float:
    """Distance of two points (latitude, longitude) in metres; flat, right to a per mille within a municipality."""
    wide = math.cos(math.radians((a[0] + b[0]) / 2))
    return math.hypot(a[0] - b[0], (a[1] - b[1]) * wide) * DEGREE


def score(new: Candidate, other: Candidate) -> float:
    """How likely two reports are the same matter: nearness (or the same named place), words, time; 0 to 1."""
    far = _distance(new, other)
    days = abs((new.at - other.at).total_seconds()) / 86_400
    value = WORDS * alike(new.text, other.text) + RECENT * math.exp(-days / FADE)
    if far is not None:
        value += NEAR * math.exp(-far / max(FALL, radius(new.category) / 2))
        value += NAMED_TOO if _same_name(new, other) else 0.0
    elif _same_name(new, other):
        value += NEAR / 2 + SAME_PLACE
    elif new.moo is not None and new.moo == other.moo:
        value += SAME_PLACE
    return min(value, 1.0)


def alike(one: str, other: str) -> float:
    """Dice's coefficient of the character pairs of two texts, blanks left out: 1 for the same words, 0 for none."""
    first, second = _pairs(one), _pairs(other)
    if not first or not second:
        return 0.0
    return 2 * len(first & second) / (len(first) + len(second))


def _comparable(new: Candidate, other: Candidate) -> bool:
    if other.category != new.category and other.category not in defaults().category(new.category).siblings:
        return False
    if radius(other.category) == 0 or abs(new.at - other.at) > timedelta(days=OLDEST):
        return False
    far = _distance(new, other)
    return far is None or far <= max(radius(new.category), radius(other.category))


def _distance(new: Candidate, other: Candidate) -> float | None:
    if new.lat is None or new.lon is None or other.lat is None or other.lon is None:
        return None
    return metres((new.lat, new.lon), (other.lat, other.lon))


def _same_name(new: Candidate, other: Candidate) -> bool:
    """Whether both name the same place: the same words but for blanks, and no two different villages."""
    one, two = ("".join(normalise(place).text.split()) for place in (new.place, other.place))
    apart = new.moo is not None and other.moo is not None and new.moo != other.moo
    return len(one) >= 4 and one == two and not apart


def _pairs(text: str) -> frozenset[str]:
    letters = "".join(normalise(text).text.split())
    return frozenset(letters[at : at + 2] for at in range(len(letters) - 1))
