"""Rows of tables that came as plain text: with bars, as CSV, or in columns set apart by tabs or blanks."""

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from itertools import pairwise

from extract.layout.ledger import from_csv
from extract.records import Document

_FEWEST_GAPS = 2  # in a row: of three cells or more
_WIDE = 3  # blanks in a gap between columns, at least; two stand in justified lines
_BARS = re.compile(r"(?:[^|\n]*\|){2}")
_SEPARATED = (
    re.compile(r"(?:[^;\n]{0,80};(?=\S)){2}"),
    re.compile(r"(?:[^,\n ]{1,40}(?: [^,\n ]{1,40}){0,5},(?=\S)){2}"),
)
_EDGES = " *_\t\n\"'“”"
_CELL_CHARACTERS = 80  # of a name in a cell, at most


class Rows:
    """Tells which stretches of a document are rows, and their cells, with what its ledger says of blanks and lines."""

    def __init__(self, document: Document) -> None:
        self._text = document.text
        ledger = from_csv(document.ledger)
        self.line_ends = [each.char_end for each in ledger if each.step == "line-break"]
        self._gaps = [
            each.char_start
            for each in ledger
            if each.step == "space" and ("\t" in each.original or len(each.original) >= _WIDE)
        ]

    def lines(self, start: int, end: int) -> list[tuple[int, int]]:
        """The lines that a stretch of the text had in the file."""
        inside = self.line_ends[bisect_left(self.line_ends, start + 1) : bisect_left(self.line_ends, end)]
        return list(pairwise([start, *inside, end]))

    def cells(self, start: int, end: int) -> list[str]:
        """The cells of a row, from its first character to its last; none if it is none."""
        line = self._text[start:end].strip("\n")
        if _BARS.match(line):
            return _stripped(
                line.strip().strip("|").split("|") if not line.strip().startswith("||") else line.split("|")
            )
        for pattern, mark in zip(_SEPARATED, ";,", strict=True):
            if pattern.match(line):
                return _stripped(line.split(mark))
        gaps = self._gaps[bisect_left(self._gaps, start + 1) : bisect_left(self._gaps, end)]
        if len(gaps) < _FEWEST_GAPS:
            return []
        return _stripped(self._text[one:two] for one, two in pairwise([start, *gaps, end]))


def party_column(table: Sequence[Sequence[str]], named: Sequence[Sequence[bool]]) -> int | None:
    """The column of a table whose cells name parties, in at least three rows and half of them; else None.

    `named` says of each cell whether it names a party.
    """
    width = max(map(len, table), default=0)
    counts = [sum(column < len(row) and row[column] for row in named) for column in range(width)]
    best = max(range(width), key=lambda column: (counts[column], -column), default=None)
    fits = best is not None and counts[best] >= max(3, len(table) / 2)
    return best if fits else None


def is_name_like(cell: str) -> bool:
    """Whether a cell could hold a name."""
    return any(map(str.isalpha, cell)) and len(cell) <= _CELL_CHARACTERS


def _stripped(cells: Sequence[str] | Iterator[str]) -> list[str]:
    return [cell.strip(_EDGES) for cell in cells]
