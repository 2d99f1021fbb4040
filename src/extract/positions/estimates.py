"""Counts of labels → the value of a scale, with the interval that sampling and misreading leave open.

A manifesto could have been put in other words: its sentences are drawn anew with replacement (Benoit, Laver and
Mikhaylov 2009, doi:10.1111/j.1540-5907.2009.00383.x). And its labels are a classifier's: each draw is given to a
confusion that a manifesto may have (`confusion.py`). The interval holds 95 % of the values of these draws.
"""

from dataclasses import dataclass

import numpy as np

from extract.labels.confusion import Confusion, Counts
from extract.positions.scales import Scale, value_on

DRAWS = 1_000
_BOUNDS = (2.5, 97.5)  # per cent


@dataclass(frozen=True, slots=True)
class Estimate:
    """The value of a scale: as readers would be expected to make it, its interval, and of the labels as they are."""

    value: float
    low: float
    high: float
    counted: float


def draw_counts(said: Counts, confusion: Confusion, *, seed: int) -> Counts:
    """Counts that readers might give of a manifesto like one with `said`, shape (labels,) → (DRAWS, labels)."""
    random = np.random.default_rng(seed)
    total = int(said.sum())
    drawn = random.multinomial(total, said / total, size=DRAWS).astype(np.float64)
    return confusion.drawn(drawn, random)


def estimate(scale: Scale, said: Counts, drawn: Counts, confusion: Confusion) -> Estimate:
    """The value of a scale for the counts of labels that were said, and for draws of `draw_counts`."""
    labels = confusion.labels
    low, high = np.percentile(value_on(scale, labels, drawn), _BOUNDS)
    value = float(value_on(scale, labels, confusion.expected(said)))
    return Estimate(value, float(low), float(high), float(value_on(scale, labels, said)))
