"""Which sentences to label next: those that a classifier is unsure of and that differ, beside random ones.

Uncertainty is the margin between the two likeliest labels (Scheffer, Decomain and Wrobel 2001); variety comes from
taking, again and again, the unsure sentence that is farthest from those taken (Gonzalez 1985). Without a classifier
only variety counts. Random ones keep the sample fit to say how frequent labels are.
"""

import numpy as np

CHOSEN, RANDOM = "chosen", "random"
"""Strata of a sample."""

_CANDIDATES = 20  # unsure sentences for each that is taken
_MOST_CANDIDATES = 20_000


def draw(
    vectors: np.ndarray, margins: np.ndarray | None, *, size: int, random_share: float, seed: int
) -> dict[int, str]:
    """Rows to label and the stratum of each, in the order drawn.

    `vectors` are of length 1, sentences × width; `margins` the difference between the two likeliest labels, or None.
    """
    generator = np.random.default_rng(seed)
    size = min(size, len(vectors))
    at_random = generator.permutation(len(vectors))[: round(size * random_share)]
    drawn = {int(row): RANDOM for row in at_random}
    open_rows = np.setdiff1d(np.arange(len(vectors)), at_random)
    unsure = (
        generator.permutation(open_rows)
        if margins is None
        else open_rows[np.argsort(margins[open_rows], kind="stable")]
    )
    candidates = unsure[: min(_MOST_CANDIDATES, _CANDIDATES * size)]
    return drawn | {int(row): CHOSEN for row in _far_apart(vectors, candidates, size - len(drawn))}


def _far_apart(vectors: np.ndarray, candidates: np.ndarray, size: int) -> list[int]:
    """Candidates, each the one that is least similar to those before it; the first is the first candidate."""
    taken: list[int] = []
    likeness = np.full(len(candidates), -np.inf)
    while len(taken) < size:
        position = int(likeness.argmin())
        taken.append(int(candidates[position]))
        likeness = np.maximum(likeness, vectors[candidates] @ vectors[taken[-1]])
        likeness[position] = np.inf
    return taken
