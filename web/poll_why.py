"""Why an option won, or did not: the reasons that the count gives (ballots/tally), as sentences of numbers.

`fate_…` are what becomes of a project when its turn comes; amounts of the count are in units of `money` satang.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from ballots.manifest import Rule
from messages.money import baht
from messages.words import Words

Reason = Mapping[str, Any]
#: The numbers by which sentences about the count call an option.
Namer = Callable[[str], str]

FATES = ("chosen", "no_money", "too_few", "stopped")


class Why:
    """Reasons of one contest. `unit`: satang that one of the count's money is worth."""

    def __init__(self, w: Words, rule: str, unit: int, name: Namer, votes: Mapping[str, int]) -> None:
        self._w, self._rule, self._unit, self._name, self._votes = w, rule, unit, name, votes

    def money(self, amount: int) -> str:
        """An amount of the count in baht."""
        return baht(amount * self._unit)

    def lines(self, option: str, reason: Reason) -> list[str]:
        """The sentences."""
        if "fate" in reason:
            return [self._of_greedy(reason)]
        if "ahead_by" in reason or "short_by" in reason:
            return [self._of_most(reason)]
        if self._rule == Rule.EQUAL_SHARES:
            return self._of_shares(option, reason)
        if self._rule == Rule.IRV:
            return [self._of_irv(reason)]
        if self._rule == Rule.SCHULZE:
            return [self._of_pairs(reason)]
        return []

    def _of_most(self, reason: Reason) -> str:
        number = reason.get("ahead_by", reason.get("short_by", 0))
        if not number:
            return self._w("poll.because_level", total=reason["total"])
        name = "poll.because_ahead" if reason["won"] else "poll.because_short"
        return self._w(name, total=reason["total"], number=number)

    def _of_greedy(self, reason: Reason) -> str:
        fields = {
            "support": reason["support"],
            "place": reason["place"],
            "missing": self.money(reason.get("missing", 0)),
            "short": reason.get("short_by", 0),
        }
        return self._w(f"poll.because_{reason['fate']}", **fields)

    def _of_shares(self, option: str, reason: Reason) -> list[str]:
        votes = self._votes.get(option, 0)
        if reason["won"]:
            return [self._w("poll.because_shares_won", votes=votes)]
        have, cost = self.money(reason["supporters_have"]), self.money(reason["cost"])
        told = [self._w("poll.because_shares_short", votes=votes, money=have, cost=cost, percent=reason["percent"])]
        spent = sorted(reason["spent_on"].items(), key=lambda pair: -pair[1])
        if spent:
            names = ", ".join(f"{self._name(other)} ({self.money(amount)})" for other, amount in spent if amount)
            told.append(self._w("poll.because_shares_spent", names=names))
        return told

    def _of_irv(self, reason: Reason) -> str:
        if reason["won"]:
            return self._w("poll.because_last", votes=reason["votes"], runner_up=reason["runner_up"])
        return self._w("poll.because_round", round=reason["round"], votes=reason["votes"], next=reason["next"])

    def _of_pairs(self, reason: Reason) -> str:
        if reason["won"]:
            return self._w("poll.because_beats", count=len(reason["beats"]))
        return self._w("poll.because_pair", for_winner=reason["for_winner"], for_this=reason["for_this"])


def rounds(why: Why, w: Words, contest: Reason, name: Namer) -> list[list[str]]:
    """The rounds as a table, its head first; empty where there is nothing to follow step by step."""
    rows = contest["rounds"]
    if contest["rule"] == Rule.IRV:
        return _irv(w, contest, name)
    if rows and "pairs" in rows[0]:
        return _pairs(w, rows[0]["pairs"], name)
    funded = [row for row in rows if "fate" in row]
    if funded:
        return _funding(why, w, funded, name)
    bought = [row for row in rows if "price" in row or "effective" in row]
    return _purchases(why, w, bought, name)


def _funding(why: Why, w: Words, rows: list[Reason], name: Namer) -> list[list[str]]:
    head = [w(f"poll.{key}") for key in ("round", "option", "points", "cost", "fate", "left")]
    body = [
        [
            *(str(number), name(row["option"]), f"{row['support']:,}", why.money(row["cost"])),
            *(w(f"poll.fate_{row['fate']}"), why.money(row["left"])),
        ]
        for number, row in enumerate(rows, 1)
    ]
    return [head, *body]


def _purchases(why: Why, w: Words, rows: list[Reason], name: Namer) -> list[list[str]]:
    if not rows:
        return []
    head = [w(f"poll.{key}") for key in ("round", "option", "points", "cost")]
    body = [
        [str(number), name(row["option"]), f"{row.get('support', 0):,}", why.money(row.get("cost", 0))]
        for number, row in enumerate(rows, 1)
    ]
    return [head, *body]


def _irv(w: Words, contest: Reason, name: Namer) -> list[list[str]]:
    rows = contest["rounds"]
    options = sorted(contest["options"], key=lambda option: -rows[0]["votes"].get(option, 0)) if rows else []
    head = [w("poll.option"), *(f"{w('poll.round')} {row['round']}" for row in rows)]
    body = [[name(option), *(_standing(w, row, option) for row in rows)] for option in options]
    return [head, *body] if rows else []


def _standing(w: Words, row: Reason, option: str) -> str:
    if option not in row["votes"]:
        return "–"
    votes = f"{row['votes'][option]:,}"
    return f"{votes} ({w('poll.out')})" if row.get("out") == option else votes


def _pairs(w: Words, pairs: Mapping[str, Mapping[str, int]], name: Namer) -> list[list[str]]:
    options = list(pairs)
    body = [[name(a), *(f"{pairs[a][b]:,}" if a != b else "–" for b in options)] for a in options]
    return [[w("poll.option"), *map(name, options)], *body]
