"""Layer and its blocks → document text and ledger: named repairs, each of which can be undone."""

import re
import unicodedata
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from extract.layout.hyphens import is_torn, joint, vocabulary
from extract.layout.layers import Layer, Line, LineBlock
from extract.layout.lines import FONT_SYMBOLS, is_hyphenated
from extract.records import Block, Repair

_LIGATURES = {"ﬀ": "ff", "ﬁ": "fi", "ﬂ": "fl", "ﬃ": "ffi", "ﬄ": "ffl", "ﬅ": "st", "ﬆ": "st", "ĳ": "ij", "Ĳ": "IJ"}
# What stands for a bullet in most files, and is put right: symbols of some font, and what fonts have for squares.
_SYMBOLS = FONT_SYMBOLS + "❑❒●■▪"
_IN_LINE = re.compile(
    rf"""(?P<ligature>[ﬀﬁﬂﬃﬄﬅﬆĳĲ])
    | (?P<hyphen>(?<=\w)[ ]?[\u00ad\ufffe\u0002][ ]?(?=[a-zà-ÿ]) | [\u00ad\ufffe\u0002])
    | (?P<letters>(?<![\w.])(?:[^\W\d_][ ]){{4,}}[^\W\d_](?![\w.]))                      # set  l i k e  t h i s
    | (?P<accent>[^\W\d_][\u0300-\u036f]+)                                             # apart from its letter
    | (?P<bullet>[{_SYMBOLS}](?=\s*\S))
    | (?P<arrow>\s?[↗↘⇗➚])                                                             # of a link
    | (?P<control>[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]+)
    | (?P<space>[ ]*\t[ \t]*|[ ]{{2,}})                                                  # of justified lines
    """,
    re.VERBOSE,
)
"""Repairs within a line, in the order in which they are tried at each place."""

# What every match of _IN_LINE holds, and few lines do: looked for first, for speed.
_ODD = re.compile(
    rf"[ﬀﬁﬂﬃﬄﬅﬆĳĲ\u00ad\ufffe\u0300-\u036f{_SYMBOLS}↗↘⇗➚"
    r"\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\t]|  "
)
_SPACED = re.compile(r" [^\W\d_] [^\W\d_] ")

_LETTERS = re.compile(r"(?<![\w'’`.])[^\W\d_]+(?!['’`])")
_TEARS = frozenset({" ", " - ", "- ", " -"})  # that stand in a word which was torn apart
_APART = " -"  # at a line end: a hyphen that came loose from its word
_SOFT = "\u00ad¬"  # hyphens that no word keeps
_UNSURE = "\ufffe\u0002"  # hyphens that a word may keep
_HALF = 40  # characters on either side of a hyphen that are looked at; no half of a word is longer
# Fonts whose letters are pictures: a "4" in them is a tick.
_GLYPHS = re.compile(r"dingbat|wingding|webding|symbol|sorts|marlett|awesome|icons?\b|bullets?\b", re.IGNORECASE)
_JOINT_STEPS = {"": "hyphen", "-": "hyphen-kept", "- ": "hyphen-shared"}
_LINE_END = 3  # characters at the end of what was written among which a line end stands, with white space behind it

Change = tuple[int, int, str, str]  # start and end in the layer, what stands there in the text, and the step


@dataclass(frozen=True, slots=True)
class Repaired:
    """A document text, the ledger of what was done to it, its blocks, and where its pages begin."""

    text: str
    ledger: tuple[Repair, ...]
    blocks: tuple[Block, ...]
    pages: tuple[tuple[int, int], ...]  # (first character, page), in order of the text


def repair(layer: Layer, blocks: Sequence[LineBlock]) -> Repaired:
    """Write a layer block by block, each paragraph in one line, words whole, and say what was changed."""
    return _Writer(layer).write(blocks)


def _opens_with_glyph(line: Line) -> bool:
    """Whether the first letter of a line is a picture, and what follows is not all pictures."""
    if not (line.first and line.last) or not _GLYPHS.search(line.first.font):
        return False
    return line.end - line.start == 1 or not _GLYPHS.search(line.last.font)


class _Writer:
    """Writes the document text from left to right, and enters in the ledger where it leaves the layer."""

    def __init__(self, layer: Layer) -> None:
        self.layer = layer
        self.starts = sorted(line.start for line in layer.lines)  # lines may be in another order
        self.texts = [layer.text[line.start : line.end] for line in layer.lines]
        self.words: Counter[str] = vocabulary(self.texts)
        self.parts: list[str] = []
        self.length = 0
        self.place = 0  # in the layer, behind what was written last
        self.ledger: list[Repair] = []
        self.blocks: list[Block] = []
        self.pages: list[tuple[int, int]] = []

    def write(self, blocks: Sequence[LineBlock]) -> Repaired:
        """Write all blocks, each on lines of its own."""
        self.copy(0, self.starts[0] if self.starts else len(self.layer.text))
        for number, block in enumerate(blocks):
            start = self.length
            for rank, following in zip(block.lines, [*block.lines[1:], None], strict=True):
                self.write_line(rank, following)
            if number + 1 < len(blocks) and not self.ends_line():
                self.change(self.place, self.place, "\n", "line-end")
            self.blocks.append(Block(start, block.kind, block.level))
        text = "".join(self.parts)
        return Repaired(text, tuple(self.ledger), tuple(self.blocks), tuple(self.pages))

    def write_line(self, rank: int, following: int | None) -> None:
        """Write a line, and what stands between it and the line that follows in its block, if one does."""
        line = self.layer.lines[rank]
        if line.page is not None and (not self.pages or self.pages[-1][1] != line.page):
            self.pages.append((self.length, line.page))
        if line.start != self.place:
            self.change(line.start, line.start, "", "moved")
        one, after = self.texts[rank], self.tail(rank)
        two = self.texts[following] if following is not None else None
        cut = line.end - (self.hyphen_width(one, two) if two is not None else 0)
        self.write_words(line.start, cut, glyph=_opens_with_glyph(line))
        if two is None:
            self.copy(cut, after)
        elif cut < line.end:
            is_soft = one[-1] in _SOFT or one.endswith(_APART)
            between = "" if is_soft else joint(one[-_HALF - 1 : -1], two, self.words)
            self.change(cut, after, between, _JOINT_STEPS[between])
        else:
            self.change(cut, after, self.space_behind(one, self.layer.text[cut:after]), "line-break")

    def hyphen_width(self, one: str, two: str) -> int:
        """How many characters at the end of a line are a hyphen that tears a word; `two` is the next line."""
        if one.endswith(_APART) and self.tears(one[: -len(_APART)], two):
            return len(_APART)
        return 1 if is_hyphenated(one) else 0

    def tears(self, before: str, after: str) -> bool:
        """Whether a hyphen that stands apart at a line end tears a word."""
        left, right = _LETTERS.findall(before), _LETTERS.match(after)
        return bool(left and right and right.group()[0].islower() and is_torn(left[-1], right.group(), self.words))

    @staticmethod
    def space_behind(text: str, tail: str) -> str:
        """What stands for the white space behind a line that goes on: "en/|of" has none, spaces stay as they are."""
        if text.endswith(("/", "–")) and text[-2:-1].isalpha():
            return ""
        return tail if tail and not tail.strip(" ") else " "

    def tail(self, rank: int) -> int:
        """Where the white space behind a line ends: it belongs to the line."""
        following = bisect_right(self.starts, self.layer.lines[rank].start)
        return self.starts[following] if following < len(self.starts) else len(self.layer.text)

    def write_words(self, start: int, end: int, *, glyph: bool) -> None:
        """Write the inside of a line, with its repairs; `glyph` says that its first character is a symbol."""
        if glyph and start < end:
            behind = self.layer.text[start + 1 : start + 2]
            self.change(start, start + 1, "•" if not behind or behind.isspace() else "• ", "bullet")
            start += 1
        place = start
        for at, until, new, step in sorted([*self.odd_characters(start, end), *self.torn_words(start, end)]):
            if at >= place:
                self.copy(place, at)
                self.change(at, until, new, step)
                place = until
        self.copy(place, end)

    def odd_characters(self, start: int, end: int) -> Iterator[Change]:
        """The repairs of characters."""
        text = self.layer.text
        if _ODD.search(text, start, end) or _SPACED.search(text, start, end):
            for match in _IN_LINE.finditer(text, start, end):
                yield match.start(), match.end(), self.mended(match), match.lastgroup or ""

    def torn_words(self, start: int, end: int) -> Iterator[Change]:
        """The spaces, and hyphens between spaces, that tear words apart."""
        text = self.layer.text
        last: re.Match[str] | None = None
        for word in _LETTERS.finditer(text, start, end):
            if (
                last is not None
                and text[last.end() : word.start()] in _TEARS
                and text[word.start()].islower()
                and is_torn(last.group(), word.group(), self.words)
            ):
                yield last.end(), word.start(), "", "torn-word"
                last = None
            else:
                last = word

    def mended(self, match: re.Match[str]) -> str:
        """What stands in the text for a match of a repair."""
        found = match.group()
        match match.lastgroup:
            case "ligature":
                return _LIGATURES[found]
            case "hyphen":
                return self.hyphen_within(match) if found.strip() in _UNSURE else ""
            case "letters":
                return found.replace(" ", "")
            case "accent":
                return unicodedata.normalize("NFC", found)
            case "bullet":
                return "•"
            case "arrow":
                return ""
            case "control" | "space":
                return " "
        raise AssertionError(f"no repair is called {match.lastgroup}")

    def hyphen_within(self, match: re.Match[str]) -> str:
        """What stands for a hyphen within a line, where the line end that it stood at is lost."""
        text, start, end = self.layer.text, match.start(), match.end()
        return joint(text[max(0, start - _HALF) : start], text[end : end + _HALF], self.words).strip()

    def copy(self, start: int, end: int) -> None:
        """Write characters of the layer as they are."""
        if start < end:
            if start != self.place:
                self.change(start, start, "", "moved")
            self.append(self.layer.text[start:end])
            self.place = end

    def change(self, start: int, end: int, new: str, step: str) -> None:
        """Write something else for characters of the layer, and enter it in the ledger."""
        original = self.layer.text[start:end]
        if start == self.place and original == new:
            if new:
                self.append(new)
                self.place = end
            return
        self.ledger.append(
            Repair(
                char_start=self.length,
                char_end=self.length + len(new),
                layer_start=start,
                layer_end=end,
                step=step,
                original=original,
            )
        )
        self.append(new)
        self.place = end

    def append(self, text: str) -> None:
        """Write, and count what was written."""
        self.parts.append(text)
        self.length += len(text)

    def ends_line(self) -> bool:
        """Whether what was written ends with a line end."""
        end = self.parts[-1][-_LINE_END:] if self.parts else ""
        return "\n" in end or "\f" in end
