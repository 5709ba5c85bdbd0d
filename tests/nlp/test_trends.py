"""Trends: rises are counted in people and explained in figures; nobody is named by a rare word."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nlp.trends import FEWEST, Report, keywords, rising, spots, telling, words

NOW = datetime(2026, 11, 20, 3, tzinfo=UTC)
LIGHT = Report("streetlight", NOW, "a", 3, 18.8, 98.9, "ไฟกิ่งดับหน้าวัด")


def ago(days: float, reporter: str, **changes: object) -> Report:
    return replace(LIGHT, at=NOW - timedelta(days=days), reporter=reporter, **changes)  # type: ignore[arg-type]


USUAL = [ago(40 + 30 * n, f"old{n}") for n in range(5)]  # one a month


def test_a_rise_is_told_with_its_figures() -> None:
    town, village = sorted(rising([*USUAL, *(ago(n, f"p{n}") for n in range(6))], NOW), key=lambda r: r.moo or 0)
    assert (town.category, town.moo, village.moo) == ("streetlight", None, 3)
    assert (village.now, village.people) == (6, 6)
    assert village.usual == pytest.approx(1.0)
    assert village.times == pytest.approx(3.5)


def test_one_angry_neighbour_is_no_trend() -> None:
    assert rising([*USUAL, *(ago(n, "same") for n in range(9))], NOW) == []


def test_the_first_month_of_a_town_is_no_rise() -> None:
    assert rising([ago(n, f"p{n}") for n in range(9)], NOW) == []


def test_what_is_as_usual_is_not_told() -> None:
    always = [ago(day, f"p{day}") for day in range(1, 180, 3)]
    assert rising(always, NOW) == []


def test_a_repeat_spot() -> None:
    here = [ago(30 * n, f"p{n}", lat=18.8 + n * 1e-5) for n in range(4)]
    elsewhere = [ago(5, "x", lat=18.9), ago(6, "y", lat=18.9, category="waste")]
    (spot,) = spots([*here, *elsewhere], NOW)
    assert (spot.category, spot.count, spot.people) == ("streetlight", 4, 4)
    assert spot.first < spot.last == NOW
    assert (spot.lat, spot.lon) == pytest.approx((18.8, 98.9), abs=1e-4)


def test_reports_without_a_place_or_of_long_ago_are_no_spot() -> None:
    assert spots([ago(n, "p", lat=None) for n in range(9)] + [ago(400 + n, "p") for n in range(9)], NOW) == []


def test_a_word_that_rises() -> None:
    reports = [ago(50, "o", text="ท่อตันหน้าบ้าน"), *(ago(n, f"p{n}") for n in range(4))]
    found = {
        keyword.word: keyword
        for keyword in keywords(reports, NOW, cut=lambda text: ["ไฟกิ่ง", "ดับ"] if "ไฟ" in text else ["ท่อ"])
    }
    assert found["ไฟกิ่ง"].people == 4
    assert "ท่อ" not in found


def test_a_word_few_people_wrote_is_kept_quiet() -> None:
    reports = [*USUAL, *(ago(n, f"p{n}", text="ป้าแดง") for n in range(FEWEST - 1))]
    assert keywords(reports, NOW, cut=lambda text: [text]) == []


def test_words_of_the_town_stay_whole() -> None:
    cut = words("ไฟกิ่งหน้าวัดดับ รถขยะไม่มา ผักตบเต็มคลอง")
    assert {"ไฟกิ่ง", "รถขยะ", "ผักตบ"} <= set(cut)


@pytest.mark.parametrize(
    ("word", "tells"),
    [("ไฟ", True), ("ไฟกิ่ง", True), ("ครับ", False), ("12", False), ("[เบอร์โทร]", False), (" ", False), ("และ", False)],
)
def test_words_that_tell(word: str, tells: bool) -> None:
    assert telling(word) is tells


@settings(max_examples=30)
@given(st.lists(st.tuples(st.floats(-5, 400), st.sampled_from("abcdef"), st.floats(18.79, 18.81)), max_size=60))
def test_figures_add_up(rows: list[tuple[float, str, float]]) -> None:
    reports = [ago(days, who, lat=lat) for days, who, lat in rows]
    for rise in rising(reports, NOW):
        assert FEWEST <= rise.people <= rise.now <= len(reports)
    assert sum(spot.count for spot in spots(reports, NOW)) <= len(reports)
