"""Trees as arrays answer as scikit-learn's own do, and refuse arrays that lead nowhere."""

import numpy as np
import pytest
from sklearn.ensemble import HistGradientBoostingClassifier

from extract.boosted_trees import arrays_of, trees_of


def fitted(classes: int) -> tuple[HistGradientBoostingClassifier, np.ndarray]:
    random = np.random.default_rng(0)
    rows = random.normal(size=(300, 4)).astype(np.float32)
    rows[random.random(rows.shape) < 0.1] = np.nan
    kinds = (np.nan_to_num(rows[:, 0]) * 2 + np.nan_to_num(rows[:, 1]) > 0).astype(int) + (rows[:, 2] > 1) * (
        classes - 2
    )
    return HistGradientBoostingClassifier(max_iter=20, early_stopping=False).fit(rows, kinds), rows


@pytest.mark.parametrize("classes", [2, 3])
def test_they_answer_as_scikit_learn_does(classes: int) -> None:
    model, rows = fitted(classes)
    trees = trees_of(arrays_of(model))
    assert trees.classes_.tolist() == model.classes_.tolist()
    np.testing.assert_allclose(trees.predict_proba(rows), model.predict_proba(rows), atol=1e-9)


def test_no_rows_have_no_probabilities() -> None:
    assert trees_of(arrays_of(fitted(2)[0])).predict_proba(np.empty((0, 4))).shape == (0, 2)


@pytest.mark.parametrize(("field", "value"), [("left", 1_000), ("feature_idx", 4)])
def test_a_node_that_leads_nowhere_is_refused(field: str, value: int) -> None:
    arrays = arrays_of(fitted(2)[0])
    arrays["nodes"] = arrays["nodes"].copy()
    arrays["nodes"][field][0] = value
    with pytest.raises(ValueError, match="a tree"):
        trees_of(arrays)
