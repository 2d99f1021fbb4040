"""Markdown → text layer: the text as it is, with the structure that its marks give it."""

import functools
import re
from collections.abc import Iterator

from markdown_it import MarkdownIt
from markdown_it.token import Token

from extract.layout.layers import Layer, Line, Role

_KEY = re.compile(r"([\w.-]+)[ \t]*:(?:\s+(.*))?$")
_FACTS = {"title", "author", "subject"}
_COMMENT = re.compile(r"<!--.*?(?:-->|\Z)", re.DOTALL)
_CONTAINERS = {"blockquote_open": "blockquote_close", "list_item_open": "list_item_close"}
_BLOCKS = {"paragraph_open", "heading_open", "fence", "code_block", "html_block", "hr", "tr_open"}

_Mark = tuple[Role, int | None, bool]  # of a line: role, level of a heading, whether a block begins here


def read_markdown(text: str) -> Layer:
    """The layer of a text in Markdown; its text is `text` itself, marks and all.

    Front matter, rules and comments are furniture; a table is a block per row.
    """
    parts = text.split("\n")
    front = _front_matter(parts)
    marks = _marks(parts, front)
    lines: list[Line] = []
    start = 0
    for part, (role, level, opens) in zip(parts, marks, strict=True):
        if part.strip():
            lead, end = len(part) - len(part.lstrip()), start + len(part.rstrip())
            lines.append(Line(start=start + lead, end=end, role=role, level=level, opens=opens))
        start += len(part) + 1
    return Layer(text=text, lines=tuple(lines), facts=dict(_facts(parts[:front])))


def _front_matter(parts: list[str]) -> int:
    """How many lines the front matter has: `key: value`s between two marks; without a key --- is but a rule."""
    if parts[0].rstrip() != "---":
        return 0
    said = next((part for part in parts[1:] if part.strip() and not part.startswith("#")), "")
    closing = (number for number, part in enumerate(parts) if number and part.rstrip() in {"---", "..."})
    return next(closing, -1) + 1 if _KEY.match(said) else 0


def _facts(parts: list[str]) -> Iterator[tuple[str, str]]:
    for part in parts:
        match = _KEY.match(part)
        value = match.group(2).strip().strip("\"'") if match and match.group(2) else ""
        if match and match.group(1).lower() in _FACTS and value:
            yield match.group(1).lower(), value


def _marks(parts: list[str], front: int) -> list[_Mark]:
    """A mark for each line; what no token covers is a block of its own."""
    marks: list[_Mark] = [("furniture", None, number == 0) for number in range(front)]
    marks += [("body", None, True)] * (len(parts) - front)
    inside: list[str] = []  # the block quotes and list items that are open
    for token in _tokens(parts, front):
        if token.type in _CONTAINERS:
            inside.append(token.type)
        elif token.type in _CONTAINERS.values():
            inside.pop()
        if token.map and (token.type in _BLOCKS or token.type in _CONTAINERS or token.type == "table_open"):
            # First the whole quote, item or table, then the blocks in it: what is left are marks without a text.
            role, level = _role(token, inside)
            first, end = token.map
            marks[first:end] = [(role, level, number == first) for number in range(first, end)]
    return marks


def _tokens(parts: list[str], front: int) -> list[Token]:
    """The blocks of a text, line by line; what stands in a line is of no concern.

    Definitions of links leave no token, so they are not looked for and count as paragraphs.
    """
    # To the parser a carriage return ends a line and a form feed is a text; to nobody else.
    seen = ("" if number < front or part.isspace() else part.replace("\r", " ") for number, part in enumerate(parts))
    return _parser().parse("\n".join(seen))


@functools.cache
def _parser() -> MarkdownIt:
    return MarkdownIt("commonmark").enable("table").disable(["inline", "text_join", "reference"])


def _role(token: Token, inside: list[str]) -> tuple[Role, int | None]:
    if token.type == "heading_open":
        return "heading", int(token.tag.removeprefix("h"))
    if token.type == "hr" or (token.type == "html_block" and not _COMMENT.sub("", token.content).strip()):
        return "furniture", None
    if "blockquote_open" in inside:
        return "quote", None
    return ("list-item" if inside else "body"), None
