"""The counting rules once more, from their definitions and as slowly as one likes: judges of ballots/tally.

Written differently on purpose: one list of single voters, no grouping, no common denominators, no bounds, every lot.
Every function returns the set of all outcomes that some lot leads to (frozensets of winners); one outcome means that no
tie is decisive.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from itertools import combinations, pairwise, permutations

Outcomes = set[frozenset[str]]
Ballot = Mapping[str, int]


def most(totals: Mapping[str, int], seats: int) -> Outcomes:
    """Every choice of `seats` options such that none left out has more than one chosen."""
    found = set()
    for chosen in combinations(totals, min(seats, len(totals))):
        left = [totals[option] for option in totals if option not in chosen]
        if not left or min(totals[option] for option in chosen) >= max(left):
            found.add(frozenset(chosen))
    return found


def borda_points(options: Sequence[str], ballots: Sequence[Sequence[str]]) -> dict[str, int]:
    """Duels: on every ballot, a point for each option that comes later or is not ranked, for those that are."""
    points = dict.fromkeys(options, 0)
    for ballot in ballots:
        for better in ballot:
            for worse in options:
                if worse != better and (worse not in ballot or ballot.index(worse) > ballot.index(better)):
                    points[better] += 1
    return points


def irv(options: Sequence[str], ballots: Sequence[Sequence[str]]) -> Outcomes:
    """All possible winners, striking out each of the last in turn."""
    if len(options) == 1:
        return {frozenset(options)}
    tops = [next((option for option in ballot if option in options), None) for ballot in ballots]
    least = min(tops.count(option) for option in options)
    found: Outcomes = set()
    for out in options:
        if tops.count(out) == least:
            found |= irv([option for option in options if option != out], ballots)
    return found


def schulze(options: Sequence[str], ballots: Sequence[Sequence[str]]) -> Outcomes:
    """All winners, looking at every path one by one."""

    def prefer(a: str, b: str) -> int:
        return sum(a in ballot and (b not in ballot or ballot.index(a) < ballot.index(b)) for ballot in ballots)

    def link(a: str, b: str) -> int:
        return prefer(a, b) if prefer(a, b) > prefer(b, a) else 0

    def strength(a: str, b: str) -> int:
        between = [option for option in options if option not in (a, b)]
        paths = [(a, *middle, b) for count in range(len(between) + 1) for middle in permutations(between, count)]
        return max(min(link(x, y) for x, y in pairwise(path)) for path in paths)

    return {frozenset([a]) for a in options if all(strength(a, b) >= strength(b, a) for b in options if b != a)}


# -- budgets -----------------------------------------------------------------------------------------------------------


def points(costs: Mapping[str, int], ballots: Sequence[Ballot]) -> dict[str, int]:
    """Points of every project."""
    return {project: sum(ballot.get(project, 0) for ballot in ballots) for project in costs}


def greedy(
    costs: Mapping[str, int], budget: int, ballots: Sequence[Ballot], lot: Sequence[str], *, skip: bool, least: int
) -> frozenset[str]:
    """Down one list that has all projects in order, equals in the order of the lot."""
    total = points(costs, ballots)
    chosen: set[str] = set()
    for project in sorted(costs, key=lambda p: (-total[p], lot.index(p))):
        if total[project] < least:
            continue
        if sum(costs[p] for p in chosen) + costs[project] <= budget:
            chosen.add(project)
        elif not skip:
            break
    return frozenset(chosen)


def pay(cost: int, backers: Sequence[tuple[Fraction, int]]) -> Fraction | None:
    """The least price per point at which the backers (money, points) together pay the cost; None: never."""
    if sum(money for money, _ in backers) < cost:
        return None
    # the sum that is paid grows with the price and bends only where somebody's money ends
    bends = sorted({money / weight for money, weight in backers})
    before = Fraction(0)
    for bend in bends:
        if sum(min(money, bend * weight) for money, weight in backers) >= cost:
            paid = sum(min(money, before * weight) for money, weight in backers)
            slope = sum(weight for money, weight in backers if money / weight > before)
            return before + Fraction(cost - paid) / slope
        before = bend
    raise AssertionError("the last bend pays everything")


def shares(
    costs: Mapping[str, int], ballots: Sequence[Ballot], share: Fraction, prefer: Callable[[str], object]
) -> list[str]:
    """One run of Equal Shares; equals in the order of `prefer`."""
    money = [share] * len(ballots)
    chosen: list[str] = []
    while True:
        offers = []
        for project, cost in costs.items():
            backers = [(money[voter], ballot[project]) for voter, ballot in enumerate(ballots) if ballot.get(project)]
            price = pay(cost, backers) if project not in chosen and backers else None
            if price is not None:
                offers.append((price / cost, prefer(project), project, price))
        if not offers:
            return chosen
        _, _, best, price = min(offers)
        chosen.append(best)
        for voter, ballot in enumerate(ballots):
            money[voter] -= min(money[voter], price * ballot.get(best, 0))


def equal_shares(
    costs: Mapping[str, int], budget: int, ballots: Sequence[Ballot], prefer: Callable[[str], object], step: int
) -> frozenset[str]:
    """The exact share; with a step then Add1, from whole units, as long as it does not overspend."""
    share = budget // max(1, len(ballots))
    chosen = shares(costs, ballots, Fraction(budget, max(1, len(ballots))), prefer)
    wanted = {project for ballot in ballots for project in ballot}
    while step and set(chosen) != wanted:
        share += step
        further = shares(costs, ballots, Fraction(share), prefer)
        if sum(costs[project] for project in further) > budget:
            break
        chosen = further
    return frozenset(chosen)
