"""Readers of Pabulib's and PrefLib's files, and `songsiang tally`, on files written here."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from ballots import pabulib, preflib
from ballots.pabulib import BadFile
from bot.cli import main

PB = """META
key;value
description;ประชาคมสมมุติ
budget;{budget}
vote_type;{kind}
rule;greedy
max_length;3
PROJECTS
project_id;cost;name;selected
p1;60;ถนน;1
p2;40.50;"ไฟ; ส่องสว่าง";0
p3;40.50;ลานกีฬา;0
VOTES
voter_id;vote;points
1;{vote};{points}
2;p1,p3;2,1
3;p1;3
"""
SOI = """# TITLE: made up
# ALTERNATIVE NAME 1: ก่อน
# ALTERNATIVE NAME 2: หลัง
# ALTERNATIVE NAME 3: สาม
3: 1,2
2: 2,{1,3}
1: 3
"""


def pb(budget: str = "101", kind: str = "approval", vote: str = "p1,p2", points: str = "2,1") -> str:
    return PB.format(budget=budget, kind=kind, vote=vote, points=points)


def run(tmp_path: Path, name: str, text: str, *arguments: str) -> tuple[int, dict[str, Any]]:
    path = tmp_path / name
    path.write_text(text, "utf-8")
    ran = CliRunner().invoke(main, ["tally", str(path), *arguments])
    return ran.exit_code, json.loads(ran.stdout) if ran.stdout.startswith("{") else {"said": ran.output}


def test_amounts_with_decimals_become_whole() -> None:
    election = pabulib.read(pb())
    assert (election.budget, election.scale) == (1010, 10)
    assert [project.cost for project in election.projects] == [600, 405, 405]
    assert election.projects[1].name == "ไฟ; ส่องสว่าง"
    assert election.selected == frozenset({"p1"})


@pytest.mark.parametrize(
    ("kind", "support"),
    [("approval", [3, 1, 1]), ("cumulative", [7, 1, 1]), ("ordinal", [9, 2, 2]), ("choose-1", [3, 1, 1])],
)
def test_all_kinds_of_votes(kind: str, support: list[int]) -> None:
    election = pabulib.read(pb(kind=kind))
    assert list(election.spending().support.values()) == support


def test_a_project_named_twice_counts_once_or_as_published() -> None:
    text = pb(vote="p1,p2,p2", points="1,1,1")
    assert pabulib.read(text).spending().support["p2"] == 1
    assert pabulib.read(text, as_published=True).spending().support["p2"] == 2


@pytest.mark.parametrize(
    "text",
    ["", "META\nkey;value\n", pb(budget="many"), pb(vote="p9"), pb(kind="guess"), pb(kind="cumulative", points="1")],
)
def test_broken_files_are_refused(text: str, tmp_path: Path) -> None:
    with pytest.raises(BadFile):
        pabulib.read(text)
    assert run(tmp_path, "x.pb", text)[0] == 1


def test_what_is_written_reads_the_same() -> None:
    projects = [
        {"project_id": "p1", "cost": "10", "name": 'ลาน; "กีฬา"'},
        {"project_id": "p2", "cost": "5", "name": "x"},
    ]
    votes = [{"voter_id": "1", "vote": "p1,p2"}, {"voter_id": "2", "vote": ""}]
    election = pabulib.read(pabulib.write({"budget": "12", "vote_type": "approval"}, projects, votes))
    assert [project.name for project in election.projects] == ['ลาน; "กีฬา"', "x"]
    assert election.ballots == ((("p1", 1), ("p2", 1)), ())


def test_tally_prints_winners_rounds_and_ties(tmp_path: Path) -> None:
    code, told = run(tmp_path, "a.pb", pb())
    assert (code, told["decided"]) == (3, False), "p2 and p3 are equal in cost and votes, and only one fits"
    assert told["ties"] == [{"round": 2, "options": ["p2", "p3"], "settled": None, "order": []}]
    code, told = run(tmp_path, "a.pb", pb(), "--ties", "cheaper,more-votes,listed")
    assert (code, told["selected"], told["total_cost"]) == (0, ["p1", "p2"], 1005)
    assert [row["fate"] for row in told["rounds"]] == ["chosen", "chosen", "no_money"]
    assert told["ties"][0]["settled"] == "lot"
    assert run(tmp_path, "a.pb", pb(), "--ties", "p3>p2>p1")[1]["selected"] == ["p1", "p3"]
    assert run(tmp_path, "a.pb", pb(), "--ties", "lot:123456")[1]["decided"] is True
    assert run(tmp_path, "a.pb", pb(), "--ties", "p3>p9")[0] == 2


@pytest.mark.parametrize("rule", ["greedy", "greedy-no-skip", "greedy-threshold", "equal-shares"])
def test_every_rule_keeps_the_budget(tmp_path: Path, rule: str) -> None:
    code, told = run(tmp_path, "a.pb", pb(), "--rule", rule, "--ties", "listed", "--threshold", "1")
    assert (code, told["rule"]) == (0, rule)
    assert "p1" in told["selected"]
    assert told["total_cost"] <= told["budget"] == 1010


def test_ranked_files(tmp_path: Path) -> None:
    profile = preflib.read(SOI)
    assert profile.ballots == {(("1",), ("2",)): 3, (("2",), ("1", "3")): 2, (("3",),): 1}
    for rule, winner in (("irv", "ก่อน"), ("schulze", "ก่อน"), ("borda", "หลัง"), ("plurality", "ก่อน")):
        code, told = run(tmp_path, "a.toi", SOI, "--rule", rule)
        assert (code, told["winner"]) == (0, winner), rule
    assert run(tmp_path, "a.toi", SOI, "--rule", "greedy")[0] == 2
    assert run(tmp_path, "a.pb", pb(), "--rule", "irv")[0] == 2
    with pytest.raises(BadFile):
        preflib.read("3: 1,,2\n")
    with pytest.raises(BadFile):
        preflib.read("3: 1,1\n")
    with pytest.raises(BadFile):
        preflib.read("# TITLE: nobody\n")


def test_a_tie_for_the_first_place_stops_ranked_counts_too(tmp_path: Path) -> None:
    text = "1: 1,2\n1: 2,1\n"
    code, told = run(tmp_path, "a.soi", text, "--rule", "schulze")
    assert (code, told["ties"][0]["options"]) == (3, ["1", "2"])
    assert run(tmp_path, "a.soi", text, "--rule", "irv", "--ties", "2>1")[1]["winner_id"] == "2"
