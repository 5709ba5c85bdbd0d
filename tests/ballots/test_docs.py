"""The worked examples of docs/voting.md, counted: a block that starts with ```นับ has ballots and what a rule finds."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from ballots.manifest import Rule, TieStep
from ballots.tally import single
from ballots.tally.budget import Spending
from ballots.tally.greedy import greedy
from ballots.tally.irv import irv
from ballots.tally.outcome import Outcome
from ballots.tally.schulze import schulze
from ballots.tally.shares import equal_shares
from ballots.tally.ties import DecisiveTie, TieBreaker

PAGE = Path(__file__).parents[2] / "docs" / "voting.md"
BLOCKS = re.findall(r"```นับ\n(.*?)```", PAGE.read_text("utf-8"), re.DOTALL)


@dataclass
class Example:
    """One block: ballots as written, costs, budget, and the claims below them."""

    budget: int = 0
    costs: dict[str, int] = field(default_factory=dict)
    ballots: list[tuple[int, str]] = field(default_factory=list)
    claims: list[str] = field(default_factory=list)


def numbers(text: str) -> dict[str, int]:
    """“ถนน=60, ไฟทาง=40”; a name alone is one."""
    pairs = [part.strip().partition("=") for part in text.split(",")]
    return {name: int(number or 1) for name, _, number in pairs}


def read(block: str) -> Example:
    example = Example()
    for line in block.strip().splitlines():
        if line.startswith("วงเงิน"):
            example.budget = int(line.split()[1])
        elif line.startswith("ราคา:"):
            example.costs = numbers(line.partition(":")[2])
        elif " ใบ:" in line:
            count, _, said = line.partition(" ใบ:")
            example.ballots.append((int(count), said.strip()))
        else:
            example.claims.append(line)
    return example


def count(example: Example, rule: str, extra: str, lot: list[str] | None) -> Outcome:
    """Count a block by a rule."""
    ranked: Counter[single.Ranking] = Counter()
    given: Counter[tuple[tuple[str, int], ...]] = Counter()
    for number, said in example.ballots:
        ranked[tuple((name.strip(),) for name in said.split(">"))] += number
        given[tuple(sorted(numbers(said).items()))] += number
    names = sorted({name for ranking in ranked for rank in ranking for name in rank})
    marked = sorted({name for ballot in given for name, _ in ballot})
    ties = TieBreaker((TieStep.CHEAPER, TieStep.MORE_VOTES, TieStep.LOT), {}, lot)
    spending = Spending(example.costs, example.budget, given, given.total())
    approved = {tuple(name for name, _ in ballot): number for ballot, number in given.items()}
    counts = {
        Rule.PLURALITY: lambda: single.plurality(names, ranked, 1, ties),
        Rule.BORDA: lambda: single.borda(names, ranked, 1, ties),
        Rule.IRV: lambda: irv(names, ranked, ties),
        Rule.SCHULZE: lambda: schulze(names, ranked, ties),
        Rule.APPROVAL: lambda: single.approval(marked, approved, 1, ties),
        Rule.SCORE: lambda: single.score(marked, given, 1, ties),
        Rule.GREEDY: lambda: greedy(spending, ties),
        Rule.GREEDY_NO_SKIP: lambda: greedy(spending, ties, skip=False),
        Rule.GREEDY_THRESHOLD: lambda: greedy(spending, ties, threshold=int(extra)),
        Rule.EQUAL_SHARES: lambda: equal_shares(spending, ties, step=int(extra.rsplit(maxsplit=1)[-1]) if extra else 0),
    }
    return counts[Rule(rule)]()


def listed(text: str, mark: str = ",") -> list[str]:
    return [name.strip() for name in text.split(mark)]


@pytest.mark.parametrize("block", BLOCKS)
def test_the_page_counts_as_the_code_does(block: str) -> None:
    example = read(block)
    assert example.claims
    for claim in example.claims:
        rule = claim.split()[0]
        if " เสมอ " in claim:
            with pytest.raises(DecisiveTie) as tie:
                count(example, rule, "", None)
            assert list(tie.value.options) == sorted(listed(claim.partition(" เสมอ ")[2]))
            continue
        asked, _, winners = claim.partition(" ได้ ")
        extra, _, lot = asked.removeprefix(rule).partition(" สลาก ")
        outcome = count(example, rule, extra.strip(), listed(lot, ">") if lot else None)
        assert set(outcome.selected) == set(listed(winners)), claim


def test_every_rule_has_an_example() -> None:
    shown = {claim.split()[0] for block in BLOCKS for claim in read(block).claims}
    assert shown == {rule.value for rule in Rule}
