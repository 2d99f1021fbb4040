"""Training of `models/text_encoder`: vectors of pieces of words, from the manifestos at hand, without any label.

    manifestos → sentences and the headings above them → pieces of words (sentencepiece)
    sentences beside each other, and under a heading → vectors by which they find one another → encoder, card

python -m pipelines.training.encoder --texts FOLDER
"""

import argparse
import io
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import sentencepiece
from rich.console import Console
from rich.progress import track
from scipy.sparse import csr_matrix, vstack

from extract.labels.codebooks import METRICS_FILE
from extract.labels.encoders import OURS, PIECES_FILE, VECTORS_FILE, as_read, count_pieces, of_length_one
from extract.labels.word_vectors import WordVectors, load_vectors
from extract.problems import ManifestoError
from pipelines.paths import CARD_FILE, MODELS, manifesto_files
from pipelines.training.classifiers import read_source

SEED = 2025

_WORD_START = "\u2581"  # what sentencepiece writes where a word begins

PIECES = 24_000
EPOCHS = 8
_BATCH = 1_024
_MANIFESTOS_AT_ONCE = 8  # so that a sentence must be told from others of its own manifesto: by subject, not by style
_TEMPERATURE = 0.07
_FEWEST_PIECES = 4  # of a sentence that is learnt from
_FEWEST_SENTENCES = 100  # of a manifesto that is learnt from
_UNDER_HEADING = 0.3  # share of the sentences that look for their heading instead of a neighbour
_NEIGHBOURS = {-2: 0.15, -1: 0.35, 1: 0.35, 2: 0.15}  # how often which neighbour is looked for
_TOO_NEAR = 4  # sentences that are as likely about the same count neither for nor against
_RATE, _WARM_UP, _LAST_RATE = 2e-3, 100, 0.05  # of Adam (Kingma and Ba 2015); steps; share of the rate at the end
_LENGTH = 0.3  # of a rare piece before it learns
_FREQUENT = 1e-3  # share of sentences with a piece at which it begins half as long (Arora, Liang and Ma 2017)


@dataclass(frozen=True, slots=True)
class Corpus:
    """All sentences in the order of their manifestos, the headings above them, and where manifestos begin and end."""

    texts: list[str]
    headings: list[str]
    manifestos: list[range]


@dataclass(frozen=True, slots=True)
class _Pairs:
    """Sentences, and for each the neighbour or heading that it must find."""

    sentences: np.ndarray  # rows of the corpus
    others: np.ndarray  # rows of the corpus; of the sentence itself where its heading is looked for
    under_heading: np.ndarray  # whether it is


def main(texts: Path) -> None:
    """Read the manifestos, train, and write `models/text_encoder`."""
    console = Console(highlight=False)
    corpus = read_corpus(texts)
    console.print(f"{len(corpus.texts):,} sentences of {len(corpus.manifestos)} manifestos. Pieces (some minutes) …")
    model = train_pieces(corpus.texts)
    words = load_vectors(MODELS)
    if words is None:
        raise ManifestoError("The encoder starts from the vectors of nl_manifesto. Make them with: make language-model")
    vectors, loss = train_vectors(corpus, sentencepiece.SentencePieceProcessor(model_proto=model), words)
    facts = _facts(corpus, vectors, loss) | {"vectors_sha256": words.sha256}
    write_encoder(MODELS / OURS, model, vectors, facts)
    console.print(f"{MODELS / OURS} is written. Train the classifiers anew: make train")


def read_corpus(texts: Path) -> Corpus:
    """The sentences of the manifestos below a folder, in the order of the names of their files."""
    corpus = Corpus([], [], [])
    for path in track(manifesto_files(texts), "Reading manifestos"):
        readings = read_source(path)
        start = len(corpus.texts)
        corpus.texts.extend(reading.text for reading in readings)
        corpus.headings.extend(reading.heading.rpartition(" > ")[2] for reading in readings)
        corpus.manifestos.append(range(start, len(corpus.texts)))
    return corpus


def train_pieces(texts: Sequence[str]) -> bytes:
    """A model that cuts words into frequent pieces (unigram language model, Kudo 2018)."""
    model = io.BytesIO()
    sentencepiece.SentencePieceTrainer.train(
        sentence_iterator=iter(as_read(text) for text in texts), model_writer=model, vocab_size=PIECES,
        model_type="unigram", character_coverage=0.9998, num_threads=1, hard_vocab_limit=False, minloglevel=2,
    )  # fmt: skip
    return model.getvalue()


def train_vectors(
    corpus: Corpus, pieces: sentencepiece.SentencePieceProcessor, words: WordVectors
) -> tuple[np.ndarray, float]:
    """Vectors of pieces by which sentences find their neighbours and headings, and the loss at the end.

    Each sentence of a batch must find the other of its pair among all others of the batch, by the cosine of the sums of
    their pieces' vectors, and the other way round (the loss of Radford et al. 2021). Shape: pieces × width.
    """
    random = np.random.default_rng(SEED)
    sentences, headings = _bags(corpus.texts, pieces), _bags(corpus.headings, pieces)
    lengths = np.diff(sentences.indptr)
    vectors = starting_vectors(pieces, sentences, words)
    first, second = np.zeros_like(vectors), np.zeros_like(vectors)  # moments of the gradient
    steps = EPOCHS * int((lengths >= _FEWEST_PIECES).sum()) // _BATCH
    loss = 0.0
    for step in track(range(1, steps + 1), "Training vectors"):
        pairs = _draw_pairs(corpus, lengths, np.diff(headings.indptr), random)
        left = sentences[pairs.sentences]
        right = _others(pairs, sentences, headings)
        now, gradient = _gradient(vectors, left, right, _confusable(pairs, corpus))
        loss = 0.99 * loss + 0.01 * now if step > 1 else now
        first += 0.1 * (gradient - first)
        second += 0.02 * (gradient * gradient - second)
        rate = _RATE * min(1, step / _WARM_UP) * (1 - step / steps * (1 - _LAST_RATE))
        vectors -= rate * (first / (1 - 0.9**step)) / (np.sqrt(second / (1 - 0.98**step)) + 1e-6)
    return vectors, loss


def starting_vectors(
    pieces: sentencepiece.SentencePieceProcessor, sentences: csr_matrix, words: WordVectors
) -> np.ndarray:
    """The static vectors of the pieces as if they were words, shorter the more sentences have them.

    Half of what rare subjects need is in there: from random ones, macro-F1 of digitalisation by the encoder alone was
    .49 instead of .54.
    """
    names = [pieces.id_to_piece(number).strip(_WORD_START) or _WORD_START for number in range(pieces.get_piece_size())]
    shares = np.asarray((sentences > 0).mean(axis=0)).ravel()
    lengths = _LENGTH * _FREQUENT / (_FREQUENT + shares)
    return (of_length_one(words.table.get_batch(names)) * lengths[:, None]).astype(np.float32)


def write_encoder(folder: Path, model: bytes, vectors: np.ndarray, facts: dict[str, Any]) -> None:
    """Write pieces, vectors (16 bits each), figures and card."""
    folder.mkdir(exist_ok=True)
    (folder / PIECES_FILE).write_bytes(model)
    np.save(folder / VECTORS_FILE, vectors.astype(np.float16))
    (folder / METRICS_FILE).write_text(json.dumps(facts, indent=2) + "\n", encoding="utf-8", newline="\n")
    (folder / CARD_FILE).write_text(write_card(facts), encoding="utf-8", newline="\n")


def write_card(facts: dict[str, Any]) -> str:
    """The encoder's card as Markdown."""
    return _CARD.format(**facts)


def _facts(corpus: Corpus, vectors: np.ndarray, loss: float) -> dict[str, Any]:
    return {
        "sentences": len(corpus.texts), "manifestos": len(corpus.manifestos), "pieces": vectors.shape[0],
        "width": vectors.shape[1], "epochs": EPOCHS, "batch": _BATCH, "temperature": _TEMPERATURE, "seed": SEED,
        "loss": round(loss, 3),
    }  # fmt: skip


def _bags(texts: Sequence[str], pieces: sentencepiece.SentencePieceProcessor) -> csr_matrix:
    """Counts of pieces, divided by the root of their number, so that long and short sentences learn alike."""
    counts = count_pieces(texts, pieces)
    sums = np.maximum(1, np.asarray(counts.sum(axis=1)).ravel())
    counts.data /= np.sqrt(np.repeat(sums, np.diff(counts.indptr))).astype(np.float32)
    return counts


def _draw_pairs(
    corpus: Corpus, lengths: np.ndarray, heading_lengths: np.ndarray, random: np.random.Generator
) -> _Pairs:
    """A batch: some manifestos, the long ones more often, and from each as many sentences with what they must find."""
    long_enough = [each for each in corpus.manifestos if len(each) >= _FEWEST_SENTENCES]
    shares = np.array([len(each) for each in long_enough], dtype=float)
    drawn = random.choice(len(long_enough), _MANIFESTOS_AT_ONCE, replace=False, p=shares / shares.sum())
    parts = [_draw_sentences(long_enough[each], lengths, heading_lengths, random) for each in drawn]
    return _Pairs(*(np.concatenate(column) for column in zip(*parts, strict=True)))


def _draw_sentences(
    manifesto: range, lengths: np.ndarray, heading_lengths: np.ndarray, random: np.random.Generator
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    rows = np.arange(manifesto.start, manifesto.stop)
    rows = rows[lengths[rows] >= _FEWEST_PIECES]
    rows = random.choice(rows, min(len(rows), _BATCH // _MANIFESTOS_AT_ONCE), replace=False)
    others = rows + random.choice(list(_NEIGHBOURS), len(rows), p=list(_NEIGHBOURS.values()))
    inside = (others >= manifesto.start) & (others < manifesto.stop)
    others = np.where(inside, others, rows)
    under_heading = (random.random(len(rows)) < _UNDER_HEADING) & (heading_lengths[rows] > 0)
    usable = under_heading | (inside & (lengths[others] >= _FEWEST_PIECES))
    return rows[usable], np.where(under_heading, rows, others)[usable], under_heading[usable]


def _others(pairs: _Pairs, sentences: csr_matrix, headings: csr_matrix) -> csr_matrix:
    """The bags of what each sentence must find, in the order of the pairs."""
    stacked = vstack([sentences[pairs.others], headings[pairs.others]], format="csr")
    return stacked[np.arange(len(pairs.others)) + len(pairs.others) * pairs.under_heading]


def _confusable(pairs: _Pairs, corpus: Corpus) -> np.ndarray:
    """For each sentence the others of the batch that may as well be right: near it, or under the same heading."""
    near = np.abs(pairs.sentences[:, None] - pairs.others[None, :]) <= _TOO_NEAR
    names = {name: number for number, name in enumerate({corpus.headings[row] for row in pairs.others})}
    own = np.array([names.get(corpus.headings[row], -1) for row in pairs.sentences])
    found = np.array([names[corpus.headings[row]] for row in pairs.others])
    same = (own[:, None] == found[None, :]) & pairs.under_heading[None, :]
    confusable: np.ndarray = near | same
    np.fill_diagonal(confusable, False)
    return confusable


def _gradient(
    vectors: np.ndarray, left: csr_matrix, right: csr_matrix, confusable: np.ndarray
) -> tuple[float, np.ndarray]:
    """Loss of a batch, and its gradient by the vectors."""
    sums, other_sums = left @ vectors, right @ vectors
    units, others = of_length_one(sums), of_length_one(other_sums)
    scores = np.where(confusable, -np.inf, units @ others.T / _TEMPERATURE)
    by_row, by_column = _softmax(scores), _softmax(scores.T).T
    right_ones = np.arange(len(scores))
    loss = -np.log(by_row[right_ones, right_ones] * by_column[right_ones, right_ones] + 1e-12).mean() / 2
    change = (by_row + by_column) / 2
    change[right_ones, right_ones] -= 1
    change /= len(scores) * _TEMPERATURE
    gradient = left.T @ _through_length(change @ others, units, sums)
    return float(loss), gradient + right.T @ _through_length(change.T @ units, others, other_sums)


def _softmax(scores: np.ndarray) -> np.ndarray:
    powers = np.exp(scores - scores.max(axis=1, keepdims=True))
    shares: np.ndarray = powers / powers.sum(axis=1, keepdims=True)
    return shares


def _through_length(gradient: np.ndarray, units: np.ndarray, sums: np.ndarray) -> np.ndarray:
    """The gradient by sums of vectors, from that by the sums scaled to length 1."""
    lengths = np.maximum(np.linalg.norm(sums, axis=1, keepdims=True), 1e-8)
    through: np.ndarray = (gradient - (gradient * units).sum(axis=1, keepdims=True) * units) / lengths
    return through


_CARD = """\
# Model card: text_encoder

Turns a Dutch sentence into {width} numbers, so that sentences about the same lie near each other. The classifiers use
it for a sentence, the sentences beside it, and the headings above it.

## Training data

{sentences:,} sentences of {manifestos} Dutch party manifestos, 1888 to 2025, without any label. The texts are not part
of this repository. Manifestos on which classifiers are tested are among them, as raw text.

## Method

Words are cut into {pieces:,} frequent pieces (sentencepiece, unigram); numbers are all read as 0. A sentence is the sum
of the vectors of its pieces, scaled to length 1. The vectors began as the static vectors of `nl_manifesto`, and learnt
to find, for a sentence, its neighbour or its
heading among those of the same batch: {batch:,} pairs of 8 manifestos, so that style does not give it away; cosine with
temperature {temperature}, both ways; {epochs} passes; loss at the end {loss}; seed {seed}.
`make encoder` makes it anew.

## Limits

It knows no order of words: "niet" is a piece like any other. It knows the subjects of manifestos, not those of other
texts.
"""


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--texts", type=Path, required=True, help="folder with manifestos-2025 and manifestos-text")
    main(parser.parse_args().texts)
