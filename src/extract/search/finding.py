"""Words → every place in a dataset's texts where they stand, word for word or nearly."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from extract.dataset.reader import sources_in
from extract.parties import load_register
from extract.problems import UsageError
from extract.records import Match, Status
from extract.verification.alignment import Needle, needle_of
from extract.verification.certificates import LEAST_SHARE, best_place
from extract.verification.sources import Source
from extract.verification.statuses import rank_of
from extract.verification.stretches import NgramIndex, Shared, near_groups

_AROUND = 80  # characters shown before and behind a place


@dataclass(frozen=True, slots=True)
class Found:
    """A place where words stand: in which document, where, how exactly, and what stands around it."""

    path: str
    document_id: str
    party_id: str | None
    election: str | None
    status: Status
    page: int | None
    heading_path: str | None
    char_start: int
    char_end: int
    match: Match
    score: float
    text: str
    before: str
    behind: str
    difference: str | None


def find_places(words: str, folder: Path, *, party_id: str | None = None, election: str | None = None) -> list[Found]:
    """All places in running text where some words stand, or nearly; word for word first, then as documents stand.

    White space, line ends, case, accents and punctuation do not matter. Places with other words are found for 25
    letters or more, if they share 12 letters in a row and are as similar as an altered quote must be.
    """
    needle = needle_of(words)
    if not len(needle.letters):
        raise UsageError(f"There is no letter or digit in {words!r} to look for.")
    register = load_register()
    index = NgramIndex([needle.letters])
    found = [
        place
        for source in sources_in(folder)
        if (party_id is None or register.is_same(party_id, source.party_id)) and election in (None, source.election)
        for place in _places(needle, index, source)
    ]
    return sorted(found, key=lambda each: (max(rank_of("near"), rank_of(each.match)), -each.score))


def _places(needle: Needle, index: NgramIndex, source: Source) -> Iterator[Found]:
    shared = index.shared_with(source.letters, least=np.array([LEAST_SHARE * len(needle.letters)])).get(0, [])
    seen: set[int] = set()
    for group in _groups(shared, len(needle.letters)):
        if place := best_place(needle, source, group, ends=False):
            start, end = place.compared.char_start, place.compared.char_end
            if start in seen:
                continue
            seen.add(start)
            yield Found(
                path=source.path,
                document_id=source.document_id,
                party_id=source.party_id,
                election=source.election,
                status=source.status,
                page=source.page_at(start),
                heading_path=source.passage_at(start)["heading_path"],
                char_start=start,
                char_end=end,
                match=place.compared.match,
                score=place.compared.score,
                text=source.text[start:end],
                before=source.text[max(0, start - _AROUND) : start],
                behind=source.text[end : end + _AROUND],
                difference=place.compared.difference,
            )


def _groups(shared: Sequence[Shared], length: int) -> Iterator[list[Shared]]:
    """Yield the stretches that may be one place: one that is all of the words by itself, others with those close by."""
    yield from ([each] for each in shared if each.length == length)
    yield from near_groups([each for each in shared if each.length < length], length)
