"""How likely a choice is right, from the probability of what was chosen and of what came next (Platt, 1999)."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

_LEAST = 1e-4  # a probability of 0 has no logit


@dataclass(frozen=True, slots=True)
class Sureness:
    """Fitted on choices for files that the classifier had not seen."""

    intercept: float
    of_first: float
    of_second: float

    def __call__(self, shares: Sequence[float]) -> float:
        """The probability that the likeliest of some choices is right; `shares` are theirs, in any order."""
        first, second = (*sorted(shares, reverse=True)[:2], 0.0, 0.0)[:2]
        score = self.intercept + self.of_first * logit(first) + self.of_second * logit(second)
        return 1 / (1 + math.exp(-score))


def logit(share: float) -> float:
    """The logarithm of the odds of a probability, which is drawn away from 0 and 1."""
    held = min(max(share, _LEAST), 1 - _LEAST)
    return math.log(held / (1 - held))
