"""Rules and model brought together into one decision.

Dangers are decided by rules, to which the model may add but from which it may not take away. Everything else is the
model's, for it has learnt how far to trust the rules (they are among its features); only what a rule knows for certain
is laid on top: that pure swearing is abuse, and who goes first when people are in danger.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import cast

from . import routing, scores, sensitive
from .emergency import Alarm
from .features import of_rules
from .finds import Scan
from .model import Model, Prediction
from .types import Emergency, Intent, Scored, Urgency

#: Probability from which the model alone says that people are in danger, and that something is dangerous. On writers
#: left out .55 adds over half of the cries the rules miss and raises 0.8 % of the messages that are none.
ALARM, WARNING = 0.55, 0.45
#: Probability that a rule which decides is given.
DECIDED = 0.95
#: Share of categories and departments that goes to the one an emergency is filed under.
FILED = 0.7


@dataclass(frozen=True, slots=True)
class Decision:
    """What rules and model together make of the words of a message; fields as in `Understanding`."""

    intent: Intent
    intent_p: float
    emergency: Emergency
    emergency_kind: str | None
    categories: tuple[Scored, ...]
    departments: tuple[Scored, ...]
    agency: str | None
    urgency: Urgency


def decide(text: str, scan: Scan, danger: Alarm, model: Model) -> Decision:
    """The decision on one message: its cleaned text, what the lexicon found in it and what the danger rules say."""
    guess = model.predict(text, of_rules(scan))
    danger = _alarm(danger, guess)
    intent, p = _intent(scan, danger, guess)
    kind = danger.kind if danger.now else None
    filed = {} if kind is None else {scores.DANGERS.get(kind, "disaster"): FILED}
    categories = _lifted(guess.categories, filed)
    first = {} if kind is None else {routing.first_in_danger(kind): FILED}
    return Decision(
        intent=intent,
        intent_p=p,
        emergency=danger.grade,
        emergency_kind=danger.kind,
        categories=categories,
        departments=_lifted(guess.departments, first),
        agency=_agency(scan, kind, guess),
        urgency="high" if danger.grade in ("danger", "hazard") else cast("Urgency", guess.urgencies[0].code),
    )


def _alarm(danger: Alarm, guess: Prediction) -> Alarm:
    """The rules' alarm, raised by the model where the rules are silent, or hear a hazard only, and it is sure."""
    if danger.grade in ("danger", "past"):
        return danger
    beliefs = dict(guess.emergencies)
    if beliefs.get("danger", 0.0) >= ALARM:
        return Alarm("danger", danger.kind or "unknown", now=True)
    if danger.grade == "hazard":
        return danger
    if beliefs.get("danger", 0.0) + beliefs.get("hazard", 0.0) >= WARNING:
        return Alarm("hazard", "unknown", now=False)
    return Alarm("past", None, now=False) if beliefs.get("past", 0.0) >= ALARM else danger


def _intent(scan: Scan, danger: Alarm, guess: Prediction) -> tuple[Intent, float]:
    if danger.now:
        return "emergency", DECIDED
    beliefs = dict(guess.intents)
    if sensitive.only_abuse(scan, beliefs.get("abuse", 0.0)):
        return "abuse", DECIDED
    # What is left is neither: an emergency is decided above, and swearing around a matter is no reason to turn away.
    left = [one for one in guess.intents if one.code not in ("emergency", "abuse")]
    if danger.grade == "hazard" and left[0].code in ("other", "greeting", "thanks"):
        return "complaint", max(beliefs["complaint"], 0.5)
    total = sum(one.p for one in left)
    return cast("Intent", left[0].code), left[0].p / total


def _lifted(ranked: tuple[Scored, ...], shares: Mapping[str, float]) -> tuple[Scored, ...]:
    """The ranking with given codes lifted to a share, the rest sharing what is left; unchanged without any."""
    if not shares:
        return ranked
    left = 1.0 - sum(shares.values())
    lifted = [Scored(code, p * left + shares.get(code, 0.0)) for code, p in ranked]
    return tuple(sorted(lifted, key=lambda one: -one.p))


def _agency(scan: Scan, kind: str | None, guess: Prediction) -> str | None:
    """The agency of a danger, else the one the words name, else the model's."""
    certain = routing.agency_in_danger(kind) or routing.named_agency(scan)
    if certain is not None:
        return certain
    best = guess.agencies[0]
    return None if best.code == "none" else best.code
