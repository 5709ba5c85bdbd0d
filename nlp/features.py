"""What the linear model sees of a message: a set of numbers, each the hash of a short run of its characters.

A hash cannot be read back into words, so no text that the model was trained on stands in its weights. Only runs of at
most five characters are hashed, by FNV-1a over their code points in 32 bits: it is the same in every process and on
every machine (`hash()` is salted), and continues letter by letter, so that numpy hashes all runs of a length at once.
"""

from __future__ import annotations

import math
import re
import unicodedata

import numpy as np
from numpy.typing import NDArray

from nlp import scores
from nlp.lexicon import Scan

#: Characters of a message that are looked at; a longer one says what it wants before that.
LONGEST_TEXT = 1_000
#: Longest run of characters that makes one feature.
LONGEST_RUN = 5
#: The number of buckets is two to this power.
BUCKET_BITS = 16

#: Tables of the lexicon (nlp/lexicon/*.toml) whose finds are features of the model.
RULE_TABLES = ("category", "intent", "department", "agency", "urgency", "emergency", "mention", "abuse", "sensitive")
#: The strength of a find (nlp.lexicon.WEIGHTS, summed) that counts as half certain.
HALF_CERTAIN = 3.0
#: Probability below which a guess of the rules is no feature.
LEAST_GUESS = 0.02

_START, _END = "\x02", "\x03"
_BUCKET_MASK = np.uint32((1 << BUCKET_BITS) - 1)
# Offset and prime of FNV-1a (32 bits), and an odd number that spreads its bits.
_FNV_BASIS, _FNV_PRIME, _MIXER = 0x811C9DC5, np.uint32(0x01000193), np.uint32(0x2C1B3C6D)
# Marks the masking of published messages leaves behind: they stand for what residents really type there.
_MASKED_NUMBER = re.compile(r"<(?:PHONE|NO|ID|PLATE|HOUSE|ACCOUNT)>", re.IGNORECASE)
_MASKED_WORD = re.compile(r"<(?:NAME|EMAIL|LINE|URL)>", re.IGNORECASE)
_LINK = re.compile(r"https?://[!-~]{1,300}", re.IGNORECASE)
_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060\ufe00-\ufe0f\ufeff]")
_DIGITS = re.compile(r"\d[\d.,:/-]*")
# \u0e3a-\u0e4e are the Thai vowel and tone marks above and below the line, which repeat most on held-down keys.
_REPEATED_MARK = re.compile("([\u0e31\u0e34-\u0e3a\u0e47-\u0e4e])\\1+")
_REPEATED = re.compile(r"(.)\1{2,}", re.DOTALL)
_SPLIT_AM = re.compile("\u0e4d([\u0e48-\u0e4b]*)\u0e32")
_LATE_TONE = re.compile("\u0e33([\u0e48-\u0e4b]+)")
_SPACE = re.compile(r"[\s\x00-\x1f]+")


def plain(text: str) -> str:
    """The text as the model reads it: capped, NFC, lower case, numbers as `0`, repetitions cut to two.

    It takes any text, raw or already normalised, and doing it twice changes nothing.
    """
    text = unicodedata.normalize("NFC", text[: 2 * LONGEST_TEXT]).lower()
    text = _MASKED_WORD.sub(" ", _MASKED_NUMBER.sub("0", _INVISIBLE.sub("", text)))
    text = _DIGITS.sub("0", _LINK.sub(" url ", text))
    text = _REPEATED_MARK.sub(r"\1", text.replace("\u0e40\u0e40", "\u0e41"))
    text = _LATE_TONE.sub("\\1\u0e33", _SPLIT_AM.sub("\\1\u0e33", text))
    text = _REPEATED.sub(r"\1\1", _REPEATED_MARK.sub(r"\1", text))
    return _SPACE.sub(" ", text).strip()[:LONGEST_TEXT]


def buckets(text: str) -> NDArray[np.int64]:
    """The sorted, distinct bucket numbers (0 ≤ n < 2**BUCKET_BITS) of every run of 1–5 characters of `plain(text)`.

    The beginning and the end of the message count as characters, so that a one-word message is told apart from the
    same word inside a longer one.
    """
    letters = np.frombuffer(f"{_START}{plain(text)}{_END}".encode("utf-32-le", "surrogatepass"), "<u4")
    letters = letters.astype(np.uint32)
    values = np.full(len(letters), _FNV_BASIS, np.uint32)
    runs = []
    for length in range(min(LONGEST_RUN, len(letters))):  # all runs of a length at once, from those one shorter
        values = (values[: len(letters) - length] ^ letters[length:]) * _FNV_PRIME
        runs.append(values)
    hashes = np.concatenate(runs)
    hashes ^= hashes >> np.uint32(15)
    hashes *= _MIXER  # the low bits of FNV alone depend on the last letters too much
    hashes ^= hashes >> np.uint32(13)
    found = np.sort(hashes & _BUCKET_MASK)
    distinct: NDArray[np.int64] = found[np.append(True, found[1:] != found[:-1])].astype(np.int64)
    return distinct


def of_rules(scan: Scan) -> dict[str, float]:
    """What the rules found as features between -1 and 1.

    "table:label" is how strongly a table of the lexicon speaks for a label (or against it, below 0); "guess:code" is
    the probability that the rules alone (`nlp.scores`) give an intent or category; "first:label" tells for a category
    how early in the message it is named (1: at once), since people name the matter first; "shape:length" grows with
    the length of the message (1: a thousand characters).
    """
    length = max(1, len(scan.text))
    features = {"shape:length": math.log1p(length) / math.log1p(LONGEST_TEXT)}
    for table in RULE_TABLES:
        for label, strength in scan.labels(table).items():
            features[f"{table}:{label}"] = strength / (abs(strength) + HALF_CERTAIN)
    for table, label in scan.evidence:
        if table == "category":
            features[f"first:{label}"] = 1.0 - scan.spans(table, label)[0][0] / length
    matters = scores.categories(scan)
    for code, p in (*matters, *scores.intents(scan, matters[0])):
        if p >= LEAST_GUESS:
            features[f"guess:{code}"] = max(p, features.get(f"guess:{code}", 0.0))
    return features
