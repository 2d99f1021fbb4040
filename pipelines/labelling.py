"""Samples of a dataset for readers, their labels into a codebook's annotations, and how well readers agree."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from extract.annotations import (
    ANNOTATIONS_FILE,
    SETTLED,
    Annotation,
    agreement,
    find_texts,
    read_annotations,
    write_annotations,
)
from extract.codebooks import CODEBOOK_FILE, MODEL_FILE, read_codebook
from extract.contexts import Reading
from extract.labelling_tools import read_labelled
from extract.problems import ManifestoError
from extract.samples import Task, annotations_of, task_of
from extract.sampling import draw
from extract.themes import load_meaning, load_models

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
    sentences = _sentences(dataset)
    words = sentences.text.str.split().str.len()
    open_ones = sentences[words.between(_FEWEST_WORDS, _MOST_WORDS)].drop_duplicates("text")
    open_ones = open_ones[~open_ones.sentence_id.isin({each.sentence for each in known})].reset_index(drop=True)
    if open_ones.empty:
        raise ManifestoError(f"The dataset {dataset} has no sentence that is not labelled yet.")
    meaning = load_meaning(folder.parent)
    assert meaning.encoder
    vectors = meaning.encoder.encode(list(open_ones.text))
    has_model = (folder / MODEL_FILE).is_file()
    margins = _margins(folder, open_ones) if has_model else None
    rows = draw(vectors, margins, size=size, random_share=random_share, seed=seed)
    groups = {each.source_sha256: each.group for each in known}
    tasks = [_task(open_ones.iloc[row], raw, stratum, groups) for row, stratum in rows.items()]
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
    given: dict[str, dict[str, str]] = {}
    for each in annotations:
        given.setdefault(each.sentence, {})[each.reader] = each.label
    open_ones = {
        sentence: labels
        for sentence, labels in given.items()
        if SETTLED not in labels and len(set(labels.values())) > 1
    }
    found = find_texts([each for each in annotations if each.sentence in open_ones], texts)
    return read, kappa, confused, [Disagreement(each, labels, found.get(each)) for each, labels in open_ones.items()]


def resolved(folder: Path, texts: Sequence[Path]) -> tuple[int, int, dict[str, int]]:
    """Annotated sentences, how many of them stand in texts at hand, and how many are missing by source."""
    annotations = {each.sentence: each for each in _annotations(folder)}
    found = find_texts(annotations.values(), texts)
    missing = Counter(each.source for sentence, each in annotations.items() if sentence not in found)
    return len(annotations), len(found), dict(missing.most_common())


def readings_in(dataset: Path, *, documents: Sequence[str]) -> dict[str, Reading]:
    """The sentences of some documents of a dataset in context, by their ids."""
    sentences = _sentences(dataset)
    chosen = sentences[sentences.document_id.isin(documents)]
    return {row.sentence_id: _reading(row) for row in chosen.itertuples()}


def _annotations(folder: Path) -> list[Annotation]:
    read_codebook(folder / CODEBOOK_FILE)  # which says what to do where there is none
    file = folder / ANNOTATIONS_FILE
    return read_annotations(file) if file.is_file() else []


def _sentences(dataset: Path) -> pd.DataFrame:
    """The sentences of a dataset, each with its document, its neighbours and what it stands under."""
    read = {
        name: pd.read_parquet(dataset / "tables" / f"{name}.parquet") for name in ("sentences", "passages", "documents")
    }
    passages = read["passages"][["passage_id", "heading_path", "kind"]]
    documents = read["documents"][["document_id", "path", "sha256", "election", "characters"]]
    sentences = read["sentences"].sort_values(["document_id", "position"])
    neighbours = sentences.groupby(["document_id", "section_id"], dropna=False).text
    sentences = sentences.assign(before=neighbours.shift(1), after=neighbours.shift(-1))
    return (
        sentences.merge(passages, on="passage_id")
        .merge(documents, on="document_id")
        .fillna({"before": "", "after": "", "heading_path": "", "election": "", "party_id": ""})
    )


def _margins(folder: Path, sentences: pd.DataFrame) -> np.ndarray:
    """How much likelier the likeliest label is than the next."""
    from extract.themes import label_readings

    readings = [_reading(row) for row in sentences.itertuples()]
    verdicts = label_readings(readings, load_models(folder.parent, [folder.name]))
    return np.array([verdict[1] - verdict[3] for (verdict,) in verdicts])


def _reading(row) -> Reading:
    return Reading(row.text, row.before, row.after, row.heading_path, row.kind)


def _task(row, raw: Path, stratum: str, groups: dict[str, str]) -> Task | None:
    source = raw / row.path
    group = groups.get(row.sha256) or f"{row.party_id or Path(row.path).stem} {row.election[-4:] or '0000'}"
    return task_of(
        row.sentence_id, _reading(row), source=source, source_sha256=row.sha256, near=row.char_start, stratum=stratum,
        group=group,
    )  # fmt: skip
