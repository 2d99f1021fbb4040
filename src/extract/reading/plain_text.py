"""Plain text → text layer: its lines, also those that the tool which made the text ran together.

    … zoals dat hoort. 12 | Verkiezingsprogramma Partij voor de Dieren Tweede Kamerverkiezingen 2017 Wij willen …

A running title within a line is known by what no prose does: the same words in the same order on page after page,
beside a number.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence, Set
from itertools import groupby

from extract.layout.layers import Layer, Line
from extract.layout.lines import SOLID_BULLETS
from extract.word_lists import open_words

_VISIBLE = re.compile(r"\S(?:.*\S)?", re.DOTALL)
_PIECE = re.compile(r"\S(?:\S| (?! ))*(?<! )")
_INNER_ITEM = re.compile(rf"(?<=\s)[{SOLID_BULLETS}]\s+(?=[A-Z])|(?<=: )[-–]\s+(?=[A-Z])")
_LOST_LINES = 1_500  # characters; the longest paragraph that was typed as one line is shorter

_WORD = re.compile(r"[^\W\d_]+")
_NUMBER_BEFORE = re.compile(r"(?:(?<=\D)|^)\d{1,3}\s*\|?\s*$")
_NUMBER_BEHIND = re.compile(r"\s*(?:(?:18|19|20)\d\d)?\s*\|?\s*\d{1,3}(?!\d)(?:\s*\|)?")
_YEAR_BEHIND = re.compile(r"\s*(?:18|19|20)\d\d(?:\s*[-–]\s*(?:20)?\d\d)?")
_WORDS = 5  # that come back in the same order
_PLACES = 5  # at which they must
_LONGEST = 15  # runs of words in a running title, each a word further than the one before
_NUMBERED = 0.6  # share of the places at which a number stands beside it
_NUMBER_REACH = 8  # characters before a title in which its number is looked for

Words = Sequence[re.Match[str]]  # of a line
WordRun = tuple[str, ...]  # so many words that follow each other


def layer_of_text(text: str) -> Layer:
    """The layer of plain text: its lines, and nothing that is known of them."""
    spans: list[tuple[int, int]] = []
    start = 0
    for part in text.split("\n"):
        # A text that lost its line ends often kept two spaces in their place.
        pieces = _PIECE.finditer(part) if len(part) > _LOST_LINES else _VISIBLE.finditer(part)
        spans += [(start + piece.start(), start + piece.end()) for piece in pieces]
        start += len(part) + 1
    spans = [each for span in spans for each in _parted(text, span, [(at, at) for at in _inner_items(text, span)])]
    glued = _glued_titles(text, spans)
    lines = [Line(start=each[0], end=each[1]) for span in spans for each in _parted(text, span, glued.get(span[0], ()))]
    return Layer(text=text, lines=tuple(lines))


def _inner_items(text: str, span: tuple[int, int]) -> list[int]:
    """Where items of a list begin within a line, whose line ends are lost."""
    return [match.start() for match in _INNER_ITEM.finditer(text, *span)]


def _parted(text: str, span: tuple[int, int], titles: Iterable[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """A line in parts: the titles within it, and what stands between them."""
    edges = [span[0], *(edge for title in titles for edge in title), span[1]]
    for start, end in zip(edges, edges[1:], strict=False):
        part = text[start:end]
        if part.strip():
            yield start + len(part) - len(part.lstrip()), start + len(part.rstrip())


# Titles within lines


def _glued_titles(text: str, lines: Sequence[tuple[int, int]]) -> dict[int, list[tuple[int, int]]]:
    """Where titles stand within the lines (start, end) of a text: their spans, by the start of their line.

    A line that is nothing but a title has none.
    """
    words = [list(_WORD.finditer(text, start, end)) for start, end in lines]
    frequent = _frequent_runs(words)
    if not frequent:
        return {}
    glued: dict[int, list[tuple[int, int]]] = defaultdict(list)
    for spans in _spans_by_title(words, frequent).values():
        widened = [(rank, *_with_number(text, start, end, lines[rank])) for rank, start, end in spans]
        numbered = sum(wide != span for wide, span in zip(widened, spans, strict=True))
        if len(spans) >= _PLACES and numbered >= _NUMBERED * len(spans):
            for rank, start, end in widened:
                if (start, end) != lines[rank]:
                    glued[lines[rank][0]].append((start, end))
    return {start: list(_apart(sorted(spans))) for start, spans in glued.items()}


def _frequent_runs(words: Iterable[Words]) -> set[WordRun]:
    """The runs of words that stand in many lines."""
    places: Counter[WordRun] = Counter()
    for found in words:
        places.update(set(_runs(found)))
    return {run for run, count in places.items() if count >= _PLACES}


def _runs(found: Words) -> Iterable[WordRun]:
    """The runs of a few words in a line, in order."""
    written = [word.group() for word in found]
    return zip(*(written[at:] for at in range(_WORDS)), strict=False)


def _spans_by_title(words: Iterable[Words], frequent: Set[WordRun]) -> dict[str, list[tuple[int, int, int]]]:
    """For each stretch of frequent words its places: rank of the line, start and end in the text."""
    titles: dict[str, list[tuple[int, int, int]]] = defaultdict(list)
    for rank, found in enumerate(words):
        for first, last in _stretches(found, frequent):
            if found[last].group().casefold() not in open_words():  # else the start of many sentences, not a title
                title = " ".join(word.group() for word in found[first : last + 1])
                titles[title].append((rank, found[first].start(), found[last].end()))
    return titles


def _stretches(found: Words, frequent: Set[WordRun]) -> Iterator[tuple[int, int]]:
    """First and last word of each stretch of a line in which every few words are frequent."""
    is_frequent = [run in frequent for run in _runs(found)]
    at = 0
    for frequents, group in groupby(is_frequent):
        count = len(list(group))
        if frequents and count <= _LONGEST:
            yield at, at + count + _WORDS - 2
        at += count


def _with_number(text: str, start: int, end: int, line: tuple[int, int]) -> tuple[int, int]:
    """The span of a title with the page number beside it."""
    before = _NUMBER_BEFORE.search(text, max(line[0], start - _NUMBER_REACH), start)
    year = _YEAR_BEHIND.match(text, end, line[1])
    behind = _NUMBER_BEHIND.match(text, year.end() if year else end, line[1])
    return (before.start() if before else start), (behind.end() if behind else year.end() if year else end)


def _apart(spans: Iterable[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """Spans without what the one before holds already: a number between two titles is of the first."""
    behind = 0
    for start, end in spans:
        if end > behind:
            yield max(start, behind), end
            behind = end
