"""The lexicon: patterns as the tables' heads promise them, tables that are whole, finding in linear steps."""

from __future__ import annotations

from dataclasses import fields

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlp.labels import CATEGORIES, DEPARTMENTS
from nlp.lexicon import FOLDER, MOST_FINDS, Lexicon, defaults, lexicon
from nlp.scores import DANGERS

SMALL = Lexicon(
    {
        "words": {"not": ["ไม่", "บ่"], "lamp": ["ไฟทาง", "โคมไฟ"]},
        "decoys": {"x": ["รถไฟ", "น้ำมัน"]},
        "typos": {"น้ำ": ["น้าม"]},
        "test": {
            "water": {"sure": ["น้ำ{not}ไหล"], "hint": ["น้ำ"]},
            "light": {"sure": ["{lamp} + ดับ"], "likely": ["ไฟ"]},
            "ordered": {"sure": ["ขอ > เบี้ย"]},
            "without": {"sure": ["ไฟ - ไหม้"]},
            "against": {"against": ["รถ"]},
            "flood": {"likely": ["น้ำท่วม"]},
            "drown": {"likely": ["ตกน้ำ"]},
        },
    }
)


def labels(text: str) -> set[str]:
    return set(SMALL.scan(text).labels("test"))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("น้ำไม่ไหล", {"water"}),
        ("น้ำบ่ไหล", {"water"}),
        ("น้ำ ไม่ ไหล", {"water"}),  # blanks anywhere
        ("น้ามไม่ไหล", {"water"}),  # a misspelling of the table
        ("โคมไฟดับ", {"light", "without"}),
        ("ดับหมด ไฟทาง", {"light", "without"}),  # either order
        ("โคมไฟ" + "ก" * 60 + "ดับ", {"light", "without"}),  # the lone word ไฟ still counts
        ("ขอเงินเบี้ย", {"ordered"}),
        ("เบี้ยที่ขอ", set()),
        ("ไฟไหม้", {"light"}),
        ("รถไฟ", set()),
        ("น้ำมัน", set()),
        ("ฝนตกน้ำท่วม", {"flood", "water"}),  # and nobody fell into the water
        ("เสียงไหม", set()),
        ("", set()),
    ],
)
def test_patterns(text: str, expected: set[str]) -> None:
    assert labels(text) == expected


def test_a_word_does_not_end_within_a_syllable() -> None:
    cut = Lexicon({"t": {"silk": {"sure": ["ไหม"]}, "person": {"sure": ["คน"]}}})
    assert set(cut.scan("ไหม้").labels("t")) == set()
    assert set(cut.scan("ไหม").labels("t")) == {"silk"}


def test_further_evidence_counts_less_and_overlaps_do_not() -> None:
    two = Lexicon({"t": {"a": {"sure": ["กข", "กขค"], "hint": ["งจ"]}}})
    assert two.scan("กขค").labels("t")["a"] == 5.0
    assert two.scan("กขค งจ").labels("t")["a"] == pytest.approx(5.0 + 0.4 * 1.5)


@pytest.mark.parametrize("line", ["{nobody}", "ก + ", " + ก"])
def test_a_mistake_in_a_table_is_named(line: str) -> None:
    with pytest.raises(ValueError, match=r"lexicon/mine\.toml \[label\] sure"):
        Lexicon({"words": {}, "mine": {"label": {"sure": [line]}}})


def test_every_label_of_the_tables_is_known() -> None:
    codes = {category.code for category in defaults().categories}
    agencies = {agency.code for agency in defaults().agencies}
    departments = {department.code for department in defaults().departments}
    found: dict[str, set[str]] = {}
    for rule in lexicon().rules:
        found.setdefault(rule.table, set()).add(rule.label)
    assert found["category"] == codes - {"other"}
    assert found["department"] == departments
    assert found["agency"] <= agencies
    assert found["sensitive"] == {"corruption", "abuse", "self_harm", "drugs", "violence"}
    assert found["emergency"] | found["cry"] == set(DANGERS)


def test_the_defaults_are_whole() -> None:
    tables = defaults()
    assert tuple(category.code for category in tables.categories) == CATEGORIES
    assert tuple(department.code for department in tables.departments) == DEPARTMENTS
    codes, agencies = set(CATEGORIES), {agency.code for agency in tables.agencies}
    for category in tables.categories:
        assert 0 < len(category.name) <= 20, category.code
        assert {category.department, category.second or "CLERK"} <= set(DEPARTMENTS)
        assert category.agency is None or category.agency in agencies
        assert 0 <= category.sla_days_urgent <= category.sla_days_normal
        assert set(category.siblings) <= codes - {category.code}
    assert not [c.code for c in tables.categories if c.sensitive and c.radius], "a sensitive matter is never offered"
    assert {d.fallback for d in tables.departments} <= {None, *DEPARTMENTS}
    kinds = {kind for hotline in tables.hotlines for kind in hotline.kinds}
    assert kinds == set(DANGERS), "every kind of emergency has a number to call"


def test_the_defaults_say_what_every_field_is() -> None:
    with pytest.raises(KeyError):
        defaults().category("nothing")
    assert {field.name for field in fields(defaults().hotlines[0])} >= {"number", "checked"}


@given(st.text(st.characters(min_codepoint=0x0E01, max_codepoint=0x0E4E) | st.sampled_from(" \n"), max_size=400))
def test_any_text_is_scanned_with_true_spans(text: str) -> None:
    scan = lexicon().scan(text)
    for found in scan.evidence.values():
        for evidence in found:
            assert 0 <= evidence.start < evidence.end <= len(scan.text)
    assert all(len(spans) <= MOST_FINDS for spans in scan.finds.values())


@pytest.mark.parametrize("word", ["ไฟไหม้", "คน", "น้ำท่วม", "ก", "ไม่", "สายไฟขาดห้อยลงพื้น"])
def test_steps_grow_with_the_text_and_no_faster(word: str) -> None:
    """What is found is bounded by the letters read, however the text repeats itself."""
    once = sum(1 for _ in lexicon()._walk(word * 50))
    twice = sum(1 for _ in lexicon()._walk(word * 100))
    assert twice <= 2 * once + len(word) * 40


def test_the_page_of_codes_is_up_to_date() -> None:
    page = (FOLDER.parents[1] / "docs" / "categories.md").read_text("utf-8")
    tables = defaults()
    for category in tables.categories:
        days = f"{category.sla_days_urgent} / {category.sla_days_normal}"
        head = f"| `{category.code}` | {category.name}: {category.description} | {category.department} |"
        assert head in page
        assert days in page.split(head)[1].splitlines()[0]
    for line in (
        *(f"| `{d.code}` | {d.name} |" for d in tables.departments),
        *(f"| {h.number} |" for h in tables.hotlines),
    ):
        assert line in page
    for agency in tables.agencies:
        assert f"| `{agency.code}` | {agency.name} | {agency.phone or '–'} |" in page
