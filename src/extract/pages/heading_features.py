"""Headings of a document → a row of numbers per heading: what tells its level, by all that it stands among."""

import math
import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from extract.layout.layers import Layer, Line
from extract.layout.measures import SIZE_STEP
from extract.pages.block_features import FEATURES as BLOCK_FEATURES
from extract.pages.rows import Column, Rows, as_rows, columns_of

_DEPTH = re.compile(r"\W*[A-Z]?\d{1,2}((?:\.\d{1,2})*)")
_PLACE = {name: place for place, name in enumerate(BLOCK_FEATURES)}
_OF_BLOCK = (
    "height", "size", "bold", "capitals", "characters", "words", "section_number", "chapter", "final", "colon",
    "body_font", "body_colour", "italic", "left", "indent", "scanned", "page_share", "tag_level", "bookmark",
    "block_lines", "block_gap_before", "block_gap_behind", "rank_from_top", "comes_earlier", "comes_later",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Headings:
    """The headings of a document in reading order."""

    pages: int  # of the document
    ranks: NDArray[np.int64]  # among its blocks
    lines: Sequence[Line]  # the first of each
    rows: Rows  # of the headings as blocks
    sizes: NDArray[np.float64]  # of their type, in points
    styles: Sequence[tuple[int, bool, str]]
    numbers: Sequence[re.Match[str] | None]  # that they begin with


def describe_headings(layer: Layer, blocks: Sequence[Sequence[int]], features: Rows, headings: Sequence[int]) -> Rows:
    """One row per heading of a document, with the columns `FEATURES`; `headings` has their ranks among its blocks."""
    if not headings:
        return np.zeros((0, len(FEATURES)), dtype=np.float32)
    lines = [layer.lines[blocks[rank][0]] for rank in headings]
    found = Headings(
        pages=layer.pages or 1,
        ranks=np.array(headings, dtype=np.int64),
        lines=lines,
        rows=features[list(headings)],
        sizes=np.array([line.first.size if line.first else 0.0 for line in lines], dtype=np.float64),
        styles=[
            (round(style.size), style.bold, style.font) if (style := line.first) else (0, False, "") for line in lines
        ],
        numbers=[_DEPTH.match(layer.text[line.start : line.end]) for line in lines],
    )
    own = columns_of(_OWN, found)
    return as_rows([*(found.rows[:, _PLACE[name]] for name in _OF_BLOCK), *own.values()])


def _all(of: Headings, value: float) -> Column:
    """A value of the document, which is that of all its headings."""
    return np.full(len(of.ranks), value)


def _distinct(of: Headings) -> NDArray[np.float64]:
    """The sizes that the eye tells apart and that more than one heading has, or all if none has."""
    found: list[float] = []
    counts: Counter[int] = Counter()
    for size in sorted(of.sizes.tolist(), reverse=True):
        if not found or size < found[-1] * (1 - SIZE_STEP):
            found.append(size)
        counts[len(found) - 1] += 1
    return np.array([size for place, size in enumerate(found) if counts[place] > 1] or found)


def _larger_share(of: Headings) -> Column:
    """The share of the headings that are larger."""
    sizes = np.sort(of.sizes)
    return (len(sizes) - np.searchsorted(sizes, of.sizes * (1 + SIZE_STEP), side="right")) / len(sizes)


def _like_it(of: Headings) -> Column:
    counts = Counter(of.styles)
    return np.array([math.log2(counts[style]) for style in of.styles])


def _style_first(of: Headings) -> Column:
    """How far into the headings the first stands that is set alike."""
    first = {style: place for place, style in reversed(list(enumerate(of.styles)))}
    return np.array([first[style] for style in of.styles]) / len(of.styles)


def _rank_of(of: Headings, name: str) -> Column:
    """The rank of a level that the file gives, among those that it gives to headings: 0 without one."""
    levels = of.rows[:, _PLACE[name]]
    given = np.unique(levels[levels != 0])
    return np.where(levels == 0, 0, np.searchsorted(given, levels) + 1)


def _first_on_page(of: Headings) -> Column:
    first = {line.page: place for place, line in reversed(list(enumerate(of.lines)))}
    return np.isin(np.arange(len(of.lines)), list(first.values()))


def _before(of: Headings) -> NDArray[np.float64]:
    """The size of the heading before; NaN at the beginning, and so neither larger, nor smaller, nor the same."""
    return np.concatenate([[np.nan], of.sizes[:-1]])


def _behind(of: Headings) -> NDArray[np.float64]:
    return np.concatenate([of.sizes[1:], [np.nan]])


def _larger(of: Headings, other: NDArray[np.float64]) -> Column:
    return other > of.sizes * (1 + SIZE_STEP)


def _smaller(of: Headings, other: NDArray[np.float64]) -> Column:
    return other < of.sizes * (1 - SIZE_STEP)


def _same(of: Headings, other: NDArray[np.float64]) -> Column:
    return np.abs(other - of.sizes) <= SIZE_STEP * of.sizes


_OWN: dict[str, Callable[[Headings], Column]] = {
    "larger_sizes": lambda of: _larger(of, _distinct(of)[:, None]).sum(axis=0),
    "smaller_sizes": lambda of: _smaller(of, _distinct(of)[:, None]).sum(axis=0),
    "larger_share": _larger_share,
    "like_it": _like_it,
    "headings_per_page": lambda of: _all(of, len(of.ranks) / max(1, of.pages)),
    "depth": lambda of: np.array([1 + match[1].count(".") if match else 0 for match in of.numbers]),
    "numbered": lambda of: np.array([match is not None for match in of.numbers]),
    "capitals_of_all": lambda of: _all(of, float(of.rows[:, _PLACE["capitals"]].sum()) / len(of.ranks)),
    "before_larger": lambda of: _larger(of, _before(of)),
    "before_smaller": lambda of: _smaller(of, _before(of)),
    "before_same": lambda of: _same(of, _before(of)),
    "behind_larger": lambda of: _larger(of, _behind(of)),
    "behind_smaller": lambda of: _smaller(of, _behind(of)),
    "behind_same": lambda of: _same(of, _behind(of)),
    "first_on_page": _first_on_page,
    "directly_below": lambda of: np.diff(of.ranks, prepend=-2) == 1,
    "directly_above": lambda of: np.diff(of.ranks, append=of.ranks[-1]) == 1,
    "pages": lambda of: _all(of, of.pages),
    "tag_rank": lambda of: _rank_of(of, "tag_level"),
    "bookmark_rank": lambda of: _rank_of(of, "bookmark"),
    "size": lambda of: of.sizes,
    "style_first": _style_first,
}

FEATURES = (*_OF_BLOCK, *(f"heading_{name}" for name in _OWN))
"""The names of the columns."""
