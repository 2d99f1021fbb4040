"""What commands print: the one way out, on which what strangers wrote cannot act on the terminal.

A terminal obeys some characters: they move its cursor, clear it, set its title, and make links and colours; others have
what follows shown from right to left. File names and texts may hold them, so each is shown as a character that stands
for it. In JSON it is escaped, which programs read as what it was.
"""

import json
import re
from collections.abc import Iterable
from typing import Any

import click
import rich.console
from rich.console import ConsoleOptions, RenderableType
from rich.segment import Segment
from rich.text import Text

# But \t and \n: what Unicode calls controls, and its marks, embeddings, overrides and isolates of direction.
_OBEYED = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
_PICTURES = 0x2400  # from here on there is a picture of each of the first 32 controls
_SHOWN = {0x7F: "\N{SYMBOL FOR DELETE}"}


def visible(text: str) -> str:
    """A text of the same length in which a terminal finds nothing to obey."""
    return _OBEYED.sub(_picture, text)


def as_json(value: Any, *, indent: int | None = 2) -> str:
    """A value as JSON in which a terminal finds nothing to obey."""
    said = json.dumps(value, indent=indent, ensure_ascii=False)
    return _OBEYED.sub(lambda found: f"\\u{ord(found[0]):04x}", said)


def say(text: str) -> None:
    """Print a text and a line end."""
    click.echo(visible(text))


def say_json(value: Any) -> None:
    """Print a value as JSON."""
    click.echo(as_json(value))


class Console(rich.console.Console):
    """A console that obeys what we say of colours and bars, and nothing that is in a text."""

    def render_str(self, text: str, **options: Any) -> Text:
        """Have a text as wide as it is shown."""
        return super().render_str(visible(text), **options)

    def render(self, renderable: RenderableType, options: ConsoleOptions | None = None) -> Iterable[Segment]:
        """Have whatever is shown, shown."""
        for each in super().render(renderable, options):
            yield each if each.control else Segment(visible(each.text), each.style)


def _picture(found: re.Match[str]) -> str:
    code = ord(found[0])
    return _SHOWN.get(code) or (chr(_PICTURES + code) if code < 32 else "\N{REPLACEMENT CHARACTER}")
