"""No page costs more than its lines and letters allow for."""

import time
from collections.abc import Callable

import pytest

from extract.layout.layers import Box, Gap, Layer
from extract.pages.block_features import describe_blocks
from extract.pages.columns import cut_columns
from extract.pages.heading_features import describe_headings
from extract.pages.line_features import describe_lines
from extract.pages.reading_order import in_reading_order
from tests.pages.by_hand import layer_of

_TIMES = 4  # by which a file grows
_MOST_GROWTH = 9  # times that the work may grow with it: 4 is linear, 16 grows with the square
_TOO_SHORT = 0.02  # seconds that say nothing yet


def _numbered(count: int) -> list[str]:
    return [f"woord{rank} is een regel" for rank in range(count)]


def _scattered(rank: int) -> Box:
    return Box(50.0 + (37 * rank) % 400, 90.0 + (37 * rank) % 400, (7919.0 * rank) % 800)


_WIDE = "woord " * 12
LAYERS: dict[str, tuple[int, Callable[[int], Layer]]] = {
    "lines on one page": (4_000, lambda n: layer_of(_numbered(n), per_page=n)),
    "scattered lines on one page": (4_000, lambda n: layer_of(_numbered(n), per_page=n, box=_scattered)),
    "stretches on full pages": (2_000, lambda n: layer_of(_numbered(n), per_page=400, box=_scattered)),
    "gaps on one page": (
        2_000,
        lambda n: layer_of([_WIDE] * n, per_page=n, gaps=lambda rank: tuple(
            Gap(6 * each, 0.0, 50.0 + 40 * each + rank * 7 % 400 / 100) for each in range(1, 11)
        )),
    ),
    "lines that all have a bookmark": (
        4_000, lambda n: layer_of(["zorg"] * n, outline=[("zorg", 1 + k % 6, k) for k in range(n // 2)]),
    ),
    "a line of slashes": (20_000, lambda n: layer_of([f"1{'/' * n}x"] * 4)),
    "a line of dots": (20_000, lambda n: layer_of([f"{'. . . 1 ' * (n // 8)}x"] * 4)),
    "a line of one word": (20_000, lambda n: layer_of(["a" * n] * 4)),
    "a line of numbers": (20_000, lambda n: layer_of([f"{'1.' * (n // 2)}x"] * 4)),
    "a line of quote marks": (20_000, lambda n: layer_of([f"{'> ' * (n // 2)}x"] * 4)),
}  # fmt: skip


def _described(layer: Layer) -> None:
    layer, furniture = in_reading_order(cut_columns(layer))
    rows = describe_lines(layer, furniture)
    blocks = [[rank] for rank in range(len(layer.lines))]
    describe_headings(layer, blocks, describe_blocks(layer, rows, blocks), range(len(blocks)))


def _seconds(layer: Layer) -> float:
    start = time.process_time()
    _described(layer)
    return time.process_time() - start


@pytest.mark.parametrize("name", LAYERS)
def test_the_work_grows_with_the_length_of_a_file(name: str) -> None:
    size, made = LAYERS[name]
    _seconds(made(size // _TIMES))  # what is loaded once
    small = min(_seconds(made(size)) for _ in range(2))
    large = min(_seconds(made(_TIMES * size)) for _ in range(2))  # others may have the machine's caches for once
    assert large < _MOST_GROWTH * max(small, _TOO_SHORT)
