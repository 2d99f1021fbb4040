"""How labels are held against crosswalks, on labels made by hand; and that the crosswalks keep to their codebooks."""

from pathlib import Path

import pytest

from benchmarks.outside.scores import (
    Allowed,
    Judged,
    agreement,
    allowed_for,
    by_chance,
    read_crosswalk,
    share_of,
    strictly,
)
from extract.labels.codebooks import read_codebook
from tests.conftest import ROOT

CROSSWALK = {
    "501": Allowed("environment", frozenset({"environment", "energy"})),
    "703": Allowed("agriculture", frozenset({"agriculture", "environment"})),
    "411": Allowed(None, frozenset({"technology", "energy"})),
}


def judged(label: str | None, *codes: str, text: str = "one") -> Judged:
    return Judged(text, label, allowed_for(codes, CROSSWALK), frozenset(codes))


def test_several_codes_allow_their_union_but_have_no_strict_area_unless_they_share_it() -> None:
    both = allowed_for(["501", "703"], CROSSWALK)
    assert both == Allowed(None, frozenset({"environment", "energy", "agriculture"}))
    assert allowed_for(["501", "501"], CROSSWALK).strict == "environment"
    assert allowed_for(["501", "411"], CROSSWALK).strict is None


def test_strictly_one_area_is_right_and_leniently_several() -> None:
    some = [judged("energy", "501"), judged("environment", "501"), judged("energy", "411")]
    assert agreement(some).value == 1.0
    assert (agreement(strictly(some)).value, agreement(strictly(some)).number) == (0.5, 2)


def test_an_abstention_is_wrong() -> None:
    assert agreement([judged(None, "501"), judged("energy", "501")]).value == 0.5


def test_chance_deals_the_labels_of_a_text_anew_among_its_sentences() -> None:
    some = [judged("environment", "501"), judged("technology", "411"), judged("labor", "703", text="two")]
    assert agreement(some).value == 2 / 3
    assert by_chance(some, some) == (1 / 2 + 1 / 2 + 0) / 3, "each text keeps its labels"
    assert by_chance(some[:1], some) == 1 / 2, "also those of sentences that are not judged"
    abstained = [judged("environment", "501"), judged(None, "501")]
    assert by_chance(abstained, abstained) == 1 / 2


def test_an_interval_is_of_whole_texts() -> None:
    alike = share_of([("one", 1, 2), ("two", 2, 4), ("three", 3, 6)])
    assert (alike.value, alike.low, alike.high, alike.number) == (0.5, 0.5, 0.5, 12)
    unlike = share_of([("one", 0, 50), ("two", 50, 50)])
    assert (unlike.low, unlike.value, unlike.high) == (0.0, 0.5, 1.0)
    assert share_of([]).number == 0


@pytest.mark.parametrize("name, rows", [("crosswalk.csv", 57), ("belgian-themes.csv", 37)])
def test_crosswalks_have_the_labels_of_the_codebook_and_the_strict_one_among_the_lenient(name: str, rows: int) -> None:
    crosswalk = read_crosswalk(ROOT / "tests" / "gold" / "outside" / name)
    labels = set(read_codebook(Path(ROOT / "models" / "policy-areas" / "codebook.toml")).labels)
    assert len(crosswalk) == rows
    for row in crosswalk.values():
        assert row.lenient and row.lenient <= labels
        assert row.strict is None or row.strict in row.lenient
