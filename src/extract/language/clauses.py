"""Tokens of a sentence → the verbs of its clauses, by Dutch word order.

In a Dutch main clause the finite verb comes second and the rest of the verbs last; in a clause that a conjunction or a
relative pronoun opens, all come last. Parts of speech suffice to read that off, and on party texts a small model gets
those right more often than the root of a tree.
"""

import functools
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise, takewhile

from extract.language.infinitives import is_infinitive, is_separable
from extract.language.verb_forms import (
    VERBS,
    is_attribute,
    is_auxiliary,
    is_finite,
    is_inflected,
    is_participle,
    is_verb,
)
from extract.records import Token
from extract.word_lists import words

_TO = "te"
_WHERE = "waar"  # and waarmee, waarvan, …
_words = functools.partial(words, "clause-words")


@dataclass(frozen=True, slots=True)
class Cluster:
    """The verbs of a clause, the one that names what is done and those that go with it; and all its words."""

    verb: Token
    others: tuple[Token, ...]
    words: tuple[Token, ...]
    is_main: bool = False

    @property
    def infinitive(self) -> str:
        """The dictionary form of the verb; with its particle, also where a parser did not see that it is one."""
        lemma = self.verb.lemma.lower()
        if self.others or not is_finite(self.verb):
            return lemma
        behind = [each for each in self.words if each.position > self.verb.position]
        for word, following in pairwise((*behind, None)):
            if word and is_separable(word.text.lower() + lemma) and not _opens_phrase(word, following):
                return word.text.lower() + lemma
        return lemma

    @property
    def is_passive(self) -> bool:
        """Whether "worden" or "zijn" goes with a participle."""
        is_other_form = is_finite(self.verb) or "VerbForm=Inf" in (self.verb.morphology or "")
        return not is_other_form and any(each.lemma.lower() in ("worden", "zijn") for each in self.others)


def main_cluster(tokens: Sequence[Token]) -> Cluster | None:
    """The verbs of the main clause; None if there is none."""
    free = list(_outside_clauses(tokens))
    finite = _main_finite(free, tokens)
    if finite is None:
        return _cluster(next(_runs(free, tokens), []), free)
    if not is_auxiliary(finite) and finite.lemma.lower() != "krijgen":
        return Cluster(finite, (), tuple(_until_next(free, finite)), is_main=True)
    framed = next((each.position for each in tokens[finite.position :] if _is_that(each)), len(tokens) + 1)
    behind = [each for each in _until_next(free, finite) if finite.position < each.position < framed]
    verbs = list(_last_verbs(finite, behind, tokens))
    return _cluster([finite, *verbs], _until_next(free, verbs[-1] if verbs else finite), is_main=True)


def framed_cluster(tokens: Sequence[Token], frame: Token) -> Cluster | None:
    """The verbs of the first clause behind a word that "dat" or "om" opens: "wil dat …", "zet zich ervoor in om …"."""
    refers = False  # with "ervoor" or "ernaar" to what comes
    for before, opener in pairwise(tokens[frame.position - 1 :]):
        refers = refers or before.text.lower() in _words("refers")
        word = opener.text.lower()
        behind = tokens[opener.position :]
        if word == "dat" and _opens_content(opener, before, frame) and behind and behind[0].pos not in VERBS:
            free = list(_outside_clauses(behind))
            return _cluster(next(_runs(free, tokens), []), free)
        if word == "om" and (refers or before is frame) and _opens_infinitive(opener, behind):
            return _cluster(next(_runs(behind, tokens), []), behind)
        if word in ".;:":
            return None
    return None


def _main_finite(free: Sequence[Token], tokens: Sequence[Token]) -> Token | None:
    """The finite verb of the main clause."""
    finite = next((each for each in free if is_finite(each) and not is_attribute(each, tokens)), None)
    finite = finite or next((each for each in free if each.pos == "AUX"), None)
    if finite is None or finite.position > 1 or finite.text.lower() not in _words("condition"):
        return finite
    # "Mocht asiel nodig zijn, dan moet dat …": a condition without a conjunction.
    then = next((each for each in free if each.text.lower() == "dan" and tokens[each.position - 2].text == ","), None)
    return next((each for each in free if then and each.position > then.position and is_finite(each)), finite)


def _last_verbs(finite: Token, behind: Sequence[Token], tokens: Sequence[Token]) -> Iterator[Token]:
    """The verbs at the end of a main clause, behind an auxiliary."""
    last = next((each for each in reversed(behind) if each.pos != "PUNCT"), None)
    takes_participle = finite.lemma.lower() in ("worden", "krijgen")
    if finite.lemma.lower() == "krijgen":
        near = list(takewhile(lambda each: each.text != ",", behind))
        yield from [each for each in near if _is_past(each) and not is_attribute(each, tokens)][:1]
    elif run := next((run for run in _runs(behind, tokens) if not is_inflected(run[0]) or is_participle(run[0])), []):
        yield from run
    elif takes_participle and (found := [each for each in behind if is_participle(each) and each.pos != "NOUN"]):
        yield found[0]
    elif last and _may_be_verb(last, tokens[last.position - 2], takes_participle=takes_participle):
        yield last


def _may_be_verb(last: Token, before: Token, *, takes_participle: bool) -> bool:
    """Whether the last word of a clause, whatever it was taken for, may be the verb that an auxiliary waits for."""
    if takes_participle and is_participle(last):
        return True
    if last.pos == "VERB":
        return last.text.endswith("en")
    return last.pos == "NOUN" and is_infinitive(last.text.lower()) and before.pos not in ("DET", "ADP")


def _is_past(token: Token) -> bool:
    return "VerbForm=Part" in (token.morphology or "")


def _cluster(verbs: Sequence[Token], words: Iterable[Token], *, is_main: bool = False) -> Cluster | None:
    """Of the verbs of a clause the last that is no auxiliary names what is done; if all are, the last of them."""
    if not verbs:
        return None
    named = next((each for each in reversed(verbs) if not is_auxiliary(each)), verbs[-1])
    return Cluster(named, tuple(each for each in verbs if each is not named), tuple(words), is_main)


def _until_next(free: Sequence[Token], last: Token) -> Iterator[Token]:
    """The words of a main clause, up to the next one: a full stop, or what comes before another finite verb."""
    for each in free:
        if each.position > last.position and (each.text in ".;" or (is_inflected(each) and not is_participle(each))):
            return
        yield each


def _runs(free: Sequence[Token], tokens: Sequence[Token]) -> Iterator[list[Token]]:
    """Yield verbs that stand next to each other, "te" apart."""
    run: list[Token] = []
    for each in free:
        if is_verb(each) and not is_attribute(each, tokens):
            run.append(each)
        elif run and each.text.lower() != _TO:
            yield run
            run = []
    if run:
        yield run


def _outside_clauses(tokens: Sequence[Token]) -> Iterator[Token]:
    """The words that stand in no clause within. A clause ends with its verbs, which come last."""
    awaited: list[str] = []  # of each open clause, whether its verbs are finite or an infinitive
    has_finite = False  # the innermost one
    for at, token in enumerate(tokens):
        before, behind = tokens[:at], tokens[at + 1 :]
        if _opens_clause(token, before, behind):
            awaited.append("finite")
            has_finite = False
        elif _opens_infinitive(token, behind):
            awaited.append("infinitive")
        elif not awaited:
            yield token
        elif token.pos in VERBS and not is_attribute(token, tokens):
            has_finite = has_finite or is_finite(token)
            if _ends_clause(token, behind[0] if behind else None, awaited[-1], has_finite=has_finite):
                awaited.pop()
                has_finite = False


def _ends_clause(token: Token, following: Token | None, awaited: str, *, has_finite: bool) -> bool:
    """Whether a verb is the last of a clause, in which all verbs stand together."""
    if following is None or not (following.pos in VERBS or following.text.lower() == _TO):
        return True
    if not is_finite(following):
        return False
    # "om dat te bereiken moeten wij", "die de regels overtreden krijgen": the finite verb of the clause around it.
    may_be_finite = token.text.lower() == token.lemma.lower() and not is_auxiliary(following)
    return awaited == "infinitive" or has_finite or may_be_finite


def _opens_clause(token: Token, before: Sequence[Token], behind: Sequence[Token]) -> bool:
    word = token.text.lower()
    previous = before[-1] if before else None
    if word in _words("relative") and token.pos != "DET":
        # "Dat geldt ook": a demonstrative that opens the sentence has its verb behind it; so has one behind a verb that
        # takes no clause: "dan moet dat stoppen".
        is_first = previous is None or previous.pos in ("CCONJ", "ADV") or previous.text in ".:;"
        is_demonstrative = previous is not None and previous.lemma.lower() in _words("takes-no-clause")
        return not (is_demonstrative or (is_first and behind and behind[0].pos in VERBS))
    if word in _words("conjunction") or (token.pos == "SCONJ" and word not in _words("no-conjunction")):
        return True
    if word == "als":
        return token.pos == "SCONJ" and (previous is None or previous.pos in ("PUNCT", "VERB", "CCONJ", "ADV"))
    if word == _WHERE and behind and behind[0].pos == "ADJ":
        return False  # "waar mogelijk", "waar nodig"
    is_where = word.startswith(_WHERE) and word != "waarde"
    return (word in _words("question") or is_where) and token.pos in ("ADV", "PRON")


def _opens_infinitive(token: Token, behind: Sequence[Token]) -> bool:
    """Whether a word such as "om" or "door" has a "te" with a verb, before any finite verb."""
    if token.text.lower() not in _words("opens-infinitive"):
        return False
    for each, following in pairwise(behind):
        if is_finite(each) or each.text in ";:.":
            return False
        if each.text.lower() == _TO:
            return following.pos in VERBS
    return False


def _opens_content(opener: Token, before: Token, frame: Token) -> bool:
    """Whether a "dat" says what is wanted, and is no relative pronoun."""
    behind_noun = before.text == "," or (before.pos in ("NOUN", "PROPN") and before is not frame)
    return opener.pos == "SCONJ" or (opener.pos == "PRON" and not behind_noun)


def _is_that(token: Token) -> bool:
    """Whether a word is the conjunction "dat"; what is behind it belongs to what is wanted: "wil dat …"."""
    return token.text.lower() == "dat" and token.pos == "SCONJ"


def _opens_phrase(word: Token, following: Token | None) -> bool:
    """Whether a preposition has a phrase behind it."""
    if following is None or following.position != word.position + 1:
        return False
    return following.pos not in ("PUNCT", "ADP", "CCONJ", "SCONJ")
