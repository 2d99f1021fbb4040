"""Layer → Layer: lines that run across two columns of text are cut in two, and the columns read one after the other.

Where columns stand close, PDFium takes what stands beside each other for one line. The gaps of such lines stand below
each other, with prose on either side of them; in a table the parts are short.
"""

from collections.abc import Sequence
from dataclasses import replace
from itertools import groupby
from statistics import median

from extract.layout.layers import Gap, Layer, Line

_SAME_EDGE = 4.0  # points by which the left edges of lines in one column differ
_FEWEST = 4  # lines with a gap in one place
_SHARE = 0.75  # of the lines that stand on both sides; in justified text some gaps stand below each other by chance
_PROSE = 14  # letters on either side of the gap, at the median; cells of a table have fewer


def cut_columns(layer: Layer) -> Layer:
    """The layer with the lines cut that run across columns; those of the left column come before those of the right."""
    lines: list[Line] = []
    for _, on_page in groupby(layer.lines, key=lambda line: line.page):
        lines += _cut(list(on_page), layer.text)
    return replace(layer, lines=tuple(lines))


def _cut(lines: list[Line], text: str) -> list[Line]:
    """The lines of a page, cut at the first gutter that they run across."""
    gutter = _gutter(lines, text)
    if gutter is None:
        return lines
    ordered: list[Line] = []
    right: list[Line] = []  # what waits until the left column has ended
    for line in lines:
        gap = _gap_at(line, gutter)
        if gap:
            one, two = _halves(line, gap)
            ordered.append(one)
            right.append(two)
        elif right and line.box and line.box.left >= gutter - _SAME_EDGE:
            right.append(line)
        elif right and line.box and line.box.right < gutter:
            ordered.append(line)
        else:  # it stands over both columns, and ends them
            ordered += right
            right = []
            ordered.append(line)
    return ordered + right


def _gutter(lines: Sequence[Line], text: str) -> float | None:
    """Where the right column begins, in points, on a page whose lines run across two."""
    edges = sorted(gap.right for line in lines for gap in line.gaps)
    for edge in dict.fromkeys(edges):
        crossing = [(line, gap) for line in lines if (gap := _gap_at(line, edge))]
        if len(crossing) < _FEWEST:
            continue
        before = median(_letters(text[line.start : line.start + gap.offset]) for line, gap in crossing)
        behind = median(_letters(text[line.start + gap.offset : line.end]) for line, gap in crossing)
        if min(before, behind) >= _PROSE and len(crossing) >= _SHARE * _spanning(lines, edge, crossing):
            return edge
    return None


def _letters(text: str) -> int:
    return sum(map(str.isalpha, text))


def _spanning(lines: Sequence[Line], edge: float, crossing: Sequence[tuple[Line, Gap]]) -> int:
    """How many lines between the first and the last of those with a gap stand on both sides of it."""
    heights = [line.box.y for line, _ in crossing if line.box]
    boxes = [line.box for line in lines if line.box and min(heights) <= line.box.y <= max(heights)]
    return sum(box.left < edge - _SAME_EDGE and box.right > edge + _SAME_EDGE for box in boxes)


def _gap_at(line: Line, edge: float) -> Gap | None:
    return next((gap for gap in line.gaps if 0 <= gap.right - edge < _SAME_EDGE), None)


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
