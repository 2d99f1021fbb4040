"""Manifestos whose sentences coders gave codes → a CodeClassifier, and what it says of manifestos it never saw.

coded documents ─ folds of whole manifestos ─→ linear classifier, networks ─→ what they say of what they never saw
                                                                             → second stage, temperature
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix, vstack
from sklearn.svm import LinearSVC
from thinc.api import Adam, chain, expand_window, fix_random_seed, residual, with_array
from thinc.api import Linear as ThincLinear
from thinc.api import Maxout as ThincMaxout

from extract.labels.code_classifier import (
    CodeClassifier,
    Linear,
    Maxout,
    Network,
    WordBlock,
    linear_rows,
    softmax,
    word_counts,
)
from extract.labels.contexts import Reading
from extract.labels.document_features import DocumentFeatures, document_features, network_rows
from extract.labels.encoders import PieceEncoder
from extract.labels.word_vectors import WordVectors
from extract.learning.calibration import fit_temperature
from extract.learning.coder_exports import CODES, CodedUnit, headings_above

FOLDS = 5
NETWORKS = 2
SEED = 2025

# Of the linear classifier: words kept and weight of each block, weight of vectors, inverse of the L2 penalty.
_KEPT = 40_000
_BLOCKS = {"text": 1.0, "near": 0.6, "around": 0.3}
_VECTORS = 0.25
_MARGIN = 0.2
_TOLERANCE = 0.01

# Of a network: numbers of a layer, sums of a maxout, windows, what is dropped.
_WIDTH, _SUMS, _WINDOWS = 160, 2, 2
_DROPPED, _INPUT_DROPPED, _HEADINGS_DROPPED = 0.3, 0.1, 0.5
_EPOCHS = 3  # on held-out manifestos the loss rises from the third on
_STRETCH, _STRETCHES = 100, 8  # sentences that are learnt from together, and how many such stretches in a step
_RATE, _PIECES_RATE, _WARM_UP, _LAST_RATE = 2e-3, 8e-3, 30, 0.03
_SMOOTHING = 0.05  # share of a code that goes to all: one coder's code is not the only one that another would give
_BALANCE = 0.3  # how far codes weigh the same however rare they are: 1 wholly
_UNSEEN = -1e4  # score of a code that no manifesto has

# How far a code is raised that is rare in training: its share to the power of minus this. Macro-F1 and accuracy on
# manifestos held out whole for 0, .2, .3, .4 and .5: .349 and .532, .363 and .532, .370 and .531, .375 and .529, .374
# and .522.
_RAISED = 0.3


@dataclass(frozen=True, slots=True)
class CodedDocument:
    """The sentences of a manifesto in their order, and the code of each; None where it was not coded."""

    name: str
    party: str
    year: str
    readings: tuple[Reading, ...]
    codes: tuple[str | None, ...]


@dataclass(frozen=True, slots=True, eq=False)
class _Course:
    """A document's features, and the columns of its codes in CODES, -1 where it has none."""

    features: DocumentFeatures
    codes: NDArray[np.int64]


def coded_documents(units: Sequence[CodedUnit]) -> list[CodedDocument]:
    """Quasi-sentences as documents: headings are read above what they head, and are no sentences."""
    documents = []
    for name in dict.fromkeys(unit.manifesto for unit in units):
        own = [unit for unit in units if unit.manifesto == name]
        read = [(unit, heading) for unit, heading in zip(own, headings_above(own), strict=True) if not unit.is_heading]
        readings = tuple(Reading(unit.text, heading=heading) for unit, heading in read)
        codes = tuple(unit.code for unit, _ in read)
        documents.append(CodedDocument(name, own[0].party, own[0].year, readings, codes))
    return documents


def fit_codes(
    documents: Sequence[CodedDocument], *, encoder: PieceEncoder, vectors: WordVectors, temperature: float
) -> CodeClassifier:
    """Fit a classifier on all documents; `held_out_scores` and `temperature_of` say what its temperature is.

    Deterministic on one machine.
    """
    return _fit([_course(document, encoder, vectors) for document in documents], encoder, temperature)


def held_out_scores(
    documents: Sequence[CodedDocument],
    *,
    held_out: str = "name",
    encoder: PieceEncoder,
    vectors: WordVectors,
    folds: int = FOLDS,
) -> list[NDArray[np.float32]]:
    """For each document the scores of its sentences by a classifier that saw no document of its group.

    `held_out` is the field of a CodedDocument by which they are grouped: name, party or year. There must be as many
    groups as folds. Divided by a temperature, their softmax gives probabilities. Shapes: sentences × codes.
    """
    courses = [_course(document, encoder, vectors) for document in documents]
    groups = np.array([getattr(document, held_out) for document in documents])
    sizes = np.array([len(document.codes) for document in documents])
    said: list[NDArray[np.float32]] = [np.zeros((0, len(CODES)), np.float32)] * len(courses)
    for training, test in _folds(groups, sizes, folds):
        classifier = _fit([courses[each] for each in training], encoder, 1.0)
        for each in test:
            said[each] = classifier.scores(courses[each].features, encoder)
    return said


def temperature_of(documents: Sequence[CodedDocument], scores: Sequence[NDArray[np.float32]]) -> float:
    """The temperature at which the coders' codes are most likely, given scores of sentences that were held out."""
    truth = np.concatenate([_columns(document) for document in documents])
    said = softmax(np.concatenate(scores))
    return fit_temperature(said[truth >= 0], truth[truth >= 0])


def _folds(groups: NDArray[np.str_], sizes: NDArray[np.int64], folds: int) -> Iterator[tuple[list[int], list[int]]]:
    """Yield documents to train on and to test on, whole groups together, folds with about as many sentences."""
    loads = np.zeros(folds, np.int64)
    fold_of: dict[str, int] = {}
    totals = {str(group): int(sizes[groups == group].sum()) for group in groups}
    for group in sorted(totals, key=lambda each: (-totals[each], each)):
        fold_of[group] = int(loads.argmin())
        loads[fold_of[group]] += totals[group]
    chosen = np.array([fold_of[str(group)] for group in groups])
    for fold in range(folds):
        yield np.flatnonzero(chosen != fold).tolist(), np.flatnonzero(chosen == fold).tolist()


def _fit(courses: Sequence[_Course], encoder: PieceEncoder, temperature: float) -> CodeClassifier:
    counts = np.bincount(np.concatenate([each.codes[each.codes >= 0] for each in courses]), minlength=len(CODES))
    bias = np.where(counts > 0, -_RAISED * np.log(np.maximum(counts, 1) / counts.sum()), _UNSEEN).astype(np.float32)
    networks = tuple(_fit_network(courses, encoder, SEED + each) for each in range(NETWORKS))
    return CodeClassifier(CODES, _fit_linear(courses), networks, bias, temperature)


def _course(document: CodedDocument, encoder: PieceEncoder, vectors: WordVectors) -> _Course:
    return _Course(document_features(document.readings, encoder=encoder, vectors=vectors), _columns(document))


def _columns(document: CodedDocument) -> NDArray[np.int64]:
    columns = {code: column for column, code in enumerate(CODES)}
    return np.array([columns[code] if code else -1 for code in document.codes], np.int64)


def _fit_linear(courses: Sequence[_Course]) -> Linear:
    """A support vector machine per code, against all others."""
    counts: dict[str, list[csr_matrix]] = {name: [] for name in _BLOCKS}
    for course in courses:
        for name, found in word_counts(course.features).items():
            counts[name].append(found[course.codes >= 0])
    blocks = {name: _word_block(vstack(found).tocsr(), _BLOCKS[name]) for name, found in counts.items()}
    truth = np.concatenate([course.codes[course.codes >= 0] for course in courses])
    rows = vstack([linear_rows(course.features, blocks, _VECTORS)[course.codes >= 0] for course in courses]).tocsr()
    machine = LinearSVC(C=_MARGIN, tol=_TOLERANCE, random_state=SEED).fit(rows, truth)
    weights = np.zeros((rows.shape[1], len(CODES)), np.float16)
    bias = np.full(len(CODES), -3.0, np.float32)  # farther than any seen code from a sentence about something else
    if len(machine.classes_) == 2:  # then there is one plane between both
        weights[:, machine.classes_] = np.hstack([-machine.coef_.T, machine.coef_.T])
        bias[machine.classes_] = np.hstack([-machine.intercept_, machine.intercept_])
    else:
        weights[:, machine.classes_], bias[machine.classes_] = machine.coef_.T, machine.intercept_
    return Linear(blocks, _VECTORS, weights, bias)


def _word_block(counts: csr_matrix, weight: float) -> WordBlock:
    frequency = np.asarray((counts > 0).sum(axis=0)).ravel()
    columns = np.argsort(-frequency, kind="stable")[: min(_KEPT, int((frequency > 1).sum()))]
    columns = np.sort(columns)
    idf = np.log((1 + counts.shape[0]) / (1 + frequency[columns])) + 1
    return WordBlock(columns.astype(np.int32), idf.astype(np.float32), weight)


def _fit_network(courses: Sequence[_Course], encoder: PieceEncoder, seed: int) -> Network:
    """A network, by Adam (Kingma and Ba 2015) over stretches of documents."""
    fix_random_seed(seed)
    random = np.random.default_rng(seed)
    given = [network_rows(course.features) for course in courses]
    pieces = _Pieces(encoder.vectors.astype(np.float32).copy())
    width = encoder.vectors.shape[1]
    first: Any = ThincMaxout(_WIDTH, 2 * width + given[0].shape[1], nP=_SUMS, normalize=True, dropout=_DROPPED)
    layers: list[Any] = [
        ThincMaxout(_WIDTH, 3 * _WIDTH, nP=_SUMS, normalize=True, dropout=_DROPPED) for _ in range(_WINDOWS)
    ]
    windows: Any = with_array(chain(*(residual(chain(expand_window(1), each)) for each in layers)), pad=_WINDOWS)
    last: Any = ThincLinear(len(CODES), 2 * _WIDTH)
    for each in (first, windows, last):
        each.initialize()
    adam = Adam(_RATE, L2=1e-4, grad_clip=1.0)
    weigh = _code_weights(courses)
    steps = _EPOCHS * (sum(len(course.codes) for course in courses) // (_STRETCH * _STRETCHES) + 1)
    done = 0
    for _ in range(_EPOCHS):
        for batch in _batches(courses, random):
            texts, heads, dense, truth = _batch(courses, given, batch, random)
            lengths = [stop - start for _, start, stop in batch]
            ends = np.cumsum(lengths)[:-1]
            rows = np.hstack([texts @ pieces.vectors, heads @ pieces.vectors, dense]).astype(np.float32)
            kept = ((random.random(rows.shape) > _INPUT_DROPPED) / (1 - _INPUT_DROPPED)).astype(np.float32)
            own, back_first = first.begin_update(rows * kept)
            read, back_windows = windows.begin_update(np.split(own, ends))
            scores, back_last = last.begin_update(np.hstack([np.concatenate(read), own]))
            error = back_last(_error(scores, truth, weigh))
            through = np.concatenate(back_windows(np.split(np.ascontiguousarray(error[:, :_WIDTH]), ends)))
            of_rows = back_first(np.ascontiguousarray(error[:, _WIDTH:] + through)) * kept
            share = min(1, done / _WARM_UP) * max(_LAST_RATE, 1 - done / steps)
            pieces.learn(vstack([texts, heads]), np.vstack([of_rows[:, :width], of_rows[:, width : 2 * width]]), share)
            adam.learn_rate = _RATE * share
            for each in (first, windows, last):
                each.finish_update(adam)
            done += 1
    learnt = np.flatnonzero(pieces.touched).astype(np.int32)
    return Network(
        learnt,
        pieces.vectors[learnt].astype(np.float16),
        _maxout(first),
        tuple(map(_maxout, layers)),
        np.array(last.get_param("W"), np.float32),
        np.array(last.get_param("b"), np.float32),
    )


class _Pieces:
    """Vectors of pieces that learn by Adam where a step has them: a step has a fifth of all."""

    def __init__(self, vectors: NDArray[np.float32]) -> None:
        self.vectors = vectors
        self.touched = np.zeros(len(vectors), bool)
        self._first, self._second, self._steps = np.zeros_like(vectors), np.zeros_like(vectors), 0

    def learn(self, counts: csr_matrix, error: NDArray[np.float32], share: float) -> None:
        """A step against the error of sums of vectors. Shapes: texts × pieces, texts × width."""
        columns = counts.tocsc()
        has = np.flatnonzero(np.diff(columns.indptr))
        slope = np.asarray(columns[:, has].T @ error, np.float32)
        self._steps += 1
        self._first[has] = first = 0.9 * self._first[has] + 0.1 * slope
        self._second[has] = second = 0.99 * self._second[has] + 0.01 * slope**2
        size = np.sqrt(second / (1 - 0.99**self._steps)) + 1e-8
        self.vectors[has] -= _PIECES_RATE * share * first / (1 - 0.9**self._steps) / size
        self.touched[has] = True


_Stretch = tuple[int, int, int]
"""A document, and the sentences of it from and up to which."""


def _batches(courses: Sequence[_Course], random: np.random.Generator) -> Iterator[list[_Stretch]]:
    """Yield stretches of documents, each cut at other places every time, some at a time."""
    stretches: list[_Stretch] = []
    for number, course in enumerate(courses):
        length = len(course.codes)
        cuts = [0, *range(int(random.integers(1, _STRETCH + 1)), length, _STRETCH), length]
        stretches += [(number, start, stop) for start, stop in zip(cuts, cuts[1:], strict=False) if start < stop]
    order = random.permutation(len(stretches))
    for start in range(0, len(order), _STRETCHES):
        yield [stretches[each] for each in order[start : start + _STRETCHES]]


def _batch(
    courses: Sequence[_Course],
    given: Sequence[NDArray[np.float32]],
    batch: Sequence[_Stretch],
    random: np.random.Generator,
) -> tuple[csr_matrix, csr_matrix, NDArray[np.float32], NDArray[np.int64]]:
    """Pieces of texts and of headings, dense rows and codes of some stretches; half of them without their headings."""
    texts, heads, dense, truth = [], [], [], []
    for number, start, stop in batch:
        features = courses[number].features
        rows = given[number][start:stop].copy()
        above = features.heading_pieces[start:stop]
        if random.random() < _HEADINGS_DROPPED:
            above = above * 0
            first = features.encoded.shape[1] + features.means.shape[1]
            rows[:, first : first + features.heading.shape[1]] = 0
        texts.append(features.pieces[start:stop])
        heads.append(above)
        dense.append(rows)
        truth.append(courses[number].codes[start:stop])
    return vstack(texts).tocsr(), vstack(heads).tocsr(), np.vstack(dense), np.concatenate(truth)


def _error(scores: NDArray[np.float32], truth: NDArray[np.int64], weigh: NDArray[np.float32]) -> NDArray[np.float32]:
    """The slope of the cross-entropy with smoothed codes; sentences without a code have none."""
    wanted = np.full(scores.shape, _SMOOTHING / scores.shape[1], np.float32)
    coded = truth >= 0
    wanted[np.flatnonzero(coded), truth[coded]] += 1 - _SMOOTHING
    weights = np.where(coded, weigh[truth], 0)[:, None]
    return ((softmax(scores) - wanted) * weights * 4 / len(truth)).astype(np.float32)


def _code_weights(courses: Sequence[_Course]) -> NDArray[np.float32]:
    truth = np.concatenate([course.codes[course.codes >= 0] for course in courses])
    counts = np.bincount(truth, minlength=len(CODES))
    weights = np.where(counts > 0, (len(truth) / np.maximum(counts, 1)) ** _BALANCE, 0)
    return np.asarray(weights / weights[truth].mean(), np.float32)


def _maxout(fitted: Any) -> Maxout:
    """A fitted layer of thinc as arrays."""
    (layer,) = [each for each in fitted.walk() if each.name == "maxout"]
    (norm,) = [each for each in fitted.walk() if each.name == "layernorm"]
    return Maxout(
        np.array(layer.get_param("W"), np.float16),
        np.array(layer.get_param("b"), np.float32),
        np.array(norm.get_param("G"), np.float32),
        np.array(norm.get_param("b"), np.float32),
    )
