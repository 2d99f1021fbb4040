"""Is a dataset what it says? Everything that the design promises of one, checked again from its files.

Rules read what they need from the Parquet files, a block of rows or a few columns at a time, so that a dataset need
not fit in memory.
"""

import dataclasses
import hashlib
import json
import re
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from functools import lru_cache
from itertools import chain
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from extract.dataset.versions import (
    CHECKSUMS,
    CONLLU,
    ROW_GROUP,
    UNTIMED,
    conllu_of,
    crate_faults,
    csv_bytes,
    csv_header,
    data_package,
    digests_of,
    documents_of,
    read_checksums,
    read_database,
    require_dataset,
    version_of,
)
from extract.layout.ledger import from_csv, rebuild_layer
from extract.parties import load_register
from extract.records import TABLES, Certified, columns_of
from extract.tables import schema_of, table_of
from extract.verification.examination import certify, digest_of
from extract.verification.sources import sources_in

_SHOWN = 3  # examples per finding
# How to get the rows of a table from the database in their order where it does not store them so.
_IN_ORDER = {
    "labels": "SELECT labels.* FROM sentences CROSS JOIN labels USING (sentence_id) ORDER BY sentences.rowid, codebook",
    "tokens": "SELECT tokens.* FROM sentences CROSS JOIN tokens USING (sentence_id) ORDER BY sentences.rowid, position",
}

Row = tuple[Any, ...]


@dataclasses.dataclass(frozen=True, slots=True)
class Finding:
    """Something that is off in a dataset: which rule, and what breaks it."""

    rule: str
    message: str


def check_dataset(folder: Path) -> list[Finding]:
    """What is off in a dataset version; an empty list means that all of it holds."""
    require_dataset(folder)
    digests = digests_of(folder)
    findings = list(_files(folder, digests))
    broken = [finding for name in TABLES for finding in _columns(folder, name)]
    if broken:  # nothing else can be said of tables that are not what they should be
        return findings + broken
    findings += _version(folder, digests)
    findings += [Finding("crate", fault) for fault in crate_faults(folder, digests)]
    rules = (_keys, _references, _documents, _offsets, _sentences, _tokens, _labels, _certificates, _csv, _sqlite)
    return findings + [finding for rule in rules for finding in rule(folder)]


def _files(folder: Path, found: Mapping[str, str]) -> Iterator[Finding]:
    said = read_checksums(folder)
    for name in sorted(said.keys() | found.keys()):
        if name not in found:
            yield Finding("files", f"{name} is missing")
        elif name not in said:
            yield Finding("files", f"{name} is not in {CHECKSUMS}")
        elif said[name] != found[name]:
            yield Finding("files", f"{name} was changed: its SHA-256 is not the one in {CHECKSUMS}")


def _columns(folder: Path, name: str) -> Iterator[Finding]:
    """Can a table be read, and has it the columns that it should?"""
    try:
        with pq.ParquetFile(_parquet(folder, name)) as file:
            expected, found = ({field.name: str(field.type) for field in each}
                               for each in (schema_of(TABLES[name]), file.schema_arrow))  # fmt: skip
            nulls: dict[str, int] = dict.fromkeys(found, 0)
            values: dict[str, set[object]] = {column.name: set() for column in columns_of(TABLES[name])}
            choices = {column.name: column.choices for column in columns_of(TABLES[name]) if column.choices}
            for batch in file.iter_batches(ROW_GROUP):
                for field, cells in zip(batch.schema, batch.columns, strict=True):
                    nulls[field.name] += cells.null_count
                    if field.name in choices:
                        values[field.name] |= set(cells.unique().to_pylist()) - {None}
    except Exception as error:  # a damaged file can make the reader raise anything
        yield Finding("files", f"{name}.parquet cannot be read ({type(error).__name__})")
        return
    if found != expected:
        off = sorted(set(expected.items()) ^ set(found.items()))
        yield Finding("columns", f"{name} has not the columns of this version of the software: {_some(off)}")
        return
    for column in columns_of(TABLES[name]):
        if not column.nullable and nulls[column.name]:
            yield Finding("columns", f"{name}.{column.name} is null in {nulls[column.name]} rows")
        if not values[column.name] <= set(column.choices):
            yield Finding("columns", f"{name}.{column.name} has values that are not among {column.choices}")


def _version(folder: Path, digests: Mapping[str, str]) -> Iterator[Finding]:
    """Is the content what its name says? A folder may be copied under another name, not under another version's.

    The name stands for the CSV files and the texts; `_csv` holds the CSV files to the tables.
    """
    version = version_of(digests)
    if re.fullmatch(r"v[0-9a-f]{12}", folder.name) and folder.name != version:
        yield Finding("version", f"the folder is called {folder.name}, but its content is {version}")
    try:
        package = json.loads((folder / "datapackage.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        package = None
    if package != data_package(version, digests=digests, documents=documents_of(folder)):
        yield Finding("version", f"datapackage.json does not describe the content, which is {version}")


def _keys(folder: Path) -> Iterator[Finding]:
    for name in TABLES:
        keys = [column.name for column in columns_of(TABLES[name]) if column.key]
        table = pq.read_table(_parquet(folder, name), columns=keys)
        counts = table.group_by(keys).aggregate([([], "count_all")])
        if repeated := table.num_rows - counts.num_rows:
            some = _some(counts.filter(pc.field("count_all") > 1)[keys[0]].to_pylist())
            yield Finding("keys", f"{name}: {repeated} rows repeat a key ({some})")


def _references(folder: Path) -> Iterator[Finding]:
    for name in TABLES:
        for column in columns_of(TABLES[name]):
            if column.references:
                target = next(each.name for each in columns_of(TABLES[column.references]) if each.key)
                keys = _column(folder, column.references, target)
                cells = _column(folder, name, column.name).drop_null()
                dangling = cells.filter(pc.invert(pc.is_in(cells, value_set=keys))).to_pylist()
                if dangling:
                    what = f"{len(dangling)} rows refer to no row of {column.references} ({_some(dangling)})"
                    yield Finding("references", f"{name}.{column.name}: {what}")


def _documents(folder: Path) -> Iterator[Finding]:
    """Is each text the one that the table describes, do passages cover it, and does its ledger undo what was done?"""
    spans: dict[str, list[tuple[int, int, int]]] = {}
    for document_id, *span in _rows(folder, "passages", ("document_id", "position", "char_start", "char_end")):
        spans.setdefault(document_id, []).append((span[0], span[1], span[2]))
    columns = ("document_id", "path", "sha256", "characters", "layer_sha256")
    for document_id, path, sha256, characters, layer_sha256 in _rows(folder, "documents", columns):
        name = f"texts/{document_id}.txt"
        if not sha256.startswith(document_id):
            yield Finding("texts", f"documents: {document_id} is not the start of its sha256")
        text = ""
        try:
            text = _text(folder, document_id)
        except OSError:
            yield Finding("texts", f"{name} is missing")
        except UnicodeDecodeError:
            yield Finding("texts", f"{name} is not UTF-8")
        else:
            if len(text) != characters:
                yield Finding("texts", f"{name} has {len(text)} characters, not {characters}")
            if gaps := _gaps(sorted(spans.get(document_id, ())), len(text)):
                yield Finding("coverage", f"passages of {document_id} leave out or repeat characters at {_some(gaps)}")
        try:
            ledger = from_csv((folder / "ledgers" / f"{document_id}.csv").read_bytes().decode("utf-8", "surrogatepass"))
        except (OSError, ValueError, KeyError, TypeError) as error:
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


def _offsets(folder: Path) -> Iterator[Finding]:
    @lru_cache(maxsize=1)  # rows stand document by document
    def text_of(document_id: str) -> str:
        try:
            return _text(folder, document_id)
        except (OSError, UnicodeDecodeError):
            return ""

    for name in TABLES:
        columns = {column.name: column.key for column in columns_of(TABLES[name])}
        if not {"char_start", "char_end", "document_id"} <= columns.keys():
            continue
        wanted = ["document_id", "char_start", "char_end", next(each for each, is_key in columns.items() if is_key)]
        if "text" in columns:
            wanted.append("text")
        wrong = [
            row_id
            for document_id, start, end, row_id, *text in _rows(folder, name, wanted)
            if not (None in (document_id, start, end) or _fits(start, end, text_of(document_id), text))
        ]
        if wrong:
            yield Finding(
                "offsets", f"{name}: {len(wrong)} rows are not the characters that their offsets name ({_some(wrong)})"
            )


def _fits(start: int, end: int, whole: str, text: Sequence[str]) -> bool:
    """Whether a stretch lies in the whole, and is the text if one is given."""
    return 0 <= start <= end <= len(whole) and all(whole[start:end] == each for each in text)


def _sentences(folder: Path) -> Iterator[Finding]:
    passages = {row[0]: row[1:] for row in _rows(folder, "passages", ("passage_id", "char_start", "char_end"))}
    party_of: dict[str | None, str | None] = dict(_rows(folder, "sections", ("section_id", "party_id")))
    outside: list[str] = []
    strange: list[str] = []
    columns = ("sentence_id", "passage_id", "section_id", "party_id", "char_start", "char_end")
    for sentence_id, passage_id, section_id, party_id, start, end in _rows(folder, "sentences", columns):
        first, last = passages.get(passage_id, (start, end))
        if start < first or end > last:
            outside.append(sentence_id)
        if party_id != party_of.get(section_id):
            strange.append(sentence_id)
    if outside:
        yield Finding("coverage", f"{len(outside)} sentences lie outside their passage ({_some(outside)})")
    if strange:
        yield Finding("coverage", f"{len(strange)} sentences have not the party of their section ({_some(strange)})")


def _tokens(folder: Path) -> Iterator[Finding]:
    """Are tokens inside their sentences, and are the CoNLL-U files what they say? Is each object where its place is?"""
    sentences = {row[0]: row[1:] for row in _rows(folder, "sentences", ("sentence_id", "char_start", "char_end"))}
    for name in ("tokens", "entities"):
        rows = _rows(folder, name, ("sentence_id", "char_start", "char_end"))
        outside = [each for each, start, end in rows if not sentences[each][0] <= start <= end <= sentences[each][1]]
        if outside:
            yield Finding("offsets", f"{name}: {len(outside)} rows lie outside their sentence ({_some(outside)})")
    columns = ("proposal_id", "char_start", "text", "object_start", "object_end", "object")
    wrong = [
        row_id
        for row_id, begin, text, start, end, acted_on in _rows(folder, "proposals", columns)
        if acted_on is not None and text[start - begin : end - begin] != acted_on
    ]
    if wrong:
        yield Finding("offsets", f"proposals: {len(wrong)} objects are not where their offsets say ({_some(wrong)})")
    for document_id in _column(folder, "tokens", "document_id").unique().to_pylist():
        of_document = pc.field("document_id") == document_id
        tables = [pq.read_table(_parquet(folder, name), filters=of_document) for name in ("sentences", "tokens")]
        path = folder / CONLLU / f"{document_id}.conllu"
        if not path.is_file() or path.read_bytes() != "".join(conllu_of(*tables)).encode():
            yield Finding("formats", f"{CONLLU}/{path.name} does not hold the tokens of the table")


def _labels(folder: Path) -> Iterator[Finding]:
    codebooks = _column(folder, "labels", "codebook")
    expected = len(_column(folder, "sentences", "sentence_id")) * len(codebooks.unique())
    if len(codebooks) != expected:
        yield Finding("coverage", f"labels has {len(codebooks)} rows, not one per sentence and codebook ({expected})")


def _certificates(folder: Path) -> Iterator[Finding]:
    """Is each certificate, and each piece of evidence, what one gets who holds the stored texts against each other?"""
    try:
        proven = _certify_again(folder)
    except (OSError, ValueError, LookupError, TypeError) as error:  # texts or ledgers that are not what they should be
        yield Finding("certificates", f"certificates cannot be proven again from the stored texts ({error})")
        return
    for name, rows in (("certificates", proven.certificates), ("evidence", proven.evidence)):
        key = next(column.name for column in columns_of(TABLES[name]) if column.key)
        again = {row[key]: row for row in table_of(name, rows).to_pylist()}
        stored = {row[key]: row for row in pq.read_table(_parquet(folder, name)).to_pylist()}
        wrong = [each for each in again.keys() | stored.keys() if again.get(each) != stored.get(each)]
        if wrong:
            what = f"{name}: {len(wrong)} rows are not what the stored texts give"
            yield Finding("certificates", f"{what} ({_some(sorted(wrong))})")


def _certify_again(folder: Path) -> Certified:
    tables = {name: pq.read_table(_parquet(folder, name)) for name in ("documents", "passages", "sentences", "quotes")}
    kinds = zip(*(tables["documents"][name].to_pylist() for name in ("document_id", "kind")), strict=True)
    digests = [
        digest_of({name: table.filter(pc.field("document_id") == document_id) for name, table in tables.items()})
        for document_id, kind in kinds
        if kind == "digest"
    ]
    return certify([each for each in digests if each], sources_in(folder), register=load_register())


def _csv(folder: Path) -> Iterator[Finding]:
    for name in TABLES:
        path = folder / "csv" / f"{name}.csv"
        try:
            with path.open("rb") as file, pq.ParquetFile(_parquet(folder, name)) as table:
                header = csv_header(table.schema_arrow.names)
                blocks = (csv_bytes(pa.Table.from_batches([batch])) for batch in table.iter_batches(ROW_GROUP))
                same = all(file.read(len(piece)) == piece for piece in chain([header], blocks)) and not file.read(1)
        except OSError:
            same = False
        if not same:
            yield Finding("formats", f"csv/{name}.csv does not hold the rows of tables/{name}.parquet")


def _sqlite(folder: Path) -> Iterator[Finding]:
    try:
        with closing(read_database(folder)) as database:
            for name in UNTIMED:
                found = database.execute(_IN_ORDER.get(name, f"SELECT * FROM {name}"))
                same = all(found.fetchmany(len(rows)) == rows for rows in _blocks(folder, name))
                if not same or found.fetchone():
                    yield Finding("formats", f"dataset.sqlite: {name} does not hold the rows of tables/{name}.parquet")
            if database.execute("PRAGMA foreign_key_check").fetchone():
                yield Finding("formats", "dataset.sqlite: foreign keys are broken")
    except sqlite3.Error as error:
        yield Finding("formats", f"dataset.sqlite cannot be read ({error})")


def _parquet(folder: Path, name: str) -> Path:
    return folder / "tables" / f"{name}.parquet"


def _column(folder: Path, table: str, name: str) -> pa.ChunkedArray:
    return pq.read_table(_parquet(folder, table), columns=[name])[name]


def _rows(folder: Path, name: str, columns: Sequence[str]) -> Iterator[Row]:
    """The rows of a table, some columns of them."""
    for rows in _blocks(folder, name, columns):
        yield from rows


def _blocks(folder: Path, name: str, columns: Sequence[str] | None = None) -> Iterator[list[Row]]:
    """The rows of a table, a block at a time."""
    with pq.ParquetFile(_parquet(folder, name)) as file:
        for batch in file.iter_batches(ROW_GROUP, columns=columns):
            cells = [batch[column].to_pylist() for column in columns or batch.schema.names]
            if rows := list(zip(*cells, strict=True)):
                yield rows


def _text(folder: Path, document_id: str) -> str:
    return (folder / "texts" / f"{document_id}.txt").read_bytes().decode("utf-8", "surrogatepass")


def _some(values: Sequence[object]) -> str:
    listed = [str(value) for value in values[:_SHOWN]]
    return ", ".join(listed) + (", …" if len(values) > _SHOWN else "")
