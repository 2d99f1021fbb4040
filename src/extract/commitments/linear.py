"""A linear classifier over named signs and word vectors: what scikit-learn's LogisticRegression fits, as two arrays."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Linear:
    """Weights of signs and of the numbers of a vector, a column per class."""

    classes: tuple[str, ...]
    ranks: Mapping[str, int]  # of signs
    sign_weights: NDArray[np.float32]  # (signs, classes)
    vector_weights: NDArray[np.float32]  # (numbers of a vector, classes); none where vectors are not used
    intercept: NDArray[np.float32]

    def predict_proba(self, signs: Sequence[Sequence[str]], vectors: NDArray[np.float32]) -> NDArray[np.float64]:
        """Probabilities of the classes, (sentences, classes), of sentences with these signs and vectors."""
        sums = np.repeat(self.intercept[np.newaxis].astype(np.float64), len(signs), axis=0)
        for row, some in enumerate(signs):
            ranks = [self.ranks[sign] for sign in some if sign in self.ranks]
            sums[row] += self.sign_weights[ranks].sum(axis=0)
        if len(self.vector_weights):
            sums += vectors @ self.vector_weights
        shares: NDArray[np.float64] = np.exp(sums - sums.max(axis=1, keepdims=True))
        shares /= shares.sum(axis=1, keepdims=True)
        return shares


def linear_of(stored: Mapping[str, Any]) -> Linear:
    """A classifier as it was stored."""
    return Linear(
        classes=tuple(stored["classes"]),
        ranks={sign: rank for rank, sign in enumerate(stored["signs"])},
        sign_weights=stored["sign_weights"],
        vector_weights=stored["vector_weights"],
        intercept=stored["intercept"],
    )
