"""A document → what a report's page holds of it, packed: its text once, and its rows as columns of numbers.

Offsets are those of the dataset, in code points; the page turns them into places of its own strings.
"""

import base64
import gzip
import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from extract.report.counts import party_of, status_of
from extract.report.documents import COMMITMENT_COLUMNS, Contents, Row

_PROBABILITY = 10_000  # in such parts: probabilities have four decimals in the dataset


def packed(contents: Contents, *, parties: Mapping[str, int], documents: Mapping[str, int]) -> str:
    """A document as gzip in base 64; parties, and the sources of quotes, by their ranks in what the page lists."""
    data = json.dumps(_columns(contents, parties, documents), ensure_ascii=False, separators=(",", ":"))
    return base64.b64encode(gzip.compress(data.encode("utf-8", "replace"), mtime=0)).decode("ascii")


def _columns(contents: Contents, parties: Mapping[str, int], documents: Mapping[str, int]) -> dict[str, Any]:
    section_rank = _ranks(each["section_id"] for each in contents.sections)
    passage_rank = _ranks(each["passage_id"] for each in contents.passages)
    sentence_rank = _ranks(each["sentence_id"] for each in contents.sentences)
    headings = _ranks(each["heading_path"] or "" for each in contents.passages)
    return {
        "text": contents.text,
        "headings": list(headings),
        "sections": [[each["char_start"], each["char_end"], parties[party_of(each)]]
                     for each in contents.sections],
        "passages": {
            "start": [each["char_start"] for each in contents.passages],
            "end": [each["char_end"] for each in contents.passages],
            "kind": [each["kind"] for each in contents.passages],
            "heading": [headings[each["heading_path"] or ""] for each in contents.passages],
        },
        "sentences": {
            "start": [each["char_start"] for each in contents.sentences],
            "end": [each["char_end"] for each in contents.sentences],
            "page": [each["page"] or 0 for each in contents.sentences],
            "passage": [passage_rank[each["passage_id"]] for each in contents.sentences],
            "section": [section_rank.get(each["section_id"], -1) for each in contents.sentences],
        },
        "labels": {codebook: _verdicts(rows) for codebook, rows in contents.labels.items()},
        "quotes": [_quote(each, contents.certificates, documents) for each in contents.quotes
                   if each["kind"] == "statement"],
        "proposals": {
            str(sentence_rank[each["sentence_id"]]):
                [each[name] for name in COMMITMENT_COLUMNS]
            for each in contents.proposals
        },
    }  # fmt: skip


def _verdicts(rows: Sequence[Row]) -> dict[str, list[Any]]:
    names = sorted({each["label"] for each in rows} | {each["runner_up"] for each in rows})
    return {
        "names": names,
        "label": [names.index(each["label"]) for each in rows],
        "probability": [round(each["probability"] * _PROBABILITY) for each in rows],
        "runner_up": [names.index(each["runner_up"]) for each in rows],
        "runner_up_probability": [round(each["runner_up_probability"] * _PROBABILITY) for each in rows],
        "counts": [int(not each["abstained"]) for each in rows],
    }


def _quote(quote: Row, certificates: Mapping[str, list[Row]], documents: Mapping[str, int]) -> dict[str, Any]:
    found = certificates.get(quote["quote_id"], [])
    return {
        "start": quote["char_start"],
        "end": quote["char_end"],
        "status": status_of(quote, certificates),
        "certificates": [
            {name: each[name] for name in ("status", "match", "source_election", "page", "char_start", "char_end",
                                           "difference")}
            | {"source": documents[each["source_document_id"]]}
            for each in found
            if each["source_document_id"]
        ],
    }  # fmt: skip


def _ranks(values: Iterable[str]) -> dict[str, int]:
    """The rank of each value among those that differ, in their order."""
    return {value: rank for rank, value in enumerate(dict.fromkeys(values))}
