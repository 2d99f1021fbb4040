"""What pages show → the F1 of sentences that is to be expected of them, with an interval.

A logistic model of few features, each of which can only lower the estimate, learnt on pages that readers marked
(`benchmarks/reading/readings.py`, which writes `data/reading-estimate.csv`). Only pages of PDFs were marked alike, so
only of them is anything estimated.
"""

import functools
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from extract.readings.page_measures import PageMeasures
from extract.word_lists import read_list

FEATURES = ("doubt", "torn", "unfinished", "unknown", "short", "aside", "scanned", "crossed")
"""What is looked at of a page: see `features_of`."""

_LEAST_SPREAD = 0.01  # of p(1-p), that of an F1 of .99: no page is certain


@dataclass(frozen=True, slots=True)
class Estimate:
    """An expected F1 and the interval in which nine of ten documents lie."""

    f1: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Model:
    """What was learnt: weights of features, what stands in for one that is not known, and how far off estimates are."""

    intercept: float
    weights: Mapping[str, float]
    means: Mapping[str, float]
    shared: float  # share of the spread that all pages of a file have in common
    below: float  # quantiles of what was measured less what was estimated, in spreads
    above: float


def features_of(page: PageMeasures) -> dict[str, float | None]:
    """The features of a page, each 0 where nothing is wrong and 1 at most; None where it is not known."""
    sentences = max(1, page.sentences)
    return {
        "doubt": page.doubt,
        "torn": page.torn_share,
        "unfinished": 1 - page.whole / sentences if page.sentences else 0.0,
        "unknown": 1 - page.known / page.words if page.words else 0.0,
        "short": 1 - page.long / sentences if page.sentences else 0.0,
        "aside": page.prose_aside / max(1, page.running + page.aside),
        "scanned": float(page.scanned),
        "crossed": float(page.crossed),
    }


def page_f1(page: PageMeasures, model: Model) -> float:
    """The F1 that is to be expected of a page."""
    found = features_of(page)
    total = model.intercept
    for name, weight in model.weights.items():
        value = found[name]
        total += weight * (model.means[name] if value is None else value)
    return 1 / (1 + math.exp(-total))


def spread(f1: float, pages: float, model: Model) -> float:
    """How far what is measured on some pages of a document lies from their estimate, but for a factor."""
    return math.sqrt(max(_LEAST_SPREAD, f1 * (1 - f1)) * (model.shared + (1 - model.shared) / max(1.0, pages)))


def estimate(pages: Sequence[PageMeasures], model: Model | None = None) -> Estimate | None:
    """The F1 that is to be expected of pages together; None where there is no sentence.

    A page counts by its sentences, as it does when F1 is measured.
    """
    model = model or read_model()
    weights = [page.sentences + page.headings for page in pages]
    total = sum(weights)
    if not total:
        return None
    f1 = sum(weight * page_f1(page, model) for weight, page in zip(weights, pages, strict=True) if weight) / total
    across = spread(f1, total**2 / sum(weight**2 for weight in weights), model)
    low, high = (min(1.0, max(0.0, f1 + factor * across)) for factor in (model.below, model.above))
    return Estimate(f1, min(low, f1), max(high, f1))


@functools.cache
def read_model() -> Model:
    """The model in `data/reading-estimate.csv`. A feature that it lacks counts for nothing until it is fitted anew."""
    rows = {row["name"]: row for row in read_list("reading-estimate")}
    values = {name: float(row["value"]) for name, row in rows.items()}
    return Model(
        intercept=values["intercept"],
        weights={name: values[name] for name in FEATURES if name in values},
        means={name: float(rows[name]["mean"]) for name in FEATURES if name in values},
        shared=values["shared"],
        below=values["below"],
        above=values["above"],
    )
