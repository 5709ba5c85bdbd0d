"""Condorcet's comparison and Schulze's method: who beats whom, and by how strong a chain.

a beats b when more ballots rank a before b than b before a; what is not ranked is behind all that is. The strength of a
chain of victories is its weakest link, counted in ballots for the winner of that link (winning votes, as Debian does;
M. Schulze, Social Choice and Welfare 36, 2011). Winners are those who are beaten by no stronger chain than they beat
with.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ballots.tally.outcome import Outcome, zero
from ballots.tally.single import Ranking
from ballots.tally.ties import TieBreaker

#: Ballots that prefer the first to the second.
Pairs = dict[str, dict[str, int]]


def schulze(options: Sequence[str], ballots: Mapping[Ranking, int], ties: TieBreaker) -> Outcome:
    """The winner, all pairwise comparisons, and the strongest chains."""
    pairs = compare(options, ballots)
    chains = strongest(options, pairs)
    wins = {a: sum(chains[a][b] > chains[b][a] for b in options if b != a) for a in options}
    best = sorted(a for a in options if all(chains[a][b] >= chains[b][a] for b in options if b != a))
    winner = best[0] if len(best) == 1 else ties.first(best, 1)
    condorcet = [a for a in options if all(pairs[a][b] > pairs[b][a] for b in options if b != a)]
    row: dict[str, Any] = {"pairs": pairs, "chains": chains, "condorcet": condorcet[0] if condorcet else ""}
    why = {option: _reason(option, winner, pairs, chains) for option in options}
    totals = {"votes": _named(options, ballots), "wins": wins}
    return Outcome("schulze", (winner,), totals, sum(ballots.values()), (row,), tuple(ties.ties), why)


def compare(options: Sequence[str], ballots: Mapping[Ranking, int]) -> Pairs:
    """How many ballots prefer each option to each other."""
    pairs: Pairs = {a: {b: 0 for b in options if b != a} for a in options}
    everybody = set(options)
    for ranking, count in ballots.items():
        behind = set(everybody)
        for rank in ranking:
            behind.difference_update(rank)
            for a in rank:
                row = pairs[a]
                for b in behind:
                    row[b] += count
    return pairs


def strongest(options: Sequence[str], pairs: Pairs) -> Pairs:
    """The strength of the strongest chain from each option to each other (Floyd and Warshall's order of loops)."""
    chains: Pairs = {
        a: {b: pairs[a][b] if pairs[a][b] > pairs[b][a] else 0 for b in options if b != a} for a in options
    }
    for through in options:
        for a in options:
            if a == through:
                continue
            first = chains[a][through]
            row, onward = chains[a], chains[through]
            for b in options:
                if b not in (a, through):
                    row[b] = max(row[b], min(first, onward[b]))
    return chains


def _named(options: Sequence[str], ballots: Mapping[Ranking, int]) -> dict[str, int]:
    votes = zero(options)
    for ranking, count in ballots.items():
        for rank in ranking:
            for option in rank:
                votes[option] += count
    return votes


def _reason(option: str, winner: str, pairs: Pairs, chains: Pairs) -> dict[str, Any]:
    if option == winner:
        return {"won": True, "beats": sorted(b for b in pairs[option] if pairs[option][b] > pairs[b][option])}
    return {
        "won": False,
        "for_winner": pairs[winner][option],
        "for_this": pairs[option][winner],
        "chain_of_winner": chains[winner][option],
        "chain_of_this": chains[option][winner],
    }
