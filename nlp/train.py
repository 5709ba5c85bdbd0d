"""Rebuilds nlp/weights.npz: `python -m nlp.train` (needs the extra `train`: scikit-learn brings scipy).

    python -m nlp.train                  from nlp/corpus and ../shared/data/messages (a few minutes, no network)
    python -m nlp.train --corpus-only    from the project's own messages alone
    python -m nlp.train --out FILE       somewhere else than nlp/weights.npz

The way there: 1. each head learns from the messages people labelled; its features are the hashed text and what the
lexicon's rules found. 2. Its probabilities are calibrated on writers it has not seen. 3. Weights are rounded to bytes.
Tickets whose labels a keyword tagger wrote were tried as a start for the categories; next to the rules they gained
nothing, so only those it took for questions and suggestions are used, for the intents.

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
from nlp.features import BUCKET_BITS, RULE_TABLES, buckets, of_rules, plain
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
    "silver-train": 0.6,
}
#: Labels of the large sources that tell of the intent; nothing else is learnt from them.
TELLING = ("เสนอแนะ", "สอบถาม")
STRENGTH: Mapping[str, Strength] = {
    "intents": Strength(text=0.7, dense=0.5, steps=50, seen=4),
    "categories": Strength(text=0.04, dense=1.0, steps=60, seen=4),
    "departments": Strength(text=0.2, dense=1.0, steps=50, seen=4),
    "agencies": Strength(text=0.5, dense=1.0, steps=40, seen=5),
    "urgencies": Strength(text=1.0, dense=0.5, steps=40, seen=4),
    "emergencies": Strength(text=0.3, dense=0.3, steps=40),
}
#: Tables of rules a head does not look at. The rules of danger were written with our messages in view and hardly ever
#: miss there; a head that repeated them could not notice what they miss elsewhere.
BLIND_TO: Mapping[str, tuple[str, ...]] = {"emergencies": ("emergency",)}
#: A ticket tells of its intent only that somebody filed it.
ONLY_FILED = 0.5
AFTER_EMERGENCY = 0.3
#: How many parts writers are divided into for calibration.
FOLDS = 3


@dataclass(frozen=True, slots=True)
class Trained:
    """A head before rounding: its linear model over text and rules, and what its logits are divided by."""

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
        sources["userpicked"] = [row for row in datasets.userpicked("train") if teaches(row, "intents")]
        sources["silver"] = [row for row in datasets.silver("train") if teaches(row, "intents")]
        measured = {plain(row.text) for row in (*datasets.gold_intents(), *datasets.userpicked("eval"))}
        sources = {name: [row for row in rows if plain(row.text) not in measured] for name, rows in sources.items()}
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


def train(
    sources: Mapping[str, Sequence[Row]],
    temperatures: Mapping[str, float] | None = None,
    strengths: Mapping[str, Strength] = STRENGTH,
) -> Model:
    """The whole way from rows to a model that can be saved; `temperatures` (by head) are found unless given."""
    trained = {}
    for head in HEADS:
        rows = [row for rows in sources.values() for row in rows if teaches(row, head)]
        trained[head] = learn_head(head, rows, strengths[head], (temperatures or {}).get(head))
    return assemble(trained)


def teaches(row: Row, head: str) -> bool:
    """Whether a row is one that a head learns from."""
    if head not in row.says:
        return False
    if row.source in ("userpicked-train", "silver-train"):
        return head == "intents" and bool(row.picked) and row.picked[0] in TELLING
    return True


def learn_head(head: str, rows: Sequence[Row], strength: Strength, known: float | None = None) -> Trained:
    """Fit a head on all rows, and calibrate it on writers left out in turn unless its temperature is `known`."""
    whole = evidence(head, rows)
    linear = fit(whole, strength)
    if known is not None:
        return Trained(linear, known)
    unseen = np.zeros_like(whole.likelihood)
    part = parts([row.group for row in rows], FOLDS)
    for fold in range(FOLDS):
        learn, test = np.flatnonzero(part != fold), np.flatnonzero(part == fold)
        if len(learn) and len(test):
            unseen[test] = fit(take(whole, learn), strength).logits(whole.text[test], whole.dense[test])
    return Trained(linear, temperature(unseen, whole.likelihood, whole.weight))


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
    rules = {(rule.table, rule.label) for rule in lexicon().rules if rule.table in RULE_TABLES}
    first = {f"first:{label}" for table, label in rules if table == "category"}
    guesses = {f"guess:{code}" for code in (*HEADS["intents"], *HEADS["categories"])}
    return tuple(sorted({f"{table}:{label}" for table, label in rules} | first | guesses | {"shape:length"}))


def rule_features(rows: Sequence[Row]) -> Floats:
    """Rows × `rule_names()`: what the lexicon finds in each."""
    names = {name: at for at, name in enumerate(rule_names())}
    values = np.zeros((len(rows), len(names)))
    scan = lexicon().scan
    for at, row in enumerate(rows):
        for name, score in of_rules(scan(normalise(row.text).text)).items():
            values[at, names[name]] = score
    return values


def evidence(head: str, rows: Sequence[Row]) -> Evidence:
    """The rows as `fit` wants them, for one head."""
    codes = {code: at for at, code in enumerate(HEADS[head])}
    likelihood = np.array([[row.slip] * len(codes) for row in rows]).reshape(len(rows), len(codes))
    for at, row in enumerate(rows):
        for code, value in row.says[head].items():
            likelihood[at, codes[code]] = value
    weight = np.array([weigh(head, row) for row in rows])
    finds = rule_features(rows)
    finds[:, [name.startswith(tuple(f"{table}:" for table in BLIND_TO.get(head, ()))) for name in rule_names()]] = 0.0
    return Evidence(text_features(rows), finds, likelihood, weight)


def weigh(head: str, row: Row) -> float:
    """How much a row counts. What is filed after an emergency tells little about the category of a complaint."""
    if row.source != "corpus":
        return BELIEF[row.source] * (ONLY_FILED if head == "intents" else 1.0)
    emergency = head in ("categories", "departments") and "emergency" in row.says["intents"]
    return BELIEF[row.source] * (AFTER_EMERGENCY if emergency else 1.0)


def take(rows: Evidence, chosen: NDArray[np.int64]) -> Evidence:
    """Some of the rows."""
    return Evidence(rows.text[chosen], rows.dense[chosen], rows.likelihood[chosen], rows.weight[chosen])


def parts(groups: Sequence[str], count: int) -> NDArray[np.int64]:
    """The part (0 … count-1) of each group, told by its name alone, so that it stays the same when rows are added."""
    return np.array([int(hashlib.sha256(group.encode()).hexdigest()[:8], 16) % count for group in groups], np.int64)


def assemble(trained: Mapping[str, Trained]) -> Model:
    """All heads side by side, the text's weights rounded to bytes."""
    rules = rule_names()
    heads: list[Head] = []
    first = 0
    for name, head in trained.items():
        heads.append(Head(name, HEADS[name], first, head.temperature))
        first += len(HEADS[name])
    whole = np.hstack([head.linear.text for head in trained.values()])
    scale = np.maximum(np.abs(whole).max(axis=0), 1e-9) / 127
    return Model(
        heads=tuple(heads),
        rules=rules,
        weights=np.rint(whole / scale).astype(np.int8),
        scale=scale.astype(np.float32),
        bias=np.concatenate([head.linear.bias for head in trained.values()]).astype(np.float32),
        rule_weights=np.hstack([head.linear.dense for head in trained.values()]).astype(np.float32),
        rule_index={name: at for at, name in enumerate(rules)},
    )


if __name__ == "__main__":
    sys.exit(main())
