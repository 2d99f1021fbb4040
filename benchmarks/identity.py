"""Whose, for which election, draft or final: how often each kind of evidence is right, on files of which that is known.

    make identity TEXTS=FOLDER
    python -m benchmarks.identity --texts FOLDER [--wrong]

FOLDER holds manifestos-pdf (TK/<year-month>/<party>.pdf), manifestos-text (PARTY_YEAR.txt) and manifestos-2025, whose
names are the truth. Each file is read once, and identified three times: under its own path, and under a name that says
nothing (doc001.pdf), once for each half of the files. Rules were made on half A; of half B only counts were looked at.
`--wrong` names the files that are wrong, but for half B.
"""

import hashlib
import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from rich.console import Console

from benchmarks.shared import MOST_CHARACTERS, parser_with_texts, table_of
from extract.elections import election_of, status_of
from extract.parties import Register, load_register
from extract.reading.documents import document_in
from extract.reading.facts import Facts
from extract.records import Document, Passage
from extract.splitting.identity import dated, identified
from extract.splitting.passages import split_passages

_PDF = re.compile(r"TK/(?P<year>\d{4})-\d\d/(?P<party>.+?)(?: #(?P<tag>\w+))?\.pdf")
_TEXT = re.compile(r"(?P<party>.+)_(?P<year>\d{4})\.txt")
_OF_2025 = re.compile(r"(?P<party>.+?)(?P<tag>-concept)?\.pdf")
_CORPORA = (("manifestos-pdf", _PDF, None), ("manifestos-text", _TEXT, None), ("manifestos-2025", _OF_2025, 2025))
_ANSWERS = ("right", "null", "wrong", "unjudged")

Counts = dict[tuple[str, str], Counter[str]]
"""By question and kind of evidence, how many answers are right, null or wrong."""


@dataclass(frozen=True, slots=True)
class Known:
    """A file, and what its place in its collection says of it."""

    path: Path
    name: str  # in the collection, or for manifestos-2025 beside it
    party_id: str | None
    year: int
    is_draft: bool


@dataclass(frozen=True, slots=True)
class Read:
    """A file that was read under a name that says nothing."""

    known: Known
    document: Document
    passages: tuple[Passage, ...]
    years: frozenset[int]  # of all files with its bytes


def known_files(texts: Path, register: Register) -> Iterator[Known]:
    """Yield the files of the collections in a folder, in the order of their names."""
    for folder, pattern, year in _CORPORA:
        for path in sorted((texts / folder).rglob("*")):
            inside = path.relative_to(texts / folder).as_posix()
            if match := pattern.fullmatch(inside):
                of = year or int(match["year"])
                party = match["party"].replace("Lijst 21_", "")
                tag = match.groupdict().get("tag") or ""
                yield Known(
                    path,
                    f"{folder}/{inside}" if year else inside,
                    register.party_named(party, of, expected=True),
                    of,
                    is_draft="concept" in tag.lower(),
                )


def half_of(known: Known) -> str:
    """A, on which rules were made, or B: by the hash of the file's name."""
    return "AB"[hashlib.sha256(known.name.encode()).digest()[0] % 2]


def read_all(texts: Path, register: Register) -> Iterator[Read]:
    """Yield the files that give a text."""
    files = list(known_files(texts, register))
    years: dict[str, set[int]] = defaultdict(set)
    hashes = {known.path: hashlib.sha256(known.path.read_bytes()).hexdigest() for known in files}
    for known in files:
        years[hashes[known.path]].add(known.year)
    for rank, known in enumerate(files, start=1):
        name = f"doc{rank:03}{known.path.suffix}"
        document, _ = document_in(known.path.read_bytes(), name=name, facts=Facts(), max_characters=MOST_CHARACTERS)
        if document:
            passages = tuple(split_passages(document))
            yield Read(known, document, passages, frozenset(years[hashes[known.path]]))


def answers(read: Read, path: str, register: Register) -> Iterator[tuple[str, str, str, str]]:
    """Yield (question, evidence, answer, what was found) for a file under a path."""
    election, election_evidence = election_of(
        path, None, is_party=lambda name: register.party_named(name, expected=True)
    )
    status, status_evidence = status_of(path, "unknown")
    document = replace(
        read.document,
        path=path,
        election=election,
        election_evidence=election_evidence,
        status=status,
        status_evidence=status_evidence,
    )
    document = dated(document, read.passages)
    right = document.election in {f"TK{year}" for year in read.years}
    answer = "null" if document.election is None else "right" if right else "wrong"
    yield "election", document.election_evidence, answer, str(document.election)
    identity = identified(document, read.passages, register)
    answer = "null" if identity.party_id is None else "right" if identity.party_id == read.known.party_id else "wrong"
    yield "party", identity.evidence, answer, str(identity.party_id)
    # Only where a name says draft is the status known; that of another file, which may be one, nobody noted.
    known = {"unknown": "null", "draft": "right", "final": "wrong"}
    answer = known[document.status] if read.known.is_draft or document.status == "unknown" else "unjudged"
    yield "status", document.status_evidence, answer, document.status


def main() -> None:
    """Measure and print."""
    parser = parser_with_texts(__doc__)
    parser.add_argument("--wrong", action="store_true", help="name the files that are wrong, but for half B")
    given = parser.parse_args()
    console, register = Console(width=120), load_register()
    counts: dict[str, Counts] = {
        title: defaultdict(Counter)
        for title in ("own path, all files", "neutral name, half A (tuned on)", "neutral name, half B (held out)")
    }
    own, *halves = counts
    for read in read_all(given.texts, register):
        half = "AB".index(half_of(read.known))
        for title, path in ((own, read.known.name), (halves[half], read.document.path)):
            for question, evidence, answer, found in answers(read, path, register):
                counts[title][question, evidence][answer] += 1
                if given.wrong and answer in ("wrong", "unjudged") and (title == own or half == 0):
                    console.print(f"{title}: {read.known.name}: {question} {found} ({evidence}) {answer}", markup=False)
    for title, counted in counts.items():
        console.print(_as_table(title, counted))


def _as_table(title: str, counts: Mapping[tuple[str, str], Counter[str]]) -> object:
    table = table_of("question, evidence", *_ANSWERS, "precision", title=title)
    for (question, evidence), found in sorted(counts.items()):
        judged = found["right"] + found["wrong"]
        precision = f"{found['right'] / judged:.3f}" if judged else ""
        table.add_row(f"{question}, {evidence}", *(str(found[each]) for each in _ANSWERS), precision)
    return table


if __name__ == "__main__":
    main()
