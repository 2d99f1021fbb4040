"""Measures and groups → what each block is, and the level of a heading."""

import re
from collections.abc import Sequence
from itertools import groupby

from extract.layout.layers import Role
from extract.layout.lines import (
    is_bulleted,
    is_capitals,
    is_markdown_heading,
    is_marked_heading,
    is_numbered,
    is_stopped,
    starts_lower,
)
from extract.layout.measures import Measures, is_clearly_short
from extract.layout.titles import (
    TITLE_CHARACTERS,
    has_section_number,
    is_paused,
    looks_like_title,
    names_chapter,
)

_ROMAN = re.compile(r"[IVXL]{1,6}[.)]?\s+\S")


def name_groups(measures: Measures, groups: Sequence[Sequence[int]]) -> list[Role]:
    """What each group of lines is."""
    around = zip([None, *groups], groups, [*groups[1:], None], strict=False)  # the first is one longer
    kinds = [_kind(measures, group, before, following) for before, group, following in around]
    starts = [measures.texts[group[0]] for group in groups]
    ends = [measures.texts[group[-1]] for group in groups]
    return _with_unmarked_items(_without_runs_of_titles(kinds, starts), starts, ends)


def heading_level(measures: Measures, group: Sequence[int]) -> int:
    """The level of a heading, 1 for the highest: as marked, else by its size, its number or its capitals."""
    line, text = measures.lines[group[0]], measures.texts[group[0]]
    if line.level:
        return line.level
    marks = re.match(r"#+", text)
    if marks:
        return len(marks.group())
    if names_chapter(text) or is_capitals(text) or _ROMAN.match(text):
        return 1
    number = re.match(r"(?:[A-Z]\.?)?(\d{1,2}(?:\.\d{1,2})*)", text)
    return 2 + number[1].count(".") if number else 3


def _kind(
    measures: Measures, group: Sequence[int], before: Sequence[int] | None, following: Sequence[int] | None
) -> Role:
    """What a group is, between the groups before it and behind it."""
    first = measures.lines[group[0]]
    text = " ".join(measures.texts[rank] for rank in group)
    if first.role:
        return first.role
    if is_marked_heading(text) or _reads_as_heading(measures, group, text, before, following):
        return "heading"
    is_item = group[0] in measures.counted or is_bulleted(text) or is_numbered(text)
    return "list-item" if is_item else "body"


# In plain text

_TITLE_LINES = 2
_RUN = 3  # titles in a row, from which on they are a list


def _reads_as_heading(
    measures: Measures,
    group: Sequence[int],
    text: str,
    before: Sequence[int] | None,
    following: Sequence[int] | None,
) -> bool:
    """Whether the words of a group, and of what stands around it, make it a heading."""
    opening = measures.texts[group[0]]
    if len(group) > _TITLE_LINES or len(text) > TITLE_CHARACTERS or not looks_like_title(opening):
        return False
    names_itself = is_capitals(text) or names_chapter(text)
    if is_paused(text) and not names_itself:
        return False
    names_itself = names_itself or bool(_ROMAN.match(text))
    if before is not None and not names_itself:
        last = before[-1]
        if not is_stopped(measures.texts[last]) and not is_clearly_short(measures, last, group[0], words=2):
            return False
    if following is None:
        return names_itself
    after = measures.texts[following[0]]
    if starts_lower(after) and not is_bulleted(after):
        return False
    return measures.wrapped or names_itself or has_section_number(text)


def _without_runs_of_titles(kinds: Sequence[Role], texts: Sequence[str]) -> list[Role]:
    """Three or more titles in a row are a list without marks, unless capitals or a number make them headings."""
    settled: list[Role] = []
    for kind, run in groupby(zip(kinds, texts, strict=True), key=lambda each: each[0]):
        titles = [text for _, text in run]
        if kind == "heading" and len(titles) >= _RUN:
            settled += [_kind_in_run(text) for text in titles]
        else:
            settled += [kind] * len(titles)
    return settled


def _kind_in_run(text: str) -> Role:
    if is_capitals(text) or names_chapter(text) or is_markdown_heading(text):
        return "heading"
    return "list-item" if is_numbered(text) else "body"


def _with_unmarked_items(kinds: Sequence[Role], starts: Sequence[str], ends: Sequence[str]) -> list[Role]:
    """Items of a list without marks: what ends in a semicolon, and what comes behind it; what a colon announces."""
    settled = list(kinds)
    for index, kind in enumerate(kinds):
        if kind != "body":
            continue
        before = ends[index - 1] if index else ""
        is_after_item = index > 0 and settled[index - 1] == "list-item" and before.endswith(";")
        is_announced = before.endswith(":") and starts_lower(starts[index]) and ends[index].endswith((";", ","))
        if ends[index].endswith(";") or is_after_item or is_announced:
            settled[index] = "list-item"
    return settled
