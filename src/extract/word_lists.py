"""The lists that ship with the package: `data/*.csv`."""

import csv
import functools
import importlib.resources


@functools.cache
def words(name: str, role: str) -> frozenset[str]:
    """The words of a role in `data/<name>.csv`."""
    return frozenset(row["word"] for row in read_list(name) if row["role"] == role)


@functools.cache
def read_list(name: str) -> tuple[dict[str, str], ...]:
    """The rows of `data/<name>.csv`."""
    source = importlib.resources.files("extract") / "data" / f"{name}.csv"
    return tuple(csv.DictReader(source.read_text(encoding="utf-8").splitlines()))


@functools.cache
def known() -> frozenset[str]:
    """Words that Dutch law and parliament use; see docs/decisions.md for where they were counted."""
    return frozenset(row["word"] for row in read_list("words"))


@functools.cache
def open_words() -> frozenset[str]:
    """Articles, prepositions, conjunctions and the like: no block of text ends with one."""
    return frozenset(row["word"] for row in read_list("open-words"))
