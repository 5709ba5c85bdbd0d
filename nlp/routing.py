"""Who takes a matter: departments by category and words, the outside agency, and who goes first in danger."""

from __future__ import annotations

from collections.abc import Iterable

from .finds import Scan
from .lexicon import defaults
from .types import Scored

#: Share of a category's probability that goes to its own department, and to the one next to it.
FIRST, SECOND = 0.72, 0.22
#: How much one unit of strength of words that name a department adds, before shares are made of it.
WORDS = 0.09
#: Strength of words from which an outside agency is named for certain, and from which it is likely.
NAMED, LIKELY = 5.0, 3.0

# While people are in danger, the disaster crew goes first, whatever the category; the police or the hospital is named
# as the agency that must be called.
_DANGER_DEPARTMENTS = {"crime": "ORDER", "suicide": "WELFARE"}
_DANGER_AGENCIES = {"crime": "police", "missing": "police", "medical": "hospital", "electric": "pea"}


def departments(categories: Iterable[Scored], scan: Scan) -> tuple[Scored, ...]:
    """The town's departments by rules alone, best first; the shares add up to one."""
    shares: dict[str, float] = {}
    for code, p in categories:
        category = defaults().category(code)
        shares[category.department] = shares.get(category.department, 0.0) + FIRST * p
        if category.second:
            shares[category.second] = shares.get(category.second, 0.0) + SECOND * p
    for code, strength in scan.labels("department").items():
        shares[code] = shares.get(code, 0.0) + WORDS * max(strength, 0.0)
    total = sum(shares.values())
    ranked = sorted(shares.items(), key=lambda item: -item[1])
    return tuple(Scored(code, share / total) for code, share in ranked if share > 0)


def named_agency(scan: Scan, strength: float = NAMED) -> str | None:
    """The outside agency the words point to with at least that strength; None when there is none."""
    found = scan.labels("agency")
    best = max(found, key=lambda code: found[code], default=None)
    return best if best is not None and found[best] >= strength else None


def first_in_danger(kind: str) -> str:
    """The department that is alarmed first for a kind of emergency."""
    return _DANGER_DEPARTMENTS.get(kind, "DISASTER")


def agency_in_danger(kind: str | None) -> str | None:
    """The agency that must be called for a kind of emergency, if it is another than the fire and rescue crews."""
    return _DANGER_AGENCIES.get(kind or "")
