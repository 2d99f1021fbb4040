"""Quasi-sentences → where they stand among the sentences of the same manifesto as we read it.

Most exports have no headings, and coders cut sentences up; a run has headings, and labels sentences of its own. Letters
are compared, for marks and white space differ. What stands in only one place is found first, in one order in both
(a longest increasing subsequence); the rest is looked for between those.
"""

from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import accumulate, pairwise

from extract.labels.contexts import Reading
from extract.learning.annotations import letters
from extract.learning.code_training import CodedDocument

_ANCHOR_LETTERS = 25  # of a text that is looked for everywhere; shorter ones, as bullets, stand in many places


@dataclass(frozen=True, slots=True)
class Place:
    """A stretch of letters that begins in a sentence."""

    sentence: int
    letter: int  # of that sentence, from 0
    count: int


def find_places(texts: Sequence[str], read: Sequence[Reading]) -> list[Place | None]:
    """Where each of some texts, in their order, begins among sentences; None where it does not stand there."""
    wanted = [letters(text)[0] for text in texts]
    sentences = [letters(each.text)[0] for each in read]
    stream = "".join(sentences)
    starts = list(accumulate(map(len, sentences), initial=0))
    unique = [
        (number, stream.find(text))
        for number, text in enumerate(wanted)
        if len(text) >= _ANCHOR_LETTERS and stream.count(text) == 1
    ]
    at = dict(_increasing(unique))
    bounds = [(-1, 0), *((number, at[number]) for number in sorted(at)), (len(wanted), len(stream))]
    for (before, low), (after, high) in pairwise(bounds):
        start = low + (len(wanted[before]) if before >= 0 else 0)
        for number in range(before + 1, after):
            found = stream.find(wanted[number], start, high) if wanted[number] else -1
            if found >= 0:
                at[number], start = found, found + len(wanted[number])
    places: list[Place | None] = [None] * len(texts)
    for number, start in at.items():
        sentence = bisect_right(starts, start) - 1
        places[number] = Place(sentence, start - starts[sentence], len(wanted[number]))
    return places


def with_headings(document: CodedDocument, read: Sequence[Reading]) -> CodedDocument:
    """A document with the headings that our reading of it has, where it has none of its own.

    A sentence that is not found has the heading of the one before it.
    """
    if any(each.heading for each in document.readings):
        return document
    places = find_places([each.text for each in document.readings], read)
    heading, readings = "", []
    for reading, place in zip(document.readings, places, strict=True):
        heading = read[place.sentence].heading if place else heading
        readings.append(replace(reading, heading=heading))
    return replace(document, readings=tuple(readings))


def as_read(document: CodedDocument, read: Sequence[Reading]) -> CodedDocument:
    """The sentences of our reading of a document, each with the code that most of its letters were given.

    None where no coded quasi-sentence was found in it; of codes with as many letters, the first.
    """
    counts = [len(letters(each.text)[0]) for each in read]
    votes: list[Counter[str]] = [Counter() for _ in read]
    places = find_places([each.text for each in document.readings], read)
    for code, place in zip(document.codes, places, strict=True):
        if code is None or place is None:
            continue
        sentence, letter, left = place.sentence, place.letter, place.count
        while left > 0 and sentence < len(read):
            here = min(left, counts[sentence] - letter)
            if here > 0:
                votes[sentence][code] += here
            sentence, letter, left = sentence + 1, 0, left - here
    codes = tuple(each.most_common(1)[0][0] if each else None for each in votes)
    return replace(document, readings=tuple(read), codes=codes)


def _increasing(pairs: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """The longest row of pairs, of those sorted by their first, whose second increases, too."""
    lasts: list[int] = []  # the smallest second that ends a row of each length
    ends: list[int] = []
    before: list[int | None] = []
    for place, (_, second) in enumerate(pairs):
        length = bisect_left(lasts, second)
        before.append(ends[length - 1] if length else None)
        lasts[length : length + 1], ends[length : length + 1] = [second], [place]
    row = []
    place_: int | None = ends[-1] if ends else None
    while place_ is not None:
        row.append(pairs[place_])
        place_ = before[place_]
    return row[::-1]
