"""Layer → the pages on which lines still run across two columns of text, after `columns.py` cut what it could.

There a part of the lines of two columns came out as one line each, so that sentences are mixed. Such lines have a wide
gap where the right column begins, and other lines begin there too.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from itertools import groupby

from extract.layout.layers import Layer, Line
from extract.pages.columns import PROSE, SAME_EDGE, crossings_of

_FEWEST = 4  # lines that run across, and lines that begin where they go on; fewer are chance in justified text


def crossed_pages(layer: Layer) -> tuple[int, ...]:
    """The pages on which lines run across columns."""
    if not layer.page_sizes:
        return ()
    pages = groupby(layer.lines, key=lambda line: line.page)
    return tuple(sorted(page for page, lines in pages if page and _is_crossed(list(lines), layer.text)))


def _is_crossed(lines: Sequence[Line], text: str) -> bool:
    crossings = (each for rank, line in enumerate(lines) for each in crossings_of(rank, line, text))
    edges = sorted(each.gap.right for each in crossings if min(each.before, each.behind) >= PROSE)
    lefts = sorted(line.box.left for line in lines if line.box)
    return any(_run_across(edges, edge) >= _FEWEST and _begin(lefts, edge) >= _FEWEST for edge in dict.fromkeys(edges))


def _run_across(edges: Sequence[float], edge: float) -> int:
    """How many gaps end at an edge, or just behind it; sorted."""
    return bisect_left(edges, SAME_EDGE, key=lambda each: each - edge) - bisect_left(edges, edge)


def _begin(lefts: Sequence[float], edge: float) -> int:
    """How many lines begin near an edge; sorted."""
    near = bisect_left(lefts, SAME_EDGE, key=lambda left: left - edge)
    return near - bisect_right(lefts, -SAME_EDGE, key=lambda left: left - edge)
