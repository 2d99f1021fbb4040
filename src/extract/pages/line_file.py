"""Lines of a file → columns: what the rest of the file says of a line.

Whether it comes back on other pages, what the file's own tags and bookmarks call it, what the rules of `layout/` make
of it, and what its page is like.
"""

import math
import re
from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from extract.layout import furniture
from extract.layout.layers import Layer, Line
from extract.layout.lines import letters_alone
from extract.layout.measures import Measures
from extract.pages.rows import Column, once_each

_FEWEST_LETTERS = 6  # of a line that is known by coming back
_PAGES_ON = 40  # from one entry of a table of contents to the next, at most
_MOST_TAG_LINES = 30  # of a block; more are many
_HEADING = re.compile(r"H[1-6]")
# ISO 32000-1, 14.8.4: standard structure types, by what they are to a reader.
_TAG_KINDS = {
    "tag_text": ("P",),
    "tag_item": ("LI", "LBody", "L"),
    "tag_contents": ("TOCI", "TOC"),
    "tag_table": ("TD", "TH", "TR", "Table"),
    "tag_artifact": ("Artifact",),
    "tag_note": ("Note",),
    "tag_quote": ("BlockQuote", "Quote"),
    "tag_heading": ("H", "H1", "H2", "H3", "H4", "H5", "H6"),
}


@dataclass(frozen=True, slots=True)
class InFile:
    """Lines by rank, and what the rest of their file says of them."""

    page: NDArray[np.int64]  # from 1
    times: NDArray[np.int64]  # that a line comes, but for its numbers
    pages_here: NDArray[np.int64]  # on which it stands at the same height
    earlier: NDArray[np.bool_]  # whether it stands on an earlier page
    later: NDArray[np.bool_]
    counting: NDArray[np.int64]  # lines that end in a page number, in one run with it
    names_page: NDArray[np.bool_]
    tags: NDArray[np.str_]  # "" without one
    tag_levels: NDArray[np.float64]
    tag_lines: NDArray[np.int64]  # of its block
    bookmarks: NDArray[np.int64]  # their levels, 0 without one
    furniture: NDArray[np.bool_]  # by the rules
    contents: NDArray[np.bool_]


def look_around(layer: Layer, measures: Measures, page: NDArray[np.int64], named: Sequence[int | None]) -> InFile:
    """What a file says of its lines; `named` has the page that each would name as an entry of a table of contents."""
    lines, texts = measures.lines, measures.texts
    keys = [furniture.key_of(text) for text in texts]
    pages = page.tolist()
    times, last = Counter(keys), dict(zip(keys, pages, strict=True))
    first = dict(zip(reversed(keys), reversed(pages), strict=True))
    known = np.array([len(key) >= _FEWEST_LETTERS for key in keys], dtype=np.bool_)
    tags = [line.tag.name if line.tag else "" for line in lines]
    return InFile(
        page=page,
        times=np.array([times[key] for key in keys], dtype=np.int64),
        pages_here=_pages_here(lines, keys),
        earlier=known & (np.array([first[key] for key in keys], dtype=np.int64) < page),
        later=known & (np.array([last[key] for key in keys], dtype=np.int64) > page),
        counting=np.array(_counting(pages, named), dtype=np.int64),
        names_page=np.array([each is not None for each in named], dtype=np.bool_),
        tags=np.array(tags, dtype=np.str_),
        tag_levels=once_each(tags, _heading_level).reshape(-1),
        tag_lines=np.array(_tag_lines(lines), dtype=np.int64),
        bookmarks=np.array(_bookmarks(layer, texts, pages), dtype=np.int64),
        furniture=_among(measures.furniture, len(lines)),
        contents=_among(measures.contents, len(lines)),
    )


def _among(ranks: Iterable[int], count: int) -> NDArray[np.bool_]:
    found = np.zeros(count, dtype=np.bool_)
    found[list(ranks)] = True
    return found


def _pages_here(lines: Sequence[Line], keys: Sequence[str]) -> NDArray[np.int64]:
    """On how many pages each line stands at its height, in the better of the two bands that its base line is in."""
    codes = _codes(keys)
    pages = _codes(line.page or 0 for line in lines)
    bands = np.array([furniture.bands(line) for line in lines], dtype=np.float64).reshape(len(lines), 2)
    counts = []
    for band in bands.T:
        places = _codes(zip(codes.tolist(), band.tolist(), strict=True))
        once = np.unique(places * (len(lines) + 1) + pages) // (len(lines) + 1)  # each page of each place
        counts.append(np.bincount(once)[places] if len(lines) else places)
    return np.maximum(*counts)


def _codes(values: Iterable[Hashable]) -> NDArray[np.int64]:
    """Numbers from 0 for values, the same for the same."""
    ranks: dict[Hashable, int] = {}
    return np.array([ranks.setdefault(value, len(ranks)) for value in values], dtype=np.int64)


def _counting(pages: Sequence[int], named: Sequence[int | None]) -> list[int]:
    """For each line how many lines of its page end in a page number in one run with it, in which no number falls."""
    found = [0] * len(pages)
    run: list[int] = []
    last = 0

    def close() -> None:
        for each in range(run[0], run[-1] + 1) if run else ():
            found[each] = len(run)
        run.clear()

    for rank, number in enumerate(named):
        if run and (pages[rank] != pages[run[-1]] or (number is not None and not last <= number <= last + _PAGES_ON)):
            close()
        if number is not None:
            run.append(rank)
            last = number
    close()
    return found


# What the file's own marks say


def _heading_level(tag: str) -> tuple[float]:
    return (float(tag[1:]) if _HEADING.fullmatch(tag) else 0.0,)


def _tag_lines(lines: Sequence[Line]) -> list[int]:
    """How many lines the tagged block of each line has."""
    counts = Counter((line.page, line.tag.block) for line in lines if line.tag)
    return [
        min(_MOST_TAG_LINES, counts[line.page, line.tag.block]) if line.tag and line.tag.block else 0 for line in lines
    ]


def _bookmarks(layer: Layer, texts: Sequence[str], pages: Sequence[int]) -> list[int]:
    """The level of the highest bookmark that has the letters of a line, and leads to its page or one beside it."""
    levels: dict[tuple[str, int], int] = {}
    for title, level, at in layer.outline:
        letters = letters_alone(title)
        for page in (at - 1, at, at + 1):
            levels[letters, page] = min(level, levels.get((letters, page), level))
    if not levels:
        return [0] * len(texts)
    return [levels.get((letters_alone(text), page), 0) for text, page in zip(texts, pages, strict=True)]


# The columns


def _page_share(of: InFile, holds: NDArray[np.bool_]) -> Column:
    """Of how many lines of its page something holds."""
    return (np.bincount(of.page, weights=holds) / np.maximum(1, np.bincount(of.page)))[of.page]


def _log(counts: NDArray[np.int64]) -> Column:
    return np.array([math.log2(max(1, count)) for count in counts.tolist()], dtype=np.float64)


def _is_tagged(names: Sequence[str]) -> Callable[[InFile], Column]:
    return lambda of: np.isin(of.tags, names)


FEATURES: dict[str, Callable[[InFile], Column]] = {
    "comes_back": lambda of: _log(of.times),
    "comes_back_here": lambda of: _log(of.pages_here),
    "tagged": lambda of: of.tags != "",
    **{kind: _is_tagged(names) for kind, names in _TAG_KINDS.items()},
    "tag_level": lambda of: of.tag_levels,
    "tag_lines": lambda of: of.tag_lines,
    "bookmark": lambda of: of.bookmarks,
    "rule_furniture": lambda of: of.furniture,
    "rule_contents": lambda of: of.contents,
    "page_contents": lambda of: _page_share(of, of.contents),
    "page_numbers": lambda of: _page_share(of, of.names_page),
    "comes_earlier": lambda of: of.earlier,
    "comes_later": lambda of: of.later,
    "page_comes_later": lambda of: _page_share(of, of.later),
    "page_lone_numbers": lambda of: _page_share(of, of.counting > 0),
    "counts_on": lambda of: of.counting,
}
"""By name, in the order of the columns, what is asked of lines in their file."""
