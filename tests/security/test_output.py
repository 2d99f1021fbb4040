"""What strangers wrote in files stays text: in spreadsheets, and on the terminal."""

import csv
import io
from itertools import chain, product

import pyarrow as pa
import pytest

from extract.dataset import csv_bytes
from extract.spreadsheets import guarded, guarded_column, unguarded

SIGNS = tuple("=+-@＝＋－＠")
BEFORE = ("", " ", '"', "'", "a;", 'a;"', "a; ", "a\t", "a\n", "a\r\n", "a;;", 'a;"b";', "a'; '", "a,")
HOSTILE = [
    f"{before}{sign}cmd|' /C calc'!A0{behind}" for before, sign, behind in product(BEFORE, SIGNS, ("", ";", '"'))
]
HONEST = [
    "Wij willen 10-15% meer; niet minder.",
    "Zorg; 's avonds ook - en 's nachts",
    "e-mail: a@b.nl",
    "1 + 1 = 2",
    "a;b=c",
    "",
]


@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_no_spreadsheet_finds_a_formula_whatever_its_separator(separator: str) -> None:
    ids = [f"s{at}" for at in range(len(HOSTILE))]
    numbers = pa.array([-0.5] * len(HOSTILE))
    table = pa.table({"id": ids, "text": HOSTILE, "number": numbers, "last": HOSTILE[::-1]})
    lines = io.StringIO(csv_bytes(table).decode("utf-8"), newline="")
    cells = [cell for cell in chain.from_iterable(csv.reader(lines, delimiter=separator)) if cell != "-0.5"]
    assert len(cells) > len(HOSTILE) and not [cell for cell in cells if cell.lstrip(' "').startswith(SIGNS)]


def test_the_guard_can_be_taken_away() -> None:
    wild = ["".join(each) for size in range(5) for each in product(";\t\n '\"=-a", repeat=size)]
    for text in (*HOSTILE, *HONEST, *wild):
        assert unguarded(guarded(text)) == text
    column = pa.chunked_array([[*HOSTILE, *HONEST, *wild, None]])
    assert guarded_column(column).to_pylist() == [*map(guarded, (*HOSTILE, *HONEST, *wild)), None]


def test_honest_texts_stand_in_the_file_as_they_are() -> None:
    assert [guarded(text) for text in HONEST] == HONEST
