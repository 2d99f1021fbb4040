"""A skops file → the classifier of a codebook in it, if it is one that `save_model` could have written."""

from typing import Any

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import FeatureUnion, Pipeline

from extract.skops_files import PLAIN, read_skops

_HELD = PLAIN | {
    ("extract.labels.classifier", "take_columns", "FunctionNode"),
    ("sklearn.pipeline", "Pipeline", "ObjectNode"),
    ("sklearn.pipeline", "FeatureUnion", "ObjectNode"),
    ("sklearn.preprocessing._function_transformer", "FunctionTransformer", "ObjectNode"),
    ("sklearn.preprocessing._data", "StandardScaler", "ObjectNode"),
    ("sklearn.feature_extraction.text", "TfidfTransformer", "ObjectNode"),
    ("sklearn.linear_model._logistic", "LogisticRegression", "ObjectNode"),
}


def classifier_in(data: bytes) -> Pipeline:
    """The classifier in the bytes of a skops file; a ValueError, or what a library raises, where there is none."""
    classifier = read_skops(data, held=_HELD)
    _require_shape(classifier)
    return classifier


def _require_shape(classifier: Any) -> None:
    """What a run with a probe would not show: that labels are texts, each once, and that nothing starts processes."""
    if type(classifier) is not Pipeline or [name for name, _ in classifier.steps] != ["features", "regression"]:
        raise ValueError("it holds no classifier")
    (_, features), (_, regression) = classifier.steps
    if type(features) is not FeatureUnion or type(regression) is not LogisticRegression:
        raise ValueError("it holds no classifier")
    if features.n_jobs is not None:
        raise ValueError("it would start processes of its own")
    labels = regression.classes_
    if not isinstance(labels, np.ndarray) or labels.ndim != 1 or labels.dtype.kind != "U":
        raise ValueError("its labels are no texts")
    if len(set(labels.tolist())) != len(labels) or len(labels) < 2:
        raise ValueError("its labels are fewer than two, or one is there twice")
