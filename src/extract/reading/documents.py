"""Raw files → Documents: bytes, hash, text with its ledger, pages, and what is known about the file."""

import hashlib
import os
import re
from collections.abc import Container, Iterator
from pathlib import Path
from typing import TypeVar

from extract.elections import election_of, status_of
from extract.layout import ledger
from extract.layout.blocks import find_text_blocks
from extract.layout.furniture import find_furniture
from extract.layout.layers import Layer, Unread
from extract.layout.repairs import repair
from extract.pages.columns import cut_columns
from extract.pages.crossings import crossed_pages
from extract.pages.page_blocks import find_page_blocks
from extract.pages.page_models import PageModels
from extract.pages.reading_order import in_reading_order
from extract.parties import load_register
from extract.problems import problem
from extract.reading.decoding import is_text
from extract.reading.facts import FACTS_FILE, STAGE, Facts
from extract.reading.formats import format_of, read_layer
from extract.reading.raw_files import RefusedError, hash_raw, list_raw, read_raw
from extract.records import Document, Problem

T = TypeVar("T")

_MOST_FOLDERS = 100  # on the way to a file; each is opened on the way to all that is in it
_LONG_LINE = 100_000  # characters; a line this long has lost its paragraphs
_FEW_LETTERS = 10  # on a page; fewer are a number or a stray mark on a picture
_FOLDER_LINK = "is a link to a folder, which is not followed. Put the texts themselves in the raw folder."
_LIKE_AN_ESCAPE = re.compile(r"\\(?=x(?:5c|[89a-f][0-9a-f]))")


def find_raw_files(raw: Path) -> tuple[list[Path], list[Problem]]:
    """Every file below `raw` to read, in a fixed order, and a Problem for each folder that cannot be looked into.

    Hidden files and folders, and the facts file, are not sources.
    """
    problems: list[Problem] = []

    files: list[Path] = []
    folders = [raw]
    while folders:
        folder = folders.pop()
        below: list[Path] = []
        try:
            entries = list_raw(folder, raw=raw)
        except RefusedError:
            problems.append(_refusal(raw_name(folder, raw), "folder-link", _FOLDER_LINK))
            continue
        except OSError as error:
            what = f"cannot be looked into ({error.strerror}). Get the right to read it, or remove it."
            problems.append(_refusal(raw_name(folder, raw), "folder-unreadable", what))
            continue
        for entry in entries:
            path = folder / entry.name
            if entry.name.startswith("."):
                continue
            if not entry.is_folder:
                files.append(path)
            elif entry.is_link:
                problems.append(_refusal(raw_name(path, raw), "folder-link", _FOLDER_LINK))
            elif len(path.relative_to(raw).parts) > _MOST_FOLDERS:
                what = f"lies over {_MOST_FOLDERS} folders deep. Put its texts higher up."
                problems.append(_refusal(raw_name(path, raw), "folder-unreadable", what))
            else:
                below.append(path)
        folders += reversed(below)
    return sorted(path for path in files if path != raw / FACTS_FILE), problems


def raw_name(path: Path, raw: Path) -> str:
    """Path relative to the raw folder, as text; bytes of a name that are not UTF-8 are written as \\x….

    So is a backslash that would look like the beginning of such bytes: no two files have one name.
    """
    name = _LIKE_AN_ESCAPE.sub(r"\\x5c", path.relative_to(raw).as_posix())
    return os.fsencode(name).decode("utf-8", "backslashreplace")


def read_document(path: Path, *, raw: Path, facts: Facts, max_characters: int) -> tuple[Document | None, list[Problem]]:
    """Read one raw file below the folder `raw`. Without a Document there is at least one Problem that says why."""
    data = load_bytes(path, raw=raw, max_characters=max_characters)
    if isinstance(data, Problem):
        return None, [data]
    return document_in(data, name=raw_name(path, raw), facts=facts, max_characters=max_characters)


def load_bytes(path: Path, *, raw: Path, max_characters: int, raised: Container[int] = ()) -> bytes | Problem:
    """The bytes of a raw file, or why they are not read: what can be said without a look at them.

    An OSError whose number is in `raised` is raised instead, for a caller who will try again.
    """
    most = _most_bytes(path, raw, max_characters)
    return (
        most if isinstance(most, Problem) else _or_problem(read_raw(path, raw=raw, most=most, raised=raised), path, raw)
    )


def hash_bytes(path: Path, *, raw: Path, max_characters: int) -> str | Problem:
    """SHA-256 of the bytes that `load_bytes` gives, or why it gives none; of what is over the limit no byte is read."""
    most = _most_bytes(path, raw, max_characters)
    return most if isinstance(most, Problem) else _or_problem(hash_raw(path, raw=raw, most=most), path, raw)


def document_in(
    data: bytes, *, name: str, facts: Facts, max_characters: int, page_models: PageModels | None = None
) -> tuple[Document | None, list[Problem]]:
    """The Document that the bytes of a raw file hold; `name` is its path relative to the raw folder.

    The document text is the text layer that a library gave, repaired by named steps which its ledger records.
    """
    layer, media_type = read_layer(data, name, max_characters=max_characters)
    refused = layer if isinstance(layer, Unread) else _unfit(layer, max_characters)
    if refused or isinstance(layer, Unread):
        return None, [_refusal(name, refused.code, refused.what)] if refused else []
    document = _document(name, data, layer, media_type, facts, page_models)
    notes = [
        _problem(name, each.code, f"{name} {each.what}", document_id=document.document_id)
        for each in [*layer.doubts, *_unread_pages(layer)]
    ]
    return document, notes + list(_doubts(document))


def _most_bytes(path: Path, raw: Path, max_characters: int) -> int | Problem:
    """How many bytes a raw file may have, or why it is not even opened."""
    name = raw_name(path, raw)
    found = format_of(name)
    return _refusal(name, found.code, found.what) if isinstance(found, Unread) else found.most_bytes(max_characters)


def _or_problem(taken: T | Unread, path: Path, raw: Path) -> T | Problem:
    return _refusal(raw_name(path, raw), taken.code, taken.what) if isinstance(taken, Unread) else taken


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


def _document(
    name: str, data: bytes, layer: Layer, media_type: str, facts: Facts, page_models: PageModels | None
) -> Document:
    sha256 = hashlib.sha256(data).hexdigest()
    if layer.page_sizes:
        layer, furniture = in_reading_order(cut_columns(layer))
        blocks, doubts = find_page_blocks(layer, furniture, page_models)
    else:
        blocks, doubts = find_text_blocks(layer, find_furniture(layer)), ()
    scanned = tuple(page for page, is_scan in enumerate(layer.scanned, start=1) if is_scan)
    repaired = repair(layer, blocks)
    election, election_evidence = election_of(name, facts.election, is_party=is_party)
    status, status_evidence = status_of(name, facts.status)
    return Document(
        document_id=sha256[:16],
        path=name,
        sha256=sha256,
        kind="digest",  # provisional: the sections decide
        title=facts.title or Path(name).stem,
        election=election,
        election_evidence=election_evidence,
        status=status,
        status_evidence=status_evidence,
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
        page_doubts=doubts,
        scanned_pages=scanned,
        crossed_pages=crossed_pages(layer),
        ledger=ledger.as_csv(repaired.ledger),
        stated_title=layer.facts.get("title", ""),
        stated_author=layer.facts.get("author", ""),
        made_on=layer.facts.get("creationdate", ""),
        stated_party=facts.party,
    )


def is_party(name: str) -> bool:
    """Whether a name, as of a file or folder, is that of a party of the register."""
    return load_register().party_named(name, expected=True) is not None


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
    return _problem(name, code, f"{name} {what}")


def _problem(path: str, code: str, message: str, **more: object) -> Problem:
    return problem(code, message, path=path, stage=STAGE, **more)  # type: ignore[arg-type]
