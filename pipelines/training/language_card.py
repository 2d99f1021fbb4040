"""The card of the language pipeline, from its metrics."""

from collections.abc import Mapping
from typing import Any

_CARD = """\
# Model card: nl_manifesto

A spaCy pipeline for Dutch, version {version}, {megabytes} MB: parts of speech, morphological features, lemmas,
dependencies and sentence borders under the label schemes of Universal Dependencies. It has the components of spaCy's
`nl_core_news_md` (tok2vec, morphologizer, senter, parser, trainable lemmatizer) but no NER, and stands in where that is
not installed.

## Use

It parses sentences of Dutch party texts: for the tables `tokens`, and for action, polarity and object of `proposals`.
Sentence borders of a dataset are rules of their own and do not rest on it. Read single parses with doubt: of five words
some four have the right head and relation.

## Licence

CC BY-SA 4.0, as the treebanks of Universal Dependencies that it was trained on. Most of its training data are trees of
the Alpino project, under the LGPL 2.1; their licence holds for those trees, which are not part of this repository, and
whoever trains anew needs them under its terms. The code that made it is under the MIT licence.

## Training data

| data | used for | licence |
|---|---|---|
| [UD Dutch Alpino]({ud}/nl_alpino), dev part | training, development | CC BY-SA 4.0 |
| [UD Dutch LassySmall]({ud}/nl_lassysmall), dev part | training, development | CC BY-SA 4.0 |
| [Alpino's trees]({alpino}) (Treebank/, April 2026), as UD 2.17 by [alud]({alud}) | training, development | LGPL 2.1 |
| UD Dutch Alpino and LassySmall, test parts | the scores below, and nothing else | CC BY-SA 4.0 |
| 447 Dutch manifestos of 1888 to 2023 and five of 2025, {words:,} words | static vectors | of the parties |

{sentences:,} sentences, {tree_words:,} words, are learnt from: two fifths newspapers, the rest questions, test
sentences for grammars, help texts, a novel, Wikipedia. By a hash of their letters another {development_sentences:,}
({development_words:,} words) are held out for development. No sentence of Alpino's test part has the letters of one of
these; of LassySmall's 1,761, sixty do, most of them headings ("Zie ook:"). The manifestos are not part of this
repository, and their text cannot be read off the vectors, which are of hashed pieces of words.

The treebanks differ in what they write, and are brought to what the release of Alpino has
(`pipelines/training/treebanks.py`): features that it lacks are dropped (ExtPos, Mood, PronType of determiners), an
article is a determiner also where it stands for a number, an adverb in a noun phrase is its `amod`, and of a proper
noun without a gender no part of speech is learnt. Sentences that nobody gave parts of speech are left out. The
treebanks join the parts of a compound lemma by "_" ("aan_sluiten"): that mark is dropped. The lemma of a verb whose
particle stands apart ("schaffen … af") is learnt without the particle, which is put back by the parse.

## Method

Static floret vectors (skip-gram, 150 dimensions, 40,000 rows, pieces of 3 to 5 letters) from the manifestos; then
training on the trees for {steps:,} steps of up to 800 words (`pipelines/training/nl_manifesto.cfg`), as many as were
planned: the rate of learning falls to nothing with the last. Each time through, sentences are grouped anew, and some
are written as manifestos write (`pipelines/training/variants.py`): alone, begun in lower case, without a full stop, in
capitals, with other quote marks.

`make language-model` does it all, on one thread where the order of work would change the result. It takes the vectors
of the pipeline at hand where they are of this kind, as other models rest on them: they were made by version 1.0.0 from
the manifestos as its code read them, and `--vectors-anew` makes others, which differ a little.

## Quality

From raw text. The test parts chose nothing; the development sentences chose that borders of sentences are found before
the parse, and, in an earlier training, about how many steps are enough.

| | part of speech | features | lemma | UAS | LAS | sentences, F1 |
|---|--:|--:|--:|--:|--:|--:|
{scores}
| alpino_test, version 1.0.0 | .938 | .923 | .939 | .795 | .722 | .855 |

Lemmas are those of the table `tokens`. The release of LassySmall has features (ExtPos) that are not learnt, which count
as errors there. Newspapers are not manifestos: what it is worth there,
[docs/language.md](../../docs/language.md) says of action, polarity and object.
{ablations}"""

_ABLATIONS = """
What parts of it are worth, on newspapers and Wikipedia held out for development, after {steps:,} steps each instead of
{all_steps:,}: so few that small differences say little, and that few texts, gone through often, do better than many.

| | part of speech | features | lemma | UAS | LAS | sentences, F1 |
|---|--:|--:|--:|--:|--:|--:|
{rows}
"""
_UD = "https://universaldependencies.org/treebanks"
_NAMES = ("pos_acc", "morph_acc", "lemma_acc", "dep_uas", "dep_las", "sents_f")


def write_card(metrics: Mapping[str, Any]) -> str:
    """The card as Markdown; `metrics` are version, words, megabytes, steps, sizes of data, scores and ablations."""
    ablations = ""
    if metrics["ablations"]:
        steps, all_steps = metrics["ablation_steps"], metrics["steps"]
        ablations = _ABLATIONS.format(rows=_rows(metrics["ablations"]), steps=steps, all_steps=all_steps)
    links = {
        "ud": _UD,
        "alpino": "https://github.com/rug-compling/Alpino",
        "alud": "https://github.com/rug-compling/alud",
    }
    said = {**metrics, **links, "scores": _rows(metrics["scores"]), "ablations": ablations}
    return _CARD.format(**said)


def _rows(scores: Mapping[str, Mapping[str, float]]) -> str:
    return "\n".join(
        f"| {title} | " + " | ".join(f"{found[name]:.3f}".removeprefix("0") for name in _NAMES) + " |"
        for title, found in scores.items()
    )
