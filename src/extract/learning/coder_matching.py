"""Quasi-sentences that coders cut → Annotations: where they stand in raw texts, letter for letter.

An export of the Manifesto Project has its own copy of a manifesto. Offsets of that copy mean nothing in another file of
the same text, but its letters, in their order, do.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pypdfium2

from extract.learning.annotations import Annotation, letters, nearest_place, source_text
from extract.learning.coder_exports import CodedUnit
from extract.records import sha256_of, sha256_of_file

READER = "manifesto-project"
STRATUM = "coder"

NO_TEXT = "of a manifesto that no raw text is of"
NOT_FOUND = "not in the raw text letter for letter"
HEADING = "headings, which are not coded"
NO_CODE = "without a code"
NO_LETTERS = "without letters"

_TRIED = 40  # long quasi-sentences of an export, to tell which raw text it is of
_LONG = 40  # letters
_FOUND = 0.5  # share of them that its raw text has; that of another manifesto has hardly one
_CONFIDENCE = 3  # the highest: coders do not say how sure they are
_STRAY = 20_000  # letters by which a place may be off: a repeated sentence far away is another one


@dataclass(frozen=True, slots=True)
class RawText:
    """A raw file and its letters in one row."""

    path: Path
    sha256: str
    stream: str


@dataclass(frozen=True, slots=True)
class Matched:
    """The annotations that exports gave, and how many quasi-sentences did not become one, by manifesto and reason."""

    annotations: list[Annotation] = field(default_factory=list)
    missing: dict[str, Counter[str]] = field(default_factory=dict)
    sources: dict[str, str | None] = field(default_factory=dict)  # manifesto → its raw file


def raw_texts(folders: Iterable[Path]) -> list[RawText]:
    """The raw texts in some folders."""
    paths = sorted(path for folder in folders for path in folder.rglob("*") if path.suffix.lower() in (".txt", ".pdf"))
    return [RawText(path, sha256_of_file(path), letters(_text(path))[0]) for path in paths if path.is_file()]


def _text(path: Path) -> str:
    """The text of a raw file; none of one that cannot be opened, in which then nothing is found."""
    try:
        return source_text(path)
    except pypdfium2.PdfiumError:
        return ""


def match_units(units: Sequence[CodedUnit], texts: Sequence[RawText], *, label_of: Mapping[str, str]) -> Matched:
    """Find the quasi-sentences of some exports in raw texts; `label_of` gives the label of each code."""
    found = Matched()
    by_manifesto: dict[str, list[CodedUnit]] = {}
    for unit in units:
        by_manifesto.setdefault(unit.manifesto, []).append(unit)
    for manifesto, some in by_manifesto.items():
        text = _text_of(some, texts)
        found.sources[manifesto] = text.path.name if text else None
        found.missing[manifesto] = _match(some, text, label_of, found.annotations)
    return found


def _text_of(units: Sequence[CodedUnit], texts: Sequence[RawText]) -> RawText | None:
    """The raw text that has most of the long quasi-sentences of a manifesto; None if none has half."""
    long = [each for unit in units if len(each := letters(unit.text)[0]) >= _LONG]
    tried = long[:: max(1, len(long) // _TRIED)]
    counts = [(sum(each in text.stream for each in tried), text) for text in texts]
    most, text = max(counts, key=lambda each: each[0], default=(0, None))
    return text if tried and most >= _FOUND * len(tried) else None


def _match(
    units: Sequence[CodedUnit], text: RawText | None, label_of: Mapping[str, str], annotations: list[Annotation]
) -> Counter[str]:
    """Add an annotation for each quasi-sentence that is found; return why others are not."""
    if text is None:
        return Counter({NO_TEXT: len(units)})
    missing: Counter[str] = Counter()
    near = 0
    for unit in units:
        wanted = letters(unit.text)[0]
        place = nearest_place(text.stream, wanted, near)
        if place is not None and abs(place - near) <= _STRAY:
            near = place + len(wanted)
        else:
            place = None
        if unit.code is None or place is None:
            missing[_why_not(unit, wanted)] += 1
            continue
        annotations.append(
            Annotation(
                sentence=f"{unit.manifesto}.{unit.position}",
                source=text.path.name,
                source_sha256=text.sha256,
                letter_start=place,
                letter_count=len(wanted),
                letters_sha256=sha256_of(wanted),
                stratum=STRATUM,
                group=f"{unit.party} {unit.year}",
                reader=READER,
                label=label_of[unit.code],
                confidence=_CONFIDENCE,
            )
        )
    return missing


def _why_not(unit: CodedUnit, wanted: str) -> str:
    if unit.is_heading:
        return HEADING
    if unit.code is None:
        return NO_CODE
    return NOT_FOUND if wanted else NO_LETTERS
