"""Layer → blocks: which lines make a paragraph, a heading, an item, a table of contents, over lines and pages."""

from extract.layout.block_kinds import heading_level, name_groups
from extract.layout.breaks import group_lines
from extract.layout.contents import find_contents
from extract.layout.joins import join_chapter_numbers, join_halves
from extract.layout.layers import Layer, LineBlock
from extract.layout.measures import Measures, measure
from extract.layout.page_blocks import find_page_blocks
from extract.layout.page_models import PageModels, load_page_models


def find_blocks(layer: Layer, furniture: set[int], page_models: PageModels | None = None) -> list[LineBlock]:
    """The blocks of a layer in reading order; every line is in exactly one. `furniture` has the ranks of lines.

    A block that interrupts a paragraph (furniture, a pull quote) comes after it. Where lines have places, what they
    are is learnt (without `page_models`, by those that ship with the package); in plain text, rules tell it.
    """
    if any(line.box for line in layer.lines):
        blocks = find_page_blocks(layer, furniture, page_models or load_page_models())
        measures = measure(layer, _ranks(blocks, "furniture"), _ranks(blocks, "contents"))
        return join_halves(measures, join_chapter_numbers(measures, blocks))
    measures = measure(layer, furniture, find_contents(layer, furniture))
    return join_halves(measures, _text_blocks(measures))


def _text_blocks(measures: Measures) -> list[LineBlock]:
    groups = group_lines(measures)
    kinds = name_groups(measures, groups)
    blocks = [
        LineBlock(tuple(group), kind, heading_level(measures, group) if kind == "heading" else None)
        for group, kind in zip(groups, kinds, strict=True)
    ]
    blocks += [LineBlock((rank,), "furniture") for rank in measures.furniture]
    blocks += [LineBlock((rank,), "contents") for rank in measures.contents - measures.furniture]
    return sorted(blocks, key=lambda block: block.lines[0])


def _ranks(blocks: list[LineBlock], kind: str) -> set[int]:
    return {rank for block in blocks if block.kind == kind for rank in block.lines}
