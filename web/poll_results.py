"""What is known of a poll: who came, and in the end the result with its reasons, put so that people can follow it.

The result is read from the data of results.json (ballots/results.py), so that the page says what the file says.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ballots.manifest import BUDGET_KINDS, Level, Manifest
from messages.money import baht
from messages.words import Words
from models import turnout as counted
from models.polls import Poll
from models.turnout import QuorumReport, Turnout
from web import poll_why
from web.desk import Desk
from web.poll_words import Rules

#: Width of the longest bar of a chart, in its own units.
WIDE = 1000


@dataclass(frozen=True)
class Came:
    """Turnout and quorum of one poll, small cells hidden. `of_all`: the roll was known beforehand; else whoever votes
    comes onto it, and a percentage would say nothing."""

    seen: Turnout
    quorum: QuorumReport
    of_all: bool

    def words(self, w: Words) -> str:
        """What follows the number of voters."""
        if not self.of_all:
            return w("poll.came_by_themselves")
        return w("poll.of_roll", roll=f"{self.seen.roll:,}", percent=f"{self.seen.percent:.1f}")


@dataclass(frozen=True)
class Row:
    """An option in the result. `value` is what the bar shows, `width` its length (0–1000)."""

    id: str
    name: str
    cost: str
    votes: int
    points: int
    value: int
    width: int
    won: bool
    why: list[str]


@dataclass(frozen=True)
class Contest:
    """One count: of the whole poll (`title` “”), or of one area. Money is written in baht."""

    title: str
    winners: list[str]
    rows: list[Row]
    costs: bool
    points: bool
    budget: str
    spent: str
    left: str
    notes: list[str]
    ties: list[str]
    rounds: list[list[str]]


@dataclass(frozen=True)
class Result:
    """The result of a poll: ballots counted, on paper, without a choice, spoilt; and its contests."""

    counted: int
    paper: int
    blank: int
    spoiled: int
    contests: list[Contest]


def turnout_of(desk: Desk, poll: Poll, manifest: Manifest) -> Came:
    """Who came so far."""
    seen = counted.turnout(desk.session, poll.id, manifest.small_cell)
    exact = counted.voted_by_area(desk.session, poll.id)
    known = manifest.eligibility.minimum not in (Level.OPEN, Level.DECLARED)
    return Came(seen, counted.quorum(manifest, seen, exact), known)


def result_of(w: Words, manifest: Manifest, data: Mapping[str, Any]) -> Result:
    """The result in the reader's language, from the data of results.json."""
    return Result(
        counted=sum(data["ballots"].values()),
        paper=data["ballots"]["paper"],
        blank=sum(contest["blank"] for contest in data["contests"]),
        spoiled=sum(data["spoiled"]["online"].values()) + data["spoiled"]["paper"],
        contests=[_contest(w, manifest, data, contest) for contest in data["contests"]],
    )


def _contest(w: Words, manifest: Manifest, data: Mapping[str, Any], contest: Mapping[str, Any]) -> Contest:
    words, totals = Rules(w, manifest), contest["totals"]
    votes = totals.get("votes", {})
    why = poll_why.Why(w, contest["rule"], data["money"], words.name, votes)
    budget = manifest.budget_of(contest["area"]) if manifest.kind in BUDGET_KINDS else 0
    spent = contest["total_cost"] * data["money"]
    return Contest(
        title=words.area(contest["area"]) if contest["area"] else "",
        winners=[words.name(option) for option in contest["selected"]],
        rows=_rows(manifest, words, contest, why),
        costs=manifest.kind in BUDGET_KINDS,
        points=_has_points(totals),
        budget=baht(budget) if budget else "",
        spent=baht(spent),
        left=baht(budget - spent),
        notes=_notes(w, contest),
        ties=[_tie(w, words, tie) for tie in contest["ties"]],
        rounds=poll_why.rounds(why, w, contest, words.name),
    )


def _has_points(totals: Mapping[str, Mapping[str, int]]) -> bool:
    return "score" in totals and totals["score"] != totals.get("votes")


def _rows(manifest: Manifest, words: Rules, contest: Mapping[str, Any], why: poll_why.Why) -> list[Row]:
    """The winners in their order, then the others from the most to the least."""
    totals, selected = contest["totals"], contest["selected"]
    votes = totals.get("votes", {})
    shown = totals.get("wins") or totals.get("score") or votes
    most = max(shown.values(), default=0) or 1
    rest = sorted(
        (option for option in contest["options"] if option not in selected), key=lambda o: (-shown.get(o, 0), o)
    )
    return [
        Row(
            id=option,
            name=words.name(option),
            cost=_cost(manifest, option),
            votes=votes.get(option, 0),
            points=totals.get("score", votes).get(option, 0),
            value=shown.get(option, 0),
            width=WIDE * shown.get(option, 0) // most,
            won=option in selected,
            why=why.lines(option, contest["why"].get(option, {})),
        )
        for option in [*selected, *rest]
    ]


def _cost(manifest: Manifest, option: str) -> str:
    found = manifest.option(option)
    return baht(found.cost) if found and found.cost else ""


def _notes(w: Words, contest: Mapping[str, Any]) -> list[str]:
    compared = next((row["comparison"] for row in contest["rounds"] if "comparison" in row), None)
    taken = compared is not None and compared["greedy"] > compared["equal_shares"]
    return [w("poll.because_greedy")] if taken else []


def _tie(w: Words, words: Rules, tie: Mapping[str, Any]) -> str:
    names = ", ".join(words.name(option) for option in tie["order"] or tie["options"])
    return w("poll.tie_settled", round=tie["round"], names=names, how=w(f"poll.settled_{tie['settled']}"))
