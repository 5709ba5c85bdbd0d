"""Thai typed with the keyboard left in English: "wafy[" is ไฟดับ on the Thai Kedmanee layout (มอก. 820-2538)."""

from __future__ import annotations

import re

from .lexicon import Lexicon
from .normalise import LONGEST, normalise

_ENGLISH = "`1234567890-=qwertyuiop[]\\asdfghjkl;'zxcvbnm,./~!@#$%^&*()_+QWERTYUIOP{}|ASDFGHJKL:\"ZXCVBNM<>?"
_THAI = '_ๅ/-ภถุึคตจขชๆไำพะัีรนยบลฃฟหกดเ้่าสวงผปแอิืทมใฝ%+๑๒๓๔ู฿๕๖๗๘๙๐"ฎฑธํ๊ณฯญฐ,ฅฤฆฏโฌ็๋ษศซ.()ฉฮฺ์?ฒฬฦ'
_LAYOUT = str.maketrans(_ENGLISH, _THAI)
_TOKEN = re.compile(r"[!-~]+")
_THAI_LETTER = re.compile("[\u0e01-\u0e5b]")
_KEEP = re.compile(
    r"^(?:[\d.,:/\-+()]{1,60}|https?://[!-~]{1,500}|www\.[!-~]{1,300}|[^@]{1,64}@[^@]{1,64}\.[^@]{1,30})$",
    re.IGNORECASE,
)
# What stands in written Thai: no mark without a letter below it, no leading vowel without a letter after it.
_WRITTEN = re.compile(r"(?:[เแโใไ]?[ก-ฮ](?:[ัิ-ฺ็][่-๋]?|[่-๋]?)[์]?(?:ำ|[ะาๅๆฯ]{0,2})|[0-9๐-๙.,/()?\-\"ๆฯ])+")
#: Share of the letters that must belong to words of the lexicon. English words reach it by accident very rarely.
KNOWN = 0.45
#: Characters from which that share is judged.
JUDGED = 300


def retype(text: str, lexicon: Lexicon) -> str | None:
    """What the message says if it was typed on the wrong layout, of the same length; None when it was not.

    Only messages without any Thai letter are looked at. Numbers, links and e-mail addresses stay as they are.
    """
    text = text[:LONGEST]
    if _THAI_LETTER.search(text) or sum(map(str.isalpha, text)) < 2:
        return None
    turned = _TOKEN.sub(_turn, text)
    words = [turned[match.start() : match.end()] for match in _TOKEN.finditer(text) if not _KEEP.match(match.group())]
    if not words or not all(_WRITTEN.fullmatch(word) for word in words):
        return None
    return turned if _known(turned[:JUDGED], lexicon) >= KNOWN else None


def _turn(match: re.Match[str]) -> str:
    token = match.group()
    return token if _KEEP.match(token) else token.translate(_LAYOUT)


def _known(text: str, lexicon: Lexicon) -> float:
    """The share of Thai letters that words of the lexicon cover; 0 when there are too few to tell."""
    scan = lexicon.scan(normalise(text).text)
    covered = {place for spans in scan.finds.values() for start, end in spans for place in range(start, end)}
    letters = len(_THAI_LETTER.findall(scan.text))
    return len(covered) / letters if letters >= 4 else 0.0
