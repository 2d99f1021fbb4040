"""PDF → text layer, by PDFium, in a process of its own.

A PDF is a program by a stranger: it can take all memory, never end, or bring PDFium down. So the library runs in a
child with limits, and what happens to the child happens to no one else. `pdf_pages.py` is that child.
"""

import contextlib
import json
import subprocess
import sys
import threading
from collections.abc import Sequence
from typing import Any

from extract.layout.layers import Box, Gap, Layer, Line, Style, Tag, Unread
from extract.memory import bytes_left

PDF_SIGN = b"%PDF-"  # with which a PDF begins
SECONDS = 120  # for one file; a manifesto of 170 pages takes 2
# Of what the child answers: a manifesto of 170 pages gives 3 bytes per character, and each takes some 10 in memory.
ANSWER_BYTES = 16 * 2**20
ANSWER_BYTES_PER_CHARACTER = 12
_PART_BYTES = 2**20  # that are read of an answer at a time
MEMORY_BYTES = 3 * 2**30  # of address space for the child, or what its parent has left, where the system can hold it


def read_pdf(data: bytes, *, max_characters: int) -> Layer | Unread:
    """The layer of a PDF, or why there is none."""
    if not data.startswith(PDF_SIGN):
        return Unread("damaged", "is no PDF, whatever its name says. Download it again.")
    limits = [str(max_characters), str(bytes_left(MEMORY_BYTES))]
    # -P: what lies in the working directory is no module.
    command = [sys.executable, "-P", "-X", "utf8", "-m", "extract.reading.pdf_pages", *limits, str(SECONDS)]
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
        Line(
            start=start, end=end, page=page, bullet=bullet, box=Box(*box), first=Style(*first), last=Style(*last),
            tag=Tag(*tag) if tag[0] else None, hidden=hidden, gaps=tuple(Gap(*gap) for gap in gaps),
        )
        for start, end, page, bullet, box, first, last, tag, hidden, gaps in answer["lines"]
    ]  # fmt: skip
    sizes = tuple((width, height) for width, height in answer["page_sizes"])
    outline = tuple((title, level, page) for title, level, page in answer["outline"])
    return Layer(
        text=answer["text"], lines=tuple(lines), pages=len(sizes), page_sizes=sizes, facts=answer["facts"],
        scanned=tuple(answer["scanned"]), outline=outline,
    )  # fmt: skip
