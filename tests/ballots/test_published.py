"""Published elections (invariant 13): the counting finds the winners that cities and election offices announced."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from click.testing import CliRunner

from ballots.manifest import TieStep
from ballots.tally import single
from ballots.tally.irv import irv
from ballots.tally.ties import TieBreaker
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


# -- RCTab's own cases: what each round has to show -------------------------------------------------------------------

RCTAB = ("test_set_0_skipped_first_choice", "test_set_1_exhaust_at_overvote", "test_set_6_duplicate_exhaust")
PREVIOUS_ROUND = "tiebreak_previous_round_counts_then_random_test"


def rctab(name: str) -> tuple[list[str], dict[single.Ranking, int], list[dict[str, Any]]]:
    """Candidates, ballots read by the case's own rules of skips, overvotes and repetitions, and the expected rounds."""
    folder = DATA / "rctab" / name
    config = json.loads((folder / f"{name}_config.json").read_text("utf-8"))
    report = json.loads((folder / f"{name}_expected_detailed_report.json").read_text("utf-8"))
    full = [candidate["name"] for candidate in config["candidates"]]
    names = {short.removeprefix("Candidate ").removesuffix(" Name"): short for short in full}
    sheet = openpyxl.load_workbook(folder / f"{name}_cvr.xlsx").worksheets[0]
    rows = list(sheet.iter_rows(min_row=2, values_only=True))
    read = [_ranking([str(cell) for cell in row[1:] if cell is not None], names, config["rules"]) for row in rows]
    return full, dict(Counter(read)), report["results"]


def _ranking(cells: list[str], names: dict[str, str], rules: dict[str, Any]) -> single.Ranking:
    ranks: list[tuple[str, ...]] = []
    for cell in cells:
        if cell == "overvote" and rules["overvoteRule"] == "exhaustImmediately":
            ranks.append(("over", "vote"))
        repeated = (names.get(cell),) in ranks
        if repeated and rules["exhaustOnDuplicateCandidate"]:
            ranks.append(("over", "vote"))
        if cell in names and not repeated:
            ranks.append((names[cell],))
    return tuple(ranks)


@pytest.mark.parametrize("name", [*RCTAB, PREVIOUS_ROUND])
def test_13_rctab_expects_these_rounds(name: str) -> None:
    options, ballots, expected = rctab(name)
    final = [result["elected"] for row in expected for result in row["tallyResults"] if "elected" in result]
    # where its last two are equal RCTab draws: the lot here is what it drew
    lot = [*final, *(option for option in options if option not in final)]
    outcome = irv(options, ballots, TieBreaker((TieStep.EARLIER_ROUND, TieStep.LOT), {}, lot))
    assert list(outcome.selected) == final
    for ours, theirs in zip(outcome.rounds, expected, strict=False):
        assert {option: str(votes) for option, votes in ours["votes"].items()} == theirs["tally"]
        out = [result["eliminated"] for result in theirs["tallyResults"] if "eliminated" in result]
        assert not out or out == [ours["out"]]
