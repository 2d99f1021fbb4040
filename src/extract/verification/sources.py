"""Rows → Sources: texts to look for words in, with what running text is in them and on which page a place is."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from extract.layout.ledger import from_csv, page_starts
from extract.records import Kind, Repair, Status, page_at
from extract.tables import Rows
from extract.verification.letters import Letters, Span, letters_of
from extract.verification.words import Word, words_of

_FURNITURE = ("furniture", "contents")
_ASIDES = ("heading", "quote")
_PASSAGES = ["kind", "heading_path", "char_start", "char_end"]
_SENTENCES = ["sentence_id", "char_start", "char_end", "text"]


@dataclass(frozen=True, eq=False)
class Source:
    """A document to look in."""

    document_id: str
    path: str
    kind: Kind
    party_id: str | None
    election: str | None
    status: Status
    pages: int | None
    text: str = field(repr=False)
    ledger: str = field(repr=False)
    passages: pa.Table = field(repr=False)  # kind, heading_path, char_start, char_end; in the order of the text
    sentences: pa.Table = field(repr=False)  # sentence_id, char_start, char_end, text; in the order of the text

    @cached_property
    def letters(self) -> Letters:
        """The letters of its running text."""
        return letters_of(self.text, without=self.furniture)

    @cached_property
    def furniture(self) -> tuple[Span, ...]:
        """Stretches that are no running text: running titles, page numbers, tables of contents."""
        chosen = self.passages.filter(pc.is_in(self.passages["kind"], pa.array(_FURNITURE)))
        return tuple(zip(chosen["char_start"].to_pylist(), chosen["char_end"].to_pylist(), strict=True))

    def words(self, start: int, end: int) -> Iterator[Word]:
        """Yield the words of running text from start to end, in order."""
        for word in words_of(self.text, start, end):
            at = bisect_right(self._furniture_starts, word.start) - 1
            if at < 0 or word.start >= self.furniture[at][1]:
                yield word

    def running(self, start: int, end: int) -> tuple[str, bool]:
        """What stands from start to end but for furniture, and whether there was any."""
        first, last = (bisect_left(self._furniture_starts, at) for at in (start, end))
        if first == last:
            return self.text[start:end], False
        parts, begin = [], start
        for opens, closes in self.furniture[first:last]:
            parts.append(self.text[begin:opens])
            begin = min(closes, end)
        return "".join([*parts, self.text[begin:end]]), True

    @cached_property
    def _furniture_starts(self) -> list[int]:
        return [start for start, _ in self.furniture]

    def is_aside(self, offset: int) -> bool:
        """Whether a character stands in a heading or pull quote, which may part paragraphs that belong together."""
        return self.passage_at(offset)["kind"] in _ASIDES

    def opens_passage(self, offset: int) -> bool:
        """Whether no letter or digit of its passage stands before a character."""
        return not any(map(str.isalnum, self.text[self.passage_at(offset)["char_start"] : offset]))

    def passage_at(self, offset: int) -> dict[str, Any]:
        """The passage in which a character stands: kind, heading_path, char_start, char_end."""
        at = max(0, bisect_right(self._starts, offset) - 1)
        found: dict[str, Any] = self.passages.slice(at, 1).to_pylist()[0]
        return found

    @cached_property
    def _starts(self) -> list[int]:
        starts: list[int] = self.passages["char_start"].to_pylist()
        return starts

    def sentence_at(self, offset: int) -> Span:
        """Where the sentence begins and ends in which a character stands; nothing but the character if in none."""
        at = bisect_right(self._sentence_starts, offset) - 1
        end = self._sentence_ends[at] if at >= 0 else 0
        return (self._sentence_starts[at], end) if offset < end else (offset, offset)

    @cached_property
    def _sentence_starts(self) -> list[int]:
        starts: list[int] = self.sentences["char_start"].to_pylist()
        return starts

    @cached_property
    def _sentence_ends(self) -> list[int]:
        ends: list[int] = self.sentences["char_end"].to_pylist()
        return ends

    def page_at(self, offset: int) -> int | None:
        """The page on which a character stands; None where there are no pages."""
        return page_at(self, offset)

    def repairs_between(self, start: int, end: int) -> Iterator[str]:
        """Yield the steps by which the text from start to end was repaired."""
        starts = self._repair_starts
        for repair in self._repairs[bisect_right(starts, start) - 1 if starts else 0 : bisect_left(starts, end)]:
            if start < repair.char_end:
                yield repair.step

    @cached_property
    def _repairs(self) -> Sequence[Repair]:
        return from_csv(self.ledger)

    @cached_property
    def _repair_starts(self) -> list[int]:
        return [repair.char_start for repair in self._repairs]

    @cached_property
    def page_starts(self) -> tuple[tuple[int, int], ...]:
        """Where pages begin, as (first character, page) in order of the text; empty where there are none."""
        return page_starts(self.text, self._repairs) if self.pages else ()


def source_of(rows: Rows) -> Source | None:
    """The source that a raw file gave; None if it gave no document."""
    known = ("document_id", "path", "kind", "party_id", "election", "status", "pages")
    for cells in rows.tables["documents"].select(known).to_pylist():
        return Source(
            **cells,
            text=rows.text,
            ledger=rows.ledger,
            passages=rows.tables["passages"].select(_PASSAGES),
            sentences=rows.tables["sentences"].select(_SENTENCES),
        )
    return None
