"""What a classifier takes for what, and what readers would have said of texts that it labelled.

A classifier that takes one label for another counts the first too often. Of sentences of manifestos that it had not
seen one knows what readers gave and what it said; from that follows which mix of labels readers are likely to have
given where it said what it said (Saerens, Latinne and Decaestecker 2002, doi:10.1162/089976602753284446). Manifestos
differ in how they are misread, so each has a confusion of its own: a draw from Dirichlet distributions around the
pooled one, as wide as held-out manifestos are apart.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import gammaln

Counts = NDArray[np.float64]
"""Of sentences, by label: shape (…, labels)."""

# Of expectation and maximisation. The first begins at the mix of all held-out manifestos; more come nearer to what the
# labels say of this one, and take chance for it. Of coders' codes in 28 manifestos 3 steps came nearest to most scales;
# for other codebooks `metrics.json` says how many did.
STEPS = 3
MOST_STEPS = 100
_LEAST = 1e-6  # of a probability: nothing is impossible, or a label that was never said so would have no cause
_DECIMALS = 4  # of a probability that is kept
_MOST_LABELS = 1_000  # of a table that is read: it is squared in memory
_SPREADS = np.geomspace(2.0, 2_000.0, 60)  # tried, in sentences


@dataclass(frozen=True, slots=True, eq=False)
class Confusion:
    """How readers' labels and a classifier's go together.

    `said_given` is the probability of what is said for each label that readers give, shape (given, said), rows that sum
    to 1; `prior` the share of each label that readers give in all held-out manifestos. `spread` says how alike
    manifestos are, in sentences: a manifesto's own rows are as a Dirichlet distribution with that many sentences gives
    them; the more, the closer to the pooled ones. `steps` are those of expectation and maximisation.
    """

    labels: tuple[str, ...]
    said_given: NDArray[np.float64]
    prior: NDArray[np.float64]
    spread: float
    steps: int = STEPS

    def as_said(self) -> dict[str, Any]:
        """The same for `metrics.json`, without what is next to impossible."""
        rows = {
            given: {
                said: round(float(share), _DECIMALS)
                for said, share in zip(self.labels, row, strict=True)
                if round(float(share), _DECIMALS)
            }
            for given, row in zip(self.labels, self.said_given, strict=True)
        }
        prior = {label: round(float(share), _DECIMALS) for label, share in zip(self.labels, self.prior, strict=True)}
        return {"steps": self.steps, "spread": round(self.spread, 1), "prior": prior, "said_given": rows}

    def expected(self, said: Counts) -> Counts:
        """The counts that readers are likely to have given where these were said, shape (…, labels)."""
        return _likely(said, self.said_given, self.prior, self.steps)

    def drawn(self, said: Counts, random: np.random.Generator) -> Counts:
        """The same for each row of `said`, shape (draws, labels), each with a confusion that a manifesto may have."""
        weights = np.maximum(self.said_given, _LEAST) * self.spread
        rows = random.standard_gamma(np.broadcast_to(weights, (len(said), *weights.shape)))
        return _likely(said, rows / rows.sum(axis=-1, keepdims=True), self.prior, self.steps)


def fit_confusion(labels: Sequence[str], held_out: Sequence[Counts], *, prior: float, steps: int = STEPS) -> Confusion:
    """Fit a Confusion on tables of counts, (given, said) for each manifesto that the classifier had not seen.

    `prior` is how many sentences count as told right, per label, before any is seen: else a label that readers seldom
    gave would be taken for whatever it happened to be.
    """
    pooled = np.sum(held_out, axis=0) + prior * np.eye(len(labels))
    said_given = pooled / pooled.sum(axis=1, keepdims=True)
    likelihoods = [sum(_log_likelihood(table, said_given * spread) for table in held_out) for spread in _SPREADS]
    given = pooled.sum(axis=1)
    spread = float(_SPREADS[int(np.argmax(likelihoods))])
    return Confusion(tuple(labels), said_given, given / given.sum(), spread, steps)


def confusion_in(said: Any) -> Confusion | None:
    """The Confusion that `metrics.json` states; None where it states none, a ValueError where that cannot be."""
    if said is None:
        return None
    rows = said.get("said_given") if isinstance(said, Mapping) else None
    prior = said.get("prior") if isinstance(said, Mapping) else None
    if not isinstance(rows, Mapping) or not rows or not isinstance(prior, Mapping) or prior.keys() != rows.keys():
        raise ValueError("its confusion is no table of labels by labels")
    if not all(isinstance(row, Mapping) and row.keys() <= rows.keys() for row in rows.values()):
        raise ValueError("its confusion is no table of labels by labels")
    if len(rows) > _MOST_LABELS:
        raise ValueError(f"its confusion has more than {_MOST_LABELS} labels")
    labels = tuple(rows)
    shares = np.array([[float(row.get(label, 0)) for label in labels] for row in rows.values()])
    given, spread = np.array([float(prior[label]) for label in labels]), float(said["spread"])
    if not (_are_shares(shares) and _are_shares(given) and _SPREADS[0] <= spread <= _SPREADS[-1]):
        raise ValueError("what its confusion states are no probabilities")
    steps = said.get("steps", STEPS)
    if not isinstance(steps, int) or not 1 <= steps <= MOST_STEPS:
        raise ValueError(f"the steps of its confusion are no number from 1 to {MOST_STEPS}")
    return Confusion(labels, shares / shares.sum(axis=1, keepdims=True), given / given.sum(), spread, steps)


def _likely(said: Counts, said_given: Counts, prior: Counts, steps: int) -> Counts:
    """Some steps from the prior towards the mix of labels that makes `said` most likely, as counts."""
    chances = np.maximum(said_given, _LEAST)
    total = said.sum(axis=-1, keepdims=True)
    mix = np.broadcast_to(np.maximum(prior, _LEAST), said.shape)
    for _ in range(steps):
        joint = mix[..., :, None] * chances
        causes = joint / joint.sum(axis=-2, keepdims=True)
        mix = np.einsum("...gs,...s->...g", causes, said) / total
    return np.asarray(mix * total)


def _are_shares(values: Counts) -> bool:
    return bool(np.isfinite(values).all() and (values >= 0).all() and values.any(axis=-1).all())


def _log_likelihood(table: Counts, weights: Counts) -> float:
    """Of a table of counts under Dirichlet-multinomial rows, but for what does not depend on the weights."""
    seen = table > 0
    of_cells = gammaln(table[seen] + weights[seen]) - gammaln(weights[seen])
    totals, sums = table.sum(axis=1), weights.sum(axis=1)
    return float(of_cells.sum() + (gammaln(sums) - gammaln(totals + sums)).sum())
