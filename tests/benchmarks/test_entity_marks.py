"""Entities against what readers marked: how places are counted, and that the marks are of one kind with the code."""

from benchmarks.entities import KINDS, Counts, Judged, agreement, count, errors, half_of, read_marks
from extract.records import EntityKind

ONE, OTHER = range(4), range(6, 9)


def test_the_marks_are_whole() -> None:
    marks = read_marks()
    assert {each.kind for each in marks} - {None} <= set(KINDS) == set(EntityKind.__args__)
    sentences = {each.sentence: each.characters_sha256 for each in marks}
    assert all(sentences[each.sentence] == each.characters_sha256 for each in marks)
    assert all(counts.marked for counts in agreement(marks).values() if counts.found)


def test_exact_places_and_such_as_overlap() -> None:
    marked = [{"law": {ONE, OTHER}}, {"law": {ONE}}]
    found = [{"law": {ONE, range(7, 12)}}, {"law": {OTHER}, "year": {ONE}}]
    counts = count(zip(marked, found, strict=True))
    assert counts["law"] == Counts(marked=3, found=3, exact=1, found_near=2, marked_near=2)
    assert counts["law"].shares == (1 / 3, 1 / 3, 2 / 3, 2 / 3)
    assert counts["year"].shares[0] == 0 and counts["year"].marked == 0


def test_of_the_half_to_test_on_no_sentence_is_shown() -> None:
    working, test = (half_of(f"{number:08x}") for number in (1, 2))
    judged = [
        Judged(half, half, "De Wet x y", marked={"law": {range(2, 6)}}, found={"year": {ONE}})
        for half in (working, test)
    ]
    (shown,) = errors(judged)
    assert shown.splitlines() == [f"{working} De Wet x y", "  missed law: Wet x", "  wrong  year: De We"]
