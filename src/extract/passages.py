"""Document → Passages: blocks of text, each character in exactly one."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from extract.marks import Stretch, quoted_stretches
from extract.records import Document, Passage, PassageKind, place_id

_LIST_MARK = re.compile(r"(?:[-–—*•·▪■◦→➢›]|->|\d{1,3}[.)]|[a-z][.)])\s+")
_MARKDOWN_HEADING = re.compile(r"#{1,6}\s+\S")
_BOLD_LINE = re.compile(r"(?:\*\*|__)[^*_]+(?:\*\*|__):?\s*$")
_QUOTE_LEAD = re.compile(
    r"\s*(?:>\s*)*(?:(?:\d{1,3}[.)]|[^\w\s“„«»\"”‘'›‹]{1,4})\s+)?(?:citaat:\s*)?(?=[“„«»\"”‘'›‹]|,,\w)", re.IGNORECASE
)
_BLOCK_QUOTE = re.compile(r"\s*>\s*\S")
_SENTENCE_END = re.compile(r"[.!?:;…][\s\"'”’“»)*_]*$")
_LETTERS = re.compile(r"[^\W\d_]")
_CLOSING = re.compile(r"[”\"»“’'][\s.,;)\]*_]*$")

# A block is a quote when most of its letters stand between marks; an attribution ("aldus …") may follow.
_QUOTED_SHARE = 0.6
_WIDTH_SHARE = 0.7  # of the widest lines; a line broken to a width is nearly as wide
_NARROWEST = 30  # characters; lines that are all shorter are a list, not a column
_QUOTE_LINES = 4  # lines that one quote may run over before its closing mark counts as missing


@dataclass(frozen=True, slots=True)
class _Block:
    start: int
    end: int
    kind: PassageKind


def split_passages(document: Document) -> Iterator[Passage]:
    """Yield the passages of a document in order: quote, heading, list-item or body.

    What a body paragraph is to its party's section (overview, claim) only the sections can tell.
    """
    blocks = _joined_quotes(document.text, list(_blocks(document.text)))
    start = 0
    for position, block in enumerate(blocks):
        # White space between blocks belongs to the block before it; before the first, to the first.
        end = blocks[position + 1].start if position + 1 < len(blocks) else len(document.text)
        yield Passage(
            passage_id=place_id(document.document_id, "pas", start, end),
            document_id=document.document_id,
            position=position,
            kind=block.kind,
            char_start=start,
            char_end=end,
        )
        start = end


def _blocks(text: str) -> Iterator[_Block]:
    """Paragraphs: lines, or runs of lines where the text is wrapped."""
    lines = [match.span() for match in re.finditer(r"[^\n]*\S[^\n]*", text)]
    wrapped = _is_wrapped(text, lines)
    start, end = -1, -1
    for line_start, line_end in lines:
        line = text[line_start:line_end]
        if start >= 0 and not (wrapped and _continues(text[start:end], text[end:line_start], line)):
            yield _Block(start, end, _kind(text[start:end]))
            start = -1
        start, end = (line_start if start < 0 else start), line_end
    if start >= 0:
        yield _Block(start, end, _kind(text[start:end]))


def _is_wrapped(text: str, lines: list[tuple[int, int]]) -> bool:
    """Whether lines were broken to a width: most that another follows at once end no sentence and are about as wide."""
    followed = [
        text[start:end]
        for (start, end), (following, _) in zip(lines, lines[1:], strict=False)
        if text.count("\n", end, following) == 1
    ]
    if not followed:
        return False
    width = sorted(len(line) for line in followed)[len(followed) * 9 // 10]
    broken = sum(len(line) >= _WIDTH_SHARE * width and not _SENTENCE_END.search(line) for line in followed)
    return width > _NARROWEST and broken > len(followed) / 2


def _continues(block: str, gap: str, line: str) -> bool:
    """Whether a line goes on with the paragraph above it."""
    if gap.count("\n") > 1 or _MARKDOWN_HEADING.match(block) or _BOLD_LINE.match(block):
        return False
    line = line.lstrip()
    if _MARKDOWN_HEADING.match(line) or _LIST_MARK.match(line) or _BOLD_LINE.match(line):
        return False
    return not (_QUOTE_LEAD.match(line) and _SENTENCE_END.search(block))


def _kind(block: str) -> PassageKind:
    stripped = block.strip()
    if _MARKDOWN_HEADING.match(stripped) or _BOLD_LINE.match(stripped):
        return "heading"
    if _is_quote(block) or _BLOCK_QUOTE.match(block):
        return "quote"
    return "list-item" if _LIST_MARK.match(stripped) else "body"


def _is_quote(block: str) -> bool:
    stretches = _leading_quotes(block)
    letters = sum(len(_LETTERS.findall(block, each.start, each.end)) for each in stretches)
    return bool(stretches) and letters > _QUOTED_SHARE * len(_LETTERS.findall(block))


def _leading_quotes(block: str) -> list[Stretch]:
    """The quoted stretches of a block that opens with one; else none."""
    stretches = quoted_stretches(block)
    lead = _QUOTE_LEAD.match(block)
    return stretches if lead and stretches and stretches[0].start == lead.end() else []


def _joined_quotes(text: str, blocks: list[_Block]) -> list[_Block]:
    """Join the blocks over which one quote runs: it opens in the first and closes at the end of the last."""
    joined: list[_Block] = []
    skip_until = 0
    for index, block in enumerate(blocks):
        if index < skip_until:
            continue
        last = index
        opened = _leading_quotes(text[block.start : block.end]) if block.kind == "quote" else []
        if opened and opened[-1].closing is None:
            last = _closing_block(text, blocks, index)
        joined.append(_Block(block.start, blocks[last].end, block.kind))
        skip_until = last + 1
    return joined


def _closing_block(text: str, blocks: list[_Block], index: int) -> int:
    """Index of the block that closes the quote opened in `blocks[index]`; `index` itself if none does."""
    for later in range(index + 1, min(index + _QUOTE_LINES, len(blocks))):
        block = text[blocks[later].start : blocks[later].end]
        if blocks[later].kind in ("quote", "heading"):
            break
        if _CLOSING.search(block) and not any(each.end >= len(block.rstrip()) - 1 for each in quoted_stretches(block)):
            return later
    return index
