"""Learning from the town: corrections are learnt, compared on held-back examples, kept small, and can be undone."""

from __future__ import annotations

import itertools

import pytest

from nlp.features import of_rules
from nlp.learning import Example, LocalCorrection, Outcome, retrain
from nlp.lexicon import lexicon
from nlp.model import Model, load
from nlp.normalise import normalise

# A word that only this town knows (a pump house everybody calls โรงช้างเผือก), which no model can know.
PLACES = ("หน้าวัด", "หลังตลาด", "หมู่ 3", "หมู่ 7", "ข้างโรงเรียน", "ท้ายซอย", "ปากทาง", "ริมสระ")
NEWS = ("โรงช้างเผือกเงียบ", "โรงช้างเผือกไม่ทำงาน", "ที่โรงช้างเผือกมีปัญหา", "แจ้งเรื่องโรงช้างเผือก", "โรงช้างเผือกเสียอีกแล้ว")
MEANT = "water_supply"


def examples() -> list[Example]:
    return [Example(f"{news} {place}", category=MEANT) for news, place in itertools.product(NEWS, PLACES)]


def best(model: Model, text: str) -> str:
    return model.predict(text, of_rules(lexicon().scan(normalise(text).text))).categories[0].code


@pytest.fixture(scope="module")
def outcome() -> Outcome:
    return retrain(examples(), load())


def test_a_word_of_the_town_is_learnt(outcome: Outcome) -> None:
    text = "โรงช้างเผือกพังค่ะ"
    assert best(load(), text) != MEANT
    assert outcome.applied
    assert best(outcome.correction.onto(load()), text) == MEANT


def test_before_and_after_are_told_on_held_back_examples(outcome: Outcome) -> None:
    comparison = next(one for one in outcome.comparisons if one.head == "categories")
    assert comparison.applied
    assert comparison.examples == len(examples())
    assert 0 < comparison.held_back < comparison.examples
    assert comparison.right_after > comparison.right_before
    assert comparison.loss_after < comparison.loss_before


def test_other_matters_stay_as_they_were(outcome: Outcome) -> None:
    corrected = outcome.correction.onto(load())
    for text in ("ถนนเป็นหลุมใหญ่รถล้ม", "ขยะเต็มถังไม่มีใครมาเก็บ", "หมาจรจัดไล่กัดเด็ก", "ไฟถนนดับมืดมาก"):
        assert best(corrected, text) == best(load(), text)


def test_it_can_be_undone(outcome: Outcome) -> None:
    corrected = outcome.correction.onto(load())
    undone = LocalCorrection({}, {}).onto(corrected)
    text = "โรงช้างเผือกพังค่ะ"
    assert undone.predict(text) == load().predict(text)


def test_it_survives_storage_in_a_small_blob(outcome: Outcome) -> None:
    blob = outcome.correction.to_bytes()
    assert len(blob) < 500_000
    again = LocalCorrection.from_bytes(blob).onto(load())
    assert best(again, "โรงช้างเผือกพังค่ะ") == MEANT


@pytest.mark.parametrize("blob", [b"", b"PK\x03\x04 not a zip", b"anything else"])
def test_bytes_that_are_no_correction_are_refused(blob: bytes) -> None:
    with pytest.raises(ValueError, match=r"not a local correction|pickle"):
        LocalCorrection.from_bytes(blob)


def test_the_same_examples_teach_the_same(outcome: Outcome) -> None:
    assert retrain(examples(), load()).correction.to_bytes() == outcome.correction.to_bytes()


def test_a_learnt_model_learns_from_the_shipped_one_again(outcome: Outcome) -> None:
    corrected = outcome.correction.onto(load())
    assert retrain(examples(), corrected).correction.to_bytes() == outcome.correction.to_bytes()


def test_contradicting_examples_are_not_applied() -> None:
    codes = ("road", "tax_fee", "education", "noise", "culture")
    texts = [f"ไฟถนนดับ {place} {n}" for n, place in enumerate(PLACES * 5)]
    mixed = [Example(text, category=codes[(at * 7 + at // 5) % 5]) for at, text in enumerate(texts)]
    right = [Example(f"{place} ไฟทางไม่ติดเลยครับ มืด", category="streetlight") for place in PLACES]
    outcome = retrain([*mixed, *right], load())
    for comparison in outcome.comparisons:
        worse = comparison.right_after < comparison.right_before or comparison.loss_after > comparison.loss_before
        assert not (comparison.applied and worse)
        assert (comparison.head in outcome.correction.weights) == comparison.applied


def test_a_few_examples_change_nothing() -> None:
    outcome = retrain(examples()[:3], load())
    assert not outcome.applied
    assert retrain([], load()).correction.weights == {}


def test_codes_the_model_does_not_have_are_counted_and_left_out() -> None:
    outcome = retrain([*examples(), Example("เรื่องใหม่", category="moon_base")], load())
    comparison = next(one for one in outcome.comparisons if one.head == "categories")
    assert comparison.unknown == 1
    assert outcome.applied


def test_staff_weigh_more_than_residents() -> None:
    text = "โรงช้างเผือกพังค่ะ"
    by_staff, by_residents = (
        retrain([Example(e.text, category=MEANT, by=by) for e in examples()], load()).correction.onto(load())
        for by in ("staff", "resident")
    )
    assert dict(by_staff.predict(text).categories)[MEANT] > dict(by_residents.predict(text).categories)[MEANT]


def test_weights_for_other_codes_are_not_put_on(outcome: Outcome) -> None:
    stale = LocalCorrection(outcome.correction.weights, {"categories": ("road", "waste")})
    assert stale.onto(load()).local == {}
