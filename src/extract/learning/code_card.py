"""The card of the classifier of the Manifesto Project's codes, from its metrics. No text and no code is on it."""

from collections.abc import Mapping
from typing import Any

from extract.labels.codebooks import Codebook

_CARD = """\
# Model card: {id}

{question} Codebook {id} {version}.

## Use

Gives each sentence of a Dutch manifesto the category of the Manifesto Project that a coder would most likely give it,
reading all of the document. Meant for shares and positions of whole manifestos (`positions`), with their intervals; a
single sentence is right about as often as said below, and a rare category seldom. It never says that no category fits
(000): it abstains where it is unsure.

## Derived from

The model is derived from the Manifesto Corpus of the Manifesto Project: Lehmann, Pola; Franzmann, Simon; Al-Gaddooa,
Denise; Burst, Tobias; Ivanusch, Christoph; Regel, Sven; Riethmüller, Felicia; Volkens, Andrea; Weßels, Bernhard;
Zehnter, Lisa: Manifesto Corpus, WZB Berlin Social Science Center, https://manifesto-project.wzb.eu. Whoever publishes
with these labels cites it, and the handbook: Werner, Annika; Lacewell, Onawa; Volkens, Andrea: Manifesto Coding
Instructions, 5th fully revised edition, 2015.

Neither texts nor codes of the corpus are part of this repository, and none can be read off the model, which holds
weights of hashed words. Who has an account there imports exports of their own and trains anew:
`manifesto import {id} FILE…`, `manifesto train {id} --texts FOLDER`.

## Training data

{examples:,} quasi-sentences of {manifestos} Dutch manifestos of 2006, 2010, 2012 and 2017, each coded by one trained
native coder, found in our own reading of the manifestos, with the headings that it has. Codes of handbook 5 with a
subcategory count as their category. How far coders agree on Dutch manifestos of 2023 (three coders): kappa .58 to .66.

## Method

Two classifiers, mixed: a linear support vector machine on words of the sentence and of those around it (scikit-learn),
and small maxout networks over the row of sentences (thinc), on pieces of words, sentence vectors and the heading above.
Rare categories are raised. Probabilities are divided by a temperature ({temperature}); expected calibration error
{calibration_error}. Below {threshold} it abstains: of {kept_share:.0%} of sentences that are left {kept_accuracy:.0%}
are right. Skops file of arrays and texts: it runs no code.

## Quality

{folds}-fold cross-validation, manifestos, parties or years held out whole. Macro-F1 over the codes that occur, with a
95 % interval from resampling whole groups. Choices were made by figures of this kind on 28 of them, so they are a
little too good.

| held out | macro-F1 | 95 % interval | accuracy | accuracy of domains |
|---|--:|---|--:|--:|
{scores}

Accuracy by year, manifestos held out: {of_year}.

| code | | coded | precision | recall | F1 |
|---|---|--:|--:|--:|--:|
{labels}

By domain, rows as coded, columns as said:

| | {domains} |
|---|{lines}
{confused}

## Positions

Each manifesto is placed by a classifier that did not see it, with what was confused in the others
([docs/positions.md](../../docs/positions.md)). `r`: correlation with the value of the coders' own codes; scales under
.5 are not given. Distances in the unit of the scale; "counted" is the value of the labels as they are.

| scale | r | mean distance | counted | interval holds | its width |
|---|--:|--:|--:|--:|--:|
{scales}
"""


def write_code_card(codebook: Codebook, metrics: Mapping[str, Any]) -> str:
    """The card as Markdown; `metrics` are those of `metrics.json`."""
    names = list(metrics["domains_confused"])
    code_of = {label: code for code, label in codebook.codes.items()}
    return _CARD.format(
        id=codebook.id,
        version=codebook.version,
        question=codebook.question,
        scores="\n".join(_score(held_out, metrics[f"by_{held_out}"]) for held_out in ("manifesto", "party", "year")
                         if f"by_{held_out}" in metrics),
        of_year=", ".join(f"{year} {_short(value)}" for year, value in metrics["of_year"].items()),
        labels="\n".join(
            f"| {code_of[label]} | {codebook.english[label]} | {each['examples']:,} | {_short(each['precision'], 2)} | "
            f"{_short(each['recall'], 2)} | {_short(each['f1'], 2)} |"
            for label, each in sorted(metrics["by_label"].items(), key=lambda each: code_of[each[0]])
        ),
        domains=" | ".join(names),
        lines="--:|" * len(names),
        confused="\n".join(
            f"| {name} | " + " | ".join(f"{row[other]:,}" for other in names) + " |"
            for name, row in metrics["domains_confused"].items()
        ),
        scales="\n".join(
            f"| {name} | {_short(each['correlation'], 2)} | {each['distance']:.2f} | {each['distance_counted']:.2f} | "
            f"{each['covered']:.0%} | {each['width']:.1f} |"
            for name, each in metrics["scales"].items()
        ),
        **{name: metrics[name] for name in ("examples", "manifestos", "temperature", "calibration_error", "threshold",
                                            "kept_share", "kept_accuracy", "folds")},
    )  # fmt: skip


def _score(held_out: str, found: Mapping[str, Any]) -> str:
    said = found["classifier"]
    interval = f"{_short(said['low'])} to {_short(said['high'])}"
    figures = (_short(said["macro_f1"]), interval, _short(said["accuracy"]), _short(found["domains"]))
    return f"| {held_out} ({found['groups']}) | " + " | ".join(figures) + " |"


def _short(value: float, digits: int = 3) -> str:
    return f"{value:.{digits}f}".replace("0.", ".", 1)
