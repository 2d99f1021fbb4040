"""Training the language pipeline in `models/nl_manifesto`: manifestos and treebanks in, pipeline, metrics and card out.

    manifestos → words → static vectors (floret)
    treebanks → documents → training → scores on a treebank that it never saw → card

python -m pipelines.training.language --texts FOLDER [--ablations]
"""

import argparse
import json
import shutil
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from pathlib import Path
from typing import Any

import floret
import spacy
from rich.console import Console
from spacy.language import Language
from spacy.scorer import Scorer
from spacy.tokens import Doc, DocBin
from spacy.training import Example
from spacy.training.converters import conllu_to_docs
from spacy.training.initialize import convert_vectors, init_nlp
from spacy.training.loop import train
from spacy.util import load_config

from extract.extraction import read
from extract.labels.codebooks import METRICS_FILE
from extract.language.parsing import PARTICLE, lemma_of, without_joints
from extract.language.pipeline import OURS
from extract.reading.facts import Facts
from extract.settings import Settings
from pipelines.paths import CARD_FILE, MODELS, manifesto_files
from pipelines.training.language_card import write_card

CONFIG = Path(__file__).with_name("nl_manifesto.cfg")
VERSION = "1.0.0"
TRAINING_TREEBANKS = ("alpino_dev", "lassysmall_dev", "lassysmall_test")
TEST_TREEBANK = "alpino_test"

# Skip-gram over sub-words of 3 to 5 letters, hashed, so that no word is without a vector. One thread, or no two runs
# would give the same.
_VECTORS = {
    "model": "skipgram", "mode": "floret", "hashCount": 2, "dim": 150, "bucket": 40_000, "minn": 3, "maxn": 5,
    "epoch": 8, "minCount": 5, "thread": 1, "verbose": 0,
}  # fmt: skip
_PIECE_CHARACTERS = 20_000
_SENTENCES_OF_DOC = 5  # so that the parser sees borders of sentences, too

_SCORES = ("pos_acc", "morph_acc", "lemma_acc", "dep_uas", "dep_las", "sents_f")


VARIANTS = {"as shipped": True, "without vectors": False}
"""Ways to train, and whether they use the vectors."""


def main(texts: Path, *, ablations: bool) -> None:
    """Train, evaluate and write `models/nl_manifesto`."""
    console = Console(highlight=False)
    with tempfile.TemporaryDirectory() as folder:
        work = Path(folder)
        console.print("Reading manifestos (some minutes) …")
        words = write_words(read_manifestos(texts), work / "words.txt")
        console.print(f"Vectors from {words:,} words (half an hour) …")
        train_vectors(work)
        write_treebanks(texts / "treebanks", work)
        scores = {}
        for variant, with_vectors in islice(VARIANTS.items(), len(VARIANTS) if ablations else 1):
            console.print(f"Training {variant} (ten minutes) …")
            nlp = train_pipeline(work, with_vectors=with_vectors)
            scores[variant] = evaluate(nlp, texts / "treebanks" / f"{TEST_TREEBANK}.conllu")
            console.print(f"  {scores[variant]}")
            if with_vectors:
                save(nlp, MODELS / OURS)
    describe(MODELS / OURS, words=words, scores=scores)


def read_manifestos(folder: Path) -> Iterator[str]:
    """Yield the document texts of the manifestos below a folder, in the order of the names of their files."""
    for path in manifesto_files(folder):
        found = read(path.read_bytes(), name=path.name, facts=Facts(), settings=Settings())
        if found.document:
            yield found.document.text


def write_words(manifestos: Iterable[str], path: Path) -> int:
    """Write the words of all manifestos, lower case, a line for each paragraph; return how many there are."""
    tokenise = spacy.blank("nl")
    count = 0
    with path.open("w", encoding="utf-8", newline="\n") as file:
        for text in manifestos:
            with tokenise.memory_zone():
                for piece in _pieces(text):
                    words = [token.lower_ for token in tokenise.make_doc(piece) if not token.is_space]
                    if words:
                        file.write(" ".join(words) + "\n")
                        count += len(words)
    return count


def train_vectors(work: Path) -> None:
    """Train static vectors on `words.txt`, and write them as spaCy reads them, to `vectors`."""
    model = floret.train_unsupervised(str(work / "words.txt"), **_VECTORS)
    model.save_floret_vectors(str(work / "vectors.floret"))
    nlp = spacy.blank("nl")
    convert_vectors(nlp, work / "vectors.floret", truncate=0, prune=-1, mode="floret", attr="LOWER")
    nlp.to_disk(work / "vectors")


def write_treebanks(treebanks: Path, work: Path) -> None:
    """Write the training treebanks as spaCy reads them, to `train.spacy`."""
    docs = [doc for name in TRAINING_TREEBANKS for doc in read_treebank(treebanks / f"{name}.conllu")]
    for doc in docs:
        _drop_particles(doc)
    DocBin(docs=docs).to_disk(work / "train.spacy")


def train_pipeline(work: Path, *, with_vectors: bool) -> Language:
    """Train a pipeline on `train.spacy`; nothing is chosen by its scores, so nothing is held out."""
    config = load_config(CONFIG)
    config["paths"]["train"] = config["paths"]["dev"] = str(work / "train.spacy")
    if with_vectors:
        config["paths"]["vectors"] = str(work / "vectors")
    config["components"]["tok2vec"]["model"]["embed"]["include_static_vectors"] = with_vectors
    trained = work / f"trained-{with_vectors}"
    trained.mkdir()
    train(init_nlp(config), trained)
    return spacy.load(trained / "model-last")


def evaluate(nlp: Language, treebank: Path) -> dict[str, float]:
    """Scores on a treebank, from its raw text: accuracy of part of speech, features, lemma; UAS, LAS; F1 of sentences.

    Lemmas are those that the table `tokens` would have.
    """
    gold = DocBin(docs=read_treebank(treebank)).get_docs(nlp.vocab)
    examples = [Example(nlp(doc.text), doc) for doc in gold]
    for example in examples:
        for token in example.predicted:
            token.lemma_ = lemma_of(token)
    scores = Scorer(nlp).score(examples)
    return {name: round(scores[name], 4) for name in _SCORES}


def save(nlp: Language, folder: Path) -> None:
    """Write a pipeline with what it says of itself, in place of what stood in the folder."""
    treebank = "https://universaldependencies.org/treebanks/nl_{}"
    nlp.meta.update(
        name=OURS.removeprefix("nl_"),
        version=VERSION,
        spacy_version=">=3.8.0,<3.9.0",
        description="Dutch of party manifestos: parts of speech, features, lemmas and dependencies (UD)",
        author="Manifesto Extract",
        license="CC BY-SA 4.0",
        sources=[
            {"name": "UD Dutch Alpino", "url": treebank.format("alpino"), "license": "CC BY-SA 4.0"},
            {"name": "UD Dutch LassySmall", "url": treebank.format("lassysmall"), "license": "CC BY-SA 4.0"},
            {"name": "Dutch party manifestos, 1888 to 2025: static vectors", "license": "of the parties"},
        ],
        performance={},
    )
    # Where it was trained is nobody's business, and would make each training's bytes differ.
    nlp.config["paths"] = dict.fromkeys(nlp.config["paths"])
    nlp.config["initialize"].update(vectors=None)
    nlp.config["corpora"] = {}
    for path in folder.glob("*/"):
        shutil.rmtree(path)
    nlp.to_disk(folder)


def describe(folder: Path, *, words: int, scores: Mapping[str, Mapping[str, float]]) -> None:
    """Write metrics and card beside a pipeline."""
    size = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
    metrics: dict[str, Any] = {"version": VERSION, "words": words, "megabytes": round(size / 1e6, 1), "scores": scores}
    (folder / METRICS_FILE).write_text(json.dumps(metrics, indent=2) + "\n", encoding="utf-8", newline="\n")
    (folder / CARD_FILE).write_text(write_card(metrics), encoding="utf-8", newline="\n")


def read_treebank(path: Path) -> list[Doc]:
    """The sentences of a treebank, some to a Doc; lemmas without the joints of compounds."""
    text = path.read_text(encoding="utf-8")
    docs = list(conllu_to_docs(text, n_sents=_SENTENCES_OF_DOC, merge_subtokens=True, no_print=True))
    for doc in docs:
        for token in doc:
            token.lemma_ = without_joints(token.lemma_)
            token.tag_ = ""
    return docs


def _drop_particles(doc: Doc) -> None:
    """Take the particle off the lemma of a verb where it stands apart: the form does not show it, `parsing` adds it."""
    for token in doc:
        particles = [child.lower_ for child in token.children if child.dep_ == PARTICLE]
        if len(particles) == 1 and len(token.lemma_) > len(particles[0]) + 2:
            token.lemma_ = token.lemma_.removeprefix(particles[0])


def _pieces(text: str) -> Iterator[str]:
    for line in text.split("\n"):
        for start in range(0, len(line), _PIECE_CHARACTERS):
            yield line[start : start + _PIECE_CHARACTERS]


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--texts", type=Path, required=True)
    parser.add_argument("--ablations", action="store_true")
    arguments = parser.parse_args()
    main(arguments.texts, ablations=arguments.ablations)
