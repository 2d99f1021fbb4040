"""Sentences → Labels, by one trained classifier per codebook."""

import json
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import numpy as np
import skops.io
from scipy.sparse import csr_matrix, hstack
from sklearn.feature_extraction.text import HashingVectorizer, TfidfTransformer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import FeatureUnion, Pipeline
from sklearn.preprocessing import FunctionTransformer, StandardScaler

from extract.codebooks import (
    CODEBOOK_FILE,
    KEYWORDS_FILE,
    METRICS_FILE,
    MODEL_FILE,
    Codebook,
    model_id,
    read_codebook,
    unusable_model,
)
from extract.keywords import keyword_weights
from extract.language import OURS
from extract.records import Label, Sentence
from extract.word_vectors import WordVectors, load_vectors

# All that a model file may construct beyond what skops trusts by itself; anything else is refused.
TRUSTED_TYPES = ("extract.themes.take_columns",)

# Chosen by 5-fold cross-validation over whole manifestos, macro-F1 of policy areas: half as many n-grams lose .015,
# more gain nothing; keywords add .064; three times their scale adds .012 and loses as much on digitalisation.
_HASHES = 2**20
_WORD_FEATURES = 10_000
_CHARACTER_FEATURES = 30_000
_KEYWORD_SCALE = 0.3
# Macro-F1 of statement with vectors at this scale .613, without .551; at twice the scale .617, and less accurate.
_MEANING_SCALE = 0.05
_STRENGTH = 10.0  # inverse of the L2 penalty

_AT_ONCE = 4_096  # sentences; bounds the memory that features take
_DECIMALS = 4  # of a probability, so that the last bits of a platform's arithmetic change no byte


@dataclass(frozen=True, slots=True)
class ThemeModel:
    """A trained classifier with its codebook and keyword list, and the probability below which it abstains."""

    codebook: Codebook
    keywords: str  # CSV as text
    vectors: WordVectors | None
    classifier: Pipeline
    threshold: float
    model_id: str


def fit(texts: Sequence[str], labels: Sequence[str], *, keywords: str, vectors: WordVectors | None = None) -> Pipeline:
    """Fit a classifier on sentences, the labels that readers gave them, a keyword list (CSV as text) and word vectors.

    Features are TF-IDF of words and word pairs; of 3 to 5 characters inside words, which bridge Dutch compounds and
    the broken words of poor text layers; the weight of each label's keywords; and the mean of the words' vectors.
    N-grams are hashed, and those that most sentences have are kept: no vocabulary of the training texts travels with
    the model, and it loads at once.
    Labels weigh the same however rare they are, because macro-F1 counts them so.
    """
    counts = count_features(texts)
    shared = with_meaning(counts, texts, vectors)
    matrix = with_keywords(shared, texts, keywords)
    parts = [
        ("words", _weighed(_most_frequent(counts, range(_HASHES), _WORD_FEATURES))),
        ("characters", _weighed(_most_frequent(counts, range(_HASHES, 2 * _HASHES), _CHARACTER_FEATURES))),
        ("keywords", _taken(range(shared.shape[1], matrix.shape[1]))),
    ]
    if vectors:
        meaning = _taken(range(counts.shape[1], shared.shape[1]))
        parts.append(("meaning", Pipeline([("take", meaning), ("scale", StandardScaler(with_mean=False))])))
    weights = {"keywords": _KEYWORD_SCALE} | ({"meaning": _MEANING_SCALE} if vectors else {})
    features = FeatureUnion(parts, transformer_weights=weights)
    regression = LogisticRegression(C=_STRENGTH, class_weight="balanced", max_iter=300, tol=1e-3)
    classifier = Pipeline([("features", features), ("regression", regression)])
    classifier.fit(matrix, labels)
    regression.coef_ = regression.coef_.astype(np.float32)
    return classifier


def count_features(texts: Sequence[str]) -> csr_matrix:
    """Counts of hashed n-grams, words before characters: what all classifiers share of a text's features.

    Shape: texts × 2 · 2**20.
    """
    counted = [
        HashingVectorizer(analyzer=analyzer, ngram_range=lengths, n_features=_HASHES, alternate_sign=False, norm=None)
        for analyzer, lengths in (("word", (1, 2)), ("char_wb", (3, 5)))
    ]
    return hstack([each.transform(texts) for each in counted], format="csr")


def with_meaning(counts: csr_matrix, texts: Sequence[str], vectors: WordVectors | None) -> csr_matrix:
    """Counts, and behind them the means of word vectors, if there are any."""
    return hstack([counts, vectors.means(texts)], format="csr") if vectors else counts


def with_keywords(shared: csr_matrix, texts: Sequence[str], keywords: str) -> csr_matrix:
    """The features of a classifier: those shared by all, and behind them the weights of its own keyword list."""
    return hstack([shared, csr_matrix(keyword_weights(texts, listing=keywords))], format="csr")


def take_columns(matrix: csr_matrix, columns: np.ndarray) -> csr_matrix:
    """The chosen columns of a matrix of counts."""
    return matrix[:, columns]


def label_sentences(sentences: Iterable[Sentence], models: Sequence[ThemeModel]) -> Iterator[Label]:
    """Yield a Label per sentence and model, sentence by sentence."""
    remaining = iter(sentences)
    while batch := list(islice(remaining, _AT_ONCE)):
        texts = [sentence.text for sentence in batch]
        counts = count_features(texts)
        shared = {vectors: with_meaning(counts, texts, vectors) for vectors in {model.vectors for model in models}}
        columns = [list(_judge(model, with_keywords(shared[model.vectors], texts, model.keywords))) for model in models]
        for sentence, verdicts in zip(batch, zip(*columns, strict=True), strict=True):
            for model, (label, probability, runner_up, runner_up_probability) in zip(models, verdicts, strict=True):
                yield Label(
                    sentence_id=sentence.sentence_id,
                    codebook=model.codebook.id,
                    label=label,
                    probability=probability,
                    runner_up=runner_up,
                    runner_up_probability=runner_up_probability,
                    abstained=probability < model.threshold,
                    model_id=model.model_id,
                )


def save_model(classifier: Pipeline, folder: Path) -> None:
    """Write a classifier to its codebook's folder, as a skops file whose bytes depend on it alone."""
    skops.io.dump(classifier, folder / MODEL_FILE, compression=zipfile.ZIP_DEFLATED)


def load_models(models: Path, codebooks: Iterable[str]) -> tuple[ThemeModel, ...]:
    """Load the models of some codebooks from the folder that holds them."""
    vectors = load_vectors(models)
    return tuple(_load_model(models / codebook, vectors) for codebook in codebooks)


def _load_model(folder: Path, vectors: WordVectors | None) -> ThemeModel:
    identity = model_id(folder)
    codebook = read_codebook(folder / CODEBOOK_FILE)
    try:
        classifier = skops.io.load(folder / MODEL_FILE, trusted=list(TRUSTED_TYPES))
        keywords = (folder / KEYWORDS_FILE).read_text(encoding="utf-8")
        metrics = json.loads((folder / METRICS_FILE).read_text(encoding="utf-8"))
        threshold, wanted = float(metrics["threshold"]), metrics.get("vectors_sha256")
        unknown = set(classifier.classes_) - set(codebook.labels)
    except Exception as error:  # skops raises whatever a broken or foreign file makes it meet
        raise unusable_model(folder, f"{type(error).__name__}: {error}") from error
    if unknown:
        raise unusable_model(folder, f"the model gives labels that its codebook has not: {', '.join(sorted(unknown))}")
    if wanted and (vectors is None or vectors.sha256 != wanted):
        raise unusable_model(folder, f"it was trained with other word vectors than those in {folder.parent / OURS}")
    return ThemeModel(codebook, keywords, vectors if wanted else None, classifier, threshold, identity)


def _judge(model: ThemeModel, features: csr_matrix) -> Iterator[tuple[str, float, str, float]]:
    """Label, probability, runner-up and its probability for each row of features."""
    classes = model.classifier.classes_
    for row in model.classifier.predict_proba(features).round(_DECIMALS):
        first, second = np.argsort(-row, kind="stable")[:2]
        yield str(classes[first]), float(row[first]), str(classes[second]), float(row[second])


def _most_frequent(counts: csr_matrix, columns: range, kept: int) -> np.ndarray:
    """The `kept` columns of a range that most texts have, and at least two."""
    frequency = np.asarray((counts[:, columns.start : columns.stop] > 0).sum(axis=0)).ravel()
    chosen = np.argsort(-frequency, kind="stable")[: min(kept, int((frequency > 1).sum()))]
    return np.sort(chosen) + columns.start


def _weighed(columns: np.ndarray) -> Pipeline:
    """TF-IDF of some columns of counts."""
    return Pipeline([("take", _taken(columns)), ("weigh", TfidfTransformer(sublinear_tf=True))])


def _taken(columns: Iterable[int]) -> FunctionTransformer:
    return FunctionTransformer(take_columns, kw_args={"columns": np.array(columns)})
