"""What was found in a text: words with their places, which of them count, and what rules make of them."""

from __future__ import annotations

import itertools
import re
from bisect import bisect_left
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

#: Most characters (blanks not counted) between two parts of a pattern joined by + or >.
NEAR = 24
#: Finds of one symbol that are looked at; more say nothing new and would make hostile texts slow.
MOST_FINDS = 16

_SPACE = re.compile(r"[ \t]+")

Span = tuple[int, int]
Hit = tuple[int, int, tuple[int, ...]]


class Evidence(NamedTuple):
    """Why a label was given: the weight of the rule and the part of the scanned text (blanks left out) it rests on."""

    weight: float
    start: int
    end: int
    rule: str


@dataclass(frozen=True, slots=True)
class Rule:
    """One line of a table. `parts` are symbols; all must be found, near each other, and none of `without` anywhere."""

    table: str
    label: str
    weight: float
    source: str
    parts: tuple[int, ...]
    ordered: bool
    without: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Scan:
    """What was found in one text. `text` is the text without blanks; spans refer to it."""

    text: str
    finds: Mapping[int, list[Span]]
    evidence: Mapping[tuple[str, str], list[Evidence]] = field(default_factory=dict)
    strengths: Mapping[str, dict[str, float]] = field(default_factory=dict)

    def labels(self, table: str) -> dict[str, float]:
        """Label → strength. Further evidence for a label counts, each less than the one before; overlaps do not."""
        return self.strengths.get(table, {})

    def has(self, table: str, label: str) -> bool:
        """Whether any rule of that table gave that label."""
        return (table, label) in self.evidence

    def spans(self, table: str, label: str) -> list[Span]:
        """Where the evidence for a label stands, in order."""
        found = self.evidence.get((table, label))
        if not found:
            return []
        return sorted((e.start, e.end) for e in found)


def squeeze(text: str) -> tuple[str, list[int]]:
    """The text without blanks, and the positions in it where a blank was."""
    pieces = _SPACE.split(text)
    joints = list(itertools.accumulate(len(piece) for piece in pieces))[:-1]
    return "".join(pieces), joints


def bridges(hit: Hit, joints: list[int]) -> bool:
    """Whether a blank stood inside the found word."""
    place = bisect_left(joints, hit[0] + 1)
    return place < len(joints) and joints[place] < hit[1]


def uncrossed(hits: list[Hit], length: int) -> list[Hit]:
    """The hits, best first, without those that cross a better one. Nested ones stay."""
    inner: list[Span | None] = [None] * (length + 1)  # the innermost kept hit around each position between letters
    kept = []
    for start, end, symbols in hits:
        left, right = inner[start], inner[end]
        if (left is not None and left[1] < end) or (right is not None and right[0] > start):
            continue
        kept.append((start, end, symbols))
        inner[start + 1 : end] = [(start, end)] * (end - start - 1)
    return kept


def inside(decoys: list[Hit], length: int) -> list[int]:
    """For each position, the end of the decoy that reaches furthest over it (0: none)."""
    reach = [0] * (length + 1)
    for start, end, _ in decoys:
        for position in range(start, end):
            reach[position] = max(reach[position], end)
    return reach


def place(rule: Rule, finds: Mapping[int, list[Span]]) -> Span | None:
    """The span over which a rule holds, or None. Each part must stand near the one before it, not overlapping it."""
    parts = rule.parts
    if len(parts) == 1 and not rule.without:
        return finds[parts[0]][0]
    for symbol in parts:  # most rules fail here: plain loops are several times quicker than all() and any()
        if symbol not in finds:
            return None
    for symbol in rule.without:
        if symbol in finds:
            return None
    whole = [(start, end, end) for start, end in finds[parts[0]]]
    for symbol in parts[1:]:
        nexts = finds[symbol]
        whole = [
            (min(a, s), max(b, e), e)
            for a, b, last in whole
            for s, e in nexts
            if 0 <= s - b <= NEAR or (not rule.ordered and 0 <= a - e <= NEAR)
        ][:MOST_FINDS]
        if not whole:
            return None
    start, end, _ = min(whole, key=lambda span: span[1] - span[0])
    return start, end


def strength(found: list[Evidence]) -> float:
    """The best evidence in full, each further one that stands elsewhere at 40 % of the one before."""
    if len(found) == 1:
        return found[0].weight
    total, share = 0.0, 1.0
    taken: list[Span] = []
    for weight, start, end, _ in sorted(found, key=lambda e: -abs(e.weight)):
        if any(start < b and a < end for a, b in taken):
            continue
        taken.append((start, end))
        total += weight * share
        share *= 0.4
        if len(taken) == 6:
            break
    return total
