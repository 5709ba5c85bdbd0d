"""`songsiang nlp`: one JSON line for each line, the promised keys, and nothing stops the stream."""

from __future__ import annotations

import io
import json
from datetime import UTC, datetime
from typing import Any

import pytest

from nlp.command import run

NOW = datetime(2026, 11, 20, 3, tzinfo=UTC)
KEYS = [
    "intent", "intent_p", "emergency", "categories", "departments", "agency", "urgency", "place", "dates", "pii",
    "abusive", "sensitive",
]  # fmt: skip


def answers(*lines: str) -> list[dict[str, Any]]:
    out = io.StringIO()
    assert run(lines, out, NOW) == 0
    return [json.loads(line) for line in out.getvalue().splitlines()]


def test_the_promised_keys() -> None:
    text = "ไฟทางหน้าวัดดับตั้งแต่เมื่อวาน หมู่ 5 โทร 0815550142"
    (answer,) = answers(json.dumps({"text": text}))
    assert list(answer) == KEYS
    assert answer["intent"] == "complaint"
    assert 0 < answer["intent_p"] <= 1
    assert answer["emergency"] == "none"
    assert answer["categories"][0]["code"] == "streetlight"
    assert set(answer["categories"][0]) == set(answer["departments"][0]) == {"code", "p"}
    assert answer["departments"][0]["code"] == "ENG"
    assert answer["place"]["moo"] == 5
    assert answer["dates"] == ["2026-11-19"]
    (pii,) = answer["pii"]
    assert text[pii["start"] : pii["end"]] == "0815550142"
    assert pii["kind"] == "phone"


@pytest.mark.parametrize(
    "bad", ["no json", "[1]", '{"a": 1}', '{"text": 5}', '{"text": null}', "[" * 100_000, '"x"', "{"]
)
def test_a_bad_line_is_answered_and_the_next_one_too(bad: str) -> None:
    first, second = answers(bad, '{"text": "สวัสดี"}')
    assert list(first) == ["error"]
    assert second["intent"] == "greeting"


def test_empty_lines_are_nothing() -> None:
    assert answers("", "  \n") == []


def test_lone_surrogates_and_control_characters_are_survived() -> None:
    (answer,) = answers(r'{"text": "\ud800 ไฟดับ \u0000"}')
    assert list(answer) == KEYS
