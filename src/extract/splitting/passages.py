"""Document → Passages: blocks of text, each character in exactly one."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from extract.layout.contents import TITLE
from extract.layout.lines import QUOTE_LEAD, is_final
from extract.records import Document, Passage, PassageKind, page_at, place_id
from extract.splitting.marks import Stretch, quoted_stretches

_BLOCK_QUOTE = re.compile(r"\s*>\s*\S")
_LETTERS = re.compile(r"[^\W\d_]")
_CLOSING = re.compile(r"[”\"»“’'][\s.,;)\]*_]*$")

# A block is a quote when most of its letters stand between marks; an attribution ("aldus …") may follow.
_QUOTED_SHARE = 0.6
_FORWARDED_SHARE = 0.5  # of the blocks begin with > in a mail sent on (.82); in digests with block quotes at most .38
_UNDER_NONE = frozenset({"furniture", "contents"})  # of the headings; a table stands under those of its chapter
_BOOK_PAGES = 8  # from which on the first page is a title page
_LONGEST_PATH = 1_000  # characters of the headings above a passage; the longest of a hundred manifestos has 247
_QUOTE_LINES = 4  # lines that one quote may run over before its closing mark counts as missing


def split_passages(document: Document) -> Iterator[Passage]:
    """Yield the passages of a document in order, each with the headings above it.

    What a body paragraph is to its party's section (overview, claim) only the sections can tell.
    """
    blocks = _joined_quotes(document.text, list(_blocks(document)))
    path: list[tuple[int, str]] = []
    above = ""  # the titles of the path; one text for all passages below them
    start = 0
    for position, block in enumerate(blocks):
        # White space between blocks belongs to the block before it; before the first, to the first.
        end = blocks[position + 1].start if position + 1 < len(blocks) else len(document.text)
        if block.kind == "heading":
            path = [each for each in path if each[0] < (block.level or 1)]
            above = _joined_titles(path)
        yield Passage(
            passage_id=place_id(document.document_id, "pas", start, end),
            document_id=document.document_id,
            position=position,
            kind=block.kind,
            heading_path=None if block.kind in _UNDER_NONE else above or None,
            page=page_at(document, block.start),
            char_start=start,
            char_end=end,
        )
        title = _title(document.text[block.start : block.end])
        # A title page and a table of contents are above nothing.
        if block.kind == "heading" and not TITLE.fullmatch(title) and not _is_on_title_page(document, block.start):
            path.append((block.level or 1, title))
            above = _joined_titles(path)
        start = end


def _joined_titles(path: list[tuple[int, str]]) -> str:
    return " > ".join(title for _, title in path)[:_LONGEST_PATH]


def _is_on_title_page(document: Document, offset: int) -> bool:
    return (document.pages or 0) >= _BOOK_PAGES and page_at(document, offset) == 1


@dataclass(frozen=True, slots=True)
class _Block:
    start: int
    end: int
    kind: PassageKind
    level: int | None = None


def _blocks(document: Document) -> Iterator[_Block]:
    """The blocks of the layout; those that stand between quote marks are quotes."""
    ends = [*(block.start for block in document.blocks[1:]), len(document.text)]
    # A mail that was sent on has > before all that it says, not before quotes.
    typed = document.media_type.startswith("text/")
    angled = sum(document.text.startswith(">", block.start) for block in document.blocks) if typed else 0
    quotes_by_angle = typed and angled <= _FORWARDED_SHARE * len(document.blocks)
    for block, following in zip(document.blocks, ends, strict=True):
        if block.start == following:
            continue  # all of it was taken away, as of a line that is one soft hyphen
        text = document.text[block.start : following]
        end = block.start + len(text.rstrip())
        # A pull quote is set as large as a heading, but ends as a sentence does.
        may_be = block.kind in ("body", "list-item") or (block.kind == "heading" and is_final(text))
        # Only in typed text does > open a block quote; in a PDF it is a bullet.
        marked = quotes_by_angle and bool(_BLOCK_QUOTE.match(text))
        quoted = may_be and (_is_quote(text) or marked)
        yield _Block(block.start, end, "quote" if quoted else block.kind, block.level)


def _title(heading: str) -> str:
    """A heading as the headings above a passage name it."""
    return " ".join(heading.strip().strip("#*_").split())[:_LONGEST_PATH]


def _is_quote(block: str) -> bool:
    stretches = _leading_quotes(block)
    letters = sum(len(_LETTERS.findall(block, each.start, each.end)) for each in stretches)
    return bool(stretches) and letters > _QUOTED_SHARE * len(_LETTERS.findall(block))


def _leading_quotes(block: str) -> list[Stretch]:
    """The quoted stretches of a block that opens with one; else none."""
    stretches = quoted_stretches(block)
    lead = QUOTE_LEAD.match(block)
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
        joined.append(_Block(block.start, blocks[last].end, block.kind, block.level))
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
