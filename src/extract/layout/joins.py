"""Blocks → blocks: what belongs together though it stands apart."""

import re
from collections.abc import Container, Sequence
from dataclasses import replace

from extract.layout.layers import LineBlock
from extract.layout.lines import is_final, is_hyphenated, is_stopped, letters_alone, starts_lower
from extract.layout.measures import Measures, is_set_otherwise, is_short

_CHAPTER_NUMBER = re.compile(r"\W*(?:[A-Z]?\d{1,2}(?:\.\d{1,2})*|[A-Z])\W*")
_GOES_ON = ("body", "list-item", "quote")  # kinds of block that can stop in mid-sentence
_TITLES = ("heading", "contents", "furniture")
_QUOTE_WORDS = 5  # of a pull quote, at least
_AHEAD = 4  # blocks of text that may interrupt a paragraph on a page; in plain text none may
_REACH = 24  # blocks among which the other half is looked for, with furniture
_PAGES = 2  # from the one half to the other, at most: a full-page picture may stand between


def join_chapter_numbers(measures: Measures, blocks: Sequence[LineBlock]) -> list[LineBlock]:
    """Join the large number of a chapter with the title beside it."""
    joined: list[LineBlock] = []
    for block in blocks:
        if joined and _numbers(measures, joined[-1], block):
            joined[-1] = replace(block, lines=joined[-1].lines + block.lines)
        else:
            joined.append(block)
    return joined


def _numbers(measures: Measures, block: LineBlock, title: LineBlock) -> bool:
    """Whether a block is the number of a title."""
    if not block.kind == title.kind == "heading":
        return False
    if measures.lines[block.lines[-1]].page != measures.lines[title.lines[0]].page:
        return False
    return bool(_CHAPTER_NUMBER.fullmatch(" ".join(measures.texts[rank] for rank in block.lines)))


def join_halves(measures: Measures, blocks: Sequence[LineBlock]) -> list[LineBlock]:
    """Join the halves of paragraphs that furniture, a pull quote or the like stands between.

    What interrupts a paragraph comes after it. A heading that does, and is a sentence, is a pull quote.
    """
    blocks = list(blocks)
    titles = "|".join(_key(measures, block) for block in blocks if block.kind in _TITLES)
    taken: set[int] = set()
    joined: list[LineBlock] = []
    for index in range(len(blocks)):
        if index in taken:
            continue
        block, end = blocks[index], index
        while (rest := _rest_of(measures, block, blocks, end, taken)) is not None:
            for between in range(end + 1, rest):
                if blocks[between].kind == "heading" and _is_pull_quote(measures, blocks[between], titles):
                    blocks[between] = replace(blocks[between], kind="quote", level=None)
            block = replace(block, lines=block.lines + blocks[rest].lines)
            taken.add(rest)
            end = rest
        joined.append(block)
    return joined


def _is_pull_quote(measures: Measures, block: LineBlock, titles: str) -> bool:
    """Whether a heading that interrupts a paragraph is a sentence, and no title that comes back."""
    words = sum(len(measures.texts[rank].split()) for rank in block.lines)
    is_sentence = words >= _QUOTE_WORDS and is_final(measures.texts[block.lines[-1]])
    return is_sentence and titles.count(_key(measures, block)) < 2  # once is itself


def _key(measures: Measures, block: LineBlock) -> str:
    return letters_alone("".join(measures.texts[rank] for rank in block.lines))


def _rest_of(
    measures: Measures, block: LineBlock, blocks: Sequence[LineBlock], end: int, taken: Container[int]
) -> int | None:
    """Which of the blocks behind `end` goes on with one that stops in mid-sentence; None if none does."""
    last = block.lines[-1]
    if block.kind not in _GOES_ON or measures.lines[last].opens is not None:
        return None
    if is_stopped(measures.texts[last]) and not is_hyphenated(measures.texts[last]):
        return None
    others = furniture = 0
    for index in range(end + 1, min(len(blocks), end + _REACH)):
        candidate, first = blocks[index], blocks[index].lines[0]
        if index in taken or candidate.kind in ("furniture", "contents"):
            furniture += 1
            continue
        if candidate.kind == "other":
            continue  # a table; the text behind it goes on with a small letter or not at all
        if candidate.kind == "body" and not is_set_otherwise(measures, last, first) and _is_near(measures, last, first):
            goes_on = measures.sentence_capitals and starts_lower(measures.texts[first])
            if goes_on and (furniture or measures.wrapped):
                return index
            # Behind a running title a sentence may also go on with a name or a number.
            return index if furniture and not others and not is_short(measures, last, first) else None
        others += 1
        if others > (_AHEAD if measures.typeset else 0):
            return None
    return None


def _is_near(measures: Measures, last: int, first: int) -> bool:
    one, two = measures.lines[last].page, measures.lines[first].page
    return one is None or two is None or 0 <= two - one <= _PAGES
