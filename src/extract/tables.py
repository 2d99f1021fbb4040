"""Records ↔ rows of tables, as Arrow holds them: how rows are kept, sent and written without an object each."""

import functools
import io
import operator
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import pyarrow as pa

from extract.records import TABLES, Document, Extraction, columns_of

OF_A_DOCUMENT = (
    "documents", "occasions", "sections", "passages", "sentences", "tokens", "entities", "labels", "quotes",
    "proposals", "readings", "positions", "problems",
)  # fmt: skip
"""The tables that a raw file fills; a row comes after those it refers to."""

ACROSS_DOCUMENTS = ("certificates", "evidence")
"""The tables of which a row rests on several raw files."""

_ARROW_TYPES = {str: pa.string(), int: pa.int64(), float: pa.float64(), bool: pa.bool_()}
_CARRIED = pa.schema([("text", pa.string()), ("ledger", pa.string())])  # of a document, beside its row
_CODEC = "zstd"
_SIZE_BYTES = 8  # of the number before it: how long it is unpacked


@dataclass(frozen=True, slots=True)
class Rows:
    """What a raw file gave, as rows of tables. Without a row in `documents` it gave none, and `problems` says why."""

    tables: Mapping[str, pa.Table]
    text: str = ""
    ledger: str = ""

    @property
    def document_id(self) -> str | None:
        """The id of its document."""
        ids: list[str] = self.tables["documents"]["document_id"].to_pylist()
        return ids[0] if ids else None


def schema_of(record: type) -> pa.Schema:
    """The schema of a table."""
    return pa.schema(
        [
            pa.field(column.name, _ARROW_TYPES[column.type], nullable=column.nullable,
                     metadata={"description": column.description})
            for column in columns_of(record)
        ]
    )  # fmt: skip


@functools.cache
def keys_of(name: str) -> tuple[str, ...]:
    """The columns that are the key of a table."""
    return tuple(column.name for column in columns_of(TABLES[name]) if column.key)


def table_of(name: str, records: Iterable[Any]) -> pa.Table:
    """The rows of some records of a table."""
    schema = schema_of(TABLES[name])
    rows = list(map(operator.attrgetter(*schema.names), records))
    columns = zip(*rows, strict=True) if rows else [()] * len(schema)
    return pa.Table.from_arrays(
        [pa.array(cells, field.type) for cells, field in zip(columns, schema, strict=True)], schema=schema
    )


def rows_of(extraction: Extraction) -> Rows:
    """The rows of everything that a raw file gave."""
    document = extraction.document
    records = {name: getattr(extraction, name) for name in OF_A_DOCUMENT[1:]}
    tables = {name: table_of(name, found) for name, found in records.items()}
    tables["documents"] = table_of("documents", [document] if document else [])
    return Rows(tables, document.text if document else "", document.ledger if document else "")


def document_of(rows: Rows) -> Document | None:
    """The Document of some rows, as far as they know it: with its text and ledger, without its layout."""
    for cells in rows.tables["documents"].to_pylist():
        return Document(**cells, text=rows.text, ledger=rows.ledger)
    return None


def extraction_of(rows: Rows) -> Extraction:
    """The records of some rows; the document is without its layout."""
    records = {
        name: tuple(TABLES[name](**cells) for cells in rows.tables[name].to_pylist()) for name in OF_A_DOCUMENT[1:]
    }
    return Extraction(document=document_of(rows), **records)


def as_bytes(rows: Rows) -> bytes:
    """Rows as Arrow streams behind each other, compressed as a whole, which costs a third of doing so one by one."""
    carried = pa.table([[rows.text], [rows.ledger]], schema=_CARRIED)
    out = io.BytesIO()
    for table in (*(rows.tables[name] for name in OF_A_DOCUMENT), carried):
        with pa.ipc.new_stream(out, table.schema) as stream:
            stream.write_table(table)
    plain = out.getvalue()
    packed: bytes = pa.compress(plain, _CODEC, asbytes=True)
    return len(plain).to_bytes(_SIZE_BYTES, "big") + packed


def from_bytes(data: bytes) -> Rows:
    """Rows from what `as_bytes` made of them."""
    size = int.from_bytes(data[:_SIZE_BYTES], "big")
    *tables, carried = _streams(pa.decompress(data[_SIZE_BYTES:], size, _CODEC), len(OF_A_DOCUMENT) + 1)
    (texts,) = carried.to_pylist()
    return Rows(dict(zip(OF_A_DOCUMENT, tables, strict=True)), **texts)


def _streams(data: pa.Buffer, count: int) -> Iterator[pa.Table]:
    source = pa.BufferReader(data)
    for _ in range(count):
        with pa.ipc.open_stream(source) as stream:
            yield stream.read_all()
