"""The questions that a dataset answers most often, as SQL: `queries/*.sql`, each with what it is about.

A file begins with comments: `-- title:`, `-- description:`, and one for each parameter, with what it means. SQLite runs
it as it stands, but for the function `dutch` (`full_text.py`). All parameters are texts; empty means that
none was given.
"""

import functools
import importlib.resources
import re
from dataclasses import dataclass

_HEADER = re.compile(r"-- (\w+): (.+)")


@dataclass(frozen=True, slots=True)
class NamedQuery:
    """A query with its parameters, each with what it means."""

    name: str
    title: str
    description: str
    parameters: dict[str, str]
    sql: str


@functools.cache
def named_queries() -> tuple[NamedQuery, ...]:
    """All named queries, in the order of their titles."""
    folder = importlib.resources.files("extract.search") / "queries"
    texts = {path.name.removesuffix(".sql"): path.read_text(encoding="utf-8") for path in folder.iterdir()}
    return tuple(sorted((_query(name, text) for name, text in texts.items()), key=lambda each: each.title))


def _query(name: str, text: str) -> NamedQuery:
    lines = text.splitlines()
    header = {found[1]: found[2] for line in lines if (found := _HEADER.fullmatch(line))}
    sql = "\n".join(line for line in lines if not _HEADER.fullmatch(line))
    return NamedQuery(name, header.pop("title"), header.pop("description"), header, sql)
