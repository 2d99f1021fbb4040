"""Summary sentences of a digest → what they can be judged by: its quotes, and the nearest sentences of a manifesto.

No verdict is given. A sentence is near when it has the same letters in a row: TF-IDF of 4- and 5-grams of characters
within words, which takes Dutch compounds and inflections for relatives; frequencies are those of the manifesto alone,
so that what is near does not depend on what else was read.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_matrix
from sklearn.feature_extraction.text import TfidfVectorizer

from extract.parties import Register
from extract.records import ClaimEvidence
from extract.verification.sources import Source

_NEAREST = 3
_FEWEST_WORDS = 5  # of a manifesto's sentence; shorter ones are headings and scraps, which are near to anything
_GRAMS = (4, 5)
_CELLS_AT_ONCE = 4_000_000  # of a table of summary sentences × sentences; bounds its memory
_LEAST = 0.01  # similarity below which nothing is shared but endings


@dataclass(frozen=True, slots=True)
class SummarySentence:
    """A sentence in which a digest says in its own words what a party wants, and the quotes that it gives for it."""

    sentence_id: str
    text: str
    party_id: str | None
    election: str | None
    quote_ids: tuple[str, ...]


def quoted_evidence(summary: SummarySentence) -> Iterator[ClaimEvidence]:
    """Yield the quotes that a digest gives for a summary sentence, in order."""
    for rank, quote_id in enumerate(summary.quote_ids, start=1):
        yield ClaimEvidence(
            evidence_id=f"{summary.sentence_id}+quote+{rank}",
            sentence_id=summary.sentence_id,
            kind="quote",
            rank=rank,
            quote_id=quote_id,
        )


def nearest_evidence(
    summaries: Sequence[SummarySentence], source: Source, *, register: Register
) -> Iterator[ClaimEvidence]:
    """Yield the three sentences of a manifesto that are nearest to each summary sentence, the nearest first."""
    sentences = [each for each in source.sentences.to_pylist() if len(each["text"].split()) >= _FEWEST_WORDS]
    if not sentences or not summaries:
        return
    vectorizer = TfidfVectorizer(analyzer="char_wb", ngram_range=_GRAMS, sublinear_tf=True)
    matrix = vectorizer.fit_transform(each["text"] for each in sentences)
    asked = vectorizer.transform(_without_names(each.text, register) for each in summaries)
    for summary, row in zip(summaries, _similarities(asked, matrix), strict=True):
        nearest = np.argsort(-row, kind="stable")[:_NEAREST]
        for rank, at in enumerate(nearest[row[nearest] >= _LEAST].tolist(), start=1):
            yield ClaimEvidence(
                evidence_id=f"{summary.sentence_id}+nearest+{source.document_id}+{rank}",
                sentence_id=summary.sentence_id,
                kind="nearest",
                rank=rank,
                source_document_id=source.document_id,
                source_sentence_id=sentences[at]["sentence_id"],
                similarity=float(row[at]),
            )


def _similarities(asked: csr_matrix, sentences: csr_matrix) -> Iterator[np.ndarray]:
    """Yield, for each row asked for, its similarity to each sentence: shape (sentences,)."""
    size = max(1, _CELLS_AT_ONCE // sentences.shape[0])
    turned = sentences.T.tocsr()
    for start in range(0, asked.shape[0], size):
        yield from (asked[start : start + size] @ turned).toarray().round(4)


def _without_names(text: str, register: Register) -> str:
    """A summary sentence without parties' names, which in a manifesto stand in sentences about anything."""
    for mention in reversed(register.mentions(text)):
        text = text[: mention.start] + text[mention.end :]
    return text
