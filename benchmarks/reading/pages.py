"""How well documents are read: passages and sentences against pages that readers marked, beside three other segmenters.

    make quality
    python -m benchmarks.reading.pages --texts FOLDER [--json]

prints a table per set of pages; `tests/gold/README.md` says how they were chosen and marked. Broken words are counted
with hunspell's Dutch dictionary where that is installed.
"""

import json
import re
import shutil
import subprocess
import sys
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console

from benchmarks.reading import marks as gold
from benchmarks.reading.marks import Item, Mark, Tally
from benchmarks.shared import GOLD, document_in, parser_with_texts, table_of
from extract.extraction import Resources, load_resources, split
from extract.layout.layers import Layer
from extract.layout.ledger import from_csv
from extract.records import ASIDE, Extraction
from extract.settings import Settings
from pipelines.paths import MODELS

_PARTS = ("test",)  # of the marked pages: those that nothing was trained on; page_models.py measures the others
_TRAINING_TEXTS = 60  # from which Punkt learns abbreviations, none of them marked
_PER = 1000  # words, of which so many are broken
_COLUMNS = ("f1", "precision", "recall", "kinds", "stray")
_WORD = re.compile(r"[^\W\d_]+")
_TORN = re.compile(
    r"""([^\W\d_]+)
    (?: [ ] | [-\u00ad\ufffe\u0002]\s*\n\s* | [\u00ad\ufffe\u0002] | [ ]-[ ] )  # a space, a hyphen, or both
    (?=([a-zà-ÿ]+))
    """,
    re.VERBOSE,
)
_TORN_LETTERS = 4  # of a torn word, at least; shorter ones are too often two words by chance
_HALF = 40  # characters on either side of a joint that are looked at; no half of a word is longer
Segment = Callable[[str], list[str]]
Row = dict[str, float]  # figures by name


@dataclass(frozen=True, slots=True)
class Read:
    """A marked item, the document it lies in, and the place of its letters in the document's layer."""

    item: Item
    extraction: Extraction
    layer: Layer
    offsets: list[int]


@dataclass(frozen=True, slots=True)
class Figures:
    """What was measured on a set of items: a row of figures for each who read them, and how many words are broken."""

    items: int
    rows: dict[str, Row]
    broken: Row


def find_files(texts: Path) -> dict[str, Path]:
    """The files below a folder, by name."""
    return {path.name: path for path in sorted(texts.rglob("*")) if path.is_file()}


def read_items(texts: Path, parts: Iterable[str], resources: Resources) -> list[Read]:
    """Read the documents of all items in the given sets, each once."""
    files, extractions, found = find_files(texts), {}, []
    for item in gold.read_items(GOLD):
        if item.part in parts:
            path = files[item.file]
            if path not in extractions:
                extractions[path] = split(Extraction(document=document_in(path)), resources=resources)
            offsets, layer = gold.item_letters(item, path)
            found.append(Read(item, extractions[path], layer, offsets))
    return found


def score(reads: Iterable[Read], marks: dict[str, list[Mark]]) -> dict[str, Tally]:
    """Tallies over PDFs, over texts, and over all."""
    tallies: dict[str, Tally] = defaultdict(Tally)
    for read in reads:
        starts = gold.sentence_starts_in(read.extraction, read.offsets)
        tally = gold.tally(starts, marks[read.item.name], gold.placed_in(read.extraction, read.offsets))
        for name in ("PDF" if read.item.page else "text", "all"):
            tallies[name] += tally
    return tallies


def score_segmenter(reads: Iterable[Read], marks: dict[str, list[Mark]], segment: Segment, *, raw: bool) -> Tally:
    """A segmenter on the same items: on their raw text, or on the passages that were found in them."""
    total = Tally()
    for read in reads:
        starts = _raw_starts(read, segment) if raw else _passage_starts(read, segment)
        total += gold.tally(starts, marks[read.item.name])
    return total


def _raw_starts(read: Read, segment: Segment) -> set[int]:
    """Where sentences start by a segmenter that is given an item as its layer has it."""
    text = read.layer.text[read.offsets[0] : read.offsets[-1] + 1].replace("\f", "\n")
    return gold.segmented_starts(text, segment)


def _passage_starts(read: Read, segment: Segment) -> set[int]:
    """Where sentences start by a segmenter that is given passages, and so no furniture and no line ends."""
    document = read.extraction.document
    sentences: list[tuple[int, str]] = []
    for passage in read.extraction.passages if document else ():
        if document and passage.kind not in ASIDE:
            text, at = document.text[passage.char_start : passage.char_end], 0
            for sentence in segment(text):
                found = text.find(sentence.strip(), at)
                if found >= 0 and sentence.strip():
                    sentences.append((passage.char_start + found, sentence.strip()))
                    at = found + len(sentence.strip())
    return gold.starts_at(read.extraction, sentences, read.offsets)


def segmenters(texts: Path) -> dict[str, Segment]:
    """pySBD, spaCy's sentencizer, and NLTK's Punkt, which learns from texts here: its Dutch model is a download."""
    import pysbd
    import spacy
    from nltk.tokenize.punkt import PunktSentenceTokenizer, PunktTrainer

    sbd = pysbd.Segmenter(language="nl", clean=False)
    nlp = spacy.blank("nl")
    nlp.add_pipe("sentencizer")
    nlp.max_length = 10**7
    marked = {item.file for item in gold.read_items(GOLD)}
    unmarked = [path for path in find_files(texts).values() if path.suffix == ".txt" and path.name not in marked]
    trainer = PunktTrainer()
    for path in unmarked[:: max(1, len(unmarked) // _TRAINING_TEXTS)]:
        trainer.train(path.read_text(encoding="utf-8", errors="replace"), finalize=False)
    punkt = PunktSentenceTokenizer(trainer.get_params())
    return {
        "pySBD": lambda text: [str(sentence) for sentence in sbd.segment(text)],
        "spaCy sentencizer": lambda text: [sentence.text for sentence in nlp(text).sents],
        "NLTK Punkt": punkt.tokenize,
    }


def broken_words(texts: Iterable[str]) -> tuple[int, int]:
    """(words torn apart, words) by hunspell: two that follow each other, not both words, which are one together."""
    pairs: Counter[tuple[str, str]] = Counter()
    words = 0
    for text in texts:
        words += len(_WORD.findall(text))
        pairs.update((match[1], match[2]) for match in _TORN.finditer(text))
    unknown = _unknown({each for pair in pairs for each in (*pair, "".join(pair))})
    torn = sum(
        count for (one, two), count in pairs.items()
        if (one in unknown or two in unknown) and one + two not in unknown and len(one + two) >= _TORN_LETTERS
    )  # fmt: skip
    return torn, words


def badly_joined(extractions: Iterable[Extraction]) -> int:
    """How many words that were joined at a line end are none to hunspell, while both halves are."""
    joined: Counter[tuple[str, str]] = Counter()
    for extraction in extractions:
        document = extraction.document
        for entry in from_csv(document.ledger) if document else ():
            if entry.step in ("hyphen", "torn-word") and document:
                before = re.search(r"[^\W\d_]*$", document.text[max(0, entry.char_start - _HALF) : entry.char_start])
                after = re.match(r"[^\W\d_]*", document.text[entry.char_end : entry.char_end + _HALF])
                joined[before.group() if before else "", after.group() if after else ""] += 1
    unknown = _unknown({each for pair in joined for each in (*pair, "".join(pair)) if each})
    return sum(
        count for (one, two), count in joined.items() if one + two in unknown and not {one, two} & unknown and two
    )


def _unknown(words: set[str]) -> set[str]:
    """The words that hunspell does not know."""
    answer = subprocess.run(
        ["hunspell", "-d", "nl_NL", "-i", "utf-8", "-l"], input="\n".join(sorted(words)), text=True,
        encoding="utf-8", capture_output=True, check=True,
    )  # fmt: skip
    return set(answer.stdout.split())


def main() -> None:
    """Print the tables, and the figures as JSON with --json."""
    parser = parser_with_texts(__doc__)
    parser.add_argument("--json", action="store_true", help="print the figures as JSON")
    arguments = parser.parse_args()
    console = Console(stderr=arguments.json)
    resources = load_resources(Settings(language_pipeline="blank", codebooks=("statement",)), models=MODELS)
    marks, second = gold.read_marks(GOLD, "first"), gold.read_marks(GOLD, "second")
    peers = segmenters(arguments.texts)
    figures: dict[str, Figures] = {}
    for part in _PARTS:
        reads = read_items(arguments.texts, {part}, resources)
        figures[part] = Figures(len(reads), _rows(reads, marks, second, peers), _broken(reads))
        _show(console, part, figures[part])
    if arguments.json:
        answer = {part: {"items": each.items, "rows": each.rows, **each.broken} for part, each in figures.items()}
        sys.stdout.write(json.dumps(answer, indent=2, ensure_ascii=False) + "\n")


def _rows(
    reads: list[Read], marks: dict[str, list[Mark]], second: dict[str, list[Mark]], peers: dict[str, Segment]
) -> dict[str, Row]:
    """What is measured on a set of items: of our reading, of a second reader, of other segmenters."""
    rows = {name: _row(tally) for name, tally in score(reads, marks).items()}
    twice = [name for name in second if any(read.item.name == name for read in reads)]
    if twice:
        between = Tally()
        for name in twice:
            between += gold.agreement(marks[name], second[name])
        rows[f"second reader ({len(twice)} items)"] = _row(between)
    for name, segment in peers.items():
        rows[f"{name}, our passages"] = _row(score_segmenter(reads, marks, segment, raw=False))
        rows[f"{name}, raw text"] = _row(score_segmenter(reads, marks, segment, raw=True))
    return rows


def _row(tally: Tally) -> Row:
    row = {
        "f1": round(tally.f1, 4),
        "precision": round(tally.right / max(1, tally.found), 4),
        "recall": round(tally.right / max(1, tally.marked), 4),
    }
    return row | ({"kinds": round(tally.kinds, 4), "stray": tally.stray} if tally.blocks else {})


def _broken(reads: list[Read]) -> Row:
    """Broken words in what we read, and in the layers that it was read from; nothing without hunspell."""
    if not shutil.which("hunspell"):
        return {}
    extractions = {id(read.extraction): read.extraction for read in reads}.values()
    layers = {id(read.extraction): read.layer.text for read in reads}.values()
    torn, words = broken_words(sentence.text for each in extractions for sentence in each.sentences)
    raw, raw_words = broken_words(layers)
    return {
        "broken_per_1000": round(_PER * torn / words, 3),
        "badly_joined_per_1000": round(_PER * badly_joined(extractions) / words, 3),
        "broken_per_1000_raw": round(_PER * raw / raw_words, 3),
    }


def _show(console: Console, part: str, figures: Figures) -> None:
    table = table_of("", *_COLUMNS, title=f"{part}: {figures.items} items")
    for name, row in figures.rows.items():
        table.add_row(name, *(str(row.get(each, "")) for each in _COLUMNS))
    console.print(table)
    console.print(figures.broken or "hunspell is not installed, so broken words are not counted", "\n")


if __name__ == "__main__":
    main()
