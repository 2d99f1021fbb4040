"""Training and evaluating a classifier: texts and annotations in, model, metrics and card out."""

import functools
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from joblib import Parallel, delayed

from extract.extraction import Resources, read, split
from extract.labels.classifier import (
    calibrate,
    features_of,
    fit_features,
    save_model,
)
from extract.labels.codebooks import (
    CODEBOOK_FILE,
    HASHED,
    KEYWORDS_FILE,
    METRICS_FILE,
    Codebook,
    hashes_of,
    read_codebook,
)
from extract.labels.contexts import Reading, in_context
from extract.labels.encoders import OURS
from extract.labels.explanations import telling_words
from extract.labels.features import Features, Meaning
from extract.labels.models import label_readings, load_meaning, load_models
from extract.learning.annotations import ANNOTATIONS_FILE, PACKED, Annotation, read_annotations, source_bytes
from extract.learning.calibration import calibration_error
from extract.learning.card import write_card
from extract.learning.evaluation import by_label, evaluate, most_confused, score, second_reader
from extract.learning.examples import Example, find_examples
from extract.parties import load_register
from extract.problems import ManifestoError, UsageError
from extract.reading.facts import Facts
from extract.settings import Settings
from pipelines.paths import CARD_FILE

READERS_FILE = "readers.md"  # who labelled what; what only its author can say
_READ: dict[Path, list[Reading]] = {}


@dataclass(frozen=True, slots=True)
class Course:
    """All that a classifier is trained on: codebook, annotations, and the examples found in texts, with features."""

    codebook: Codebook
    annotations: list[Annotation]
    keywords: str
    examples: list[Example]
    missing: list[str]
    meaning: Meaning
    features: Features


def prepare(folder: Path, texts: Sequence[Path], *, encoder: str = OURS) -> Course:
    """Find the annotated sentences of a codebook in some texts, and compute their features."""
    codebook = read_codebook(folder / CODEBOOK_FILE)
    annotations = read_annotations(folder / ANNOTATIONS_FILE)
    examples, missing = find_examples(annotations, texts, read=read_sources)
    if not examples:
        raise ManifestoError(
            f"None of the annotated texts of {folder.name} is in {', '.join(map(str, texts))}.\n"
            f"The column source_sha256 of {folder / ANNOTATIONS_FILE} says which files are needed."
        )
    meaning = load_meaning(folder.parent, encoder)
    keywords = (folder / KEYWORDS_FILE).read_text(encoding="utf-8")
    features = features_of([each.reading for each in examples], keywords=keywords, meaning=meaning)
    return Course(codebook, annotations, keywords, examples, missing, meaning, features)


def evaluate_model(course: Course) -> dict[str, Any]:
    """Metrics of a codebook's classifier, by cross-validation on the annotations found in some texts."""
    metrics = evaluate(course.examples, course.codebook, features=course.features, keywords=course.keywords)
    described = {"codebook": course.codebook.id, "codebook_version": course.codebook.version}
    if reader := second_reader(course.annotations):
        metrics["second_reader"] = reader
    return described | {"not_found": len(course.missing)} | course.meaning.hashes() | metrics


def evaluate_on(folder: Path, labelled: Path) -> dict[str, Any]:
    """Metrics of a trained model on sentences that someone else labelled: a CSV with text, label, and what is known
    of before, after, heading, kind and group (what is resampled together for the interval)."""
    rows = pd.read_csv(labelled, dtype=str, keep_default_na=False, encoding="utf-8-sig")
    if not {"text", "label"} <= set(rows.columns) or rows.empty:
        raise UsageError(f"{labelled} must have the columns text and label, and a row at least.")
    (model,) = load_models(folder.parent, [folder.name])
    known = {name: rows[name] if name in rows else [""] * len(rows) for name in ("before", "after", "heading", "kind")}
    readings = [Reading(text, *parts) for text, *parts in zip(rows.text, *known.values(), strict=True)]
    verdicts = [verdict for (verdict,) in label_readings(readings, [model])]
    said, probabilities = np.array([each[0] for each in verdicts]), np.array([each[1] for each in verdicts])
    truth = rows.label.to_numpy(dtype=str)
    groups = (rows["group"] if "group" in rows else rows.index.astype(str)).to_numpy(dtype=str)
    return {
        "model": model.model_id,
        "examples": len(rows),
        **score(truth, said, groups).as_dict(),
        "calibration_error": round(calibration_error(probabilities, truth == said), 3),
        "abstained": int((probabilities < model.threshold).sum()),
        "by_label": by_label(truth, said),
        "confused": most_confused(truth, said),
    }


def train_model(folder: Path, course: Course) -> str:
    """Evaluate, then fit on all examples; write model, metrics and card, and return the card."""
    metrics = evaluate_model(course)
    labels = [each.label for each in course.examples]
    classifier = fit_features(course.features, labels, by_form=course.codebook.by_form)
    calibrate(classifier, metrics["temperature"])
    save_model(classifier, folder)
    readings = [each.reading for each in course.examples]
    metrics |= hashes_of(folder, HASHED | {"annotations_sha256": ANNOTATIONS_FILE})
    metrics["telling"] = telling_words(classifier, readings, keywords=course.keywords, meaning=course.meaning)
    (folder / METRICS_FILE).write_text(
        json.dumps(metrics, indent=2, ensure_ascii=False) + "\n", encoding="utf-8", newline="\n"
    )
    card = write_card(course.codebook, course.annotations, metrics, readers=_readers(folder))
    (folder / CARD_FILE).write_text(card, encoding="utf-8", newline="\n")
    return card


def _readers(folder: Path) -> str:
    file = folder / READERS_FILE
    return file.read_text(encoding="utf-8") if file.is_file() else ""


def read_source(path: Path) -> list[Reading]:
    """The sentences of a source file in context, as a run reads them."""
    name = path.stem if path.suffix.lower() == PACKED else path.name
    extraction = split(read(source_bytes(path), name=name, facts=Facts(), settings=Settings()), resources=_splitting())
    return in_context(extraction.sentences, extraction.passages)


def read_sources(paths: Sequence[Path]) -> list[list[Reading]]:
    """The same for several files, side by side; what was read is remembered, for the next codebook of a training."""
    missing = [path for path in paths if path not in _READ]
    parallel = Parallel(n_jobs=-1 if len(missing) > 1 else 1)  # as a process takes longer to start than a file to read
    _READ.update(zip(missing, parallel(delayed(read_source)(path) for path in missing), strict=True))
    return [_READ[path] for path in paths]


@functools.cache
def _splitting() -> Resources:
    """What reading and splitting need: no language pipeline, no classifier."""
    return Resources(Settings(), load_register(), nlp=None, models=())
