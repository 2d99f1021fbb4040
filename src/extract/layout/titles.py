"""What makes a line of plain text a title, where nothing but its words can tell."""

import re

from extract.layout.lines import ends_open, is_bulleted, is_capitals, is_hyphenated, starts_lower
from extract.layout.measures import Measures, is_clearly_short

TITLE_CHARACTERS = 90
"""Of a heading in plain text, at most; longer lines are prose."""

_CHAPTER = re.compile(r"(?:hoofdstuk|deel|bijlage|paragraaf|chapter)\s+(?:\d{1,3}|[ivxlc]+)\b", re.IGNORECASE)
_SECTION_NUMBER = re.compile(r"(?:[A-Z]\.?)?\d{1,2}(?:\.\d{1,2})*[.)]?\s+\S")  # 3  3.2  A3.  A.3)
_PAUSED = re.compile(r"[.;,:][\s\"'”’»)]*$")
_TAIL = 8  # characters at the end that are looked at
_WORD_LETTERS = 2  # of what counts as a word


def names_chapter(text: str) -> bool:
    """Whether a text begins as "Hoofdstuk 3" does."""
    return bool(_CHAPTER.match(text))


def has_section_number(text: str) -> bool:
    """Whether a text begins with the number of a section: "3 Zorg", "3.2. Zorg", "A.3 Zorg"."""
    return bool(_SECTION_NUMBER.match(text))


def is_paused(text: str) -> bool:
    """Whether a text ends with a mark that a title does not end with."""
    return bool(_PAUSED.search(text[-_TAIL:]))


def looks_like_title(text: str) -> bool:
    """Whether a line could be a title: short, of words, with a capital, a number, or all capitals."""
    if len(text) > TITLE_CHARACTERS or text[:1].islower() or is_bulleted(text):
        return False
    if not any(sum(map(str.isalpha, word)) >= _WORD_LETTERS for word in text.split()):
        return False
    return is_capitals(text) or names_chapter(text) or not (is_paused(text) or is_hyphenated(text))


def is_title_before(measures: Measures, rank: int, following: int) -> bool:
    """Whether a line is a title by what follows: it stops far from the margin, and a capital follows."""
    text = measures.texts[rank]
    if not looks_like_title(text) or starts_lower(measures.texts[following]) or ends_open(text):
        return False
    return is_clearly_short(measures, rank, following)
