"""Sentences in context → probabilities of labels, by a classifier that reads one sentence at a time."""

import io
import re
import zipfile
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from scipy.sparse import csr_matrix
from sklearn.feature_extraction.text import TfidfTransformer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import FeatureUnion, Pipeline
from sklearn.preprocessing import FunctionTransformer, StandardScaler

from extract.labels.codebooks import (
    MODEL_FILE,
    Codebook,
)
from extract.labels.confusion import Confusion
from extract.labels.contexts import Reading
from extract.labels.features import COUNTED, Features, Meaning, shared_features, with_keywords

# Hashed n-grams that are kept of each block: those that most training sentences have.
_KEPT = {"words": 15_000, "pattern": 30_000}

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

_SCHEMA = "schema.json"  # in a skops file
_NUMBERED = re.compile(r'("__id__": |"file": ")(\d+)')  # an object in it


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

    @property
    def classes(self) -> list[str]:
        """Its labels, in the order of its probabilities."""
        return [str(label) for label in self.classifier.classes_]

    def alone(self, readings: Sequence[Reading]) -> np.ndarray:
        """The probabilities of sentences, given with what stands beside them. Shape: sentences × classes."""
        ((_, probabilities),) = judge_themes(readings, [self])
        return probabilities


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


def judge_themes(readings: Sequence[Reading], models: Sequence[ThemeModel]) -> list[tuple[ThemeModel, np.ndarray]]:
    """Each model, and the probabilities that it gives to sentences in context. Shape: sentences × classes."""
    shared = {meaning: shared_features(readings, meaning) for meaning in {model.meaning for model in models}}
    return [
        (
            model,
            model.classifier.predict_proba(with_keywords(shared[model.meaning], readings, model.keywords).matrix),
        )
        for model in models
    ]


def save_model(classifier: Pipeline, folder: Path) -> None:
    """Write a classifier to its codebook's folder, as a skops file whose bytes depend on it alone."""
    import skops.io  # not above: it takes a second to load, and only training needs it

    (folder / MODEL_FILE).write_bytes(without_chance(skops.io.dumps(classifier)))


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
