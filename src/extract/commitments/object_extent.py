"""The head noun of an object → the stretch of words that is its phrase."""

import functools
from collections.abc import Collection, Sequence
from itertools import takewhile

from extract.commitments.tree import Tree
from extract.records import Token
from extract.word_lists import words

_MODIFIERS = frozenset({"DET", "ADJ", "NUM"})
# What belongs to a noun phrase no more, or not to what is acted on.
_NOT_OF_PHRASE = frozenset({"acl", "acl:relcl", "advcl", "parataxis", "ccomp", "csubj", "cop", "aux", "dep"})
_words = functools.partial(words, "clause-words")


def phrase_of(tree: Tree, head: Token, *, without: Token | None) -> list[Token]:
    """The words of the phrase of a head noun, one stretch, without its preposition and a word to leave out."""
    inside = {
        each.position
        for each in tree.below(head, without=_NOT_OF_PHRASE)
        if each is not without and not (each.head == head.position and each.dependency == "case")
    }
    first, last = _extent(tree.tokens, head, inside)
    return [each for each in tree.tokens[first - 1 : last] if each.pos != "PUNCT" or each is head]


def _extent(tokens: Sequence[Token], head: Token, inside: Collection[int]) -> tuple[int, int]:
    """Positions of the first and last word of a noun phrase; `inside` are those that a tree hangs from its head.

    Articles and adjectives that a parser hung elsewhere are taken in, and so is what a preposition joins to it.
    """
    first = last = head.position
    while first > 1 and (first - 1 in inside or tokens[first - 2].pos in _MODIFIERS):
        first -= 1
    while first < head.position and (
        tokens[first - 1].lemma.lower() in _focus() or tokens[first - 1].pos in ("PUNCT", "CCONJ")
    ):
        first += 1
    while last + 1 in inside:
        last += 1
    while joined := _joined(tokens[last:]):
        last += joined
    return first, last


def _joined(behind: Sequence[Token]) -> int:
    """How many words belong to the phrase before them: a preposition of nouns, and a noun with what is before it."""
    if not behind or behind[0].text.lower() not in _words("joins-nouns") or behind[0].pos != "ADP":
        return 0
    phrase = list(takewhile(lambda each: each.pos in _MODIFIERS, behind[1:]))
    head = behind[len(phrase) + 1 : len(phrase) + 2]
    return len(phrase) + 2 if head and head[0].pos in ("NOUN", "PROPN") else 0


def _focus() -> frozenset[str]:
    """Words before a phrase that are no part of it: "geen", "ook", "niet alleen"."""
    return words("action-words", "negation") | words("action-words", "no-negation") | _words("focus")
