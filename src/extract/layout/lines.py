"""What a line of Dutch text shows by itself: how it begins, how it ends, what marks it."""

import re

from extract.word_lists import open_words

FULL_STOPS = ".!?…"
"""Marks that end a sentence."""

PAUSES = ":;"
"""Marks that end a clause, and often a line of a list."""

DASHES = "-–—"

TYPED_BULLETS = "•·*▪■◦"
"""Bullets that people type, and word processors put in: what opens an item of a text that somebody wrote by hand."""

BULLETS = TYPED_BULLETS + "○●➢➤›►▸✓✔☑√∙⁃❑❒"
"""All bullets: designers take any symbol for one."""

SOLID_BULLETS = "•▪■●"
"""Bullets that are nothing else, so that they tell of an item also within a line or alone on one."""

FONT_SYMBOLS = r"\uf000-\uf0ff\x80-\x9f"
"""Symbols of a font without Unicode, as ranges of a class of characters in a pattern."""

QUOTE_LEAD = re.compile(
    r"""\s*(?:>\s*)*                                           # as mail and Markdown quote
    (?:(?:\d{1,3}[.)]|[^\w\s“„«»\"”‘'›‹]{1,4})\s+)?            # a number or a bullet
    (?:citaat:\s*)?
    (?=[“„«»\"”‘'›‹]|,,\w)                                     # the mark itself
    """,
    re.IGNORECASE | re.VERBOSE,
)
"""What stands before the opening mark of a line that is a quote."""

LINE_END_HYPHENS = "-\u00ad\ufffe\u0002\u2010¬"
"""Characters that stand at a line end for a hyphen. U+0002 and U+FFFE are what PDFs give for one."""

_LOST_HYPHENS = "\u00ad\ufffe\u0002"  # of those, the ones that are a hyphen behind any character
_BULLET = re.compile(
    rf"""(?:
      [{DASHES}{BULLETS}{FONT_SYMBOLS}]
      | -> | →
    )\s*(?=\S)
    | >\s+(?=[^>\s])                                          # drawn so in PDFs; in typed text a block quote
    | o\s+(?=\S)                                               # Word's second level: a letter with space behind it
    """,
    re.VERBOSE,
)
_ENUMERATOR = re.compile(
    r"""(?:
      (?:\d{1,2}\.){1,3}\d{1,2}[.)]?                           # 2.1  2.1.3.  2.1)
      | \(?\d{1,3}[.)]                                         # 2.  2)  (2)
      | \(?\d{1,2}[eoº°][.)]                                   # 2e.  2o.  2°)
      | \(?[a-z][.)]                                           # b.  (b)
      | §\s*\d{1,3}\.?                                         # § 2
      | Art(?:ikel|\.)?\s*\d{1,3}\.?                           # Art. 2  Artikel 2
    )\s+(?=\S)
    """,
    re.VERBOSE,
)
_LONE_ENUMERATOR = re.compile(rf"\(?(?:\d{{1,3}}|[a-z])[.)]|§\s?\d{{1,3}}\.?|[{SOLID_BULLETS}]")
_MARKDOWN_HEADING = re.compile(r"#{1,6}\s+\S")
_BOLD_LINE = re.compile(r"(?:\*\*|__)[^*_]+(?:\*\*|__):?\s*$")
_FINAL = re.compile(rf"[{FULL_STOPS}][\s\"'”’»)\]*_]*\d{{0,2}}$")  # a note's number may follow
_STOP = re.compile(rf"[{FULL_STOPS}{PAUSES}][\s\"'”’“»)\]*_]*$")
_HYPHENATED = re.compile(rf"[^\W\d_][{LINE_END_HYPHENS}]$")
_FIRST = re.compile(r"\w")
_TAIL = 24  # characters at the end of a line that are looked at; looking at all of it takes time
_FEWEST_CAPITALS = 3  # letters of a line in capitals; fewer are initials
_CAPITALS = 0.8  # share of its letters; a name or a plural ("AOW'ers") in it may keep its small ones


def is_final(text: str) -> bool:
    """Whether a line ends as a sentence does."""
    return bool(_FINAL.search(text[-_TAIL:]))


def is_stopped(text: str) -> bool:
    """Whether a line ends as a sentence or a clause does, with a colon or semicolon too."""
    return bool(_STOP.search(text[-_TAIL:]))


def is_bulleted(text: str) -> bool:
    """Whether a line begins with a bullet or a dash that can be one."""
    return bool(_BULLET.match(text))


def is_numbered(text: str) -> bool:
    """Whether a line begins as an item of a numbered list does: with "2.", "(b)", "2.1", "§ 2" or "Art. 2"."""
    return bool(_ENUMERATOR.match(text))


def is_lone_mark(text: str) -> bool:
    """Whether a line is nothing but the number or bullet of an item."""
    return bool(_LONE_ENUMERATOR.fullmatch(text))


def is_markdown_heading(text: str) -> bool:
    """Whether a line begins with the number signs of a Markdown heading."""
    return bool(_MARKDOWN_HEADING.match(text))


def is_marked_heading(text: str) -> bool:
    """Whether a line is a heading by Markdown, or by bold type that makes a whole line."""
    return is_markdown_heading(text) or bool(_BOLD_LINE.match(text))


def is_hyphenated(text: str) -> bool:
    """Whether a line ends within a word."""
    return bool(_HYPHENATED.search(text[-2:])) or text[-1:] in _LOST_HYPHENS


def starts_lower(text: str) -> bool:
    """Whether the first letter or digit of a line is a small letter."""
    first = _FIRST.search(text)
    return first is not None and first.group().islower()


def is_capitals(text: str) -> bool:
    """Whether a line is set in capitals."""
    letters = list(filter(str.isalpha, text))
    return len(letters) >= _FEWEST_CAPITALS and sum(map(str.isupper, letters)) > _CAPITALS * len(letters)


def letters_alone(text: str) -> str:
    """The letters of a title in lower case: what stays the same wherever it comes back."""
    return "".join(filter(str.isalpha, text.casefold()))


def ends_open(text: str) -> bool:
    """Whether a line ends with a word that no block ends with, such as an article or a preposition."""
    words = text[-_TAIL:].split()
    return bool(words) and words[-1].casefold() in open_words()
