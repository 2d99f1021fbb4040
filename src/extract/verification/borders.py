"""An alignment → the same one, its pieces ending where sentences do, if the words allow for more than one way."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import chain

from extract.verification.alignment import Alignment, Piece
from extract.verification.sentence_edges import is_first
from extract.verification.sources import Source
from extract.verification.steps import ELLIPSIS
from extract.verification.words import Word


def settle_borders(quote: str, source: Source, found: Alignment) -> Alignment:
    """Settle where the pieces of an alignment begin and end."""
    return _at_sentences(quote, source, _within_sentences(source, found))


def _within_sentences(source: Source, found: Alignment) -> Alignment:
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


def _at_sentences(quote: str, source: Source, found: Alignment) -> Alignment:
    """The alignment with what was left out moved to where the quote has a mark, or a sentence begins, if it may be.

    Of "A. De B. De C." beside "A. De C.", either "De B." was left out, or "B. De".
    """
    pieces = list(found.pieces)
    for at in range(1, len(pieces) - 1):
        before, piece, behind = pieces[at - 1 : at + 2]
        if (before.tag, piece.tag, behind.tag) != ("equal", "insert", "equal"):
            continue
        most = range(1 - (before.i_end - before.i_start), behind.i_end - behind.i_start)
        shifts = [each for each in sorted(most, key=abs) if _same_words(found.written, piece, each)]
        marked = (each for each in shifts if ELLIPSIS.search(found.gap_before(quote, piece.i_start + each)))
        at_start = (each for each in shifts if is_first(found.written[piece.j_start + each], source))
        shift = next(chain(marked, at_start), 0)
        pieces[at - 1 : at + 2] = _shifted(before, 0, shift), _shifted(piece, shift, shift), _shifted(behind, shift, 0)
    return replace(found, pieces=tuple(pieces))


def _shifted(piece: Piece, start: int, end: int) -> Piece:
    return Piece(piece.tag, piece.i_start + start, piece.i_end + end, piece.j_start + start, piece.j_end + end)


def _same_words(written: Sequence[Word], piece: Piece, shift: int) -> bool:
    """Whether a piece may be moved by so many words: those that it then leaves are those that it then takes."""
    first, last = sorted((0, shift))
    left = [word.key for word in written[piece.j_start + first : piece.j_start + last]]
    return left == [word.key for word in written[piece.j_end + first : piece.j_end + last]]
