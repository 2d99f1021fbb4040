"""Train the classifiers of lines on pages that readers marked, and measure them on files that they have not seen.

    make page-models TEXTS=…
    python -m benchmarks.reading.page_models --texts FOLDER [--write] [--json]

prints how well pages are read: of the test half by classifiers of the development half, and of all files in five parts,
each by classifiers of the other four. With --write it fits them on all marked pages and puts them where they ship.
"""

import hashlib
import json
import sys
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, fields
from pathlib import Path

import numpy as np
import skops.io
from numpy.typing import NDArray
from rich.console import Console
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.model_selection import GroupKFold

from benchmarks.reading import marks as gold
from benchmarks.reading.marks import NO_LANGUAGE, Item, Mark, Tally, marked_letters
from benchmarks.shared import GOLD, MOST_CHARACTERS, ROOT, parser_with_texts, table_of
from extract.boosted_trees import arrays_of
from extract.extraction import Resources, load_resources, split
from extract.labels.classifier import without_chance
from extract.layout.layers import PAGE_BREAK, Layer
from extract.pages.block_features import describe_blocks
from extract.pages.columns import cut_columns
from extract.pages.heading_features import describe_headings
from extract.pages.line_features import describe_lines
from extract.pages.page_blocks import TEXT, group_lines, likeliest, tell_apart, where_blocks_begin
from extract.pages.page_models import FILE, PageModels
from extract.pages.reading_order import in_reading_order
from extract.reading.documents import document_in
from extract.reading.facts import Facts
from extract.reading.formats import read_layer
from extract.records import Extraction
from extract.settings import Settings
from pipelines.paths import MODELS

HALVES = ("wide-development", "wide-test")
ALWAYS = ("first", "development")  # marked pages of five files that are always trained on, and never measured here
_PARTS = 5
_BLOCK_KINDS = {"other": "body"}  # tables and notes are too few to be learnt
_DECADES = ("1940", "1950", "1960", "1970", "1980", "1990", "2000", "2010", "2020")
_MAKERS = (
    "omnipage", "abbyy", "i.r.i.s.", "paper cap", "indesign", "pagemaker", "quark", "word", "ghostscript", "quartz"
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Label:
    """What a line is by a reader's marks."""

    kind: str
    begins: bool  # whether it is of another block than the line of running text before it
    level: int | None  # of a heading


@dataclass(frozen=True, slots=True)
class Pages:
    """A file, its lines in reading order with their features, and the labels of those that are marked."""

    sha256: str
    path: Path
    layer: Layer
    rows: NDArray[np.float32]
    labels: dict[int, Label]
    items: tuple[Item, ...]


def read_pages(texts: Path, parts: Iterable[str]) -> list[Pages]:
    """The files of the sets `parts` of marked pages."""
    marks = gold.read_marks(GOLD, "first")
    by_file: dict[str, list[Item]] = defaultdict(list)
    for item in gold.read_items(GOLD):
        if item.part in parts and item.page is not None:
            by_file[item.sha256].append(item)
    files = {hashlib.sha256(path.read_bytes()).hexdigest(): path for path in sorted(texts.rglob("*.pdf"))}
    return [_pages(sha256, files[sha256], items, marks) for sha256, items in by_file.items()]


def _pages(sha256: str, path: Path, items: Sequence[Item], marks: dict[str, list[Mark]]) -> Pages:
    layer, _ = read_layer(path.read_bytes(), path.name, max_characters=MOST_CHARACTERS)
    if not isinstance(layer, Layer):
        raise ValueError(f"{path} {layer.what}")
    layer, furniture = in_reading_order(cut_columns(layer))
    labels: dict[int, Label] = {}
    for item in items:
        labels |= dict(_labels(item, marks[item.name], layer))
    return Pages(sha256, path, layer, describe_lines(layer, furniture), labels, tuple(items))


def _labels(item: Item, marks: Sequence[Mark], layer: Layer) -> Iterator[tuple[int, Label]]:
    """Yield the rank and the label of each line of a marked page."""
    before = layer.text.split(PAGE_BREAK)[: item.page]
    start = sum(len(page) + 1 for page in before[:-1])
    offsets = [start + offset for offset in marked_letters(before[-1])[1]]
    mark_at = {offsets[letter]: mark for mark in marks for first, end in mark.ranges for letter in range(first, end)}
    goes_on = {mark.block for mark in marks if mark.goes_on}
    block: int | None = None  # of the last letter of running text
    for rank, line in enumerate(layer.lines):
        if line.page != item.page:
            continue
        on_line = [mark_at[offset] for offset in range(line.start, line.end) if offset in mark_at]
        if on_line:
            kind = Counter(mark.kind for mark in on_line).most_common(1)[0][0]
            level = next(mark.level for mark in on_line if mark.kind == kind)
            running = [mark.block for mark in on_line if mark.kind not in NO_LANGUAGE]
            begins = bool(running) and (running[0] != block if block is not None else running[0] not in goes_on)
            yield rank, Label(kind, begins, level)
            block = running[-1] if running else block


# Training


def fit(files: Sequence[Pages]) -> PageModels:
    """Classifiers fitted on marked pages."""
    lines = [(each.rows[rank], label) for each in files for rank, label in each.labels.items()]
    rows = np.array([row for row, _ in lines])
    apart = _boosted(75).fit(rows, np.array([_apart(label) for _, label in lines]))
    running = np.array([_apart(label) == TEXT for _, label in lines])
    begins = _boosted(150).fit(rows[running], np.array([label.begins for _, label in lines])[running])
    models = PageModels(apart, begins, None, None)
    blocks = [each for file in files for each in _marked_blocks(file, models)]
    kinds = _boosted(100).fit(np.array([row for row, _ in blocks]), np.array([kind for _, kind in blocks]))
    models = PageModels(apart, begins, kinds, None)
    headings = [each for file in files for each in _marked_headings(file, models)]
    levels = _boosted(60).fit(np.array([row for row, _ in headings]), np.array([level for _, level in headings]))
    return PageModels(apart, begins, kinds, levels)


def _boosted(rounds: int) -> HistGradientBoostingClassifier:
    return HistGradientBoostingClassifier(
        max_iter=rounds, learning_rate=0.12, max_leaf_nodes=8, max_features=0.2, l2_regularization=5,
        min_samples_leaf=10, early_stopping=False, random_state=0,
    )  # fmt: skip


def _apart(label: Label) -> str:
    return label.kind if label.kind in NO_LANGUAGE else TEXT


def _marked_blocks(file: Pages, models: PageModels) -> Iterator[tuple[NDArray[np.float32], str]]:
    """Yield the features and the kind of each marked block; the blocks around it on other pages are predicted."""
    apart = tell_apart(file.layer, models.apart.predict_proba(file.rows), models)
    begins = where_blocks_begin(file.layer, models.begins.predict_proba(file.rows), models)
    for rank, label in file.labels.items():
        apart[rank], begins[rank] = _apart(label), label.begins
    groups = group_lines(_running(apart), begins)
    for row, group in zip(describe_blocks(file.layer, file.rows, groups), groups, strict=True):
        if group[0] in file.labels:
            kind = file.labels[group[0]].kind
            yield row, _BLOCK_KINDS.get(kind, kind)


def _running(apart: Sequence[str]) -> list[int]:
    """The lines, by rank, of the running text."""
    return [rank for rank, label in enumerate(apart) if label == TEXT]


def _marked_headings(file: Pages, models: PageModels) -> Iterator[tuple[NDArray[np.float32], str]]:
    """Yield the features and the level of each marked heading that is found."""
    apart = tell_apart(file.layer, models.apart.predict_proba(file.rows), models)
    groups = group_lines(
        _running(apart), where_blocks_begin(file.layer, models.begins.predict_proba(file.rows), models)
    )
    features = describe_blocks(file.layer, file.rows, groups)
    kinds = likeliest(models.kinds, features) if groups else []
    headings = [place for place, kind in enumerate(kinds) if kind == "heading"]
    for row, place in zip(describe_headings(file.layer, groups, features, headings), headings, strict=True):
        label = file.labels.get(groups[place][0])
        if label and label.kind == "heading" and label.level:
            yield row, str(label.level)


def save(models: PageModels, path: Path) -> None:
    """Write classifiers as a skops file whose bytes depend on them alone."""
    arrays = {field.name: arrays_of(getattr(models, field.name)) for field in fields(PageModels)}
    path.write_bytes(without_chance(skops.io.dumps(arrays)))


# Measuring


def read_with(file: Pages, models: PageModels | None, resources: Resources) -> Extraction:
    """The document in a file, read with these classifiers and split."""
    data = file.path.read_bytes()
    document, _ = document_in(
        data, name=file.path.name, facts=Facts(), max_characters=MOST_CHARACTERS, page_models=models
    )
    return split(Extraction(document=document), resources=resources)


def held_out(
    files: Sequence[Pages], always: Sequence[Pages], resources: Resources
) -> Iterator[tuple[Pages, Extraction]]:
    """Yield each file, read with classifiers that were fitted on other files."""
    for train, test in GroupKFold(_PARTS).split(files, groups=[file.sha256 for file in files]):
        models = fit([*(files[place] for place in train), *always])
        for place in test:
            yield files[place], read_with(files[place], models, resources)


def tally(file: Pages, extraction: Extraction, marks: dict[str, list[Mark]]) -> Tally:
    """What agrees with the marks of a file's pages."""
    total = Tally()
    for item in file.items:
        offsets, _ = gold.item_letters(item, file.path)
        placed = gold.placed_in(extraction, offsets)
        total += gold.tally(gold.sentence_starts_in(extraction, offsets), marks[item.name], placed)
    return total


def _grouped(tallies: Iterable[tuple[Pages, Tally]], group: Callable[[Pages], str]) -> dict[str, Tally]:
    found: dict[str, Tally] = defaultdict(Tally)
    for file, each in tallies:
        found[group(file)] += each
    return dict(sorted(found.items()))


def _kind(file: Pages) -> str:
    return "scans" if gold.is_scan(file.layer) else "born-digital"


def _decade(file: Pages) -> str:
    year = next((part[:3] + "0" for part in reversed(file.path.parts[:-1]) if part[:4].isdigit()), "")
    return year if year in _DECADES else "unknown"


def _maker(file: Pages) -> str:
    made = " ".join(file.layer.facts.get(key, "") for key in ("creator", "producer")).casefold()
    return next((name for name in _MAKERS if name in made), "other")


_FIGURES: dict[str, Callable[[Tally], float]] = {
    "sentences F1": lambda each: each.f1,
    "kinds": lambda each: each.kinds,
    "headings found": lambda each: each.headings_found,
    "precise": lambda each: each.headings_precision,
    "level": lambda each: each.levels_same,
    "prose lost": lambda each: each.lost,
}


def _show(console: Console, title: str, tallies: dict[str, Tally]) -> None:
    table = table_of("", "sentences", *_FIGURES, title=title)
    for name, each in tallies.items():
        table.add_row(name, str(each.marked), *(f"{figure(each):.4f}" for figure in _FIGURES.values()))
    console.print(table, "\n")


def main() -> None:
    """Measure, and with --write fit on all marked pages and write the classifiers."""
    parser = parser_with_texts(__doc__)
    parser.add_argument(
        "--write", action="store_true", help="fit on all pages, and put what comes of it where it ships"
    )
    parser.add_argument("--json", action="store_true", help="print the figures as JSON")
    arguments = parser.parse_args()
    console = Console(stderr=arguments.json)
    resources = load_resources(Settings(language_pipeline="blank", codebooks=()), models=MODELS)
    marks = gold.read_marks(GOLD, "first")
    development, test = (read_pages(arguments.texts, {half}) for half in HALVES)
    always = read_pages(arguments.texts, set(ALWAYS))
    if arguments.write:
        save(fit([*development, *test, *always]), ROOT / "src" / "extract" / "data" / FILE)
        return
    models = fit([*development, *always])
    halves = [(file, tally(file, read_with(file, models, resources), marks)) for file in test]
    parts = [(file, tally(file, read, marks)) for file, read in held_out([*development, *test], always, resources)]
    figures = {}
    for title, tallies in (("test half, by the development half", halves), ("all files, in five parts", parts)):
        for by in (_kind, _maker, _decade):
            found = _grouped(tallies, by)
            figures[f"{title}{by.__name__}"] = {
                name: {figure: round(of(each), 4) for figure, of in _FIGURES.items()} for name, each in found.items()
            }
            _show(console, title, found)
    if arguments.json:
        sys.stdout.write(json.dumps(figures, indent=2) + "\n")


if __name__ == "__main__":
    main()
