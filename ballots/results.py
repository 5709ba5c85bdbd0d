"""results.json: the outcome of a poll with everything people want to know about it, from ballots and board alone.

Whoever has the ballots computes exactly these bytes again. Breakdowns with few ballots are hidden, sums included.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ballots import canonical
from ballots.entries import Close, Tiebreak
from ballots.manifest import Manifest, QuorumKind, manifest_hash
from ballots.records import pack
from ballots.tally.count import Contest, Pile, count_pile, lot_of, unit


@dataclass
class Counted:
    """What is counted: valid ballots by origin, and how many were not valid, by reason (codes of `sealing.Spoiled`)."""

    online: Pile = field(default_factory=Counter)
    paper: Pile = field(default_factory=Counter)
    spoiled: Counter[str] = field(default_factory=Counter)
    spoiled_paper: int = 0

    @property
    def pile(self) -> Pile:
        """All valid ballots."""
        return self.online + self.paper


def contests(manifest: Manifest, counted: Counted, drawn: Tiebreak | None = None) -> tuple[Contest, ...]:
    """The counts. Raises `TieIn` when a decisive tie needs a lot that was not drawn."""
    return count_pile(manifest, counted.pile, lot_of(manifest, drawn))


def results(manifest: Manifest, close: Close, counted: Counted, drawn: Tiebreak | None = None) -> dict[str, Any]:
    """The data of results.json. Raises `TieIn`. Money in the outcomes is in units of `money` satang."""
    return {
        "v": 1,
        "poll": manifest.poll,
        "title": manifest.title,
        "label": manifest.label,
        "decides": manifest.decides,
        "manifest": manifest_hash(manifest),
        "money": unit(manifest),
        "voters": {"roll": close.roll, "online": close.online, "paper": close.paper},
        "quorum": quorum(manifest, close),
        "turnout": dict(close.turnout),
        "ballots": {"online": counted.online.total(), "paper": counted.paper.total()},
        "spoiled": {"online": _spoiled(counted, close), "paper": counted.spoiled_paper},
        "withheld": close.withheld,
        "lot": pack(drawn) if drawn else None,
        "contests": [_contest(contest) for contest in contests(manifest, counted, drawn)],
        "by_origin": None if close.withheld else _by_origin(manifest, counted),
        "by_area": None if close.withheld else _by_area(manifest, counted),
    }


def _spoiled(counted: Counted, close: Close) -> dict[str, int]:
    """By reason; only their number where nobody else can open the ballots, and so judge them."""
    by_reason = +counted.spoiled
    if close.withheld and by_reason:
        return {"spoiled": by_reason.total()}
    return dict(sorted(by_reason.items()))


def to_bytes(data: Mapping[str, Any]) -> bytes:
    """The content of results.json."""
    return canonical.dumps(data)


def quorum(manifest: Manifest, close: Close) -> dict[str, Any]:
    """What turnout was asked for and reached (persons, or whole per cent rounded down). `met` is None where none was
    asked for, or where a hidden cell leaves it open. Never changes the count."""
    asked, voters = manifest.quorum, close.online + close.paper
    reached: int | None = voters
    if asked.kind == QuorumKind.PERCENT_ROLL:
        reached = _percent(voters, close.roll)
    elif asked.kind == QuorumKind.PERCENT_HOUSEHOLDS:
        reached = _percent(close.households_voted, close.households)
    elif asked.kind == QuorumKind.PERCENT_EACH_AREA:
        told = [(close.turnout.get(area.id), area.roll) for area in manifest.areas]
        parts = [_percent(number, roll) for number, roll in told if number is not None]
        reached = min(parts) if len(parts) == len(told) else None
    met = None if asked.kind == QuorumKind.NONE or reached is None else reached >= asked.value
    return {"kind": asked.kind.value, "asked": asked.value, "reached": reached, "met": met, "source": asked.source}


def _percent(part: int, whole: int) -> int:
    return 100 * part // whole if whole else 0


def _contest(contest: Contest) -> dict[str, Any]:
    return {
        "area": contest.area,
        "options": [option.id for option in contest.options],
        "ballots": contest.ballots,
        "blank": contest.blank,
        **{name: value for name, value in contest.outcome.plain().items() if name != "ballots"},
    }


def _by_origin(manifest: Manifest, counted: Counted) -> dict[str, Any] | None:
    """Ballots naming each option, online and on paper; hidden together when there are few of either."""
    totals = (counted.online.total(), counted.paper.total())
    if 0 in totals or min(totals) < manifest.small_cell:
        return None
    return {"online": _named(manifest, counted.online), "paper": _named(manifest, counted.paper)}


def _by_area(manifest: Manifest, counted: Counted) -> dict[str, Any] | None:
    """Ballots naming each option by area. Areas with few ballots have made the poll withhold everything before."""
    if not manifest.areas or manifest.per_area:
        return None
    piles: dict[str, Pile] = {area.id: Counter() for area in manifest.areas}
    for (area, choice), number in counted.pile.items():
        if area in piles:
            piles[area][area, choice] += number
    if any(0 < pile.total() < manifest.small_cell for pile in piles.values()):
        return None
    return {area: _named(manifest, pile) for area, pile in piles.items()}


def _named(manifest: Manifest, ballots: Pile) -> dict[str, int]:
    names = {option.id: 0 for option in manifest.options}
    for (_, choice), number in ballots.items():
        for part in choice:
            names[str(part[0] if isinstance(part, tuple) else part)] += number
    return names


def winners(data: Mapping[str, Any]) -> dict[str, Sequence[str]]:
    """The selected options by area (“”: the whole poll), from results.json."""
    return {contest["area"]: contest["selected"] for contest in data["contests"]}
