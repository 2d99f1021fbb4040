"""Quote marks: which stretches of a block of text stand between them.

Dutch texts mix “…”, „…”, «…», "…", ‘…’ and '…', nest them, and use ’ as an apostrophe too. A mark's role is read
off its neighbours; marks are paired with one stack, in one pass, so time is linear in the length of the text.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from extract.layout.lines import DASHES, TYPED_BULLETS

_MARK = re.compile(r",,(?=\w)|''|[“”„‟«»\"‘’‚‛'‹›]")
_SINGLE = frozenset("‘’‚‛'‹›")
_OPENS_AFTER = frozenset(" \t\n\r\f\v\u00a0\u2009\u202f([{-–—/>*_…“„«\"‘'")
# ’s avonds, 't, 'n, ’80: an apostrophe before the word, never an opening mark.
_CLITIC = re.compile(r"[’'‘](?:[stnmrk](?![a-zà-ÿ])|\d\d(?!\d))", re.IGNORECASE)
# Without its closing mark a quote ends with its block, unless that is longer than any quote: then the mark is odd. The
# longest of 223 quotes in the digest has 535 characters.
_LONGEST_UNCLOSED = 2_000
_BEFORE_ITEM = f" \t\n>{DASHES}{TYPED_BULLETS}.)0123456789"
_TAIL = re.compile(r"[\s.,;:!?)\]*_]*")


@dataclass(frozen=True, slots=True)
class Stretch:
    """A quoted stretch of a text: `text[start:end]` includes its marks; `closing` is None if it is missing."""

    start: int
    end: int
    opening: str
    closing: str | None

    @property
    def inner(self) -> tuple[int, int]:
        """Start and end of what stands between the marks."""
        return self.start + len(self.opening), self.end - len(self.closing or "")


def quoted_stretches(text: str) -> list[Stretch]:
    """The outermost quoted stretches of a block of text, in order.

    A mark that opens the block, or follows a complete quote, and is never closed gives a stretch to the end of
    the block, if that is not too far. Any other mark without a partner is left alone.
    """
    open_marks: list[tuple[int, str]] = []
    found: list[Stretch] = []
    stray_close: tuple[int, str] | None = None
    open_doubles = 0
    for start, mark, role in _roles(text):
        if role == "open":
            open_marks.append((start, mark))
            open_doubles += mark not in _SINGLE
            continue
        depth = _partner(open_marks, mark, open_doubles)
        if depth is None:
            stray_close = (start, mark)
            continue
        opened, opening = open_marks[depth]
        open_doubles -= opening not in _SINGLE
        del open_marks[depth:]
        found.append(Stretch(opened, start + len(mark), opening, mark))
    found = _outermost(found)
    found = _until_last_mark(text, found, stray_close)
    return _with_unclosed(text, found, open_marks)


def unwrap(text: str) -> tuple[int, int]:
    """Start and end of a text without quote marks that wrap it whole or have no partner at its edges."""
    start, end = 0, len(text)
    stretches = quoted_stretches(text)
    if stretches and stretches[0].start == 0:
        first = stretches[0]
        if first.closing is None:
            start = first.inner[0]
        elif _TAIL.fullmatch(text, first.end):
            start, end = first.inner
    last = text[start:end][-1:]
    if last and last in '”“»"’' and not any(each.end == end for each in stretches):
        is_apostrophe = last == "’" and text[end - 2 : end - 1].isalpha()
        end -= 0 if is_apostrophe else 1
    return start, end


def _roles(text: str) -> Iterator[tuple[int, str, str]]:
    depth_by_mark: dict[str, int] = {}
    for match in _MARK.finditer(text):
        start, mark = match.start(), match.group()
        before = text[start - 1] if start else " "
        after = text[match.end()] if match.end() < len(text) else " "
        role = _role(text, start, mark, before, after, depth_by_mark)
        if role:
            depth_by_mark[mark] = depth_by_mark.get(mark, 0) + (1 if role == "open" else -1)
            yield start, mark, role


def _role(text: str, start: int, mark: str, before: str, after: str, depth_by_mark: dict[str, int]) -> str | None:
    """open, close, or None for an apostrophe."""
    may_open = before in _OPENS_AFTER and not after.isspace()
    if mark in "„‚" or mark == ",,":
        return "open"
    if mark in "«‹":
        return "open" if before in _OPENS_AFTER else "close"
    if mark in "»›":
        return "open" if may_open and depth_by_mark.get({"»": "«", "›": "‹"}[mark], 0) <= 0 else "close"
    if mark in "“‟":
        closes_low = depth_by_mark.get("„", 0) > 0 and not may_open
        return "close" if closes_low or (not may_open and not before.isspace()) else "open"
    if mark == "”":
        return "open" if may_open and after.isalnum() and before.isspace() else "close"
    if mark == '"':
        if may_open and not before.isspace() and before != '"' and depth_by_mark.get('"', 0) > 0:
            return "close"
        return "open" if may_open else "close"
    if mark == "''":
        return "close"
    return _role_of_single(text, start, mark, before, after, may_open)


def _role_of_single(text: str, start: int, mark: str, before: str, after: str, may_open: bool) -> str | None:
    if before.isalnum() and after.isalnum():
        return None
    if may_open and _CLITIC.match(text, start):
        return None
    if mark in "‘‛" or (mark == "'" and may_open and after.isalnum()):
        return "open"
    return "close"


def _partner(open_marks: list[tuple[int, str]], mark: str, open_doubles: int) -> int | None:
    """Index of the open mark that a closing mark closes: a single one only the last, a double one the last double."""
    if mark in _SINGLE:
        return len(open_marks) - 1 if open_marks and open_marks[-1][1] in _SINGLE else None
    if not open_doubles:
        return None
    return next(depth for depth in range(len(open_marks) - 1, -1, -1) if open_marks[depth][1] not in _SINGLE)


def _outermost(stretches: list[Stretch]) -> list[Stretch]:
    """Drop the stretches that lie inside another; they come ordered by their end."""
    kept: list[Stretch] = []
    for stretch in stretches:
        while kept and kept[-1].start > stretch.start:
            kept.pop()
        kept.append(stretch)
    return kept


def _until_last_mark(text: str, found: list[Stretch], stray: tuple[int, str] | None) -> list[Stretch]:
    """A block that opens with a mark and ends with a stray closing one is one quote with an odd mark inside."""
    if not (found and stray and text[: found[0].start].strip() == ""):
        return found
    start, mark = stray
    wraps = (mark in _SINGLE) == (found[0].opening in _SINGLE)
    if wraps and start >= found[-1].end and _TAIL.fullmatch(text, start + len(mark)):
        return [Stretch(found[0].start, start + len(mark), found[0].opening, mark)]
    return found


def _with_unclosed(text: str, found: list[Stretch], open_marks: list[tuple[int, str]]) -> list[Stretch]:
    for start, mark in open_marks:
        if mark in _SINGLE:
            continue
        before = [each for each in found if each.end <= start]
        lead = text[before[-1].end : start] if before else text[:start]
        if not lead.strip(_BEFORE_ITEM):
            end = len(text.rstrip())
            is_quote = len(mark) < end - start <= _LONGEST_UNCLOSED
            return [*before, Stretch(start, end, mark, None)] if is_quote else before
        break
    return found
