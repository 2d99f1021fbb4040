"""Sheets of sentences for readers: drawn by chance from a dataset version, each with its place in its source file.

A place is counted in letters of the source, as annotations count it, so that marks find their sentence again in
another reading of the same file.
"""

import argparse
import csv
import random
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, fields, replace
from pathlib import Path
from typing import Any

from extract.dataset.reader import StoredVersion
from extract.learning.annotations import find_sources, letters, nearest_place, source_text
from extract.records import sha256_of

LIST = "sheets.csv"
NONE = "-"
_FEWEST_LETTERS = 12
_MOST_CHARACTERS = 600
_BEFORE = 200  # characters of the sentence before that a sheet shows

Row = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A sentence of a source file: its id, and where it stands there."""

    sentence: str
    source: str
    source_sha256: str
    letter_start: int
    letter_count: int
    letters_sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawn(Place):
    """A sentence on a sheet, and what stands around it."""

    sheet: str
    text: str
    before: str = ""
    heading: str = ""


def draw(
    dataset: Path, texts: Path, sheets: Path, *, rows: Callable[[StoredVersion, str], list[Row]], prefix: str,
    of_each: int, on_a_sheet: int, twice: int,
) -> int:  # fmt: skip
    """Write sheets of some sentences of each document of a version, by a hash of their letters; return how many.

    `rows` gives of a version and a document_id the sentences to draw from. The first `twice` by another hash stand on
    sheets named "again" as well. A sentence that does not stand in its source in one piece (over the end of a page) is
    not drawn.
    """
    sheets.mkdir(parents=True, exist_ok=True)
    version = StoredVersion(dataset)
    documents = {row["sha256"]: row["document_id"] for row in version.table("documents").to_pylist()}
    drawn: list[Drawn] = []
    for path, sha256 in find_sources([texts], set(documents)):
        stream, _ = letters(source_text(path))
        found = _of_document(version, documents[sha256], path.relative_to(texts), sha256, stream, rows)
        drawn += sorted(found, key=lambda each: each.letters_sha256)[:of_each]
    random.Random(0).shuffle(drawn)  # so that no sheet is of one decade
    drawn = [
        replace(each, sentence=f"{prefix}{rank:04}", sheet=f"sheet-{rank // on_a_sheet:02}")
        for rank, each in enumerate(drawn)
    ]
    with (sheets / LIST).open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, [field.name for field in fields(Drawn)], lineterminator="\n")
        writer.writeheader()
        writer.writerows(map(asdict, drawn))
    again = sorted(drawn, key=lambda each: each.letters_sha256[::-1])[:twice]
    for name in sorted({each.sheet for each in drawn}):
        _write_sheet(sheets / f"{name}.txt", [each for each in drawn if each.sheet == name])
    for number, start in enumerate(range(0, len(again), on_a_sheet)):
        _write_sheet(sheets / f"again-{number}.txt", again[start : start + on_a_sheet])
    return len(drawn)


def _of_document(
    version: StoredVersion, document_id: str, path: Path, sha256: str, stream: str,
    rows: Callable[[StoredVersion, str], list[Row]],
) -> Iterator[Drawn]:  # fmt: skip
    sentences = version.rows("sentences", [document_id])[0].to_pylist()
    passages = {row["passage_id"]: row for row in version.rows("passages", [document_id])[0].to_pylist()}
    rank_of = {row["sentence_id"]: rank for rank, row in enumerate(sentences)}
    characters = len(version.text(document_id))
    for row in rows(version, document_id):
        own, _ = letters(row["text"])
        start = nearest_place(stream, own, int(len(stream) * row["char_start"] / max(characters, 1)))
        if start is None or len(own) < _FEWEST_LETTERS or len(row["text"]) > _MOST_CHARACTERS:
            continue
        rank = rank_of[row["sentence_id"]]
        yield Drawn(
            sentence="", sheet="", source=path.as_posix(), source_sha256=sha256, letter_start=start,
            letter_count=len(own), letters_sha256=sha256_of(own), text=" ".join(row["text"].split()),
            before=" ".join(sentences[rank - 1]["text"][-_BEFORE:].split()) if rank else "",
            heading=passages[sentences[rank]["passage_id"]]["heading_path"] or "",
        )  # fmt: skip


def _write_sheet(path: Path, drawn: Sequence[Drawn]) -> None:
    text = "".join(
        f"[{each.sentence}] under: {each.heading or '–'}\n   before: {each.before or '–'}\n>> {each.text}\n\n"
        for each in drawn
    )
    path.write_text(text, encoding="utf-8", newline="\n")


def read_drawn(sheets: Path) -> dict[str, Drawn]:
    """The sentences of the sheets in a folder, by their ids."""
    with (sheets / LIST).open(encoding="utf-8", newline="") as file:
        rows: list[Row] = list(csv.DictReader(file))
    return {row["sentence"]: Drawn(**row | numbers_of(row)) for row in rows}


def numbers_of(row: Row) -> dict[str, int]:
    """The numbers of a place, of a row of CSV."""
    return {name: int(row[name]) for name in ("letter_start", "letter_count")}


def unmarked(path: Path, marked: set[str]) -> list[str]:
    """What a file of marks leaves out of its sheet, as messages."""
    sheet = path.with_suffix(".txt").read_text(encoding="utf-8")
    return [
        f"{path.name}: {each} is not marked"
        for each in read_drawn(path.parent)
        if f"[{each}]" in sheet and each not in marked
    ]


def place_of(text: str, words: str, within: range | None = None) -> range | None:
    """Where words stand in a text, in letters of it: first on whole words, `within` a place."""
    stream, offsets = letters(text)
    wanted, _ = letters(words.split(" … ", maxsplit=1)[0])
    start, end = (within.start, within.stop) if within else (0, len(stream))
    first = None
    while wanted and (start := stream.find(wanted, start, end)) >= 0:
        place = range(start, start + len(wanted))
        before, behind = offsets[start] - 1, offsets[place.stop - 1] + 1
        if (before < 0 or not text[before].isalpha()) and (behind >= len(text) or not text[behind].isalpha()):
            return place
        first = first or place
        start += 1
    return first


def check_sheets(paths: Sequence[Path], read: Callable[[Path, str], Iterable[Place | str]]) -> list[str]:
    """What is wrong in files of marks, and which sentences of their sheets they leave out; `read` yields both."""
    wrong = []
    for path in paths:
        marks = list(read(path, "reader"))
        wrong += [each for each in marks if isinstance(each, str)]
        wrong += unmarked(path, {each.sentence for each in marks if isinstance(each, Place)})
    return wrong


def write_marks(path: Path, marks: Iterable[Place], row_of: Callable[[Any], Row] = asdict) -> None:
    """Write marks as a table, in their order; there is one at least."""
    rows = list(map(row_of, marks))
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def command_line(doc: str | None) -> tuple[argparse.ArgumentParser, Any]:
    """A command line with draw, check and enter, whose help is the docstring of a module; and where more are added."""
    parser = argparse.ArgumentParser(description=doc, formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = parser.add_subparsers(dest="command", required=True)
    drawing = commands.add_parser("draw")
    for name in ("--dataset", "--texts", "--sheets"):
        drawing.add_argument(name, type=Path, required=True)
    for name in ("check", "enter"):
        command = commands.add_parser(name)
        command.add_argument("marks", type=Path, nargs="+")
        if name == "enter":
            command.add_argument("--reader", required=True)
    return parser, commands


def tell(wrong: Sequence[str]) -> None:
    """Print what is wrong with marks, and exit with 1 if anything is."""
    print("\n".join(wrong) or "All is well.")
    sys.exit(1 if wrong else 0)
