"""Whether the hyphen at a line end is the word's own: "decennia-|lange" is one word, "niet-|westerse" keeps it."""

import functools
import re
from collections import Counter
from collections.abc import Iterable

from extract.layout.lines import LINE_END_HYPHENS
from extract.word_lists import known, open_words, read_list

_WORD = re.compile(r"[^\W\d_]+(?:[-\u2010’'][^\W\d_]+)*")
_LAST = re.compile(r"[\w.’'/-]*$")
_FIRST = re.compile(r"[\w’'-]*")
# "gas- en oliewinning": the hyphen stands for a part that both words share.
_SHARED = frozenset({"en", "of", "tot", "dan", "als", "noch", "naar", "respectievelijk", "resp", "en/of"})
_USUAL = 3  # times that a word stands whole in a text, to count as one that was torn apart elsewhere
_OFTEN = 12  # times that a part stands alone in it, to count as a word by itself
_ABBREVIATION = 2  # capitals from which on the first half is an abbreviation ("EU-beleid")


def vocabulary(lines: Iterable[str]) -> Counter[str]:
    """How often each word, with its hyphens, stands within the lines of a text; words at line ends do not count."""
    words: Counter[str] = Counter()
    for line in lines:
        found = _WORD.findall(line.casefold())
        words.update(found[:-1] if line.rstrip()[-1:] in LINE_END_HYPHENS else found)
    return words


def joint(before: str, after: str, words: Counter[str]) -> str:
    """What stands between two halves in the text: "" for one word, "-" where it has a hyphen, "- " where it shares.

    `before` ends ahead of the hyphen. The text's own usage decides, then the list of words that have one, then form.
    """
    left, right = _half(_LAST, before), _half(_FIRST, after)
    if right.casefold().rstrip(".,") in _SHARED:
        return "- "
    first, second = left.casefold().rsplit("-", 1)[-1].strip("’'/."), right.casefold().split("-", 1)[0].strip("’'")
    with_hyphen, without = words[f"{first}-{second}"], words[first + second]
    if with_hyphen != without:
        return "-" if with_hyphen > without else ""
    if first + second in known():
        return ""
    if not right[:1].isalpha() or not left[-1:].isalpha():
        return "-"
    if right[:1].isupper():
        return "" if left.isupper() and right.isupper() and len(left) > 1 else "-"
    if sum(map(str.isupper, left.rsplit("-", 1)[-1])) >= _ABBREVIATION:
        return "-"
    return "-" if f"{first}-{second}" in hyphenated() or first in prefixes() else ""


def is_torn(left: str, right: str, words: Counter[str]) -> bool:
    """Whether two words that follow each other are one that was torn apart.

    The whole is known; at least one part is no word, nor a compound that the list of words happens to lack; and none
    is an article, a preposition or the like, which stand beside anything.
    """
    left, right = left.casefold(), right.casefold()
    whole = left + right
    if not (whole in known() or words.get(whole, 0) >= _USUAL) or left in open_words() or right in open_words():
        return False
    fragments = [part for part in (left, right) if not _is_word(part, words)]
    return bool(fragments) and not any(_is_compound(part) for part in fragments)


def _is_word(word: str, words: Counter[str]) -> bool:
    return word in known() or words[word] >= _OFTEN


def _is_compound(word: str) -> bool:
    """Whether a word is two known ones, with an s between them or without."""
    return any(
        word[:at] in known() and (word[at:] in known() or (word[at] == "s" and word[at + 1 :] in known()))
        for at in range(3, min(len(word) - 2, _longest_known() + 1))
    )


@functools.cache
def _longest_known() -> int:
    """Letters of the longest known word."""
    return max(map(len, known()))


@functools.cache
def hyphenated() -> frozenset[str]:
    """Words that Dutch texts write with a hyphen."""
    return frozenset(row["word"] for row in read_list("hyphenated-words") if not row["word"].endswith("-"))


@functools.cache
def prefixes() -> frozenset[str]:
    """First parts that keep their hyphen before most words ("niet-")."""
    return frozenset(row["word"].rstrip("-") for row in read_list("hyphenated-words") if row["word"].endswith("-"))


def _half(pattern: re.Pattern[str], text: str) -> str:
    match = pattern.search(text)
    return match.group() if match else ""
