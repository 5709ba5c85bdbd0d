"""Which villages a line of the plan is for, from its words: หมู่ที่ 3, หมู่ 1, 2 และ 5, ม.๔-๗."""

from __future__ import annotations

import re

from nlp.normalise import fold

#: The highest number a village has; a range over more than this is none.
HIGHEST = 60

_CALLED = re.compile(r"(?:หมู่บ้านที่|หมู่ที่|หมู่|(?<![\dก-๎])ม\.)\s{0,2}(?=\d)")
_LIST = re.compile(r"(\d{1,2})(?![\d/])(?:\s{0,2}(-|–|ถึง)\s{0,2}(\d{1,2})(?![\d/]))?")
# A comma, a slash or a word lies between the numbers of a list; blanks alone may be “หมู่ที่ 2 4 เมตร”.
_NEXT = re.compile(
    r"\s{0,2}(?:(?:,|และ|กับ|/)\s{0,2}(?:หมู่ที่|หมู่|ม\.)?|หมู่ที่|หมู่|ม\.)\s{0,2}"
    r"(?=\d{1,2}(?![\d.])(?!\s{0,2}(?:เมตร|กม|จุด|แห่ง|เส้น|สาย|ตร|คน|หลัง)))"
)


def villages(*texts: str) -> tuple[int, ...]:
    """The numbers named in the first text that names any, in order."""
    for text in texts:
        found = _in(fold(text))
        if found:
            return tuple(sorted(found))
    return ()


def _in(text: str) -> set[int]:
    found: set[int] = set()
    for called in _CALLED.finditer(text):
        at: int | None = called.end()
        while at is not None:
            at = _take(text, at, found)
    return {number for number in found if 1 <= number <= HIGHEST}


def _take(text: str, at: int, found: set[int]) -> int | None:
    """Take the number or range at this place; where the next one of the list stands, if there is one."""
    here = _LIST.match(text, at)
    if here is None:
        return None
    first, last = int(here[1]), int(here[3] or here[1])
    found.update(range(first, last + 1) if first <= last <= HIGHEST else {first})
    following = _NEXT.match(text, here.end())
    return following.end() if following is not None and following.end() > here.end() else None
