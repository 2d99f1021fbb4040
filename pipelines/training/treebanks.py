"""Treebanks → sentences under one scheme → Docs to train on, and a development set that is held out of them.

Some treebanks are releases of Universal Dependencies; `alpino_trees` are trees of the Alpino project that its own
converter (rug-compling/alud) wrote in a later version of that scheme. What the two write otherwise is brought to what
the release of Alpino has, which is what the scores are measured on: see `unified`.
"""

import hashlib
import lzma
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from spacy.tokens import Doc
from spacy.training.converters import conllu_to_docs

from extract.language.parsing import PARTICLE, without_joints

RELEASES = ("alpino_dev", "lassysmall_dev")
TREES = "alpino_trees"
TEST_TREEBANKS = ("alpino_test", "lassysmall_test")
NEWS = ("cdb", "alpino_dev", "lassysmall_dev")
"""Parts that are newspapers and Wikipedia, by whose development scores choices are made."""

SENTENCES_OF_DOC = 5  # so that the parser sees borders of sentences, too
_HELD_OUT = 20  # every so manieth sentence, by a hash of its letters

_PART = re.compile(r"[^/\\]+")
_NOMINAL = frozenset({"NOUN", "PROPN", "NUM", "PRON", "SYM", "X"})
_PREDICATIVE = frozenset({"cop", "nsubj", "nsubj:pass"})
_NAME = "ExtPos=PROPN"


@dataclass(frozen=True, slots=True)
class Tree:
    """A sentence of a treebank: its part, its text, and the ten columns of CoNLL-U for each word."""

    part: str
    text: str
    rows: tuple[tuple[str, ...], ...]

    @property
    def is_tagged(self) -> bool:
        """Whether somebody gave its words parts of speech: those of the parts "paco" and "noisy" have none."""
        return any(row[4] != "_" for row in self.rows)

    @property
    def is_held_out(self) -> bool:
        """Whether it is for development: a hash of its letters says so, so that the same sentence is on one side."""
        letters = "".join(filter(str.isalpha, self.text.lower()))
        return int(hashlib.sha256(letters.encode()).hexdigest()[:8], 16) % _HELD_OUT == 0


def training_trees(treebanks: Path) -> Iterator[Tree]:
    """Yield the sentences to learn from, those for development among them, under one scheme."""
    for name in RELEASES:
        yield from read_trees(treebanks / f"{name}.conllu")
    for tree in read_trees(treebanks / f"{TREES}.conllu.xz"):
        if tree.is_tagged:
            yield tree


def read_trees(path: Path) -> Iterator[Tree]:
    """Yield the sentences of a file under one scheme. Their part is the name of the file, or what Alpino calls it."""
    opened = lzma.open if path.suffix == ".xz" else open
    name = path.name.partition(".")[0]
    with opened(path, "rt", encoding="utf-8") as file:
        for said, rows in _sentences(file):
            found = _PART.match(said["sent_id"])
            part = found.group() if name == TREES and found else name
            yield Tree(part, said.get("text", ""), tuple(unified(rows)))


def unified(rows: Sequence[Sequence[str]]) -> Iterator[tuple[str, ...]]:
    """Yield the rows of a sentence as the release of Alpino would have them.

    - Features: no ExtPos, no Mood, and no PronType for determiners, which that release does not have.
    - Articles are determiners, also where one stands for a number ("een van de").
    - The words of a name that is no noun by itself ("Grote Prijs van België", ExtPos) are proper nouns.
    - An adverb in a noun phrase ("ook de minister") is its `amod`; beside a predicate it stays `advmod`.
    - `csubj:outer`, `csubj:pass`, `nsubj:outer` are without their subtypes but for the passive's.
    - Proper nouns whose gender nobody decided ("Com,Neut") have none, nor a part of speech: nothing is learnt of them.
    """
    of = {row[0]: row for row in rows}
    predicates = {row[6] for row in rows if row[7] in _PREDICATIVE}
    names = {row[0] for row in rows if _NAME in row[5]}
    for row in rows:
        number, form, lemma, pos, tag, features, head, relation, enhanced, misc = row
        kept = [each for each in features.split("|") if not each.startswith(("ExtPos=", "Mood="))]
        if tag.startswith("LID"):
            pos = "DET"
            kept = kept if "Definite" in features else [f"Definite={'Ind' if 'onbep' in tag else 'Def'}"]
            relation = "det" if relation == "nummod" else relation
        if pos == "DET":
            kept = [each for each in kept if not each.startswith("PronType=")]
        if (number in names or (relation == "flat" and head in names)) and pos not in ("X", "PUNCT"):
            pos, kept, lemma = "PROPN", [], form
        if pos == "ADV" and relation == "advmod" and head in of and of[head][3] in _NOMINAL and head not in predicates:
            relation = "amod"
        relation = {"nsubj:outer": "nsubj", "csubj:outer": "csubj", "csubj:pass": "csubj"}.get(relation, relation)
        if tag.startswith("SPEC|afk"):
            lemma = lemma.replace("_", " ")
        if pos == "PROPN" and "Gender=Com,Neut" in kept:
            pos, kept = "_", []
        yield number, form, lemma, pos, tag, "|".join(kept) or "_", head, relation, enhanced, misc


def docs_of(trees: Iterable[Tree], *, sentences: int = SENTENCES_OF_DOC) -> list[Doc]:
    """Docs of some sentences each, which stand one after the other; lemmas without the joints of compounds."""
    return _docs("\n\n".join("\n".join(map("\t".join, tree.rows)) for tree in trees), sentences=sentences)


def released_docs(path: Path) -> list[Doc]:
    """The Docs of a treebank as it was released, to measure on: nothing of it is changed but the joints of lemmas."""
    return _docs(path.read_text(encoding="utf-8"), sentences=SENTENCES_OF_DOC)


def _docs(conllu: str, *, sentences: int) -> list[Doc]:
    docs = list(conllu_to_docs(conllu, n_sents=sentences, merge_subtokens=True, no_print=True))
    for doc in docs:
        for token in doc:
            token.lemma_ = without_joints(token.lemma_)
            token.tag_ = ""
            if token.pos_ == "":
                token.set_morph(None)
    return docs


def drop_particles(doc: Doc) -> None:
    """Take the particle off the lemma of a verb where it stands apart: the form does not show it, `parsing` adds it."""
    for token in doc:
        particles = [child.lower_ for child in token.children if child.dep_ == PARTICLE]
        if len(particles) == 1 and len(token.lemma_) > len(particles[0]) + 2:
            token.lemma_ = token.lemma_.removeprefix(particles[0])


def _sentences(lines: Iterable[str]) -> Iterator[tuple[dict[str, str], list[list[str]]]]:
    """Yield what is said of each sentence, and its rows, without those of words that are not written."""
    said: dict[str, str] = {}
    rows: list[list[str]] = []
    for line in map(str.rstrip, lines):
        if line.startswith("#"):
            name, _, value = line[1:].partition("=")
            said[name.strip()] = value.strip()
        elif line:
            row = line.split("\t")
            if row[0].isdigit():
                rows.append(row)
        elif rows:
            yield said, rows
            said, rows = {}, []
    if rows:
        yield said, rows
