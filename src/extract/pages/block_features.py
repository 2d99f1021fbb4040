"""Blocks of lines → a row of numbers per block: what a reader goes by when telling a heading, an item, a paragraph.

The row of its first line (`line_features`), what its lines are together, and what stands around it: a list is told by
its other items, a heading by the type that headings have in this file.
"""

import math
import re
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from extract.layout.layers import Layer, Line
from extract.layout.lines import is_bulleted, is_final, is_numbered
from extract.pages.line_features import FEATURES as LINE_FEATURES
from extract.pages.numbering import number_of
from extract.pages.rows import Column, Rows, as_rows, columns_of

_AROUND = 6  # blocks on either side
_COUNT_AROUND = 12  # blocks on either side, among which the number before and behind is looked for
_SAME_INDENT = 0.5  # type sizes by which blocks differ that begin below each other
_MOST_LINES, _MOST_CHARACTERS, _MOST_WORDS, _MOST_SENTENCES = 30, 2_000, 400, 20  # of a block; more are many
_FIRST_WORDS = 6  # of a block
_SENTENCE_END = re.compile(r"[.!?](?:\s|$)")
_PLACE = {name: place for place, name in enumerate(LINE_FEATURES)}

Style = tuple[int, bool, str, int]


@dataclass(frozen=True, slots=True)
class Blocks:
    """The blocks of a layer in reading order, and what is known of them and of their lines."""

    lines: Sequence[Sequence[int]]  # by rank
    rows: Rows  # of all lines
    first: NDArray[np.int64]  # line of each
    last: NDArray[np.int64]
    texts: Sequence[str]
    words: Sequence[Sequence[str]]
    numbers: Sequence[tuple[str, int] | None]  # that they begin with
    styles: Sequence[Style]
    members: Mapping[Style, Sequence[int]]  # the blocks in each style


def describe_blocks(layer: Layer, rows: Rows, blocks: Sequence[Sequence[int]]) -> Rows:
    """One row per block of running text, in order, with the columns `FEATURES`; `rows` are those of the lines."""
    if not blocks:
        return np.zeros((0, len(FEATURES)), dtype=np.float32)
    found = _read_blocks(layer, rows, blocks)
    own = columns_of(_OWN, found)
    style = columns_of(_STYLE, (found, own))
    around = columns_of(_AROUND_IT, (found, own))
    beside = [column for step in (-1, 1) for column in _of_neighbour(found, own, step)]
    return np.hstack([rows[found.first], as_rows([*own.values(), *style.values(), *around.values(), *beside])])


def _read_blocks(layer: Layer, rows: Rows, blocks: Sequence[Sequence[int]]) -> Blocks:
    texts = [
        " ".join([layer.text[layer.lines[rank].start : layer.lines[rank].end] for rank in block]) for block in blocks
    ]
    styles = [_style(layer.lines[block[0]]) for block in blocks]
    members: dict[Style, list[int]] = defaultdict(list)
    for place, style in enumerate(styles):
        members[style].append(place)
    return Blocks(
        lines=blocks,
        rows=rows,
        first=np.array([block[0] for block in blocks], dtype=np.int64),
        last=np.array([block[-1] for block in blocks], dtype=np.int64),
        texts=texts,
        words=[text.split() for text in texts],
        numbers=[number_of(text) for text in texts],
        styles=styles,
        members=members,
    )


def _style(line: Line) -> Style:
    style = line.first
    return (round(2 * style.size), style.bold, style.font, style.colour) if style else (0, False, "", 0)


# What the lines of a block are together


def _told(values: Sequence[object]) -> Column:
    return np.array([bool(each) for each in values], dtype=np.bool_)


def _counted(values: Sequence[int], most: int) -> Column:
    return np.minimum(most, np.array(values, dtype=np.int64))


def _hanging(of: Blocks) -> Column:
    """How much further its other lines are indented than its first; NaN of a single line."""
    indents = of.rows[:, _PLACE["indent"]]
    return np.array(
        [indents[list(block[1:])].mean() - indents[block[0]] if len(block) > 1 else math.nan for block in of.lines],
        dtype=np.float64,
    )


def _capitals_first(words: Sequence[str]) -> float:
    return sum([word[:1].isupper() for word in words[:_FIRST_WORDS]]) / max(1, len(words[:_FIRST_WORDS]))


_OWN: dict[str, Callable[[Blocks], Column]] = {
    "lines": lambda of: _counted([len(block) for block in of.lines], _MOST_LINES),
    "characters": lambda of: _counted([len(text) for text in of.texts], _MOST_CHARACTERS),
    "words": lambda of: _counted([len(words) for words in of.words], _MOST_WORDS),
    "sentences": lambda of: _counted([len(_SENTENCE_END.findall(text)) for text in of.texts], _MOST_SENTENCES),
    "final": lambda of: _told([is_final(text) for text in of.texts]),
    "semicolon": lambda of: _told([text.endswith(";") for text in of.texts]),
    "colon": lambda of: _told([text.endswith(":") for text in of.texts]),
    "comma": lambda of: _told([text.endswith(",") for text in of.texts]),
    "last_room": lambda of: of.rows[of.last, _PLACE["room"]],
    "hanging": _hanging,
    "numbered_any": lambda of: _told([number is not None for number in of.numbers]),
    "capitals_first": lambda of: np.array([_capitals_first(words) for words in of.words], dtype=np.float64),
    # Dutch puts the verb last in a clause that an introduction governs ("Wij willen: huren verlagen").
    "verb_end": lambda of: _told([words and words[-1].strip(".;,").endswith("en") for words in of.words]),
}

# How the blocks of its style are

Described = tuple[Blocks, Mapping[str, Column]]


def _by_style(of: Described, value: Callable[[Sequence[int]], float]) -> Column:
    """A value of all blocks that are set like a block."""
    blocks, _ = of
    values = {style: value(members) for style, members in blocks.members.items()}
    return np.array([values[style] for style in blocks.styles], dtype=np.float64)


def _mean(of: Described, name: str) -> Column:
    own = of[1][name]
    return _by_style(of, lambda members: float(own[members].sum()) / len(members))


def _lines(of: Described, members: Sequence[int]) -> int:
    return sum(len(of[0].lines[place]) for place in members)


_STYLE: dict[str, Callable[[Described], Column]] = {
    "style_lines": lambda of: _by_style(of, lambda members: _lines(of, members) / len(members)),
    "style_share": lambda of: _by_style(of, lambda members: _lines(of, members) / sum(map(len, of[0].lines))),
    "style_final": lambda of: _mean(of, "final"),
    "style_length": lambda of: _mean(of, "characters"),
    "style_blocks": lambda of: _by_style(of, lambda members: math.log2(len(members))),
}

# What stands around it


def _mean_around(values: Column) -> Column:
    """The mean of a count or a truth over the blocks on either side, without the block itself."""
    count = len(values)
    ends = np.minimum(count, np.arange(count) + _AROUND + 1)
    starts = np.maximum(0, np.arange(count) - _AROUND)
    total = np.concatenate([[0], np.cumsum(values, dtype=np.int64)])
    mean: Column = (total[ends] - total[starts] - values) / np.maximum(1, ends - starts - 1)
    return mean


def _same_left_around(of: Blocks) -> Column:
    """The share of the blocks around that begin below it."""
    left = of.rows[of.first, _PLACE["indent"]]
    count = len(left)
    same, around = np.zeros(count), np.zeros(count)
    for step in range(1, min(_AROUND, count - 1) + 1):
        alike = np.abs(left[step:] - left[:-step]) < _SAME_INDENT
        same[step:] += alike
        same[:-step] += alike
        around[step:] += 1
        around[:-step] += 1
    return same / np.maximum(1, around)


def _counts(of: Blocks, step: int) -> Column:
    """Whether the number of a block is one more than that of a block before it, or one less than that of one behind."""
    found = np.zeros(len(of.numbers), dtype=np.bool_)
    for place, number in enumerate(of.numbers):
        if number:
            near = (
                of.numbers[max(0, place - _COUNT_AROUND) : place]
                if step < 0
                else (of.numbers[place + 1 : place + 1 + _COUNT_AROUND])
            )
            found[place] = (number[0], number[1] + step) in near
    return found


_AROUND_IT: dict[str, Callable[[Described], Column]] = {
    "bulleted_around": lambda of: _mean_around(_told([is_bulleted(text) for text in of[0].texts])),
    "numbered_around": lambda of: _mean_around(_told([is_numbered(text) for text in of[0].texts])),
    "follows_number": lambda of: _counts(of[0], -1),
    "leads_number": lambda of: _counts(of[0], 1),
    "length_around": lambda of: _mean_around(of[1]["characters"]),
    "single_around": lambda of: _mean_around(of[1]["lines"] == 1),
    "same_left_around": lambda of: _same_left_around(of[0]),
    "semicolons_around": lambda of: _mean_around(of[1]["semicolon"]),
    "gap_before": lambda of: of[0].rows[of[0].first, _PLACE["before_fall_lines"]],
    "gap_behind": lambda of: of[0].rows[of[0].last, _PLACE["behind_fall_lines"]],
}

# What stands before and behind it

_OF_NEIGHBOUR = ("lines", "characters", "final", "semicolon", "colon", "comma", "numbered_any")
_LINE_OF_NEIGHBOUR = (
    "indent", "size", "bold", "bulleted", "numbered", "lower", "capitals", "body_font", "body_colour", "bullet"
)  # fmt: skip


def _of_neighbour(of: Blocks, own: Mapping[str, Column], step: int) -> list[Column]:
    """What the block before or behind it is, and whether it is set alike; NaN where there is none."""
    count = len(of.first)
    other = np.arange(count) + step
    exists = (other >= 0) & (other < count)
    other = np.where(exists, other, 0)
    columns = [own[name][other] for name in _OF_NEIGHBOUR]
    columns += [of.rows[of.first[other], _PLACE[name]] for name in _LINE_OF_NEIGHBOUR]
    columns.append(_told([of.styles[two] == style for two, style in zip(other.tolist(), of.styles, strict=True)]))
    return [np.where(exists, column, np.nan) for column in columns]


FEATURES = (
    *LINE_FEATURES,
    *(f"block_{name}" for name in (*_OWN, *_STYLE, *_AROUND_IT)),
    *(
        f"block_{which}_{name}"
        for which in ("before", "behind")
        for name in (*_OF_NEIGHBOUR, *_LINE_OF_NEIGHBOUR, "same_style")
    ),
)
"""The names of the columns."""
