"""What the understanding is compared with: simple ways that anyone would try first, on the same rows.

scikit-learn's models learn from the same rows with the same labels as ours (a coarse label counts as the first code it
may stand for). fastText is tried where it is installed.
"""

from __future__ import annotations

import itertools
import tempfile
from collections import Counter
from collections.abc import Callable, Sequence
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

import numpy as np
from pythainlp.tokenize import word_tokenize
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.pipeline import make_pipeline
from sklearn.svm import LinearSVC

from nlp import scores
from nlp.datasets import Row
from nlp.features import plain
from nlp.lexicon import Scan, lexicon
from nlp.normalise import normalise
from nlp.types import Scored

Guess = tuple[Scored, ...]
Baseline = Callable[[str, Sequence[Row], Sequence[Row]], list[Guess] | None]


def scanned(text: str) -> Scan:
    """What the lexicon finds in a message."""
    return lexicon().scan(normalise(text).text)


def main_code(row: Row, head: str) -> str:
    """The one code a row stands for most: the first of those that explain its label best."""
    says = row.says[head]
    return max(says, key=lambda code: says[code])


def majority(head: str, learn: Sequence[Row], test: Sequence[Row]) -> list[Guess]:
    """Always the most frequent codes of the training rows."""
    counts = Counter(main_code(row, head) for row in learn)
    total = sum(counts.values())
    guess = tuple(Scored(code, count / total) for code, count in counts.most_common())
    return [guess] * len(test)


def rules(head: str, learn: Sequence[Row], test: Sequence[Row]) -> list[Guess] | None:
    """The lexicon alone (`nlp.scores`), which learns nothing; it has no opinion on some heads."""
    del learn
    found = [scanned(row.text) for row in test]
    if head == "categories":
        return [scores.categories(scan) for scan in found]
    if head == "intents":
        return [scores.intents(scan, scores.categories(scan)[0]) for scan in found]
    return None


def tfidf_words(head: str, learn: Sequence[Row], test: Sequence[Row]) -> list[Guess]:
    """TF-IDF of words as pythainlp cuts them, and a linear support vector machine."""

    def words(text: str) -> list[str]:
        return [str(word) for word in word_tokenize(text, engine="newmm", join_broken_num=False) if word.strip()]

    return _linear(head, learn, test, {"analyzer": lambda text: _pairs(words(plain(text)))})


def tfidf_characters(head: str, learn: Sequence[Row], test: Sequence[Row]) -> list[Guess]:
    """TF-IDF of runs of two to four characters, and a linear support vector machine."""
    return _linear(head, learn, test, {"analyzer": "char", "ngram_range": (2, 4), "preprocessor": plain, "min_df": 2})


def fasttext(head: str, learn: Sequence[Row], test: Sequence[Row]) -> list[Guess] | None:
    """fastText with character n-grams; None where it is not installed."""
    if find_spec("fasttext") is None:
        return None
    library = import_module("fasttext")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "rows.txt")
        lines = [f"__label__{main_code(row, head)} {plain(row.text)}" for row in learn]
        path.write_text("\n".join(lines), "utf-8")
        learnt = library.train_supervised(
            str(path), epoch=25, lr=0.5, minn=2, maxn=5, bucket=50_000, dim=50, thread=1, verbose=0
        )
    guesses = []
    for row in test:
        # The binding's predict() fails with numpy 2 (np.array(copy=False)); the object below it does not.
        found = learnt.f.predict(plain(row.text) + "\n", 3, 0.0, "strict")
        guesses.append(tuple(Scored(label.removeprefix("__label__"), p) for p, label in found))
    return guesses


BASELINES: dict[str, Baseline] = {
    "majority": majority,
    "rules alone": rules,
    "TF-IDF words": tfidf_words,
    "TF-IDF characters": tfidf_characters,
    "fastText": fasttext,
}


def _pairs(words: list[str]) -> list[str]:
    return words + [f"{first} {second}" for first, second in itertools.pairwise(words)]


def _linear(head: str, learn: Sequence[Row], test: Sequence[Row], options: dict[str, object]) -> list[Guess]:
    learnt = make_pipeline(TfidfVectorizer(lowercase=False, sublinear_tf=True, **options), LinearSVC(C=0.5))
    learnt.fit([row.text for row in learn], [main_code(row, head) for row in learn])
    margins = np.atleast_2d(learnt.decision_function([row.text for row in test]))
    if margins.shape[0] != len(test):  # two codes only: one column
        margins = np.column_stack([-margins.ravel(), margins.ravel()])
    shares = np.exp(margins) / np.exp(margins).sum(axis=1, keepdims=True)
    order = np.argsort(-shares, axis=1, kind="stable")
    return [
        tuple(Scored(str(learnt.classes_[at]), float(row[at])) for at in ranks)
        for row, ranks in zip(shares, order, strict=True)
    ]
