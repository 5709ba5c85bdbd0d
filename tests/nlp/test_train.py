"""Training: the same inputs give the same model, labels may be vague, and what is missing is said."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import numpy as np
import pytest
from scipy.sparse import csr_matrix

from nlp import datasets, train
from nlp.datasets import Row
from nlp.fitting import Evidence, Strength, fit, temperature
from nlp.model import WEIGHTS, Model, load, softmax

SHARED = pytest.mark.skipif(not datasets.have_shared(), reason="../shared/data/messages is not on this machine")
TEXTS = (
    "ไฟถนนดับทั้งซอยตั้งแต่เมื่อคืน",
    "น้ำประปาไม่ไหลมาสองวันแล้ว",
    "จ่ายภาษีที่ดินได้ถึงวันไหนคะ",
    "ขอบคุณเจ้าหน้าที่มากค่ะ",
    "ช่วยด้วยไฟไหม้บ้าน",
)


#: Few steps on few rows: what is proven here does not hang on how good the model is.
FAST = dict.fromkeys(datasets.HEADS, Strength(text=0.1, dense=1.0, steps=10))


def build() -> Model:
    sources = {"corpus": datasets.corpus()[::20]}
    return train.train(sources, temperatures=dict.fromkeys(datasets.HEADS, 1.0), strengths=FAST)


@pytest.fixture(scope="module")
def quick_model() -> Model:
    return build()


def test_a_rebuilt_model_predicts_the_same(quick_model: Model) -> None:
    again = build()
    assert [again.predict(text) for text in TEXTS] == [quick_model.predict(text) for text in TEXTS]


def test_a_model_of_the_own_messages_alone_knows_its_trade(quick_model: Model) -> None:
    unseen = [row for at, row in enumerate(datasets.corpus()) if at % 20 == 10 and "categories" in row.says]
    rules = train.rule_features(unseen)
    names = train.rule_names()
    hits = 0
    for row, finds in zip(unseen, rules, strict=True):
        guess = quick_model.predict(row.text, dict(zip(names, finds, strict=True)))
        hits += guess.categories[0].code in row.says["categories"]
    assert hits / len(unseen) > 0.5


def test_the_command_writes_weights_that_can_be_loaded(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    own = datasets.corpus()[::60]
    monkeypatch.setattr(datasets, "corpus", lambda: own)
    monkeypatch.setattr(train, "train", partial(train.train, strengths=FAST))
    out = tmp_path / "weights.npz"
    assert train.main(["--corpus-only", "--out", str(out)]) == 0
    assert load(out).predict("ไฟดับ").categories
    assert "inputs" in capsys.readouterr().out


def test_missing_data_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def nowhere(folder: Path = tmp_path) -> list[Row]:
        raise datasets.MissingDataError(f"newtax is not in {folder.name}")

    monkeypatch.setattr(datasets, "newtax", nowhere)
    assert train.main(["--out", str(tmp_path / "none.npz")]) == 1
    assert "newtax is not in" in capsys.readouterr().err
    assert not (tmp_path / "none.npz").exists()


@pytest.mark.parametrize("read", [datasets.newtax, datasets.routed, datasets.gold_intents, datasets.consumer_questions])
def test_every_missing_file_is_named_with_the_way_out(read: object, tmp_path: Path) -> None:
    assert callable(read)
    with pytest.raises(datasets.MissingDataError, match="--corpus-only"):
        read(tmp_path)


def test_writers_are_never_split() -> None:
    groups = [row.group for row in datasets.corpus()]
    part = train.parts(groups, 3)
    assert set(part.tolist()) == {0, 1, 2}
    assert len({(group, int(at)) for group, at in zip(groups, part, strict=True)}) == len(set(groups))


def test_a_vague_label_is_told_apart_by_what_exact_ones_teach() -> None:
    # Words 0 and 1 are known for codes 0 and 1; rows with word 0 or 1 and the vague label "0 or 1" must not blur them.
    words = np.array([0] * 20 + [1] * 20 + [2] * 10)
    text = csr_matrix((np.ones(50), (np.arange(50), words)), shape=(50, 4))
    likelihood = np.zeros((50, 3))
    likelihood[:5, 0] = likelihood[20:25, 1] = likelihood[40:, 2] = 1.0
    likelihood[5:20, :2] = likelihood[25:40, :2] = 1.0
    rows = Evidence(text, np.zeros((50, 0)), likelihood, np.ones(50))
    learnt = fit(rows, Strength(text=0.1, dense=1.0))
    best = learnt.probabilities(text, np.zeros((50, 0))).argmax(axis=1)
    assert best[:20].tolist() == [0] * 20
    assert best[20:40].tolist() == [1] * 20


def test_temperature_undoes_boasting() -> None:
    rng = np.random.default_rng(7)
    true = softmax(rng.normal(size=(4_000, 4)))
    drawn = np.array([rng.choice(4, p=row) for row in true])
    boasting = 2.5 * np.log(true)
    assert temperature(boasting, np.eye(4)[drawn], np.ones(4_000)) == pytest.approx(2.5, rel=0.1)


def test_rows_that_are_measured_are_not_learnt_from() -> None:
    row = Row("ข้อความ", "silver-train", "x", {"categories": {"road": 1.0}, "intents": {"complaint": 1.0}}, ("ถนน",))
    assert not train.teaches(row, "categories")
    assert not train.teaches(row, "departments")


def test_danger_is_learnt_without_looking_at_the_rules_of_danger(quick_model: Model) -> None:
    text = "ช่วยด้วยไฟไหม้บ้าน"
    seen = {name: 1.0 for name in quick_model.rules if name.startswith("emergency:")}
    assert seen
    assert quick_model.predict(text, seen).emergencies == quick_model.predict(text).emergencies
    assert quick_model.predict(text, seen).intents != quick_model.predict(text).intents


def test_the_fingerprint_tells_inputs_apart() -> None:
    rows = datasets.corpus()[:5]
    assert train.fingerprint({"corpus": rows}) == train.fingerprint({"corpus": list(rows)})
    assert train.fingerprint({"corpus": rows}) != train.fingerprint({"corpus": rows[:4]})


@pytest.mark.shared
@SHARED
def test_the_shared_messages_are_read_into_our_codes() -> None:
    for rows in (datasets.newtax(), datasets.routed(), datasets.userpicked("eval"), datasets.gold_intents()):
        assert rows
        for row in rows:
            for head, says in row.says.items():
                assert set(says) <= set(datasets.HEADS[head]), (row.source, head)


@pytest.mark.shared
@SHARED
def test_shipped_weights_hold_no_text() -> None:
    blob = WEIGHTS.read_bytes()
    for row in datasets.newtax()[:200]:
        assert row.text.encode() not in blob
