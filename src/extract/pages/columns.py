"""Layer → Layer: lines that run across two columns of text are cut in two, and the columns read one after the other.

Where columns stand close, PDFium takes what stands beside each other for one line. The gaps of such lines stand below
each other, with prose on either side of them; in a table the parts are short.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import accumulate, groupby
from statistics import median

from extract.layout.layers import Gap, Layer, Line

SAME_EDGE = 4.0
"""Points by which the left edges of lines in one column differ."""

PROSE = 14
"""Letters on either side of a gap between columns (where some are cut: at the median); cells of a table have fewer."""

_FEWEST = 4  # lines with a gap in one place
_MOST_LINES = 1_000  # of a page; one with more is no page for reading, and each gap is held against all lines
_SHARE = 0.75  # of the lines that stand on both sides; in justified text some gaps stand below each other by chance


def cut_columns(layer: Layer) -> Layer:
    """The layer with the lines cut that run across columns; those of the left column come before those of the right."""
    lines: list[Line] = []
    for _, on_page in groupby(layer.lines, key=lambda line: line.page):
        lines += _cut(list(on_page), layer.text)
    return replace(layer, lines=tuple(lines))


def _cut(lines: list[Line], text: str) -> list[Line]:
    """The lines of a page, cut at the first gutter that they run across."""
    gutter = _gutter(lines, text) if len(lines) <= _MOST_LINES else None
    if gutter is None:
        return lines
    ordered: list[Line] = []
    right: list[Line] = []  # what waits until the left column has ended
    for line in lines:
        gap = _gap_at(line.gaps, gutter)
        if gap:
            one, two = _halves(line, gap)
            ordered.append(one)
            right.append(two)
        elif right and line.box and line.box.left >= gutter - SAME_EDGE:
            right.append(line)
        elif right and line.box and line.box.right < gutter:
            ordered.append(line)
        else:  # it stands over both columns, and ends them
            ordered += right
            right = []
            ordered.append(line)
    return ordered + right


@dataclass(frozen=True, slots=True)
class Crossing:
    """A gap of a line, with the letters on either side of it."""

    rank: int  # of the line on its page
    line: Line
    gap: Gap
    before: int
    behind: int


def _gutter(lines: Sequence[Line], text: str) -> float | None:
    """Where the right column begins, in points, on a page whose lines run across two."""
    gaps = [each for rank, line in enumerate(lines) for each in crossings_of(rank, line, text)]
    gaps.sort(key=lambda each: each.gap.right)  # stays in the order of a line where edges are the same
    edges = [each.gap.right for each in gaps]
    for edge in dict.fromkeys(edges):
        near = gaps[bisect_left(edges, edge) : bisect_right(edges, edge + SAME_EDGE)]
        if len(near) < _FEWEST:
            continue
        crossing = _one_per_line(each for each in near if each.gap.right - edge < SAME_EDGE)
        if len(crossing) < _FEWEST:
            continue
        before, behind = median(each.before for each in crossing), median(each.behind for each in crossing)
        if min(before, behind) >= PROSE and len(crossing) >= _SHARE * _spanning(lines, edge, crossing):
            return edge
    return None


def crossings_of(rank: int, line: Line, text: str) -> Iterable[Crossing]:
    """The wide gaps of a line, each with the letters on either side."""
    if not line.gaps:
        return
    letters = [0, *accumulate(map(str.isalpha, text[line.start : line.end]))]
    for gap in line.gaps:
        yield Crossing(rank, line, gap, letters[gap.offset], letters[-1] - letters[gap.offset])


def _one_per_line(gaps: Iterable[Crossing]) -> list[Crossing]:
    """The first gap of each line."""
    found: dict[int, Crossing] = {}
    for each in gaps:
        if each.rank not in found or each.gap.offset < found[each.rank].gap.offset:
            found[each.rank] = each
    return list(found.values())


def _spanning(lines: Sequence[Line], edge: float, crossing: Sequence[Crossing]) -> int:
    """How many lines between the first and the last of those with a gap stand on both sides of it."""
    heights = [box.y for each in crossing if (box := each.line.box)]
    low, high = min(heights), max(heights)
    boxes = [line.box for line in lines if line.box and low <= line.box.y <= high]
    return sum(box.left < edge - SAME_EDGE and box.right > edge + SAME_EDGE for box in boxes)


def _gap_at(gaps: Iterable[Gap], edge: float) -> Gap | None:
    return next((gap for gap in gaps if 0 <= gap.right - edge < SAME_EDGE), None)


def _halves(line: Line, gap: Gap) -> tuple[Line, Line]:
    """The two lines that a line is cut into at a gap; its white space stays with the first."""
    assert line.box
    place = line.start + gap.offset
    left = replace(
        line, end=place, box=replace(line.box, right=gap.left), last=line.first,
        gaps=tuple(each for each in line.gaps if each.offset < gap.offset),
    )  # fmt: skip
    right = replace(
        line, start=place, box=replace(line.box, left=gap.right), first=line.last, bullet=False,
        gaps=tuple(replace(each, offset=each.offset - gap.offset) for each in line.gaps if each.offset > gap.offset),
    )  # fmt: skip
    return left, right
