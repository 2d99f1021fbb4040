"""Lines of plain text → those that are page numbers or line numbers: numbers alone on a line that count up."""

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise

PAGE_NUMBER = re.compile(
    r"""\W*(?:(?:pagina|pag|blz|bladzijde|p)\b\.?\W*)?
    (\d{1,3})\W*
    (?:(?:van|/)\W*\d{1,3}\W*)?                                # of how many
    """,
    re.IGNORECASE | re.VERBOSE,
)
"""A whole line that is a page number: "12", "- 12 -", "pag. 12 van 80"."""

PAGE_LINES = 15
"""Lines between two places of what comes back on every page, on average."""

PAGES_ON = 12
"""From one page number to the next that was kept, at most."""

_LONGEST = 250  # characters of a line that is a page number, with all that adorns it
_FEWEST_PAGES = 4
_LOOK_BACK = 60  # lone numbers among which the one before is looked for
_LINE_NUMBERS = 8  # of lines in a row, from which on they are counted as line numbers
_LINE_DIGITS = 4  # of a line number, at most
_LINE_STEPS = (1, 5)  # every line is numbered, or every fifth


def page_numbers(texts: Sequence[str]) -> set[int]:
    """Lines that hold only a number, and count up through the whole text: the longest such chain."""
    lone = [
        (rank, int(match[1])) for rank, text in enumerate(texts)
        if len(text) <= _LONGEST and (match := PAGE_NUMBER.fullmatch(text.strip()))
    ]  # fmt: skip
    chain = [lone[index][0] for index in _longest_chain([number for _, number in lone])]
    # Articles are numbered too, and much closer together than pages.
    gaps = sorted(later - rank for rank, later in pairwise(chain))
    is_paged = len(chain) >= _FEWEST_PAGES and gaps[len(gaps) // 2] >= PAGE_LINES
    return set(chain) if is_paged else set()


def _longest_chain(numbers: Sequence[int]) -> list[int]:
    """The indices of the most numbers of which each is a little higher than the one before."""
    if not numbers:
        return []
    lengths, before = [1] * len(numbers), [-1] * len(numbers)
    for index, number in enumerate(numbers):
        for earlier in range(max(0, index - _LOOK_BACK), index):
            if 0 < number - numbers[earlier] <= PAGES_ON and lengths[earlier] + 1 > lengths[index]:
                lengths[index], before[index] = lengths[earlier] + 1, earlier
    chain: list[int] = []
    index = lengths.index(max(lengths))
    while index >= 0:
        chain.append(index)
        index = before[index]
    return chain[::-1]


def line_numbers(texts: Sequence[str]) -> set[int]:
    """Runs of lone numbers that count lines: each the one before it and one, or five."""
    lone = (
        (rank, int(text)) for rank, text in enumerate(texts)
        if len(text) <= _LINE_DIGITS and text.isascii() and text.isdigit()
    )  # fmt: skip
    return {rank for run in _runs(lone) if len(run) >= _LINE_NUMBERS for rank in run}


def _runs(numbers: Iterable[tuple[int, int]]) -> Iterator[list[int]]:
    """The ranks of numbers that rise by the same step, in one piece."""
    run: list[int] = []
    last = step = 0
    for rank, number in numbers:
        rise = number - last
        if run and rise in _LINE_STEPS and step in (0, rise):
            step = rise
        else:
            yield run
            run, step = [], 0
        run.append(rank)
        last = number
    yield run
