"""Annotations: labels that readers gave, kept apart from the texts, and found again in them.

A sentence's place is counted in letters of its source file (`letters`), not in characters: white space, hyphens, digits
and marks differ between two readings of a PDF, letters hardly do. A hash of the letters proves that it was found.
"""

import csv
import functools
import lzma
import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, fields
from pathlib import Path

import pypdfium2
from sklearn.metrics import cohen_kappa_score

from extract.layout.layers import Unread
from extract.parts import reading, require_file
from extract.problems import ManifestoError
from extract.reading.decoding import decode
from extract.reading.raw_files import MOST_FILE_BYTES, hash_raw, read_raw
from extract.records import sha256_of

ANNOTATIONS_FILE = "annotations.csv"
SETTLED = "settled"  # the reader of a label on which two readers differed

PACKED = ".xz"
"""The suffix of a text that xz packed, which is read like the text; its SHA-256 is that of the packed file."""

_BROKEN_WORD = re.compile(r"[-\u00ad\u0002\ufffe]\s*\n\s*(?=[a-zà-ÿ])|[\u00ad\u0002\ufffe]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Annotation:
    """One reader's label of one sentence under one codebook: a row of `annotations.csv`."""

    sentence: str
    source: str
    source_sha256: str
    letter_start: int
    letter_count: int
    letters_sha256: str
    stratum: str
    group: str  # party and election: what is held out together
    reader: str
    label: str
    confidence: int


def letters(text: str) -> tuple[str, list[int]]:
    """The letters of a text in lower case without accents, and the offset that each came from."""
    of = {character: _letters(character) for character in set(text)}
    found = [of[character] for character in text]
    return "".join(found), [offset for offset, some in enumerate(found) for _ in some]


@functools.cache  # as texts have few characters, many times each
def _letters(character: str) -> str:
    return "".join(filter(str.isalpha, unicodedata.normalize("NFKD", character).casefold()))


def nearest_place(stream: str, wanted: str, near: int) -> int | None:
    """Where a string stands in another, nearest to some place; None if it does not."""
    places = [stream.find(wanted, near), stream.rfind(wanted, 0, near + len(wanted))] if wanted else []
    return min((place for place in places if place >= 0), key=lambda place: abs(place - near), default=None)


def source_bytes(path: Path, *, raw: Path | None = None) -> bytes:
    """The bytes of a source file; none if it cannot be read, or lies outside the folder `raw`, where there is one."""
    chosen = path.resolve()  # a link among texts that a user chose leads where he wants
    place, folder = (path, raw) if raw else (chosen, chosen.parent)
    data = read_raw(place, raw=folder, most=MOST_FILE_BYTES)
    if isinstance(data, Unread):
        return b""
    return _unpacked(data) if path.suffix.lower() == PACKED else data


def _unpacked(data: bytes) -> bytes:
    """What xz packed, up to the size of the largest file that is read; nothing if it is broken."""
    try:
        return lzma.LZMADecompressor().decompress(data, MOST_FILE_BYTES)
    except lzma.LZMAError:
        return b""


def source_text(path: Path, *, raw: Path | None = None) -> str:
    """The text of a source file as its library gives it; empty if it has none. `raw` is as for `source_bytes`."""
    data = source_bytes(path, raw=raw)
    if path.suffix.lower() != ".pdf" or not data:
        return decode(data)[0] or ""
    with pypdfium2.PdfDocument(data) as pdf:
        return "\n".join(page.get_textpage().get_text_range() for page in pdf)


def read_annotations(path: Path) -> list[Annotation]:
    """The annotations of a codebook."""
    with reading(path.name, lambda why: ManifestoError(f"The annotations {path} cannot be read: {why}. Restore them.")):
        require_file(path)
        with path.open(encoding="utf-8", newline="") as file:
            return [_annotation(row) for row in csv.DictReader(file)]


def write_annotations(path: Path, annotations: Iterable[Annotation]) -> None:
    """Write the annotations of a codebook, in their order."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, [field.name for field in fields(Annotation)], lineterminator="\n")
        writer.writeheader()
        writer.writerows(asdict(each) for each in annotations)


def settled_labels(annotations: Iterable[Annotation]) -> dict[str, Annotation]:
    """For each sentence the annotation that counts: the settled one, else the one all its readers gave."""
    readings = _readings(annotations)
    agreed = {}
    for sentence, given in readings.items():
        settled = [each for each in given if each.reader == SETTLED]
        if settled or len({each.label for each in given}) == 1:
            agreed[sentence] = (settled or given)[0]
    return agreed


def blind_pairs(annotations: Iterable[Annotation]) -> list[tuple[Annotation, Annotation]]:
    """The two readings of each sentence that two readers labelled without seeing the other's label."""
    pairs = []
    for given in _readings(annotations).values():
        blind = [each for each in given if each.reader != SETTLED]
        if len(blind) == 2:
            pairs.append((blind[0], blind[1]))
    return pairs


def agreement(annotations: Iterable[Annotation]) -> tuple[int, float, Counter[tuple[str, str]]]:
    """Sentences read twice, Cohen's kappa of the two blind readings, and how often which labels were confused."""
    pairs = [(one.label, other.label) for one, other in blind_pairs(annotations)]
    first, second = zip(*pairs, strict=True) if pairs else ((), ())
    kappa = float(cohen_kappa_score(first, second)) if pairs else float("nan")
    confused = Counter((min(pair), max(pair)) for pair in pairs if pair[0] != pair[1])
    return len(pairs), kappa, confused


def find_texts(annotations: Iterable[Annotation], folders: Sequence[Path]) -> dict[str, str]:
    """The text of each annotated sentence that stands in files of some folders, by its id.

    Files are told by their SHA-256, wherever they lie and whatever they are called.
    """
    by_source: dict[str, list[Annotation]] = defaultdict(list)
    for annotation in annotations:
        by_source[annotation.source_sha256].append(annotation)
    texts: dict[str, str] = {}
    for path, sha256 in find_sources(folders, set(by_source)):
        text = source_text(path)
        stream, offsets = letters(text)
        for annotation in by_source[sha256]:
            end = annotation.letter_start + annotation.letter_count
            found = stream[annotation.letter_start : end]
            if annotation.sentence not in texts and sha256_of(found) == annotation.letters_sha256:
                stretch = text[offsets[annotation.letter_start] : offsets[end - 1] + 1]
                texts[annotation.sentence] = readable(stretch)
    return texts


def readable(text: str) -> str:
    """A stretch of a raw text layer on one line, with words that a line end broke joined."""
    return " ".join(_BROKEN_WORD.sub("", text).split())


def _readings(annotations: Iterable[Annotation]) -> dict[str, list[Annotation]]:
    readings: dict[str, list[Annotation]] = defaultdict(list)
    for annotation in annotations:
        readings[annotation.sentence].append(annotation)
    return readings


def find_sources(folders: Sequence[Path], wanted: set[str]) -> Iterator[tuple[Path, str]]:
    """Yield the files below some folders whose SHA-256 is wanted, each with it."""
    for folder in folders:
        for path in sorted(folder.rglob("*")):
            if path.is_file() and path.suffix.lower() in (".txt", ".pdf", PACKED):
                place = path.resolve()
                sha256 = hash_raw(place, raw=place.parent, most=MOST_FILE_BYTES)
                if isinstance(sha256, str) and sha256 in wanted:
                    yield path, sha256


def _annotation(row: dict[str, str]) -> Annotation:
    numbers = {name: int(row[name]) for name in ("letter_start", "letter_count", "confidence")}
    return Annotation(**{**row, **numbers})  # type: ignore[arg-type]
