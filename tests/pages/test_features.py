"""What is told of lines, blocks and headings: the declared columns, and what a file's own marks come to in them."""

import math
from dataclasses import replace

import numpy as np
import pytest

from extract.layout.layers import Box, Layer, Style, Tag
from extract.pages import line_file, line_neighbours, line_places, line_words
from extract.pages.block_features import FEATURES as BLOCK_FEATURES
from extract.pages.block_features import describe_blocks
from extract.pages.heading_features import FEATURES as HEADING_FEATURES
from extract.pages.heading_features import describe_headings
from extract.pages.line_features import FEATURES, describe_lines
from extract.pages.numbering import number_of
from extract.pages.page_models import load_page_models
from extract.reading.pdf import read_pdf
from tests.pages.by_hand import layer_of, pdf_of, shown
from tests.reading.test_pdf import Programme, paragraph

TEXTS = [
    "1 Zorg",
    "Wij willen lagere",
    "huren, en meer huizen.",
    "2 Werk",
    "• Meer loon;",
    "• Minder werk",
    "Inhoud .... 4",
]


def told(layer: Layer, name: str) -> list[float]:
    """A column of the lines of a layer."""
    rows = describe_lines(layer, set())
    return [round(float(value), 4) for value in rows[:, FEATURES.index(name)]]


def test_rows_have_the_declared_columns() -> None:
    layer = layer_of(TEXTS)
    rows = describe_lines(layer, set())
    assert rows.shape == (len(TEXTS), len(FEATURES)) and rows.dtype == np.float32
    blocks = [[0], [1, 2], [3], [4], [5], [6]]
    of_blocks = describe_blocks(layer, rows, blocks)
    assert of_blocks.shape == (len(blocks), len(BLOCK_FEATURES))
    assert describe_headings(layer, blocks, of_blocks, [0, 2]).shape == (2, len(HEADING_FEATURES))
    for names in (FEATURES, BLOCK_FEATURES, HEADING_FEATURES):
        assert len(set(names)) == len(names)


def test_the_tables_of_features_share_no_name() -> None:
    names = [*line_places.FEATURES, *line_words.FEATURES, *line_file.FEATURES, *line_neighbours.FEATURES]
    assert len(set(names)) == len(names)


def test_the_classifiers_that_ship_were_fitted_on_these_columns() -> None:
    models = load_page_models()
    assert models.apart.n_features_in_ == models.begins.n_features_in_ == len(FEATURES)
    assert models.kinds.n_features_in_ == len(BLOCK_FEATURES)
    assert models.levels.n_features_in_ == len(HEADING_FEATURES)


def test_nothing_has_no_rows() -> None:
    empty = Layer(text="", lines=(), pages=1, page_sizes=((600.0, 840.0),))
    rows = describe_lines(empty, set())
    assert rows.shape == (0, len(FEATURES))
    assert describe_blocks(empty, rows, []).shape == (0, len(BLOCK_FEATURES))
    assert describe_headings(empty, [], rows, []).shape == (0, len(HEADING_FEATURES))


@pytest.mark.parametrize(
    "name, values",
    [
        ("characters", [len(text) for text in TEXTS]),
        ("words", [2, 3, 4, 2, 3, 3, 3]),
        ("lower", [0, 0, 1, 0, 0, 0, 0]),
        ("digit", [1, 0, 0, 1, 0, 0, 0]),
        ("bulleted", [0, 0, 0, 0, 1, 1, 0]),
        ("section_number", [1, 0, 0, 1, 0, 0, 0]),
        ("final", [0, 0, 1, 0, 0, 0, 1]),
        ("semicolon", [0, 0, 0, 0, 1, 0, 0]),
        ("capital_words", [0.5, 0.3333, 0, 0.5, 0.3333, 0.3333, 0.3333]),
        ("dots", [0, 0, 0, 0, 0, 0, 1]),
        ("ends_in_number", [1, 0, 0, 1, 0, 0, 1]),
        ("rank_from_top", [0, 1, 2, 3, 4, 5, 6]),
        ("lines_on_page", [7] * 7),
        ("before_fall", [math.nan, *[1.2] * 6]),
        ("behind_fall", [*[1.2] * 6, math.nan]),
        ("second_bulleted", [math.nan, math.nan, 0, 0, 0, 0, 1]),
    ],
)
def test_what_lines_show(name: str, values: list[float]) -> None:
    assert told(layer_of(TEXTS), name) == pytest.approx(values, nan_ok=True)


def test_a_line_knows_its_column() -> None:
    texts = ["een regel"] * 6
    lefts = (50.0, 50.5, 50.0, 70.0, 310.0, 310.0)
    layer = layer_of(texts, box=lambda rank: Box(lefts[rank], (290.0 if rank < 4 else 550.0), 700.0 - 12 * rank))
    assert told(layer, "indent") == [0, 0.05, 0, 2, 0, 0]
    assert told(layer, "room") == [0] * 6


def test_what_comes_back_on_other_pages() -> None:
    layer = layer_of(["Programma 2025 van ons", "Tekst over wonen"] * 3, per_page=2)
    assert told(layer, "comes_back") == told(layer, "comes_back_here") == [1.585] * 6
    assert told(layer, "comes_earlier") == [0, 0, 1, 1, 1, 1] and told(layer, "comes_later") == [1, 1, 1, 1, 0, 0]


def test_a_line_without_a_place_says_so_and_nothing_breaks() -> None:
    rows = describe_lines(layer_of(TEXTS, box=lambda rank: Box(50, 550, 700 - 12 * rank) if rank % 2 else None), set())
    assert np.isnan(rows[0, FEATURES.index("left")]) and not np.isinf(rows).any()


@pytest.mark.parametrize(
    "text, number",
    [("3.2 Zorg", ("3.", 2)), ("12) Zorg", ("", 12)), ("b. zorg", ("a", 2)), ("IV. Zorg", ("I", 4)), ("Zorg", None)],
)
def test_numbers_of_blocks(text: str, number: tuple[str, int] | None) -> None:
    found = number_of(text)
    assert found and number and found[1] == number[1] if number else found is None


# --- what the file itself says ----------------------------------------------------------------------------------------

LINES = ["Samen sterker", "Betaalbaar wonen", "Wij bouwen elk jaar meer huizen.", "lagere huren", "En zo verder."]


def read(data: bytes) -> Layer:
    layer = read_pdf(data, max_characters=100_000)
    assert isinstance(layer, Layer)
    return layer


def test_tags_reach_the_features() -> None:
    tags = ["Artifact", "H2", "P", "LBody", ""]
    layer = read(pdf_of([shown(LINES, tags=tags)], tags=tags))
    assert [line.tag.name if line.tag else "" for line in layer.lines] == tags
    assert told(layer, "tagged") == [1, 1, 1, 1, 0]
    assert told(layer, "tag_artifact") == [1, 0, 0, 0, 0] and told(layer, "tag_heading") == [0, 1, 0, 0, 0]
    assert told(layer, "tag_text") == [0, 0, 1, 0, 0] and told(layer, "tag_item") == [0, 0, 0, 1, 0]
    assert told(layer, "tag_level") == [0, 2, 0, 0, 0] and told(layer, "tag_lines") == [0, 1, 1, 1, 0]


def test_lines_of_one_tagged_block_are_known_to_be() -> None:
    layer = layer_of(["een", "twee", "drie"], tag=lambda rank: Tag("P", 1 if rank < 2 else 2))
    assert told(layer, "behind_same_tag") == pytest.approx([1, 0, math.nan], nan_ok=True)
    assert told(layer, "tag_lines") == [2, 2, 1]


def test_bookmarks_reach_the_features() -> None:
    made = Programme()
    for rank, title in enumerate(("Wonen", "Zorg")):
        made.add_page()
        made.start_section(title, level=rank)
        made.write_block(title, y=120, size=14)
        made.write_block(paragraph(rank))
    layer = read(made.bytes())
    texts = [layer.text[line.start : line.end] for line in layer.lines]
    titles = dict(zip(texts, told(layer, "bookmark"), strict=True))
    assert (titles.pop("Wonen"), titles.pop("Zorg")) == (1, 2) and set(titles.values()) == {0}


def test_a_bookmark_to_another_page_is_that_of_another_line() -> None:
    layer = layer_of(["Wonen"] * 9, per_page=1, outline=[("Wonen", 2, 4), ("wonen!", 1, 5), ("Wonen", 3, 5)])
    assert told(layer, "bookmark") == [0, 0, 2, 1, 1, 1, 0, 0, 0]


def test_the_style_of_the_running_text_is_that_of_most_of_it() -> None:
    layer = layer_of(["Titel", *["tekst die loopt en loopt"] * 5])
    first, *others = layer.lines
    large = Style(20.0, bold=True, font="Groot")
    layer = replace(layer, lines=(replace(first, first=large, last=large), *others))
    assert told(layer, "size") == [2, 1, 1, 1, 1, 1] and told(layer, "bold") == [2, 0, 0, 0, 0, 0]
    assert told(layer, "behind_size_ratio")[0] == 0.5 and told(layer, "behind_same_font")[:2] == [0, 1]
