"""Readings → features: the one function for training and for labelling.

What all classifiers share of a sentence is computed once; only the keyword list is a codebook's own. Each block of
columns has a name, so that a classifier can say which it takes and how much each weighs.
"""

import functools
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_matrix, hstack
from sklearn.feature_extraction.text import HashingVectorizer

from extract.labels.contexts import Reading
from extract.labels.encoders import Encoder
from extract.labels.keywords import keyword_labels, keyword_weights
from extract.labels.word_vectors import WordVectors
from extract.word_lists import read_list

HASHES = 2**20
COUNTED = {"words": ("word", (1, 2)), "pattern": ("word", (1, 4))}
"""Blocks of hashed n-grams: analyser and lengths."""
SIGHTS = ("text", "before", "after", "heading")
"""The parts of a Reading that are read for what they are about."""

_KINDS = ("heading", "list-item", "body", "quote", "overview", "claim")
_TOKEN = re.compile(r"\w+|[^\w\s]")
_PATTERN_WORDS = 400  # most frequent words; what is rarer is a subject, not a form
_ENDINGS = ("en", "de", "te", "ng", "rd", "gd", "nd", "er", "st", "ij", "jk")  # of verbs, nouns and adjectives


@dataclass(frozen=True, slots=True)
class Meaning:
    """What knows of meanings: a text encoder and static word vectors. Either may be missing.

    Two are equal if they have the same objects, and each is loaded once: features are computed once for equal ones.
    """

    encoder: Encoder | None = None
    vectors: WordVectors | None = None

    def hashes(self) -> dict[str, str]:
        """What `metrics.json` keeps of it, so that a classifier is never used with another."""
        found = {"encoder": self.encoder.name, "encoder_sha256": self.encoder.sha256} if self.encoder else {}
        return found | ({"vectors_sha256": self.vectors.sha256} if self.vectors else {})


@dataclass(frozen=True, slots=True)
class Features:
    """A matrix, texts × columns, and which columns belong to each block."""

    matrix: csr_matrix
    blocks: dict[str, range]


def shared_features(readings: Sequence[Reading], meaning: Meaning) -> Features:
    """What all classifiers share: n-grams, form, and the vectors of a sentence and of what stands around it.

    `words` and `characters` are of the sentence; `pattern` is of its words with all but the most frequent masked, which
    tells a demand from a description whatever its subject; `form` is length, marks and the kind of passage.
    """
    texts = [reading.text for reading in readings]
    parts = {"words": _count("words", texts)}
    parts["pattern"] = _count("pattern", [pattern_of(text) for text in texts])
    parts["form"] = csr_matrix(np.array([_form(each) for each in readings], dtype=np.float32))
    if meaning.vectors:
        parts["word vectors"] = meaning.vectors.means(texts)
    if meaning.encoder:
        for sight, vectors in _of_sights(readings, meaning.encoder.encode).items():
            parts[f"meaning of {sight}"] = csr_matrix(vectors)
    return _side_by_side(parts)


def with_keywords(shared: Features, readings: Sequence[Reading], keywords: str) -> Features:
    """Shared features, and beside them the weights of a codebook's keywords (CSV as text) in each part of a Reading."""
    if not keyword_labels(keywords):
        return shared
    found = _of_sights(readings, functools.partial(keyword_weights, listing=keywords))
    parts = {f"keywords of {sight}": csr_matrix(weights) for sight, weights in found.items()}
    added = _side_by_side(parts, start=shared.matrix.shape[1])
    return Features(hstack([shared.matrix, added.matrix], format="csr"), shared.blocks | added.blocks)


def pattern_of(text: str) -> str:
    """The frequent words and marks of a text; of other words capital, ge- and ending, of numbers that they are.

    "We schaffen de hypotheekrenteaftrek af" → "<s> we xen de x af </s>"
    """
    return " ".join(["<s>", *(_masked(word, position) for position, word in enumerate(_TOKEN.findall(text))), "</s>"])


def _masked(word: str, position: int) -> str:
    lower = word.lower()
    if lower in _frequent() or not word[0].isalnum():
        return lower
    if word.isdigit():
        return "0"
    participle = "ge" if lower.startswith("ge") or lower[2:4] == "ge" else ""
    ending = lower[-2:] if lower[-2:] in _ENDINGS else ""
    return participle + ("X" if word[0].isupper() and position else "x") + ending


@functools.cache
def _frequent() -> frozenset[str]:
    rows = sorted(read_list("words"), key=lambda row: (-int(row["count"]), row["word"]))
    return frozenset(row["word"] for row in rows[:_PATTERN_WORDS])


def _form(reading: Reading) -> list[float]:
    text = reading.text
    return [
        np.log1p(len(text)), np.log1p(len(text.split())), text[-1:] in tuple(".!?"), text[-1:] == "?", text[-1:] == ":",
        text[:1].isupper(), text.isupper(), sum(map(str.isdigit, text)) / max(1, len(text)),
        *(reading.kind == kind for kind in _KINDS),
    ]  # fmt: skip


def _of_sights(readings: Sequence[Reading], measure: Callable[[Sequence[str]], np.ndarray]) -> dict[str, np.ndarray]:
    """What a measure gives for each part of the readings; equal texts, as of neighbours, are measured once."""
    texts = {sight: [getattr(reading, sight) for reading in readings] for sight in SIGHTS}
    row_of = {text: row for row, text in enumerate(dict.fromkeys(text for each in texts.values() for text in each))}
    rows = measure(list(row_of))
    return {sight: rows[[row_of[text] for text in each]] for sight, each in texts.items()}


def _count(block: str, texts: Sequence[str]) -> csr_matrix:
    analyzer, lengths = COUNTED[block]
    token = {"token_pattern": r"\S+"} if block == "pattern" else {}
    vectorizer = HashingVectorizer(
        analyzer=analyzer,
        ngram_range=lengths,
        n_features=HASHES,
        alternate_sign=False,
        norm=None,
        dtype=np.float32,
        **token,
    )
    return vectorizer.transform(texts)


def _side_by_side(parts: dict[str, csr_matrix], start: int = 0) -> Features:
    blocks = {}
    for name, part in parts.items():
        blocks[name] = range(start, start + part.shape[1])
        start = blocks[name].stop
    return Features(hstack(list(parts.values()), format="csr"), blocks)
