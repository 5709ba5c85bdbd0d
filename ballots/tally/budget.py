"""What both ways of spending a budget count: projects with costs, and ballots that give them weights."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from ballots.manifest import TieStep
from ballots.tally.outcome import zero
from ballots.tally.ties import Measure

#: A ballot: (project, points), sorted; a tick is one point.
Weights = tuple[tuple[str, int], ...]


@dataclass(frozen=True)
class Spending:
    """Costs and budget in one unit of money, and the ballots, equal ones together with their number.

    `voters` share the money in the Method of Equal Shares: everybody whose ballot is not blank.
    """

    costs: Mapping[str, int]
    budget: int
    ballots: Mapping[Weights, int]
    voters: int

    def __post_init__(self) -> None:
        if any(cost <= 0 for cost in self.costs.values()):
            raise ValueError("every project needs a cost above 0")

    @cached_property
    def votes(self) -> dict[str, int]:
        """Ballots that name a project."""
        return self._sum(points=False)

    @cached_property
    def support(self) -> dict[str, int]:
        """Points of a project; with ticks, its votes."""
        return self._sum(points=True)

    def _sum(self, *, points: bool) -> dict[str, int]:
        total = zero(self.costs)
        for weights, count in self.ballots.items():
            for project, number in weights:
                total[project] += number * count if points else count
        return total

    def measures(self) -> dict[TieStep, Measure]:
        """What the policy's steps look at."""
        return {TieStep.CHEAPER: lambda p: self.costs[p], TieStep.MORE_VOTES: lambda p: -self.votes[p]}
