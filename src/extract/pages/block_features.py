"""Blocks of lines → a row of numbers per block: what a reader goes by when telling a heading, an item, a paragraph.

The row of its first line (`line_features`), what its lines are together, and what stands around it: a list is told by its
other items, a heading by the type that headings have in this file.
"""

import math
import re
from collections import defaultdict
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from extract.layout.layers import Layer, Line
from extract.layout.lines import is_bulleted, is_final, is_numbered
from extract.pages.line_features import FEATURES as LINE_FEATURES

_AROUND = 6  # blocks on either side
_NUMBER = re.compile(r"\W{0,2}([A-Z]?\d{1,3}(?:[.,]\d{1,2})*|[a-z]|[IVXL]{1,5})(?=[.):,\s]|[A-Z])")
_TEXT = re.compile(r"[.;:,!?]")
_OWN = (
    "lines", "characters", "words", "sentences", "final", "semicolon", "colon", "comma", "last_room", "hanging", "numbered_any",
    "capitals_first", "verb_end",
)  # fmt: skip
_STYLE = ("style_lines", "style_share", "style_final", "style_length", "style_blocks")
_AROUND_FEATURES = (
    "bulleted_around", "numbered_around", "follows_number", "leads_number", "length_around", "single_around", "same_left_around",
    "semicolons_around", "gap_before", "gap_behind",
)  # fmt: skip
_OF_NEIGHBOUR = ("lines", "characters", "final", "semicolon", "colon", "comma", "numbered_any")
_LINE_OF_NEIGHBOUR = ("indent", "size", "bold", "bulleted", "numbered", "lower", "capitals", "body_font", "body_colour", "bullet")

FEATURES = (
    *LINE_FEATURES,
    *(f"block_{name}" for name in (*_OWN, *_STYLE, *_AROUND_FEATURES)),
    *(f"block_{which}_{name}" for which in ("before", "behind") for name in (*_OF_NEIGHBOUR, *_LINE_OF_NEIGHBOUR, "same_style")),
)
"""The names of the columns."""


def describe_blocks(
    layer: Layer, rows: NDArray[np.float32], blocks: Sequence[Sequence[int]]
) -> NDArray[np.float32]:
    """One row per block of running text, in reading order, with the columns `FEATURES`; `rows` are those of the lines."""
    if not blocks:
        return np.zeros((0, len(FEATURES)), dtype=np.float32)
    column = {name: place for place, name in enumerate(LINE_FEATURES)}
    texts = [" ".join(layer.text[layer.lines[rank].start : layer.lines[rank].end] for rank in block) for block in blocks]
    own = [_own(layer, rows, block, text, column) for block, text in zip(blocks, texts, strict=True)]
    styles = [_style(layer.lines[block[0]]) for block in blocks]
    in_style = _by_style(layer, blocks, styles, own)
    numbers = [_number(text) for text in texts]
    found = []
    for place, block in enumerate(blocks):
        around = [each for each in range(max(0, place - _AROUND), min(len(blocks), place + _AROUND + 1)) if each != place]
        values = [own[place][name] for name in _OWN]
        values += in_style[styles[place]]
        values += _around(layer, rows, blocks, texts, own, numbers, place, around, column)
        for other in (place - 1, place + 1):
            if 0 <= other < len(blocks):
                values += [own[other][name] for name in _OF_NEIGHBOUR]
                values += [float(rows[blocks[other][0], column[name]]) for name in _LINE_OF_NEIGHBOUR]
                values.append(float(styles[other] == styles[place]))
            else:
                values += [math.nan] * (len(_OF_NEIGHBOUR) + len(_LINE_OF_NEIGHBOUR) + 1)
        found.append(values)
    first = rows[[block[0] for block in blocks]]
    return np.hstack([first, np.array(found, dtype=np.float32)])


def _own(
    layer: Layer, rows: NDArray[np.float32], block: Sequence[int], text: str, column: dict[str, int]
) -> dict[str, float]:
    words = text.split()
    indents = rows[list(block), column["indent"]]
    return {
        "lines": float(min(len(block), 30)),
        "characters": float(min(len(text), 2_000)),
        "words": float(min(len(words), 400)),
        "sentences": float(min(20, len(re.findall(r"[.!?](?:\s|$)", text)))),
        "final": float(is_final(text)),
        "semicolon": float(text.endswith(";")),
        "colon": float(text.endswith(":")),
        "comma": float(text.endswith(",")),
        "last_room": float(rows[block[-1], column["room"]]),
        "hanging": float(indents[1:].mean() - indents[0]) if len(block) > 1 else math.nan,
        "numbered_any": float(_number(text) is not None),
        "capitals_first": sum(word[:1].isupper() for word in words[:6]) / max(1, len(words[:6])),
        "verb_end": float(bool(words) and words[-1].strip(".;,").endswith("en")),
    }


def _style(line: Line) -> tuple[int, bool, str, int]:
    style = line.first
    return (round(2 * style.size), style.bold, style.font, style.colour) if style else (0, False, "", 0)


def _by_style(
    layer: Layer, blocks: Sequence[Sequence[int]], styles: Sequence[tuple[int, bool, str, int]], own: Sequence[dict[str, float]]
) -> dict[tuple[int, bool, str, int], list[float]]:
    members: dict[tuple[int, bool, str, int], list[int]] = defaultdict(list)
    for place, style in enumerate(styles):
        members[style].append(place)
    total = sum(len(block) for block in blocks)
    found = {}
    for style, places in members.items():
        lines = sum(len(blocks[place]) for place in places)
        found[style] = [
            lines / len(places),
            lines / total,
            sum(own[place]["final"] for place in places) / len(places),
            sum(own[place]["characters"] for place in places) / len(places),
            math.log2(len(places)),
        ]
    return found


def _number(text: str) -> tuple[str, int] | None:
    """The number or letter that a text begins with: what comes before its last part, and that part."""
    match = _NUMBER.match(text)
    if not match:
        return None
    written = match[1].replace(",", ".")
    head, _, last = written.rpartition(".")
    digits = re.sub(r"\D", "", last)
    if digits:
        return head + re.sub(r"\d", "", last), int(digits)
    return head + ("a" if last.islower() else "I"), ord(last[0]) - 96 if last.islower() else _roman(last)


def _roman(written: str) -> int:
    values = {"I": 1, "V": 5, "X": 10, "L": 50}
    total = 0
    for one, two in zip(written, [*written[1:], "I"], strict=True):
        total += -values[one] if values[one] < values[two] else values[one]
    return total


def _around(
    layer: Layer,
    rows: NDArray[np.float32],
    blocks: Sequence[Sequence[int]],
    texts: Sequence[str],
    own: Sequence[dict[str, float]],
    numbers: Sequence[tuple[str, int] | None],
    place: int,
    around: Sequence[int],
    column: dict[str, int],
) -> list[float]:
    count = max(1, len(around))
    first = blocks[place][0]
    left = rows[first, column["indent"]]
    number = numbers[place]
    follows = leads = 0.0
    if number:
        for other in range(max(0, place - 12), place):
            follows = max(follows, float(numbers[other] == (number[0], number[1] - 1)))
        for other in range(place + 1, min(len(blocks), place + 13)):
            leads = max(leads, float(numbers[other] == (number[0], number[1] + 1)))
    before = rows[first, column["before_fall_lines"]]
    behind = rows[blocks[place][-1], column["behind_fall_lines"]]
    return [
        sum(is_bulleted(texts[each]) for each in around) / count,
        sum(is_numbered(texts[each]) for each in around) / count,
        follows,
        leads,
        sum(own[each]["characters"] for each in around) / count,
        sum(own[each]["lines"] == 1 for each in around) / count,
        sum(abs(rows[blocks[each][0], column["indent"]] - left) < 0.5 for each in around) / count,
        sum(own[each]["semicolon"] for each in around) / count,
        float(before),
        float(behind),
    ]
