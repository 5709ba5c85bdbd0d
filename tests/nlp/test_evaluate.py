"""Measuring: intervals, reliability and abstention are computed right, and the command prints its tables."""

from __future__ import annotations

from functools import partial

import pytest

from nlp import datasets, evaluate, measures, speed
from nlp.baselines import BASELINES, majority, rules, tfidf_characters, tfidf_words
from nlp.datasets import Row
from nlp.fitting import Strength
from nlp.train import train
from nlp.types import Scored


def guess(code: str, p: float, *others: str) -> tuple[Scored, ...]:
    return (Scored(code, p), *(Scored(other, (1 - p) / max(1, len(others))) for other in others))


def test_wilsons_interval_as_published() -> None:
    # Newcombe 1998, table I: 81 of 263 gives 0.2553–0.3662.
    found = measures.share(81, 263)
    assert found.low == pytest.approx(0.2553, abs=5e-5)
    assert found.high == pytest.approx(0.3662, abs=5e-5)


def test_intervals_at_the_ends_stay_inside() -> None:
    assert measures.share(0, 20).low == 0.0
    assert measures.share(20, 20).high == 1.0
    assert measures.share(0, 0) == measures.Share(0.0, 0.0, 1.0, 0)


def test_among_first_takes_any_right_code() -> None:
    guesses = [guess("road", 0.6, "drain", "waste"), guess("noise", 0.9, "air")]
    truths = [{"drain", "canal"}, {"road"}]
    assert measures.among_first(guesses, truths, 1).value == 0
    assert measures.among_first(guesses, truths, 2).value == 0.5


def test_recall_and_precision() -> None:
    recall, precision = measures.recall_precision([True, True, False, False], [True, False, True, False])
    assert (recall.value, precision.value) == (0.5, 0.5)


def test_reliability_of_honest_and_of_boasting_guesses() -> None:
    honest = [guess("a", 0.8)] * 10
    truths = [{"a"}] * 8 + [{"b"}] * 2
    assert measures.calibration_error(measures.reliability(honest, truths)) == pytest.approx(0)
    boasting = [guess("a", 1.0)] * 10
    assert measures.calibration_error(measures.reliability(boasting, truths)) == pytest.approx(0.2)


def test_asking_more_makes_the_rest_righter() -> None:
    guesses = [guess("a", 0.9), guess("a", 0.9), guess("a", 0.4), guess("a", 0.4)]
    truths = [{"a"}, {"a"}, {"b"}, {"a"}]
    never, often = measures.abstention(guesses, truths, (0.0, 0.5))
    assert (never.asked, never.right.value) == (0, 0.75)
    assert (often.asked, often.right.value) == (0.5, 1.0)


def test_confusions_are_counted() -> None:
    guesses = [guess("a", 1.0), guess("a", 1.0), guess("c", 1.0)]
    assert measures.confusions(guesses, [{"b"}, {"b"}, {"c"}], 3) == [("b", "a", 2)]


LEARN = [
    Row(f"{text} {n}", "corpus", str(n), {"categories": {code: 1.0}, "intents": {"complaint": 1.0}}, (code,))
    for n in range(4)
    for code, text in (("road", "ถนนเป็นหลุมเป็นบ่อ"), ("waste", "ขยะล้นถังไม่มีคนเก็บ"), ("noise", "เสียงดังรบกวน"))
]


@pytest.mark.parametrize("baseline", [rules, tfidf_words, tfidf_characters])
def test_baselines_find_plain_matters(baseline: object) -> None:
    assert callable(baseline)
    found = baseline("categories", LEARN, [LEARN[0], LEARN[1]])
    assert [ranked[0].code for ranked in found] == ["road", "waste"]


def test_majority_says_the_same_of_all() -> None:
    found = majority("categories", [*LEARN, LEARN[2]], LEARN[:2])
    assert [ranked[0].code for ranked in found] == ["noise", "noise"]
    assert set(BASELINES) >= {"majority", "rules alone"}


def test_time_and_memory_are_measured_in_a_fresh_process() -> None:
    found = speed.probe()
    assert all(value >= 0 for value in found.values())
    assert found["load_ms"] > 0


def test_the_report_covers_intents_categories_departments_and_dangers(monkeypatch: pytest.MonkeyPatch) -> None:
    own = datasets.corpus()[::60]
    monkeypatch.setattr(evaluate, "gather", lambda corpus_only: {"corpus": own})
    monkeypatch.setattr(evaluate, "FOLDS", 2)
    fast = dict.fromkeys(datasets.HEADS, Strength(text=0.1, dense=1.0, steps=10))
    monkeypatch.setattr(evaluate, "train", partial(train, strengths=fast))
    printed: list[object] = []
    assert evaluate.main(["--corpus-only", "--no-baselines"], printed.append) == 0
    report = "\n".join(map(str, printed))
    for part in ("intents", "categories", "departments", "danger", "reliability", "asks below p", "mistakes", "memory"):
        assert part in report
