"""What commitments say, as readers mark it on sheets, as rows of `tests/gold/commitments.csv`.

    python -m benchmarks.commitments draw --dataset VERSION --texts FOLDER --sheets FOLDER
    python -m benchmarks.commitments check SHEET.marks …
    python -m benchmarks.commitments enter SHEET.marks … --reader NAME
    python -m benchmarks.commitments agreement

A sheet has sentences that the classifier takes for commitments, each with what stands before it, and nothing of what
the extractor makes of it. A reader writes a file `.marks`, a line per sentence, its cells parted by |:

    k0001 | y | verhogen | verhogen | for | het minimumloon | minimumloon | party | raise | 14 euro | 2024

`tests/gold/commitments.md` has the rules. Words are copied from the sentence, so that each mark has a place in it.
"""

import csv
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any

from benchmarks.sentence_sheets import (
    NONE,
    Drawn,
    Place,
    check_sheets,
    command_line,
    draw,
    numbers_of,
    place_of,
    read_drawn,
    tell,
    write_marks,
)
from benchmarks.shared import GOLD
from extract.learning.annotations import letters
from extract.records import sha256_of

MARKS = GOLD / "commitments.csv"
PRIMER = GOLD / "commitments-primer.csv"
POLARITIES = ("for", "against")
ACTORS = ("government", "municipalities", "companies", "eu", "party", "other", "none")
DIRECTIONS = (
    "raise", "lower", "introduce", "abolish", "keep", "forbid", "allow", "invest", "investigate", "other"
)  # fmt: skip
_OF_EACH = 14  # commitments of a document that are drawn
_ON_A_SHEET = 125
_TWICE = 400
_CELLS = (
    "id", "commits", "action", "action_words", "polarity", "object", "head", "actor", "direction", "target", "deadline"
)  # fmt: skip
_ALLOWED = {"commits": ("y", "n"), "polarity": (*POLARITIES, NONE), "actor": ACTORS, "direction": DIRECTIONS}
_PLACES = ("action", "object", "head")
_COMPARED = (
    "action", "action_start", "polarity", "head_start", "object_start", "object_letters", "actor", "direction",
    "target", "deadline",
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Marked(Place):
    """What one reader marked in one sentence: a row of `commitments.csv`, places counted in letters of the sentence.

    None: no such thing in the sentence. `commits` is false where it is no commitment to anybody's eye.
    """

    reader: str
    commits: bool
    action: str | None
    action_start: int | None
    action_letters: int | None
    polarity: str | None
    object_start: int | None
    object_letters: int | None
    head_start: int | None
    head_letters: int | None
    actor: str | None
    direction: str | None
    target: str | None
    deadline: str | None

    def place(self, name: str) -> range | None:
        """Where the "action", the "object" or its "head" stands."""
        start, count = getattr(self, f"{name}_start"), getattr(self, f"{name}_letters")
        return None if start is None else range(start, start + count)


def read_sheet(path: Path, reader: str) -> Iterator[Marked | str]:
    """Yield the marks of a file, or what is wrong with a line of it."""
    drawn = read_drawn(path.parent)
    seen = set()
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        cells = [cell.strip() for cell in line.split("|")]
        if not line.strip():
            continue
        if len(cells) != len(_CELLS):
            yield f"{path.name}:{number}: {len(cells)} cells, not {len(_CELLS)}: {line}"
        elif cells[0] not in drawn or cells[0] in seen:
            yield f"{path.name}:{number}: {cells[0]} is on no sheet, or marked twice"
        else:
            seen.add(cells[0])
            given = dict(zip(_CELLS, cells, strict=True))
            yield _marked(given, drawn[cells[0]], reader, f"{path.name}:{number} {cells[0]}")


def _marked(given: dict[str, str], drawn: Drawn, reader: str, where: str) -> Marked | str:
    for name, values in _ALLOWED.items():
        if given[name] not in values:
            return f"{where}: {name} is '{given[name]}', not one of {', '.join(values)}"
    if (given["object"] == NONE) != (given["head"] == NONE):
        return f"{where}: object and head are given together or not at all"
    places: dict[str, range | None] = {}
    for name in _PLACES:
        words = given["action_words" if name == "action" else name]
        places[name] = place_of(drawn.text, words, places.get("object") if name == "head" else None)
        if places[name] is None and words != NONE:
            return f"{where}: '{words}' does not stand in the sentence"
    in_row = {
        f"{name}_{what}": value
        for name, place in places.items()
        for what, value in (("start", place.start if place else None), ("letters", len(place) if place else None))
    }
    cells = {
        name: None if given[name] == NONE else given[name] for name in ("action", "polarity", "target", "deadline")
    }
    place = {field.name: getattr(drawn, field.name) for field in fields(Place)}
    return Marked(
        **place, **in_row, **cells,  # type: ignore[arg-type]
        reader=reader, commits=given["commits"] == "y", actor=given["actor"], direction=given["direction"],
    )  # fmt: skip


def check(paths: Sequence[Path]) -> list[str]:
    """What is wrong in files of marks, and which sentences of their sheets they leave out."""
    return check_sheets(paths, read_sheet)


def enter(paths: Sequence[Path], reader: str) -> None:
    """Put a reader's marks of some files into `tests/gold/commitments.csv`, in place of what he marked before."""
    marks = [each for path in paths for each in read_sheet(path, reader) if isinstance(each, Marked)]
    held = [each for each in read_marks() if each.reader != reader] if MARKS.exists() else []
    ordered = sorted([*held, *marks], key=lambda each: (each.sentence, each.reader))
    write_marks(MARKS, ordered, row_of=_row_of)


def _row_of(marked: Marked) -> dict[str, Any]:
    return {**asdict(marked), "commits": "y" if marked.commits else "n"}


def read_marks() -> list[Marked]:
    """All marks, in the order of the sentences."""
    with MARKS.open(encoding="utf-8", newline="") as file:
        return [_row(row) for row in csv.DictReader(file)]


def read_primer() -> list[tuple[str, Marked]]:
    """Short sentences made by the rules, and what the rules say of each: to learn from, never to measure on."""
    with PRIMER.open(encoding="utf-8", newline="") as file:
        return [(row["text"], _of_primer(row)) for row in csv.DictReader(file)]


def _of_primer(row: dict[str, str]) -> Marked:
    text = row["text"]
    stream, _ = letters(text)
    drawn = Drawn(
        sentence=row["sentence"], source=PRIMER.name, source_sha256=sha256_of(PRIMER.name), letter_start=0,
        letter_count=len(stream), letters_sha256=sha256_of(stream), sheet="", text=text,
    )  # fmt: skip
    given = {name: row.get(name) or NONE for name in _CELLS} | {"id": row["sentence"], "commits": "y"}
    marked = _marked(given, drawn, row["reader"], f"{PRIMER.name} {row['sentence']}")
    if isinstance(marked, str):
        raise ValueError(marked)
    return marked


def _row(row: dict[str, str]) -> Marked:
    names = [f"{name}_{what}" for name in _PLACES for what in ("start", "letters")]
    places = {name: int(row[name]) if row[name] else None for name in names}
    empty = {name: row[name] or None for name in ("action", "polarity", "actor", "direction", "target", "deadline")}
    return Marked(**{**row, **numbers_of(row), **places, **empty, "commits": row["commits"] == "y"})  # type: ignore[arg-type]


def agreement(marks: Iterable[Marked]) -> dict[str, tuple[float, int]]:
    """Of each cell, in which share of the sentences that two read blind it is the same, and how many those are."""
    by_sentence = defaultdict(list)
    for each in marks:
        by_sentence[each.sentence].append(each)
    pairs = [(some[0], some[1]) for some in by_sentence.values() if len(some) > 1]
    both = [(one, other) for one, other in pairs if one.commits and other.commits and one.actor and other.actor]
    found = {"commits": (sum(one.commits == other.commits for one, other in pairs) / max(len(pairs), 1), len(pairs))}
    for name in _COMPARED:
        same = sum(getattr(one, name) == getattr(other, name) for one, other in both)
        found[name] = same / max(len(both), 1), len(both)
    return found


def main() -> None:
    """Draw, check, enter or compare; `check` exits with 1 where something is wrong."""
    parser, commands = command_line(__doc__)
    commands.add_parser("agreement")
    arguments = parser.parse_args()
    match arguments.command:
        case "draw":
            count = draw(
                arguments.dataset, arguments.texts, arguments.sheets, prefix="k", of_each=_OF_EACH,
                on_a_sheet=_ON_A_SHEET, twice=_TWICE,
                rows=lambda version, document_id: version.rows("proposals", [document_id])[0].to_pylist(),
            )  # fmt: skip
            print(f"{count} sentences")
        case "enter":
            enter(arguments.marks, arguments.reader)
        case "agreement":
            for name, (share, of) in agreement(read_marks()).items():
                print(f"{name:16} {share:.3f} of {of}")
        case "check":
            tell(check(arguments.marks))


if __name__ == "__main__":
    main()
