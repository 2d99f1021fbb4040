"""Words of a clause → its subject and direct object, by Dutch word order, where a parser does not tell."""

import functools
from collections.abc import Collection, Iterator, Sequence
from itertools import takewhile

from extract.language.clauses import Cluster
from extract.records import Token
from extract.word_lists import words

_NOUNS = frozenset({"NOUN", "PROPN", "PRON", "NUM", "SYM"})
_WITHIN = frozenset({"DET", "ADJ", "NUM", "VERB", "PRON", "ADV", "PUNCT", "CCONJ", "SYM"})  # a phrase, before its head
_MODIFIERS = frozenset({"DET", "ADJ", "NUM"})
_words = functools.partial(words, "clause-words")


def can_be_object(token: Token) -> bool:
    """Whether a word can be what is acted on."""
    return (
        token.text.lower() not in _words("no-object")
        and token.pos in _NOUNS
        or (token.pos == "VERB" and token.dependency != "xcomp")
    )


def subject_and_object(cluster: Cluster) -> tuple[Token | None, Token | None]:
    """The head nouns of subject and direct object; None for what the clause does not have."""
    finite = min((cluster.verb, *cluster.others), key=lambda each: each.position)
    heads = list(bare_heads(cluster.words))
    pronoun = next(
        (each for each in cluster.words if each.text.lower() in _words("subject-pronoun") and each.pos == "PRON"), None
    )
    if not cluster.is_main:
        rest = [each for each in heads if each is not pronoun]
        if pronoun or len(rest) == 1:
            return pronoun or rest[0], rest[-1] if rest else None
        return (rest[0], rest[-1]) if rest else (None, None)
    before = [each for each in heads if each.position < finite.position and each is not pronoun]
    behind = [each for each in heads if each.position > finite.position and each is not pronoun]
    if pronoun:
        return pronoun, next(reversed(behind or before), None)
    if before:
        return before[0], behind[-1] if behind else None
    return (behind[0], behind[-1] if len(behind) > 1 else None) if behind else (None, None)


def behind_preposition(cluster: Cluster, prepositions: Collection[str]) -> Token | None:
    """The head noun behind the first of some prepositions that stands behind the verb of a clause."""
    words = [each for each in cluster.words if each.position > cluster.verb.position or cluster.others]
    for rank, word in enumerate(words):
        if word.text.lower() in prepositions and word.pos == "ADP":
            phrase = list(takewhile(lambda each: each.pos in _WITHIN or each.pos in _NOUNS, words[rank + 1 :]))
            return next((each for each in phrase if each.pos in ("NOUN", "PROPN")), None)
    return None


def extent(tokens: Sequence[Token], head: Token, inside: Collection[int]) -> tuple[int, int]:
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


def joined_noun(behind: Sequence[Token]) -> Token | None:
    """The noun that the preposition right behind a noun joins to it."""
    count = _joined(behind)
    return behind[count - 1] if count else None


def bare_heads(words: Sequence[Token]) -> Iterator[Token]:
    """Yield the head nouns of the phrases of a clause that no preposition opens; of a coordination the first."""
    for rank, word in enumerate(words):
        following = words[rank + 1] if rank + 1 < len(words) else None
        before = words[rank - 1] if rank else None
        is_nominal = word.pos == "VERB" and (
            before.text.lower() == "het"
            if before is not None
            else following is not None and following.text.lower() == "van"
        )
        if (
            (word.pos not in _NOUNS and not is_nominal)
            or not can_be_object(word)
            or word.lemma.lower() in _words("time")
        ):
            continue
        if before is not None and _is_head_of(before, word):
            continue
        if word.pos in ("NUM", "SYM") and following is not None and following.pos not in ("ADP", "PUNCT"):
            continue
        if not _is_governed(words[:rank]):
            yield word


def _is_head_of(noun: Token, following: Token) -> bool:
    """Whether a noun is the head of the one right behind it: "het aantal mensen", "het kabinet Lubbers"."""
    is_next = noun.pos in ("NOUN", "PROPN") and noun.position == following.position - 1
    return is_next and (following.pos == "PROPN" or noun.lemma.lower() in _words("quantity"))


def _is_governed(before: Sequence[Token]) -> bool:
    """Whether a phrase that ends here follows a preposition, or a comma or "en" that joins it to an earlier one."""
    is_joined = False
    for word in reversed(before):
        if word.pos == "ADP" or word.text.lower() == "zoals":
            return True
        if word.pos in ("NOUN", "PROPN"):
            return is_joined
        if (
            word.text.lower() in _words("subject-pronoun")
            or word.pos not in _WITHIN
            or "VerbForm=Fin" in (word.morphology or "")
        ):
            return False
        is_joined = is_joined or word.text.lower() in ("en", "of", ",")
    return False


def _focus() -> frozenset[str]:
    """Words before a phrase that are no part of it: "geen", "ook", "niet alleen"."""
    return words("action-words", "negation") | words("action-words", "no-negation") | _words("focus")
