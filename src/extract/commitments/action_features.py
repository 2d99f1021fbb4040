"""Words of a sentence → those that may name what is to be done, each as a row of features.

A candidate is a verb, a word that is spelt as an infinitive, a noun that names an action ("verbod"), or a noun that
hangs from nothing. Features say what kind of word it is, where it stands, how it hangs in the tree, and what the words
around it do (`data/action-words.csv`, `data/clause-words.csv`).
"""

import functools
from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from extract.commitments.action_nouns import KINDS, verb_of_noun
from extract.commitments.named_verbs import bare, named_verb
from extract.commitments.tree import Tree
from extract.language.infinitives import is_infinitive
from extract.language.verb_forms import VERBS
from extract.records import Token
from extract.word_lists import words

action_words = functools.partial(words, "action-words")
clause_words = functools.partial(words, "clause-words")

POS = (
    "PUNCT", "X", "SYM", "INTJ", "CCONJ", "SCONJ", "ADP", "ADV",
    "DET", "PRON", "NUM", "PROPN", "NOUN", "ADJ", "VERB", "AUX",
)  # fmt: skip
RELATIONS = (
    "root", "xcomp", "ccomp", "parataxis", "conj", "aux", "aux:pass", "cop", "advcl", "acl", "acl:relcl", "csubj",
    "amod", "nsubj", "nsubj:pass", "obj", "iobj", "obl:arg", "obl", "obl:agent", "nmod", "appos", "fixed", "flat",
    "compound:prt", "dep",
)  # fmt: skip
_HAS_CHILD = (
    "nsubj", "nsubj:pass", "obj", "iobj", "obl", "obl:arg", "obl:agent", "ccomp", "xcomp", "advcl", "aux", "aux:pass",
    "cop", "compound:prt", "advmod", "mark", "cc", "conj", "expl", "expl:pv", "det", "amod", "nmod", "case", "csubj",
)  # fmt: skip
_ON_PATH = ("advcl", "acl", "acl:relcl", "ccomp", "xcomp", "conj", "parataxis", "nmod", "obl", "obj", "nsubj", "amod")
_ROLES = ("auxiliary", "frame", "wanting", "being", "predicated", "giving", "ending")  # of a verb
_OPENERS = ("dat", "om", "te", "die", "als", "door", "zodat", "omdat", "waar", "wat", "of")
_FORMS = ("VerbForm=Fin", "VerbForm=Inf", "VerbForm=Part", "Tense=Past", "Number=Plur", "Number=Sing")
# Words that open a segment of a sentence, or stand before or behind a verb, in groups that mean alike.
_MARKS = (
    ("om", "teneinde"), ("dat",), ("die",),
    ("als", "indien", "wanneer", "zodat", "omdat", "opdat", "mits", "tenzij", "terwijl"),
    ("waar", "waarbij", "waarin", "waardoor"), ("zoals", "ook", "zowel"), ("door",), ("en", "of", "maar"), ("dan",),
    ("te",),
    ("voor", "tot", "tegen", "bij", "in", "met"), ("geen",), ("meer", "minder"), ("we", "wij"), ("de", "het", "een"),
)  # fmt: skip
_COMPLEMENTS = ("nmod", "obl", "obl:arg")
_CORES = ("NOUN", "PROPN", "ADJ", "ADV", "PRON", "X")
_NEVER = ("PUNCT", "SYM", "DET", "ADP", "CCONJ", "SCONJ", "PRON", "NUM")  # unless the sentence hangs from it
_WINDOW = 6  # words before a candidate among which openers of its clause are looked for

FEATURES = (
    "position", "from the end", "share", "length", "verbs before", "verbs behind", "finite before", "finite behind",
    "rank", "part of speech", "is infinitive", "kind of action noun", "is subjunctive", "its letters", "relation",
    "depth", "children", "part of speech before", "part of speech behind", "part of speech of head", "head is before",
    "commas before", "is a wanted noun", "wants a noun", "colon before", "colon behind", "distance to finite before",
    "finite before: role", "head: role", "verb before is next", "verb behind is next", "capital", "own preposition",
    "last verb", "preposition behind", "segment", "segments behind", "verbs in segment", "of them behind",
    "of them before", "segment opens with", "word behind", "word before", "words in segment",
    "words before in segment", "finite in segment", "finite in earlier segment",
    "sentence opens with", "sentence opens with verb", "children behind", "children before", "share below",
    *(f"form {each}" for each in _FORMS), *(f"has {each}" for each in _HAS_CHILD),
    *(f"below {each}" for each in _ON_PATH), *(f"is {each}" for each in _ROLES),
    *(f"behind {each}" for each in _OPENERS), *(f"since verb {each}" for each in _OPENERS),
)  # fmt: skip


def find_candidates(tokens: Sequence[Token]) -> list[Token]:
    """The words that may name what is to be done."""
    return [each for each in tokens if _may_be_action(each)]


def _may_be_action(token: Token) -> bool:
    if token.pos in VERBS:
        return True
    word = bare(token.text)
    is_known = is_infinitive(word) or is_subjunctive(word) or verb_of_noun(word)[0] is not None
    may_be = token.pos not in _NEVER or word != token.text.lower()  # "14.Uitbreiding" is taken for a number
    return (may_be and is_known) or (token.dependency == "root" and token.pos in _CORES)


def is_subjunctive(word: str) -> bool:
    """Whether a word may be a wish as programmes wrote it once: "de Regeering bevordere"."""
    return word.endswith("e") and is_infinitive(word + "n")


def describe_candidates(tree: Tree, candidates: Sequence[Token]) -> NDArray[np.float32]:
    """The features of the candidates of a sentence, (candidates, FEATURES)."""
    rows = [list(_features(tree, each, rank, candidates)) for rank, each in enumerate(candidates)]
    return np.array(rows, np.float32).reshape(len(rows), len(FEATURES))


def _features(tree: Tree, token: Token, rank: int, candidates: Sequence[Token]) -> Iterator[float]:
    tokens, at = tree.tokens, token.position
    before, behind = tokens[: at - 1], tokens[at:]
    verbs = [each for each in candidates if each.pos in VERBS]
    earlier = [each for each in verbs if each.position < at]
    later = [each for each in verbs if each.position > at]
    finite = [each for each in earlier if "VerbForm=Fin" in (each.morphology or "")]
    finite_behind = [each for each in later if "VerbForm=Fin" in (each.morphology or "")]
    head = tree.at(token.head) if token.head else None
    path = tree.path(token)
    children = {each.dependency for each in tree.children(token)}
    last_verb = earlier[-1].position if earlier else 0
    near = {each.text.lower() for each in before[-_WINDOW:]}
    since = {each.text.lower() for each in before[last_verb:]}
    lemma = token.lemma.lower()
    yield from (at, len(tokens) - at, at / len(tokens), len(tokens), len(earlier), len(later), len(finite))
    yield from (len(finite_behind), rank, code(token.pos, POS), is_infinitive(bare(token.text)))
    yield KINDS.index(verb_of_noun(bare(token.text))[1]) if token.pos not in VERBS else -1
    yield is_subjunctive(bare(token.text))
    yield from (len(token.text), code(token.dependency, RELATIONS), len(path) - 1, len(tree.children(token)))
    yield from (code(each.pos, POS) if each else -1 for each in (tree.at(at - 1), tree.at(at + 1), head))
    yield head is not None and head.position < at
    yield sum(each.text == "," for each in before)
    yield _is_wanted(tree, token)
    yield any(_is_wanted(tree, each) for each in tree.children(token))
    yield any(each.text == ":" for each in before)
    yield any(each.text == ":" for each in behind)
    yield at - finite[-1].position if finite else -1
    yield role_of(finite[-1]) if finite else -1
    yield role_of(head) if head else -1
    yield bool(earlier) and earlier[-1].position == at - 1
    yield bool(later) and later[0].position == at + 1
    yield token.text[:1].isupper()
    yield preposition_code(tree.case(token))
    yield not later
    yield preposition_code(next((each.text.lower() for each in behind[:4] if each.pos == "ADP"), None))
    yield from _of_segment(tree, token, verbs)
    yield from (each in (token.morphology or "") for each in _FORMS)
    yield from (each in children for each in _HAS_CHILD)
    relations = [each.dependency for each in path]
    yield from (relations.count(each) for each in _ON_PATH)
    yield from (lemma in (clause_words if each == "auxiliary" else action_words)(each) for each in _ROLES)
    yield from (each in near for each in _OPENERS)
    yield from (each in since for each in _OPENERS)


def _is_wanted(tree: Tree, noun: Token) -> bool:
    """Whether a noun of action hangs from a verb that only wants it: "er komt een verbod op reclame"."""
    head = tree.at(noun.head) if noun.head else None
    if noun.pos in VERBS or head is None or verb_of_noun(bare(noun.text))[0] is None:
        return False
    governed = any(
        each.dependency in _COMPLEMENTS and tree.case(each) for each in (*tree.children(noun), *tree.children(head))
    )
    return governed and (head.lemma.lower() in action_words("wanting") or head.lemma.lower() == "zijn")


def _of_segment(tree: Tree, token: Token, verbs: Sequence[Token]) -> Iterator[float]:
    """How a word stands between two commas."""
    segments = tree.segments
    own = segments[token.position - 1]
    inside = [each for each, segment in zip(tree.tokens, segments, strict=True) if segment == own]
    within = [each for each in verbs if segments[each.position - 1] == own]
    yield from (own, segments[-1] - own, len(within))
    yield sum(each.position > token.position for each in within)
    yield sum(each.position < token.position for each in within)
    yield _mark(next((each for each in inside if each.pos != "PUNCT"), None))
    yield _mark(tree.at(token.position + 1))
    yield _mark(tree.at(token.position - 1))
    yield from (len(inside), token.position - inside[0].position)
    yield any("VerbForm=Fin" in (each.morphology or "") for each in within)
    yield any("VerbForm=Fin" in (each.morphology or "") for each in verbs if segments[each.position - 1] < own)
    yield _mark(tree.tokens[0])
    yield tree.tokens[0].pos in VERBS
    yield sum(each.position > token.position for each in tree.children(token))
    yield sum(each.position < token.position for each in tree.children(token))
    yield sum(1 for _ in tree.below(token, without=frozenset())) / len(tree.tokens)


def _mark(token: Token | None) -> int:
    """The group of `_MARKS` that a word is of, from 1; 0 for others, -1 for none."""
    if token is None:
        return -1
    word = token.text.lower()
    return next((rank for rank, group in enumerate(_MARKS, start=1) if word in group), 0)


def code(value: str, of: Sequence[str]) -> int:
    """The rank of a value in a row of values; one past the last where it is not among them."""
    return of.index(value) if value in of else len(of)


_PREPOSITIONS = ("van", "voor", "tegen", "op", "in", "naar", "aan", "tot", "met", "over", "bij", "om", "door", "uit")


def preposition_code(word: str | None) -> int:
    """The rank of a preposition; -1 for none."""
    return -1 if word is None else code(word, _PREPOSITIONS)


def role_of(token: Token) -> int:
    """What a word does in `action-words.csv` and `clause-words.csv`: the first of `_ROLES` that it has."""
    lemma = token.lemma.lower()
    for rank, role in enumerate(_ROLES):
        if lemma in (clause_words if role == "auxiliary" else action_words)(role):
            return rank
    return len(_ROLES)


SIGNS = 5
"""Of each candidate."""


def candidate_signs(tree: Tree, candidates: Sequence[Token]) -> list[tuple[str, ...]]:
    """The signs of each candidate, `SIGNS` of them: its verb, what hangs below and above it, the verbs around it."""
    verbs = [each for each in candidates if each.pos in VERBS]
    nouns = {each.head for each in candidates if each.pos not in VERBS}
    found: list[tuple[str, ...]] = []
    for each in candidates:
        kind = "verb" if each.pos in VERBS else "noun"
        own = named_verb(tree, each) or each.lemma.lower()
        head = tree.at(each.head) if each.head else None
        before = [verb for verb in verbs if verb.position < each.position]
        behind = [verb for verb in verbs if verb.position > each.position]
        found.append((
            f"{kind} {own}",
            f"{kind} {own} with noun of action {each.position in nouns}",
            f"hangs from {head.lemma.lower() if head else None}",
            f"behind {before[-1].lemma.lower() if before else None}",
            f"before {behind[0].lemma.lower() if behind else None}",
        ))  # fmt: skip
    return found
