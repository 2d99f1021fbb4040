"""Records → the tables of a dataset version → files, written all or not at all."""

import csv
import hashlib
import json
import os
import shutil
import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from extract.dictionary import as_markdown
from extract.records import TABLES, Column, Extraction, Party, Problem, Run, columns_of, sha256_of

CURRENT = "current.txt"
CHECKSUMS = "SHA256SUMS"
UNFINISHED = ".unfinished-"  # prefix of a version that is still being written

_ASIDE = f"{UNFINISHED}replaced"  # an earlier copy of the version that is being written
_NAME = ".version"  # in it: what it was called

# Tables that differ between two runs on the same input. They count neither for the version nor for the checksums,
# and stand beside the database, not in it.
TIMED = frozenset({"runs"})

_ARROW_TYPES = {str: pa.string(), int: pa.int64(), float: pa.float64(), bool: pa.bool_()}
PANDAS_TYPES = {str: "string", int: "Int64", float: "Float64", bool: "boolean"}
_SQLITE_TYPES = {str: "TEXT", int: "INTEGER", float: "REAL", bool: "INTEGER"}
_FRICTIONLESS_TYPES = {str: "string", int: "integer", float: "number", bool: "boolean"}
# A spreadsheet takes a cell that begins with one of these for a formula.
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")

Tables = dict[str, pd.DataFrame]


@dataclass(frozen=True, slots=True)
class Dataset:
    """A dataset version in memory: its name, its tables, and text and ledger of each document."""

    version: str
    tables: Tables
    texts: Mapping[str, str]
    ledgers: Mapping[str, str]


def build_dataset(
    extractions: Iterable[Extraction], *, parties: Iterable[Party], problems: Iterable[Problem] = ()
) -> Dataset:
    """Put the records of all documents into tables, in the order of the documents' paths.

    The version is a hash of the rows and texts: the same input gives the same name.
    """
    ordered = sorted(extractions, key=lambda each: each.document.path if each.document else "")
    rows: dict[str, list[Any]] = {name: [] for name in TABLES if name not in TIMED}
    rows["parties"] = list(parties)
    for extraction in ordered:
        if extraction.document:
            rows["documents"].append(extraction.document)
        for name in ("sections", "passages", "sentences", "labels", "quotes", "proposals", "problems"):
            rows[name] += getattr(extraction, name)
    rows["problems"] = sorted([*rows["problems"], *problems], key=_problem_order)
    tables = {name: table_of(records, TABLES[name]) for name, records in rows.items()}
    texts = {each.document.document_id: each.document.text for each in ordered if each.document}
    ledgers = {each.document.document_id: each.document.ledger for each in ordered if each.document}
    return Dataset(version_of(tables, texts), tables, texts, ledgers)


def table_of(records: Sequence[Any], record: type) -> pd.DataFrame:
    """A DataFrame of records, a column per field, typed so that null stays null and an integer an integer."""
    frame = pd.DataFrame(index=range(len(records)))
    for column in columns_of(record):
        values = [getattr(each, column.name) for each in records]
        frame[column.name] = pd.array(values, dtype=PANDAS_TYPES[column.type])
    return frame


def publish(dataset: Dataset, run: Run, processed: Path) -> Path:
    """Write a version and make it the current one; return its folder.

    It is written under another name, flushed to disk, renamed into place, and only then named in `current.txt`, so
    that a reader sees the old version or the new one, whenever the writer is killed. The caller holds the lock.
    """
    remove_unfinished(processed)
    final = processed / dataset.version
    unfinished = processed / f"{UNFINISHED}{dataset.version}"
    unfinished.mkdir(parents=True)
    write_files(dataset, run, unfinished)
    _flush(unfinished)
    if final.exists():  # an earlier version with the same content, perhaps damaged: the fresh copy takes its place
        (final / _NAME).write_text(dataset.version, encoding="utf-8")
        final.rename(processed / _ASIDE)
    unfinished.rename(final)
    _replace_text(processed / CURRENT, dataset.version + "\n")
    remove_unfinished(processed)
    return final


def remove_unfinished(processed: Path) -> None:
    """Remove what killed runs left behind; a version that was moved aside for a fresh copy is put back first."""
    aside = processed / _ASIDE
    if aside.is_dir():
        version = (aside / _NAME).read_text(encoding="utf-8") if (aside / _NAME).is_file() else ""
        if version and not (processed / version).exists():
            (aside / _NAME).unlink()
            aside.rename(processed / version)
    for left in processed.glob(f"{UNFINISHED}*"):
        if left.is_dir():
            shutil.rmtree(left)
        else:
            left.unlink()


def current_version(processed: Path) -> str | None:
    """Name of the current version, or None if there is none."""
    try:
        version = (processed / CURRENT).read_text(encoding="utf-8").strip()
        return version if version and (processed / version).is_dir() else None
    except (OSError, UnicodeDecodeError):
        return None


def is_intact(folder: Path) -> bool:
    """Whether the files of a version are those that were written."""
    try:
        stated = (folder / CHECKSUMS).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        return False
    timed = all((folder / "tables" / f"{name}.parquet").is_file() for name in TIMED)
    return timed and stated == checksums(folder)


def write_files(dataset: Dataset, run: Run, folder: Path) -> None:
    """Write all files of a version into an empty folder."""
    tables = {**dataset.tables, "runs": table_of([run], Run)}
    for name in ("tables", "csv", "texts", "ledgers"):
        (folder / name).mkdir()
    for name, frame in tables.items():
        _write_parquet(frame, TABLES[name], folder / "tables" / f"{name}.parquet")
        (folder / "csv" / f"{name}.csv").write_bytes(csv_bytes(frame, TABLES[name]))
    for document_id, text in dataset.texts.items():
        (folder / "texts" / f"{document_id}.txt").write_bytes(text.encode("utf-8", "surrogatepass"))
    for document_id, ledger in dataset.ledgers.items():
        (folder / "ledgers" / f"{document_id}.csv").write_bytes(ledger.encode("utf-8", "surrogatepass"))
    _write_sqlite(dataset.tables, folder / "dataset.sqlite")
    _write_json(data_package(dataset.version), folder / "datapackage.json")
    (folder / "README.md").write_text(_readme(dataset), encoding="utf-8", newline="\n")
    (folder / CHECKSUMS).write_text(checksums(folder), encoding="utf-8", newline="\n")


def csv_bytes(frame: pd.DataFrame, record: type) -> bytes:
    """A table as CSV: UTF-8, comma, quotes where needed; a text cell that looks like a formula gets a ' before it."""
    safe = frame.copy()
    for column in columns_of(record):
        if column.type is str:
            cells = safe[column.name]
            risky = cells.str.startswith(_FORMULA_STARTS).fillna(False) | cells.str.startswith("'").fillna(False)
            safe[column.name] = cells.mask(risky, "'" + cells)
        elif column.type is bool:
            safe[column.name] = safe[column.name].map({True: "true", False: "false"})
    text: str = safe.to_csv(index=False, lineterminator="\n", quoting=csv.QUOTE_MINIMAL)
    return text.encode("utf-8", "surrogatepass")


def checksums(folder: Path) -> str:
    """`sha256  path` for each file that depends on the input alone, in the format of sha256sum."""
    lines = []
    for path in sorted(folder.rglob("*")):
        if path.is_file() and path.name != CHECKSUMS and path.stem not in TIMED:
            digest = hashlib.sha256(path.read_bytes()).hexdigest()
            lines.append(f"{digest}  {path.relative_to(folder).as_posix()}\n")
    return "".join(lines)


def data_package(version: str) -> dict[str, Any]:
    """The Frictionless Data Package descriptor of the CSV files."""
    return {
        "profile": "tabular-data-package",
        "name": "manifesto-extract",
        "id": version,
        "version": version,
        "title": "Sentences, quotes and proposals of Dutch party texts",
        "resources": [_resource(name) for name in TABLES],
    }


def _resource(name: str) -> dict[str, Any]:
    columns = list(columns_of(TABLES[name]))
    return {
        "profile": "tabular-data-resource",
        "name": name,
        "path": f"csv/{name}.csv",
        "title": " ".join((TABLES[name].__doc__ or "").split()),
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "schema": {
            "fields": [_field(column) for column in columns],
            "primaryKey": [column.name for column in columns if column.key],
            "foreignKeys": [
                {
                    "fields": [column.name],
                    "reference": {"resource": column.references, "fields": [_key_of(column.references)]},
                }
                for column in columns
                if column.references
            ],
            "missingValues": [""],
        },
    }


def _field(column: Column) -> dict[str, Any]:
    constraints: dict[str, Any] = {} if column.nullable else {"required": True}
    if column.choices:
        constraints["enum"] = list(column.choices)
    return {
        "name": column.name,
        "type": _FRICTIONLESS_TYPES[column.type],
        "description": column.description,
        **({"constraints": constraints} if constraints else {}),
    }


def _key_of(table: str) -> str:
    return next(column.name for column in columns_of(TABLES[table]) if column.key)


def version_of(tables: Tables, texts: Mapping[str, str]) -> str:
    """Name of the version with this content."""
    parts: list[str | bytes] = []
    for name in TABLES:
        if name not in TIMED:
            parts += [name, csv_bytes(tables[name], TABLES[name])]
    for document_id in sorted(texts):
        parts += [document_id, texts[document_id]]
    return "v" + sha256_of(*parts)[:12]


def _problem_order(problem: Problem) -> tuple[str, int, str]:
    return problem.path, problem.char_start or 0, problem.problem_id


def _write_parquet(frame: pd.DataFrame, record: type, path: Path) -> None:
    schema = pa.schema(
        [
            pa.field(column.name, _ARROW_TYPES[column.type], nullable=column.nullable,
                     metadata={"description": column.description})
            for column in columns_of(record)
        ]
    )  # fmt: skip
    table = pa.Table.from_pandas(frame, schema=schema, preserve_index=False).replace_schema_metadata(None)
    pq.write_table(table, path, compression="zstd")


def _write_sqlite(tables: Tables, path: Path) -> None:
    connection = sqlite3.connect(path)
    try:
        connection.execute("PRAGMA foreign_keys = ON")
        for name in TABLES:
            if name not in TIMED:
                connection.execute(_create_table(name))
        with connection:
            connection.execute("BEGIN")
            connection.execute("PRAGMA defer_foreign_keys = ON")  # documents come before the parties they name
            for name, frame in tables.items():
                marks = ", ".join("?" * len(frame.columns))
                connection.executemany(f"INSERT INTO {name} VALUES ({marks})", sqlite_rows(frame))
        for name in tables:
            for column in columns_of(TABLES[name]):
                if column.references:
                    connection.execute(f"CREATE INDEX {name}_{column.name} ON {name} ({column.name})")
        connection.commit()
    finally:
        connection.close()


def sqlite_rows(frame: pd.DataFrame) -> list[tuple[Any, ...]]:
    """The rows of a table as the database holds them."""
    return list(frame.astype(object).where(frame.notna(), None).itertuples(index=False, name=None))


def _create_table(name: str) -> str:
    columns = list(columns_of(TABLES[name]))
    lines = [
        f"{column.name} {_SQLITE_TYPES[column.type]}{'' if column.nullable else ' NOT NULL'}"
        + (f" REFERENCES {column.references}" if column.references else "")
        for column in columns
    ]
    keys = ", ".join(column.name for column in columns if column.key)
    return f"CREATE TABLE {name} (\n  " + ",\n  ".join([*lines, f"PRIMARY KEY ({keys})"]) + "\n)"


def _write_json(value: Any, path: Path) -> None:
    path.write_text(json.dumps(value, indent=2, ensure_ascii=False) + "\n", encoding="utf-8", newline="\n")


def _readme(dataset: Dataset) -> str:
    counts = {name: len(frame) for name, frame in dataset.tables.items()}
    return as_markdown(title=f"Manifesto Extract dataset {dataset.version}", counts=counts)


def _replace_text(path: Path, text: str) -> None:
    """Replace a small file at once; a reader sees the old text or the new."""
    draft = path.with_name(f"{UNFINISHED}{path.name}")
    with draft.open("w", encoding="utf-8", newline="\n") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)


def _flush(folder: Path) -> None:
    """Have the disk take all files of a folder before its name is used."""
    for path in folder.rglob("*"):
        if path.is_file():
            with path.open("rb+") as file:
                os.fsync(file.fileno())
