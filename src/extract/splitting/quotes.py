"""Passages → Quotes, each with the claim that it supports."""

import re
from collections.abc import Iterable, Iterator

from extract.layout.lines import FULL_STOPS
from extract.problems import problem_in
from extract.records import Document, Passage, Problem, Quote, QuoteKind, Section, place_id
from extract.splitting.marks import Stretch, quoted_stretches
from extract.word_lists import words as listed_words

STAGE = "extract"
_WORD = re.compile(r"\w+")
_FINAL = re.compile(rf"[{FULL_STOPS}][\s.,;)]*$")  # of what stands within marks: no mark closes it once more
_TAIL = 24  # characters at the end of a stretch among which it is seen whether it ends as a sentence does
_BLOCK_QUOTE = re.compile(r"\s*>")  # of Markdown; it has no closing mark
_PROSE = frozenset({"overview", "claim", "body", "list-item"})

# In running text, a quoted stretch is a statement, not a term or a scare quote, when it has at least this many words
# and ends as a sentence does or begins as one does. In the digest the longest term has 4 words, the shortest quote 6.
_STATEMENT_WORDS = 5

# In a digest fewer words are one too, where they are a whole sentence, fill a cell of a table, or have a source behind
# them: "“Klimaatneutraal in 2030.” (PvdD)".
_SHORT_STATEMENT_WORDS = 2
_WHOLE_SENTENCE_WORDS = 3
_WHOLE_SENTENCE = re.compile(r"\s*[A-ZÀ-Ý].*[.!]\s*", re.DOTALL)
_SOURCE_BEHIND = re.compile(r"\s*,?\s*(?:zo\s+)?(?P<verb>\w+)\b")
_CELL_END = re.compile(r"\s*\|")
_CELL_START = re.compile(r"\|\s*$")
_SOURCE_REACH = 60  # characters before and behind a stretch that are looked at


def extract_quotes(
    document: Document, passages: Iterable[Passage], sections: Iterable[Section]
) -> tuple[list[Quote], list[Problem]]:
    """The quotes of a document in order, and a Problem for each whose closing mark is missing."""
    party_of = {section.section_id: section.party_id for section in sections}
    quotes: list[Quote] = []
    problems: list[Problem] = []
    claim: Passage | None = None
    for passage in passages:
        if claim is not None and passage.section_id != claim.section_id:
            claim = None
        if passage.kind in _PROSE:
            claim = passage
        for start, stretch, kind in _quoted(document.text, passage, in_digest=document.kind == "digest"):
            opens, closes = (start + each for each in stretch.inner)
            opens, closes = _without_space(document.text, opens, closes)
            if opens == closes:
                continue
            quotes.append(
                Quote(
                    quote_id=place_id(document.document_id, "quo", opens, closes),
                    passage_id=passage.passage_id,
                    section_id=passage.section_id,
                    document_id=document.document_id,
                    party_id=party_of.get(passage.section_id or ""),
                    kind=kind,
                    supports=claim.passage_id if claim and kind == "statement" else None,
                    char_start=opens,
                    char_end=closes,
                    text=document.text[opens:closes],
                    opening_mark=stretch.opening,
                    closing_mark=stretch.closing or None,
                )
            )
            if stretch.closing is None:
                problems.append(_unclosed(document, opens, closes))
    return quotes, problems


def _quoted(text: str, passage: Passage, *, in_digest: bool) -> Iterator[tuple[int, Stretch, QuoteKind]]:
    """The quoted stretches of a passage; their offsets are relative to the yielded start."""
    start = passage.char_start
    block = text[start : passage.char_end]
    if passage.kind == "quote":
        stretches = quoted_stretches(block)
        marked = _BLOCK_QUOTE.match(block)
        if not stretches and marked:
            stretches = [Stretch(marked.end() - 1, len(block), ">", "")]
        yield from ((start, stretch, "statement") for stretch in stretches)
    elif passage.kind in _PROSE:
        for stretch in quoted_stretches(block):
            inner = block[slice(*stretch.inner)]
            if stretch.closing is not None:
                is_statement = _is_statement(inner) or (in_digest and _is_short_statement(block, stretch))
                yield start, stretch, "statement" if is_statement else "term"


def _is_statement(inner: str) -> bool:
    words = _WORD.findall(inner)
    begins = inner.lstrip()[:1].isupper()
    return len(words) >= _STATEMENT_WORDS and (begins or bool(_FINAL.search(inner[-_TAIL:])))


def _is_short_statement(block: str, stretch: Stretch) -> bool:
    inner = block[slice(*stretch.inner)]
    words = len(_WORD.findall(inner))
    if words >= _WHOLE_SENTENCE_WORDS and _WHOLE_SENTENCE.fullmatch(inner):
        return True
    if words < _SHORT_STATEMENT_WORDS or not inner.lstrip()[:1].isupper():
        return False
    before, behind = block[max(0, stretch.start - _SOURCE_REACH) : stretch.start], block[stretch.end :][:_SOURCE_REACH]
    if _CELL_START.search(before) and _CELL_END.match(behind):
        return True
    source = _SOURCE_BEHIND.match(behind)
    return source is not None and source["verb"] in listed_words("subject-words", "attributing")


def _without_space(text: str, start: int, end: int) -> tuple[int, int]:
    inner = text[start:end]
    return start + len(inner) - len(inner.lstrip()), start + len(inner.rstrip())


def _unclosed(document: Document, start: int, end: int) -> Problem:
    return problem_in(
        document,
        "quote-unclosed",
        f"The quote “{document.text[start:end][:40]}…” at character {start:,} of {document.path} has no closing "
        "mark; it is taken to end with its paragraph. Check the source and add the mark.",
        char_start=start,
        char_end=end,
    )
