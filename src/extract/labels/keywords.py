"""Keyword lists written from a codebook: the baseline that a classifier must beat, and features that help it.

A list is CSV with the columns keyword, label, weight. A keyword is one or more words; a * at an end of a word stands
for the rest of it. It matches whole words, in any case.
"""

import csv
import functools
import re
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass

import numpy as np

_WORD = re.compile(r"[\w-]+")
_COLUMNS = ("keyword", "label", "weight")
_KEYWORD = re.compile(r"\*?[^*]+\*?")
_WEIGHT = re.compile(r"-?[0-9]{1,3}")
_LONGEST_WORD = 60  # letters of a word that is remembered; longer ones are no words, and would fill memory
_MOST = 3  # weight of one label in one sentence that counts; more of the same says nothing more


@dataclass(frozen=True, slots=True)
class _Keyword:
    column: int
    weight: int
    phrase: re.Pattern[str] | None  # to find the words after the first; None if there are none


@dataclass(frozen=True, slots=True)
class _List:
    """Labels, and a function from a word of a text to the keywords whose first word it is."""

    labels: tuple[str, ...]
    found_at: Callable[[str], tuple[_Keyword, ...]]


def keyword_weights(texts: Iterable[str], *, listing: str) -> np.ndarray:
    """For each text and label of a list (CSV as text) the weight of the keywords found, at most 3.

    Shape: texts × labels in alphabetical order. A keyword counts once per text.
    """
    keywords = _read(listing)
    rows = [_weights(text.lower(), keywords) for text in texts]
    return np.array(rows, dtype=np.float32).reshape(len(rows), len(keywords.labels))


def keyword_labels(listing: str) -> tuple[str, ...]:
    """The labels of a list, in the order of the columns of `keyword_weights`."""
    return _read(listing).labels


def _weights(text: str, keywords: _List) -> list[int]:
    tried: set[int] = set()  # each keyword is looked for once, however many words it may begin with
    weights = [0] * len(keywords.labels)
    for word in dict.fromkeys(_WORD.findall(text)):
        for keyword in keywords.found_at(word):
            if id(keyword) in tried:
                continue
            tried.add(id(keyword))
            if not keyword.phrase or keyword.phrase.search(text):
                weights[keyword.column] += keyword.weight
    return [min(each, _MOST) for each in weights]


@functools.lru_cache(maxsize=16)
def _read(listing: str) -> _List:
    table = csv.DictReader(listing.splitlines())
    rows = list(table)
    _require_keywords(table.fieldnames or (), rows)
    labels = tuple(sorted({row["label"] for row in rows}))
    kinds: dict[str, dict[str, list[_Keyword]]] = {
        name: defaultdict(list) for name in ("whole", "beginnings", "ends", "parts")
    }
    for row in rows:
        first, *others = row["keyword"].lower().split()
        keyword = _Keyword(labels.index(row["label"]), int(row["weight"]), _phrase(row["keyword"]) if others else None)
        kinds[_kind(first)][first.strip("*")].append(keyword)

    longest = max((len(word) for name in ("beginnings", "ends") for word in kinds[name]), default=0)

    def found_at(word: str) -> tuple[_Keyword, ...]:
        found = [*kinds["whole"].get(word, ())]
        for length in range(1, min(len(word), longest) + 1):
            found += kinds["beginnings"].get(word[:length], ())
            found += kinds["ends"].get(word[-length:], ())
        found += [keyword for part, keywords in kinds["parts"].items() if part in word for keyword in keywords]
        return tuple(found)

    # Words of Dutch texts recur; looking one up takes as long as reading ten.
    remembered = functools.lru_cache(maxsize=100_000)(found_at)
    return _List(labels, lambda word: remembered(word) if len(word) <= _LONGEST_WORD else found_at(word))


def _require_keywords(columns: Iterable[str], rows: list[dict[str, str]]) -> None:
    """Raise a ValueError where a list is none; a * within a word could make a search of that word take for ever."""
    if not set(_COLUMNS) <= set(columns):
        raise ValueError(f"its first line must be {','.join(_COLUMNS)}")
    for line, row in enumerate(rows, start=2):
        words = (row["keyword"] or "").split()
        if not words or not all(_KEYWORD.fullmatch(word) for word in words):
            raise ValueError(f"line {line}: a keyword is words, each with a * at its ends or none")
        if not row["label"] or not _WEIGHT.fullmatch(row["weight"] or ""):
            raise ValueError(f"line {line}: a label is missing, or the weight is no whole number of up to three digits")


def _kind(word: str) -> str:
    if word.startswith("*"):
        return "parts" if word.endswith("*") else "ends"
    return "beginnings" if word.endswith("*") else "whole"


def _phrase(keyword: str) -> re.Pattern[str]:
    words = [re.escape(word).replace(r"\*", r"[\w-]*") for word in keyword.lower().split()]
    return re.compile(r"(?<![\w-])" + r"\s+".join(words) + r"(?![\w-])")
