"""PDF → lines of its pages, in a child process: what stands where, how it is set, and what the file says of it.

`python -m extract.reading.pdf_pages CHARACTERS BYTES SECONDS` reads the file from standard input and writes the layer
as JSON; `pdf.py` starts it and holds it to its limits.
"""

import ctypes
import dataclasses
import json
import math
import re
import sys
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache, partial
from itertools import pairwise
from typing import Any

import pypdfium2
import pypdfium2.raw as pdfium

from extract.layout.layers import PAGE_BREAK, Unread
from extract.layout.lines import SOLID_BULLETS

_LINE_END_HYPHENS = "\ufffe\u0002"  # what PDFium gives for a hyphen at a line end, and no new line after it
_LINE = re.compile(rf"[^\n{_LINE_END_HYPHENS}]+[{_LINE_END_HYPHENS}]?|[{_LINE_END_HYPHENS}]")
_BOLD = re.compile(r"bold|black|heavy|demi", re.IGNORECASE)
_BOLD_WEIGHT = 600
_BULLET_POINTS = (1.5, 10.0)  # sides of a shape that can be a bullet
_NAME_BYTES = 128  # of a font, a tag, or a mark
_SUBSET = re.compile(r"^[A-Z]{6}\+")
_INNER_BULLET = re.compile(rf"\s+(?=[{SOLID_BULLETS}▶►✓✔]\s?\w)")  # behind text: an item begins in the middle of a line
_SPACES = re.compile(r"\s+")
_WIDE_GAP = 0.9  # of the type size; no space between two words is as wide in text that is not stretched
_MOST_GAPS = 12  # of a line
_SCAN_SHARE = 0.6  # of a page that one picture covers, if the page is a scan
_OUTLINE_ENTRIES = 2_000
_TAG_DEPTH, _TAG_ELEMENTS = 40, 20_000  # of a page; more are made to harm
# Tags of what stands in a line; a word has the tag of the block it stands in.
_INLINE_TAGS = frozenset(
    {"Span", "Link", "Reference", "Lbl", "Sub", "Em", "Strong", "Annot", "Form", "Figure", "NonStruct"}
)

_SHAPE_DEPTH = 3  # of groups in groups
_FONTS = 1_000  # that are remembered

Found = tuple[Any, ...]
Style = tuple[float, bool, str, int]
Shape = tuple[int, tuple[float, float, float, float]]  # its kind, and its box


def read_pages(data: bytes, max_characters: int) -> dict[str, Any]:
    """The layer of a PDF as JSON values, or why there is none under "unread"."""
    try:
        pdf = pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError as error:
        return {"unread": dataclasses.asdict(_refusal(str(error)))}
    parts: list[str] = []
    lines: list[Found] = []
    sizes: list[tuple[float, float]] = []
    scanned: list[bool] = []
    start = 0
    for number in range(1, len(pdf) + 1):
        size, text, found, is_scan = _page_of(pdf, number)
        lines += ((start + first, start + last, number, *how) for first, last, *how in found)
        sizes.append(size)
        scanned.append(is_scan)
        parts.append(text)
        start += len(text) + 1
        if start > max_characters:
            what = f"has more than {max_characters:,} characters on its first {number} pages. Split the file."
            return {"unread": dataclasses.asdict(Unread("too-long", what))}
    facts = {key.lower(): value for key, value in pdf.get_metadata_dict(skip_empty=True).items()}
    return {
        "text": PAGE_BREAK.join(parts), "lines": lines, "page_sizes": sizes, "scanned": scanned,
        "facts": facts, "outline": list(_outline(pdf)),
    }  # fmt: skip


def _page_of(pdf: Any, number: int) -> tuple[tuple[float, float], str, list[Found], bool]:
    """Size, text and lines of a page, and whether it is a scan; what PDFium cannot open of a page is left out."""
    size: tuple[float, float] = (0.0, 0.0)
    text, found, is_scan = "", list[Found](), False
    try:
        page = pdf[number - 1]
        size = page.get_size()
        text, found, is_scan = _page(page)
    except pypdfium2.PdfiumError:
        pass
    return size, text, found, is_scan


def _refusal(error: str) -> Unread:
    if "password" in error.lower():
        return Unread("encrypted", "is protected by a password. Save a copy without one.")
    return Unread("damaged", f"is no PDF that can be read ({error}). Download it again, or save it anew.")


def _outline(pdf: Any) -> Iterator[tuple[str, int, int]]:
    """Yield (title, level from 1, page from 1) of the bookmarks."""
    try:
        for rank, mark in enumerate(pdf.get_toc(max_depth=6)):
            if rank >= _OUTLINE_ENTRIES:
                return
            place = mark.get_dest()
            page = place.get_index() if place else None
            yield mark.get_title(), mark.level + 1, 0 if page is None else page + 1
    except (pypdfium2.PdfiumError, ValueError, UnicodeDecodeError):
        return


def _page(page: Any) -> tuple[str, list[Found], bool]:
    """Text of a page, its lines, and whether it is a scan.

    Of each line: start, end, bullet, box, style of the first letter, style of the last, tag, hidden, gaps.
    """
    textpage = page.get_textpage()
    text = page_text(textpage)
    drawn, is_scan = _drawn(page)
    tags = _tags(page)
    edges = page.get_bbox()
    lines = []
    for start, end in _lines(text):
        visible = [index for index in range(start, end) if text[index].isalnum()] or list(range(start, end))
        box = _box(textpage.raw, start, visible[-1], edges)
        run, last_run = (pdfium.FPDFText_GetTextObject(textpage.raw, visible[at]) for at in (0, -1))
        first = _style(textpage.raw, visible[0])
        last = first if _is_same(run, last_run) else _style(textpage.raw, visible[-1])
        tag = _tag(run, tags)
        hidden = _is_hidden(textpage.raw, (visible[0], visible[len(visible) // 2], visible[-1]), box, edges)
        gaps = _gaps(textpage.raw, text, start, end, size=first[0], edge=edges[0])
        lines.append((start, end, _has_bullet(box, first[0], drawn, edges), box, first, last, tag, hidden, gaps))
    return text.replace("\r\n", "\n ").replace("\r", "\n").replace(PAGE_BREAK, " "), lines, is_scan


def page_text(textpage: Any) -> str:
    """The text of a page, with one character for each that PDFium counts."""
    count = textpage.count_chars()
    text: str = textpage.get_text_range() if count else ""
    if len(text) != count:  # characters beyond the basic plane, or broken ones: one by one, so that places stay
        codes = (pdfium.FPDFText_GetUnicode(textpage.raw, index) for index in range(count))
        text = "".join("\ufffd" if 0xD800 <= code <= 0xDFFF or code > 0x10FFFF else chr(code) for code in codes)
    return text


def _lines(text: str) -> Iterator[tuple[int, int]]:
    for match in _LINE.finditer(text.replace("\r", "\n")):
        inner = (match.start() + cut.end() for cut in _INNER_BULLET.finditer(match.group()))
        cuts = [match.start(), *inner, match.end()]
        for first, last in pairwise(cuts):
            part = text[first:last]
            start, end = first + len(part) - len(part.lstrip()), first + len(part.rstrip())
            if start < end:
                yield start, end


def _gaps(raw: Any, text: str, start: int, end: int, *, size: float, edge: float) -> list[tuple[int, float, float]]:
    """The wide gaps in a line: behind how many of its characters, and from where to where, in points."""
    found: list[tuple[int, float, float]] = []
    for space in _SPACES.finditer(text, start, end):
        if space.start() == start or space.end() >= end or len(found) >= _MOST_GAPS:
            continue
        left, right = _sides(raw, space.start() - 1)[1], _sides(raw, space.end())[0]
        if right - left > _WIDE_GAP * max(1.0, size):
            found.append((space.end() - start, round(left - edge, 2), round(right - edge, 2)))
    return found


# What is drawn


def _drawn(page: Any) -> tuple[list[tuple[float, float]], bool]:
    """Right edge and height of small shapes that stand below each other, as bullets do that are drawn, not written.

    And whether one picture covers most of the page.
    """
    width, height = page.get_size()
    found: dict[tuple[int, int], list[tuple[float, float]]] = defaultdict(list)
    is_scan = False
    for kind, (left, bottom, right, top) in _shapes(page.raw):
        if kind == pdfium.FPDF_PAGEOBJ_IMAGE:
            is_scan = is_scan or (right - left) * (top - bottom) > _SCAN_SHARE * width * height
        elif all(_BULLET_POINTS[0] <= side <= _BULLET_POINTS[1] for side in (right - left, top - bottom)):
            found[round(left), round(right - left)].append((right, (bottom + top) / 2))
    return [each for column in found.values() if len(column) > 1 for each in column], is_scan


def _shapes(page: Any) -> Iterator[Shape]:
    """Yield the kind and the box (left, bottom, right, top) of each path and picture of a page, in groups too."""
    left, bottom, right, top = (ctypes.c_float() for _ in range(4))

    def shapes(count: int, at: Callable[[int], Any], depth: int) -> Iterator[Shape]:
        for rank in range(count):
            thing = at(rank)
            kind = pdfium.FPDFPageObj_GetType(thing)
            if kind in (pdfium.FPDF_PAGEOBJ_PATH, pdfium.FPDF_PAGEOBJ_IMAGE):
                if pdfium.FPDFPageObj_GetBounds(thing, left, bottom, right, top):
                    yield kind, (left.value, bottom.value, right.value, top.value)
            elif kind == pdfium.FPDF_PAGEOBJ_FORM and depth < _SHAPE_DEPTH:
                yield from shapes(
                    pdfium.FPDFFormObj_CountObjects(thing), partial(pdfium.FPDFFormObj_GetObject, thing), depth + 1
                )

    yield from shapes(pdfium.FPDFPage_CountObjects(page), partial(pdfium.FPDFPage_GetObject, page), 1)


def _has_bullet(box: Sequence[float], size: float, drawn: list[tuple[float, float]], edges: Sequence[float]) -> bool:
    left, base = box[0] + edges[0], box[2] + edges[1]
    return any(0 < left - right < 2.5 * size and -0.2 * size < middle - base < size for right, middle in drawn)


# Where characters stand, and how they are set


# Made once: a page asks for thousands of boxes.
_LEFT, _RIGHT, _BOTTOM, _TOP = (ctypes.c_double() for _ in range(4))
_MATRIX = pdfium.FS_MATRIX()
_NAME, _FLAGS = ctypes.create_string_buffer(_NAME_BYTES), ctypes.c_int()
_COLOUR = tuple(ctypes.c_uint() for _ in range(4))


def _sides(raw: Any, index: int) -> tuple[float, float, float, float]:
    """Left, right, bottom and top of a character, in points."""
    pdfium.FPDFText_GetCharBox(raw, index, _LEFT, _RIGHT, _BOTTOM, _TOP)
    return _LEFT.value, _RIGHT.value, _BOTTOM.value, _TOP.value


def _box(raw: Any, first: int, last: int, edges: Sequence[float]) -> tuple[float, ...]:
    """Left, right, base line and angle of a line, from the lower left corner of what is seen of the page."""
    x, y = ctypes.c_double(), ctypes.c_double()
    pdfium.FPDFText_GetCharOrigin(raw, first, x, y)
    angle = pdfium.FPDFText_GetCharAngle(raw, first)
    left, right = _sides(raw, first)[0] - edges[0], _sides(raw, last)[1] - edges[0]
    return tuple(round(each, 2) for each in (left, right, y.value - edges[1], max(angle, 0.0)))


def _is_hidden(raw: Any, indices: Sequence[int], box: Sequence[float], edges: Sequence[float]) -> bool:
    """Whether characters of a line with this box stand outside the page as it is shown."""
    left_edge, low_edge, right_edge, high_edge = edges
    if box[0] >= 0 and box[1] <= right_edge - left_edge and 0 <= box[2] <= high_edge - low_edge:
        return False  # for speed: nearly all lines

    def outside(index: int) -> bool:
        left, right, bottom, top = _sides(raw, index)
        x, y = (left + right) / 2, (bottom + top) / 2
        return not (left_edge <= x <= right_edge and low_edge <= y <= high_edge)

    return all(map(outside, indices))


def _is_same(run: Any, other: Any) -> bool:
    """Whether two runs of text, which are set alike throughout, are one."""
    return bool(run) and bool(other) and ctypes.addressof(run.contents) == ctypes.addressof(other.contents)


def _style(raw: Any, index: int) -> Style:
    """Size in points, whether it is bold, font, and colour (0xRRGGBB) of a character."""
    pdfium.FPDFText_GetMatrix(raw, index, _MATRIX)
    size = pdfium.FPDFText_GetFontSize(raw, index) * math.hypot(_MATRIX.c, _MATRIX.d)
    pdfium.FPDFText_GetFontInfo(raw, index, _NAME, _NAME_BYTES, _FLAGS)
    font, is_bold = _font(_NAME.value)
    weight = pdfium.FPDFText_GetFontWeight(raw, index)
    pdfium.FPDFText_GetFillColor(raw, index, *_COLOUR)
    red, green, blue, _ = (each.value for each in _COLOUR)
    return round(size, 1), is_bold or weight >= _BOLD_WEIGHT, font, red << 16 | green << 8 | blue


@lru_cache(maxsize=_FONTS)
def _font(name: bytes) -> tuple[str, bool]:
    """The name of a font without the mark of a subset, and whether it says that the font is bold."""
    font = _SUBSET.sub("", name.decode("utf-8", "replace"))
    return font, bool(_BOLD.search(font))


# What tags say


def _tags(page: Any) -> dict[int, tuple[str, int]]:
    """By marked content of a page, the tag of the block it belongs to, and the block's number."""
    tree = pdfium.FPDF_StructTree_GetForPage(page.raw)
    if not tree:
        return {}
    found: dict[int, tuple[str, int]] = {}
    count: Counter[str] = Counter()

    def walk(element: Any, tag: str, block: int, depth: int) -> None:
        count["elements"] += 1
        if not element or depth > _TAG_DEPTH or count["elements"] > _TAG_ELEMENTS:
            return
        own = _element_tag(element)
        if own and own not in _INLINE_TAGS:
            tag, block = own, count["elements"]
        for rank in range(pdfium.FPDF_StructElement_GetMarkedContentIdCount(element)):
            found[pdfium.FPDF_StructElement_GetMarkedContentIdAtIndex(element, rank)] = tag, block
        for rank in range(pdfium.FPDF_StructElement_CountChildren(element)):
            child = pdfium.FPDF_StructElement_GetChildAtIndex(element, rank)
            if child:
                walk(child, tag, block, depth + 1)
            else:
                content = pdfium.FPDF_StructElement_GetChildMarkedContentID(element, rank)
                if content >= 0:
                    found[content] = tag, block

    try:
        for rank in range(pdfium.FPDF_StructTree_CountChildren(tree)):
            walk(pdfium.FPDF_StructTree_GetChildAtIndex(tree, rank), "", 0, 0)
    finally:
        pdfium.FPDF_StructTree_Close(tree)
    return found


def _element_tag(element: Any) -> str:
    name = ctypes.create_string_buffer(2 * _NAME_BYTES)
    length = pdfium.FPDF_StructElement_GetType(element, name, 2 * _NAME_BYTES)
    return name.raw[: max(0, min(length, 2 * _NAME_BYTES) - 2)].decode("utf-16-le", "replace")


def _tag(thing: Any, tags: dict[int, tuple[str, int]]) -> tuple[str, int]:
    """The tag of a run of text, and the number of its block: ("", 0) without."""
    if not thing:
        return "", 0
    content = pdfium.FPDFPageObj_GetMarkedContentID(thing)
    if content in tags:
        return tags[content]
    for rank in range(min(4, pdfium.FPDFPageObj_CountMarks(thing))):
        mark = pdfium.FPDFPageObj_GetMark(thing, rank)
        name = (ctypes.c_ushort * _NAME_BYTES)()
        length = ctypes.c_ulong()
        if pdfium.FPDFPageObjMark_GetName(mark, name, 2 * _NAME_BYTES, length):
            written = bytes(name)[: max(0, length.value - 2)].decode("utf-16-le", "replace")
            if written == "Artifact":
                return written, 0
    return "", 0


def _hold_to_limits(memory_bytes: int, seconds: int) -> None:
    """Bound the memory and the time of this process where the system can."""
    try:
        import resource  # noqa: PLC0415 (not on Windows)

        resource.setrlimit(resource.RLIMIT_AS, (memory_bytes, memory_bytes))
        resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))  # should who started it not live to end it
    except (ImportError, ValueError, OSError):
        pass


if __name__ == "__main__":
    _hold_to_limits(int(sys.argv[2]), int(sys.argv[3]))
    sys.stdout.write(json.dumps(read_pages(sys.stdin.buffer.read(), int(sys.argv[1]))))
