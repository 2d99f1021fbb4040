"""Floors: how well passages and sentences agree with pages that readers marked. They fall only on purpose.

`gold/floors.json` holds the figures below which the test set may not come, and the hashes of the marks that gave
them. Who changes the marks measures again (`make quality`) and writes new floors.
"""

import functools
import hashlib
import json
from pathlib import Path

import pytest

from benchmarks.reading import marks as gold
from benchmarks.reading.pages import read_items, score
from benchmarks.shared import GOLD
from extract.extraction import Resources

FLOORS = json.loads((GOLD / "floors.json").read_text(encoding="utf-8"))


def test_floors_belong_to_these_marks() -> None:
    found = {name: hashlib.sha256((GOLD / name).read_bytes()).hexdigest() for name in ("items.csv", "marks.csv")}
    assert found == FLOORS["sha256"], "the marks changed: measure again, and write new floors with these hashes"


@pytest.fixture(scope="module")
def tallies(texts: Path, resources: Resources) -> dict[str, gold.Tally]:
    """The test set, scored; each file's layer is read once for all its items."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(gold, "read_layer", functools.cache(gold.read_layer))
        reads = read_items(texts, {"test"}, resources)
    assert len(reads) == FLOORS["items"]
    return score(reads, gold.read_marks(GOLD, "first"))


@pytest.mark.parametrize("name", ["PDF", "text"])
@pytest.mark.parametrize("figure", ["f1", "kinds"])
def test_figures_are_above_their_floors(tallies: dict[str, gold.Tally], name: str, figure: str) -> None:
    found = getattr(tallies[name], figure)
    assert found >= FLOORS[name][figure], f"{figure} of {name} is {found:.4f}, below its floor"
