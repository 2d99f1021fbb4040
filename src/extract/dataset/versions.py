"""Rows → the files of a dataset version, some documents at a time, and all of them or none.

What is written is a draft until `publish` gives it the name of its version. Memory holds the documents and, of each
table, the rows that do not fill a row group yet; it does not grow with the number of documents, but for Problems.
"""

import io
import json
import os
import shutil
import sqlite3
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any
from urllib.parse import quote

import adbc_driver_sqlite.dbapi as adbc
import pyarrow as pa
import pyarrow.csv as pacsv
import pyarrow.parquet as pq

from extract.dataset.atomic import UNFINISHED, VERSION, remove, replace_file, write_new
from extract.dataset.conllu import as_conllu
from extract.dataset.crate import CRATE, TITLE, Part, as_crate, expected_hashes, stated_hashes
from extract.dataset.dictionary import as_markdown
from extract.dataset.spreadsheets import guarded_column
from extract.parts import read_text, require_file
from extract.problems import ManifestoError
from extract.provenance import AUTHORS
from extract.reading.facts import is_web_address
from extract.records import TABLES, Column, Party, Problem, Run, Token, columns_of, sha256_of, sha256_of_file
from extract.tables import OF_A_DOCUMENT, Rows, schema_of, table_of

CURRENT = "current.txt"
REPORT = "report.html"  # which also tells of the version before, so that it is no hash of the input alone
CHECKSUMS = "SHA256SUMS"
CONLLU = "conllu"  # folder of annotated texts

_DRAFT = f"{UNFINISHED}version"  # a version that has no name yet
_ASIDE = f"{UNFINISHED}replaced"  # an earlier copy of the version that is being written
_NAME = ".version"  # in it: what it was called

# Tables that differ between two runs on the same input, as the crate does. They count neither for the version nor for
# the checksums, and stand beside the database, not in it.
TIMED = frozenset({"runs"})
UNTIMED = tuple(name for name in TABLES if name not in TIMED)

# Whatever stops the writing of the database costs the whole draft, and the disk takes that as a whole, so SQLite need
# see to neither. Foreign keys are real but not enforced here, which would take a quarter of the time: rows come from
# code, and `manifesto check` looks at all of them.
_DATABASE_SETTINGS = (
    "page_size = 16384", "cache_size = -65536", "locking_mode = EXCLUSIVE", "temp_store = MEMORY", "journal_mode = OFF",
    "synchronous = OFF", "foreign_keys = OFF",
)  # fmt: skip
# Tables that are stored by their key alone, so that their long keys are there once, not twice.
_BY_KEY = frozenset({"labels", "tokens"})
# Tables whose texts can be searched: the table with _fts behind its name is an index of SQLite's, which holds no text.
SEARCHED = ("sentences", "quotes", "proposals")

# Rows of a row group of a Parquet file. Fixed, so that the bytes do not depend on how rows arrived; few enough that
# what waits to be written is some 10 MB, and enough that a column compresses as well as in one piece.
ROW_GROUP = 10_000

_SQLITE_TYPES = {str: "TEXT", int: "INTEGER", float: "REAL", bool: "INTEGER"}
_MOST_TOGETHER = 100  # documents, however little is in them

_FRICTIONLESS_TYPES = {str: "string", int: "integer", float: "number", bool: "boolean"}


@dataclass(frozen=True, slots=True)
class Draft:
    """A version that is written but for the run that made it: its folder for now, and the name it will have."""

    folder: Path
    version: str


def write_draft(
    found: Iterable[Rows],
    *,
    parties: Iterable[Party],
    across: Iterable[tuple[str, pa.Table]] = (),
    problems: Iterable[Problem] = (),
    processed: Path,
) -> Draft:
    """Write the rows of all documents, which come in the order of their paths, below the folder `processed`.

    The version is a hash of the rows and texts: the same input gives the same name. Rows of tables `across` documents,
    and `problems`, are asked for after the last document, so that they may tell of what was in them. A draft that fails
    is removed. The caller holds the lock.
    """
    remove_unfinished(processed)
    folder = processed / _DRAFT
    folder.mkdir(parents=True)  # which fails where somebody put something there since
    try:
        counts = _write_tables(found, parties, across, problems, folder)
        digests = digests_of(folder)
        version = version_of(digests)
        described = {
            "datapackage.json": _json(data_package(version, digests=digests, documents=documents_of(folder))),
            "README.md": as_markdown(title=f"Manifesto Extract dataset {version}", counts=counts),
        }
        for name, text in described.items():
            (folder / name).write_text(text, encoding="utf-8", newline="\n")
            digests[name] = sha256_of_file(folder / name)
        (folder / CHECKSUMS).write_text(checksums(digests), encoding="utf-8", newline="\n")
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise
    return Draft(folder, version)


def publish(draft: Draft, run: Run, processed: Path, *, report: Callable[[Path], None] | None = None) -> Path:
    """Make a draft the current version; return its folder. `report` writes a page into it, once all tables are there.

    It is flushed to disk, renamed into place, and only then named in `current.txt`, so that a reader sees the old
    version or the new one, whenever the writer is killed. The caller holds the lock.
    """
    with _table("runs", draft.folder) as add:
        add(table_of("runs", [run]))
    if report:
        report(draft.folder)
    parts = _parts(draft.folder, read_checksums(draft.folder))
    crate = as_crate(draft.version, run=run, documents=documents_of(draft.folder), parts=parts)
    (draft.folder / CRATE).write_text(_json(crate), encoding="utf-8", newline="\n")
    _flush(draft.folder)
    final = processed / draft.version
    if final.is_symlink() or not final.is_dir():  # whatever somebody put there, if anything
        remove(final)
    else:  # an earlier version with the same content, perhaps damaged: the fresh copy takes its place
        write_new(final / _NAME, draft.version.encode())
        final.rename(processed / _ASIDE)
    draft.folder.rename(final)
    replace_file(processed / CURRENT, f"{draft.version}\n".encode())
    remove_unfinished(processed)
    return final


def remove_unfinished(processed: Path) -> None:
    """Remove drafts, and what killed runs left; a version that was moved aside for a fresh copy is put back first."""
    aside = processed / _ASIDE
    version = _moved_aside(aside)
    if version and not os.path.lexists(processed / version):
        remove(aside / _NAME)
        aside.rename(processed / version)
    for left in processed.glob(f"{UNFINISHED}*"):
        remove(left)


def _moved_aside(aside: Path) -> str | None:
    """The name of a version that was moved aside; None where there is none, or the name is that of no version."""
    try:
        if aside.is_symlink() or (aside / _NAME).is_symlink():
            return None
        version = read_text(aside / _NAME)
    except (OSError, ValueError):
        return None
    return version if VERSION.fullmatch(version) else None


def require_dataset(folder: Path) -> None:
    """Raise a ManifestoError if a folder is no dataset version."""
    if not (folder / "tables").is_dir():
        raise ManifestoError(f"{folder} is no dataset: it has no folder tables. Name a folder below processed/.")


def current_version(processed: Path) -> str | None:
    """Name of the current version, or None if there is none."""
    try:
        version = read_text(processed / CURRENT).strip()
        return version if VERSION.fullmatch(version) and (processed / version).is_dir() else None
    except (OSError, ValueError):
        return None


def is_intact(folder: Path) -> bool:
    """Whether the files of a version are those that were written."""
    try:
        stated = read_text(folder / CHECKSUMS)
    except (OSError, ValueError):
        return False
    digests = digests_of(folder)
    return (
        stated == checksums(digests)
        and all(_agree(name, folder) for name in TIMED)
        and not crate_faults(folder, digests)
    )


def documents_of(folder: Path) -> list[dict[str, Any]]:
    """The rows of the table documents of a version."""
    rows: list[dict[str, Any]] = pq.read_table(folder / "tables" / "documents.parquet").to_pylist()
    return rows


def crate_faults(folder: Path, digests: Mapping[str, str]) -> list[str]:
    """What the crate of a version says otherwise of its files and raw files than they are, in words."""
    try:
        stated = stated_hashes(read_text(folder / CRATE))
        found = expected_hashes(documents_of(folder), _parts(folder, digests))
    except (OSError, ValueError, pa.ArrowException) as error:
        return [f"{CRATE} cannot be read ({error})"]
    return [
        f"{CRATE} does not describe {name}" if name not in stated
        else f"{CRATE} describes {name}, which is not there" if name not in found
        else f"{CRATE} has another SHA-256 for {name}"
        for name in sorted(stated.keys() | found.keys()) if stated.get(name) != found.get(name)
    ]  # fmt: skip


def read_database(folder: Path) -> sqlite3.Connection:
    """The database of a version, to read from."""
    return sqlite3.connect(f"file:{quote((folder / 'dataset.sqlite').as_posix())}?mode=ro", uri=True)


def digests_of(folder: Path) -> dict[str, str]:
    """SHA-256 by path of each file of a version that depends on the input alone."""
    return {
        path.relative_to(folder).as_posix(): sha256_of_file(path)
        for path in folder.rglob("*")
        if path.is_file() and path.name not in (CHECKSUMS, CRATE, REPORT) and path.stem not in TIMED
    }


def read_checksums(folder: Path) -> dict[str, str]:
    """SHA-256 by path, as `checksums` wrote it; empty if there is none."""
    path = folder / CHECKSUMS
    listing = path.read_text(encoding="utf-8", errors="replace") if path.is_file() else ""
    return {name: digest for digest, _, name in (line.partition("  ") for line in listing.splitlines())}


def checksums(digests: Mapping[str, str]) -> str:
    """`sha256  path` for each file, in the format of sha256sum."""
    return "".join(f"{digests[path]}  {path}\n" for path in sorted(digests, key=PurePosixPath))


def version_of(digests: Mapping[str, str]) -> str:
    """Name of the version whose files have these hashes: the rows, as CSV, and the texts decide on it."""
    content = sorted(path for path in digests if path.startswith(("csv/", "texts/")))
    return "v" + sha256_of(*(part for path in content for part in (path, digests[path])))[:12]


def csv_bytes(table: pa.Table) -> bytes:
    """Rows as CSV: UTF-8, comma, text in quotes; what a spreadsheet would take for a formula gets a ' before it."""
    columns = [guarded_column(column) if field.type == pa.string() else column
               for column, field in zip(table.columns, table.schema, strict=True)]  # fmt: skip
    out = io.BytesIO()
    guarded = pa.Table.from_arrays(columns, names=table.schema.names)
    pacsv.write_csv(guarded, out, pacsv.WriteOptions(include_header=False))
    return out.getvalue()


def csv_header(names: Iterable[str]) -> bytes:
    """The first line of a CSV file."""
    return (",".join(names) + "\n").encode("utf-8")


def data_package(version: str, *, digests: Mapping[str, str], documents: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    """The Frictionless Data Package descriptor of the CSV files, made from the rows of the table documents.

    `digests` are as `digests_of` gives them. No licence is named: that of the texts is not known.
    """
    sources = (
        {
            "title": each["title"] or each["path"],
            "path": each["source_url"] if is_web_address(each["source_url"] or "") else None,
        }
        for each in documents
    )
    return {
        "profile": "tabular-data-package",
        "name": "manifesto-extract",
        "id": version,
        "version": version,
        "title": TITLE,
        "description": "What a spreadsheet would take for a formula, in a text or where one begins, has a ' before it; "
        "README.md says where, and how rows are traced to their sources.",
        "contributors": [{"title": AUTHORS, "role": "author"}],
        "sources": [{name: said for name, said in each.items() if said} for each in sources],
        "resources": [_resource(name, digests.get(f"csv/{name}.csv")) for name in TABLES],
    }


def _resource(name: str, digest: str | None) -> dict[str, Any]:
    columns = list(columns_of(TABLES[name]))
    return {
        "profile": "tabular-data-resource",
        "name": name,
        "path": f"csv/{name}.csv",
        **({"hash": f"sha256:{digest}"} if digest else {}),
        "title": " ".join((TABLES[name].__doc__ or "").split()),
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "schema": {
            "fields": [_field(column) for column in columns],
            "primaryKey": _keys(name),
            "foreignKeys": [
                {
                    "fields": [column.name],
                    "reference": {"resource": column.references, "fields": _keys(column.references)},
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


def _write_tables(
    found: Iterable[Rows],
    parties: Iterable[Party],
    across: Iterable[tuple[str, pa.Table]],
    problems: Iterable[Problem],
    folder: Path,
) -> Counter[str]:
    """Write all rows and texts; return the number of rows of each table."""
    for name in ("tables", "csv", "texts", "ledgers"):
        (folder / name).mkdir()
    count: Counter[str] = Counter()
    met: list[Problem] = []
    with _database(folder / "dataset.sqlite") as insert, ExitStack() as files:
        tables = {name: files.enter_context(_table(name, folder)) for name in UNTIMED}

        def add(name: str, rows: pa.Table) -> None:
            tables[name](rows)
            insert(name, rows)
            count[name] += rows.num_rows

        add("parties", table_of("parties", parties))
        for group in _groups(found):
            for rows in group:
                _write_text(rows, folder)
                _write_conllu(rows, folder)
                met += [Problem(**cells) for cells in rows.tables["problems"].to_pylist()]
            for name in OF_A_DOCUMENT:
                if name != "problems":
                    add(name, pa.concat_tables(rows.tables[name] for rows in group))
        for name, rows in across:
            add(name, rows)
        add("problems", table_of("problems", sorted([*met, *problems], key=_problem_order)))
    return count


def _groups(found: Iterable[Rows]) -> Iterator[list[Rows]]:
    """Documents together, until they would fill a row group: one by one, each costs some ten calls of libraries."""
    group: list[Rows] = []
    sentences = 0
    for rows in found:
        group.append(rows)
        sentences += rows.tables["sentences"].num_rows
        if sentences >= ROW_GROUP or len(group) >= _MOST_TOGETHER:
            yield group
            group, sentences = [], 0
    if group:
        yield group


def _write_text(rows: Rows, folder: Path) -> None:
    if document_id := rows.document_id:
        for name, text in ((f"texts/{document_id}.txt", rows.text), (f"ledgers/{document_id}.csv", rows.ledger)):
            (folder / name).write_bytes(text.encode("utf-8", "surrogatepass"))


def _write_conllu(rows: Rows, folder: Path) -> None:
    if rows.tables["tokens"].num_rows:
        (folder / CONLLU).mkdir(exist_ok=True)
        with (folder / CONLLU / f"{rows.document_id}.conllu").open("w", encoding="utf-8", newline="\n") as file:
            file.writelines(conllu_of(rows.tables["sentences"], rows.tables["tokens"]))


def conllu_of(sentences: pa.Table, tokens: pa.Table) -> Iterator[str]:
    """The rows of a document's sentences and tokens as CoNLL-U."""
    (document_id,) = tokens["document_id"].unique().to_pylist()
    texts = dict(zip(sentences["sentence_id"].to_pylist(), sentences["text"].to_pylist(), strict=True))
    return as_conllu(document_id, texts, (Token(**cells) for cells in tokens.to_pylist()))


def _problem_order(problem: Problem) -> tuple[str, int, str]:
    return problem.path, problem.char_start or 0, problem.problem_id


@contextmanager
def _table(name: str, folder: Path) -> Iterator[Callable[[pa.Table], None]]:
    """Give a function that adds rows to the Parquet and the CSV file of a table."""
    schema = schema_of(TABLES[name])
    waiting = schema.empty_table()
    with (
        pq.ParquetWriter(folder / "tables" / f"{name}.parquet", schema, compression="zstd") as parquet,
        (folder / "csv" / f"{name}.csv").open("wb") as file,
    ):
        file.write(csv_header(schema.names))

        def add(rows: pa.Table) -> None:
            nonlocal waiting
            file.write(csv_bytes(rows))
            waiting = pa.concat_tables([waiting, rows])
            while waiting.num_rows >= ROW_GROUP:
                parquet.write_table(waiting.slice(0, ROW_GROUP).combine_chunks())
                waiting = waiting.slice(ROW_GROUP)

        yield add
        if waiting.num_rows:
            parquet.write_table(waiting.combine_chunks())


@contextmanager
def _database(path: Path) -> Iterator[Callable[[str, pa.Table], None]]:
    """Give a function that adds rows to a new database; they are indexed and committed, all at once, at the end."""
    try:
        with adbc.connect(str(path), autocommit=True) as connection, connection.cursor() as cursor:
            for setting in _DATABASE_SETTINGS:
                cursor.executescript(f"PRAGMA {setting}")
            connection.adbc_connection.set_autocommit(False)
            for name in UNTIMED:
                cursor.execute(_create_table(name))

            def add(name: str, rows: pa.Table) -> None:
                if rows.num_rows:
                    cursor.adbc_ingest(name, rows, mode="append")

            yield add
            for name in UNTIMED:
                for statement in (*_create_indexes(name), *_create_search(name)):
                    cursor.execute(statement)
            connection.adbc_connection.commit()
    except adbc.Error as error:
        if "constraint" in str(error):  # a row that is twice: no fault of the disk
            raise
        raise OSError(f"{path.name}: {error}") from error  # a full disk, above all: to be told like that of any file


def _create_table(name: str) -> str:
    columns = list(columns_of(TABLES[name]))
    lines = [
        f"{column.name} {_SQLITE_TYPES[column.type]}{'' if column.nullable else ' NOT NULL'}"
        + (f" REFERENCES {column.references} ({', '.join(_keys(column.references))})" if column.references else "")
        for column in columns
    ]
    lines.append(f"PRIMARY KEY ({', '.join(_keys(name))})")
    return f"CREATE TABLE {name} (\n  " + ",\n  ".join(lines) + "\n)" + (" WITHOUT ROWID" if name in _BY_KEY else "")


def _create_indexes(name: str) -> Iterator[str]:
    """An index for each reference but the one that the primary key begins with, which finds it as well."""
    for column in columns_of(TABLES[name]):
        if column.references and column.name != _keys(name)[0]:
            yield f"CREATE INDEX {name}_{column.name} ON {name} ({column.name})"


def _create_search(name: str) -> Iterator[str]:
    if name in SEARCHED:
        yield (
            f"CREATE VIRTUAL TABLE {name}_fts USING fts5 "
            f'(text, content="{name}", tokenize="unicode61 remove_diacritics 2")'
        )
        yield f"INSERT INTO {name}_fts ({name}_fts) VALUES ('rebuild')"


def _keys(name: str) -> list[str]:
    return [column.name for column in columns_of(TABLES[name]) if column.key]


def _json(value: Any) -> str:
    return json.dumps(value, indent=2, ensure_ascii=False) + "\n"


def _parts(folder: Path, digests: Mapping[str, str]) -> list[Part]:
    """The files of a version but for its crate. What has no hash in `digests` gets one here."""
    paths = {path.relative_to(folder).as_posix(): path for path in folder.rglob("*") if path.is_file()}
    paths.pop(CRATE, None)
    return [
        Part(name, paths[name].stat().st_size, digests.get(name) or sha256_of_file(paths[name]))
        for name in sorted(paths, key=PurePosixPath)
    ]


def _agree(name: str, folder: Path) -> bool:
    """Whether a small table, which has no checksum, can be read and is the same as Parquet and as CSV."""
    try:
        for path in (folder / "tables" / f"{name}.parquet", folder / "csv" / f"{name}.csv"):
            require_file(path)
        table = pq.read_table(folder / "tables" / f"{name}.parquet")
        rows = csv_header(table.schema.names) + csv_bytes(table)
        same = (folder / "csv" / f"{name}.csv").read_bytes() == rows
        return same and table.schema.equals(schema_of(TABLES[name]))
    except (OSError, ValueError, pa.ArrowException):
        return False


def _flush(folder: Path) -> None:
    """Have the disk take all files of a folder before its name is used."""
    for path in folder.rglob("*"):
        if path.is_file():
            with path.open("rb+") as file:
                os.fsync(file.fileno())
