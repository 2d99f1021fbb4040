"""A quote beside the place in a text that is most like it → how they differ."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from rapidfuzz import fuzz

from extract.records import Match
from extract.verification.alignment import JUMP, Alignment, Piece
from extract.verification.borders import settle_borders
from extract.verification.difference import difference
from extract.verification.sentence_edges import end_steps, ends_sentence, is_first, is_last, start_steps, turns_sense
from extract.verification.sources import Source
from extract.verification.steps import (
    ELLIPSIS,
    MATCH_OF,
    RANK,
    gap_steps,
    joined_steps,
    match_of,
    plain,
    spelling_steps,
)
from extract.verification.words import Word

_NUMBERING = re.compile(r"(?:\d{1,3}|[a-z])[.)](?!\d)", re.IGNORECASE)
_CHANGES = {"replace": "words-changed", "delete": "words-added"}
_STOP = re.compile(r"[.!?…;:]")

# Characters of the text that may be left out between two parts of one quote. They fill more than two pages: parts that
# are further apart are not read together, and whoever joins them makes a text of their own.
_MOST_LEFT_OUT = 6_000


@dataclass(frozen=True, slots=True)
class Comparison:
    """How a quote and a place in a text differ."""

    match: Match
    steps: frozenset[str]  # of MATCH_OF
    difference: str | None  # as `difference` shows it; None if verbatim
    score: float  # similarity of the letters, 0 to 100; what was left out by whole sentences or with a mark is no part
    char_start: int
    char_end: int

    @property
    def rank(self) -> int:
        """0 for verbatim, more for each lesser match."""
        return RANK[self.match]


def compare(quote: str, source: Source, found: Alignment, *, ends: bool = True) -> Comparison:
    """Compare a quote with the place in a source with which it is aligned.

    Without `ends` it may begin and end within a sentence, as words that someone looks for do.
    """
    found = settle_borders(quote, source, found)
    omissions = {piece: _omission(piece, quote, source, found) for piece in found.pieces if piece.tag == "insert"}
    start, end = _end_steps(quote, source, found) if ends else (set[str](), set[str]())
    steps = {*omissions.values(), *_word_steps(quote, source, found), *_mark_steps(quote, source, found), *start, *end}
    match = match_of(steps)
    char_start, char_end = _extent(quote, source.text, found)
    return Comparison(
        match=match,
        steps=frozenset(steps),
        difference=None if match == "verbatim" else difference(quote, source, found, start=start, end=end),
        score=_score(found, _passed_over(quote, found, omissions)),
        char_start=char_start,
        char_end=char_end,
    )


def _word_steps(quote: str, source: Source, found: Alignment) -> Iterator[str]:
    """Yield what differs in words."""
    for piece in found.pieces:
        if piece.tag in _CHANGES:
            yield _CHANGES[piece.tag]
        steps = spelling_steps if piece.tag == "equal" else joined_steps
        for one, other in found.beside(piece):
            yield from steps(quote[one.start : one.end], source.running(other.start, other.end)[0])


def _mark_steps(quote: str, source: Source, found: Alignment) -> Iterator[str]:
    """Yield what differs in what stands between words."""
    for (one, other), (next_one, next_other) in found.adjacent():
        written, interrupted = source.running(other.end, next_other.start)
        if interrupted:
            yield "furniture"
        gap = quote[one.end : next_one.start]
        yield from gap_steps(gap, written)
        # Between two numbers a mark says how they go together: 2/3 is not 2-3.
        if other.key[-1:].isdigit() and next_other.key[:1].isdigit() and plain(gap).split() != plain(written).split():
            yield "words-changed"


def _end_steps(quote: str, source: Source, found: Alignment) -> tuple[set[str], set[str]]:
    """What is to be said of where a quote begins, and of where it ends."""
    start = end = set[str]()
    if found.starts_alike:
        start = set(start_steps(quote[: found.quoted[0].start], found.first, source))
    if found.ends_alike:
        end = set(end_steps(quote[found.quoted[-1].end :], found.last, source))
    if (start | end) & {"cut-start", "cut-end"} and _runs_together(quote, source, found):
        # Some words of a sentence, cut off from it and taken into another: "We doen het. Niet …" as "We doen het niet."
        start, end = ({"sense-cut"} if each else each for each in (start, end))
    return start, end


def _runs_together(quote: str, source: Source, found: Alignment) -> bool:
    """Whether two sentences of the source are one in the quote."""
    return any(
        is_first(next_other, source)
        and _STOP.search(source.running(other.end, next_other.start)[0])
        and not _STOP.search(quote[one.end : next_one.start])
        for (one, other), (next_one, next_other) in found.adjacent()
    )


def _omission(piece: Piece, quote: str, source: Source, found: Alignment) -> str:
    """What it is that the text has and the quote has not, as a step."""
    words = found.written[piece.j_start : piece.j_end]
    if words[-1].end - words[0].start > _MOST_LEFT_OUT:
        return "far-apart"
    aside = source.kind == "manifesto" and all(word.key != JUMP and source.is_aside(word.start) for word in words)
    if aside and not turns_sense(words):
        return "aside"
    if len(words) == 1 and source.opens_passage(words[0].start) and _NUMBERING.match(source.text, words[0].start):
        return "bullet"
    gap = found.gap_before(quote, piece.i_start)
    if ELLIPSIS.search(gap):
        return "sense-cut" if turns_sense(_parts_of_sentences(words, source)) else "ellipsis"
    if ends_sentence(gap) and is_first(words[0], source) and is_last(words[-1], source):
        return "sentences-left-out"
    return "words-missing"


def _parts_of_sentences(words: Sequence[Word], source: Source) -> list[Word]:
    """Of words that were left out, those of the sentences that the quote leaves and takes up again in their middle."""
    _, end = source.sentence_at(words[0].start)
    begin, _ = source.sentence_at(words[-1].start)
    left = [] if is_first(words[0], source) else [word for word in words if word.start < end]
    taken_up = [] if is_last(words[-1], source) else [word for word in words if word.start >= begin]
    return [*left, *taken_up]


def _passed_over(quote: str, found: Alignment, omissions: Mapping[Piece, str]) -> set[Piece]:
    """Pieces whose words of the text are no part of the place: whole sentences, and what was left out with a mark."""
    left_out = {piece for piece, step in omissions.items() if MATCH_OF[step] != "altered" or step == "sense-cut"}
    inner = (piece for piece in found.pieces[1:-1] if piece.tag == "replace")
    gaps = {piece: (found.gap_before(quote, piece.i_start), found.gap_before(quote, piece.i_end)) for piece in inner}
    return left_out | {piece for piece, both in gaps.items() if any(map(ELLIPSIS.search, both))}


def _extent(quote: str, text: str, found: Alignment) -> tuple[int, int]:
    """Where the place begins and ends, with the marks around it that the quote has, too."""
    start, end = found.first.start, found.last.end
    lead, tail = quote[: found.quoted[0].start], quote[found.quoted[-1].end :]
    while lead and start and plain(lead[-1]) == plain(text[start - 1]):
        lead, start = lead[:-1], start - 1
    while tail and end < len(text) and plain(tail[0]) == plain(text[end]):
        tail, end = tail[1:], end + 1
    return start, end


def _score(found: Alignment, passed_over: set[Piece]) -> float:
    written = [
        word.key
        for piece in found.pieces
        if piece not in passed_over
        for word in found.written[piece.j_start : piece.j_end]
        if word.key != JUMP
    ]
    return round(float(fuzz.ratio("".join(word.key for word in found.quoted), "".join(written))), 1)
