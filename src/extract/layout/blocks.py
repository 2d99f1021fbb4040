"""Layer of text → blocks: which lines make a paragraph, a heading, an item, a table of contents, where rules tell it.

Lines that have places on pages are for `extract.pages`.
"""

from extract.layout.block_kinds import heading_level, name_groups
from extract.layout.breaks import group_lines
from extract.layout.contents import find_contents
from extract.layout.joins import join_halves
from extract.layout.layers import Layer, LineBlock
from extract.layout.measures import measure


def find_text_blocks(layer: Layer, furniture: set[int]) -> list[LineBlock]:
    """The blocks of a layer in reading order; every line is in exactly one. `furniture` has the ranks of lines.

    A block that interrupts a paragraph (furniture, a pull quote) comes after it.
    """
    measures = measure(layer, furniture, find_contents(layer, furniture))
    groups = group_lines(measures)
    kinds = name_groups(measures, groups)
    blocks = [
        LineBlock(tuple(group), kind, heading_level(measures, group) if kind == "heading" else None)
        for group, kind in zip(groups, kinds, strict=True)
    ]
    blocks += [LineBlock((rank,), "furniture") for rank in measures.furniture]
    blocks += [LineBlock((rank,), "contents") for rank in measures.contents - measures.furniture]
    return join_halves(measures, sorted(blocks, key=lambda block: block.lines[0]))
