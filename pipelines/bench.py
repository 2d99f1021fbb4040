"""Words per second of each stage, as a ratio to tokenising the same text with a blank Dutch pipeline, in one process.

make bench            the digest in raw/
python -m pipelines.bench FILE …
"""

import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any

import spacy
from rich.console import Console
from rich.table import Table

from extract.dataset import write_draft
from extract.extraction import STAGES, Resources, load_resources, read
from extract.facts import Facts
from extract.records import Extraction, sha256_of
from extract.settings import Settings
from extract.tables import rows_of
from pipelines.paths import MODELS

_ROUNDS = 5
_COPIES = 8  # of each file, so that a round is long enough to measure
_GROWTH = 16
_PIECE_CHARACTERS = 20_000

# What a careless parser takes quadratic time on; the last is the first file given, repeated.
_HARD_TEXTS = {
    "one line of words": "woord ",
    "marks that open": "‘a “",
    "full stops": ".",
    "unknown parties": "Partij X wil dit.\n",
}


def main(files: Iterable[Path]) -> None:
    """Print both tables."""
    console = Console(highlight=False)
    paths = list(files) or sorted(path for path in Path("raw").rglob("*.txt"))
    resources = load_resources(Settings(language_pipeline="blank"), models=MODELS)
    rounds = [_round(paths, resources) for _ in range(_ROUNDS + 1)][1:]  # the first warms up
    words, floor = rounds[0]["words"], statistics.median(each["tokenise"] for each in rounds)
    table = Table("stage", "words per second", "× tokenising", box=None, header_style="bold")
    for name in ("tokenise", "read", *STAGES, "write"):
        ratio = statistics.median(each[name] / each["tokenise"] for each in rounds)
        seconds = statistics.median(each[name] for each in rounds)
        table.add_row(name, f"{words / seconds:,.0f}", f"{ratio:.2f}")
    console.print(f"{words:,.0f} words, median of {_ROUNDS} rounds; tokenising takes {floor:.2f} s\n")
    console.print(table)
    console.print(
        f"\nTime to split {_GROWTH} times the text, as a multiple of {_GROWTH} times the time (1 is linear)\n"
    )
    console.print(_growth(paths[0], resources))


def _round(paths: list[Path], resources: Resources) -> dict[str, float]:
    """Seconds of each stage over all files, and the number of words."""
    seconds: dict[str, float] = {}
    found = _timed(seconds, "read", lambda: [_read(path, copy) for path in paths for copy in range(_COPIES)])
    texts = [each.document.text for each in found if each.document]
    tokenise = spacy.blank("nl")
    pieces = [text[start : start + 100_000] for text in texts for start in range(0, len(text), 100_000)]
    _timed(seconds, "tokenise", lambda: [tokenise.make_doc(piece) for piece in pieces])
    for name, stage in STAGES.items():
        found = _timed(
            seconds, name, lambda stage=stage, found=found: [stage(each, resources=resources) for each in found]
        )
    with tempfile.TemporaryDirectory() as folder:
        processed, parties = Path(folder), resources.register.parties
        _timed(seconds, "write", lambda: write_draft(map(rows_of, found), parties=parties, processed=processed))
    return seconds | {"words": sum(len(text.split()) for text in texts)}


def _growth(path: Path, resources: Resources) -> Table:
    table = Table("text", "multiple", box=None, header_style="bold")
    hard = {name: piece * (_PIECE_CHARACTERS // len(piece)) for name, piece in _HARD_TEXTS.items()}
    for name, text in (hard | {path.name: path.read_text(encoding="utf-8")}).items():
        multiples = [_split_seconds(text * _GROWTH, resources) / _split_seconds(text, resources) for _ in range(3)]
        table.add_row(name, f"{statistics.median(multiples) / _GROWTH:.2f}")
    return table


def _split_seconds(text: str, resources: Resources) -> float:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "text.txt"
        path.write_text(text, encoding="utf-8")
        extraction = read(path.read_bytes(), name=path.name, facts=Facts(), settings=resources.settings)
    began = time.perf_counter()
    STAGES["split"](extraction, resources=resources)
    return time.perf_counter() - began


def _read(path: Path, copy: int) -> Extraction:
    """A copy of a file under an id of its own."""
    found = read(path.read_bytes(), name=path.name, facts=Facts(), settings=Settings())
    if found.document is None:
        raise SystemExit(found.problems[0].message)
    return replace(
        found, document=replace(found.document, document_id=sha256_of(found.document.sha256, str(copy))[:16])
    )


def _timed(seconds: dict[str, float], name: str, work: Callable[[], Any]) -> Any:
    began = time.perf_counter()
    result = work()
    seconds[name] = time.perf_counter() - began
    return result


if __name__ == "__main__":
    main(Path(name) for name in sys.argv[1:])
