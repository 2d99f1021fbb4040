"""Sentences → Labels, by one trained classifier per codebook."""

import json
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import numpy as np
import skops.io
from scipy.sparse import csr_matrix
from sklearn.feature_extraction.text import HashingVectorizer, TfidfTransformer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import FeatureUnion, Pipeline
from sklearn.preprocessing import FunctionTransformer

from extract.codebooks import (
    CODEBOOK_FILE,
    METRICS_FILE,
    MODEL_FILE,
    Codebook,
    model_id,
    read_codebook,
    unusable_model,
)
from extract.keywords import keyword_weights
from extract.records import Label, Sentence

# All that a model file may construct beyond what skops trusts by itself; anything else is refused.
TRUSTED_TYPES = ("extract.keywords.keyword_weights", "extract.themes.take_columns")

# Chosen by 5-fold cross-validation over whole manifestos, macro-F1 of policy areas: half as many n-grams lose .015,
# more gain nothing; keywords add .064; three times their scale adds .012 and loses as much on digitalisation.
_HASHES = 2**20
_WORD_FEATURES = 10_000
_CHARACTER_FEATURES = 30_000
_KEYWORD_SCALE = 0.3
_STRENGTH = 10.0  # inverse of the L2 penalty

_AT_ONCE = 4_096  # sentences; bounds the memory that features take
_DECIMALS = 4  # of a probability, so that the last bits of a platform's arithmetic change no byte


@dataclass(frozen=True, slots=True)
class ThemeModel:
    """A trained classifier with its codebook, and the probability below which it abstains."""

    codebook: Codebook
    classifier: Pipeline
    threshold: float
    model_id: str


def fit(texts: Sequence[str], labels: Sequence[str], *, keywords: str) -> Pipeline:
    """Fit a classifier on sentences, the labels that readers gave them, and a keyword list (CSV as text).

    Features are TF-IDF of words and word pairs; of 3 to 5 characters inside words, which bridge Dutch compounds and
    the broken words of poor text layers; and the weight of each label's keywords. N-grams are hashed, and those that
    most sentences have are kept: no vocabulary of the training texts travels with the model, and it loads at once.
    Labels weigh the same however rare they are, because macro-F1 counts them so.
    """
    features = FeatureUnion(
        [
            ("words", _counted("word", (1, 2), _WORD_FEATURES, texts)),
            ("characters", _counted("char_wb", (3, 5), _CHARACTER_FEATURES, texts)),
            ("keywords", FunctionTransformer(keyword_weights, kw_args={"listing": keywords})),
        ],
        transformer_weights={"keywords": _KEYWORD_SCALE},
    )
    regression = LogisticRegression(C=_STRENGTH, class_weight="balanced", max_iter=300, tol=1e-3)
    classifier = Pipeline([("features", features), ("regression", regression)])
    classifier.fit(texts, labels)
    regression.coef_ = regression.coef_.astype(np.float32)
    return classifier


def take_columns(matrix: csr_matrix, columns: np.ndarray) -> csr_matrix:
    """The chosen columns of a matrix of counts."""
    return matrix[:, columns]


def label_sentences(sentences: Iterable[Sentence], models: Sequence[ThemeModel]) -> Iterator[Label]:
    """Yield a Label per sentence and model, sentence by sentence."""
    remaining = iter(sentences)
    while batch := list(islice(remaining, _AT_ONCE)):
        texts = [sentence.text for sentence in batch]
        columns = [list(_judge(model, texts)) for model in models]
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
    return tuple(_load_model(models / codebook) for codebook in codebooks)


def _load_model(folder: Path) -> ThemeModel:
    identity = model_id(folder)
    codebook = read_codebook(folder / CODEBOOK_FILE)
    try:
        classifier = skops.io.load(folder / MODEL_FILE, trusted=list(TRUSTED_TYPES))
        threshold = float(json.loads((folder / METRICS_FILE).read_text(encoding="utf-8"))["threshold"])
    except Exception as error:  # skops raises whatever a broken or foreign file makes it meet
        raise unusable_model(folder, f"{type(error).__name__}: {error}") from error
    unknown = set(classifier.classes_) - set(codebook.labels)
    if unknown:
        raise unusable_model(folder, f"the model gives labels that its codebook has not: {', '.join(sorted(unknown))}")
    return ThemeModel(codebook, classifier, threshold, identity)


def _judge(model: ThemeModel, texts: Sequence[str]) -> Iterator[tuple[str, float, str, float]]:
    """Label, probability, runner-up and its probability for each text."""
    classes = model.classifier.classes_
    for row in model.classifier.predict_proba(texts).round(_DECIMALS):
        first, second = np.argsort(-row, kind="stable")[:2]
        yield str(classes[first]), float(row[first]), str(classes[second]), float(row[second])


def _counted(analyzer: str, lengths: tuple[int, int], kept: int, texts: Sequence[str]) -> Pipeline:
    """TF-IDF of the `kept` hashed n-grams that most of the texts have, and at least two."""
    count = HashingVectorizer(
        analyzer=analyzer, ngram_range=lengths, n_features=_HASHES, alternate_sign=False, norm=None
    )
    frequency = np.asarray((count.transform(texts) > 0).sum(axis=0)).ravel()
    columns = np.sort(np.argsort(-frequency, kind="stable")[: min(kept, int((frequency > 1).sum()))])
    take = FunctionTransformer(take_columns, kw_args={"columns": columns})
    return Pipeline([("count", count), ("take", take), ("weigh", TfidfTransformer(sublinear_tf=True))])
