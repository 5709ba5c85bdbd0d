"""The normalised search column: one text per case, found with LIKE on SQLite and PostgreSQL alike.

Full-text engines are not used: both cut Thai at its vowel and tone marks, or need three letters where ไฟ has two.
"""

from __future__ import annotations

import re

from .normalise import LONGEST, normalise

#: Characters of the column that are kept.
LONGEST_COLUMN = 4_000
#: Terms of a question that are looked at, and how long each may be.
MOST_TERMS, LONGEST_TERM = 6, 60

_BLANKS = re.compile(r"\s+")
_UNSEEN = re.compile(r"[\"'“”‘’(){}\[\]<>«»…·•|]+")
_NUMBER = re.compile(r"(?<![\d/])(\d{1,6}) ?/ ?(\d{2,4})(?!\d)")


def search_text(*parts: str) -> str:
    """The column for the parts of a case (text, category, place, number): cleaned as `terms` cleans a question.

    Thai digits become Arabic, capitals small, marks are put in order, blanks and line breaks become one blank.
    """
    cleaned = " ".join(_clean(part) for part in parts if part)
    return _BLANKS.sub(" ", cleaned).strip()[:LONGEST_COLUMN]


def terms(question: str) -> tuple[str, ...]:
    """The terms a case must all contain, cleaned; () when there is nothing to look for.

    At least one has two letters or more: a single letter is in every case.
    """
    found = tuple(dict.fromkeys(term[:LONGEST_TERM] for term in _clean(question[:LONGEST]).split()))[:MOST_TERMS]
    return found if any(len(term) >= 2 or term.isdecimal() for term in found) else ()


def patterns(question: str) -> tuple[str, ...]:
    r"""`terms` as patterns for LIKE … ESCAPE '\'; what LIKE reads as a sign is escaped."""
    return tuple(f"%{escape(term)}%" for term in terms(question))


def escape(term: str) -> str:
    r"""A term in which %, _ and \ stand for themselves in LIKE … ESCAPE '\'."""
    return re.sub(r"([\\%_])", r"\\\1", term)


def case_number(question: str) -> tuple[int, int | None] | None:
    """(number, year as written or None) if the question is nothing but a case number: "42", "๔๒/๖๙", "42 / 2569"."""
    text = _clean(question).strip(" #.")
    if text.isdecimal() and len(text) <= 6:
        return int(text), None
    match = _NUMBER.fullmatch(text)
    return (int(match[1]), int(match[2])) if match else None


def _clean(text: str) -> str:
    return _BLANKS.sub(" ", _UNSEEN.sub(" ", normalise(text).text))
