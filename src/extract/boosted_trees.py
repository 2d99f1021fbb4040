"""Gradient-boosted trees as arrays: what scikit-learn fits, stored as a few arrays and not as thousands of objects.

The trees of scikit-learn's HistGradientBoostingClassifier predict here as there, and load in a twentieth of the time.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class BoostedTrees:
    """Fitted trees: round after round, one per class, or one in all where there are two classes."""

    classes_: NDArray[Any]
    n_features_in_: int
    baseline: NDArray[np.float64]  # what each sum of trees begins with
    nodes: NDArray[Any]  # of all trees, one after the other, as scikit-learn lays them out
    starts: NDArray[np.int64]  # where each tree begins, and where the last ends

    def predict_proba(self, rows: NDArray[np.floating[Any]]) -> NDArray[np.float64]:
        """Probabilities of the classes, (rows, classes), for rows of features, (rows, features)."""
        given = np.ascontiguousarray(rows, np.float64)
        if not len(given):
            return np.empty((0, len(self.classes_)))
        sums = np.repeat(self.baseline[np.newaxis], len(given), axis=0)
        for rank, tree in enumerate(self._trees):
            sums[:, rank % len(self.baseline)] += tree.predict(given, *_NO_CATEGORIES, n_threads=1)
        if len(self.baseline) == 1:
            sums = np.hstack([np.zeros_like(sums), sums])
        shares: NDArray[np.float64] = np.exp(sums - sums.max(axis=1, keepdims=True))
        shares /= shares.sum(axis=1, keepdims=True)
        return shares

    @cached_property
    def _trees(self) -> list[Any]:
        # Not above: it takes a second to load, and not all that read models ask trees.
        from sklearn.ensemble._hist_gradient_boosting.predictor import TreePredictor  # noqa: PLC0415

        none, _ = _NO_CATEGORIES
        return [TreePredictor(self.nodes[first:last], none, none) for first, last in pairwise(self.starts)]


_NO_CATEGORIES = np.empty((0, 8), np.uint32), np.empty(0, np.uint32)


def arrays_of(fitted: Any) -> dict[str, Any]:
    """The arrays of a fitted HistGradientBoostingClassifier, by the names of the fields of `BoostedTrees`."""
    trees = [tree.nodes for a_round in fitted._predictors for tree in a_round]
    return {
        "classes_": fitted.classes_,
        "n_features_in_": np.int64(fitted.n_features_in_),
        "baseline": np.asarray(fitted._baseline_prediction, np.float64).ravel(),
        "nodes": np.concatenate(trees),
        "starts": np.cumsum([0, *map(len, trees)], dtype=np.int64),
    }


def trees_of(arrays: Mapping[str, Any]) -> BoostedTrees:
    """The trees of such arrays; a ValueError where a node leads nowhere."""
    trees = BoostedTrees(**arrays)
    inner = trees.nodes[~trees.nodes["is_leaf"].astype(bool)]
    if len(inner) and max(inner["left"].max(), inner["right"].max()) >= np.diff(trees.starts).max():
        raise ValueError("a tree has a branch that leads nowhere")
    if len(inner) and inner["feature_idx"].max() >= trees.n_features_in_:
        raise ValueError("a tree asks for a feature that there is not")
    return trees
