"""Layer → the lines that are no text of the manifesto: running titles, page numbers, line numbers, links.

What makes a line furniture is that it comes back: in the same place on other pages where pages are known, or between
the halves of sentences where they are not. A recurring subheading ("Onze voorstellen") comes back too, but interrupts
none.
"""

import math
import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence, Set
from itertools import pairwise

from extract.layout.layers import Layer, Line
from extract.layout.lines import is_stopped

# A whole line that is a page number: "12", "- 12 -", "pag. 12 van 80".
PAGE_NUMBER = re.compile(
    r"""\W*(?:(?:pagina|pag|blz|bladzijde|p)\b\.?\W*)?
    (\d{1,3})\W*
    (?:(?:van|/)\W*\d{1,3}\W*)?                                # of how many
    """,
    re.IGNORECASE | re.VERBOSE,
)
_LINK = re.compile(
    r"(?:[→➔➜►▶↗»]\s*)(?:lees|bekijk|klik|download|ga naar|meer)\b.{0,60}"
    r"|(?:lees|klik|kijk) (?:hier|verder|meer)\b.{0,20}",
    re.IGNORECASE,
)
_LONGEST = 120  # characters of a running title
_FEWEST = 3  # pages on which a running title comes back
TILTED = 0.1
"""Radians; text set so runs along the page, not in it."""


def find_furniture(layer: Layer) -> set[int]:
    """The lines (by rank) that are furniture."""
    texts = [layer.text[line.start : line.end] for line in layer.lines]
    found = {rank for rank, line in enumerate(layer.lines) if line.role == "furniture" or _is_tilted(line)}
    found |= {rank for rank, text in enumerate(texts) if _LINK.fullmatch(text.strip())}
    if any(line.role for line in layer.lines):
        return found
    if layer.page_sizes:
        return found | _recurring_on_pages(layer, texts)
    return found | _recurring_between_halves(texts)


def _is_tilted(line: Line) -> bool:
    return line.box is not None and TILTED < line.box.angle < math.tau - TILTED


_NUMBERS = re.compile(r"\d+|\b[ivxlc]+\b")
_NO_LETTERS = re.compile(r"\b[ivxlc]+\b|[^a-z]+")  # the same, and all else that is no letter, where a text is ASCII


def key_of(text: str) -> str:
    """What stays the same of a running title from page to page: its letters, without numbers."""
    if text.isascii():  # for speed: most lines are
        return _NO_LETTERS.sub("", text.lower())
    folded = unicodedata.normalize("NFKC", text).casefold()
    return "".join(filter(str.isalpha, _NUMBERS.sub("", folded)))


# Where pages are known

_MARGIN = 0.12  # share of the page's height above and below in which titles and numbers run
_BAND = 3.0  # points by which the base line of a running title moves from page to page
_SECOND_BANDS = 100_000  # more than there are bands on a page


def _recurring_on_pages(layer: Layer, texts: Sequence[str]) -> set[int]:
    """Lines in the margins that come back on other pages, and what else stands in the bands in which those run."""
    keys = {rank: key_of(texts[rank]) for rank, line in enumerate(layer.lines) if _is_in_margin(layer, line)}
    bands_of = {rank: bands(layer.lines[rank]) for rank in keys}
    pages_with: dict[tuple[str, int], set[int]] = defaultdict(set)
    for rank, key in keys.items():
        for band in bands_of[rank]:
            pages_with[key, band].add(layer.lines[rank].page or 0)
    short = [rank for rank in keys if len(texts[rank]) <= _LONGEST]
    found = {
        rank for rank in short
        if max(len(pages_with[keys[rank], band]) for band in bands_of[rank]) >= _FEWEST
        and (keys[rank] or PAGE_NUMBER.fullmatch(texts[rank]))
    }  # fmt: skip
    running: dict[int, int] = defaultdict(int)  # by band, how many lines are known to run there
    others: dict[int, int] = defaultdict(int)
    for rank in keys:
        for band in bands_of[rank]:
            (running if rank in found else others)[band] += 1
    # A running title names the chapter, and so may stand on too few pages to be known by itself.
    beside = [(rank, bands_of[rank][0]) for rank in short]
    return found | {rank for rank, band in beside if running[band] >= _FEWEST and running[band] > others[band]}


def _is_in_margin(layer: Layer, line: Line) -> bool:
    if line.box is None or line.page is None or not layer.page_sizes[line.page - 1][1]:
        return False
    height = line.box.y / layer.page_sizes[line.page - 1][1]
    return height < _MARGIN or height > 1 - _MARGIN


def bands(line: Line) -> tuple[int, int]:
    """The two overlapping bands in which the base line stands."""
    y = line.box.y if line.box else 0.0
    return round(y / _BAND), round((y + _BAND / 2) / _BAND) + _SECOND_BANDS


# Where pages are not known

_INTERRUPTS = 0.3  # share of its places at which a line that comes back cuts a sentence in two or meets a page number
_FEWEST_INTERRUPTED = 2  # places
_FEWEST_LETTERS = 3  # of a running title
_NUMBER_DIGITS = 3  # of a page number that stands alone, at most
_NUMBERED_PART = re.compile(r"\W*(?:art|hoofdstuk|deel|paragraaf|bijlage|punt|stelling|thema)", re.IGNORECASE)


def _recurring_between_halves(texts: Sequence[str]) -> set[int]:
    """Page numbers that count up through a text, and lines that come back where sentences are cut in two."""
    numbers = page_numbers(texts) | _line_numbers(texts)
    numbers |= {
        rank for rank, text in enumerate(texts)
        if len(text) <= _NUMBER_DIGITS and text.isdigit() and _cuts(rank, texts, frozenset())
    }  # fmt: skip
    found = set(numbers)
    for ranks in _places_by_key(texts):
        if len(ranks) < _FEWEST:
            continue
        is_paged = ranks[-1] - ranks[0] >= _PAGE_LINES * (len(ranks) - 1) and not _NUMBERED_PART.match(texts[ranks[0]])
        counting = _counting(ranks, texts) if is_paged else set()
        cuts = sum(rank in counting or _cuts(rank, texts, numbers) for rank in ranks)
        if cuts >= max(_FEWEST_INTERRUPTED, _INTERRUPTS * len(ranks)):
            found |= set(ranks)
    return found


def _places_by_key(texts: Sequence[str]) -> Iterable[list[int]]:
    """The ranks of lines that are alike but for their numbers, and could be running titles."""
    places: dict[str, list[int]] = defaultdict(list)
    for rank, text in enumerate(texts):
        if len(text) <= _LONGEST and not text.endswith((":", ";", ",")):
            key = key_of(text)
            if len(key) >= _FEWEST_LETTERS:
                places[key].append(rank)
    return places.values()


def _cuts(rank: int, texts: Sequence[str], numbers: Set[int]) -> bool:
    """Whether a line stands beside a page number, or between the halves of a sentence."""
    before, after = rank - 1, rank + 1
    if before in numbers or after in numbers:
        return True
    if before < 0 or after >= len(texts):
        return False
    return not is_stopped(texts[before]) and texts[after][:1].islower()


def _counting(ranks: Sequence[int], texts: Sequence[str]) -> set[int]:
    """The places of a line that hold a number which is higher in the next place of that line."""
    numbers = {rank: [int(number) for number in re.findall(r"\d+", texts[rank])] for rank in ranks}
    return {
        rank for rank, later in pairwise(ranks)
        if any(one < two <= one + _PAGES_ON for one, two in zip(numbers[rank], numbers[later], strict=False))
    }  # fmt: skip


# Numbers alone on a line

_PAGE_LINES = 15  # between two places of what comes back on every page, on average
_PAGES_ON = 12  # from one page number to the next that was kept, at most
_LONGEST_NUMBER = 250  # characters of a line that is a page number, with all that adorns it
_FEWEST_PAGES = 4
_LOOK_BACK = 60  # lone numbers among which the one before is looked for
_LINE_NUMBERS = 8  # of lines in a row, from which on they are counted as line numbers
_LINE_DIGITS = 4  # of a line number, at most
_LINE_STEPS = (1, 5)  # every line is numbered, or every fifth


def page_numbers(texts: Sequence[str]) -> set[int]:
    """Lines that hold only a number, and count up through the whole text: the longest such chain."""
    lone = [
        (rank, int(match[1])) for rank, text in enumerate(texts)
        if len(text) <= _LONGEST_NUMBER and (match := PAGE_NUMBER.fullmatch(text.strip()))
    ]  # fmt: skip
    chain = [lone[index][0] for index in _longest_chain([number for _, number in lone])]
    # Articles are numbered too, and much closer together than pages.
    gaps = sorted(later - rank for rank, later in pairwise(chain))
    is_paged = len(chain) >= _FEWEST_PAGES and gaps[len(gaps) // 2] >= _PAGE_LINES
    return set(chain) if is_paged else set()


def _longest_chain(numbers: Sequence[int]) -> list[int]:
    """The indices of the most numbers of which each is a little higher than the one before."""
    if not numbers:
        return []
    lengths, before = [1] * len(numbers), [-1] * len(numbers)
    for index, number in enumerate(numbers):
        for earlier in range(max(0, index - _LOOK_BACK), index):
            if 0 < number - numbers[earlier] <= _PAGES_ON and lengths[earlier] + 1 > lengths[index]:
                lengths[index], before[index] = lengths[earlier] + 1, earlier
    chain: list[int] = []
    index = lengths.index(max(lengths))
    while index >= 0:
        chain.append(index)
        index = before[index]
    return chain[::-1]


def _line_numbers(texts: Sequence[str]) -> set[int]:
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
