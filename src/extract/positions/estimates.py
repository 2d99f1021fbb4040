"""Counts of labels → the value of a scale, with the interval that sampling, misreading and coders leave open.

Three things make a value uncertain, and each of many draws has all of them. A manifesto could have been put in other
words: its sentences are drawn anew with replacement (Benoit, Laver and Mikhaylov 2009,
doi:10.1111/j.1540-5907.2009.00383.x). Its labels are a classifier's: each draw is given a confusion that a manifesto
may have (`labels/confusion.py`). And values by readers are further from those than that explains, as readers differ,
too: by how much was measured on manifestos that the classifier had not seen.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from extract.labels.confusion import Confusion, Counts
from extract.positions.scales import Formula, Scale, value_on

DRAWS = 400
_BOUNDS = (2.5, 97.5)  # per cent
_LIMITS: dict[Formula, tuple[float, float]] = {
    "share": (0, 100),
    "difference": (-100, 100),
    "logit": (-np.inf, np.inf),
}


@dataclass(frozen=True, slots=True)
class Estimate:
    """The value of a scale: as readers would be expected to find it, its interval, and of the labels as they are."""

    value: float
    low: float
    high: float
    counted: float


@dataclass(frozen=True, slots=True, eq=False)
class Draws:
    """Counts that readers might give of a manifesto, (DRAWS, labels), and how far a value may be off beside that."""

    counts: Counts
    off: NDArray[np.float64]  # (DRAWS,), of standard deviation 1


def draw_counts(said: Counts, confusion: Confusion, *, seed: int) -> Draws:
    """Draws for a manifesto of which the counts of labels, shape (labels,), are `said`."""
    random = np.random.default_rng(seed)
    total = int(said.sum())
    drawn = random.multinomial(total, said / total, size=DRAWS).astype(np.float64)
    return Draws(confusion.drawn(drawn, random), random.standard_normal(DRAWS))


def estimate(scale: Scale, said: Counts, draws: Draws, confusion: Confusion, *, apart: float = 0) -> Estimate:
    """The value of a scale for the counts of labels that were said.

    `apart` is the standard deviation by which values of readers are off beside what the counts of `draws` explain.
    """
    labels = confusion.labels
    value = value_on(scale, labels, confusion.expected(said))
    low, high = np.percentile(value_on(scale, labels, draws.counts) + apart * draws.off, _BOUNDS)
    low, high = np.clip((low, high), *_LIMITS[scale.formula])
    return Estimate(float(value), float(low), float(high), float(value_on(scale, labels, said)))
