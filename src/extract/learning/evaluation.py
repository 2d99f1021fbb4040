"""How good a classifier is on manifestos that it has never seen, beside two baselines, with intervals."""

from collections import Counter
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from joblib import Parallel, delayed
from sklearn.model_selection import StratifiedGroupKFold

from extract.labels.classifier import fit_features
from extract.labels.codebooks import Codebook
from extract.labels.confusion import STEPS, Confusion, fit_confusion
from extract.labels.features import Features
from extract.labels.keywords import keyword_labels, keyword_weights
from extract.learning.annotations import Annotation, blind_pairs
from extract.learning.calibration import calibration_error, fit_temperature, with_temperature
from extract.learning.examples import Example

FOLDS = 5
RESAMPLES = 1_000
SEED = 2025
HELD_OUT = ("manifesto", "party", "year")
BY_CHANCE = frozenset({"random", "uniform", "fresh"})
"""Strata of sentences that were drawn by chance, so that what is confused in them is what is in whole manifestos."""
ELSEWHERE = frozenset({"state"})
"""Strata of sentences of other texts than manifestos: all folds learn from them, and no figure is on them."""

_FALLBACK = "analysis"  # what the keyword list says of a sentence without a hit, where the codebook has no "none"
PRIOR = 1.0  # sentences that count as told right for each label, beside those that were seen
_BIN = 0.05  # of probabilities, to choose a threshold
_BIN_EXAMPLES = 20  # fewer say nothing about a bin
_COVERAGES = (1.0, 0.9, 0.8, 0.7, 0.6, 0.5)

Predict = Callable[[np.ndarray, np.ndarray], np.ndarray]
"""From the rows to train on and the rows to test on to probabilities, test rows × labels of the codebook."""


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


def evaluate(examples: Sequence[Example], codebook: Codebook, *, features: Features, keywords: str) -> dict[str, Any]:
    """Cross-validate the classifier and both baselines on the same folds, held out by manifesto, by party and by year.

    Where there are fewer manifestos than folds, single sentences are held out, and figures are too good for new texts.
    `features` are those of the examples, in their order. Returns the metrics for the model's card; `temperature` is
    what the classifier's scores are divided by, `threshold` the probability below which the model abstains.
    """
    labels = np.array(codebook.labels)
    tested = rows_tested(examples)
    given = np.array([each.label for each in examples])
    methods = {
        "classifier": classifier(features, given, codebook),
        "majority": majority(given, labels),
        "keywords": keyword_list(examples, keywords, codebook),
    }
    metrics: dict[str, Any] = {"examples": len(examples), "folds": FOLDS, "seed": SEED, "resamples": RESAMPLES}
    examples, truth = [examples[row] for row in tested], given[tested]
    enough = len({each.manifesto for each in examples}) >= FOLDS
    for held_out in HELD_OUT if enough else ("sentence",):
        groups = np.array([getattr(each, held_out) for each in examples])
        if len(set(groups)) < FOLDS:
            continue
        found = {name: out_of_fold(given, groups, predict, labels, tested) for name, predict in methods.items()}
        metrics[f"by_{held_out}"] = {
            "groups": len(set(groups)),
            **{name: score(truth, labels[each.argmax(axis=1)], groups).as_dict() for name, each in found.items()},
        }
        if held_out in ("manifesto", "sentence"):
            metrics |= {"held_out": held_out} | _details(examples, truth, labels, found["classifier"], groups)
            kept = np.array([each.stratum in BY_CHANCE for each in examples])
            kept = kept if kept.any() else ~kept
            said = labels[found["classifier"].argmax(axis=1)]
            steps = STEPS
            years = np.array([each.year for each in examples])[kept]
            if len(set(years)) > 1:
                shares = nearness_of_shares(labels, truth[kept], said[kept], years)
                metrics["shares"], steps = shares, shares["steps"]
            metrics["confusion"] = confusion_of(labels, truth[kept], said[kept], groups[kept], steps=steps).as_said()
    return metrics


def confusion_of(
    labels: np.ndarray, truth: np.ndarray, said: np.ndarray, groups: np.ndarray, *, steps: int = STEPS
) -> Confusion:
    """How readers' labels and what was said go together, by manifesto."""
    tables = confusion_tables(labels, truth, said, groups)
    return fit_confusion([str(label) for label in labels], tables, prior=PRIOR, steps=steps)


def nearness_of_shares(labels: np.ndarray, truth: np.ndarray, said: np.ndarray, groups: np.ndarray) -> dict[str, Any]:
    """How far shares of labels in groups of sentences lie from those that readers gave, as they are and corrected.

    Both are the mean over sentences and labels, in per cent of all sentences. A group is corrected by what is confused
    in the others, with each number of `steps`; the one that comes nearest is given, so it is a little too good.
    """
    tables = np.stack(confusion_tables(labels, truth, said, groups))
    others = [[*tables[:at], *tables[at + 1 :]] for at in range(len(tables))]
    given, counted = tables.sum(axis=2), tables.sum(axis=1)

    def distance(found: np.ndarray) -> float:
        return round(100 * float(np.abs(found - given).sum() / given.sum() / len(labels)), 3)

    confusions = [fit_confusion(list(labels), each, prior=PRIOR) for each in others]
    corrected = {}
    for steps in range(1, STEPS + 1):
        pairs = zip(confusions, counted, strict=True)
        corrected[steps] = distance(np.array([replace(each, steps=steps).expected(row) for each, row in pairs]))
    nearest = min(corrected, key=lambda steps: corrected[steps])
    counts = {"groups": len(tables), "examples": len(truth)}
    return counts | {"counted": distance(counted), "corrected": corrected[nearest], "steps": nearest}


def confusion_tables(labels: np.ndarray, truth: np.ndarray, said: np.ndarray, groups: np.ndarray) -> list[np.ndarray]:
    """For each group, in their order, how often what was said where readers gave a label: (given, said)."""
    index = {name: position for position, name in enumerate(labels)}
    tables = {group: np.zeros((len(labels), len(labels))) for group in sorted(set(groups))}
    for group, true, given in zip(groups, truth, said, strict=True):
        tables[group][index[true], index[given]] += 1
    return list(tables.values())


def second_reader(annotations: Sequence[Annotation]) -> dict[str, Any] | None:
    """What a second reader reaches: the second of two blind readings, scored against the first."""
    pairs = blind_pairs(annotations)
    if not pairs:
        return None
    first, second = (np.array([each.label for each in column]) for column in zip(*pairs, strict=True))
    groups = np.array([each.group for each, _ in pairs])
    return {"examples": len(pairs)} | score(first, second, groups).as_dict()


def rows_tested(examples: Sequence[Example]) -> np.ndarray:
    """The rows of the examples that stand in manifestos, so that figures may be on them."""
    return np.flatnonzero([each.stratum not in ELSEWHERE for each in examples])


def out_of_fold(
    truth: np.ndarray, groups: np.ndarray, predict: Predict, labels: np.ndarray, tested: np.ndarray
) -> np.ndarray:
    """Probabilities that a method gives which saw nothing of an example's group. Shape: tested rows × labels.

    `truth` is of all rows, `groups` of those that are tested; the others are trained on in all folds.
    """
    others = np.setdiff1d(np.arange(len(truth)), tested)
    folds = list(folds_of(truth[tested], groups))
    rows = [(np.union1d(tested[training], others), tested[test]) for training, test in folds]
    found = Parallel(n_jobs=-1)(delayed(predict)(training, test) for training, test in rows)
    probabilities = np.zeros((len(tested), len(labels)))
    for (_, test), each in zip(folds, found, strict=True):
        probabilities[test] = each
    return probabilities


def folds_of(truth: np.ndarray, groups: np.ndarray) -> list[tuple[np.ndarray, np.ndarray]]:
    """Rows to train on and to test on; no group is in both, and labels are spread as evenly as that allows."""
    return list(StratifiedGroupKFold(FOLDS, shuffle=True, random_state=SEED).split(truth, truth, groups))


def score(truth: np.ndarray, labels: np.ndarray, groups: np.ndarray) -> Score:
    """Macro-F1 with a percentile interval from resampling whole groups, for sentences of one text are alike."""
    confusion = np.stack(confusion_tables(np.array(sorted(set(truth) | set(labels))), truth, labels, groups))
    random = np.random.default_rng(SEED)
    drawn = random.integers(len(confusion), size=(RESAMPLES, len(confusion)))
    resampled = [_macro_f1(confusion[each].sum(axis=0)) for each in drawn]
    low, high = np.percentile(resampled, [2.5, 97.5])
    return Score(_macro_f1(confusion.sum(axis=0)), low, high, float((truth == labels).mean()))


def classifier(features: Features, truth: np.ndarray, codebook: Codebook, *, without: Collection[str] = ()) -> Predict:
    """The classifier of this package; blocks of features `without` are left out."""
    labels = np.array(codebook.labels)

    def predict(training: np.ndarray, test: np.ndarray) -> np.ndarray:
        seen = Features(features.matrix[training], features.blocks)
        fitted = fit_features(seen, truth[training], by_form=codebook.by_form, without=without)
        probabilities = np.zeros((len(test), len(labels)))
        columns = [int(np.flatnonzero(labels == label)[0]) for label in fitted.classes_]
        probabilities[:, columns] = fitted.predict_proba(features.matrix[test])
        return probabilities

    return predict


def majority(truth: np.ndarray, labels: np.ndarray) -> Predict:
    """The label that is most frequent in training."""

    def predict(training: np.ndarray, test: np.ndarray) -> np.ndarray:
        most = Counter(truth[training]).most_common(1)[0][0]
        return np.tile(labels == most, (len(test), 1)).astype(float)

    return predict


def keyword_list(examples: Sequence[Example], listing: str, codebook: Codebook) -> Predict:
    """The label with most weight of keywords in the sentence; ties go by the order of the codebook."""
    listed = keyword_labels(listing)
    weights = np.zeros((len(examples), len(codebook.labels)))
    if listed:
        columns = [codebook.labels.index(label) for label in listed]
        weights[:, columns] = keyword_weights([each.reading.text for each in examples], listing=listing)
    nothing = codebook.nothing or (_FALLBACK if _FALLBACK in codebook.labels else codebook.labels[-1])
    weights[~weights.any(axis=1), codebook.labels.index(nothing)] = 1
    return lambda _, test: weights[test]


def abstention_threshold(truth: np.ndarray, labels: np.ndarray, probabilities: np.ndarray) -> float:
    """The upper edge of the highest bin of probabilities, .05 wide, in which labels are wrong more often than right."""
    right = truth == labels
    bins = np.floor(probabilities / _BIN).astype(int)
    counted = [each for each in set(bins) if (bins == each).sum() >= _BIN_EXAMPLES]
    doubtful = [each + 1 for each in counted if right[bins == each].mean() < 0.5]
    return round(float(max(doubtful, default=0)) * _BIN, 2)


def coverage(truth: np.ndarray, said: np.ndarray, probabilities: np.ndarray) -> list[dict[str, float]]:
    """Accuracy on the most certain shares of all sentences, and the probability of the least certain one kept."""
    order = np.argsort(-probabilities, kind="stable")
    rows = []
    for share in _COVERAGES:
        kept = order[: max(1, round(share * len(order)))]
        accuracy = float((truth[kept] == said[kept]).mean())
        rows.append({"kept": share, "from": round(float(probabilities[kept].min()), 2), "accuracy": round(accuracy, 3)})
    return rows


def _details(
    examples: Sequence[Example], truth: np.ndarray, labels: np.ndarray, found: np.ndarray, groups: np.ndarray
) -> dict[str, Any]:
    said = labels[found.argmax(axis=1)]
    position = np.array([int(np.flatnonzero(labels == each)[0]) for each in truth])
    temperature = fit_temperature(found, position)
    # Each fold is calibrated by the others, so that the error is one on sentences that calibration never saw.
    calibrated = np.zeros_like(found)
    for training, test in folds_of(truth, groups):
        calibrated[test] = with_temperature(found[test], fit_temperature(found[training], position[training]))
    probabilities = calibrated.max(axis=1)
    threshold = abstention_threshold(truth, said, probabilities)
    kept = probabilities >= threshold
    strata = np.array([each.stratum for each in examples])
    twice = np.array([each.read_twice for each in examples])

    def score_of(chosen: np.ndarray) -> dict[str, float]:
        return {"examples": int(chosen.sum())} | score(truth[chosen], said[chosen], groups[chosen]).as_dict()

    return {
        "temperature": round(temperature, 3),
        "calibration_error": round(calibration_error(probabilities, truth == said), 3),
        "calibration_error_before": round(calibration_error(found.max(axis=1), truth == said), 3),
        "threshold": threshold,
        "kept_share": round(float(kept.mean()), 3),
        "kept": score(truth[kept], said[kept], groups[kept]).as_dict(),
        "coverage": coverage(truth, said, probabilities),
        "by_stratum": {str(name): score_of(strata == name) for name in sorted(set(strata))},
        "read_twice": score_of(twice) if twice.any() else None,
        "by_label": by_label(truth, said),
        "confused": most_confused(truth, said),
    }


def by_label(truth: np.ndarray, said: np.ndarray) -> dict[str, dict[str, float]]:
    """Sentences, precision, recall and F1 of each label that readers gave."""
    return {str(name): _of_label(truth, said, name) for name in sorted(set(truth))}


def most_confused(truth: np.ndarray, said: np.ndarray) -> list[list[str | int]]:
    """The ten most frequent errors: the label that readers gave, the one that the classifier gave, and how often."""
    pairs = Counter((str(true), str(other)) for true, other in zip(truth, said, strict=True) if true != other)
    return [[true, other, count] for (true, other), count in pairs.most_common(10)]


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
