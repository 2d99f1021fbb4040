"""Pages by the classifiers that ship: hidden text, tags that lie, and files with odd boxes and fonts."""

from pathlib import Path

import pytest

from extract.extraction import Resources
from extract.pages.page_blocks import group_lines
from extract.records import Extraction
from tests.pages.by_hand import A4, HELVETICA, pdf_of, shown
from tests.reading.test_pdf import answered, paragraph, passages

WIDTH = 80  # characters of a line


def lines_of(number: int) -> list[str]:
    """A paragraph, broken to a width."""
    lines = [""]
    for word in paragraph(number).split():
        if len(lines[-1]) + len(word) > WIDTH:
            lines.append("")
        lines[-1] = f"{lines[-1]} {word}".strip()
    return lines


@pytest.fixture
def read(tmp_path: Path, resources: Resources):
    """A function that reads a PDF, and checks what holds for any."""

    def reader(data: bytes) -> Extraction:
        (tmp_path / "programma.pdf").write_bytes(data)
        return answered(tmp_path / "programma.pdf", resources)

    return reader


PAGES = [shown(lines_of(number)) for number in range(3)]


def is_read(extraction: Extraction) -> bool:
    """Whether all three paragraphs are running text."""
    return [text for text in passages(extraction) if len(text) > WIDTH] == [paragraph(number) for number in range(3)]


def test_paragraphs_are_read(read) -> None:
    assert is_read(read(pdf_of(PAGES)))


def test_hidden_text_is_furniture(read) -> None:
    seen, hidden = lines_of(0), lines_of(1)
    data = pdf_of(
        [f"{shown(seen)}\n{shown(hidden, left=700)}"] * 3, boxes="/MediaBox [0 0 1190 842] /CropBox [0 0 595 842]"
    )
    extraction = read(data)
    said = " ".join(each.text for each in extraction.sentences)
    assert "wonen" in said and "zorg" not in said
    assert set(hidden) <= set("\n".join(passages(extraction, "furniture")).split("\n"))


@pytest.mark.parametrize("tag", ["Artifact", "H1", "P", "TOCI", "Note", "TD", "Onzin"])
def test_a_tag_that_lies_loses_no_document(read, tag: str) -> None:
    tags = [tag] * 9
    extraction = read(pdf_of([shown(lines_of(number), tags=tags) for number in range(3)], tags=tags))
    assert is_read(extraction)
    assert passages(extraction, "body") == passages(extraction)


BOXES = {
    "a negative origin": "/MediaBox [-100 -200 495 642]",
    "a far origin": "/MediaBox [-30000 -30000 -29405 -29158]",
    "no size": "/MediaBox [0 0 0 0]",
    "no width": "/MediaBox [0 0 0 842]",
    "corners the wrong way round": "/MediaBox [595 842 0 0]",
    "none": "",
    "a crop box outside": f"/MediaBox {A4} /CropBox [2000 2000 2595 2842]",
    "a crop box without size": f"/MediaBox {A4} /CropBox [100 100 100 100]",
    "a crop box that is larger": f"/MediaBox {A4} /CropBox [-500 -500 5000 5000]",
    "turned": f"/MediaBox {A4} /Rotate 90",
    "turned askew": f"/MediaBox {A4} /Rotate 33",
    "words": "/MediaBox [/a /b (c) null]",
    "huge": f"/MediaBox [0 0 {'9' * 40} {'9' * 40}]",
    "a huge unit": f"/MediaBox {A4} /UserUnit {'9' * 40}",
}


@pytest.mark.parametrize("boxes", BOXES.values(), ids=BOXES.keys())
def test_odd_boxes(read, boxes: str) -> None:
    read(pdf_of(PAGES, boxes=boxes))


@pytest.mark.parametrize("name", ["corners the wrong way round", "a crop box that is larger", "turned"])
def test_boxes_that_hide_nothing_lose_nothing(read, name: str) -> None:
    assert is_read(read(pdf_of(PAGES, boxes=BOXES[name])))


PLACES = {
    "far": "1 0 0 1 99999999 -99999999 Tm",
    "endless": f"1 0 0 1 {'9' * 60} -{'9' * 60} Tm",
    "flat": "0 0 0 0 60 700 Tm",
    "mirrored": "-1 0 0 -1 300 700 Tm",
    "immense": f"{'9' * 39} 0 0 {'9' * 39} 60 700 Tm",
    "slanted": "0.7 0.7 -0.7 0.7 60 300 Tm",
}


@pytest.mark.parametrize("place", PLACES.values(), ids=PLACES.keys())
def test_odd_places(read, place: str) -> None:
    words = " ".join(f"BT /F 11 Tf {place} ({line}) Tj ET" for line in lines_of(1))
    read(pdf_of([*PAGES, words]))
    read(pdf_of([words]))


FONTS = {
    "no font": "null",
    "a font of another file": "<< /Type /Font /Subtype /Type1 /BaseFont /Onbekend >>",
    "names that say nothing": HELVETICA.replace(
        "/WinAnsiEncoding", f"<< /Type /Encoding /Differences [32 {' '.join(f'/g{n}' for n in range(90))}] >>"
    ),
    "pairs of bytes without a map": (
        "<< /Type /Font /Subtype /Type0 /BaseFont /Geen /Encoding /Identity-H /DescendantFonts [<< /Type /Font "
        "/Subtype /CIDFontType2 /BaseFont /Geen /CIDSystemInfo << /Registry (Adobe) /Ordering (Identity) "
        "/Supplement 0 >> >>] >>"
    ),
    "drawn letters": (
        "<< /Type /Font /Subtype /Type3 /FontBBox [0 0 1 1] /FontMatrix [1 0 0 1 0 0] /CharProcs << >> "
        "/Encoding << /Differences [] >> /FirstChar 0 /LastChar 0 /Widths [0] >>"
    ),
    "letters without width": HELVETICA.replace(">>", f"/FirstChar 32 /LastChar 122 /Widths [{'0 ' * 91}] >>"),
}  # fmt: skip


@pytest.mark.parametrize("font", FONTS.values(), ids=FONTS.keys())
def test_fonts_without_maps(read, font: str) -> None:
    read(pdf_of(PAGES, font=font))


def test_a_line_that_begins_no_block_belongs_to_the_one_before() -> None:
    assert group_lines([0, 2, 3, 5], [False, True, False, True, True, False]) == [[0, 2], [3, 5]]
