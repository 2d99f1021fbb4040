"""What Word and OpenDocument files have in common: paragraphs with styles, whose names say what they are."""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field

from extract.layout.layers import Layer, Role, Unread
from extract.reading.raw_files import RefusedError

_COMPOUND_FILE = b"\xd0\xcf\x11\xe0"  # what Office wrote before 2007, and still wraps encrypted files in
BlockText = tuple[str, Role, int | None]
"""Text of a block, its role, and its level if it is a heading."""


@dataclass(slots=True)
class Paragraph:
    """A paragraph that is being read."""

    role: Role
    level: int | None = None
    text: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)  # ids of the notes it refers to


def read_office(
    data: bytes, layer_of: Callable[[bytes, int], Layer], *, kind: str, ending: str, max_characters: int
) -> Layer | Unread:
    """The layer that `layer_of` makes of a file's bytes, or why there is none; no exception of a library gets out."""
    if data.startswith(_COMPOUND_FILE):
        what = f"is protected by a password, or an old .doc. Save it again as {ending}, without a password."
        return Unread("encrypted", what)
    try:
        layer = layer_of(data, max_characters)
    except RefusedError as refusal:
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


def blocks_of(paragraphs: Iterable[Paragraph], notes: dict[str, list[Paragraph]]) -> Iterator[BlockText]:
    """The paragraphs that have text, each with its notes after it; the notes that were given are taken out."""
    for paragraph in paragraphs:
        text = "".join(paragraph.text)
        if text.strip():
            yield text, paragraph.role, paragraph.level
        for key in paragraph.notes:
            yield from blocks_of(notes.pop(key, []), {})


def add_text(paragraph: Paragraph | None, text: str) -> None:
    """Add to a paragraph, if one is open."""
    if paragraph and text:
        paragraph.text.append(text)


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


def role_of_name(name: str) -> tuple[Role, int | None] | None:
    """What the name of a style says of its paragraphs, and the level of a heading; None if nothing."""
    name = " ".join(name.replace("_20_", " ").replace("_", " ").lower().split())
    if match := _HEADING.match(name):
        return "heading", int(match.group(1))
    if name in {"title", "titel"}:
        return "heading", 1
    return next(((role, None) for role, pattern in _NAMED if pattern.fullmatch(name)), None)


@dataclass(slots=True)
class Style:
    """A style of a file: its name, the one it is based on, and what it says itself."""

    name: str
    based_on: str | None
    level: int | None = None  # in the outline
    numbered: bool = False


def roles_of_styles(styles: dict[str, Style]) -> dict[str, tuple[Role, int | None]]:
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


def _own_role(style: Style) -> tuple[Role, int | None] | None:
    return role_of_name(style.name) or (("heading", style.level) if style.level else None)


def _chain(key: str, styles: dict[str, Style]) -> Iterator[str]:
    """A style and those it is based on, as far as they go: a broken file can have them go round."""
    at: str | None = key
    for _ in range(_DEEPEST_STYLE):
        if at is None or at not in styles:
            return
        yield at
        at = styles[at].based_on
