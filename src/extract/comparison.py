"""A quote beside the place in a text that is most like it → how they differ."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from rapidfuzz import fuzz

from extract.alignment import JUMP, Alignment, Piece
from extract.difference import difference
from extract.records import Match
from extract.sentence_edges import end_steps, ends_sentence, is_first, is_last, loses_sense, start_steps
from extract.sources import Source
from extract.steps import ELLIPSIS, MATCH_OF, RANK, gap_steps, joined_steps, match_of, plain, spelling_steps
from extract.words import Word

_NUMBERING = re.compile(r"(?:\d{1,3}|[a-z])[.)](?!\d)", re.IGNORECASE)
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
    found = _within_sentences(found, source)
    found = replace(found, pieces=_at_edges(quote, found, source))
    omissions = {piece: _omission(piece, quote, source, found) for piece in found.pieces if piece.tag == "insert"}
    changes = {"replace": "words-changed", "delete": "words-added"}
    steps = {changes[piece.tag] for piece in found.pieces if piece.tag in changes} | set(omissions.values())
    for one, other in found.same():
        steps |= set(spelling_steps(quote[one.start : one.end], source.text[other.start : other.end]))
    for one, other in found.joined():
        steps |= set(joined_steps(quote[one.start : one.end], source.running(other.start, other.end)[0]))
    run_together = False  # sentences of the source that are one in the quote
    for (one, other), (next_one, next_other) in found.adjacent():
        gap = quote[one.end : next_one.start]
        written, interrupted = source.running(other.end, next_other.start)
        steps |= set(gap_steps(gap, written)) | ({"furniture"} if interrupted else set())
        run_together |= is_first(next_other, source) and bool(_STOP.search(written)) and not _STOP.search(gap)
    start = end = set[str]()
    if ends and found.starts_alike:
        start = set(start_steps(quote[: found.quoted[0].start], found.first, source))
    if ends and found.ends_alike:
        end = set(end_steps(quote[found.quoted[-1].end :], found.last, source))
    # Words of the sentence before or behind, taken into another one.
    if run_together and (start | end) & {"cut-start", "cut-end"}:
        start, end = ({"sense-cut"} if each else each for each in (start, end))
    steps |= start | end
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


def _omission(piece: Piece, quote: str, source: Source, found: Alignment) -> str:
    """What it is that the text has and the quote has not, as a step."""
    words = found.written[piece.j_start : piece.j_end]
    if words[-1].end - words[0].start > _MOST_LEFT_OUT:
        return "far-apart"
    if source.kind == "manifesto" and all(word.key != JUMP and source.is_aside(word.start) for word in words):
        return "aside"
    if len(words) == 1 and source.opens_passage(words[0].start) and _NUMBERING.match(source.text, words[0].start):
        return "bullet"
    gap = _gap_before(quote, found, piece.i_start)
    if ELLIPSIS.search(gap):
        within = source.sentence_at(words[0].start)[0] < words[0].start and not is_first(words[0], source)
        return "sense-cut" if within and loses_sense(words) else "ellipsis"
    if ends_sentence(gap) and is_first(words[0], source) and is_last(words[-1], source):
        return "sentences-left-out"
    return "words-missing"


def _within_sentences(found: Alignment, source: Source) -> Alignment:
    """The alignment without words of other sentences at its ends: what the quote has in their place was added."""
    pieces = list(found.pieces)
    if pieces[0].tag == "replace":
        begin, _ = source.sentence_at(found.written[pieces[0].j_end].start)
        pieces[0] = _kept(pieces[0], [at for at in pieces[0].written if found.written[at].start >= begin])
    if pieces[-1].tag == "replace":
        _, end = source.sentence_at(found.written[pieces[-1].j_start - 1].start)
        pieces[-1] = _kept(pieces[-1], [at for at in pieces[-1].written if found.written[at].start < end])
    return replace(found, pieces=tuple(pieces))


def _kept(piece: Piece, written: Sequence[int]) -> Piece:
    """A piece with some of its words of the text, which follow each other."""
    if not written:
        return replace(piece, tag="delete", j_end=piece.j_start)
    return replace(piece, j_start=written[0], j_end=written[-1] + 1)


def _at_edges(quote: str, found: Alignment, source: Source) -> tuple[Piece, ...]:
    """The pieces, with what was left out moved to where the quote has a mark, or a sentence begins, if it may be.

    Of "A. De B. De C." beside "A. De C.", either "De B." was left out, or "B. De".
    """
    pieces = list(found.pieces)
    for at in range(1, len(pieces) - 1):
        before, piece, behind = pieces[at - 1 : at + 2]
        if (before.tag, piece.tag, behind.tag) != ("equal", "insert", "equal"):
            continue
        most = range(1 - (before.i_end - before.i_start), behind.i_end - behind.i_start)
        shifts = [each for each in sorted(most, key=abs) if _same_words(found.written, piece, each)]
        marked = [each for each in shifts if ELLIPSIS.search(_gap_before(quote, found, piece.i_start + each))]
        at_start = [each for each in shifts if is_first(found.written[piece.j_start + each], source)]
        for shift in [*marked, *at_start][:1]:
            moved = [_shifted(before, 0, shift), _shifted(piece, shift, shift), _shifted(behind, shift, 0)]
            pieces[at - 1 : at + 2] = moved
    return tuple(pieces)


def _gap_before(quote: str, found: Alignment, number: int) -> str:
    """What stands in a quote between a word and the one before."""
    return quote[found.quoted[number - 1].end : found.quoted[number].start]


def _passed_over(quote: str, found: Alignment, omissions: Mapping[Piece, str]) -> set[Piece]:
    """Pieces whose words of the text are no part of the place: whole sentences, and what was left out with a mark."""
    left_out = {piece for piece, step in omissions.items() if MATCH_OF[step] != "altered" or step == "sense-cut"}
    inner = (piece for piece in found.pieces[1:-1] if piece.tag == "replace")
    gaps = {
        piece: (_gap_before(quote, found, piece.i_start), _gap_before(quote, found, piece.i_end)) for piece in inner
    }
    return left_out | {piece for piece, both in gaps.items() if any(map(ELLIPSIS.search, both))}


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
