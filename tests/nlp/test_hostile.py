"""Hostile messages: every pattern is bounded by its structure, and what is worked on is capped."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from importlib import import_module
from typing import Any

import pytest

from nlp import Context, understand
from nlp.normalise import LONGEST
from nlp.pii import _name_pattern
from nlp.places import _gazetteer, _landmark_pattern, _stop_pattern

_parser: Any = vars(re)["_parser"]
MODULES = ("nlp.pii", "nlp.places", "nlp.dates", "nlp.problems", "nlp.search", "nlp.keyboard", "nlp.normalise")
#: A repeat that may go on longer than this counts as unbounded.
LONG = 600


def patterns() -> Iterator[tuple[str, re.Pattern[str]]]:
    for name in MODULES:
        for key, value in vars(import_module(name)).items():
            if isinstance(value, re.Pattern):
                yield f"{name}.{key}", value
    yield "names", _name_pattern()
    yield "landmarks", _landmark_pattern()
    yield "stops", _stop_pattern()
    yield "gazetteer", _gazetteer((), ())[0]


def repeats(tree: Any, inside: bool = False) -> Iterator[tuple[bool, int]]:
    """(stands inside another repeat, greatest number of times) of every repeat in a parsed pattern."""
    for operation, argument in tree:
        name = str(operation)
        if name in ("MAX_REPEAT", "MIN_REPEAT", "POSSESSIVE_REPEAT"):
            _, most, inner = argument
            yield inside, int(most)
            yield from repeats(inner, inside or int(most) > 1)
        elif name == "SUBPATTERN":
            yield from repeats(argument[-1], inside)
        elif name == "BRANCH":
            for branch in argument[1]:
                yield from repeats(branch, inside)
        elif name in ("ASSERT", "ASSERT_NOT"):
            yield from repeats(argument[1], inside)


@pytest.mark.parametrize(("name", "pattern"), list(patterns()))
def test_no_pattern_repeats_without_end_inside_a_repeat(name: str, pattern: re.Pattern[str]) -> None:
    """What repeats inside a repeat is what makes a pattern explode: there, every repeat is short."""
    nested = [most for inside, most in repeats(_parser.parse(pattern.pattern, pattern.flags)) if inside]
    # keyboard._WRITTEN repeats syllables of which every one begins with its own letter, so there is one way to read it.
    assert all(most <= 40 for most in nested), name


@pytest.mark.parametrize(("name", "pattern"), list(patterns()))
def test_open_repeats_are_of_one_kind_of_letter(name: str, pattern: re.Pattern[str]) -> None:
    """At most one repeat without end per branch: two that meet would try every way to share a text."""
    endless = [most for inside, most in repeats(_parser.parse(pattern.pattern, pattern.flags)) if most > LONG]
    branches = pattern.pattern.count("|") + 1
    assert len(endless) <= branches, name


@pytest.mark.parametrize(
    "piece",
    [
        "0", "081-", "1 ", "a@", "นาย", "คุณกก ", "หมู่ 5 ", "ซอย", "หน้าวัด", "https://", "!3d1.23", "1.234,", "2345+",
        "1/1/", "เมื่อวาน", "บัญชี ", "ทะเบียน ", "line ", "ไฟไหม้", "ช่วยด้วย", "คนตก", "ไฟดับและขยะ,", "wafy[ ", "\n", "่", "ำ",
        "เ", "1) ก ", "99/1 ม.5 ", "🔥", "ค ว ย ", "\u200b", "ฐ\uf70a",
    ],
)  # fmt: skip
def test_the_longest_message_of_one_piece_is_answered(piece: str) -> None:
    text = (piece * LONGEST)[: LONGEST * 2]
    understood = understand(text, Context(now=datetime(2026, 11, 20, tzinfo=UTC), centre=(18.8, 98.9)))
    assert len(understood.text) <= LONGEST
    assert all(pii.end <= LONGEST for pii in understood.pii)
