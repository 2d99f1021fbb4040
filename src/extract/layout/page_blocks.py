"""Layer of typeset pages → blocks, as learnt from pages that readers marked.

Three classifiers, each over rows of features: what stands apart from the running text (furniture, contents); at which
lines of it a block begins; what each block is, and of which level a heading. `docs/reading.md` is their card.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from extract.layout.block_features import describe_blocks
from extract.layout.heading_features import describe_headings
from extract.layout.layers import Layer, LineBlock, Role
from extract.layout.line_features import describe_lines

TEXT = "text"
"""What the classifier of lines calls the running text."""


@dataclass(frozen=True, slots=True)
class PageModels:
    """The classifiers, as scikit-learn fits them: `predict_proba` takes rows and gives probabilities of `classes_`."""

    apart: Any  # of lines: text, furniture, contents
    begins: Any  # of lines: whether a block begins
    kinds: Any  # of blocks: body, list-item, heading, quote
    levels: Any  # of headings: 1 to 4


def find_page_blocks(layer: Layer, furniture: set[int], models: PageModels) -> list[LineBlock]:
    """The blocks of a layer whose lines have places; `furniture` has those that come back, by rank."""
    rows = describe_lines(layer, furniture)
    if not len(rows):
        return []
    apart = _most_likely(models.apart, rows)
    begins = models.begins.predict_proba(rows)[:, 1] > 0.5
    groups = _groups([rank for rank, label in enumerate(apart) if label == TEXT], begins)
    features = describe_blocks(layer, rows, groups)
    kinds: Sequence[Role] = _most_likely(models.kinds, features) if groups else []
    levels = _levels(layer, models.levels, groups, kinds, features)
    blocks = [
        LineBlock(tuple(group), kind, levels.get(place))
        for place, (group, kind) in enumerate(zip(groups, kinds, strict=True))
    ]
    blocks += [LineBlock((rank,), label) for rank, label in enumerate(apart) if label != TEXT]
    return sorted(blocks, key=lambda block: block.lines[0])


def _most_likely(classifier: Any, rows: Any) -> list[Any]:
    return [str(each) for each in classifier.classes_[np.argmax(classifier.predict_proba(rows), axis=1)]]


def _levels(
    layer: Layer, classifier: Any, groups: Sequence[Sequence[int]], kinds: Sequence[Role], features: NDArray[np.float32]
) -> dict[int, int]:
    """The level of each group that is a heading."""
    headings = [place for place, kind in enumerate(kinds) if kind == "heading"]
    if not headings:
        return {}
    levels = _most_likely(classifier, describe_headings(layer, groups, features, headings))
    return dict(zip(headings, map(int, levels), strict=True))


def _groups(flow: Sequence[int], begins: Sequence[bool]) -> list[list[int]]:
    groups: list[list[int]] = []
    for rank in flow:
        if groups and not begins[rank]:
            groups[-1].append(rank)
        else:
            groups.append([rank])
    return groups
