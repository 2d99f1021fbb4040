"""Layer → blocks: which lines make a paragraph, a heading, an item, a table of contents, over lines and pages.

Two things decide where a block begins. Geometry, where the file has it: a gap, an indent, another type. And the word
that would still have fitted: a line is broken to a width, so where the first word of the next line had room on this
one, somebody ended the paragraph. That holds for PDFs in points and for plain text in characters.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from extract.contents import find_contents
from extract.furniture import find_furniture
from extract.layers import Layer, Line, Role, Style
from extract.lines import (
    BOLD_LINE,
    ENUMERATOR,
    LONE_ENUMERATOR,
    MARKDOWN_HEADING,
    QUOTE_LEAD,
    ends_open,
    is_bulleted,
    is_capitals,
    is_final,
    is_hyphenated,
    is_stopped,
    starts_lower,
)

_WINDOW = 12  # lines on either side that tell how wide a text is set just here
_WIDE = 0.85  # quantile of their widths that counts as the width
_NARROWEST = 25  # characters; lines that are all shorter were not broken to a width
_BROKEN = 0.7  # of the width: a line at least this wide may have been broken
_SLACK = 0.12  # of the width: the least that a line without a full stop leaves free if it ends its block
_BROKEN_SHARE = 0.4  # of the lines that another follows at once, when lines are broken to a width
_SMALL_STARTS = 0.25  # of the lines behind a full stop that may start with a small letter
_GAP = 1.28  # of the usual distance between lines; more is white space
_JUMP = 2.2  # of it; beyond that no sentence goes on
_INDENT = 0.7  # of the type size
_LARGER = 1.08  # than the running text; larger is a heading
_MUCH_LARGER = 1.35
_SIZE_STEP = 0.06  # share by which sizes differ that are not the same
_HEADING_CHARACTERS = 160
_HEADING_LINES = 5
_TITLE_CHARACTERS = 90  # of a heading in plain text
_AHEAD = 4  # blocks that may interrupt a paragraph
_ITEM_LINES = 25  # that an item with a number may have
_PLAIN_NUMBER = re.compile(r"(\d{1,2})\s+[A-ZÀ-Þ]")
_CHAPTER = re.compile(r"(?:hoofdstuk|deel|bijlage|paragraaf|chapter)\s+(?:\d{1,3}|[ivxlc]+)\b", re.IGNORECASE)
_ROMAN = re.compile(r"[IVXL]{1,6}[.)]?\s+\S")
_NUMBERING = re.compile(r"(?:[A-Z]\.?)?\d{1,2}(?:\.\d{1,2})*[.)]?\s+\S")
_PAUSED = re.compile(r"[.;,:][\s\"'”’»)]*$")
_ENDED = re.compile(r"[.;,][\s\"'”’»)]*$")
_DEPTH = re.compile(r"(?:[A-Z]\.?)?(\d{1,2}(?:\.\d{1,2})*)")


@dataclass(frozen=True, slots=True)
class LineBlock:
    """A block of a layer: the ranks of its lines in reading order, what it is, and its level if it is a heading."""

    lines: tuple[int, ...]
    kind: Role
    level: int | None = None


def find_blocks(layer: Layer) -> list[LineBlock]:
    """The blocks of a layer in reading order; every line is in exactly one.

    A block that interrupts a paragraph (furniture, a pull quote) comes after it.
    """
    return list(_Page(layer).blocks())


class _Page:
    """The lines of a layer with what is measured of them, so that each question is asked once."""

    def __init__(self, layer: Layer) -> None:
        self.lines = layer.lines
        self.texts = [layer.text[line.start : line.end] for line in layer.lines]
        self.between = [
            layer.text.count("\n", line.end, following.start)
            for line, following in zip(layer.lines, layer.lines[1:], strict=False)
        ]
        self.furniture = find_furniture(layer)
        self.contents = find_contents(layer, self.furniture)
        self.flow = [
            rank for rank in range(len(self.lines)) if rank not in self.furniture and rank not in self.contents
        ]
        self.next_in_flow = dict(zip(self.flow, self.flow[1:], strict=False))
        self.set = any(line.box for line in layer.lines)
        self.margins = _right_margins(self.lines, self.flow) if self.set else _widths(self.texts, self.flow)
        self.capitals = _starts_in_capitals(self.texts, self.flow)
        self.wrapped = self.set or self._is_wrapped()
        self.body = _body_style(self.lines, self.texts, self.flow)
        self.leading = _leading(self.lines, self.flow)
        self.counted = set() if self.set else _counted(self.texts, self.flow)

    def blocks(self) -> Iterator[LineBlock]:
        groups = self._groups()
        kinds = self._kinds(groups)
        found = [LineBlock(tuple(group), kind, self._level(group) if kind == "heading" else None)
                 for group, kind in zip(groups, kinds, strict=True)]  # fmt: skip
        found += [LineBlock((rank,), "furniture") for rank in self.furniture]
        found += [LineBlock((rank,), "contents") for rank in sorted(self.contents - self.furniture)]
        found.sort(key=lambda block: block.lines[0])
        return iter(self._rejoined(self._titled(found)))

    # Where blocks begin

    def _groups(self) -> list[list[int]]:
        groups: list[list[int]] = []
        for rank in self.flow:
            if groups and not self._opens(groups[-1], rank):
                groups[-1].append(rank)
            else:
                groups.append([rank])
        return groups

    def _opens(self, group: list[int], rank: int) -> bool:
        """Whether a block begins at a line, when the lines before it make `group`."""
        before, text = group[-1], self.texts[rank]
        line, last = self.lines[rank], self.lines[before]
        if line.opens is not None:
            return line.opens
        if not self.wrapped:
            return not self._runs_on(before, rank)
        if len(group) == 1 and LONE_ENUMERATOR.fullmatch(self.texts[before]):
            return False  # a number on a line of its own belongs to what it numbers
        if self._is_marked(text) or self._is_marked(self.texts[before], alone=True):
            return True
        if is_hyphenated(self.texts[before]) and starts_lower(text):
            return False
        if line.bullet or self._is_item(rank, before):
            return True
        if QUOTE_LEAD.match(text) and is_stopped(self.texts[before]) and self._is_short(before, rank):
            return True
        if self.set:
            return self._opens_on_page(group, before, rank)
        return self._opens_in_text(before, rank, last)

    @staticmethod
    def _is_marked(text: str, *, alone: bool = False) -> bool:
        """Whether a line is a heading by Markdown, or by bold type that makes a whole line."""
        return (
            bool(MARKDOWN_HEADING.match(text) or BOLD_LINE.match(text))
            if not alone
            else bool(MARKDOWN_HEADING.match(text) or BOLD_LINE.match(text))
        )

    def _is_item(self, rank: int, before: int) -> bool:
        """Whether a line begins an item of a list, and not by chance with a dash or a number."""
        text, last = self.texts[rank], self.texts[before]
        if is_bulleted(text):
            dash = text[0] in "-–—"
            return not dash or is_stopped(last) or self._is_short(before, rank) or is_bulleted(last)
        if rank in self.counted:
            return True
        if not ENUMERATOR.match(text):
            return False
        return is_stopped(last) or self._is_short(before, rank) or last.endswith(",")

    def _opens_on_page(self, group: list[int], before: int, rank: int) -> bool:
        line, last = self.lines[rank], self.lines[before]
        if line.box is None or last.box is None:
            return True
        going_on = not is_final(self.texts[before]) and (
            starts_lower(self.texts[rank]) or not self._is_short(before, rank)
        )
        if self._is_set_otherwise(before, rank) or any(each in self.contents for each in range(before + 1, rank)):
            return True
        size = max(1.0, line.first.size if line.first else 1.0)
        fall = last.box.y - line.box.y
        if line.page != last.page or fall < -size or abs(fall) > 30 * size:
            return not going_on or self._is_short(before, rank) and not starts_lower(self.texts[rank])
        if fall < 0.3 * size:  # on the same base line: a table, or a line that was cut in two
            return not going_on
        usual = self.leading.get(round(size), 1.25 * size)
        if fall > _JUMP * usual:
            return True
        if fall > _GAP * usual:
            return not (going_on and starts_lower(self.texts[rank]))
        shift = line.box.left - last.box.left
        if shift > _INDENT * size and len(group) > 1 and not starts_lower(self.texts[rank]):
            return True
        first = self.lines[group[0]]
        hanging = first.box is not None and len(group) > 1 and last.box.left > first.box.left + _INDENT * size
        if hanging and first.box and abs(line.box.left - first.box.left) < _INDENT * size and not going_on:
            return is_bulleted(self.texts[group[0]]) or bool(ENUMERATOR.match(self.texts[group[0]]))
        if first.bullet and first.box and line.box.left >= first.box.left - 1:
            return False  # every item has its bullet, so this line hangs below the last
        return self._is_short(before, rank) and self._is_end(before, rank)

    def _opens_in_text(self, before: int, rank: int, last: Line) -> bool:
        lower = starts_lower(self.texts[rank])
        ended = is_final(self.texts[before])
        blank = rank - before == 1 and self.between[before] > 1
        if blank:
            return ended or not lower or self._is_short(before, rank, words=3, slack=_SLACK)
        if self._is_title(before, rank) or self._is_other_case(before, rank):
            return True
        following = self.next_in_flow.get(rank)
        heads = following is None or self._is_title(rank, following)
        if heads and self._looks_title(rank) and (ended or self._is_short(before, rank)):
            return True
        return self._is_short(before, rank) and self._is_end(before, rank)

    def _is_other_case(self, before: int, rank: int) -> bool:
        """Whether one of two lines is set in capitals, and long enough for that to be no abbreviation."""
        pair = self.texts[before], self.texts[rank]
        return is_capitals(pair[0]) != is_capitals(pair[1]) and all(sum(map(str.isalpha, each)) > 8 for each in pair)

    def _is_end(self, before: int, rank: int) -> bool:
        """Whether a line that stops short of the margin ends its block."""
        text = self.texts[before]
        if is_stopped(text):
            return True
        if text.endswith(",") or ends_open(text):
            return False
        return not starts_lower(self.texts[rank]) and self._is_short(before, rank, words=2, slack=_SLACK)

    def _is_short(self, before: int, rank: int, *, words: int = 1, slack: float = 0.0) -> bool:
        """Whether the first word (or words) of a line would have fitted on the line before it."""
        text, last, line = self.texts[rank], self.texts[before], self.lines[before]
        need = len(" ".join(text.split()[:words])) + 1
        if line.box:
            wide = (line.box.right - line.box.left) / max(1, len(last))
            room, width = self.margins[before] - 0.5 * wide - line.box.right, self.margins[before] - line.box.left
            return room > max(need * wide, slack * width)
        return self.margins[before] - len(last) > max(need, slack * self.margins[before])

    def _is_set_otherwise(self, before: int, rank: int) -> bool:
        one, two = self.lines[before], self.lines[rank]
        if not (one.first and one.last and two.first and two.last):
            return False
        if _differ(one.last, two.first):
            return True
        # Bold words within a line are no new block: both lines must be set in one type from end to end.
        whole = _alike(one.first, one.last) and _alike(two.first, two.last)
        return whole and not _alike(one.last, two.first)

    # What blocks are

    def _kinds(self, groups: list[list[int]]) -> list[Role]:
        kinds = [self._kind(groups, position) for position in range(len(groups))]
        if not self.set:
            _settle_runs(kinds, [self.texts[group[0]] for group in groups])
            _settle_lists(
                kinds, [self.texts[group[0]] for group in groups], [self.texts[group[-1]] for group in groups]
            )
        return kinds

    def _kind(self, groups: list[list[int]], position: int) -> Role:
        group = groups[position]
        first = self.lines[group[0]]
        text = " ".join(self.texts[rank] for rank in group)
        if first.role:
            return first.role
        if MARKDOWN_HEADING.match(text) or BOLD_LINE.match(text):
            return "heading"
        following = groups[position + 1] if position + 1 < len(groups) else None
        before = groups[position - 1] if position else None
        if self.set:
            if self._is_set_as_heading(group, text, following):
                return "heading"
        elif self._reads_as_heading(group, text, before, following):
            return "heading"
        marked = first.bullet or group[0] in self.counted or is_bulleted(text) or ENUMERATOR.match(text)
        return "list-item" if marked else "body"

    def _is_set_as_heading(self, group: list[int], text: str, following: list[int] | None) -> bool:
        if len(group) > _HEADING_LINES or len(text) > _HEADING_CHARACTERS or not any(map(str.isalnum, text)):
            return False
        if is_bulleted(text) or self.lines[group[0]].bullet:
            return False
        styles = [style for rank in group for style in (self.lines[rank].first, self.lines[rank].last) if style]
        size = min((style.size for style in styles), default=0.0)
        stopped = bool(_ENDED.search(text[-8:]))
        if size > _MUCH_LARGER * self.body.size:
            return True
        if text.endswith(":"):
            return False  # it introduces a list
        if size > _LARGER * self.body.size:
            return not stopped or bool(_NUMBERING.match(text))
        if size < self.body.size / _LARGER:
            return False
        heavy = all(style.bold for style in styles) and not self.body.bold
        if heavy or all(style.font != self.body.font for style in styles) and is_capitals(text):
            if text.endswith((";", ",")):
                return False
            # Bold in the size of the text is a heading only of something: a name below a letter is none.
            after = self.lines[following[0]] if following else None
            if after is None or after.page != self.lines[group[-1]].page or not after.first:
                return False
            alone = not after.first.bold or after.first.size != styles[0].size
            return alone and (not stopped or bool(_NUMBERING.match(text)))
        return is_capitals(text) and not stopped and len(group) <= 2

    def _reads_as_heading(
        self, group: list[int], text: str, before: list[int] | None, following: list[int] | None
    ) -> bool:
        if len(group) > 2 or len(text) > _TITLE_CHARACTERS or not self._looks_title(group[0]):
            return False
        if _PAUSED.search(text[-8:]) and not (is_capitals(text) or _CHAPTER.match(text)):
            return False
        typed = is_capitals(text) or bool(_CHAPTER.match(text) or _ROMAN.match(text))
        if before is not None and not typed:
            end = self.texts[before[-1]]
            if not is_stopped(end) and not self._is_short(before[-1], group[0], words=2, slack=_SLACK):
                return False
        if following is None:
            return typed
        opening = self.texts[following[0]]
        if starts_lower(opening) and not is_bulleted(opening):
            return False
        return self.wrapped or typed or bool(_NUMBERING.match(text))

    def _looks_title(self, rank: int) -> bool:
        """Whether a line of plain text could be a title: short, of words, with a capital, a number, or all capitals."""
        text = self.texts[rank]
        words = [word for word in text.split() if sum(map(str.isalpha, word)) >= 2]
        if not words or len(text) > _TITLE_CHARACTERS or is_bulleted(text) or text[:1].islower():
            return False
        if is_capitals(text) or _CHAPTER.match(text):
            return True
        return not _PAUSED.search(text[-8:]) and not is_hyphenated(text)

    def _is_title(self, rank: int, following: int) -> bool:
        """Whether a line of plain text is a title by what follows: it stops far from the margin, and a capital follows."""
        if not self._looks_title(rank) or starts_lower(self.texts[following]) or ends_open(self.texts[rank]):
            return False
        return self._is_short(rank, following, slack=_SLACK)

    def _level(self, group: list[int]) -> int:
        line = self.lines[group[0]]
        if line.level:
            return line.level
        text = self.texts[group[0]]
        if self.set:
            style = line.first or self.body
            ranks = sorted({size for size in self.heading_sizes()}, reverse=True)
            nearest = min(range(len(ranks)), key=lambda each: abs(ranks[each] - style.size)) if ranks else 0
            return nearest + 1
        marks = re.match(r"#+", text)
        if marks:
            return len(marks.group())
        if _CHAPTER.match(text) or is_capitals(text) or _ROMAN.match(text):
            return 1
        depth = _DEPTH.match(text)
        return 2 + depth[1].count(".") if depth else 3

    def heading_sizes(self) -> list[float]:
        """Type sizes above that of the running text, and that itself, rounded to what the eye tells apart."""
        sizes: list[float] = []
        for size in sorted({line.first.size for line in self.lines if line.first}, reverse=True):
            if size < self.body.size * (1 - _SIZE_STEP):
                break
            if not sizes or size < sizes[-1] * (1 - _SIZE_STEP):
                sizes.append(size)
        return sizes

    # What belongs together though it stands apart

    def _titled(self, blocks: list[LineBlock]) -> list[LineBlock]:
        """Join the large number of a chapter with the title beside it."""
        joined: list[LineBlock] = []
        for block in blocks:
            last = joined[-1] if joined else None
            if (
                last
                and last.kind == block.kind == "heading"
                and self.set
                and self.lines[last.lines[-1]].page == self.lines[block.lines[0]].page
                and any(
                    re.fullmatch(r"\W*(?:[A-Z]?\d{1,2}(?:\.\d{1,2})*|[A-Z])\W*", self._text(each)) for each in (last,)
                )
            ):
                joined[-1] = replace(last, lines=last.lines + block.lines, level=block.level)
            else:
                joined.append(block)
        return joined

    def _rejoined(self, blocks: list[LineBlock]) -> list[LineBlock]:
        """Join the halves of paragraphs that furniture, a pull quote or the like stands between."""
        taken: set[int] = set()
        joined: list[LineBlock] = []
        for index in range(len(blocks)):
            if index in taken:
                continue
            block, end = blocks[index], index
            while (rest := self._rest_of(block, blocks, end, taken)) is not None:
                for between in range(end + 1, rest):  # set apart from the text, not above what follows
                    if blocks[between].kind == "heading":
                        blocks[between] = replace(blocks[between], kind="quote", level=None)
                block = replace(block, lines=block.lines + blocks[rest].lines)
                taken.add(rest)
                end = rest
            joined.append(block)
        return joined

    def _rest_of(self, block: LineBlock, blocks: Sequence[LineBlock], end: int, taken: set[int]) -> int | None:
        """Which of the blocks behind `end` goes on with one that stops in mid-sentence; None if none does."""
        last = block.lines[-1]
        if block.kind not in ("body", "list-item", "quote") or self.lines[last].opens is not None:
            return None
        if is_stopped(self.texts[last]) and not is_hyphenated(self.texts[last]):
            return None
        others = furniture = 0
        for index in range(end + 1, min(len(blocks), end + 6 * _AHEAD)):
            candidate = blocks[index]
            if index in taken or candidate.kind in ("furniture", "contents"):
                furniture += 1
                continue
            first = candidate.lines[0]
            if candidate.kind == "body" and not self._is_set_otherwise(last, first) and self._is_near(last, first):
                if starts_lower(self.texts[first]) and self.capitals and (furniture or self.wrapped):
                    return index
                # Behind a running title a sentence may also go on with a name or a number.
                return index if furniture and not others and not self._is_short(last, first) else None
            others += 1
            if others > (_AHEAD if self.set else 0):
                break
        return None

    def _is_near(self, last: int, first: int) -> bool:
        one, two = self.lines[last].page, self.lines[first].page
        return one is None or two is None or 0 <= two - one <= 2

    def _text(self, block: LineBlock) -> str:
        return " ".join(self.texts[rank] for rank in block.lines)

    def _is_wrapped(self) -> bool:
        """Whether lines of plain text were broken to a width: most that another follows at once end no sentence."""
        followed = [
            rank for rank, following in zip(self.flow, self.flow[1:], strict=False)
            if following - rank == 1 and self.between[rank] == 1
        ]  # fmt: skip
        if not followed:
            return False
        widths = sorted(len(self.texts[rank]) for rank in followed)
        width = widths[len(widths) * 9 // 10]
        broken = sum(
            len(self.texts[rank]) >= _BROKEN * self.margins[rank] and not is_stopped(self.texts[rank])
            for rank in followed
        )
        return width > _NARROWEST and broken > (_BROKEN_SHARE if self.capitals else 0.5) * len(followed)

    def _runs_on(self, before: int, rank: int) -> bool:
        """Whether a line, in a text with a line per paragraph, was broken all the same."""
        text, last = self.texts[rank], self.texts[before]
        if rank - before > 1 or self.between[before] > 1 or is_bulleted(text) or ENUMERATOR.match(text):
            return False
        if is_hyphenated(last) and starts_lower(text):
            return True
        if self.capitals and ends_open(last):
            return True
        return self.capitals and starts_lower(text) and len(last) > _NARROWEST and not is_stopped(last)


def _differ(one: Style, two: Style) -> bool:
    return abs(one.size - two.size) > _SIZE_STEP * max(one.size, two.size)


def _counted(texts: Sequence[str], flow: Sequence[int]) -> set[int]:
    """Lines that begin with a number without a point, where the number before or behind it is near."""
    numbers = [(rank, int(match[1])) for rank in flow if (match := _PLAIN_NUMBER.match(texts[rank]))]
    return {
        rank for one, two in zip(numbers, numbers[1:], strict=False)
        if two[1] == one[1] + 1 and two[0] - one[0] <= _ITEM_LINES for rank in (one[0], two[0])
    }  # fmt: skip


def _starts_in_capitals(texts: Sequence[str], flow: Sequence[int]) -> bool:
    """Whether a text writes capitals where sentences start, so that a small letter tells that one goes on."""
    starts = [starts_lower(texts[two]) for one, two in zip(flow, flow[1:], strict=False)
              if is_final(texts[one]) or texts[one].endswith(")")]  # fmt: skip
    return sum(starts) <= _SMALL_STARTS * len(starts)


def _alike(one: Style, two: Style) -> bool:
    return one.bold == two.bold and _family(one.font) == _family(two.font)


def _family(font: str) -> str:
    return re.split(r"[-,]", font)[0]


def _body_style(lines: Sequence[Line], texts: Sequence[str], flow: Iterable[int]) -> Style:
    """The style in which most of the text is set."""
    letters: Counter[Style] = Counter()
    for rank in flow:
        style = lines[rank].last
        if style:
            letters[style] += len(texts[rank])
    return letters.most_common(1)[0][0] if letters else Style(0.0)


def _right_margins(lines: Sequence[Line], flow: Sequence[int]) -> dict[int, float]:
    """For each line the right margin of its column: how far lines go that stand above or below it in the same type."""
    columns: dict[tuple[int | None, int], list[int]] = defaultdict(list)
    for rank in flow:
        box, style = lines[rank].box, lines[rank].first
        if box and style:
            columns[lines[rank].page, round(style.size)].append(rank)
    margins = {rank: float("inf") for rank in flow}
    for ranks in columns.values():
        for rank in ranks:
            box = lines[rank].box
            rights = [
                other.right for each in ranks
                if (other := lines[each].box) and box and other.left < box.right and other.right > box.left
                and abs(other.left - box.left) < 40
            ]  # fmt: skip
            margins[rank] = max(rights)
    return margins


def _leading(lines: Sequence[Line], flow: Sequence[int]) -> dict[int, float]:
    """The usual distance between base lines, by type size."""
    falls: dict[int, Counter[float]] = defaultdict(Counter)
    for rank, following in zip(flow, flow[1:], strict=False):
        one, two = lines[rank], lines[following]
        if one.box and two.box and one.page == two.page and one.last and two.first and not _differ(one.last, two.first):
            fall = one.box.y - two.box.y
            if 0.8 * two.first.size < fall < 3 * two.first.size:
                falls[round(two.first.size)][round(fall, 0)] += 1
    return {size: min(fall for fall, count in counts.items() if count >= 0.5 * max(counts.values()))
            for size, counts in falls.items()}  # fmt: skip


def _widths(texts: Sequence[str], flow: Sequence[int]) -> dict[int, float]:
    """For each line the width to which the text around it was broken, in characters."""
    margins: dict[int, float] = {}
    lengths = [len(texts[rank]) for rank in flow]
    for place, rank in enumerate(flow):
        around = sorted(lengths[max(0, place - _WINDOW) : place + _WINDOW + 1])
        margins[rank] = float(around[min(len(around) - 1, int(_WIDE * len(around)))])
    return margins


def _settle_runs(kinds: list[Role], texts: Sequence[str]) -> None:
    """Three or more titles in a row are a list without marks, unless their type or number says otherwise."""
    start = 0
    while start < len(kinds):
        end = start
        while end < len(kinds) and kinds[end] == "heading":
            end += 1
        if end - start >= 3:
            for index in range(start, end):
                typed = (
                    is_capitals(texts[index]) or _CHAPTER.match(texts[index]) or MARKDOWN_HEADING.match(texts[index])
                )
                if not typed:
                    kinds[index] = "list-item" if ENUMERATOR.match(texts[index]) else "body"
        start = max(end, start + 1)


def _settle_lists(kinds: list[Role], starts: Sequence[str], ends: Sequence[str]) -> None:
    """Items of a list without marks: what ends in a semicolon, and what comes behind it; what a colon announces."""
    for index, kind in enumerate(kinds):
        if kind != "body":
            continue
        before = ends[index - 1] if index else ""
        after_item = index > 0 and kinds[index - 1] == "list-item" and before.endswith(";")
        announced = before.endswith(":") and starts_lower(starts[index]) and ends[index].endswith((";", ","))
        if ends[index].endswith(";") or after_item or announced:
            kinds[index] = "list-item"
