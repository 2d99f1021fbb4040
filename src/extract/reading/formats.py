"""The formats that are read: THE table. A new format is a row here, and a reader in a module beside this one.

A reader takes the bytes of a file, and `max_characters` where it needs that, and gives the text layer or says why there
is none. It never raises, whatever the bytes are.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from pathlib import PurePath
from typing import Literal

from extract.layout.layers import Layer, Unread
from extract.reading.decoding import decode
from extract.reading.html import read_html
from extract.reading.markdown import read_markdown
from extract.reading.opendocument import read_odt
from extract.reading.pdf import PDF_SIGN, read_pdf
from extract.reading.plain_text import layer_of_text
from extract.reading.raw_files import MOST_FILE_BYTES
from extract.reading.word import read_docx
from extract.records import Document

BYTES_PER_CHARACTER = 4
"""At most, in any character set; a text file that must be over the limit is not read at all."""

Reader = Callable[..., Layer | Unread]


@dataclass(frozen=True, slots=True)
class Format:
    """A row of the table: what files of a format are called, and how they are read.

    `holds` decides on the limits. A file of nothing but text has a few bytes for each character. Pages may have
    pictures beside their text. Of a package not only the text is held to `max_characters`, but all that it unpacks to.
    """

    name: str  # as a message calls it
    endings: tuple[str, ...]
    media_type: str
    read: Reader
    holds: Literal["text", "pages", "package"]

    def most_bytes(self, max_characters: int) -> int:
        """How many bytes a file may have."""
        return BYTES_PER_CHARACTER * max_characters if self.holds == "text" else MOST_FILE_BYTES


def _decoded(data: bytes, *, layer_of: Callable[[str], Layer], **_: int) -> Layer | Unread:
    """The layer of a file that is nothing but characters, with their character set and what is doubtful in it."""
    text, charset, wrong = decode(data)
    doubts = tuple(Unread(*each) for each in [wrong] if each)
    return doubts[0] if text is None else replace(layer_of(text), charset=charset, doubts=doubts)


def _page(data: bytes, **_: int) -> Layer | Unread:
    return read_html(data)


_WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
_PDF = Format("PDF", (".pdf",), "application/pdf", read_pdf, "pages")

FORMATS = (
    _PDF,
    Format(".docx", (".docx",), _WORD, read_docx, "package"),
    Format(".odt", (".odt",), "application/vnd.oasis.opendocument.text", read_odt, "package"),
    Format(".html", (".html", ".htm", ".xhtml"), "text/html", _page, "text"),
    Format(".md", (".md",), "text/markdown", partial(_decoded, layer_of=read_markdown), "text"),
    Format(".txt", (".txt", ".text", ""), "text/plain", partial(_decoded, layer_of=layer_of_text), "text"),
)
"""In the order in which a message names them."""

_BY_ENDING = {ending: each for each in FORMATS for ending in each.endings}


def format_of(name: str) -> Format | Unread:
    """The format that the name of a file says it has, or that such files are not read."""
    ending = PurePath(name).suffix
    *others, last = (each.name for each in FORMATS)
    what = f"is a {ending} file, which is not read. Save it as {', '.join(others)} or {last}."
    return _BY_ENDING.get(ending.lower()) or Unread("type-unknown", what)


def read_layer(data: bytes, name: str, *, max_characters: int) -> tuple[Layer | Unread, str]:
    """The text layer of a file's bytes, or why there is none, and its media type with the character set."""
    found = _PDF if data.startswith(PDF_SIGN) else format_of(name)  # a PDF is one whatever its name says
    if isinstance(found, Unread):
        return found, ""
    layer = found.read(data, max_characters=max_characters)
    charset = layer.charset if isinstance(layer, Layer) else None
    return layer, f"{found.media_type}; charset={charset}" if charset else found.media_type


def least_limit(document: Document, *, max_characters: int) -> int:
    """The least `max_characters` under which a document is read; that under which it was where nobody can tell."""
    found = format_of(document.path)
    if isinstance(found, Unread) or found.holds == "package":
        return max_characters
    of_bytes = -(-document.bytes // BYTES_PER_CHARACTER) if found.holds == "text" else 0
    return max(document.layer_characters, of_bytes)
