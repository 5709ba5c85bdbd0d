"""Ideas that are alike: a proposal beside others and beside lines of the plan, by their words and their villages.

Not `duplicates`: a broken lamp is the same lamp only near by and this month, a road wanted is the same road next year.
Titles are short and full of words that tell nothing (โครงการ, ก่อสร้าง, ขอ, อยากให้), so those are left out first.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from .normalise import normalise

#: Likeness from which an idea is shown to the proposer, and from which staff see a hint.
OFFER, HINT = 0.45, 0.35
#: Shares of the likeness: pairs of letters held in common by the shorter text, and by both.
HELD, BOTH = 0.6, 0.4
#: What another village leaves of the likeness, and what the same one adds.
ELSEWHERE, SAME_VILLAGE = 0.4, 0.08
#: A text with fewer pairs of letters than this says too little to be compared.
FEWEST = 4

# Longest first where one begins another.
_EMPTY = re.compile(
    "โครงการ|ก่อสร้าง|ปรับปรุง|ซ่อมแซม|ซ่อมสร้าง|ขยายเขต|ติดตั้ง|จัดทำ|จัดซื้อ|พัฒนา|สนับสนุน|ส่งเสริม|อยากให้มี|อยากให้|อยากได้|อยาก"
    "|ต้องการ|ขอให้|ขอเสนอ|เสนอให้|เสนอ|คอนกรีตเสริมเหล็ก|คสล\\.?|ค\\.ส\\.ล\\.?|ภายในหมู่บ้าน|ในหมู่บ้าน|หมู่บ้าน|หมู่ที่|หมู่|ม\\.|บ้าน|สาย|ทาง"
    "|พร้อม|บริเวณ|เพื่อ|ให้|และ|ที่|ของ|ใน|ค่ะ|คะ|ครับ|หน่อย|ด้วย"
)
_SIGNS = re.compile(r"[\s.,:;()\[\]{}\"'“”‘’/\-–—_!?0-9]+")


@dataclass(frozen=True, slots=True)
class Idea:
    """Something wanted, as far as likeness goes. `key` is the caller's own; `moos` are its villages, none: nobody says,
    or the whole town."""

    key: int
    text: str
    moos: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Like:
    """How like (0–1) a known idea is; `offer`: like enough to be shown to the proposer."""

    key: int
    score: float
    offer: bool


def rank(new: Idea, known: Sequence[Idea]) -> list[Like]:
    """The ideas that staff should see (score ≥ `HINT`), likest first; the first of equals first."""
    scored = [(likeness(new, other), other.key) for other in known]
    found = sorted((item for item in scored if item[0] >= HINT), key=lambda item: -item[0])
    return [Like(key, score, score >= OFFER) for score, key in found]


def likeness(one: Idea, other: Idea) -> float:
    """How like two ideas are: 0 to 1."""
    first, second = _pairs(one.text), _pairs(other.text)
    fewer = min(len(first), len(second))
    if fewer < FEWEST:
        return 0.0
    common = len(first & second)
    value = HELD * common / fewer + BOTH * 2 * common / (len(first) + len(second))
    if one.moos and other.moos:
        same = bool(set(one.moos) & set(other.moos))
        value = value + SAME_VILLAGE * value if same else value * ELSEWHERE
    return min(value, 1.0)


@lru_cache(maxsize=4_096)
def _pairs(text: str) -> frozenset[str]:
    letters = _SIGNS.sub("", _EMPTY.sub(" ", normalise(text).text))
    return frozenset(letters[at : at + 2] for at in range(len(letters) - 1))
