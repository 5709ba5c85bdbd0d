"""The counting against its definitions (tests/ballots/oracles.py), on hundreds of random small elections: invariants
12, 13 and 14 of voting.md §4.8."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Sequence
from fractions import Fraction
from functools import partial
from itertools import permutations
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ballots.manifest import TieStep
from ballots.tally import single
from ballots.tally.budget import Spending, Weights
from ballots.tally.greedy import greedy
from ballots.tally.irv import irv
from ballots.tally.outcome import Outcome
from ballots.tally.schulze import schulze
from ballots.tally.shares import equal_shares, prefer
from ballots.tally.ties import DecisiveTie, TieBreaker, draw_order
from tests.ballots import oracles

NAMES = ("a", "b", "c", "d")
Ranked = list[tuple[str, ...]]
Costed = tuple[dict[str, int], int, list[dict[str, int]]]

rankings = st.lists(
    st.permutations(NAMES).flatmap(lambda p: st.integers(0, 4).map(lambda n: tuple(p[:n]))), max_size=12
)
scores = st.lists(st.dictionaries(st.sampled_from(NAMES), st.integers(1, 5), max_size=4), max_size=10)
seats = st.integers(1, 3)
#: The examples of CI, which has no time to spare, and no promise about time.
quiet = partial(settings, deadline=None)


@st.composite
def budgets(draw: st.DrawFn, most_points: int = 3, most_projects: int = 4) -> Costed:
    """Costs, a budget, and ballots that give points."""
    costs = {name: draw(st.integers(1, 12)) for name in NAMES[: draw(st.integers(2, most_projects))]}
    one = st.dictionaries(st.sampled_from(sorted(costs)), st.integers(1, most_points), min_size=1, max_size=4)
    return costs, draw(st.integers(1, 30)), draw(st.lists(one, min_size=1, max_size=9))


def grouped(ballots: Ranked) -> dict[single.Ranking, int]:
    return dict(Counter(tuple((option,) for option in ballot) for ballot in ballots))


def spending(costs: dict[str, int], budget: int, ballots: Sequence[dict[str, int]]) -> Spending:
    piled: Counter[Weights] = Counter(tuple(sorted(ballot.items())) for ballot in ballots)
    return Spending(costs, budget, piled, len(ballots))


def agrees(
    expected: oracles.Outcomes,
    count: Callable[[TieBreaker], Outcome],
    options: Sequence[str],
    steps: Sequence[TieStep] = (TieStep.LOT,),
) -> None:
    """Without a lot: the only outcome, or a decisive tie. With lots: exactly the possible outcomes."""
    if len(expected) == 1:
        assert {frozenset(count(TieBreaker(steps)).selected)} == expected
    else:
        with pytest.raises(DecisiveTie) as stopped:
            count(TieBreaker(steps))
        assert len(stopped.value.options) > 1
    found = {frozenset(count(TieBreaker(steps, {}, lot)).selected) for lot in permutations(options)}
    assert found == expected


@quiet(max_examples=100)
@given(rankings, seats)
def test_13_plurality_borda_against_their_definitions(ballots: Ranked, seat: int) -> None:
    firsts = {name: sum(ballot[:1] == (name,) for ballot in ballots) for name in NAMES}
    piled = grouped(ballots)
    agrees(oracles.most(firsts, seat), lambda ties: single.plurality(NAMES, piled, seat, ties), NAMES)
    points = oracles.borda_points(NAMES, ballots)
    agrees(oracles.most(points, seat), lambda ties: single.borda(NAMES, piled, seat, ties), NAMES)


@quiet(max_examples=100)
@given(scores, seats)
def test_13_approval_and_score_against_their_definitions(ballots: list[dict[str, int]], seat: int) -> None:
    ticks = {name: sum(name in ballot for ballot in ballots) for name in NAMES}
    approved = dict(Counter(tuple(sorted(ballot)) for ballot in ballots))
    agrees(oracles.most(ticks, seat), lambda ties: single.approval(NAMES, approved, seat, ties), NAMES)
    total = {name: sum(ballot.get(name, 0) for ballot in ballots) for name in NAMES}
    given_points = dict(Counter(tuple(sorted(ballot.items())) for ballot in ballots))
    agrees(oracles.most(total, seat), lambda ties: single.score(NAMES, given_points, seat, ties), NAMES)


@quiet(max_examples=100)
@given(rankings)
def test_13_irv_against_its_definition(ballots: Ranked) -> None:
    piled = grouped(ballots)
    agrees(oracles.irv(NAMES, ballots), lambda ties: irv(NAMES, piled, ties), NAMES)


@quiet(max_examples=100)
@given(rankings)
def test_13_schulze_against_its_definition(ballots: Ranked) -> None:
    piled = grouped(ballots)
    agrees(oracles.schulze(NAMES, ballots), lambda ties: schulze(NAMES, piled, ties), NAMES)


@quiet(max_examples=100)
@given(budgets(), st.booleans(), st.integers(0, 6))
def test_13_greedy_against_its_definition(election: Costed, skip: bool, least: int) -> None:
    costs, budget, ballots = election
    made = spending(costs, budget, ballots)
    expected = {
        oracles.greedy(costs, budget, ballots, lot, skip=skip, least=least) for lot in permutations(sorted(costs))
    }
    agrees(expected, lambda ties: greedy(made, ties, skip=skip, threshold=least), sorted(costs))


@quiet(max_examples=200)
@given(budgets(most_projects=3), st.integers(0, 2))
def test_13_equal_shares_against_its_definition(election: Costed, step: int) -> None:
    costs, budget, ballots = election
    made = spending(costs, budget, ballots)
    lots = list(permutations(sorted(costs)))
    expected = {oracles.equal_shares(costs, budget, ballots, lot.index, step) for lot in lots}
    agrees(expected, lambda ties: equal_shares(made, ties, step=step), sorted(costs))


@quiet(max_examples=60)
@given(budgets(most_points=1), st.integers(0, 2))
def test_14_the_policy_settles_before_the_lot(election: Costed, step: int) -> None:
    costs, budget, ballots = election
    made, lot = spending(costs, budget, ballots), sorted(costs)
    votes = oracles.points(costs, ballots)
    steps = (TieStep.CHEAPER, TieStep.MORE_VOTES, TieStep.LOT)

    def order(project: str) -> tuple[int, int, int]:
        return costs[project], -votes[project], lot.index(project)

    ours = equal_shares(made, TieBreaker(steps, {}, lot), step=step)
    assert frozenset(ours.selected) == oracles.equal_shares(costs, budget, ballots, order, step)
    for tie in ours.ties:
        assert tie.settled in ("cheaper", "more_votes", "lot", "harmless")
        assert set(tie.order) == set(tie.options)


# -- invariant 12 ------------------------------------------------------------------------------------------------------

RULES: dict[str, Callable[[Spending, TieBreaker], Outcome]] = {
    "greedy": greedy,
    "no skip": lambda s, t: greedy(s, t, skip=False),
    "threshold": lambda s, t: greedy(s, t, threshold=2),
    "equal shares": equal_shares,
    "add1": lambda s, t: equal_shares(s, t, step=1),
    "comparison": lambda s, t: equal_shares(s, t, step=1, comparison=True),
}


@pytest.mark.parametrize("rule", RULES)
@quiet(max_examples=60)
@given(election=budgets(), seed=st.integers(0, 10**6))
def test_12_order_names_and_doubling_change_nothing(rule: str, election: Costed, seed: int) -> None:
    costs, budget, ballots = election
    lot, luck = sorted(costs), random.Random(seed)
    ours = RULES[rule](spending(costs, budget, ballots), TieBreaker((TieStep.LOT,), {}, lot))
    assert ours.total_cost == sum(costs[project] for project in ours.selected) <= budget
    mixed = luck.sample(ballots, len(ballots))
    again = RULES[rule](spending(costs, budget, mixed), TieBreaker((TieStep.LOT,), {}, lot))
    assert again.plain() == ours.plain()
    new = dict(zip(costs, luck.sample(["w", "x", "y", "z"], len(costs)), strict=False))
    renamed = spending(
        {new[project]: cost for project, cost in costs.items()},
        budget,
        [{new[project]: number for project, number in ballot.items()} for ballot in ballots],
    )
    other = RULES[rule](renamed, TieBreaker((TieStep.LOT,), {}, [new[project] for project in lot]))
    assert set(other.selected) == {new[project] for project in ours.selected}
    if rule in ("greedy", "no skip", "equal shares"):
        twice = RULES[rule](spending(costs, budget, ballots + ballots), TieBreaker((TieStep.LOT,), {}, lot))
        assert twice.selected == ours.selected


@quiet(max_examples=100)
@given(rankings, st.integers(0, 10**6))
def test_12_ranked_rules_know_neither_order_nor_names_nor_size(ballots: Ranked, seed: int) -> None:
    luck = random.Random(seed)
    new = dict(zip(NAMES, luck.sample(NAMES, 4), strict=True))
    renamed = [tuple(new[option] for option in ballot) for ballot in luck.sample(ballots, len(ballots))]
    counts: list[Callable[[Ranked, Sequence[str]], Outcome]] = [
        lambda b, lot: irv(NAMES, grouped(b), TieBreaker((TieStep.LOT,), {}, lot)),
        lambda b, lot: schulze(NAMES, grouped(b), TieBreaker((TieStep.LOT,), {}, lot)),
        lambda b, lot: single.borda(NAMES, grouped(b), 1, TieBreaker((TieStep.LOT,), {}, lot)),
        lambda b, lot: single.plurality(NAMES, grouped(b), 2, TieBreaker((TieStep.LOT,), {}, lot)),
    ]
    for count in counts:
        ours = set(count(ballots, NAMES).selected)
        assert set(count(renamed, [new[name] for name in NAMES]).selected) == {new[name] for name in ours}
        assert set(count(ballots * 2, NAMES).selected) == ours


@quiet(max_examples=100)
@given(budgets())
def test_12_greedy_is_maximal_and_grateful(election: Costed) -> None:
    costs, budget, ballots = election
    lot = sorted(costs)
    ours = greedy(spending(costs, budget, ballots), TieBreaker((TieStep.LOT,), {}, lot))
    left = budget - ours.total_cost
    assert all(cost > left for project, cost in costs.items() if project not in ours.selected)
    for winner in ours.selected:
        more = greedy(spending(costs, budget, [*ballots, {winner: 1}]), TieBreaker((TieStep.LOT,), {}, lot))
        assert winner in more.selected, "one more voter for a winner takes it away"


@quiet(max_examples=80)
@given(budgets())
def test_12_equal_shares_is_priceable(election: Costed) -> None:
    """Everybody pays for what he or she voted for only, no more than the share; winners are paid in full, and no group
    has enough left for a loser."""
    costs, budget, ballots = election
    lot = sorted(costs)
    ours = equal_shares(spending(costs, budget, ballots), TieBreaker((TieStep.LOT,), {}, lot))
    money = [Fraction(budget, len(ballots))] * len(ballots)
    for row in ours.rounds[:-1]:
        price, paid = Fraction(*row["price"]), Fraction(0)
        for voter, ballot in enumerate(ballots):
            due = min(money[voter], price * ballot.get(row["option"], 0))
            money[voter] -= due
            paid += due
        assert paid == costs[row["option"]]
    assert min(money) >= 0
    for project, cost in costs.items():
        if project not in ours.selected:
            assert sum(m for m, ballot in zip(money, ballots, strict=True) if project in ballot) < cost


@quiet(max_examples=100)
@given(budgets())
def test_the_comparison_step_takes_what_more_voters_prefer(election: Costed) -> None:
    costs, budget, ballots = election
    made, lot = spending(costs, budget, ballots), sorted(costs)

    def policy() -> TieBreaker:
        return TieBreaker((TieStep.LOT,), {}, lot)

    plain, other = equal_shares(made, policy(), step=1), greedy(made, policy())
    compared = equal_shares(made, policy(), step=1, comparison=True)
    for_shares, for_greedy = prefer(made, plain.selected, other.selected)
    assert set(compared.selected) == set(other.selected if for_greedy > for_shares else plain.selected)


# -- invariant 14 ------------------------------------------------------------------------------------------------------


def test_14_a_decisive_tie_stops_and_names_who_is_tied() -> None:
    made = spending({"a": 5, "b": 5, "c": 9}, 6, [{"a": 1, "b": 1}, {"a": 1, "b": 1}])
    for count in (greedy, equal_shares):
        with pytest.raises(DecisiveTie) as tie:
            count(made, TieBreaker((TieStep.CHEAPER, TieStep.MORE_VOTES, TieStep.LOT)))
        assert tie.value.options == ("a", "b")


def test_14_the_same_draw_gives_the_same_winners_and_is_written_down() -> None:
    made = spending({"a": 5, "b": 5}, 6, [{"a": 1}, {"b": 1}])
    lot = draw_order("ab" * 32, "123456", ["a", "b"])
    first, second = (greedy(made, TieBreaker((TieStep.LOT,), {}, lot)) for _ in range(2))
    assert first.plain() == second.plain()
    assert first.selected == lot[:1]
    assert first.plain()["ties"] == [{"round": 1, "options": ["a", "b"], "settled": "lot", "order": list(lot)}]
    orders = {draw_order("ab" * 32, str(number), ["a", "b"]) for number in range(20)}
    assert len(orders) == 2, "the number decides"


def test_14_no_lot_is_asked_for_where_there_is_no_tie_that_matters() -> None:
    made = spending({"a": 5, "b": 5, "c": 9}, 10, [{"a": 1}, {"b": 1}])
    outcome = greedy(made, TieBreaker((TieStep.LOT,)))
    assert (set(outcome.selected), outcome.ties) == ({"a", "b"}, ())
    assert single.plurality(NAMES, grouped([("a",), ("b",), ("b",), ("c",)]), 1, TieBreaker()).selected == ("b",)


@pytest.mark.parametrize(("lot", "settled"), [(None, "cheaper"), (("b", "a"), "cheaper")])
def test_14_the_lower_cost_goes_first_whatever_is_drawn(lot: Any, settled: str) -> None:
    made = spending({"a": 4, "b": 5}, 6, [{"a": 1, "b": 1}])
    outcome = greedy(made, TieBreaker((TieStep.CHEAPER, TieStep.LOT), {}, lot))
    assert outcome.selected == ("a",)
    assert outcome.ties[0].settled == settled
