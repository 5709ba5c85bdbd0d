"""How good guesses are: shares with their confidence intervals, reliability, abstention, confusion. Pure functions.

A guess is a ranking with probabilities (`Ranked`), the truth a set of codes any of which is right (a coarse label
stands for several of our codes).
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Collection, Sequence
from typing import NamedTuple

from nlp.types import Scored

Ranked = Sequence[Scored]
Truth = Collection[str]
#: Two-sided 95 % of the normal distribution.
Z = 1.959964


class Share(NamedTuple):
    """A share with its 95 % interval (Wilson) and the number of cases it rests on."""

    value: float
    low: float
    high: float
    cases: int

    def __str__(self) -> str:
        return f"{self.value:.3f} [{self.low:.3f}–{self.high:.3f}]"


class Bin(NamedTuple):
    """One row of a reliability table: cases with a probability in a range, their mean probability, the share right."""

    low: float
    high: float
    believed: float
    right: Share


class Step(NamedTuple):
    """One point of an abstention curve: asked below the threshold; among the others this share is right."""

    threshold: float
    asked: float
    right: Share


def share(hits: int, cases: int) -> Share:
    """Wilson's interval, which is right for small numbers and shares near 0 and 1. No cases: 0, anywhere in 0–1."""
    if not cases:
        return Share(0.0, 0.0, 1.0, 0)
    value = hits / cases
    spread = Z * math.sqrt(value * (1 - value) / cases + Z * Z / (4 * cases * cases))
    centre, scale = value + Z * Z / (2 * cases), 1 + Z * Z / cases
    return Share(value, max(0.0, (centre - spread) / scale), min(1.0, (centre + spread) / scale), cases)


def among_first(guesses: Sequence[Ranked], truths: Sequence[Truth], first: int) -> Share:
    """How often a right code is among the first so many guesses."""
    hits = [any(scored.code in truth for scored in guess[:first]) for guess, truth in zip(guesses, truths, strict=True)]
    return share(sum(hits), len(hits))


def recall_precision(found: Sequence[bool], wanted: Sequence[bool]) -> tuple[Share, Share]:
    """Recall (of the wanted, how many were found) and precision (of the found, how many were wanted)."""
    both = sum(f and w for f, w in zip(found, wanted, strict=True))
    return share(both, sum(wanted)), share(both, sum(found))


def reliability(guesses: Sequence[Ranked], truths: Sequence[Truth], bins: int = 10) -> list[Bin]:
    """Whether the first guess is right as often as its probability says, by probability; empty ranges are left out."""
    filled: dict[int, list[tuple[float, bool]]] = {}
    for guess, truth in zip(guesses, truths, strict=True):
        p = guess[0].p
        filled.setdefault(min(int(p * bins), bins - 1), []).append((p, guess[0].code in truth))
    return [
        Bin(
            at / bins,
            (at + 1) / bins,
            sum(p for p, _ in cases) / len(cases),
            share(sum(r for _, r in cases), len(cases)),
        )
        for at, cases in sorted(filled.items())
    ]


def calibration_error(table: Sequence[Bin]) -> float:
    """Expected calibration error: the mean distance of belief and truth over the rows of a reliability table."""
    cases = sum(row.right.cases for row in table)
    return sum(abs(row.believed - row.right.value) * row.right.cases for row in table) / max(1, cases)


def abstention(guesses: Sequence[Ranked], truths: Sequence[Truth], thresholds: Sequence[float]) -> list[Step]:
    """How often one must ask when one asks below a probability, and how often the rest is then right."""
    cases = [(guess[0].p, guess[0].code in truth) for guess, truth in zip(guesses, truths, strict=True)]
    steps = []
    for threshold in thresholds:
        kept = [right for p, right in cases if p >= threshold]
        steps.append(Step(threshold, 1 - len(kept) / max(1, len(cases)), share(sum(kept), len(kept))))
    return steps


def confusions(guesses: Sequence[Ranked], truths: Sequence[Truth], most: int) -> list[tuple[str, str, int]]:
    """The most frequent mistakes: (what was right, what was guessed, how often)."""
    wrong = Counter(
        ("/".join(sorted(truth)), guess[0].code)
        for guess, truth in zip(guesses, truths, strict=True)
        if guess[0].code not in truth
    )
    return [(right, guessed, count) for (right, guessed), count in wrong.most_common(most)]
