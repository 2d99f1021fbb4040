"""A quote beside the place in a text that is most like it → how they differ."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain

from rapidfuzz import fuzz

from extract.records import Match
from extract.verification.alignment import JUMP, Alignment, Gap, Pair, Piece
from extract.verification.difference import difference
from extract.verification.sentence_edges import end_steps, ends_sentence, is_first, is_last, start_steps, turns_sense
from extract.verification.sources import Source
from extract.verification.statuses import rank_of
from extract.verification.steps import ELLIPSIS, MATCH_OF, match_of, plain
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
        return rank_of(self.match)


def comparison_of(found: Alignment, *, ends: bool = True) -> Comparison:
    """How a quote differs from the place in its source with which it is aligned.

    Without `ends` it may begin and end within a sentence, as words that someone looks for do.
    """
    pairs = list(chain.from_iterable(found.pairs.values()))
    omissions = {piece: _omission(piece, found) for piece in found.pieces if piece.tag == "insert"}
    start, end = _end_steps(found, pairs) if ends else (set[str](), set[str]())
    changes = {_CHANGES[piece.tag] for piece in found.pieces if piece.tag in _CHANGES}
    gaps = [each.gap for each in pairs if each.gap]
    gaps += [found.gap(each.i_start + 1, each.j_start + 1) for each in found.pieces if _torn_otherwise(each)]
    of_words = chain(*(each.steps for each in pairs), *map(_gap_steps, gaps))
    steps = frozenset({*omissions.values(), *changes, *of_words, *start, *end})
    match = match_of(steps)
    char_start, char_end = _extent(found)
    return Comparison(
        match=match,
        steps=steps,
        difference=None if match == "verbatim" else difference(found, start=start, end=end),
        score=_score(found, _passed_over(found, omissions)),
        char_start=char_start,
        char_end=char_end,
    )


def _gap_steps(gap: Gap) -> Iterator[str]:
    """Yield what differs between two words. Between numbers a mark says how they go together: 2/3 is not 2-3."""
    yield from gap.steps
    if gap.between_numbers and plain(gap.quoted).split() != plain(gap.written).split():
        yield "words-changed"


def _torn_otherwise(piece: Piece) -> bool:
    """Whether two words of the quote are two others of the text, as of "jaarlijks400.000" and "jaarlijks 400.000"."""
    return piece.tag == "joined" and piece.i_end - piece.i_start == piece.j_end - piece.j_start == 2


def _end_steps(found: Alignment, pairs: Sequence[Pair]) -> tuple[set[str], set[str]]:
    """What is to be said of where a quote begins, and of where it ends."""
    start = end = set[str]()
    if found.starts_alike:
        start = set(start_steps(found.lead, found.first, found.source))
    if found.ends_alike:
        end = set(end_steps(found.tail, found.last, found.source))
    if (start | end) & {"cut-start", "cut-end"} and any(_runs_on(each, found.source) for each in pairs):
        # Some words of a sentence, cut off from it and taken into another: "We doen het. Niet …" as "We doen het niet."
        start, end = ({"sense-cut"} if each else each for each in (start, end))
    return start, end


def _runs_on(pair: Pair, source: Source) -> bool:
    """Whether a sentence of the source begins with a word, and none of the quote."""
    gap = pair.gap
    return bool(gap and is_first(pair.first, source) and _STOP.search(gap.written) and not _STOP.search(gap.quoted))


def _omission(piece: Piece, found: Alignment) -> str:
    """What it is that the text has and the quote has not, as a step."""
    source, words = found.source, found.written[piece.j_start : piece.j_end]
    if words[-1].end - words[0].start > _MOST_LEFT_OUT:
        return "far-apart"
    aside = source.kind == "manifesto" and all(word.key != JUMP and source.is_aside(word.start) for word in words)
    if aside and not turns_sense(words):
        return "aside"
    if len(words) == 1 and source.opens_passage(words[0].start) and _NUMBERING.match(source.text, words[0].start):
        return "bullet"
    gap = found.gap_before(piece.i_start)
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


def _passed_over(found: Alignment, omissions: Mapping[Piece, str]) -> set[Piece]:
    """Pieces whose words of the text are no part of the place: whole sentences, and what was left out with a mark."""
    left_out = {piece for piece, step in omissions.items() if MATCH_OF[step] != "altered" or step == "sense-cut"}
    inner = [piece for piece in found.pieces[1:-1] if piece.tag == "replace"]
    marked = (each for each in inner if any(map(ELLIPSIS.search, map(found.gap_before, (each.i_start, each.i_end)))))
    return left_out.union(marked)


def _extent(found: Alignment) -> tuple[int, int]:
    """Where the place begins and ends, with the marks around it that the quote has, too."""
    text, lead, tail = found.source.text, found.lead, found.tail
    start, end = found.first.start, found.last.end
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
