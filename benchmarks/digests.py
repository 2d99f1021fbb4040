"""How well the parties of digests by other hands are found, line by line, against what their writers marked.

    make digests TEXTS=tests/gold/digests/dev
    python -m benchmarks.digests FOLDER [--json] [--errors]

reads each `KIND-NUMBER.txt` of a folder and the `.csv` beside it, and counts letters and figures by what they got.
`tests/gold/digests/README.md` says how texts and marks were made. What counts most is WRONG: a party was given text
that is about another.
"""

import argparse
import csv
import json
import re
from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from extract.extraction import Resources, read, split
from extract.layout.ledger import from_csv, layer_places, rebuild_layer
from extract.parties import load_register
from extract.reading.facts import Facts
from extract.records import Extraction
from extract.settings import Settings
from extract.splitting.quotes import extract_quotes

OUTCOMES = ("right", "null", "wrong", "given", "none")
"""A character's fate: its party (or one of several), null where a party was meant, another's, a party where none was
meant, and none where none was meant."""

_UNREGISTERED = "?"  # before a name that the register does not know


@dataclass(frozen=True, slots=True)
class Marked:
    """What a line of a digest is about: parties (none, one, several), and whether it is a quote."""

    parties: frozenset[str]
    role: str


@dataclass(frozen=True, slots=True)
class Judged:
    """A digest held against its marks: characters by outcome, quotes, unknown parties, and the lines that are wrong."""

    name: str
    outcomes: Mapping[str, int]
    quotes: int
    quotes_found: int
    strangers: int
    strangers_found: int
    errors: tuple[str, ...]

    @property
    def kind(self) -> str:
        """The kind of text: what stands before the hyphen of its name."""
        return self.name.partition("-")[0]


def judge(folder: Path) -> list[Judged]:
    """Split the marked digests of a folder, and hold what is found against the marks."""
    named = (path for path in folder.glob("*.txt") if re.fullmatch(r"\d+-\d+", path.stem))
    paths = sorted(named, key=lambda path: [int(part) for part in path.stem.split("-")])
    return [_judge(path) for path in paths]


def read_marks(path: Path) -> dict[int, Marked]:
    """The marks of a digest by line, from 1."""
    with path.open(encoding="utf-8", newline="") as file:
        return {
            int(row["line"]): Marked(frozenset(filter(None, row["party_id"].split("|"))), row["role"])
            for row in csv.DictReader(file)
        }


def outcome(meant: frozenset[str], found: str | None) -> str:
    """What became of a character that is about `meant`, given to `found`. Of several parties any is right, and none."""
    if not meant:
        return "given" if found else "none"
    if found:
        return "right" if found in meant else "wrong"
    return "right" if len(meant) > 1 or next(iter(meant)).startswith(_UNREGISTERED) else "null"


def totals(judged: Iterable[Judged]) -> dict[str, int]:
    """Sums over digests: characters by outcome, quotes and strangers."""
    counted = ("quotes", "quotes_found", "strangers", "strangers_found")
    sums: Counter[str] = Counter(dict.fromkeys((*OUTCOMES, *counted), 0))
    for each in judged:
        sums.update(each.outcomes)
        sums.update(
            {
                "quotes": each.quotes,
                "quotes_found": each.quotes_found,
                "strangers": each.strangers,
                "strangers_found": each.strangers_found,
            }
        )
    return dict(sums)


def shares(sums: Mapping[str, int]) -> dict[str, float]:
    """Right, null and wrong as shares of what is about parties; given as a share of what is about none."""
    about = sums["right"] + sums["null"] + sums["wrong"]
    other = sums["given"] + sums["none"]
    found = {name: sums[name] / about if about else 0.0 for name in ("right", "null", "wrong")}
    found["given"] = sums["given"] / other if other else 0.0
    found["quotes"] = sums["quotes_found"] / sums["quotes"] if sums["quotes"] else 1.0
    found["strangers"] = sums["strangers_found"] / sums["strangers"] if sums["strangers"] else 1.0
    return found


def _judge(path: Path) -> Judged:
    marks = read_marks(path.with_suffix(".csv"))
    # Splitting uses no pipeline and no model.
    resources = Resources(settings=Settings(), register=load_register(), nlp=None, models=())
    extraction = split(
        read(path.read_bytes(), name=path.name, facts=Facts(), settings=resources.settings), resources=resources
    )
    document = extraction.document
    assert document is not None, f"{path} cannot be read: {extraction.problems}"
    found_quotes, _ = extract_quotes(document, extraction.passages, extraction.sections)
    quoted = {at for each in found_quotes if each.kind == "statement" for at in range(each.char_start, each.char_end)}
    counts: Counter[str] = Counter()
    lines: dict[int, Counter[str | None]] = defaultdict(Counter)
    in_quote: set[int] = set()
    for line, at, party_id in _characters(extraction):
        if line in marks:
            counts[outcome(marks[line].parties, party_id)] += 1
            lines[line][party_id] += 1
            if at in quoted:
                in_quote.add(line)
    quote_lines = {line for line, each in marks.items() if each.role == "quote"}
    strangers = {
        name.removeprefix(_UNREGISTERED)
        for each in marks.values()
        for name in each.parties
        if name.startswith(_UNREGISTERED)
    }
    named = [_letters(each.party_as_written or "") for each in extraction.sections if each.party_id is None]
    missed = [f"{path.stem} line {line}: quote not found" for line in sorted(quote_lines - in_quote)]
    return Judged(
        name=path.stem,
        outcomes=counts,
        quotes=len(quote_lines),
        quotes_found=len(quote_lines & in_quote),
        strangers=len(strangers),
        strangers_found=sum(any(_letters(name) in each for each in named) for name in strangers),
        errors=(*_errors(path.stem, marks, lines), *missed),
    )


def _characters(extraction: Extraction) -> Iterator[tuple[int, int, str | None]]:
    """The letters and figures of a document: line of the file (from 1), offset in the text, and party."""
    document = extraction.document
    assert document is not None
    ledger = from_csv(document.ledger)
    layer = rebuild_layer(document.text, ledger)
    breaks = [at for at, each in enumerate(layer) if each == "\n"]
    places = layer_places(range(len(document.text)), ledger)
    party_of = {section.section_id: section.party_id for section in extraction.sections}
    for passage in extraction.passages:
        party_id = party_of.get(passage.section_id or "")
        for at in range(passage.char_start, passage.char_end):
            if document.text[at].isalnum():
                yield bisect_right(breaks, places[at]) + 1, at, party_id


def _errors(name: str, marks: Mapping[int, Marked], lines: Mapping[int, Counter[str | None]]) -> Iterator[str]:
    for line, counts in sorted(lines.items()):
        most = counts.most_common(1)[0][0]
        fate = outcome(marks[line].parties, most)
        if fate in ("wrong", "given", "null"):
            yield f"{name} line {line}: {fate}, {most} for {'|'.join(sorted(marks[line].parties)) or 'none'}"


def _letters(name: str) -> str:
    return "".join(filter(str.isalnum, name.casefold()))


def main() -> None:
    """Print what became of the characters of the digests in a folder, by kind of text."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.digests", description=(__doc__ or "").partition("\n")[0]
    )
    parser.add_argument("folder", type=Path, help="folder with KIND-NUMBER.txt and the marks beside each as .csv")
    parser.add_argument("--json", action="store_true", help="figures as JSON")
    parser.add_argument("--errors", action="store_true", help="also the lines that did not get their party")
    options = parser.parse_args()
    judged = judge(options.folder)
    if not judged:
        parser.error(
            f"{options.folder} has no texts named KIND-NUMBER.txt; those of the project are in tests/gold/digests/dev."
        )
    kinds = sorted({each.kind for each in judged}, key=int)
    rows = {kind: totals(each for each in judged if each.kind == kind) for kind in kinds}
    rows["all"] = totals(judged)
    if options.json:
        print(json.dumps({kind: sums | {"shares": shares(sums)} for kind, sums in rows.items()}, indent=2))
        return
    print(f"{'kind':>4} {'right':>7} {'null':>7} {'WRONG':>7} {'given':>7} {'quotes':>9} {'unknown':>8}")
    for kind, sums in rows.items():
        part = shares(sums)
        print(
            f"{kind:>4} {part['right']:7.3f} {part['null']:7.3f} {part['wrong']:7.3f} {part['given']:7.3f} "
            f"{sums['quotes_found']:>4}/{sums['quotes']:<4} {sums['strangers_found']:>3}/{sums['strangers']:<3}"
        )
    if options.errors:
        for each in judged:
            print(*each.errors, sep="\n")


if __name__ == "__main__":
    main()
