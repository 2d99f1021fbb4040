"""A quote's words beside those of the place in a text that is most like it, and the steps by which the two differ."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from difflib import SequenceMatcher
from functools import cached_property
from itertools import chain as chained
from itertools import pairwise
from typing import Literal

from extract.verification.letters import Letters, letters_of
from extract.verification.sentence_edges import is_first
from extract.verification.sources import Source
from extract.verification.steps import ELLIPSIS, gap_steps, joined_steps, spelling_steps
from extract.verification.stretches import Shared
from extract.verification.words import Word, words_of

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
class Needle:
    """Words to look for."""

    text: str
    letters: Letters
    words: tuple[Word, ...]


def needle_of(text: str) -> Needle:
    """What is looked for of a text."""
    return Needle(text, letters_of(text), tuple(words_of(text)))


@dataclass(frozen=True, slots=True)
class Gap:
    """What stands between two words, in the quote and in running text, and how it differs."""

    quoted: str
    written: str
    steps: tuple[str, ...]
    between_numbers: bool


@dataclass(frozen=True, slots=True)
class Pair:
    """A word of the quote beside the same one of the text, or words of the same letters as one, and how they differ."""

    quoted: str
    written: str
    steps: tuple[str, ...]
    first: Word  # of the text
    gap: Gap | None  # before it; None if the words before it are not the same


@dataclass(frozen=True, eq=False)
class Alignment:
    """The words of a quote and of a place in its source, piece by piece; each word of the quote is in one piece."""

    quote: str
    source: Source = field(repr=False)
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

    @property
    def lead(self) -> str:
        """What stands in the quote before its first word."""
        return self.quote[: self.quoted[0].start]

    @property
    def tail(self) -> str:
        """What stands in the quote behind its last word."""
        return self.quote[self.quoted[-1].end :]

    def gap_before(self, number: int) -> str:
        """What stands in the quote between a word, by number, and the one before."""
        return self.quote[self.quoted[number - 1].end : self.quoted[number].start]

    @cached_property
    def pairs(self) -> dict[Piece, list[Pair]]:
        """The pairs of each piece, in order; there are none of a piece that is other words in the text."""
        found: dict[Piece, list[Pair]] = {}
        follows = False
        for piece in self.pieces:
            found[piece] = []
            for i, j in self._starts(piece):
                found[piece].append(self._pair(piece, i, j, self.gap(i, j) if follows else None))
                follows = True
            follows = bool(found[piece])
        return found

    def _starts(self, piece: Piece) -> Iterator[tuple[int, int]]:
        """The numbers of the words with which the pairs of a piece begin, in quote and text."""
        if piece.tag == "equal":
            yield from zip(range(piece.i_start, piece.i_end), piece.written, strict=True)
        elif piece.tag == "joined":
            yield piece.i_start, piece.j_start

    def _pair(self, piece: Piece, i: int, j: int, gap: Gap | None) -> Pair:
        is_equal = piece.tag == "equal"
        ends = (i, j) if is_equal else (piece.i_end - 1, piece.j_end - 1)
        quoted = self.quote[self.quoted[i].start : self.quoted[ends[0]].end]
        written, _ = self.source.running(self.written[j].start, self.written[ends[1]].end)
        steps = spelling_steps(quoted, written) if is_equal else joined_steps(quoted, written)
        return Pair(quoted, written, tuple(steps), self.written[j], gap)

    def gap(self, i: int, j: int) -> Gap:
        """What stands before two words, by their numbers in quote and text."""
        before, behind = self.written[j - 1], self.written[j]
        quoted, (written, interrupted) = self.gap_before(i), self.source.running(before.end, behind.start)
        steps = (*gap_steps(quoted, written), *(["furniture"] if interrupted else []))
        return Gap(quoted, written, steps, before.key[-1:].isdigit() and behind.key[:1].isdigit())


def align(needle: Needle, chain: Sequence[Shared], source: Source) -> Alignment | None:
    """Align the words of a quote with the place in a source to which a chain of stretches leads.

    None if not one word is the same. If the words allow for more than one way, pieces end where sentences do.
    """
    quoted, written = needle.words, list(_words_at(chain, len(needle.letters), source))
    matcher = SequenceMatcher(None, [word.key for word in quoted], [word.key for word in written], autojunk=False)
    pieces = [Piece(*opcode) for opcode in matcher.get_opcodes()]
    pieces = [
        _joined(piece, quoted, written, is_first=number == 0, is_last=number + 1 == len(pieces))
        for number, piece in enumerate(pieces)
    ]
    if not any(piece.tag in _ALIKE for piece in pieces):
        return None
    return _at_sentences(_within_sentences(Alignment(needle.text, source, quoted, written, _trimmed(pieces))))


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


def _within_sentences(found: Alignment) -> Alignment:
    """The alignment without words of other sentences at its ends: what the quote has in their place was added."""
    pieces = list(found.pieces)
    if pieces[0].tag == "replace":
        begin, _ = found.source.sentence_at(found.written[pieces[0].j_end].start)
        pieces[0] = _kept(pieces[0], [at for at in pieces[0].written if found.written[at].start >= begin])
    if pieces[-1].tag == "replace":
        _, end = found.source.sentence_at(found.written[pieces[-1].j_start - 1].start)
        pieces[-1] = _kept(pieces[-1], [at for at in pieces[-1].written if found.written[at].start < end])
    return replace(found, pieces=tuple(pieces))


def _kept(piece: Piece, written: Sequence[int]) -> Piece:
    """A piece with some of its words of the text, which follow each other."""
    if not written:
        return replace(piece, tag="delete", j_end=piece.j_start)
    return replace(piece, j_start=written[0], j_end=written[-1] + 1)


def _at_sentences(found: Alignment) -> Alignment:
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
        marked = (each for each in shifts if ELLIPSIS.search(found.gap_before(piece.i_start + each)))
        at_start = (each for each in shifts if is_first(found.written[piece.j_start + each], found.source))
        shift = next(chained(marked, at_start), 0)
        pieces[at - 1 : at + 2] = _shifted(before, 0, shift), _shifted(piece, shift, shift), _shifted(behind, shift, 0)
    return replace(found, pieces=tuple(pieces))


def _shifted(piece: Piece, start: int, end: int) -> Piece:
    return Piece(piece.tag, piece.i_start + start, piece.i_end + end, piece.j_start + start, piece.j_end + end)


def _same_words(written: Sequence[Word], piece: Piece, shift: int) -> bool:
    """Whether a piece may be moved by so many words: those that it then leaves are those that it then takes."""
    first, last = sorted((0, shift))
    left = [word.key for word in written[piece.j_start + first : piece.j_start + last]]
    return left == [word.key for word in written[piece.j_end + first : piece.j_end + last]]
