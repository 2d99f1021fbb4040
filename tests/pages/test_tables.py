"""Tables of figures on typeset pages: told by their rows, and nothing else that stands side by side is."""

from collections.abc import Sequence
from pathlib import Path

import pytest

from extract.extraction import Resources
from extract.layout.joins import join_halves
from extract.layout.layers import Box, Gap, Layer, Line, LineBlock, Style
from extract.layout.measures import measure
from extract.pages.tables import find_tables
from extract.records import Extraction
from tests.pages.by_hand import layer_of
from tests.reading.test_pdf import LEFT, Programme, answered, paragraph, passages

TABLE = [
    ["", "2026", "2030"],
    ["Kinderopvang voor alle ouders", "1,5", "2,0"],
    ["Openbaar vervoer in de regio", "- 0,25", "-"],
    ["en op het platteland", "", ""],
    ["Defensie", "3%", "pm"],
    ["Totaal", "1,25", "2,0"],
]
PLACES = (0.0, 260.0, 340.0)  # points from the margin
Row = Sequence[tuple[float, str]]


@pytest.fixture
def read(tmp_path: Path, resources: Resources):
    """A function that reads a PDF, and checks what holds for any."""

    def reader(made: Programme) -> Extraction:
        (tmp_path / "programma.pdf").write_bytes(made.bytes())
        return answered(tmp_path / "programma.pdf", resources)

    return reader


def test_a_table_gives_no_sentences_and_stands_under_its_heading(read) -> None:
    made = Programme()
    for number in range(3):
        made.add_page()
        made.write_block(f"Hoofdstuk {number} over geld", y=100, size=18, style="B")
        made.write_block(paragraph(number))
        made.set_font("helvetica", "", 11)
        top = made.get_y() + 30
        for rank, cells in enumerate(TABLE):
            for place, cell in zip(PLACES, cells, strict=True):
                made.text(LEFT + place, top + 15 * rank, cell)
        made.write_block(paragraph(number + 3), y=top + 15 * len(TABLE))
    extraction = read(made)
    cells = [cell for row in TABLE for cell in row if cell]
    assert " ".join(passages(extraction, "other")).split() == " ".join(cells * 3).split()
    assert passages(extraction, "body") == [paragraph(number) for number in (0, 3, 1, 4, 2, 5)]
    tables = [each for each in extraction.passages if each.kind == "other"]
    assert {(each.page, each.heading_path) for each in tables} == {
        (page, f"Hoofdstuk {page - 1} over geld") for page in (1, 2, 3)
    }
    assert not {each.passage_id for each in tables} & {each.passage_id for each in extraction.sentences}


def page_of(rows: Sequence[Row]) -> Layer:
    """A page with these cells, each a line that begins at its place, rows below each other."""
    cells = [(rank, left, text) for rank, row in enumerate(rows) for left, text in row]
    boxes = [Box(left, left + 5.0 * len(text), 700.0 - 12 * rank) for rank, left, text in cells]
    return layer_of([text for *_, text in cells], box=lambda at: boxes[at])


def tables_in(rows: Sequence[Row]) -> list[str]:
    layer = page_of(rows)
    found = sorted(find_tables(layer, range(len(layer.lines))))
    return [layer.text[layer.lines[rank].start : layer.lines[rank].end] for rank in found]


FIGURES: list[Row] = [[(50, "Zorg"), (300, "2,5")], [(50, "Wonen"), (300, "- 1,0")], [(50, "Samen"), (300, "1,5")]]
PROSE = "Wij willen meer woningen bouwen in het hele land en"


def test_three_rows_of_figures_are_a_table_and_two_are_none() -> None:
    assert tables_in(FIGURES) == ["Zorg", "2,5", "Wonen", "- 1,0", "Samen", "1,5"]
    assert not tables_in(FIGURES[:2])


def test_a_line_that_runs_across_the_columns_ends_a_table() -> None:
    assert tables_in([*FIGURES, [(50, PROSE)], [(50, "geld."), (300, "12")]]) == tables_in(FIGURES)
    assert not tables_in([*FIGURES[:2], [(50, PROSE)], *FIGURES[2:]])


def test_a_caption_or_a_wide_space_parts_two_tables() -> None:
    assert not tables_in([*FIGURES[:2], [(50, "Tabel 2: Zorg")], *FIGURES[2:]])
    assert not tables_in([*FIGURES[:2], *[[]] * 4, *FIGURES[2:]])


def test_prose_in_the_column_beside_a_table_is_no_part_of_it() -> None:
    rows = [[(50.0, PROSE), *((left + 300, text) for left, text in row)] for row in FIGURES]
    assert tables_in(rows) == tables_in(FIGURES)


OTHERS: dict[str, list[Row]] = {
    "columns of prose": [[(50, PROSE), (320, "Daarom komt er in 2030 een fonds voor")]] * 5,
    "items with numbers beside prose": [
        [(50, PROSE), (320, f"{number}."), (335, "Lagere huren")] for number in range(1, 6)
    ],
    "numbers without a point": [[(50, PROSE), (320, f"{number}"), (335, "Lagere huren")] for number in (1, 3, 2, 5, 4)],
    "numbers with a point, far from their items": [
        [(50, PROSE), (320, f"{number}."), (370, "Lagere huren")] for number in range(1, 6)
    ],
    "a table of contents": [[(50, f"Hoofdstuk over {word}"), (400, page)] for word, page in zip(
        ("wonen", "zorg", "werk", "natuur"), ("4", "12", "12", "31"), strict=True
    )],
    "a list of names": [[(50, f"{number}."), (80, "Jan de Vries"), (300, "Utrecht")] for number in range(1, 9)],
    "items with amounts": [[(50, f"{word} belasten:"), (300, "4 miljard")] for word in ("Rente", "Winst", "Huis")],
    "figures out of line": [[(50, "Geld"), (300 + 30 * rank, "12,50")] for rank in range(5)],
}  # fmt: skip


@pytest.mark.parametrize("rows", OTHERS.values(), ids=OTHERS.keys())
def test_what_else_stands_side_by_side_is_no_table(rows: list[Row]) -> None:
    assert not tables_in(rows)


def test_wide_spaces_of_a_scan_make_no_table() -> None:
    gaps = (Gap(3, 70.0, 90.0), Gap(8, 130.0, 150.0), Gap(12, 190.0, 210.0))
    layer = layer_of(["de nood van 1950"] * 5, gaps=lambda rank: gaps)
    assert not find_tables(layer, range(5))
    layer = layer_of(["de 12,5 2,5 1950"] * 5, gaps=lambda rank: gaps)
    assert find_tables(layer, range(5)) == set(range(5))


def test_a_paragraph_that_a_table_interrupts_goes_on_behind_it() -> None:
    texts = ["Wij geven meer geld uit aan wonen, zorg en", "Zorg 2,5", "Wonen 1,0", "werk voor iedereen in het land."]
    layer = layer_of(texts)
    blocks = [LineBlock((0,), "body"), LineBlock((1,), "other"), LineBlock((2,), "other"), LineBlock((3,), "body")]
    joined = join_halves(measure(layer, set(), {1, 2}), blocks)
    assert [each.lines for each in joined] == [(0, 3), (1,), (2,)]


def test_lines_without_a_place_are_no_table() -> None:
    line = Line(start=0, end=4, page=1, first=Style(10.0))
    assert find_tables(Layer(text="zorg", lines=(line,)), [0]) == set()
