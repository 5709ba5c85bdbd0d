"""The blind sets stay blind: well formed, and no line of theirs is learnt from."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, get_args

import pytest

from nlp import datasets
from nlp.features import plain
from nlp.labels import EMERGENCIES, INTENTS, URGENCIES
from nlp.lexicon import defaults
from nlp.types import PiiKind
from tools import blind

SETS = [blind.HERE / f"set_{which}.jsonl" for which in "ab"]
KEYS = [
    *("text", "intent", "categories", "department", "agency", "emergency"),
    *("urgency", "abusive", "sensitive", "writer", "template", "pii"),
]


def lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


@pytest.mark.parametrize("path", SETS, ids=lambda path: path.stem)
def test_every_row_is_labelled_in_known_words(path: Path) -> None:
    categories = {category.code for category in defaults().categories}
    departments = {department.code for department in defaults().departments} | {None}
    rows = lines(path)
    assert len(rows) >= 300
    for row in rows:
        assert list(row) == KEYS
        assert row["intent"] in INTENTS
        assert row["emergency"] in EMERGENCIES
        assert row["urgency"] in URGENCIES
        assert set(row["categories"]) <= categories
        assert row["department"] in departments
        assert set(row["pii"]) <= set(get_args(PiiKind))


def test_no_blind_message_is_learnt_from() -> None:
    blinded = {plain(row["text"]) for path in SETS for row in lines(path)}
    learnt = {plain(row["text"]) for path in datasets.CORPUS.glob("*.jsonl") for row in lines(path)}
    assert not blinded & learnt


def test_every_figure_rests_on_cases_of_set_a() -> None:
    rows = lines(SETS[0])
    cases = [case for case in blind.read("a") if case.row["text"] == rows[0]["text"]]
    assert len(cases) == 1
    assert {measure.name for measure in blind.measures(blind.read("a"))} >= {"danger recall", "intent"}
