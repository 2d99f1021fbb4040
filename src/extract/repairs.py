"""Layer and its blocks → document text and ledger: named repairs, each of which can be undone."""

import re
import unicodedata
from bisect import bisect_right
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from extract.hyphens import is_torn, joint, vocabulary
from extract.layers import Layer
from extract.layout import LineBlock
from extract.lines import is_hyphenated
from extract.records import Block, Repair

_LIGATURES = {"ﬀ": "ff", "ﬁ": "fi", "ﬂ": "fl", "ﬃ": "ffi", "ﬄ": "ffl", "ﬅ": "st", "ﬆ": "st", "ĳ": "ij", "Ĳ": "IJ"}
# Repairs within a line, in the order in which they are tried at each place.
_IN_LINE = re.compile(
    r"(?P<ligature>[ﬀﬁﬂﬃﬄﬅﬆĳĲ])"
    r"|(?P<hyphen>(?<=\w) ?[\u00ad\ufffe\u0002] ?(?=[a-zà-ÿ])|[\u00ad\ufffe\u0002])"
    r"|(?P<letters>(?<![\w.])(?:[^\W\d_] ){4,}[^\W\d_](?![\w.]))"
    r"|(?P<accent>[^\W\d_][\u0300-\u036f]+)"
    r"|(?P<bullet>[\uf000-\uf0ff\x80-\x9f\u2751\u2752\u25cf\u25a0\u25aa](?=\s*\S))"
    r"|(?P<arrow>\s?[↗↘⇗➚])"
    r"|(?P<control>[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]+)"
)
_LETTERS = re.compile(r"(?<![\w'’`.])[^\W\d_]+(?!['’`])")
_TEARS = frozenset({" ", " - ", "- ", " -"})
_GLYPHS = re.compile(r"dingbat|wingding|webding|symbol", re.IGNORECASE)
_JOINT_STEPS = {"": "hyphen", "-": "hyphen-kept", "- ": "hyphen-shared"}


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


class _Writer:
    """Writes the document text from left to right, and enters in the ledger where it leaves the layer."""

    def __init__(self, layer: Layer) -> None:
        self.layer = layer
        self.starts = sorted(line.start for line in layer.lines)
        self.texts = [layer.text[line.start : line.end] for line in layer.lines]
        self.words: Counter[str] = vocabulary(self.texts)
        self.parts: list[str] = []
        self.length = 0
        self.place = 0  # in the layer, behind what was written last
        self.ledger: list[Repair] = []
        self.blocks: list[Block] = []
        self.pages: list[tuple[int, int]] = []

    def write(self, blocks: Sequence[LineBlock]) -> Repaired:
        self.copy(0, self.starts[0] if self.starts else len(self.layer.text))
        for number, block in enumerate(blocks):
            start = self.length
            for rank, following in zip(block.lines, [*block.lines[1:], None], strict=True):
                self.write_line(rank, following)
            is_last = number + 1 == len(blocks)
            if not is_last and not self.ends_line():
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
        text, after = self.texts[rank], self.tail(rank)
        cut = line.end - 1 if following is not None and is_hyphenated(text) else line.end
        if following is not None and text.endswith(" -") and self.tears(text[:-2], self.texts[following]):
            cut = line.end - 2
        self.write_words(line.start, cut, glyph=bool(line.first and _GLYPHS.search(line.first.font)))
        if following is None:
            self.copy(cut, after)
        elif cut < line.end:
            between = joint(text[:-1], self.texts[following], self.words)
            if text[-1] in "\u00ad¬" or text.endswith(" -"):
                between = ""
            self.change(cut, after, between, _JOINT_STEPS[between])
        else:
            tail = self.layer.text[line.end : after]
            stays = tail if tail and not tail.strip(" ") and "\n" not in tail else " "
            self.change(cut, after, "" if text.endswith(("/", "–")) and text[-2:-1].isalpha() else stays, "line-break")

    def tears(self, before: str, after: str) -> bool:
        """Whether a hyphen that stands apart at a line end tears a word."""
        left, right = _LETTERS.findall(before), _LETTERS.match(after)
        return bool(left and right and right.group()[0].islower() and is_torn(left[-1], right.group(), self.words))

    def tail(self, rank: int) -> int:
        """Where the white space behind a line ends: it belongs to the line."""
        following = bisect_right(self.starts, self.layer.lines[rank].start)
        return self.starts[following] if following < len(self.starts) else len(self.layer.text)

    def write_words(self, start: int, end: int, *, glyph: bool) -> None:
        """Write the inside of a line, with its repairs."""
        if glyph and self.layer.text[start + 1 : start + 2].isspace():
            self.change(start, start + 1, "•", "bullet")
            start += 1
        changes = [(match.start(), match.end(), self.mended(match), match.lastgroup or "")
                   for match in _IN_LINE.finditer(self.layer.text, start, end)]  # fmt: skip
        changes += self.torn_words(start, end)
        place = start
        for at, until, new, step in sorted(changes):
            if at >= place:
                self.copy(place, at)
                self.change(at, until, new, step)
                place = until
        self.copy(place, end)

    def torn_words(self, start: int, end: int) -> list[tuple[int, int, str, str]]:
        """The spaces, and hyphens between spaces, that tear words apart."""
        torn: list[tuple[int, int, str, str]] = []
        last: re.Match[str] | None = None
        for word in _LETTERS.finditer(self.layer.text, start, end):
            if last is not None:
                gap = self.layer.text[last.end() : word.start()]
                if gap in _TEARS and word.group()[0].islower() and is_torn(last.group(), word.group(), self.words):
                    torn.append((last.end(), word.start(), "", "torn-word"))
                    last = None
                    continue
            last = word
        return torn

    def mended(self, match: re.Match[str]) -> str:
        """What stands in the text for a match of a repair."""
        found = match.group()
        kind = match.lastgroup
        if kind == "ligature":
            return _LIGATURES[found]
        if kind == "hyphen":
            text = self.layer.text
            line_start = max(0, match.start() - 40)
            return (
                joint(text[line_start : match.start()], text[match.end() : match.end() + 40], self.words).strip()
                if found.strip() in ("\ufffe", "\u0002")
                else ""
            )
        if kind == "letters":
            return found.replace(" ", "")
        if kind == "accent":
            return unicodedata.normalize("NFC", found)
        if kind == "bullet":
            return "•"
        if kind == "arrow":
            return ""
        if kind == "control":
            return " "
        raise AssertionError(f"no repair is called {kind}")

    def copy(self, start: int, end: int) -> None:
        if start < end:
            if start != self.place:
                self.change(start, start, "", "moved")
            self.append(self.layer.text[start:end])
            self.place = end

    def change(self, start: int, end: int, new: str, step: str) -> None:
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
        self.parts.append(text)
        self.length += len(text)

    def ends_line(self) -> bool:
        return bool(self.parts) and "\n" in self.parts[-1][-3:] or "\f" in self.parts[-1][-3:]
