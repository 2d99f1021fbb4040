"""The XML in a zip by a stranger, within limits: how much it may unpack to, and nothing by which it could grow.

No library sees an office file before its XML has been unpacked here and found free of document type definitions, by
which a few lines can be made to grow without end. Pictures are never unpacked.
"""

import io
import zipfile
from collections.abc import Callable
from typing import Any
from xml.parsers import expat

from lxml import etree  # type: ignore[import-untyped]

from extract.layout.layers import Unread
from extract.reading.raw_files import RefusedError

# Of the longest text that is read, which is many times that of a manifesto: by default this leaves 64 bytes of XML for
# each character of one of a million.
_XML_BYTES_PER_CHARACTER = 8
_LEAST_XML_BYTES = 16 * 2**20
_NODES_PER_CHARACTER = 0.25  # elements and attributes; each takes up to 250 bytes of memory, however short it is
_LEAST_NODES = 1_000_000
_MOST_MEMBERS = 10_000  # of a zip
_METHODS = {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}  # all that both formats allow; others unpack without a limit
_ENCRYPTED_FLAG = 1


def xml_parts(data: bytes, wanted: Callable[[str], bool], max_characters: int) -> dict[str, bytes]:
    """The XML parts of a zip by name, unpacked within the limits."""
    if data.count(b"PK\x01\x02") > _MOST_MEMBERS:
        raise RefusedError(Unread("too-costly", f"is a zip of more than {_MOST_MEMBERS:,} files. Save it anew."))
    most = max(_LEAST_XML_BYTES, _XML_BYTES_PER_CHARACTER * max_characters)
    parts: dict[str, bytes] = {}
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        members = [each for each in package.infolist() if wanted(_name(each))]
        _hold(sum(each.file_size for each in members), most)
        left = most
        for member in members:
            if member.flag_bits & _ENCRYPTED_FLAG:
                raise RefusedError(Unread("encrypted", "is protected by a password. Save a copy without one."))
            if member.compress_type not in _METHODS:
                raise zipfile.BadZipFile(f"{_name(member)} is packed in a way that the format does not allow")
            with package.open(member) as stream:
                parts[_name(member)] = stream.read(left + 1)  # the size in the directory need not be true
            left -= len(parts[_name(member)])
            _hold(most - left, most)
    nodes = sum(part.count(b"<") + part.count(b"=") for part in parts.values())
    if nodes > max(_LEAST_NODES, _NODES_PER_CHARACTER * max_characters):
        raise RefusedError(Unread("too-costly", f"has {nodes:,} marks in its XML. Save its text alone, or split it."))
    return parts


def _name(member: zipfile.ZipInfo) -> str:
    return member.filename.replace("\\", "/").lstrip("/")


def _hold(size: int, most: int) -> None:
    if size > most:
        what = f"unpacks to {size:,} bytes of XML or more; the limit is {most:,}. Save it anew, or split it."
        raise RefusedError(Unread("too-costly", what))


def check_xml(name: str, part: bytes) -> None:
    """Refuse XML that is not well-formed or defines entities, before any other parser sees it."""

    def refuse(*_: Any) -> None:
        what = f"defines entities ({name}), which no word processor does. Do not trust it; save it anew."
        raise RefusedError(Unread("too-costly", what))

    parser = expat.ParserCreate()
    parser.StartDoctypeDeclHandler = refuse
    try:
        parser.Parse(part, True)
    except expat.ExpatError as error:
        raise ValueError(f"{name}: {error}") from error


def parse_xml(name: str, part: bytes) -> Any:
    """The root of checked XML."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, remove_comments=True, remove_pis=True)
    check_xml(name, part)
    return etree.fromstring(part, parser)
