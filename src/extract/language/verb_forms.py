"""Words that a pipeline took for something else than the verbs that they are, and numbers before a sentence."""

import functools
import re
from collections.abc import Sequence
from dataclasses import replace

from extract.language.infinitives import is_infinitive
from extract.records import Token
from extract.word_lists import words

VERBS = frozenset({"VERB", "AUX"})
_ENUMERATOR = re.compile(r"(?:\d{1,3}|[a-z])[.)]")
_words = functools.partial(words, "clause-words")


def without_enumerator(tokens: Sequence[Token]) -> list[Token]:
    """Tokens without a number before the sentence, "41." or "b)"; what hung from it hangs from nothing."""
    first, second = (*(each.text for each in tokens[:2]), "", "")[:2]
    count = 2 if first.isdigit() and second == "." else int(_ENUMERATOR.fullmatch(first) is not None)
    if not count:
        return list(tokens)
    return [replace(each, position=each.position - count, head=max(0, each.head - count)) for each in tokens[count:]]


def mend(tokens: Sequence[Token]) -> list[Token]:
    """Tokens with verbs where only verbs can be: behind a "we" that opens the sentence, and an infinitive that does.

    In newspapers, from which pipelines learn, sentences seldom begin so.
    """
    mended = list(tokens)
    opens_with_subject = len(tokens) > 1 and tokens[0].text.lower() in _words("subject-pronoun")
    rank = 1 if opens_with_subject else 0
    word = tokens[rank].text.lower() if len(tokens) > rank else ""
    is_free = opens_with_subject or all(
        each.pos != "AUX" and "VerbForm=Fin" not in (each.morphology or "") for each in tokens
    )
    if word and tokens[rank].pos in ("NOUN", "PROPN", "VERB") and is_infinitive(word) and is_free:
        form = "VerbForm=Fin" if opens_with_subject else "VerbForm=Inf"
        mended[rank] = replace(tokens[rank], pos="VERB", lemma=word, morphology=form)
    return mended
