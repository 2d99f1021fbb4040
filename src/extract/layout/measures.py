"""Layer → Measures: what is measured of the lines of a layer once, before anyone asks what they are.

Two things tell most. Geometry, where the file has it: a gap, an indent, another type. And the word that would still
have fitted: a line is broken to a width, so where the first word of the next line had room on this one, somebody
ended the paragraph. That holds for PDFs in points and for plain text in characters.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from extract.layout.layers import Layer, Line, Style
from extract.layout.lines import is_final, is_stopped, starts_lower

SIZE_STEP = 0.06
"""Share by which sizes of type differ that are not the same to the eye."""

_SLACK = 0.12  # of the width: the least that a line without a full stop leaves free if it ends its block


@dataclass(frozen=True, slots=True, kw_only=True)
class Measures:
    """The lines of a layer by rank, and what is measured of them."""

    lines: tuple[Line, ...]
    texts: tuple[str, ...]  # of the lines
    newlines: tuple[int, ...]  # between each line and the next
    furniture: frozenset[int]
    contents: frozenset[int]
    flow: tuple[int, ...]  # the other lines, in order
    next_in_flow: Mapping[int, int]
    typeset: bool  # whether lines have places and styles, as in a PDF; plain text has neither
    wrapped: bool  # whether lines were broken to a width; else a line is a paragraph
    sentence_capitals: bool  # whether sentences start with capitals, so that a small letter tells that one goes on
    margins: Mapping[int, float]  # how far each line of the flow could go: in points, or in characters
    leading: Mapping[int, float]  # points between base lines, by type size in whole points
    body: Style  # in which most of the text is set
    counted: frozenset[int]  # lines that begin with a number without a point, and are counted by it


def measure(layer: Layer, furniture: set[int], contents: set[int]) -> Measures:
    """Measure the lines of a layer, of which some, by rank, are furniture or a table of contents."""
    lines = layer.lines
    texts = tuple(layer.text[line.start : line.end] for line in lines)
    newlines = tuple(layer.text.count("\n", one.end, two.start) for one, two in pairwise(lines))
    flow = tuple(rank for rank in range(len(lines)) if rank not in furniture and rank not in contents)
    typeset = any(line.box for line in lines)
    margins = _right_margins(lines, flow) if typeset else _widths(texts, flow)
    sentence_capitals = _has_sentence_capitals(texts, flow)
    body = _body_style(lines, texts, flow)
    return Measures(
        lines=lines,
        texts=texts,
        newlines=newlines,
        furniture=frozenset(furniture),
        contents=frozenset(contents),
        flow=flow,
        next_in_flow=dict(pairwise(flow)),
        typeset=typeset,
        wrapped=typeset or _is_wrapped(texts, newlines, flow, margins, sentence_capitals=sentence_capitals),
        sentence_capitals=sentence_capitals,
        margins=margins,
        leading=_leading(lines, flow),
        body=body,
        counted=frozenset() if typeset else frozenset(_counted_lines(texts, flow)),
    )


# What is asked of two lines


def is_short(measures: Measures, before: int, rank: int) -> bool:
    """Whether the first word of a line would have fitted on the line before it."""
    return _room_is_left(measures, before, rank, words=1, slack=0.0)


def is_clearly_short(measures: Measures, before: int, rank: int, *, words: int = 1) -> bool:
    """Whether so many words of a line would have fitted on the line before it, and more than a word is free there."""
    return _room_is_left(measures, before, rank, words=words, slack=_SLACK)


def _room_is_left(measures: Measures, before: int, rank: int, *, words: int, slack: float) -> bool:
    text, box, margin = measures.texts[before], measures.lines[before].box, measures.margins[before]
    needed = len(" ".join(measures.texts[rank].split()[:words])) + 1  # with the space before it
    if box is None:
        return margin - len(text) > max(needed, slack * margin)
    character = (box.right - box.left) / max(1, len(text))
    room = margin - 0.5 * character - box.right  # half a character: punctuation may hang in the margin
    return room > max(needed * character, slack * (margin - box.left))


def is_set_otherwise(measures: Measures, before: int, rank: int) -> bool:
    """Whether a line is set in another type than the line before it."""
    one, two = measures.lines[before], measures.lines[rank]
    if not (one.first and one.last and two.first and two.last):
        return False
    if _differ_in_size(one.last, two.first):
        return True
    # Bold words within a line are no new block: both lines must be set in one type from end to end.
    whole = _are_alike(one.first, one.last) and _are_alike(two.first, two.last)
    return whole and not _are_alike(one.last, two.first)


# Plain text: how wide it is set, whether lines were broken to that, how sentences begin

_WINDOW = 12  # lines on either side that tell how wide a text is set just here
_WIDE = 0.85  # quantile of their widths that counts as the width
_NARROWEST = 25  # characters; lines that are all shorter were not broken to a width
_WIDEST = 0.9  # quantile of widths that is compared with it; the last tenth may be of another kind
_BROKEN = 0.7  # of the width: a line at least this wide may have been broken
_BROKEN_SHARE = 0.4  # of the lines that another follows at once, when lines are broken to a width
_BROKEN_SHARE_UNSURE = 0.5  # the same, where sentences do not start with capitals
_SMALL_STARTS = 0.25  # of the lines behind a full stop that may start with a small letter
_ITEM_LINES = 25  # that an item with a number may have
_PLAIN_NUMBER = re.compile(r"(\d{1,2})\s+[A-ZÀ-Þ]")


def could_be_broken(text: str) -> bool:
    """Whether a line is so long that somebody may have broken it to a width."""
    return len(text) > _NARROWEST


def _widths(texts: Sequence[str], flow: Sequence[int]) -> dict[int, float]:
    """For each line the width to which the text around it was broken, in characters."""
    margins: dict[int, float] = {}
    lengths = [len(texts[rank]) for rank in flow]
    for place, rank in enumerate(flow):
        around = sorted(lengths[max(0, place - _WINDOW) : place + _WINDOW + 1])
        margins[rank] = float(around[min(len(around) - 1, int(_WIDE * len(around)))])
    return margins


def _is_wrapped(
    texts: Sequence[str],
    newlines: Sequence[int],
    flow: Sequence[int],
    margins: Mapping[int, float],
    *,
    sentence_capitals: bool,
) -> bool:
    """Whether lines of plain text were broken to a width: most that another follows at once end no sentence."""
    followed = [one for one, two in pairwise(flow) if two - one == 1 and newlines[one] == 1]
    if not followed:
        return False
    widths = sorted(len(texts[rank]) for rank in followed)
    broken = sum(len(texts[rank]) >= _BROKEN * margins[rank] and not is_stopped(texts[rank]) for rank in followed)
    share = _BROKEN_SHARE if sentence_capitals else _BROKEN_SHARE_UNSURE
    return widths[int(_WIDEST * len(widths))] > _NARROWEST and broken > share * len(followed)


def _has_sentence_capitals(texts: Sequence[str], flow: Iterable[int]) -> bool:
    """Whether a text writes capitals where sentences start."""
    starts = [
        starts_lower(texts[two]) for one, two in pairwise(flow) if is_final(texts[one]) or texts[one].endswith(")")
    ]
    return sum(starts) <= _SMALL_STARTS * len(starts)


def _counted_lines(texts: Sequence[str], flow: Iterable[int]) -> set[int]:
    """Lines that begin with a number without a point, where the number before or behind it is near."""
    numbers = [(rank, int(match[1])) for rank in flow if (match := _PLAIN_NUMBER.match(texts[rank]))]
    counted: set[int] = set()
    for (rank, number), (later, following) in pairwise(numbers):
        if following == number + 1 and later - rank <= _ITEM_LINES:
            counted |= {rank, later}
    return counted


# Typeset pages: margins, distances, sizes, the style of running text

_MOST_LINES = 2_000  # of one page in one type size; a broadsheet has a few hundred
_SAME_COLUMN = 40  # points between the left edges of lines in one column
_LEADING = (0.8, 3.0)  # of the type size; base lines closer or further apart do not follow each other
_USUAL = 0.5  # of the count of the most frequent distance; the least such distance parts no paragraphs


def _right_margins(lines: Sequence[Line], flow: Iterable[int]) -> dict[int, float]:
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
        lefts, rights = np.array([box.left for box in boxes]), np.array([box.right for box in boxes])
        overlap = (lefts < rights[:, None]) & (rights > lefts[:, None])
        column = overlap & (np.abs(lefts - lefts[:, None]) < _SAME_COLUMN)
        np.fill_diagonal(column, val=True)  # a box may have no width
        margins |= zip(ranks, np.where(column, rights, -np.inf).max(axis=1).tolist(), strict=True)
    return margins


def _leading(lines: Sequence[Line], flow: Iterable[int]) -> dict[int, float]:
    """The usual distance between base lines, by type size."""
    falls: dict[int, Counter[float]] = defaultdict(Counter)
    least, most = _LEADING
    for rank, following in pairwise(flow):
        one, two = lines[rank], lines[following]
        if not (one.box and two.box and one.page == two.page and one.last and two.first):
            continue
        fall, size = one.box.y - two.box.y, two.first.size
        if not _differ_in_size(one.last, two.first) and least * size < fall < most * size:
            falls[round(size)][round(fall, 0)] += 1
    return {
        size: min(fall for fall, count in counts.items() if count >= _USUAL * max(counts.values()))
        for size, counts in falls.items()
    }


def _body_style(lines: Sequence[Line], texts: Sequence[str], flow: Iterable[int]) -> Style:
    """The style in which most of the text is set."""
    letters: Counter[Style] = Counter()
    for rank in flow:
        style = lines[rank].last
        if style:
            letters[style] += len(texts[rank])
    return letters.most_common(1)[0][0] if letters else Style(0.0)


def _differ_in_size(one: Style, two: Style) -> bool:
    """Whether two sizes of type are not the same to the eye."""
    return abs(one.size - two.size) > SIZE_STEP * max(one.size, two.size)


def _are_alike(one: Style, two: Style) -> bool:
    """Whether two styles are of one family and weight."""
    return one.bold == two.bold and _family(one.font) == _family(two.font)


def _family(font: str) -> str:
    return re.split(r"[-,]", font)[0]  # "Calibri-Light", "Arial,Bold"
