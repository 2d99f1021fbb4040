"""Layer of pages → blocks: at which lines one begins and what it is, as learnt from pages that readers marked.

The way that GROBID (Lopez, 2009) labels the lines of papers: first what stands apart from the running text, then where
its blocks begin, then what each block is, each step by what the step before it found.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from extract.layout.joins import join_chapter_numbers, join_halves
from extract.layout.layers import Layer, LineBlock
from extract.layout.measures import measure
from extract.pages.block_features import describe_blocks
from extract.pages.heading_features import describe_headings
from extract.pages.line_features import describe_lines
from extract.pages.page_models import PageModels, load_page_models

TEXT = "text"
"""What the classifier of lines calls the running text."""


def find_page_blocks(layer: Layer, furniture: set[int], models: PageModels | None = None) -> list[LineBlock]:
    """The blocks of a layer in reading order; every line is in exactly one. `furniture` has the ranks of lines.

    A block that interrupts a paragraph (furniture, a pull quote) comes after it. Without `models`, those that ship with
    the package tell what lines are.
    """
    if not layer.lines:
        return []
    models = models or load_page_models()
    rows = describe_lines(layer, furniture)
    apart = tell_apart(layer, rows, models)
    groups = group_lines([rank for rank, label in enumerate(apart) if label == TEXT], likeliest(models.begins, rows))
    blocks = [LineBlock((rank,), label) for rank, label in enumerate(apart) if label != TEXT]
    blocks += _named(layer, rows, groups, models)
    blocks.sort(key=lambda block: block.lines[0])
    measures = measure(layer, *({rank for rank, label in enumerate(apart) if label == kind} for kind in _APART))
    return join_halves(measures, join_chapter_numbers(measures, blocks))


_APART = ("furniture", "contents")


def tell_apart(layer: Layer, rows: NDArray[np.float32], models: PageModels) -> list[Any]:
    """What each line is: running text, furniture or contents. What is not seen of a page is furniture."""
    labels = likeliest(models.apart, rows)
    return ["furniture" if line.hidden else label for line, label in zip(layer.lines, labels, strict=True)]


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
        levels = dict(zip(headings, map(int, likeliest(models.levels, described)), strict=True))
    return [
        LineBlock(tuple(group), kind, levels.get(place))
        for place, (group, kind) in enumerate(zip(groups, kinds, strict=True))
    ]
