"""Texts of lines → columns: what the words and marks of a line show by themselves, whatever it is about."""

import math
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from extract.layout.contents import DOTS, page_of
from extract.layout.furniture import PAGE_NUMBER
from extract.layout.lines import (
    FULL_STOPS,
    LINE_END_HYPHENS,
    PAUSES,
    QUOTE_LEAD,
    ends_open,
    is_bulleted,
    is_capitals,
    is_final,
    is_hyphenated,
    is_lone_mark,
    is_numbered,
    is_stopped,
    starts_lower,
)
from extract.layout.titles import has_section_number, names_chapter
from extract.pages.rows import Column
from extract.word_lists import known

_ADDRESS = re.compile(r"www\.|@|https?:|\.nl\b", re.IGNORECASE)
_ADDRESS_MARKS = ".@:"  # no address is without one
_DOT_MARKS = "._…·"  # no row of dots is without one
_WORD = re.compile(r"[^\W\d_]{3,}")
_LONGEST_NUMBER = 250  # characters of a line that is a page number; the pattern takes the square of a longer one's time


@dataclass(frozen=True, slots=True)
class Written:
    """The texts of lines, and what is counted of them once: of their characters, and the pages that they may name."""

    texts: Sequence[str]
    lengths: NDArray[np.int64]
    words: NDArray[np.int64]
    capital_words: NDArray[np.int64]  # that begin with a capital
    digits: NDArray[np.int64]
    letters: NDArray[np.int64]
    capitals: NDArray[np.int64]
    address_marks: NDArray[np.int64]
    dot_marks: NDArray[np.int64]
    full_stops: NDArray[np.int64]
    pauses: NDArray[np.int64]
    firsts: Sequence[str]  # letter or digit of each, "" if there is none
    ends: NDArray[np.str_]  # the last character of each
    pages: Sequence[int | None]  # that an entry of a table of contents would name


def read_texts(texts: Sequence[str]) -> Written:
    """The texts of lines, with what is counted of them."""
    run_on = "".join(f"{text}\n" for text in texts)  # each with an end, so that none has no characters
    codes = np.frombuffer(run_on.encode("utf-32-le", "surrogatepass"), dtype=np.uint32)
    used = np.flatnonzero(np.bincount(codes)) if texts else np.zeros(1, dtype=np.int64)
    lengths = np.fromiter(map(len, texts), dtype=np.int64, count=len(texts))
    starts = np.concatenate([[0], np.cumsum(lengths + 1)[:-1]]) if texts else lengths

    def which(is_one: Callable[[str], bool]) -> NDArray[np.bool_]:
        """Of which characters something holds; each letter of the alphabet is asked once."""
        holds = np.zeros(used[-1] + 1, dtype=np.bool_)
        holds[used] = [is_one(chr(code)) for code in used]
        return holds[codes]

    def count(chosen: NDArray[np.bool_]) -> NDArray[np.int64]:
        """How many of the chosen characters each text has."""
        return np.add.reduceat(chosen, starts, dtype=np.int64) if texts else lengths

    spaces = which(str.isspace)
    opens_word = ~spaces & np.concatenate([[True], spaces[:-1]])[: len(spaces)]
    is_capital = which(str.isupper)
    digits = count(which(str.isdigit))
    return Written(
        texts=texts,
        lengths=lengths,
        words=count(opens_word),
        capital_words=count(opens_word & is_capital),
        digits=digits,
        letters=count(which(str.isalpha)),
        capitals=count(is_capital),
        address_marks=count(which(_ADDRESS_MARKS.__contains__)),
        dot_marks=count(which(_DOT_MARKS.__contains__)),
        full_stops=count(which(FULL_STOPS.__contains__)),
        pauses=count(which(PAUSES.__contains__)),
        firsts=[next(filter(str.isalnum, text), "") for text in texts],
        ends=np.array([text[-1:] for text in texts], dtype=np.str_),
        pages=[page_of(text) if some else None for text, some in zip(texts, digits.tolist(), strict=True)],
    )


def _tell(written: Written, holds: Callable[[str], object], may: Column | None = None) -> Column:
    """Whether something holds of each text; only texts of which it may hold are asked, for speed."""
    if may is None:
        return np.fromiter(map(bool, map(holds, written.texts)), dtype=np.bool_, count=len(written.texts))
    told = np.zeros(len(written.texts), dtype=np.bool_)
    for rank in np.flatnonzero(may).tolist():
        told[rank] = bool(holds(written.texts[rank]))
    return told


def _firsts(written: Written, is_one: Callable[[str], bool]) -> Column:
    return np.fromiter(map(is_one, written.firsts), dtype=np.bool_, count=len(written.firsts))


def _share(part: Column, whole: Column) -> Column:
    return part / np.maximum(1, whole)


def _known_words(written: Written) -> Column:
    """Of the words of three letters and more, the share that Dutch law and parliament use."""
    is_known = known().__contains__

    def share(text: str) -> float:
        words = _WORD.findall(text)
        return sum(map(is_known, map(str.casefold, words))) / len(words) if words else math.nan

    return np.array([share(text) for text in written.texts], dtype=np.float64)


FEATURES: dict[str, Callable[[Written], Column]] = {
    "characters": lambda of: of.lengths,
    "words": lambda of: of.words,
    "lower": lambda of: _tell(of, starts_lower),
    "upper": lambda of: _firsts(of, str.isupper),
    "digit": lambda of: _firsts(of, str.isdigit),
    "bulleted": lambda of: _tell(of, is_bulleted),
    "numbered": lambda of: _tell(of, is_numbered),
    "section_number": lambda of: _tell(of, has_section_number, of.digits),
    "chapter": lambda of: _tell(of, names_chapter),
    "lone_mark": lambda of: _tell(of, is_lone_mark),
    "final": lambda of: _tell(of, is_final, of.full_stops),
    "stopped": lambda of: _tell(of, is_stopped, of.full_stops + of.pauses),
    "colon": lambda of: of.ends == ":",
    "semicolon": lambda of: of.ends == ";",
    "comma": lambda of: of.ends == ",",
    "hyphenated": lambda of: _tell(of, is_hyphenated, np.isin(of.ends, list(LINE_END_HYPHENS))),
    "open": lambda of: _tell(of, ends_open),
    "digits": lambda of: _share(of.digits, of.lengths),
    "letters": lambda of: _share(of.letters, of.lengths),
    "capitals": lambda of: _tell(of, is_capitals, 2 * of.capitals > of.letters),
    "capital_words": lambda of: _share(of.capital_words, of.words),
    "quote_lead": lambda of: _tell(of, QUOTE_LEAD.match),
    "question": lambda of: of.ends == "?",
    "dots": lambda of: _tell(of, DOTS.search, of.dot_marks > 1),
    "ends_in_number": lambda of: np.array([page is not None for page in of.pages], dtype=np.bool_),
    "is_number": lambda of: _tell(of, PAGE_NUMBER.fullmatch, (of.digits > 0) & (of.lengths <= _LONGEST_NUMBER)),
    "address": lambda of: _tell(of, _ADDRESS.search, of.address_marks),
    "known_words": _known_words,
}
"""By name, in the order of the columns, what is asked of the texts of lines."""
