"""The ledger of a document: what was done to its text layer, so that anyone can undo it.

The document text is the layer with named repairs. Each entry says which characters of the text stand for which of the
layer, and what those were. Between two entries text and layer are the same, character by character.
"""

import csv
import io
import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence

from extract.layout.layers import PAGE_BREAK
from extract.records import Repair

COLUMNS = ("char_start", "char_end", "layer_start", "layer_end", "step", "original")


def rebuild_layer(text: str, ledger: Sequence[Repair]) -> str:
    """The layer that a document text was made from."""
    pieces: list[tuple[int, str]] = []
    char = layer = 0
    for repair in ledger:
        pieces.append((layer, text[char : repair.char_start]))
        pieces.append((repair.layer_start, repair.original))
        char, layer = repair.char_end, repair.layer_end
    pieces.append((layer, text[char:]))
    return "".join(piece for _, piece in sorted((each for each in pieces if each[1]), key=lambda each: each[0]))


def layer_places(offsets: Iterable[int], ledger: Sequence[Repair]) -> list[int]:
    """Where characters of the text stand in the layer; for a repaired one, where its repair begins."""
    starts = [repair.char_start for repair in ledger]
    places: list[int] = []
    for offset in offsets:
        at = bisect_right(starts, offset) - 1
        # A repair that took characters away has no width: the last one at this place counts.
        if at < 0:
            places.append(offset)
        elif offset < ledger[at].char_end:
            places.append(ledger[at].layer_start)
        else:
            places.append(ledger[at].layer_end + offset - ledger[at].char_end)
    return places


def page_starts(text: str, ledger: Sequence[Repair]) -> tuple[tuple[int, int], ...]:
    """Where the pages of a text begin, as (first character, page) in the order of the text: what a Document keeps.

    Read off what parts pages in the layer, wherever in the text its ledger moved that.
    """
    shared: list[tuple[int, int, str]] = []  # where characters stand in the text and in the layer, which share them
    char = layer = 0
    for repair in ledger:
        shared.append((char, layer, text[char : repair.char_start]))
        char, layer = repair.char_end, repair.layer_end
    shared.append((char, layer, text[char:]))
    breaks = [at + found for _, at, run in shared for found in _breaks_in(run)]
    breaks += [repair.layer_start + found for repair in ledger for found in _breaks_in(repair.original)]
    breaks.sort()
    places = [(char + at, layer + at) for char, layer, run in shared for at in _starts_in(run)]
    places += [(repair.char_start, repair.layer_start) for repair in ledger if repair.char_start < repair.char_end]
    pages = [(char, bisect_left(breaks, layer) + 1) for char, layer in sorted(places)]
    return tuple(each for before, each in zip([(0, 0), *pages], pages, strict=False) if before[1] != each[1])


def _breaks_in(run: str) -> list[int]:
    return [match.start() for match in re.finditer(PAGE_BREAK, run)]


def _starts_in(run: str) -> list[int]:
    """Where a run of characters begins, and where a page does in it."""
    return [at for at in (0, *(found + 1 for found in _breaks_in(run))) if at < len(run)]


def as_csv(ledger: Iterable[Repair]) -> str:
    """A ledger as CSV, one repair per line."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(COLUMNS)
    writer.writerows([getattr(repair, name) for name in COLUMNS] for repair in ledger)
    return out.getvalue()


def from_csv(text: str) -> tuple[Repair, ...]:
    """The ledger that `as_csv` wrote."""
    rows = csv.DictReader(io.StringIO(text, newline=""))
    return tuple(
        Repair(
            char_start=int(row["char_start"]),
            char_end=int(row["char_end"]),
            layer_start=int(row["layer_start"]),
            layer_end=int(row["layer_end"]),
            step=row["step"],
            original=row["original"],
        )
        for row in rows
    )
