"""Layer → the pages on which lines still run across two columns of text, after `layout/columns.py` cut what it could.

There a part of the lines of two columns came out as one line each, so that sentences are mixed. Such lines have a wide
gap where the right column begins, and other lines begin there too.
"""

from collections.abc import Sequence
from itertools import groupby

from extract.layout.layers import Layer, Line

_SAME_EDGE = 4.0  # points by which the left edges of lines in one column differ
_FEWEST = 4  # lines that run across, and lines that begin where they go on; fewer are chance in justified text
_PROSE = 14  # letters on either side of the gap; cells of a table have fewer


def crossed_pages(layer: Layer) -> tuple[int, ...]:
    """The pages on which lines run across columns."""
    if not layer.page_sizes:
        return ()
    pages = groupby(layer.lines, key=lambda line: line.page)
    return tuple(sorted(page for page, lines in pages if page and _is_crossed(list(lines), layer.text)))


def _is_crossed(lines: Sequence[Line], text: str) -> bool:
    edges = sorted(gap for line in lines for gap in _prose_gaps(line, text))
    lefts = [line.box.left for line in lines if line.box]
    for edge in dict.fromkeys(edges):
        crossing = sum(0 <= each - edge < _SAME_EDGE for each in edges)
        if crossing >= _FEWEST and sum(abs(left - edge) < _SAME_EDGE for left in lefts) >= _FEWEST:
            return True
    return False


def _prose_gaps(line: Line, text: str) -> list[float]:
    """The right edges of the gaps in a line that have prose on either side."""
    return [
        gap.right
        for gap in line.gaps
        if min(_letters(text[line.start : line.start + gap.offset]), _letters(text[line.start + gap.offset : line.end]))
        >= _PROSE
    ]


def _letters(text: str) -> int:
    return sum(map(str.isalpha, text))
