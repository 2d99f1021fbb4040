"""Pages that readers marked by hand, and how well passages and sentences agree with them.

A mark is kept apart from the text: letters and digits of the text layer are counted (`marked_letters`), per page of a
PDF or from the start of a stretch, and each sentence is a range of them. A sentence that a running title or a pull
quote cuts in two has two ranges. `benchmarks/reading/pages.py` measures with it.
"""

import csv
import hashlib
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence, Set
from dataclasses import dataclass, field, fields
from pathlib import Path

from benchmarks.shared import MOST_CHARACTERS
from extract.layout.layers import PAGE_BREAK, Layer
from extract.layout.ledger import from_csv, layer_places
from extract.reading.formats import read_layer
from extract.records import ASIDE, Extraction

SLACK = 1
"""Letters by which a start may be off: a bullet read as a letter ("o Meer geld")."""

_SCAN = 0.9  # of the pages of a file that a picture covers, if it is a scan
NO_LANGUAGE = frozenset({"furniture", "contents"})
_UNCUT = "other"  # tables and notes: readers did not agree to cut them alike, so no sentence in them counts


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
    level: int | None = None  # of a heading, where the reader gave one


@dataclass(slots=True)
class Tally:
    """What was counted on one or more items."""

    right: int = 0  # sentence starts that the reader has too
    found: int = 0
    marked: int = 0
    blocks: int = 0
    blocks_right: int = 0
    stray: int = 0  # sentences that are furniture or contents to the reader
    headings: int = 0
    headings_right: int = 0
    headings_called: int = 0  # blocks that we call headings
    headings_called_right: int = 0
    levels: int = 0  # headings that both have, with a level from the reader
    levels_right: int = 0
    letters: int = 0  # of running text, to the reader
    letters_lost: int = 0  # of them, in furniture, contents or tables
    confused: Counter[tuple[str, str]] = field(default_factory=Counter)

    def __iadd__(self, other: "Tally") -> "Tally":
        """Add what was counted elsewhere."""
        for each in fields(self):
            setattr(self, each.name, getattr(self, each.name) + getattr(other, each.name))
        return self

    @property
    def f1(self) -> float:
        """F1 of sentence starts."""
        return 2 * self.right / max(1, self.found + self.marked)

    @property
    def kinds(self) -> float:
        """Share of the reader's blocks whose letters lie mostly in a passage of the same kind."""
        return self.blocks_right / max(1, self.blocks)

    @property
    def headings_found(self) -> float:
        """Share of the reader's headings that are headings here."""
        return self.headings_right / max(1, self.headings)

    @property
    def headings_precision(self) -> float:
        """Share of the headings here that are headings to the reader."""
        return self.headings_called_right / max(1, self.headings_called)

    @property
    def levels_same(self) -> float:
        """Share of the headings that both have whose level is the same."""
        return self.levels_right / max(1, self.levels)

    @property
    def lost(self) -> float:
        """Share of the letters of running text that are filed as furniture, contents or tables."""
        return self.letters_lost / max(1, self.letters)


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
    heads: dict[tuple[str, int], tuple[int, str, bool, int | None]] = {}
    with (folder / "marks.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            if row["reader"] == reader:
                key = row["item"], int(row["sentence"])
                level = int(row["level"]) if row["level"] else None
                heads[key] = int(row["block"]), row["kind"], bool(row["goes_on"]), level
                ranges[key].append((int(row["letter_start"]), int(row["letter_end"])))
    marks: dict[str, list[Mark]] = defaultdict(list)
    for key, (block, kind, goes_on, level) in heads.items():
        marks[key[0]].append(Mark(block, kind, goes_on, tuple(ranges[key]), level))
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


def is_scan(layer: Layer) -> bool:
    """Whether a picture covers most of nine in ten pages."""
    return sum(layer.scanned) >= _SCAN * len(layer.scanned)


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


@dataclass(frozen=True, slots=True)
class Placed:
    """Where the letters of an item are in the dataset: the passage of each, by rank, and whether a sentence has it."""

    passages: tuple[int, ...]
    spoken: tuple[bool, ...]
    kinds: tuple[str, ...]  # of all passages; the last is what a file has that is not read
    levels: tuple[int | None, ...]  # of those that are headings


def placed_in(extraction: Extraction, offsets: Sequence[int]) -> Placed:
    """Where the letters of an item, given by their offsets in the layer, are in the dataset."""
    document = extraction.document
    length = len(document.text) if document else 0
    passage_at: dict[int, int] = {}
    spoken: set[int] = set()
    wanted = set(offsets)
    places = _places(extraction, range(length))
    level_at = {block.start: block.level for block in document.blocks} if document else {}
    for rank, passage in enumerate(extraction.passages):
        for place in places[passage.char_start : passage.char_end]:
            if place in wanted:
                passage_at[place] = rank
    for sentence in extraction.sentences:
        spoken |= wanted.intersection(places[sentence.char_start : sentence.char_end])
    ranks: list[int] = []
    for offset in offsets:  # a letter inside a repaired stretch has the passage of the stretch's beginning
        ranks.append(passage_at.get(offset, ranks[-1] if ranks else -1))
    return Placed(
        tuple(ranks),
        tuple(offset in spoken for offset in offsets),
        (*(passage.kind for passage in extraction.passages), "unread"),
        (*(level_at.get(passage.char_start) for passage in extraction.passages), None),
    )


def tally(starts: Set[int], marks: Iterable[Mark], placed: Placed | None = None) -> Tally:
    """Count how sentence starts, and the kinds of passages, agree with a reader's marks."""
    marks = list(marks)
    wanted = _starts_of(marks)
    uncut = {letter for mark in marks if mark.kind == _UNCUT for letter in _letters_of(mark)}
    starts = set(starts) - uncut
    count = Tally(found=len(starts), marked=len(wanted), right=_matches(starts, wanted))
    if placed is not None:
        _count_blocks(count, marks, placed)
        _count_headings(count, marks, placed)
    return count


def _starts_of(marks: Iterable[Mark]) -> set[int]:
    """The letters at which a reader's sentences start."""
    return {
        mark.ranges[0][0] for mark in marks if mark.kind not in NO_LANGUAGE and mark.kind != _UNCUT and not mark.goes_on
    }


def _letters_of(mark: Mark) -> list[int]:
    return [letter for start, end in mark.ranges for letter in range(start, end)]


def _matches(found: Set[int], wanted: Iterable[int]) -> int:
    """How many starts are wanted and found, each found one counted once."""
    free = set(found)
    for start in sorted(wanted):
        around = (each for shift in range(SLACK + 1) for each in (start + shift, start - shift))
        near = next((each for each in around if each in free), None)
        if near is not None:
            free.discard(near)
    return len(found) - len(free)


def _blocks_of(marks: Iterable[Mark]) -> list[tuple[Mark, list[int]]]:
    """The reader's blocks: the first sentence of each, and the letters of all."""
    by_block: dict[int, list[Mark]] = defaultdict(list)
    for mark in marks:
        by_block[mark.block].append(mark)
    blocks = [(block[0], [letter for mark in block for letter in _letters_of(mark)]) for block in by_block.values()]
    return [(first, letters) for first, letters in blocks if letters]


def _count_blocks(count: Tally, marks: Iterable[Mark], placed: Placed) -> None:
    """Count the reader's blocks whose letters lie mostly in a passage of the same kind."""
    for first, letters in _blocks_of(marks):
        kinds = Counter(placed.kinds[placed.passages[letter]] for letter in letters)
        found = kinds.most_common(1)[0][0]
        count.blocks += 1
        count.blocks_right += found == first.kind
        count.confused[first.kind, found] += found != first.kind
        if first.kind in NO_LANGUAGE:
            count.stray += sum(placed.spoken[letter] for letter in letters) > len(letters) / 2
        elif first.kind != _UNCUT:
            count.letters += len(letters)
            count.letters_lost += sum(kinds[kind] for kind in ASIDE)


def _count_headings(count: Tally, marks: Iterable[Mark], placed: Placed) -> None:
    """Count headings that the reader has, that we have, and the levels of those that both have."""
    titled: set[int] = set()
    for first, letters in _blocks_of(marks):
        if first.kind != "heading":
            continue
        titled |= set(letters)
        passage, _ = Counter(placed.passages[letter] for letter in letters).most_common(1)[0]
        is_found = placed.kinds[passage] == "heading"
        count.headings += 1
        count.headings_right += is_found
        if is_found and first.level is not None:
            count.levels += 1
            count.levels_right += first.level == placed.levels[passage]
    ours: dict[int, list[int]] = defaultdict(list)
    for letter, passage in enumerate(placed.passages):
        if placed.kinds[passage] == "heading":
            ours[passage].append(letter)
    count.headings_called += len(ours)
    shares = (len(titled.intersection(letters)) / len(letters) for letters in ours.values())
    count.headings_called_right += sum(share > 0.5 for share in shares)


def agreement(one: Sequence[Mark], other: Sequence[Mark]) -> Tally:
    """How one reader's marks agree with another's, as if they were found by a program."""
    size = max(end for mark in (*one, *other) for _, end in mark.ranges)
    passages, spoken = [0] * size, [False] * size
    firsts = [Mark(0, "body", False, ())]
    for block, (first, letters) in enumerate(_blocks_of(one), start=1):
        firsts.append(first)
        for letter in letters:
            passages[letter], spoken[letter] = block, first.kind not in NO_LANGUAGE
    kinds, levels = tuple(mark.kind for mark in firsts), tuple(mark.level for mark in firsts)
    return tally(_starts_of(one), other, Placed(tuple(passages), tuple(spoken), kinds, levels))


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
