"""Cleaning text without losing the place: every cleaned character knows where it stood in what the person sent.

Two layers. `fold` changes single characters only (Thai digits, capitals, the private-use glyphs that PDFs of Thai
offices hold), so positions stay as they were: personal data is looked for there. `normalise` then puts vowel and tone
marks in their order and shortens repetitions ("มากกกกก"), keeping a map back to the original.

NFKC is never applied: it takes SARA AM apart, and "น้ำ" would no longer equal "น้ำ".
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass

#: Longest text that is read, in code points: LINE's limit for one message. The rest is ignored by the rules.
LONGEST = 5_000

# The private-use glyphs U+F700–U+F71A are shifted shapes of Thai letters and marks in the fonts of old word processors
# (Microsoft's "Thai" glyph range); text copied from PDFs holds them.
_GLYPHS = dict(zip(range(0xF700, 0xF71B), "ฐิีึื่้๊๋์่้๊๋์ญัํ็่้๊๋์ฺุู", strict=True))
_ZERO_WIDTH = "\u00ad\u200b\u200c\u200d\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2060\ufe0e\ufe0f\ufeff"
_BLANKS = (
    "\t\v\f\r\u0085\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f\u3000"
)
_ONE_TO_ONE: dict[int, str] = {
    **_GLYPHS,
    **{0x0E50 + n: str(n) for n in range(10)},  # ๐–๙
    **{0xFF10 + n: str(n) for n in range(10)},  # full-width digits
    **{code: chr(code + 32) for code in range(ord("A"), ord("Z") + 1)},
    **{ord(c): " " for c in _ZERO_WIDTH + _BLANKS},
    **{code: " " for code in range(32) if code not in (9, 10, 11, 12, 13)},
    0x2028: "\n",
    0x2029: "\n",
    **{ord(c): "-" for c in "‐‑‒–—−"},
    **{ord(c): "'" for c in "‘’"},
    **{ord(c): '"' for c in "“”"},
}

_VOWELS = "ัิีึืฺุู็"
_TONES = "่้๊๋"
_MARKS = "ัิ-ฺ็-๎"
# Marks out of order or doubled: a tone before a vowel, SARA AM before a mark or split in two, the same mark twice.
_BROKEN = re.compile(f"เเ|[{_TONES}์ํ][{_VOWELS}]|ำ[{_MARKS}ำ]|ํ[{_TONES}]?า|า[{_TONES}]|([{_MARKS}])\\1")
_CLUSTER = re.compile(f"เเ+|[{_MARKS}ำ]+า?[{_TONES}]?|า[{_TONES}]")
_RUN = re.compile(r"([^\d\n])\1{2,}|5{4,}|\n{2,}|([ะาๆ])\2+|  +")


@dataclass(frozen=True, slots=True)
class Normal:
    """Cleaned text. `starts[i]` is the original position of character i; None when positions did not change."""

    text: str
    starts: tuple[int, ...] | None = None

    def origin(self, start: int, end: int) -> tuple[int, int]:
        """The original half-open span of the half-open span `start:end` of the cleaned text."""
        if self.starts is None or start >= end:
            return start, end
        return self.starts[start], self.starts[end - 1] + 1


def fold(text: str) -> str:
    """The text with each character replaced by its plain form; as long as the input, position by position."""
    return text.translate(_ONE_TO_ONE)


def normalise(text: str) -> Normal:
    """Fold, put marks in order, cut repetitions to two (marks to one, laughter "5555" to three). Linear in the text."""
    folded = fold(text[:LONGEST])
    starts: list[int] | None = None
    text = folded
    if _BROKEN.search(text):
        text, starts = _rewrite(text, starts, _CLUSTER, _in_order)
    if _RUN.search(text):
        text, starts = _rewrite(text, starts, _RUN, _shortened)
    return Normal(text, tuple(starts) if starts is not None else None)


def repair(text: str) -> str:
    """Text fit to be stored and shown: NFC, glyphs of PDFs made letters, marks in order. Nothing is shortened away.

    Digits, capitals and line breaks stay as they were written.
    """
    text = unicodedata.normalize("NFC", text.translate(_GLYPHS))
    return _CLUSTER.sub(_in_order, text) if _BROKEN.search(text) else text


def _rewrite(
    text: str, starts: list[int] | None, pattern: re.Pattern[str], change: Callable[[re.Match[str]], str]
) -> tuple[str, list[int]]:
    """Replace every match, carrying the map of positions along."""
    before = starts if starts is not None else list(range(len(text)))
    pieces: list[str] = []
    after: list[int] = []
    done = 0
    for match in pattern.finditer(text):
        new = change(match)
        if new == match.group():
            continue
        first, last = match.span()
        pieces += (text[done:first], new)
        after += before[done:first]
        after += [before[min(first + i, last - 1)] for i in range(len(new))]
        done = last
    pieces.append(text[done:])
    after += before[done:]
    return "".join(pieces), after


def _in_order(match: re.Match[str]) -> str:
    """One cluster of marks in the order vowel, tone, silencer, SARA AM; every mark once."""
    cluster = match.group()
    if cluster[0] == "เ":
        return "แ"
    marks = dict.fromkeys(cluster)
    if cluster[0] == "า":  # a tone typed after า belongs before it
        return "".join(sorted(marks, key="่้๊๋า".find))
    if "า" in marks and "ํ" in marks:
        del marks["า"], marks["ํ"]
        marks["ำ"] = None
    order = _VOWELS + _TONES + "์ํ๎ำา"
    return "".join(sorted(marks, key=order.find))


def _shortened(match: re.Match[str]) -> str:
    run = match.group()
    letter = run[0]
    if letter == "5":
        return "555"
    if letter in " \nะาๆ" or unicodedata.combining(letter) or letter in _MARKS_SET:
        return letter
    return letter * 2


_MARKS_SET = frozenset(chr(code) for code in (0x0E31, *range(0x0E33, 0x0E3B), *range(0x0E47, 0x0E4F)))
