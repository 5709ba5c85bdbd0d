"""The linear model at run time: numpy and one file of weights, no training library.

    model = load()
    guess = model.predict("ไฟถนนหน้าวัดดับสามวันแล้ว", {"category:streetlight": 1.0})
    guess.categories[0]            # Scored(code="streetlight", p=0.97)

`predict(text, rule_features)` takes any text (nlp.features.plain does its own cleaning) and what the rules found: a
mapping from a name of `model.rules` ("category:road", "intent:status", … – `nlp.features.of_rules(scan)` makes it) to a
score in [-1, 1]; unknown names are ignored and missing ones count as 0. The rules are features of the model like any
other, so the probabilities already weigh them: use `guess.categories` as it is rather than adding the rules a second
time, and override it only where a rule is certain.

Every field of `Prediction` holds all codes of its kind, best first, with calibrated probabilities that add up to one.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from nlp.features import BUCKET_BITS, buckets
from nlp.types import Scored

WEIGHTS: Final = Path(__file__).with_name("weights.npz")

Ranked = tuple[Scored, ...]
Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Prediction:
    """What the model makes of a message: for every kind of code all of them, best first, with probabilities.

    `agencies` holds the outside agencies and `none` (the matter is the town's own). `departments` is the department of
    the town that takes the matter, or passes it on if an agency is to act.
    """

    intents: Ranked
    categories: Ranked
    departments: Ranked
    agencies: Ranked
    urgencies: Ranked
    emergencies: Ranked


@dataclass(frozen=True, slots=True)
class Head:
    """One question the model answers: its codes, which columns of the weights are its own, and how sure it may be.

    Logits are divided by `temperature`, found on writers the training had not seen.
    """

    name: str
    labels: tuple[str, ...]
    first: int
    temperature: float

    @property
    def columns(self) -> slice:
        """The columns of the shared weights that belong to this head."""
        return slice(self.first, self.first + len(self.labels))


@dataclass(frozen=True, slots=True)
class Model:
    """Weights of all heads side by side: `weights` (buckets × columns, int8, times `scale` per column), `rule_weights`
    (rules × columns) and `bias` (columns). `local` holds by head what a town has taught (see `nlp.learning`): buckets
    (a power of two, fewer than the model's) × codes, added to calibrated logits."""

    heads: tuple[Head, ...]
    rules: tuple[str, ...]
    weights: NDArray[np.int8]
    scale: NDArray[np.float32]
    bias: NDArray[np.float32]
    rule_weights: NDArray[np.float32]
    rule_index: Mapping[str, int]
    local: Mapping[str, NDArray[np.float32]] = field(default_factory=dict)

    def logits(self, found: NDArray[np.int64], rule_features: Mapping[str, float] | None = None) -> Floats:
        """One number per column: the sum of the weights of what the text and the rules show.

        `found` are the text's `nlp.features.buckets`.
        """
        # Bytes summed as floats are exact (at most 127 × 5,000 < 2**24) and a matrix product is the quickest sum.
        seen = np.ones(len(found), np.float32) @ self.weights.take(found, axis=0).astype(np.float32)
        total: Floats = seen * (self.scale / math.sqrt(max(1, len(found)))) + self.bias
        given = {
            self.rule_index[name]: score for name, score in (rule_features or {}).items() if name in self.rule_index
        }
        if given:
            scores = np.fromiter(given.values(), np.float32, len(given))
            total = total + scores @ self.rule_weights.take(list(given), axis=0)
        return total.astype(np.float64)

    def probabilities(self, text: str, rule_features: Mapping[str, float] | None = None) -> dict[str, Floats]:
        """For every head by name, the probability of each of its `labels`, in their order."""
        found = buckets(text)
        logits = self.logits(found, rule_features)
        beliefs: dict[str, Floats] = {}
        for head in self.heads:
            own = logits[head.columns] / head.temperature
            if head.name in self.local:
                own = own + shift(self.local[head.name], found)
            beliefs[head.name] = softmax(own)
        return beliefs

    def predict(self, text: str, rule_features: Mapping[str, float] | None = None) -> Prediction:
        """Ranked codes with calibrated probabilities for every head."""
        beliefs = self.probabilities(text, rule_features)
        return Prediction(**{head.name: ranked(head.labels, beliefs[head.name]) for head in self.heads})


def shift(weights: NDArray[np.float32], found: NDArray[np.int64]) -> Floats:
    """What local weights (buckets × codes) add for a text with those buckets; they are fewer, so several share one."""
    few = np.unique(found & (len(weights) - 1))
    added: Floats = weights[few].sum(axis=0, dtype=np.float64) / math.sqrt(max(1, len(few)))
    return added


def softmax(logits: Floats) -> Floats:
    """Logits as probabilities along the last axis."""
    raised = np.exp(logits - logits.max(axis=-1, keepdims=True))
    shares: Floats = raised / raised.sum(axis=-1, keepdims=True)
    return shares


def ranked(labels: tuple[str, ...], beliefs: Floats) -> Ranked:
    """The codes with their probabilities, most probable first; equals keep the order of the labels."""
    order = np.argsort(-beliefs, kind="stable")
    return tuple(map(Scored, (labels[at] for at in order.tolist()), beliefs[order].tolist()))


@cache
def load(path: Path = WEIGHTS) -> Model:
    """Read the weights, once per process.

    Raises OSError if the file cannot be read and ValueError if it is not a file of weights or was made for other
    features than these.
    """
    with np.load(path, allow_pickle=False) as stored:
        about = json.loads(stored["about"].tobytes())
        if about["bucket_bits"] != BUCKET_BITS:
            raise ValueError(f"{path.name} was made for 2**{about['bucket_bits']} buckets, not 2**{BUCKET_BITS}")
        heads = tuple(
            Head(
                name=head["name"],
                labels=tuple(head["labels"]),
                first=head["first"],
                temperature=head["temperature"],
            )
            for head in about["heads"]
        )
        rules = tuple(about["rules"])
        return Model(
            heads=heads,
            rules=rules,
            weights=stored["weights"],
            scale=stored["scale"],
            bias=stored["bias"],
            rule_weights=stored["rule_weights"],
            rule_index={name: at for at, name in enumerate(rules)},
        )


def save(model: Model, path: Path) -> None:
    """Write the weights so that `load` reads them back and the same model gives the same bytes of every array."""
    about = {
        "bucket_bits": BUCKET_BITS,
        "rules": model.rules,
        "heads": [
            {"name": head.name, "labels": head.labels, "first": head.first, "temperature": head.temperature}
            for head in model.heads
        ],
    }
    np.savez_compressed(
        path,
        allow_pickle=False,
        about=np.frombuffer(json.dumps(about).encode(), np.uint8),
        weights=model.weights,
        scale=model.scale,
        bias=model.bias,
        rule_weights=model.rule_weights,
    )
