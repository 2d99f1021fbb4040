"""In which order the lines of a page are read, where the file gives another.

PDFium gives lines in the order in which they were placed on the page, which is nearly always that of reading. Where it
is not, a line stands above one that came before it in the same column, or left of it: then the page is put in order
by its columns, after Breuel (2003), "High performance document layout analysis".
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import groupby

from extract.layout.furniture import find_furniture
from extract.layout.layers import Layer, Line

_STEP = 3.0  # type sizes from line to line, beyond which a new stretch of lines begins
_OVERLAP = 0.15  # share of the narrower of two stretches that must lie below or above the other
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
    if len(stretches) > _MOST_STRETCHES or not _is_out_of_order(stretches):
        return lines
    return apart + [line for stretch in _sorted(stretches) for line in stretch.lines]


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
    size = line.first.size if line.first else 10.0
    fall = above.box.y - line.box.y
    return -0.3 * size <= fall <= _STEP * size and line.box.left < above.box.right and above.box.left < line.box.right


def _stretch(lines: Sequence[Line]) -> _Stretch:
    boxes = [line.box for line in lines if line.box]
    size = lines[0].first.size if lines[0].first else 10.0
    return _Stretch(
        tuple(lines),
        min(box.left for box in boxes),
        max(box.right for box in boxes),
        max(box.y for box in boxes) + 0.7 * size,
        min(box.y for box in boxes),
    )


def _is_out_of_order(stretches: Sequence[_Stretch]) -> bool:
    return any(
        _is_above(later, earlier) or _is_beside(later, earlier)
        for place, earlier in enumerate(stretches)
        for later in stretches[place + 1 :]
    )


def _is_above(one: _Stretch, other: _Stretch) -> bool:
    """Whether one stretch stands above another, in the same column."""
    shared = min(one.right, other.right) - max(one.left, other.left)
    return shared > _OVERLAP * min(one.right - one.left, other.right - other.left) and one.bottom >= other.top


def _is_beside(one: _Stretch, other: _Stretch) -> bool:
    """Whether one stretch stands left of another, at the same height."""
    level = min(one.top, other.top) > max(one.bottom, other.bottom)
    return level and one.right <= other.left


def _comes_before(one: _Stretch, other: _Stretch, stretches: Sequence[_Stretch]) -> bool:
    if _is_above(one, other):
        return True
    if one.right > other.left or _is_above(other, one):
        return False
    # Left of it, unless something that stands over both columns parts them.
    return not any(
        each.left < one.right and each.right > other.left and (_parts(one, each, other) or _parts(other, each, one))
        for each in stretches
        if each is not one and each is not other
    )


def _parts(upper: _Stretch, middle: _Stretch, lower: _Stretch) -> bool:
    return upper.bottom >= middle.top and middle.bottom >= lower.top


def _sorted(stretches: Sequence[_Stretch]) -> list[_Stretch]:
    """Stretches so that each comes behind all that come before it; where that leaves a choice, as the file has it."""
    waiting = list(stretches)
    before = {
        id(one): [each for each in stretches if each is not one and _comes_before(each, one, stretches)]
        for one in stretches
    }
    done: set[int] = set()
    ordered: list[_Stretch] = []
    while waiting:
        ready = next((one for one in waiting if all(id(each) in done for each in before[id(one)])), waiting[0])
        waiting.remove(ready)
        done.add(id(ready))
        ordered.append(ready)
    return ordered
