"""Sentences of treebanks → Examples to train on, some of them written as manifestos write.

Treebanks are whole sentences that follow each other. Manifestos have lone ones, items that begin in lower case and end
in nothing, headings in capitals, and other quote marks. So each time that the treebanks are gone through, their
sentences are grouped anew, and some are changed: what is said of their words stays.
"""

import itertools
import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from spacy.language import Language
from spacy.tokens import Doc, DocBin
from spacy.training import Example
from spacy.util import registry

READER = "manifesto.treebank.v1"
_MOST_SENTENCES = 6  # of a Doc
_QUOTES = ("“”", "‘’", "„”", '""', "''", "«»")
_MARKS = frozenset(["''", "``", ",,", '"', "'", "‘", "’", "“", "”", "„"])
_STOPS = frozenset([".", "!", ";", ":"])

# How often, by chance: chosen by what manifestos look like, not by scores.
_ALONE = 0.4  # a sentence is a Doc of its own
_QUOTED = 0.3  # a Doc has other quote marks
_BREAK = 0.5  # a Doc ends where a sentence ends in no mark
_LOWER_START, _UNSTOPPED = 0.15, 0.3  # a lone sentence
_LOWER, _CAPITALS = 0.03, 0.03  # a Doc


@dataclass(frozen=True, slots=True)
class Written:
    """A sentence: of each word its letters, whether a space follows, and what is to be learnt of it."""

    words: tuple[str, ...]
    spaces: tuple[bool, ...]
    lemmas: tuple[str, ...]
    pos: tuple[str, ...]
    morphs: tuple[str | None, ...]
    heads: tuple[int, ...]
    deps: tuple[str, ...]


@registry.readers(READER)  # type: ignore[untyped-decorator]
def treebank_reader(*, path: Path, vary: bool, seed: int) -> Callable[[Language], Iterator[Example]]:
    """A reader of sentences: each time that it is called, they come in another order and are varied otherwise."""
    times = itertools.count()

    def read(nlp: Language) -> Iterator[Example]:
        chance = random.Random(f"{seed} {next(times)}")
        docs = list(DocBin().from_disk(path).get_docs(nlp.vocab))
        groups = list(_groups([written(doc) for doc in docs], chance))
        chance.shuffle(groups)
        for group in groups:
            reference = doc_of(varied(group, chance) if vary else group, nlp)
            yield Example(nlp.make_doc(reference.text), reference)

    return read


def written(doc: Doc) -> Written:
    """What is written in a Doc of one sentence."""
    return Written(
        words=tuple(token.text for token in doc),
        spaces=tuple(bool(token.whitespace_) for token in doc[:-1]) + (True,),
        lemmas=tuple(token.lemma_ for token in doc),
        pos=tuple(token.pos_ for token in doc),
        morphs=tuple(str(token.morph) if token.pos_ else None for token in doc),
        heads=tuple(token.head.i for token in doc),
        deps=tuple(token.dep_ for token in doc),
    )


def doc_of(sentences: Sequence[Written], nlp: Language) -> Doc:
    """The Doc of some sentences, one behind the other."""
    starts = itertools.accumulate((len(each.words) for each in sentences[:-1]), initial=0)
    doc = Doc(
        nlp.vocab,
        words=[word for each in sentences for word in each.words],
        spaces=[space for each in sentences for space in each.spaces],
        lemmas=[lemma for each in sentences for lemma in each.lemmas],
        pos=[pos for each in sentences for pos in each.pos],
        morphs=[morph or "" for each in sentences for morph in each.morphs],
        heads=[start + head for start, each in zip(starts, sentences, strict=True) for head in each.heads],
        deps=[dep for each in sentences for dep in each.deps],
        sent_starts=[at == 0 for each in sentences for at in range(len(each.words))],
    )
    for token in doc:
        if not token.pos_:
            token.set_morph(None)  # unknown, which is not the same as none
    return doc


def varied(sentences: Sequence[Written], chance: random.Random) -> list[Written]:
    """Sentences of a Doc, by chance written otherwise."""
    changed = list(sentences)
    if len(changed) == 1:
        if chance.random() < _UNSTOPPED:
            changed = [unstopped(changed[0])]
        if chance.random() < _LOWER_START:
            changed = [lower_start(changed[0])]
    if chance.random() < _QUOTED:
        quotes = chance.choice(_QUOTES)
        changed = [requoted(each, quotes) for each in changed]
    drawn = chance.random()
    if drawn < _LOWER:
        changed = [recased(each, str.lower) for each in changed]
    elif drawn < _LOWER + _CAPITALS:
        changed = [recased(each, str.upper) for each in changed]
    return changed


def unstopped(sentence: Written) -> Written:
    """A sentence without the stop that ends it, if nothing hangs from that."""
    last = len(sentence.words) - 1
    if last < 1 or sentence.words[last] not in _STOPS or last in sentence.heads[:last]:
        return sentence
    return Written(*(getattr(sentence, name)[:last] for name in Written.__slots__))


def lower_start(sentence: Written) -> Written:
    """A sentence that begins in lower case, unless it begins with a name or an abbreviation."""
    first = sentence.words[0]
    if sentence.pos[0] in ("PROPN", "X", "SYM", "") or not first[1:].islower():
        return sentence
    return replace(sentence, words=(first.lower(), *sentence.words[1:]))


def requoted(sentence: Written, quotes: str) -> Written:
    """A sentence with other quote marks: the first opens, the next closes, and so on."""
    opens = itertools.cycle(quotes)
    words = tuple(
        next(opens) if word in _MARKS and pos == "PUNCT" else word
        for word, pos in zip(sentence.words, sentence.pos, strict=True)
    )
    return replace(sentence, words=words)


def recased(sentence: Written, case: Callable[[str], str]) -> Written:
    """A sentence in capitals or in lower case. No lemma is learnt of a changed word: it would be learnt by heart."""
    words = tuple(map(case, sentence.words))
    if any(len(new) != len(old) for new, old in zip(words, sentence.words, strict=True)):
        return sentence
    lemmas = tuple(
        lemma if new == old else "" for new, old, lemma in zip(words, sentence.words, sentence.lemmas, strict=True)
    )
    return replace(sentence, words=words, lemmas=lemmas)


def _groups(sentences: Sequence[Written], chance: random.Random) -> Iterator[list[Written]]:
    """Yield runs of sentences that stand beside each other, many of them of one."""
    at = 0
    while at < len(sentences):
        count = 1 if chance.random() < _ALONE else chance.randint(2, _MOST_SENTENCES)
        group = list(_together(sentences[at : at + count], chance))
        yield group
        at += len(group)


def _together(sentences: Sequence[Written], chance: random.Random) -> Iterator[Written]:
    """Yield sentences up to one that ends in no mark: in half of the cases nothing follows that."""
    for each in sentences:
        yield each
        if each.words[-1][-1:].isalnum() and chance.random() < _BREAK:
            return
