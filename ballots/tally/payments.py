"""One run of the Method of Equal Shares at a fixed share, in whole numbers.

Voters with the same ballot always have the same money left, so they are kept together. All money is kept as whole
numbers over one common denominator, which grows with every purchase; nothing is ever rounded. A project's effective
support only shrinks while money is spent, so what it was at the last look is a bound, and most projects need no second
look.
"""

from __future__ import annotations

import heapq
from collections import defaultdict
from dataclasses import dataclass
from fractions import Fraction
from math import gcd
from typing import Any

from ballots.tally.budget import Spending
from ballots.tally.outcome import ratio
from ballots.tally.ties import DecisiveTie, Tie, TieBreaker

#: Bounds are kept as effective support × 2⁶⁴, rounded down; equal bounds are compared exactly.
_FINE = 64


@dataclass(frozen=True)
class Price:
    """What a project would cost its supporters: whoever has enough pays `rest`/(`weight` × denominator) per point, the
    others all they have. Effective support = cost / (price per point)."""

    cost: int
    rest: int
    weight: int

    def bound(self, denominator: int) -> int:
        """Effective support × 2⁶⁴, rounded down."""
        return (self.cost * self.weight * denominator << _FINE) // self.rest

    def against(self, other: Price) -> int:
        """Above 0 when this one's effective support is greater, 0 when equal."""
        return self.cost * self.weight * other.rest - other.cost * other.weight * self.rest


@dataclass(frozen=True)
class Run:
    """The purchases of one run. `prices` are money per point, `supports` effective supports, both exact."""

    share: int
    chosen: tuple[str, ...]
    cost: int
    supports: tuple[Fraction, ...]
    prices: tuple[Fraction, ...]
    ties: tuple[Tie, ...]


class Purse:
    """The voters' money. One purse makes any number of runs. Shares are in parts of the costs' unit: `parts` to one."""

    def __init__(self, spending: Spending, ties: TieBreaker, parts: int = 1) -> None:
        self.spending, self.policy, self.parts = spending, ties, parts
        self._number = list(spending.ballots.values())
        backers: dict[str, dict[int, list[int]]] = {project: defaultdict(list) for project in spending.costs}
        for group, weights in enumerate(spending.ballots):
            for project, points in weights:
                backers[project][points].append(group)
        self._backers = {project: dict(by_points) for project, by_points in backers.items()}
        self._names = sorted(spending.costs)

    def run(self, share: int) -> Run:
        """Buy while anything can be bought; stop early once more is spent than there is. Raises DecisiveTie."""
        return _Running(self, share).finish()

    # -- telling -------------------------------------------------------------------------------------------------------

    def purchases(self, run: Run) -> list[dict[str, Any]]:
        """Every purchase of a run, for people to follow."""
        return [
            {
                "round": number,
                "option": project,
                "cost": self.spending.costs[project],
                "support": self.spending.support[project],
                "effective": ratio(support),
                "price": ratio(price),
            }
            for number, (project, support, price) in enumerate(
                zip(run.chosen, run.supports, run.prices, strict=True), 1
            )
        ]

    def why(self, run: Run) -> dict[str, dict[str, Any]]:
        """Why each project won or lost: what its supporters had left at the end, and what they had paid for."""
        left, paid = self._accounts(run)
        why: dict[str, dict[str, Any]] = {}
        for number, project in enumerate(run.chosen):
            why[project] = {
                "won": True,
                "round": number + 1,
                "support": self.spending.support[project],
                "effective": ratio(run.supports[number]),
                "price": ratio(run.prices[number]),
            }
        for project in self._names:
            if project not in why:
                why[project] = self._lost(project, run, left, paid)
        return why

    def _lost(self, project: str, run: Run, left: list[Fraction], paid: list[dict[str, Fraction]]) -> dict[str, Any]:
        groups = [group for members in self._backers[project].values() for group in members]
        money = sum((left[group] * self._number[group] for group in groups), Fraction(0))
        spent: dict[str, Fraction] = {}
        for group in groups:
            for other, amount in paid[group].items():
                spent[other] = spent.get(other, Fraction(0)) + amount * self._number[group]
        cost = self.spending.costs[project]
        return {
            "won": False,
            "support": self.spending.support[project],
            "supporters_have": int(money),
            "cost": cost,
            "percent": int(money * 100 / cost) if cost else 100,
            "spent_on": {other: int(amount) for other, amount in sorted(spent.items())},
        }

    def _accounts(self, run: Run) -> tuple[list[Fraction], list[dict[str, Fraction]]]:
        """Every group's money at the end, and what each paid for: the run once more, slowly, in fractions."""
        left = [Fraction(run.share, self.parts)] * len(self._number)
        paid: list[dict[str, Fraction]] = [{} for _ in self._number]
        for project, price in zip(run.chosen, run.prices, strict=True):
            for points, groups in self._backers[project].items():
                for group in groups:
                    amount = min(left[group], price * points)
                    left[group] -= amount
                    paid[group][project] = amount
        return left, paid


class _Running:
    """One run. `money[g] / over` is what each voter of group g has left."""

    def __init__(self, purse: Purse, share: int) -> None:
        self.share = share
        self.number = purse._number
        self.backers = purse._backers
        self.spending = purse.spending
        self.ties = purse.policy
        self.names = purse._names
        self.parts = purse.parts
        self.money = [share] * len(self.number)
        self.over = 1
        self.chosen: list[str] = []
        self.supports: list[Fraction] = []
        self.prices: list[Fraction] = []
        self.noted: list[Tie] = []
        self.cost = 0
        support = self.spending.support
        votes, costs = self.spending.votes, self.spending.costs
        self.heap = [
            (-(support[name] << _FINE), place)
            for place, name in enumerate(self.names)
            if votes[name] * share >= costs[name] * self.parts
        ]
        heapq.heapify(self.heap)

    def finish(self) -> Run:
        """All purchases."""
        while self.cost <= self.spending.budget:
            best = self._best()
            if not best:
                break
            project = self._one(sorted(best))
            self._buy(project, best[project])
            for other, price in best.items():
                if other != project:
                    heapq.heappush(self.heap, (-price.bound(self.over), self.names.index(other)))
        chosen, supports, prices = tuple(self.chosen), tuple(self.supports), tuple(self.prices)
        return Run(self.share, chosen, self.cost, supports, prices, tuple(self.noted))

    def _best(self) -> dict[str, Price]:
        """The projects with the greatest effective support that can be paid, taken off the heap."""
        best: dict[str, Price] = {}
        leader: Price | None = None
        bound = 0
        again: list[tuple[int, int]] = []
        while self.heap and (leader is None or -self.heap[0][0] >= bound):
            _, place = heapq.heappop(self.heap)
            name = self.names[place]
            price = self.price(name)
            if price is None:
                continue
            ahead = 1 if leader is None else price.against(leader)
            if ahead > 0:
                again += [(-old.bound(self.over), self.names.index(other)) for other, old in best.items()]
                best, leader, bound = {name: price}, price, price.bound(self.over)
            elif ahead == 0:
                best[name] = price
            else:
                again.append((-price.bound(self.over), place))
        for item in again:
            heapq.heappush(self.heap, item)
        return best

    def price(self, project: str) -> Price | None:
        """What the project would cost its supporters now; None when together they have too little (for good)."""
        cost = self.spending.costs[project] * self.parts
        rest, weight, together = cost * self.over, 0, 0
        rich: list[tuple[int, list[tuple[int, int]]]] = []
        money, number = self.money, self.number
        for points, groups in self.backers[project].items():
            purses = [(money[group], number[group]) for group in groups if money[group]]
            together += sum([have * many for have, many in purses])
            weight += points * sum([many for _, many in purses])
            rich.append((points, purses))
        if together < rest:
            return None
        while weight:
            paid_up = gone = 0
            line: list[tuple[int, list[tuple[int, int]]]] = []
            for points, purses in rich:
                need = -(-rest * points // weight)
                poor = [(have, many) for have, many in purses if have < need]
                if poor:
                    paid_up += sum([have * many for have, many in poor])
                    gone += points * sum([many for _, many in poor])
                    line.append((points, [purse for purse in purses if purse[0] >= need]))
                else:
                    line.append((points, purses))
            if not gone:
                return Price(cost, rest, weight)
            rich, rest, weight = line, rest - paid_up, weight - gone
        return None

    def _one(self, tied: list[str]) -> str:
        if len(tied) == 1:
            return tied[0]
        number = len(self.chosen) + 1
        parts, settled = self.ties.parted(tied)
        first = parts[0]
        if len(first) > 1 and not self._apart(first):
            raise DecisiveTie(first, number)
        order = tuple(project for part in parts for project in part)
        if not self._apart(tied):
            self.noted.append(Tie(number, tuple(tied), settled or "harmless", order))
        return first[0]

    def _apart(self, tied: list[str]) -> bool:
        """Whether no voter with money supports two of them: then buying one leaves the others as they are."""
        seen: set[int] = set()
        for project in tied:
            groups = {g for members in self.backers[project].values() for g in members if self.money[g]}
            if groups & seen:
                return False
            seen |= groups
        return True

    def _buy(self, project: str, price: Price) -> None:
        self.chosen.append(project)
        self.cost += self.spending.costs[project]
        per_point = Fraction(price.rest, price.weight * self.over)
        self.prices.append(per_point / self.parts)
        self.supports.append(price.cost / per_point)
        shared = gcd(price.rest, price.weight)
        rest, grow = price.rest // shared, price.weight // shared
        if grow > 1:
            self.over *= grow
            self.money = [have * grow for have in self.money]
        money = self.money
        for points, groups in self.backers[project].items():
            due = rest * points
            for group in groups:
                have = money[group]
                money[group] = have - due if have > due else 0
