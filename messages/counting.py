"""How long a text is to LINE, and how to make it shorter without breaking Thai.

Two ways of counting (https://developers.line.biz/en/docs/messaging-api/text-character-count/): UTF-16 code units
everywhere, except labels and what a tap says, which count grapheme clusters (UAX #29): ที่ is one there, and three units.
Thai must never be cut inside a cluster, nor after a vowel that stands before its consonant: neither can be read.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

import regex

_CLUSTER = regex.compile(r"\X")
#: Vowels written before their consonant: a cluster to Unicode, but half a letter to a reader.
LEADING = "เแโใไ"
#: Ends what was cut.
ELLIPSIS = "…"

#: Units in a text message. https://developers.line.biz/en/reference/messaging-api/#text-message
TEXT = 5_000
#: Units in what a notification shows for a Flex message.
ALT_TEXT = 1_500
#: Clusters on a quick reply's or template's button. https://developers.line.biz/en/reference/messaging-api/#action-objects
LABEL = 20
#: Clusters on a button in a Flex message.
FLEX_LABEL = 40
#: Units of postback data.
DATA = 300
#: Clusters of what a tap says in the chat.
SHOWN = 300
#: Units of a location message's title, and of its address.
PLACE = 100
#: Quick replies under one message.
QUICK_REPLIES = 13
#: Message objects in one reply or push.
MESSAGES = 5
#: Bubbles in a carousel.
BUBBLES = 12


def units(text: str) -> int:
    """UTF-16 code units: an emoji counts two, every Thai letter, vowel and tone mark one."""
    return len(text) + sum(char > "\uffff" for char in text)


def clusters(text: str) -> int:
    """Grapheme clusters: a Thai consonant with its vowel and tone marks counts one."""
    return sum(1 for _ in _each(text))


def cut(text: str, most: int) -> str:
    """The text within `most` UTF-16 units, ending in "…" where something was cut, never inside a cluster.

    Raises ValueError for less than one unit.
    """
    if most < 1:
        raise ValueError(f"nothing fits {most} units")
    if units(text) <= most:
        return text
    return _ended(_head(text, most - 1)) + ELLIPSIS


def fit_label(text: str, most: int = LABEL) -> str:
    """A label within `most` grapheme clusters on one line, ending in "…" where something was cut."""
    return cut_clusters(" ".join(text.split()), most)


def cut_clusters(text: str, most: int) -> str:
    """The text within `most` grapheme clusters, ending in "…" where something was cut."""
    if clusters(text) <= most:
        return text
    return _ended("".join(islice(_each(text), most - 1))) + ELLIPSIS


def split(text: str, most: int = TEXT) -> list[str]:
    """The text in parts of at most `most` (two or more) UTF-16 units, broken at lines, spaces or, at worst, clusters.

    Only white space around the breaks is lost; a blank text has no parts. Raises ValueError for less than two units.
    """
    if most < 2:  # an emoji is two
        raise ValueError(f"a text cannot be split into parts of {most} units")
    parts = []
    rest = text.strip()
    while rest:
        head = _head(rest, most) or _head_of_points(rest, most)
        if len(head) < len(rest):
            head = head[: _break(head)].rstrip(LEADING) or head
        parts.append(head.rstrip())
        rest = rest[len(head) :].lstrip()
    return parts


def _ended(head: str) -> str:
    return head.rstrip(LEADING + " \n")


def _each(text: str) -> Iterator[str]:
    return (found.group() for found in _CLUSTER.finditer(text))


def _head(text: str, most: int) -> str:
    """As many whole clusters as fit into `most` units."""
    used = end = 0
    for cluster in _each(text):
        used += units(cluster)
        if used > most:
            break
        end += len(cluster)
    return text[:end]


def _head_of_points(text: str, most: int) -> str:
    """As many code points as fit: for a cluster that is itself too long (a letter under a tower of marks)."""
    used = 0
    for end, char in enumerate(text):
        used += units(char)
        if used > most:
            return text[:end]
    return text


def _break(head: str) -> int:
    """Where to break: after the last line or space of the second half, else at the end."""
    for mark in ("\n", " "):
        place = head.rfind(mark)
        if place > len(head) // 2:
            return place + 1
    return len(head)
