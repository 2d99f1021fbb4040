"""Passages → Sentences."""

import re
from collections.abc import Iterable, Iterator

from spacy.language import Language

from extract.marks import unwrap
from extract.records import Document, Passage, Section, Sentence, page_at, place_id

# spaCy's tokeniser takes more than linear time on long runs without white space, and refuses texts over a million
# characters. Longer passages are fed in pieces: cut at white space, or, after so many characters without any, there.
PIECE_CHARACTERS = 20_000
UNBROKEN_CHARACTERS = 200

_PIECE = re.compile(rf"\S{{1,{UNBROKEN_CHARACTERS}}}\s*|\s+")
_LEAD = re.compile(r"\s*(?:(?:[#>]+|[-–—•·*▪■◦○●➢➤›►▸✓✔☑√∙⁃❑❒]|\*\*|__)\s+)*(?:\*\*|__)?\s*")
_WORDS = frozenset({"overview", "claim", "quote", "body", "list-item", "heading"})


def split_sentences(
    document: Document,
    passages: Iterable[Passage],
    sections: Iterable[Section],
    *,
    nlp: Language,
) -> Iterator[Sentence]:
    """Yield the sentences of the passages that hold language, in order; contents and furniture hold none."""
    party_of = {section.section_id: section.party_id for section in sections}
    position = 0
    spoken = [passage for passage in passages if passage.kind in _WORDS]
    for passage, spans in zip(spoken, _spans_of(document.text, spoken, nlp), strict=True):
        for start, end in spans:
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


def _spans_of(text: str, passages: list[Passage], nlp: Language) -> Iterator[list[tuple[int, int]]]:
    """For each passage, the offsets of its sentences in the document."""
    pieces = [
        (index, start, end)
        for index, passage in enumerate(passages)
        for start, end in _pieces(text, passage.char_start, passage.char_end)
    ]
    spans: list[list[tuple[int, int]]] = [[] for _ in passages]
    # spaCy would keep every word it ever saw; what it learns in a memory zone it forgets at its end.
    with nlp.memory_zone():
        documents = nlp.pipe(text[start:end] for _, start, end in pieces)
        for (index, offset, _), doc in zip(pieces, documents, strict=True):
            for sentence in doc.sents:
                trimmed = _trim(text, offset + sentence.start_char, offset + sentence.end_char)
                if trimmed:
                    spans[index].append(trimmed)
    return iter(spans)


def _pieces(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    if end - start <= UNBROKEN_CHARACTERS:
        yield start, end
        return
    begin = start
    for match in _PIECE.finditer(text, start, end):
        is_unbroken = match.end() - match.start() >= UNBROKEN_CHARACTERS
        if match.end() - begin >= PIECE_CHARACTERS or is_unbroken:
            yield begin, match.end()
            begin = match.end()
    if begin < end:
        yield begin, end


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
