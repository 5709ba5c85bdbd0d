"""The project's own training messages: well formed, in many voices, and nobody else's."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from nlp import datasets
from nlp.features import plain
from nlp.labels import EMERGENCIES, INTENTS, URGENCIES
from nlp.lexicon import defaults

FIELDS = {
    "text": str,
    "intent": str,
    "categories": list,
    "department": str | None,
    "agency": str | None,
    "emergency": str,
    "urgency": str,
    "abusive": bool,
    "sensitive": str | None,
    "writer": str,
    "template": str | None,
}
SENSITIVE = {None, "corruption", "abuse", "self_harm", "drugs", "violence"}
FILES = sorted(datasets.CORPUS.glob("*.jsonl"))


def lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


@pytest.fixture(scope="module")
def everything() -> list[dict[str, Any]]:
    return [line for path in FILES for line in lines(path)]


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_lines_are_well_formed(path: Path) -> None:
    categories = {category.code for category in defaults().categories}
    departments = {department.code for department in defaults().departments} | {None}
    agencies = {agency.code for agency in defaults().agencies} | {None}
    for number, line in enumerate(lines(path), 1):
        where = f"{path.name}:{number}"
        assert set(line) == set(FIELDS), where
        assert all(isinstance(line[name], kind) for name, kind in FIELDS.items()), where
        assert line["text"].strip(), where
        assert len(line["text"]) <= 5_000, where
        assert line["intent"] in INTENTS, where
        assert line["emergency"] in EMERGENCIES, where
        assert line["urgency"] in URGENCIES, where
        assert set(line["categories"]) <= categories, where
        assert len(set(line["categories"])) == len(line["categories"]), where
        assert line["department"] in departments, where
        assert line["agency"] in agencies, where
        assert line["sensitive"] in SENSITIVE, where
        assert line["writer"], where


def test_there_are_enough_messages_in_enough_voices(everything: list[dict[str, Any]]) -> None:
    assert len(everything) >= 3_000
    assert len({line["writer"] for line in everything}) >= 50
    by_hand = [line for line in everything if line["template"] is None]
    assert len(by_hand) > len(everything) / 2


def test_every_intent_category_and_grade_of_danger_is_there(everything: list[dict[str, Any]]) -> None:
    intents = Counter(line["intent"] for line in everything)
    assert all(intents[intent] >= 50 for intent in INTENTS), intents
    grades = Counter(line["emergency"] for line in everything)
    assert all(grades[grade] >= 100 for grade in EMERGENCIES), grades
    categories = Counter(line["categories"][0] for line in everything if line["categories"])
    missing = [category.code for category in defaults().categories if categories[category.code] < 10]
    assert not missing


def test_danger_is_an_emergency_and_an_emergency_is_danger(everything: list[dict[str, Any]]) -> None:
    wrong = [line["text"] for line in everything if (line["intent"] == "emergency") != (line["emergency"] == "danger")]
    assert not wrong


def test_no_message_stands_there_with_two_meanings(everything: list[dict[str, Any]]) -> None:
    meant: dict[str, set[str]] = {}
    for line in everything:
        meant.setdefault(line["text"].strip(), set()).add(line["intent"])
    assert not {text: intents for text, intents in meant.items() if len(intents) > 1}


@pytest.mark.shared
@pytest.mark.skipif(not datasets.have_shared(), reason="../shared/data/messages is not on this machine")
def test_no_message_is_taken_from_the_tickets_of_a_city(everything: list[dict[str, Any]]) -> None:
    cities = {
        plain(row.text)
        for rows in (
            datasets.newtax(),
            datasets.routed(),
            datasets.gold_intents(),
            datasets.userpicked("train"),
            datasets.userpicked("eval"),
        )
        for row in rows
        if len(row.text) >= 30
    }
    assert not [line["text"] for line in everything if plain(line["text"]) in cities]
