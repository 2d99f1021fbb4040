"""Is a dataset what it says? Everything that the design promises of one, checked again from its files."""

import dataclasses
import hashlib
import json
import re
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pandas as pd

from extract.dataset import (
    CHECKSUMS,
    PANDAS_TYPES,
    TIMED,
    Tables,
    checksums,
    csv_bytes,
    data_package,
    sqlite_rows,
    version_of,
)
from extract.ledger import from_csv, rebuild_layer
from extract.problems import ManifestoError
from extract.records import TABLES, columns_of

_SHOWN = 3  # examples per finding


@dataclasses.dataclass(frozen=True, slots=True)
class Finding:
    """Something that is off in a dataset: which rule, and what breaks it."""

    rule: str
    message: str


def check_dataset(folder: Path) -> list[Finding]:
    """What is off in a dataset version; an empty list means that all of it holds."""
    if not (folder / "tables").is_dir():
        raise ManifestoError(f"{folder} is no dataset: it has no folder tables. Name a folder below processed/.")
    findings = list(_files(folder))
    tables, unreadable = _read_tables(folder)
    broken = unreadable or list(_columns(tables))
    if broken:  # nothing else can be said of tables that are not what they should be
        return findings + broken
    texts, unreadable = _read_texts(folder, tables)
    rules = (_version, _keys, _references, _texts, _ledgers, _offsets, _coverage, _sentences, _formats)
    return findings + unreadable + [finding for rule in rules for finding in rule(folder, tables, texts)]


def read_tables(folder: Path) -> Tables:
    """The tables of a dataset version."""
    tables, findings = _read_tables(folder)
    if findings:
        raise ManifestoError(f"{folder}: {findings[0].message}")
    return tables


def _read_tables(folder: Path) -> tuple[Tables, list[Finding]]:
    tables: Tables = {}
    findings: list[Finding] = []
    for name in TABLES:
        path = folder / "tables" / f"{name}.parquet"
        try:
            tables[name] = pd.read_parquet(path, dtype_backend="numpy_nullable")
        except Exception as error:  # a damaged file can make the reader raise anything
            findings.append(Finding("files", f"{path.name} cannot be read ({type(error).__name__})"))
    return tables, findings


def _read_texts(folder: Path, tables: Tables) -> tuple[dict[str, str], list[Finding]]:
    texts: dict[str, str] = {}
    findings: list[Finding] = []
    for document_id in tables["documents"]["document_id"]:
        path = folder / "texts" / f"{document_id}.txt"
        try:
            texts[document_id] = path.read_bytes().decode("utf-8", "surrogatepass")
        except OSError:
            findings.append(Finding("texts", f"texts/{path.name} is missing"))
        except UnicodeDecodeError:
            findings.append(Finding("texts", f"texts/{path.name} is not UTF-8"))
    return texts, findings


def _files(folder: Path) -> Iterator[Finding]:
    path = folder / CHECKSUMS
    said = _digests(path.read_text(encoding="utf-8", errors="replace") if path.is_file() else "")
    found = _digests(checksums(folder))
    for name in sorted(said.keys() | found.keys()):
        if name not in found:
            yield Finding("files", f"{name} is missing")
        elif name not in said:
            yield Finding("files", f"{name} is not in {CHECKSUMS}")
        elif said[name] != found[name]:
            yield Finding("files", f"{name} was changed: its SHA-256 is not the one in {CHECKSUMS}")


def _digests(listing: str) -> dict[str, str]:
    """SHA-256 by path."""
    lines = (line.partition("  ") for line in listing.splitlines())
    return {path: digest for digest, _, path in lines}


def _columns(tables: Tables) -> Iterator[Finding]:
    for name, record in TABLES.items():
        expected = {column.name: PANDAS_TYPES[column.type].lower() for column in columns_of(record)}
        found = {str(column): str(cells.dtype).lower() for column, cells in tables[name].items()}
        if found != expected:
            off = sorted(set(expected.items()) ^ set(found.items()))
            yield Finding("columns", f"{name} has not the columns of this version of the software: {_some(off)}")
            continue
        for column in columns_of(record):
            cells = tables[name][column.name]
            if not column.nullable and cells.isna().any():
                yield Finding("columns", f"{name}.{column.name} is null in {int(cells.isna().sum())} rows")
            if column.choices and not cells.dropna().isin(column.choices).all():
                yield Finding("columns", f"{name}.{column.name} has values that are not among {column.choices}")


def _version(folder: Path, tables: Tables, texts: dict[str, str]) -> Iterator[Finding]:
    """Is the content what its name says? A folder may be copied under another name, not under another version's."""
    version = version_of(tables, texts)
    if re.fullmatch(r"v[0-9a-f]{12}", folder.name) and folder.name != version:
        yield Finding("version", f"the folder is called {folder.name}, but its content is {version}")
    try:
        package = json.loads((folder / "datapackage.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        package = None
    if package != data_package(version):
        yield Finding("version", f"datapackage.json does not describe the content, which is {version}")


def _keys(_: Path, tables: Tables, __: dict[str, str]) -> Iterator[Finding]:
    for name, record in TABLES.items():
        keys = [column.name for column in columns_of(record) if column.key]
        repeated = tables[name].duplicated(keys)
        if repeated.any():
            yield Finding(
                "keys", f"{name}: {int(repeated.sum())} rows repeat a key ({_some(tables[name][keys[0]][repeated])})"
            )


def _references(_: Path, tables: Tables, __: dict[str, str]) -> Iterator[Finding]:
    for name, record in TABLES.items():
        for column in columns_of(record):
            if column.references:
                target = next(each.name for each in columns_of(TABLES[column.references]) if each.key)
                cells = tables[name][column.name].dropna()
                dangling = cells[~cells.isin(tables[column.references][target])]
                if len(dangling):
                    what = f"{len(dangling)} rows refer to no row of {column.references} ({_some(dangling)})"
                    yield Finding("references", f"{name}.{column.name}: {what}")


def _texts(_: Path, tables: Tables, texts: dict[str, str]) -> Iterator[Finding]:
    for row in tables["documents"].itertuples():
        text = texts.get(row.document_id)
        if text is not None and len(text) != row.characters:
            yield Finding("texts", f"texts/{row.document_id}.txt has {len(text)} characters, not {row.characters}")
        if not row.sha256.startswith(row.document_id):
            yield Finding("texts", f"documents: {row.document_id} is not the start of its sha256")


def _ledgers(folder: Path, tables: Tables, texts: dict[str, str]) -> Iterator[Finding]:
    """Can the text layer be rebuilt from text and ledger?"""
    for row in tables["documents"].itertuples():
        path = folder / "ledgers" / f"{row.document_id}.csv"
        try:
            ledger = from_csv(path.read_bytes().decode("utf-8", "surrogatepass"))
        except (OSError, ValueError, KeyError, TypeError) as error:
            yield Finding("ledgers", f"ledgers/{path.name} cannot be read ({error})")
            continue
        layer = rebuild_layer(texts.get(row.document_id, ""), ledger)
        if hashlib.sha256(layer.encode("utf-8", "surrogatepass")).hexdigest() != row.layer_sha256:
            yield Finding(
                "ledgers", f"texts/{row.document_id}.txt and its ledger do not give the text layer of {row.path}"
            )


def _offsets(_: Path, tables: Tables, texts: dict[str, str]) -> Iterator[Finding]:
    for name, record in TABLES.items():
        names = {column.name for column in columns_of(record)}
        if not {"char_start", "char_end", "document_id"} <= names:
            continue
        frame = tables[name].dropna(subset=["char_start", "char_end", "document_id"])
        wrong = [
            getattr(row, f"{name.removesuffix('s')}_id")
            for row in frame.itertuples()
            if not _fits(row, texts.get(row.document_id, ""), has_text="text" in names)
        ]
        if wrong:
            yield Finding(
                "offsets", f"{name}: {len(wrong)} rows are not the characters that their offsets name ({_some(wrong)})"
            )


def _fits(row: tuple[object, ...], text: str, *, has_text: bool) -> bool:
    start, end = int(row.char_start), int(row.char_end)  # type: ignore[attr-defined]
    if not 0 <= start <= end <= len(text):
        return False
    return not has_text or text[start:end] == row.text  # type: ignore[attr-defined]


def _coverage(_: Path, tables: Tables, texts: dict[str, str]) -> Iterator[Finding]:
    for document_id, text in texts.items():
        passages = tables["passages"][tables["passages"]["document_id"] == document_id].sort_values("position")
        starts = [*passages["char_start"], len(text)]
        ends = [0, *passages["char_end"]]
        gaps = [(end, start) for start, end in zip(starts, ends, strict=True) if start != end]
        if gaps:
            yield Finding("coverage", f"passages of {document_id} leave out or repeat characters at {_some(gaps)}")


def _sentences(_: Path, tables: Tables, __: dict[str, str]) -> Iterator[Finding]:
    sentences = tables["sentences"].merge(
        tables["passages"][["passage_id", "char_start", "char_end"]], on="passage_id", suffixes=("", "_passage")
    )
    outside = (sentences["char_start"] < sentences["char_start_passage"]) | (
        sentences["char_end"] > sentences["char_end_passage"]
    )
    if outside.any():
        yield Finding(
            "coverage",
            f"{int(outside.sum())} sentences lie outside their passage ({_some(sentences['sentence_id'][outside])})",
        )
    placed = tables["sentences"].merge(tables["sections"][["section_id", "party_id"]], on="section_id", how="left")
    wrong = placed["party_id_x"].fillna("") != placed["party_id_y"].fillna("")
    if wrong.any():
        some = _some(placed["sentence_id"][wrong])
        yield Finding("coverage", f"{int(wrong.sum())} sentences have not the party of their section ({some})")
    expected = len(tables["sentences"]) * tables["labels"]["codebook"].nunique()
    if len(tables["labels"]) != expected:
        yield Finding(
            "coverage", f"labels has {len(tables['labels'])} rows, not one per sentence and codebook ({expected})"
        )


def _formats(folder: Path, tables: Tables, _: dict[str, str]) -> Iterator[Finding]:
    for name, frame in tables.items():
        path = folder / "csv" / f"{name}.csv"
        if not path.is_file() or path.read_bytes() != csv_bytes(frame, TABLES[name]):
            yield Finding("formats", f"csv/{name}.csv does not hold the rows of tables/{name}.parquet")
    try:
        connection = sqlite3.connect(f"file:{quote((folder / 'dataset.sqlite').as_posix())}?mode=ro", uri=True)
        for name, frame in tables.items():
            if name not in TIMED and connection.execute(f"SELECT * FROM {name}").fetchall() != sqlite_rows(frame):
                yield Finding("formats", f"dataset.sqlite: {name} does not hold the rows of tables/{name}.parquet")
        if connection.execute("PRAGMA foreign_key_check").fetchall():
            yield Finding("formats", "dataset.sqlite: foreign keys are broken")
        connection.close()
    except sqlite3.Error as error:
        yield Finding("formats", f"dataset.sqlite cannot be read ({error})")


def _some(values: object) -> str:
    listed = [str(value) for value in values]  # type: ignore[attr-defined]
    return ", ".join(listed[:_SHOWN]) + (", …" if len(listed) > _SHOWN else "")
