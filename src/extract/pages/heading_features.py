"""Headings of a document → a row of numbers per heading: what tells its level, which is what it has above and below it."""

import math
import re
from collections import Counter
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from extract.layout.layers import Layer
from extract.pages.block_features import FEATURES as BLOCK_FEATURES

_DEPTH = re.compile(r"\W*[A-Z]?\d{1,2}((?:\.\d{1,2})*)")
_SAME_SIZE = 0.06  # share by which sizes differ that are not the same to the eye
_OWN = (
    "larger_sizes", "smaller_sizes", "larger_share", "like_it", "headings_per_page", "depth", "numbered", "capitals_of_all",
    "before_larger", "before_smaller", "before_same", "behind_larger", "behind_smaller", "behind_same", "first_on_page", "directly_below",
    "directly_above", "pages", "tag_rank", "bookmark_rank", "size", "style_first",
)  # fmt: skip
_OF_BLOCK = (
    "height", "size", "bold", "capitals", "characters", "words", "section_number", "chapter", "final", "colon", "body_font", "body_colour",
    "italic", "left", "indent", "scanned", "page_share", "tag_level", "bookmark", "block_lines", "block_gap_before", "block_gap_behind",
    "rank_from_top", "comes_earlier", "comes_later",
)  # fmt: skip

FEATURES = (*_OF_BLOCK, *(f"heading_{name}" for name in _OWN))
"""The names of the columns."""


def describe_headings(
    layer: Layer, blocks: Sequence[Sequence[int]], features: NDArray[np.float32], headings: Sequence[int]
) -> NDArray[np.float32]:
    """One row per heading of a document, with the columns `FEATURES`; `headings` has their ranks among its blocks."""
    if not headings:
        return np.zeros((0, len(FEATURES)), dtype=np.float32)
    column = {name: place for place, name in enumerate(BLOCK_FEATURES)}
    firsts = [layer.lines[blocks[rank][0]] for rank in headings]
    sizes = [line.first.size if line.first else 0.0 for line in firsts]
    styles = [(round(size), line.first.bold, line.first.font) if line.first else (0, False, "") for size, line in zip(sizes, firsts, strict=True)]
    often = Counter(styles)
    distinct = _distinct(sizes)
    tags = sorted({float(features[rank, column["tag_level"]]) for rank in headings} - {0.0})
    marks = sorted({float(features[rank, column["bookmark"]]) for rank in headings} - {0.0})
    capitals = sum(float(features[rank, column["capitals"]]) for rank in headings) / len(headings)
    seen: set[int | None] = set()
    rows = []
    for place, rank in enumerate(headings):
        line, size = firsts[place], sizes[place]
        text = layer.text[line.start : line.end]
        depth = _DEPTH.match(text)
        before = sizes[place - 1] if place else math.nan
        behind = sizes[place + 1] if place + 1 < len(headings) else math.nan
        tag, mark = float(features[rank, column["tag_level"]]), float(features[rank, column["bookmark"]])
        own = {
            "larger_sizes": sum(each > size * (1 + _SAME_SIZE) for each in distinct),
            "smaller_sizes": sum(each < size * (1 - _SAME_SIZE) for each in distinct),
            "larger_share": sum(each > size * (1 + _SAME_SIZE) for each in sizes) / len(sizes),
            "like_it": math.log2(often[styles[place]]),
            "headings_per_page": len(headings) / max(1, layer.pages or 1),
            "depth": 1 + depth[1].count(".") if depth else 0,
            "numbered": depth is not None,
            "capitals_of_all": capitals,
            **_compared("before", before, size),
            **_compared("behind", behind, size),
            "first_on_page": line.page not in seen,
            "directly_below": place > 0 and headings[place - 1] == rank - 1,
            "directly_above": place + 1 < len(headings) and headings[place + 1] == rank + 1,
            "pages": layer.pages or 1,
            "tag_rank": tags.index(tag) + 1 if tag else 0,
            "bookmark_rank": marks.index(mark) + 1 if mark else 0,
            "size": size,
            "style_first": styles.index(styles[place]) / len(styles),
        }
        seen.add(line.page)
        rows.append([float(features[rank, column[name]]) for name in _OF_BLOCK] + [float(own[name]) for name in _OWN])
    return np.array(rows, dtype=np.float32)


def _distinct(sizes: Sequence[float]) -> list[float]:
    """The sizes that the eye tells apart and that more than one heading has, or all if none has."""
    found: list[float] = []
    counts: Counter[int] = Counter()
    for size in sorted(sizes, reverse=True):
        if not found or size < found[-1] * (1 - _SAME_SIZE):
            found.append(size)
        counts[len(found) - 1] += 1
    return [size for place, size in enumerate(found) if counts[place] > 1] or found


def _compared(which: str, other: float, size: float) -> dict[str, bool]:
    return {
        f"{which}_larger": other > size * (1 + _SAME_SIZE),
        f"{which}_smaller": other < size * (1 - _SAME_SIZE),
        f"{which}_same": abs(other - size) <= _SAME_SIZE * size,
    }
