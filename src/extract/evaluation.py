"""How good a classifier is on manifestos that it has never seen, beside two baselines, with intervals."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from sklearn.model_selection import StratifiedGroupKFold

from extract.annotations import Example
from extract.codebooks import Codebook
from extract.keywords import keyword_labels, keyword_weights
from extract.themes import count_features, fit, with_keywords, with_meaning
from extract.word_vectors import WordVectors

FOLDS = 5
RESAMPLES = 1_000
SEED = 2025

_FALLBACK = "analysis"  # what the keyword list says of a sentence without a hit, where the codebook has no "none"
_BIN = 0.05  # of probabilities, to choose a threshold
_BIN_EXAMPLES = 20  # fewer say nothing about a bin

Predict = Callable[[Sequence[Example], Sequence[Example]], tuple[np.ndarray, np.ndarray]]
"""From training and test examples to the labels of the test examples and their probabilities."""


@dataclass(frozen=True, slots=True)
class Score:
    """Macro-F1 over the labels that readers gave, its 95 % interval, and accuracy."""

    macro_f1: float
    low: float
    high: float
    accuracy: float

    def as_dict(self) -> dict[str, float]:
        """The figures, rounded as far as they mean anything."""
        names = ("macro_f1", "low", "high", "accuracy")
        return {name: round(float(getattr(self, name)), 3) for name in names}


def evaluate(
    examples: Sequence[Example], codebook: Codebook, *, keywords: str, vectors: WordVectors | None
) -> dict[str, Any]:
    """Cross-validate the classifier and both baselines on the same folds, held out by manifesto and by party.

    Returns the metrics for the model's card; `threshold` is the probability below which the model abstains.
    """
    truth = np.array([each.label for each in examples])
    methods: dict[str, Predict] = {
        "classifier": classifier(keywords, vectors),
        "majority": majority,
        "keywords": keyword_list(keywords, codebook),
    }
    metrics: dict[str, Any] = {"examples": len(examples), "folds": FOLDS, "seed": SEED, "resamples": RESAMPLES}
    for held_out in ("manifesto", "party"):
        groups = np.array([getattr(each, held_out) for each in examples])
        predictions = {name: out_of_fold(examples, truth, groups, predict) for name, predict in methods.items()}
        metrics[f"by_{held_out}"] = {
            "groups": len(set(groups)),
            **{name: score(truth, labels, groups).as_dict() for name, (labels, _) in predictions.items()},
        }
        if held_out == "manifesto":
            labels, probabilities = predictions["classifier"]
            metrics |= _details(examples, truth, labels, probabilities, groups)
    return metrics


def out_of_fold(
    examples: Sequence[Example], truth: np.ndarray, groups: np.ndarray, predict: Predict
) -> tuple[np.ndarray, np.ndarray]:
    """For each example the label and probability that a model gives which saw nothing of its group."""
    labels = np.empty(len(examples), dtype=object)
    probabilities = np.zeros(len(examples))
    folds = StratifiedGroupKFold(FOLDS, shuffle=True, random_state=SEED)
    for training, test in folds.split(truth, truth, groups):
        labels[test], probabilities[test] = predict([examples[i] for i in training], [examples[i] for i in test])
    return labels, probabilities


def score(truth: np.ndarray, labels: np.ndarray, groups: np.ndarray) -> Score:
    """Macro-F1 with a percentile interval from resampling whole groups, for sentences of one text are alike."""
    names = sorted(set(truth) | set(labels))
    index = {name: position for position, name in enumerate(names)}
    owners = {group: position for position, group in enumerate(sorted(set(groups)))}
    confusion = np.zeros((len(owners), len(names), len(names)))
    for group, true, said in zip(groups, truth, labels, strict=True):
        confusion[owners[group], index[true], index[said]] += 1
    random = np.random.default_rng(SEED)
    drawn = random.integers(len(owners), size=(RESAMPLES, len(owners)))
    resampled = [_macro_f1(confusion[each].sum(axis=0)) for each in drawn]
    low, high = np.percentile(resampled, [2.5, 97.5])
    return Score(_macro_f1(confusion.sum(axis=0)), low, high, float((truth == labels).mean()))


def classifier(keywords: str, vectors: WordVectors | None) -> Predict:
    """The classifier of this package."""

    def predict(training: Sequence[Example], test: Sequence[Example]) -> tuple[np.ndarray, np.ndarray]:
        given = [each.text for each in training], [each.label for each in training]
        fitted = fit(*given, keywords=keywords, vectors=vectors)
        texts = [each.text for each in test]
        shared = with_meaning(count_features(texts), texts, vectors)
        probabilities = fitted.predict_proba(with_keywords(shared, texts, keywords))
        return fitted.classes_[probabilities.argmax(axis=1)], probabilities.max(axis=1)

    return predict


def majority(training: Sequence[Example], test: Sequence[Example]) -> tuple[np.ndarray, np.ndarray]:
    """The label that is most frequent in training."""
    most = Counter(each.label for each in training).most_common(1)[0][0]
    return np.array([most] * len(test), dtype=object), np.ones(len(test))


def keyword_list(listing: str, codebook: Codebook) -> Predict:
    """The label with most weight of keywords in the sentence; ties go by the order of the codebook."""
    labels = keyword_labels(listing)
    ranks = np.array([codebook.labels.index(label) for label in labels])
    order = np.argsort(ranks)
    nothing = codebook.nothing or _FALLBACK

    def predict(_: Sequence[Example], test: Sequence[Example]) -> tuple[np.ndarray, np.ndarray]:
        weights = keyword_weights([each.text for each in test], listing=listing)[:, order]
        said = [labels[order[row.argmax()]] if row.any() else nothing for row in weights]
        return np.array(said, dtype=object), np.ones(len(test))

    return predict


def abstention_threshold(truth: np.ndarray, labels: np.ndarray, probabilities: np.ndarray) -> float:
    """The upper edge of the highest bin of probabilities, .05 wide, in which labels are wrong more often than right."""
    right = truth == labels
    bins = np.floor(probabilities / _BIN).astype(int)
    counted = [each for each in set(bins) if (bins == each).sum() >= _BIN_EXAMPLES]
    doubtful = [each + 1 for each in counted if right[bins == each].mean() < 0.5]
    return round(float(max(doubtful, default=0)) * _BIN, 2)


def _details(
    examples: Sequence[Example],
    truth: np.ndarray,
    labels: np.ndarray,
    probabilities: np.ndarray,
    groups: np.ndarray,
) -> dict[str, Any]:
    threshold = abstention_threshold(truth, labels, probabilities)
    kept = probabilities >= threshold
    strata = np.array([each.stratum for each in examples])
    return {
        "threshold": threshold,
        "kept_share": round(float(kept.mean()), 3),
        "kept": score(truth[kept], labels[kept], groups[kept]).as_dict(),
        "by_stratum": {
            str(name): {"examples": int((strata == name).sum())}
            | score(truth[strata == name], labels[strata == name], groups[strata == name]).as_dict()
            for name in sorted(set(strata))
        },
        "by_label": {str(name): _of_label(truth, labels, name) for name in sorted(set(truth))},
        "confused": [
            [str(true), str(said), count]
            for (true, said), count in Counter(zip(truth, labels, strict=True)).most_common()
            if true != said
        ][:10],
    }


def _of_label(truth: np.ndarray, labels: np.ndarray, name: str) -> dict[str, float]:
    hits = int(((truth == name) & (labels == name)).sum())
    said, true = int((labels == name).sum()), int((truth == name).sum())
    precision, recall = hits / max(1, said), hits / max(1, true)
    f1 = 2 * hits / max(1, said + true)
    return {"examples": true, "precision": round(precision, 2), "recall": round(recall, 2), "f1": round(f1, 2)}


def _macro_f1(confusion: np.ndarray) -> float:
    """Mean F1 of the labels that occur in the truth (the rows)."""
    hits, true, said = np.diag(confusion), confusion.sum(axis=1), confusion.sum(axis=0)
    occurs = true > 0
    return float((2 * hits[occurs] / (true + said)[occurs]).mean())
