"""How well `readings` tells how well a document was read: fits the estimate of sentence F1, and prints its calibration.

    make readings TEXTS=…
    python -m benchmarks.reading.readings --texts FOLDER [--dry]

fits on pages that readers marked (set wide-development) and writes `src/extract/data/reading-estimate.csv`, but for
--dry. How far estimates are off is learnt from files that were held out. Calibration is shown on set wide-test, of
which sums alone are printed: mean estimate beside mean measured F1, and how often the measured lies in the interval.
"""

import csv
import math
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path

import numpy as np
from rich.console import Console
from scipy.optimize import minimize

from benchmarks.reading import marks as gold
from benchmarks.reading import page_models
from benchmarks.shared import GOLD, ROOT, parser_with_texts, table_of
from extract.extraction import Resources
from extract.parties import load_register
from extract.readings.estimates import FEATURES, Model, estimate, features_of, page_f1, spread
from extract.readings.page_measures import PageMeasures, measure_pages
from extract.settings import Settings

MODEL = ROOT / "src" / "extract" / "data" / "reading-estimate.csv"
_FIT, _HELD_OUT = "wide-development", "wide-test"
_FOLDS = 5  # of files, each held out once to learn how far estimates are off
_RIDGE = 1.0  # on weights per standard deviation; some hundred pages carry eight weights, but not without it
_COVERED = 0.9  # of files, that the interval is to hold
_BINS = 4
_DIGITS = 4


@dataclass(frozen=True, slots=True)
class Page:
    """A marked page: what it shows, the F1 that was measured, and how many sentence starts that rests on."""

    file: str
    measures: PageMeasures
    f1: float
    weight: int


def read_pages(texts: Path) -> dict[str, list[Page]]:
    """The pages of both sets, each with what was measured on it; classifiers of lines never saw the file they read."""
    marks = gold.read_marks(GOLD, "first")
    resources = Resources(Settings(), load_register(), None, ())
    files = page_models.read_pages(texts, {_FIT, _HELD_OUT})
    always = page_models.read_pages(texts, page_models.ALWAYS)
    pages: dict[str, list[Page]] = defaultdict(list)
    for file, extraction in page_models.held_out(files, always, resources):
        measures = {each.page: each for each in measure_pages(extraction)}
        for item in file.items:
            offsets, _ = gold.item_letters(item, file.path)
            tally = gold.tally(gold.sentence_starts_in(extraction, offsets), marks[item.name])
            if tally.found + tally.marked and item.page in measures:
                page = Page(file.sha256, measures[item.page], tally.f1, tally.found + tally.marked)
                pages[item.part].append(page)
    return pages


def fit(pages: Sequence[Page]) -> Model:
    """Weights by which marked pages are best told apart; none raises the estimate. How far it is off is not in it."""
    raw = [features_of(page.measures) for page in pages]
    columns = {name: [value for row in raw if (value := row[name]) is not None] for name in FEATURES}
    means = {name: float(np.mean(found)) if found else 0.0 for name, found in columns.items()}
    table = np.array([[means[name] if row[name] is None else row[name] for name in FEATURES] for row in raw], float)
    scale = np.where(table.std(0) > 0, table.std(0), 1.0)
    scaled, f1 = table / scale, np.array([page.f1 for page in pages])
    weights = np.array([page.weight for page in pages], float)
    weights /= weights.mean()

    def loss(found: np.ndarray) -> float:
        logits = found[0] + scaled @ found[1:]
        each = np.logaddexp(0, logits) - f1 * logits
        return float((weights * each).sum() + _RIDGE * (found[1:] ** 2).sum() / 2)

    bounds = [(None, None), *[(None, 0.0)] * len(FEATURES)]
    found = minimize(loss, np.r_[2.0, np.zeros(len(FEATURES))], method="L-BFGS-B", bounds=bounds).x
    coefficients = found[1:] / scale
    return Model(float(found[0]), dict(zip(FEATURES, map(float, coefficients), strict=True)), means, 0.5, 0.0, 0.0)


def fit_with_interval(pages: Sequence[Page]) -> Model:
    """The same, and how far estimates of files that were held out are off (split conformal, by file)."""
    model = fit(pages)
    files = sorted({page.file for page in pages})
    held: list[tuple[str, Page, float]] = []
    for fold in range(_FOLDS):
        out = set(files[fold::_FOLDS])
        other = fit([page for page in pages if page.file not in out])
        held += [(page.file, page, page_f1(page.measures, other)) for page in pages if page.file in out]
    by_file: dict[str, list[tuple[Page, float]]] = defaultdict(list)
    for file, page, expected in held:
        by_file[file].append((page, expected))
    shared = _shared(by_file.values())
    model = _with(model, shared=shared)
    off = []
    for found in by_file.values():
        measured, expected, effective = _together(found)
        off.append((measured - expected) / spread(expected, effective, model))
    tail = (1 - _COVERED) / 2
    return _with(model, below=_conformal(off, tail), above=_conformal(off, 1 - tail))


def _shared(files: Iterable[Sequence[tuple[Page, float]]]) -> float:
    """The share of the spread of pages that the pages of a file have in common."""
    products, squares = [], []
    for found in files:
        off = [(page.f1 - expected) / math.sqrt(max(0.01, expected * (1 - expected))) for page, expected in found]
        squares += [each**2 for each in off]
        products += [one * two for one, two in combinations(off, 2)]
    return float(np.clip(np.mean(products) / np.mean(squares), 0.05, 1.0)) if products else 1.0


def _together(found: Sequence[tuple[Page, float]]) -> tuple[float, float, float]:
    """Measured and estimated F1 of some pages of a file, and how many pages that rests on."""
    weights = np.array([page.weight for page, _ in found], float)
    measured = float((weights * [page.f1 for page, _ in found]).sum() / weights.sum())
    expected = float((weights * [each for _, each in found]).sum() / weights.sum())
    return measured, expected, float(weights.sum() ** 2 / (weights**2).sum())


def _conformal(off: Sequence[float], share: float) -> float:
    """The quantile that a new file stays under with this probability: a rank further out than in the files seen."""
    ordered = sorted(off)
    rank = (len(ordered) + 1) * share - 1
    rank = math.ceil(rank) if share > 0.5 else math.floor(rank)
    return float(ordered[min(len(ordered) - 1, max(0, rank))])


def _with(model: Model, **what: float) -> Model:
    fields = {name: getattr(model, name) for name in model.__slots__}
    return Model(**(fields | what))


def write(model: Model, pages: Sequence[Page]) -> None:
    """Write a model as the package reads it."""
    files = len({page.file for page in pages})
    source = f"make readings, on {len(pages)} pages of {files} PDFs that readers marked (tests/gold, {_FIT})"
    rows: list[tuple[str, float, float | None]] = [("intercept", model.intercept, None)]
    rows += [(name, model.weights[name], model.means[name]) for name in FEATURES]
    rows += [(name, getattr(model, name), None) for name in ("shared", "below", "above")]
    with MODEL.open("w", encoding="utf-8", newline="") as file:
        out = csv.writer(file, lineterminator="\n")
        out.writerow(["name", "value", "mean", "source"])
        for name, value, mean in rows:
            out.writerow([name, round(value, _DIGITS), "" if mean is None else round(mean, _DIGITS), source])


def show(console: Console, title: str, pages: Sequence[Page], model: Model) -> None:
    """Print how estimates agree with what was measured: in bins of equal size, and over all."""
    pages = sorted(pages, key=lambda page: page_f1(page.measures, model))
    table = table_of("pages", "lowest", "highest", "estimated", "measured", title=title)
    for chosen in np.array_split(np.arange(len(pages)), _BINS):
        some = [pages[each] for each in chosen]
        expected = [page_f1(page.measures, model) for page in some]
        table.add_row(str(len(some)), *(f"{each:.3f}" for each in (min(expected), max(expected), *_means(some, model))))
    table.add_section()
    table.add_row(str(len(pages)), "", "", *(f"{each:.3f}" for each in _means(pages, model)))
    console.print(table)
    by_file: dict[str, list[Page]] = defaultdict(list)
    for page in pages:
        by_file[page.file].append(page)
    groups = list(by_file.values())
    flat = np.average([page.f1 for page in pages], weights=[page.weight for page in pages])
    off = [abs(page.f1 - page_f1(page.measures, model)) for page in pages]
    flat_off = [abs(page.f1 - flat) for page in pages]
    console.print(
        f"within its interval: {_covered(groups, model):.0%} of {len(groups)} files, "
        f"{_covered([[page] for page in pages], model):.0%} of {len(pages)} pages; width of it at the median "
        f"{_width(groups, model):.3f}; mean error of a page {np.mean(off):.3f} "
        f"(one figure for all: {np.mean(flat_off):.3f}); rank correlation of files {_ranked(groups, model):.2f}\n"
    )


def _means(pages: Sequence[Page], model: Model) -> tuple[float, float]:
    measured, expected, _ = _together([(page, page_f1(page.measures, model)) for page in pages])
    return expected, measured


def _covered(groups: Sequence[Sequence[Page]], model: Model) -> float:
    inside = 0
    for group in groups:
        found = estimate([page.measures for page in group], model)
        measured, _ = _measured(group)
        inside += found is not None and found.low <= measured <= found.high
    return inside / max(1, len(groups))


def _measured(group: Sequence[Page]) -> tuple[float, int]:
    weight = sum(page.weight for page in group)
    return sum(page.weight * page.f1 for page in group) / weight, weight


def _width(groups: Sequence[Sequence[Page]], model: Model) -> float:
    found = [estimate([page.measures for page in group], model) for group in groups]
    return float(np.median([each.high - each.low for each in found if each]))


def _ranked(groups: Sequence[Sequence[Page]], model: Model) -> float:
    from scipy.stats import spearmanr

    found = [(estimate([page.measures for page in group], model), _measured(group)[0]) for group in groups]
    return float(spearmanr(*zip(*((each.f1, measured) for each, measured in found if each), strict=True)).statistic)


def main() -> None:
    """Fit, write, and print calibration."""
    parser = parser_with_texts(__doc__)
    parser.add_argument("--dry", action="store_true", help="write nothing")
    arguments = parser.parse_args()
    console = Console()
    by_set = read_pages(arguments.texts)
    pages = by_set[_FIT]
    model = fit_with_interval(pages)
    console.print({name: round(value, 2) for name, value in model.weights.items()})
    console.print({name: round(getattr(model, name), 2) for name in ("intercept", "shared", "below", "above")}, "\n")
    if not arguments.dry:
        write(model, pages)
    show(console, f"{_FIT}: what was fitted on", pages, model)
    show(console, f"{_HELD_OUT}: held out", by_set[_HELD_OUT], model)


if __name__ == "__main__":
    main()
