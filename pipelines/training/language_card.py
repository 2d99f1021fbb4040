"""The card of the language pipeline, from its metrics."""

from collections.abc import Mapping
from typing import Any

_CARD = """\
# Model card: nl_manifesto

A spaCy pipeline for Dutch, version {version}, {megabytes} MB: parts of speech, morphological features, lemmas,
dependencies and sentence borders under the label schemes of Universal Dependencies. It has the components of spaCy's
`nl_core_news_md` (tok2vec, morphologizer, parser, trainable lemmatizer, senter) but no NER, and stands in where that is
not installed.

## Use

It parses sentences of Dutch party texts: for the tables `tokens`, and for action, polarity and object of `proposals`.
Sentence borders of a dataset are rules of their own and do not rest on it. It is small: read single parses with doubt.

## Licence

CC BY-SA 4.0, as the treebanks that it was trained on. The code that made it is under the MIT licence.

## Training data

| data | used for | licence |
|---|---|---|
| [UD Dutch Alpino]({ud}/nl_alpino), dev part | training | CC BY-SA 4.0 |
| [UD Dutch LassySmall]({ud}/nl_lassysmall), dev and test parts | training | CC BY-SA 4.0 |
| UD Dutch Alpino, test part | the scores below, and nothing else | CC BY-SA 4.0 |
| 447 Dutch manifestos of 1888 to 2023 and five of 2025, {words:,} words | static vectors | of the parties |

The training parts are 4,021 sentences, 68,665 words of newspapers and Wikipedia. The manifestos are not part of this
repository, and their text cannot be read off the vectors, which are of hashed pieces of words.

The treebanks join the parts of a compound lemma by "_" ("aan_sluiten"): that mark is dropped. The lemma of a verb whose
particle stands apart ("schaffen … af") is learnt without the particle, which is put back by the parse.

## Method

Static floret vectors (skip-gram, 150 dimensions, 40,000 rows, pieces of 3 to 5 letters) from the manifestos; then
training on the treebanks for 2,000 steps (`pipelines/nl_manifesto.cfg`), a number that was chosen on a tenth of the
training treebanks. `make language-model` does both, on one thread where the order of work would change the result.
Pretraining the first layers on the manifestos (spaCy's character objective, once over the text) was tried and left out:
it changed no score by more than .006, up or down.

## Quality

On the test part of Alpino, from its raw text, which chose nothing:

| | part of speech | features | lemma | UAS | LAS | sentences, F1 |
|---|--:|--:|--:|--:|--:|--:|
{scores}

Lemmas are those of the table `tokens`. Newspapers are not manifestos: what it is worth there,
[docs/language.md](../../docs/language.md) says of action, polarity and object. Known weak spots: "we" and a verb at
the head of a short sentence, imperatives, headings, and text that a scan broke.
"""
_UD = "https://universaldependencies.org/treebanks"
_NAMES = ("pos_acc", "morph_acc", "lemma_acc", "dep_uas", "dep_las", "sents_f")


def write_card(metrics: Mapping[str, Any]) -> str:
    """The card as Markdown; `metrics` are version, words, megabytes, and scores by variant."""
    rows = [
        f"| {variant} | " + " | ".join(f"{scores[name]:.3f}" for name in _NAMES) + " |"
        for variant, scores in metrics["scores"].items()
    ]
    return _CARD.format(**{**metrics, "scores": "\n".join(rows), "ud": _UD})
