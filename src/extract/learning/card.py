"""A model's card: what it was trained on, who labelled that and how well they agree, and how good it is."""

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

from extract.labels.codebooks import Codebook
from extract.learning.annotations import SETTLED, Annotation, agreement, settled_labels
from extract.learning.evaluation import HELD_OUT

_INTENDED = """\
Labels single sentences of Dutch party manifestos and digests of them, as a first reading of many texts. It is not
fit to judge a single sentence without a look at it, nor texts of other kinds or languages. Rare labels are weak:
see below. Texts in the training data get labels that are close to what readers gave; on texts that are not, expect the
quality below."""

_METHOD = """\
Logistic regression in which rare labels weigh more (scikit-learn) on: TF-IDF of hashed word 1–2-grams{pattern};
length, marks and kind of passage; the mean of static
word vectors (`nl_manifesto`); and, for the sentence, the sentences beside it and the headings above it, keyword
weights and vectors of a text encoder (`{encoder}`). Encoder and vectors learnt without any label; manifestos
that are held out below were among their texts. Variants were compared on the folds below, so its figures are a little
better than those on new texts. Saved with skops, which loads no code."""

_PATTERN = ", and of its pattern: 1–4-grams of frequent words, others masked"

_SHARES = """
What it confuses, it confuses in counts, too. Among sentences drawn by chance, held out by election
({groups} elections, {examples:,} sentences), shares of labels lie {counted:.2f} per cent of all
sentences from those of readers; corrected for what is confused in the other elections, {corrected:.2f} (by
{steps} of 1 to 3 steps of expectation and maximisation, whichever came nearest)."""

_INTENDED_NOT = """\
Do not use it for other languages or kinds of text, for a single sentence that decides something, or to compare how
often labels occur between texts without the error rates below in mind: what it confuses, it confuses in counts, too."""


def write_card(codebook: Codebook, annotations: Sequence[Annotation], metrics: dict[str, Any], *, readers: str) -> str:
    """The card as Markdown; `readers` says who labelled what, how it was drawn, and by what rulings."""
    return "\n".join(_lines(codebook, annotations, metrics, readers)) + "\n"


def _lines(
    codebook: Codebook, annotations: Sequence[Annotation], metrics: dict[str, Any], readers: str
) -> Iterator[str]:
    yield f"# Model card: {codebook.id}\n"
    yield f"{codebook.question} Codebook {codebook.id} {codebook.version}, {len(codebook.labels)} labels.\n"
    yield f"## Use\n\n{_INTENDED}\n\n{_INTENDED_NOT}\n"
    yield from _data(annotations, metrics, readers)
    yield from _method(codebook, metrics)
    yield from _quality(metrics)
    yield from _labels(codebook, metrics)


def _data(annotations: Sequence[Annotation], metrics: dict[str, Any], readers: str) -> Iterator[str]:
    strata = Counter(each.stratum for each in settled_labels(annotations).values())
    counts = ", ".join(f"{count:,} of stratum {name}" for name, count in sorted(strata.items()))
    yield f"## Training data\n\n{metrics['examples']:,} sentences ({counts}).\n"
    if readers:
        yield f"{readers.strip()}\n"
    yield "| read twice, blind: stratum | sentences | Cohen's kappa | most confused |\n|---|--:|--:|---|"
    for name in sorted({each.stratum for each in annotations}):
        read, kappa, confused = agreement([each for each in annotations if each.stratum == name])
        pairs = ", ".join(f"{first}/{second} {count}" for (first, second), count in confused.most_common(4))
        yield f"| {name} | {read} | {kappa:.3f} | {pairs} |" if read else f"| {name} | 0 | | |"
    count = sum(each.reader == SETTLED for each in annotations)
    yield f"\n{count} labels were settled. What two readers differ on and nobody settled is not learnt from.\n"


def _method(codebook: Codebook, metrics: dict[str, Any]) -> Iterator[str]:
    method = _METHOD.format(pattern=_PATTERN if codebook.by_form else "", encoder=metrics.get("encoder", "none"))
    yield f"## Method\n\n{method}\n"
    yield "Its scores are divided by a temperature, fitted on held-out sentences, so that probabilities mean what they"
    yield f"say: expected calibration error {metrics['calibration_error']:.3f} (15 bins; before, "
    yield f"{metrics['calibration_error_before']:.3f}), each fold calibrated by the others."
    yield f"Below a probability of **{metrics['threshold']}** it abstains: that is the upper edge of the highest bin,"
    yield ".05 wide, in which held-out labels are wrong more often than right.\n"
    yield "Sentences are cut by rules over characters, and no language pipeline is asked: labels are the same whatever"
    yield "Dutch pipeline is installed.\n"


def _quality(metrics: dict[str, Any]) -> Iterator[str]:
    folds, resamples = metrics["folds"], metrics["resamples"]
    yield f"## Quality\n\n{folds}-fold cross-validation, manifestos, parties or years held out whole; a party's digest"
    yield "section is held out with its manifesto, for its quotes stand in it, and so are texts that repeat each other."
    yield "Macro-F1 with a 95 % interval from"
    yield f"{resamples:,} resamples of whole groups. The keyword list was written from the codebook alone.\n"
    yield "| held out | method | macro-F1 | 95 % interval | accuracy |\n|---|---|--:|---|--:|"
    chief = metrics["held_out"]
    for held_out in HELD_OUT if chief == "manifesto" else ("sentence",):
        figures = metrics.get(f"by_{held_out}", {"groups": 0})
        for method in [name for name in ("classifier", "keywords", "majority") if name in figures]:
            yield f"| {held_out} ({figures['groups']}) | {method} {_row(figures[method])}"
    kept = metrics["kept"]
    share = f"{metrics['kept_share']:.0%} of sentences kept"
    yield f"| {chief} | classifier, where it does not abstain: {share} {_row(kept)}"
    for name, figures in metrics["by_stratum"].items():
        yield f"| {chief} | classifier, stratum {name}: {figures['examples']} sentences {_row(figures)}"
    if twice := metrics["read_twice"]:
        yield f"| {chief} | classifier, sentences read twice, blind: {twice['examples']} {_row(twice)}"
    if reader := metrics.get("second_reader"):
        yield f"| nothing | a second reader, {reader['examples']} sentences {_row(reader)}"
    if chief == "sentence":
        yield "\nThere are too few manifestos to hold one out: on a new one, expect less than these figures say."
    if shares := metrics.get("shares"):
        yield _SHARES.format(**shares)
    yield "\nThe surer it is, the more often it is right:\n"
    rows = metrics["coverage"]
    yield "| sentences kept | " + " | ".join(f"{row['kept']:.0%}" for row in rows) + " |"
    yield "|---|" + "--:|" * len(rows)
    yield "| probability from | " + " | ".join(f"{row['from']:.2f}" for row in rows) + " |"
    yield "| accuracy | " + " | ".join(f"{row['accuracy']:.3f}" for row in rows) + " |\n"


def _labels(codebook: Codebook, metrics: dict[str, Any]) -> Iterator[str]:
    yield "| label | sentences | precision | recall | F1 |\n|---|--:|--:|--:|--:|"
    for label in codebook.labels:
        if label in metrics["by_label"]:
            figures = metrics["by_label"][label]
            yield "| {} | {examples} | {precision:.2f} | {recall:.2f} | {f1:.2f} |".format(label, **figures)
        else:
            yield f"| {label} | 0 | | | |"
    confused = "; ".join(f"{true} read as {said} {count}" for true, said, count in metrics["confused"])
    yield f"\nMost frequent errors: {confused}."
    yield "\n## Telling words\n\nWords that, standing alone, speak most for a label:\n"
    for label, words in metrics["telling"].items():
        yield f"- {label}: {', '.join(words)}"


def _row(figures: dict[str, float]) -> str:
    return "| {macro_f1:.3f} | {low:.3f} to {high:.3f} | {accuracy:.3f} |".format(**figures)
