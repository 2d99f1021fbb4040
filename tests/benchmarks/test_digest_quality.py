"""Floors: how much of digests by other hands gets its party, and how much another's. They fall only on purpose.

`gold/digests/floors.json` holds the figures below which (for `wrong`: above which) no set may come. What counts most is
`wrong`: a paragraph about one party that was given to another.
"""

import hashlib
import json
from pathlib import Path

import pytest

from benchmarks.digests import Judged, judge, outcome, shares, totals
from benchmarks.shared import GOLD

DIGESTS = GOLD / "digests"
FLOORS = json.loads((DIGESTS / "floors.json").read_text(encoding="utf-8"))
SETS = ("dev", "blind")


def digest_of(folder: Path) -> str:
    files = sorted(path for path in folder.iterdir() if path.suffix in (".txt", ".csv"))
    return hashlib.sha256(b"".join(path.read_bytes() for path in files)).hexdigest()


@pytest.mark.parametrize("name", SETS)
def test_floors_belong_to_these_texts(name: str) -> None:
    assert digest_of(DIGESTS / name) == FLOORS[name]["sha256"], "texts or marks changed: measure again"


@pytest.mark.parametrize("name", SETS)
def test_parties_of_digests_by_other_hands(name: str) -> None:
    found = shares(totals(judge(DIGESTS / name)))
    floors = FLOORS[name]
    assert found["wrong"] <= floors["wrong"]
    assert found["right"] >= floors["right"]
    assert found["quotes"] >= floors["quotes"]
    assert found["given"] <= floors["given"]


def test_what_becomes_of_a_character() -> None:
    one, several, stranger, none = (frozenset(each) for each in (["vvd"], ["vvd", "cda"], ["?Nieuw"], []))
    assert [outcome(one, each) for each in ("vvd", "cda", None)] == ["right", "wrong", "null"]
    assert [outcome(several, each) for each in ("vvd", "sp", None)] == ["right", "wrong", "right"]
    assert [outcome(stranger, each) for each in ("vvd", None)] == ["wrong", "right"]
    assert [outcome(none, each) for each in ("vvd", None)] == ["given", "none"]


def test_marks_are_held_against_lines(tmp_path: Path) -> None:
    """A text whose marks are all those of the wrong party: every character is wrong."""
    text = "VVD\nDe VVD wil bouwen.\n“Wij bouwen wat er valt.”\nCDA\nHet CDA wil rust.\n“Rust is een groot goed.”\n"
    (tmp_path / "1-1.txt").write_text(text, encoding="utf-8")
    rows = ["line,party_id,role", *(f"{line},{'cda' if line < 4 else 'vvd'},claim" for line in range(1, 7))]
    (tmp_path / "1-1.csv").write_text("\n".join(rows), encoding="utf-8")
    (judged,) = judge(tmp_path)
    assert isinstance(judged, Judged) and judged.kind == "1"
    assert set(judged.outcomes) == {"wrong"}
    assert len(judged.errors) == 6
