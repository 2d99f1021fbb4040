"""A quote's words beside those of the place in a text that is most like it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import pairwise
from typing import Literal

from extract.verification.sources import Source
from extract.verification.stretches import Shared
from extract.verification.words import Word

# Letters on either side of the chain that are looked at beside those of the quote that it leaves out.
_MARGIN = 20
# Letters that may lie between two stretches of a chain before what lies there is one item, rather than words.
_FAR = 600

JUMP = "\0"
"""Key of the item that stands for all words between two places of a text that are far apart."""

Tag = Literal["equal", "joined", "replace", "delete", "insert"]
_ALIKE = ("equal", "joined")


@dataclass(frozen=True, slots=True)
class Piece:
    """Words i_start to i_end of the quote beside words j_start to j_end of the place.

    equal: the same words; joined: the same letters, spaced otherwise; delete: only in the quote; insert: only in the
    text.
    """

    tag: Tag
    i_start: int
    i_end: int
    j_start: int
    j_end: int

    @property
    def written(self) -> range:
        """The numbers of its words of the text."""
        return range(self.j_start, self.j_end)


@dataclass(frozen=True, slots=True)
class Alignment:
    """The words of a quote and of a place in a text, piece by piece; each word of the quote is in one piece."""

    quoted: Sequence[Word]
    written: Sequence[Word]
    pieces: Sequence[Piece]

    @property
    def starts_alike(self) -> bool:
        """Whether the first word of the quote is that of the place."""
        return self.pieces[0].tag in _ALIKE

    @property
    def ends_alike(self) -> bool:
        """Whether the last word of the quote is that of the place."""
        return self.pieces[-1].tag in _ALIKE

    @property
    def first(self) -> Word:
        """The first word of the place."""
        return self.written[min(piece.j_start for piece in self.pieces if piece.j_start < piece.j_end)]

    @property
    def last(self) -> Word:
        """The last word of the place."""
        return self.written[max(piece.j_end for piece in self.pieces if piece.j_start < piece.j_end) - 1]

    def gap_before(self, quote: str, number: int) -> str:
        """What stands in the quote between a word, by number, and the one before."""
        return quote[self.quoted[number - 1].end : self.quoted[number].start]

    def beside(self, piece: Piece) -> Iterator[tuple[Word, Word]]:
        """Yield the words of an equal piece, each with that of the text; those of a joined one as one word each."""
        quoted, written = self.quoted[piece.i_start : piece.i_end], self.written[piece.j_start : piece.j_end]
        if piece.tag == "equal":
            yield from zip(quoted, written, strict=True)
        elif piece.tag == "joined":
            yield Word(quoted[0].start, quoted[-1].end, ""), Word(written[0].start, written[-1].end, "")

    def adjacent(self) -> Iterator[tuple[tuple[Word, Word], tuple[Word, Word]]]:
        """Yield each two words that follow each other in both quote and text, and are not of one joined piece."""
        edges: list[tuple[int, int]] = []
        for piece in self.pieces:
            if piece.tag == "equal":
                edges += zip(range(piece.i_start, piece.i_end), range(piece.j_start, piece.j_end), strict=True)
            elif piece.tag == "joined":
                edges += [(piece.i_start, piece.j_start), (piece.i_end - 1, piece.j_end - 1)]
        for (i, j), (next_i, next_j) in pairwise(edges):
            if (next_i, next_j) == (i + 1, j + 1):
                yield (self.quoted[i], self.written[j]), (self.quoted[next_i], self.written[next_j])


def align(quoted: Sequence[Word], chain: Sequence[Shared], length: int, source: Source) -> Alignment | None:
    """Align the words of a quote of so many letters with the place in a source to which a chain of stretches leads.

    None if not one word is the same.
    """
    written = list(_words_at(chain, length, source))
    matcher = SequenceMatcher(None, [word.key for word in quoted], [word.key for word in written], autojunk=False)
    pieces = [Piece(*opcode) for opcode in matcher.get_opcodes()]
    pieces = [
        _joined(piece, quoted, written, is_first=number == 0, is_last=number + 1 == len(pieces))
        for number, piece in enumerate(pieces)
    ]
    if not any(piece.tag in _ALIKE for piece in pieces):
        return None
    return Alignment(quoted, written, _trimmed(pieces))


def _words_at(chain: Sequence[Shared], length: int, source: Source) -> Iterator[Word]:
    """Yield the words of the text from the first stretch to the last; far jumps are one item each."""
    first, last = chain[0], chain[-1]
    begin = max(0, first.place - first.at - _MARGIN)
    end = min(len(source.letters), last.place - last.at + length + _MARGIN)
    bounds = [begin]
    for earlier, later in pairwise(chain):
        if later.place - (earlier.place + earlier.length) > _FAR:
            bounds += [earlier.place + earlier.length + _MARGIN, later.place - _MARGIN]
    bounds.append(end)
    spans = [(_word_start(source, a), _word_end(source, b)) for a, b in zip(bounds[::2], bounds[1::2], strict=True)]
    for number, (start, stop) in enumerate(spans):
        if number:
            yield Word(spans[number - 1][1], start, JUMP)
        yield from source.words(start, stop)


def _word_start(source: Source, index: int) -> int:
    """Where the word begins in which a letter stands."""
    at = int(source.letters.places[index])
    while at > 0 and source.text[at - 1].isalnum():
        at -= 1
    return at


def _word_end(source: Source, index: int) -> int:
    """Where the word ends in which the letter before `index` stands."""
    at = int(source.letters.places[index - 1]) + 1
    while at < len(source.text) and source.text[at].isalnum():
        at += 1
    return at


def _joined(piece: Piece, quoted: Sequence[Word], written: Sequence[Word], *, is_first: bool, is_last: bool) -> Piece:
    """A piece as a joined one if its words have the same letters; at the ends some words of the text need not count."""
    if piece.tag != "replace":
        return piece
    letters = "".join(word.key for word in quoted[piece.i_start : piece.i_end])
    starts = piece.written if is_first else [piece.j_start]
    ends = [at + 1 for at in piece.written] if is_last else [piece.j_end]
    for start in starts:
        for end in ends:
            if "".join(word.key for word in written[start:end]) == letters:
                return Piece("joined", piece.i_start, piece.i_end, start, end)
    return piece


def _trimmed(pieces: Sequence[Piece]) -> list[Piece]:
    """Pieces without what stands before and behind the place: the text there is longer than the quote on purpose."""
    first, last = pieces[0], pieces[-1]
    kept = list(pieces)
    if first.tag == "insert":
        kept = kept[1:]
    elif first.tag == "replace":
        start = max(first.j_start, first.j_end - (first.i_end - first.i_start))
        kept[0] = Piece("replace", first.i_start, first.i_end, start, first.j_end)
    if last.tag == "insert":
        kept = kept[:-1]
    elif last.tag == "replace":
        end = min(last.j_end, last.j_start + (last.i_end - last.i_start))
        kept[-1] = Piece("replace", last.i_start, last.i_end, last.j_start, end)
    return kept
