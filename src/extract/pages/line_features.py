"""Layer → a row of numbers per line: what a reader of the page goes by when telling what a line is.

Where it stands and how it is set (`line_places`), its words (`line_words`), what the rest of the file says of it
(`line_file`); and what stands between it and the lines before and behind it in the running text (`line_neighbours`).
"""

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from extract.layout.contents import find_contents
from extract.layout.layers import Layer
from extract.layout.measures import measure
from extract.pages import line_file, line_neighbours, line_places, line_words
from extract.pages.line_neighbours import NONE, Joints, Pairs
from extract.pages.rows import Column, Rows, as_rows, columns_of

_OWN = (*line_places.FEATURES, *line_words.FEATURES, *line_file.FEATURES)
_OF_NEIGHBOUR = (
    "indent", "room", "size", "bold", "characters", "lower", "bulleted", "numbered", "final", "stopped", "colon",
    "semicolon", "comma", "hyphenated", "open", "capitals", "ends_in_number", "body_colour", "bullet",
)  # fmt: skip

FEATURES = (
    *_OWN,
    *(f"before_{name}" for name in (*line_neighbours.FEATURES, *_OF_NEIGHBOUR)),
    *(f"behind_{name}" for name in (*line_neighbours.FEATURES, *_OF_NEIGHBOUR)),
    *(f"second_{name}" for name in _OF_NEIGHBOUR),
)
"""The names of the columns."""


def describe_lines(layer: Layer, furniture: set[int]) -> Rows:
    """One row per line of a layer with places, in its order, with the columns `FEATURES`; `furniture` has ranks."""
    if not layer.lines:
        return np.zeros((0, len(FEATURES)), dtype=np.float32)
    measures = measure(layer, furniture, find_contents(layer, furniture))
    places = line_places.find_places(layer, measures.body)
    written = line_words.read_texts(measures.texts)
    in_file = line_file.look_around(layer, measures, places.page, written.pages)
    own = {
        **columns_of(line_places.FEATURES, places),
        **columns_of(line_words.FEATURES, written),
        **columns_of(line_file.FEATURES, in_file),
    }
    joints = line_neighbours.find_joints(measures, places)
    before, behind = line_neighbours.find_neighbours(~in_file.furniture)
    second = np.where(before == NONE, NONE, before[before])
    columns = [
        *own.values(),
        *_between(joints, before, is_before=True), *_of_neighbour(own, before),
        *_between(joints, behind, is_before=False), *_of_neighbour(own, behind),
        *_of_neighbour(own, second),
    ]  # fmt: skip
    return as_rows(columns)


def _between(joints: Joints, other: NDArray[np.int64], *, is_before: bool) -> list[Column]:
    """What stands between lines and their neighbours."""
    ranks = np.arange(len(other))
    pairs = Pairs(joints, other, ranks) if is_before else Pairs(joints, ranks, other)
    return [np.where(other == NONE, np.nan, column) for column in columns_of(line_neighbours.FEATURES, pairs).values()]


def _of_neighbour(own: Mapping[str, Column], other: NDArray[np.int64]) -> list[Column]:
    """What the neighbours of lines are themselves."""
    return [np.where(other == NONE, np.nan, own[name][other]) for name in _OF_NEIGHBOUR]
