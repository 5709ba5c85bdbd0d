"""Small elections that people know, or can follow with a pencil."""

from __future__ import annotations

from fractions import Fraction

import pytest

from ballots.manifest import TieStep
from ballots.tally import single
from ballots.tally.budget import Spending
from ballots.tally.greedy import greedy
from ballots.tally.irv import irv
from ballots.tally.schulze import schulze
from ballots.tally.shares import equal_shares
from ballots.tally.ties import DecisiveTie, TieBreaker

CITIES = ("memphis", "nashville", "chattanooga", "knoxville")


def ranked(*lines: tuple[int, str]) -> dict[single.Ranking, int]:
    return {tuple((option,) for option in order.split()): count for count, order in lines}


#: The capital of Tennessee, as every introduction to voting tells it: per cent of voters, nearest city first.
TENNESSEE = ranked(
    (42, "memphis nashville chattanooga knoxville"),
    (26, "nashville chattanooga knoxville memphis"),
    (15, "chattanooga knoxville nashville memphis"),
    (17, "knoxville chattanooga nashville memphis"),
)


def test_four_rules_three_capitals() -> None:
    assert single.plurality(CITIES, TENNESSEE, 1, TieBreaker()).selected == ("memphis",)
    assert single.borda(CITIES, TENNESSEE, 1, TieBreaker()).selected == ("nashville",)
    assert irv(CITIES, TENNESSEE, TieBreaker()).selected == ("knoxville",)
    assert schulze(CITIES, TENNESSEE, TieBreaker()).selected == ("nashville",)


def test_irv_tells_every_round() -> None:
    first, second, third = irv(CITIES, TENNESSEE, TieBreaker()).rounds
    assert (first["out"], first["transfers"]) == ("chattanooga", {"knoxville": 15})
    assert (second["out"], second["transfers"]) == ("nashville", {"knoxville": 26})
    assert third["votes"] == {"knoxville": 58, "memphis": 42}


def test_borda_adds_up() -> None:
    totals = single.borda(CITIES, TENNESSEE, 1, TieBreaker()).totals["score"]
    assert totals == {"memphis": 126, "nashville": 194, "chattanooga": 173, "knoxville": 107}


def test_schulze_where_nobody_beats_everybody() -> None:
    """The example of Schulze's own paper (2011, section 3.1 of the preprint): 45 voters, winner E."""
    ballots = ranked(
        (5, "a c b e d"),
        (5, "a d e c b"),
        (8, "b e d a c"),
        (3, "c a b e d"),
        (7, "c a e b d"),
        (2, "c b a d e"),
        (7, "d c e b a"),
        (8, "e b a d c"),
    )
    outcome = schulze(tuple("abcde"), ballots, TieBreaker())
    row = outcome.rounds[0]
    assert outcome.selected == ("e",)
    assert row["condorcet"] == ""
    assert row["pairs"]["a"]["b"] == 20
    assert row["pairs"]["b"]["a"] == 25
    assert (row["chains"]["e"]["a"], row["chains"]["a"]["e"]) == (25, 24)


def test_a_ballot_without_a_clear_rank_is_exhausted() -> None:
    ballots: dict[single.Ranking, int] = {(("a", "b"), ("c",)): 5, (("c",),): 2, (("b",),): 1}
    rounds = irv(("a", "b", "c"), ballots, TieBreaker()).rounds
    assert rounds[0]["exhausted"] == 5
    assert irv(("a", "b", "c"), ballots, TieBreaker()).selected == ("c",)


def test_irv_looks_at_the_round_before() -> None:
    """a and b are last together in round 2, and whoever stays wins; in round 1 b had fewer, so b goes."""
    ballots = ranked((4, "a b"), (3, "b a"), (1, "d b"), (5, "c"))
    outcome = irv(tuple("abcd"), ballots, TieBreaker((TieStep.EARLIER_ROUND, TieStep.LOT)))
    assert [row.get("out") for row in outcome.rounds] == ["d", "b", "c"]
    assert (outcome.selected, outcome.ties[0].settled) == (("a",), "earlier_round")
    with pytest.raises(DecisiveTie):
        irv(tuple("abcd"), ballots, TieBreaker())


# -- budgets -----------------------------------------------------------------------------------------------------------

VILLAGE = {"road": 60, "lights": 40, "park": 30, "drain": 20}


def budget_of(ballots: dict[str, int], budget: int = 100) -> Spending:
    piled = {tuple((project, 1) for project in sorted(names.split())): count for names, count in ballots.items()}
    return Spending(VILLAGE, budget, piled, sum(piled.values()))


def test_greedy_and_its_variants() -> None:
    made = budget_of({"road": 30, "road lights": 20, "park": 35, "drain lights": 10, "drain": 5})
    assert made.votes == {"road": 50, "lights": 30, "park": 35, "drain": 15}
    outcome = greedy(made, TieBreaker())
    assert outcome.selected == ("road", "park")
    assert [row["fate"] for row in outcome.rounds] == ["chosen", "chosen", "no_money", "no_money"]
    assert outcome.why["lights"] == {
        "won": False,
        "fate": "no_money",
        "place": 3,
        "support": 30,
        "missing": 30,
        "last_chosen": 35,
    }
    cheaper = budget_of({"road": 30, "road lights": 20, "park": 35, "drain lights": 10, "drain": 5}, 85)
    assert greedy(cheaper, TieBreaker()).selected == ("road", "drain")
    assert greedy(cheaper, TieBreaker(), skip=False).selected == ("road",)
    assert greedy(cheaper, TieBreaker(), threshold=16).selected == ("road",)


def test_equal_shares_gives_a_minority_its_part() -> None:
    """60 of 100 people want the road and the lights, 40 the park: greedy spends all on the majority."""
    made = budget_of({"lights road": 60, "park": 40})
    assert greedy(made, TieBreaker((TieStep.CHEAPER, TieStep.LOT))).selected == ("lights", "road")
    outcome = equal_shares(made, TieBreaker((TieStep.CHEAPER, TieStep.LOT)))
    assert outcome.selected == ("lights", "park")
    lights, park, _ = outcome.rounds
    assert Fraction(*lights["price"]) == Fraction(40, 60)
    assert Fraction(*park["price"]) == Fraction(30, 40)
    assert outcome.why["road"] == {
        "won": False,
        "support": 60,
        "supporters_have": 20,
        "cost": 60,
        "percent": 33,
        "spent_on": {"lights": 40},
    }


def test_add1_uses_what_is_left() -> None:
    made = Spending({"a": 6, "b": 5}, 10, {(("a", 1),): 3, (("b", 1),): 2}, 5)
    assert equal_shares(made, TieBreaker()).selected == ("a",), "share 2: b's two supporters have 4 of 5"
    small = Spending({"a": 6, "b": 4}, 11, {(("a", 1),): 3, (("b", 1),): 1}, 4)
    assert equal_shares(small, TieBreaker()).selected == ("a",)
    outcome = equal_shares(small, TieBreaker(), step=1)
    assert set(outcome.selected) == {"a", "b"}
    completion = outcome.rounds[-1]["completion"]
    assert [step["share"] for step in completion] == [[11, 4], [4, 1]]


def test_points_pay_in_proportion() -> None:
    """Who gives a project twice the points pays twice as much for it."""
    made = Spending({"a": 9}, 12, {(("a", 2),): 1, (("a", 1),): 1}, 2)
    outcome = equal_shares(made, TieBreaker())
    assert outcome.selected == ("a",)
    assert Fraction(*outcome.rounds[0]["price"]) == 3
