"""The same matter nearby: place first, then words; never hidden matters, never far or old ones."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlp.duplicates import OFFER, Candidate, alike, box, metres, radius, rank, score

NOW = datetime(2026, 11, 20, 3, tzinfo=UTC)
LIGHT = Candidate(1, "ไฟทางหน้าวัดดับมืดมาก", "streetlight", NOW, 18.8, 98.9, 3, "หน้าวัด")


def north(case: Candidate, distance: float, key: int = 2, **changes: object) -> Candidate:
    assert case.lat is not None
    return replace(case, key=key, lat=case.lat + distance / 111_320, **changes)  # type: ignore[arg-type]


def test_the_same_lamp_reported_twice_is_offered() -> None:
    other = north(LIGHT, 15, text="ไฟหน้าวัดไม่ติดเลยค่ะ", at=NOW - timedelta(days=1))
    (match,) = rank(LIGHT, [other])
    assert match.key == 2
    assert match.offer


def test_the_same_words_elsewhere_are_another_lamp() -> None:
    assert rank(LIGHT, [north(LIGHT, 400)]) == []


def test_a_sibling_category_counts_another_does_not() -> None:
    assert rank(LIGHT, [north(LIGHT, 5, category="cable")])
    assert rank(LIGHT, [north(LIGHT, 5, category="waste")]) == []


@pytest.mark.parametrize("category", ["staff_conduct", "safety", "welfare", "tax_fee", "other", "nonsense"])
def test_what_is_never_the_same_matter(category: str) -> None:
    mine = replace(LIGHT, category=category)
    assert radius(category) == 0
    assert rank(mine, [replace(mine, key=2)]) == []


def test_old_cases_are_no_candidates() -> None:
    assert rank(LIGHT, [north(LIGHT, 5, at=NOW - timedelta(days=90))]) == []


def test_without_a_map_the_name_of_the_place_serves() -> None:
    mine = replace(LIGHT, lat=None, lon=None)
    same = replace(mine, key=2, place="หน้า วัด", text="ไฟวัดดับมืดมากเลย")
    (match,) = rank(mine, [same])
    assert match.offer
    apart = replace(same, moo=8)
    assert not any(other.offer for other in rank(mine, [apart]))
    assert not any(other.offer for other in rank(mine, [replace(same, place="ท้ายซอย", moo=8)]))


def test_the_nearest_comes_first() -> None:
    found = rank(LIGHT, [north(LIGHT, 40, key=3), north(LIGHT, 5, key=4), north(LIGHT, 20, key=5)])
    assert [match.key for match in found] == [4, 5, 3]


def test_a_flood_reaches_further_than_a_pothole() -> None:
    flood = replace(LIGHT, category="flood", text="น้ำท่วมซอย")
    hole = replace(LIGHT, category="road", text="ถนนเป็นหลุม")
    assert rank(flood, [north(flood, 250)])
    assert rank(hole, [north(hole, 250)]) == []


def test_distances_in_metres() -> None:
    assert metres((18.8, 98.9), (18.801, 98.9)) == pytest.approx(111.3, rel=0.01)
    assert metres((18.8, 98.9), (18.8, 98.901)) == pytest.approx(105.4, rel=0.01)
    south, top, west, east = box(18.8, 98.9, 150)
    assert metres((18.8, 98.9), (top, 98.9)) == pytest.approx(150, rel=0.01)
    assert metres((18.8, 98.9), (18.8, east)) == pytest.approx(150, rel=0.01)
    assert south < 18.8 < top
    assert west < 98.9 < east


@given(st.text(max_size=40), st.text(max_size=40))
def test_likeness_is_a_share_and_goes_both_ways(one: str, other: str) -> None:
    assert 0 <= alike(one, other) <= 1
    assert alike(one, other) == alike(other, one)


@given(st.floats(0, 500), st.floats(0, 500))
def test_nearer_is_likelier(one: float, other: float) -> None:
    near, far = sorted((one, other))
    assert score(LIGHT, north(LIGHT, near)) >= score(LIGHT, north(LIGHT, far))
    assert score(LIGHT, LIGHT) <= 1.0
    assert score(LIGHT, LIGHT) >= OFFER
