"""Labels beside sets of labels that count as agreement: shares, what chance gives, intervals from whole texts."""

import csv
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

RESAMPLES = 1_000
_SEED = 2025


@dataclass(frozen=True, slots=True)
class Allowed:
    """What a row of a crosswalk allows: the one label of the strict sense, and all of the lenient one."""

    strict: str | None
    lenient: frozenset[str]


@dataclass(frozen=True, slots=True)
class Judged:
    """A label of a sentence, and what the crosswalk allows for what somebody else said of it."""

    text: str  # the manifesto or text that it stands in: what is resampled
    label: str | None  # None where the classifier abstained, and that counts as wrong
    allowed: Allowed
    codes: frozenset[str]

    @property
    def agrees(self) -> bool:
        """Whether the label is allowed."""
        return self.label in self.allowed.lenient


@dataclass(frozen=True, slots=True)
class Share:
    """A share, its 95 % interval, and of how many."""

    value: float
    low: float
    high: float
    number: int


def read_crosswalk(path: Path) -> dict[str, Allowed]:
    """A crosswalk by its first column."""
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.reader(file))
    strict, lenient = rows[0].index("strict"), rows[0].index("lenient")
    return {row[0]: Allowed(row[strict] or None, frozenset(row[lenient].split())) for row in rows[1:]}


def allowed_for(codes: Iterable[str], crosswalk: Mapping[str, Allowed]) -> Allowed:
    """What several codes of a sentence allow: the union, and strictly only what is the strict label of each."""
    rows = [crosswalk[code] for code in codes]
    strict = {row.strict for row in rows}
    return Allowed(next(iter(strict)) if len(strict) == 1 else None, frozenset[str]().union(*(r.lenient for r in rows)))


def strictly(judged: Iterable[Judged]) -> list[Judged]:
    """Those that have a strict label, which then is the only one allowed."""
    return [
        replace(each, allowed=replace(each.allowed, lenient=frozenset({each.allowed.strict})))
        for each in judged
        if each.allowed.strict is not None
    ]


def agreement(judged: Sequence[Judged]) -> Share:
    """How many have a label that is allowed."""
    return share_of((each.text, each.agrees, 1) for each in judged)


def by_chance(judged: Sequence[Judged], among: Iterable[Judged]) -> float:
    """What share would agree on average if the labels of a text were dealt anew among its sentences.

    `among` has all sentences of the texts, of which those judged are some.
    """
    labels: dict[str, Counter[str | None]] = defaultdict(Counter)
    for each in among:
        labels[each.text][each.label] += 1
    hits = sum(
        sum(labels[each.text][label] for label in each.allowed.lenient) / labels[each.text].total() for each in judged
    )
    return hits / len(judged) if judged else float("nan")


def share_of(parts: Iterable[tuple[str, float, float]]) -> Share:
    """A share of (text, part, whole), with a percentile interval from resampling whole texts; NaN of nothing."""
    sums: dict[str, np.ndarray] = defaultdict(lambda: np.zeros(2))
    for text, part, whole in parts:
        sums[text] += (part, whole)
    table = np.array([sums[text] for text in sorted(sums)]).reshape(-1, 2)
    total = table.sum(axis=0)
    if not total[1]:
        return Share(float("nan"), float("nan"), float("nan"), 0)
    random = np.random.default_rng(_SEED)
    drawn = random.multinomial(len(table), np.full(len(table), 1 / len(table)), size=RESAMPLES) @ table
    with np.errstate(invalid="ignore"):
        low, high = np.nanpercentile(drawn[:, 0] / drawn[:, 1], [2.5, 97.5])
    return Share(float(total[0] / total[1]), float(low), float(high), int(total[1]))
