"""The stretch of words that is the phrase of a noun."""

import pytest

from extract.commitments.object_extent import glued_number, phrase_of
from tests.commitments.trees import tree


@pytest.mark.parametrize(
    ("written", "head", "expected"),
    [
        ("de|DET|5|det (|PUNCT|3|punct vrije|ADJ|5|amod )|PUNCT|3|punct huren|NOUN|0|root", 5, "de ( vrije ) huren"),
        ("(|PUNCT|2|punct sociale|ADJ|4|amod )|PUNCT|2|punct huren|NOUN|0|root", 4, "( sociale ) huren"),
        ("oude|ADJ|4|amod )|PUNCT|1|punct de|DET|4|det huren|NOUN|0|root", 4, "de huren"),
        ("(|PUNCT|2|punct huren|NOUN|0|root )|PUNCT|2|punct", 2, "huren"),
        ("een|DET|2|det munt|NOUN|0|root (|PUNCT|4|punct euro|NOUN|2|appos )|PUNCT|4|punct", 2, "een munt ( euro )"),
        ("2|NUM|4|nummod .|PUNCT|1|punct de|DET|4|det huren|NOUN|0|root", 4, "de huren"),
        ("7.4|NUM|2|nummod Scholing|NOUN|0|root", 2, "Scholing"),
        ("150|NUM|2|nummod woningen|NOUN|0|root", 2, "150 woningen"),
    ],
)  # fmt: skip
def test_an_object_is_whole_between_brackets_and_has_no_list_number(written: str, head: int, expected: str) -> None:
    words = tree(written)
    found = phrase_of(words, words.tokens[head - 1], without=None)
    assert " ".join(each.text for each in found) == expected


@pytest.mark.parametrize(
    ("word", "expected"),
    [("8.Burgemeesters", 2), ("4.49Gebruik", 4), ("9Het", 1), ("5G", 0), ("50PLUS", 0), ("3D-printers", 0), ("2.5", 0)],
)
def test_a_list_number_that_is_glued_to_a_word(word: str, expected: int) -> None:
    assert glued_number(word) == expected
