"""A dataset version → its rows, texts and ledgers: the one way to read what was written.

Rows come some documents, or some thousands, at a time, so that a table need not fit in memory. A version of older
software is read as it is: a table that it lacks is empty, and `columns` says which columns it has.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from extract.dataset.atomic import VERSION
from extract.dataset.files import CURRENT, require_dataset
from extract.parts import read_text
from extract.problems import ManifestoError
from extract.records import ADDED_LATER, TABLES
from extract.tables import Rows, schema_of
from extract.verification.sources import Source, source_of

ID_CHARACTERS = 16
"""Length of a document_id; the key of every row of a document begins with it."""

_KEPT = 4  # documents whose text, tables of them whose rows, and row groups that are kept at hand
_BLOCK = 10_000  # rows that are read together
_OF_A_SOURCE = ("passages", "sentences")

Row = Mapping[str, Any]


def current_version(processed: Path) -> str | None:
    """Name of the current version, or None if there is none."""
    try:
        version = read_text(processed / CURRENT).strip()
        return version if VERSION.fullmatch(version) and (processed / version).is_dir() else None
    except (OSError, ValueError):
        return None


def versions_in(processed: Path) -> list[str]:
    """Names of the versions in a processed folder."""
    return [path.name for path in processed.iterdir() if path.is_dir() and VERSION.fullmatch(path.name)]


def documents_of(folder: Path) -> list[Row]:
    """The rows of the table documents of a version."""
    with closing(StoredVersion(folder)) as version:
        rows: list[Row] = version.table("documents").to_pylist()
        return rows


def sources_in(folder: Path) -> Iterator[Source]:
    """Yield the documents of a version as sources, to look for words in, in the order of their paths."""
    with closing(StoredVersion(folder)) as version:
        yield from version.sources()


class DamagedError(ManifestoError):
    """Something in a version is not there, or not as it was written: `what`, such as the name of a table."""

    def __init__(self, what: str, folder: Path) -> None:
        super().__init__(f"{what} in {folder} is damaged or missing. See what is off: manifesto check {folder}")
        self.what = what


class StoredVersion:
    """A dataset version, to read rows from. Its files stay open until `close`. What is damaged is a DamagedError."""

    def __init__(self, folder: Path) -> None:
        require_dataset(folder)
        self.folder = folder
        self._files: dict[str, pq.ParquetFile | None] = {}
        self._spans: dict[str, dict[str, tuple[int, int]]] = {}
        self._by_key = lru_cache(maxsize=_KEPT)(self._read_by_key)
        self._group = lru_cache(maxsize=_KEPT)(self._read_group)
        self.text = lru_cache(maxsize=_KEPT)(self._read_text)
        """The text of a document, by document_id, which offsets point into."""

    def close(self) -> None:
        """Close the files."""
        for file in self._files.values():
            if file:
                file.close()
        self._files.clear()

    def columns(self, name: str) -> dict[str, str]:
        """The type of each column of a table; none where an older version of the software made no such table."""
        file = self._file(name)
        return {field.name: str(field.type) for field in file.schema_arrow} if file else {}

    def names(self) -> list[str]:
        """The tables that it should have: those of the software, but for what earlier releases did not make."""
        return [name for name in TABLES if name not in ADDED_LATER or self.columns(name)]

    def count(self, name: str) -> int:
        """How many rows a table has."""
        file = self._file(name)
        return int(file.metadata.num_rows) if file else 0

    def table(self, name: str, columns: list[str] | None = None) -> pa.Table:
        """All rows of a table."""
        file = self._file(name)
        try:
            return file.read(columns=columns) if file else schema_of(TABLES[name]).empty_table()
        except (OSError, pa.ArrowException) as error:
            raise self._damaged(name) from error

    def column(self, name: str, column: str) -> pa.ChunkedArray:
        """All cells of a column."""
        return self.table(name, [column])[column]

    def blocks(self, name: str, columns: Sequence[str] | None = None) -> Iterator[pa.RecordBatch]:
        """The rows of a table, some thousands at a time; where columns are named, these alone and in their order."""
        file = self._file(name)
        try:
            for batch in file.iter_batches(_BLOCK, columns=columns) if file else ():
                yield batch.select(columns) if columns else batch
        except (OSError, KeyError, pa.ArrowException) as error:
            raise self._damaged(name) from error

    def cells(self, name: str, columns: Sequence[str]) -> Iterator[tuple[Any, ...]]:
        """Some cells of each row of a table."""
        for block in self.blocks(name, columns):
            yield from zip(*(cells.to_pylist() for cells in block.columns), strict=True)

    def rows(self, name: str, document_ids: Iterable[str]) -> tuple[pa.Table, np.ndarray]:
        """The rows of some documents in a table, and for each row the rank of its document among those asked for."""
        spans = self._spans_of(name)
        found = [(rank, *spans[each]) for rank, each in enumerate(document_ids) if each in spans]
        counts = np.array([end - start for _, start, end in found], np.int64)
        ranks = np.repeat(np.array([rank for rank, *_ in found], np.int64), counts)
        pieces = [self._between(name, start, end) for start, end in _joined((start, end) for _, start, end in found)]
        file = self._file(name)
        schema = file.schema_arrow if file else schema_of(TABLES[name])
        return pa.concat_tables([schema.empty_table(), *pieces]).combine_chunks(), ranks

    def row(self, name: str, key: str) -> Row:
        """The row with a key, in a table of which the key is one column."""
        try:
            return self._by_key(name, key[:ID_CHARACTERS])[key]
        except KeyError as error:  # a row refers to one that is not there
            raise self._damaged(name) from error

    def ledger(self, document_id: str) -> str:
        """The ledger of a document, as CSV: how its text came from that of the file."""
        return self._read(f"ledgers/{document_id}.csv")

    def sources(self) -> Iterator[Source]:
        """Yield the documents as sources, in the order of their paths."""
        for document in self.table("documents").to_batches(max_chunksize=1):
            (document_id,) = document["document_id"].to_pylist()
            tables = {name: self.rows(name, [document_id])[0] for name in _OF_A_SOURCE}
            tables["documents"] = pa.Table.from_batches([document])
            if source := source_of(Rows(tables, self.text(document_id), self.ledger(document_id))):
                yield source

    def made_at(self) -> str | None:
        """When the run ended that made it (UTC, ISO 8601); None where that is not known."""
        return next((run.get("ended_at") for run in self.table("runs").to_pylist()), None)

    def _read_by_key(self, name: str, document_id: str) -> dict[str, Row]:
        rows, _ = self.rows(name, [document_id])
        return {row[rows.schema.names[0]]: row for row in rows.to_pylist()}

    def _read_text(self, document_id: str) -> str:
        return self._read(f"texts/{document_id}.txt")

    def _read(self, name: str) -> str:
        try:
            return (self.folder / name).read_bytes().decode("utf-8", "surrogatepass")
        except (OSError, UnicodeDecodeError) as error:
            raise self._damaged(name) from error

    def _file(self, name: str) -> pq.ParquetFile | None:
        if name not in self._files:
            path = self.folder / "tables" / f"{name}.parquet"
            try:
                self._files[name] = pq.ParquetFile(path) if path.is_file() else None
            except (OSError, pa.ArrowException) as error:
                raise self._damaged(name) from error
        return self._files[name]

    def _between(self, name: str, start: int, end: int) -> pa.Table:
        """The rows from `start` to `end`, from the row groups that they are in."""
        file = self._file(name)
        assert file
        starts = np.cumsum([0, *(file.metadata.row_group(each).num_rows for each in range(file.num_row_groups))])
        first, last = (int(np.searchsorted(starts, place, side="right")) - 1 for place in (start, end - 1))
        groups = pa.concat_tables(self._group(name, each) for each in range(first, last + 1))
        return groups.slice(start - int(starts[first]), end - start)

    def _read_group(self, name: str, number: int) -> pa.Table:
        file = self._file(name)
        assert file
        try:
            return file.read_row_group(number)
        except (OSError, pa.ArrowException) as error:
            raise self._damaged(name) from error

    def _spans_of(self, name: str) -> dict[str, tuple[int, int]]:
        """First and one past the last row of each document in a table."""
        if name not in self._spans:
            try:
                self._spans[name] = self._read_spans(name)
            except pa.ArrowException as error:  # keys that are no texts
                raise self._damaged(name) from error
            if not self._spans[name].keys() <= set(self.column("documents", "document_id").to_pylist()):
                raise self._damaged(name)
        return self._spans[name]

    def _read_spans(self, name: str) -> dict[str, tuple[int, int]]:
        spans: dict[str, tuple[int, int]] = {}
        at = 0
        for batch in self.blocks(name, [schema_of(TABLES[name]).names[0]]):
            runs = pc.run_end_encode(pc.utf8_slice_codeunits(batch.column(0), 0, ID_CHARACTERS))
            start = at
            for document_id, end in zip(runs.values.to_pylist(), runs.run_ends.to_pylist(), strict=True):
                first, last = spans.get(document_id, (start, start))
                if last != start:  # rows of a document stand together
                    raise self._damaged(name)
                start = at + end
                spans[document_id] = (first, start)
            at += len(batch)
        return spans

    def _damaged(self, what: str) -> DamagedError:
        return DamagedError(what, self.folder)


def _joined(spans: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    """Spans, each that begins where another ends joined to it."""
    found: list[tuple[int, int]] = []
    for start, end in spans:
        if found and found[-1][1] == start:
            found[-1] = (found[-1][0], end)
        else:
            found.append((start, end))
    return found
