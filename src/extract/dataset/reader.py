"""A dataset version → its rows, those of some documents at a time, so that a table need not fit in memory."""

from collections.abc import Iterable, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from extract.dataset.versions import require_dataset
from extract.problems import ManifestoError
from extract.records import TABLES
from extract.tables import schema_of

ID_CHARACTERS = 16
"""Length of a document_id; the key of every row of a document begins with it."""

_KEPT = 4  # documents whose text, and tables of them whose rows, are kept at hand

Row = Mapping[str, Any]


class StoredVersion:
    """A dataset version, to read rows from. Its files stay open until `close`."""

    def __init__(self, folder: Path) -> None:
        require_dataset(folder)
        self.folder = folder
        self._files: dict[str, pq.ParquetFile | None] = {}
        self._spans: dict[str, dict[str, tuple[int, int]]] = {}
        self._by_key = lru_cache(maxsize=_KEPT)(self._read_by_key)
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

    def _read_by_key(self, name: str, document_id: str) -> dict[str, Row]:
        rows, _ = self.rows(name, [document_id])
        return {row[rows.schema.names[0]]: row for row in rows.to_pylist()}

    def _read_text(self, document_id: str) -> str:
        path = self.folder / "texts" / f"{document_id}.txt"
        try:
            return path.read_bytes().decode("utf-8", "surrogatepass")
        except (OSError, UnicodeDecodeError) as error:
            raise self._damaged(f"texts/{path.name}") from error

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
        try:
            groups = file.read_row_groups(list(range(first, last + 1)))
        except (OSError, pa.ArrowException) as error:
            raise self._damaged(name) from error
        return groups.slice(start - int(starts[first]), end - start)

    def _spans_of(self, name: str) -> dict[str, tuple[int, int]]:
        """First and one past the last row of each document in a table."""
        if name not in self._spans:
            self._spans[name] = self._read_spans(name)
            if not self._spans[name].keys() <= set(self.table("documents", ["document_id"])["document_id"].to_pylist()):
                raise self._damaged(name)
        return self._spans[name]

    def _read_spans(self, name: str) -> dict[str, tuple[int, int]]:
        try:
            return self._find_spans(name)
        except (OSError, pa.ArrowException) as error:
            raise self._damaged(name) from error

    def _find_spans(self, name: str) -> dict[str, tuple[int, int]]:
        spans: dict[str, tuple[int, int]] = {}
        file = self._file(name)
        at = 0
        for batch in file.iter_batches(columns=[schema_of(TABLES[name]).names[0]]) if file else ():
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

    def _damaged(self, what: str) -> ManifestoError:
        return ManifestoError(
            f"{what} in {self.folder} is damaged or missing. See what is off: manifesto check {self.folder}"
        )


def _joined(spans: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    """Spans, each that begins where another ends joined to it."""
    found: list[tuple[int, int]] = []
    for start, end in spans:
        if found and found[-1][1] == start:
            found[-1] = (found[-1][0], end)
        else:
            found.append((start, end))
    return found
