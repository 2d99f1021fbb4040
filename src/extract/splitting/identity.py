"""Whose manifesto a document is, for which election, draft or final: the first of four kinds of evidence that says so.

    manifestos.csv → the name of the file → the title pages and running titles → what the file says of itself

What none of them says stays unknown.
"""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from extract.elections import status_in, status_on_title_pages, year_made, year_of, year_on_title_pages
from extract.parties import Register
from extract.records import Document, Evidence, Passage

_TITLE_CHARACTERS = 1_500  # of a text without pages that can be its title page
_TITLE_PAGES = 2  # of a file with pages
_TITLE_LINE = 90  # characters; longer lines are prose
_MOST_SHARE = 0.75  # of the mentions on title pages that must be of one party
_ARTICLE = re.compile(r"artikel\s+\d", re.IGNORECASE)  # a heading, and once the name of a party


@dataclass(frozen=True, slots=True)
class Identity:
    """Whose a manifesto is, and what shows it."""

    party_id: str | None
    as_written: str | None
    evidence: Evidence


def dated(document: Document, passages: Sequence[Passage]) -> Document:
    """The document with election and status, where its title pages or its own data tell what no list or name did."""
    lines = list(_title_lines(document, passages))
    if document.election is None:
        year, evidence = year_on_title_pages(lines), "title-page"
        if year is None:
            year, evidence = year_made(document.metadata), "metadata"
        if year is not None:
            document = replace(document, election=f"TK{year}", election_evidence=evidence)  # type: ignore[arg-type]
    if document.status == "unknown":
        status, evidence = status_on_title_pages(lines), "title-page"
        if status == "unknown":
            status, evidence = status_in(document.metadata), "metadata"
        if status != "unknown":
            document = replace(document, status=status, status_evidence=evidence)  # type: ignore[arg-type]
    return document


def identified(document: Document, passages: Sequence[Passage], register: Register) -> Identity:
    """Whose manifesto a document is."""
    year = year_of(document.election)
    if document.stated_party:
        return Identity(register.party_named(document.stated_party, year), document.stated_party, "listed")
    if document.name_in_path and (party_id := register.party_named(document.name_in_path, year)):
        return Identity(party_id, document.name_in_path, "file-name")
    lines = list(_title_lines(document, passages))
    if found := _named_in(lines, register, year):
        return Identity(*found, "title-page")
    if found := _named_in([document.metadata], register, year):
        return Identity(*found, "metadata")
    return Identity(None, None, "none")


def other_programmes(
    document: Document, passages: Sequence[Passage], party_id: str | None, register: Register
) -> list[tuple[str, int]]:
    """Headings, with their offsets, that name another party than the document's: another programme may begin there."""
    year = year_of(document.election)
    own = {
        party_id,
        *next(((party.members or "").split("|") for party in register.parties if party.party_id == party_id), []),
    }
    found: list[tuple[str, int]] = []
    for passage in passages:
        if passage.kind == "heading":
            heading = document.text[passage.char_start : passage.char_end].strip().strip(".:*#_ ")
            other = register.party_named(heading, year)
            if other and other not in own:
                found.append((heading, passage.char_start))
    return found


def _title_lines(document: Document, passages: Sequence[Passage]) -> Iterator[str]:
    """Short lines of the title pages, and the running titles."""
    seen: set[str] = set()
    for passage in passages:
        on_title = passage.page <= _TITLE_PAGES if passage.page else passage.char_start < _TITLE_CHARACTERS
        if not on_title and passage.kind != "furniture":
            continue
        for written in document.text[passage.char_start : passage.char_end].splitlines():
            line = " ".join(written.split())
            if line and len(line) <= _TITLE_LINE and line not in seen:
                seen.add(line)
                yield line


def _named_in(lines: Sequence[str], register: Register, year: int | None) -> tuple[str, str] | None:
    """The party that lines name, alone or before all others; a joint list where they name its members alike."""
    named: list[tuple[str, str]] = []
    for line in lines:
        alone = register.party_named(line.strip(" .:–-"), year) if not _ARTICLE.match(line) else None
        mentions = [(mention.party_id, mention.as_written) for mention in register.mentions(line)]
        named += [(alone, line)] if alone else mentions
    counts = Counter(party_id for party_id, _ in named)
    if not counts:
        return None
    together = next(
        (each.party_id for each in register.parties if set((each.members or "").split("|")) == set(counts)), None
    )
    party_id, most = counts.most_common(1)[0]
    if together is None and most < _MOST_SHARE * counts.total():
        return None
    return together or party_id, next(written for each, written in named if together or each == party_id)
