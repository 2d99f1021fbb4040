"""Word (.docx) and OpenDocument (.odt) → text layer, with the structure that their styles give.

Both are zips of XML by a stranger: no library sees one before its XML has been unpacked within a limit and found free
of document type definitions, by which a few lines can be made to grow without end. Pictures are never unpacked.

python-docx opens the Word file; its paragraphs are read here, since `iter_inner_content` and `Paragraph.text` leave
out what stands in content controls (Word's own table of contents does), tracked insertions, fields and text boxes.
OpenDocument is read by lxml alone, which python-docx needs anyway: odfpy's last release is from 2020.
"""

import io
import posixpath
import re
import zipfile
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any
from xml.parsers import expat

import docx
from docx.opc.constants import RELATIONSHIP_TYPE
from lxml import etree  # type: ignore[import-untyped]

from extract.layers import Layer, Role, Unread, layer_of_blocks

# Of the longest text that is read, which is many times that of a manifesto: by default this leaves 64 bytes of XML for
# each character of one of a million.
_XML_BYTES_PER_CHARACTER = 8
_LEAST_XML_BYTES = 16 * 2**20
_NODES_PER_CHARACTER = 0.25  # elements and attributes; each takes up to 250 bytes of memory, however short it is
_LEAST_NODES = 1_000_000
_MOST_MEMBERS = 10_000  # of a zip
_METHODS = {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}  # all that both formats allow; others unpack without a limit
_ENCRYPTED_FLAG = 1
_COMPOUND_FILE = b"\xd0\xcf\x11\xe0"  # what Office wrote before 2007, and still wraps encrypted files in

_Block = tuple[str, Role, int | None]


class _RefusedError(Exception):
    """The file gives no layer."""

    def __init__(self, code: str, what: str) -> None:
        super().__init__(what)
        self.unread = Unread(code, what)


@dataclass(slots=True)
class _Paragraph:
    """A paragraph that is being read."""

    role: Role
    level: int | None = None
    text: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)  # ids of the notes it refers to


def read_docx(data: bytes, *, max_characters: int) -> Layer | Unread:
    """The layer of a Word file, or why there is none.

    Notes follow the paragraph that refers to them, text boxes the one they are fixed to; headers and footers stand at
    the end, each once. What was deleted with changes tracked, and comments, are no text of the file.
    """
    return _read(data, _docx_layer, kind="Word file", ending=".docx", max_characters=max_characters)


def read_odt(data: bytes, *, max_characters: int) -> Layer | Unread:
    """The layer of an OpenDocument text, or why there is none; in the order that `read_docx` has."""
    return _read(data, _odt_layer, kind="OpenDocument text", ending=".odt", max_characters=max_characters)


def _read(
    data: bytes, layer_of: Callable[[bytes, int], Layer], *, kind: str, ending: str, max_characters: int
) -> Layer | Unread:
    if data.startswith(_COMPOUND_FILE):
        what = f"is protected by a password, or an old .doc. Save it again as {ending}, without a password."
        return Unread("encrypted", what)
    try:
        layer = layer_of(data, max_characters)
    except _RefusedError as refusal:
        return refusal.unread
    except (MemoryError, RecursionError):
        return Unread("too-costly", f"takes too much memory to be read. Save it anew as {ending}.")
    except Exception as error:  # a broken file can make the libraries fail in any way
        said = " ".join(str(error).split())[:200] or type(error).__name__
        return Unread("damaged", f"is no {kind} that can be read ({said}). Save it again as {ending}.")
    if not layer.lines:
        return Unread("empty", "has no text. If it should have, save it again; its pages may be pictures.")
    if len(layer.text) > max_characters:
        what = f"has {len(layer.text):,} characters; the limit is {max_characters:,}. Split the file."
        return Unread("too-long", what)
    return layer


# --- the zip ---------------------------------------------------------------------------------------------------------


def _xml_parts(data: bytes, wanted: Callable[[str], bool], max_characters: int) -> dict[str, bytes]:
    """The XML parts of a zip by name, unpacked within the limits."""
    if data.count(b"PK\x01\x02") > _MOST_MEMBERS:
        raise _RefusedError("too-costly", f"is a zip of more than {_MOST_MEMBERS:,} files. Save it anew.")
    most = max(_LEAST_XML_BYTES, _XML_BYTES_PER_CHARACTER * max_characters)
    parts: dict[str, bytes] = {}
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        members = [each for each in package.infolist() if wanted(_name(each))]
        _hold(sum(each.file_size for each in members), most)
        left = most
        for member in members:
            if member.flag_bits & _ENCRYPTED_FLAG:
                raise _RefusedError("encrypted", "is protected by a password. Save a copy without one.")
            if member.compress_type not in _METHODS:
                raise zipfile.BadZipFile(f"{_name(member)} is packed in a way that the format does not allow")
            with package.open(member) as stream:
                parts[_name(member)] = stream.read(left + 1)  # the size in the directory need not be true
            left -= len(parts[_name(member)])
            _hold(most - left, most)
    nodes = sum(part.count(b"<") + part.count(b"=") for part in parts.values())
    if nodes > max(_LEAST_NODES, _NODES_PER_CHARACTER * max_characters):
        raise _RefusedError("too-costly", f"has {nodes:,} marks in its XML. Save its text alone, or split it.")
    return parts


def _name(member: zipfile.ZipInfo) -> str:
    return member.filename.replace("\\", "/").lstrip("/")


def _hold(size: int, most: int) -> None:
    if size > most:
        what = f"unpacks to {size:,} bytes of XML or more; the limit is {most:,}. Save it anew, or split it."
        raise _RefusedError("too-costly", what)


def _check(name: str, part: bytes) -> None:
    """Refuse XML that is not well-formed or defines entities, before any other parser sees it."""

    def refuse(*_: Any) -> None:
        what = f"defines entities ({name}), which no word processor does. Do not trust it; save it anew."
        raise _RefusedError("too-costly", what)

    parser = expat.ParserCreate()
    parser.StartDoctypeDeclHandler = refuse
    try:
        parser.Parse(part, True)
    except expat.ExpatError as error:
        raise ValueError(f"{name}: {error}") from error


def _parse(name: str, part: bytes) -> Any:
    """The root of checked XML."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, remove_comments=True, remove_pis=True)
    _check(name, part)
    return etree.fromstring(part, parser)


# --- styles, by the names they have in English and Dutch -------------------------------------------------------------

_HEADING = re.compile(r"(?:heading|kop) ?([1-9]\d?)\b")
_NAMED: tuple[tuple[Role, re.Pattern[str]], ...] = (
    ("contents", re.compile(r"toc(?: ?heading| ?\d)?|inhopg ?\d|.*inhoudsopgave.*|contents (?:heading|\d+)")),
    ("contents", re.compile(r"table of (?:contents|figures|authorities).*|lijst met afbeeldingen")),
    ("quote", re.compile(r".*\b(?:quote|citaat|quotations?)\b.*")),
    # Not List Paragraph and List Continue: Word gives those to what stands around an item too.
    ("list-item", re.compile(r"list(?: ?(?:bullet|number))?(?: ?\d)?")),
    ("list-item", re.compile(r"(?:lijstopsom|lijstnum|opsomming|bullet|numbering).*")),
)
_DEEPEST_STYLE = 20  # styles that one is based on; Word allows 11


def _role_of_name(name: str) -> tuple[Role, int | None] | None:
    name = " ".join(name.replace("_20_", " ").replace("_", " ").lower().split())
    if match := _HEADING.match(name):
        return "heading", int(match.group(1))
    if name in {"title", "titel"}:
        return "heading", 1
    return next(((role, None) for role, pattern in _NAMED if pattern.fullmatch(name)), None)


@dataclass(slots=True)
class _Style:
    name: str
    based_on: str | None
    level: int | None = None  # in the outline
    numbered: bool = False


def _roles_of_styles(styles: dict[str, _Style]) -> dict[str, tuple[Role, int | None]]:
    """The role of each style: what its name says, or its level in the outline, or the style that it is based on."""
    own = {key: _own_role(style) for key, style in styles.items()}
    roles: dict[str, tuple[Role, int | None]] = {}
    for key in styles:
        chain = list(_chain(key, styles))
        numbered: tuple[Role, int | None] = (
            "list-item" if any(styles[each].numbered for each in chain) else "body",
            None,
        )
        roles[key] = next((role for each in chain if (role := own[each])), numbered)
    return roles


def _own_role(style: _Style) -> tuple[Role, int | None] | None:
    return _role_of_name(style.name) or (("heading", style.level) if style.level else None)


def _chain(key: str, styles: dict[str, _Style]) -> Iterator[str]:
    """A style and those it is based on, as far as they go: a broken file can have them go round."""
    at: str | None = key
    for _ in range(_DEEPEST_STYLE):
        if at is None or at not in styles:
            return
        yield at
        at = styles[at].based_on


# --- Word ------------------------------------------------------------------------------------------------------------

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
    parts = _xml_parts(data, _is_word_part, max_characters)
    document = docx.Document(io.BytesIO(_package(parts)))
    styles = _roles_of_styles(_docx_styles(document.styles.element))
    notes: dict[str, Any] = {}
    furniture: dict[str, None] = {}
    for each in document.part.rels.values():
        kind = each.reltype.rpartition("/")[2]
        if kind in {"header", "footer"}:
            root = _parse(each.target_part.partname, each.target_part.blob)
            furniture.update((text, None) for text, *_ in _blocks(_docx_paragraphs(root, styles), {}))
        elif kind in {"footnotes", "endnotes"}:
            root = _parse(each.target_part.partname, each.target_part.blob)
            notes |= {f"{kind} {note.get(f'{_W}id')}": _docx_paragraphs(note, styles) for note in root}
    blocks = list(_blocks(_docx_paragraphs(document.element.body, styles), notes))
    blocks += [block for left in list(notes.values()) for block in _blocks(left, {})]
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
            _check(name, part)
            package.writestr(name, part)
    return file.getvalue()


def _choose(name: str, parts: dict[str, bytes], chosen: dict[str, bytes]) -> dict[str, str]:
    """Take the parts that a list of relations names, and the list with those alone; give them by kind."""
    if name not in parts:
        return {}
    root = _parse(name, parts[name])
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


def _docx_styles(root: Any) -> dict[str, _Style]:
    styles: dict[str, _Style] = {}
    for each in root.findall(f"{_W}style"):
        key, level = each.get(f"{_W}styleId", ""), _value(each, "pPr", "outlineLvl")
        number = _value(each, "pPr", "numPr", "numId")
        numbered = each.find(f"{_W}pPr/{_W}numPr") is not None and number != "0"
        styles[key] = _Style(_value(each, "name") or key, _value(each, "basedOn"), _outline_level(level), numbered)
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


def _docx_paragraphs(root: Any, styles: dict[str, tuple[Role, int | None]]) -> list[_Paragraph]:
    """The paragraphs below an element, in the order in which they open: a text box after what it is fixed to."""
    found: list[_Paragraph] = []
    opened: list[_Paragraph] = []
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
            opened.append(_Paragraph("contents", None) if contents else _Paragraph(role, level))
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


def _blocks(paragraphs: Iterable[_Paragraph], notes: dict[str, list[_Paragraph]]) -> Iterator[_Block]:
    """The paragraphs that have text, each with its notes after it; the notes that were given are taken out."""
    for paragraph in paragraphs:
        text = "".join(paragraph.text)
        if text.strip():
            yield text, paragraph.role, paragraph.level
        for key in paragraph.notes:
            yield from _blocks(notes.pop(key, []), {})


def _docx_facts(document: Any) -> dict[str, str]:
    try:  # where a file says nothing of itself, python-docx makes up what it could say
        document.part.package.part_related_by(RELATIONSHIP_TYPE.CORE_PROPERTIES)
    except KeyError:
        return {}
    said = document.core_properties
    facts = {"title": said.title, "author": said.author, "subject": said.subject}
    return {name: " ".join(value.split()) for name, value in facts.items() if value.strip()}


# --- OpenDocument ----------------------------------------------------------------------------------------------------

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
    parts = _xml_parts(data, _ODT_PARTS.__contains__, max_characters)
    if b"encryption-data" in parts.get("META-INF/manifest.xml", b""):
        raise _RefusedError("encrypted", "is protected by a password. Save a copy without one.")
    if "content.xml" not in parts:
        raise ValueError("it has no content.xml")
    roots = {name: _parse(name, part) for name, part in parts.items() if name != "META-INF/manifest.xml"}
    roles = _roles_of_styles({key: style for root in roots.values() for key, style in _odt_styles(root)})
    blocks: list[_Block] = []
    for body in roots["content.xml"].iter(f"{_O}text"):
        blocks += _blocks(_odt_paragraphs(body, roles), {})
    masters = roots["styles.xml"].iter(f"{_S}master-page") if "styles.xml" in roots else ()
    furniture = dict.fromkeys(text for page in masters for text, *_ in _blocks(_odt_paragraphs(page, roles), {}))
    blocks += [(text, "furniture", None) for text in furniture]
    return layer_of_blocks(blocks, _odt_facts(roots["meta.xml"]) if "meta.xml" in roots else {})


def _odt_styles(root: Any) -> Iterator[tuple[str, _Style]]:
    for each in root.iter(f"{_S}style"):
        level = each.get(f"{_S}default-outline-level", "")
        key = each.get(f"{_S}name", "")
        outline = int(level) if re.fullmatch("[1-9]", level) else None
        yield key, _Style(each.get(f"{_S}display-name", key), each.get(f"{_S}parent-style-name"), outline)


def _odt_paragraphs(root: Any, roles: dict[str, tuple[Role, int | None]]) -> list[_Paragraph]:
    """The paragraphs below an element, in the order in which they open: frames and notes after what they are in."""
    found: list[_Paragraph] = []
    opened: list[_Paragraph | None] = [None]  # None within a frame or note, between its paragraphs
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
                found.append(_Paragraph(role, level))
                opened.append(found[-1])
            elif tag in _ODT_FRAMES:
                opened.append(None)
            _add(opened[-1], _ODT_SIGNS.get(tag, ""))
            _add(opened[-1], _SPACE.sub(" ", element.text or ""))
        else:
            items -= tag in _ODT_ITEMS
            contents -= tag in _ODT_CONTENTS
            if tag in _ODT_PARAGRAPHS or tag in _ODT_FRAMES:
                opened.pop()
            if element is not root:
                _add(opened[-1], _SPACE.sub(" ", element.tail or ""))
    return found


def _add(paragraph: _Paragraph | None, text: str) -> None:
    if paragraph and text:
        paragraph.text.append(text)


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
