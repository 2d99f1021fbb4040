"""Where the sentences of a source begin and end around a place, and what a quote that begins or ends there cuts off."""

import functools
import re
from collections.abc import Iterator

from extract.lists import read_list
from extract.sources import Source
from extract.steps import ELLIPSIS, plain
from extract.words import Word, words_of

_ENDS = re.compile(r"[.!?…:;][\"'”’»)\]]*(?:\s|$)")
_BEGINS = re.compile(r"(?:[.!?…:;][\"'”’»)\]]*\s|[•·▪■◦○●➢➤›►▸✓✔☑√∙⁃❑❒“„«\"‘]\s*)\W*$")
_PAUSE = re.compile(r"[,()\[\]–—/]|\s-\s")
_NO_WORD_BEHIND, _NO_WORD_BEFORE = re.compile(r"[\W_]*"), re.compile(r"[\W_]*$")
_NEARBY = 40  # characters that are looked at for the marks beside a word
_SENTENCE_CHARACTERS = 1_000  # that are looked at for the rest of a sentence


def ends_sentence(marks: str) -> bool:
    """Whether marks behind a word end a sentence."""
    return bool(_ENDS.search(marks))


def is_first(word: Word, source: Source) -> bool:
    """Whether a sentence begins with a word."""
    before = _NO_WORD_BEFORE.search(source.text, max(0, word.start - _NEARBY), word.start)
    gap = before.group() if before else ""
    start = word.start - len(gap)
    return start == 0 or source.is_parted(start - 1, word.start) or bool(_BEGINS.search(gap))


def is_last(word: Word, source: Source) -> bool:
    """Whether a sentence ends with a word."""
    gap = gap_behind(word, source)
    end = word.end + len(gap)
    return end >= len(source.text) or source.is_parted(word.end - 1, end) or ends_sentence(gap)


def gap_behind(word: Word, source: Source) -> str:
    """What stands behind a word, up to the next one."""
    match = _NO_WORD_BEHIND.match(source.text, word.end, word.end + _NEARBY)
    return match.group() if match else ""


def words_before(word: Word, source: Source) -> list[Word]:
    """The words of its sentence that stand before a word."""
    start = max(source.passage_at(word.start)["char_start"], word.start - _SENTENCE_CHARACTERS)
    words = list(words_of(source.text, start, word.start))
    first = next((at for at in range(len(words) - 1, -1, -1) if is_first(words[at], source)), 0)
    return words[first:]


def words_behind(word: Word, source: Source) -> list[Word]:
    """The words of its sentence that stand behind a word."""
    found: list[Word] = []
    for each in words_of(source.text, word.end, word.end + _SENTENCE_CHARACTERS, without=source.furniture):
        found.append(each)
        if is_last(each, source):
            break
    return found


def start_steps(lead: str, first: Word, source: Source) -> Iterator[str]:
    """Yield what is to be said of a quote that begins with a word of the source, behind the marks `lead`.

    One that begins within a sentence is cut; and no longer says the same if it is a negation, a condition, a modal verb
    or a number that was cut off.
    """
    if ELLIPSIS.search(lead):
        yield "ellipsis"
    elif not is_first(first, source):
        words = words_before(first, source)
        lost = {"negation", "condition", "modal"} & {role for word in words for role in _roles(word.key)}
        yield "sense-cut" if lost or any(word.key[0].isdigit() for word in words) else "cut-start"


def end_steps(tail: str, last: Word, source: Source) -> Iterator[str]:
    """Yield what is to be said of a quote that ends with a word of the source, before the marks `tail`.

    One that ends within a sentence is cut; and no longer says the same if a negation or condition was cut off, or if
    the clause was not over: in Dutch its verb often comes last.
    """
    gap = gap_behind(last, source)
    if ELLIPSIS.search(tail) and not ELLIPSIS.match(gap):
        yield "ellipsis"
    elif is_last(last, source):
        marks, written = ("".join(plain(each).replace('"', "").split()) for each in (tail, gap))
        if not written.startswith(marks):
            yield "punctuation-differs"
    else:
        words = words_behind(last, source)
        at_pause = bool(_PAUSE.search(gap)) or (bool(words) and "conjunction" in _roles(words[0].key))
        lost = {"negation", "condition"} & {role for word in words for role in _roles(word.key)}
        yield "cut-end" if at_pause and not lost else "sense-cut"


@functools.cache
def _roles(key: str) -> frozenset[str]:
    """What a word does to the sense of a sentence, from `data/cut-words.csv`."""
    return frozenset(row["role"] for row in read_list("cut-words") if row["word"] == key)
