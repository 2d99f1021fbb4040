"""A quote beside the place in a text that is most like it → how they differ."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from rapidfuzz import fuzz

from extract.alignment import JUMP, Alignment, Piece
from extract.difference import difference
from extract.records import Match
from extract.sentence_edges import end_steps, ends_sentence, is_first, is_last, start_steps
from extract.sources import Source
from extract.steps import ELLIPSIS, MATCH_OF, RANK, gap_steps, match_of, plain, spelling_steps
from extract.words import Word

_NUMBERING = re.compile(r"(?:\d{1,3}|[a-z])[.)]", re.IGNORECASE)

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
    found = replace(found, pieces=_at_sentences(found.pieces, found.written, source))
    omissions = {piece: _omission(piece, quote, source, found) for piece in found.pieces if piece.tag == "insert"}
    changes = {"replace": "words-changed", "delete": "words-added", "joined": "spacing"}
    steps = {changes[piece.tag] for piece in found.pieces if piece.tag in changes} | set(omissions.values())
    for one, other in found.same():
        steps |= set(spelling_steps(quote[one.start : one.end], source.text[other.start : other.end]))
    for (one, other), (next_one, next_other) in found.adjacent():
        written, interrupted = source.running(other.end, next_other.start)
        steps |= set(gap_steps(quote[one.end : next_one.start], written)) | ({"furniture"} if interrupted else set())
    start = end = set[str]()
    if ends and found.starts_alike:
        start = set(start_steps(quote[: found.quoted[0].start], found.first, source))
    if ends and found.ends_alike:
        end = set(end_steps(quote[found.quoted[-1].end :], found.last, source))
    steps |= start | end
    match = match_of(steps)
    char_start, char_end = _extent(quote, source.text, found)
    return Comparison(
        match=match,
        steps=frozenset(steps),
        difference=None if match == "verbatim" else difference(quote, source, found, start=start, end=end),
        score=_score(found, {piece for piece, step in omissions.items() if MATCH_OF[step] != "altered"}),
        char_start=char_start,
        char_end=char_end,
    )


def _omission(piece: Piece, quote: str, source: Source, found: Alignment) -> str:
    """What it is that the text has and the quote has not, as a step."""
    words = found.written[piece.j_start : piece.j_end]
    if words[-1].end - words[0].start > _MOST_LEFT_OUT:
        return "far-apart"
    if source.kind == "manifesto" and all(word.key != JUMP and source.is_aside(word.start) for word in words):
        return "aside"
    if len(words) == 1 and source.opens_passage(words[0].start) and _NUMBERING.match(source.text, words[0].start):
        return "bullet"
    gap = quote[found.quoted[piece.i_start - 1].end : found.quoted[piece.i_start].start]
    if ELLIPSIS.search(gap):
        return "ellipsis"
    if ends_sentence(gap) and is_first(words[0], source) and is_last(words[-1], source):
        return "sentences-left-out"
    return "words-missing"


def _at_sentences(pieces: Sequence[Piece], written: Sequence[Word], source: Source) -> tuple[Piece, ...]:
    """The pieces, with what was left out moved to where a sentence begins, if the words allow for it.

    Of "A. De B. De C." beside "A. De C.", either "De B." was left out, or "B. De".
    """
    found = list(pieces)
    for at in range(1, len(found) - 1):
        before, piece, behind = found[at - 1 : at + 2]
        if (before.tag, piece.tag, behind.tag) != ("equal", "insert", "equal"):
            continue
        most = min(before.i_end - before.i_start, behind.i_end - behind.i_start)
        for shift in sorted(range(1 - most, most), key=abs):
            moved = [_shifted(before, 0, shift), _shifted(piece, shift, shift), _shifted(behind, shift, 0)]
            if _same_words(written, piece, shift) and is_first(written[moved[1].j_start], source):
                found[at - 1 : at + 2] = moved
                break
    return tuple(found)


def _shifted(piece: Piece, start: int, end: int) -> Piece:
    return Piece(piece.tag, piece.i_start + start, piece.i_end + end, piece.j_start + start, piece.j_end + end)


def _same_words(written: Sequence[Word], piece: Piece, shift: int) -> bool:
    """Whether a piece may be moved by so many words: those that it then leaves are those that it then takes."""
    first, last = sorted((0, shift))
    left = [word.key for word in written[piece.j_start + first : piece.j_start + last]]
    return left == [word.key for word in written[piece.j_end + first : piece.j_end + last]]


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
