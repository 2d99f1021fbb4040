"""Why a sentence of a dataset has its labels, in words that a person reads."""

from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from rich.markup import escape
from rich.text import Text

from extract.dataset.reader import StoredVersion
from extract.labels.codebooks import MODEL_FILE
from extract.labels.contexts import Reading
from extract.labels.explanations import Explanation, explain
from extract.labels.models import load_models
from extract.problems import UsageError
from pipelines.terminal import Console
from pipelines.training.labelling import reading_of

_MARKED = 0.15  # log-odds from which a word is coloured
_STRONG = 0.8
_SHOWN = 60  # characters of what stands around a sentence


@dataclass(frozen=True, slots=True)
class Explained:
    """A sentence in context, and an explanation for each codebook."""

    reading: Reading
    explanations: dict[str, Explanation]


def explain_sentence(sentence_id: str, dataset: Path, models: Path, codebooks: Sequence[str]) -> Explained:
    """Explain the labels that the models give a sentence of a dataset."""
    reading = reading_of(sentence_id, dataset)
    if reading is None:
        raise UsageError(f"The dataset {dataset} has no sentence {sentence_id}. Ids are in its table sentences.")
    wanted = codebooks or [each for each in _codebooks_in(dataset) if (models / each / MODEL_FILE).is_file()]
    found = load_models(models, wanted)
    return Explained(reading, {model.codebook.id: explain(reading, model) for model in found})


def _codebooks_in(dataset: Path) -> list[str]:
    with closing(StoredVersion(dataset)) as version:
        return sorted(version.column("labels", "codebook").unique().to_pylist())


def show_explanation(console: Console, found: Explained) -> None:
    """Print a sentence once per codebook: words for its label green, words against it red, the strong ones bold."""
    for codebook, each in found.explanations.items():
        console.print(
            f"[bold]{escape(codebook)}[/]: [bold]{escape(each.label)}[/] {each.probability:.2f}, "
            f"then {escape(each.runner_up)} {each.runner_up_probability:.2f}"
        )
        text = Text(found.reading.text)
        for reason in each.reasons:
            if reason.char_start is not None and abs(reason.effect) >= _MARKED:
                style = ("bold " if abs(reason.effect) >= _STRONG else "") + ("green" if reason.effect > 0 else "red")
                text.stylize(style, reason.char_start, reason.char_start + len(reason.words))
        console.print(text)
        for reason in each.reasons:
            if abs(reason.effect) >= _MARKED:
                where = "" if reason.part == "text" else f" [dim]({reason.part})[/]"
                said = reason.words if len(reason.words) <= _SHOWN else reason.words[:_SHOWN] + " …"
                colour = "green" if reason.effect > 0 else "red"
                console.print(f"  [{colour}]{reason.effect:+.2f}[/] {escape(said)}{where}")
        console.print()
