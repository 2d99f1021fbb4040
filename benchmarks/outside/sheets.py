"""Sheets of sentences on which the classifier and coders differ, to sort them blind by the codebook of policy areas.

Sentences with an area in the strict sense stand with two areas, A and B, in an order drawn by a hash. Of the others,
whose code allows several areas, a sheet shows neither side, and the reader writes the area, or two.
"""

import csv
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from pathlib import Path

from benchmarks.outside.scores import Judged
from extract.labels.contexts import Reading
from extract.records import sha256_of

PAIRS, OPEN = "pairs", "open"
KEY = "key.csv"
BOTH, NEITHER = "both", "neither"
FITS, UNFIT = "fits", "unfit"
_OF_MANIFESTO = 6  # on each of the two sheets
_BEFORE = 200  # characters
_MARK = re.compile(r"\[(\w+)\] (.+)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A sentence on a sheet, and what the reader does not see: the row of key.csv."""

    number: str
    sheet: str
    manifesto: str
    ours: str
    theirs: str  # areas, with spaces between
    codes: str
    ours_first: bool


@dataclass(frozen=True, slots=True)
class Differs:
    """A sentence on which both differ, and how it reads."""

    judged: Judged
    reading: Reading


def draw(found: Iterable[Differs], sheet: str, number: int) -> list[tuple[Row, Reading]]:
    """Some sentences by a hash of their text and manifesto, a few at most of each manifesto."""
    ordered = sorted(found, key=_hash)
    of: Counter[str] = Counter()
    rows: list[tuple[Row, Reading]] = []
    for each in ordered:
        if len(rows) < number and of[each.judged.text] < _OF_MANIFESTO:
            of[each.judged.text] += 1
            allowed = each.judged.allowed
            row = Row(
                number=f"{sheet[0]}{len(rows) + 1:03}",
                sheet=sheet,
                manifesto=each.judged.text,
                ours=each.judged.label or "",
                theirs=allowed.strict or " ".join(sorted(allowed.lenient)),
                codes=" ".join(sorted(each.judged.codes)),
                ours_first=int(_hash(each)[-1], 16) % 2 == 0,
            )
            rows.append((row, each.reading))
    return rows


def _hash(each: Differs) -> str:
    return sha256_of(f"{each.judged.text} {each.reading.before} {each.reading.text}")


def write_sheets(drawn: Sequence[tuple[Row, Reading]], folder: Path) -> None:
    """Write a sheet of each kind, without what tells whose an area is, and the key."""
    folder.mkdir(parents=True, exist_ok=True)
    for sheet in dict.fromkeys(row.sheet for row, _ in drawn):
        text = "".join(_on_sheet(row, reading) for row, reading in drawn if row.sheet == sheet)
        (folder / f"{sheet}.txt").write_text(text, encoding="utf-8", newline="\n")
    with (folder / KEY).open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, [field.name for field in fields(Row)], lineterminator="\n")
        writer.writeheader()
        writer.writerows(asdict(row) | {"ours_first": int(row.ours_first)} for row, _ in drawn)


def _on_sheet(row: Row, reading: Reading) -> str:
    first, second = (row.ours, row.theirs) if row.ours_first else (row.theirs, row.ours)
    sides = f"A {first}   B {second}\n" if row.sheet == PAIRS else ""
    return (
        f"[{row.number}] under: {reading.heading or '–'}\n  before: {reading.before[-_BEFORE:] or '–'}\n"
        f">> {reading.text}\n{sides}\n"
    )


def read_key(folder: Path) -> list[Row]:
    """The rows of the key in a folder of sheets."""
    with (folder / KEY).open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    return [
        Row(
            **{field.name: row[field.name] for field in fields(Row) if field.name != "ours_first"},
            ours_first=row["ours_first"] == "1",
        )
        for row in rows
    ]  # fmt: skip


def read_marks(path: Path) -> dict[str, str]:
    """What a reader wrote of each sentence: lines such as "[p001] A", "[o001] health labor", "[p002] fits"."""
    if not path.exists():
        return {}
    found = (_MARK.fullmatch(line.strip()) for line in path.read_text(encoding="utf-8").splitlines() if line.strip())
    return {each[1]: each[2] for each in found if each}


def side_right(row: Row, mark: str) -> str:
    """Who is right by the codebook of policy areas: ours, theirs, both or neither."""
    if row.sheet == PAIRS:
        if mark in (BOTH, NEITHER):
            return mark
        return "ours" if (mark == "A") == row.ours_first else "theirs"
    read = set(mark.split())
    ours, theirs = row.ours in read, bool(read & set(row.theirs.split()))
    return BOTH if ours and theirs else "ours" if ours else "theirs" if theirs else NEITHER


def sort(rows: Iterable[Row], marks: Mapping[str, str], codes: Mapping[str, str]) -> Iterator[tuple[Row, str]]:
    """Yield row and sort of each marked sentence.

    Where only ours is right, the code may still fit the sentence by the handbook: then the schemes ask other things.
    """
    for row in rows:
        if row.number not in marks:
            continue
        right = side_right(row, marks[row.number])
        if right == "ours":
            right = {FITS: "construct: the code fits, the area does not", UNFIT: "their error"}.get(
                codes.get(row.number, ""), "ours right, code not looked at"
            )
        yield row, {"theirs": "our error", BOTH: "construct: both areas fit"}.get(right, right)
