"""A dataset version, read back some documents at a time: memory does not grow with the number of documents."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from extract.dataset.reader import StoredVersion

COMMITMENT_COLUMNS = (
    "action", "action_probability", "polarity", "object_start", "object_end", "object_probability", "actor",
    "direction", "direction_probability",
)  # fmt: skip
"""Of proposals: what the page says of a sentence that commits."""
_COLUMNS = {
    "sections": ("section_id", "party_id", "party_as_written", "char_start", "char_end"),
    "passages": ("passage_id", "kind", "heading_path", "page", "char_start", "char_end"),
    "sentences": ("sentence_id", "passage_id", "section_id", "page", "char_start", "char_end"),
    "labels": ("sentence_id", "codebook", "label", "probability", "runner_up", "runner_up_probability", "abstained",
               "model_id"),
    "quotes": ("quote_id", "section_id", "kind", "char_start", "char_end"),
    "proposals": ("sentence_id", *COMMITMENT_COLUMNS),
    "certificates": ("quote_id", "source_document_id", "source_election", "source_status", "status", "match", "best",
                     "page", "char_start", "char_end", "difference"),
}  # fmt: skip
_AT_ONCE = 16  # documents: of a table, rows of some are read with those that stand beside them

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


def read_documents(version: StoredVersion) -> Iterator[Contents]:
    """Yield the documents of a dataset version, in the order of their paths."""
    documents: list[Row] = version.table("documents").to_pylist()
    for start in range(0, len(documents), _AT_ONCE):
        some = documents[start : start + _AT_ONCE]
        rows = {name: _by_document(version, name, [each["document_id"] for each in some]) for name in _COLUMNS}
        for rank, document in enumerate(some):
            own = {name: of_each[rank] for name, of_each in rows.items()}
            yield Contents(
                document=document,
                text=version.text(document["document_id"]),
                labels=_by_codebook(own.pop("labels"), own["sentences"]),
                certificates=_by_quote(own.pop("certificates")),
                **own,
            )


def _by_document(version: StoredVersion, name: str, document_ids: Sequence[str]) -> list[list[Row]]:
    rows, ranks = version.rows(name, document_ids)
    found: list[list[Row]] = [[] for _ in document_ids]
    for rank, row in zip(ranks.tolist(), rows.select(_COLUMNS[name]).to_pylist(), strict=True):
        found[rank].append(row)
    return found


def _by_codebook(labels: Sequence[Row], sentences: Sequence[Row]) -> dict[str, list[Row]]:
    """The labels of each codebook, one for each sentence, in the order of the sentences."""
    found: dict[str, dict[str, Row]] = {}
    for each in labels:
        found.setdefault(each["codebook"], {})[each["sentence_id"]] = each
    return {codebook: [of[each["sentence_id"]] for each in sentences] for codebook, of in sorted(found.items())}


def _by_quote(certificates: Sequence[Row]) -> dict[str, list[Row]]:
    found: dict[str, list[Row]] = {}
    for each in certificates:
        found.setdefault(each["quote_id"], []).append(each)
    return {quote: sorted(rows, key=lambda row: not row["best"]) for quote, rows in found.items()}
