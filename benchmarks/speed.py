"""Words per second of each stage, as a ratio to tokenising the same text with a blank Dutch pipeline, in one process.

make bench            the digest in raw/, and certificates of quotes from the manifestos in TEXTS
python -m benchmarks.speed [--texts FOLDER] [FILE …]
"""

import random
import statistics
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Any

import spacy
from rapidfuzz import fuzz
from rich.console import Console
from rich.table import Table

from benchmarks.shared import parser_with_texts, table_of
from extract.dataset.versions import write_draft
from extract.extraction import STAGES, Resources, Stage, load_resources, read
from extract.language.pipeline import OURS
from extract.reading.facts import Facts
from extract.records import Extraction, sha256_of
from extract.settings import Settings
from extract.tables import rows_of
from extract.verification.certificates import Claimed, claim
from extract.verification.examination import Digest, certify
from extract.verification.sources import Source, source_of
from pipelines.paths import MODELS

_ROUNDS = 5
_COPIES = 8  # of each file, so that a round is long enough to measure
_GROWTH = 16
_PIECE_CHARACTERS = 20_000
_ANNOTATED = "annotate, with tokens of every sentence"

# What a careless parser takes quadratic time on; the last is the first file given, repeated.
_HARD_TEXTS = {
    "one line of words": "woord ",
    "marks that open": "‘a “",
    "full stops": ".",
    "unknown parties": "Partij X wil dit.\n",
}


# Quotes and manifestos of which the certificates are timed, and how many times the first that is.
_CERTIFIED = ((200, 5), (800, 20), (3_200, 80))
_PEER_SIZES = 2  # of these that the peer is timed on: it takes each quote with each manifesto
_QUOTE_CHARACTERS = range(60, 420)
_MANIFESTO_CHARACTERS = 60_000  # at least, so that there are 40 quotes in each
_SEED = 1


def main(files: Iterable[Path], texts: Path | None) -> None:
    """Print all tables."""
    console = Console(highlight=False)
    paths = list(files) or sorted(path for path in Path("raw").rglob("*.txt"))
    resources = load_resources(Settings(language_pipeline=OURS), models=MODELS)
    rounds = [_round(paths, resources) for _ in range(_ROUNDS + 1)][1:]  # the first warms up
    words, floor = rounds[0]["words"], statistics.median(each["tokenise"] for each in rounds)
    table = table_of("stage", "words per second", "× tokenising")
    for name in ("tokenise", "read", *STAGES, _ANNOTATED, "write"):
        ratio = statistics.median(each[name] / each["tokenise"] for each in rounds)
        seconds = statistics.median(each[name] for each in rounds)
        table.add_row(name, f"{words / seconds:,.0f}", f"{ratio:.2f}")
    console.print(f"{words:,.0f} words, median of {_ROUNDS} rounds; tokenising takes {floor:.2f} s\n")
    console.print(table)
    console.print(
        f"\nTime to split {_GROWTH} times the text, as a multiple of {_GROWTH} times the time (1 is linear)\n"
    )
    console.print(_growth(paths[0], resources))
    if texts and (texts / "manifestos-text").is_dir():
        console.print("\nSeconds to certify quotes against manifestos that are read, and as a multiple of the first\n")
        console.print(_certifying(sorted((texts / "manifestos-text").glob("*.txt")), resources))


def _round(paths: list[Path], resources: Resources) -> dict[str, float]:
    """Seconds of each stage over all files, and the number of words."""
    seconds: dict[str, float] = {}
    found = _timed(seconds, "read", lambda: [_read(path, copy) for path in paths for copy in range(_COPIES)])
    texts = [each.document.text for each in found if each.document]
    tokenise = spacy.blank("nl")
    pieces = [text[start : start + 100_000] for text in texts for start in range(0, len(text), 100_000)]
    _timed(seconds, "tokenise", lambda: [tokenise.make_doc(piece) for piece in pieces])
    for name, stage in STAGES.items():
        found = _timed(seconds, name, partial(_staged, stage, found, resources))
    annotating = replace(resources, settings=replace(resources.settings, annotate=True))
    _timed(seconds, _ANNOTATED, lambda: [STAGES["annotate"](each, resources=annotating) for each in found])
    with tempfile.TemporaryDirectory() as folder:
        processed, parties = Path(folder), resources.register.parties
        _timed(seconds, "write", lambda: write_draft(map(rows_of, found), parties=parties, processed=processed))
    return seconds | {"words": sum(len(text.split()) for text in texts)}


def _growth(path: Path, resources: Resources) -> Table:
    table = table_of("text", "multiple")
    hard = {name: piece * (_PIECE_CHARACTERS // len(piece)) for name, piece in _HARD_TEXTS.items()}
    for name, text in (hard | {path.name: path.read_text(encoding="utf-8")}).items():
        multiples = [_split_seconds(text * _GROWTH, resources) / _split_seconds(text, resources) for _ in range(3)]
        table.add_row(name, f"{statistics.median(multiples) / _GROWTH:.2f}")
    return table


def _certifying(paths: Sequence[Path], resources: Resources) -> Table:
    """Certificates of more and more quotes and manifestos, beside a similarity score of each quote and manifesto."""
    drawn = random.Random(_SEED)
    shuffled = drawn.sample(paths, len(paths))  # or the first would all be of one party
    sources = list(islice(_long_sources(shuffled, resources), _CERTIFIED[-1][1]))
    table = table_of("quotes", "manifestos", "seconds", "multiple", "peer, seconds", "multiple")
    first: tuple[float, float] | None = None
    for size, (quotes, manifestos) in enumerate(_CERTIFIED):
        chosen = sources[:manifestos]
        claimed = [each for source in chosen for each in _quotes(source, quotes // manifestos, drawn)]
        seconds = min(_certify_seconds(claimed, chosen, resources) for _ in range(3))
        peer = _peer_seconds(claimed, chosen) if size < _PEER_SIZES else None
        first = first or (seconds, peer or 0)
        cells = [f"{len(claimed):,}", str(manifestos), f"{seconds:.2f}", f"{seconds / first[0]:.1f}"]
        table.add_row(*cells, *([f"{peer:.2f}", f"{peer / first[1]:.1f}"] if peer else ["", ""]))
    return table


def _long_sources(paths: Iterable[Path], resources: Resources) -> Iterator[Source]:
    for path in paths:
        extraction = read(path.read_bytes(), name=path.name, facts=Facts(), settings=resources.settings)
        if extraction.document and len(extraction.document.text) >= _MANIFESTO_CHARACTERS:
            source = source_of(rows_of(STAGES["split"](extraction, resources=resources)))
            if source and source.kind == "manifesto" and source.party_id:
                yield source


def _quotes(source: Source, count: int, drawn: random.Random) -> list[Claimed]:
    """Sentences of a manifesto, as quotes of its party."""
    sentences = [each for each in source.sentences["text"].to_pylist() if len(each) in _QUOTE_CHARACTERS]
    return [
        claim(text, party_id=source.party_id, election=source.election, quote_id=f"{source.document_id}.{number}")
        for number, text in enumerate(drawn.sample(sentences, min(count, len(sentences))))
    ]


def _certify_seconds(claimed: list[Claimed], sources: list[Source], resources: Resources) -> float:
    fresh = [replace(source) for source in sources]  # which have not yet worked anything out
    began = time.perf_counter()
    certify([Digest("digest.txt", tuple(claimed), ())], fresh, register=resources.register)
    return time.perf_counter() - began


def _peer_seconds(claimed: list[Claimed], sources: list[Source]) -> float:
    began = time.perf_counter()
    for each in claimed:
        for source in sources:
            fuzz.partial_ratio(each.quote.text, source.text)
    return time.perf_counter() - began


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


def _staged(stage: Stage, found: Iterable[Extraction], resources: Resources) -> list[Extraction]:
    return [stage(each, resources=resources) for each in found]


def _timed(seconds: dict[str, float], name: str, work: Callable[[], Any]) -> Any:
    began = time.perf_counter()
    result = work()
    seconds[name] = time.perf_counter() - began
    return result


if __name__ == "__main__":
    parser = parser_with_texts(__doc__, required=False)
    parser.add_argument("files", type=Path, nargs="*")
    arguments = parser.parse_args()
    main(arguments.files, arguments.texts)
