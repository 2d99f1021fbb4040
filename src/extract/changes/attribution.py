"""Rows that differ between two versions → what can have changed each, as bits. `causes.py` has the reasoning."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property, partial
from typing import Literal, get_args

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from extract.changes.causes import Beside, Grounds, of_document_column
from extract.dataset.reader import Row
from extract.records import POLICY_AREAS, STATEMENTS, THEMES, place_id

What = Literal["changed", "added", "gone", "moved"]
WHAT: tuple[What, ...] = get_args(What)
CHANGED, ADDED, GONE, MOVED = range(4)

_ABOUT = {
    "tokens": ("sentences", "sentence_id"),
    "entities": ("sentences", "sentence_id"),
    "labels": ("sentences", "sentence_id"),
    "proposals": ("sentences", "sentence_id"),
    "certificates": ("quotes", "quote_id"),
    "evidence": ("sentences", "sentence_id"),
}
"""The table, and the column that refers to it, of what a row is about."""

_CODEBOOK_OF = {"theme": THEMES, "policy_area": POLICY_AREAS}  # of columns of proposals
OF_LANGUAGE = frozenset({
    "action", "action_probability", "polarity", "polarity_probability", "object", "object_lemma", "object_probability",
    "actor", "actor_probability", "direction", "direction_probability", "pledge_key",
})  # fmt: skip
"""Columns of proposals that the parse decides on."""
# Columns that manifestos.csv and the name of a file decide on: that of the digest or of the manifesto.
_OF_FACTS = frozenset(
    [
        "party_id",
        "party_as_written",
        "election",
        "doubts",
        "evidence",
        "status",
        "best",
        "source_election",
        "source_status",
    ]
)
_ABOUT_SEVERAL = frozenset(["manifesto-twice", "party-missing", "facts-without-file"])  # files, that Problems are about


@dataclass(frozen=True, slots=True, eq=False)
class Differing:
    """Rows of a table that differ. Arrays have an item for each; a rank is -1 where there is none."""

    name: str
    old: pa.Table
    new: pa.Table
    translated: pa.Table  # the new rows, that refer to old keys where they can
    what: np.ndarray  # rank in WHAT
    old_at: np.ndarray  # rank of the row in `old`
    new_at: np.ndarray
    document: np.ndarray  # rank of its document among those of both versions
    differs: Mapping[str, np.ndarray]  # by column, which of the rows differ in it

    def cells(self, column: str, *, translated: bool = False) -> pa.Array:
        """The cells of a column, those of the new version where it has the row."""
        new = (self.translated if translated else self.new)[column]
        both = pa.chunked_array([*self.old[column].chunks, *new.chunks], type=new.type)
        at = np.where(self.new_at >= 0, self.new_at + self.old.num_rows, self.old_at)
        return both.take(pa.array(at)).combine_chunks()


@dataclass(eq=False)
class Known:
    """What is known of two versions while their tables are gone through, in the order of TABLES."""

    documents: Sequence[Beside]
    grounds: Grounds
    emptied: frozenset[str]  # tables in which one version has no rows
    by_quote: dict[str, int] = field(default_factory=dict)  # see _note_quotes
    fields: dict[str, np.ndarray] = field(default_factory=dict)  # see bits

    @cached_property
    def ranks(self) -> dict[str, int]:
        """Rank of each document, by its ids and its paths in both versions."""
        names = ("path", "document_id")
        return {row[name]: rank for name in names for rank, each in enumerate(self.documents) for row in each.rows}

    def bits(self, name: str, document: np.ndarray) -> np.ndarray:
        """What a field of Beside says of some documents, by rank; 0 for -1."""
        if name not in self.fields:
            self.fields[name] = np.array([*(getattr(each, name) for each in self.documents), 0], np.int64)
        found: np.ndarray = self.fields[name][document]
        return found


def causes_of(rows: Differing, known: Known, lone: Mapping[str, pa.ChunkedArray]) -> np.ndarray:
    """What can have changed each row, as bits.

    `lone` has keys of sentences and quotes that only one version has, of documents that both have.
    """
    if not len(rows.what):
        return np.zeros(0, np.int64)
    if rows.name == "parties":
        return np.full(len(rows.what), known.grounds.bit("register"))
    if rows.name == "documents":
        return _of_documents(rows, known)
    if rows.name == "problems":
        return _of_problems(rows, known)
    if rows.name == "occasions":
        return _of_occasions(rows, known)
    if rows.name in ("certificates", "evidence"):
        bits = _across_documents(rows, known)
    else:
        came_or_went = np.isin(rows.what, (ADDED, GONE))
        bits = np.where(came_or_went, _of_existence(rows, known), _of_cells(rows, known))
    own, moved_by = (known.bits(name, rows.document) for name in ("own", "bytes"))
    bits = np.where((rows.what == MOVED) & (moved_by > 0), moved_by, bits)
    return np.where((known.bits("is_whole", rows.document) > 0) | _is_lone(rows, lone), own, bits)


def _is_lone(rows: Differing, lone: Mapping[str, pa.ChunkedArray]) -> np.ndarray:
    """Which rows are about a sentence or quote that only one version has."""
    table, column = _ABOUT.get(rows.name, ("", ""))
    if table not in lone:
        return np.zeros(len(rows.what), bool)
    return _flags(pc.is_in(rows.cells(column), value_set=lone[table]))


def _of_cells(rows: Differing, known: Known) -> np.ndarray:
    """What can have changed the cells that differ; of rows that moved, what can have moved them."""
    own, facts = (known.bits(name, rows.document) for name in ("own", "facts"))
    of_label = _of_codebook(rows, known.grounds)
    bits = np.where(rows.what == MOVED, own, _of_recognition(rows, known))
    for column, differs in rows.differs.items():
        found = of_label if column == "model_id" else own | of_label
        if column in _OF_FACTS:
            found = found | facts
        if rows.name == "proposals":
            found = found | known.grounds.of_codebook(_CODEBOOK_OF.get(column))
        if rows.name == "tokens" or (rows.name == "proposals" and column in OF_LANGUAGE):
            found = found | known.grounds.among("language pipeline")
        bits |= np.where(differs, found, 0)
    return bits


def _of_existence(rows: Differing, known: Known) -> np.ndarray:
    """What can have made rows come or go, of a document and a sentence that both versions have."""
    own, grounds = known.bits("own", rows.document), known.grounds
    if rows.name == "labels":  # there is one for each sentence and codebook, so a codebook came or went
        of_label = _of_codebook(rows, grounds)
        return np.where(of_label > 0, of_label, own)
    if rows.name == "positions":  # also a manifesto that became a digest
        return np.asarray(own | _of_codebook(rows, grounds) | known.bits("facts", rows.document))
    if rows.name == "proposals":
        decides = grounds.of_codebook(STATEMENTS)
        return np.full(len(own), decides) if STATEMENTS in grounds.codebooks else own | decides
    if rows.name == "tokens":
        switched = grounds.among("setting") if "tokens" in known.emptied else 0
        return np.full(len(own), switched) if switched else own | grounds.among("language pipeline")
    found: np.ndarray = own | _of_recognition(rows, known)
    return found


def _of_codebook(rows: Differing, grounds: Grounds) -> np.ndarray:
    """What can have changed labels, and positions that rest on them, by their codebook; nothing for other tables."""
    if rows.name == "labels":
        codebooks = rows.cells("codebook").dictionary_encode()
    elif rows.name == "positions":
        named = pc.split_pattern(rows.cells("model_id"), "@", max_splits=1)
        codebooks = pc.list_element(named, 0).dictionary_encode()
    else:
        return np.zeros(len(rows.what), np.int64)
    bits = np.array([grounds.of_codebook(each) for each in codebooks.dictionary.to_pylist()], np.int64)
    found: np.ndarray = bits[codebooks.indices.to_numpy()]
    return found


def _of_recognition(rows: Differing, known: Known) -> np.ndarray:
    """What more can have changed entities; nothing for others.

    Party and election say what names and years mean, and which are names at all; the rest is the language pipeline's.
    """
    if rows.name != "entities":
        return np.zeros(len(rows.what), np.int64)
    is_recognised = _flags(pc.equal(rows.cells("source"), "pipeline"))
    of_pipeline = known.grounds.among("language pipeline", "setting")
    return np.where(is_recognised, of_pipeline, known.bits("facts", rows.document))


def _across_documents(rows: Differing, known: Known) -> np.ndarray:
    """What can have changed rows that rest on a manifesto beside the digest that they are about."""
    source = _ranks(rows.cells("source_document_id"), known)
    by_bytes = known.bits("own", rows.document) | _of_source(source, known)
    by_facts = by_bytes | known.bits("facts", rows.document) | known.bits("facts", source)
    if rows.name == "certificates":
        _note_quotes(rows, known)
        quotes = rows.cells("quote_id", translated=True).to_pylist()
        together = np.array([known.by_quote.get(each, 0) for each in quotes], np.int64)
        by_facts |= np.where((source < 0) | rows.differs.get("best", False), together, 0)
    bits = np.where(rows.what == CHANGED, 0, by_facts)
    for column, differs in rows.differs.items():
        bits |= np.where(differs, by_facts if column in _OF_FACTS else by_bytes, 0)
    of_source = known.bits("elsewhere", source)
    bits = np.where(rows.what == MOVED, np.where(of_source > 0, of_source, by_bytes), bits)
    return np.where(known.bits("is_whole", source) > 0, of_source, bits)


def _of_source(source: np.ndarray, known: Known) -> np.ndarray:
    """What can have changed any row of some manifestos."""
    own, by_bytes, elsewhere = (known.bits(name, source) for name in ("own", "bytes", "elsewhere"))
    found: np.ndarray = own & ~by_bytes | elsewhere
    return found


def _note_quotes(rows: Differing, known: Known) -> None:
    """Note for each quote what can have changed any manifesto that it has a certificate for: that settles the best."""
    for table in (rows.old, rows.translated):
        source = _ranks(table["source_document_id"], known)
        bits = _of_source(source, known) | known.bits("facts", source)
        quotes = table["quote_id"].to_pylist()
        for at in np.flatnonzero(bits).tolist():
            known.by_quote[quotes[at]] = known.by_quote.get(quotes[at], 0) | int(bits[at])


def _of_documents(rows: Differing, known: Known) -> np.ndarray:
    bits = np.where(rows.what == CHANGED, 0, known.bits("own", rows.document))
    for column, differs in rows.differs.items():
        for at in np.flatnonzero(differs).tolist():
            bits[at] |= of_document_column(column, known.documents[rows.document[at]], known.grounds)
    return bits


def _of_occasions(rows: Differing, known: Known) -> np.ndarray:
    """What can have changed for what a document stands at a path, or that it does: the file, its name, its line."""
    if rows.name in known.emptied:
        return np.full(len(rows.what), known.grounds.among("code"))
    came_or_went = np.isin(rows.what, (ADDED, GONE))
    bits = np.where(came_or_went, 0, known.bits("own", rows.document) | known.bits("facts", rows.document))
    listed = _flags(pc.equal(rows.cells("party_evidence"), "listed"))
    for name in ("election_evidence", "status_evidence"):
        listed |= _flags(pc.equal(rows.cells(name), "listed"))
    bits |= np.where(listed & ~came_or_went, known.grounds.bit("manifestos.csv"), 0)
    for at, path in enumerate(rows.cells("path").to_pylist()):
        document = known.documents[rows.document[at]]
        if not came_or_went[at]:
            continue
        if document.is_whole:
            bits[at] = document.own
        elif "path" in document.differs and path in [row["path"] for row in document.rows]:
            bits[at] = known.grounds.bit("file name")
        else:
            came = rows.what[at] == ADDED
            bits[at] = known.grounds.bit("raw text", "file added" if came else "file removed")
    return bits


def _of_problems(rows: Differing, known: Known) -> np.ndarray:
    anything = int(np.bitwise_or.reduce([each.elsewhere | each.facts for each in known.documents]))
    names = ("code", "document_id", "char_start", "char_end")
    columns = (rows.cells(name).to_pylist() for name in names)
    cells = [dict(zip(names, each, strict=True)) for each in zip(*columns, strict=True)]
    documents = [known.documents[rank] if rank >= 0 else None for rank in rows.document.tolist()]
    return np.array(list(map(partial(_of_problem, known=known, anything=anything), cells, documents)), np.int64)


def _of_problem(cells: Row, document: Beside | None, *, known: Known, anything: int) -> int:
    """What can have made a Problem come or go, or changed it; `anything` is what changed any document."""
    grounds, code = known.grounds, cells["code"]
    setting = grounds.among("setting") if code in ("party-missing", "too-long") else 0
    if code in _ABOUT_SEVERAL or code.startswith("facts-"):
        listed = grounds.bit("manifestos.csv") if code.startswith("facts-") else 0
        return grounds.among("code") | setting | listed | (anything if code in _ABOUT_SEVERAL else 0)
    if document is None:  # a file that gave no document in either version
        return grounds.bit("raw text") | grounds.among("code", "packages") | setting
    bits = document.own | document.facts
    if code == "quote-not-verified" and not document.is_whole:
        quote_id = place_id(cells["document_id"], "quo", cells["char_start"], cells["char_end"])
        bits |= anything if document.bytes else known.by_quote.get(quote_id, 0)  # quotes of other bytes have other ids
    return bits


def _ranks(document_ids: pa.ChunkedArray, known: Known) -> np.ndarray:
    return np.array([known.ranks.get(each, -1) for each in document_ids.to_pylist()], np.int64)


def _flags(cells: pa.Array) -> np.ndarray:
    return np.asarray(cells.to_numpy(zero_copy_only=False), bool)
