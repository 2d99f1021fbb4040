"""Layer of pages → blocks: at which lines one begins and what it is, as learnt from pages that readers marked.

The way that GROBID (Lopez, 2009) labels the lines of papers: first what stands apart from the running text, then where
its blocks begin, then what each block is, each step by what the step before it found.
"""

from collections import Counter, defaultdict
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from extract.layout.joins import join_chapter_numbers, join_halves
from extract.layout.layers import Layer, LineBlock
from extract.layout.measures import SIZE_STEP, measure
from extract.pages.block_features import describe_blocks
from extract.pages.heading_features import describe_headings
from extract.pages.line_features import describe_lines
from extract.pages.page_models import PageModels, load_page_models
from extract.pages.tables import find_tables

TEXT = "text"
"""What the classifier of lines calls the running text."""

Doubts = tuple[tuple[int, int, float], ...]
"""For each page its number, its lines, and how many of them the classifiers expect to be told wrong."""

_RARELY_CONTENTS = 0.25  # probability from which on a line beside an entry of a table of contents is one, too
_LOWEST_LEVEL = 4


def find_page_blocks(
    layer: Layer, furniture: set[int], models: PageModels | None = None
) -> tuple[list[LineBlock], Doubts]:
    """The blocks of a layer in reading order, and where that is in doubt; every line is in exactly one.

    `furniture` has the ranks of lines that come back. A block that interrupts a paragraph (furniture, a pull quote)
    comes after it. Without `models`, those that ship with the package tell what lines are.
    """
    if not layer.lines:
        return [], ()
    models = models or load_page_models()
    rows = describe_lines(layer, furniture)
    of_text, of_begins = models.apart.predict_proba(rows), models.begins.predict_proba(rows)
    apart = tell_apart(layer, of_text, models)
    begins = where_blocks_begin(layer, of_begins, models)
    groups = group_lines([rank for rank, label in enumerate(apart) if label == TEXT], begins)
    blocks = [LineBlock((rank,), label) for rank, label in enumerate(apart) if label != TEXT]
    blocks += _named(layer, rows, groups, models)
    blocks.sort(key=lambda block: block.lines[0])
    furniture = {rank for rank, label in enumerate(apart) if label == "furniture"}
    listed = {rank for rank, label in enumerate(apart) if label in ("contents", "other")}
    measures = measure(layer, furniture, listed)
    return join_halves(measures, join_chapter_numbers(measures, blocks)), _doubts(layer, of_text, of_begins)


def tell_apart(layer: Layer, likely: NDArray[np.float64], models: PageModels) -> list[Any]:
    """What each line is: running text, furniture, contents, or other (tables). What is not seen is furniture."""
    labels = models.apart.classes_[np.argmax(likely, axis=1)].tolist()
    _spread_contents(layer, labels, likely[:, list(models.apart.classes_).index("contents")])
    labels = ["furniture" if line.hidden else label for line, label in zip(layer.lines, labels, strict=True)]
    for rank in find_tables(layer, [rank for rank, label in enumerate(labels) if label == TEXT]):
        labels[rank] = "other"
    return labels


def _spread_contents(layer: Layer, labels: list[Any], likely: NDArray[np.float64]) -> None:
    """Put to a table of contents the lines before and behind its entries that may well be some."""
    for ranks in (range(1, len(labels)), range(len(labels) - 2, -1, -1)):
        step = ranks.step
        for rank in ranks:
            beside = rank - step
            if (
                labels[rank] == TEXT
                and labels[beside] == "contents"
                and likely[rank] >= _RARELY_CONTENTS
                and layer.lines[rank].page == layer.lines[beside].page
            ):
                labels[rank] = "contents"


def where_blocks_begin(layer: Layer, likely: NDArray[np.float64], models: PageModels) -> list[bool]:
    """Whether a block begins at each line. A drawn bullet says so by itself."""
    begins = models.begins.classes_[np.argmax(likely, axis=1)].tolist()
    return [line.bullet or bool(begun) for line, begun in zip(layer.lines, begins, strict=True)]


def group_lines(flow: Sequence[int], begins: Sequence[bool]) -> list[list[int]]:
    """The lines of the running text, by rank, in groups that are blocks; `begins` has all lines."""
    groups: list[list[int]] = []
    for rank in flow:
        if groups and not begins[rank]:
            groups[-1].append(rank)
        else:
            groups.append([rank])
    return groups


def likeliest(classifier: Any, rows: NDArray[np.float32]) -> list[Any]:
    """The likeliest class of each row."""
    found: list[Any] = classifier.classes_[np.argmax(classifier.predict_proba(rows), axis=1)].tolist()
    return found


def _named(
    layer: Layer, rows: NDArray[np.float32], groups: Sequence[Sequence[int]], models: PageModels
) -> list[LineBlock]:
    """The groups as blocks: what each is, and the level of a heading."""
    if not groups:
        return []
    features = describe_blocks(layer, rows, groups)
    kinds = likeliest(models.kinds, features)
    headings = [place for place, kind in enumerate(kinds) if kind == "heading"]
    levels: dict[int, int] = {}
    if headings:
        described = describe_headings(layer, groups, features, headings)
        found = list(map(int, likeliest(models.levels, described)))
        levels = dict(zip(headings, _nested(layer, [groups[place][0] for place in headings], found), strict=True))
    return [
        LineBlock(tuple(group), kind, levels.get(place))
        for place, (group, kind) in enumerate(zip(groups, kinds, strict=True))
    ]


def _nested(layer: Layer, ranks: Sequence[int], levels: Sequence[int]) -> list[int]:
    """The levels of headings, at these lines, where one in smaller type is below the larger one before it."""
    nested: list[int] = []
    for place, level in enumerate(levels):
        one, two = (layer.lines[ranks[at]].first if at >= 0 else None for at in (place - 1, place))
        is_smaller = one is not None and two is not None and two.size < one.size * (1 - SIZE_STEP)
        nested.append(min(_LOWEST_LEVEL, max(level, nested[-1] + 1)) if is_smaller and nested else level)
    return nested


def _doubts(layer: Layer, of_text: NDArray[np.float64], of_begins: NDArray[np.float64]) -> Doubts:
    """How many lines of each page are expected to be told wrong: from the running text, or from the block before."""
    lines: Counter[int] = Counter()
    wrong: defaultdict[int, float] = defaultdict(float)
    for line, one, other in zip(layer.lines, 1 - of_text.max(axis=1), 1 - of_begins.max(axis=1), strict=True):
        page = line.page or 1
        lines[page] += 1
        wrong[page] += float(1 - (1 - one) * (1 - other))
    return tuple((page, lines[page], round(wrong[page], 3)) for page in sorted(lines))
