"""Policy areas beside codes of the Manifesto Project: the classifier, and our annotations.

A manifesto is labelled by a classifier that learnt from no sentence of it: the one that is shipped where our
annotations drew none from it, else one that is fitted anew without those, on all others.
"""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np

from benchmarks.outside.coded import HEADING, UNCATEGORISED, UNCODED, Coded, Stretch, alike, overlapping
from benchmarks.outside.scores import Allowed, Judged, allowed_for
from extract.labels.classifier import ThemeModel, calibrate, features_of, fit_features
from extract.labels.features import Features
from extract.labels.models import load_models
from extract.records import sha256_of_file
from pipelines.training.classifiers import prepare

CODEBOOK = "policy-areas"
FOLDS = 6
ALIKE = 0.9  # of the letters of two stretches, for one sentence that two cut

_AT_ONCE = 4_096  # sentences; bounds the memory that features take


@dataclass(frozen=True, slots=True)
class Verdict:
    """What two classifiers say of a sentence: the shipped one, and one that learnt nothing of its manifesto."""

    shipped: str
    shipped_probability: float
    apart: str
    apart_probability: float


def verdicts(
    coded: Sequence[Coded], texts: Sequence[Path], models: Path, kept: Path | None
) -> dict[str, list[Verdict]]:
    """The verdicts on the sentences of manifestos, by manifesto, from the file `kept` where they were left there."""
    if kept and kept.exists():
        read = json.loads(kept.read_text(encoding="utf-8"))
        return {name: [Verdict(*each) for each in some] for name, some in read.items()}
    (shipped,) = load_models(models, [CODEBOOK])
    assert isinstance(shipped, ThemeModel)
    course = prepare(models / CODEBOOK, texts)
    truth = np.array([each.label for each in course.examples])
    temperature = json.loads((models / CODEBOOK / "metrics.json").read_text(encoding="utf-8"))["temperature"]
    sources = {each.sentence: each.source_sha256 for each in course.annotations}
    of_example = np.array([sources[each.sentence] for each in course.examples])
    found: dict[str, list[Verdict]] = {}
    for fold in folds_of(coded):
        hidden = {sha256_of_file(each.path) for each in fold}
        seen = np.flatnonzero(~np.isin(of_example, list(hidden)))
        if len(seen) == len(truth):
            apart = shipped.classifier
        else:
            taken = Features(course.features.matrix[seen], course.features.blocks)
            apart = fit_features(taken, list(truth[seen]), by_form=course.codebook.by_form)
            calibrate(apart, temperature)
        for each in fold:
            found[each.name] = list(_verdicts(each, shipped, apart))
    if kept:
        kept.parent.mkdir(parents=True, exist_ok=True)
        kept.write_text(json.dumps({k: [list(asdict(e).values()) for e in v] for k, v in found.items()}), "utf-8")
    return found


def folds_of(coded: Sequence[Coded]) -> list[list[Coded]]:
    """Manifestos to label with one classifier: first those without an annotation, then the others, dealt in turn."""
    unused = [each for each in coded if not each.annotated]
    used = [each for each in coded if each.annotated]
    return [fold for fold in (unused, *(used[start::FOLDS] for start in range(FOLDS))) if fold]


def _verdicts(each: Coded, shipped: ThemeModel, apart: object) -> Iterator[Verdict]:
    for start in range(0, len(each.readings), _AT_ONCE):
        some = each.readings[start : start + _AT_ONCE]
        matrix = features_of(some, keywords=shipped.keywords, meaning=shipped.meaning).matrix
        columns = [_best(classifier, matrix) for classifier in (shipped.classifier, apart)]
        yield from (Verdict(*one, *other) for one, other in zip(*columns, strict=True))


def _best(classifier: object, matrix: object) -> list[tuple[str, float]]:
    probabilities = classifier.predict_proba(matrix).astype(np.float64)  # type: ignore[attr-defined]
    best = probabilities.argmax(axis=1)
    classes = classifier.classes_  # type: ignore[attr-defined]
    return [(str(classes[at]), round(float(row[at]), 4)) for at, row in zip(best, probabilities, strict=True)]


def codes_of(units: Iterable[Stretch]) -> frozenset[str]:
    """The categories that coders gave some units, 000 only where there is no other; empty where there is none."""
    said = frozenset(unit.said for unit in units) - {HEADING, UNCODED}
    return said if said == {UNCATEGORISED} else said - {UNCATEGORISED}


def judge(
    each: Coded, said: Sequence[tuple[str, float]], crosswalk: Mapping[str, Allowed], *, threshold: float | None
) -> Iterator[tuple[int, Judged]]:
    """Yield the sentences of a manifesto that have codes, by their place, with label and probability as `said`.

    Below the `threshold` there is no label; where that is None, the most probable one stands.
    """
    for place, units in enumerate(overlapping(each.sentences, each.units)):
        codes = codes_of(units)
        if codes:
            label, probability = said[place]
            kept = threshold is None or probability >= threshold
            yield place, Judged(each.name, label if kept else None, allowed_for(codes, crosswalk), codes)


@dataclass(frozen=True, slots=True)
class Thrice:
    """A sentence with a code, our annotation, and a label of the classifier."""

    annotation: Judged
    classifier: Judged
    by_chance: bool  # whether it was drawn for annotation by chance


def thrice(each: Coded, said: Sequence[tuple[str, float]], crosswalk: Mapping[str, Allowed]) -> Iterator[Thrice]:
    """Yield annotated sentences that coder, annotator and splitter cut alike."""
    units = overlapping(each.annotated, each.units)
    order = {id(one): place for place, one in enumerate(each.sentences)}
    ours = overlapping(each.annotated, each.sentences)
    for annotated, chance, coded, sentences in zip(each.annotated, each.by_chance, units, ours, strict=True):
        same = [one for one in coded if alike(annotated, one, least=ALIKE)]
        cut = [one for one in sentences if alike(annotated, one, least=ALIKE)]
        codes = codes_of(same)
        if len(same) == len(cut) == 1 and codes and codes != {UNCATEGORISED}:
            allowed = allowed_for(codes, crosswalk)
            label = said[order[id(cut[0])]][0]
            yield Thrice(
                Judged(each.name, annotated.said, allowed, codes), Judged(each.name, label, allowed, codes), chance
            )
