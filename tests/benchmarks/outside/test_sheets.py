"""Sheets of sentences on which both differ, and how they are sorted, on sentences made by hand."""

from pathlib import Path

from benchmarks.outside.questions import NONE, area_of
from benchmarks.outside.scores import Allowed, Judged
from benchmarks.outside.sheets import (
    BOTH,
    NEITHER,
    OPEN,
    PAIRS,
    Differs,
    draw,
    read_key,
    read_marks,
    side_right,
    sort,
    write_sheets,
)
from extract.labels.contexts import Reading


def differs(number: int, strict: str | None) -> Differs:
    allowed = Allowed(strict, frozenset({strict} if strict else {"health", "labor"}))
    judged = Judged(f"m{number % 2}", "housing", allowed, frozenset({"504"}))
    return Differs(judged, Reading(f"Zin {number}."))


def test_a_sheet_has_a_few_of_each_manifesto_and_does_not_tell_whose_an_area_is(tmp_path: Path) -> None:
    some = [differs(number, "culture") for number in range(40)]
    drawn = draw(some, PAIRS, 100)
    assert len(drawn) == 12
    assert draw(reversed(some), PAIRS, 100) == drawn
    assert {row.ours_first for row, _ in drawn} == {True, False}
    opened = draw([differs(number, None) for number in range(3)], OPEN, 2)
    write_sheets([*drawn, *opened], tmp_path)
    assert read_key(tmp_path) == [row for row, _ in (*drawn, *opened)]
    pairs, free = ((tmp_path / f"{name}.txt").read_text(encoding="utf-8") for name in (PAIRS, OPEN))
    assert "A housing   B culture" in pairs and "A culture   B housing" in pairs
    assert "housing" not in free and "504" not in pairs + free


def test_marks_are_unblinded() -> None:
    (row, _), *_ = draw([differs(1, "culture")], PAIRS, 1)
    ours, theirs = ("A", "B") if row.ours_first else ("B", "A")
    assert [side_right(row, mark) for mark in (ours, theirs, BOTH, NEITHER)] == ["ours", "theirs", BOTH, NEITHER]
    (free, _), *_ = draw([differs(1, None)], OPEN, 1)
    read = ("housing", "labor", "labor housing", "energy")
    assert [side_right(free, mark) for mark in read] == ["ours", "theirs", BOTH, NEITHER]


def test_where_only_ours_is_right_the_code_says_whether_it_is_an_error(tmp_path: Path) -> None:
    rows = [row for row, _ in draw([differs(number, None) for number in range(4)], OPEN, 4)]
    names = [row.number for row in rows]
    (tmp_path / "open.marks").write_text(
        f"[{names[0]}] housing\n[{names[1]}] housing\n\n[{names[2]}] health\n", encoding="utf-8"
    )
    marks = read_marks(tmp_path / "open.marks")
    sorts = [kind for _, kind in sort(rows, marks, {names[0]: "fits", names[1]: "unfit"})]
    assert sorts == ["construct: the code fits, the area does not", "their error", "our error"], (
        "the last is not marked"
    )
    assert read_marks(tmp_path / "codes.marks") == {}


def test_a_question_has_the_area_that_most_of_it_is_about() -> None:
    assert area_of([(NONE, 0.9), ("health", 0.5), ("labor", 0.3), ("labor", 0.3)]) == "labor"
    assert area_of([(NONE, 0.9)]) == NONE
