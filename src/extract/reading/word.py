"""Word (.docx) → text layer, with the structure that its styles give.

python-docx opens the file; its paragraphs are read here, since `iter_inner_content` and `Paragraph.text` leave out what
stands in content controls (Word's own table of contents does), tracked insertions, fields and text boxes.
"""

import io
import posixpath
import re
import zipfile
from typing import Any

import docx
from docx.opc.constants import RELATIONSHIP_TYPE
from lxml import etree  # type: ignore[import-untyped]

from extract.layout.layers import Layer, Role, Unread, layer_of_blocks
from extract.reading.office import Paragraph, Style, blocks_of, read_office, roles_of_styles
from extract.reading.zipped_xml import check_xml, parse_xml, xml_parts


def read_docx(data: bytes, *, max_characters: int) -> Layer | Unread:
    """The layer of a Word file, or why there is none.

    Notes follow the paragraph that refers to them, text boxes the one they are fixed to; headers and footers stand at
    the end, each once. What was deleted with changes tracked, and comments, are no text of the file.
    """
    return read_office(data, _docx_layer, kind="Word file", ending=".docx", max_characters=max_characters)


_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_MC = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
_M = "{http://schemas.openxmlformats.org/officeDocument/2006/math}"
_RELATIONSHIP = "{http://schemas.openxmlformats.org/package/2006/relationships}Relationship"
# What python-docx would turn down for its name alone: strict Office Open XML, macros (never run here), templates.
_OTHER_NAMES = (
    (b"http://purl.oclc.org/ooxml/officeDocument/relationships",
     b"http://schemas.openxmlformats.org/officeDocument/2006/relationships"),
    (b"http://purl.oclc.org/ooxml/wordprocessingml/main",
     b"http://schemas.openxmlformats.org/wordprocessingml/2006/main"),
    (b"application/vnd.ms-word.document.macroEnabled.main+xml",
     b"application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"),
    (b"wordprocessingml.template.main+xml", b"wordprocessingml.document.main+xml"),
)  # fmt: skip
_KINDS = {"officeDocument", "core-properties", "styles", "header", "footer", "footnotes", "endnotes"}  # of relations
_TEXT = {f"{_W}t", f"{_M}t"}
_SIGNS = {f"{_W}tab": "\t", f"{_W}ptab": "\t", f"{_W}br": "\n", f"{_W}cr": "\n", f"{_W}noBreakHyphen": "-"}
_NOTE_MARKS = {f"{_W}footnoteReference": "footnotes", f"{_W}endnoteReference": "endnotes"}
_PASSED_OVER = {f"{_W}{name}" for name in ("pPr", "rPr", "sectPr", "tblPr", "trPr", "tcPr", "sdtPr", "del", "moveFrom")}


def _docx_layer(data: bytes, max_characters: int) -> Layer:
    parts = xml_parts(data, _is_word_part, max_characters)
    document = docx.Document(io.BytesIO(_package(parts)))
    styles = roles_of_styles(_docx_styles(document.styles.element))
    notes: dict[str, Any] = {}
    furniture: dict[str, None] = {}
    for each in document.part.rels.values():
        kind = each.reltype.rpartition("/")[2]
        if kind in {"header", "footer"}:
            root = parse_xml(each.target_part.partname, each.target_part.blob)
            furniture.update((text, None) for text, *_ in blocks_of(_docx_paragraphs(root, styles), {}))
        elif kind in {"footnotes", "endnotes"}:
            root = parse_xml(each.target_part.partname, each.target_part.blob)
            notes |= {f"{kind} {note.get(f'{_W}id')}": _docx_paragraphs(note, styles) for note in root}
    blocks = list(blocks_of(_docx_paragraphs(document.element.body, styles), notes))
    blocks += [block for left in list(notes.values()) for block in blocks_of(left, {})]
    blocks += [(text, "furniture", None) for text in furniture]
    return layer_of_blocks(blocks, _docx_facts(document))


def _is_word_part(name: str) -> bool:
    return name.endswith((".xml", ".rels")) and not name.startswith("customXml/")


def _package(parts: dict[str, bytes]) -> bytes:
    """A Word file of no more than the parts that are read here, all of them checked.

    Some programs leave a relation to what they left out; python-docx would give the file up for it.
    """
    chosen = {name: parts[name] for name in ("[Content_Types].xml",) if name in parts}
    main = _choose("_rels/.rels", parts, chosen).get("officeDocument", "")
    _choose(posixpath.join(posixpath.dirname(main), "_rels", f"{posixpath.basename(main)}.rels"), parts, chosen)
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as package:
        for name, part in chosen.items():
            for other, usual in _OTHER_NAMES:
                part = part.replace(other, usual)  # noqa: PLW2901
            check_xml(name, part)
            package.writestr(name, part)
    return file.getvalue()


def _choose(name: str, parts: dict[str, bytes], chosen: dict[str, bytes]) -> dict[str, str]:
    """Take the parts that a list of relations names, and the list with those alone; give them by kind."""
    if name not in parts:
        return {}
    root = parse_xml(name, parts[name])
    folder = posixpath.dirname(posixpath.dirname(name))
    found: dict[str, str] = {}
    for relation in root.findall(_RELATIONSHIP):
        kind = relation.get("Type", "").rpartition("/")[2]
        target = posixpath.normpath(posixpath.join("/", folder, relation.get("Target", ""))).lstrip("/")
        if kind in _KINDS and target in parts and target not in chosen and relation.get("TargetMode") != "External":
            found[kind] = target
            chosen[target] = parts[target]
        else:
            root.remove(relation)
    chosen[name] = bytes(etree.tostring(root))
    return found


def _docx_styles(root: Any) -> dict[str, Style]:
    styles: dict[str, Style] = {}
    for each in root.findall(f"{_W}style"):
        key, level = each.get(f"{_W}styleId", ""), _value(each, "pPr", "outlineLvl")
        number = _value(each, "pPr", "numPr", "numId")
        numbered = each.find(f"{_W}pPr/{_W}numPr") is not None and number != "0"
        styles[key] = Style(_value(each, "name") or key, _value(each, "basedOn"), _outline_level(level), numbered)
    return styles


def _value(element: Any, *names: str) -> str | None:
    """The value of the element that lies at a path of names, if it is there."""
    found = element.find("/".join(f"{_W}{name}" for name in names))
    return None if found is None else found.get(f"{_W}val")


def _outline_level(value: str | None) -> int | None:
    """Level of a heading; 0 is the highest in the file, 9 stands for body text."""
    return int(value) + 1 if value and value.isdecimal() and int(value) < 9 else None


def _docx_role(paragraph: Any, styles: dict[str, tuple[Role, int | None]]) -> tuple[Role, int | None]:
    properties = paragraph.find(f"{_W}pPr")
    if properties is None:
        return "body", None
    role, level = styles.get(_value(properties, "pStyle") or "", ("body", None))
    outline = _outline_level(_value(properties, "outlineLvl"))
    number = _value(properties, "numPr", "numId")
    if role == "body" and outline:
        return "heading", outline
    if role == "body" and number not in {None, "0"}:
        return "list-item", None
    if role == "list-item" and number == "0":
        return "body", None
    return role, level


def _docx_paragraphs(root: Any, styles: dict[str, tuple[Role, int | None]]) -> list[Paragraph]:
    """The paragraphs below an element, in the order in which they open: a text box after what it is fixed to."""
    found: list[Paragraph] = []
    opened: list[Paragraph] = []
    contents = 0  # how many tables of contents are open
    walk = etree.iterwalk(root, events=("start", "end"))
    for event, element in walk:
        tag = element.tag
        if event == "end":
            if tag == f"{_W}p":
                opened.pop()
            elif tag == f"{_W}sdt":
                contents -= _is_docx_contents(element)
        elif tag in _PASSED_OVER or (tag == f"{_MC}Fallback" and element.getprevious() is not None):
            walk.skip_subtree()  # the fallback says again what the choice before it says
        elif tag == f"{_W}p":
            role, level = _docx_role(element, styles)
            opened.append(Paragraph("contents", None) if contents else Paragraph(role, level))
            found.append(opened[-1])
        elif tag == f"{_W}sdt":
            contents += _is_docx_contents(element)
        elif opened and tag in _TEXT:
            opened[-1].text.append(re.sub(r"[\t\r\n]", " ", str(element.xpath("string()"))))
        elif opened and tag in _SIGNS:
            opened[-1].text.append(_SIGNS[tag])
        elif opened and tag == f"{_W}sym":
            opened[-1].text.append(_sign(element.get(f"{_W}char", "")))
        elif opened and tag in _NOTE_MARKS:
            opened[-1].notes.append(f"{_NOTE_MARKS[tag]} {element.get(f'{_W}id')}")
    return found


def _is_docx_contents(element: Any) -> bool:
    gallery = _value(element, "sdtPr", "docPartObj", "docPartGallery") or ""
    return gallery.startswith("Table of Contents")


def _sign(code: str) -> str:
    """A sign of a picture font, by its place in that font."""
    place = int(code, 16) if re.fullmatch(r"[0-9A-Fa-f]{4}", code) else 0xFFFD
    return chr(place) if place >= 0x20 and not 0xD800 <= place < 0xE000 else "\ufffd"


def _docx_facts(document: Any) -> dict[str, str]:
    try:  # where a file says nothing of itself, python-docx makes up what it could say
        document.part.package.part_related_by(RELATIONSHIP_TYPE.CORE_PROPERTIES)
    except KeyError:
        return {}
    said = document.core_properties
    facts = {"title": said.title, "author": said.author, "subject": said.subject}
    return {name: " ".join(value.split()) for name, value in facts.items() if value.strip()}
