"""Lines of pages → columns: where a line stands on its page and in its column, and in what type it is set."""

import math
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from extract.layout.furniture import TILTED
from extract.layout.layers import Layer, Line, Style
from extract.pages.rows import Column, once_each

_FAR = 60.0  # type sizes; what is further away is far
_FAR_RANK = 9  # lines from the top or the bottom of a page; what is further away is in its middle
_LARGEST = 5.0  # times the type of the running text; larger is large
_USUAL_SIZE = 10.0  # points, of a line whose type is not known
_ITALIC = re.compile(r"ital|obli", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Places:
    """Lines, and where they stand in points: of a line without a place all is NaN."""

    lines: Sequence[Line]
    left: NDArray[np.float64]
    right: NDArray[np.float64]
    base: NDArray[np.float64]  # height of the base line
    angle: NDArray[np.float64]
    size: NDArray[np.float64]  # of the type, 1 or more
    page: NDArray[np.int64]  # from 1
    indent: NDArray[np.float64]  # type sizes from the left edge of the column
    room: NDArray[np.float64]  # type sizes to the right edge of the column
    rank: NDArray[np.int64]  # on the page, from the top
    on_page: NDArray[np.int64]  # lines on the page
    page_width: NDArray[np.float64]
    page_height: NDArray[np.float64]
    page_share: NDArray[np.float64]  # of the file that lies before the page and on it
    scanned: NDArray[np.bool_]
    setting: NDArray[np.float64]  # size, bold, body_font, body_colour, italic


def find_places(layer: Layer, body: Style) -> Places:
    """Where the lines of a layer stand; `body` is the style of its running text."""
    lines = layer.lines
    boxes = [(box.left, box.right, box.y, box.angle) if (box := line.box) else (math.nan,) * 4 for line in lines]
    left, right, base, angle = np.array(boxes, dtype=np.float64).reshape(len(lines), 4).T
    sizes = [line.first.size if line.first else _USUAL_SIZE for line in lines]
    size = np.maximum(1.0, np.array(sizes, dtype=np.float64))
    page = np.array([line.page or 1 for line in lines], dtype=np.int64)
    column_left, column_right = _columns(left, right, page)
    order = np.lexsort((-np.nan_to_num(base), page))
    on_page = np.bincount(page, minlength=1)
    rank = np.empty(len(lines), dtype=np.int64)
    rank[order] = np.arange(len(lines)) - (np.cumsum(on_page) - on_page)[page[order]]
    width, height = _of_page(layer.page_sizes, page, otherwise=(1.0, 1.0)).T
    return Places(
        lines=lines,
        left=left,
        right=right,
        base=base,
        angle=angle,
        size=size,
        page=page,
        indent=clipped((left - column_left) / size),
        room=clipped((column_right - right) / size),
        rank=rank,
        on_page=on_page[page],
        page_width=np.maximum(1.0, width),
        page_height=np.maximum(1.0, height),
        page_share=page / max(1, layer.pages or 1),
        scanned=_of_page([(float(each),) for each in layer.scanned], page, otherwise=(0.0,))[:, 0] > 0,
        setting=_setting(lines, body),
    )


def clipped(values: Column) -> Column:
    """Distances in type sizes, of which the far ones are all far."""
    return np.clip(values, -_FAR, _FAR)


def _of_page(
    known: Sequence[tuple[float, ...]], page: NDArray[np.int64], *, otherwise: tuple[float, ...]
) -> NDArray[np.float64]:
    """What is known of the page of each line."""
    return np.array([*known, otherwise], dtype=np.float64)[np.minimum(page - 1, len(known))]


StyleKey = tuple[float, bool, str, int] | tuple[()]


def key_of(style: Style | None) -> StyleKey:
    """What a style is, as a tuple, which is looked up ten times as fast; () without one."""
    return (style.size, style.bold, style.font, style.colour) if style else ()


def _setting(lines: Sequence[Line], body: Style) -> NDArray[np.float64]:
    """How each line is set, beside the running text."""

    def describe(styles: tuple[StyleKey, StyleKey]) -> tuple[float, ...]:
        first, last = (Style(*each) if each else body for each in styles)
        return (
            min(_LARGEST, min(first.size, last.size) / max(0.1, body.size)),
            float(first.bold) + float(last.bold) - 2 * float(body.bold),
            float(first.font == body.font) + float(last.font == body.font),
            float(first.colour == body.colour),
            float(bool(_ITALIC.search(first.font))) - float(bool(_ITALIC.search(body.font))),
        )

    return once_each(((key_of(line.first), key_of(line.last)) for line in lines), describe).reshape(len(lines), 5)


# The columns of a page

_MOST_LINES = 1_000  # of a page whose columns are looked for
_WIDE = 0.95  # quantile of right edges that is the column's; a few lines stick out
_SAME_LEFT = 2.0  # points by which left edges of aligned lines may differ
_OVERLAP = 0.5  # of the narrower of two lines that stand in one column
_SPANNING = 1.6  # times the middle width of the lines around; wider ones run across columns
_SPANNING_POINTS = 1.0


def _columns(
    left: NDArray[np.float64], right: NDArray[np.float64], page: NDArray[np.int64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """For each line the left and right edge of the column it stands in, by the lines that overlap it."""
    column_left, column_right = left.copy(), right.copy()
    placed = np.flatnonzero(~np.isnan(left))
    placed = placed[np.argsort(page[placed], kind="stable")]
    for ranks in np.split(placed, np.flatnonzero(np.diff(page[placed])) + 1):
        if 0 < len(ranks) <= _MOST_LINES:
            column_left[ranks], column_right[ranks] = _columns_of_page(left[ranks], right[ranks])
    return column_left, column_right


def _columns_of_page(
    lefts: NDArray[np.float64], rights: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    edges = np.round(lefts / _SAME_LEFT)
    # Lines that begin and end alike have one column: that of the first of them.
    sides = np.column_stack([edges, np.round(rights / _SAME_LEFT)])
    _, chosen, which = np.unique(sides, axis=0, return_index=True, return_inverse=True)
    near = _near(lefts, rights, chosen)
    known, codes = np.unique(edges, return_inverse=True)
    rows, columns = np.nonzero(near)
    often = np.bincount(rows * len(known) + codes[columns], minlength=len(chosen) * len(known))
    left = known[often.reshape(len(chosen), len(known)).argmax(axis=1)] * _SAME_LEFT
    count = near.sum(axis=1)
    (right,) = _at_ranks(rights, near, np.minimum(count - 1, (_WIDE * count).astype(np.int64)))
    which = which.reshape(-1)
    return left[which], right[which]


def _near(lefts: NDArray[np.float64], rights: NDArray[np.float64], chosen: NDArray[np.int64]) -> NDArray[np.bool_]:
    """For each chosen line which lines stand in one column with it."""
    widths = np.maximum(1.0, rights - lefts)
    shared = np.minimum(rights, rights[chosen, None]) - np.maximum(lefts, lefts[chosen, None])
    near = shared > _OVERLAP * np.minimum(widths, widths[chosen, None])
    near[np.arange(len(chosen)), chosen] = True
    count = near.sum(axis=1)
    one, two = _at_ranks(widths, near, (count - 1) // 2, count // 2)
    narrow = near & (widths < (_SPANNING * ((one + two) / 2) + _SPANNING_POINTS)[:, None])
    found: NDArray[np.bool_] = np.where(np.any(narrow, axis=1)[:, np.newaxis], narrow, near)
    return found


def _at_ranks(
    values: NDArray[np.float64], chosen: NDArray[np.bool_], *ranks: NDArray[np.int64]
) -> list[NDArray[np.float64]]:
    """In each row of `chosen`, of the values chosen, those at ranks from the smallest, 0."""
    order = np.argsort(values, kind="stable")
    passed = np.cumsum(chosen[:, order], axis=1, dtype=np.int16)  # a page has `_MOST_LINES` at most
    return [values[order][(passed > rank[:, None].astype(np.int16)).argmax(axis=1)] for rank in ranks]


FEATURES: dict[str, Callable[[Places], Column]] = {
    "left": lambda at: at.left / at.page_width,
    "right": lambda at: at.right / at.page_width,
    "height": lambda at: at.base / at.page_height,
    "width": lambda at: (at.right - at.left) / at.page_width,
    "tilted": lambda at: np.where(np.isnan(at.angle), np.nan, (at.angle > TILTED) & (at.angle < math.tau - TILTED)),
    "indent": lambda at: at.indent,
    "room": lambda at: at.room,
    "rank_from_top": lambda at: np.minimum(at.rank, _FAR_RANK),
    "rank_from_bottom": lambda at: np.minimum(at.on_page - 1 - at.rank, _FAR_RANK),
    "lines_on_page": lambda at: at.on_page,
    "gaps": lambda at: np.array([len(line.gaps) for line in at.lines], dtype=np.int64),
    "page_share": lambda at: at.page_share,
    "is_first_page": lambda at: at.page == 1,
    "scanned": lambda at: at.scanned,
    "hidden": lambda at: np.array([line.hidden for line in at.lines], dtype=np.bool_),
    "bullet": lambda at: np.array([line.bullet for line in at.lines], dtype=np.bool_),
    "size": lambda at: at.setting[:, 0],
    "bold": lambda at: at.setting[:, 1],
    "body_font": lambda at: at.setting[:, 2],
    "body_colour": lambda at: at.setting[:, 3],
    "italic": lambda at: at.setting[:, 4],
}
"""By name, in the order of the columns, what is asked of the places of lines."""
