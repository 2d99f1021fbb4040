"""Raw files → Documents: bytes, hash, text with its ledger, pages, and what is known about the file."""

import hashlib
import os
from collections.abc import Iterator
from pathlib import Path

from extract import ledger
from extract.decoding import decode, is_text
from extract.facts import FACTS_FILE, STAGE, Facts, election_in, name_in, status_in
from extract.html import read_html
from extract.layers import Layer, Unread, layer_of_text
from extract.layout import find_blocks
from extract.markdown import read_markdown
from extract.opendocument import read_odt
from extract.pdf import read_pdf
from extract.problems import problem
from extract.reading_order import in_reading_order
from extract.records import Document, Problem
from extract.repairs import repair
from extract.word import read_docx

TYPES = {
    ".txt": "text/plain",
    ".text": "text/plain",
    "": "text/plain",
    ".md": "text/markdown",
    ".html": "text/html",
    ".htm": "text/html",
    ".xhtml": "text/html",
    ".pdf": "application/pdf",
    ".docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    ".odt": "application/vnd.oasis.opendocument.text",
}
"""Media types by ending of the file name."""

_MOST_BYTES = 4  # of a character, in any character set; a text file that must be over the limit is not read at all
_MOST_FILE_BYTES = 256 * 2**20  # of a file with pictures in it
_LONG_LINE = 100_000  # characters; a line this long has lost its paragraphs
_FEW_LETTERS = 10  # on a page; fewer are a number or a stray mark on a picture


def find_raw_files(raw: Path) -> tuple[list[Path], list[Problem]]:
    """Every file below `raw` to read, in a fixed order, and a Problem for each folder that cannot be looked into.

    Hidden files and folders, and the facts file, are not sources.
    """
    problems: list[Problem] = []

    def refuse(error: OSError) -> None:
        what = f"cannot be looked into ({error.strerror}). Get the right to read it, or remove it."
        problems.append(_refusal(raw_name(Path(error.filename), raw), "folder-unreadable", what))

    files: list[Path] = []
    for folder, folders, names in os.walk(raw, onerror=refuse):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in folders:
            if (Path(folder) / name).is_symlink():
                what = "is a link to a folder, which is not followed. Put the texts themselves in the raw folder."
                problems.append(_refusal(raw_name(Path(folder) / name, raw), "folder-link", what))
        files += [Path(folder) / name for name in names if not name.startswith(".")]
    return sorted(path for path in files if path != raw / FACTS_FILE), problems


def raw_name(path: Path, raw: Path) -> str:
    """Path relative to the raw folder, as text; bytes of a name that are not UTF-8 are written as \\x…."""
    return os.fsencode(path.relative_to(raw).as_posix()).decode("utf-8", "backslashreplace")


def read_document(path: Path, *, raw: Path, facts: Facts, max_characters: int) -> tuple[Document | None, list[Problem]]:
    """Read one raw file below the folder `raw`. Without a Document there is at least one Problem that says why."""
    data = load_bytes(path, raw=raw, max_characters=max_characters)
    if isinstance(data, Problem):
        return None, [data]
    return document_of(data, name=raw_name(path, raw), facts=facts, max_characters=max_characters)


def load_bytes(path: Path, *, raw: Path, max_characters: int) -> bytes | Problem:
    """The bytes of a raw file, or why they are not read: what can be said without a look at them."""
    name = raw_name(path, raw)
    media_type = TYPES.get(path.suffix.lower())
    if media_type is None:
        what = f"is a {path.suffix} file, which is not read. Save it as PDF, .docx, .odt, .html, .md or .txt."
        return _refusal(name, "type-unknown", what)
    try:
        if path.exists() and not path.is_file():
            return _refusal(name, "not-a-file", "is no file but a device, pipe or the like. Remove it.")
        with path.open("rb") as file:
            before = os.fstat(file.fileno())
            most = _most_bytes(media_type, max_characters)
            if before.st_size > most:
                return _refusal(
                    name, "too-long", f"has {before.st_size:,} bytes; the limit is {most:,}. Split the file."
                )
            data = file.read(most + 1)
            after = os.fstat(file.fileno())
    except OSError as error:
        what = f"cannot be opened ({error.strerror or error}). Check that it is there and that you may read it."
        return _refusal(name, "file-unreadable", what)
    if (before.st_size, before.st_mtime_ns) != (after.st_size, after.st_mtime_ns) or len(data) != after.st_size:
        return _refusal(name, "file-changed", "was being changed while it was read. Run again when it is complete.")
    return data


def document_of(data: bytes, *, name: str, facts: Facts, max_characters: int) -> tuple[Document | None, list[Problem]]:
    """The Document that the bytes of a raw file hold; `name` is its path relative to the raw folder.

    The document text is the text layer that a library gave, repaired by named steps which its ledger records.
    """
    layer, media_type, said = read_layer(data, TYPES[Path(name).suffix.lower()], max_characters=max_characters)
    refused = layer if isinstance(layer, Unread) else _unfit(layer, max_characters)
    if refused or isinstance(layer, Unread):
        return None, [_refusal(name, refused.code, refused.what)] if refused else []
    document = _document(name, data, layer, media_type, facts)
    notes = [
        _problem(name, each.code, f"{name} {each.what}", document_id=document.document_id)
        for each in [*said, *_unread_pages(layer)]
    ]
    return document, notes + list(_doubts(document))


def least_limit(document: Document, *, max_characters: int) -> int:
    """The least `max_characters` under which a document is read; that under which it was where nobody can tell."""
    media_type = TYPES[Path(document.path).suffix.lower()]
    if media_type.startswith("text/"):
        return max(document.layer_characters, -(-document.bytes // _MOST_BYTES))
    # Of a zipped file not only the text is held to the limit.
    return document.layer_characters if media_type == "application/pdf" else max_characters


def read_layer(data: bytes, media_type: str, *, max_characters: int) -> tuple[Layer | Unread, str, list[Unread]]:
    """The text layer of a file's bytes or why there is none, its media type in full, and what is doubtful in it."""
    if data.startswith(b"%PDF-"):  # whatever the name says
        return read_pdf(data, max_characters=max_characters), "application/pdf", []
    if media_type.endswith(("wordprocessingml.document", "opendocument.text")):
        read = read_odt if media_type.endswith("opendocument.text") else read_docx
        return read(data, max_characters=max_characters), media_type, []
    if media_type == "application/pdf":
        return Unread("damaged", "is no PDF, whatever its name says. Download it again."), media_type, []
    if media_type == "text/html":
        return read_html(data, encoding=None), media_type, []
    text, encoding, wrong = decode(data)
    said = [Unread(*wrong)] if wrong else []
    if text is None:
        return said[0], media_type, []
    layer = read_markdown(text) if media_type == "text/markdown" else layer_of_text(text)
    return layer, f"{media_type}; charset={encoding}", said


def _most_bytes(media_type: str, max_characters: int) -> int:
    return _MOST_BYTES * max_characters if media_type.startswith("text/") else _MOST_FILE_BYTES


def _unfit(layer: Layer, max_characters: int) -> Unread | None:
    """Why a layer is not to be used, if so."""
    if len(layer.text) > max_characters:
        what = (
            f"has {len(layer.text):,} characters; the limit is {max_characters:,}. A whole manifesto has under a "
            "million: split the file, or raise max_characters in the settings."
        )
        return Unread("too-long", what)
    if not any(map(str.isalnum, layer.text)):
        if layer.pages:
            what = f"has no text on its pages ({layer.pages}): they are pictures. Have them read by OCR, and use that."
            return Unread("no-text-layer", what)
        return Unread("empty", "has no text. If it should have, save it again; else remove it.")
    if not is_text(layer.text):
        return Unread(
            "not-text", "has a font that gives no readable text. Look for another copy, or have it read by OCR."
        )
    return None


def _unread_pages(layer: Layer) -> Iterator[Unread]:
    """Say which pages of a file have no text."""
    if not layer.pages:
        return
    letters = [0] * layer.pages
    for line in layer.lines:
        letters[(line.page or 1) - 1] += sum(map(str.isalnum, layer.text[line.start : line.end]))
    empty = [page for page, count in enumerate(letters, start=1) if count < _FEW_LETTERS]
    if empty:
        listed = ", ".join(map(str, empty[:20])) + (", …" if len(empty) > 20 else "")
        what = f"has no text on page {listed}. If there is any to be seen there, have those pages read by OCR."
        yield Unread("page-without-text", what)


def _document(name: str, data: bytes, layer: Layer, media_type: str, facts: Facts) -> Document:
    sha256 = hashlib.sha256(data).hexdigest()
    layer = in_reading_order(layer)
    repaired = repair(layer, find_blocks(layer))
    named = election_in(name)
    status = facts.status if facts.status != "unknown" else status_in(name)
    return Document(
        document_id=sha256[:16],
        path=name,
        sha256=sha256,
        kind="digest",  # provisional: the sections decide
        title=facts.title or Path(name).stem,
        election=facts.election or named,
        election_evidence="listed" if facts.election else "file-name" if named else "none",
        status=status,
        status_evidence="none" if status == "unknown" else "listed" if facts.status != "unknown" else "file-name",
        media_type=media_type,
        bytes=len(data),
        characters=len(repaired.text),
        layer_characters=len(layer.text),
        layer_sha256=hashlib.sha256(layer.text.encode("utf-8", "surrogatepass")).hexdigest(),
        pages=layer.pages,
        source_url=facts.source_url,
        licence=facts.licence,
        retrieved_on=facts.retrieved_on,
        text=repaired.text,
        blocks=repaired.blocks,
        page_starts=repaired.pages,
        ledger=ledger.as_csv(repaired.ledger),
        metadata=" | ".join(filter(None, layer.facts.values())),
        stated_party=facts.party,
        name_in_path=name_in(name),
    )


def _doubts(document: Document) -> Iterator[Problem]:
    start = 0
    for line in document.text.split("\n"):
        end = start + len(line)
        if len(line) > _LONG_LINE:
            what = (
                f"{document.path} has a line of {len(line):,} characters: its paragraphs are lost, so parties and "
                "quotes in it are found by chance. Restore the line ends."
            )
            place = {"document_id": document.document_id, "char_start": start, "char_end": end}
            yield _problem(document.path, "line-too-long", what, **place)
        start = end + 1


def _refusal(name: str, code: str, what: str) -> Problem:
    return _problem(name, code, f"{name} {what}", severity="error")


def _problem(path: str, code: str, message: str, **more: object) -> Problem:
    return problem(code, message, path=path, stage=STAGE, **more)  # type: ignore[arg-type]
