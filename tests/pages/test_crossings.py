"""Pages on which lines run across two columns."""

from extract.layout.layers import Box, Gap, Layer, Line
from extract.pages.crossings import crossed_pages

LEFT, RIGHT = "meer geld voor de zorg in", "het hele land en de stad"


def layer(rows: list[tuple[float, str, float | None]]) -> Layer:
    """A page of lines: where each begins, its text, and where it goes on after a gap, if it has one."""
    text, lines = "", []
    for rank, (left, said, behind) in enumerate(rows):
        gaps = (Gap(len(LEFT) + 1, 280.0, behind),) if behind else ()
        box = Box(left, left + 200, 700.0 - 12 * rank)
        lines.append(Line(start=len(text), end=len(text) + len(said), page=1, box=box, gaps=gaps))
        text += said + "\n"
    return Layer(text=text, lines=tuple(lines), pages=1, page_sizes=((595.0, 842.0),))


ACROSS = (50.0, f"{LEFT} {RIGHT}", 300.0)
OF_LEFT, OF_RIGHT = (50.0, LEFT, None), (300.0, RIGHT, None)


def test_lines_that_go_on_where_a_column_begins_run_across() -> None:
    assert crossed_pages(layer([ACROSS] * 5 + [OF_LEFT] * 5 + [OF_RIGHT] * 5)) == (1,)


def test_gaps_where_no_column_begins_are_those_of_justified_text() -> None:
    assert crossed_pages(layer([ACROSS] * 5 + [OF_LEFT] * 10)) == ()


def test_cells_of_a_table_are_no_prose() -> None:
    row = (50.0, "zorg".ljust(len(LEFT)) + " 12", 300.0)
    assert crossed_pages(layer([row] * 5 + [OF_RIGHT] * 5)) == ()


def test_two_columns_that_stay_apart_are_none_of_these() -> None:
    assert crossed_pages(layer([OF_LEFT] * 9 + [OF_RIGHT] * 9)) == ()
    assert crossed_pages(Layer(text="zorg", lines=(Line(start=0, end=4),))) == ()
