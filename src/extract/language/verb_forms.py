"""What form of a verb a word is, and words that a pipeline took for something else than the verbs that they are."""

import functools
import re
from collections.abc import Sequence
from dataclasses import replace

from extract.language.infinitives import infinitive, is_infinitive
from extract.records import Token
from extract.word_lists import words

VERBS = frozenset({"VERB", "AUX"})
_ENUMERATOR = re.compile(r"(?:\d{1,3}|[a-z])[.)]")
_words = functools.partial(words, "clause-words")


def without_enumerator(tokens: Sequence[Token]) -> list[Token]:
    """Tokens without a number before the sentence, "41." or "b)"; what hung from it hangs from nothing."""
    first, second = (*(each.text for each in tokens[:2]), "", "")[:2]
    count = 2 if first.isdigit() and second == "." else int(_ENUMERATOR.fullmatch(first) is not None)
    return [replace(each, position=each.position - count, head=max(0, each.head - count)) for each in tokens[count:]]


def mend(tokens: Sequence[Token]) -> list[Token]:
    """Tokens with verbs where only verbs can be: behind a "we" that opens the sentence, and an infinitive that does.

    In newspapers, from which pipelines learn, sentences seldom begin so.
    """
    mended = list(tokens)
    opens_with_subject = len(tokens) > 1 and tokens[0].text.lower() in _words("subject-pronoun")
    rank = 1 if opens_with_subject else 0
    word = tokens[rank].text.lower() if len(tokens) > rank else ""
    is_free = opens_with_subject or all(each.pos != "AUX" and not is_finite(each) for each in tokens)
    if word and tokens[rank].pos in ("NOUN", "PROPN", "VERB") and is_infinitive(word) and is_free:
        form = "VerbForm=Fin" if opens_with_subject else "VerbForm=Inf"
        mended[rank] = replace(tokens[rank], pos="VERB", lemma=word, morphology=form)
    return mended


def is_verb(token: Token) -> bool:
    """Whether a word that was taken for a verb is a form of one that is known."""
    return token.pos in VERBS and (token.pos == "AUX" or is_infinitive(token.lemma.lower()))


def is_finite(token: Token) -> bool:
    """Whether a verb is finite; a form of "zijn" also where it was taken for the possessive."""
    features = token.morphology or ""
    return is_verb(token) and ("VerbForm=Fin" in features or (token.pos == "AUX" and "VerbForm" not in features))


def is_inflected(token: Token) -> bool:
    """Whether a finite verb shows by its form that it is one; a plural looks like an infinitive."""
    return is_finite(token) and not token.text.lower().endswith("n")


def is_auxiliary(token: Token) -> bool:
    """Whether a verb only says that another one's action is wanted, allowed, to come or undergone."""
    return token.lemma.lower() in _words("auxiliary")


def is_participle(token: Token) -> bool:
    """Whether a word, whatever it was taken for, may be a participle: "ingericht", "meegewogen"."""
    form = token.text.lower()
    bare = next((form.removeprefix(each) for each in sorted(_words("particle")) if form.startswith(each + "ge")), form)
    has_prefix = bare.startswith(tuple(_words("prefix")))
    return token.pos in ("ADJ", "NOUN", "VERB") and has_prefix and form[-1] in "dtn" and form != _verb_of(form) != ""


def is_attribute(token: Token, tokens: Sequence[Token]) -> bool:
    """Whether a verb stands in a noun phrase: "gefinancierde instanties", "het verzamelen en gebruiken van"."""
    rank = token.position - tokens[0].position
    following = tokens[rank + 1].pos if rank + 1 < len(tokens) else ""
    before = tokens[rank - 1] if rank > 0 else None
    if before is not None and before.text.lower() == "het" and before.pos == "DET":
        return True
    if before is not None and before.text.lower() == "en" and rank > 1 and tokens[rank - 2].pos in VERBS:
        return is_attribute(tokens[rank - 2], tokens)
    return "VerbForm=Part" in (token.morphology or "") and following in ("NOUN", "ADJ", "PROPN")


def _verb_of(form: str) -> str:
    found = infinitive(form, form)
    return found if is_infinitive(found) else ""
