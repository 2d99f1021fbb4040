"""Where a running title stands within a line of plain text, because the tool that made the text lost the line ends.

    … zoals dat hoort. 12 | Verkiezingsprogramma Partij voor de Dieren Tweede Kamerverkiezingen 2017 Wij willen …

It is known by what no prose does: the same words in the same order on page after page, beside a number.
"""

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence

from extract.lines import open_words

_WORD = re.compile(r"[^\W\d_]+")
_NUMBER_BEFORE = re.compile(r"(?:(?<=\D)|^)\d{1,3}\s*\|?\s*$")
_NUMBER_BEHIND = re.compile(r"\s*(?:(?:18|19|20)\d\d)?\s*\|?\s*\d{1,3}(?!\d)(?:\s*\|)?")
_YEAR_BEHIND = re.compile(r"\s*(?:18|19|20)\d\d(?:\s*[-–]\s*(?:20)?\d\d)?")
_WORDS = 5  # that come back in the same order
_PLACES = 5  # at which they must
_LONGEST = 15  # words of a running title
_NUMBERED = 0.6  # share of the places at which a number stands beside it


def glued_titles(text: str, lines: Sequence[tuple[int, int]]) -> dict[int, list[tuple[int, int]]]:
    """For each line (start, end) that holds more than a running title, by start, where in the text those titles stand."""
    words = [list(_WORD.finditer(text, start, end)) for start, end in lines]
    places: dict[tuple[str, ...], set[int]] = defaultdict(set)
    for rank, found in enumerate(words):
        for at in range(len(found) - _WORDS + 1):
            places[tuple(each.group() for each in found[at : at + _WORDS])].add(rank)
    frequent = {run for run, ranks in places.items() if len(ranks) >= _PLACES}
    if not frequent:
        return {}
    titles: dict[str, list[tuple[int, int, int]]] = defaultdict(list)
    for rank, found in enumerate(words):
        for first, last in _runs(found, frequent):
            if found[last].group().casefold() in open_words():
                continue  # the start of many sentences, not a title
            start, end = found[first].start(), found[last].end()
            titles[" ".join(each.group() for each in found[first : last + 1])].append((rank, start, end))
    glued: dict[int, list[tuple[int, int]]] = defaultdict(list)
    for spans in titles.values():
        widened = [(rank, *_with_number(text, start, end, lines[rank])) for rank, start, end in spans]
        numbered = sum(wide[1:] != span[1:] for wide, span in zip(widened, spans, strict=True))
        if len(spans) >= _PLACES and numbered >= _NUMBERED * len(spans):
            for rank, start, end in widened:
                if (start, end) != lines[rank]:
                    glued[lines[rank][0]].append((start, end))
    return {start: sorted(spans) for start, spans in glued.items()}


def _runs(found: Sequence[re.Match[str]], frequent: set[tuple[str, ...]]) -> Iterator[tuple[int, int]]:
    """First and last word of each stretch of a line in which every few words are frequent."""
    at = 0
    while at <= len(found) - _WORDS:
        last = at
        while last <= len(found) - _WORDS and tuple(each.group() for each in found[last : last + _WORDS]) in frequent:
            last += 1
        if at < last <= at + _LONGEST:
            yield at, last + _WORDS - 2
        at = max(last, at + 1)


def _with_number(text: str, start: int, end: int, line: tuple[int, int]) -> tuple[int, int]:
    """The span of a title with the page number beside it."""
    before = _NUMBER_BEFORE.search(text, max(line[0], start - 8), start)
    year = _YEAR_BEHIND.match(text, end, line[1])
    behind = _NUMBER_BEHIND.match(text, year.end() if year else end, line[1])
    return (before.start() if before else start), (behind.end() if behind else year.end() if year else end)
