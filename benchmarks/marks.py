"""Pages that readers marked by hand, and how well passages and sentences agree with them.

A mark is kept apart from the text: letters and digits of the text layer are counted (`marked_letters`), per page of a
PDF or from the start of a stretch, and each sentence is a range of them. A sentence that a running title or a pull
quote cuts in two has two ranges. `benchmarks/pages.py` measures with it.
"""

import csv
import hashlib
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence, Set
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.shared import MOST_CHARACTERS
from extract.layout.layers import PAGE_BREAK, Layer
from extract.layout.ledger import from_csv, layer_places
from extract.reading.formats import read_layer
from extract.records import Extraction

SLACK = 1
"""Letters by which a start may be off: a bullet read as a letter ("o Meer geld")."""

_NO_LANGUAGE = frozenset({"furniture", "contents"})


@dataclass(frozen=True, slots=True)
class Item:
    """A page of a PDF, or a stretch of a text, that readers marked."""

    name: str
    part: str  # test or development
    file: str
    sha256: str
    page: int | None
    letter_start: int
    letter_count: int
    letters_sha256: str


@dataclass(frozen=True, slots=True)
class Mark:
    """A sentence as a reader marked it: its block, what that is, and the ranges of its letters in the item."""

    block: int
    kind: str
    goes_on: bool  # from before the item
    ranges: tuple[tuple[int, int], ...]


@dataclass(slots=True)
class Tally:
    """What was counted on one or more items."""

    right: int = 0  # sentence starts that the reader has too
    found: int = 0
    marked: int = 0
    blocks: int = 0
    blocks_right: int = 0
    stray: int = 0  # sentences that are furniture or contents to the reader
    confused: Counter[tuple[str, str]] = field(default_factory=Counter)

    def __iadd__(self, other: "Tally") -> "Tally":
        """Add what was counted elsewhere."""
        for name in ("right", "found", "marked", "blocks", "blocks_right", "stray"):
            setattr(self, name, getattr(self, name) + getattr(other, name))
        self.confused += other.confused
        return self

    @property
    def f1(self) -> float:
        """F1 of sentence starts."""
        return 2 * self.right / max(1, self.found + self.marked)

    @property
    def kinds(self) -> float:
        """Share of the reader's blocks whose letters lie mostly in a passage of the same kind."""
        return self.blocks_right / max(1, self.blocks)


def read_items(folder: Path) -> list[Item]:
    """The items listed in `folder/items.csv`."""
    with (folder / "items.csv").open(encoding="utf-8", newline="") as file:
        return [
            Item(
                row["item"], row["set"], row["file"], row["sha256"], int(row["page"]) if row["page"] else None,
                int(row["letter_start"]), int(row["letter_count"]), row["letters_sha256"],
            )
            for row in csv.DictReader(file)
        ]  # fmt: skip


def read_marks(folder: Path, reader: str) -> dict[str, list[Mark]]:
    """The marks of one reader, by item, in reading order."""
    ranges: dict[tuple[str, int], list[tuple[int, int]]] = defaultdict(list)
    heads: dict[tuple[str, int], tuple[int, str, bool]] = {}
    with (folder / "marks.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            if row["reader"] == reader:
                key = row["item"], int(row["sentence"])
                heads[key] = int(row["block"]), row["kind"], bool(row["goes_on"])
                ranges[key].append((int(row["letter_start"]), int(row["letter_end"])))
    marks: dict[str, list[Mark]] = defaultdict(list)
    for key, (block, kind, goes_on) in heads.items():
        marks[key[0]].append(Mark(block, kind, goes_on, tuple(ranges[key])))
    return marks


def marked_letters(text: str) -> tuple[str, list[int]]:
    """The letters and digits of a text, ligatures taken apart, and the offset that each came from."""
    found: list[str] = []
    offsets: list[int] = []
    for offset, character in enumerate(text):
        for each in unicodedata.normalize("NFKC", character):
            if each.isalnum():
                found.append(each.casefold())
                offsets.append(offset)
    return "".join(each[0] for each in found), offsets


def item_letters(item: Item, path: Path) -> tuple[list[int], Layer]:
    """For each letter of an item its offset in the text layer of its file; raises ValueError if they differ."""
    data = path.read_bytes()
    if hashlib.sha256(data).hexdigest() != item.sha256:
        raise ValueError(f"{path} is not the file that was marked")
    layer, _ = read_layer(data, path.name, max_characters=MOST_CHARACTERS)
    if not isinstance(layer, Layer):
        raise ValueError(f"{path} {layer.what}")
    start = 0
    text = layer.text
    if item.page is not None:
        pages = text.split(PAGE_BREAK)
        start = sum(len(page) + 1 for page in pages[: item.page - 1])
        text = pages[item.page - 1]
    letters, offsets = marked_letters(text)
    chosen = slice(item.letter_start, item.letter_start + item.letter_count)
    if hashlib.sha256(letters[chosen].encode()).hexdigest() != item.letters_sha256:
        raise ValueError(f"{path}: the letters of {item.name} are not those that were marked")
    return [start + offset for offset in offsets[chosen]], layer


def sentence_starts_in(extraction: Extraction, offsets: Sequence[int]) -> set[int]:
    """The letters of an item at which a sentence of the dataset starts."""
    return starts_at(extraction, [(each.char_start, each.text) for each in extraction.sentences], offsets)


def starts_at(extraction: Extraction, sentences: Sequence[tuple[int, str]], offsets: Sequence[int]) -> set[int]:
    """The letters of an item at which sentences start, each given with its offset in the document text."""
    letter_at = {offset: rank for rank, offset in reversed(list(enumerate(offsets)))}
    places = _places(extraction, [start for start, _ in sentences])
    found: set[int] = set()
    for (_, text), place in zip(sentences, places, strict=True):
        skipped = next((n for n, character in enumerate(text) if character.isalnum()), 0)
        rank = letter_at.get(place + skipped, letter_at.get(place))
        if rank is not None:
            found.add(rank)
    return found


def kinds_in(extraction: Extraction, offsets: Sequence[int]) -> tuple[list[str], list[bool]]:
    """For each letter of an item, the kind of its passage, and whether it is in a sentence."""
    document = extraction.document
    length = len(document.text) if document else 0
    kind_at: dict[int, str] = {}
    spoken: set[int] = set()
    wanted = set(offsets)
    places = _places(extraction, range(length))
    for passage in extraction.passages:
        for place in places[passage.char_start : passage.char_end]:
            if place in wanted:
                kind_at[place] = passage.kind
    for sentence in extraction.sentences:
        spoken |= wanted.intersection(places[sentence.char_start : sentence.char_end])
    kinds: list[str] = []
    for offset in offsets:  # a letter inside a repaired stretch has the kind of the stretch's beginning
        kinds.append(kind_at.get(offset, kinds[-1] if kinds else "body"))
    return kinds, [offset in spoken for offset in offsets]


def tally(
    starts: Set[int], marks: Iterable[Mark], kinds: Sequence[str] | None = None, spoken: Sequence[bool] | None = None
) -> Tally:
    """Count how sentence starts, and the kinds of passages, agree with a reader's marks."""
    marks = list(marks)
    wanted = _starts_of(marks)
    count = Tally(found=len(starts), marked=len(wanted), right=_matches(starts, wanted))
    if kinds is not None and spoken is not None:
        _count_blocks(count, marks, kinds, spoken)
    return count


def _starts_of(marks: Iterable[Mark]) -> set[int]:
    """The letters at which a reader's sentences start."""
    return {mark.ranges[0][0] for mark in marks if mark.kind not in _NO_LANGUAGE and not mark.goes_on}


def _matches(found: Set[int], wanted: Iterable[int]) -> int:
    """How many starts are wanted and found, each found one counted once."""
    free = set(found)
    for start in sorted(wanted):
        around = (each for shift in range(SLACK + 1) for each in (start + shift, start - shift))
        near = next((each for each in around if each in free), None)
        if near is not None:
            free.discard(near)
    return len(found) - len(free)


def _count_blocks(count: Tally, marks: Iterable[Mark], kinds: Sequence[str], spoken: Sequence[bool]) -> None:
    """Count the reader's blocks whose letters lie mostly in a passage of the same kind."""
    by_block: dict[int, list[Mark]] = defaultdict(list)
    for mark in marks:
        by_block[mark.block].append(mark)
    for block in by_block.values():
        kind = block[0].kind
        letters = [rank for mark in block for start, end in mark.ranges for rank in range(start, end)]
        if not letters:
            continue
        found = Counter(kinds[rank] for rank in letters).most_common(1)[0][0]
        count.blocks += 1
        count.blocks_right += found == kind
        count.confused[kind, found] += found != kind
        if kind in _NO_LANGUAGE:
            count.stray += sum(spoken[rank] for rank in letters) > len(letters) / 2


def agreement(one: Sequence[Mark], other: Sequence[Mark]) -> Tally:
    """How one reader's marks agree with another's, as if they were found by a program."""
    size = max(end for mark in (*one, *other) for _, end in mark.ranges)
    kinds, spoken = ["body"] * size, [False] * size
    for mark in one:
        for start, end in mark.ranges:
            kinds[start:end] = [mark.kind] * (end - start)
            spoken[start:end] = [mark.kind not in _NO_LANGUAGE] * (end - start)
    return tally(_starts_of(one), other, kinds, spoken)


def segmented_starts(text: str, split: Callable[[str], list[str]]) -> set[int]:
    """The letters of a text at which the sentences start that a segmenter finds in it."""
    starts: set[int] = set()
    rank = 0
    for sentence in split(text):
        letters = marked_letters(sentence)[0]
        if letters:
            starts.add(rank)
        rank += len(letters)
    return starts


def _places(extraction: Extraction, offsets: Iterable[int]) -> list[int]:
    document = extraction.document
    return layer_places(offsets, from_csv(document.ledger)) if document else []
