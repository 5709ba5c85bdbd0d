"""The greedy rule in its three variants: down the list by votes (or points), as long as there is money.

| variant          | a project that does not fit                                    |
| greedy           | is passed over, cheaper ones behind it may still be chosen     |
| greedy_no_skip   | ends the count                                                 |
| greedy_threshold | as greedy, but only projects with so many votes are looked at  |

These are the rules of most Polish cities (`greedy`, `greedy-no-skip`, `greedy-threshold` of Pabulib); all three can be
given a threshold, as some cities do.
"""

from __future__ import annotations

from typing import Any

from ballots.tally.budget import Spending
from ballots.tally.outcome import Outcome
from ballots.tally.ties import DecisiveTie, TieBreaker


def greedy(spending: Spending, ties: TieBreaker, *, skip: bool = True, threshold: int = 0) -> Outcome:
    """Chosen projects, and for every project whether the money or the votes were missing. `threshold`: in points."""
    ties.measures = {**spending.measures(), **ties.measures}
    walk = _Walk(spending, ties, skip)
    for level in sorted(set(spending.support.values()), reverse=True):
        group = sorted(p for p, points in spending.support.items() if points == level)
        if level < threshold:
            walk.below(group, threshold)
        else:
            walk.level(group)
    name = "greedy_no_skip" if not skip else "greedy_threshold" if threshold else "greedy"
    totals = {"votes": spending.votes, "score": spending.support}
    ballots, cost = sum(spending.ballots.values()), spending.budget - walk.left
    why = _why(spending, walk)
    return Outcome(name, tuple(walk.chosen), totals, ballots, tuple(walk.rounds), tuple(ties.ties), why, cost)


class _Walk:
    """Down the list, with the money that is left."""

    def __init__(self, spending: Spending, ties: TieBreaker, skip: bool) -> None:
        self.spending, self.ties, self.skip = spending, ties, skip
        self.left = spending.budget
        self.chosen: list[str] = []
        self.rounds: list[dict[str, Any]] = []
        self.stopped = False

    def level(self, group: list[str]) -> None:
        """Projects with equally many votes."""
        if len(group) == 1 or self._harmless(group):
            for project in group:
                self.look(project)
            return
        number = len(self.rounds) + 1
        parts, settled = self.ties.parted(group)
        order: list[str] = []
        for part in parts:
            if len(part) > 1 and not self._harmless(part):
                raise DecisiveTie(part, number)
            order += part
            for project in part:
                self.look(project)
        self.ties.note(group, order, settled, number)

    def look(self, project: str) -> None:
        """One project."""
        cost = self.spending.costs[project]
        fate = "stopped" if self.stopped else "chosen" if cost <= self.left else "no_money"
        self._row(project, fate)
        if fate == "chosen":
            self.chosen.append(project)
            self.left -= cost
        elif not self.skip:
            self.stopped = True

    def below(self, group: list[str], threshold: int) -> None:
        """Projects with too few votes."""
        for project in group:
            self._row(project, "too_few")
            self.rounds[-1]["threshold"] = threshold

    def _row(self, project: str, fate: str) -> None:
        spending = self.spending
        points, cost = spending.support[project], spending.costs[project]
        self.rounds.append({"option": project, "support": points, "cost": cost, "left": self.left, "fate": fate})

    def _harmless(self, group: list[str]) -> bool:
        """Whether every order of these equals chooses the same projects."""
        if self.stopped:
            return True
        costs = [self.spending.costs[project] for project in group]
        fitting = [cost for cost in costs if cost <= self.left]
        if not fitting:
            return True
        return sum(fitting if self.skip else costs) <= self.left


def _why(spending: Spending, walk: _Walk) -> dict[str, dict[str, Any]]:
    last = min((spending.support[project] for project in walk.chosen), default=0)
    why: dict[str, dict[str, Any]] = {}
    for place, row in enumerate(walk.rounds, 1):
        reason = {"won": row["fate"] == "chosen", "fate": row["fate"], "place": place, "support": row["support"]}
        if row["fate"] == "no_money":
            reason["missing"] = row["cost"] - row["left"]
        elif row["fate"] == "too_few":
            reason["short_by"] = row["threshold"] - row["support"]
        why[row["option"]] = reason if reason["won"] else {**reason, "last_chosen": last}
    return why
