"""How well action, polarity and object are found, in commitments that readers marked without seeing the output.

    make actions
    python -m benchmarks.actions --texts FOLDER [--set first|development] [--errors]

prints precision and recall, and with `--errors` what differs; `tests/gold/README.md` says how sentences were drawn
and marked.
"""

import csv
import json
import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console
from rich.markup import escape

from benchmarks.shared import GOLD, parser_with_texts, table_of
from extract.extraction import read
from extract.language.actions import Action, action_of
from extract.language.parsing import parse_sentences
from extract.language.pipeline import find_pipeline, load_language
from extract.learning.annotations import (
    ANNOTATIONS_FILE,
    Annotation,
    find_sources,
    find_texts,
    letters,
    read_annotations,
    settled_labels,
)
from extract.problems import ManifestoError
from extract.reading.facts import Facts
from extract.records import Sentence
from extract.settings import Settings
from pipelines.paths import MODELS

MARKS = GOLD / "actions.csv"
FLOORS = GOLD / "action-floors.json"
_SECOND = frozenset({"reader-3", "reader-7"})  # who read a part again, for agreement only


@dataclass(frozen=True, slots=True)
class Marked:
    """What a reader marked in a commitment. Places are counted in letters of the sentence; None where there is none."""

    sentence: str
    action: str | None
    polarity: str | None
    object: range | None
    head: range | None


@dataclass(frozen=True, slots=True)
class Judged:
    """A marked commitment, and what the rules make of it."""

    marked: Marked
    text: str
    found: Action
    action: bool
    polarity: bool
    head: bool
    object: bool


def read_marks(chosen: str) -> list[Marked]:
    """The marks of a set, one reader's for each sentence."""
    with MARKS.open(encoding="utf-8", newline="") as file:
        return [_marked(row) for row in csv.DictReader(file) if row["set"] == chosen and row["reader"] not in _SECOND]


def judge(marks: Iterable[Marked], texts: Path, *, language_pipeline: str = "auto") -> list[Judged]:
    """Parse the marked commitments whose texts are in a folder, and hold what the rules find against the marks."""
    marks = list(marks)
    annotations = settled_labels(read_annotations(MODELS / "statement" / ANNOTATIONS_FILE))
    found = find_in_layer([annotations[each.sentence] for each in marks], texts)
    if not found:
        raise ManifestoError(f"None of the marked sentences stands in {texts}.")
    nlp = load_language(language_pipeline, models=MODELS)
    assert nlp is not None
    at_hand = [each for each in marks if each.sentence in found]
    sentences = [_sentence(each.sentence, found[each.sentence]) for each in at_hand]
    parses = parse_sentences(sentences, nlp=nlp)
    return [
        _judge(each, sentence.text, action_of(list(parse.tokens)))
        for each, sentence, parse in zip(at_hand, sentences, parses, strict=True)
    ]


def figures(judged: Iterable[Judged]) -> dict[str, tuple[float, float, int]]:
    """Precision, recall and the number of marks: of action, the two polarities, object and its head noun."""
    judged = list(judged)

    def shares(right: int, found: int, marked: int) -> tuple[float, float, int]:
        return right / found if found else 0.0, right / marked if marked else 0.0, marked

    def of(right: str, found: str, marked: str) -> tuple[float, float, int]:
        """By names of fields: of what is judged right, of what was found, and of what was marked."""
        return shares(
            sum(getattr(each, right) for each in judged),
            sum(getattr(each.found, found) is not None for each in judged),
            sum(getattr(each.marked, marked) is not None for each in judged),
        )

    def polarity(value: str) -> tuple[float, float, int]:
        return shares(
            sum(each.polarity and each.marked.polarity == value for each in judged),
            sum(each.found.polarity == value for each in judged),
            sum(each.marked.polarity == value for each in judged),
        )

    return {
        "action": of("action", "verb", "action"),
        "polarity": of("polarity", "polarity", "polarity"),
        "polarity: for": polarity("for"),
        "polarity: against": polarity("against"),
        "object, its head": of("head", "object", "object"),
        "object, each word": of("object", "object", "object"),
    }


def find_in_layer(annotations: Sequence[Annotation], texts: Path) -> dict[str, str]:
    """Annotated sentences as the text layer of this software has them, with words that scans tore made whole.

    One whose letters do not stand there in one piece comes as the raw file has it.
    """
    in_file = find_texts(annotations, [texts])
    by_source: dict[str, list[str]] = defaultdict(list)
    for each in annotations:
        by_source[each.source_sha256].append(each.sentence)
    found: dict[str, str] = {}
    for path, sha256 in find_sources([texts], set(by_source)):
        document = read(path.read_bytes(), name=path.name, facts=Facts(), settings=Settings()).document
        text = document.text if document else ""
        stream, offsets = letters(text)
        for sentence in in_file.keys() & by_source[sha256]:
            own, _ = letters(in_file[sentence])
            at = stream.find(own)
            stretch = text[offsets[at] : offsets[at + len(own) - 1] + 1] if at >= 0 else in_file[sentence]
            found[sentence] = f"{' '.join(stretch.split())}."  # letters end before the full stop
    return found


def _judge(marked: Marked, text: str, found: Action) -> Judged:
    """An object counts by the letters of its head noun, and word for word."""
    _, offsets = letters(text)

    def place(start: int, end: int) -> range:
        inside = [rank for rank, offset in enumerate(offsets) if start <= offset < end]
        return range(inside[0], inside[-1] + 1) if inside else range(0)

    acted_on = found.object
    head = place(acted_on.head_start, acted_on.head_end) if acted_on else None
    whole = place(acted_on.char_start, acted_on.char_end) if acted_on else None
    return Judged(
        marked=marked,
        text=text,
        found=found,
        action=found.verb is not None and found.verb == marked.action,
        polarity=found.polarity is not None and found.polarity == marked.polarity,
        head=head is not None and marked.head is not None and _same_word(head, marked.head),
        object=whole is not None and whole == marked.object,
    )


def _same_word(found: range, marked: range) -> bool:
    """Whether one place lies in the other: readers and tokenisers part words that a scan glued or tore differently."""
    inner, outer = sorted((found, marked), key=len)
    return len(inner) > 0 and outer.start <= inner.start and inner.stop <= outer.stop


def _sentence(sentence_id: str, text: str) -> Sentence:
    return Sentence(
        sentence_id=sentence_id, passage_id="", document_id="", position=0, char_start=0, char_end=len(text), text=text
    )


def _marked(row: dict[str, str]) -> Marked:
    def place(name: str) -> range | None:
        if not row[f"{name}_start"]:
            return None
        start = int(row[f"{name}_start"])
        return range(start, start + int(row[f"{name}_letters"]))

    return Marked(row["sentence"], row["action"] or None, row["polarity"] or None, place("object"), place("head"))


def _errors(judged: Iterable[Judged]) -> Iterator[str]:
    for each in judged:
        nothing_marked = each.marked.object is None and each.found.object is None
        if (each.action or each.marked.action == each.found.verb) and each.polarity and (each.head or nothing_marked):
            continue
        stream, offsets = letters(each.text)
        marked = each.marked.object
        meant = each.text[offsets[marked.start] : offsets[marked.stop - 1] + 1] if marked else None
        got = each.text[each.found.object.char_start : each.found.object.char_end] if each.found.object else None
        yield (
            f"{each.marked.sentence} {each.text}\n"
            f"  marked: {each.marked.action} · {each.marked.polarity} · {meant}\n"
            f"  found:  {each.found.verb} · {each.found.polarity} · {got}"
        )


def below_floors(found: Mapping[str, tuple[float, float, int]], floors: Mapping[str, Sequence[float]]) -> list[str]:
    """The figures that came below their floors, which are precision and recall by name."""
    return [
        f"{name}: {found[name][0]:.3f}, {found[name][1]:.3f}; its floors are {precision}, {recall}"
        for name, (precision, recall) in floors.items()
        if found[name][0] < precision or found[name][1] < recall
    ]


def main(texts: Path, chosen: str, *, errors: bool) -> None:
    """Print the figures of a set; exit with 1 if those of the test set came below their floors."""
    judged = judge(read_marks(chosen), texts)
    console = Console(highlight=False)
    if errors:
        for each in _errors(judged):
            console.print(escape(each), soft_wrap=True)
    table = table_of(f"{len(judged)} commitments ({chosen})", "precision", "recall", "marked")
    for name, (precision, recall, marked) in figures(judged).items():
        table.add_row(name, f"{precision:.3f}", f"{recall:.3f}", str(marked))
    console.print(table)
    floors = json.loads(FLOORS.read_text(encoding="utf-8"))
    pipeline = find_pipeline("auto", models=MODELS)
    if chosen == "test" and pipeline and pipeline.sha256 == floors["sha256"]["pipeline"]:  # of which the floors are
        below = below_floors(figures(judged), floors["figures"])
        for each in below:
            console.print(f"[red]✗[/] below its floor: {each}")
        sys.exit(1 if below else 0)


if __name__ == "__main__":
    parser = parser_with_texts(__doc__)
    parser.add_argument("--set", choices=["test", "first", "development"], default="test")
    parser.add_argument("--errors", action="store_true")
    arguments = parser.parse_args()
    main(arguments.texts, arguments.set, errors=arguments.errors)
