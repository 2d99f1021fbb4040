"""What benchmarks share: where things lie, how texts and treebanks are read, CPU time, tables. It measures nothing."""

import argparse
import resource
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rich.table import Table

from extract.reading.documents import read_document
from extract.reading.facts import Facts
from extract.records import Document

ROOT = Path(__file__).parents[1]
GOLD = ROOT / "tests" / "gold"
DIGEST = ROOT / "raw" / "digitalisering-tk2025.txt"
MOST_CHARACTERS = 10**8
"""Of a file that is read here: no limit, for they are known."""


@dataclass(frozen=True, slots=True)
class Token:
    """A word of a treebank; in lemmas _ parts a compound."""

    form: str
    lemma: str
    part_of_speech: str


def document_in(path: Path) -> Document | None:
    """The document in a file of which nothing is known but its name."""
    document, _ = read_document(path, raw=path.parent, facts=Facts(), max_characters=MOST_CHARACTERS)
    return document


def tokens_in(texts: Path) -> Iterator[Token]:
    """Yield the words, but no numbers and marks, of the treebanks (CoNLL-U) that lie in `treebanks` in a folder."""
    for path in sorted((texts / "treebanks").glob("*.conllu")):
        for line in path.read_text(encoding="utf-8").splitlines():
            cells = line.split("\t")
            if len(cells) == 10 and cells[0].isdigit() and cells[1].isalpha():
                yield Token(*cells[1:4])


def parser_with_texts(doc: str | None, **how: Any) -> argparse.ArgumentParser:
    """A command line that takes --texts FOLDER, and has the docstring of a module as its help."""
    parser = argparse.ArgumentParser(description=doc, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--texts", type=Path, metavar="FOLDER", **({"required": True} | how))
    return parser


def table_of(first: str, *figures: str, title: str | None = None) -> Table:
    """An empty table whose columns but for the first hold figures."""
    table = Table(first, title=title, box=None, header_style="bold", title_justify="left")
    for name in figures:
        table.add_column(name, justify="right")
    return table


def cpu_seconds_of_children() -> float:
    """CPU time of all processes that this one started and that have ended."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime
