"""The infinitive that a word names, with its particle."""

import pytest

from extract.commitments.action_features import find_candidates
from extract.commitments.named_verbs import named_verb
from tests.commitments.trees import tree

PLAN = (
    "We|PRON|2|nsubj maken|VERB|0|root|VerbForm=Fin iets|PRON|2|obj op|ADP|6|compound:prt te|ADP|6|mark "
    "zetten|VERB|2|xcomp|VerbForm=Inf"
)
FOR = "Wij|PRON|2|nsubj zijn|VERB|0|root|VerbForm=Fin voor|ADP|2|compound:prt (|PUNCT|5|punct meer|NUM|2|obl"
OPEN = "het|DET|2|det veld|NOUN|5|obj open|ADJ|5|compound:prt te|ADP|5|mark houden|VERB|0|root|VerbForm=Inf"

ABOUT = (
    "We|PRON|2|nsubj vormen|VERB|0|root|VerbForm=Fin dat|PRON|2|obj om|ADP|2|compound:prt tot|ADP|6|case "
    "iets|PRON|2|obl"
)
TOGETHER = (
    "We|PRON|2|nsubj pakken|VERB|0|root|VerbForm=Fin samen|ADV|2|compound:prt met|ADP|5|case haar|PRON|2|obl "
    "dat|PRON|2|obj aan|ADP|2|compound:prt"
)


@pytest.mark.parametrize(
    ("written", "position", "expected"),
    [
        ("Wij|PRON|2|nsubj schaffen|VERB|0|root|VerbForm=Fin dat|PRON|2|obj af|ADP|2|compound:prt", 2, "afschaffen"),
        ("Wij|PRON|2|nsubj breiden|VERB|0|root|VerbForm=Fin dat|PRON|2|obj uit|ADP|2|compound:prt", 2, "uitbreiden"),
        (ABOUT, 2, "omvormen"),
        (TOGETHER, 2, "aanpakken"),
        (FOR, 2, "zijn"),
        (PLAN, 2, "maken"),
        (PLAN, 6, "opzetten"),
        (OPEN, 5, "openhouden"),
        ("Wijmaken|VERB|0|root|VerbForm=Fin het|PRON|1|obj", 1, "maken"),
    ],
)
def test_the_verb_of_a_word(written: str, position: int, expected: str) -> None:
    words = tree(written)
    assert named_verb(words, words.tokens[position - 1]) == expected


def test_a_noun_of_action_with_a_number_glued_to_it_may_be_the_action() -> None:
    words = tree("14.Uitbreiding|NUM|3|nummod van|ADP|3|case scholen|NOUN|0|root")
    assert words.tokens[0] in find_candidates(words.tokens)
    assert named_verb(words, words.tokens[0]) == "uitbreiden"
