"""Several problems in one message: "ไฟดับ แล้วก็ขยะไม่มาเก็บ" is two cases."""

from __future__ import annotations

import re
from functools import cache
from typing import NamedTuple

from .finds import Scan
from .lexicon import Lexicon, defaults
from .scores import OTHER, categories
from .types import Problem

#: Problems handed out at most.
MOST = 6
#: Shortest part of a message that can be a problem, in characters.
SHORTEST = 5
#: Strength from which a category is looked for in the parts of a message.
STRONG = 3.0
#: Parts of a message that are looked at.
MOST_PARTS = 40
#: Strength from which a part has a category of its own.
CLEAR = 3.0

_NUMBERED = re.compile(r"(?:^|[\s\n])(?:\(?[1-9][.)](?!\d)|[-•*●▪✅👉]|ข้อ(?:ที่)? ?[1-9]|เรื่องที่ ?[1-9]|[①-⑨])")
_BREAKS = re.compile(
    r"\n+|;|แล้วก็|และก็|และยัง|อีกเรื่อง(?:นึง|หนึ่ง)?|อีกอย่าง(?:นึง|หนึ่ง)?|นอกจากนี้|นอกจากนั้น|รวมถึง|รวมทั้ง|อีกทั้ง|"
    r"กับเรื่อง|ส่วน|ทั้งยัง|แถม|และ|พร้อมทั้ง|อีกจุด|แล้วกะ|แล้วกะอีก|ฮึ่ย|,|  "
)
_BLANK = re.compile(r" ")


class _Part(NamedTuple):
    """A part of a message that speaks clearly of one category."""

    text: str
    code: str
    scan: Scan


def problems(text: str, lexicon: Lexicon, scan: Scan) -> tuple[Problem, ...]:
    """The problems of a cleaned message (`scan` is its scan), in order; () when there is only one, or none.

    Two parts count as two problems when their categories differ and people do not mix the two up (siblings), or when
    the writer numbered them.
    """
    if len(scan.text) < 2 * SHORTEST:
        return ()
    if len(_NUMBERED.findall(text)) >= 2:
        return _told(_parts(_NUMBERED, text, lexicon))
    if not _several(scan):
        return ()
    return _told(_different(_parts(_BREAKS, text, lexicon))) or _told(_different(_parts(_BLANK, text, lexicon)))


def _told(parts: list[_Part]) -> tuple[Problem, ...]:
    """Two parts or more as problems; () for fewer."""
    if len(parts) < 2:
        return ()
    return tuple(Problem(part.text, categories(part.scan)[:3]) for part in parts[:MOST])


def _several(scan: Scan) -> bool:
    """Whether the words as a whole speak strongly of two categories that are not siblings."""
    strong = [code for code, strength in scan.labels("category").items() if strength >= STRONG and code != OTHER]
    return any(other not in _near(code) for code in strong for other in strong)


def _parts(pattern: re.Pattern[str], text: str, lexicon: Lexicon) -> list[_Part]:
    """The parts of a text between breaks that speak clearly of one category."""
    parts = []
    for piece in pattern.split(text)[:MOST_PARTS]:
        words = piece.strip(" ,.\n-")
        if len(words) < SHORTEST or words == text:
            continue
        scan = lexicon.scan(words)
        found = sorted(scan.labels("category").items(), key=lambda item: -item[1])
        if found and found[0][1] >= CLEAR and found[0][0] != OTHER:
            parts.append(_Part(words, found[0][0], scan))
    return parts


def _different(parts: list[_Part]) -> list[_Part]:
    """Parts of the same or a sibling category become one: they are the same matter told at length."""
    kept: list[_Part] = []
    for part in parts:
        twin = next((n for n, other in enumerate(kept) if other.code in _near(part.code)), None)
        if twin is None:
            kept.append(part)
        else:
            kept[twin] = kept[twin]._replace(text=f"{kept[twin].text} {part.text}")
    return kept


@cache
def _near(code: str) -> frozenset[str]:
    """The category itself and those people mix it up with."""
    return frozenset((code, *defaults().category(code).siblings))
