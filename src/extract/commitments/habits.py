"""How often a candidate with a sign was the right one in marked sentences, as features of candidates.

A sign joins words and relations, such as "verb willen with a noun of action below it"; what a reader of many
sentences knows of such words by habit, a tree of features cannot see.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

_PRIOR = 0.25  # share of the candidates that are right
_WEIGHT = 3.0  # of the prior, in candidates
_FEWEST = 2  # candidates with a sign that is kept


@dataclass(frozen=True, slots=True)
class Habits:
    """For each sign the share of its candidates that were right, drawn towards the share of all."""

    rates: Mapping[str, float]

    def rows(self, signs: Sequence[Sequence[str]], count: int) -> NDArray[np.float32]:
        """A row of `count` features for each candidate, given its `count` signs."""
        rows = [[self.rates.get(sign, _PRIOR) for sign in some] for some in signs]
        return np.array(rows, np.float32).reshape(len(rows), count)


def habits_of(candidates: Iterable[tuple[Sequence[str], bool]]) -> Habits:
    """What marked candidates show: the signs of each, and whether it was right."""
    right: dict[str, int] = defaultdict(int)
    seen: dict[str, int] = defaultdict(int)
    for signs, is_right in candidates:
        for sign in signs:
            right[sign] += is_right
            seen[sign] += 1
    return Habits({
        sign: round((right[sign] + _WEIGHT * _PRIOR) / (count + _WEIGHT), 4)
        for sign, count in seen.items() if count >= _FEWEST
    })  # fmt: skip


def arrays_of(habits: Habits) -> dict[str, Any]:
    """Habits as they are stored."""
    return {"signs": list(habits.rates), "rates": np.array(list(habits.rates.values()), np.float32)}


def habits_in(stored: Mapping[str, Any]) -> Habits:
    """Habits as they were stored."""
    return Habits(dict(zip(stored["signs"], stored["rates"].tolist(), strict=True)))
