"""What a count says: who won, every round, every tie, and for each option why."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from ballots.tally.ties import Tie


@dataclass(frozen=True)
class Outcome:
    """The outcome of one count.

    `selected`: the winners in the order in which they were chosen. `totals`: by measure (“votes”, “score”) and option.
    `rounds` and `why` are plain data, fractions as [numerator, denominator]; docs/voting.md explains their fields.
    """

    rule: str
    selected: tuple[str, ...]
    totals: Mapping[str, Mapping[str, int]]
    ballots: int
    rounds: tuple[dict[str, Any], ...] = ()
    ties: tuple[Tie, ...] = ()
    why: Mapping[str, dict[str, Any]] = field(default_factory=dict)
    total_cost: int = 0

    def plain(self) -> dict[str, Any]:
        """As it stands in results.json."""
        return {
            "rule": self.rule,
            "selected": list(self.selected),
            "totals": {name: dict(sorted(total.items())) for name, total in self.totals.items()},
            "ballots": self.ballots,
            "rounds": list(self.rounds),
            "ties": [tie.plain() for tie in self.ties],
            "why": {option: dict(reason) for option, reason in sorted(self.why.items())},
            "total_cost": self.total_cost,
        }


def ratio(number: Fraction | int) -> list[int]:
    """A fraction as JSON has it: [numerator, denominator], in lowest terms.

    Numbers beyond what every reader of JSON holds exactly are rounded down to a denominator of a million: they are
    shown to people, and nothing is decided by them.
    """
    exact = Fraction(number)
    if abs(exact.numerator) < 2**53 and exact.denominator < 2**53:
        return [exact.numerator, exact.denominator]
    rough = Fraction(exact.numerator * 1_000_000 // exact.denominator, 1_000_000)
    return [rough.numerator, rough.denominator]


def zero(options: Iterable[str]) -> dict[str, int]:
    """Every option with nothing yet."""
    return dict.fromkeys(options, 0)
