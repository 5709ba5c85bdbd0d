"""Published elections (invariant 13): the counting finds the winners that cities and election offices announced."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from bot.cli import main

DATA = Path(__file__).parents[3] / "shared" / "data" / "elections"
pytestmark = [
    pytest.mark.shared,
    pytest.mark.skipif(not DATA.exists(), reason="../shared/data/elections is not on this machine"),
]
PB = sorted((DATA / "pabulib").glob("*.pb")) if DATA.exists() else []
RANKED = sorted((DATA / "preflib").glob("*.?oi")) if DATA.exists() else []


def tally(path: Path, *arguments: str) -> tuple[int, dict[str, Any]]:
    ran = CliRunner().invoke(main, ["tally", str(path), *arguments])
    return ran.exit_code, json.loads(ran.stdout)


@pytest.mark.parametrize("path", PB, ids=lambda path: path.stem)
def test_13_a_city_published_these_winners(path: Path) -> None:
    """By its own rule, and by the order among equals that the city used, where that decides."""
    stopped, told = tally(path, "--ties", "stop")
    if stopped == 0:
        assert sorted(told["selected"]) == told["published"]
        assert told["total_cost"] <= told["budget"]
        return
    assert (stopped, told["decided"], told["selected"]) == (3, False, [])
    assert len(told["ties"][0]["options"]) > 1
    orders = {order: tally(path, "--ties", order)[1] for order in ("cheaper", "dearer")}
    right = [order for order, told in orders.items() if sorted(told["selected"]) == told["published"]]
    assert len(right) == 1, "one of the two orders, and not the other, is the city's"
    assert orders[right[0]]["ties"]


@pytest.mark.parametrize("path", PB, ids=lambda path: path.stem)
def test_13_votes_and_points_add_up_to_the_published_ones(path: Path) -> None:
    from ballots.pabulib import read

    election = read(path.read_text("utf-8"))
    spending = election.spending()
    assert len(election.ballots) == int(election.meta["num_votes"])
    for project in election.projects:
        assert project.votes in (None, spending.votes[project.id])
        assert project.score in (None, spending.support[project.id])


def test_13_burlington_has_three_winners_by_three_rules() -> None:
    """Kiss by IRV with 4,313 to 4,060, Montroll beats everybody, Wright has most first choices: as the report says."""
    path = DATA / "preflib" / "00005-00000002.toi"
    report = json.loads(path.with_suffix("").with_suffix(".rcv_report.json").read_text("utf-8"))
    names = [candidate["name"] for candidate in report["candidates"]]
    _, told = tally(path, "--rule", "irv")
    assert told["winner"] == names[report["winner"]] == "Bob Kiss"
    last = {told["names"][key]: votes for key, votes in told["rounds"][-1]["votes"].items()}
    final = {
        names[row["allocatee"]]: row["votes"] for row in report["rounds"][-1]["allocations"] if row["allocatee"] != "X"
    }
    assert last == final == {"Bob Kiss": 4313, "Kurt Wright": 4060}
    assert tally(path, "--rule", "schulze")[1]["winner"] == names[report["condorcet"]] == "Andy Montroll"
    assert tally(path, "--rule", "plurality")[1]["winner"] == "Kurt Wright"


def test_13_san_franciscos_district_10() -> None:
    """21 candidates: winner and Condorcet winner as reported, though PrefLib's file lost some skipped ranks."""
    path = DATA / "preflib" / "00021-00000006.toi"
    report = json.loads((DATA / "preflib" / "00021-00000006.rcv_report.json").read_text("utf-8"))
    winner = report["candidates"][report["winner"]]["name"]
    _, told = tally(path, "--rule", "irv")
    assert told["winner"].split()[-1].lower() == winner.split()[-1].lower() == "cohen"
    assert tally(path, "--rule", "plurality")[1]["winner"] != told["winner"], "the leader of round 1 lost"


def test_13_debian_elects_by_schulze() -> None:
    """The Debian Project's leaders of 2005 and 2010, as the project announced them."""
    winners = [tally(DATA / "preflib" / f"00002-0000000{n}.soi", "--rule", "schulze")[1]["winner"] for n in (3, 6)]
    assert winners == ["Branden Robinson", "Stefano Zacchiroli"]


@pytest.mark.parametrize("path", RANKED, ids=lambda path: path.stem)
@pytest.mark.parametrize("rule", ["irv", "schulze", "borda", "plurality"])
def test_every_ranked_file_is_counted(path: Path, rule: str) -> None:
    code, told = tally(path, "--rule", rule)
    assert code == 0
    assert told["winner"] in told["names"].values()
    assert told["rounds"]
