"""What each part of the classifiers is worth: macro-F1 and accuracy without it, manifestos held out whole.

    make ablations        the annotated texts in TEXTS and raw/
    python -m benchmarks.ablations --texts FOLDER [--texts FOLDER …]

prints a table for each codebook, with a row for each part that is left out.
"""

from pathlib import Path

import numpy as np
from rich.console import Console

from benchmarks.shared import parser_with_texts, table_of
from extract.labels.features import SIGHTS
from extract.learning.evaluation import classifier, out_of_fold, rows_tested, score
from extract.records import MANIFESTO_PROJECT
from extract.settings import Settings
from pipelines.paths import MODELS
from pipelines.training.classifiers import Course, prepare

_AROUND = [f"{what} of {sight}" for what in ("keywords", "meaning") for sight in SIGHTS[1:]]
_MEANINGS = [f"meaning of {sight}" for sight in SIGHTS]
_KEYWORDS = [f"keywords of {sight}" for sight in SIGHTS]

VARIANTS: dict[str, list[str]] = {
    "all": [],
    "without what stands around a sentence": _AROUND,
    "without the headings above": ["keywords of heading", "meaning of heading"],
    "without the text encoder": _MEANINGS,
    "without static word vectors": ["word vectors"],
    "without keywords": _KEYWORDS,
    "without pattern": ["pattern"],
    "without length, marks and kind": ["form"],
    "n-grams alone": [*_MEANINGS, *_KEYWORDS, "word vectors", "form", "pattern"],
}
"""Ways to train, and the blocks of features that each leaves out."""


SENTENCE_BY_SENTENCE = tuple(each for each in Settings().codebooks if each != MANIFESTO_PROJECT)
"""Codebooks whose classifier is made of these blocks."""


def main(texts: list[Path]) -> None:
    """Print a table for each codebook."""
    console = Console(highlight=False)
    for codebook in SENTENCE_BY_SENTENCE:
        course = prepare(MODELS / codebook, texts)
        table = table_of("variant", "macro-F1", "95 % interval", "accuracy", title=codebook)
        for variant, without in VARIANTS.items():
            if set(without) <= set(course.features.blocks):
                table.add_row(variant, *_figures(course, without))
        console.print(table)


def _figures(course: Course, without: list[str]) -> tuple[str, str, str]:
    given = np.array([each.label for each in course.examples])
    tested = rows_tested(course.examples)
    manifestos = np.array([course.examples[row].manifesto for row in tested])
    labels = np.array(course.codebook.labels)
    predict = classifier(course.features, given, course.codebook, without=without)
    found = out_of_fold(given, manifestos, predict, labels, tested)
    reached = score(given[tested], labels[found.argmax(axis=1)], manifestos)
    return f"{reached.macro_f1:.3f}", f"{reached.low:.3f} to {reached.high:.3f}", f"{reached.accuracy:.3f}"


if __name__ == "__main__":
    main(parser_with_texts(__doc__, action="append").parse_args().texts)
