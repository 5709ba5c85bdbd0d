"""Several problems in one message: "ไฟดับ แล้วก็ขยะไม่มาเก็บ" is two cases."""

from __future__ import annotations

import re

from .lexicon import Lexicon, defaults
from .scores import OTHER, categories
from .types import Problem

#: Problems handed out at most.
MOST = 6
#: Shortest part of a message that can be a problem, in characters.
SHORTEST = 5
#: Probability from which a part has a category of its own.
CLEAR = 0.5

_NUMBERED = re.compile(r"(?:^|[\s\n])(?:\(?[1-9][.)](?!\d)|[-•*●▪✅👉]|ข้อ(?:ที่)? ?[1-9]|เรื่องที่ ?[1-9]|[①-⑨])")
_BREAKS = re.compile(
    r"\n+|;|แล้วก็|และก็|และยัง|อีกเรื่อง(?:นึง|หนึ่ง)?|อีกอย่าง(?:นึง|หนึ่ง)?|นอกจากนี้|นอกจากนั้น|รวมถึง|รวมทั้ง|อีกทั้ง|"
    r"กับเรื่อง|ส่วน|ทั้งยัง|แถม|และ|พร้อมทั้ง|อีกจุด|แล้วกะ|แล้วกะอีก|ฮึ่ย|,|  "
)
_BLANK = re.compile(r" ")


def problems(text: str, lexicon: Lexicon) -> tuple[Problem, ...]:
    """The problems of a cleaned message, in order; () when there is only one (or none).

    Two parts count as two problems when their categories differ and people do not mix the two up (siblings), or when
    the writer numbered them.
    """
    numbered = [part for part in _NUMBERED.split(text) if len(part.strip()) >= SHORTEST]
    if len(_NUMBERED.findall(text)) >= 2:
        found = [problem for part in numbered if (problem := _problem(part, lexicon))]
        return tuple(found[:MOST]) if len(found) >= 2 else ()
    for pattern in (_BREAKS, _BLANK):
        found = _different([p for part in pattern.split(text) if (p := _problem(part, lexicon))])
        if len(found) >= 2:
            return tuple(found[:MOST])
    return ()


def _problem(part: str, lexicon: Lexicon) -> Problem | None:
    part = part.strip(" ,.\n-")
    if len(part) < SHORTEST:
        return None
    ranked = categories(lexicon.scan(part))
    if ranked[0].code == OTHER or ranked[0].p < CLEAR:
        return None
    return Problem(part, ranked[:3])


def _different(found: list[Problem]) -> list[Problem]:
    """Problems of the same or a sibling category become one: they are the same matter told at length."""
    kept: list[Problem] = []
    for problem in found:
        code = problem.categories[0].code
        near = {code, *defaults().category(code).siblings}
        twin = next((n for n, other in enumerate(kept) if other.categories[0].code in near), None)
        if twin is None:
            kept.append(problem)
        else:
            kept[twin] = Problem(f"{kept[twin].text} {problem.text}", kept[twin].categories)
    return kept
