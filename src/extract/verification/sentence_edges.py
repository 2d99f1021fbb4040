"""What a quote that begins or ends at some word of a source cuts off from its sentence there."""

import functools
import re
from collections.abc import Iterable, Iterator

from extract.verification.sources import Source
from extract.verification.steps import ELLIPSIS, plain
from extract.verification.words import Word, words_of
from extract.word_lists import read_list

_ENDS = re.compile(r"[.!?…:;][\"'”’»)\]]*(?:\s|$)")
_FULL_STOP = re.compile(r"[.!?…]")
_PAUSE = re.compile(r"[,;:()\[\]]|\s[-–—]\s")
_GLUED_BEHIND, _GLUED_BEFORE = re.compile(r"[-–—/'’]\w|-"), re.compile(r"\w[-–—/'’]$")
_FEWEST_WORDS = 3  # of a sentence that are left of it before a cut; fewer say nothing by themselves
_NO_WORD = re.compile(r"[\W_]*")
_NUMBERING = re.compile(r"\W*(?:(?:\d{1,3}|[a-z])[.)](?!\d)|\d{1,2}(?:\.\d{1,2})+\.?(?=\s*[A-ZÀ-Ý]))\W*")  # of an item
_NEARBY = 40  # characters that are looked at for the marks beside a word

# What must not be left out of a sentence, wherever it stands; and what not cut off from its start.
_TURNING = frozenset({"negation", "condition", "stance"})
_LOST_BEFORE = _TURNING | {"modal", "number"}


def ends_sentence(marks: str) -> bool:
    """Whether marks behind a word end a sentence."""
    return bool(_ENDS.search(marks))


def is_first(word: Word, source: Source) -> bool:
    """Whether a sentence begins with a word, but for the number of an item."""
    return not words_before(word, source)


def is_last(word: Word, source: Source) -> bool:
    """Whether a sentence ends with a word."""
    return not words_behind(word, source)


def gap_behind(word: Word, source: Source) -> str:
    """What stands behind a word, up to the next one."""
    match = _NO_WORD.match(source.text, word.end, word.end + _NEARBY)
    return match.group() if match else ""


def words_before(word: Word, source: Source) -> list[Word]:
    """The words of its sentence that stand before a word, without the number of an item."""
    start, _ = source.sentence_at(word.start)
    numbering = _NUMBERING.match(source.text, start, word.end)
    start = numbering.end() if numbering and numbering.end() <= word.start else start
    return list(source.words(start, word.start))


def words_behind(word: Word, source: Source) -> list[Word]:
    """The words of its sentence that stand behind a word."""
    return list(source.words(word.end, source.sentence_at(word.start)[1]))


def turns_sense(words: Iterable[Word]) -> bool:
    """Whether what was left out may turn what is left into something else: a negation, a condition, or "tegen"."""
    return not _TURNING.isdisjoint(_roles_of(words))


def start_steps(lead: str, first: Word, source: Source) -> Iterator[str]:
    """Yield what is to be said of a quote that begins with a word of the source, behind the marks `lead`.

    One that begins within a sentence is cut; and no longer says the same if a negation, a condition, a modal verb, a
    number or a word such as "tegen" was cut off, or a part of its first word.
    """
    words = words_before(first, source)
    if ELLIPSIS.search(lead):
        yield "sense-cut" if turns_sense(words) else "ellipsis"
    elif words:
        lost = not _LOST_BEFORE.isdisjoint(_roles_of(words)) or any(not each.key.isalpha() for each in words)
        glued = _GLUED_BEFORE.search(source.text, max(0, first.start - 2), first.start)
        yield "sense-cut" if lost or glued else "cut-start"


def end_steps(tail: str, last: Word, source: Source) -> Iterator[str]:
    """Yield what is to be said of a quote that ends with a word of the source, before the marks `tail`.

    One that ends within a sentence is cut; and no longer says the same if a negation or condition was cut off, if the
    clause was not over: in Dutch its verb often comes last. A question is none without its mark.
    """
    gap = gap_behind(last, source)
    words = words_behind(last, source)
    asks = gap_behind(words[-1] if words else last, source).strip().startswith("?")
    if ELLIPSIS.search(tail) and not ELLIPSIS.match(gap):
        yield "sense-cut" if turns_sense(words) else "ellipsis"
    elif asks and "?" not in tail:
        yield "question-differs"
    elif words:
        yield "sense-cut" if _turns_behind(gap, words, last, source) else "cut-end"
    else:
        if not _FULL_STOP.search(gap) and turns_sense(_going_on(last, gap, source)):
            yield "sense-cut"
        marks, written = ("".join(plain(each).replace('"', "").split()) for each in (tail, gap))
        if not written.startswith(marks) or (not marks and written[:1] == "!"):
            yield "punctuation-differs"


def _turns_behind(gap: str, words: list[Word], last: Word, source: Source) -> bool:
    """Whether a sentence cannot do without the words behind its last quoted one."""
    before = words_before(last, source)
    at_pause = bool(_PAUSE.search(gap)) or (len(words) > 1 and "conjunction" in _roles(words[0].key))
    if _GLUED_BEHIND.match(source.text, last.end) or not at_pause or len(before) + 1 < _FEWEST_WORDS:
        return True
    # "Niet de werkgevers bepalen dat, maar de werknemers": what is denied before "maar" is not the message.
    contrasts = words[0].key == "maar" and "negation" in _roles_of(before)
    return contrasts or turns_sense(words)


def _going_on(last: Word, gap: str, source: Source) -> list[Word]:
    """The words by which a paragraph without a full stop may go on in the next one: its first, or all of a sentence."""
    start = last.end + len(gap)
    following = list(words_of(source.text, start, max(start + _NEARBY, source.sentence_at(start)[1])))
    return following if source.text[start : start + 1].islower() else following[:1]


def _roles_of(words: Iterable[Word]) -> set[str]:
    return {role for word in words for role in _roles(word.key)}


@functools.cache
def _roles(key: str) -> frozenset[str]:
    """What a word does to the sense of a sentence, from `data/cut-words.csv`."""
    return frozenset(row["role"] for row in read_list("cut-words") if row["word"] == key)
