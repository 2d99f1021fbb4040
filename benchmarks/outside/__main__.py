"""Labels, headings and sentences beside what people marked who never saw this project.

    make outside
    python -m benchmarks.outside score --texts FOLDER [--keep FOLDER]
    python -m benchmarks.outside draw --texts FOLDER --sheets FOLDER [--keep FOLDER]
    python -m benchmarks.outside sort --sheets FOLDER

`score` prints the tables of docs/outside.md. --texts holds manifesto-project/ (exports of the Manifesto Project, which
may not be passed on), manifestos-text/, belgian-questions/, and all that the classifier was trained on. `draw` writes
sheets of sentences on which both differ, and `sort` counts what a reader wrote of them in pairs.marks, open.marks and
codes.marks. What is expensive is left in the folder --keep and read from there the next time: delete it when code,
models or texts change.
"""

import argparse
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from benchmarks.outside import borders, sheets
from benchmarks.outside.areas import CODEBOOK, Thrice, Verdict, judge, thrice, verdicts
from benchmarks.outside.coded import UNCATEGORISED, Coded, read_coded
from benchmarks.outside.questions import judge_questions, read_questions
from benchmarks.outside.scores import Judged, Share, agreement, by_chance, read_crosswalk, share_of, strictly
from benchmarks.shared import GOLD, ROOT
from extract.labels.codebooks import METRICS_FILE
from extract.labels.metrics import metrics_of
from extract.learning.annotations import ANNOTATIONS_FILE, read_annotations
from extract.learning.coder_exports import CODES
from extract.learning.evaluation import BY_CHANCE
from pipelines.paths import MODELS

CROSSWALK = GOLD / "outside" / "crosswalk.csv"
THEMES = GOLD / "outside" / "belgian-themes.csv"
_ON_A_SHEET = 100
_MOST_CONFUSED = 10
_FEWEST = 30  # sentences of a code that has a row of its own

Row = Sequence[str]


@dataclass(frozen=True, slots=True)
class Data:
    """Coded manifestos, what classifiers say of their sentences, and the threshold below which they abstain."""

    coded: Sequence[Coded]
    verdicts: dict[str, list[Verdict]]
    threshold: float


def load(texts: Path, keep: Path | None) -> Data:
    """Read manifestos and label them, or take the labels that were kept."""
    annotations = read_annotations(MODELS / CODEBOOK / ANNOTATIONS_FILE)
    coded = list(read_coded(texts / "manifesto-project", texts / "manifestos-text", annotations, strata=BY_CHANCE))
    found = verdicts(coded, [texts, ROOT / "raw"], MODELS, keep / "verdicts.json" if keep else None)
    metrics = metrics_of((MODELS / CODEBOOK / METRICS_FILE).read_text(encoding="utf-8"))
    return Data(coded, found, metrics.threshold)


def apart(each: Verdict) -> tuple[str, float]:
    """The label of the classifier that learnt nothing of the manifesto."""
    return each.apart, each.apart_probability


def shipped(each: Verdict) -> tuple[str, float]:
    """The label of the classifier as it is shipped."""
    return each.shipped, each.shipped_probability


def judged_of(
    data: Data, said: Callable[[Verdict], tuple[str, float]], *, abstains: bool = False
) -> Iterator[tuple[Coded, int, Judged]]:
    """Yield the sentences with a code, each with its manifesto and its place in it."""
    crosswalk = read_crosswalk(CROSSWALK)
    for each in data.coded:
        labels = [said(one) for one in data.verdicts[each.name]]
        for place, judged in judge(each, labels, crosswalk, threshold=data.threshold if abstains else None):
            yield each, place, judged


def table(head: Row, rows: Iterable[Row]) -> None:
    """Print a table in Markdown."""
    print(f"| {' | '.join(head)} |\n|{'---|' + '--:|' * (len(head) - 1)}")
    print(*(f"| {' | '.join(row)} |" for row in rows), sep="\n", end="\n\n")


def figure(share: Share) -> str:
    """A share with its interval."""
    return f"{_point(share.value)} ({_point(share.low)} to {_point(share.high)})" if share.number else "–"


def _point(value: float) -> str:
    return f"{value:.3f}".replace("0.", ".", 1)


def _beside_chance(judged: Sequence[Judged], among: Sequence[Judged]) -> list[str]:
    return [f"{len(judged):,}", figure(agreement(judged)), _point(by_chance(judged, among)) if judged else "–"]


_BOTH_SENSES = ("", "strict: n", "agreement", "chance", "lenient: n", "agreement", "chance")


def _both_senses(name: str, judged: Sequence[Judged], among: Sequence[Judged] | None = None) -> Row:
    """Cells of a row; chance deals labels anew `among` these, in the same text: among those judged if not said."""
    among = judged if among is None else among
    return [name, *_beside_chance(strictly(judged), among), *_beside_chance(judged, among)]


def print_areas(data: Data) -> None:
    """Policy areas beside codes: all, by abstention, by what the classifier learnt from, by code, and annotations."""
    every = [(each, judged) for each, _, judged in judged_of(data, apart)]
    coded = [judged for _, judged in every if UNCATEGORISED not in judged.codes]
    zero = [judged for _, judged in every if UNCATEGORISED in judged.codes]
    gated = [judged for _, _, judged in judged_of(data, apart, abstains=True) if UNCATEGORISED not in judged.codes]
    plain = [(each, judged) for each, _, judged in judged_of(data, shipped) if UNCATEGORISED not in judged.codes]
    table(
        _BOTH_SENSES,
        [
            _both_senses("not learnt from, all labels", coded),
            _both_senses("… abstained counts as wrong", gated),
            _both_senses("… abstained left out", [each for each in gated if each.label]),
            _both_senses("… with one code", [each for each in coded if len(each.codes) == 1]),
            _both_senses(
                "the two manifestos that no annotation was drawn from",
                [judged for each, judged in plain if not each.annotated],
            ),
            _both_senses(
                "shipped, which learnt from some sentences of the other 34",
                [judged for each, judged in plain if each.annotated],
            ),
            _both_senses("000, not learnt from", zero, [judged for _, judged in every]),
        ],
    )
    by_code = {code: [each for each in coded if code in each.codes] for code in CODES}
    table(
        ("code", *_BOTH_SENSES[1:]),
        [_both_senses(code, some, coded) for code, some in by_code.items() if len(some) >= _FEWEST],
    )
    areas = sorted({each.allowed.strict for each in coded if each.allowed.strict})
    strict = strictly(coded)
    table(
        ("area", "sentences of its codes", "labelled so", "labels", "of its codes"),
        [
            [
                area,
                f"{sum(each.allowed.strict == area for each in strict):,}",
                figure(share_of((e.text, e.label == area, 1) for e in strict if e.allowed.strict == area)),
                f"{sum(each.label == area for each in strict):,}",
                figure(share_of((e.text, e.allowed.strict == area, 1) for e in strict if e.label == area)),
            ]
            for area in areas
        ],
    )
    pairs = Counter((each.allowed.strict or "", each.label or "") for each in strict if not each.agrees)
    table(
        ("area of the code", "label", "sentences"),
        [[theirs, ours, f"{number:,}"] for (theirs, ours), number in pairs.most_common(_MOST_CONFUSED)],
    )
    print_annotations(data)


def print_annotations(data: Data) -> None:
    """Our annotations and the classifier beside codes, on the same sentences."""
    crosswalk = read_crosswalk(CROSSWALK)
    found = [
        one
        for each in data.coded
        for one in thrice(each, [apart(verdict) for verdict in data.verdicts[each.name]], crosswalk)
    ]
    rows = []
    for name, some in (("all", found), ("drawn by chance", [each for each in found if each.by_chance])):
        rows.append(_both_senses(f"annotations, {name}", [each.annotation for each in some]))
        rows.append(_both_senses(f"classifier, {name}", [each.classifier for each in some]))
        rows.append(_more_right(some))
    table(_BOTH_SENSES, rows)


def _more_right(some: Sequence[Thrice]) -> Row:
    """Cells of a row: what share more of annotations agrees than of labels of the classifier, on the same sentences."""
    cells = ["… how much more of annotations"]
    for sense in (strictly, list):
        columns = (sense([each.annotation for each in some]), sense([each.classifier for each in some]))
        pairs = list(zip(*columns, strict=True))
        more = share_of((one.text, one.agrees - other.agrees, 1) for one, other in pairs)
        cells += [f"{more.number:,}", figure(more), ""]
    return cells


def print_borders(data: Data) -> None:
    """Headings and ends of sentences beside those of coders."""
    found = [(each.name, counted) for each in data.coded if (counted := borders.headings(each))]
    table(
        ("headings", "share", "of"),
        [
            [
                f"{name} ({len(found)} manifestos)",
                figure(share_of((text, getattr(one, part), getattr(one, whole)) for text, one in found)),
                f"{sum(getattr(one, whole) for _, one in found):,}",
            ]
            for name, part, whole in (
                ("precision by letters", "both", "ours"),
                ("recall by letters", "both", "theirs"),
                ("headings of theirs of which we have half", "found", "number"),
            )
        ],
    )
    print("Headings found:", ", ".join(f"{name} {one.found} of {one.number}" for name, one in found), end="\n\n")
    rows = []
    for name, rule in (("our splitter", borders.borders_of), ("a rule of marks", borders.borders_by_marks)):
        places = [(each, rule(each)) for each in data.coded]
        shares = [
            share_of(borders.ends_found(each, some, ended=True) for each, some in places),
            share_of(borders.ends_found(each, some, ended=False) for each, some in places),
            share_of(borders.whole(each, some) for each, some in places),
        ]
        rows.append([name, *(f"{figure(each)}" for each in shares)])
        numbers = ["n", *(f"{each.number:,}" for each in shares)]
    table(
        ("", "ends with a mark that are borders", "ends without one that are borders", "units without a border inside"),
        [*rows, numbers],
    )
    ends = {each.name: borders.ends_found(each, borders.borders_of(each), ended=True) for each in data.coded}
    lowest = sorted((part / whole, name) for name, part, whole in ends.values())[:5]
    print("Lowest:", ", ".join(f"{name} {_point(share)}" for share, name in lowest))
    lower = share_of(borders.lower_behind(each, borders.borders_of(each)) for each in data.coded)
    print(f"Ends with a mark that we miss: {lower.number:,}, with a lower-case letter behind them {figure(lower)}\n")


def print_questions(texts: Path, keep: Path | None, threshold: float) -> None:
    """Policy areas beside themes of archivists."""
    questions = read_questions(
        texts / "belgian-questions" / "questions.csv", MODELS, keep / "questions.json" if keep else None
    )
    crosswalk = read_crosswalk(THEMES)
    whole = list(judge_questions(questions, crosswalk))
    titles = list(judge_questions(questions, crosswalk, title=True))
    gated = list(judge_questions(questions, crosswalk, title=True, threshold=threshold))
    named = [
        ("whole question", whole),
        ("title alone, all labels", titles),
        ("… abstained counts as wrong", gated),
        ("… abstained left out", [each for each in gated if each.label]),
    ]
    table(_BOTH_SENSES, [_of_questions(name, some, some) for name, some in named])
    counts = Counter(each.theme for each in questions).most_common()
    by_theme = {theme: [each for each in whole if theme in each.codes] for theme, n in counts if n >= _FEWEST}
    table(("theme", *_BOTH_SENSES[1:]), [_of_questions(theme, some, whole) for theme, some in by_theme.items()])


def _of_questions(name: str, judged: Sequence[Judged], among: Sequence[Judged]) -> Row:
    """As `_both_senses`, but chance deals labels among all questions, as each is a text of its own."""
    together = [replace(each, text="") for each in among]
    cells = [name]
    for some in (strictly(judged), judged):
        chance = _point(by_chance([replace(each, text="") for each in some], together)) if some else "–"
        cells += [f"{len(some):,}", figure(agreement(some)), chance]
    return cells


def draw_sheets(data: Data, folder: Path) -> None:
    """Write sheets of sentences on which both differ, and say of how many they were drawn."""
    differs = [
        sheets.Differs(judged, each.readings[place])
        for each, place, judged in judged_of(data, apart, abstains=True)
        if judged.label and UNCATEGORISED not in judged.codes
    ]
    pairs = [one for one in differs if one.judged.allowed.strict not in (None, one.judged.label)]
    opens = [
        one
        for one in differs
        if one.judged.allowed.strict is None and one.judged.label not in one.judged.allowed.lenient
    ]
    drawn = sheets.draw(pairs, sheets.PAIRS, _ON_A_SHEET) + sheets.draw(opens, sheets.OPEN, _ON_A_SHEET)
    sheets.write_sheets(drawn, folder)
    print(f"{sheets.PAIRS}: of {len(pairs):,}, {sheets.OPEN}: of {len(opens):,}")


def sort_sheets(folder: Path) -> None:
    """Print how a reader sorted the sentences of the sheets."""
    rows = sheets.read_key(folder)
    marks = sheets.read_marks(folder / "pairs.marks") | sheets.read_marks(folder / "open.marks")
    found = list(sheets.sort(rows, marks, sheets.read_marks(folder / "codes.marks")))
    by_sheet = [[each for each in found if each[0].sheet == sheet] for sheet in (sheets.PAIRS, sheets.OPEN)]
    table(
        ("", *(f"{name}: {len(some)}" for name, some in zip((sheets.PAIRS, sheets.OPEN), by_sheet, strict=True))),
        [
            [kind, *(figure(share_of((row.manifesto, one == kind, 1) for row, one in some)) for some in by_sheet)]
            for kind in sorted({kind for _, kind in found})
        ],
    )


def main() -> None:
    """Score, draw sheets, or count what a reader wrote on them."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.outside", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("command", choices=("score", "draw", "sort"))
    parser.add_argument("--texts", type=Path, metavar="FOLDER")
    parser.add_argument("--keep", type=Path, metavar="FOLDER")
    parser.add_argument("--sheets", type=Path, metavar="FOLDER")
    options = parser.parse_args()
    if options.command != "sort" and options.texts is None or options.command != "score" and options.sheets is None:
        parser.error("score needs --texts, sort --sheets, draw both")
    if options.command == "sort":
        sort_sheets(options.sheets)
        return
    data = load(options.texts, options.keep)
    if options.command == "draw":
        draw_sheets(data, options.sheets)
        return
    print_areas(data)
    print_borders(data)
    print_questions(options.texts, options.keep, data.threshold)


if __name__ == "__main__":
    main()
