"""What a line of Dutch text shows by itself: how it begins, how it ends, what marks it."""

import functools
import re

from extract.lists import read_list

_FINAL = re.compile(r"[.!?…][\s\"'”’»)\]*_]*\d{0,2}$")  # a note's number may follow
_STOP = re.compile(r"[.!?:;…][\s\"'”’“»)\]*_]*$")
BULLET = re.compile(r"(?:[-–—*•·▪■◦○●➢➤›►▸✓✔☑√∙⁃\uf000-\uf0ff\x80-\x9f❑❒]|->|→)\s*(?=\S)|(?:[-–—*•·]|o)\s+(?=\S)")
ENUMERATOR = re.compile(
    r"(?:(?:\d{1,2}\.){1,3}\d{1,2}[.)]?|\(?\d{1,2}[eoº°]?[.)]|\(?(?P<number>\d{1,3})[.)]|\(?(?P<letter>[a-z])[.)]|(?P<sign>§)\s*\d{1,3}\.?|(?:Art(?:ikel|\.)?)\s*\d{1,3}\.?)\s+(?=\S)"
)
LONE_ENUMERATOR = re.compile(r"\(?(?:\d{1,3}|[a-z])[.)]|§\s?\d{1,3}\.?|[•▪■●]")
MARKDOWN_HEADING = re.compile(r"#{1,6}\s+\S")
BOLD_LINE = re.compile(r"(?:\*\*|__)[^*_]+(?:\*\*|__):?\s*$")
QUOTE_LEAD = re.compile(
    r"\s*(?:>\s*)*(?:(?:\d{1,3}[.)]|[^\w\s“„«»\"”‘'›‹]{1,4})\s+)?(?:citaat:\s*)?(?=[“„«»\"”‘'›‹]|,,\w)", re.IGNORECASE
)
LINE_END_HYPHENS = "-\u00ad\ufffe\u0002\u2010¬"
_HYPHENATED = re.compile(rf"[^\W\d_][{LINE_END_HYPHENS}]$")
_FIRST = re.compile(r"[\w]")
_TAIL = 24  # characters at the end of a line that are looked at; looking at all of it takes time


def is_final(text: str) -> bool:
    """Whether a line ends as a sentence does."""
    return bool(_FINAL.search(text[-_TAIL:]))


def is_stopped(text: str) -> bool:
    """Whether a line ends as a sentence or a clause does, with a colon or semicolon too."""
    return bool(_STOP.search(text[-_TAIL:]))


def is_bulleted(text: str) -> bool:
    """Whether a line begins with a bullet or a dash that can be one."""
    return bool(BULLET.match(text))


def is_hyphenated(text: str) -> bool:
    """Whether a line ends within a word."""
    return bool(_HYPHENATED.search(text[-2:])) or text[-1:] in "\u00ad\ufffe\u0002"


def starts_lower(text: str) -> bool:
    """Whether the first letter or digit of a line is a small letter."""
    first = _FIRST.search(text)
    return bool(first) and first.group().islower()  # type: ignore[union-attr]


def is_capitals(text: str) -> bool:
    """Whether a line is set in capitals."""
    letters = [character for character in text if character.isalpha()]
    return len(letters) >= 3 and sum(map(str.isupper, letters)) > 0.8 * len(letters)


def ends_open(text: str) -> bool:
    """Whether a line ends with a word that no block ends with, such as an article or a preposition."""
    words = text[-_TAIL:].split()
    return bool(words) and words[-1].casefold() in open_words()


@functools.cache
def open_words() -> frozenset[str]:
    """Articles, prepositions, conjunctions and the like: no block ends with one."""
    return frozenset(row["word"] for row in read_list("open-words"))
