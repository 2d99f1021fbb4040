"""What readers would have said of sentences to which a classifier gave a label, as far as held-out texts show.

A classifier that takes one label for another counts the first too often. Of sentences of manifestos that it had not
seen one knows what it said and what readers said; from that follows which labels readers may be expected to give in
another manifesto, and how uncertain that is. Manifestos differ in how they are misread, so each has a confusion of its
own: a draw from Dirichlet distributions around the pooled one, as wide as held-out manifestos are apart.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import gammaln

Counts = NDArray[np.float64]
"""Of sentences, by label: shape (…, labels)."""

_DECIMALS = 4  # of a probability that is kept
_SPREADS = np.geomspace(2, 2_000, 60)  # tried, in sentences


@dataclass(frozen=True, slots=True, eq=False)
class Confusion:
    """How a classifier's labels and readers' go together.

    `given_said` is the probability of a reader's label for each label that is said, shape (said, labels), rows that sum
    to 1. `spread` says how alike manifestos are in it, in sentences: a manifesto's own rows are as a Dirichlet
    distribution with that many sentences gives them; the more, the closer to the pooled ones.
    """

    labels: tuple[str, ...]
    given_said: NDArray[np.float64]
    spread: float

    def as_said(self) -> dict[str, Any]:
        """The same for `metrics.json`, without what is next to impossible."""
        rows = {
            said: {
                given: round(float(share), _DECIMALS)
                for given, share in zip(self.labels, row, strict=True)
                if round(float(share), _DECIMALS)
            }
            for said, row in zip(self.labels, self.given_said, strict=True)
        }
        return {"spread": round(self.spread, 1), "given_said": rows}

    def expected(self, said: Counts) -> Counts:
        """The counts that readers would be expected to give."""
        return said @ self.given_said

    def drawn(self, said: Counts, random: np.random.Generator) -> Counts:
        """One count that readers might give, for each row of `said`, shape (draws, labels), of whole numbers."""
        found = np.zeros_like(said)
        for position in np.flatnonzero(said.any(axis=0)):
            weights = self.given_said[position] * self.spread
            possible = np.flatnonzero(weights > 0)
            rows = random.dirichlet(weights[possible], size=len(said))
            found[:, possible] += random.multinomial(said[:, position].astype(np.int64), rows)
        return found


def fit_confusion(labels: Sequence[str], held_out: Sequence[Counts], *, prior: float) -> Confusion:
    """Fit a Confusion on tables of counts, (said, labels) for each manifesto that the classifier had not seen.

    `prior` is how many sentences count as told right, per label, before any is seen: else a label that was seldom said
    would be taken for whatever it happened to be.
    """
    pooled = np.sum(held_out, axis=0) + prior * np.eye(len(labels))
    given_said = pooled / pooled.sum(axis=1, keepdims=True)
    likelihoods = [sum(_log_likelihood(table, given_said * spread) for table in held_out) for spread in _SPREADS]
    return Confusion(tuple(labels), given_said, float(_SPREADS[int(np.argmax(likelihoods))]))


def confusion_in(said: Any) -> Confusion | None:
    """The Confusion that `metrics.json` states; None where it states none, a ValueError where that cannot be."""
    if said is None:
        return None
    rows = said["given_said"] if isinstance(said, Mapping) and isinstance(said.get("given_said"), Mapping) else {}
    labels = tuple(rows)
    if not rows or not all(isinstance(row, Mapping) and row.keys() <= rows.keys() for row in rows.values()):
        raise ValueError("its confusion is no table of labels by labels")
    shares = np.array([[float(row.get(label, 0)) for label in labels] for row in rows.values()])
    spread = float(said["spread"])
    if not (np.isfinite(shares).all() and (shares >= 0).all() and shares.any(axis=1).all() and 0 < spread < np.inf):
        raise ValueError("what its confusion states are no probabilities")
    return Confusion(labels, shares / shares.sum(axis=1, keepdims=True), spread)


def _log_likelihood(table: Counts, weights: Counts) -> float:
    """Of a table of counts under Dirichlet-multinomial rows, but for what does not depend on the weights."""
    seen = table > 0
    of_cells = gammaln(table[seen] + weights[seen]) - gammaln(weights[seen])
    totals, sums = table.sum(axis=1), weights.sum(axis=1)
    return float(of_cells.sum() + (gammaln(sums) - gammaln(totals + sums)).sum())
