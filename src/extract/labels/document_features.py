"""Sentences of a document, in order → what a classifier of quasi-sentences reads of each, with what stands around it.

Coders of the Manifesto Project code stretches of text: what a sentence is about is often said a few sentences earlier.
So a sentence is read with its neighbours, and with means over what stands before and after it that fade with distance.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix, diags
from sklearn.feature_extraction.text import HashingVectorizer

from extract.labels.contexts import Reading
from extract.labels.encoders import PieceEncoder, count_pieces
from extract.labels.word_vectors import WordVectors

HASHES = 2**20
NEAR = {1: 1.0, 2: 0.5}
"""Weights of the words of neighbours, by their distance in sentences."""
AROUND = {3: 1.0, 4: 0.5, 5: 0.5}
"""The same of sentences farther off."""

_SCALE = 12.0  # length of a vector, so that each of its 150 numbers varies by about 1
_HEADING = 0.5  # weight of a heading's vector
_FADING = (4.0, 15.0)  # sentences after which a neighbour counts for 1/e of what the next one does


@dataclass(frozen=True, slots=True)
class DocumentFeatures:
    """What is read of the sentences of a document, one row each."""

    words: csr_matrix  # hashed 1- and 2-grams of words, counts
    pieces: csr_matrix  # pieces of words, each text scaled so that the encoder's vectors would sum to one length
    heading_pieces: csr_matrix  # the same of the heading above
    encoded: NDArray[np.float32]  # the encoder's vectors, of length 1
    means: NDArray[np.float32]  # of the vectors of words, of length 1
    heading: NDArray[np.float32]  # the encoder's vectors of the heading above
    fading: NDArray[np.float32]  # means of the encoder's vectors around the sentence, of length 1, side by side
    form: NDArray[np.float32]  # length, marks, capital, digits


def document_features(readings: Sequence[Reading], *, encoder: PieceEncoder, vectors: WordVectors) -> DocumentFeatures:
    """The features of the sentences of one document, in their order."""
    texts = [each.text for each in readings]
    headings = [each.heading for each in readings]
    row_of = {heading: row for row, heading in enumerate(dict.fromkeys(headings))}
    above = [row_of[heading] for heading in headings]
    encoded = encoder.encode(texts).astype(np.float32)
    vectorizer = HashingVectorizer(
        ngram_range=(1, 2), n_features=HASHES, alternate_sign=False, norm=None, dtype=np.float32
    )
    return DocumentFeatures(
        words=vectorizer.transform(texts),
        pieces=_scaled_pieces(texts, encoder),
        heading_pieces=(_scaled_pieces(list(row_of), encoder)[above] * _HEADING).tocsr(),
        encoded=encoded,
        means=vectors.means(texts).toarray().astype(np.float32),
        heading=encoder.encode(list(row_of)).astype(np.float32)[above],
        fading=np.hstack([_unit(faded(encoded, after)) for after in _FADING]),
        form=np.array([_form(text) for text in texts], np.float32),
    )


def network_rows(features: DocumentFeatures) -> NDArray[np.float32]:
    """What networks read of each sentence beside its pieces, each number varying by about 1."""
    vectors = (features.encoded, features.means, features.heading * _HEADING, features.fading)
    return np.hstack([*(part * _SCALE for part in vectors), features.form])


def linear_vectors(features: DocumentFeatures) -> NDArray[np.float32]:
    """The vectors that a linear classifier reads: of a sentence, of those beside it, of what stands around it."""
    beside = (shifted(features.encoded, -1), shifted(features.encoded, 1))
    return np.hstack([features.encoded, *beside, features.means, features.fading])


def neighbours(rows: csr_matrix, weights: dict[int, float]) -> csr_matrix:
    """The weighted sum of the rows at some distances before and after each row of a document."""
    count = rows.shape[0]
    distances = [each for each in (*weights, *(-each for each in weights)) if abs(each) < count]
    if not distances:
        return csr_matrix(rows.shape, dtype=np.float32)
    bands = [np.full(count, weights[abs(each)], np.float32) for each in distances]
    return (diags(bands, distances, shape=(count, count), format="csr", dtype=np.float32) @ rows).tocsr()


def faded(rows: NDArray[np.float32], after: float) -> NDArray[np.float32]:
    """Means of all other rows of a document, each weighed by exp(-distance / `after`). Shape: as rows."""
    kept = float(np.exp(-1 / after))
    both = np.hstack([rows, np.ones((len(rows), 1))])

    def before(some: NDArray[np.float64]) -> NDArray[np.float64]:
        sums = np.zeros_like(some)
        for row in range(1, len(some)):
            sums[row] = kept * (sums[row - 1] + some[row - 1])
        return sums

    sums = before(both) + before(both[::-1])[::-1]
    return np.asarray(sums[:, :-1] / np.maximum(sums[:, -1:], 1e-6), np.float32)


def shifted(rows: NDArray[np.float32], places: int) -> NDArray[np.float32]:
    """The rows that stand some places before (below 0) or after each; zeros beyond the ends of the document."""
    out = np.zeros_like(rows)
    if places < 0:
        out[-places:] = rows[:places]
    else:
        out[: max(0, len(rows) - places)] = rows[places:]
    return out


def _scaled_pieces(texts: Sequence[str], encoder: PieceEncoder) -> csr_matrix:
    counts = count_pieces(texts, encoder.pieces)
    lengths = np.linalg.norm(counts @ encoder.vectors, axis=1)
    return (diags((_SCALE / np.maximum(lengths, 1e-6)).astype(np.float32)) @ counts).tocsr()


def _unit(rows: NDArray[np.float32]) -> NDArray[np.float32]:
    return np.asarray(rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-6), np.float32)


def _form(text: str) -> list[float]:
    """Length, marks, capital and digits, each of about the same size."""
    digits = sum(map(str.isdigit, text)) / max(1, len(text))
    last = text[-1:]
    return [np.log1p(len(text)) / 4, last == "?", last == ":", text[:1].isupper(), digits * 5, last in tuple(".!?")]
