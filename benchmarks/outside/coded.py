"""Manifestos with codes of the Manifesto Project, and our reading of them: both in letters of the same text."""

import csv
import re
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from extract.extraction import Resources, read, split
from extract.labels.contexts import Reading, in_context
from extract.learning.annotations import (
    Annotation,
    letters,
    nearest_place,
    settled_labels,
    source_bytes,
    source_text,
)
from extract.learning.coder_exports import CodedUnit, read_exports
from extract.learning.coder_matching import RawText, match_units, raw_texts
from extract.parties import load_register
from extract.reading.facts import Facts
from extract.settings import Settings

HEADING, UNCATEGORISED, UNCODED = "H", "000", "NA"
"""What a coder said of a unit that has none of the 56 categories: a heading, no category fits, nothing."""

_ZERO = frozenset({"0", "000", "0.0"})
_ENDED = re.compile(r"[.?!][\s\"'”’)\]]*$")


@dataclass(frozen=True, slots=True)
class Stretch:
    """A stretch of a text, in letters of it, and what somebody said of it: a code, a label, a kind."""

    start: int
    stop: int
    said: str

    def shared(self, other: "Stretch") -> int:
        """How many letters two stretches have in common."""
        return max(0, min(self.stop, other.stop) - max(self.start, other.start))


@dataclass(frozen=True, slots=True)
class Unit(Stretch):
    """A quasi-sentence or a heading as a coder cut it; `said` is its code."""

    ended: bool  # whether its text ends in a terminal mark


@dataclass(frozen=True, slots=True, eq=False)
class Coded:
    """A manifesto as we read it, and its units where they stand in it."""

    name: str  # of the export, "gl_2017"
    path: Path
    text: str
    offsets: Sequence[int]  # of the letters, in the text
    sentences: Sequence[Stretch]  # `said` is the kind of the passage
    readings: Sequence[Reading]  # of the sentences
    passages: Sequence[Stretch]  # `said` is the kind
    units: Sequence[Unit]
    missed: int  # units that do not stand in the text letter for letter
    annotated: Sequence[Stretch]  # `said` is the label that counts
    by_chance: Sequence[bool]  # whether an annotated stretch was drawn by chance


def read_coded(
    exports: Path, texts: Path, annotations: Sequence[Annotation], *, strata: frozenset[str]
) -> Iterator[Coded]:
    """Yield the manifestos that exports code and a folder has the text of.

    `annotations` are ours; those of a stratum in `strata` were drawn by chance.
    """
    units = [unit for unit in _with_zeros(read_exports(exports), exports) if letters(unit.text)[0]]
    by_name: dict[str, list[CodedUnit]] = defaultdict(list)
    for unit in units:
        by_name[unit.manifesto].append(unit)
    labels = {unit.code: unit.code for unit in units if unit.code}
    raws = raw_texts([texts])
    of_source = {raw.path.name: raw for raw in raws}
    settled = list(settled_labels(annotations).values())
    resources = Resources(Settings(), load_register(), nlp=None, models=())
    for name, some in by_name.items():
        source = match_units(some, raws, label_of=labels).sources[name]
        if source is None:
            continue
        raw = of_source[source]
        done = split(read(source_bytes(raw.path), name=source, facts=Facts(), settings=Settings()), resources=resources)
        if done.document is None:
            continue
        stream, offsets = letters(done.document.text)
        matched = match_units(some, [RawText(raw.path, raw.sha256, stream)], label_of=labels)
        ended = {f"{each.manifesto}.{each.position}": bool(_ENDED.search(each.text)) for each in some}
        kinds = {each.passage_id: each.kind for each in done.passages}
        ours = [each for each in settled if each.source_sha256 == raw.sha256]
        source_letters = letters(source_text(raw.path))[0]
        placed = [(place_of(each, source_letters, stream), each) for each in ours]
        yield Coded(
            name=name,
            path=raw.path,
            text=done.document.text,
            offsets=offsets,
            sentences=[
                stretch_of(offsets, each.char_start, each.char_end, kinds[each.passage_id]) for each in done.sentences
            ],
            readings=in_context(done.sentences, done.passages),
            passages=[stretch_of(offsets, each.char_start, each.char_end, each.kind) for each in done.passages],
            units=[
                Unit(each.letter_start, each.letter_start + each.letter_count, each.label, ended[each.sentence])
                for each in matched.annotations
            ],
            missed=len(some) - len(matched.annotations),
            annotated=[stretch for stretch, _ in placed if stretch],
            by_chance=[each.stratum in strata for stretch, each in placed if stretch],
        )


def _with_zeros(units: Sequence[CodedUnit], exports: Path) -> Iterator[CodedUnit]:
    """Yield units with what a coder said of those without a category in the place of a code, so that all are found."""
    zeros: dict[str, set[int]] = {}
    for unit in units:
        if unit.manifesto not in zeros:
            zeros[unit.manifesto] = uncategorised(exports / f"{unit.manifesto}.csv")
        without = UNCATEGORISED if unit.position in zeros[unit.manifesto] else UNCODED
        yield replace(unit, code=unit.code or (HEADING if unit.is_heading else without), is_heading=False)


def uncategorised(path: Path) -> set[int]:
    """The rows below the header of an export, from 0, that say 000; what has no code says NA, or nothing."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.reader(file))
    header = next(place for place, row in enumerate(rows) if "cmp_code" in map(str.lower, row))
    column = [name.lower() for name in rows[header]].index("cmp_code")
    return {place for place, row in enumerate(rows[header + 1 :]) if row and row[column].strip() in _ZERO}


def stretch_of(offsets: Sequence[int], char_start: int, char_end: int, said: str) -> Stretch:
    """The letters between two offsets of a text whose letters stand at `offsets`."""
    return Stretch(bisect_left(offsets, char_start), bisect_left(offsets, char_end), said)


def place_of(annotation: Annotation, source_letters: str, stream: str) -> Stretch | None:
    """Where an annotated stretch of a source, by its letters, stands in those of our reading of it."""
    start, count = annotation.letter_start, annotation.letter_count
    wanted = source_letters[start : start + count]
    place = nearest_place(stream, wanted, start)
    return None if place is None else Stretch(place, place + count, annotation.label)


def overlapping(stretches: Sequence[Stretch], others: Sequence[Stretch]) -> list[list[Stretch]]:
    """For each stretch those of some others, in their order, that share half of the letters of the shorter one."""
    ordered = sorted(others, key=lambda each: each.start)
    starts = [each.start for each in ordered]
    longest = max((each.stop - each.start for each in ordered), default=0)
    found = []
    for one in stretches:
        near = ordered[bisect_left(starts, one.start - longest) : bisect_left(starts, one.stop)]
        found.append([each for each in near if _shares_half(one, each)])
    return found


def _shares_half(one: Stretch, other: Stretch) -> bool:
    shorter = min(one.stop - one.start, other.stop - other.start)
    return shorter > 0 and 2 * one.shared(other) >= shorter


def alike(one: Stretch, other: Stretch, *, least: float) -> bool:
    """Whether two stretches are the same but for a few letters: those in common are `least` of those of both."""
    common = one.shared(other)
    both = one.stop - one.start + other.stop - other.start - common
    return both > 0 and common >= least * both
