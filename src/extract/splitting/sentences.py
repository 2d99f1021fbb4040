"""Passages → Sentences."""

import re
from collections.abc import Iterable, Iterator
from itertools import pairwise

from extract.layout.lines import BULLETS, DASHES
from extract.records import Document, Passage, Section, Sentence, page_at, place_id
from extract.splitting.boundaries import sentence_starts
from extract.splitting.marks import unwrap

_LEAD = re.compile(rf"\s*(?:(?:[#>]+|[{DASHES}{BULLETS}]|\*\*|__)\s+)*(?:\*\*|__)?\s*")
_WORDS = frozenset({"overview", "claim", "quote", "body", "list-item", "heading"})


def split_sentences(document: Document, passages: Iterable[Passage], sections: Iterable[Section]) -> Iterator[Sentence]:
    """Yield the sentences of the passages that hold language, in order; contents, furniture and tables hold none.

    They rest on characters alone, so that they are the same whatever language pipeline is installed.
    """
    party_of = {section.section_id: section.party_id for section in sections}
    position = 0
    for passage in passages:
        if passage.kind not in _WORDS:
            continue
        for start, end in _spans_of(document.text, passage.char_start, passage.char_end):
            yield Sentence(
                sentence_id=place_id(document.document_id, "sen", start, end),
                passage_id=passage.passage_id,
                section_id=passage.section_id,
                document_id=document.document_id,
                party_id=party_of.get(passage.section_id or ""),
                position=position,
                page=page_at(document, start),
                char_start=start,
                char_end=end,
                text=document.text[start:end],
            )
            position += 1


def _spans_of(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """The offsets in the document of the sentences between two of its characters."""
    starts = [start + each for each in sentence_starts(text[start:end])]
    for begin, stop in pairwise([*starts, end]):
        if trimmed := _trim(text, begin, stop):
            yield trimmed


def _trim(text: str, start: int, end: int) -> tuple[int, int] | None:
    """Leave out white space, bullets, and quote marks around a sentence; None if no letter or digit is left."""
    lead = _LEAD.match(text, start, end)
    start = lead.end() if lead else start
    end = start + len(text[start:end].rstrip())
    inner_start, inner_end = unwrap(text[start:end])
    start, end = start + inner_start, start + inner_end
    sentence = text[start:end]
    start += len(sentence) - len(sentence.lstrip())
    end -= len(sentence) - len(sentence.rstrip())
    return (start, end) if any(character.isalnum() for character in sentence) else None
