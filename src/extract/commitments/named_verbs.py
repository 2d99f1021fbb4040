"""The infinitive that a word of a sentence names, with its particle."""

import re

from extract.commitments.action_nouns import verb_of_noun
from extract.commitments.tree import Tree
from extract.language.infinitives import infinitive, is_infinitive, is_separable
from extract.language.verb_forms import VERBS
from extract.records import Token

_GLUED = re.compile(r"^[^\w]*(?:\d{1,3}[.)]?)?[^\w]*(?=[^\W\d])")
_NO_PARTICLE_BEFORE = ("PUNCT", "ADP", "CCONJ", "SCONJ")


def bare(word: str) -> str:
    """A word in lower case without a bullet or number that is glued to it: "3.Afschaffing", "•Stimulering"."""
    return _GLUED.sub("", word).lower()


def named_verb(tree: Tree, token: Token) -> str | None:
    """The infinitive that a verb or a noun of action names; None for a noun that names none."""
    word = bare(token.text)
    if token.pos in VERBS:
        lemma = token.lemma.lower() if bare(token.lemma) == token.lemma.lower() else infinitive(word, word)
        found = _with_particle(tree, token, lemma if is_infinitive(lemma) else infinitive(word, lemma))
        return found if found.endswith("n") else None  # what a scan left of it, or a form that is in no list
    verb, _ = verb_of_noun(word)
    if verb:
        return verb
    found = infinitive(word, "")
    if is_infinitive(found):
        return found
    return word + "n" if is_infinitive(word + "n") else None


def _with_particle(tree: Tree, verb: Token, lemma: str) -> str:
    """The verb with a particle that stands behind it, also where a parser did not see that it is one."""
    if "VerbForm=Fin" not in (verb.morphology or ""):
        before = tree.at(verb.position - 1)
        together = before.text.lower() + lemma if before else ""
        return (
            together if before and before.dependency in ("xcomp", "compound:prt") and is_infinitive(together) else lemma
        )
    for position in range(verb.position + 1, len(tree.tokens) + 1):
        word = tree.tokens[position - 1]
        if is_separable(word.text.lower() + lemma) and not _opens_phrase(tree, position):
            return word.text.lower() + lemma
    return lemma


def _opens_phrase(tree: Tree, position: int) -> bool:
    """Whether the word at a position has a phrase behind it, also "in en rondom de stad"."""
    following, next_but_one = tree.at(position + 1), tree.at(position + 2)
    if following is None:
        return False
    if following.pos == "CCONJ":
        return next_but_one is not None and next_but_one.pos == "ADP"
    return following.pos not in _NO_PARTICLE_BEFORE
