"""Letters, shared stretches and chains, held against what is slow and plain."""

import unicodedata

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from extract.verification.letters import letters_of
from extract.verification.stretches import NGRAM, NgramIndex, Shared, best_chain, covered

_texts = st.text(st.characters(max_codepoint=0x2FFF, exclude_categories=["Cs"]), max_size=60)
_words = st.lists(
    st.sampled_from(["wij", "willen", "zorg", "voor", "ouderen", "en", "jongeren", "in", "de", "regio", "niet"]),
    max_size=40,
)


def plainly(text: str) -> list[tuple[int, str]]:
    """The letters of a text with their places, one by one."""
    found = []
    for place, character in enumerate(text):
        letters = [each for each in unicodedata.normalize("NFKD", character.casefold()) if each.isalnum()]
        found += [(place, letters[0])] if letters else []
    return found


@given(_texts)
def test_letters_have_their_places(text: str) -> None:
    letters = letters_of(text)
    found = list(zip(letters.places.tolist(), map(chr, letters.codes.tolist()), strict=True))
    assert found == plainly(text)


def test_letters_leave_out_spans() -> None:
    text = "Wij bouwen. 12 PARTIJ Ook huizen."
    letters = letters_of(text, without=((12, 22),))
    assert "".join(map(chr, letters.codes.tolist())) == "wijbouwenookhuizen"


@settings(deadline=None)
@given(_words, _words, _words)
def test_shared_stretches_are_shared_and_as_long_as_can_be(
    before: list[str], shared: list[str], behind: list[str]
) -> None:
    needle, text = letters_of(" ".join(shared)), letters_of(" ".join([*before, *shared, *behind]))
    found = NgramIndex([needle]).shared_with(text, least=np.zeros(1)).get(0, [])
    for each in found:
        codes = needle.codes[each.at : each.at + each.length]
        assert (codes == text.codes[each.place : each.place + each.length]).all()
        longer = slice(each.at, each.at + each.length + 1), slice(each.place, each.place + each.length + 1)
        ends = each.at + each.length == len(needle) or each.place + each.length == len(text)
        assert ends or len(needle) < NGRAM or needle.codes[longer[0]][-1] != text.codes[longer[1]][-1]
    whole = {(each.at, each.place) for each in found if each.length == len(needle)}
    if len(needle):
        assert (0, len(letters_of(" ".join(before)))) in whole


def test_no_needle_shares_nothing() -> None:
    assert NgramIndex([]).shared_with(letters_of("Wij bouwen huizen."), least=np.zeros(0)) == {}
    assert NgramIndex([letters_of("")]).shared_with(letters_of("Wij bouwen huizen."), least=np.zeros(1)) == {}


def test_a_chain_keeps_the_order_of_both() -> None:
    stretches = [Shared(0, 100, 20), Shared(60, 130, 30), Shared(20, 180, 40)]
    assert best_chain(stretches) == [stretches[0], stretches[2]]
    assert covered(best_chain(stretches)) == 60


def test_a_chain_does_not_jump_far_for_little() -> None:
    near, far = [Shared(0, 100, 20), Shared(30, 130, 20)], Shared(60, 90_000, 25)
    assert best_chain([*near, far]) == near
    assert best_chain([*near, Shared(60, 90_000, 80)])[-1].place == 90_000
