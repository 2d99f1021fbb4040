"""In which order the lines of a page are read, where the file gives another.

PDFium gives lines in the order in which they were placed on the page, which is nearly always that of reading. Where it
is not, a line stands above one that came before it in the same column, or left of it: then the page is put in order
by its columns, after Breuel (2003), "High performance document layout analysis".
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import groupby

import numpy as np
from numpy.typing import NDArray

from extract.layout.furniture import find_furniture
from extract.layout.layers import Layer, Line

_STEP = 3.0  # type sizes from line to line, beyond which a new stretch of lines begins
_OVERLAP = 0.15  # share of the narrower of two stretches that must lie below or above the other
_SAME_BASE = 0.3  # type sizes by which the base lines of one line differ
_ABOVE_BASE = 0.7  # type sizes that letters reach above their base line
_USUAL_SIZE = 10.0  # points, of a line whose type is not known
_MOST_STRETCHES = 400  # on a page; more are a table or a drawing, whose order nobody knows


@dataclass(frozen=True, slots=True)
class _Stretch:
    """Lines that follow each other downwards in one column."""

    lines: tuple[Line, ...]
    left: float
    right: float
    top: float
    bottom: float


def in_reading_order(layer: Layer) -> tuple[Layer, set[int]]:
    """The layer with the lines of each page in reading order, and which of them, by rank, are furniture.

    Furniture comes first on a page that was put in order. What is furniture does not depend on the order.
    """
    furniture = find_furniture(layer)
    starts = {layer.lines[rank].start for rank in furniture}

    def is_apart(line: Line) -> bool:
        return line.start in starts

    lines: list[Line] = []
    for _, on_page in groupby(layer.lines, key=lambda line: line.page):
        lines += _ordered(list(on_page), is_apart)
    return replace(layer, lines=tuple(lines)), {rank for rank, line in enumerate(lines) if is_apart(line)}


def _ordered(lines: list[Line], is_apart: Callable[[Line], bool]) -> list[Line]:
    apart = [line for line in lines if line.box is None or is_apart(line)]
    stretches = _stretches([line for line in lines if line.box is not None and not is_apart(line)])
    if not 1 < len(stretches) <= _MOST_STRETCHES:
        return lines
    edges = np.array([(each.left, each.right, each.top, each.bottom) for each in stretches], dtype=np.float64)
    above = _above(edges)
    if not np.tril(above | _beside(edges), -1).any():  # no later one stands above an earlier one, or left of it
        return lines
    return apart + [line for place in _sorted(_before(edges, above)) for line in stretches[place].lines]


def _stretches(lines: Sequence[Line]) -> list[_Stretch]:
    groups: list[list[Line]] = []
    for line in lines:
        if groups and _follows(groups[-1][-1], line):
            groups[-1].append(line)
        else:
            groups.append([line])
    return [_stretch(group) for group in groups]


def _follows(above: Line, line: Line) -> bool:
    if not (above.box and line.box):
        return False
    size = line.first.size if line.first else _USUAL_SIZE
    fall = above.box.y - line.box.y
    return (
        -_SAME_BASE * size <= fall <= _STEP * size
        and line.box.left < above.box.right
        and above.box.left < line.box.right
    )


def _stretch(lines: Sequence[Line]) -> _Stretch:
    boxes = [line.box for line in lines if line.box]
    size = lines[0].first.size if lines[0].first else _USUAL_SIZE
    return _Stretch(
        tuple(lines),
        min(box.left for box in boxes),
        max(box.right for box in boxes),
        max(box.y for box in boxes) + _ABOVE_BASE * size,
        min(box.y for box in boxes),
    )


# Which of two stretches comes first. Edges are left, right, top and bottom of each; in a matrix of truths the row is
# the one, the column the other. Matrices, since each is held against each, and against all that may part them.

Truths = NDArray[np.bool_]


def _above(edges: NDArray[np.float64]) -> Truths:
    """Whether one stretch stands above the other, in the same column."""
    left, right, top, bottom = edges.T
    shared = np.minimum(right[:, None], right) - np.maximum(left[:, None], left)
    width = right - left
    same_column: Truths = shared > _OVERLAP * np.minimum(width[:, None], width)
    is_higher: Truths = bottom[:, None] >= top
    return same_column & is_higher


def _beside(edges: NDArray[np.float64]) -> Truths:
    """Whether one stretch stands left of the other, at the same height."""
    left, right, top, bottom = edges.T
    level: Truths = np.minimum(top[:, None], top) > np.maximum(bottom[:, None], bottom)
    is_left: Truths = right[:, None] <= left
    return level & is_left


def _before(edges: NDArray[np.float64], above: Truths) -> Truths:
    """Whether one stretch comes before the other: above it, or left of it with nothing over both that parts them."""
    left, right, _, _ = edges.T
    before: Truths = above | ((right[:, None] <= left) & ~above.T & ~_are_parted(edges))
    np.fill_diagonal(before, False)
    return before


def _are_parted(edges: NDArray[np.float64]) -> Truths:
    """Whether a third stretch that reaches over both columns stands between the two, whichever is the upper one."""
    left, right, top, bottom = edges.T
    reaches = right[:, None] > left  # the one is not all left of the third, nor the third of the other
    upper = bottom[:, None] >= top
    parted = np.zeros(upper.shape, dtype=np.bool_)
    for higher in (upper, upper.T):
        meet = (reaches & higher).astype(np.float32)
        np.fill_diagonal(meet, 0)  # a third is neither of the two
        parted |= meet @ meet > 0
    return parted


def _sorted(before: Truths) -> list[int]:
    """Stretches so that each comes behind all that come before it; where that leaves a choice, as the file has it."""
    count = len(before)
    missing = before.sum(axis=0)  # how many must still come before each
    waiting = np.ones(count, dtype=np.bool_)
    ordered: list[int] = []
    for _ in range(count):
        ready = waiting & (missing == 0)
        chosen = int((ready if ready.any() else waiting).argmax())
        waiting[chosen] = False
        missing -= before[chosen]
        ordered.append(chosen)
    return ordered
