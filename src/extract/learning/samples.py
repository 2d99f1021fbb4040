"""Sentences drawn for readers: each with what a reader sees of it, and its place in its source.

A sample is a CSV file that any labelling tool, or a spreadsheet, can fill in. The place travels with the sentence, so
that a label comes back as an Annotation whatever the tool did to the text.
"""

import csv
import functools
import io
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, fields
from pathlib import Path

from extract.labels.contexts import Reading
from extract.learning.annotations import Annotation, letters, nearest_place, source_text
from extract.problems import UsageError
from extract.records import sha256_of
from extract.spreadsheets import guarded, unguarded

_UNSTATED = 2  # confidence of a reader who stated none


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """A sentence to label, and the label once a reader gave it: a row of a sample."""

    sentence: str
    heading: str
    before: str
    text: str
    after: str
    label: str = ""
    confidence: str = ""
    source: str
    source_sha256: str
    letter_start: int
    letter_count: int
    letters_sha256: str
    stratum: str
    group: str


def task_of(
    sentence: str, reading: Reading, *, source: Path, raw: Path, source_sha256: str, near: int, stratum: str, group: str
) -> Task | None:
    """A sentence with its place in the letters of its source: the one nearest to `near`; None if it is not in it.

    The source lies in the folder `raw`; what leads out of it is not read.
    """
    wanted = letters(reading.text)[0]
    start = nearest_place(_stream(source, raw), wanted, near)
    if start is None:
        return None
    return Task(
        sentence=sentence, heading=reading.heading, before=reading.before, text=reading.text, after=reading.after,
        source=source.name, source_sha256=source_sha256, letter_start=start, letter_count=len(wanted),
        letters_sha256=sha256_of(wanted), stratum=stratum, group=group,
    )  # fmt: skip


def write_sample(path: Path, tasks: Iterable[Task]) -> None:
    """Write a sample as CSV; what a spreadsheet would take for a formula gets a ' before it."""
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.DictWriter(file, [field.name for field in fields(Task)])
        writer.writeheader()
        for task in tasks:
            cells = asdict(task).items()
            writer.writerow({name: guarded(cell) if isinstance(cell, str) else cell for name, cell in cells})


def read_sample(path: Path) -> list[Task]:
    """Read a sample, labelled or not."""
    text = path.read_text(encoding="utf-8-sig")
    dialect = ";" if text.partition("\n")[0].count(";") > text.partition("\n")[0].count(",") else ","
    rows = csv.DictReader(io.StringIO(text, newline=""), delimiter=dialect)  # a Dutch spreadsheet writes ;
    return [task_from({name: unguarded(value or "") for name, value in row.items() if name}, path) for row in rows]


def task_from(row: dict[str, str], path: Path) -> Task:
    """A task from its fields as text, as some file gave them."""
    try:
        numbers = {name: int(row[name]) for name in ("letter_start", "letter_count")}
        return Task(**{field.name: row.get(field.name, "") for field in fields(Task)} | numbers)  # type: ignore[arg-type]
    except (KeyError, ValueError) as error:
        raise UsageError(
            f"{path} is no sample of sentences: {error} is missing or no number.\n"
            "Take the file that manifesto label sample wrote, or what a labelling tool gave back of its export."
        ) from error


def annotations_of(tasks: Sequence[Task], *, reader: str, labels: Sequence[str], path: Path) -> list[Annotation]:
    """The annotations of the tasks that have a label, which must be one of the codebook's."""
    given = [task for task in tasks if task.label.strip()]
    unknown = sorted({task.label for task in given} - set(labels))
    if unknown:
        raise UsageError(
            f"{path} has labels that the codebook lacks: {', '.join(unknown)}.\nIts labels are: {', '.join(labels)}."
        )
    return [
        Annotation(
            sentence=task.sentence, source=task.source, source_sha256=task.source_sha256,
            letter_start=task.letter_start, letter_count=task.letter_count, letters_sha256=task.letters_sha256,
            stratum=task.stratum, group=task.group, reader=reader, label=task.label,
            confidence=int(task.confidence or _UNSTATED),
        )
        for task in given
    ]  # fmt: skip


@functools.lru_cache(maxsize=8)  # tasks come source by source
def _stream(source: Path, raw: Path) -> str:
    return letters(source_text(source, raw=raw))[0]
