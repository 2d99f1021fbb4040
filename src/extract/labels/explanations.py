"""Why a classifier gives a label: the words without which it would be less sure, and the words that speak for a label.

Words are left out one at a time (occlusion: Zeiler and Fergus 2014; Li, Monroe and Jurafsky 2016). That holds for any
classifier and any text encoder, and counts what a word does in all features at once.
"""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
from sklearn.pipeline import Pipeline

from extract.labels.classifier import features_of
from extract.labels.contexts import Reading
from extract.labels.features import SIGHTS, Meaning
from extract.labels.models import Model

TELLING = 10  # words of each label on a card

_WORD = re.compile(r"\w+(?:[-’']\w+)*")
_OFTEN = 5  # sentences that must have a word for it to stand on a card
_SHORTEST = 3  # letters of it
_LEAST = 1e-6


@dataclass(frozen=True, slots=True)
class Reason:
    """A word of the sentence, or what stands around it, and what it adds to the log-odds of the label."""

    part: str  # text, before, after, heading, or kind
    words: str
    char_start: int | None  # in the sentence; null for what stands around it
    effect: float


@dataclass(frozen=True, slots=True)
class Explanation:
    """A label, its probability, the runner-up, and the reasons for it, strongest first."""

    label: str
    probability: float
    runner_up: str
    runner_up_probability: float
    reasons: tuple[Reason, ...]


def explain(reading: Reading, model: Model) -> Explanation:
    """What each word of a sentence, and what stands around it, does to the label that a model gives it."""
    without = list(_without_each(reading))
    asked = [reading, *(each for each, _ in without)]
    probabilities = model.alone(asked)
    first, second = np.argsort(-probabilities[0], kind="stable")[:2]
    odds = _log_odds(probabilities[:, first])
    reasons = [replace(reason, effect=float(odds[0] - odd)) for (_, reason), odd in zip(without, odds[1:], strict=True)]
    classes = model.classes
    return Explanation(
        classes[first], float(probabilities[0, first]), classes[second], float(probabilities[0, second]),
        tuple(sorted(reasons, key=lambda reason: -abs(reason.effect))),
    )  # fmt: skip


def telling_words(
    classifier: Pipeline, readings: Sequence[Reading], *, keywords: str, meaning: Meaning
) -> dict[str, list[str]]:
    """For each label the words of training sentences that, standing alone, speak most for it against all others."""
    counts = Counter(word for each in readings for word in {word.lower() for word in _WORD.findall(each.text)})
    words = sorted(word for word, count in counts.items() if count >= _OFTEN and len(word) >= _SHORTEST)
    if not words:
        return {}
    features = features_of([Reading(word) for word in words], keywords=keywords, meaning=meaning)
    odds = _log_odds(classifier.predict_proba(features.matrix))
    return {
        str(label): [words[row] for row in np.argsort(-odds[:, column], kind="stable")[:TELLING]]
        for column, label in enumerate(classifier.classes_)
    }


def _without_each(reading: Reading) -> Iterator[tuple[Reading, Reason]]:
    for match in _WORD.finditer(reading.text):
        rest = f"{reading.text[: match.start()]} {reading.text[match.end() :]}".strip()
        yield replace(reading, text=rest), Reason("text", match.group(), match.start(), 0.0)
    for part in (*SIGHTS[1:], "kind"):
        if said := getattr(reading, part):
            yield replace(reading, **{part: ""}), Reason(part, said, None, 0.0)


def _log_odds(probabilities: np.ndarray) -> np.ndarray:
    bounded = np.clip(probabilities, _LEAST, 1 - _LEAST)
    return np.asarray(np.log(bounded / (1 - bounded)))
