"""A dataset version, read back one document after another: memory does not grow with the number of documents."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

_COLUMNS = {
    "sections": ("section_id", "party_id", "party_as_written", "char_start", "char_end"),
    "passages": ("passage_id", "kind", "heading_path", "page", "char_start", "char_end"),
    "sentences": ("sentence_id", "passage_id", "section_id", "page", "char_start", "char_end"),
    "quotes": ("quote_id", "section_id", "kind", "char_start", "char_end"),
    "proposals": ("sentence_id", "action", "polarity", "object_start", "object_end"),
}
_VERDICT = ("sentence_id", "codebook", "label", "probability", "runner_up", "runner_up_probability", "abstained",
            "model_id")  # fmt: skip
_CERTIFICATE = ("quote_id", "source_document_id", "source_election", "source_status", "status", "match", "best",
                "page", "char_start", "char_end", "difference")  # fmt: skip
_BATCH = 4_096  # rows

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Contents:
    """A document with its rows, each in the order of the text; of labels those of each sentence, by codebook."""

    document: Row
    text: str
    sections: list[Row]
    passages: list[Row]
    sentences: list[Row]
    labels: dict[str, list[Row]]
    quotes: list[Row]
    proposals: list[Row]
    certificates: dict[str, list[Row]]  # quote_id → those of the quote, the best first


def read_documents(folder: Path) -> Iterator[Contents]:
    """Yield the documents of a dataset version, in the order of their paths."""
    tables = folder / "tables"
    documents: list[Row] = pq.read_table(tables / "documents.parquet").to_pylist()
    rows = {name: _Ahead(tables / f"{name}.parquet", ("document_id", *columns)) for name, columns in _COLUMNS.items()}
    labels = _Ahead(tables / "labels.parquet", _VERDICT)
    certificates = _certificates(tables / "certificates.parquet")
    for document in documents:
        own = {name: each.of("document_id", {document["document_id"]}) for name, each in rows.items()}
        said = labels.of("sentence_id", {each["sentence_id"] for each in own["sentences"]})
        yield Contents(
            document=document,
            text=(folder / "texts" / f"{document['document_id']}.txt").read_bytes().decode("utf-8", "surrogatepass"),
            labels=_by_codebook(said, own["sentences"]),
            certificates={each["quote_id"]: certificates.get(each["quote_id"], []) for each in own["quotes"]},
            **own,
        )


class _Ahead:
    """Rows of a Parquet file that stand in the order in which they are asked for, read as far as needed."""

    def __init__(self, path: Path, columns: Sequence[str]) -> None:
        self._rows = _rows_of(path, columns)
        self._next = next(self._rows, None)

    def of(self, column: str, values: set[str]) -> list[Row]:
        """The next rows, as long as a column has one of some values."""
        found = []
        while self._next is not None and self._next[column] in values:
            found.append(self._next)
            self._next = next(self._rows, None)
        return found


def _rows_of(path: Path, columns: Sequence[str]) -> Iterator[Row]:
    with pq.ParquetFile(path) as file:
        batch: pa.RecordBatch
        for batch in file.iter_batches(batch_size=_BATCH, columns=list(columns)):
            yield from batch.to_pylist()


def _by_codebook(labels: Sequence[Row], sentences: Sequence[Row]) -> dict[str, list[Row]]:
    """The labels of each codebook, one for each sentence, in the order of the sentences."""
    found: dict[str, dict[str, Row]] = {}
    for each in labels:
        found.setdefault(each["codebook"], {})[each["sentence_id"]] = each
    return {codebook: [of[each["sentence_id"]] for each in sentences] for codebook, of in sorted(found.items())}


def _certificates(path: Path) -> Mapping[str, list[Row]]:
    found: dict[str, list[Row]] = {}
    for each in _rows_of(path, _CERTIFICATE):
        found.setdefault(each["quote_id"], []).append(each)
    return {quote: sorted(rows, key=lambda row: not row["best"]) for quote, rows in found.items()}
