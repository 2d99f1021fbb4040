"""Texts that no spreadsheet takes for a formula, whichever separator it reads a CSV file with; and back.

A cell in quotes is whole only to a reader who takes the comma for the separator. To one who takes the semicolon, as a
spreadsheet in Dutch does, or the tab, a line of the file begins a cell in the middle of a text, behind each of them and
behind a line end; spaces and quote marks before the sign do not always stay. So a ' goes to each such place.
"""

import csv
import io
import re
from collections.abc import Iterable

import pyarrow as pa
import pyarrow.compute as pc

_SIGNS = "=+@＝＋－＠-"  # that a formula begins with; the wide ones where a spreadsheet is set to Japanese or Chinese
_FORMULA = rf"[ \"']*[{_SIGNS}]"
_BEGINS = rf"['\t\r]|{_FORMULA}"  # a cell; a ' that is there is told from one that is put there
_WITHIN = r"[;\t\r\n]"

_TO_GUARD = ((rf"({_WITHIN})({_FORMULA})", r"\1'\2"), (rf"\A({_BEGINS})", r"'\1"))  # patterns that RE2 knows as well
_TO_UNGUARD = ((rf"\A'({_BEGINS})", r"\1"), (rf"({_WITHIN})'({_FORMULA})", r"\1\2"))


def guarded(text: str) -> str:
    """A text with a ' before each place where some spreadsheet would begin a formula."""
    for pattern, guard in _TO_GUARD:
        text = re.sub(pattern, guard, text)
    return text


def unguarded(text: str) -> str:
    """What `guarded` was given."""
    for pattern, bare in _TO_UNGUARD:
        text = re.sub(pattern, bare, text)
    return text


def csv_line(cells: Iterable[str], separator: str = ",") -> str:
    """A line of a CSV file, without its end. A cell that holds a line end of any kind is put in quotes."""
    out = io.StringIO()
    csv.writer(out, delimiter=separator, lineterminator="\r\n").writerow(cells)
    return out.getvalue().removesuffix("\r\n")


def guarded_column(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """What `guarded` makes of each text of a column; null stays null."""
    for pattern, guard in _TO_GUARD:
        column = pc.replace_substring_regex(column, pattern=pattern, replacement=guard)
    return column


def guarded_column_before_0_8(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """The same as releases before 0.8 did it, at the beginning of a cell only: their versions can still be checked."""
    return pc.replace_substring_regex(column, pattern=r"\A([=+@\t\r'-])", replacement=r"'\1")
