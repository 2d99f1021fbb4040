"""Is a dataset what it says? Everything that the design promises of one, checked again from its files.

Rules read what they need, a block of rows or a few columns at a time, so that a dataset need not fit in memory.
"""

import dataclasses
import hashlib
import json
import sqlite3
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing
from itertools import chain, zip_longest
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from extract.dataset.atomic import VERSION
from extract.dataset.data_package import data_package
from extract.dataset.database import DATABASE, read_database
from extract.dataset.files import CHECKSUMS, CONLLU, UNTIMED, hashes_of, read_checksums, version_of
from extract.dataset.reader import DamagedError, StoredVersion, documents_of
from extract.dataset.versions import crate_faults
from extract.dataset.writing import conllu_of, csv_bytes, csv_header
from extract.layout.ledger import from_csv, rebuild_layer
from extract.parties import load_register
from extract.records import TABLES, Certified, columns_of
from extract.spreadsheets import guarded_column, guarded_column_before_0_8
from extract.tables import keys_of, schema_of, table_of
from extract.verification.examination import certify, digest_of

_OF_A_DIGEST = ("documents", "passages", "sentences", "quotes")  # tables that say what a digest claims
_SHOWN = 3  # examples per finding
# How to get the rows of a table from the database in their order where it does not store them so.
_IN_ORDER = {
    "labels": "SELECT labels.* FROM sentences CROSS JOIN labels USING (sentence_id) ORDER BY sentences.rowid, codebook",
    "tokens": "SELECT tokens.* FROM sentences CROSS JOIN tokens USING (sentence_id) ORDER BY sentences.rowid, position",
}


@dataclasses.dataclass(frozen=True, slots=True)
class Finding:
    """Something that is off in a dataset: which rule, and what breaks it."""

    rule: str
    message: str


def check_dataset(folder: Path) -> list[Finding]:
    """What is off in a dataset version; an empty list means that all of it holds."""
    with closing(StoredVersion(folder)) as version:
        hashes = hashes_of(folder)
        findings = list(_files(folder, hashes))
        names = version.names()
        broken = [finding for name in names for finding in _columns(version, name)]
        if broken:  # nothing else can be said of tables that are not what they should be
            return findings + broken
        findings += _version(folder, hashes, names)
        findings += [Finding("crate", fault) for fault in crate_faults(folder, hashes)]
        rules = (
            _keys,
            _references,
            _documents,
            _offsets,
            _sentences,
            _tokens,
            _labels,
            _certificates,
            _readings,
            _csv,
            _sqlite,
        )
        return findings + [finding for rule in rules for finding in _found_by(rule, version)]


def _found_by(rule: Callable[[StoredVersion], Iterator[Finding]], version: StoredVersion) -> Iterator[Finding]:
    try:
        yield from rule(version)
    except DamagedError as error:
        what = f"this cannot be checked: {error.what} is damaged, missing, or not in the order of the documents"
        yield Finding(rule.__name__.strip("_"), what)


def _files(folder: Path, found: Mapping[str, str]) -> Iterator[Finding]:
    stated = read_checksums(folder)
    for name in sorted(stated.keys() | found.keys()):
        if name not in found:
            yield Finding("files", f"{name} is missing")
        elif name not in stated:
            yield Finding("files", f"{name} is not in {CHECKSUMS}")
        elif stated[name] != found[name]:
            yield Finding("files", f"{name} was changed: its SHA-256 is not the one in {CHECKSUMS}")


def _columns(version: StoredVersion, name: str) -> Iterator[Finding]:
    """Can a table be read, and has it the columns that it should?"""
    columns = list(columns_of(TABLES[name]))
    nulls = {column.name: 0 for column in columns}
    values: dict[str, set[object]] = {column.name: set() for column in columns if column.choices}
    try:
        found, expected = version.columns(name), {field.name: str(field.type) for field in schema_of(TABLES[name])}
        for block in version.blocks(name) if found == expected else ():
            for field, cells in zip(block.schema, block.columns, strict=True):
                nulls[field.name] += cells.null_count
                if field.name in values:
                    values[field.name] |= set(cells.unique().to_pylist()) - {None}
    except Exception as error:  # a damaged file can make the reader raise anything
        yield Finding("files", f"{name}.parquet cannot be read ({type(error.__cause__ or error).__name__})")
        return
    if found != expected:
        off = sorted(set(expected.items()) ^ set(found.items()))
        yield Finding("columns", f"{name} does not have the columns of this version of the software: {_some(off)}")
        return
    for column in columns:
        if not column.nullable and nulls[column.name]:
            yield Finding("columns", f"{name}.{column.name} is null in {nulls[column.name]} rows")
        if not values.get(column.name, set()) <= set(column.choices):
            yield Finding("columns", f"{name}.{column.name} has values that are not among {column.choices}")


def _version(folder: Path, hashes: Mapping[str, str], names: Sequence[str]) -> Iterator[Finding]:
    """Is the content what its name says? A folder may be copied under another name, not under another version's.

    The name stands for the CSV files and the texts; `_csv` holds the CSV files to the tables.
    """
    version = version_of(hashes)
    if VERSION.fullmatch(folder.name) and folder.name != version:
        yield Finding("version", f"the folder is called {folder.name}, but its content is {version}")
    try:
        package = json.loads((folder / "datapackage.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        package = None
    described = data_package(version, hashes=hashes, documents=documents_of(folder), tables=names)
    if _without_words(package) != _without_words(json.loads(json.dumps(described))):
        yield Finding("version", f"datapackage.json does not describe the content, which is {version}")


def _without_words(said: Any) -> Any:
    """What a data package says but for its words on columns and the values they may have: other releases have others.

    `_columns` looks at the values that there are.
    """
    if isinstance(said, dict):
        return {key: _without_words(value) for key, value in said.items() if key not in ("description", "enum")}
    return [_without_words(each) for each in said] if isinstance(said, list) else said


def _keys(version: StoredVersion) -> Iterator[Finding]:
    for name in version.names():
        keys = list(keys_of(name))
        table = version.table(name, keys)
        counts = table.group_by(keys).aggregate([([], "count_all")])
        if repeated := table.num_rows - counts.num_rows:
            some = _some(counts.filter(pc.field("count_all") > 1)[keys[0]].to_pylist())
            yield Finding("keys", f"{name}: {repeated} rows repeat a key ({some})")


def _references(version: StoredVersion) -> Iterator[Finding]:
    for name in version.names():
        for column in columns_of(TABLES[name]):
            if column.references:
                keys = version.column(column.references, keys_of(column.references)[0])
                cells = version.column(name, column.name).drop_null()
                dangling = cells.filter(pc.invert(pc.is_in(cells, value_set=keys))).to_pylist()
                if dangling:
                    what = f"{len(dangling)} rows refer to no row of {column.references} ({_some(dangling)})"
                    yield Finding("references", f"{name}.{column.name}: {what}")


def _documents(version: StoredVersion) -> Iterator[Finding]:
    """Is each text the one that the table describes, do passages cover it, and does its ledger undo what was done?"""
    spans: dict[str, list[tuple[int, int, int]]] = {}
    for document_id, *span in version.cells("passages", ("document_id", "position", "char_start", "char_end")):
        spans.setdefault(document_id, []).append((span[0], span[1], span[2]))
    columns = ("document_id", "path", "sha256", "characters", "layer_sha256")
    for document_id, path, sha256, characters, layer_sha256 in version.cells("documents", columns):
        name = f"texts/{document_id}.txt"
        if not sha256.startswith(document_id):
            yield Finding("texts", f"documents: {document_id} is not the start of its sha256")
        text = ""
        try:
            text = version.text(document_id)
        except DamagedError:
            yield Finding("texts", f"{name} is missing, or is not UTF-8")
        else:
            if len(text) != characters:
                yield Finding("texts", f"{name} has {len(text)} characters, not {characters}")
            if gaps := _gaps(sorted(spans.get(document_id, ())), len(text)):
                yield Finding("coverage", f"passages of {document_id} leave out or repeat characters at {_some(gaps)}")
        try:
            ledger = from_csv(version.ledger(document_id))
        except (DamagedError, ValueError, KeyError, TypeError) as error:
            yield Finding("ledgers", f"ledgers/{document_id}.csv cannot be read ({error})")
            continue
        layer = rebuild_layer(text, ledger)
        if hashlib.sha256(layer.encode("utf-8", "surrogatepass")).hexdigest() != layer_sha256:
            yield Finding("ledgers", f"{name} and its ledger do not give the text layer of {path}")


def _gaps(spans: Sequence[tuple[int, int, int]], length: int) -> list[tuple[int, int]]:
    """Where one span (position, start, end) does not begin at the end of the one before it."""
    starts = [*(start for _, start, _ in spans), length]
    ends = [0, *(end for _, _, end in spans)]
    return [(end, start) for start, end in zip(starts, ends, strict=True) if start != end]


def _offsets(version: StoredVersion) -> Iterator[Finding]:
    def text_of(document_id: str) -> str:
        try:
            return version.text(document_id)
        except DamagedError:
            return ""

    for name in version.names():
        columns = version.columns(name)
        if not {"char_start", "char_end", "document_id"} <= columns.keys():
            continue
        wanted = ["document_id", "char_start", "char_end", keys_of(name)[0]]
        if "text" in columns:
            wanted.append("text")
        wrong = [
            row_id
            for document_id, start, end, row_id, *text in version.cells(name, wanted)
            if not (None in (document_id, start, end) or _fits(start, end, text_of(document_id), text))
        ]
        if wrong:
            yield Finding(
                "offsets", f"{name}: {len(wrong)} rows are not the characters that their offsets name ({_some(wrong)})"
            )


def _fits(start: int, end: int, whole: str, text: Sequence[str]) -> bool:
    """Whether a stretch lies in the whole, and is the text if one is given."""
    return 0 <= start <= end <= len(whole) and all(whole[start:end] == each for each in text)


def _sentences(version: StoredVersion) -> Iterator[Finding]:
    passages = {row[0]: row[1:] for row in version.cells("passages", ("passage_id", "char_start", "char_end"))}
    party_of: dict[str | None, str | None] = dict(version.cells("sections", ("section_id", "party_id")))
    outside: list[str] = []
    strange: list[str] = []
    columns = ("sentence_id", "passage_id", "section_id", "party_id", "char_start", "char_end")
    for sentence_id, passage_id, section_id, party_id, start, end in version.cells("sentences", columns):
        first, last = passages.get(passage_id, (start, end))
        if start < first or end > last:
            outside.append(sentence_id)
        if party_id != party_of.get(section_id):
            strange.append(sentence_id)
    if outside:
        yield Finding("coverage", f"{len(outside)} sentences lie outside their passage ({_some(outside)})")
    if strange:
        yield Finding("coverage", f"{len(strange)} sentences do not have the party of their section ({_some(strange)})")


def _tokens(version: StoredVersion) -> Iterator[Finding]:
    """Are tokens inside their sentences, and are the CoNLL-U files what they say? Is each object where its place is?"""
    sentences = {row[0]: row[1:] for row in version.cells("sentences", ("sentence_id", "char_start", "char_end"))}
    for name in ("tokens", "entities"):
        rows = version.cells(name, ("sentence_id", "char_start", "char_end"))
        outside = []
        for each, start, end in rows:
            first, last = sentences.get(each, (start, end))  # that a sentence lacks, its key says
            if not first <= start <= end <= last:
                outside.append(each)
        if outside:
            yield Finding("offsets", f"{name}: {len(outside)} rows lie outside their sentence ({_some(outside)})")
    columns = ("proposal_id", "char_start", "text", "object_start", "object_end", "object")
    wrong = [
        row_id
        for row_id, begin, text, start, end, acted_on in version.cells("proposals", columns)
        if acted_on is not None and text[start - begin : end - begin] != acted_on
    ]
    if wrong:
        yield Finding("offsets", f"proposals: {len(wrong)} objects are not where their offsets say ({_some(wrong)})")
    for document_id in version.column("tokens", "document_id").unique().to_pylist():
        tables = [version.rows(name, [document_id])[0] for name in ("sentences", "tokens")]
        path = version.folder / CONLLU / f"{document_id}.conllu"
        if not path.is_file() or path.read_bytes() != "".join(conllu_of(*tables)).encode():
            yield Finding("formats", f"{CONLLU}/{path.name} does not hold the tokens of the table")


def _labels(version: StoredVersion) -> Iterator[Finding]:
    codebooks = version.column("labels", "codebook")
    expected = version.count("sentences") * len(codebooks.unique())
    if len(codebooks) != expected:
        yield Finding("coverage", f"labels has {len(codebooks)} rows, not one per sentence and codebook ({expected})")


def _certificates(version: StoredVersion) -> Iterator[Finding]:
    """Is each certificate, and each piece of evidence, what one gets who holds the stored texts against each other?"""
    try:
        proven = _certify_again(version)
    except (
        DamagedError,
        ValueError,
        LookupError,
        TypeError,
    ) as error:  # texts and ledgers may be any
        yield Finding("certificates", f"certificates cannot be proven again from the stored texts ({error})")
        return
    for name, rows in (("certificates", proven.certificates), ("evidence", proven.evidence)):
        (key,) = keys_of(name)
        again = {row[key]: row for row in table_of(name, rows).to_pylist()}
        stored = {row[key]: row for row in version.table(name).to_pylist()}
        wrong = [each for each in again.keys() | stored.keys() if again.get(each) != stored.get(each)]
        if wrong:
            what = f"{name}: {len(wrong)} rows are not what the stored texts give"
            yield Finding("certificates", f"{what} ({_some(sorted(wrong))})")


def _readings(version: StoredVersion) -> Iterator[Finding]:
    """Has each document a row that says how well it was read, with the doubts that its Problems are about?"""
    if "readings" not in version.names():  # of an earlier release
        return
    met: dict[str | None, set[str]] = {}
    for document_id, code in version.cells("problems", ("document_id", "code")):
        met.setdefault(document_id, set()).add(code)
    said = dict(version.cells("readings", ("document_id", "doubts")))
    ids = version.column("documents", "document_id").to_pylist()
    if without := [each for each in ids if each not in said]:
        yield Finding("readings", f"{len(without)} documents have no row in readings ({_some(without)})")
    wrong = [
        each for each, codes in said.items() if not set(filter(None, (codes or "").split("|"))) <= met.get(each, set())
    ]
    if wrong:
        yield Finding("readings", f"{len(wrong)} readings name doubts of which there is no Problem ({_some(wrong)})")


def _certify_again(version: StoredVersion) -> Certified:
    digests = [
        digest_of({name: version.rows(name, [document_id])[0] for name in _OF_A_DIGEST})
        for document_id, kind in version.cells("documents", ["document_id", "kind"])
        if kind == "digest"
    ]
    return certify([each for each in digests if each], version.sources(), register=load_register())


def _csv(version: StoredVersion) -> Iterator[Finding]:
    for name in version.names():
        try:
            same = any(_holds_rows(version, name, guard) for guard in (guarded_column, guarded_column_before_0_8))
        except OSError:
            same = False
        if not same:
            yield Finding("formats", f"csv/{name}.csv does not hold the rows of tables/{name}.parquet")


def _holds_rows(version: StoredVersion, name: str, guard: Callable[[pa.ChunkedArray], pa.ChunkedArray]) -> bool:
    """Whether a CSV file is the rows of its table, written with this guard against formulas."""
    with (version.folder / "csv" / f"{name}.csv").open("rb") as file:
        blocks = (csv_bytes(pa.Table.from_batches([block]), guard=guard) for block in version.blocks(name))
        pieces = chain([csv_header(version.columns(name))], blocks)
        return all(file.read(len(piece)) == piece for piece in pieces) and not file.read(1)


def _sqlite(version: StoredVersion) -> Iterator[Finding]:
    try:
        with closing(read_database(version.folder)) as database:
            for name in (each for each in UNTIMED if each in version.names()):
                found = database.execute(_IN_ORDER.get(name, f"SELECT * FROM {name}"))
                rows = version.cells(name, list(version.columns(name)))
                if not all(row == other for row, other in zip_longest(found, rows)):
                    yield Finding("formats", f"{DATABASE}: {name} does not hold the rows of tables/{name}.parquet")
            if database.execute("PRAGMA foreign_key_check").fetchone():
                yield Finding("formats", f"{DATABASE}: foreign keys are broken")
    except sqlite3.Error as error:
        yield Finding("formats", f"{DATABASE} cannot be read ({error})")


def _some(values: Sequence[object]) -> str:
    listed = [str(value) for value in values[:_SHOWN]]
    return ", ".join(listed) + (", …" if len(values) > _SHOWN else "")
