"""Who takes a matter: departments ranked by category *and* by the words themselves, and the outside agency if any."""

from __future__ import annotations

from collections.abc import Iterable

from .lexicon import Scan, defaults
from .types import Scored

#: Share of a category's probability that goes to its own department, and to the one next to it.
FIRST, SECOND = 0.72, 0.22
#: How much one unit of strength of words that name a department adds, before shares are made of it.
WORDS = 0.09
#: Strength of words from which an outside agency is named.
OUTSIDE = 3.0
# Categories that an outside agency owns whatever the words.
_OWNED = {"power_outage": "pea"}


def departments(categories: Iterable[Scored], scan: Scan) -> tuple[Scored, ...]:
    """The town's departments, best first; shares of those that have any add up to one."""
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


def agency(category: str, scan: Scan) -> str | None:
    """The outside agency the words point to, or that always owns the category; None when the town does."""
    found = scan.labels("agency")
    best = max(found, key=lambda code: found[code], default=None)
    if best is not None and found[best] >= OUTSIDE:
        return best
    return _OWNED.get(category)
