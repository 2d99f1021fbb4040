"""The scales on which manifestos are placed: which labels count on which side, and how a value is made of counts.

Left-right (RILE) and the scales of Lowe et al. are listed in `data/scales.csv` by codes of the Manifesto Project.
Salience needs no list: it is the share of a domain or of a policy area.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, cast

import numpy as np
from numpy.typing import NDArray

from extract.labels.codebooks import Codebook
from extract.word_lists import read_list

Formula = Literal["difference", "logit", "share"]
_HALF = 0.5  # added to both sides, so that a logit is finite (Lowe et al. 2011)


@dataclass(frozen=True, slots=True)
class Scale:
    """A scale: the labels of one codebook that count to its left and right; a share has a right side alone."""

    id: str
    formula: Formula
    left: frozenset[str]
    right: frozenset[str]

    @property
    def labels(self) -> frozenset[str]:
        """All labels that it rests on."""
        return self.left | self.right


def scales_of(codebook: Codebook) -> list[Scale]:
    """The scales that the labels of a codebook give: listed ones, and the share of each domain or label."""
    return [*_listed(codebook.codes), *_shares(codebook)]


def value_on(scale: Scale, labels: Sequence[str], counts: NDArray[np.float64]) -> NDArray[np.float64]:
    """The value of a scale for counts of labels, shape (…, labels), of which none is without a sentence.

    A difference and a share are in per cent of all sentences: -100 to 100, and 0 to 100. A logit is the logarithm of
    right over left, each with half a sentence more.
    """
    left, right = (counts[..., [label in side for label in labels]].sum(axis=-1) for side in (scale.left, scale.right))
    if scale.formula == "logit":
        return cast("NDArray[np.float64]", np.log((right + _HALF) / (left + _HALF)))
    return cast("NDArray[np.float64]", 100 * (right - left) / counts.sum(axis=-1))


def _listed(codes: Mapping[str, str]) -> list[Scale]:
    """The scales of the list; none where a codebook has no codes of the Manifesto Project."""
    found: dict[str, tuple[Formula, dict[str, set[str]]]] = {}
    for row in read_list("scales"):
        if row["code"] in codes:
            sides = found.setdefault(row["scale"], (cast("Formula", row["formula"]), {"left": set(), "right": set()}))
            sides[1][row["side"]].add(codes[row["code"]])
    return [
        Scale(name, formula, frozenset(sides["left"]), frozenset(sides["right"]))
        for name, (formula, sides) in found.items()
    ]


def _shares(codebook: Codebook) -> list[Scale]:
    """The share of each domain of a codebook; of each label where it has no domains. What says nothing has none."""
    groups: dict[str, set[str]] = {}
    for label in codebook.labels:
        if label != codebook.nothing:
            groups.setdefault(codebook.domains.get(label, label), set()).add(label)
    kind = "domain" if codebook.domains else "area"
    return [Scale(f"{kind}-{name}", "share", frozenset(), frozenset(labels)) for name, labels in groups.items()]
