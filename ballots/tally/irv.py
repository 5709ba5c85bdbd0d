"""Instant run-off (IRV, เลือกตั้งรอบตัดเชือกทันที): the last is struck out, round after round, until two are left.

Every ballot counts for the best ranked option that is still in. A rank with several options says nothing clear: a
ballot that comes to one is exhausted, as election offices in the United States treat an overvote.

A tie for the last place is looked into: if all ways of settling it lead to the same winner it is harmless, otherwise
the policy settles it or the count stops.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ballots.manifest import TieStep
from ballots.tally.outcome import Outcome, zero
from ballots.tally.single import Ranking
from ballots.tally.ties import TieBreaker

#: Sets of options looked into before a tie is taken to be decisive; a bound on work, far above what real polls need.
_LOOK = 4000


def irv(options: Sequence[str], ballots: Mapping[Ranking, int], ties: TieBreaker) -> Outcome:
    """The winner and every round: votes, exhausted ballots, who was struck out and where those votes went."""
    count = _Count(options, ballots)
    standing = tuple(sorted(options))
    rounds: list[dict[str, Any]] = []
    history: list[dict[str, int]] = []
    while True:
        votes, exhausted = count.votes(standing)
        history.append(votes)
        row: dict[str, Any] = {"round": len(history), "votes": votes, "exhausted": exhausted}
        rounds.append(row)
        if len(standing) == 1:
            break
        out = _last(count, standing, votes, ties, history)
        row["out"] = out
        after = _without(standing, out)
        row["transfers"] = _transfers(votes, exhausted, count.votes(after), out)
        if _majority(votes, standing):
            # the rest is arithmetic: whoever has more than half of what is left cannot be caught up with
            row["majority"] = max(votes, key=lambda option: votes[option])
        standing = after
    winner = standing[0]
    rounds.pop()
    totals = {"votes": history[0], "last_round": {**zero(options), **history[-2]}} if len(history) > 1 else {}
    why = _why(rounds, winner)
    return Outcome("irv", (winner,), totals, sum(ballots.values()), tuple(rounds), tuple(ties.ties), why)


class _Count:
    """Counts rounds, remembering each set of options it was asked about."""

    def __init__(self, options: Sequence[str], ballots: Mapping[Ranking, int]) -> None:
        self._ballots = [(ranking, number) for ranking, number in ballots.items() if number]
        self._known: dict[tuple[str, ...], tuple[dict[str, int], int]] = {}
        self._winners: dict[tuple[str, ...], frozenset[str]] = {}
        self._everybody = frozenset(options)

    def votes(self, standing: tuple[str, ...]) -> tuple[dict[str, int], int]:
        """Votes of those still in, and ballots that count for nobody any more."""
        if standing not in self._known:
            votes, exhausted = zero(standing), 0
            for ranking, number in self._ballots:
                for rank in ranking:
                    if len(rank) > 1:
                        exhausted += number
                        break
                    if rank[0] in votes:
                        votes[rank[0]] += number
                        break
                else:
                    exhausted += number
            self._known[standing] = votes, exhausted
        return self._known[standing]

    def winners(self, standing: tuple[str, ...]) -> frozenset[str]:
        """All who may win from here, over every way of settling ties for the last place."""
        if standing not in self._winners:
            if len(self._winners) > _LOOK:
                return self._everybody
            self._winners[standing] = self._look(standing)
        return self._winners[standing]

    def _look(self, standing: tuple[str, ...]) -> frozenset[str]:
        if len(standing) == 1:
            return frozenset(standing)
        votes, _ = self.votes(standing)
        tied = lowest(votes)
        if together(votes, tied):
            return self.winners(tuple(option for option in standing if option not in tied))
        return frozenset().union(*(self.winners(_without(standing, out)) for out in tied))

    def same_winner(self, standing: tuple[str, ...], tied: Sequence[str]) -> bool:
        """Whether it makes no difference to the winner which of these is struck out now."""
        return len(frozenset().union(*(self.winners(_without(standing, out)) for out in tied))) == 1


def _without(standing: tuple[str, ...], out: str) -> tuple[str, ...]:
    return tuple(option for option in standing if option != out)


def together(votes: Mapping[str, int], tied: Sequence[str]) -> bool:
    """Whether these go out one after the other in any order, since all their votes together reach nobody else's. False
    for all that are left: somebody has to win."""
    others = [number for option, number in votes.items() if option not in tied]
    return bool(others) and sum(votes[option] for option in tied) < min(others)


def lowest(votes: Mapping[str, int]) -> list[str]:
    """Those with the fewest votes, by name."""
    least = min(votes.values())
    return sorted(option for option, number in votes.items() if number == least)


def _last(
    count: _Count, standing: tuple[str, ...], votes: dict[str, int], ties: TieBreaker, history: list[dict[str, int]]
) -> str:
    tied = lowest(votes)
    if len(tied) == 1:
        return tied[0]
    if together(votes, tied) or count.same_winner(standing, tied):
        return ties.harmless(tied, len(history))[0]
    earlier = {TieStep.EARLIER_ROUND: _earlier(history, tied)}
    behind = ties.parted(tied, earlier)[0][-1]
    if len(behind) > 1 and count.same_winner(standing, behind):
        ties.harmless(behind, len(history))
        return behind[0]
    # the policy says who goes ahead; struck out is whoever comes last in its order
    return ties.take(tied, len(tied) - 1, len(history), earlier, rest=True)[-1]


def _earlier(history: Sequence[Mapping[str, int]], tied: Sequence[str]) -> Any:
    """Minus the votes in the latest earlier round in which the tied options differed."""
    for votes in reversed(history[:-1]):
        if len({votes[option] for option in tied}) > 1:
            return lambda option: -votes[option]
    return lambda option: 0


def _majority(votes: Mapping[str, int], standing: Sequence[str]) -> bool:
    return len(standing) > 2 and 2 * max(votes.values()) > sum(votes.values())


def _transfers(votes: Mapping[str, int], exhausted: int, after: tuple[dict[str, int], int], out: str) -> dict[str, int]:
    gained = {option: number - votes[option] for option, number in after[0].items() if number > votes[option]}
    return {**gained, **({"": after[1] - exhausted} if after[1] > exhausted else {})}


def _why(rounds: Sequence[dict[str, Any]], winner: str) -> dict[str, dict[str, Any]]:
    why: dict[str, dict[str, Any]] = {}
    for row in rounds:
        out = row["out"]
        others = [number for option, number in row["votes"].items() if option != out]
        why[out] = {
            "won": False,
            "round": row["round"],
            "votes": row["votes"][out],
            "next": min(others, default=0),
        }
    last = rounds[-1]["votes"] if rounds else {}
    runner_up = max((number for option, number in last.items() if option != winner), default=0)
    why[winner] = {"won": True, "votes": last.get(winner, 0), "runner_up": runner_up}
    return why
