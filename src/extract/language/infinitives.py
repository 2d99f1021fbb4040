"""Forms of Dutch verbs → infinitives: rules of spelling, strong verbs by list, and a list of infinitives that occur.

A lemmatiser that learnt from newspapers leaves forms as they are that are frequent here ("vastgelegd"). Of the
infinitives that a form could come from, one counts that is known: `data/infinitives.csv` has those behind "te" in
manifestos and in Dutch law and parliament, with how often they stand there.
"""

import functools
import re
from collections.abc import Iterator

from extract.word_lists import read_list, words

_ENDINGS = ("", "t", "d", "te", "de", "ten", "den")  # of weak verbs, behind the stem
_LONG_VOWEL = re.compile(r"(.*[^aeou]|^)([aeou])\2([bcdfgklmnprstvwz])$")
_OLD_S = re.compile(r"sch(?=t?$|en$|te?n?$)")
_OLD_VOWEL = re.compile(r"([eo])\1(?=[bcdfgklmnprstvwz]e)")
_HARDENED = {"f": "v", "s": "z"}
_words = functools.partial(words, "clause-words")
_REMEMBERED = 20_000  # words: the same few thousand come again and again


@functools.lru_cache(maxsize=_REMEMBERED)
def infinitive(form: str, lemma: str) -> str:
    """The infinitive of a form of a verb in lower case, given what a lemmatiser makes of it; that, if none is known."""
    known = _known()
    if lemma in known:
        return modern if (modern := _modern(lemma)) in known else lemma
    possible = [each for each in _candidates(form) if each in known]
    if possible:
        return max(possible, key=known.__getitem__)
    found = next((each for each in _separable(form) if each in known or _base(each) in known), None)
    if found is None and (modern := _modern(form)) != form:
        return infinitive(modern, lemma)
    return found or lemma


@functools.lru_cache(maxsize=_REMEMBERED)
def is_infinitive(word: str) -> bool:
    """Whether a word is a known infinitive, or one with a particle before it."""
    return word in _known() or _base(word) in _known()


def is_separable(word: str) -> bool:
    """Whether a word is a known infinitive with a particle, such as "afschaffen"."""
    return word in _known() and any(
        word.startswith(each) and word.removeprefix(each) in _known() for each in _words("particle")
    )


def divisions(verb: str) -> Iterator[tuple[str, str]]:
    """A verb as it is, and as a particle and a known infinitive, if it may be that: ("af", "schaffen")."""
    yield "", verb
    for particle in sorted(_words("particle")):
        if verb.startswith(particle) and verb.removeprefix(particle) in _known():
            yield particle, verb.removeprefix(particle)


def strong_forms(verb: str) -> frozenset[str]:
    """The listed past tenses and participles of an infinitive: verbieden, verbood and verboden."""
    found = set()
    for particle, base in divisions(verb):
        found |= {particle + form for form in _forms().get(base, ())}
        for prefix in _words("prefix"):
            if base.startswith(prefix):
                forms = _forms().get(base.removeprefix(prefix), ())
                found |= {particle + prefix + form.removeprefix("ge") for form in forms}
    return frozenset(found)


def _modern(form: str) -> str:
    """A form as it is spelt since 1947: verleenen, verlenen; wenscht, wenst; geïnd without its dots."""
    return _OLD_VOWEL.sub(r"\1", _OLD_S.sub("s", form)).replace("ï", "i")


def _candidates(form: str) -> Iterator[str]:
    """The infinitives that a form may come from, by its spelling."""
    yield from _of_simple(form)
    yield from _separable(form)


def _separable(form: str) -> Iterator[str]:
    """The infinitives that begin with a particle: "doorgeschakeld", doorschakelen."""
    for end in range(2, len(form) - 4):
        if form[:end] in _words("particle"):
            yield from (form[:end] + each for each in _of_simple(form[end:]))


def _base(verb: str) -> str:
    """A verb without its particle."""
    particles = sorted((each for each in _words("particle") if verb.startswith(each)), key=len)
    return verb.removeprefix(particles[-1]) if particles else ""


def _of_simple(form: str) -> Iterator[str]:
    """The infinitives of a form without a particle."""
    yield form
    strong = _strong()
    if form in strong:
        yield strong[form]
    for prefix in sorted(_words("prefix")):
        rest = form.removeprefix(prefix)
        if rest != form:
            yield from (prefix + strong[each] for each in (rest, "ge" + rest) if each in strong)
    for bare in (form, form.removeprefix("ge")):
        for ending in _ENDINGS:
            if bare.endswith(ending) and len(bare) > len(ending) + 1:
                yield from _of_stem(bare[: len(bare) - len(ending)])


def _of_stem(stem: str) -> Iterator[str]:
    """The infinitives that are spelt with a stem: leg, leggen; maak, maken; leef, leven; investeer, investeren."""
    last = stem[-1]
    if stem.endswith(("aai", "ooi", "oei")):
        yield stem + "en"
        return
    if last in "aeiouë":
        yield stem + "n"
        return
    short = _LONG_VOWEL.sub(r"\1\2\3", stem)
    for each in (stem, short):
        yield each + "en"
        if last in _HARDENED:
            yield each[:-1] + _HARDENED[last] + "en"
    yield stem + last + "en"


@functools.cache
def _known() -> dict[str, int]:
    return {row["infinitive"]: int(row["count"]) for row in read_list("infinitives")}


@functools.cache
def _strong() -> dict[str, str]:
    """Forms of strong and irregular verbs, and the infinitive of each."""
    return {row["form"]: row["infinitive"] for row in read_list("strong-verbs")}


@functools.cache
def _forms() -> dict[str, set[str]]:
    """Strong and irregular verbs, and the forms of each."""
    found: dict[str, set[str]] = {}
    for form, verb in _strong().items():
        found.setdefault(verb, set()).add(form)
    return found
