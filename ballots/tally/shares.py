"""The Method of Equal Shares (วิธีส่วนแบ่งเท่ากัน): everybody gets the same share of the budget and pays only for what he
or she voted for (Peters, Pierczyński, Skowron: Proportional Participatory Budgeting with Additive Utilities, 2021).

Chosen next is the project with the greatest effective support: its supporters pay equally, in proportion to the points
they gave it, whoever cannot pays all that is left. With ticks, effective support is the number of supporters that would
pay the same if none of them were short of money; without shortage it is simply the number of votes.

`payments.py` holds one run at a fixed share. Add1 repeats the run with every share a step larger, until the next step
would spend more than there is, or everything that anybody voted for is chosen. (Stopping as soon as nothing more fits
would be another rule: it gives 984,579 zł in Wieliczka 2023, where the town published 995,079 zł.) With `comparison`,
the greedy choice is taken where more voters find more of their projects (or points) in it (equalshares.net).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

from ballots.tally.budget import Spending
from ballots.tally.greedy import greedy
from ballots.tally.outcome import Outcome, ratio
from ballots.tally.payments import Purse, Run
from ballots.tally.ties import DecisiveTie, Tie, TieBreaker

#: Work that may go into finding out whether a tie is decisive, in ballots × projects; a lot is asked for beyond it.
_LOOK = 2_000_000
_LEAVES = 32


def equal_shares(spending: Spending, ties: TieBreaker, *, step: int = 0, comparison: bool = False) -> Outcome:
    """The chosen projects. `step`: by how much every share grows in Add1 (in the unit of the costs), 0: no completion.

    Raises DecisiveTie when a lot is needed that is not known.
    """
    ties.measures = {**spending.measures(), **ties.measures}
    try:
        found = _complete(spending, ties, step)
    except DecisiveTie as tie:
        found = _whatever_is_drawn(spending, ties, step, tie)
    outcome = _outcome(spending, found, step)
    return _compared(spending, outcome, ties) if comparison else outcome


@dataclass(frozen=True)
class _Found:
    """Where the completion ended: the run that counts, the shares tried, and the run that spent too much."""

    purse: Purse
    run: Run
    steps: tuple[dict[str, Any], ...] = ()
    too_much: Run | None = None


def _complete(spending: Spending, ties: TieBreaker, step: int) -> _Found:
    # first the equal share itself, to the last fraction of a unit; then whole units, as the published counts do
    voters = max(1, spending.voters)
    exact, whole = Purse(spending, ties, voters), Purse(spending, ties)
    found = _Found(exact, exact.run(spending.budget))
    steps = [_step(found.run, voters)]
    wanted = sum(1 for support in spending.support.values() if support)
    share = spending.budget // voters
    while step > 0 and len(found.run.chosen) < wanted:
        share += step
        further = whole.run(share)
        if further.cost > spending.budget:
            return replace(found, steps=tuple(steps), too_much=further)
        if further.chosen != found.run.chosen:
            steps.append(_step(further, 1))
        found = _Found(whole, further)
    return replace(found, steps=tuple(steps))


def _step(run: Run, parts: int) -> dict[str, Any]:
    """One share that was tried, and what it bought."""
    return {"share": ratio(Fraction(run.share, parts)), "total_cost": run.cost, "selected": list(run.chosen)}


# -- ties --------------------------------------------------------------------------------------------------------------


def _whatever_is_drawn(spending: Spending, ties: TieBreaker, step: int, tie: DecisiveTie) -> _Found:
    """The outcome, when every possible lot leads to the same projects. Raises the DecisiveTie otherwise.

    Follows the lots that make a difference on the way, one branch for each option drawn before those it is tied with.
    """
    most = min(_LEAVES, 1 + _LOOK // max(1, len(spending.ballots) * len(spending.costs)))
    leaves: list[_Found] = []
    branches: list[frozenset[tuple[str, str]]] = [frozenset()]
    while branches:
        ahead = branches.pop()
        chooser = _Supposed(ties, ahead)
        try:
            leaves.append(_complete(spending, chooser, step))
        except DecisiveTie as open_tie:
            branches += [
                ahead | {(one, other) for other in open_tie.options if other != one} for one in open_tie.options
            ]
        if len(leaves) + len(branches) > most or len({frozenset(leaf.run.chosen) for leaf in leaves}) > 1:
            raise tie
    first = leaves[0]
    harmless = Tie(tie.round, tie.options, "harmless", tie.options)
    return replace(first, run=replace(first.run, ties=(*first.run.ties, harmless)))


class _Supposed(TieBreaker):
    """A policy with a lot of which only some is supposed: which option was drawn before which."""

    def __init__(self, policy: TieBreaker, ahead: frozenset[tuple[str, str]]) -> None:
        super().__init__(policy.steps, policy.measures)
        self._ahead = ahead

    def parted(self, tied: Iterable[str], extra: object = None) -> tuple[list[list[str]], str]:
        groups, settled = super().parted(tied)
        group = groups[0]
        for one in group:
            if len(group) > 1 and all((one, other) in self._ahead for other in group if other != one):
                return [[one], [other for other in group if other != one], *groups[1:]], "harmless"
        return groups, settled


# -- what is told ------------------------------------------------------------------------------------------------------


def _outcome(spending: Spending, found: _Found, step: int) -> Outcome:
    told = (*found.run.ties, *(found.too_much.ties if found.too_much else ()))
    purse = found.purse
    share = ratio(Fraction(found.run.share, purse.parts))
    last = {"share": share, "step": step, "completion": list(found.steps)}
    rounds: list[dict[str, Any]] = [*purse.purchases(found.run), last]
    if found.too_much:
        rounds[-1]["too_much"] = _step(found.too_much, 1)
    return Outcome(
        "equal_shares",
        found.run.chosen,
        {"votes": spending.votes, "score": spending.support},
        sum(spending.ballots.values()),
        tuple(rounds),
        tuple(dict.fromkeys(told)),
        purse.why(found.run),
        found.run.cost,
    )


def _compared(spending: Spending, shares: Outcome, ties: TieBreaker) -> Outcome:
    """The greedy choice, where strictly more voters have more of what they voted for in it."""
    other = greedy(spending, TieBreaker(ties.steps, ties.measures, ties.lot))
    for_shares, for_greedy = prefer(spending, shares.selected, other.selected)
    row = {"comparison": {"equal_shares": for_shares, "greedy": for_greedy, "greedy_selected": list(other.selected)}}
    if for_greedy <= for_shares:
        return replace(shares, rounds=(*shares.rounds, row))
    return replace(
        other, rule="equal_shares", rounds=(*other.rounds, *shares.rounds, row), ties=shares.ties + other.ties
    )


def prefer(spending: Spending, one: Sequence[str], other: Sequence[str]) -> tuple[int, int]:
    """Voters who have more points in the one choice, and in the other."""
    first, second = set(one), set(other)
    ahead = behind = 0
    for weights, count in spending.ballots.items():
        gain = sum(points * ((project in first) - (project in second)) for project, points in weights)
        if gain > 0:
            ahead += count
        elif gain < 0:
            behind += count
    return ahead, behind
