"""Two lines that follow each other in the running text → columns: what stands between them."""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from extract.layout.layers import Style
from extract.layout.measures import SIZE_STEP, Measures
from extract.pages.line_places import Places, StyleKey, clipped, key_of
from extract.pages.rows import Column, once_each

NONE = -1
"""The rank of a neighbour where a line has none."""

_LARGEST = 5.0  # times the type of the line before
_USUAL_LEADING = 1.25  # of the type size: the distance of lines where none was measured
_SAME_BASE = 0.3  # of the type size, by which the base lines of one line differ


@dataclass(frozen=True, slots=True)
class Joints:
    """Lines by rank, and what is known of them where they meet others."""

    places: Places
    starts: NDArray[np.float64]  # size, bold, font and colour of the first letter; NaN if not known, fonts as numbers
    stops: NDArray[np.float64]  # the same of the last letter
    tags: NDArray[np.float64]  # as numbers, NaN without one
    tag_blocks: NDArray[np.int64]
    letters: NDArray[np.int64]
    first_words: NDArray[np.int64]  # characters of the first word, and the space before it
    leading: NDArray[np.float64]  # points between base lines that are usual for the type


@dataclass(frozen=True, slots=True)
class Pairs:
    """Pairs of lines that follow each other in the running text, by their ranks."""

    joints: Joints
    one: NDArray[np.int64]
    two: NDArray[np.int64]

    @property
    def same_page(self) -> NDArray[np.bool_]:
        """Whether both stand on one page."""
        page = self.joints.places.page
        same: NDArray[np.bool_] = page[self.one] == page[self.two]
        return same

    @property
    def size(self) -> NDArray[np.float64]:
        """The type size of the second, in which distances are given."""
        return self.joints.places.size[self.two]

    @property
    def fall(self) -> NDArray[np.float64]:
        """Points from base line to base line; NaN over pages."""
        base = self.joints.places.base
        return np.where(self.same_page, base[self.one] - base[self.two], np.nan)


def find_joints(measures: Measures, places: Places) -> Joints:
    """What is known of the lines of a layer where they meet."""
    lines = measures.lines
    fonts: dict[str, int] = {}
    tags: dict[tuple[str, int], int] = {}
    words = (text.split(None, 1)[:1] for text in measures.texts)
    tag_ranks = [tags.setdefault((tag.name, tag.block), len(tags)) if (tag := line.tag) else math.nan for line in lines]
    return Joints(
        places=places,
        starts=_styles([line.first for line in lines], fonts),
        stops=_styles([line.last for line in lines], fonts),
        tags=np.array(tag_ranks, dtype=np.float64),
        tag_blocks=np.array([line.tag.block if line.tag else 0 for line in lines], dtype=np.int64),
        letters=np.array([line.end - line.start for line in lines], dtype=np.int64),
        first_words=np.array([len(word[0]) + 1 if word else 1 for word in words], dtype=np.int64),
        leading=_leading(places.size, measures.leading),
    )


def _styles(styles: Sequence[Style | None], fonts: dict[str, int]) -> NDArray[np.float64]:
    def describe(style: StyleKey) -> tuple[float, ...]:
        if not style:
            return (math.nan,) * 4
        size, bold, font, colour = style
        return size, bold, fonts.setdefault(font, len(fonts)), colour

    return once_each(map(key_of, styles), describe).reshape(len(styles), 4)


def _leading(sizes: NDArray[np.float64], measured: Mapping[int, float]) -> NDArray[np.float64]:
    def describe(size: float) -> tuple[float]:
        return (max(1.0, measured.get(round(size), _USUAL_LEADING * size)),)

    return once_each(sizes.tolist(), describe).reshape(-1)


def find_neighbours(in_flow: NDArray[np.bool_]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """For each line the line of the running text before it, and behind it; `NONE` at the ends."""
    ranks = np.arange(len(in_flow))
    before = np.full(len(in_flow), NONE, dtype=np.int64)
    behind = before.copy()
    before[1:] = np.maximum.accumulate(np.where(in_flow, ranks, NONE))[:-1]
    following = np.minimum.accumulate(np.where(in_flow, ranks, len(in_flow))[::-1])[::-1]
    behind[:-1] = np.where(following < len(in_flow), following, NONE)[1:]
    return before, behind


def _is_same(of: Pairs, which: int) -> Column:
    """Whether the first begins in the style in which the other ends; NaN if one is not known."""
    stop, start = of.joints.stops[of.one, which], of.joints.starts[of.two, which]
    return np.where(np.isnan(stop) | np.isnan(start), np.nan, stop == start)


def _same_size(of: Pairs) -> Column:
    stop, start = of.joints.stops[of.one, 0], of.joints.starts[of.two, 0]
    return np.where(np.isnan(stop + start), np.nan, np.abs(stop - start) <= SIZE_STEP * np.maximum(stop, start))


def _size_ratio(of: Pairs) -> Column:
    ratio: Column = of.joints.starts[of.two, 0] / np.maximum(0.1, of.joints.stops[of.one, 0])
    return np.minimum(_LARGEST, ratio)


def _same_tag(of: Pairs) -> Column:
    one, two = of.joints.tags[of.one], of.joints.tags[of.two]
    return np.where(np.isnan(one + two), np.nan, (one == two) & of.same_page & (of.joints.tag_blocks[of.one] > 0))


def _shift(of: Pairs) -> Column:
    """How far the second begins to the right of the first: on its page, or over pages in its column."""
    at = of.joints.places
    on_page = clipped((at.left[of.two] - at.left[of.one]) / of.size)
    return np.where(of.same_page, on_page, clipped(at.indent[of.two] - at.indent[of.one]))


def _fits(of: Pairs) -> Column:
    """How much more room the first leaves than the first word of the second would have needed."""
    at, joints = of.joints.places, of.joints
    character = (at.right[of.one] - at.left[of.one]) / np.maximum(1, joints.letters[of.one])
    room = at.room[of.one] * at.size[of.one]
    fits = clipped((room - joints.first_words[of.two] * character) / of.size)
    return np.where(np.isnan(at.left[of.two]), np.nan, fits)


FEATURES: dict[str, Callable[[Pairs], Column]] = {
    "same_page": lambda of: of.same_page,
    "fall": lambda of: clipped(of.fall / of.size),
    "fall_lines": lambda of: clipped(of.fall / of.joints.leading[of.two]),
    "shift": _shift,
    "same_size": _same_size,
    "size_ratio": _size_ratio,
    "same_font": lambda of: _is_same(of, 2),
    "same_bold": lambda of: _is_same(of, 1),
    "same_colour": lambda of: _is_same(of, 3),
    "same_tag": _same_tag,
    "same_base": lambda of: np.where(np.isnan(of.fall), np.nan, np.abs(of.fall) < _SAME_BASE * of.size),
    "fits": _fits,
    "adjacent": lambda of: of.two - of.one == 1,
}
"""By name, in the order of the columns, what is asked of two lines."""
