"""Labels of a manifesto → its Positions: a value for each scale, with an interval and what is doubtful in it."""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence

import numpy as np

from extract.labels.confusion import Confusion, Counts
from extract.labels.models import Model
from extract.positions.estimates import draw_counts, estimate
from extract.positions.scales import scales_of
from extract.records import POSITIONED, Document, Label, Passage, Position, Reading, Sentence

# Under it the 95 % interval of RILE is as wide as parties are apart.
_SHORT = 100  # sentences
_BADLY_READ = frozenset({"C", "D"})
_DECIMALS = 4  # the same on every machine


def place_manifesto(
    document: Document,
    passages: Iterable[Passage],
    sentences: Iterable[Sentence],
    labels: Collection[Label],
    readings: Iterable[Reading],
    models: Sequence[Model],
) -> Iterator[Position]:
    """Yield the positions of a manifesto; none of a digest, which is other people's choice of what parties say.

    Headings do not count, as coders of the Manifesto Project do not code them. Labels count also where the model
    abstained: what it confuses was measured on all of them. A scale on which it does not come near readers is left out.
    """
    if document.kind != "manifesto":
        return
    headings = {each.passage_id for each in passages if each.kind == "heading"}
    counted = {each.sentence_id for each in sentences if each.passage_id not in headings}
    for model in models:
        if model.codebook.id not in POSITIONED or model.confusion is None:
            continue
        said = _counts(labels, counted, model.model_id, model.confusion)
        total = int(said.sum())
        if not total:
            continue
        doubts = "|".join(_doubts(document, total, readings)) or None
        draws = draw_counts(said, model.confusion, seed=int(document.document_id[:8], 16))
        for scale in scales_of(model.codebook):
            if model.apart is not None and scale.id not in model.apart:
                continue
            apart = model.apart[scale.id] if model.apart else 0.0
            found = estimate(scale, said, draws, model.confusion, apart=apart)
            of_scale = [label in scale.labels for label in model.confusion.labels]
            yield Position(
                document_id=document.document_id,
                scale=scale.id,
                party_id=document.party_id,
                election=document.election,
                value=round(found.value, _DECIMALS),
                low=round(found.low, _DECIMALS),
                high=round(found.high, _DECIMALS),
                counted=round(found.counted, _DECIMALS),
                sentences=int(said[of_scale].sum()) if scale.formula == "logit" else total,
                doubts=doubts,
                model_id=model.model_id,
            )


def _counts(labels: Iterable[Label], of: Collection[str], model_id: str, confusion: Confusion) -> Counts:
    """How many of some sentences have each label of a model, shape (labels,)."""
    found = Counter(each.label for each in labels if each.model_id == model_id and each.sentence_id in of)
    return np.array([found[label] for label in confusion.labels], np.float64)


def _doubts(document: Document, sentences: int, readings: Iterable[Reading]) -> Iterator[str]:
    if document.status == "draft":
        yield "draft"
    if sentences < _SHORT:
        yield "short"
    if any(each.grade in _BADLY_READ for each in readings):
        yield "badly-read"
