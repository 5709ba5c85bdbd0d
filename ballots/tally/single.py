"""Plurality, approval, score and Borda: sums of points; the options with the most win.

| rule      | an option gets from a ballot                                                    |
| plurality | 1 where it is the first choice                                                   |
| approval  | 1 where it is ticked                                                             |
| score     | the points given to it                                                           |
| borda     | one point for every option ranked behind it; what is not ranked is behind all    |
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ballots.manifest import TieStep
from ballots.tally.outcome import Outcome, zero
from ballots.tally.ties import TieBreaker

#: Options of one rank together, the best rank first.
Ranking = tuple[tuple[str, ...], ...]


def plurality(options: Sequence[str], ballots: Mapping[Ranking, int], seats: int, ties: TieBreaker) -> Outcome:
    """First choices. A ballot with two options in the first rank says nothing clear and counts for none of them."""
    votes = zero(options)
    for ranking, count in ballots.items():
        if ranking and len(ranking[0]) == 1:
            votes[ranking[0][0]] += count
    return _most("plurality", {"votes": votes}, "votes", sum(ballots.values()), seats, ties)


def approval(options: Sequence[str], ballots: Mapping[tuple[str, ...], int], seats: int, ties: TieBreaker) -> Outcome:
    """Ticks."""
    votes = zero(options)
    for chosen, count in ballots.items():
        for option in chosen:
            votes[option] += count
    return _most("approval", {"votes": votes}, "votes", sum(ballots.values()), seats, ties)


def score(
    options: Sequence[str], ballots: Mapping[tuple[tuple[str, int], ...], int], seats: int, ties: TieBreaker
) -> Outcome:
    """Points. `votes` counts the ballots that gave an option any."""
    points, votes = zero(options), zero(options)
    for given, count in ballots.items():
        for option, number in given:
            points[option] += number * count
            votes[option] += count
    return _most("score", {"score": points, "votes": votes}, "score", sum(ballots.values()), seats, ties)


def borda(options: Sequence[str], ballots: Mapping[Ranking, int], seats: int, ties: TieBreaker) -> Outcome:
    """Borda's count: with m options all ranked, m−1 points for the first, … 0 for the last."""
    points, votes = zero(options), zero(options)
    for ranking, count in ballots.items():
        behind = len(options)
        for rank in ranking:
            behind -= len(rank)
            for option in rank:
                points[option] += behind * count
                votes[option] += count
    return _most("borda", {"score": points, "votes": votes}, "score", sum(ballots.values()), seats, ties)


def _most(
    rule: str, totals: dict[str, dict[str, int]], measure: str, ballots: int, seats: int, ties: TieBreaker
) -> Outcome:
    """The `seats` options with the most; a tie across the last seat is decisive."""
    total = totals[measure]
    if TieStep.MORE_VOTES not in ties.measures and "votes" in totals:
        ties.measures = {**ties.measures, TieStep.MORE_VOTES: lambda option: -totals["votes"][option]}
    ranked = sorted(total, key=lambda option: (-total[option], option))
    selected: list[str] = []
    for level in sorted(set(total.values()), reverse=True):
        group = [option for option in ranked if total[option] == level]
        room = seats - len(selected)
        selected += group if len(group) <= room else ties.take(group, room, 1) if room > 0 else []
    why = {option: _reason(total, option, selected) for option in total}
    rounds = tuple({"option": option, measure: total[option], "won": option in selected} for option in ranked)
    return Outcome(rule, tuple(selected), totals, ballots, rounds, tuple(ties.ties), why)


def _reason(total: Mapping[str, int], option: str, selected: Sequence[str]) -> dict[str, Any]:
    won = option in selected
    others = [number for other, number in total.items() if (other in selected) != won]
    line = (max(others, default=0) if won else min(others, default=0)) - total[option]
    return {"won": won, "total": total[option], "ahead_by" if won else "short_by": abs(line)}
