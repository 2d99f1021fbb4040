"""How near positions come to those of readers, on manifestos that the classifier had not seen."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from extract.labels.confusion import Counts, fit_confusion
from extract.positions.estimates import draw_counts, estimate
from extract.positions.scales import Scale, value_on


@dataclass(frozen=True, slots=True)
class Nearness:
    """Of a scale: how well values go together with readers', and how far they are apart.

    `apart` is the standard deviation of readers' values around ours beside what sampling and misreading explain;
    `covered` the share of manifestos of which the interval holds the readers' value, with an `apart` of the others.
    """

    correlation: float
    distance: float  # mean, in the unit of the scale
    distance_counted: float  # the same of labels as they are
    apart: float
    covered: float
    width: float  # mean, of the interval
    manifestos: int

    def as_said(self) -> dict[str, Any]:
        """For `metrics.json`."""
        return {name: round(value, 4) for name, value in asdict(self).items()}


def validate(
    scales: Sequence[Scale], labels: Sequence[str], held_out: Sequence[Counts], *, prior: float
) -> dict[str, Nearness]:
    """The Nearness of each scale, from tables of counts, (given, said), for each manifesto that was held out.

    Each manifesto is placed with the confusion of the others.
    """
    rows: dict[str, list[tuple[float, float, float, float]]] = {scale.id: [] for scale in scales}
    for at, table in enumerate(held_out):
        confusion = fit_confusion(labels, [each for other, each in enumerate(held_out) if other != at], prior=prior)
        given, said = table.sum(axis=1), table.sum(axis=0)
        draws = draw_counts(said, confusion, seed=at)
        for scale in scales:
            found = estimate(scale, said, draws, confusion)
            spread = float(np.std(value_on(scale, labels, draws.counts)))
            rows[scale.id].append((float(value_on(scale, labels, given)), found.value, found.counted, spread))
    return {scale: _nearness(np.array(of)) for scale, of in rows.items()}


def _nearness(rows: np.ndarray) -> Nearness:
    """From readers' value, ours, that of labels as they are, and standard deviation of draws, for each manifesto."""
    given, value, counted, spread = rows.T
    halves = []
    for at in range(len(rows)):
        others = np.arange(len(rows)) != at
        halves.append(1.96 * np.hypot(_apart(given[others] - value[others], spread[others]), spread[at]))
    half, off = np.array(halves), np.abs(given - value)
    varies = given.std() > 0 and value.std() > 0
    return Nearness(
        correlation=float(np.corrcoef(given, value)[0, 1]) if varies else 0.0,
        distance=float(off.mean()),
        distance_counted=float(np.abs(given - counted).mean()),
        apart=_apart(given - value, spread),
        covered=float((off <= half).mean()),
        width=float(2 * half.mean()),
        manifestos=len(rows),
    )


def _apart(off: np.ndarray, spread: np.ndarray) -> float:
    return float(np.sqrt(max(0.0, (off**2).mean() - (spread**2).mean())))
