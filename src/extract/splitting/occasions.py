"""Whose text, and for which election, a document is at each of its paths: files with the same bytes are one."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import cast

import pyarrow as pa

from extract.elections import election_of, may_be_for, status_of, year_of
from extract.parties import Register
from extract.reading.facts import Facts
from extract.records import Document, Evidence, Kind, PathOccasion, Section
from extract.splitting.identity import Identity, party_in_path, party_stated
from extract.tables import Rows, table_of

_OF_TEXT = ("title-page", "running-title", "text", "metadata")  # evidence that does not depend on where a file lies


def file_occasion(document: Document, sections: Sequence[Section]) -> PathOccasion:
    """Whose text a document is in its place, and for which election; a digest is nobody's."""
    evidence = sections[0].evidence if document.kind == "manifesto" else "none"
    return PathOccasion(
        document_id=document.document_id,
        path=document.path,
        party_id=document.party_id,
        party_evidence=cast("Evidence", evidence),
        election=document.election,
        election_evidence=document.election_evidence,
        status=document.status,
        status_evidence=document.status_evidence,
    )


def occasion_of_copy(
    original: PathOccasion, *, kind: Kind, path: str, facts: Facts, register: Register
) -> PathOccasion:
    """For whom and for which election a file with the bytes of another stands there: as its own path and line say.

    What they leave open is as in the text itself, where that shows it; the other file's name says nothing of this one.
    """
    election, election_evidence = election_of(
        path, facts.election, is_party=lambda name: register.party_named(name, expected=True)
    )
    if (
        election is None
        and original.election_evidence in _OF_TEXT
        and may_be_for(path, year_of(original.election) or 0)
    ):
        election, election_evidence = original.election, original.election_evidence
    status, status_evidence = status_of(path, facts.status)
    if status == "unknown" and original.status_evidence in _OF_TEXT:
        status, status_evidence = original.status, original.status_evidence
    year = year_of(election)
    found = Identity(None, None, "none")
    if kind == "manifesto":
        found = party_in_path(path, register, year)
        stated = party_stated(facts.party, register, year) if facts.party else None
        if facts.party and stated != found.party_id:
            found = Identity(stated, facts.party, "listed")  # also where the register does not know it
        elif found.party_id is None and original.party_evidence in _OF_TEXT:
            found = Identity(original.party_id, None, original.party_evidence)
    return replace(
        original,
        path=path,
        party_id=found.party_id,
        party_evidence=found.evidence,
        election=election,
        election_evidence=election_evidence,
        status=status,
        status_evidence=status_evidence,
    )


def with_copies(rows: Rows, copies: Mapping[str, Facts], register: Register) -> Rows:
    """The rows of a document with an occasion for each file that has its bytes, too; `copies` are by path."""
    kind: Kind = rows.tables["documents"].column("kind")[0].as_py() if copies else "manifesto"
    for cells in rows.tables["occasions"].to_pylist() if copies else ():
        more = [
            occasion_of_copy(PathOccasion(**cells), kind=kind, path=path, facts=facts, register=register)
            for path, facts in copies.items()
        ]
        together = pa.concat_tables([rows.tables["occasions"], table_of("occasions", more)])
        return replace(rows, tables={**rows.tables, "occasions": together})
    return rows
