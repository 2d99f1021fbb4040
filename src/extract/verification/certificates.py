"""Quotes and manifestos → Certificates: does a quote stand where the digest says, and how exactly?

Each manifesto is gone through once for all quotes (`stretches.py`); only where a quote shares enough with it are
the two put side by side (`alignment.py`) and compared (`comparison.py`).
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from extract.parties import Register
from extract.records import Certificate, CertificateStatus, Quote
from extract.verification.alignment import Needle, align, needle_of
from extract.verification.comparison import Comparison, comparison_of
from extract.verification.sources import Source
from extract.verification.statuses import MATCHES, STATUSES, VERIFIED, rank_of
from extract.verification.stretches import NgramIndex, Shared, best_chain, covered, most_within

STAGE = "certify"

# With these a manifesto for another election says nothing of a quote.
_NOT_THERE = frozenset(MATCHES) - VERIFIED

# Similarity from which on a place counts as the quote, altered, by the letters that a quote has at least. What other
# parties' manifestos came to, without meaning the quote: 76.7 under 60 letters, 73.1 under 100, 62.1 above
# (docs/certificates.md).
_FLOORS = ((100, 65), (60, 75), (0, 80))
# Letters from which on a quote is told from what anyone might say. Shorter ones are found only word for word, and only
# with their own party.
_TELLING_LETTERS = 25
# Share of the letters of a quote in stretches that a place has too, from which on the two are put side by side; and
# the same where only all of its words will do, since the ends of a stretch may differ in some letters.
LEAST_SHARE = 0.35
_NEARLY_ALL = 0.8
_WINDOW = 6_000  # letters of a text beside those of the quote that are still one place
_MOST_PLACES = 50  # of the same letters that are compared, those with the same characters first
_MOST_ALONG = 3  # of the longest stretches that are followed by themselves


@dataclass(frozen=True, slots=True)
class Claimed:
    """A quote, and the election for which its digest says it was written."""

    quote: Quote
    election: str | None


def claim(text: str, *, party_id: str | None, election: str | None, quote_id: str) -> Claimed:
    """The claim that a party wrote a text, where no digest makes it."""
    quote = Quote(
        quote_id=quote_id,
        passage_id="",
        document_id="",
        party_id=party_id,
        kind="statement",
        char_start=0,
        char_end=len(text),
        text=text,
        opening_mark="“",
    )
    return Claimed(quote, election)


@dataclass(frozen=True, slots=True)
class Place:
    """Where words stand in a text, how they differ, and in how many places its letters stand there."""

    compared: Comparison
    count: int


class QuoteIndex:
    """Quotes that manifestos are to be searched for, ready to be looked for all at once."""

    def __init__(self, claimed: Sequence[Claimed], register: Register) -> None:
        self._claimed = claimed
        self._register = register
        self._needles = [needle_of(each.quote.text) for each in claimed]
        self._lengths = np.array([len(each.letters) for each in self._needles])
        self._ngrams = NgramIndex([each.letters for each in self._needles])
        self._parties = {each.quote.party_id for each in claimed}

    def certificates_in(self, source: Source) -> Iterator[Certificate]:
        """Yield what a manifesto says of quotes, in their order: of all of its party, and of others that it has."""
        own = {party_id for party_id in self._parties if self._register.is_same(party_id, source.party_id)}
        are_own = np.array([each.quote.party_id in own for each in self._claimed], dtype=bool)
        least = self._lengths * np.where(are_own, LEAST_SHARE, _NEARLY_ALL)
        shared = self._ngrams.shared_with(source.letters, least=least)
        places: dict[tuple[str, bool], Place | None] = {}  # of a text that is quoted over and over, looked for once
        for number in sorted({*np.flatnonzero(are_own).tolist(), *shared}):
            certificate = _certificate(
                self._claimed[number],
                self._needles[number],
                source,
                shared.get(number, ()),
                places,
                is_own=bool(are_own[number]),
            )
            if certificate:
                yield certificate


def settled(claimed: Claimed, found: Sequence[Certificate]) -> Iterator[Certificate]:
    """Yield the certificates of a quote, the best one marked.

    Those of other parties' manifestos are left out if its own party has it. Without a manifesto of its party for its
    election there is one that says so.
    """
    own = [each for each in found if each.status != "other-party"]
    rows = own if any(each.match in VERIFIED for each in own) else list(found)
    if not any(is_for(claimed.election, each.source_election) for each in own):
        none = f"{claimed.quote.quote_id}@none"
        rows = [
            *rows,
            Certificate(certificate_id=none, quote_id=claimed.quote.quote_id, status="no-source", best=False),
        ]
    best = min(rows, key=lambda each: (_order(claimed, each), -(each.score or 0)))
    yield from (replace(each, best=each is best) for each in rows)


def is_for(election: str | None, other: str | None) -> bool:
    """Whether two texts are for one election, as far as both are known."""
    return None in (election, other) or election == other


def best_place(
    needle: Needle, source: Source, shared: Sequence[Shared], *, share: float = LEAST_SHARE, ends: bool = True
) -> Place | None:
    """The place of a source that is most like some words, which share those stretches with it.

    None if there is none, or none that has the given share of their letters. Of places alike it is the first.
    """
    length = len(needle.letters)
    if most_within(shared, length + _WINDOW) < share * length:
        return None
    whole = [[each] for each in shared if each.length == length and _is_bounded(each, source)]
    whole.sort(key=lambda chain: not source.text.startswith(needle.text, source.letters.places[chain[0].place]))
    chains = whole[:_MOST_PLACES] or (list(_chains(shared, length)) if length >= _TELLING_LETTERS else [])
    places = [_compared(needle, source, chain, ends) for chain in chains if covered(chain) >= share * length]
    best = min((each for each in places if each), key=lambda each: (each.rank, -each.score), default=None)
    floor = next(floor for least, floor in _FLOORS if length >= least)
    if best is None or (best.match == "altered" and best.score < floor):
        return None
    return Place(best, len(whole))


def _chains(shared: Sequence[Shared], length: int) -> Iterator[list[Shared]]:
    """Yield chains that may be the place: the best one, and those along the longest stretches, which do not jump."""
    yield best_chain(shared)
    for longest in sorted(shared, key=lambda each: -each.length)[:_MOST_ALONG]:
        beside = [each for each in shared if abs(each.place - each.at - longest.place + longest.at) <= length // 4]
        if len(beside) < len(shared):
            yield best_chain(beside)


def _compared(needle: Needle, source: Source, chain: Sequence[Shared], ends: bool) -> Comparison | None:
    found = align(needle, chain, source)
    return comparison_of(found, ends=ends) if found else None


def _is_bounded(shared: Shared, source: Source) -> bool:
    """Whether a stretch is made of whole words."""
    start, end = source.letters.places[shared.place], source.letters.places[shared.place + shared.length - 1] + 1
    return not (source.text[start - 1 : start].isalnum() or source.text[end : end + 1].isalnum())


def _certificate(
    claimed: Claimed,
    needle: Needle,
    source: Source,
    shared: Sequence[Shared],
    places: dict[tuple[str, bool], Place | None],
    *,
    is_own: bool,
) -> Certificate | None:
    """The certificate of a quote for a manifesto; None for one of another party that has not got it."""
    quote = claimed.quote
    if not is_own and (len(needle.letters) < _TELLING_LETTERS or source.party_id is None):
        return None
    asked = needle.text, is_own
    if asked not in places:
        share = LEAST_SHARE if is_own else _NEARLY_ALL
        places[asked] = best_place(needle, source, shared, share=share) if shared else None
    place = places[asked]
    if not is_own and not (place and place.compared.match in VERIFIED):
        return None
    blank = Certificate(
        certificate_id=f"{quote.quote_id}@{source.document_id}",
        quote_id=quote.quote_id,
        source_document_id=source.document_id,
        source_election=source.election,
        source_status=source.status,
        status="not-found",
        match="not-found",
        best=False,
    )
    if place is None:
        return blank
    compared = place.compared
    steps = sorted({*compared.steps, *source.repairs_between(compared.char_start, compared.char_end)})
    return replace(
        blank,
        status=_status(claimed, source, compared, is_own),
        match=compared.match,
        score=compared.score,
        page=source.page_at(compared.char_start),
        char_start=compared.char_start,
        char_end=compared.char_end,
        text=source.text[compared.char_start : compared.char_end],
        places=place.count,
        steps="|".join(steps) or None,
        difference=compared.difference,
    )


def _status(claimed: Claimed, source: Source, compared: Comparison, is_own: bool) -> CertificateStatus:
    if not is_own:
        return "other-party"
    if compared.match in VERIFIED:
        if not is_for(claimed.election, source.election):
            return "other-election"
        if source.status == "draft":
            return "draft"
    return compared.match


def _order(claimed: Claimed, certificate: Certificate) -> int:
    """Rank of a certificate among those of its quote.

    Not to be found, or only in other words, in a manifesto for another election says less than that there is none.
    """
    is_idle = certificate.status in _NOT_THERE and not is_for(claimed.election, certificate.source_election)
    return rank_of(certificate.status) + len(STATUSES) * is_idle
