"""The trained models of codebooks: loaded from their folders, and asked for labels.

Most read each sentence with what stands beside it (`classifier.py`). That of the Manifesto Project's codes reads all of
a document at once (`code_classifier.py`). `metrics.json` says which a folder holds.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

import numpy as np

from extract.labels.audits import classifier_in
from extract.labels.classifier import ThemeModel, judge_themes
from extract.labels.code_classifier import CodeClassifier, codes_in
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
from extract.labels.encoders import OURS, PieceEncoder, load_encoder, load_encoder_of_model
from extract.labels.features import Meaning
from extract.labels.keywords import keyword_labels
from extract.labels.metrics import DOCUMENTS, Metrics, metrics_of
from extract.labels.word_vectors import WordVectors, load_vectors
from extract.parts import read_part, read_text, reading
from extract.problems import ManifestoError, UsageError
from extract.records import Label, Passage, Sentence

# What a model is tried on when it is loaded: sentences with everything that features are made of.
_PROBES = (
    Reading(
        "De overheid moet zuinig zijn met gegevens van 17 miljoen burgers.", "Wat willen wij?", "Zo is het.", "Zorg"
    ),
    Reading(""),
)
_AT_ONCE = 4_096  # sentences; bounds the memory that features take
_CHARACTERS_AT_ONCE = 1_000_000  # of them; of a manifesto so many sentences have half as many
_DECIMALS = 4  # of a probability, so that the last bits of a platform's arithmetic change no byte

Verdict = tuple[str, float, str, float]
"""Label, probability, runner-up and its probability."""


@dataclass(frozen=True, slots=True, eq=False)
class CodeModel:
    """A classifier that reads whole documents, with its codebook, and the probability below which it abstains."""

    codebook: Codebook
    encoder: PieceEncoder
    vectors: WordVectors
    classifier: CodeClassifier
    threshold: float
    model_id: str
    confusion: Confusion | None = None
    apart: Mapping[str, float] | None = None

    @property
    def classes(self) -> list[str]:
        """The labels of its codes, in their order."""
        return [self.codebook.codes[code] for code in self.classifier.codes]

    @property
    def meaning(self) -> Meaning:
        """What knows of meanings for it."""
        return Meaning(self.encoder, self.vectors)

    def probabilities(self, readings: Sequence[Reading]) -> np.ndarray:
        """Of the sentences of one document, or of one party's section, in their order. Shape: sentences × classes."""
        return self.classifier.predict(readings, encoder=self.encoder, vectors=self.vectors)

    def alone(self, readings: Iterable[Reading]) -> np.ndarray:
        """The same of sentences of which no more is known than what stands beside them."""
        return np.vstack([self._alone(each) for each in readings])

    def _alone(self, each: Reading) -> np.ndarray:
        beside = [Reading(text, heading=each.heading) for text in (each.before, each.after)]
        rows = [row for row in (beside[0], each, beside[1]) if row.text or row is each]
        return np.asarray(self.probabilities(rows)[rows.index(each)])


Model = ThemeModel | CodeModel
"""What labels sentences under a codebook."""


def label_sentences(
    sentences: Sequence[Sentence], passages: Iterable[Passage], models: Sequence[Model]
) -> Iterator[Label]:
    """Yield a Label per sentence and model, sentence by sentence; sentences and passages are those of a document."""
    read = in_context(sentences, passages)
    themes = [model for model in models if isinstance(model, ThemeModel)]
    by_model = {
        model.model_id: iter(_verdicts_on_document(model, sentences, read))
        for model in models
        if isinstance(model, CodeModel)
    }
    for batch in _batches(zip(sentences, read, strict=True)):
        of_themes = judge_themes([reading for _, reading in batch], themes)
        found = by_model | {model.model_id: _verdicts(rows, model.classes) for model, rows in of_themes}
        for sentence, _ in batch:
            for model in models:
                label, probability, runner_up, runner_up_probability = next(found[model.model_id])
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


def label_readings(readings: Sequence[Reading], models: Sequence[Model]) -> list[tuple[Verdict, ...]]:
    """For each sentence, given with what stands beside it, the verdict of each model."""
    themes = dict(judge_themes(readings, [model for model in models if isinstance(model, ThemeModel)]))
    rows = [themes[model] if isinstance(model, ThemeModel) else model.alone(readings) for model in models]
    columns = [_verdicts(each, model.classes) for each, model in zip(rows, models, strict=True)]
    return list(zip(*columns, strict=True))


def load_models(models: Path, codebooks: Iterable[str]) -> tuple[Model, ...]:
    """Load the models of some codebooks from the folder that holds them."""
    return tuple(_load_model(models / name) for name in map(_checked, codebooks))


def load_meaning(models: Path, encoder: str | None = OURS) -> Meaning:
    """The text encoder of a name or path, and the word vectors in the folder of models."""
    return Meaning(load_encoder(encoder, models) if encoder else None, load_vectors(models))


def _verdicts_on_document(
    model: CodeModel, sentences: Sequence[Sentence], read: Sequence[Reading]
) -> Iterator[Verdict]:
    """Nothing is taken from another party's section, as in `in_context`; headings are read by themselves.

    Coders do not code headings, so they were no sentences in what was learnt from.
    """
    for _, group in groupby(zip(sentences, read, strict=True), key=lambda each: each[0].section_id):
        readings = [reading for _, reading in group]
        is_heading = np.array([reading.kind == "heading" for reading in readings])
        found = np.zeros((len(readings), len(model.classes)))
        for chosen in (np.flatnonzero(is_heading), np.flatnonzero(~is_heading)):
            for start in range(0, len(chosen), _AT_ONCE):
                rows = chosen[start : start + _AT_ONCE]
                found[rows] = model.probabilities([readings[row] for row in rows])
        yield from _verdicts(found, model.classes)


def _verdicts(probabilities: np.ndarray, classes: Sequence[str]) -> Iterator[Verdict]:
    for row in probabilities.astype(np.float64).round(_DECIMALS):
        first, second = np.argsort(-row, kind="stable")[:2]
        yield classes[first], float(row[first]), classes[second], float(row[second])


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


def _checked(codebook: str) -> str:
    """The name of a codebook, which a dataset of another may say as well; no other folder is looked into."""
    if not re.fullmatch(r"[\w-]+", codebook):
        raise UsageError(f"{codebook!r} is no name of a codebook. Give the name of a folder in models/.")
    return codebook


def _load_model(folder: Path) -> Model:
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
        data = read_part(folder / MODEL_FILE)
        classifier = codes_in(data) if metrics.reads == DOCUMENTS else classifier_in(data)
    if codebook.id != folder.name:
        raise unusable(f"{CODEBOOK_FILE} says that it is {codebook.id}")
    given = _labels_of(classifier, codebook)
    for file, labels in ((MODEL_FILE, given), (KEYWORDS_FILE, listed), (METRICS_FILE, _confused(metrics))):
        if unknown := {str(label) for label in labels} - set(codebook.labels):
            raise unusable(f"{file} gives labels that its codebook lacks: {', '.join(sorted(unknown))[:200]}")
    if unfit := [HASHED[name] for name, sha256 in hashes_of(folder).items() if metrics.said.get(name) != sha256]:
        raise unusable(f"it was not trained with what is there now of: {', '.join(unfit)}")
    if metrics.confusion and not {str(label) for label in given} <= set(metrics.confusion.labels):
        raise unusable(f"{METRICS_FILE} does not say what some of its labels are confused with")
    meaning = _meaning_of(metrics, folder)
    told = (metrics.threshold, identity, metrics.confusion, metrics.apart)
    model: Model
    if isinstance(classifier, CodeClassifier):
        if not isinstance(meaning.encoder, PieceEncoder) or meaning.vectors is None:
            raise unusable("it needs our text encoder and word vectors")
        model = CodeModel(codebook, meaning.encoder, meaning.vectors, classifier, *told)
    else:
        model = ThemeModel(codebook, keywords, meaning, classifier, *told)
    with reading(MODEL_FILE, unusable):
        _try(model)
    return model


def _labels_of(classifier: object, codebook: Codebook) -> Iterable[str]:
    """The labels that a classifier gives; a code that the codebook lacks stands for itself."""
    if isinstance(classifier, CodeClassifier):
        return [codebook.codes.get(code, code) for code in classifier.codes]
    return classifier.classes_  # type: ignore[attr-defined, no-any-return]  # scikit-learn has no types


def _confused(metrics: Metrics) -> Sequence[str]:
    return metrics.confusion.labels if metrics.confusion else ()


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


def _try(model: Model) -> None:
    """Raise what a model raises whose parts do not fit each other; else each document would meet it."""
    found = model.alone(_PROBES)
    if found.shape != (len(_PROBES), len(model.classes)):
        raise ValueError("it does not give a probability for each label")
    if not np.allclose(found.sum(axis=1), 1, atol=1e-3) or not ((found >= 0) & (found <= 1)).all():
        raise ValueError("what it gives are no probabilities")
