"""Fitting one head of the model: a softmax regression on labels that may be vague.

A row does not carry a label but a *likelihood*: for every code, how probable the label that was seen would be if that
code were true. An exact label is 1 for one code and 0 elsewhere; "ถนน" of a city's menu is 1 for the codes it may stand
for and a little for the others, because people pick the wrong menu. What is fitted maximises the probability of the
labels seen while the weights stay small.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

from nlp.model import softmax

Floats = NDArray[np.float64]
Sparse = Any  # scipy ships no types: a csr_matrix of rows × buckets


@dataclass(frozen=True, slots=True)
class Evidence:
    """Training rows of one head: text features, dense features, likelihoods (rows × codes) and weights (rows)."""

    text: Sparse
    dense: Floats
    likelihood: Floats
    weight: Floats


@dataclass(frozen=True, slots=True)
class Strength:
    """How strongly the weights are held back: of text features, of dense features, and how many steps are made.

    Buckets that fewer than `seen` rows fall into get no weight: what one or two people wrote is not worth learning.
    """

    text: float = 0.3
    dense: float = 1.0
    steps: int = 50
    seen: int = 3


@dataclass(frozen=True, slots=True)
class Linear:
    """The result: logits = text @ `text` + dense @ `dense` + `bias`."""

    text: Floats
    dense: Floats
    bias: Floats

    def logits(self, text: Sparse, dense: Floats) -> Floats:
        """Logits of rows, one column per code."""
        total: Floats = text @ self.text + dense @ self.dense + self.bias
        return total

    def probabilities(self, text: Sparse, dense: Floats) -> Floats:
        """Probabilities of rows before calibration, one column per code."""
        return softmax(self.logits(text, dense))


def fit(rows: Evidence, strength: Strength) -> Linear:
    """Fit by L-BFGS from zero; the same rows give the same result."""
    codes, extras = rows.likelihood.shape[1], rows.dense.shape[1]
    kept = np.flatnonzero(rows.text.getnnz(axis=0) >= strength.seen)
    features = rows.text[:, kept]
    turned = features.T.tocsr()

    def split(flat: Floats) -> tuple[Floats, Floats, Floats]:
        table = flat.reshape(len(kept) + extras + 1, codes)
        return table[: len(kept)], table[len(kept) : -1], table[-1]

    def cost(flat: Floats) -> tuple[float, Floats]:
        text, dense, bias = split(flat)
        beliefs = softmax(features @ text + rows.dense @ dense + bias)
        explained = beliefs * rows.likelihood
        evidence = np.maximum(explained.sum(axis=1), 1e-300)
        off = (beliefs - explained / evidence[:, None]) * rows.weight[:, None]
        loss = -(rows.weight @ np.log(evidence))
        loss += 0.5 * strength.text * float((text * text).sum()) + 0.5 * strength.dense * float((dense * dense).sum())
        slope = np.concatenate(
            [turned @ off + strength.text * text, rows.dense.T @ off + strength.dense * dense, off.sum(0)[None]]
        )
        return float(loss), slope.ravel()

    first = np.zeros((len(kept) + extras + 1) * codes)
    found = minimize(cost, first, jac=True, method="L-BFGS-B", options={"maxiter": strength.steps, "maxcor": 6})
    text, dense, bias = split(found.x)
    whole = np.zeros((rows.text.shape[1], codes))
    whole[kept] = text
    return Linear(whole, dense.copy(), bias.copy())


def temperature(logits: Floats, likelihood: Floats, weight: Floats) -> float:
    """What logits of unseen rows must be divided by so that their probabilities come true most often."""
    candidates = np.exp(np.linspace(np.log(0.3), np.log(4.0), 80))
    losses = [-(weight @ np.log(np.maximum((softmax(logits / t) * likelihood).sum(axis=1), 1e-12))) for t in candidates]
    return float(candidates[int(np.argmin(losses))])
