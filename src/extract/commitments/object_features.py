"""Words of a sentence → those that may be the head of what an action is done to, each as a row of features."""

import functools
from collections import defaultdict
from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from extract.commitments.action_features import (
    POS,
    RELATIONS,
    clause_words,
    code,
    preposition_code,
    role_of,
)
from extract.commitments.action_nouns import KINDS, verb_of_noun
from extract.commitments.tree import Tree
from extract.language.verb_forms import VERBS
from extract.records import Token
from extract.word_lists import read_list

_HEADS = ("NOUN", "PROPN", "PRON", "NUM", "SYM", "X")
_HAS_CHILD = ("nsubj", "nsubj:pass", "obj", "iobj", "obl:arg", "obl", "aux:pass", "cop", "ccomp", "xcomp", "nmod")
_OWN_CHILD = ("det", "amod", "nmod", "case", "conj", "acl:relcl", "nummod", "cop", "nsubj")

FEATURES = (
    "part of speech", "relation", "hangs from action", "steps up to action", "relation of branch", "is top of branch",
    "preposition", "preposition of branch", "preposition of action", "distance", "is behind", "candidates between",
    "verbs between", "commas between", "position", "from the end", "rank", "candidates", "rank behind action",
    "rank before action", "part of speech of action", "relation of action", "role of action", "kind of action noun",
    "is passive", "form of action", "action stands", "cannot be object", "is subject pronoun", "is quantity", "is time",
    "part of speech before", "part of speech behind", "part of speech of head", "role of head", "capital",
    "same segment", "verb behind", "finite before", "action hangs from it", "is action",
    *(f"action has {each}" for each in _HAS_CHILD), *(f"has {each}" for each in _OWN_CHILD),
)  # fmt: skip


def find_heads(tokens: Sequence[Token], action: Token | None) -> list[Token]:
    """The words that may be the head noun of what is acted on."""
    return [
        each
        for each in tokens
        if each.pos in _HEADS or (each is not action and each.pos in _AS_NOUNS and each.dependency in _OF_NOUNS)
    ]


_AS_NOUNS = ("ADJ", "VERB", "ADV")
_OF_NOUNS = (
    "root",
    "nsubj",
    "nsubj:pass",
    "obj",
    "iobj",
    "obl",
    "obl:arg",
    "nmod",
    "conj",
    "appos",
    "xcomp",
    "parataxis",
    "fixed",
)


def describe_heads(tree: Tree, action: Token | None, heads: Sequence[Token]) -> NDArray[np.float32]:
    """The features of the candidates for the head of an action's object, (heads, FEATURES)."""
    rows = [list(_features(tree, action, each, rank, heads)) for rank, each in enumerate(heads)]
    return np.array(rows, np.float32).reshape(len(rows), len(FEATURES))


def _features(tree: Tree, action: Token | None, word: Token, rank: int, heads: Sequence[Token]) -> Iterator[float]:
    tokens = tree.tokens
    path = tree.path(word)
    branch = _branch(path, action)
    of_action = {each.dependency: each for each in tree.children(action)} if action else {}
    first, last = sorted((word.position, action.position if action else 0))
    between = tokens[first : max(first, last - 1)]
    lemma = word.lemma.lower()
    yield from (code(word.pos, POS), code(word.dependency, RELATIONS))
    yield action is not None and word.head == action.position
    yield len(branch) if branch else -1
    top = branch[-1] if branch else None
    yield code(top.dependency, RELATIONS) if top else -1
    yield top is word
    own = tree.case(word)
    yield preposition_code(own)
    yield preposition_code(tree.case(top) if top else None)
    yield own is not None and action is not None and own in _prepositions().get(action.lemma.lower(), ())
    yield word.position - action.position if action else 0
    yield action is not None and word.position > action.position
    yield sum(each.position in range(first + 1, last) for each in heads)
    yield sum(each.pos in VERBS for each in between)
    yield sum(each.text == "," for each in between)
    yield from (word.position, len(tokens) - word.position, rank, len(heads))
    at = action.position if action else 0
    yield sum(at < each.position < word.position for each in heads) if word.position > at else -1
    yield sum(word.position < each.position < at for each in heads) if word.position < at else -1
    yield code(action.pos, POS) if action else -1
    yield code(action.dependency, RELATIONS) if action else -1
    yield role_of(action) if action else -1
    yield KINDS.index(verb_of_noun(action.text.lower())[1]) if action and action.pos not in VERBS else -1
    yield action is not None and is_passive(tree, action)
    yield next((rank for rank, each in enumerate(_FORMS) if action and each in (action.morphology or "")), -1)
    yield at / len(tokens)
    yield lemma in clause_words("no-object")
    yield lemma in clause_words("subject-pronoun")
    yield lemma in clause_words("quantity")
    yield lemma in clause_words("time")
    head = tree.at(word.head) if word.head else None
    yield from (
        code(each.pos, POS) if each else -1 for each in (tree.at(word.position - 1), tree.at(word.position + 1), head)
    )
    yield role_of(head) if head else -1
    yield word.text[:1].isupper()
    yield action is not None and tree.segments[word.position - 1] == tree.segments[at - 1]
    yield any(each.pos in VERBS for each in tokens[word.position :])
    yield any("VerbForm=Fin" in (each.morphology or "") for each in tokens[: word.position - 1])
    yield action is not None and any(each is word for each in tree.path(action))
    yield word is action
    yield from (each in of_action for each in _HAS_CHILD)
    own_children = {each.dependency for each in tree.children(word)}
    yield from (each in own_children for each in _OWN_CHILD)


_FORMS = ("VerbForm=Fin", "VerbForm=Inf", "VerbForm=Part")


def _branch(path: Sequence[Token], action: Token | None) -> list[Token]:
    """The words from one up to the child of the action that it hangs below; none if it does not hang from it."""
    if action is None:
        return list(path)
    for rank, each in enumerate(path):
        if each is action:
            return list(path[:rank])
    return []


@functools.cache
def _prepositions() -> dict[str, frozenset[str]]:
    """The prepositions that belong to a verb."""
    found: dict[str, set[str]] = defaultdict(set)
    for row in read_list("action-words"):
        if row["role"] == "preposition":
            found[row["word"]].add(row["goes_with"])
    return {verb: frozenset(prepositions) for verb, prepositions in found.items()}


SIGNS = 5
"""Of each candidate."""


def head_signs(tree: Tree, action: Token | None, verb: str | None, heads: Sequence[Token]) -> list[tuple[str, ...]]:
    """The signs of each candidate, `SIGNS` of them: how it hangs from the verb of the action, and what word it is."""
    kind = None if action is None else "verb" if action.pos in VERBS else "noun"
    passive = action is not None and is_passive(tree, action)
    found: list[tuple[str, ...]] = []
    for each in heads:
        branch = _branch(tree.path(each), action)
        top = branch[-1] if branch else None
        by = f"{top.dependency if top else None} {tree.case(top) if top else None} {top is each}"
        side = "before" if action is None or each.position < action.position else "behind"
        found.append((
            f"{verb} {by}",
            f"{verb} {tree.case(each)} {side}",
            f"{kind} {passive} {by} {side}",
            f"word {each.lemma.lower()}",
            f"{kind} {each.dependency} {tree.case(each)} {side} {len(branch)}",
        ))  # fmt: skip
    return found


def is_passive(tree: Tree, action: Token) -> bool:
    """Whether an action is undergone."""
    return any(each.dependency in ("aux:pass", "nsubj:pass") for each in tree.children(action))
