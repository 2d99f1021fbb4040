"""Samples of a dataset for readers, their labels into a codebook's annotations, and how well readers agree."""

import csv
from collections import Counter
from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import astuple, dataclass, fields
from pathlib import Path

import numpy as np

from extract.dataset.reader import StoredVersion, documents_of
from extract.labels.codebooks import CODEBOOK_FILE, MODEL_FILE, read_codebook
from extract.labels.contexts import Reading, in_context
from extract.labels.models import label_readings, load_meaning, load_models
from extract.learning.annotations import (
    ANNOTATIONS_FILE,
    Annotation,
    agreement,
    find_texts,
    read_annotations,
    settled_labels,
    write_annotations,
)
from extract.learning.labelling_tools import read_labelled
from extract.learning.samples import Task, annotations_of, task_of
from extract.learning.sampling import draw
from extract.problems import ManifestoError
from extract.records import Document, Passage, Sentence
from extract.spreadsheets import guarded

_FEWEST_WORDS = 3  # of a sentence to label
_MOST_WORDS = 80


@dataclass(frozen=True, slots=True)
class Drawn:
    """Tasks, and how many sentences could not be found again in their raw files."""

    tasks: list[Task]
    not_found: int
    by_model: bool


@dataclass(frozen=True, slots=True)
class Disagreement:
    """A sentence that two readers labelled differently and nobody settled."""

    sentence: str
    labels: dict[str, str]  # reader → label
    text: str | None  # None where its source is not at hand


def draw_sample(
    folder: Path, dataset: Path, raw: Path, *, size: int, random_share: float = 0.5, seed: int = 1
) -> Drawn:
    """Draw sentences of a dataset that no reader has labelled under the codebook in `folder`.

    With a trained model the unsure and diverse ones are chosen, without one the diverse ones; the rest at random.
    """
    known = _annotations(folder)
    labelled = {each.sentence for each in known}
    by_text: dict[str, tuple[Sentence, Reading]] = {}
    for sentence, reading in _in_context(dataset):
        if _FEWEST_WORDS <= len(sentence.text.split()) <= _MOST_WORDS:
            by_text.setdefault(sentence.text, (sentence, reading))
    open_ones = [(each, reading) for each, reading in by_text.values() if each.sentence_id not in labelled]
    if not open_ones:
        raise ManifestoError(f"The dataset {dataset} has no sentence that is not labelled yet.")
    meaning = load_meaning(folder.parent)
    assert meaning.encoder
    vectors = meaning.encoder.encode([each.text for each, _ in open_ones])
    has_model = (folder / MODEL_FILE).is_file()
    margins = _margins(folder, [reading for _, reading in open_ones]) if has_model else None
    rows = draw(vectors, margins, size=size, random_share=random_share, seed=seed)
    groups = {each.source_sha256: each.group for each in known}
    documents = {cells["document_id"]: Document(**cells, text="") for cells in documents_of(dataset)}
    tasks = [_task(*open_ones[row], documents, raw, stratum, groups) for row, stratum in rows.items()]
    found = sorted((task for task in tasks if task), key=lambda task: (task.group, task.letter_start))
    return Drawn(found, len(tasks) - len(found), has_model)


def import_labels(folder: Path, file: Path, *, reader: str) -> tuple[int, int]:
    """Add the labels in a file to a codebook's annotations; how many were added and how many tasks had none."""
    tasks = read_labelled(file)
    labels = read_codebook(folder / CODEBOOK_FILE).labels
    added = annotations_of(tasks, reader=reader, labels=labels, path=file)
    known = _annotations(folder)
    twice = {(each.sentence, each.reader) for each in known} & {(each.sentence, each.reader) for each in added}
    if twice:
        raise ManifestoError(
            f"{len(twice)} sentences of {file} are labelled by {reader} already, such as {min(twice)[0]}.\n"
            "Nothing was added. Name another reader, or take the old rows out of annotations.csv first."
        )
    write_annotations(folder / ANNOTATIONS_FILE, [*known, *added])
    return len(added), len(tasks) - len(added)


def agreement_of(
    folder: Path, texts: Sequence[Path]
) -> tuple[int, float, Counter[tuple[str, str]], list[Disagreement]]:
    """Sentences read twice, kappa, what was confused how often, and the open disagreements with their texts."""
    annotations = _annotations(folder)
    read, kappa, confused = agreement(annotations)
    settled = settled_labels(annotations)
    open_ones: dict[str, dict[str, str]] = {}
    for each in annotations:
        if each.sentence not in settled:
            open_ones.setdefault(each.sentence, {})[each.reader] = each.label
    found = find_texts([each for each in annotations if each.sentence in open_ones], texts)
    return read, kappa, confused, [Disagreement(each, labels, found.get(each)) for each, labels in open_ones.items()]


def resolved(folder: Path, texts: Sequence[Path]) -> tuple[list[tuple[Annotation, str]], dict[str, int]]:
    """The readings of a codebook whose sentence stands in texts at hand, each with it; how many are missing by source.

    What is missing is counted in sentences, of which some have several readings.
    """
    annotations = _annotations(folder)
    sentences = {each.sentence: each for each in annotations}
    found = find_texts(sentences.values(), texts)
    missing = Counter(each.source for sentence, each in sentences.items() if sentence not in found)
    rows = [(each, found[each.sentence]) for each in annotations if each.sentence in found]
    return rows, dict(missing.most_common())


def write_resolved(path: Path, rows: Sequence[tuple[Annotation, str]]) -> None:
    """Write annotations as CSV with the text of each sentence; what a spreadsheet would take for a formula gets a '."""
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow([*(field.name for field in fields(Annotation)), "text"])
        for annotation, text in rows:
            cells = [*astuple(annotation), text]
            writer.writerow([guarded(cell) if isinstance(cell, str) else cell for cell in cells])


def reading_of(sentence_id: str, dataset: Path) -> Reading | None:
    """A sentence of a dataset in context; None if it is not in it."""
    document_id = sentence_id.partition(".")[0]
    found = {each.sentence_id: reading for each, reading in _in_context(dataset, document_id)}
    return found.get(sentence_id)


def _annotations(folder: Path) -> list[Annotation]:
    read_codebook(folder / CODEBOOK_FILE)  # which says what to do where there is none
    file = folder / ANNOTATIONS_FILE
    return read_annotations(file) if file.is_file() else []


def _in_context(dataset: Path, document_id: str | None = None) -> list[tuple[Sentence, Reading]]:
    """The sentences of a dataset, or of one of its documents, each in the context that a run sees."""
    with closing(StoredVersion(dataset)) as version:
        found, passages = (
            (version.rows(name, [document_id])[0] if document_id else version.table(name)).to_pylist()
            for name in ("sentences", "passages")
        )
    sentences = [Sentence(**cells) for cells in found]
    sentences.sort(key=lambda each: (each.document_id, each.position))
    return list(zip(sentences, in_context(sentences, (Passage(**cells) for cells in passages)), strict=True))


def _margins(folder: Path, readings: Sequence[Reading]) -> np.ndarray:
    """How much likelier the likeliest label is than the next."""
    verdicts = label_readings(readings, load_models(folder.parent, [folder.name]))
    return np.array([verdict[1] - verdict[3] for (verdict,) in verdicts])


def _task(
    sentence: Sentence, reading: Reading, documents: Mapping[str, Document], raw: Path, stratum: str,
    groups: Mapping[str, str],
) -> Task | None:  # fmt: skip
    document = documents[sentence.document_id]
    party = sentence.party_id or Path(document.path).stem
    return task_of(
        sentence.sentence_id, reading, source=raw / document.path, raw=raw, source_sha256=document.sha256,
        near=sentence.char_start, stratum=stratum,
        group=groups.get(document.sha256) or f"{party} {(document.election or '')[-4:] or '0000'}",
    )  # fmt: skip
