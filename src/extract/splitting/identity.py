"""Whose manifesto a document is, for which election, draft or final: the first kind of evidence that says so.

    manifestos.csv → name of the file → names of its folders → title pages → running titles → text → what the file says

How often each is right is in docs/identity.md; `make identity` measures it. What none of them says stays unknown, and a
Problem gives the best guess, with the line of manifestos.csv that would make it known.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from typing import cast

from extract.elections import (
    TK,
    file_in,
    folders_in,
    is_named_beside_election,
    is_used_again,
    may_be_for,
    names_in,
    other_bodies,
    status_on_title_pages,
    year_in_title,
    year_of,
    years_on_title_pages,
)
from extract.parties import Mention, Register
from extract.records import Document, Evidence, Passage, Status
from extract.word_lists import words

_TITLE_CHARACTERS = 1_500  # of a text without pages that can be its title page
_TITLE_PAGES = 2  # of a file with pages
_MOST_LINES = 10_000  # that are looked at; title pages of 560 manifestos have up to 108, their furniture up to 9,258
_TITLE_LINE = 90  # characters; longer lines are prose
_MOST_SHARE = 0.75  # of the mentions on title pages that must be of one party
_ARTICLE = re.compile(r"artikel\s+\d", re.IGNORECASE)  # a heading, and once the name of a party

# A text is of the party that it names most, where that is said to want something, or is named often. Of one half of
# 559 texts by all that is known of them (docs/identity.md), three mentions with such a verb were right in 147 of 148.
_FEWEST_NAMED = 3  # times
_SHARE_NAMED = 0.7  # of all mentions
_SHARE_WANTS = 0.8  # of those that are followed by such a verb
_OFTEN = 12  # times, from which on no verb is asked for
_SHARE_OFTEN = 0.6
_FEWEST_OF_PART = 3  # times that a text names the party that stands in a longer file name ("D66-een-nieuw-begin")
# Of the mentions of a party, as many as this of one with which it once had a joint list, and no known year: then the
# text may be that list's.
_SHARE_JOINT = 0.01
_WE = re.compile(r"\b(?:wij|we),?\s+(?:als\s+)?(?:de\s+|het\s+)?$", re.IGNORECASE)
_BEFORE_NAME = 25  # characters that are looked at for "wij, de"
_AROUND = " .:–-"  # a name on a line of its own
_WORD = re.compile(r"\s+(?:(?:dan|ook|daarom)\s+)*([a-z]+)")
_RUN_WORDS = 6  # of a party's name within the name of a file, at most


@dataclass(frozen=True, slots=True)
class Identity:
    """Whose a manifesto is, and what shows it."""

    party_id: str | None
    as_written: str | None
    evidence: Evidence


_NOBODY = Identity(None, None, "none")


def dated(document: Document, passages: Sequence[Passage]) -> Document:
    """The document with election and status, where it tells what no list or name of a file or folder did.

    Where manifestos.csv says the same as the document itself does, it is the document that shows it.
    """
    if document.election is None or document.election_evidence == "listed":
        year, evidence = _year(document, passages)
        if year is not None and document.election in (None, f"{TK}{year}"):
            document = replace(document, election=f"{TK}{year}", election_evidence=evidence)
    if document.status == "unknown" or document.status_evidence == "listed":
        status, evidence = _status(document, passages)
        if status != "unknown" and document.status in ("unknown", status):
            document = replace(document, status=status, status_evidence=evidence)
    return document


def identified(document: Document, passages: Sequence[Passage], register: Register) -> Identity:
    """Whose manifesto a document is."""
    year = year_of(document.election)
    found = party_in_path(document.path, register, year)
    if not found.party_id:
        found = _party_in_text(document, passages, register, year)
    if document.stated_party:
        stated = party_stated(document.stated_party, register, year)
        return found if stated and found.party_id == stated else Identity(stated, document.stated_party, "listed")
    return found


def party_stated(name: str, register: Register, year: int | None) -> str | None:
    """The party that manifestos.csv names; whoever writes there knows in which years a party bore its name."""
    return register.party_named(name, year, expected=True) or register.party_named(name, expected=True)


def party_in_path(path: str, register: Register, year: int | None, *, folders: bool = True) -> Identity:
    """The party that the name of a file is, or, unless only that is asked for, the nearest of its folders."""
    for place, name in enumerate([file_in(path), *(folders_in(path) if folders else ())]):
        for each in names_in(name):
            if party_id := register.party_named(each, year, expected=True):
                return Identity(party_id, each, "folder-name" if place else "file-name")
    return _NOBODY


def _year(document: Document, passages: Sequence[Passage]) -> tuple[int | None, Evidence]:
    """The year of an election to the Tweede Kamer that a text or its file states, and what shows it."""
    title, running = list(title_lines(document, passages)), list(running_titles(document, passages))
    if not other_bodies([*title, *running]):
        for lines, evidence in ((title, "title-page"), (running, "running-title")):
            years = list(years_on_title_pages(lines))
            sure = len(years) == 1 and (not is_used_again(years[0]) or is_named_beside_election(title, years[0]))
            if sure and may_be_for(document.path, years[0]):
                return years[0], cast("Evidence", evidence)
            if years:
                return None, "none"
        year = year_in_title(document.stated_title)
        if year is not None and not is_used_again(year) and may_be_for(document.path, year):
            return year, "metadata"
    return None, "none"


def _status(document: Document, passages: Sequence[Passage]) -> tuple[Status, Evidence]:
    """What title pages and running titles say; the title that a file gives may be that of the draft before it."""
    for lines, evidence in (
        (list(title_lines(document, passages)), "title-page"),
        (list(running_titles(document, passages)), "running-title"),
    ):
        if (status := status_on_title_pages(lines)) != "unknown":
            return status, cast("Evidence", evidence)
    return "unknown", "none"


def _party_in_text(document: Document, passages: Sequence[Passage], register: Register, year: int | None) -> Identity:
    """The party of a text, from what it says and the file says of itself."""
    mentions = list(register.own_mentions(document.text, year))
    counts = Counter(each.party_id for each in mentions)
    if found := _part_of_name(document.path, counts, register, year):
        return found
    for lines, evidence in (
        (list(title_lines(document, passages)), "title-page"),
        (list(running_titles(document, passages)), "running-title"),
        ([], "text"),
        ([document.stated_title, document.stated_author], "metadata"),
    ):
        named = _named_most(document.text, mentions) if evidence == "text" else named_in(lines, register, year)
        # A title is believed where the text names the party, too; a running title may be that of another's leaflet.
        if named and evidence in ("title-page", "running-title") and counts[named[0]] < _FEWEST_NAMED:
            is_title = evidence == "title-page" and _stands_alone(named[0], lines, register, year)
            named = named if is_title else None
        if named and _is_alone(named[0], counts, register, year):
            return Identity(*named, cast("Evidence", evidence))
    return _NOBODY


def _stands_alone(party_id: str, lines: Iterable[str], register: Register, year: int | None) -> bool:
    """Whether a line is the name of a party and nothing else but words such as verkiezingsprogramma, and years."""
    names = (name.strip(_AROUND) for line in lines for name in names_in(line))
    return any(party_id == register.party_named_for_sure(name, year) for name in names)


def _part_of_name(path: str, counts: Counter[str], register: Register, year: int | None) -> Identity | None:
    """The one party whose name is part of that of the file, where the text names it too, and no other as often."""
    found: dict[str, str] = {}
    parts = re.split(r"[\s_.,-]+", file_in(path))
    for start in range(len(parts)):
        for end in range(min(len(parts), start + _RUN_WORDS), start, -1):
            name = " ".join(parts[start:end])
            if name and (party_id := register.party_named(name, year)):
                found.setdefault(party_id, name)
                break
    most = counts.most_common(1)
    for party_id, name in found.items():
        if len(found) == 1 and most and most[0][0] == party_id and most[0][1] >= _FEWEST_OF_PART:
            return Identity(party_id, name, "file-name")
    return None


def _named_most(text: str, mentions: Sequence[Mention]) -> tuple[str, str] | None:
    """The party that a text names most, and that it says to want something, or calls "we"."""
    counts = Counter(each.party_id for each in mentions)
    if not counts:
        return None
    party_id, most = counts.most_common(1)[0]
    wants = Counter(each.party_id for each in mentions if _wants(text, each))
    is_subject = wants[party_id] and wants[party_id] >= _SHARE_WANTS * wants.total()
    is_enough = most >= _FEWEST_NAMED and most >= _SHARE_NAMED * counts.total() and is_subject
    if is_enough or (most >= _OFTEN and most >= _SHARE_OFTEN * counts.total()):
        return party_id, next(each.as_written for each in mentions if each.party_id == party_id)
    return None


def _wants(text: str, mention: Mention) -> bool:
    """Whether a party is the subject of a verb of wanting, or calls itself we: "De VVD wil", "Wij, de VVD"."""
    word = _WORD.match(text, mention.end)
    if word and word[1] in words("subject-words", "verb"):
        return True
    return bool(_WE.search(text[max(0, mention.start - _BEFORE_NAME) : mention.start]))


def _is_alone(party_id: str, counts: Counter[str], register: Register, year: int | None) -> bool:
    """Whether a text names no other party more often, nor others with which this one had a joint list that year."""
    if any(count > counts[party_id] for other, count in counts.items() if other != party_id):
        return False
    for joint, members in register.members.items():
        others = max((counts[each] for each in members - {party_id}), default=0)
        if party_id not in members or not others:
            continue
        if others >= _SHARE_JOINT * counts[party_id] if year is None else register.stood_in(joint, year):
            return False
    return True


def named_in(lines: Sequence[str], register: Register, year: int | None) -> tuple[str, str] | None:
    """The party that lines name, alone or before all others; a joint list where they name its members alike."""
    named: list[tuple[str, str]] = []
    for line in lines:
        alone = register.party_named_for_sure(line.strip(_AROUND), year) if not _ARTICLE.match(line) else None
        mentions = [(mention.party_id, mention.as_written) for mention in register.own_mentions(line, year)]
        named += [(alone, line)] if alone else mentions
    counts = Counter(party_id for party_id, _ in named)
    if not counts:
        return None
    together = next((joint for joint, members in register.members.items() if members == set(counts)), None)
    party_id, most = counts.most_common(1)[0]
    if together is None and most < _MOST_SHARE * counts.total():
        return None
    return together or party_id, next(written for each, written in named if together or each == party_id)


def title_lines(document: Document, passages: Sequence[Passage]) -> Iterator[str]:
    """Short lines of the title pages."""
    on_title = (
        each for each in passages
        if (each.page <= _TITLE_PAGES if each.page else each.char_start < _TITLE_CHARACTERS)
    )  # fmt: skip
    yield from islice((line for each in on_title for line in _short_lines(document, each)), _MOST_LINES)


def running_titles(document: Document, passages: Sequence[Passage]) -> Iterator[str]:
    """The running titles, each once."""
    lines = (line for each in passages if each.kind == "furniture" for line in _short_lines(document, each))
    yield from dict.fromkeys(islice(lines, _MOST_LINES))


def _short_lines(document: Document, passage: Passage) -> Iterator[str]:
    for written in document.text[passage.char_start : passage.char_end].splitlines():
        line = " ".join(written.split())
        if line and len(line) <= _TITLE_LINE:
            yield line


def other_programmes(
    document: Document, passages: Sequence[Passage], party_id: str | None, register: Register
) -> list[tuple[str, int]]:
    """Headings, with their offsets, that name another party than the document's: another programme may begin there."""
    year = year_of(document.election)
    own = {party_id, *register.members.get(party_id or "", ())}
    found: list[tuple[str, int]] = []
    for passage in passages:
        if passage.kind == "heading":
            heading = document.text[passage.char_start : passage.char_end].strip().strip(".:*#_ ")
            other = register.party_named(heading, year)
            if other and other not in own:
                found.append((heading, passage.char_start))
    return found
