"""Rebuilds nlp/weights.npz: `python -m nlp.train` (needs the extra `train`: scikit-learn brings scipy).

    python -m nlp.train                  from nlp/corpus and ../shared/data/messages (a few minutes, no network)
    python -m nlp.train --corpus-only    from the project's own messages alone
    python -m nlp.train --out FILE       somewhere else than nlp/weights.npz

The way there: 1. a background model learns from many badly labelled tickets what tells our categories apart; it is only
a start. 2. Each head learns from the messages people labelled; its features are the hashed text, what the lexicon's
rules found and the logits of the background model, which, being linear, are then folded into one table. 3. Each
head's probabilities are calibrated on writers it has not seen. 4. Weights are rounded to bytes.

The same inputs give the same predictions: nothing is drawn at random, rows are taken in the order of the files.
"""

from __future__ import annotations

import argparse
import hashlib
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from nlp import datasets
from nlp.datasets import HEADS, Row
from nlp.features import BUCKET_BITS, RULE_TABLES, buckets, of_rules
from nlp.fitting import Evidence, Floats, Linear, Sparse, Strength, fit, temperature
from nlp.lexicon import lexicon
from nlp.model import WEIGHTS, Head, Model, save
from nlp.normalise import normalise

#: How much a row of each source counts against one of the project's own.
BELIEF: Mapping[str, float] = {
    "corpus": 1.0,
    "newtax": 1.0,
    "routed-yala-2021-22": 1.0,
    "routed-thuk-2024-12": 1.0,
    "wisesight": 0.3,
    "userpicked-train": 0.3,
    "silver-train": 0.1,
}
#: Every so many rows of the large sources is enough for the background.
EVERY = {"userpicked-train": 2, "silver-train": 10}
BACKGROUND = Strength(text=0.3, dense=1.0, steps=50)
STRENGTH: Mapping[str, Strength] = {
    "intents": Strength(text=0.2, dense=0.3),
    "categories": Strength(text=0.5, dense=0.5),
    "departments": Strength(text=1.0, dense=1.0),
    "agencies": Strength(text=1.0, dense=1.0),
    "urgencies": Strength(text=0.5, dense=1.0),
    "emergencies": Strength(text=0.3, dense=0.3),
}
#: How many parts writers are divided into for calibration.
FOLDS = 4


@dataclass(frozen=True, slots=True)
class Table:
    """Rows with their features: hashed text, finds of the rules, logits of the background model."""

    rows: Sequence[Row]
    text: Sparse
    rules: Floats
    background: Floats

    @property
    def dense(self) -> Floats:
        """All features but the text's, side by side."""
        return np.hstack([self.rules, self.background])


@dataclass(frozen=True, slots=True)
class Trained:
    """A head before rounding: its linear model over `Table` features and what its logits are divided by."""

    linear: Linear
    temperature: float


def main(arguments: Sequence[str] | None = None) -> int:
    """The command line; returns the exit status."""
    parser = argparse.ArgumentParser(prog="python -m nlp.train", description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--corpus-only", action="store_true", help="use the project's own messages alone")
    parser.add_argument("--out", type=Path, default=WEIGHTS, help="where the weights go")
    chosen = parser.parse_args(arguments)
    try:
        sources = gather(corpus_only=chosen.corpus_only)
    except datasets.MissingDataError as missing:
        print(f"cannot train: {missing}", file=sys.stderr)
        return 1
    model = train(sources)
    save(model, chosen.out)
    print(f"{chosen.out.name}: {chosen.out.stat().st_size:,} bytes from {sum(map(len, sources.values())):,} rows")
    print(f"inputs {fingerprint(sources)}")
    return 0


def gather(*, corpus_only: bool = False) -> dict[str, list[Row]]:
    """All rows to learn from, by source. Raises `MissingDataError` naming the file that is not there."""
    sources = {"corpus": datasets.corpus()}
    if not corpus_only:
        sources["newtax"] = datasets.newtax()
        sources["routed"] = datasets.routed()
        sources["wisesight"] = datasets.consumer_questions()
        sources["userpicked"] = datasets.userpicked("train")[:: EVERY["userpicked-train"]]
        sources["silver"] = datasets.silver("train")[:: EVERY["silver-train"]]
    return sources


def fingerprint(sources: Mapping[str, Sequence[Row]]) -> str:
    """A hash of everything the weights are made from: the rows, their labels and the lexicon."""
    digest = hashlib.sha256()
    for rows in sources.values():
        for row in rows:
            digest.update(repr((row.text, row.says, row.slip)).encode())
    for rule in lexicon().rules:
        digest.update(repr((rule.table, rule.label, rule.weight, rule.source)).encode())
    return digest.hexdigest()


def train(sources: Mapping[str, Sequence[Row]]) -> Model:
    """The whole way from rows to a model that can be saved."""
    background = learn_background(sources)
    trained = {
        head: learn_head(head, [row for rows in sources.values() for row in rows if teaches(row, head)], background)
        for head in HEADS
    }
    return assemble(trained, background)


def teaches(row: Row, head: str) -> bool:
    """Whether a row is one that a head learns from directly (not only through the background)."""
    if head not in row.says:
        return False
    if row.source in ("userpicked-train", "silver-train"):
        return head == "intents" and row.picked[:1] in (("เสนอแนะ",), ("สอบถาม",))
    return True


def learn_background(sources: Mapping[str, Sequence[Row]]) -> Linear:
    """What many weak labels say about categories; weights of zero where there is no such source."""
    rows = [row for name in ("userpicked", "silver") for row in sources.get(name, ()) if "categories" in row.says]
    codes = len(HEADS["categories"])
    nothing = Linear(np.zeros((1 << BUCKET_BITS, codes)), np.zeros((0, codes)), np.zeros(codes))
    if not rows:
        return nothing
    return fit(evidence("categories", rows, text_features(rows), np.zeros((len(rows), 0))), BACKGROUND)


def learn_head(head: str, rows: Sequence[Row], background: Linear) -> Trained:
    """Fit a head on all rows, and calibrate it on writers left out in turn."""
    table = tabulate(rows, background)
    whole = evidence(head, rows, table.text, table.dense)
    unseen = np.zeros_like(whole.likelihood)
    part = parts([row.group for row in rows], FOLDS)
    for fold in range(FOLDS):
        learn, test = np.flatnonzero(part != fold), np.flatnonzero(part == fold)
        if len(learn) and len(test):
            unseen[test] = fit(take(whole, learn), STRENGTH[head]).logits(table.text[test], table.dense[test])
    return Trained(fit(whole, STRENGTH[head]), temperature(unseen, whole.likelihood, whole.weight))


def tabulate(rows: Sequence[Row], background: Linear) -> Table:
    """The features of rows."""
    text = text_features(rows)
    return Table(rows, text, rule_features(rows), background.logits(text, np.zeros((len(rows), 0))))


def text_features(rows: Sequence[Row]) -> Sparse:
    """Rows × buckets: every run that occurs counts the same, and every message has length one."""
    found = [buckets(row.text) for row in rows]
    lengths = np.array([len(numbers) for numbers in found], np.int64)
    values = np.repeat(1 / np.sqrt(np.maximum(lengths, 1)), lengths)
    starts = np.concatenate([[0], np.cumsum(lengths)])
    columns = np.concatenate(found) if found else np.zeros(0, np.int64)
    return csr_matrix((values, columns, starts), shape=(len(rows), 1 << BUCKET_BITS))


def rule_names() -> tuple[str, ...]:
    """The names of rule features, in the order of their columns."""
    return tuple(sorted({f"{rule.table}:{rule.label}" for rule in lexicon().rules if rule.table in RULE_TABLES}))


def rule_features(rows: Sequence[Row]) -> Floats:
    """Rows × `rule_names()`: what the lexicon finds in each."""
    names = {name: at for at, name in enumerate(rule_names())}
    values = np.zeros((len(rows), len(names)))
    scan = lexicon().scan
    for at, row in enumerate(rows):
        for name, score in of_rules(scan(normalise(row.text).text)).items():
            values[at, names[name]] = score
    return values


def evidence(head: str, rows: Sequence[Row], text: Sparse, dense: Floats) -> Evidence:
    """The rows as `fit` wants them, for one head."""
    codes = {code: at for at, code in enumerate(HEADS[head])}
    likelihood = np.array([[row.slip] * len(codes) for row in rows]).reshape(len(rows), len(codes))
    for at, row in enumerate(rows):
        for code, value in row.says[head].items():
            likelihood[at, codes[code]] = value
    weight = np.array([row.weight * BELIEF[row.source] for row in rows])
    return Evidence(text, dense, likelihood, weight)


def take(rows: Evidence, chosen: NDArray[np.int64]) -> Evidence:
    """Some of the rows."""
    return Evidence(rows.text[chosen], rows.dense[chosen], rows.likelihood[chosen], rows.weight[chosen])


def parts(groups: Sequence[str], count: int) -> NDArray[np.int64]:
    """The part (0 … count-1) of each group, told by its name alone, so that it stays the same when rows are added."""
    return np.array([int(hashlib.sha256(group.encode()).hexdigest()[:8], 16) % count for group in groups], np.int64)


def assemble(trained: Mapping[str, Trained], background: Linear) -> Model:
    """All heads side by side, the background folded in, weights rounded to bytes."""
    rules = rule_names()
    heads: list[Head] = []
    text, rule_weights, bias = [], [], []
    first = 0
    for name, head in trained.items():
        by_rule, by_background = head.linear.dense[: len(rules)], head.linear.dense[len(rules) :]
        text.append(head.linear.text + background.text @ by_background)
        rule_weights.append(by_rule)
        bias.append(head.linear.bias + background.bias @ by_background)
        heads.append(Head(name, HEADS[name], first, head.temperature, np.zeros((0, 0), np.float32)))
        first += len(HEADS[name])
    whole = np.hstack(text)
    scale = np.maximum(np.abs(whole).max(axis=0), 1e-9) / 127
    return Model(
        heads=tuple(heads),
        rules=rules,
        weights=np.rint(whole / scale).astype(np.int8),
        scale=scale.astype(np.float32),
        bias=np.concatenate(bias).astype(np.float32),
        rule_weights=np.hstack(rule_weights).astype(np.float32),
        rule_index={name: at for at, name in enumerate(rules)},
    )


if __name__ == "__main__":
    sys.exit(main())
