"""Opening all ballots of a poll, once the holders have given the seal's key."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from ballots.manifest import Manifest
from ballots.sealing import Opener, Spoiled
from ballots.tally.count import Pile


def open_all(manifest: Manifest, private: bytes, sealed: Iterable[tuple[str, bytes]]) -> tuple[Pile, Counter[str]]:
    """The valid ballots (area, sealed bytes) put together, and how many were spoiled, by reason."""
    opener = Opener(manifest, private)
    ballots: Pile = Counter()
    spoiled: Counter[str] = Counter()
    for area, envelope in sealed:
        try:
            choice = opener.open(envelope, area).choice
        except Spoiled as wrong:
            spoiled[wrong.code] += 1
            continue
        plain = tuple(sorted(choice.items())) if isinstance(choice, dict) else choice
        ballots[area, plain] += 1
    return ballots, spoiled
