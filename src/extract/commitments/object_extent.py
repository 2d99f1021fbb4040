"""The head noun of an object → the stretch of words that is its phrase."""

import functools
import re
from collections.abc import Collection, Sequence
from itertools import takewhile

from extract.commitments.tree import Tree
from extract.records import Token
from extract.word_lists import words

_OPENING, _CLOSING = _BRACKETS = "()"
_ENUMERATOR = re.compile(r"(?:\d{1,2}|[a-z])[.)]")
_GLUED_NUMBER = re.compile(r"\d{1,3}(?:\.\d{1,2})?(?:[.)](?=[^\W\d])|(?=[A-Z][a-z]))")
_MODIFIERS = frozenset({"DET", "ADJ", "NUM"})
# What belongs to a noun phrase no more, or not to what is acted on.
_NOT_OF_PHRASE = frozenset({"acl", "acl:relcl", "advcl", "parataxis", "ccomp", "csubj", "cop", "aux", "dep"})
_words = functools.partial(words, "clause-words")


def phrase_of(tree: Tree, head: Token, *, without: Token | None) -> list[Token]:
    """The words of the phrase of a head noun, one stretch, without its preposition and a word to leave out.

    A name of several words is whole, whichever of them is the head: "de Eerste Kamer".
    """
    while head.dependency == "flat" and (named := tree.at(head.head)) and named is not without:
        head = named
    inside = {
        each.position
        for each in tree.below(head, without=_NOT_OF_PHRASE)
        if each is not without and not (each.head == head.position and each.dependency == "case")
    }
    first, last = _in_brackets(tree.tokens, head, *_extent(tree.tokens, head, inside))
    stretch = tree.tokens[first - 1 : last]
    return [each for each in stretch if each.pos != "PUNCT" or each is head or each.text in _BRACKETS]


def _in_brackets(tokens: Sequence[Token], head: Token, first: int, last: int) -> tuple[int, int]:
    """The extent of a phrase that neither begins nor ends between a bracket and its other half.

    "(sociale) huurwoningen" takes in the bracket before it; of "zie 3) de huren" what stands before the bracket goes.
    """
    opened: list[int] = []
    for position in range(first, last + 1):
        text = tokens[position - 1].text
        if text == _OPENING:
            opened.append(position)
        elif text == _CLOSING and opened:
            opened.pop()
        elif text == _CLOSING and position < head.position:
            is_whole = first > 1 and tokens[first - 2].text == _OPENING
            first = first - 1 if is_whole else position + 1
        elif text == _CLOSING:
            return first, max(head.position, position - 1)
    if opened and opened[0] < head.position:
        return max(first, opened[-1] + 1) if opened[-1] < head.position else opened[0] + 1, last
    if opened:
        closed = last < len(tokens) and tokens[last].text == _CLOSING
        return (first, last + 1) if closed else (first, opened[0] - 1)
    return first, last


def _extent(tokens: Sequence[Token], head: Token, inside: Collection[int]) -> tuple[int, int]:
    """Positions of the first and last word of a noun phrase; `inside` are those that a tree hangs from its head.

    Articles and adjectives that a parser hung elsewhere are taken in, and so is what a preposition joins to it.
    """
    first = last = head.position
    while first > 1 and (first - 1 in inside or tokens[first - 2].pos in _MODIFIERS):
        first -= 1
    while first < head.position and (
        tokens[first - 1].lemma.lower() in _focus()
        or tokens[first - 1].pos in ("PUNCT", "CCONJ")
        or _is_list_number(tokens, first)
    ):
        first += 1
    while last + 1 in inside:
        last += 1
    while joined := _joined(tokens[last:]):
        last += joined
    return first, last


def _is_list_number(tokens: Sequence[Token], position: int) -> bool:
    """Whether the word at a position numbers an item: "2.", "b)", or "7.4" that opens a sentence before a capital."""
    word, following = tokens[position - 1], tokens[position]
    if _ENUMERATOR.fullmatch(word.text):
        return True
    if not word.text.replace(".", "").isdigit():
        return False
    return following.text in (".", _CLOSING) or (position == 1 and following.text[:1].isupper())


def glued_number(word: str) -> int:
    """How many characters of a word are a list number glued to it: 2 of "8.Burgemeesters", 4 of "4.49Gebruik"."""
    found = _GLUED_NUMBER.match(word)
    return found.end() if found else 0


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
