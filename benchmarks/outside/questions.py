"""Policy areas beside themes of archivists: written questions of the Belgian Chamber, CC0."""

import csv
import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.outside.areas import CODEBOOK
from benchmarks.outside.scores import Allowed, Judged
from extract.extraction import Resources, read, split
from extract.labels.contexts import Reading, in_context
from extract.labels.models import label_readings, load_models
from extract.parties import load_register
from extract.reading.facts import Facts
from extract.settings import Settings

NONE = "none"
_AT_ONCE = 4_096  # sentences; bounds the memory that features take


@dataclass(frozen=True, slots=True)
class Question:
    """A question with its theme, and label and probability of each of its sentences; the first is its title."""

    question_id: str
    theme: str
    said: tuple[tuple[str, float], ...]


def read_questions(path: Path, models: Path, kept: Path | None) -> list[Question]:
    """Questions with the labels of their sentences, from the file `kept` where they were left there."""
    if kept and kept.exists():
        rows = json.loads(kept.read_text(encoding="utf-8"))
        return [Question(name, theme, tuple((label, share) for label, share in said)) for name, theme, said in rows]
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    resources = Resources(Settings(), load_register(), nlp=None, models=())
    split_up = [_sentences(row["question"], row["question_id"], resources) for row in rows]
    said = iter(list(_labels([reading for some in split_up for reading in some], models)))
    found = [
        Question(row["question_id"], row["theme"], tuple(next(said) for _ in some))
        for row, some in zip(rows, split_up, strict=True)
    ]
    if kept:
        kept.parent.mkdir(parents=True, exist_ok=True)
        kept.write_text(json.dumps([[one.question_id, one.theme, one.said] for one in found]), encoding="utf-8")
    return found


def _sentences(text: str, name: str, resources: Resources) -> list[Reading]:
    done = split(read(text.encode(), name=f"{name}.txt", facts=Facts(), settings=Settings()), resources=resources)
    return in_context(done.sentences, done.passages) or [Reading(" ".join(text.split()))]


def _labels(readings: Sequence[Reading], models: Path) -> Iterator[tuple[str, float]]:
    chosen = load_models(models, [CODEBOOK])
    for start in range(0, len(readings), _AT_ONCE):
        for ((label, probability, *_),) in label_readings(readings[start : start + _AT_ONCE], chosen):
            yield label, probability


def area_of(said: Iterable[tuple[str, float]]) -> str:
    """The area with the greatest sum of probabilities over the sentences that have it; none where no other is."""
    sums: dict[str, float] = defaultdict(float)
    for label, probability in said:
        sums[label] += probability
    others = {label: total for label, total in sums.items() if label != NONE}
    return max(others, key=lambda label: others[label]) if others else NONE


def judge_questions(
    questions: Iterable[Question],
    crosswalk: Mapping[str, Allowed],
    *,
    title: bool = False,
    threshold: float | None = None,
) -> Iterator[Judged]:
    """Yield questions with their areas, or with those of their `title` alone: none below the `threshold`.

    Each is a text of its own: what is resampled.
    """
    for one in questions:
        said = one.said[:1] if title else one.said
        kept = threshold is None or said[0][1] >= threshold
        yield Judged(one.question_id, area_of(said) if kept else None, crosswalk[one.theme], frozenset({one.theme}))
