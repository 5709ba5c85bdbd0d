"""What a text that everybody will read had better not hold: private people, by name or by the house they live in.

Names of projects that offices publish are full of them (“ซอยบ้านนาย…”). This finds what to ask about; whoever wrote it
decides, and staff read it before anybody else does. In doubt it asks: a question costs one tap.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from .normalise import LONGEST, fold
from .pii import find
from .types import Pii

# “บ้านลุงดำ”: people are known by what they are called. นาย, นาง and other titles are found by `pii`.
_CALLED = re.compile("บ้าน(?=(?P<n>(?:คุณยาย|คุณลุง|คุณป้า|ยาย|ลุง|ป้า|น้า|พี่) ?[ก-ฮเ-ไ][ก-๎]{1,18}))")
# What ends such a name where no blank does.
_STOPS = re.compile("กับ|และ|บ้าน|หมู่|ซอย|ถนน|ไป|ถึง|ตรง|ข้าง|หน้า|หลัง|ให้|ที่|มี|เพราะ|เป็น")


def private(text: str, known: Sequence[str] = ()) -> tuple[Pii, ...]:
    """Where a private person seems to be told of, in order. `known`: names of places of the town, which are none.

    A house number counts only where it is written as one: in “ซอย 2 หมู่ 5” the 2 is a lane.
    """
    found = [p for p in find(text) if p.kind != "house" or _is_house(text, p)]
    folded = fold(text[:LONGEST])
    for match in _CALLED.finditer(folded):
        stop = _STOPS.search(folded, match.start("n") + 4, match.end("n"))
        called = Pii("name", match.start("n"), stop.start() if stop else match.end("n"))
        if not any(p.start < called.end and called.start < p.end for p in found):
            found.append(called)
    pieces = ((p, text[p.start : p.end].strip()) for p in found)
    return tuple(sorted((p for p, piece in pieces if not any(piece in name for name in known)), key=lambda p: p.start))


def _is_house(text: str, house: Pii) -> bool:
    return "/" in text[house.start : house.end] or text[: house.start].rstrip(" :.").endswith(("เลขที่", "บ้านเลข"))
