"""HTML → text layer, with the structure that the page gives of itself.

By lxml: python-docx needs it anyway, it has been kept up for twenty years, and it parses in C. Its events are used, not
its tree, so that no page is nested too deep to be read.
"""

import codecs
import re
from collections.abc import Iterator
from dataclasses import dataclass

from lxml import etree  # type: ignore[import-untyped]

from extract.layout.layers import Layer, Role, Unread, layer_of_blocks
from extract.reading.decoding import CONTROLS, is_text

_DEFAULT = "cp1252"  # the character set of pages that name none and are no UTF-8
_MIXED = "extract.mixed-encodings"
_BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
    (b"<\0", "utf-16-le"),
    (b"\0<", "utf-16-be"),
)
_HEAD_BYTES = 4096  # in which a page names its character set; the standard says 1024
_DECLARED = re.compile(rb"<(?:meta\b[^>]*?\bcharset|\?xml\b[^>]*?\bencoding)\s*=\s*[\"']?\s*([\w.:-]+)", re.IGNORECASE)
# Other codecs that Python knows are no character sets of pages, and some are slow by design (punycode, idna).
_PAGE_CODECS = re.compile(r"utf-8|utf-16(-[lb]e)?|cp125\d|iso8859-\d+|mac-roman|koi8-[ru]|cp8(50|52|58|66)|ascii")
_WIDE = {"utf-16", "utf-16-le", "utf-16-be"}
_WINDOWS = {"ascii": "cp1252", "iso8859-1": "cp1252", "iso8859-9": "cp1254"}  # as browsers read them

_UNSHOWN = {"head", "script", "style", "noscript", "template", "svg", "iframe", "noembed", "noframes", "title"}
_BLOCKS = {
    "address", "article", "aside", "blockquote", "body", "caption", "center", "dd", "details", "dialog", "dir", "div",
    "dl", "dt", "fieldset", "figcaption", "figure", "footer", "form", "h1", "h2", "h3", "h4", "h5", "h6", "header",
    "hgroup", "hr", "html", "legend", "li", "main", "menu", "nav", "ol", "optgroup", "option", "p", "pre", "search",
    "section", "summary", "table", "tbody", "td", "tfoot", "th", "thead", "tr", "ul",
}  # fmt: skip
_HEADINGS = {f"h{level}": level for level in range(1, 7)}
_HEADING_MARK = re.compile(r"<(/?)h([1-6])\b", re.IGNORECASE)
_FURNITURE = {"nav", "footer", "aside", "button", "form", "select", "textarea", "header"}
_ENDS = {"header", "footer"}  # of a page, but also of an article or a quote
_FURNITURE_ROLES = {"navigation", "banner", "contentinfo", "complementary", "search"}  # of ARIA
_PARTS_OF_TEXT = {"main", "article", "section"}
_LISTS = {"ul", "ol", "menu", "dir"}
_KINDS = {
    **dict.fromkeys(_UNSHOWN, ["unshown"]),
    **dict.fromkeys(_HEADINGS, ["heading"]),
    **dict.fromkeys(_PARTS_OF_TEXT, ["part"]),
    "pre": ["pre"],
    "svg": ["unshown", "svg"],
}
_FRAMES = _FURNITURE | _LISTS | _HEADINGS.keys() | {"li", "blockquote"}
_HIDDEN_STYLE = re.compile(r"(?:display\s*:\s*none|visibility\s*:\s*hidden)", re.IGNORECASE)

_LEAST_LINKS = 3  # to places in the page, for a list to be its contents
_LINKED_SHARE = 0.7  # of the letters of such a list; page numbers and dots stand outside the links
_MOST_TAGS = 500_000  # at which a page takes 7 seconds; with a mark around each of its 100,000 words it has 200,000
# The parser looks for each end tag among all open elements, however many. 20,000 nested elements need 4e8 such looks;
# 2e9 take 5 seconds.
_MOST_LOOKS = 2_000_000_000

_CHUNK = 2**16  # bytes given to the parser at a time
# Shares of the letters of a page above which an element holds its text, whatever it is called: some systems put every
# page in one form, some hide it until a script has run, and some never close their menu.
_FORM_SHARE = 0.5
_FURNITURE_SHARE = 0.9

_SPACE = re.compile(r"[ \t\n\r\f]+")
_SPACE_IN_LINE = re.compile(r"[ \t\r\f]+")
_BLANK_LINES = re.compile(r"\n{2,}")


class _TooCostlyError(Exception):
    """The page was made to keep the parser busy."""


@dataclass(slots=True)
class _Frame:
    """An element that says what the text in it is; which role that gives is settled when the page is read."""

    tag: str
    outer: "_Frame | None"
    hidden: bool = False
    letters: int = 0
    linked: int = 0  # letters in links to places in the page
    links: int = 0
    role: Role = "body"
    in_header: bool = False  # furniture only because it stands in the header of the page


class _Target:
    """Takes the events of lxml's parser, and keeps blocks of text with the frame that each stands in."""

    def __init__(self, *, end_tags: int) -> None:
        self.frames = [_Frame("", None)]  # each after the one it is in
        self.blocks: list[tuple[_Frame, str]] = []
        self.facts: dict[str, str] = {}
        self._end_tags = end_tags
        self._frame = self.frames[0]
        self._open: list[tuple[str, _Frame]] = []  # elements, each with the frame outside it
        self._depth = dict.fromkeys(["unshown", "svg", "heading", "part", "pre"], 0)  # open elements by kind
        self._text: list[str] = []
        self._title: list[str] | None = None
        self._link = 0  # how many elements were open when the link opened that this text is in; 0 for no link

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        """An element opens."""
        frame = None if self._depth["unshown"] else self._frame_of(tag, attributes)
        if frame or (tag in _BLOCKS and not self._depth["unshown"]):
            self._break()
        self._open.append((tag, self._frame))
        if len(self._open) * self._end_tags > _MOST_LOOKS:
            raise _TooCostlyError
        if frame:
            self.frames.append(frame)
            self._frame = frame
        for kind in _KINDS.get(tag, ()):
            self._depth[kind] += 1
        if tag == "br":
            self._text.append("\n")
        elif tag == "title" and not self._depth["svg"]:
            self._title = []
        elif tag == "meta" and attributes.get("name", "").lower() == "author":
            self._fact("author", attributes.get("content", ""))
        elif tag == "a" and not self._link and re.match(r"#.", attributes.get("href", "")):
            self._link = len(self._open)
            self._frame.links += 1

    def _frame_of(self, tag: str, attributes: dict[str, str]) -> _Frame | None:
        """The frame that an element opens, if it says anything of its text; within a heading none does."""
        if self._depth["heading"]:
            return None
        hidden = attributes.get("hidden", "until-found").lower() != "until-found"
        hidden = hidden or bool(_HIDDEN_STYLE.search(attributes.get("style", "")))
        if attributes.get("role", "").lower() in _FURNITURE_ROLES:
            tag = "nav"
        elif tag == "header" and self._depth["part"]:
            tag = ""  # of an article, with its title
        return _Frame(tag, self._frame, hidden) if hidden or tag in _FRAMES else None

    def end(self, tag: str) -> None:
        """An element closes; the parser also closes what a page leaves open."""
        if not self._open:
            return
        tag, outer = self._open.pop()
        for kind in _KINDS.get(tag, ()):
            self._depth[kind] -= 1
        if outer is not self._frame or (tag in _BLOCKS and not self._depth["unshown"]):
            self._break()
        self._frame = outer
        if tag == "title" and self._title is not None:
            self._fact("title", "".join(self._title))
            self._title = None
        if self._link > len(self._open):
            self._link = 0

    def data(self, text: str) -> None:
        """Text between two marks."""
        if self._title is not None:
            self._title.append(text)
        if self._depth["unshown"]:
            return
        self._text.append(text if self._depth["pre"] else _SPACE.sub(" ", text))
        letters = sum(map(str.isalpha, text))
        self._frame.letters += letters
        self._frame.linked += letters if self._link else 0

    def close(self) -> "_Target":
        """The page is at its end."""
        self._depth["heading"] = 0
        self._break()
        return self

    def _break(self) -> None:
        """A block ends here; within a heading only a line does."""
        if self._depth["heading"]:
            self._text.append("\n")
        if self._depth["heading"] or not self._text:
            return
        lines = _SPACE_IN_LINE.sub(" ", "".join(self._text)).split("\n")
        text = "\n".join(line.strip() for line in lines).strip()
        self._text.clear()
        if text:
            self.blocks.append((self._frame, text))

    def _fact(self, name: str, value: str) -> None:
        if value.strip():
            self.facts.setdefault(name, " ".join(value.split()))


def read_html(data: bytes) -> Layer | Unread:
    """The layer of a page, or why there is none.

    Scripts, styles and what else is never shown is no text of the page. Menus, forms, buttons and what is hidden are
    furniture. `facts` has the title and author of the page, and the character set (`charset`) it was read in.
    """
    text, charset = _decode(data)
    if not is_text(text):
        return Unread("not-text", "is no web page: it has bytes that no text has. Download it again.")
    if text.count("<") > _MOST_TAGS:
        what = f"has {text.count('<'):,} tags; the limit is {_MOST_TAGS:,}. Save its text alone, or split it."
        return Unread("too-costly", what)
    text = _closed_headings(text)
    target = _Target(end_tags=text.count("</"))
    parser = etree.HTMLParser(encoding="utf-8", target=target, huge_tree=True)
    page = CONTROLS.sub(" ", text).encode("utf-8", "replace")
    try:
        for start in range(0, len(page), _CHUNK):  # lxml tells of an error only at the end of what it was given
            parser.feed(page[start : start + _CHUNK])
        parser.close()
    except _TooCostlyError:
        return Unread("too-costly", "nests its elements too deep to be read. Save its text alone.")
    except etree.LxmlError as error:  # also where there is not one element
        if target.blocks:
            return Unread("damaged", f"is no web page that can be read ({error}). Download it again.")
    if not target.blocks:
        what = "has no text; the page may need a browser to fill it. Open it in one, and save what it shows."
        return Unread("empty", what)
    _settle(target.frames)
    return layer_of_blocks(_parted(target.blocks), {**target.facts, "charset": charset})


def _closed_headings(text: str) -> str:
    """Close each heading where another closes or opens: <h2>…</h3> would make a heading of all that follows."""
    opened = ""

    def close(match: re.Match[str]) -> str:
        nonlocal opened
        before, level = opened, match.group(2)
        if match.group(1):
            opened = ""
            return f"</h{before or level}"
        opened = level
        return f"</h{before}><h{level}" if before else match.group()

    return _HEADING_MARK.sub(close, text)


def _settle(frames: list[_Frame]) -> None:
    """Give each frame its role."""
    for frame in reversed(frames):
        if frame.outer:
            frame.outer.letters += frame.letters
            frame.outer.linked += frame.linked
            frame.outer.links += frame.links
    alone = sum(frame.tag == "h1" for frame in frames) == 1
    for frame in frames:
        if frame.outer:
            _settle_one(frame, frame.outer, title=alone and frame.tag == "h1", all_letters=frames[0].letters)


def _settle_one(frame: _Frame, outer: _Frame, *, title: bool, all_letters: int) -> None:
    frame.role = outer.role
    if outer.role == "contents" or _is_contents(frame):
        frame.role = "contents"
    elif outer.role == "furniture":
        frame.in_header = outer.in_header and frame.tag not in _FURNITURE and not frame.hidden
        if frame.in_header and title:  # the one main heading of a page is its title, also in the header
            frame.role = "heading"
    elif _is_furniture(frame, outer, all_letters):
        frame.role, frame.in_header = "furniture", frame.tag == "header" and not frame.hidden
    elif frame.tag in _HEADINGS:
        frame.role = "heading"
    elif frame.tag == "blockquote":
        frame.role = "quote"
    elif frame.tag == "li" and outer.role != "quote":
        frame.role = "list-item"


def _is_contents(frame: _Frame) -> bool:
    return frame.tag in _LISTS and frame.links >= _LEAST_LINKS and frame.linked >= _LINKED_SHARE * frame.letters


def _is_furniture(frame: _Frame, outer: _Frame, all_letters: int) -> bool:
    if not frame.hidden and (frame.tag not in _FURNITURE or (outer.role == "quote" and frame.tag in _ENDS)):
        return False
    return frame.letters <= (_FORM_SHARE if frame.tag == "form" else _FURNITURE_SHARE) * all_letters


def _parted(blocks: list[tuple[_Frame, str]]) -> Iterator[tuple[str, Role, int | None]]:
    """The blocks with their roles; where a blank line parts running text, as two <br> do, a new one begins."""
    for frame, text in blocks:
        if frame.role in {"heading", "list-item"}:
            level = _HEADINGS.get(frame.tag) if frame.role == "heading" else None
            yield _BLANK_LINES.sub("\n", text), frame.role, level
        else:
            for part in _BLANK_LINES.split(text):
                yield part, frame.role, None


def _decode(data: bytes) -> tuple[str, str]:
    """Text and its character set: by the byte order mark, else what the page says.

    What is valid UTF-8 is read as such whatever it is said to be: nothing else looks like it.
    """
    declared = _DECLARED.search(data, 0, _HEAD_BYTES)
    said = _known(declared.group(1).decode("ascii", "replace") if declared else None)
    for mark, name in _BYTE_ORDER_MARKS:
        if data.startswith(mark):
            return data.decode(name, "replace").removeprefix("\ufeff"), name
    if said in _WIDE and b"\0" in data[:_HEAD_BYTES]:
        return data.decode(said, "replace"), said
    try:
        return data.decode("utf-8"), "utf-8"
    except UnicodeDecodeError:
        if said == "utf-8":  # a page that holds pieces of another
            return data.decode("utf-8", _MIXED), said
    charset = said if said and said not in _WIDE else _DEFAULT
    return data.decode(charset, "replace"), charset


def _known(name: str | None) -> str | None:
    """The codec of a character set by any of its names, if pages are written in it."""
    try:
        codec = codecs.lookup(name or "").name
    except (LookupError, ValueError):
        return None
    return _WINDOWS.get(codec, codec) if _PAGE_CODECS.fullmatch(codec) else None


def _as_windows(error: UnicodeError) -> tuple[str, int]:
    """Bytes that are no UTF-8, as the character set that older pages are in."""
    if not isinstance(error, UnicodeDecodeError):
        raise error
    return error.object[error.start : error.end].decode(_DEFAULT, "replace"), error.end


codecs.register_error(_MIXED, _as_windows)
