"""Training the classifier of the Manifesto Project's codes: imported exports in, model, metrics and card out.

Codes and texts stay where they are: what is written can be passed on, they cannot.
"""

import json
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from extract.labels.code_classifier import calibrated, save_codes
from extract.labels.codebooks import (
    CODEBOOK_FILE,
    HASHED,
    KEYWORDS_FILE,
    METRICS_FILE,
    MODEL_FILE,
    Codebook,
    hashes_of,
    read_codebook,
)
from extract.labels.contexts import Reading
from extract.labels.encoders import PieceEncoder
from extract.labels.metrics import DOCUMENTS
from extract.labels.models import load_meaning
from extract.labels.word_vectors import WordVectors
from extract.learning.annotations import ANNOTATIONS_FILE, Annotation, find_sources, find_texts, read_annotations
from extract.learning.calibration import calibration_error
from extract.learning.code_card import write_code_card
from extract.learning.code_training import CodedDocument, fit_codes, held_out_scores, temperature_of
from extract.learning.coder_exports import CODES
from extract.learning.coder_places import with_headings
from extract.learning.evaluation import (
    FOLDS,
    PRIOR,
    abstention_threshold,
    by_label,
    confusion_of,
    confusion_tables,
    coverage,
    most_confused,
    score,
)
from extract.positions.scales import scales_of
from extract.positions.validation import validate
from extract.problems import ManifestoError
from pipelines.paths import CARD_FILE
from pipelines.training.classifiers import read_sources

_HELD_OUT = {"manifesto": "name", "party": "party", "year": "year"}
"""What is held out whole, and the field of a CodedDocument that says it."""


@dataclass(frozen=True, slots=True, eq=False)
class Coded:
    """All that is learnt from: codebook, documents with codes, and what knows of meanings."""

    codebook: Codebook
    documents: list[CodedDocument]
    missing: int  # annotations whose text is not there
    encoder: PieceEncoder
    vectors: WordVectors


def prepare_codes(folder: Path, texts: Sequence[Path]) -> Coded:
    """Find the quasi-sentences of imported exports in some texts, with the headings above them."""
    codebook = read_codebook(folder / CODEBOOK_FILE)
    if not (folder / ANNOTATIONS_FILE).is_file():
        raise ManifestoError(
            f"There are no codes to learn from in {folder}: the Manifesto Project does not let them be passed on.\n"
            "With an account there they can be downloaded (https://manifesto-project.wzb.eu, corpus, Netherlands).\n"
            f"Then import them: manifesto import {folder.name} FILE… --texts FOLDER"
        )
    annotations = read_annotations(folder / ANNOTATIONS_FILE)
    documents = documents_of(annotations, texts, codebook)
    if len(documents) < FOLDS:
        raise ManifestoError(
            f"Only {len(documents)} of the coded manifestos are in {', '.join(map(str, texts))}; {FOLDS} are needed.\n"
            f"The column source_sha256 of {folder / ANNOTATIONS_FILE} says which files they are."
        )
    meaning = load_meaning(folder.parent)
    if not isinstance(meaning.encoder, PieceEncoder) or meaning.vectors is None:
        raise ManifestoError(f"Our text encoder and word vectors are missing in {folder.parent}. Restore them.")
    found = sum(len(each.codes) for each in documents)
    return Coded(codebook, documents, len(annotations) - found, meaning.encoder, meaning.vectors)


def documents_of(annotations: Sequence[Annotation], texts: Sequence[Path], codebook: Codebook) -> list[CodedDocument]:
    """The annotated quasi-sentences of each source in its order, with codes, and the headings that a run finds."""
    code_of = {label: code for code, label in codebook.codes.items()}
    if unknown := sorted({each.label for each in annotations} - code_of.keys()):
        raise ManifestoError(
            f"There are annotations with labels that the codebook lacks: {unknown[0]!r}. Import them anew."
        )
    found = find_texts(annotations, texts)
    by_source: dict[str, list[Annotation]] = defaultdict(list)
    for each in sorted(annotations, key=lambda each: each.letter_start):
        if each.sentence in found:
            by_source[each.source_sha256].append(each)
    sources = {sha256: path for path, sha256 in find_sources(texts, set(by_source))}
    documents = []
    for sha256, read in zip(sources, read_sources(list(sources.values())), strict=True):
        some = by_source[sha256]
        party, _, year = some[0].group.rpartition(" ")
        readings = tuple(Reading(found[each.sentence]) for each in some)
        codes = tuple(code_of[each.label] if code_of[each.label] in CODES else None for each in some)
        documents.append(with_headings(CodedDocument(some[0].group, party, year, readings, codes), read))
    return sorted(documents, key=lambda each: each.name)


def evaluate_codes(coded: Coded) -> dict[str, Any]:
    """Metrics by cross-validation, manifestos, parties and years held out whole."""
    documents = coded.documents
    metrics: dict[str, Any] = {
        "codebook": coded.codebook.id,
        "codebook_version": coded.codebook.version,
        "reads": DOCUMENTS,
        "examples": sum(code is not None for each in documents for code in each.codes),
        "manifestos": len(documents),
        "not_found": coded.missing,
        "folds": FOLDS,
        "encoder": coded.encoder.name,
        "encoder_sha256": coded.encoder.sha256,
        "vectors_sha256": coded.vectors.sha256,
    }
    for held_out, field in _HELD_OUT.items():
        groups = {getattr(each, field) for each in documents}
        if len(groups) < 2:
            continue
        scores = held_out_scores(
            documents, held_out=field, encoder=coded.encoder, vectors=coded.vectors, folds=min(FOLDS, len(groups))
        )
        temperature = temperature_of(documents, scores)
        told = _Told.of(coded, np.vstack([calibrated(each, temperature) for each in scores]))
        of = told.scores(np.array([getattr(each, field) for each in documents for _ in each.codes]))
        metrics[f"by_{held_out}"] = {"groups": len(groups)} | of
        if held_out == "manifesto":
            metrics |= {"temperature": round(temperature, 3)} | told.details()
    return metrics


def train_codes(folder: Path, coded: Coded) -> str:
    """Evaluate, then fit on all documents; write model, metrics and card, and return the card."""
    metrics = evaluate_codes(coded)
    classifier = fit_codes(
        coded.documents, encoder=coded.encoder, vectors=coded.vectors, temperature=metrics["temperature"]
    )
    save_codes(classifier, folder / MODEL_FILE)
    (folder / KEYWORDS_FILE).write_text("keyword,label,weight\n", encoding="utf-8", newline="\n")
    metrics |= hashes_of(folder, HASHED)
    said = json.dumps(metrics, indent=2, ensure_ascii=False) + "\n"
    (folder / METRICS_FILE).write_text(said, encoding="utf-8", newline="\n")
    card = write_code_card(coded.codebook, metrics)
    (folder / CARD_FILE).write_text(card, encoding="utf-8", newline="\n")
    return card


@dataclass(frozen=True, slots=True, eq=False)
class _Told:
    """What coders gave and what was said of all coded quasi-sentences, by classifiers that had not seen them."""

    codebook: Codebook
    labels: np.ndarray  # of all codes, in their order
    truth: np.ndarray
    probabilities: np.ndarray  # sentences × codes
    coded: np.ndarray  # which of all sentences these are
    manifestos: np.ndarray
    years: np.ndarray

    @classmethod
    def of(cls, coded: Coded, probabilities: np.ndarray) -> "_Told":
        codes = [code for each in coded.documents for code in each.codes]
        known = np.array([code is not None for code in codes])
        names = np.array([each.name for each in coded.documents for _ in each.codes])
        years = np.array([each.year for each in coded.documents for _ in each.codes])
        label_of = coded.codebook.codes
        return cls(
            coded.codebook,
            np.array([label_of[code] for code in CODES]),
            np.array([label_of[code] for code in codes if code is not None]),
            probabilities[known],
            known,
            names[known],
            years[known],
        )

    @property
    def said(self) -> np.ndarray:
        """The likeliest label of each."""
        said: np.ndarray = self.labels[self.probabilities.argmax(axis=1)]
        return said

    def scores(self, groups: np.ndarray) -> dict[str, Any]:
        """Macro-F1 with interval and accuracy of codes, and accuracy of domains."""
        domain_of = np.vectorize(self.codebook.domains.get)
        return {
            "classifier": score(self.truth, self.said, groups[self.coded]).as_dict(),
            "domains": round(float((domain_of(self.truth) == domain_of(self.said)).mean()), 3),
        }

    def details(self) -> dict[str, Any]:
        """Calibration, abstention, labels, confusion, and how near positions come."""
        likeliest = self.probabilities.max(axis=1)
        right = self.truth == self.said
        threshold = abstention_threshold(self.truth, self.said, likeliest)
        tables = confusion_tables(self.labels, self.truth, self.said, self.manifestos)
        near = validate(scales_of(self.codebook), [str(each) for each in self.labels], tables, prior=PRIOR)
        return {
            "calibration_error": round(calibration_error(likeliest, right), 3),
            "threshold": threshold,
            "kept_share": round(float((likeliest >= threshold).mean()), 3),
            "kept_accuracy": round(float(right[likeliest >= threshold].mean()), 3),
            "coverage": coverage(self.truth, self.said, likeliest),
            "by_label": by_label(self.truth, self.said),
            "confused": most_confused(self.truth, self.said),
            "domains_confused": self._domains_confused(),
            "of_year": {
                str(year): round(float(right[self.years == year].mean()), 3) for year in sorted(set(self.years))
            },
            "confusion": confusion_of(self.labels, self.truth, self.said, self.manifestos).as_said(),
            "scales": {scale: each.as_said() for scale, each in near.items()},
        }

    def _domains_confused(self) -> dict[str, dict[str, int]]:
        """For each domain that coders gave, how often each was said."""
        names = list(dict.fromkeys(self.codebook.domains.values()))
        domain_of = np.vectorize(self.codebook.domains.get)
        truth, said = domain_of(self.truth), domain_of(self.said)
        return {one: {other: int(((truth == one) & (said == other)).sum()) for other in names} for one in names}
