"""Passages of a kind that the layout gave: what gives sentences, and what stands under headings."""

from dataclasses import replace

from extract.extraction import Resources, split
from extract.records import Block, Document, Extraction

HEADING, TABLE, BODY = "Geld voor wonen\n", "Huren 2,5 3,0\n", "Wij willen lagere huren.\n"


def test_a_table_stands_under_its_heading_and_gives_no_sentences(digest: Document, resources: Resources) -> None:
    text = HEADING + TABLE + BODY
    blocks = (Block(0, "heading", 1), Block(len(HEADING), "other"), Block(len(HEADING + TABLE), "body"))
    document = replace(digest, text=text, characters=len(text), blocks=blocks, ledger="")
    found = split(Extraction(document=document), resources=resources)
    assert "".join(text[each.char_start : each.char_end] for each in found.passages) == text
    assert [(each.kind, each.heading_path) for each in found.passages][1:] == [
        ("other", HEADING.strip()), ("body", HEADING.strip()),
    ]  # fmt: skip
    assert [each.text for each in found.sentences] == [HEADING.strip(), BODY.strip()]
