"""Sheets on which readers mark what commitments say, and their marks as rows of `tests/gold/commitments.csv`.

    python -m benchmarks.commitments draw --dataset VERSION --texts FOLDER --sheets FOLDER
    python -m benchmarks.commitments check SHEET.marks …
    python -m benchmarks.commitments enter SHEET.marks … --reader NAME
    python -m benchmarks.commitments agreement

A sheet has sentences that the classifier takes for commitments, each with what stands before it, and nothing of what
the extractor makes of it. A reader writes a file `.marks`, a line per sentence, its cells parted by |:

    k0001 | y | verhogen | verhogen | for | het minimumloon | minimumloon | party | raise | 14 euro | 2024

`tests/gold/commitments.md` has the rules. Words are copied from the sentence, so that each mark has a place in it.
"""

import argparse
import csv
import random
import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, fields
from pathlib import Path

from benchmarks.shared import GOLD
from extract.dataset.reader import StoredVersion
from extract.learning.annotations import find_sources, letters, nearest_place, source_text
from extract.records import sha256_of

MARKS = GOLD / "commitments.csv"
POLARITIES = ("for", "against")
ACTORS = ("government", "municipalities", "companies", "eu", "party", "other", "none")
DIRECTIONS = (
    "raise", "lower", "introduce", "abolish", "keep", "forbid", "allow", "invest", "investigate", "other"
)  # fmt: skip
_LIST = "sheets.csv"
_OF_EACH = 14  # commitments of a document that are drawn
_ON_A_SHEET = 125
_TWICE = 400
_FEWEST_LETTERS = 12
_MOST_CHARACTERS = 600
_CELLS = ("id", "commits", "action", "action_words", "polarity", "object", "head", "actor", "direction", "target", "deadline")  # fmt: skip
_NONE = "-"


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawn:
    """A sentence on a sheet, and where it stands: letters of its source file, as annotations count them."""

    sentence: str
    sheet: str
    source: str
    source_sha256: str
    letter_start: int
    letter_count: int
    letters_sha256: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Marked:
    """What one reader marked in one sentence: a row of `commitments.csv`. Places are counted in letters of the sentence.

    Empty is None: no such thing in the sentence. `commits` is false where it is no commitment to anybody's eye.
    """

    sentence: str
    source: str
    source_sha256: str
    letter_start: int
    letter_count: int
    letters_sha256: str
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
    actor: str
    direction: str
    target: str | None
    deadline: str | None


def draw(dataset: Path, texts: Path, sheets: Path) -> None:
    """Write sheets of commitments of a dataset version, some of each document, by a hash of their letters.

    A sentence that does not stand in its source in one piece (over the end of a page) is not drawn.
    """
    sheets.mkdir(parents=True, exist_ok=True)
    version = StoredVersion(dataset)
    documents = {row["sha256"]: row for row in version.table("documents").to_pylist()}
    drawn: list[tuple[Drawn, str, str]] = []
    for path, sha256 in find_sources([texts], set(documents)):
        stream, _ = letters(source_text(path))
        drawn += _of_document(version, documents[sha256], path.relative_to(texts), stream)
    random.Random(0).shuffle(drawn)  # so that no sheet is of one decade
    numbered = []
    for rank, (each, before, heading) in enumerate(drawn):
        row = Drawn(**{**asdict(each), "sentence": f"k{rank:04}", "sheet": f"sheet-{rank // _ON_A_SHEET:02}"})
        numbered.append((row, before, heading))
    with (sheets / _LIST).open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, [field.name for field in fields(Drawn)], lineterminator="\n")
        writer.writeheader()
        writer.writerows(asdict(row) for row, _, _ in numbered)
    by_sheet = defaultdict(list)
    for each in numbered:
        by_sheet[each[0].sheet].append(each)
    again = sorted(numbered, key=lambda each: each[0].letters_sha256[::-1])[:_TWICE]
    for number, start in enumerate(range(0, _TWICE, _ON_A_SHEET)):
        by_sheet[f"again-{number}"] = again[start : start + _ON_A_SHEET]
    for sheet, rows in by_sheet.items():
        text = "".join(
            f"[{row.sentence}] under: {heading or '–'}\n   before: {before or '–'}\n>> {row.text}\n\n"
            for row, before, heading in rows
        )
        (sheets / f"{sheet}.txt").write_text(text, encoding="utf-8", newline="\n")
    print(f"{len(numbered)} sentences of {len({row.source_sha256 for row, _, _ in numbered})} documents")


def _of_document(
    version: StoredVersion, document: dict[str, object], path: Path, stream: str
) -> Iterator[tuple[Drawn, str, str]]:
    document_id = str(document["document_id"])
    proposals = version.rows("proposals", [document_id])[0].to_pylist()
    sentences = version.rows("sentences", [document_id])[0].to_pylist()
    passages = {row["passage_id"]: row for row in version.rows("passages", [document_id])[0].to_pylist()}
    rank_of = {row["sentence_id"]: rank for rank, row in enumerate(sentences)}
    text = version.text(document_id)
    found = []
    for row in proposals:
        own, _ = letters(row["text"])
        near = int(len(stream) * row["char_start"] / max(len(text), 1))
        start = nearest_place(stream, own, near)
        if start is None or len(own) < _FEWEST_LETTERS or len(row["text"]) > _MOST_CHARACTERS:
            continue
        rank = rank_of[row["sentence_id"]]
        before = sentences[rank - 1]["text"][-200:] if rank else ""
        heading = passages[sentences[rank]["passage_id"]]["heading_path"] or ""
        drawn = Drawn(
            sentence="", sheet="", source=path.as_posix(), source_sha256=str(document["sha256"]), letter_start=start,
            letter_count=len(own), letters_sha256=sha256_of(own), text=" ".join(row["text"].split()),
        )  # fmt: skip
        found.append((drawn, " ".join(before.split()), str(heading)))
    found.sort(key=lambda each: each[0].letters_sha256)
    yield from found[:_OF_EACH]


def read_sheet(path: Path, drawn: dict[str, Drawn], reader: str) -> Iterator[Marked | str]:
    """Yield the marks of a file, or what is wrong with a line of it."""
    seen = set()
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        if not line.strip():
            continue
        cells = [cell.strip() for cell in line.split("|")]
        if len(cells) != len(_CELLS):
            yield f"{path.name}:{number}: {len(cells)} cells, not {len(_CELLS)}: {line}"
            continue
        given = dict(zip(_CELLS, cells, strict=True))
        if given["id"] not in drawn or given["id"] in seen:
            yield f"{path.name}:{number}: {given['id']} is on no sheet, or marked twice"
            continue
        seen.add(given["id"])
        yield _marked(given, drawn[given["id"]], reader, f"{path.name}:{number} {given['id']}")


def _marked(given: dict[str, str], drawn: Drawn, reader: str, where: str) -> Marked | str:
    allowed = {"commits": ("y", "n"), "polarity": (*POLARITIES, _NONE), "actor": ACTORS, "direction": DIRECTIONS}
    for name, values in allowed.items():
        if given[name] not in values:
            return f"{where}: {name} is '{given[name]}', not one of {', '.join(values)}"
    if (given["object"] == _NONE) != (given["head"] == _NONE):
        return f"{where}: object and head are given together or not at all"
    places = {}
    for name in ("action_words", "object", "head"):
        within = places["object"] if name == "head" else None
        place = _place(drawn.text, given[name], within)
        if place is None and given[name] != _NONE:
            return f"{where}: {name} '{given[name]}' does not stand in the sentence"
        places[name] = place
    action, acted_on, head = places["action_words"], places["object"], places["head"]
    return Marked(
        sentence=drawn.sentence, source=drawn.source, source_sha256=drawn.source_sha256,
        letter_start=drawn.letter_start, letter_count=drawn.letter_count, letters_sha256=drawn.letters_sha256,
        reader=reader, commits=given["commits"] == "y", action=_or_none(given["action"]),
        action_start=action.start if action else None, action_letters=len(action) if action else None,
        polarity=_or_none(given["polarity"]),
        object_start=acted_on.start if acted_on else None, object_letters=len(acted_on) if acted_on else None,
        head_start=head.start if head else None, head_letters=len(head) if head else None,
        actor=given["actor"], direction=given["direction"],
        target=_or_none(given["target"]), deadline=_or_none(given["deadline"]),
    )  # fmt: skip


def _or_none(cell: str) -> str | None:
    return None if cell == _NONE else cell


def _place(text: str, words: str, within: range | None) -> range | None:
    """Where words stand in a text, in letters of it: the first place on whole words, `within` a place if one is given."""
    stream, offsets = letters(text)
    wanted, _ = letters(words.split(" … ", maxsplit=1)[0])
    start = within.start if within else 0
    end = within.stop if within else len(stream)
    first = None
    while wanted and (start := stream.find(wanted, start, end)) >= 0:
        place = range(start, start + len(wanted))
        before, behind = offsets[start] - 1, offsets[place.stop - 1] + 1
        whole = (before < 0 or not text[before].isalpha()) and (behind >= len(text) or not text[behind].isalpha())
        if whole:
            return place
        first = first or place
        start += 1
    return first


def read_drawn(sheets: Path) -> dict[str, Drawn]:
    """The sentences of the sheets in a folder, by their ids."""
    with (sheets / _LIST).open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    return {
        row["sentence"]: Drawn(
            **{**row, "letter_start": int(row["letter_start"]), "letter_count": int(row["letter_count"])}
        )  # type: ignore[arg-type]
        for row in rows
    }


def check(paths: Sequence[Path]) -> list[str]:
    """What is wrong in files of marks, and which sentences of their sheets they leave out."""
    wrong = []
    for path in paths:
        drawn = read_drawn(path.parent)
        marks = list(read_sheet(path, drawn, "reader"))
        wrong += [each for each in marks if isinstance(each, str)]
        sheet = path.with_suffix(".txt").read_text(encoding="utf-8")
        marked = {each.sentence for each in marks if isinstance(each, Marked)}
        wrong += [f"{path.name}: {each} is not marked" for each in drawn if f"[{each}]" in sheet and each not in marked]
    return wrong


def enter(paths: Sequence[Path], reader: str) -> None:
    """Add the marks of some files to `tests/gold/commitments.csv`."""
    marks = [each for path in paths for each in read_sheet(path, read_drawn(path.parent), reader)]
    held = [each for each in read_marks() if each.reader != reader] if MARKS.exists() else []
    rows = sorted(
        [*held, *(each for each in marks if isinstance(each, Marked))], key=lambda each: (each.sentence, each.reader)
    )
    with MARKS.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, [field.name for field in fields(Marked)], lineterminator="\n")
        writer.writeheader()
        writer.writerows({**asdict(each), "commits": "y" if each.commits else "n"} for each in rows)


def read_marks() -> list[Marked]:
    """All marks, in the order of the sentences."""
    with MARKS.open(encoding="utf-8", newline="") as file:
        return [_row(row) for row in csv.DictReader(file)]


def _row(row: dict[str, str]) -> Marked:
    numbers = {name: int(row[name]) for name in ("letter_start", "letter_count")}
    places = {
        name: int(row[name]) if row[name] else None
        for name in ("action_start", "action_letters", "object_start", "object_letters", "head_start", "head_letters")
    }
    empty = {name: row[name] or None for name in ("action", "polarity", "target", "deadline")}
    return Marked(**{**row, **numbers, **places, **empty, "commits": row["commits"] == "y"})  # type: ignore[arg-type]


def agreement(marks: Iterable[Marked]) -> dict[str, tuple[float, int]]:
    """Of each cell, in how many of the sentences that two read blind it is the same, and how many those are."""
    by_sentence = defaultdict(list)
    for each in marks:
        by_sentence[each.sentence].append(each)
    pairs = [(some[0], some[1]) for some in by_sentence.values() if len(some) > 1]
    both = [(one, other) for one, other in pairs if one.commits and other.commits]
    found = {"commits": (sum(one.commits == other.commits for one, other in pairs) / max(len(pairs), 1), len(pairs))}
    for name in (
        "action",
        "action_start",
        "polarity",
        "head_start",
        "object_start",
        "object_letters",
        "actor",
        "direction",
        "target",
        "deadline",
    ):
        same = sum(getattr(one, name) == getattr(other, name) for one, other in both)
        found[name] = (same / max(len(both), 1), len(both))
    return found


def main() -> None:
    """Draw, check or enter; `check` exits with 1 where something is wrong."""
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
    commands.add_parser("agreement")
    arguments = parser.parse_args()
    if arguments.command == "draw":
        draw(arguments.dataset, arguments.texts, arguments.sheets)
    elif arguments.command == "enter":
        enter(arguments.marks, arguments.reader)
    elif arguments.command == "agreement":
        for name, (share, count) in agreement(read_marks()).items():
            print(f"{name:16} {share:.3f} of {count}")
    else:
        wrong = check(arguments.marks)
        print("\n".join(wrong) or "All is well.")
        sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main()
