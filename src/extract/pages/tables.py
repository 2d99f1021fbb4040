"""Lines of pages → those of tables: a label with figures beside it, row below row.

Only figures tell a table from what looks like one. Columns of prose, lists of names and items behind their numbers
stand side by side, too, and prose that is taken for a table is lost: it gives no sentences.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise

from extract.layout.layers import Layer
from extract.layout.lines import is_final
from extract.pages.columns import SAME_EDGE

_FEWEST = 3  # rows; two stand below each other by chance
_SAME_BASE = 0.3  # type sizes by which the base lines of cells in one row differ
_APART = 4.0  # type sizes from row to row, at most; a blank row of a ruled table makes it 3.7
_SHARE = 0.5  # of the cells beside a label that are figures; last columns may hold remarks
_UNIT = 8  # letters in a figure at most, as in "2,5 miljard"
_PROSE = 8  # words from which on a line is prose, as in readings/page_measures.py; of 222 labels one has so many
_HEAD_APART = 2.0  # type sizes between the lines of the head of a table
_HEAD = 24  # letters in a cell of the head at most; "efficiencytaakstelling" has 22
_MOST_LINES = 1_000  # of a page; one with more is no page for reading
_NEAR = 5  # rows above, with which a row shares a column
_USUAL_SIZE = 10.0  # points, of a line whose type is not known
_HANG = 2.5  # type sizes from the number of an item to its text; next columns begin further off
_FIGURE = re.compile(
    r"(?!\d+[.)]$)[^\w\x00-\x1f]*(?:[fƒ]\W*)?\d|[-–—]$|p\.?m\.?$", re.IGNORECASE
)  # "3." is the number of an item
_CAPTION = re.compile(r"(?:tabel|figuur|grafiek)\s*\d", re.IGNORECASE)
_PAGE = re.compile(r"\d{1,3}")


@dataclass(frozen=True, slots=True)
class _Cell:
    """What stands between two wide gaps of a line, in points."""

    rank: int  # of the line
    left: float
    right: float
    y: float
    size: float
    text: str
    is_figure: bool


_Row = Sequence[_Cell]


def find_tables(layer: Layer, ranks: Iterable[int]) -> set[int]:
    """The lines of tables, by rank, among these lines of running text."""
    found: set[int] = set()
    for _, group in groupby(ranks, key=lambda rank: layer.lines[rank].page):
        on_page = list(group)
        if len(on_page) <= _MOST_LINES:
            rows = _rows(cell for rank in on_page for cell in _cells(layer, rank))
            for table in _tables(rows):
                found |= _lines(rows, table)
    return found


def _cells(layer: Layer, rank: int) -> Iterator[_Cell]:
    line = layer.lines[rank]
    if not line.box:
        return
    size = line.first.size if line.first else _USUAL_SIZE
    starts = [(0, line.box.left), *((gap.offset, gap.right) for gap in line.gaps)]
    ends = [*((gap.offset, gap.left) for gap in line.gaps), (line.end - line.start, line.box.right)]
    for (start, left), (end, right) in zip(starts, ends, strict=True):
        text = layer.text[line.start + start : line.start + end].strip()
        is_figure = bool(_FIGURE.match(text)) and sum(map(str.isalpha, text)) <= _UNIT
        yield _Cell(rank, left, right, line.box.y, size, text, is_figure)


def _rows(cells: Iterable[_Cell]) -> list[_Row]:
    """Cells at one height, from left to right; rows from the top of a page."""
    rows: list[list[_Cell]] = []
    for cell in sorted(cells, key=lambda each: -each.y):
        if rows and rows[-1][0].y - cell.y <= _SAME_BASE * cell.size:
            rows[-1].append(cell)
        else:
            rows.append([cell])
    return [sorted(row, key=lambda each: each.left) for row in rows]


def _entry(row: _Row) -> _Row:
    """A label with the figures beside it, as whole lines; nothing where a row has none."""
    first = next((place for place, cell in enumerate(row) if place and cell.is_figure), None)
    if first is None:
        return ()
    last = first
    while last + 1 < len(row) and row[last + 1].is_figure:
        last += 1
    lines = {cell.rank for cell in row[first - 1 : last + 1]}
    entry = [cell for cell in row if cell.rank in lines]
    figures = sum(cell.is_figure for cell in entry[1:])
    is_number = last + 1 < len(row) and row[last + 1].left - row[last].right < _HANG * row[last].size
    is_told = not is_number and figures >= _SHARE * len(entry[1:]) and not any(map(_is_prose, entry))
    return entry if is_told else ()


def _is_prose(cell: _Cell) -> bool:
    words = sum(any(map(str.isalpha, word)) for word in cell.text.split())
    return words >= _PROSE or (words > 1 and is_final(cell.text))


def _tables(rows: Sequence[_Row]) -> Iterator[list[_Row]]:
    """Yield the entries of each table."""
    table: list[_Row] = []
    for row in rows:
        entry = _entry(row)
        if table and _ends(table[-_NEAR:], row, entry):
            yield from [table] if _is_table(table) else []
            table = []
        if entry:
            table.append(entry)
    yield from [table] if _is_table(table) else []


def _ends(table: Sequence[_Row], row: _Row, entry: _Row) -> bool:
    """Whether a table, of which these are the last entries, ends above a row: one far off, or set in other columns.

    Or a row without figures that is a caption or prose, or runs across the columns of the table.
    """
    if table[-1][0].y - row[0].y > _APART * row[0].size:
        return True
    if entry:
        return not any(_are_below(one, other) for one in _figures([entry]) for other in _figures(table))
    left, right = _extent(table)
    edge = min(cell.left for cell in _figures(table))
    within = [cell for cell in row if cell.right > left and cell.left < right]
    return any(
        _CAPTION.match(cell.text)
        or _is_prose(cell)
        or (cell.left < edge - SAME_EDGE and cell.right > edge + SAME_EDGE)
        or cell.left < left - SAME_EDGE
        or cell.right > right + SAME_EDGE
        for cell in within
    )


def _is_table(table: Sequence[_Row]) -> bool:
    """Whether there are rows enough, which are neither entries of a table of contents nor items with a colon."""
    last = [row[-1].text for row in table]
    rises = all(map(_PAGE.fullmatch, last)) and all(int(one) <= int(two) for one, two in pairwise(last))
    colons = sum(row[0].text.endswith(":") for row in table)  # "Aftrek van rente:   4 miljard" is a sentence
    return len(table) >= _FEWEST and not rises and colons <= len(table) / 2


def _lines(rows: Sequence[_Row], table: Sequence[_Row]) -> set[int]:
    """The lines of a table, those between its entries and the head above it among them."""
    left, right = _extent(table)
    top, bottom = table[0][0].y, table[-1][0].y
    for row in reversed(rows):
        if 0 < row[0].y - top <= _HEAD_APART * row[0].size and _is_head(row, table):
            top = row[0].y
    return {
        cell.rank
        for row in rows
        for cell in row
        if bottom <= row[0].y <= top and cell.right > left and cell.left < right
    } | {cell.rank for row in table for cell in row}


def _is_head(row: _Row, table: Sequence[_Row]) -> bool:
    """Whether cells above a table name its columns: two or more, none of them long, one over a column of figures."""
    is_over = any(one.left < two.right and two.left < one.right for one in row for two in _figures(table))
    return (
        (len(row) > 1 or row[0].is_figure)
        and is_over
        and all(sum(map(str.isalpha, cell.text)) <= _HEAD for cell in row)
    )


def _extent(table: Sequence[_Row]) -> tuple[float, float]:
    return min(row[0].left for row in table), max(row[-1].right for row in table)


def _figures(table: Sequence[_Row]) -> list[_Cell]:
    return [cell for row in table for cell in row[1:] if cell.is_figure]


def _are_below(one: _Cell, other: _Cell) -> bool:
    """Whether two cells stand in one column: flush left, flush right, or centred."""
    left, right = one.left - other.left, one.right - other.right
    return min(abs(left), abs(right), abs(left + right) / 2) <= SAME_EDGE
