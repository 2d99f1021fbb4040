"""The ledger of a document: what was done to its text layer, so that anyone can undo it.

The document text is the layer with named repairs. Each entry says which characters of the text stand for which of the
layer, and what those were. Between two entries text and layer are the same, character by character.
"""

import csv
import io
from bisect import bisect_right
from collections.abc import Iterable, Sequence

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
