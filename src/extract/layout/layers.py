"""Text layers: what a library gave of a raw file, as lines that know what the file says of their place and role."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Literal

PAGE_BREAK = "\f"  # between two pages of a layer

Role = Literal["heading", "list-item", "body", "quote", "contents", "furniture", "other"]


@dataclass(frozen=True, slots=True)
class Style:
    """How a line is set: height of its type in points, whether it is bold, its font, and its colour (0xRRGGBB)."""

    size: float
    bold: bool = False
    font: str = ""
    colour: int = 0


@dataclass(frozen=True, slots=True)
class Box:
    """Where a line stands on its page, in points from the lower left corner; `y` is that of its base line."""

    left: float
    right: float
    y: float
    angle: float = 0.0  # radians; a vertical running title has one


@dataclass(frozen=True, slots=True)
class Tag:
    """What a tagged PDF says of a stretch: the standard structure type of its block, and its number on the page.

    ISO 32000-1, 14.8.4: P, H1 to H6, LBody, TOCI, TD, Note, …; and Artifact for what is no content.
    """

    name: str
    block: int


@dataclass(frozen=True, slots=True)
class Gap:
    """White space in a line, too wide for a space: how many characters stand before it, and its edges in points."""

    offset: int
    left: float
    right: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A line of a layer, without the white space around it, and what the file says of it.

    Files that mark their structure (Word, HTML, Markdown) give `role`, and `opens` where a new block begins; PDFs
    give `box` and the styles of the first and last character; plain text gives neither.
    """

    start: int
    end: int
    page: int | None = None
    role: Role | None = None
    level: int | None = None  # of a heading, 1 for the highest
    opens: bool | None = None  # whether a block begins here; None where the file does not say
    bullet: bool = False  # whether a bullet is drawn before it, which is no character
    box: Box | None = None
    first: Style | None = None
    last: Style | None = None
    tag: Tag | None = None  # what the file says that the line is part of
    hidden: bool = False  # whether it stands outside the page as it is shown
    gaps: tuple[Gap, ...] = ()  # wide ones within it


@dataclass(frozen=True, slots=True, kw_only=True)
class Layer:
    """The text of a raw file as a library gave it, pages parted by form feeds, with its lines in order."""

    text: str
    lines: tuple[Line, ...]
    pages: int | None = None
    page_sizes: tuple[tuple[float, float], ...] = ()  # width and height in points
    scanned: tuple[bool, ...] = ()  # whether a picture covers a page, which the text is then read from
    outline: tuple[tuple[str, int, int], ...] = ()  # title, level and page of bookmarks
    facts: dict[str, str] = field(default_factory=dict)  # what the file says of itself: title, author, subject
    charset: str | None = None  # in which the bytes of a text file were read
    doubts: tuple["Unread", ...] = ()  # about how it was read


@dataclass(frozen=True, slots=True)
class LineBlock:
    """A block of a layer: the ranks of its lines in reading order, what it is, and its level if it is a heading."""

    lines: tuple[int, ...]
    kind: Role
    level: int | None = None


@dataclass(frozen=True, slots=True)
class Unread:
    """Why a file gave no layer, or what is to be said of one that did: a Problem's code and message."""

    code: str
    what: str  # goes after the name of the file: "is encrypted. …"


def layer_of_blocks(blocks: Iterable[tuple[str, Role, int | None]], facts: dict[str, str] | None = None) -> Layer:
    """The layer of a file that marks its structure: one (text, role, level of a heading) per block, in order.

    Lines within a block stay lines of it.
    """
    parts: list[str] = []
    lines: list[Line] = []
    start = 0
    for text, role, level in blocks:
        opens = True
        for part in text.split("\n"):
            if part.strip():
                lead = len(part) - len(part.lstrip())
                end = start + len(part.rstrip())
                lines.append(Line(start=start + lead, end=end, role=role, level=level, opens=opens))
                opens = False
            parts.append(part)
            start += len(part) + 1
    return Layer(text="\n".join(parts), lines=tuple(lines), facts=facts or {})
