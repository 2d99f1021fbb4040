"""What each part of the classifiers is worth: macro-F1 and accuracy without it, manifestos held out whole.

python -m benchmarks.ablations --texts FOLDER
"""

import argparse
from pathlib import Path

import numpy as np
from rich.console import Console
from rich.table import Table

from extract.labels.features import SIGHTS
from extract.learning.evaluation import classifier, out_of_fold, score
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
    "without n-grams of characters": ["characters"],
    "without pattern": ["pattern"],
    "without length, marks and kind": ["form"],
    "n-grams alone": [*_MEANINGS, *_KEYWORDS, "word vectors", "form", "pattern"],
}
"""Ways to train, and the blocks of features that each leaves out."""


def main(texts: list[Path]) -> None:
    """Print a table for each codebook."""
    console = Console(highlight=False)
    for codebook in Settings().codebooks:
        course = prepare(MODELS / codebook, texts)
        table = Table("variant", "macro-F1", "95 % interval", "accuracy", title=codebook)
        for variant, without in VARIANTS.items():
            if set(without) <= set(course.features.blocks):
                table.add_row(variant, *_figures(course, without))
        console.print(table)


def _figures(course: Course, without: list[str]) -> tuple[str, str, str]:
    truth = np.array([each.label for each in course.examples])
    manifestos = np.array([each.manifesto for each in course.examples])
    labels = np.array(course.codebook.labels)
    predict = classifier(course.features, truth, course.codebook, without=without)
    found = out_of_fold(truth, manifestos, predict, labels)
    reached = score(truth, labels[found.argmax(axis=1)], manifestos)
    return f"{reached.macro_f1:.3f}", f"{reached.low:.3f} to {reached.high:.3f}", f"{reached.accuracy:.3f}"


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--texts", type=Path, action="append", required=True, help="folder with the annotated texts")
    main(parser.parse_args().texts)
