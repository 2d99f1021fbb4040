"""Sentences → Labels, by one trained classifier per codebook."""

import io
import re
import zipfile
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from scipy.sparse import csr_matrix
from sklearn.feature_extraction.text import TfidfTransformer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import FeatureUnion, Pipeline
from sklearn.preprocessing import FunctionTransformer, StandardScaler

from extract.labels.audits import classifier_in
from extract.labels.codebooks import (
    CODEBOOK_FILE,
    HASHED,
    KEYWORDS_FILE,
    METRICS_FILE,
    MODEL_FILE,
    Codebook,
    hashes_of,
    model_id,
    read_codebook,
    unusable_model,
)
from extract.labels.confusion import Confusion
from extract.labels.contexts import Reading, in_context
from extract.labels.encoders import OURS, load_encoder, load_encoder_of_model
from extract.labels.features import COUNTED, Features, Meaning, shared_features, with_keywords
from extract.labels.keywords import keyword_labels
from extract.labels.metrics import Metrics, metrics_of
from extract.labels.word_vectors import load_vectors
from extract.parts import read_part, read_text, reading
from extract.problems import ManifestoError, UsageError
from extract.records import Label, Passage, Sentence

# Hashed n-grams that are kept of each block: those that most training sentences have.
_KEPT = {"words": 15_000, "characters": 30_000, "pattern": 30_000}

# How much each block weighs beside n-grams. All were compared by 5-fold cross-validation over whole manifestos.
_WEIGHTS = {
    "form": 0.1,
    "keywords of text": 0.3,
    "keywords of heading": 0.3,
    "keywords of before": 0.2,
    "keywords of after": 0.2,
    "meaning of text": 0.05,
    "meaning of heading": 0.03,
    "meaning of before": 0.03,
    "meaning of after": 0.03,
    "word vectors": 0.05,
}
_STRENGTH = 1.0  # inverse of the L2 penalty
# How far labels weigh the same however rare they are: 1 wholly, 0 each by its sentences. Macro-F1 on manifestos held
# out whole for 1, .7, .5 and .3: digitalisation .679, .699, .702, .693; statement .707, .707, .706, .705; policy areas
# .759, .761, .759, .759.
_BALANCE = 0.5

# What a model is tried on when it is loaded: sentences with everything that features are made of.
_PROBES = (
    Reading(
        "De overheid moet zuinig zijn met gegevens van 17 miljoen burgers.", "Wat willen wij?", "Zo is het.", "Zorg"
    ),
    Reading(""),
)
_AT_ONCE = 4_096  # sentences; bounds the memory that features take
_CHARACTERS_AT_ONCE = 1_000_000  # of them; of a manifesto so many sentences have half as many
_SCHEMA = "schema.json"  # in a skops file
_NUMBERED = re.compile(r'("__id__": |"file": ")(\d+)')  # an object in it
_DECIMALS = 4  # of a probability, so that the last bits of a platform's arithmetic change no byte


@dataclass(frozen=True, slots=True, eq=False)
class ThemeModel:
    """A trained classifier with its codebook and keyword list, and the probability below which it abstains."""

    codebook: Codebook
    keywords: str  # CSV as text
    meaning: Meaning
    classifier: Pipeline
    threshold: float
    model_id: str
    confusion: Confusion | None = None  # on manifestos that it had not seen
    apart: Mapping[str, float] | None = None  # by scale; see `Metrics`


def features_of(readings: Sequence[Reading], *, keywords: str, meaning: Meaning) -> Features:
    """All features of a codebook's classifier; the one function for training and for labelling."""
    return with_keywords(shared_features(readings, meaning), readings, keywords)


def fit_features(
    features: Features, labels: Sequence[str], *, by_form: bool, without: Collection[str] = ()
) -> Pipeline:
    """Fit a classifier on features (`features.py` says which) and labels.

    Hashed n-grams are weighed by TF-IDF, and those that most sentences have are kept: no vocabulary of the training
    texts travels with the model, and it loads at once. Dense blocks are scaled to unit variance, then weighed.
    Rare labels weigh more than their sentences, because macro-F1 counts all labels the same. `by_form` takes the
    pattern of a sentence in, which helps where the form decides and adds noise where only the subject does. Blocks
    `without` are left out, to see what they are worth.
    """
    blocks = [name for name in features.blocks if name not in without and (by_form or name != "pattern")]
    parts = [(name, _prepared(name, features)) for name in blocks]
    union = FeatureUnion(parts, transformer_weights={name: _WEIGHTS.get(name, 1.0) for name in blocks})
    regression = LogisticRegression(C=_STRENGTH, class_weight=_label_weights(labels), max_iter=300, tol=1e-3)
    classifier = Pipeline([("features", union), ("regression", regression)])
    classifier.fit(features.matrix, labels)
    regression.coef_ = regression.coef_.astype(np.float32)
    return classifier


def calibrate(classifier: Pipeline, temperature: float) -> None:
    """Divide what a classifier says by a temperature (Guo et al. 2017): probabilities change, labels do not."""
    regression = classifier.named_steps["regression"]
    regression.coef_ = (regression.coef_ / temperature).astype(np.float32)
    regression.intercept_ = regression.intercept_ / temperature


def take_columns(matrix: csr_matrix, columns: np.ndarray) -> csr_matrix:
    """The chosen columns of a matrix of features."""
    return matrix[:, columns]


def label_sentences(
    sentences: Sequence[Sentence], passages: Iterable[Passage], models: Sequence[ThemeModel]
) -> Iterator[Label]:
    """Yield a Label per sentence and model, sentence by sentence; sentences and passages are those of a document."""
    for batch in _batches(zip(sentences, in_context(sentences, passages), strict=True)):
        verdicts = label_readings([reading for _, reading in batch], models)
        for (sentence, _), of_models in zip(batch, verdicts, strict=True):
            for model, (label, probability, runner_up, runner_up_probability) in zip(models, of_models, strict=True):
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


Verdict = tuple[str, float, str, float]
"""Label, probability, runner-up and its probability."""


def _batches(read: Iterable[tuple[Sentence, Reading]]) -> Iterator[list[tuple[Sentence, Reading]]]:
    """Yield sentences in lists of a bounded number, and a bounded number of characters."""
    some: list[tuple[Sentence, Reading]] = []
    characters = 0
    for each in read:
        if some and (len(some) == _AT_ONCE or characters + len(each[1].text) > _CHARACTERS_AT_ONCE):
            yield some
            some, characters = [], 0
        some.append(each)
        characters += len(each[1].text)
    if some:
        yield some


def label_readings(readings: Sequence[Reading], models: Sequence[ThemeModel]) -> list[tuple[Verdict, ...]]:
    """For each sentence in context the verdict of each model."""
    shared = {meaning: shared_features(readings, meaning) for meaning in {model.meaning for model in models}}
    columns = [
        list(_judge(model, with_keywords(shared[model.meaning], readings, model.keywords).matrix)) for model in models
    ]
    return list(zip(*columns, strict=True))


def save_model(classifier: Pipeline, folder: Path) -> None:
    """Write a classifier to its codebook's folder, as a skops file whose bytes depend on it alone."""
    import skops.io  # not above: it takes a second to load, and only training needs it

    (folder / MODEL_FILE).write_bytes(without_chance(skops.io.dumps(classifier)))


def load_models(models: Path, codebooks: Iterable[str]) -> tuple[ThemeModel, ...]:
    """Load the models of some codebooks from the folder that holds them."""
    return tuple(_load_model(models / name) for name in map(_checked, codebooks))


def _checked(codebook: str) -> str:
    """The name of a codebook, which a dataset of another may say as well; no other folder is looked into."""
    if not re.fullmatch(r"[\w-]+", codebook):
        raise UsageError(f"{codebook!r} is no name of a codebook. Give the name of a folder in models/.")
    return codebook


def load_meaning(models: Path, encoder: str | None = OURS) -> Meaning:
    """The text encoder of a name or path, and the word vectors in the folder of models."""
    return Meaning(load_encoder(encoder, models) if encoder else None, load_vectors(models))


def _load_model(folder: Path) -> ThemeModel:
    def unusable(why: str) -> ManifestoError:
        return unusable_model(folder, why)

    identity = model_id(folder)
    codebook = read_codebook(folder / CODEBOOK_FILE)
    with reading(METRICS_FILE, unusable):
        metrics = metrics_of(read_text(folder / METRICS_FILE))
    with reading(KEYWORDS_FILE, unusable):
        keywords = read_text(folder / KEYWORDS_FILE)
        listed = keyword_labels(keywords)
    with reading(MODEL_FILE, unusable):
        classifier = classifier_in(read_part(folder / MODEL_FILE))
    if codebook.id != folder.name:
        raise unusable(f"{CODEBOOK_FILE} says that it is {codebook.id}")
    for file, labels in ((MODEL_FILE, classifier.classes_), (KEYWORDS_FILE, listed)):
        if unknown := {str(label) for label in labels} - set(codebook.labels):
            raise unusable(f"{file} gives labels that its codebook lacks: {', '.join(sorted(unknown))[:200]}")
    if unfit := [HASHED[name] for name, sha256 in hashes_of(folder).items() if metrics.said.get(name) != sha256]:
        raise unusable(f"it was not trained with what is there now of: {', '.join(unfit)}")
    if metrics.confusion and set(metrics.confusion.labels) - set(codebook.labels):
        raise unusable(f"{METRICS_FILE} states a confusion of labels that its codebook lacks")
    meaning = _meaning_of(metrics, folder)
    model = ThemeModel(
        codebook, keywords, meaning, classifier, metrics.threshold, identity, metrics.confusion, metrics.apart
    )
    with reading(MODEL_FILE, unusable):
        _try(model)
    return model


def _meaning_of(metrics: Metrics, folder: Path) -> Meaning:
    """The text encoder and word vectors that a model was trained with."""
    try:
        name = metrics.meaning.get("encoder")
        encoder = load_encoder_of_model(name, folder.parent) if name else None
        vectors = load_vectors(folder.parent) if "vectors_sha256" in metrics.meaning else None
    except ManifestoError as error:
        raise unusable_model(folder, f"its text encoder or word vectors cannot be loaded. {error}") from error
    meaning = Meaning(encoder, vectors)
    if meaning.hashes() != metrics.meaning:
        raise unusable_model(folder, "it was trained with another text encoder or other word vectors than those here")
    return meaning


def _try(model: ThemeModel) -> None:
    """Raise what a model raises whose parts do not fit each other; else each document would meet it."""
    features = features_of(_PROBES, keywords=model.keywords, meaning=model.meaning)
    found = model.classifier.predict_proba(features.matrix)
    if found.shape != (len(_PROBES), len(model.classifier.classes_)):
        raise ValueError("it does not give a probability for each label")
    if not np.allclose(found.sum(axis=1), 1, atol=1e-3) or not ((found >= 0) & (found <= 1)).all():
        raise ValueError("what it gives are no probabilities")


def _judge(model: ThemeModel, features: csr_matrix) -> Iterator[Verdict]:
    classes = model.classifier.classes_
    for row in model.classifier.predict_proba(features).astype(np.float64).round(_DECIMALS):
        first, second = np.argsort(-row, kind="stable")[:2]
        yield str(classes[first]), float(row[first]), str(classes[second]), float(row[second])


def without_chance(dumped: bytes) -> bytes:
    """A skops file with its objects numbered in their order: skops numbers them by where they lay in memory."""
    numbers: dict[str, str] = {}

    def number(found: re.Match[str]) -> str:
        return found[1] + numbers.setdefault(found[2], str(len(numbers)))

    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(dumped)) as source, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target:
        schema = _NUMBERED.sub(number, source.read(_SCHEMA).decode("utf-8"))
        arrays = {numbers[Path(name).stem]: source.read(name) for name in source.namelist() if name != _SCHEMA}
        for name in sorted(arrays, key=int):
            target.writestr(_undated(f"{name}.npy"), arrays[name], zipfile.ZIP_DEFLATED)
        target.writestr(_undated(_SCHEMA), schema, zipfile.ZIP_DEFLATED)
    return out.getvalue()


def _undated(name: str) -> zipfile.ZipInfo:
    """A member of a zip file without date, and as if made on Unix, wherever it is made."""
    info = zipfile.ZipInfo(name)
    info.create_system = 3
    return info


def _label_weights(labels: Sequence[str]) -> dict[str, float]:
    counts = Counter(map(str, labels))
    return {label: (len(labels) / (len(counts) * count)) ** _BALANCE for label, count in counts.items()}


def _prepared(name: str, features: Features) -> Pipeline:
    """What is done with a block before the regression."""
    columns = features.blocks[name]
    if name in COUNTED:
        kept = _most_frequent(features.matrix, columns, _KEPT[name])
        return Pipeline([("take", _taken(kept)), ("weigh", TfidfTransformer(sublinear_tf=True))])
    if name.startswith("keywords"):  # their scale is the same in every codebook
        return Pipeline([("take", _taken(columns))])
    return Pipeline([("take", _taken(columns)), ("scale", StandardScaler(with_mean=False))])


def _most_frequent(counts: csr_matrix, columns: range, kept: int) -> np.ndarray:
    """The `kept` columns of a range that most texts have, and at least two."""
    frequency = np.asarray((counts[:, columns.start : columns.stop] > 0).sum(axis=0)).ravel()
    chosen = np.argsort(-frequency, kind="stable")[: min(kept, int((frequency > 1).sum()))]
    return np.sort(chosen) + columns.start


def _taken(columns: Iterable[int]) -> FunctionTransformer:
    return FunctionTransformer(take_columns, kw_args={"columns": np.array(columns)})
