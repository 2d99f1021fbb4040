"""How well names, amounts, years and deadlines are found, in sentences that readers marked.

    python -m benchmarks.entities draw --dataset VERSION --texts FOLDER --sheets FOLDER
    python -m benchmarks.entities check SHEET.marks …
    python -m benchmarks.entities enter SHEET.marks … --reader NAME
    python -m benchmarks.entities score --texts FOLDER

`tests/gold/entities.md` has the rules, and says how places are counted.
"""

import argparse
import csv
import sys
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, fields
from pathlib import Path

from benchmarks.sentence_sheets import NONE, Place, Row, draw, numbers_of, read_drawn, unmarked
from benchmarks.shared import GOLD
from extract.dataset.reader import StoredVersion

MARKS = GOLD / "entities.csv"
KINDS = ("organisation", "party", "eu-body", "law", "amount", "year", "deadline", "person", "place")
_OF_EACH = 3
_ON_A_SHEET = 110
_NOT_DRAWN = ("heading", "contents", "furniture")  # kinds of passages


@dataclass(frozen=True, slots=True, kw_only=True)
class Marked(Place):
    """What one reader marked in a sentence; its place counted in characters that are no white space."""

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
        place = {field.name: getattr(drawn[name], field.name) for field in fields(Place)}
        if cells == [NONE]:
            yield Marked(**place, reader=reader, kind=None, start=0, characters=0)
            continue
        text, end = "".join(drawn[name].text.split()), 0
        for cell in cells:
            kind, _, words = cell.partition(":")
            wanted = "".join(words.split())
            start = text.find(wanted, end)
            if kind not in KINDS or not wanted or start < 0:
                yield f"{path.name}:{number} {name}: '{cell}' is of no kind, or does not stand there in this order"
                continue
            end = start + len(wanted)
            yield Marked(**place, reader=reader, kind=kind, start=start, characters=len(wanted))


def check(paths: Sequence[Path]) -> list[str]:
    """What is wrong in files of marks, and which sentences of their sheets they leave out."""
    wrong = []
    for path in paths:
        marks = list(read_sheet(path, "reader"))
        wrong += [each for each in marks if isinstance(each, str)]
        wrong += unmarked(path, {each.sentence for each in marks if isinstance(each, Marked)})
    return wrong


def enter(paths: Sequence[Path], reader: str) -> None:
    """Put a reader's marks of some files into `tests/gold/entities.csv`, in place of what he marked before."""
    marks = [each for path in paths for each in read_sheet(path, reader) if isinstance(each, Marked)]
    held = [each for each in read_marks() if each.reader != reader] if MARKS.exists() else []
    with MARKS.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, [field.name for field in fields(Marked)], lineterminator="\n")
        writer.writeheader()
        key = lambda each: (each.sentence, each.reader, each.start)  # noqa: E731
        writer.writerows(map(asdict, sorted([*held, *marks], key=key)))


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


def _running_sentences(version: StoredVersion, document_id: str) -> list[Row]:
    kinds = {row["passage_id"]: row["kind"] for row in version.rows("passages", [document_id])[0].to_pylist()}
    rows = version.rows("sentences", [document_id])[0].to_pylist()
    return [row for row in rows if kinds[row["passage_id"]] not in _NOT_DRAWN]


def main() -> None:
    """Draw, check, enter or score; `check` exits with 1 where something is wrong."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = parser.add_subparsers(dest="command", required=True)
    drawing = commands.add_parser("draw")
    for name in ("--dataset", "--texts", "--sheets"):
        drawing.add_argument(name, type=Path, required=True)
    for name in ("check", "enter"):
        command = commands.add_parser(name)
        command.add_argument("marks", type=Path, nargs="+")
        if name == "enter":
            command.add_argument("--reader", required=True)
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
            wrong = check(arguments.marks)
            print("\n".join(wrong) or "All is well.")
            sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main()
