"""How well names, amounts, years and deadlines are found, in sentences that readers marked.

    python -m benchmarks.entities draw --dataset VERSION --texts FOLDER --sheets FOLDER
    python -m benchmarks.entities check SHEET.marks …
    python -m benchmarks.entities enter SHEET.marks … --reader NAME
    python -m benchmarks.entities score --texts FOLDER

`tests/gold/entities.md` has the rules, and says how places are counted. Sources fall into two halves by their SHA-256:
one to work on, of which `--errors` shows what differs, and one to test on, of which only sums are shown.
"""

import csv
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from pathlib import Path

from rich.console import Console
from rich.markup import escape

from benchmarks.sentence_sheets import (
    NONE,
    Place,
    Row,
    check_sheets,
    command_line,
    draw,
    numbers_of,
    read_drawn,
    tell,
    write_marks,
)
from benchmarks.shared import GOLD, table_of
from extract.dataset.reader import StoredVersion
from extract.extraction import Resources, annotate, read, split
from extract.learning.annotations import find_sources, letters
from extract.parties import Register, load_register
from extract.reading.facts import Facts
from extract.records import Entity, Extraction, Sentence, sha256_of
from extract.settings import Settings

MARKS = GOLD / "entities.csv"
KINDS = ("organisation", "party", "eu-body", "law", "amount", "year", "deadline", "person", "place")
_OF_EACH = 3
_ON_A_SHEET = 110
_NOT_DRAWN = ("heading", "contents", "furniture")  # kinds of passages
_SECOND = "reader-13"  # who read a part again, for agreement only
_WORKING, _TEST = "working half", "test half"


@dataclass(frozen=True, slots=True, kw_only=True)
class Marked(Place):
    """What one reader marked in a sentence; its place counted in characters that are no white space."""

    characters_sha256: str  # of those characters of the sentence, which proves that places still fit
    reader: str
    kind: str | None  # None where the sentence has nothing
    start: int
    characters: int


def read_sheet(path: Path, reader: str) -> Iterator[Marked | str]:
    """Yield the marks of a file, or what is wrong with a line of it."""
    drawn = read_drawn(path.parent)
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        name, *cells = (cell.strip() for cell in line.split("|"))
        if not name:
            continue
        if name not in drawn or not cells:
            yield f"{path.name}:{number}: {line} is of no sentence on a sheet, or has no marks"
            continue
        text, end = _dense(drawn[name].text), 0
        place = {field.name: getattr(drawn[name], field.name) for field in fields(Place)}
        place["characters_sha256"] = sha256_of(text)
        if cells == [NONE]:
            yield Marked(**place, reader=reader, kind=None, start=0, characters=0)
            continue
        for cell in cells:
            kind, _, words = cell.partition(":")
            wanted = _dense(words)
            start = text.find(wanted, end)
            if kind not in KINDS or not wanted or start < 0:
                yield f"{path.name}:{number} {name}: '{cell}' is of no kind, or does not stand there in this order"
                continue
            end = start + len(wanted)
            yield Marked(**place, reader=reader, kind=kind, start=start, characters=len(wanted))


def check(paths: Sequence[Path]) -> list[str]:
    """What is wrong in files of marks, and which sentences of their sheets they leave out."""
    return check_sheets(paths, read_sheet)


def enter(paths: Sequence[Path], reader: str) -> None:
    """Put a reader's marks of some files into `tests/gold/entities.csv`, in place of what he marked before."""
    marks = [each for path in paths for each in read_sheet(path, reader) if isinstance(each, Marked)]
    held = [each for each in read_marks() if each.reader != reader] if MARKS.exists() else []
    ordered = sorted([*held, *marks], key=lambda each: (each.sentence, each.reader, each.start))
    write_marks(MARKS, ordered)


def read_marks() -> list[Marked]:
    """All marks, in the order of the sentences."""
    with MARKS.open(encoding="utf-8", newline="") as file:
        rows: list[Row] = list(csv.DictReader(file))
    return [
        Marked(
            **row
            | numbers_of(row)
            | {"kind": row["kind"] or None, "start": int(row["start"]), "characters": int(row["characters"])}
        )
        for row in rows
    ]


Spans = dict[str, set[range]]
"""By kind, the places of what is marked or found in a sentence, in characters that are no white space."""


@dataclass(frozen=True, slots=True)
class Found:
    """The text of a sentence as it is read, and what is found in it."""

    text: str
    spans: Spans


@dataclass(frozen=True, slots=True)
class Judged:
    """A marked sentence, what the reader marked, and what is found."""

    sentence: str
    half: str
    text: str
    marked: Spans
    found: Spans


@dataclass(frozen=True, slots=True)
class Counts:
    """How many are marked and found, and how many of each are right: at the same place, or at one that overlaps."""

    marked: int
    found: int
    exact: int
    found_near: int  # found, and overlapping one that is marked
    marked_near: int  # marked, and overlapping one that is found

    @property
    def shares(self) -> tuple[float, ...]:
        """Precision and recall at the same place, and at one that overlaps; not a number where nothing is counted."""
        right = (self.exact, self.exact, self.found_near, self.marked_near)
        of = (self.found, self.marked, self.found, self.marked)
        return tuple(some / all_ if all_ else float("nan") for some, all_ in zip(right, of, strict=True))


def judge(marks: Sequence[Marked], texts: Path) -> list[Judged]:
    """Hold what is found in marked sentences whose texts are in a folder against the marks of their first reader."""
    marks = [each for each in marks if each.reader != _SECOND]
    found = find_marked(marks, texts, register=load_register())
    return [
        Judged(name, half, found[name].text, spans, found[name].spans)
        for name, (half, spans) in _by_sentence(marks).items()
        if name in found
    ]


def find_marked(marks: Iterable[Marked], texts: Path, *, register: Register) -> dict[str, Found]:
    """What is found in the marked sentences, as this software reads and splits their sources, by id.

    A sentence that is no more what it was, character for character but for white space, is left out: its places would
    not fit.
    """
    by_source: dict[str, dict[str, Marked]] = defaultdict(dict)
    for each in marks:
        by_source[each.source_sha256][each.sentence] = each
    resources = Resources(settings=Settings(), register=register, nlp=None, models=())
    found: dict[str, Found] = {}
    for folder in (texts, GOLD / "digests"):
        for path, sha256 in find_sources([folder], set(by_source)):
            wanted = by_source.pop(sha256, {})  # a file may lie there twice
            name = path.relative_to(folder).as_posix()
            settings = resources.settings
            extraction = split(
                read(path.read_bytes(), name=name, facts=Facts(), settings=settings), resources=resources
            )
            found |= _in_document(annotate(extraction, resources=resources), wanted)
    return found


def _in_document(extraction: Extraction, wanted: Mapping[str, Marked]) -> dict[str, Found]:
    """Of several sentences that are alike, the one nearest to where the marked one stands, counted in letters."""
    document = extraction.document
    if not document:
        return {}
    _, offsets = letters(document.text)
    alike: dict[str, list[Sentence]] = defaultdict(list)
    for sentence in extraction.sentences:
        alike[sha256_of(_dense(sentence.text))].append(sentence)
    entities: dict[str, list[Entity]] = defaultdict(list)
    for entity in extraction.entities:
        entities[entity.sentence_id].append(entity)
    found = {}
    for name, each in wanted.items():
        near = offsets[min(each.letter_start, len(offsets) - 1)]
        for chosen in sorted(alike[each.characters_sha256], key=lambda one: abs(one.char_start - near))[:1]:
            found[name] = Found(chosen.text, _spans_found(chosen, entities[chosen.sentence_id]))
    return found


def _spans_found(sentence: Sentence, entities: Iterable[Entity]) -> Spans:
    spans: Spans = defaultdict(set)
    for each in entities:
        start = len(_dense(sentence.text[: each.char_start - sentence.char_start]))
        spans[each.kind].add(range(start, start + len(_dense(each.text))))
    return spans


def _by_sentence(marks: Iterable[Marked]) -> dict[str, tuple[str, Spans]]:
    """Of each sentence the half that it is in, and what is marked in it."""
    found: dict[str, tuple[str, Spans]] = {}
    for each in marks:
        _, spans = found.setdefault(each.sentence, (half_of(each.source_sha256), defaultdict(set)))
        if each.kind:
            spans[each.kind].add(range(each.start, each.start + each.characters))
    return found


def half_of(sha256: str) -> str:
    """The half that a source is in."""
    return _WORKING if int(sha256[:8], 16) % 2 else _TEST


def agreement(marks: Sequence[Marked]) -> dict[str, Counts]:
    """By kind, the marks of the second reader against those of the first, in the sentences that both read."""
    second = _by_sentence(each for each in marks if each.reader == _SECOND)
    first = _by_sentence(each for each in marks if each.reader != _SECOND)
    return count((first[name][1], spans) for name, (_, spans) in second.items())


def count(pairs: Iterable[tuple[Mapping[str, set[range]], Mapping[str, set[range]]]]) -> dict[str, Counts]:
    """By kind, how many of what is marked is found, of pairs of both, a pair for each sentence."""
    pairs = list(pairs)
    return {kind: _of_kind([(marked.get(kind, set()), found.get(kind, set())) for marked, found in pairs])
            for kind in KINDS}  # fmt: skip


def _of_kind(pairs: Sequence[tuple[set[range], set[range]]]) -> Counts:
    def number(of: Callable[[set[range], set[range]], Iterable[range]]) -> int:
        return sum(len(list(of(marked, found))) for marked, found in pairs)

    return Counts(
        marked=number(lambda marked, _: marked),
        found=number(lambda _, found: found),
        exact=number(lambda marked, found: marked & found),
        found_near=number(lambda marked, found: _overlapping(found, marked)),
        marked_near=number(_overlapping),
    )


def _overlapping(some: Iterable[range], others: Iterable[range]) -> list[range]:
    return [one for one in some if any(one.start < each.stop and each.start < one.stop for each in others)]


def errors(judged: Iterable[Judged]) -> Iterator[str]:
    """Yield what differs in each sentence of the working half."""
    for each in judged:
        lines = [
            f"  {what} {kind}: {_words(each.text, place)}"
            for kind in KINDS
            for what, places in (
                ("missed", each.marked.get(kind, set()) - each.found.get(kind, set())),
                ("wrong ", each.found.get(kind, set()) - each.marked.get(kind, set())),
            )
            for place in sorted(places, key=lambda place: place.start)
        ]
        if lines and each.half == _WORKING:
            yield "\n".join([f"{each.sentence} {' '.join(each.text.split())}", *lines])


def _words(text: str, place: range) -> str:
    at = [offset for offset, character in enumerate(text) if not character.isspace()]
    return text[at[place.start] : at[place.stop - 1] + 1]


def _dense(text: str) -> str:
    return "".join(text.split())


def score(texts: Path, *, show_errors: bool) -> None:
    """Print precision and recall per kind on both halves, and how far two readers agree."""
    marks = read_marks()
    judged = judge(marks, texts)
    console = Console(highlight=False)
    if show_errors:
        for each in errors(judged):
            console.print(escape(each), soft_wrap=True)
    console.print(f"{len({each.sentence for each in marks}) - len(judged)} sentences were not found, or have changed.")
    for half in (_WORKING, _TEST):
        chosen = [each for each in judged if each.half == half]
        table = table_of(
            f"{half}: {len(chosen)} sentences", "precision", "recall", "overlapping: precision", "recall", "found",
            "marked",
        )  # fmt: skip
        for kind, counts in count((each.marked, each.found) for each in chosen).items():
            table.add_row(kind, *(f"{share:.3f}" for share in counts.shares), str(counts.found), str(counts.marked))
        console.print(table)
    table = table_of("two readers", "F1", "overlapping: F1", "first", "second")
    for kind, counts in agreement(marks).items():
        exact, near = (_f1(*pair) for pair in (counts.shares[:2], counts.shares[2:]))
        table.add_row(kind, f"{exact:.3f}", f"{near:.3f}", str(counts.marked), str(counts.found))
    console.print(table)


def _f1(precision: float, recall: float) -> float:
    return 2 * precision * recall / (precision + recall) if precision + recall else 0.0


def _running_sentences(version: StoredVersion, document_id: str) -> list[Row]:
    kinds = {row["passage_id"]: row["kind"] for row in version.rows("passages", [document_id])[0].to_pylist()}
    rows = version.rows("sentences", [document_id])[0].to_pylist()
    return [row for row in rows if kinds[row["passage_id"]] not in _NOT_DRAWN]


def main() -> None:
    """Draw, check, enter or score; `check` exits with 1 where something is wrong."""
    parser, commands = command_line(__doc__)
    scoring = commands.add_parser("score")
    scoring.add_argument("--texts", type=Path, required=True)
    scoring.add_argument("--errors", action="store_true", help="show what differs in the half to work on")
    arguments = parser.parse_args()
    match arguments.command:
        case "draw":
            count = draw(
                arguments.dataset, arguments.texts, arguments.sheets, rows=_running_sentences, prefix="e",
                of_each=_OF_EACH, on_a_sheet=_ON_A_SHEET, twice=110,
            )  # fmt: skip
            print(f"{count} sentences")
        case "enter":
            enter(arguments.marks, arguments.reader)
        case "check":
            tell(check(arguments.marks))
        case "score":
            score(arguments.texts, show_errors=arguments.errors)


if __name__ == "__main__":
    main()
