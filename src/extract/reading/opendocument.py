"""OpenDocument text (.odt) → text layer, with the structure that its styles give.

Read by lxml alone: odfpy has had no release since 2020.
"""

import re
from collections.abc import Iterator
from typing import Any

from lxml import etree  # type: ignore[import-untyped]

from extract.layout.layers import Layer, Role, Unread, layer_of_blocks
from extract.reading.office import BlockText, Paragraph, Style, add_text, blocks_of, read_office, roles_of_styles
from extract.reading.raw_files import RefusedError
from extract.reading.zipped_xml import parse_xml, xml_parts


def read_odt(data: bytes, *, max_characters: int) -> Layer | Unread:
    """The layer of an OpenDocument text, or why there is none; in the order that `read_docx` has."""
    return read_office(data, _odt_layer, kind="OpenDocument text", ending=".odt", max_characters=max_characters)


_ODF = "urn:oasis:names:tc:opendocument:xmlns:"
_O, _T, _S, _D = (f"{{{_ODF}{name}:1.0}}" for name in ("office", "text", "style", "drawing"))
_ODT_PARTS = {"META-INF/manifest.xml", "content.xml", "styles.xml", "meta.xml"}
_ODT_SIGNS = {f"{_T}tab": "\t", f"{_T}line-break": "\n", f"{_T}s": " "}
_INDEXES = ("table-of-content", "illustration-index", "table-index", "object-index", "user-index", "alphabetical-index")
_ODT_CONTENTS = {f"{_T}{name}" for name in _INDEXES}
_ODT_PASSED_OVER = {f"{_T}tracked-changes", f"{_O}annotation", f"{_O}forms", f"{_T}note-citation"} | {
    f"{name}-source" for name in _ODT_CONTENTS
}
_ODT_PARAGRAPHS = {f"{_T}h", f"{_T}p"}
_ODT_ITEMS = {f"{_T}list-item", f"{_T}list-header", f"{_T}numbered-paragraph"}
_ODT_FRAMES = {f"{_D}frame", f"{_D}custom-shape", f"{_D}text-box", f"{_D}g", f"{_T}note"}
_SPACE = re.compile(r"[ \t\r\n]+")
_META = (
    ("title", "{http://purl.org/dc/elements/1.1/}title"),
    ("author", f"{{{_ODF}meta:1.0}}initial-creator"),
    ("author", "{http://purl.org/dc/elements/1.1/}creator"),
    ("subject", "{http://purl.org/dc/elements/1.1/}subject"),
)


def _odt_layer(data: bytes, max_characters: int) -> Layer:
    parts = xml_parts(data, _ODT_PARTS.__contains__, max_characters)
    if b"encryption-data" in parts.get("META-INF/manifest.xml", b""):
        raise RefusedError(Unread("encrypted", "is protected by a password. Save a copy without one."))
    if "content.xml" not in parts:
        raise ValueError("it has no content.xml")
    roots = {name: parse_xml(name, part) for name, part in parts.items() if name != "META-INF/manifest.xml"}
    roles = roles_of_styles({key: style for root in roots.values() for key, style in _odt_styles(root)})
    blocks: list[BlockText] = []
    for body in roots["content.xml"].iter(f"{_O}text"):
        blocks += blocks_of(_odt_paragraphs(body, roles), {})
    masters = roots["styles.xml"].iter(f"{_S}master-page") if "styles.xml" in roots else ()
    furniture = dict.fromkeys(text for page in masters for text, *_ in blocks_of(_odt_paragraphs(page, roles), {}))
    blocks += [(text, "furniture", None) for text in furniture]
    return layer_of_blocks(blocks, _odt_facts(roots["meta.xml"]) if "meta.xml" in roots else {})


def _odt_styles(root: Any) -> Iterator[tuple[str, Style]]:
    for each in root.iter(f"{_S}style"):
        level = each.get(f"{_S}default-outline-level", "")
        key = each.get(f"{_S}name", "")
        outline = int(level) if re.fullmatch("[1-9]", level) else None
        yield key, Style(each.get(f"{_S}display-name", key), each.get(f"{_S}parent-style-name"), outline)


def _odt_paragraphs(root: Any, roles: dict[str, tuple[Role, int | None]]) -> list[Paragraph]:
    """The paragraphs below an element, in the order in which they open: frames and notes after what they are in."""
    found: list[Paragraph] = []
    opened: list[Paragraph | None] = [None]  # None within a frame or note, between its paragraphs
    items = contents = 0
    walk = etree.iterwalk(root, events=("start", "end"))
    for event, element in walk:
        tag = element.tag
        if event == "start":
            if tag in _ODT_PASSED_OVER:
                walk.skip_subtree()
                continue
            items += tag in _ODT_ITEMS
            contents += tag in _ODT_CONTENTS
            if tag in _ODT_PARAGRAPHS:
                role, level = ("contents", None) if contents else _odt_role(element, roles, in_item=items > 0)
                found.append(Paragraph(role, level))
                opened.append(found[-1])
            elif tag in _ODT_FRAMES:
                opened.append(None)
            add_text(opened[-1], _ODT_SIGNS.get(tag, ""))
            add_text(opened[-1], _SPACE.sub(" ", element.text or ""))
        else:
            items -= tag in _ODT_ITEMS
            contents -= tag in _ODT_CONTENTS
            if tag in _ODT_PARAGRAPHS or tag in _ODT_FRAMES:
                opened.pop()
            if element is not root:
                add_text(opened[-1], _SPACE.sub(" ", element.tail or ""))
    return found


def _odt_role(element: Any, roles: dict[str, tuple[Role, int | None]], *, in_item: bool) -> tuple[Role, int | None]:
    role, level = roles.get(element.get(f"{_T}style-name", ""), ("body", None))
    if element.tag == f"{_T}h" and role != "contents":
        said = element.get(f"{_T}outline-level", "")
        return "heading", int(said) if re.fullmatch("[1-9]", said) else level or 1
    return ("list-item", None) if role == "body" and in_item else (role, level)


def _odt_facts(root: Any) -> dict[str, str]:
    facts: dict[str, str] = {}
    for name, tag in _META:
        value = " ".join("".join(each.text or "" for each in root.iter(tag)).split())
        if value:
            facts.setdefault(name, value)
    return facts
