"""Layer → the lines that are no text of the manifesto: running titles, page numbers, line numbers, links.

What makes a line furniture is that it comes back: in the same place on other pages where pages are known, or between the
halves of sentences where they are not. A recurring subheading ("Onze voorstellen") comes back too, but interrupts none.
"""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterator, Sequence

from extract.layers import Layer, Line
from extract.lines import is_stopped

_NUMBERS = re.compile(r"\d+|\b[ivxlc]+\b")
_PAGE_NUMBER = re.compile(
    r"\W*(?:(?:pagina|pag|blz|bladzijde|p)\b\.?\W*)?(\d{1,3})\W*(?:(?:van|/)\W*\d{1,3}\W*)?", re.IGNORECASE
)
_LINK = re.compile(
    r"(?:[→➔➜►▶↗»]\s*)(?:lees|bekijk|klik|download|ga naar|meer)\b.{0,60}|(?:lees|klik|kijk) (?:hier|verder|meer)\b.{0,20}",
    re.IGNORECASE,
)
_LONGEST = 120  # characters of a running title
_BAND = 3.0  # points by which the base line of a running title moves from page to page
_FEWEST = 3  # pages on which a running title comes back
_MARGIN = 0.12  # share of the page's height above and below in which titles and numbers run
_TILTED = 0.1  # radians; text set so runs along the page, not in it
_INTERRUPTS = 0.3  # share of its places at which a line that comes back cuts a sentence in two or meets a page number
_NUMBER_STEP = 12  # pages that may follow each other without a number of their own
_FEWEST_NUMBERS = 4
_PAGE_LINES = 15  # between two places of a line that runs from page to page, on average
_NUMBERED_PART = re.compile(r"\W*(?:art|hoofdstuk|deel|paragraaf|bijlage|punt|stelling|thema)", re.IGNORECASE)
_LINE_NUMBERS = 8  # of lines in a row, from which on they are counted as line numbers


def find_furniture(layer: Layer) -> set[int]:
    """The lines (by rank) that are furniture."""
    texts = [layer.text[line.start : line.end] for line in layer.lines]
    found = {rank for rank, line in enumerate(layer.lines) if line.role == "furniture" or _is_tilted(line)}
    found |= {rank for rank, text in enumerate(texts) if _LINK.fullmatch(text.strip())}
    if any(line.role for line in layer.lines):
        return found
    if layer.page_sizes:
        return found | _recurring_on_pages(layer, texts)
    return found | _recurring_between_halves(layer, texts)


def _is_tilted(line: Line) -> bool:
    return line.box is not None and _TILTED < line.box.angle < 2 * 3.1416 - _TILTED


def _key(text: str) -> str:
    """What stays the same of a running title from page to page."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    return "".join(character for character in _NUMBERS.sub("", folded) if character.isalpha())


def _recurring_on_pages(layer: Layer, texts: Sequence[str]) -> set[int]:
    """Lines in the margins that come back on other pages, and what else stands in the bands in which those run."""
    found: set[int] = set()
    in_margin = [rank for rank, line in enumerate(layer.lines) if _in_margin(layer, line)]
    pages_with: dict[tuple[str, int], set[int]] = defaultdict(set)
    for rank in in_margin:
        for band in _bands(layer.lines[rank]):
            pages_with[_key(texts[rank]), band].add(layer.lines[rank].page or 0)
    for rank in in_margin:
        line, key = layer.lines[rank], _key(texts[rank])
        pages = max((len(pages_with[key, band]) for band in _bands(line)), default=0)
        if len(texts[rank]) <= _LONGEST and pages >= _FEWEST and (key or _PAGE_NUMBER.fullmatch(texts[rank])):
            found.add(rank)
    bands = defaultdict(lambda: [0, 0])
    for rank in in_margin:
        for band in _bands(layer.lines[rank]):
            bands[band][rank in found] += 1
    for rank in in_margin:
        # A running title names the chapter, and so may stand on too few pages to be known by itself.
        others, running = bands[_bands(layer.lines[rank])[0]]
        if running >= _FEWEST and running > others and len(texts[rank]) <= _LONGEST:
            found.add(rank)
    return found


def _in_margin(layer: Layer, line: Line) -> bool:
    if line.box is None or line.page is None or not layer.page_sizes[line.page - 1][1]:
        return False
    height = line.box.y / layer.page_sizes[line.page - 1][1]
    return height < _MARGIN or height > 1 - _MARGIN


def _bands(line: Line) -> tuple[int, int]:
    """The two overlapping bands in which the base line stands."""
    y = line.box.y if line.box else 0.0
    return round(y / _BAND), round((y + _BAND / 2) / _BAND) + 100_000


def _recurring_between_halves(layer: Layer, texts: Sequence[str]) -> set[int]:
    """Page numbers that count up through a text, and lines that come back where sentences are cut in two."""
    numbers = _page_numbers(texts) | _line_numbers(texts)
    numbers |= {
        rank for rank, text in enumerate(texts) if text.isdigit() and len(text) <= 3 and _cuts(rank, texts, set())
    }
    places: dict[str, list[int]] = defaultdict(list)
    for rank, text in enumerate(texts):
        key = _key(text)
        if len(text) <= _LONGEST and len(key) >= 3 and not text.endswith((":", ";", ",")):
            places[key].append(rank)
    found = set(numbers)
    for ranks in places.values():
        if len(ranks) < _FEWEST:
            continue
        paged = ranks[-1] - ranks[0] >= _PAGE_LINES * (len(ranks) - 1) and not _NUMBERED_PART.match(texts[ranks[0]])
        cuts = [rank for rank in ranks if _cuts(rank, texts, numbers) or (paged and _counts(rank, ranks, texts))]
        if len(cuts) >= max(2, _INTERRUPTS * len(ranks)):
            found |= set(ranks)
    return found


def _cuts(rank: int, texts: Sequence[str], numbers: set[int]) -> bool:
    """Whether a line stands beside a page number, or between the halves of a sentence."""
    before, after = rank - 1, rank + 1
    if before in numbers or after in numbers:
        return True
    if before < 0 or after >= len(texts):
        return False
    return not is_stopped(texts[before]) and texts[after][:1].islower()


def _counts(rank: int, ranks: Sequence[int], texts: Sequence[str]) -> bool:
    """Whether a line holds a number that is higher in the next place of the same line."""
    later = next((each for each in ranks if each > rank), None)
    here = re.findall(r"\d+", texts[rank])
    there = re.findall(r"\d+", texts[later]) if later is not None else []
    return any(int(a) < int(b) <= int(a) + _NUMBER_STEP for a, b in zip(here, there, strict=False))


def _page_numbers(texts: Sequence[str]) -> set[int]:
    """Lines that hold only a number, and count up through the whole text: the longest such chain."""
    lone = [(rank, int(match[1])) for rank, text in enumerate(texts) if (match := _PAGE_NUMBER.fullmatch(text.strip()))]
    lengths, before = [1] * len(lone), [-1] * len(lone)
    for index, (_, number) in enumerate(lone):
        for earlier in range(max(0, index - 60), index):
            step = number - lone[earlier][1]
            if 0 < step <= _NUMBER_STEP and lengths[earlier] + 1 > lengths[index]:
                lengths[index], before[index] = lengths[earlier] + 1, earlier
    chain: list[int] = []
    index = lengths.index(max(lengths)) if lone else -1
    while index >= 0:
        chain.append(lone[index][0])
        index = before[index]
    # Articles are numbered too, and much closer together than pages.
    gaps = sorted(one - two for one, two in zip(chain, chain[1:], strict=False))
    is_paged = len(chain) >= _FEWEST_NUMBERS and gaps[len(gaps) // 2] >= _PAGE_LINES
    return set(chain) if is_paged else set()


def _line_numbers(texts: Sequence[str]) -> set[int]:
    """Runs of lone numbers that count lines: each the one before it and one, or five."""
    found: set[int] = set()
    for run in _runs(
        [(rank, int(text)) for rank, text in enumerate(texts) if text.isascii() and text.isdigit() and len(text) < 5]
    ):
        if len(run) >= _LINE_NUMBERS:
            found |= set(run)
    return found


def _runs(numbers: Sequence[tuple[int, int]]) -> Iterator[list[int]]:
    run: list[int] = []
    last = step = 0
    for rank, number in numbers:
        if run and number - last == (step or number - last) and number - last in (1, 5):
            step = number - last
        else:
            yield run
            run, step = [], 0
        run.append(rank)
        last = number
    yield run
