"""PDF → text layer, by PDFium, in a process of its own.

A PDF is a program by a stranger: it can take all memory, never end, or bring PDFium down. So the library runs in a
child with limits, and what happens to the child happens to no one else. `python -m extract.reading.pdf` is that child:
it reads the file from standard input and writes the layer as JSON.
"""

import contextlib
import ctypes
import dataclasses
import json
import math
import re
import subprocess
import sys
import threading
from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Any

from extract.layout.layers import PAGE_BREAK, Box, Layer, Line, Style, Unread
from extract.memory import bytes_left

PDF_SIGN = b"%PDF-"  # with which a PDF begins
SECONDS = 120  # for one file; a manifesto of 170 pages takes 2
# Of what the child answers: a manifesto of 170 pages gives 3 bytes per character, and each takes some 10 in memory.
ANSWER_BYTES = 16 * 2**20
ANSWER_BYTES_PER_CHARACTER = 12
_PART_BYTES = 2**20  # that are read of an answer at a time
MEMORY_BYTES = 3 * 2**30  # of address space for the child, or what its parent has left, where the system can hold it
_LINE_END_HYPHENS = "\ufffe\u0002"  # what PDFium gives for a hyphen at a line end, and no new line after it
_LINE = re.compile(rf"[^\n{_LINE_END_HYPHENS}]+[{_LINE_END_HYPHENS}]?|[{_LINE_END_HYPHENS}]")
_BOLD = re.compile(r"bold|black|heavy|demi", re.IGNORECASE)
_BOLD_WEIGHT = 600
_BULLET_POINTS = (1.5, 10.0)  # sides of a shape that can be a bullet
_FONT_NAME_BYTES = 128
_SUBSET = re.compile(r"^[A-Z]{6}\+")


def read_pdf(data: bytes, *, max_characters: int) -> Layer | Unread:
    """The layer of a PDF, or why there is none."""
    if not data.startswith(PDF_SIGN):
        return Unread("damaged", "is no PDF, whatever its name says. Download it again.")
    limits = [str(max_characters), str(bytes_left(MEMORY_BYTES))]
    # -P: what lies in the working directory is no module.
    command = [sys.executable, "-P", "-X", "utf8", "-m", "extract.reading.pdf", *limits]
    said = _answer_of(command, data, most_bytes=ANSWER_BYTES + ANSWER_BYTES_PER_CHARACTER * max_characters)
    if said is None:
        return Unread("too-costly", f"took more than {SECONDS} seconds to open. Save it anew with another program.")
    try:
        answer = json.loads(said)
        return Unread(**answer["unread"]) if "unread" in answer else _layer(answer)
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        what = "could not be read within the limits: it is damaged or made to harm. Save it anew with another program."
        return Unread("too-costly", what)


def _answer_of(command: Sequence[str], data: bytes, *, most_bytes: int) -> bytes | None:
    """What a child answers to bytes, b"" if that is more than `most_bytes`; None if it takes too long.

    Not communicate(), which takes in all that a child says.
    """
    quiet = subprocess.DEVNULL
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=quiet) as child:
        too_late = threading.Event()

        def end() -> None:
            too_late.set()
            child.kill()

        timer = threading.Timer(SECONDS, end)
        feeder = threading.Thread(target=_feed, args=(child, data), daemon=True)
        said = bytearray()
        try:
            timer.start()
            feeder.start()
            assert child.stdout
            while len(said) <= most_bytes and (part := child.stdout.read(_PART_BYTES)):
                said += part
        finally:
            timer.cancel()
            child.kill()  # who has said all has ended, or is about to
            feeder.join()
    if too_late.is_set():
        return None
    return bytes(said) if len(said) <= most_bytes else b""


def _feed(child: "subprocess.Popen[bytes]", data: bytes) -> None:
    assert child.stdin
    with contextlib.suppress(OSError), child.stdin:  # a child may end before it has read all
        child.stdin.write(data)


def _layer(answer: dict[str, Any]) -> Layer:
    lines = [
        Line(start=start, end=end, page=page, bullet=bullet, box=Box(*box), first=Style(*first), last=Style(*last))
        for start, end, page, bullet, box, first, last in answer["lines"]
    ]
    sizes = tuple((width, height) for width, height in answer["page_sizes"])
    return Layer(text=answer["text"], lines=tuple(lines), pages=len(sizes), page_sizes=sizes, facts=answer["facts"])


def _read(data: bytes, max_characters: int) -> dict[str, Any]:
    """In the child: the layer as JSON values."""
    import pypdfium2  # noqa: PLC0415 (the parent never loads it)

    try:
        pdf = pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError as error:
        return {"unread": dataclasses.asdict(_refusal(str(error)))}
    parts: list[str] = []
    lines: list[Any] = []
    sizes: list[tuple[float, float]] = []
    start = 0
    for number in range(1, len(pdf) + 1):
        try:
            page = pdf[number - 1]
            sizes.append(page.get_size())
            text, found = _page(page)
        except pypdfium2.PdfiumError:
            sizes.append((0.0, 0.0))
            text, found = "", []
        for line_start, line_end, *how in found:
            lines.append((start + line_start, start + line_end, number, *how))
        parts.append(text)
        start += len(text) + 1
        if start > max_characters:
            what = f"has more than {max_characters:,} characters on its first {number} pages. Split the file."
            return {"unread": dataclasses.asdict(Unread("too-long", what))}
    facts = {key.lower(): value for key, value in pdf.get_metadata_dict(skip_empty=True).items()}
    return {"text": PAGE_BREAK.join(parts), "lines": lines, "page_sizes": sizes, "facts": facts}


def _refusal(error: str) -> Unread:
    if "password" in error.lower():
        return Unread("encrypted", "is protected by a password. Save a copy without one.")
    return Unread("damaged", f"is no PDF that can be read ({error}). Download it again, or save it anew.")


def _page(page: Any) -> tuple[str, list[tuple[Any, ...]]]:
    """Text of a page, and (start, end, bullet, box, style of the first letter, of the last) per line."""
    import pypdfium2.raw as pdfium  # noqa: PLC0415

    textpage = page.get_textpage()
    count = textpage.count_chars()
    text = textpage.get_text_range() if count else ""
    if len(text) != count:  # characters beyond the basic plane, or broken ones: one by one, so that places stay
        codes = (pdfium.FPDFText_GetUnicode(textpage.raw, index) for index in range(count))
        text = "".join("\ufffd" if 0xD800 <= code <= 0xDFFF or code > 0x10FFFF else chr(code) for code in codes)
    lines = []
    drawn = _drawn_bullets(page)
    for start, end in _lines(text):
        visible = [index for index in range(start, end) if text[index].isalnum()] or list(range(start, end))
        box = _box(textpage.raw, start, visible[-1])
        first, last = _style(textpage.raw, visible[0]), _style(textpage.raw, visible[-1])
        lines.append((start, end, _has_bullet(box, first[0], drawn), box, first, last))
    return text.replace("\r\n", "\n ").replace("\r", "\n").replace(PAGE_BREAK, " "), lines


def _lines(text: str) -> Iterator[tuple[int, int]]:
    for match in _LINE.finditer(text.replace("\r", "\n")):
        part = match.group()
        start = match.start() + len(part) - len(part.lstrip())
        end = match.start() + len(part.rstrip())
        if start < end:
            yield start, end


def _drawn_bullets(page: Any) -> list[tuple[float, float]]:
    """Right edge and height of small shapes that stand below each other, as bullets do that are drawn, not written."""
    import pypdfium2.raw as pdfium  # noqa: PLC0415

    found: dict[tuple[int, int], list[tuple[float, float]]] = defaultdict(list)
    for shape in page.get_objects(filter=[pdfium.FPDF_PAGEOBJ_PATH], max_depth=3):
        left, bottom, right, top = shape.get_bounds()
        if all(_BULLET_POINTS[0] <= side <= _BULLET_POINTS[1] for side in (right - left, top - bottom)):
            found[round(left), round(right - left)].append((right, (bottom + top) / 2))
    return [each for column in found.values() if len(column) > 1 for each in column]


def _has_bullet(box: tuple[float, ...], size: float, drawn: list[tuple[float, float]]) -> bool:
    left, _, base, _ = box
    return any(0 < left - right < 2.5 * size and -0.2 * size < middle - base < size for right, middle in drawn)


def _box(raw: Any, first: int, last: int) -> tuple[float, ...]:
    import pypdfium2.raw as pdfium  # noqa: PLC0415

    def edges(index: int) -> tuple[float, float]:
        values = [ctypes.c_double() for _ in range(4)]
        pdfium.FPDFText_GetCharBox(raw, index, *values)
        return values[0].value, values[1].value

    x, y = ctypes.c_double(), ctypes.c_double()
    pdfium.FPDFText_GetCharOrigin(raw, first, x, y)
    angle = pdfium.FPDFText_GetCharAngle(raw, first)
    return tuple(round(each, 2) for each in (edges(first)[0], edges(last)[1], y.value, max(angle, 0.0)))


def _style(raw: Any, index: int) -> tuple[float, bool, str]:
    import pypdfium2.raw as pdfium  # noqa: PLC0415

    matrix = pdfium.FS_MATRIX()
    pdfium.FPDFText_GetMatrix(raw, index, matrix)
    size = pdfium.FPDFText_GetFontSize(raw, index) * math.hypot(matrix.c, matrix.d)
    name = ctypes.create_string_buffer(_FONT_NAME_BYTES)
    pdfium.FPDFText_GetFontInfo(raw, index, name, _FONT_NAME_BYTES, ctypes.c_int())
    font = _SUBSET.sub("", name.value.decode("utf-8", "replace"))
    weight = pdfium.FPDFText_GetFontWeight(raw, index)
    return round(size, 1), weight >= _BOLD_WEIGHT or bool(_BOLD.search(font)), font


def _hold_to_limits(memory_bytes: int) -> None:
    """Bound the memory and the time of this process where the system can."""
    try:
        import resource  # noqa: PLC0415 (not on Windows)

        resource.setrlimit(resource.RLIMIT_AS, (memory_bytes, memory_bytes))
        resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))  # should who started it not live to end it
    except (ImportError, ValueError, OSError):
        pass


if __name__ == "__main__":
    _hold_to_limits(int(sys.argv[2]))
    sys.stdout.write(json.dumps(_read(sys.stdin.buffer.read(), int(sys.argv[1]))))
