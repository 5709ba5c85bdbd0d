"""Thai order (ลำดับพจนานุกรม): a key by which names stand as in a dictionary, in every database and in Python alike.

Thai is ordered by its consonants: a vowel written before its consonant (เ แ โ ใ ไ) counts after it, and tone marks
decide only between words that are the same without them (ราชบัณฑิตยสถาน's dictionary; Unicode's UCA does the same).
"""

from __future__ import annotations

import re

#: Characters of the key that are kept.
LONGEST = 200

_LEADING = re.compile("([เแโใไ])([ก-ฮ])")
_MARKS = re.compile("[\u0e47-\u0e4e]")
_DIGITS = str.maketrans("๐๑๒๓๔๕๖๗๘๙", "0123456789")
_RUN = re.compile("[0-9]{1,9}")
_BLANKS = re.compile(r"\s+")


def thai_order(text: str) -> str:
    """The key of a text: compare keys by code point. Whole numbers stand by their value: สาย 2 before สาย 10."""
    plain = _BLANKS.sub(" ", text.translate(_DIGITS)).strip().casefold()
    swapped = _LEADING.sub(r"\2\1", plain)
    numbered = _RUN.sub(lambda found: found[0].zfill(9), _MARKS.sub("", swapped))
    marks = "".join(_MARKS.findall(swapped))
    return f"{numbered[:LONGEST]}\x01{marks[:40]}"
