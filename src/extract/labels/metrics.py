"""What `metrics.json` says of a trained model that decides on labels: one place that reads and validates it."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from extract.labels.confusion import Confusion, confusion_in
from extract.parts import json_of

SENTENCES, DOCUMENTS = "sentences", "documents"
"""What a classifier reads at once."""

# With readers' values on manifestos that were held out, from which on a scale is told at all.
_LEAST_CORRELATION = 0.5
_MOST_APART = 1_000.0  # in the unit of a scale, of which the widest has 200
_MEANING = ("encoder", "encoder_sha256", "vectors_sha256")


@dataclass(frozen=True, slots=True)
class Metrics:
    """The threshold of a model, a probability, and what it was trained with."""

    threshold: float
    meaning: dict[str, str]  # as `Meaning.hashes` gives it
    confusion: Confusion | None  # None where it was not measured
    apart: (
        Mapping[str, float] | None
    )  # by scale: how far readers' values are off; None where there were none to compare
    reads: str  # SENTENCES or DOCUMENTS
    said: Mapping[str, Any]


def metrics_of(text: str) -> Metrics:
    """What the text of a `metrics.json` says; a ValueError where that cannot be."""
    said = json_of(text)
    if not isinstance(said, dict):
        raise ValueError("it is no JSON object")
    meaning = {name: said[name] for name in _MEANING if name in said}
    for name, value in meaning.items():
        if not isinstance(value, str):
            raise ValueError(f"{name} is no text")
    if ("encoder" in meaning) != ("encoder_sha256" in meaning):
        raise ValueError("encoder and encoder_sha256 go together, and one is missing")
    confusion, apart = confusion_in(said.get("confusion")), _apart(said.get("scales"))
    reads = said.get("reads", SENTENCES)
    if reads not in (SENTENCES, DOCUMENTS):
        raise ValueError(f"reads is neither {SENTENCES} nor {DOCUMENTS}")
    return Metrics(_threshold(said.get("threshold")), meaning, confusion, apart, reads, said)


def _threshold(value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value) or not 0 <= value <= 1:
        raise ValueError(f"threshold is no probability from 0 to 1, but {str(value)[:40]!r}")
    return float(value)


def _apart(scales: Any) -> dict[str, float] | None:
    """How far readers' values are off, beside what is known of the labels, on each scale that is told well enough."""
    if scales is None:
        return None
    told = {}
    for name, each in scales.items():
        apart, correlation = each["apart"], each["correlation"]
        if not _is_number(apart, 0, _MOST_APART) or not _is_number(correlation, -1, 1):
            raise ValueError(f"of the scale {str(name)[:40]!r} it states no standard deviation or correlation")
        if correlation >= _LEAST_CORRELATION:
            told[str(name)] = float(apart)
    return told


def _is_number(value: Any, least: float, most: float) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and least <= value <= most
