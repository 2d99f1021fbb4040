"""Layer → Measures: what is measured of the lines of a layer once, before anyone asks what they are.

Two things tell most. Geometry, where the file has it: a gap, an indent, another type. And the word that would still
have fitted: a line is broken to a width, so where the first word of the next line had room on this one, somebody
ended the paragraph. That holds for PDFs in points and for plain text in characters.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise

from extract.layout.contents import find_contents
from extract.layout.furniture import find_furniture
from extract.layout.layers import Layer, Line, Style
from extract.layout.text_measures import counted_lines, has_sentence_capitals, is_wrapped, widths
from extract.layout.type_measures import (
    are_alike,
    body_style,
    differ_in_size,
    heading_sizes_of,
    leading,
    right_margins,
)

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
    heading_sizes: tuple[float, ...]  # points, from the largest to that of the running text
    counted: frozenset[int]  # lines that begin with a number without a point, and are counted by it


def measure(layer: Layer) -> Measures:
    """Measure the lines of a layer."""
    lines = layer.lines
    texts = tuple(layer.text[line.start : line.end] for line in lines)
    newlines = tuple(layer.text.count("\n", one.end, two.start) for one, two in pairwise(lines))
    furniture = find_furniture(layer)
    contents = find_contents(layer, furniture)
    flow = tuple(rank for rank in range(len(lines)) if rank not in furniture and rank not in contents)
    typeset = any(line.box for line in lines)
    margins = right_margins(lines, flow) if typeset else widths(texts, flow)
    sentence_capitals = has_sentence_capitals(texts, flow)
    body = body_style(lines, texts, flow)
    return Measures(
        lines=lines,
        texts=texts,
        newlines=newlines,
        furniture=frozenset(furniture),
        contents=frozenset(contents),
        flow=flow,
        next_in_flow=dict(pairwise(flow)),
        typeset=typeset,
        wrapped=typeset or is_wrapped(texts, newlines, flow, margins, sentence_capitals=sentence_capitals),
        sentence_capitals=sentence_capitals,
        margins=margins,
        leading=leading(lines, flow),
        body=body,
        heading_sizes=heading_sizes_of(lines, body),
        counted=frozenset() if typeset else frozenset(counted_lines(texts, flow)),
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
    if differ_in_size(one.last, two.first):
        return True
    # Bold words within a line are no new block: both lines must be set in one type from end to end.
    whole = are_alike(one.first, one.last) and are_alike(two.first, two.last)
    return whole and not are_alike(one.last, two.first)
