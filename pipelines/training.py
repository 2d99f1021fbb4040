"""Training and evaluating a classifier: texts and annotations in, model, metrics and card out."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from extract.annotations import ANNOTATIONS_FILE, find_examples, read_annotations
from extract.card import write_card
from extract.codebooks import CODEBOOK_FILE, KEYWORDS_FILE, METRICS_FILE, read_codebook
from extract.evaluation import evaluate
from extract.problems import ManifestoError
from extract.themes import fit, save_model
from extract.word_vectors import load_vectors

CARD_FILE = "card.md"


def evaluate_model(folder: Path, texts: Sequence[Path]) -> dict[str, Any]:
    """Metrics of a codebook's classifier, by cross-validation on the annotations found in some texts."""
    codebook = read_codebook(folder / CODEBOOK_FILE)
    annotations = read_annotations(folder / ANNOTATIONS_FILE)
    examples, missing = find_examples(annotations, texts)
    if not examples:
        raise ManifestoError(
            f"None of the annotated texts of {folder.name} is in {', '.join(map(str, texts))}.\n"
            f"The column source_sha256 of {folder / ANNOTATIONS_FILE} says which files are needed."
        )
    vectors = load_vectors(folder.parent)
    metrics = evaluate(examples, codebook, keywords=_keywords(folder), vectors=vectors)
    rests_on = {"vectors_sha256": vectors.sha256} if vectors else {}
    described = {"codebook": codebook.id, "codebook_version": codebook.version, "not_found": len(missing)}
    return described | rests_on | metrics


def train_model(folder: Path, texts: Sequence[Path]) -> str:
    """Evaluate, then fit on all examples; write model, metrics and card, and return the card."""
    metrics = evaluate_model(folder, texts)
    annotations = read_annotations(folder / ANNOTATIONS_FILE)
    examples, _ = find_examples(annotations, texts)
    given = [each.text for each in examples], [each.label for each in examples]
    classifier = fit(*given, keywords=_keywords(folder), vectors=load_vectors(folder.parent))
    save_model(classifier, folder)
    (folder / METRICS_FILE).write_text(
        json.dumps(metrics, indent=2, ensure_ascii=False) + "\n", encoding="utf-8", newline="\n"
    )
    card = write_card(read_codebook(folder / CODEBOOK_FILE), annotations, metrics)
    (folder / CARD_FILE).write_text(card, encoding="utf-8", newline="\n")
    return card


def _keywords(folder: Path) -> str:
    return (folder / KEYWORDS_FILE).read_text(encoding="utf-8")
