"""The model at run time: what a message is made of, and what the shipped weights answer."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlp.features import BUCKET_BITS, buckets, of_rules, plain
from nlp.lexicon import lexicon
from nlp.model import WEIGHTS, Model, load, save

FIELDS = ("intents", "categories", "departments", "agencies", "urgencies", "emergencies")


@pytest.fixture(scope="module")
def model() -> Model:
    return load()


THAI = st.text(st.characters(min_codepoint=0xE01, max_codepoint=0xE5B), max_size=300)


@given(st.text(max_size=1_500) | THAI)
def test_plain_changes_nothing_when_done_twice_and_is_bounded(text: str) -> None:
    once = plain(text)
    assert plain(once) == once
    assert len(once) <= 1_000


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("น้ามไม่ไหลลลลล", "น้ามไม่ไหลล"),
        ("มากกกกกกก", "มากกกก"),
        ("เเก้ไข", "แก้ไข"),
        ("นํ้าท่วม", "น้ำท่วม"),
        ("นำ้ท่วม", "น้ำท่วม"),
        ("ไฟดับ\u200b ครับ", "ไฟดับ ครับ"),
        ("โทร 081-234-5678", "โทร <PHONE>"),
        ("หมู่ ๕", "หมู่ 7"),
    ],
)
def test_what_is_typed_differently_but_means_the_same_looks_the_same(typed: str, meant: str) -> None:
    assert plain(typed) == plain(meant)


def test_a_lone_surrogate_and_an_empty_text_have_features() -> None:
    assert len(buckets("\ud800ไฟดับ"))
    assert len(buckets(""))


@given(st.text(max_size=300))
def test_buckets_are_sorted_distinct_and_in_range(text: str) -> None:
    found = buckets(text)
    assert np.all(np.diff(found) > 0)
    assert found.min() >= 0
    assert found.max() < 1 << BUCKET_BITS


def test_every_head_ranks_all_its_codes_with_probabilities(model: Model) -> None:
    guess = model.predict("ไฟถนนหน้าวัดดับมาสามวันแล้วครับ")
    for name in FIELDS:
        ranked = getattr(guess, name)
        shares = [scored.p for scored in ranked]
        assert shares == sorted(shares, reverse=True), name
        assert sum(shares) == pytest.approx(1), name
        assert len({scored.code for scored in ranked}) == len(ranked), name


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("ไฟถนนหน้าวัดดับมาสามวันแล้วครับ", "streetlight"),
        ("ถนนเป็นหลุมใหญ่มากรถล้มประจำ", "road"),
        ("ขยะเต็มถังไม่มีใครมาเก็บ", "waste"),
        ("หมาจรจัดไล่กัดเด็กในซอย", "stray_animal"),
    ],
)
def test_plain_complaints_are_placed(model: Model, text: str, code: str) -> None:
    guess = model.predict(text, of_rules(lexicon().scan(text)))
    assert guess.categories[0].code == code
    assert guess.intents[0].code == "complaint"


def test_a_hostile_text_is_answered_like_any_other(model: Model) -> None:
    for text in ("", " ", "ก" * 5_000, "่" * 5_000, "😀" * 5_000, "1,2" * 2_000, "https://" * 700):
        assert model.predict(text).intents[0].p > 0


def test_unknown_rules_are_ignored(model: Model) -> None:
    text = "ไฟดับ"
    assert model.predict(text, {"category:no_such_code": 1.0}) == model.predict(text)


def test_rule_features_tell_what_how_strongly_and_how_early() -> None:
    features = of_rules(lexicon().scan("ถนนเป็นหลุมใหญ่ และขยะล้นถัง"))
    assert all(-1 <= score <= 1 for score in features.values())
    assert features["category:road"] > 0
    assert features["category:waste"] > 0
    assert features["first:road"] > features["first:waste"]
    assert features["guess:complaint"] > 0
    assert of_rules(lexicon().scan("")).keys() >= {"shape:length"}


def test_the_shipped_weights_know_the_names_of_rule_features(model: Model) -> None:
    features = of_rules(lexicon().scan("ไฟถนนดับ ขอบคุณค่ะ"))
    assert set(features) <= set(model.rules)


def test_saved_weights_are_read_back_and_answer_the_same(model: Model, tmp_path: Path) -> None:
    save(model, tmp_path / "again.npz")
    again = load(tmp_path / "again.npz")
    text = "น้ำประปาไม่ไหลตั้งแต่เช้า"
    assert again.predict(text) == model.predict(text)
    save(again, tmp_path / "third.npz")
    assert (tmp_path / "third.npz").stat().st_size == (tmp_path / "again.npz").stat().st_size


def test_weights_for_other_features_are_refused(model: Model, tmp_path: Path) -> None:
    about = {"bucket_bits": BUCKET_BITS + 1, "rules": [], "heads": []}
    path = tmp_path / "other.npz"
    np.savez(path, about=np.frombuffer(json.dumps(about).encode(), np.uint8))
    with pytest.raises(ValueError, match="buckets"):
        load(path)


def test_the_shipped_file_is_small_and_holds_numbers_and_codes_only() -> None:
    assert WEIGHTS.stat().st_size <= 5_000_000
    with np.load(WEIGHTS, allow_pickle=False) as stored:
        about = stored["about"].tobytes().decode()
        kinds = {stored[name].dtype.kind for name in stored.files}
    assert kinds <= set("iuf")
    assert about.isascii()
