"""Passages → party Sections, and what each passage is to its section."""

import re
from collections import Counter
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from extract.parties import Register
from extract.problems import problem, problem_in
from extract.records import ASIDE, Document, Passage, Problem, Section, place_id
from extract.splitting.groups import headings_decide, heads_of_groups, sources_behind
from extract.splitting.identity import dated, identified, other_programmes, party_in_path
from extract.splitting.names import Names, Subject
from extract.splitting.parting import speaks_of_many, with_rows_apart, with_sentences_apart
from extract.splitting.subjects import heading_subject, heading_text, is_heading_like, is_party_like, paragraph_subject
from extract.splitting.turns import Reader, Turn
from extract.splitting.unknown import election_unknown, party_unknown

# A document is a digest when at least two parties are the subject of its paragraphs, and this share of its prose
# paragraphs have a party as their subject. Of 447 manifestos, the highest share with two parties is .16.
_DIGEST_SHARE = 0.2
_DIGEST_PARTIES = 2
_QUOTES_PER_PARAGRAPH = 0.5  # of a digest of one party, at least; a manifesto has next to no whole-line quotes
_STYLE_HEADINGS = 2  # with known parties, from which on their style is that of party headings
_STYLE_SHARE = 0.5  # of the headings in that style that name known parties
_NAMES_SHOWN = 3  # in a message
_OPENING_SHOWN = 40  # characters of a passage in a message
_OTHER_PARTIES = 2  # beside the one that a file is named after, from which on it is a digest all the same
_FEWEST_WORDS = 100  # of a programme; the shortest of 447 has more
_LINE_CHARACTERS = 120  # of a line that may be a heading
_SECTION_PARAGRAPHS = 200  # under one party's heading; chapters that happen to be named like parties are longer

Occasion = tuple[str, str, str]
"""Party, election and status of a manifesto."""


@dataclass(frozen=True, slots=True)
class Split:
    """A document split: its kind and party settled, passages in their sections, sections, problems."""

    document: Document
    passages: tuple[Passage, ...]
    sections: tuple[Section, ...]
    problems: tuple[Problem, ...]


def split_sections(document: Document, passages: Iterable[Passage], *, register: Register) -> Split:
    """Find the party sections of a document. In a manifesto the one party has the whole document."""
    passages = list(passages)
    document = dated(document, passages)
    if document.stated_party:
        return _manifesto(document, passages, register)
    names = Names(register, document.text)
    subjects = _subjects(document.text, passages, _party_headings(document.text, passages, names), names)
    told_by_party = _is_digest(passages, subjects)
    is_digest = told_by_party or speaks_of_many(document, passages, names)
    if not is_digest or _is_named_after_one(document, subjects, register):
        return _manifesto(document, passages, register)
    names = Names(register, document.text, in_digest=True)
    return _digest(document, with_rows_apart(document, passages, names), names, told_by_party)


def occasion_of(document: Document | None) -> Occasion | None:
    """For whom and when a manifesto was written, and whether it is a draft; None where that is not all known."""
    if document is None or document.kind != "manifesto" or not (document.party_id and document.election):
        return None
    return document.party_id, document.election, document.status


def repeated_manifestos(paths: Mapping[Occasion, Sequence[str]]) -> Iterator[Problem]:
    """Yield a Problem for each occasion that several files are for: their sentences count twice."""
    for (party_id, election, status), names in paths.items():
        if len(names) > 1:
            listed = ", ".join(names[:5]) + (", …" if len(names) > 5 else "")
            yield problem(
                "manifesto-twice",
                f"{listed} are all manifestos of {party_id} for {election} (status {status}), and all count. If they "
                "are copies, remove all but one; if not, tell them apart in manifestos.csv.",
                path=names[1],
            )


def missing_parties(found: Container[str | None], expected: Iterable[str]) -> Iterator[Problem]:
    """Yield a Problem for each expected party (party_id) that is not among those found in the sections of documents."""
    for party_id in expected:
        if party_id not in found:
            yield problem(
                "party-missing",
                f"The expected party {party_id} has no section in any document. Look for its name in the texts, and in "
                "the Problems for parties that are not known.",
                path="",
            )


def _party_headings(text: str, passages: Sequence[Passage], names: Names) -> dict[int, Subject]:
    """The passages that head a party's section, by position.

    Where most headings of one style name known parties, every heading of that style opens a section: a name that
    the register does not know is then a party, or a chapter, that is not to be swallowed by the section before it.
    """
    lines = {
        passage.position: text[passage.char_start : passage.char_end].strip()
        for passage in passages
        if passage.kind in ("heading", "body", "list-item")
        and passage.char_end - passage.char_start <= _LINE_CHARACTERS
    }
    found = {position: heading_subject(line, names) for position, line in lines.items()}
    headings = {position: subject for position, subject in found.items() if subject}
    known = Counter(
        _style(lines[position]) for position, subject in headings.items() if _is_bare(lines[position], subject)
    )
    if sum(bool(subject.party_id) for subject in headings.values()) < _STYLE_HEADINGS:
        return headings
    first = min(headings)
    lines = {position: line for position, line in lines.items() if is_heading_like(line)}
    styles = Counter(_style(line) for position, line in lines.items() if position >= first)
    below = {one.position: text[two.char_start : two.char_end] for one, two in pairwise(passages)}
    fields = _first_fields([below.get(position) for position, each in headings.items() if each.party_id])
    for position, line in lines.items():
        style = _style(line)
        party_style = known[style] >= max(_STYLE_HEADINGS, _STYLE_SHARE * styles[style]) and position > first
        is_headed = position > first and _field(below.get(position)) in fields
        if position not in headings and (party_style or is_headed or is_party_like(line)):
            headings[position] = Subject(None, heading_text(line), "heading")
    return headings


def _field(line: str | None) -> str | None:
    """The name of a field: "Lijsttrekker" of "**Lijsttrekker:** Job Cohen"."""
    field = re.match(r"\W*(\w[\w ]{1,30}):", line or "")
    return field.group(1).casefold() if field else None


def _first_fields(lines: Sequence[str | None]) -> frozenset[str | None]:
    """The field that stands first below most headings of parties; below another line it shows a heading too."""
    counts = Counter(field for line in lines if (field := _field(line)))
    return frozenset(
        field for field, count in counts.items() if count > max(_STYLE_HEADINGS, _STYLE_SHARE * len(lines))
    )


def _is_bare(line: str, subject: Subject) -> bool:
    """Whether a heading is a known party's name and nothing else; only such headings make a style."""
    return bool(subject.party_id) and heading_text(line).split(" (")[0].endswith(subject.as_written)


def _style(line: str) -> str:
    """What a line is headed by: the level of a Markdown heading, bold type, a symbol, a number, or nothing."""
    symbols = re.match(r"(?:\*\*|__|[^\w\s]+)?", line)
    numbered = re.match(r"\d{1,2}[.)]?\s+\w", line)
    return "1" if numbered else symbols.group() if symbols else ""


def _subjects(text: str, passages: Sequence[Passage], headings: dict[int, Subject], names: Names) -> dict[int, Subject]:
    """The subject of each passage that has one, by position; quotes and running titles have none."""
    subjects = dict(headings)
    under_headings = headings_decide(headings, text, names)
    for passage in passages:
        heading = headings.get(passage.position)
        if heading:
            names.learn(heading)
        if heading or passage.kind == "quote" or passage.kind in ASIDE:
            continue
        subject = paragraph_subject(text[passage.char_start : passage.char_end], names)
        if passage.kind == "heading" and subject and subject.evidence == "subject":
            continue  # a heading may label its part, but says nothing of who does what
        # Where parties have headings, those decide; running text under them may speak of anyone.
        if subject and not (under_headings and subject.evidence == "subject"):
            names.learn(subject)
            subjects[passage.position] = subject
    return subjects


def _is_digest(passages: Sequence[Passage], subjects: dict[int, Subject]) -> bool:
    """Whether a document speaks of parties, each in its turn, rather than for one."""
    named = {subject.party_id or subject.as_written for subject in subjects.values()}
    headed = {
        subject.party_id
        for subject in subjects.values()
        if subject.party_id and subject.evidence in ("heading", "label")
    }
    kinds = Counter(passage.kind for passage in passages)
    prose = kinds["body"] + kinds["list-item"]
    share = len(subjects) / max(1, prose)
    if len(named) == 1:  # a digest of one party is told from a manifesto by its whole-line quotes
        return share >= _DIGEST_SHARE and kinds["quote"] >= _QUOTES_PER_PARAGRAPH * prose
    if len(headed) >= _DIGEST_PARTIES and prose <= _SECTION_PARAGRAPHS * len(headed):
        return True
    return len(named) >= _DIGEST_PARTIES and share >= _DIGEST_SHARE


def _is_named_after_one(document: Document, subjects: dict[int, Subject], register: Register) -> bool:
    """Whether the file is named after a party, and at most one other heads a part of it.

    That is then a programme printed with it.
    """
    own = party_in_path(document.path, register, None, folders=False).party_id
    others = {subject.party_id for subject in subjects.values()} - {own, None}
    strangers = any(subject.party_id is None for subject in subjects.values())
    return own is not None and (bool(others) or strangers) and len(others) < _OTHER_PARTIES


def _digest(document: Document, passages: Sequence[Passage], names: Names, told_by_party: bool) -> Split:
    """A section for each party, from where it becomes the subject until another does, or nobody."""
    reader = _reader(document, passages, names, told_by_party)
    if reader.is_loose:
        reader = _reader(document, with_sentences_apart(document, passages, names), names, told_by_party=False)
    turns = reader.turns()
    passages = reader.passages
    sections = tuple(_sections(document, passages, turns))
    headings = {at: turn.subject for at, turn in turns.items() if turn.subject}
    placed = _with_roles(_placed(passages, sections), headings)
    problems = [_unknown_party(document, section) for section in sections if not section.party_id]
    problems += _unclear(document, placed, names)
    return Split(replace(document, kind="digest"), placed, sections, tuple(problems))


def _reader(document: Document, passages: Sequence[Passage], names: Names, told_by_party: bool) -> Reader:
    texts = [document.text[each.char_start : each.char_end] for each in passages]
    sources = sources_behind(texts, names)
    headings = {at: each for at, each in _party_headings(document.text, passages, names).items() if at not in sources}
    headings |= heads_of_groups(texts, passages, headings, names)
    subjects = _subjects(document.text, passages, headings, names)
    return Reader(document, passages, subjects, headings, sources, names, told_by_party=told_by_party)


def _sections(document: Document, passages: Sequence[Passage], turns: Mapping[int, Turn]) -> Iterator[Section]:
    """A section from each turn to another party until the next, or until nobody's."""
    opened: tuple[int, Subject] | None = None
    rank = 0
    ends = [(passages[at].char_start, turn.subject) for at, turn in sorted(turns.items())]
    for start, subject in [*ends, (len(document.text), None)]:
        if opened and subject and _same(subject, opened[1]):
            continue
        if opened:
            yield Section(
                section_id=place_id(document.document_id, "sec", opened[0], start),
                document_id=document.document_id,
                position=rank,
                party_id=opened[1].party_id,
                party_as_written=opened[1].as_written,
                char_start=opened[0],
                char_end=start,
                evidence=opened[1].evidence,
            )
            rank += 1
        opened = (start, subject) if subject else None


def _same(one: Subject, other: Subject) -> bool:
    """Whether two subjects are one party, known or not."""
    if one.party_id or other.party_id:
        return one.party_id == other.party_id
    return one.as_written.casefold() == other.as_written.casefold()


def _placed(passages: Sequence[Passage], sections: Sequence[Section]) -> list[Passage]:
    """Passages with the section they stand in."""
    placed: list[Passage] = []
    rank = -1
    for passage in passages:
        while rank + 1 < len(sections) and sections[rank + 1].char_start <= passage.char_start:
            rank += 1
        is_inside = rank >= 0 and passage.char_start < sections[rank].char_end
        section_id = sections[rank].section_id if is_inside else None
        placed.append(replace(passage, section_id=section_id))
    return placed


def _with_roles(passages: list[Passage], subjects: dict[int, Subject]) -> tuple[Passage, ...]:
    """In each section of a digest, the opening paragraph is its overview and the others are claims.

    A paragraph that quotes follow at once is a claim, also when it opens the section: the quotes carry it.
    """
    roles: list[Passage] = []
    opened: set[str | None] = {None}
    for passage, following in zip(passages, [*passages[1:], None], strict=True):
        subject = subjects.get(passage.position)
        if subject and subject.evidence == "heading":
            roles.append(replace(passage, kind="heading"))
            continue
        if passage.section_id is None or passage.kind not in ("body", "list-item"):
            roles.append(passage)
            continue
        carried = following is not None and following.kind == "quote"
        first = passage.section_id not in opened
        opened.add(passage.section_id)
        roles.append(replace(passage, kind="overview" if first and not carried else "claim"))
    return tuple(roles)


def _manifesto(document: Document, passages: Sequence[Passage], register: Register) -> Split:
    """One section, of the party whose manifesto it is."""
    identity = identified(document, passages, register)
    section = Section(
        section_id=place_id(document.document_id, "sec", 0, len(document.text)),
        document_id=document.document_id,
        position=0,
        party_id=identity.party_id,
        party_as_written=identity.as_written,
        char_start=0,
        char_end=len(document.text),
        evidence=identity.evidence,
    )
    placed = tuple(_placed(passages, [section]))
    document = replace(document, kind="manifesto", party_id=identity.party_id)
    return Split(document, placed, (section,), tuple(_doubts(document, passages, section, register)))


def _doubts(document: Document, passages: Sequence[Passage], section: Section, register: Register) -> Iterator[Problem]:
    """What is not known of a manifesto, and what in it may be another's."""
    if section.party_id is None:
        yield (
            _unknown_party(document, section)
            if section.party_as_written
            else party_unknown(document, passages, section, register)
        )
    if document.election is None:
        yield election_unknown(document, passages, register)
    others = other_programmes(document, passages, section.party_id, register)
    if others:
        names = ", ".join(f"“{name}” at character {offset:,}" for name, offset in others[:_NAMES_SHOWN])
        yield problem_in(
            document, "several-programmes",
            f"{document.path} has headings that name other parties ({names}); their programmes may be in it too. Its "
            "rows all have one party: if that is wrong, split the file.",
        )  # fmt: skip
    words = sum(
        len(document.text[each.char_start : each.char_end].split()) for each in passages if each.kind != "furniture"
    )
    if words < _FEWEST_WORDS:
        yield problem_in(
            document, "no-programme",
            f"{document.path} has {words} words, too few for a programme. Check that the file is complete.",
        )  # fmt: skip


def _unclear(document: Document, passages: Sequence[Passage], names: Names) -> Iterator[Problem]:
    """A Problem for a digest where passages name parties, but not the one that they are about."""
    unclear = [
        each
        for each in passages
        if each.section_id is None
        and each.kind not in ASIDE
        and names.mentions(document.text[each.char_start : each.char_end])
    ]
    if unclear:
        first = unclear[0]
        opening = " ".join(document.text[first.char_start : first.char_end].split())[:_OPENING_SHOWN]
        yield problem_in(
            document,
            "party-unclear",
            f"{len(unclear)} passages of {document.path} name parties, but it cannot be told about which one they are; "
            f"the first is “{opening}…” at character {first.char_start:,}. Their rows have no party. If they are "
            "about one, put its name on a line of its own above them.",
            char_start=first.char_start,
            char_end=first.char_end,
        )


def _unknown_party(document: Document, section: Section) -> Problem:
    place = f"“{section.party_as_written}” at character {section.char_start:,} of {document.path}"
    return problem_in(
        document,
        "party-unknown",
        f"{place} is no party of the register. Its rows have no party. If it is one, add it to the register "
        "(docs/adding.md).",
        char_start=section.char_start,
        char_end=section.char_end,
    )
