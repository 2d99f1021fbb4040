"""Headings and ends of sentences that coders of the Manifesto Project left in their exports, beside ours."""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from benchmarks.outside.coded import HEADING, Coded, Stretch, Unit

Part = tuple[str, float, float]
"""A manifesto, a part of something in it, and the whole: `scores.share_of` sums them."""

_MARKED = re.compile(r"[.?!][\"'”’)\]]*(?=\s|$)")


@dataclass(frozen=True, slots=True)
class Headings:
    """Headings of a manifesto: letters that both, coders and we call so, and each; and how many of theirs we have."""

    both: int
    theirs: int
    ours: int
    found: int
    number: int


def headings(each: Coded) -> Headings | None:
    """How our headings stand beside those of an export, in the letters that it has; None where it has no heading."""
    if not any(unit.said == HEADING for unit in each.units):
        return None
    theirs = _letters(unit for unit in each.units if unit.said == HEADING)
    within = _letters(each.units)
    ours = _letters(passage for passage in each.passages if passage.said == "heading") & within
    marked = [unit for unit in each.units if unit.said == HEADING]
    found = sum(2 * len(ours & set(range(unit.start, unit.stop))) >= unit.stop - unit.start for unit in marked)
    return Headings(len(theirs & ours), len(theirs), len(ours), found, len(marked))


def _letters(stretches: Iterator[Stretch] | Sequence[Stretch]) -> set[int]:
    return {letter for each in stretches for letter in range(each.start, each.stop)}


def borders_of(each: Coded) -> list[int]:
    """Where a sentence or a passage of ours begins or ends, in letters, sorted."""
    return sorted({place for one in (*each.sentences, *each.passages) for place in (one.start, one.stop)})


def borders_by_marks(each: Coded) -> list[int]:
    """Where a rule would part a text that knows only marks: behind each of . ? ! before white space."""
    return sorted({bisect_left(each.offsets, found.end()) for found in _MARKED.finditer(each.text)})


def ends_found(each: Coded, borders: Sequence[int], *, ended: bool) -> Part:
    """How many ends of coded units are a border, of those that end in a terminal mark or of the others."""
    some = [unit for unit in _coded(each) if unit.ended == ended]
    known = set(borders)
    return each.name, sum(unit.stop in known for unit in some), len(some)


def whole(each: Coded, borders: Sequence[int]) -> Part:
    """How many coded units have no border inside."""
    some = _coded(each)
    return (
        each.name,
        sum(bisect_right(borders, unit.start) == bisect_left(borders, unit.stop) for unit in some),
        len(some),
    )


def _coded(each: Coded) -> list[Unit]:
    return [unit for unit in each.units if unit.said != HEADING]


def lower_behind(each: Coded, borders: Sequence[int]) -> Part:
    """How many ends with a mark that are no border have a lower-case letter behind them: such a text lost capitals."""
    known = set(borders)
    missed = [unit.stop for unit in _coded(each) if unit.ended and unit.stop not in known]
    behind = [each.text[each.offsets[stop]] for stop in missed if stop < len(each.offsets)]
    return each.name, sum(map(str.islower, behind)), len(missed)
