"""Sentences of a document → probabilities of the Manifesto Project's categories, from all of the document at once.

    words of the sentence and around it ─ linear classifier ─┐
    pieces of words, meanings around it ─ small networks ────┴ mixed → rare codes raised → probabilities

A linear classifier knows words; small networks over the row of sentences know meanings. The networks are maxout windows
with residuals, as in spaCy's tok2vec, over sentences instead of words.
"""

import functools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix, hstack

from extract.labels.classifier import without_chance
from extract.labels.contexts import Reading
from extract.labels.document_features import (
    AROUND,
    HASHES,
    NEAR,
    DocumentFeatures,
    document_features,
    linear_vectors,
    neighbours,
    network_rows,
    shifted,
)
from extract.labels.encoders import PieceEncoder
from extract.labels.word_vectors import WordVectors
from extract.skops_files import PLAIN, read_skops

MARGINS = 4.0
"""What the linear classifier's margins are multiplied by before they are made probabilities."""

_FLOOR = 1e-6  # of a probability before its logarithm
_SMALL = 1e-8  # keeps the variance of a layer from zero, as in thinc


@dataclass(frozen=True, slots=True, eq=False)
class WordBlock:
    """Hashed words of one block that are kept: their columns, inverse document frequencies and weight."""

    columns: NDArray[np.int32]
    idf: NDArray[np.float32]
    weight: float

    def rows(self, counts: csr_matrix) -> csr_matrix:
        """TF-IDF with logarithmic counts, each row of length `weight`."""
        kept = counts[:, self.columns].tocsr().astype(np.float32)
        kept.data = (1 + np.log(kept.data)) * self.idf[kept.indices]
        lengths = np.sqrt(np.asarray(kept.multiply(kept).sum(axis=1)).ravel())
        kept.data *= np.repeat(self.weight / np.maximum(lengths, 1e-6), np.diff(kept.indptr))
        return kept


@dataclass(frozen=True, slots=True, eq=False)
class Linear:
    """A linear classifier over words and vectors."""

    blocks: Mapping[str, WordBlock]
    dense_weight: float
    weights: NDArray[np.floating[Any]]  # columns × codes
    bias: NDArray[np.float32]

    def margins(self, features: DocumentFeatures) -> NDArray[np.float32]:
        """How far each sentence lies on the side of each code. Shape: sentences × codes."""
        rows = linear_rows(features, self.blocks, self.dense_weight)
        return np.asarray(rows @ self.weights.astype(np.float32, copy=False) + self.bias, np.float32)


@dataclass(frozen=True, slots=True, eq=False)
class Maxout:
    """A layer that takes the largest of some sums (Goodfellow et al. 2013), and then normalises each row."""

    weights: NDArray[np.floating[Any]]  # width × sums × inputs
    bias: NDArray[np.float32]  # width × sums
    gain: NDArray[np.float32]
    shift: NDArray[np.float32]

    def __call__(self, rows: NDArray[np.float32]) -> NDArray[np.float32]:
        """Rows × inputs → rows × width."""
        width, sums, inputs = self.weights.shape
        flat = self.weights.reshape(width * sums, inputs).astype(np.float32, copy=False)
        found = (rows @ flat.T + self.bias.ravel()).reshape(len(rows), width, sums).max(axis=2)
        spread = np.sqrt(found.var(axis=1, keepdims=True) + _SMALL)
        return np.asarray((found - found.mean(axis=1, keepdims=True)) / spread * self.gain + self.shift, np.float32)


@dataclass(frozen=True, slots=True, eq=False)
class Network:
    """A network over the sentences of a document: vectors of pieces, a layer, windows of three sentences, codes."""

    pieces: NDArray[np.int32]  # those whose vectors were learnt anew
    vectors: NDArray[np.floating[Any]]  # of these: pieces × width of the encoder
    first: Maxout
    windows: tuple[Maxout, ...]
    weights: NDArray[np.float32]  # codes × twice the width
    bias: NDArray[np.float32]

    def scores(self, features: DocumentFeatures, encoder: PieceEncoder) -> NDArray[np.float32]:
        """Scores of the codes, before softmax. Shape: sentences × codes."""
        vectors = _learnt_anew(self, encoder)
        given = np.hstack([features.pieces @ vectors, features.heading_pieces @ vectors, network_rows(features)])
        own = self.first(given.astype(np.float32))
        edge = np.zeros((len(self.windows), own.shape[1]), np.float32)
        rows = np.concatenate([edge, own, edge])
        for layer in self.windows:
            rows = rows + layer(np.hstack([shifted(rows, -1), rows, shifted(rows, 1)]))
        read = rows[len(edge) : len(rows) - len(edge)]
        return np.asarray(np.hstack([read, own]) @ self.weights.T + self.bias, np.float32)


@functools.lru_cache(maxsize=4)  # of a classifier's networks, for each section of a digest asks them
def _learnt_anew(network: Network, encoder: PieceEncoder) -> NDArray[np.float32]:
    """The encoder's vectors, with those that a network learnt anew in their places."""
    vectors = encoder.vectors.astype(np.float32)
    vectors[network.pieces] = network.vectors
    return vectors


@dataclass(frozen=True, slots=True, eq=False)
class CodeClassifier:
    """All that is learnt from coders, and the codes that it tells apart."""

    codes: tuple[str, ...]
    linear: Linear
    networks: tuple[Network, ...]
    bias: NDArray[np.float32]  # what is added to the logarithm of a code's probability; -1e4 for a code never seen
    temperature: float

    def predict(
        self, readings: Sequence[Reading], *, encoder: PieceEncoder, vectors: WordVectors
    ) -> NDArray[np.float64]:
        """Calibrated probabilities for the sentences of one document, in its order. Shape: sentences × codes."""
        if not readings:
            return np.zeros((0, len(self.codes)))
        features = document_features(readings, encoder=encoder, vectors=vectors)
        return calibrated(self.scores(features, encoder), self.temperature)

    def scores(self, features: DocumentFeatures, encoder: PieceEncoder) -> NDArray[np.float32]:
        """What is divided by the temperature: logarithms of mixed probabilities, rare codes raised."""
        said = mixed(self.linear.margins(features), [each.scores(features, encoder) for each in self.networks])
        return said + self.bias


def linear_rows(features: DocumentFeatures, blocks: Mapping[str, WordBlock], dense_weight: float) -> csr_matrix:
    """What the linear classifier reads of each sentence of a document."""
    counts = word_counts(features)
    vectors = csr_matrix(linear_vectors(features) * dense_weight)
    return hstack([*(blocks[name].rows(counts[name]) for name in blocks), vectors], format="csr")


def word_counts(features: DocumentFeatures) -> dict[str, csr_matrix]:
    """Counts of hashed words, by block."""
    near, around = neighbours(features.words, NEAR), neighbours(features.words, AROUND)
    return {"text": features.words, "near": near, "around": around}


def mixed(margins: NDArray[np.float32], scores: Sequence[NDArray[np.float32]]) -> NDArray[np.float32]:
    """The mean of the logarithms of what the linear classifier says and of what the networks say on average."""
    networks = np.mean([softmax(each) for each in scores], axis=0)
    return np.asarray((np.log(softmax(margins * MARGINS) + _FLOOR) + np.log(networks + _FLOOR)) / 2, np.float32)


def calibrated(scores: NDArray[np.float32], temperature: float) -> NDArray[np.float64]:
    """Probabilities from scores divided by a temperature (Guo et al. 2017)."""
    return softmax(scores.astype(np.float64) / temperature).astype(np.float64)


def softmax(scores: NDArray[Any]) -> NDArray[np.float32]:
    """Scores → probabilities that sum to 1 in each row."""
    powers = np.exp(scores - scores.max(axis=1, keepdims=True))
    return np.asarray(powers / powers.sum(axis=1, keepdims=True), np.float32)


def save_codes(classifier: CodeClassifier, file: Path) -> None:
    """Write a classifier as a skops file of arrays and texts, whose bytes depend on it alone."""
    import skops.io  # noqa: PLC0415  # not above: it takes a second to load, and only training needs it

    file.write_bytes(without_chance(skops.io.dumps(_stored(classifier))))


def codes_in(data: bytes) -> CodeClassifier:
    """The classifier in the bytes of a skops file; a ValueError, or what a library raises, where there is none."""
    stored = read_skops(data, held=PLAIN)
    linear = stored["linear"]
    blocks = {name: WordBlock(each["columns"], each["idf"], float(each["weight"])) for name, each in linear["blocks"]}
    classifier = CodeClassifier(
        codes=tuple(stored["codes"]),
        linear=Linear(blocks, float(linear["dense_weight"]), _wide(linear["weights"]), linear["bias"]),
        networks=tuple(
            Network(
                each["pieces"],
                _wide(each["vectors"]),
                _maxout(each["first"]),
                tuple(map(_maxout, each["windows"])),
                each["weights"],
                each["bias"],
            )
            for each in stored["networks"]
        ),
        bias=stored["bias"],
        temperature=float(stored["temperature"]),
    )
    _require_fit(classifier)
    return classifier


def _maxout(stored: Mapping[str, Any]) -> Maxout:
    return Maxout(**{**stored, "weights": _wide(stored["weights"])})


def _wide(stored: NDArray[np.floating[Any]]) -> NDArray[np.float32]:
    """Weights as they are multiplied: in a file they have half the bits, and each document would widen them anew."""
    return stored.astype(np.float32)


def _stored(classifier: CodeClassifier) -> dict[str, Any]:
    """A classifier as dictionaries of arrays and texts; large arrays have half precision, in which they were learnt."""
    linear = classifier.linear
    blocks = [(name, _fields(block) | {"weight": np.float64(block.weight)}) for name, block in linear.blocks.items()]
    networks = [
        _halved(each, "vectors")
        | {
            "first": _halved(each.first, "weights"),
            "windows": [_halved(layer, "weights") for layer in each.windows],
        }
        for each in classifier.networks
    ]
    return _fields(classifier) | {
        "codes": list(classifier.codes),
        "temperature": np.float64(classifier.temperature),
        "linear": _halved(linear, "weights") | {"blocks": blocks, "dense_weight": np.float64(linear.dense_weight)},
        "networks": networks,
    }


def _halved(record: Any, name: str) -> dict[str, Any]:
    """The fields of a record, one of them an array in half precision."""
    return _fields(record) | {name: getattr(record, name).astype(np.float16)}


def _fields(record: Any) -> dict[str, Any]:
    return {field.name: getattr(record, field.name) for field in fields(record)}


def _require_fit(classifier: CodeClassifier) -> None:
    """What a run would meet at each document: weights for other codes than are named, hashes that cannot be."""
    count = len(classifier.codes)
    shapes = [classifier.linear.weights.shape[1:], classifier.linear.bias.shape, classifier.bias.shape]
    shapes += [each.bias.shape for each in classifier.networks]
    if count < 2:
        raise ValueError("it tells no two codes apart")
    if any(shape != (count,) for shape in shapes) or len(set(classifier.codes)) != count:
        raise ValueError("it has weights for another number of codes than it names")
    if not all(isinstance(code, str) for code in classifier.codes):
        raise ValueError("its codes are no texts")
    if any(len(each.columns) and each.columns.max() >= HASHES for each in classifier.linear.blocks.values()):
        raise ValueError("it asks for words that there cannot be")
    if not classifier.temperature > 0:
        raise ValueError("its temperature is not above zero")
