"""How good a classifier is on manifestos that it has never seen, beside two baselines, with intervals."""

import csv
import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from sklearn.model_selection import StratifiedGroupKFold

from extract.annotations import Example
from extract.codebooks import Codebook
from extract.themes import fit

KEYWORDS_FILE = "keywords.csv"
FOLDS = 5
RESAMPLES = 1_000
SEED = 2025

_FALLBACK = "analysis"  # what the keyword list says of a sentence without a hit, where the codebook has no "none"
_GRID = 0.05  # of thresholds

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


def evaluate(examples: Sequence[Example], codebook: Codebook, *, keywords: Path) -> dict[str, Any]:
    """Cross-validate the classifier and both baselines on the same folds, held out by manifesto and by party.

    Returns the metrics for the model's card; `threshold` is the probability below which the model abstains.
    """
    truth = np.array([each.label for each in examples])
    methods: dict[str, Predict] = {
        "classifier": classify,
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


def classify(training: Sequence[Example], test: Sequence[Example]) -> tuple[np.ndarray, np.ndarray]:
    """The classifier of this package."""
    classifier = fit([each.text for each in training], [each.label for each in training])
    probabilities = classifier.predict_proba([each.text for each in test])
    return classifier.classes_[probabilities.argmax(axis=1)], probabilities.max(axis=1)


def majority(training: Sequence[Example], test: Sequence[Example]) -> tuple[np.ndarray, np.ndarray]:
    """The label that is most frequent in training."""
    most = Counter(each.label for each in training).most_common(1)[0][0]
    return np.array([most] * len(test), dtype=object), np.ones(len(test))


def keyword_list(path: Path, codebook: Codebook) -> Predict:
    """The label with the most keywords in the sentence, by weight; ties go by the order of the codebook."""
    with path.open(encoding="utf-8", newline="") as file:
        rows = [(_keyword(row["keyword"]), row["label"], int(row["weight"])) for row in csv.DictReader(file)]
    order = {label: rank for rank, label in enumerate(codebook.labels)}

    def predict(_: Sequence[Example], test: Sequence[Example]) -> tuple[np.ndarray, np.ndarray]:
        said = [_by_keywords(each.text, rows, order) or codebook.nothing or _FALLBACK for each in test]
        return np.array(said, dtype=object), np.ones(len(test))

    return predict


def abstention_threshold(truth: np.ndarray, labels: np.ndarray, probabilities: np.ndarray) -> float:
    """The highest probability, in steps of .05, below which labels are wrong more often than right."""
    right = truth == labels
    steps = [step for step in np.arange(_GRID, 1.0, _GRID) if (probabilities < step).any()]
    doubtful = [step for step in steps if right[probabilities < step].mean() < 0.5]
    return round(float(max(doubtful, default=0.0)), 2)


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


def _by_keywords(text: str, rows: Sequence[tuple[re.Pattern[str], str, int]], order: dict[str, int]) -> str | None:
    weights: Counter[str] = Counter()
    for pattern, label, weight in rows:
        if pattern.search(text):
            weights[label] += weight
    return min(weights, key=lambda label: (-weights[label], order[label]), default=None)


def _keyword(keyword: str) -> re.Pattern[str]:
    """A keyword as a pattern: whole words; a * at an end of a word stands for the rest of it."""
    words = [re.escape(word).replace(r"\*", r"[\w-]*") for word in keyword.split()]
    return re.compile(r"(?<![\w-])" + r"\s+".join(words) + r"(?![\w-])", re.IGNORECASE)
