"""A text as words and what stands between them, for comparisons that a person can follow."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from extract.verification.letters import reduced

# A number with its separators is one word, and so is each sign that is read aloud: 5 is not 5 %, and 1,5 is not 15.
_WORD = re.compile(r"\d+(?:[.,:/^·]\d+)+|[^\W_]+|[€$£%‰§°+=<>≤≥≠≈~±&@#×÷]|(?<!\w)[-–−](?=\d)")
_MINUS = re.compile(r"[–−]")
_RAISED = re.compile(r"[¼-¾⅐-⅞]|\d[²³¹⁰⁴-⁹₀-₉]")  # 10⁵ is not 105, and ½ not 12
_THOUSANDS = re.compile(r"\d{1,3}(?:\.\d{3})+")


@dataclass(frozen=True, slots=True)
class Word:
    """A word of a text, and the key by which it is the same as another: letters without case and accents."""

    start: int
    end: int
    key: str


def words_of(text: str, start: int = 0, end: int | None = None) -> Iterator[Word]:
    """Yield the words of text[start:end] in order."""
    for match in _WORD.finditer(text, start, len(text) if end is None else end):
        yield Word(match.start(), match.end(), _key(match.group()))


def _key(word: str) -> str:
    if word[0].isdigit() and not word.isalnum():
        return word.replace(".", "") if _THOUSANDS.fullmatch(word) else word
    if word.isascii():
        return word.lower()
    return word if _RAISED.search(word) else reduced(word) or _MINUS.sub("-", word)
