"""Invariant 13 against other people's software: pabulib-checker (in the dev extra), pabutools and pref_voting.

The latter two are large and bring other licences (`pip install songsiang[oracles]`, docs/decisions.md): skipped, saying
so, where they are absent.
"""

from __future__ import annotations

import contextlib
import importlib
import io
import random
import warnings
from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest

from ballots import pabulib
from ballots.manifest import TieStep
from ballots.tally import single
from ballots.tally.budget import Spending
from ballots.tally.greedy import greedy
from ballots.tally.irv import irv
from ballots.tally.outcome import Outcome
from ballots.tally.schulze import schulze
from ballots.tally.shares import equal_shares
from ballots.tally.ties import DecisiveTie, TieBreaker

MANY = 500
PB_RULES = ("greedy", "greedy-no-skip", "equalshares", "equalshares/add1")
STEPS = (TieStep.CHEAPER, TieStep.MORE_VOTES, TieStep.LOT)


def absent(name: str) -> Any:
    """A module of another project, or a skip that says so."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return pytest.importorskip(name, reason=f"{name} is not installed (pip install songsiang[oracles])")


def election(luck: random.Random) -> tuple[dict[str, int], int, list[tuple[str, ...]]]:
    """Costs, a budget and approval ballots, small enough for ties to be common."""
    costs = {f"p{n}": luck.randint(1, 30) for n in range(luck.randint(2, 7))}
    names = list(costs)
    ballots = [
        tuple(sorted(luck.sample(names, luck.randint(1, min(4, len(names)))))) for _ in range(luck.randint(3, 25))
    ]
    return costs, luck.randint(max(costs.values()), 2 * sum(costs.values()) // 3 + max(costs.values())), ballots


def spending(costs: dict[str, int], budget: int, ballots: list[tuple[str, ...]]) -> Spending:
    piled = Counter(tuple((name, 1) for name in ballot) for ballot in ballots)
    return Spending(costs, budget, piled, len(ballots))


def pb(made: Spending, ballots: list[tuple[str, ...]], rule: str, selected: tuple[str, ...]) -> str:
    meta = {
        "description": "made up",
        "country": "Nowhere",
        "unit": "Nowhere",
        "instance": "2026",
        "num_projects": str(len(made.costs)),
        "num_votes": str(len(ballots)),
        "budget": str(made.budget),
        "vote_type": "approval",
        "rule": rule,
        "date_begin": "01.01.2026",
        "date_end": "02.01.2026",
    }
    listed = sorted(made.costs, key=lambda name: (-made.votes[name], name))
    projects = [
        {
            "project_id": n,
            "cost": str(made.costs[n]),
            "name": n,
            "votes": str(made.votes[n]),
            "selected": str(int(n in selected)),
        }
        for n in listed
    ]
    votes = [{"voter_id": str(n), "vote": ",".join(ballot)} for n, ballot in enumerate(ballots)]
    return pabulib.write(meta, projects, votes)


def settled(rule: str, made: Spending) -> tuple[str, ...] | None:
    """Our winners where the policy leaves nothing to a lot."""
    try:
        if rule.startswith("equalshares"):
            step = 1 if "add1" in rule else 0
            return equal_shares(made, TieBreaker(STEPS), step=step).selected
        return greedy(made, TieBreaker(), skip=rule == "greedy").selected
    except DecisiveTie:
        return None


def _about_winners(told: dict[str, Any]) -> list[str]:
    """What the checker has against the winners, not against our invented heading."""
    reports = [result["results"] for result in told.values() if isinstance(result, dict) and "results" in result]
    errors = [error for report in reports if isinstance(report, dict) for error in report.get("errors", {})]
    return [
        error for error in errors if any(word in error for word in ("rule", "select", "tie", "greedy", "processing"))
    ]


@pytest.mark.parametrize("rule", PB_RULES)
def test_13_pabulibs_checker_finds_the_same_winners(rule: str) -> None:
    checker, luck, seen = absent("pabulib.checker"), random.Random(13), 0
    for _ in range(MANY):
        costs, budget, ballots = election(luck)
        made = spending(costs, budget, ballots)
        ours = settled(rule, made)
        if ours is None or sum(costs[name] for name in set().union(*ballots)) <= budget:
            # the checker's Add1 never ends where everything can be had
            continue
        judge = checker.Checker()
        with contextlib.redirect_stdout(io.StringIO()):
            told = judge.process_files([pb(made, ballots, rule, ours)])
        if "tie-breaking failed" in str(told):
            # it stops at ties that do not matter, too
            continue
        seen += 1
        assert not _about_winners(told), (costs, budget, ballots, ours)
    assert seen > MANY // 4


@pytest.mark.parametrize("rule", PB_RULES)
def test_13_pabulibs_checker_would_notice(rule: str) -> None:
    """The judge above is awake: a wrong winner is an error to it."""
    checker = absent("pabulib.checker")
    ballots: list[tuple[str, ...]] = [("p1",), ("p1",), ("p2",)]
    made = spending({"p1": 4, "p2": 6}, 6, ballots)
    for selected, right in ((("p1",), True), (("p2",), False)):
        with contextlib.redirect_stdout(io.StringIO()):
            told = checker.Checker().process_files([pb(made, ballots, rule, selected)])
        assert bool(_about_winners(told)) != right


def test_13_pabutools_finds_the_same_winners() -> None:
    model, rules = absent("pabutools.election"), absent("pabutools.rules")
    breaking = importlib.import_module("pabutools.tiebreaking")
    fractions = importlib.import_module("pabutools.fractions")
    fractions.FRACTION = "gmpy2"  # type: ignore[attr-defined]
    luck, seen = random.Random(14), 0
    for _ in range(MANY):
        costs, budget, ballots = election(luck)
        made = spending(costs, budget, ballots)
        projects = {name: model.Project(name, cost) for name, cost in costs.items()}
        instance = model.Instance(projects.values(), budget_limit=budget)
        profile = model.ApprovalProfile([model.ApprovalBallot([projects[n] for n in ballot]) for ballot in ballots])
        for rule in ("greedy", "equalshares"):
            ours = settled(rule, made)
            if ours is None:
                continue
            seen += 1
            satisfaction = {"sat_class": model.Cost_Sat}
            policy = {"tie_breaking": breaking.min_cost_tie_breaking}
            if rule == "greedy":
                theirs = rules.greedy_utilitarian_welfare(instance, profile, sat_class=model.Cost_Sat, **policy)
            else:
                theirs = rules.method_of_equal_shares(instance, profile, **satisfaction, **policy)
            assert {project.name for project in theirs} == set(ours), (rule, costs, budget, ballots)
    assert seen > MANY // 2


_RANKED: dict[str, Callable[[list[str], dict[single.Ranking, int]], Outcome]] = {
    "plurality": lambda names, piled: single.plurality(names, piled, 1, TieBreaker()),
    "borda": lambda names, piled: single.borda(names, piled, 1, TieBreaker()),
    "instant_runoff_put": lambda names, piled: irv(names, piled, TieBreaker()),
    "beat_path": lambda names, piled: schulze(names, piled, TieBreaker()),
}


def test_13_pref_voting_finds_the_same_winners() -> None:
    strict = absent("pref_voting.profiles")
    methods = importlib.import_module("pref_voting.voting_methods")
    luck = random.Random(15)
    for _ in range(MANY):
        options = list(range(luck.randint(2, 6)))
        whole = [tuple(luck.sample(options, len(options))) for _ in range(luck.randint(3, 20))]
        names = [str(option) for option in options]
        piled: dict[single.Ranking, int] = Counter(tuple((str(option),) for option in ballot) for ballot in whole)
        theirs = strict.Profile([list(ballot) for ballot in whole])
        for method, ours in _RANKED.items():
            expected = {str(option) for option in getattr(methods, method)(theirs)}
            if len(expected) == 1:
                assert set(ours(names, piled).selected) == expected, (method, whole)
            else:
                with pytest.raises(DecisiveTie):
                    ours(names, piled)


def test_13_pref_voting_finds_the_same_winners_of_short_ballots() -> None:
    profiles = absent("pref_voting.profiles_with_ties")
    methods = importlib.import_module("pref_voting.voting_methods")
    luck = random.Random(16)
    for _ in range(MANY):
        options = list(range(luck.randint(2, 6)))
        short = [tuple(luck.sample(options, luck.randint(1, len(options)))) for _ in range(luck.randint(3, 20))]
        names = [str(option) for option in options]
        piled: dict[single.Ranking, int] = Counter(tuple((str(option),) for option in ballot) for ballot in short)
        ranked = profiles.ProfileWithTies(
            [{option: place for place, option in enumerate(ballot)} for ballot in short], candidates=options
        )
        ranked.use_extended_strict_preference()
        expected = {str(option) for option in methods.beat_path(ranked, strength_function=ranked.support)}
        if len(expected) == 1:
            assert set(schulze(names, piled, TieBreaker()).selected) == expected, short
