"""Columns that run into each other, and the order in which the lines of a page are read."""

from extract.layout.layers import Box, Gap, Layer
from extract.pages.columns import cut_columns
from extract.pages.reading_order import in_reading_order
from tests.pages.by_hand import layer_of

LEFT = [f"Links staat hier regel {word} van tekst" for word in ("een", "twee", "drie", "vier", "vijf")]
RIGHT = [f"rechts staat daar regel {word} van iets" for word in ("een", "twee", "drie", "vier", "vijf")]


def texts_of(layer: Layer) -> list[str]:
    return [layer.text[line.start : line.end].strip() for line in layer.lines]


def run_together(*, gutter: float = 300.0) -> Layer:
    return layer_of(
        [f"{one} {two}" for one, two in zip(LEFT, RIGHT, strict=True)],
        gaps=lambda rank: (Gap(len(LEFT[rank]) + 1, gutter - 14, gutter + rank % 3),),
    )


def test_lines_that_run_across_two_columns_are_cut_and_the_columns_read_one_after_the_other() -> None:
    layer = cut_columns(run_together())
    assert texts_of(layer) == [*LEFT, *RIGHT]
    boxes = [line.box for line in layer.lines if line.box]
    assert max(box.right for box in boxes[:5]) < min(box.left for box in boxes[5:])


def test_a_line_over_both_columns_ends_them() -> None:
    title = "Een titel die over beide kolommen loopt, en hier eindigt"
    texts = [f"{one} {two}" for one, two in zip(LEFT, RIGHT, strict=True)]
    layer = layer_of(
        [*texts, title, *texts],
        gaps=lambda rank: () if rank == 5 else (Gap(len(LEFT[rank % 6]) + 1, 286.0, 300.0),),
    )
    assert texts_of(cut_columns(layer)) == [*LEFT, *RIGHT, title, *LEFT, *RIGHT]


def test_lines_in_justified_text_are_not_cut() -> None:
    # Of twenty lines with a wide gap somewhere, three have it in one place, and seven stand on both sides of it.
    layer = layer_of(
        [f"Wij kiezen voor beter beleid in alle delen van ons land, regel {rank}" for rank in range(20)],
        gaps=lambda rank: (Gap(28, 288.0, 300.0) if rank % 7 == 0 else Gap(12, 100.0 + 9 * rank, 112.0 + 9 * rank),),
    )
    assert cut_columns(layer) == layer


def test_four_gaps_in_one_place_do_not_cut_a_page_of_justified_text() -> None:
    layer = layer_of(
        [f"Wij kiezen voor beter beleid in alle delen van ons land, regel {rank}" for rank in range(20)],
        gaps=lambda rank: (Gap(28, 288.0, 300.0),) if rank % 5 == 0 else (),
    )
    assert cut_columns(layer) == layer


def test_cells_of_a_table_are_not_columns() -> None:
    layer = layer_of([f"Huren {rank}00 miljoen" for rank in range(9)], gaps=lambda rank: (Gap(6, 200.0, 300.0),))
    assert cut_columns(layer) == layer


def test_lines_out_of_order_are_put_in_order_column_by_column() -> None:
    layer = layer_of(
        [*RIGHT, *LEFT],
        box=lambda rank: Box(310.0 if rank < 5 else 50.0, 550.0 if rank < 5 else 290.0, 600.0 - 12.0 * (rank % 5)),
    )
    ordered, furniture = in_reading_order(layer)
    assert texts_of(ordered) == [*LEFT, *RIGHT] and not furniture


def test_the_order_of_a_file_stays_where_nothing_speaks_against_it() -> None:
    layer = layer_of(
        [*LEFT, *RIGHT],
        box=lambda rank: Box(50.0 if rank < 5 else 310.0, 290.0 if rank < 5 else 550.0, 600.0 - 12.0 * (rank % 5)),
    )
    assert in_reading_order(layer)[0] == layer


def test_a_title_over_two_columns_stands_before_both_and_one_below_them_behind() -> None:
    places = {"boven": Box(50.0, 550.0, 700.0), "onder": Box(50.0, 550.0, 400.0)}
    texts = ["onder", *RIGHT, *LEFT, "boven"]

    def box(rank: int) -> Box:
        column = Box(310.0 if rank < 6 else 50.0, 550.0 if rank < 6 else 290.0, 600.0 - 12.0 * ((rank - 1) % 5))
        return places.get(texts[rank], column)

    assert texts_of(in_reading_order(layer_of(texts, box=box))[0]) == ["boven", *LEFT, *RIGHT, "onder"]
