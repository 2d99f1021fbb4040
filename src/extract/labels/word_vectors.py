"""Texts → means of word vectors: what a sentence is about, also where it shares no word with labelled ones.

The vectors are those of `models/nl_manifesto`, whatever language pipeline is installed: labels do not depend on it.
Floret (Boyd and Warmerdam 2022) hashes pieces of words, so that no word is without one.
"""

import functools
import hashlib
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from scipy.sparse import csr_matrix
from spacy.strings import StringStore
from spacy.vectors import Vectors

from extract.labels.encoders import of_length_one
from extract.language.pipeline import OURS
from extract.language.pipeline_files import require_files, require_vectors
from extract.parts import read_part, reading
from extract.problems import ManifestoError

_WORD = re.compile(r"\w+")
# Short words say little of a subject. Weights by document frequency gave the same macro-F1, to .001, and would ask for
# a list of frequencies.
_SHORT_LETTERS = 3
_SHORT_WEIGHT = 0.2
_LONGEST_WORD = 1_000  # letters of a word that are read; a longer one is none
_LETTERS_AT_ONCE = 20_000  # of words that are looked up together: each letter takes some 4 KB while they are


@dataclass(frozen=True, slots=True, eq=False)
class WordVectors:
    """A table of vectors, and a hash of it."""

    table: Vectors
    sha256: str

    @property
    def width(self) -> int:
        """Dimensions of a vector."""
        return int(self.table.shape[1])

    def means(self, texts: Sequence[str]) -> csr_matrix:
        """The mean of the vectors of each text's words, each of length 1, as is their mean. Shape: texts × width."""
        words = [[word[:_LONGEST_WORD] for word in _WORD.findall(text.lower())] for text in texts]
        known = sorted({word for each in words for word in each})
        parts = [self.table.get_batch(some) for some in _some_at_once(known)]
        vectors = of_length_one(np.concatenate(parts)) if parts else np.zeros((0, self.width))
        row_of = {word: row for row, word in enumerate(known)}
        means = np.zeros((len(texts), self.width), dtype=np.float32)
        for row, each in enumerate(words):
            if each:
                weights = np.array([_SHORT_WEIGHT if len(word) <= _SHORT_LETTERS else 1.0 for word in each])
                means[row] = weights @ vectors[[row_of[word] for word in each]]
        return csr_matrix(of_length_one(means))


def _some_at_once(words: Sequence[str]) -> Iterator[list[str]]:
    """Yield words in lists that have a bounded number of letters."""
    some: list[str] = []
    letters = 0
    for word in words:
        if some and letters + len(word) > _LETTERS_AT_ONCE:
            yield some
            some, letters = [], 0
        some.append(word)
        letters += len(word)
    if some:
        yield some


@functools.lru_cache(maxsize=2)
def load_vectors(models: Path) -> WordVectors | None:
    """The vectors in a folder of models; None if it has none."""
    folder = models / OURS / "vocab"
    file = folder / "vectors"
    if not file.exists():
        return None
    with reading("vectors", lambda why: ManifestoError(f"The word vectors cannot be used: {why}. Restore {folder}.")):
        hashed = hashlib.sha256(read_part(file) + read_part(folder / "vectors.cfg"))
        require_files(folder)
        require_vectors(folder)
        return WordVectors(Vectors(strings=StringStore()).from_disk(folder), hashed.hexdigest())
