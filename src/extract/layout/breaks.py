"""Measures → groups: at which lines a block begins. What the file says counts first, then marks, then the setting."""

from collections.abc import Sequence

from extract.layout.lines import (
    DASHES,
    QUOTE_LEAD,
    ends_open,
    is_bulleted,
    is_capitals,
    is_final,
    is_hyphenated,
    is_lone_mark,
    is_marked_heading,
    is_numbered,
    is_stopped,
    starts_lower,
)
from extract.layout.measures import Measures, could_be_broken, is_clearly_short, is_short
from extract.layout.titles import is_title_before, looks_like_title

_CAPITAL_LETTERS = 9  # at least, of a line in capitals that is no abbreviation


def group_lines(measures: Measures) -> list[list[int]]:
    """The lines of the running text, by rank, in groups that are blocks."""
    groups: list[list[int]] = []
    for rank in measures.flow:
        if groups and not _begins(measures, groups[-1], rank):
            groups[-1].append(rank)
        else:
            groups.append([rank])
    return groups


def _begins(measures: Measures, group: Sequence[int], rank: int) -> bool:
    """Whether a block begins at a line, when the lines before it make `group`."""
    before, line = group[-1], measures.lines[rank]
    last, text = measures.texts[before], measures.texts[rank]
    if line.opens is not None:
        return line.opens
    if not measures.wrapped:
        return not _runs_on(measures, before, rank)
    if len(group) == 1 and is_lone_mark(last):
        return False  # a number on a line of its own belongs to what it numbers
    if is_marked_heading(text) or is_marked_heading(last):
        return True
    if is_hyphenated(last) and starts_lower(text):
        return False
    if _is_item(measures, before, rank):
        return True
    if QUOTE_LEAD.match(text) and is_stopped(last) and is_short(measures, before, rank):
        return True
    return _begins_in_text(measures, before, rank)


def _runs_on(measures: Measures, before: int, rank: int) -> bool:
    """Whether a line, in a text with a line per paragraph, was broken all the same."""
    last, text = measures.texts[before], measures.texts[rank]
    if rank - before > 1 or measures.newlines[before] > 1 or is_bulleted(text) or is_numbered(text):
        return False
    if is_hyphenated(last) and starts_lower(text):
        return True
    if not measures.sentence_capitals:
        return False
    return ends_open(last) or (starts_lower(text) and could_be_broken(last) and not is_stopped(last))


def _is_item(measures: Measures, before: int, rank: int) -> bool:
    """Whether a line begins an item of a list, and not by chance with a dash or a number."""
    last, text = measures.texts[before], measures.texts[rank]
    if is_bulleted(text):
        is_dash = text[0] in DASHES
        return not is_dash or is_stopped(last) or is_short(measures, before, rank) or is_bulleted(last)
    if rank in measures.counted:
        return True
    return is_numbered(text) and (is_stopped(last) or is_short(measures, before, rank) or last.endswith(","))


def _begins_in_text(measures: Measures, before: int, rank: int) -> bool:
    """Whether a block begins at a line of plain text."""
    last, text = measures.texts[before], measures.texts[rank]
    is_ended = is_final(last)
    if rank - before == 1 and measures.newlines[before] > 1:  # a blank line, which sentences go on over
        return is_ended or not starts_lower(text) or is_clearly_short(measures, before, rank, words=3)
    if is_title_before(measures, before, rank) or _is_other_case(last, text):
        return True
    is_room_left = is_short(measures, before, rank)
    following = measures.next_in_flow.get(rank)
    heads = following is None or is_title_before(measures, rank, following)
    if heads and looks_like_title(text) and (is_ended or is_room_left):
        return True
    return is_room_left and _is_end(measures, before, rank)


def _is_other_case(one: str, two: str) -> bool:
    """Whether one of two lines is set in capitals, and both are long enough for that to be no abbreviation."""
    if is_capitals(one) == is_capitals(two):
        return False
    return all(sum(map(str.isalpha, text)) >= _CAPITAL_LETTERS for text in (one, two))


def _is_end(measures: Measures, before: int, rank: int) -> bool:
    """Whether a line that stops short of the margin ends its block."""
    last = measures.texts[before]
    if is_stopped(last):
        return True
    if last.endswith(",") or ends_open(last) or starts_lower(measures.texts[rank]):
        return False
    return is_clearly_short(measures, before, rank, words=2)
