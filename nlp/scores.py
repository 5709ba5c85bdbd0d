"""From words found to ranked guesses with probabilities, by rules alone (see `nlp.understand` for rules and model)."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import get_args

from .finds import Scan
from .lexicon import defaults
from .types import Emergency, Intent, Scored, Urgency

OTHER = "other"
#: Strength that "other" has without any word for it: a category needs more than this to be believed.
BASE = 1.6
#: Strength of a category that no word speaks for.
SILENT = -2.5
#: The category under which an emergency is filed afterwards.
DANGERS = {
    **dict.fromkeys(("fire", "drowning", "rescue", "storm", "hazmat", "unknown"), "disaster"),
    **dict.fromkeys(("crime", "missing"), "safety"),
    **dict.fromkeys(("medical", "suicide"), "public_health"),
    "accident": "traffic",
    "electric": "cable",
    "flood": "flood",
}
#: How fast a difference in strength becomes sureness. Found on the development part of human-labelled tickets.
TEMPERATURE = 1.25
INTENT_TEMPERATURE = 1.4


def softmax(scores: Mapping[str, float], temperature: float) -> tuple[Scored, ...]:
    """Scores as probabilities, best first; equal ones in the order given."""
    top = max(scores.values())
    shares = {code: math.exp((score - top) / temperature) for code, score in scores.items()}
    total = sum(shares.values())
    return tuple(Scored(code, share / total) for code, share in sorted(shares.items(), key=lambda item: -item[1]))


def categories(scan: Scan, danger: str | None = None) -> tuple[Scored, ...]:
    """All categories, most probable first. `danger` is the kind of an emergency in which people are in danger now."""
    found = scan.labels("category")
    scores = {category.code: found.get(category.code, SILENT) for category in defaults().categories}
    scores[OTHER] = BASE
    if danger in DANGERS:
        scores[DANGERS[danger]] = max(scores[DANGERS[danger]], 0.0) + 6.0
    return softmax(scores, TEMPERATURE)


def intents(scan: Scan, top: Scored) -> tuple[Scored, ...]:
    """All intents but emergency and abuse (which have rules of their own), most probable first.

    A matter of the town told without any other sign is a complaint: `top` is the best category.
    """
    found = scan.labels("intent")
    scores = {intent: found.get(intent, 0.0) for intent in get_args(Intent) if intent not in ("emergency", "abuse")}
    scores["other"] += 1.2
    if top.code != OTHER:
        scores["complaint"] += 3.0 * top.p
    length = len(scan.text)
    for intent in ("greeting", "thanks"):
        scores[intent] *= 1.0 if length < 40 else 0.35
    if scores["complaint"] >= 4.0:
        scores["thanks"] *= 0.5
        scores["greeting"] *= 0.3
    return softmax(scores, INTENT_TEMPERATURE)


def urgency(scan: Scan, grade: Emergency) -> Urgency:
    """How soon: high when danger is at hand or the words press, low when the writer says there is no hurry."""
    found = scan.labels("urgency")
    if grade in ("danger", "hazard") or found.get("high", 0.0) >= 4.2:
        return "high"
    if found.get("low", 0.0) > found.get("high", 0.0):
        return "low"
    return "normal"
