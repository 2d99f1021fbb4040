"""Texts → dense vectors: what a sentence is about, also where it shares no word with labelled ones.

The encoder that comes with the code is a sum of vectors of pieces of words. It learnt, without a label, to find the
sentence beside a given one, or the heading above it, among sentences of the same manifestos: what stands side by side
is about the same. (Contrastive learning from neighbours: Logeswaran and Lee 2018, "quick thoughts"; pieces: Kudo 2018.)

A better one can be plugged in by the path of an ONNX model, or by the name or path of a sentence-transformers model.
"""

import functools
import hashlib
import importlib.util
import os
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import sentencepiece
from scipy.sparse import csr_matrix

from extract.parts import read_part, read_table, reading
from extract.problems import UsageError

OURS = "text_encoder"
"""The folder, in the folder of models, of the encoder that comes with the code."""
PIECES_FILE = "pieces.model"
VECTORS_FILE = "vectors.npy"

ALLOWED = "MANIFESTO_ENCODER"
"""The environment variable that names the encoder outside the folder of models that a model may use."""

_ONNX_FILES = ("model.onnx", "onnx/model.onnx")
_FOLDER = re.compile(r"\w[\w.-]*")
_DIGITS = re.compile(r"\d+")
_AT_ONCE = 32  # texts that a transformer reads together


class Encoder(Protocol):
    """What turns texts into vectors."""

    @property
    def name(self) -> str:
        """The name or path to load it by."""

    @property
    def sha256(self) -> str:
        """Hash of all that decides on its vectors."""

    def encode(self, texts: Sequence[str]) -> np.ndarray:
        """A vector of length 1 for each text, zeros for an empty one. Shape: texts × width."""


@dataclass(frozen=True, slots=True, eq=False)
class PieceEncoder:
    """The sum of the vectors of a text's pieces."""

    name: str
    sha256: str
    pieces: sentencepiece.SentencePieceProcessor
    vectors: np.ndarray  # pieces × width

    def encode(self, texts: Sequence[str]) -> np.ndarray:
        """See `Encoder.encode`."""
        return of_length_one(count_pieces(texts, self.pieces) @ self.vectors)


@dataclass(frozen=True, slots=True, eq=False)
class OnnxEncoder:
    """A transformer in ONNX with its tokeniser: the mean of the vectors of its tokens, or what it gives for a text."""

    name: str
    sha256: str
    session: Any  # onnxruntime.InferenceSession
    tokenizer: Any  # tokenizers.Tokenizer

    def encode(self, texts: Sequence[str]) -> np.ndarray:
        """See `Encoder.encode`."""
        batches = [self._encode(texts[start : start + _AT_ONCE]) for start in range(0, len(texts), _AT_ONCE)]
        vectors = of_length_one(np.concatenate(batches)) if batches else np.zeros((0, 0))
        return _zero_if_empty(vectors, texts)

    def _encode(self, texts: Sequence[str]) -> np.ndarray:
        tokens = self.tokenizer.encode_batch(list(texts))
        given = {
            "input_ids": np.array([each.ids for each in tokens], dtype=np.int64),
            "attention_mask": np.array([each.attention_mask for each in tokens], dtype=np.int64),
            "token_type_ids": np.array([each.type_ids for each in tokens], dtype=np.int64),
        }
        wanted = {each.name for each in self.session.get_inputs()}
        (output, *_) = self.session.run(None, {name: given[name] for name in given.keys() & wanted})
        if output.ndim == 2:
            return np.asarray(output, dtype=np.float32)
        mask = given["attention_mask"][:, :, None]
        return np.asarray((output * mask).sum(axis=1) / np.maximum(1, mask.sum(axis=1)), dtype=np.float32)


@dataclass(frozen=True, slots=True, eq=False)
class SentenceTransformerEncoder:
    """A model of the sentence-transformers library."""

    name: str
    sha256: str
    model: Any

    def encode(self, texts: Sequence[str]) -> np.ndarray:
        """See `Encoder.encode`."""
        vectors = of_length_one(np.asarray(self.model.encode(list(texts), show_progress_bar=False), dtype=np.float32))
        return _zero_if_empty(vectors, texts)


def load_encoder_of_model(name: str, models: Path) -> Encoder:
    """Load the encoder that a model names, which may be a stranger's: one in the folder of models, or none.

    A name in a file must not have this machine open other folders, or fetch something. Whoever trained with an encoder
    that lies elsewhere names it in the environment variable MANIFESTO_ENCODER.
    """
    if name not in (OURS, os.environ.get(ALLOWED)):
        inside = _FOLDER.fullmatch(name) and (models / name).resolve().is_relative_to(models.resolve())
        if not inside or not any((models / name / file).is_file() for file in _ONNX_FILES):
            raise UsageError(
                f"The model names the text encoder {name[:80]!r}, which is no folder with an ONNX model in {models}.\n"
                f"Put it there, and train again with its name; or, where you trust it, set {ALLOWED} to that name."
            )
    return load_encoder(name, models)


@functools.lru_cache(maxsize=4)
def load_encoder(name: str, models: Path) -> Encoder:
    """Load an encoder: ours, from the folder of models; a folder with an ONNX model; else by sentence-transformers."""
    if name == OURS:
        return _load_ours(models / OURS)
    for folder in (models / name, Path(name)):
        for file in _ONNX_FILES:
            if (folder / file).is_file():
                return _load_onnx(name, folder / file, folder / "tokenizer.json")
    if importlib.util.find_spec("sentence_transformers") is None:
        raise UsageError(
            f"There is no text encoder {name}: it is no folder with model.onnx and tokenizer.json, and to load it by\n"
            "name the package sentence-transformers is needed. Install it with: pip install sentence-transformers"
        )
    return _load_sentence_transformer(name)


def count_pieces(texts: Sequence[str], pieces: sentencepiece.SentencePieceProcessor) -> csr_matrix:
    """How often each text has each piece, numbers all alike. Shape: texts × pieces."""
    found = pieces.encode([as_read(text) for text in texts])
    ends = np.cumsum([0, *map(len, found)])
    columns = np.fromiter((piece for each in found for piece in each), dtype=np.int32, count=ends[-1])
    counts = csr_matrix(
        (np.ones(len(columns), dtype=np.float32), columns, ends), shape=(len(found), pieces.get_piece_size())
    )
    counts.sum_duplicates()
    return counts


def as_read(text: str) -> str:
    """A text in lower case, each number as 0: what pieces are cut from."""
    return _DIGITS.sub("0", text.lower())


def of_length_one(rows: np.ndarray) -> np.ndarray:
    """Rows scaled to length 1; zeros stay."""
    lengths = np.linalg.norm(rows, axis=1, keepdims=True)
    return rows / np.where(lengths > 0, lengths, 1)


def _zero_if_empty(vectors: np.ndarray, texts: Sequence[str]) -> np.ndarray:
    return np.asarray(vectors * np.array([bool(text.strip()) for text in texts])[:, None])


def _load_ours(folder: Path) -> PieceEncoder:
    def broken(why: str) -> UsageError:
        return UsageError(f"The text encoder is not whole: {why}. Restore {folder}.")

    with reading(PIECES_FILE, broken):
        pieces = read_part(folder / PIECES_FILE)
        processor = sentencepiece.SentencePieceProcessor(model_proto=pieces) if pieces else None
        if processor is None or not processor.get_piece_size():  # it takes no bytes for a model without pieces
            raise ValueError("it has no pieces")
    with reading(VECTORS_FILE, broken):
        stored = read_part(folder / VECTORS_FILE)
        vectors = read_table(folder / VECTORS_FILE).astype(np.float32)
        if len(vectors) != processor.get_piece_size():
            raise ValueError(f"it has {len(vectors)} vectors for {processor.get_piece_size()} pieces")
    return PieceEncoder(OURS, hashlib.sha256(pieces + stored).hexdigest(), processor, vectors)


def _load_onnx(name: str, file: Path, tokenizer_file: Path) -> OnnxEncoder:
    try:
        import onnxruntime
        import tokenizers
    except ImportError as error:
        raise UsageError(
            f"To load the text encoder {name}, {error.name} is needed.\n"
            "Install it with: pip install 'manifesto-extract[onnx]'"
        ) from error
    if not tokenizer_file.is_file():
        raise UsageError(f"The text encoder {name} has no tokenizer.json beside its model.")

    def broken(why: str) -> UsageError:
        return UsageError(f"The text encoder {name} cannot be used: {why}. Restore {tokenizer_file.parent}.")

    with reading(tokenizer_file.name, broken):
        said = read_part(tokenizer_file)
        tokenizer = tokenizers.Tokenizer.from_str(said.decode("utf-8"))
        tokenizer.enable_padding()
    with reading(file.name, broken):
        sha256 = hashlib.sha256(read_part(file) + said).hexdigest()
        session = onnxruntime.InferenceSession(str(file), providers=["CPUExecutionProvider"])
    return OnnxEncoder(name, sha256, session, tokenizer)


def _load_sentence_transformer(name: str) -> SentenceTransformerEncoder:
    from sentence_transformers import SentenceTransformer

    model = SentenceTransformer(name)
    # Weights may lie anywhere, so the hash is that of what they do to a sentence.
    probe = np.asarray(model.encode(["De overheid moet zuinig zijn met gegevens van burgers."]), dtype=np.float32)
    return SentenceTransformerEncoder(name, hashlib.sha256(probe.round(3).tobytes()).hexdigest(), model)
