"""Lines of a typeset page → what is measured of their type: margins, distances, sizes, the style of running text."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from itertools import pairwise

from extract.layout.layers import Line, Style

_SIZE_STEP = 0.06  # share by which sizes differ that are not the same
_MOST_LINES = 2_000  # of one page in one type size; a broadsheet has a few hundred
_SAME_COLUMN = 40  # points between the left edges of lines in one column
_LEADING = (0.8, 3.0)  # of the type size; base lines closer or further apart do not follow each other
_USUAL = 0.5  # of the count of the most frequent distance; the least such distance parts no paragraphs


def right_margins(lines: Sequence[Line], flow: Iterable[int]) -> dict[int, float]:
    """For each line the right margin of its column: how far lines go that stand above or below it in the same type."""
    columns: dict[tuple[int | None, int], list[int]] = defaultdict(list)
    margins: dict[int, float] = {}
    for rank in flow:
        margins[rank] = float("inf")
        style = lines[rank].first
        if lines[rank].box and style:
            columns[lines[rank].page, round(style.size)].append(rank)
    for ranks in columns.values():
        boxes = [box for rank in ranks if (box := lines[rank].box)]
        if len(boxes) > _MOST_LINES:  # no page for reading; looking at all pairs of its lines would take hours
            margins |= dict.fromkeys(ranks, max(box.right for box in boxes))
            continue
        for rank, box in zip(ranks, boxes, strict=True):
            rights = (
                other.right for other in boxes
                if other.left < box.right and other.right > box.left and abs(other.left - box.left) < _SAME_COLUMN
            )  # fmt: skip
            margins[rank] = max(rights, default=box.right)  # a box may have no width
    return margins


def leading(lines: Sequence[Line], flow: Iterable[int]) -> dict[int, float]:
    """The usual distance between base lines, by type size."""
    falls: dict[int, Counter[float]] = defaultdict(Counter)
    least, most = _LEADING
    for rank, following in pairwise(flow):
        one, two = lines[rank], lines[following]
        if not (one.box and two.box and one.page == two.page and one.last and two.first):
            continue
        fall, size = one.box.y - two.box.y, two.first.size
        if not differ_in_size(one.last, two.first) and least * size < fall < most * size:
            falls[round(size)][round(fall, 0)] += 1
    return {
        size: min(fall for fall, count in counts.items() if count >= _USUAL * max(counts.values()))
        for size, counts in falls.items()
    }


def body_style(lines: Sequence[Line], texts: Sequence[str], flow: Iterable[int]) -> Style:
    """The style in which most of the text is set."""
    letters: Counter[Style] = Counter()
    for rank in flow:
        style = lines[rank].last
        if style:
            letters[style] += len(texts[rank])
    return letters.most_common(1)[0][0] if letters else Style(0.0)


def heading_sizes_of(lines: Iterable[Line], body: Style) -> tuple[float, ...]:
    """Type sizes above that of the running text, and that itself, rounded to what the eye tells apart."""
    sizes: list[float] = []
    for size in sorted({line.first.size for line in lines if line.first}, reverse=True):
        if size < body.size * (1 - _SIZE_STEP):
            break
        if not sizes or size < sizes[-1] * (1 - _SIZE_STEP):
            sizes.append(size)
    return tuple(sizes)


def differ_in_size(one: Style, two: Style) -> bool:
    """Whether two sizes of type are not the same to the eye."""
    return abs(one.size - two.size) > _SIZE_STEP * max(one.size, two.size)


def are_alike(one: Style, two: Style) -> bool:
    """Whether two styles are of one family and weight."""
    return one.bold == two.bold and _family(one.font) == _family(two.font)


def _family(font: str) -> str:
    return re.split(r"[-,]", font)[0]  # "Calibri-Light", "Arial,Bold"
