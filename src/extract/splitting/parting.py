"""Whether a text speaks of many parties, and its passages parted where one is left for another."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import pairwise

from extract.records import ASIDE, Document, Passage, place_id
from extract.splitting.boundaries import sentence_starts
from extract.splitting.marks import quoted_stretches
from extract.splitting.names import Names
from extract.splitting.rows import Rows
from extract.splitting.subjects import is_label, lone_party, paragraph_subject, stranger_in_front

# A text speaks of many parties, and not for one, when it names at least so many, in this share of its passages or more,
# and none in more than half of those. Of 447 manifestos that name five, those in which none prevails do so in .04 of
# their passages at most; of 15 digests by other hands the lowest share is .12.
_MANY_PARTIES = 5
_MANY_SHARE = 0.1
_PREVAILING = 0.5

_PROSE = frozenset({"body", "list-item"})


def speaks_of_many(document: Document, passages: Sequence[Passage], names: Names) -> bool:
    """Whether a text is about many parties rather than one's own, whatever its grammar."""
    text = document.text
    if len({mention.party_id for mention in names.mentions(text)}) < _MANY_PARTIES:
        return False
    spoken = [each for each in with_rows_apart(document, passages, names) if each.kind not in ASIDE]
    named = [{mention.party_id for mention in names.mentions(text[each.char_start : each.char_end])} for each in spoken]
    naming = [parties for parties in named if parties]
    if not naming:
        return False  # parties are named in furniture, contents and tables alone
    most = max(sum(party_id in parties for parties in naming) for party_id in set().union(*naming))
    return len(naming) >= _MANY_SHARE * len(spoken) and most <= _PREVAILING * len(naming)


def with_rows_apart(document: Document, passages: Sequence[Passage], names: Names) -> list[Passage]:
    """Passages parted where a line of the file was a row of a table, or began with a party's name and a colon."""
    rows = Rows(document)
    parted: list[Passage] = []
    for passage in passages:
        lines = rows.lines(passage.char_start, passage.char_end)
        is_row = [bool(rows.cells(*line)) for line in lines]
        apart = [row or is_label(document.text[slice(*line)], names) for row, line in zip(is_row, lines, strict=True)]
        # What follows a row is none of it.
        cuts = [line[0] for line, before, at in zip(lines[1:], is_row, apart[1:], strict=False) if before or at]
        is_headless = passage.kind == "heading" and is_row[0]
        parted += _cut(document, replace(passage, kind="body") if is_headless else passage, cuts)
    return numbered(parted)


def with_sentences_apart(document: Document, passages: Sequence[Passage], names: Names) -> list[Passage]:
    """Passages of prose parted where a sentence is about another party than the one before it."""
    parted: list[Passage] = []
    for passage in passages:
        block = document.text[passage.char_start : passage.char_end]
        cuts: list[int] = []
        if passage.kind in _PROSE:
            starts = list(sentence_starts(block))
            quoted = [range(each.start + 1, each.end) for each in quoted_stretches(block)]
            current: object = None
            for start, end in pairwise([*starts, len(block)]):
                if any(start in each for each in quoted):
                    continue
                found = _about(block[start:end], names)
                if found is None:
                    continue
                if current is not None and found != current:
                    cuts.append(passage.char_start + start)
                current = found
        parted += _cut(document, passage, cuts)
    return numbered(parted)


def _about(sentence: str, names: Names) -> object:
    """Whom a sentence is about, as something to compare; None where it names nobody."""
    named = frozenset(mention.party_id for mention in names.mentions(sentence))
    subject = paragraph_subject(sentence, names)
    if subject:
        return subject.party_id or subject.as_written
    lone = lone_party(sentence, names)
    if lone:
        return lone.party_id
    return named or stranger_in_front(sentence, names)


def numbered(passages: Sequence[Passage]) -> list[Passage]:
    """Passages with their positions counted anew."""
    return [replace(passage, position=position) for position, passage in enumerate(passages)]


def _cut(document: Document, passage: Passage, cuts: Sequence[int]) -> Iterator[Passage]:
    if not cuts:
        yield passage
        return
    for start, end in pairwise([passage.char_start, *cuts, passage.char_end]):
        yield replace(
            passage,
            passage_id=place_id(document.document_id, "pas", start, end),
            kind="body" if passage.kind in ("heading", "quote") else passage.kind,
            char_start=start,
            char_end=end,
        )
