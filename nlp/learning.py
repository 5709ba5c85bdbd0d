"""Learning from the town: corrections of residents and staff become a small correction on top of the shipped model.

    outcome = retrain(examples, load())
    print(outcome.comparisons)                     # before and after, on examples that were held back
    blob = outcome.correction.to_bytes()           # to be kept by whoever keeps things; None was learnt if not better
    model = LocalCorrection.from_bytes(blob).onto(load())
    understand(text, context, model)

The shipped weights stay as they are: undoing is forgetting the blob. What is kept are weights of hashed character runs,
never the words of an example. Pure functions: nothing is read or written here, and the same examples in the same order
give the same correction.
"""

from __future__ import annotations

import io
import json
import zipfile
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final, Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from nlp.features import buckets, of_rules, plain
from nlp.lexicon import lexicon
from nlp.model import Floats, Head, Model, softmax
from nlp.normalise import normalise

#: Heads a town may correct, by the field of `Example` that tells the right code.
HEADS: Final[Mapping[str, str]] = {"intents": "intent", "categories": "category", "departments": "department"}
#: Buckets of a correction (a power of two): enough for what some hundred examples can teach, small to keep.
BUCKETS: Final = 1 << 12
#: The newest so many examples are used; more would take long and say little new.
MOST: Final = 1_500
#: One example in so many is held back for comparing.
HELD_BACK: Final = 4
#: Held-back examples below which a comparison says nothing and the correction of that head is not applied.
ENOUGH: Final = 5
#: How strongly a correction is held back (see `_fit`), and how many steps are made.
STRENGTH: Final = 0.15
STEPS: Final = 300
#: How much a correction by staff and one by a resident counts.
BELIEF: Final[Mapping[str, float]] = {"staff": 1.0, "resident": 0.6}


@dataclass(frozen=True, slots=True)
class Example:
    """A message and what it should have been taken for; None where nobody said. `by` is who said so."""

    text: str
    intent: str | None = None
    category: str | None = None
    department: str | None = None
    by: Literal["staff", "resident"] = "staff"


class Comparison(NamedTuple):
    """A head before and after, on the `held_back` of its `examples`: the share right and the mean log loss (lower is
    better). `unknown` examples name a code the model does not have. `applied` is true if the correction is kept."""

    head: str
    examples: int
    unknown: int
    held_back: int
    right_before: float
    right_after: float
    loss_before: float
    loss_after: float
    applied: bool


@dataclass(frozen=True, slots=True)
class LocalCorrection:
    """Weights by head (BUCKETS × codes) and the codes they are for. Empty: nothing is corrected."""

    weights: Mapping[str, NDArray[np.float32]]
    labels: Mapping[str, tuple[str, ...]]

    def onto(self, model: Model) -> Model:
        """The model with this correction in place of any it had; the model given stays as it is.

        Heads whose codes differ from those the correction was learnt for (newer weights) are left uncorrected.
        """
        fitting = {head.name for head in model.heads if self.labels.get(head.name) == head.labels}
        return replace(model, local={name: weights for name, weights in self.weights.items() if name in fitting})

    def to_bytes(self) -> bytes:
        """A small .npz that `from_bytes` reads."""
        arrays = {f"weights_{name}": weights.astype(np.float16) for name, weights in self.weights.items()}
        about = np.frombuffer(json.dumps({"labels": self.labels}).encode(), np.uint8)
        whole = io.BytesIO()
        np.savez_compressed(whole, allow_pickle=False, about=about, **arrays)
        return whole.getvalue()

    @classmethod
    def from_bytes(cls, blob: bytes) -> LocalCorrection:
        """Raises ValueError when the bytes are not a correction."""
        try:
            with np.load(io.BytesIO(blob), allow_pickle=False) as stored:
                labels = {name: tuple(codes) for name, codes in json.loads(stored["about"].tobytes())["labels"].items()}
                weights = {name: stored[f"weights_{name}"].astype(np.float32) for name in labels}
        except (OSError, KeyError, EOFError, zipfile.BadZipFile) as error:
            raise ValueError("not a local correction") from error
        return cls(weights, labels)


class Outcome(NamedTuple):
    """What retraining gives: the correction (of the heads that were not worse) and how each head compared."""

    correction: LocalCorrection
    comparisons: tuple[Comparison, ...]

    @property
    def applied(self) -> bool:
        """Whether anything is corrected at all."""
        return bool(self.correction.weights)


@dataclass(frozen=True, slots=True)
class _Lesson:
    """Examples of one head as numbers: features (rows × BUCKETS), base logits, right codes, how much each counts."""

    features: Floats
    base: Floats
    right: NDArray[np.int64]
    belief: Floats

    def part(self, chosen: NDArray[np.bool_]) -> _Lesson:
        return _Lesson(self.features[chosen], self.base[chosen], self.right[chosen], self.belief[chosen])


def retrain(examples: Sequence[Example], base: Model) -> Outcome:
    """Learn a correction of `base` (its own local correction, if any, is set aside) from examples, oldest first.

    Of every head the examples speak about, a quarter – told by the text, so that repetitions stay together – is held
    back. A head is corrected only if, on those, it is right at least as often as before and its log loss is no higher;
    then it learns from all examples. With fewer than `ENOUGH` held back a head is left alone.
    """
    plain_base = replace(base, local={})
    recent = list(examples)[-MOST:]
    learnt: dict[str, NDArray[np.float32]] = {}
    comparisons = []
    for head in base.heads:
        if head.name in HEADS:
            comparison, weights = _retrain_head(head, recent, plain_base)
            comparisons.append(comparison)
            if weights is not None:
                learnt[head.name] = weights
    labels = {head.name: head.labels for head in base.heads if head.name in learnt}
    return Outcome(LocalCorrection(learnt, labels), tuple(comparisons))


def _retrain_head(
    head: Head, examples: Sequence[Example], base: Model
) -> tuple[Comparison, NDArray[np.float32] | None]:
    told = [example for example in examples if getattr(example, HEADS[head.name]) is not None]
    known = [example for example in told if getattr(example, HEADS[head.name]) in head.labels]
    lesson = _lesson(head, known, base)
    held = np.array([zlib.crc32(plain(example.text).encode()) % HELD_BACK == 0 for example in known], np.bool_)
    test = lesson.part(held)
    before = _quality(test.base, test.right)
    trial = _fit(lesson.part(~held))
    after = _quality(test.base + test.features @ trial, test.right)
    better = after[0] >= before[0] and after[1] <= before[1]
    applied = bool(held.sum() >= ENOUGH and not held.all() and better)
    counts = len(known), len(told) - len(known), int(held.sum())
    comparison = Comparison(head.name, *counts, before[0], after[0], before[1], after[1], applied)
    return comparison, _fit(lesson).astype(np.float32) if applied else None


def _lesson(head: Head, examples: Sequence[Example], base: Model) -> _Lesson:
    features = np.zeros((len(examples), BUCKETS))
    beliefs = np.zeros((len(examples), len(head.labels)))
    scan = lexicon().scan
    for at, example in enumerate(examples):
        few = np.unique(buckets(example.text) & (BUCKETS - 1))
        features[at, few] = 1.0 / np.sqrt(len(few))
        rules = of_rules(scan(normalise(example.text).text))
        beliefs[at] = base.probabilities(example.text, rules)[head.name]
    right = np.array([head.labels.index(getattr(example, HEADS[head.name])) for example in examples], np.int64)
    belief = np.array([BELIEF[example.by] for example in examples])
    return _Lesson(features, np.log(np.maximum(beliefs, 1e-9)), right, belief)


def _fit(lesson: _Lesson) -> Floats:
    """Weights (BUCKETS × codes) that make the right codes likely, and are no larger than that is worth.

    Gradient steps on the multinomial log loss with an L2 penalty of `STRENGTH`, in terms of the examples (the weights
    are sums of their features), where a step is small whatever the number of buckets. Nothing to learn from: zeros.
    """
    rows, codes = lesson.base.shape
    if not rows:
        return np.zeros((BUCKETS, codes))
    alike = lesson.features @ lesson.features.T
    wanted = np.eye(codes)[lesson.right]
    by_row = np.zeros((rows, codes))
    step = 1.0 / (0.5 * float(np.linalg.norm(alike, 2)) + STRENGTH)
    for _ in range(STEPS):
        off = (wanted - softmax(lesson.base + alike @ by_row)) * lesson.belief[:, None]
        by_row += step * (off - STRENGTH * by_row)
    weights: Floats = lesson.features.T @ by_row
    return weights


def _quality(logits: Floats, right: NDArray[np.int64]) -> tuple[float, float]:
    """The share right and the mean log loss; (0, 0) of no rows."""
    if not len(right):
        return 0.0, 0.0
    shares = softmax(logits)
    told = shares[np.arange(len(right)), right]
    return float((shares.argmax(axis=1) == right).mean()), float(-np.log(np.maximum(told, 1e-12)).mean())
