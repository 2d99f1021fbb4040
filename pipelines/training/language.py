"""Training the language pipeline in `models/nl_manifesto`: manifestos and treebanks in, pipeline, metrics and card out.

    manifestos → words → static vectors (floret), unless the pipeline at hand has them
    treebanks → trees under one scheme → training → scores on treebanks that it never saw → card

python -m pipelines.training.language --texts FOLDER [--ablations] [--vectors-anew]
"""

import argparse
import json
import shutil
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import floret
import spacy
import srsly
from rich.console import Console
from spacy.language import Language
from spacy.scorer import Scorer
from spacy.strings import StringStore
from spacy.tokens import Doc, DocBin
from spacy.training import Example
from spacy.training.initialize import convert_vectors, init_nlp
from spacy.training.loop import train
from spacy.util import load_config
from spacy.vectors import Vectors

from extract.extraction import read
from extract.labels.codebooks import METRICS_FILE
from extract.language.parsing import lemma_of
from extract.language.pipeline import OURS
from extract.language.products import in_one_thread, multiply_by_numpy
from extract.reading.facts import Facts
from extract.settings import Settings
from pipelines.paths import CARD_FILE, MODELS, manifesto_files
from pipelines.training.language_card import write_card
from pipelines.training.treebanks import (
    NEWS,
    RELEASES,
    TEST_TREEBANKS,
    Tree,
    docs_of,
    drop_particles,
    released_docs,
    training_trees,
)
from pipelines.training.variants import READER

CONFIG = Path(__file__).with_name("nl_manifesto.cfg")
VERSION = "2.1.0"

# Skip-gram over sub-words of 3 to 5 letters, hashed, so that no word is without a vector. One thread, or no two runs
# would give the same.
_VECTORS = {
    "model": "skipgram", "mode": "floret", "hashCount": 2, "dim": 150, "bucket": 40_000, "minn": 3, "maxn": 5,
    "epoch": 8, "minCount": 5, "thread": 1, "verbose": 0,
}  # fmt: skip
_PIECE_CHARACTERS = 20_000

_SCORES = ("pos_acc", "morph_acc", "lemma_acc", "dep_uas", "dep_las", "sents_f")


@dataclass(frozen=True, slots=True)
class Variant:
    """A way to train that is tried beside the one that ships, with a small number of steps."""

    with_vectors: bool = True
    parts: tuple[str, ...] | None = None  # of the trees; all if None
    encoder: tuple[int, int] = (160, 6)  # its width and depth
    vary: bool = True  # write some sentences as manifestos write


VARIANTS = {
    "all of it": Variant(),
    "the releases of Universal Dependencies only": Variant(parts=RELEASES),
    "newspapers and Wikipedia only": Variant(parts=NEWS),
    "without vectors": Variant(with_vectors=False),
    "no sentence written as manifestos write": Variant(vary=False),
    "width 96, depth 4": Variant(encoder=(96, 4)),
    "width 128, depth 4": Variant(encoder=(128, 4)),
}
ABLATION_STEPS = 400


def main(texts: Path, *, ablations: bool, vectors_anew: bool) -> None:
    """Train, evaluate and write `models/nl_manifesto`."""
    console = Console(highlight=False)
    folder = MODELS / OURS
    with tempfile.TemporaryDirectory() as name:
        work = Path(name)
        words = None if vectors_anew else take_vectors(folder, work)
        if words is None:
            console.print("Reading manifestos (some minutes) …")
            words = write_words(read_manifestos(texts), work / "words.txt")
            console.print(f"Vectors from {words:,} words (half an hour) …")
            train_vectors(work)
        trees = list(training_trees(texts / "treebanks"))
        held_out = [tree for tree in trees if tree.is_held_out]
        console.print("Training (half an hour) …")
        nlp = train_pipeline([tree for tree in trees if not tree.is_held_out], held_out, work)
        save(nlp, folder)
        steps = nlp.config["training"]["max_steps"]
        metrics: dict[str, Any] = {"version": VERSION, "words": words, **sizes(trees), "steps": steps}
        metrics["scores"] = {
            "development, newspapers and Wikipedia": evaluate(nlp, docs_of(_of_parts(held_out, NEWS))),
            "development, all else": evaluate(nlp, docs_of(tree for tree in held_out if tree.part not in NEWS)),
        } | {each: evaluate(nlp, released_docs(texts / "treebanks" / f"{each}.conllu")) for each in TEST_TREEBANKS}
        console.print(metrics["scores"])
        metrics |= {"ablation_steps": ABLATION_STEPS, "ablations": {}}
        for title, variant in VARIANTS.items() if ablations else ():
            console.print(f"Training {title} ({ABLATION_STEPS:,} steps) …")
            of_parts = _of_parts(trees, variant.parts) if variant.parts else trees
            nlp = train_pipeline([tree for tree in of_parts if not tree.is_held_out], held_out, work, variant=variant)
            metrics["ablations"][title] = evaluate(nlp, docs_of(_of_parts(held_out, NEWS)))
            console.print(metrics["ablations"][title])
    describe(folder, metrics)


def take_vectors(folder: Path, work: Path) -> int | None:
    """Copy the vectors of a pipeline of ours, and say of how many words they are; None where it has none of the kind.

    Other models rest on these vectors, and texts that are read by later code would give a little other ones.
    """
    metrics = folder / METRICS_FILE
    if not (folder / "vocab" / "vectors").is_file() or not metrics.is_file():
        return None
    found = Vectors(strings=StringStore()).from_disk(folder / "vocab")
    kind = (*found.shape, found.hash_count, found.minn, found.maxn)
    wanted = tuple(_VECTORS[each] for each in ("bucket", "dim", "hashCount", "minn", "maxn"))
    if found.mode != "floret" or kind != wanted:
        return None
    nlp = spacy.blank("nl")
    nlp.vocab.vectors = found
    nlp.to_disk(work / "vectors")
    return int(json.loads(metrics.read_text(encoding="utf-8"))["words"])


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


def train_pipeline(
    trees: Iterable[Tree], held_out: Iterable[Tree], work: Path, *, variant: Variant | None = None
) -> Language:
    """Train a pipeline on trees; scores on newspapers that are held out are told on the way, and choose nothing.

    It is the one that ships, or a variant of it with few steps.
    """
    write_docs(docs_of(trees, sentences=1), work / "train.spacy")
    write_docs(docs_of(_of_parts(held_out, NEWS)), work / "development.spacy")
    config = load_config(CONFIG)
    config["paths"]["train"], config["paths"]["dev"] = str(work / "train.spacy"), str(work / "development.spacy")
    chosen = variant or Variant()
    encoder = config["components"]["tok2vec"]["model"]
    encoder["embed"]["include_static_vectors"] = chosen.with_vectors
    encoder["encode"]["width"], encoder["encode"]["depth"] = chosen.encoder
    config["corpora"]["train"].update({"@readers": READER, "vary": chosen.vary})
    if chosen.with_vectors:
        config["paths"]["vectors"] = str(work / "vectors")
    if variant:
        config["training"].update(max_steps=ABLATION_STEPS, eval_frequency=ABLATION_STEPS)
        config["training"]["optimizer"]["learn_rate"]["total_steps"] = ABLATION_STEPS
    nlp = multiply_by_numpy(init_nlp(config))  # which goes through all trees, to see all labels
    nlp.config["training"]["max_epochs"] = -1  # the reader is asked anew each time that they have been gone through
    with tempfile.TemporaryDirectory(dir=work) as trained, in_one_thread():
        train(nlp, Path(trained))
        return spacy.load(Path(trained) / "model-last")


def write_docs(docs: Iterable[Doc], path: Path) -> None:
    """Write Docs as spaCy reads them; lemmas of verbs without particles that stand apart, as they are learnt."""
    some = list(docs)
    for doc in some:
        drop_particles(doc)
    DocBin(docs=some).to_disk(path)


def evaluate(nlp: Language, docs: Iterable[Doc]) -> dict[str, float]:
    """Scores on Docs, from their raw text: accuracy of part of speech, features, lemma; UAS, LAS; F1 of sentences.

    Lemmas are those that the table `tokens` would have.
    """
    examples = [Example(nlp(doc.text), doc) for doc in DocBin(docs=docs).get_docs(nlp.vocab)]
    for example in examples:
        for token in example.predicted:
            token.lemma_ = lemma_of(token)
    scores = Scorer(nlp).score(examples)
    return {name: round(scores[name], 4) for name in _SCORES}


def sizes(trees: Sequence[Tree]) -> dict[str, Any]:
    """How many sentences and words the trees are, to train on and for development."""
    learnt = [tree for tree in trees if not tree.is_held_out]
    held_out = [tree for tree in trees if tree.is_held_out]
    return {
        "sentences": len(learnt),
        "tree_words": sum(len(tree.rows) for tree in learnt),
        "development_sentences": len(held_out),
        "development_words": sum(len(tree.rows) for tree in held_out),
    }


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
            {"name": "Alpino trees", "url": "https://github.com/rug-compling/Alpino", "license": "LGPL 2.1"},
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
    srsly.write_json(folder / "vocab" / "strings.json", sorted(_strings_of(nlp)))


def _strings_of(nlp: Language) -> set[str]:
    """The strings that a pipeline needs: its labels, and what its edit trees put in place of what.

    spaCy would write every word that it ever saw in training.
    """
    labels = (label for name in nlp.pipe_names for label in getattr(nlp.get_pipe(name), "labels", ()))
    kept = {label for label in labels if isinstance(label, str)}  # those of the lemmatizer are numbers of trees
    trees = srsly.msgpack_loads(nlp.get_pipe("lemmatizer").trees.to_bytes())["trees"]
    return kept | {nlp.vocab.strings[tree[side]] for tree in trees for side in ("orig", "subst") if tree.get(side)}


def describe(folder: Path, metrics: dict[str, Any]) -> None:
    """Write metrics and card beside a pipeline."""
    size = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
    metrics = {**metrics, "megabytes": round(size / 1e6, 1)}
    (folder / METRICS_FILE).write_text(json.dumps(metrics, indent=2) + "\n", encoding="utf-8", newline="\n")
    (folder / CARD_FILE).write_text(write_card(metrics), encoding="utf-8", newline="\n")


def _of_parts(trees: Iterable[Tree], parts: Sequence[str]) -> list[Tree]:
    return [tree for tree in trees if tree.part in parts]


def _pieces(text: str) -> Iterator[str]:
    for line in text.split("\n"):
        for start in range(0, len(line), _PIECE_CHARACTERS):
            yield line[start : start + _PIECE_CHARACTERS]


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--texts", type=Path, required=True)
    parser.add_argument("--ablations", action="store_true")
    parser.add_argument("--vectors-anew", action="store_true")
    arguments = parser.parse_args()
    main(arguments.texts, ablations=arguments.ablations, vectors_anew=arguments.vectors_anew)
