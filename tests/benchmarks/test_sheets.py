"""What readers write on sheets: each letter of a page in one sentence, or it says which is not."""

import re

import pytest

from benchmarks.reading.sheets import Marked, Piece, parse_marks

LINES = {
    "1": "Een eerlijk land",
    "2a": "Wij bouwen meer. ",
    "2b": "Wij verlagen de huren en",
    "3": "de zorgpremie. Dat is alles.",
    "4a": "• Meer loon; ",
    "4b": "• Minder werk en meer tijd",
}
TEXT = "\n".join(LINES.values())
PIECES = [
    Piece(number, TEXT.index(text), TEXT.index(text) + len(text)) for number, text in LINES.items()
]  # fmt: skip
WHOLE = """
# wat een lezer voor zichzelf schrijft
heading 1: 1
body: 2a / 2b-3
list-item: 4
"""


def marked(marks: str) -> list[Marked]:
    return parse_marks(marks, TEXT, PIECES)


def said(each: Marked) -> str:
    return " ".join(TEXT[start:end].replace("\n", " ").strip() for start, end in each.spans)


def test_blocks_and_sentences() -> None:
    found = marked(WHOLE)
    assert [(each.kind, each.level, said(each)) for each in found] == [
        ("heading", "1", "Een eerlijk land"),
        ("body", "", "Wij bouwen meer."),
        ("body", "", "Wij verlagen de huren en de zorgpremie. Dat is alles."),
        ("list-item", "", "• Meer loon;  • Minder werk en meer tijd"),
    ]
    assert len({each.block for each in found}) == 3
    assert not any(each.goes_on or each.continues for each in found)


def test_the_first_sentence_goes_on_from_before_the_page_and_the_last_goes_on_behind_it() -> None:
    found = marked("heading 1: 1\nbody: < 2a / 2b-3 / 4a / 4b >")
    assert [each.goes_on for each in found] == [False, True, False, False, False]
    assert [each.continues for each in found] == [False, False, False, False, True]


def test_one_sentence_can_do_both() -> None:
    (found,) = marked("body: < 1-4b >")
    assert found.goes_on and found.continues


def test_words_within_a_piece_are_a_start_and_an_end() -> None:
    found = marked('heading: 1\nbody: 2a / 2b-3@zorgpremie. / 3@"Dat is"\nlist-item: 4')
    assert [said(each) for each in found[2:4]] == ["Wij verlagen de huren en de zorgpremie.", "Dat is alles."]


def test_from_words_within_a_piece_to_other_words_in_it() -> None:
    found = marked('heading: 1\nbody: 2 / 3-3@"zorgpremie." / 3@"Dat"-3@"alles."\nlist-item: 4a\nlist-item: 4b@"•"')
    assert said(found[2]) == "de zorgpremie." and said(found[-1]) == "• Minder werk en meer tijd"


def test_a_sentence_that_something_interrupts_has_two_spans() -> None:
    found = marked("body: 1, 2b-3\nquote: 2a\nlist-item: 4")
    assert len(found[0].spans) == 2 and said(found[0]).startswith("Een eerlijk land Wij verlagen")


@pytest.mark.parametrize(
    "marks, message",
    [
        (WHOLE.replace("heading 1: 1\n", ""), "piece 1 is in no block: 'Een eerlijk land'"),
        (WHOLE.replace("2b-3", "2b-3@zorgpremie"), "piece 3 is in no block: 'Dat is alles'"),
        (WHOLE + "body: 3", "piece 3 is twice: 'de zorgpremie. Dat is alles'"),
        (WHOLE.replace("list-item: 4", 'list-item: 4a, 4b / 4b@"tijd"'), "piece 4b is twice: 'tijd'"),
        (WHOLE.replace("list-item", "item"), "line 5: begins with no kind: item: 4"),
        (WHOLE.replace("list-item: 4", "list-item: 4-9"), "line 5: there is no piece 9"),
        (WHOLE.replace("list-item: 4", "list-item: 4c"), "line 5: there is no piece 4c"),
        (WHOLE.replace("list-item: 4", 'list-item: 4b@"vrije dag"'), "line 5: piece 4b has no 'vrije dag'"),
        (WHOLE.replace("list-item: 4", "list-item: vier"), "line 5: 'vier' is no range of pieces"),
        (WHOLE.replace("2b-3", "3-2b"), "line 4: ' 3-2b' ends before it begins"),
    ],
)
def test_what_is_wrong_is_said(marks: str, message: str) -> None:
    with pytest.raises(ValueError, match=re.escape(message)):
        marked(marks)


def test_all_that_is_wrong_is_said_at_once() -> None:
    with pytest.raises(ValueError) as caught:
        marked("heading: 9\nkop: 1")
    assert len(str(caught.value).splitlines()) == 2 + len(PIECES)
