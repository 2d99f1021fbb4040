"""The steps by which a quote is made like its source, and what each says of the quote."""

import re
import unicodedata
from collections.abc import Iterable, Iterator

from extract.records import Match
from extract.verification.statuses import rank_of
from extract.word_lists import known, open_words

MATCH_OF: dict[str, Match] = {
    # what a page does to a text, and a reader does not see as a difference
    "aside": "verbatim",
    "bullet": "verbatim",
    "furniture": "verbatim",
    "letter-shapes": "verbatim",
    "mark-shapes": "verbatim",
    "spacing": "verbatim",
    # a difference, but of no word inside
    "accent-differs": "near",
    "case-differs": "near",
    "cut-end": "near",
    "cut-start": "near",
    "hyphen-differs": "near",
    "punctuation-differs": "near",
    "quote-mark-differs": "near",
    "spacing-differs": "near",
    # words left out
    "ellipsis": "elided",
    "sentences-left-out": "elided-unmarked",
    # other words
    "far-apart": "altered",
    "question-differs": "altered",
    "sense-cut": "altered",
    "words-added": "altered",
    "words-changed": "altered",
    "words-missing": "altered",
}
"""Each step, and the best that can be said of a quote that needs it. docs/certificates.md has an example of each."""

ELLIPSIS = re.compile(r"\.(?: ?\.){2,}|…")

_SHAPES = str.maketrans(dict.fromkeys("“”„‟«»″‘’‚‛‹›′´`'", '"') | dict.fromkeys("–—−‐‑‒", "-") | {"…": "..."})
# Hyphens that show at line ends only, and characters without width.
_UNSEEN = re.compile(r"[\u00ad\ufffe\u0002]\s*|[\u200b-\u200f\u2060\ufeff]")
_WORD = re.compile(r"[^\W_]+")
_NUMBER = re.compile(r"\d+(?:[.,]\d+)*")
_THOUSANDS = re.compile(r"(?<!\d)\d{1,3}(?:[ .\u00a0]\d{3})+(?!\d)")
_BULLET = re.compile(r"[•·*▪■◦○●➢➤›►▸✓✔☑√∙⁃❑❒→↗↘⇗➚]|(?<=\s)[-–—]\s")


def match_of(steps: Iterable[str]) -> Match:
    """What can be said of a quote that needs some steps."""
    return max((MATCH_OF[step] for step in steps), key=rank_of, default="verbatim")


def spelling_steps(quoted: str, written: str) -> Iterator[str]:
    """Yield what differs in the spelling of a word that counts as the same in a quote and in a text."""
    if quoted == written:
        return
    one, other = (unicodedata.normalize("NFKC", word) for word in (quoted, written))
    if one == other:
        yield "letter-shapes"
    elif one.casefold() == other.casefold():
        yield "case-differs"
    elif one[0].isdigit():
        yield "punctuation-differs"
    else:
        yield "accent-differs"
        if one[0].isupper() != other[0].isupper():
            yield "case-differs"


def gap_steps(quoted: str, written: str) -> Iterator[str]:
    """Yield what differs in what stands between two words, in a quote and in a text."""
    if quoted == written:
        return
    one, other = (" ".join(_UNSEEN.sub("", each).split()) for each in (quoted, written))
    if one == other:
        yield "spacing"
    elif plain(one) == plain(other):
        yield "mark-shapes"
    else:
        yield from _mark_steps(quoted, written)


def joined_steps(quoted: str, written: str) -> Iterator[str]:
    """Yield what differs in words of the same letters that are torn apart or run together in one of two texts.

    Where both ways are words of the language, one of them an article, preposition or the like ("voor al" and "vooral"),
    it is the quote that differs.
    """
    one, other = (_UNSEEN.sub("", each) for each in (quoted, written))
    if _numbers(one) != _numbers(other):
        yield "words-changed"
        return
    letters = ["".join(filter(str.isalnum, each)) for each in (one, other)]
    yield from spelling_steps(*letters)
    yield from gap_steps(*("".join(each for each in text if not each.isalnum()) for text in (one, other)))
    words = [word.casefold() for text in (one, other) for word in _WORD.findall(text)]
    meant = any(word in open_words() for word in words) and all(
        word in known() or word in open_words() for word in words
    )
    yield "spacing-differs" if meant or any(map(str.isdigit, one)) else "spacing"


def _numbers(text: str) -> list[str]:
    return _NUMBER.findall(_THOUSANDS.sub(lambda match: "".join(filter(str.isdigit, match[0])), text))


def plain(marks: str) -> str:
    """Marks in the plainest of their shapes: " for all quote marks and apostrophes, - for all dashes."""
    return marks.translate(_SHAPES)


def _mark_steps(quoted: str, written: str) -> Iterator[str]:
    one, other = ("".join(plain(each).split()) for each in (quoted, written))
    if "\n" in written:  # an item of a list
        one, other = ("".join(plain(_BULLET.sub(" ", f" {each}")).split()) for each in (quoted, written))
    if one == other:
        yield "bullet" if "\n" in written else "spacing"
        return
    for mark, step in (('"', "quote-mark-differs"), ("-", "hyphen-differs"), ("?", "question-differs")):
        if one.count(mark) != other.count(mark):
            yield step
    if one.translate(_NO_MARKS) != other.translate(_NO_MARKS):
        yield "punctuation-differs"


_NO_MARKS = str.maketrans("", "", '"-?')
