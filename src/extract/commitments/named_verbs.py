"""The infinitive that a word of a sentence names, with its particle."""

import functools
import re

from extract.commitments.action_nouns import verb_of_noun
from extract.commitments.tree import Tree
from extract.language.infinitives import infinitive, is_infinitive, is_separable
from extract.language.verb_forms import VERBS
from extract.records import Token
from extract.word_lists import read_list, words

_PARTICLE = "compound:prt"
_SHORTEST = 5  # letters of a verb to which something is glued

_GLUED = re.compile(r"^[^\w]*(?:\d{1,3}[.)]?)?[^\w]*(?=[^\W\d])")
_OPENING = frozenset("([“‘„«\"'")
_NO_PARTICLE_BEFORE = ("PUNCT", "ADP", "CCONJ", "SCONJ")


def bare(word: str) -> str:
    """A word in lower case without a bullet or number that is glued to it: "3.Afschaffing", "•Stimulering"."""
    return _GLUED.sub("", word).lower()


def named_verb(tree: Tree, token: Token) -> str | None:
    """The infinitive that a verb or a noun of action names; None for a noun that names none."""
    word = bare(token.text)
    if token.pos in VERBS:
        lemma = token.lemma.lower() if bare(token.lemma) == token.lemma.lower() else infinitive(word, word)
        lemma = lemma if is_infinitive(lemma) else _unglued(word) or lemma
        found = _with_particle(tree, token, lemma if is_infinitive(lemma) else infinitive(word, lemma))
        return found if found.endswith("n") else None  # what a scan left of it, or a form that is in no list
    verb, _ = verb_of_noun(word)
    if verb:
        return verb
    found = infinitive(word, "")
    if is_infinitive(found):
        return found
    return word + "n" if is_infinitive(word + "n") else None


def _unglued(word: str) -> str | None:
    """The infinitive in a verb to which a scan glued the word before it ("wijmaken", "wordtbeperkt"), or None."""
    for before in sorted(words("action-words", "glued-before"), key=len, reverse=True):
        rest = word.removeprefix(before)
        if rest != word and len(rest) >= _SHORTEST and is_infinitive(found := infinitive(rest, rest)):
            return found
    return None


def _with_particle(tree: Tree, verb: Token, lemma: str) -> str:
    """The verb with a particle that stands apart, also where a parser did not see that it is one."""
    if "VerbForm=Fin" not in (verb.morphology or ""):
        return _with_particle_before(tree, verb, lemma)
    for position in range(verb.position + 1, len(tree.tokens) + 1):
        word = tree.tokens[position - 1]
        if "VerbForm=Fin" in (word.morphology or "") and word.dependency in ("conj", "parataxis"):
            break  # of another clause: "maken we een einde aan de malaise en bouwen we iets uit"
        particle = word.text.lower()
        is_known = is_separable(particle + lemma)
        is_said = word.dependency == _PARTICLE and word.head == verb.position and particle + lemma in _listed()
        is_said = is_said and not lemma.startswith(particle) and lemma not in words("clause-words", "auxiliary")
        if (is_known or is_said) and not _opens_phrase(tree, position):
            return particle + lemma
    return lemma


def _with_particle_before(tree: Tree, verb: Token, lemma: str) -> str:
    """An infinitive or participle with the particle that stands before it, or before its "te": "op te zetten"."""
    before = tree.at(verb.position - 1)
    if before and before.text.lower() == "te":
        before = tree.at(verb.position - 2)
    if before is None or lemma.startswith(before.text.lower()):
        return lemma
    together = before.text.lower() + lemma
    is_said = before.dependency in ("xcomp", _PARTICLE) and together in _listed()
    is_said = is_said and lemma not in words("clause-words", "auxiliary")
    return together if is_said or is_separable(together) else lemma


def _opens_phrase(tree: Tree, position: int) -> bool:
    """Whether the word at a position has a phrase behind it ("in en rondom de stad"), or an infinitive with "te"."""
    word, following, next_but_one = tree.at(position), tree.at(position + 1), tree.at(position + 2)
    if word is None or following is None:
        return False
    if following.pos == "CCONJ":
        return next_but_one is not None and next_but_one.pos == "ADP"
    if following.text in _OPENING or following.text.lower() == "te":
        return True
    if (
        word.text.lower() == "om" and following.pos == "ADP"
    ):  # "om van het recht gebruik te maken", "om tot een regeling"
        inside = tree.segments[position - 1]
        return any(
            each.text.lower() == "te" and tree.segments[each.position - 1] == inside for each in tree.tokens[position:]
        )
    return following.pos not in _NO_PARTICLE_BEFORE


@functools.cache
def _listed() -> frozenset[str]:
    return frozenset(row["infinitive"] for row in read_list("infinitives"))
