"""Word, OpenDocument, HTML and Markdown: what the readers find, what they never lose, and what they refuse."""

import io
import random
import re
import subprocess
import sys
import time
import tracemalloc
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import docx
import pytest
from docx.document import Document
from docx.enum.style import WD_STYLE_TYPE
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.opc.packuri import PackURI
from docx.opc.part import Part
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls, qn
from hypothesis import example, given, settings
from hypothesis import strategies as st

from extract.layout.layers import Layer, Unread
from extract.reading.formats import FORMATS
from extract.reading.html import read_html
from extract.reading.markdown import read_markdown
from extract.reading.opendocument import read_odt
from extract.reading.word import read_docx

LIMIT = 1_000_000  # characters; XML up to 16 MiB
MIB = 2**20
Block = tuple[str, int | None, str]


def layer_of(read: Layer | Unread) -> Layer:
    assert isinstance(read, Layer), read
    return read


def code_of(read: Layer | Unread) -> str:
    assert isinstance(read, Unread), read
    assert read.what[0].islower() and read.what.endswith("."), read.what
    return read.code


def blocks(layer: Layer) -> list[Block]:
    """Role, level and text of each block."""
    found: list[Block] = []
    for line in layer.lines:
        text = layer.text[line.start : line.end]
        if line.opens:
            found.append((str(line.role), line.level, text))
        else:
            found[-1] = (*found[-1][:2], f"{found[-1][2]}\n{text}")
    return found


def assert_whole(layer: Layer) -> None:
    """Lines lie in order, do not overlap, and hold every visible character; the first opens a block."""
    place = 0
    for line in layer.lines:
        assert place <= line.start < line.end <= len(layer.text)
        assert not layer.text[place : line.start].strip()
        text = layer.text[line.start : line.end]
        assert text == text.strip() and "\n" not in text
        assert line.role is not None and line.opens is not None
        assert (line.level is not None) == (line.role == "heading")
        place = line.end
    assert not layer.text[place:].strip()
    assert not layer.lines or layer.lines[0].opens


_SLACK = 5  # for a slow machine that does other things, too; what grows with the square takes far longer


@contextmanager
def held_to(*, mebibytes: int, seconds: float) -> Iterator[None]:
    """Fail if the block needs more memory (of Python's) or time."""
    tracemalloc.start()
    began = time.process_time()
    try:
        yield
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert time.process_time() - began < _SLACK * seconds
    assert peak < mebibytes * MIB, f"{peak / MIB:.0f} MiB"


# --- Word ------------------------------------------------------------------------------------------------------------


def saved(document: Document) -> bytes:
    file = io.BytesIO()
    document.save(file)
    return file.getvalue()


def members(data: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        return {name: package.read(name) for name in package.namelist()}


def zipped(parts: dict[str, bytes], compression: int = zipfile.ZIP_DEFLATED) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", compression) as package:
        for name, part in parts.items():
            package.writestr(name, part)
    return file.getvalue()


WORD = members(saved(docx.Document()))
MAIN_PART = "word/document.xml"


def with_part(name: str, part: bytes, compression: int = zipfile.ZIP_DEFLATED) -> bytes:
    return zipped({**WORD, name: part}, compression)


FEW_STYLES = f"<w:styles {nsdecls('w')}>" + "".join(
    f"<w:style w:type='paragraph' w:styleId='{name.title().replace(' ', '')}'><w:name w:val='{name}'/></w:style>"
    for name in ("Normal", "heading 1", "List Paragraph", "List Bullet")
) + "</w:styles>"  # fmt: skip


def with_body(body: str) -> bytes:
    """A Word file with this XML as its body."""
    spaces = nsdecls("w", "r", "wp", "a") + (
        ' xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"'
        ' xmlns:wps="http://schemas.microsoft.com/office/word/2010/wordprocessingShape"'
        ' xmlns:v="urn:schemas-microsoft-com:vml"'
        ' xmlns:m="http://schemas.openxmlformats.org/officeDocument/2006/math"'
    )
    main = f"<w:document {spaces}><w:body>{body}</w:body></w:document>"
    return zipped({**WORD, "word/styles.xml": FEW_STYLES.encode(), MAIN_PART: main.encode()}, zipfile.ZIP_STORED)


def run(text: str) -> str:
    return f'<w:r><w:t xml:space="preserve">{text}</w:t></w:r>'


def programme() -> Document:
    document = docx.Document()
    document.core_properties.title = "Samen sterker"
    document.core_properties.author = "Partij voor de Dijken"
    document.add_heading("Samen sterker", level=0)
    document.add_heading("Wonen", level=1)
    document.add_heading("Bouwen, bouwen, bouwen", level=2)
    paragraph = document.add_paragraph("Wij bouwen ieder jaar ")
    paragraph.add_run("honderd").bold = True
    paragraph.add_run("duizend woningen,\nook in de regio.")
    document.add_paragraph("Huren worden bevroren tot 2030;", style="List Bullet")
    document.add_paragraph("De verhuurderheffing komt niet terug.", style="List Number")
    document.add_paragraph("“Een huis is geen handelswaar.”", style="Intense Quote")
    table = document.add_table(rows=2, cols=2)
    for cell, text in zip(table._cells, ["Jaar", "Woningen", "2026", "100.000"], strict=True):
        cell.text = text
    document.add_paragraph("Na de tabel gaat het verder.")
    document.sections[0].header.paragraphs[0].text = "Verkiezingsprogramma 2025–2029"
    document.sections[0].footer.paragraphs[0].text = "Partij voor de Dijken"
    document.add_section()
    return document


def test_word_gives_its_structure() -> None:
    layer = layer_of(read_docx(saved(programme()), max_characters=LIMIT))
    assert blocks(layer) == [
        ("heading", 1, "Samen sterker"),
        ("heading", 1, "Wonen"),
        ("heading", 2, "Bouwen, bouwen, bouwen"),
        ("body", None, "Wij bouwen ieder jaar honderdduizend woningen,\nook in de regio."),
        ("list-item", None, "Huren worden bevroren tot 2030;"),
        ("list-item", None, "De verhuurderheffing komt niet terug."),
        ("quote", None, "“Een huis is geen handelswaar.”"),
        ("body", None, "Jaar"),
        ("body", None, "Woningen"),
        ("body", None, "2026"),
        ("body", None, "100.000"),
        ("body", None, "Na de tabel gaat het verder."),
        ("furniture", None, "Verkiezingsprogramma 2025–2029"),
        ("furniture", None, "Partij voor de Dijken"),
    ]
    assert layer.facts == {"title": "Samen sterker", "author": "Partij voor de Dijken"}
    assert_whole(layer)


def test_word_styles_are_known_by_name_base_and_outline() -> None:
    document = docx.Document()
    styles = document.styles

    def style(name: str, *, base: str | None = None, key: str | None = None, inner: str = "") -> str:
        made = styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH)
        made.base_style = styles[base] if base else None
        if key:
            made.element.set(qn("w:styleId"), key)
        if inner:
            made.element.append(parse_xml(f"<w:pPr {nsdecls('w')}>{inner}</w:pPr>"))
        return str(made.style_id)

    wanted = [
        ("heading", 2, style("Partijkop", base="Heading 2")),
        ("heading", 3, style("Kop 3", key="Kop3")),
        ("heading", 4, style("Tussenkop", inner='<w:outlineLvl w:val="3"/>')),
        ("body", None, style("Gewoon", inner='<w:outlineLvl w:val="9"/>')),
        ("body", None, style("Koptekst", base="Normal")),
        ("body", None, style("Broodtekst", key="Heading9")),
        ("contents", None, style("toc 1")),
        ("contents", None, style("TOC Heading X", base="TOC Heading")),
        ("contents", None, style("Kop van inhoudsopgave", base="Heading 1")),
        ("quote", None, style("Duidelijk citaat")),
        ("list-item", None, style("Opsomming rood")),
        ("list-item", None, style("Maatregel", inner='<w:numPr><w:numId w:val="1"/></w:numPr>')),
    ]
    for number, (_, _, key) in enumerate(wanted):
        document.add_paragraph(f"Regel {number}").paragraph_format.element.get_or_add_pPr().style = key
    found = blocks(layer_of(read_docx(saved(document), max_characters=LIMIT)))
    assert [each[:2] for each in found] == [(role, level) for role, level, _ in wanted]


def test_word_styles_that_are_based_on_each_other_end() -> None:
    document = docx.Document()
    first, second = (document.styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH) for name in ("Eb", "Vloed"))
    first.base_style, second.base_style = second, first
    document.add_paragraph("Het getij keert.", style="Eb")
    assert blocks(layer_of(read_docx(saved(document), max_characters=LIMIT))) == [("body", None, "Het getij keert.")]


@pytest.mark.parametrize(
    ("properties", "role"),
    [
        ('<w:numPr><w:numId w:val="3"/></w:numPr>', ("list-item", None)),
        ('<w:pStyle w:val="ListParagraph"/><w:numPr><w:numId w:val="3"/></w:numPr>', ("list-item", None)),
        ('<w:pStyle w:val="ListParagraph"/>', ("body", None)),
        ('<w:pStyle w:val="ListBullet"/><w:numPr><w:numId w:val="0"/></w:numPr>', ("body", None)),
        ('<w:pStyle w:val="Heading1"/><w:numPr><w:numId w:val="3"/></w:numPr>', ("heading", 1)),
        ('<w:outlineLvl w:val="1"/>', ("heading", 2)),
        ('<w:outlineLvl w:val="veel"/>', ("body", None)),
        ('<w:pStyle w:val="bestaat niet"/>', ("body", None)),
    ],
)
def test_word_paragraphs_say_what_they_are(properties: str, role: tuple[str, int | None]) -> None:
    data = with_body(f"<w:p><w:pPr>{properties}</w:pPr>{run('Meer treinen.')}</w:p>")
    assert blocks(layer_of(read_docx(data, max_characters=LIMIT))) == [(*role, "Meer treinen.")]


TEXT_BOX = (
    "<w:r><mc:AlternateContent><mc:Choice Requires='wps'><w:drawing><wps:txbx><w:txbxContent>"
    f"<w:p>{run('Kaderzin.')}</w:p></w:txbxContent></wps:txbx></w:drawing></mc:Choice><mc:Fallback><w:pict><v:textbox>"
    f"<w:txbxContent><w:p>{run('Kaderzin.')}</w:p></w:txbxContent></v:textbox></w:pict></mc:Fallback>"
    "</mc:AlternateContent></w:r>"
)


def test_word_text_that_python_docx_leaves_out_is_read() -> None:
    data = with_body(
        "<w:sdt><w:sdtPr><w:docPartObj><w:docPartGallery w:val='Table of Contents'/></w:docPartObj></w:sdtPr>"
        f"<w:sdtContent><w:p>{run('Inhoud')}</w:p><w:p>{run('Zorg')}<w:r><w:tab/></w:r>{run('7')}</w:p></w:sdtContent>"
        f"</w:sdt><w:sdt><w:sdtContent><w:p>{run('Een besturingselement.')}</w:p></w:sdtContent></w:sdt>"
        "<w:p><w:pPr><w:tabs><w:tab w:val='left' w:pos='720'/></w:tabs></w:pPr>"
        f"{run('Wij ')}<w:ins>{run('willen ')}</w:ins><w:del><w:r><w:delText>eisen </w:delText></w:r></w:del>"
        f"<w:moveFrom>{run('weg')}</w:moveFrom><w:hyperlink>{run('eerlijk ')}</w:hyperlink>"
        f"<w:fldSimple w:instr='REF a'>{run('belasting')}</w:fldSimple><w:r><w:noBreakHyphen/></w:r>"
        "<w:r><w:instrText>PAGE</w:instrText></w:r><m:oMath><m:r><m:t>heffing</m:t></m:r></m:oMath>"
        f"<w:r><w:br/></w:r><w:smartTag>{run('in Delft.')}</w:smartTag>{TEXT_BOX}{run(' Slot.')}</w:p>"
        f"<w:tbl><w:tr><w:tc><w:tbl><w:tr><w:tc><w:p>{run('Diep in de tabel.')}</w:p></w:tc></w:tr></w:tbl></w:tc>"
        "</w:tr></w:tbl>"
    )
    layer = layer_of(read_docx(data, max_characters=LIMIT))
    assert blocks(layer) == [
        ("contents", None, "Inhoud"),
        ("contents", None, "Zorg\t7"),
        ("body", None, "Een besturingselement."),
        ("body", None, "Wij willen eerlijk belasting-heffing\nin Delft. Slot."),
        ("body", None, "Kaderzin."),
        ("body", None, "Diep in de tabel."),
    ]
    assert_whole(layer)


@pytest.mark.parametrize(
    ("code", "sign"), [("F0B7", "\uf0b7"), ("2022", "•"), ("D800", "\ufffd"), ("0001", "\ufffd"), ("bol", "\ufffd")]
)
def test_word_signs_of_picture_fonts_are_kept(code: str, sign: str) -> None:
    data = with_body(f"<w:p><w:r><w:sym w:font='Symbol' w:char='{code}'/></w:r>{run(' Meer groen')}</w:p>")
    assert layer_of(read_docx(data, max_characters=LIMIT)).text == f"{sign} Meer groen"


def test_word_notes_follow_what_refers_to_them() -> None:
    document = docx.Document()
    paragraph = document.add_paragraph("De uitstoot daalt met 55 procent.")
    paragraph._p.append(parse_xml(f"<w:r {nsdecls('w')}><w:footnoteReference w:id='2'/></w:r>"))
    document.add_paragraph("Daarna volgt de landbouw.")
    notes = "".join(f"<w:footnote w:id='{key}'><w:p>{run(text)}</w:p></w:footnote>" for key, text in
                    [("2", "Bron: Klimaatwet."), ("3", "Een noot zonder verwijzing.")])  # fmt: skip
    kind = "application/vnd.openxmlformats-officedocument.wordprocessingml.footnotes+xml"
    blob = f"<w:footnotes {nsdecls('w')}>{notes}</w:footnotes>".encode()
    part = Part(PackURI("/word/footnotes.xml"), kind, blob, document.part.package)
    document.part.relate_to(part, RELATIONSHIP_TYPE.FOOTNOTES)
    assert [text for _, _, text in blocks(layer_of(read_docx(saved(document), max_characters=LIMIT)))] == [
        "De uitstoot daalt met 55 procent.",
        "Bron: Klimaatwet.",
        "Daarna volgt de landbouw.",
        "Een noot zonder verwijzing.",
    ]


MAIN = b"application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
OLD_RELATIONS, OLD_WORDS = (
    b"http://schemas.openxmlformats.org/officeDocument/2006/relationships",
    b"http://schemas.openxmlformats.org/wordprocessingml/2006/main",
)


@pytest.mark.parametrize(
    "changes",
    [
        [(MAIN, b"application/vnd.ms-word.document.macroEnabled.main+xml")],
        [(MAIN, MAIN.replace(b"document.main", b"template.main"))],
        [
            (OLD_RELATIONS, b"http://purl.oclc.org/ooxml/officeDocument/relationships"),
            (OLD_WORDS, b"http://purl.oclc.org/ooxml/wordprocessingml/main"),
        ],
        [(b"</Relationships>", b'<Relationship Id="rId99" Type="image" Target="../NULL"/></Relationships>')],
    ],
    ids=["macros", "template", "strict", "relation-to-nothing"],
)
def test_word_files_of_other_kinds_give_the_same(changes: list[tuple[bytes, bytes]]) -> None:
    parts = members(saved(programme()))
    usual = layer_of(read_docx(zipped(parts), max_characters=LIMIT))
    for name in parts:
        for old, new in changes:
            parts[name] = parts[name].replace(old, new)
    assert layer_of(read_docx(zipped(parts), max_characters=LIMIT)) == usual


def test_word_says_nothing_of_itself_where_the_file_does_not() -> None:
    parts = members(saved(programme()))
    del parts["docProps/core.xml"]
    assert layer_of(read_docx(zipped(parts), max_characters=LIMIT)).facts == {}


# --- OpenDocument ----------------------------------------------------------------------------------------------------

ODF = "urn:oasis:names:tc:opendocument:xmlns:"
ODF_SPACES = (
    "".join(f' xmlns:{name}="{ODF}{name}:1.0"' for name in ("office", "text", "style", "table", "meta"))
    + f' xmlns:draw="{ODF}drawing:1.0" xmlns:dc="http://purl.org/dc/elements/1.1/"'
)


def odt(body: str, *, automatic: str = "", styles: str = "", meta: str = "", manifest: str = "") -> bytes:
    def part(name: str, inner: str) -> bytes:
        return f'<?xml version="1.0"?><office:document-{name}{ODF_SPACES}>{inner}</office:document-{name}>'.encode()

    content = f"<office:automatic-styles>{automatic}</office:automatic-styles><office:body><office:text>{body}"
    return zipped({
        "mimetype": b"application/vnd.oasis.opendocument.text",
        "content.xml": part("content", f"{content}</office:text></office:body>"),
        "styles.xml": part("styles", styles),
        "meta.xml": part("meta", f"<office:meta>{meta}</office:meta>"),
        "META-INF/manifest.xml": manifest.encode(),
    })  # fmt: skip


def test_opendocument_gives_its_structure() -> None:
    data = odt(
        "<text:tracked-changes><text:p>Geschrapte zin.</text:p></text:tracked-changes>"
        '<text:p text:style-name="Title">Een eerlijk Nederland</text:p>'
        '<text:table-of-content><text:table-of-content-source><text:index-title-template>Sjabloon'
        '</text:index-title-template></text:table-of-content-source><text:index-body><text:index-title>'
        "<text:p>Inhoud</text:p></text:index-title><text:p>Zorg<text:tab/>3</text:p></text:index-body>"
        "</text:table-of-content>"
        '<text:h text:outline-level="2">Zorg<text:bookmark text:name="a"/> dichtbij</text:h>'
        "<text:h>Zonder niveau</text:h>"
        "<text:p>De <text:span>wijk</text:span>verpleegkundige\n   krijgt<text:s text:c='900000000'/>tijd<text:note>"
        "<text:note-citation>1</text:note-citation><text:note-body><text:p>Bron: CBS.</text:p></text:note-body>"
        "</text:note><office:annotation><text:p>Klopt dit?</text:p></office:annotation>.<text:line-break/>Nu."
        "<draw:frame> <draw:text-box> <text:p>Kaderzin.</text:p> </draw:text-box> </draw:frame></text:p>"
        "<text:list><text:list-item><text:p>Eigen risico omlaag;</text:p><text:list><text:list-item>"
        "<text:p>te beginnen in 2026.</text:p></text:list-item></text:list></text:list-item></text:list>"
        '<text:p text:style-name="P1">“Zorg is geen markt.”</text:p>'
        "<table:table><table:table-row><table:table-cell table:number-columns-repeated='1000000'>"
        "<text:p>Cel</text:p></table:table-cell></table:table-row></table:table>",
        automatic='<style:style style:name="P1" style:parent-style-name="Quotations"/>',
        styles='<office:styles><style:style style:name="Title"/><style:style style:name="Quotations"/></office:styles>'
        "<office:master-styles><style:master-page><style:header><text:p>Partij van de Zorg</text:p></style:header>"
        "<style:footer><text:p>Pagina <text:page-number>3</text:page-number></text:p></style:footer>"
        "</style:master-page><style:master-page><style:header><text:p>Partij van de Zorg</text:p></style:header>"
        "</style:master-page></office:master-styles>",
        meta="<dc:title>Een eerlijk Nederland</dc:title><meta:initial-creator>J. de Boer</meta:initial-creator>"
        "<dc:creator>Een ander</dc:creator><dc:subject>Tweede Kamer 2025</dc:subject>",
    )  # fmt: skip
    layer = layer_of(read_odt(data, max_characters=LIMIT))
    assert blocks(layer) == [
        ("heading", 1, "Een eerlijk Nederland"),
        ("contents", None, "Inhoud"),
        ("contents", None, "Zorg\t3"),
        ("heading", 2, "Zorg dichtbij"),
        ("heading", 1, "Zonder niveau"),
        ("body", None, "De wijkverpleegkundige krijgt tijd.\nNu."),
        ("body", None, "Bron: CBS."),
        ("body", None, "Kaderzin."),
        ("list-item", None, "Eigen risico omlaag;"),
        ("list-item", None, "te beginnen in 2026."),
        ("quote", None, "“Zorg is geen markt.”"),
        ("body", None, "Cel"),
        ("furniture", None, "Partij van de Zorg"),
        ("furniture", None, "Pagina 3"),
    ]
    assert layer.facts == {"title": "Een eerlijk Nederland", "author": "J. de Boer", "subject": "Tweede Kamer 2025"}
    assert_whole(layer)


def test_opendocument_of_another_library_is_read() -> None:
    document, text = pytest.importorskip("odf.opendocument").OpenDocumentText(), pytest.importorskip("odf.text")
    document.text.addElement(text.H(outlinelevel=3, text="Onderwijs & wetenschap"))
    document.text.addElement(text.P(text="Kleinere klassen, ook in ’s-Hertogenbosch."))
    points = text.List()
    for point in ("Geen lerarentekort meer", "Gratis schoolboeken"):
        item = text.ListItem()
        item.addElement(text.P(text=point))
        points.addElement(item)
    document.text.addElement(points)
    file = io.BytesIO()
    document.write(file)
    assert blocks(layer_of(read_odt(file.getvalue(), max_characters=LIMIT))) == [
        ("heading", 3, "Onderwijs & wetenschap"),
        ("body", None, "Kleinere klassen, ook in ’s-Hertogenbosch."),
        ("list-item", None, "Geen lerarentekort meer"),
        ("list-item", None, "Gratis schoolboeken"),
    ]


# --- what is refused -------------------------------------------------------------------------------------------------


def deflated(megabytes: int) -> bytes:
    """A deflate stream of so many MiB of spaces, made of one piece that comes back."""
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    piece = packer.compress(b" " * MIB) + packer.flush(zlib.Z_FULL_FLUSH)
    return piece * megabytes + packer.flush()


def bomb(parts: dict[str, bytes], name: str, *, megabytes: int, declared: int) -> bytes:
    """A zip in which one member unpacks to more than its directory may say."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as package:
        for other, part in parts.items():
            if other != name:
                package.writestr(other, part)
        member = zipfile.ZipInfo(name)
        package.writestr(member, deflated(megabytes), zipfile.ZIP_STORED)
        member.compress_type, member.file_size = zipfile.ZIP_DEFLATED, declared  # only the directory is still to come
    return file.getvalue()


LAUGHS = (
    '<!DOCTYPE w [<!ENTITY a "ha">'
    + "".join(f'<!ENTITY {new} "{f"&{old};" * 10}">' for old, new in zip("abcdefghi", "bcdefghij", strict=True))
    + "]>"
)
Reader = Callable[..., Layer | Unread]


def word(body: str, *, before: str = "") -> bytes:
    return f"{before}<w:document {nsdecls('w')}><w:body>{body}</w:body></w:document>".encode()


BOMBS: dict[str, tuple[Reader, Callable[[], bytes], str]] = {
    "a gigabyte": (read_docx, lambda: bomb(WORD, MAIN_PART, megabytes=1024, declared=1024 * MIB), "too-costly"),
    "a gigabyte in an odt": (
        read_odt, lambda: bomb({}, "content.xml", megabytes=1024, declared=1024 * MIB), "too-costly"
    ),
    "says it is small": (read_docx, lambda: bomb(WORD, MAIN_PART, megabytes=1024, declared=1000), "damaged"),
    "says it is just small enough": (
        read_docx, lambda: bomb(WORD, MAIN_PART, megabytes=1024, declared=15 * MIB), "damaged"
    ),
    "many parts": (
        read_docx, lambda: zipped({**WORD, **{f"word/{n}.xml": b" " * MIB for n in range(20)}}), "too-costly"
    ),
    "billion laughs": (read_docx, lambda: with_part(MAIN_PART, word(run("&j;"), before=LAUGHS)), "too-costly"),
    "billion laughs in UTF-16": (
        read_docx, lambda: with_part(MAIN_PART, word(run("&j;"), before=LAUGHS).decode().encode("utf-16")), "too-costly"
    ),
    "billion laughs in the types": (
        read_docx, lambda: with_part("[Content_Types].xml", f"{LAUGHS}<Types>&j;</Types>".encode()), "too-costly"
    ),
    "billion laughs in an odt": (
        read_odt, lambda: zipped({"content.xml": f"{LAUGHS}<office:x>&j;</office:x>".encode()}), "too-costly"
    ),
    "a file from outside": (
        read_docx,
        lambda: with_part(MAIN_PART, word(run("&x;"), before='<!DOCTYPE w [<!ENTITY x SYSTEM "file:///etc/passwd">]>')),
        "too-costly",
    ),
    "two million marks": (read_docx, lambda: with_part(MAIN_PART, word("<w:p/>" * 2_000_000)), "too-costly"),
    "a packing without a limit": (
        read_docx, lambda: zipped({**WORD, MAIN_PART: bytes(10**7)}, zipfile.ZIP_BZIP2), "damaged"
    ),
    "too deep": (read_docx, lambda: with_part(MAIN_PART, word("<w:sdt>" * 20_000 + "</w:sdt>" * 20_000)), "damaged"),
}  # fmt: skip


@pytest.mark.parametrize("name", BOMBS)
def test_bombs_are_refused_within_bounds(name: str) -> None:
    read, make, code = BOMBS[name]
    data = make()
    assert len(data) < 3 * MIB
    with held_to(mebibytes=64, seconds=2):
        refused = read(data, max_characters=LIMIT)
    assert code_of(refused) == code


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("a gigabyte", "unpacks to 1,07"),
        ("a packing without a limit", "packed in a way"),
        ("billion laughs", "defines entities (word/document.xml)"),
    ],
)
def test_bombs_are_refused_for_what_they_are(name: str, said: str) -> None:
    read, make, _ = BOMBS[name]
    refused = read(make(), max_characters=LIMIT)
    assert isinstance(refused, Unread) and said in refused.what


def test_many_files_in_a_zip_are_refused() -> None:
    data = zipped({f"{number}": b"" for number in range(10_001)}, zipfile.ZIP_STORED)
    assert code_of(read_docx(data, max_characters=LIMIT)) == "too-costly"


def test_libraries_are_held_to_a_bound_too() -> None:
    """A file just within the limits, read by a process that may have 512 MiB in all, also for what is written in C."""
    pytest.importorskip("resource")
    program = """if True:
        import resource
        from tests.reading.test_formats import *
        many = " ".join(f'a{number}=""' for number in range(99))
        file = with_part(MAIN_PART, word(f"<w:p {many}/>" * 9_000))
        resource.setrlimit(resource.RLIMIT_AS, (2**29, 2**29))
        print(read_docx(file, max_characters=LIMIT).code)
    """
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False, timeout=60)
    assert done.stdout.split() == ["empty"], done.stderr


def test_pictures_are_not_unpacked() -> None:
    data = bomb(members(saved(programme())), "word/media/foto.png", megabytes=1024, declared=1024 * MIB)
    with held_to(mebibytes=64, seconds=2):
        layer = layer_of(read_docx(data, max_characters=LIMIT))
    assert "honderdduizend" in layer.text


@pytest.mark.parametrize(("read", "whole"), [(read_docx, saved(programme())), (read_odt, odt("<text:p>Dijk</text:p>"))])
def test_truncated_files_are_damaged(read: Reader, whole: bytes) -> None:
    assert isinstance(read(whole, max_characters=LIMIT), Layer)
    for share in range(10):
        refused = read(whole[: len(whole) * share // 10], max_characters=LIMIT)
        assert code_of(refused) == "damaged"
        assert isinstance(refused, Unread) and re.match(
            r"is no .* that can be read \(.+\)\. Save it again", refused.what
        )


def test_truncated_xml_is_damaged_and_named() -> None:
    refused = read_docx(with_part(MAIN_PART, WORD[MAIN_PART][:-20]), max_characters=LIMIT)
    assert code_of(refused) == "damaged"
    assert isinstance(refused, Unread) and MAIN_PART in refused.what


@pytest.mark.parametrize("read", [read_docx, read_odt])
@pytest.mark.parametrize("data", [b"", b"%PDF-1.7", b"{\\rtf1 Dijken}", b"Gewone tekst", zipped({"a.txt": b"a"})])
def test_other_files_are_damaged(read: Reader, data: bytes) -> None:
    assert code_of(read(data, max_characters=LIMIT)) == "damaged"


def locked(data: bytes) -> bytes:
    """The zip with the mark of a password on all its members."""
    return re.sub(rb"(PK\x01\x02.{4}).", b"\\1\x01", data, flags=re.DOTALL)


@pytest.mark.parametrize(
    ("read", "data"),
    [
        (read_docx, b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(512)),
        (read_odt, b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(512)),
        (read_docx, locked(saved(programme()))),
        (read_odt, odt("<text:p>Dijk</text:p>", manifest="<x><manifest:encryption-data/></x>")),
        (read_odt, zipped({"META-INF/manifest.xml": b"<manifest:encryption-data>", "encrypted-package": b"\x00"})),
    ],
    ids=["ole", "ole-odt", "zip", "odt", "odt-whole"],
)
def test_encrypted_files_are_said_to_be_so(read: Reader, data: bytes) -> None:
    assert code_of(read(data, max_characters=LIMIT)) == "encrypted"


def test_files_without_text_and_with_too_much() -> None:
    assert code_of(read_docx(saved(docx.Document()), max_characters=LIMIT)) == "empty"
    assert code_of(read_odt(odt("<text:p> </text:p>"), max_characters=LIMIT)) == "empty"
    data = with_body(f"<w:p>{run('dijk ' * 250)}</w:p>")
    assert isinstance(read_docx(data, max_characters=1250), Layer)
    assert code_of(read_docx(data, max_characters=1249)) == "too-long"


# --- HTML ------------------------------------------------------------------------------------------------------------

PAGE = """<!DOCTYPE html><html lang="nl"><head><title>Ons
  programma</title><meta name="author" content="Partij voor de Dijken"><style>p {color: red}</style></head><body>
<header><a href="/">Startpagina</a><h1>Droge voeten</h1></header>
<nav><ul><li><a href="/nieuws">Nieuws</a></li></ul></nav>
<ul><li><a href="#1">Water</a> 1</li><li><a href="#2">Wonen</a> 2</li><li><a href="#3">Werk</a> 3</li></ul>
<main><article><header><h2>Wa<b>ter</b>veiligheid</h2></header>
<p>Wij verhogen de
   dijken<br>langs de <em>Rijn</em> en&nbsp;Maas.<script>volgen()</script><br><br>Dat kost &euro;3.000.</p>
<ul><li>Eerst de Lek<ul><li>bij Vianen</li></ul>en dan de Waal;</li><li><p>Zandmotoren.</p></li></ul>
<blockquote><p>“Water krijgt de ruimte.”</p><footer>— de fractie</footer></blockquote>
<h3><button>Wonen <span hidden>open</span></button></h3>
<table><tr><th>Jaar<td>Dijken</table><dl><dt>NAP<dd>het peil</dl>
<pre>regel een
regel  twee</pre>
<p>Lees <span style="display: none">verborgen</span>verder</p></article></main>
<aside>Word lid</aside><form><label>E-mail</label><button>Stuur</button></form>
<noscript>Zet scripts aan</noscript><template><p>Sjabloon</p></template><svg><title>Logo</title><text>Beeld</text></svg>
<footer><h2>Contact</h2>© 2025</footer></body></html>"""


def test_html_gives_its_structure() -> None:
    layer = layer_of(read_html(PAGE.encode()))
    assert blocks(layer) == [
        ("furniture", None, "Startpagina"),
        ("heading", 1, "Droge voeten"),
        ("furniture", None, "Nieuws"),
        ("contents", None, "Water 1"),
        ("contents", None, "Wonen 2"),
        ("contents", None, "Werk 3"),
        ("heading", 2, "Waterveiligheid"),
        ("body", None, "Wij verhogen de dijken\nlangs de Rijn en\xa0Maas."),
        ("body", None, "Dat kost €3.000."),
        ("list-item", None, "Eerst de Lek"),
        ("list-item", None, "bij Vianen"),
        ("list-item", None, "en dan de Waal;"),
        ("list-item", None, "Zandmotoren."),
        ("quote", None, "“Water krijgt de ruimte.”"),
        ("quote", None, "— de fractie"),
        ("heading", 3, "Wonen open"),
        ("body", None, "Jaar"),
        ("body", None, "Dijken"),
        ("body", None, "NAP"),
        ("body", None, "het peil"),
        ("body", None, "regel een\nregel twee"),
        ("body", None, "Lees"),
        ("furniture", None, "verborgen"),
        ("body", None, "verder"),
        ("furniture", None, "Word lid"),
        ("furniture", None, "E-mail"),
        ("furniture", None, "Stuur"),
        ("furniture", None, "Contact"),
        ("furniture", None, "© 2025"),
    ]
    assert layer.facts == {"title": "Ons programma", "author": "Partij voor de Dijken", "charset": "utf-8"}
    assert_whole(layer)


@pytest.mark.parametrize(
    ("page", "wanted"),
    [
        ("<form id=aspnetForm><p>De hele pagina.</p></form><nav>Menu</nav>", ["body", "furniture"]),
        ("<div role=navigation>Menu</div><p aria-hidden=true>Tekst.", ["furniture", "body"]),
        ("<p hidden>Weg.</p><p hidden=until-found>Te vinden.", ["furniture", "body"]),
        ("<ul><li><a href=#a>a</a><li><a href=#b>b</a></ul>", ["list-item"] * 2),
        ("<ol><li><a href=#a>1</a> CBS.<li><a href=#b>2</a> CPB.<li><a href=#c>3</a>.</ol>", ["list-item"] * 3),
        ("<header><h1>Een</h1></header><h1>Twee</h1>", ["furniture", "heading"]),
        ("<nav><h1>Een</h1></nav><p>Tekst.", ["furniture", "body"]),
        ("<nav><ul><li>Menu</ul><h1>Dat niet sluit</h1><p>Lang leve de dijken.", ["list-item", "heading", "body"]),
        ("<body style='visibility: hidden'><p>Een script toont dit.", ["body"]),
        ("<h2>Kop</h3><div>Tekst.</div><h2>Nog een<div>x</div><h3>Kop</h3>", ["heading", "body", "heading", "heading"]),
        ("<li>een<li>twee<p>drie", ["list-item"] * 3),
        ("<h2>Kop<p>Tekst", ["heading", "body"]),
        ("<blockquote><ul><li>een</ul></blockquote>", ["quote"]),
        ("Kale tekst", ["body"]),
    ],
)  # fmt: skip
def test_html_roles(page: str, wanted: list[str]) -> None:
    assert [role for role, *_ in blocks(layer_of(read_html(page.encode())))] == wanted


def test_html_that_is_xml_may_close_its_scripts_at_once() -> None:
    page = '<?xml version="1.0"?><html><head><title/><script src="a.js" /></head><body><p id="a"/>Dijken</body></html>'
    assert layer_of(read_html(page.encode())).text == "Dijken"


DUTCH = "Eén coördinator kost €3.000, zei “Anneke”."


@pytest.mark.parametrize(
    ("data", "charset"),
    [
        (f"<p>{DUTCH}".encode(), "utf-8"),
        (b"\xef\xbb\xbf<meta charset=latin1>" + f"<p>{DUTCH}".encode(), "utf-8"),
        (f"<p>{DUTCH}".encode("utf-16"), "utf-16-le"),
        (f"<p>{DUTCH}".encode("utf-16-be"), "utf-16-be"),
        (f"<p>{DUTCH}".encode("cp1252"), "cp1252"),
        (f"<meta charset=iso-8859-1><p>{DUTCH}".encode("cp1252"), "cp1252"),
        (f"<META CONTENT='text/html; charset=windows-1252'><p>{DUTCH}".encode("cp1252"), "cp1252"),
        (f"<?xml version='1.0' encoding='windows-1252'?><p>{DUTCH}".encode("cp1252"), "cp1252"),
        (f"<meta charset=utf-8><p>{DUTCH}".encode("cp1252"), "utf-8"),
        (f"<meta charset=utf-8><p>{DUTCH[:20]}".encode() + DUTCH[20:].encode("cp1252"), "utf-8"),
        (f"<meta charset=punycode><p>{DUTCH}".encode("cp1252"), "cp1252"),
        (f"<meta charset=utf-16><p>{DUTCH}".encode("cp1252"), "cp1252"),
        (b"<p>E&eacute;n co&#246;rdinator kost &#128;3.000, zei &#147;Anneke&rdquo;.", "utf-8"),
    ],
)
def test_html_in_any_character_set(data: bytes, charset: str) -> None:
    layer = layer_of(read_html(data))
    assert (layer.text, layer.facts["charset"]) == (DUTCH, charset)


@given(shift=st.integers(0, 90))
@settings(max_examples=20, deadline=None)
def test_html_is_the_same_wherever_it_is_cut_for_the_parser(shift: int) -> None:
    times = 1_000
    page = "x" * shift + f"<p class='é'>{DUTCH} &euro;&nbsp;5 <b>hal</b>ve <!-- weg --></p>\n" * times
    lines = layer_of(read_html(page.encode())).text.split("\n")
    assert lines[bool(shift) :] == [f"{DUTCH} €\xa05 halve"] * times


def test_html_nested_deep_is_read_whole() -> None:
    depth = 20_000
    page = "<div>" * depth + "diep<b>er</b>" + "</div>" * depth + "<p>Na de diepte.</p>" + "<span>" * depth + "slot"
    with held_to(mebibytes=64, seconds=3):
        layer = layer_of(read_html(page.encode()))
    assert layer.text == "dieper\nNa de diepte.\nslot"


@pytest.mark.parametrize(
    ("page", "code"),
    [
        (b"<b>" * 100_000 + b"</i>" * 100_000 + b"x", "too-costly"),
        (b"<p>x" * 500_001, "too-costly"),
        (bytes(range(256)) * 10, "not-text"),
        (b"", "empty"),
        (b"<script>document.write('Dijken')</script>", "empty"),
        (b"<!-- " + b"x" * MIB, "empty"),
    ],
)
def test_html_that_is_refused(page: bytes, code: str) -> None:
    began = time.process_time()
    assert code_of(read_html(page)) == code
    assert time.process_time() - began < _SLACK * 3


# --- Markdown --------------------------------------------------------------------------------------------------------

MARKDOWN = """---
title: "Droge voeten"
jaar: 2025
---
# Water #

Wij verhogen de dijken
langs de *Rijn*.

Werk
----

- Eerst de Lek
  bij Vianen
  - en Wijk

  Tweede alinea
3. Dan de Waal

> Water krijgt
de ruimte.
> - ook hier

| Jaar | Dijken |
|------|--------|
| 2026 | 40 km |

```
code

meer
```
<!-- nog

doen -->
<!-- half --> Zichtbaar.

[bron]: https://example.nl
'Over dijken'
***
Slot."""


def test_markdown_gives_its_structure() -> None:
    layer = read_markdown(MARKDOWN)
    assert blocks(layer) == [
        ("furniture", None, '---\ntitle: "Droge voeten"\njaar: 2025\n---'),
        ("heading", 1, "# Water #"),
        ("body", None, "Wij verhogen de dijken\nlangs de *Rijn*."),
        ("heading", 2, "Werk\n----"),
        ("list-item", None, "- Eerst de Lek\nbij Vianen"),
        ("list-item", None, "- en Wijk"),
        ("list-item", None, "Tweede alinea"),
        ("list-item", None, "3. Dan de Waal"),
        ("quote", None, "> Water krijgt\nde ruimte."),
        ("quote", None, "> - ook hier"),
        ("body", None, "| Jaar | Dijken |\n|------|--------|"),
        ("body", None, "| 2026 | 40 km |"),
        ("body", None, "```\ncode\nmeer\n```"),
        ("furniture", None, "<!-- nog\ndoen -->"),
        ("body", None, "<!-- half --> Zichtbaar."),
        ("body", None, "[bron]: https://example.nl\n'Over dijken'"),
        ("furniture", None, "***"),
        ("body", None, "Slot."),
    ]
    assert layer.text == MARKDOWN
    assert layer.facts == {"title": "Droge voeten"}
    assert_whole(layer)


@pytest.mark.parametrize(
    "text", ["---\nEen regel zonder sleutel.\n---\n", "---\ntitle: zonder einde\n", "Tekst\n---\ntitle: x\n---\n"]
)
def test_markdown_rules_are_no_front_matter(text: str) -> None:
    layer = read_markdown(text)
    assert layer.facts == {}
    assert [role for role, _, each in blocks(layer) if "e" in each] != ["furniture"]


@pytest.mark.parametrize(
    "text",
    [
        ">" * 20_000 + "diep",
        "- " * 20_000 + "diep",
        "[x]:\n" * 5_000,
        "|a" * 3_000 + "\n" + "|-" * 3_000 + "\n" + "|x\n" * 3_000,
    ],
    ids=["quotes", "items", "links", "cells"],
)
def test_markdown_made_to_be_slow_is_read_whole(text: str) -> None:
    began = time.process_time()
    assert_whole(read_markdown(text))
    assert time.process_time() - began < _SLACK * 3


# --- whatever comes --------------------------------------------------------------------------------------------------

# A PDF takes a process (tests/reading/test_pdf.py), and a plain text marks nothing (tests/layout/test_layers.py).
MARKED = [each for each in FORMATS if each.name not in ("PDF", ".txt")]


def assert_answered(read: Layer | Unread) -> None:
    if isinstance(read, Unread):
        assert code_of(read)
    else:
        assert read.lines
        assert_whole(read)


@given(data=st.binary(max_size=500), start=st.sampled_from([b"", b"PK\x03\x04", b"PK\x05\x06" + bytes(18), b"<html>"]))
@settings(max_examples=150, deadline=None)
def test_any_bytes_are_answered(data: bytes, start: bytes) -> None:
    for each in MARKED:
        assert_answered(each.read(start + data, max_characters=LIMIT))


@given(seed=st.integers(0, 2**32), kind=st.sampled_from(["docx", "odt"]), inside=st.booleans())
@settings(max_examples=60, deadline=None)
def test_any_damage_is_answered(seed: int, kind: str, inside: bool) -> None:
    """Bytes of a good file changed, moved or left out: of the zip, or of the XML in it."""
    chance = random.Random(seed)
    whole = SAMPLES[kind]
    parts = members(whole)
    name = chance.choice(sorted(parts))
    data = bytearray(parts[name] if inside else whole)
    for _ in range(chance.randint(1, 4)):
        start = chance.randrange(len(data) + 1)
        end = start + chance.choice([0, 1, 1, 20, 300])
        data[start:end] = chance.choice(
            [b"", bytes([chance.randrange(256)]), data[-end:], b"<w:p>", b"&a;", b"\xff\xfe"]
        )
    parts[name] = bytes(data)
    read = read_docx if kind == "docx" else read_odt
    assert_answered(read(zipped(parts) if inside else bytes(data), max_characters=LIMIT))


SAMPLES = {
    "docx": saved(programme()),
    "odt": odt('<text:h text:outline-level="1">Kop</text:h><text:p>Tekst <text:span>hier</text:span>.</text:p>'),
}
WORD_PIECES = [
    "<w:p>{}</w:p>", "<w:r><w:t>{}</w:t></w:r>", "<w:t>{}</w:t>", "<w:tbl><w:tr><w:tc>{}</w:tc></w:tr></w:tbl>",
    "<w:br/>", "<w:sdt><w:sdtContent>{}</w:sdtContent></w:sdt>", "<w:ins>{}</w:ins>",
    "<w:pPr><w:pStyle w:val='Heading1'/></w:pPr>", "<w:sym w:char='F0B7'/>", "<w:sym w:char='D800'/>",
    "<w:txbxContent>{}</w:txbxContent>", "Dijk", " ", "\u2028", "\u00a0", "<w:footnoteReference w:id='1'/>",
    "<mc:AlternateContent>{}</mc:AlternateContent>", "<mc:Fallback>{}</mc:Fallback>", "<!-- x -->", "<?x y?>",
    "\u0085", "<w:pPr><w:outlineLvl w:val='7'/></w:pPr>",
]  # fmt: skip
ODT_PIECES = [
    "<text:p>{}</text:p>", "<text:h text:outline-level='2'>{}</text:h>", "<text:span>{}</text:span>", "<text:tab/>",
    "Dijk", "<text:list><text:list-item>{}</text:list-item></text:list>",
    "<text:note><text:note-body>{}</text:note-body></text:note>",
    "<draw:frame><draw:text-box>{}</draw:text-box></draw:frame>", "<text:s text:c='99'/>", "<text:line-break/>", " ",
    "\n", "<text:table-of-content>{}</text:table-of-content>", "<office:annotation>{}</office:annotation>",
    "<!-- x -->", "\u2028",
]  # fmt: skip


def nested(pieces: list[str]) -> st.SearchStrategy[str]:
    """XML put together of pieces, each of which may hold others where it has a place for them."""
    flat = st.sampled_from(pieces).map(lambda piece: piece.format(""))
    return st.recursive(
        flat,
        lambda inner: st.lists(st.tuples(st.sampled_from(pieces), inner), max_size=4).map(
            lambda chosen: "".join(piece.format(text) for piece, text in chosen)
        ),
        max_leaves=12,
    )


@given(body=nested(WORD_PIECES))
@settings(max_examples=40, deadline=None)
def test_any_word_body_is_answered(body: str) -> None:
    assert_answered(read_docx(with_body(body), max_characters=LIMIT))


@given(body=nested(ODT_PIECES))
@settings(max_examples=100, deadline=None)
def test_any_opendocument_body_is_answered(body: str) -> None:
    assert_answered(read_odt(odt(body), max_characters=LIMIT))


HTML_PIECES = [
    "<p>", "</p>", "<li>", "</li>", "<ul>", "</ul>", "<h1>", "</h1>", "<h2>", "<div>", "</div>", "<br>", "<b>",
    "</b>", "dijk", " ", "\n", "&nbsp;", "&#x85;", "&", "<", "<!-- x -->", "<!--", "<script>", "</script>", "<title>",
    "</title>", "<head>", "<body>", "<nav>", "</nav>", "<header>", "</header>", "<main>", "<form>", "</form>",
    "<button>", "</button>", "<a href=#x>", "</a>", "<blockquote>", "</blockquote>", "<pre>", "</pre>", "<table>",
    "<td>", "</table>", "<p hidden>", "<svg>", "</svg>", "<span style='display:none'>", "</span>", "<select>",
    "<option>", "<textarea>", "</textarea>", "<template>", "</html>", "zee", "\u2028", "\x00", "<![CDATA[x]]>",
    "<?php x?>", "<p", "'", '"', ">", "<iframe>", "</iframe>", "<noscript>", "</noscript>",
]  # fmt: skip


@given(page=st.lists(st.sampled_from(HTML_PIECES), max_size=40).map("".join) | st.text(max_size=100))
@settings(max_examples=200, deadline=None)
def test_any_page_is_answered(page: str) -> None:
    assert_answered(read_html(page.encode("utf-8", "replace")))


WORDS = st.lists(st.sampled_from(["dijk", "zee", "wad", "geul", "polder", "sluis"]), min_size=1, max_size=4).map(
    " ".join
)
SHOWN = ["p", "div", "li", "h2", "td", "b", "span", "nav", "blockquote", "button", "pre", "form", "section", "dd"]


@given(chosen=st.lists(st.tuples(st.lists(st.sampled_from(SHOWN), max_size=4), WORDS), min_size=1, max_size=12))
@settings(max_examples=200, deadline=None)
def test_no_shown_word_of_a_page_is_lost(chosen: list[tuple[list[str], str]]) -> None:
    opened = "".join(f"{''.join(f'<{tag}>' for tag in tags)} {words} " for tags, words in chosen)
    layer = layer_of(read_html(opened.encode()))
    assert layer.text.split() == " ".join(words for _, words in chosen).split()


WORD_HOLDERS = [
    "<w:p>{}</w:p>",
    "<w:sdt><w:sdtContent><w:p>{}</w:p></w:sdtContent></w:sdt>",
    "<w:tbl><w:tr><w:tc><w:p>{}</w:p></w:tc></w:tr></w:tbl>",
    "<w:p><w:pPr><w:pStyle w:val='Heading1'/></w:pPr><w:ins>{}</w:ins></w:p>",
    "<w:p><w:hyperlink>{}</w:hyperlink></w:p>",
    "<w:p><w:r><w:pict><v:textbox><w:txbxContent><w:p>{}</w:p></w:txbxContent></v:textbox></w:pict></w:r></w:p>",
]
ODT_HOLDERS = [
    "<text:p>{}</text:p>",
    "<text:section><text:h><text:span>{}</text:span></text:h></text:section>",
    "<text:list><text:list-item><text:p>{}</text:p></text:list-item></text:list>",
    "<table:table><table:table-row><table:table-cell><text:p>{}</text:p></table:table-cell></table:table-row></table:table>",
    "<text:p><draw:frame><draw:text-box><text:p>{}</text:p></draw:text-box></draw:frame></text:p>",
    "<text:table-of-content><text:index-body><text:p>{}</text:p></text:index-body></text:table-of-content>",
]


@given(chosen=st.lists(st.tuples(st.integers(0, 5), WORDS), min_size=1, max_size=12))
@settings(max_examples=40, deadline=None)
def test_no_word_of_an_office_file_is_lost(chosen: list[tuple[int, str]]) -> None:
    wanted = " ".join(words for _, words in chosen).split()
    body = "".join(WORD_HOLDERS[holder].format(run(words)) for holder, words in chosen)
    assert layer_of(read_docx(with_body(body), max_characters=LIMIT)).text.split() == wanted
    body = "".join(ODT_HOLDERS[holder].format(words) for holder, words in chosen)
    assert layer_of(read_odt(odt(body), max_characters=LIMIT)).text.split() == wanted


MARKDOWN_PIECES = [
    "# ", "## ", "---", "===", "- ", "* ", "1. ", "> ", "    ", "  ", "\t", "\n", "\n\n", "\r", "\r\n", "|", "|-|",
    "```", "~~~", "dijk", "zee: wad", "title: x", "<!--", "-->", "<div>", "</div>", "[a]: b", "\x0c", "\u2028",
    "\x00", "\u0085", "***", "...", "`", "\\",
]  # fmt: skip


@given(text=st.lists(st.sampled_from(MARKDOWN_PIECES), max_size=40).map("".join) | st.text(max_size=100))
@settings(max_examples=200, deadline=None)
@example(text="\x0c\n---")
@example(text="    \u2028\n    a")
@example(text="> \x0c\n> - \r\n")
def test_any_markdown_is_read_whole(text: str) -> None:
    layer = read_markdown(text)
    assert layer.text == text
    assert_whole(layer)
