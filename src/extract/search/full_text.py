"""Words as a person types them → a query of SQLite's full-text search that finds Dutch word forms and compounds.

Each word becomes the beginnings of the words that it may stand for. A stem by itself begins too few of them or too
many: bom, the stem of bomen, begins bommen but not boom. So a stem is spelt as Dutch spells it in its other forms. The
stemmer is the one for Dutch by Porter (Snowball), as the one by Kraaij and Pohlmann drops first syllables: bruik, of
gebruik.
"""

import functools
import re
import threading
import unicodedata
from typing import Any

import snowballstemmer

from extract.language.infinitives import divisions, is_infinitive, strong_forms

_SHORT = 3  # letters up to which a word begins no other: "eu" would begin euthanasie, and "wet" wetenschap

_MARKS = str.maketrans("“”„«»‘’", '"""""\'\'')
_PIECE = re.compile(r'"(?P<quoted>[^"]*)"?|(?P<bare>[^\s"]+)')
_TOKEN = re.compile(r"[^\W_]+")  # as FTS5's tokenizer unicode61 divides a text
_POSSESSIVE = re.compile(r"'s$")
_PLURAL = re.compile(r".*(?:ie|je|ge|te)s")  # which the stemmer leaves as it is
_SHORT_VOWEL = re.compile(r".*[aeiou][bdfgklmnprst]")  # wet, wetten
_LONG_VOWEL = re.compile(r"((?:.*[^aeiou])?)([aeou])([bcdfgklmnprstvz])")  # a stem that may be: bom, of bomen
_DOUBLED = re.compile(r"(.*)([bcdfgklmnprstvz])\2")
_OTHERWISE = {"f": "v", "v": "f", "s": "z", "z": "s"}  # huis, huizen
_UNSTRESSED = ("el", "en", "er")  # which look long: leveren, levert


def dutch(words: str | None) -> str:
    """The query, in the syntax of FTS5, for texts with all of some words. Whatever is typed gives one without error.

    A word stands for its forms and for the compounds that begin with them, an infinitive also for past tenses and
    participles. What is in quotes stands for itself, as do numbers and words of up to three letters; a word with * for
    all that begins so. OR parts alternatives. Without any word, nothing is found.
    """
    alternatives: list[list[str]] = [[]]
    for piece in _PIECE.finditer(unicodedata.normalize("NFC", words or "").translate(_MARKS)):
        if piece["bare"] == "OR":
            alternatives.append([])
        elif query := _query(piece):
            alternatives[-1].append(query)
    return " OR ".join(" AND ".join(each) for each in alternatives if each) or '""'


def _query(piece: re.Match[str]) -> str:
    """The query for a quoted stretch, or for what stands between spaces; empty if there is no letter or digit in it."""
    quoted, bare = piece["quoted"], piece["bare"]
    tokens = _TOKEN.findall((_POSSESSIVE.sub("", bare) if quoted is None else quoted).lower())
    if not tokens or quoted is not None:
        return _phrase(*tokens)
    if bare.endswith("*") or len(tokens) > 1:
        return f"{_phrase(*tokens)} *"
    return f"({' OR '.join(sorted(_terms(tokens[0])))})"


def _phrase(*tokens: str) -> str:
    return f'"{" ".join(tokens)}"' if tokens else ""


def _terms(word: str) -> set[str]:
    """What a word may stand for: words, and beginnings of words with * behind them."""
    terms = {_phrase(word)}
    if not word.isalpha():
        return terms
    if len(word) <= _SHORT:
        return terms | ({f"{_phrase(word + word[-1])} *"} if _SHORT_VOWEL.fullmatch(word) else set())
    is_verb = is_infinitive(word)
    terms |= _spellings(word, is_verb=is_verb)
    if is_verb:
        terms |= {_phrase(form) for form in strong_forms(word)}
        for particle, base in divisions(word):
            terms |= _spellings(base, is_verb=True, before=f"{particle}ge")
    return terms


def _spellings(word: str, *, is_verb: bool, before: str = "") -> set[str]:
    """How the forms of a word begin, and forms that would begin others, too; with something before each."""
    stem = _stem(word)
    begun, last = stem[:-1], {stem[-1], _OTHERWISE.get(stem[-1], stem[-1])}
    beginnings, wholes = {begun + each for each in last}, set()
    if (long := _LONG_VOWEL.fullmatch(stem)) and word.startswith((f"{stem}e", f"{begun}{long[2]}")):
        beginnings = {begun + each + "e" for each in last} | {begun + long[2] + each for each in last}
        beginnings |= {stem} if stem.endswith(_UNSTRESSED) else set()
    elif doubled := _DOUBLED.fullmatch(stem):
        single = doubled[1] + doubled[2]
        beginnings = {stem} | ({single + "de", single + "te"} if is_verb else set())
        wholes = {single} | ({single + "d", single + "t"} if is_verb else set())
    return {f"{_phrase(before + each)} *" for each in beginnings} | {_phrase(before + each) for each in wholes}


_TURN = threading.Lock()  # the stemmer keeps the word that it is at, and Datasette searches in several threads


def _stem(word: str) -> str:
    with _TURN:
        stem: str = _stemmer().stemWord(word.removesuffix("ën"))
    return word[:-1] if stem == word and _PLURAL.fullmatch(word) else stem


@functools.cache
def _stemmer() -> Any:
    return snowballstemmer.stemmer("dutch_porter")
