"""Sentences → Tokens, and names that the pipeline's own NER finds, by a Dutch language pipeline.

Each sentence is parsed by itself, so that its tokens depend on nothing beside it, and no parser moves its borders.
"""

import functools
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

import numpy as np
from spacy.language import Language
from spacy.tokens import Doc
from spacy.tokens import Token as Parsed

from extract.language.infinitives import infinitive, is_separable
from extract.language.products import in_one_thread
from extract.language.verb_forms import VERBS
from extract.records import Sentence, Token

PARTICLE = "compound:prt"  # of a separable verb: "af" in "schaffen … af"
LOOSE = "dep"  # what depends on something in a way that the parser does not tell

# The tokeniser takes more than linear time on a run without white space, and the parser much memory on a sentence that
# is none: the longest in half of 447 manifestos that a reader would call one has some 1,500 characters.
_MOST_CHARACTERS = 5_000
_BATCH = 64  # sentences that are parsed together
_VECTORS = 20_000  # that are remembered
_BATCH_CHARACTERS = 50_000  # of them, at most, but for a single one: each takes some 6 KB while they are

# Alpino, and pipelines that learnt from it, join the parts of a compound by "_": "aan_sluiten", "project_begroting".
_JOINT = re.compile(r"(?<=\w)_(?=\w)")


@dataclass(frozen=True, slots=True)
class Name:
    """A stretch of the document that a pipeline's NER takes for a name, and its label there."""

    label: str
    char_start: int
    char_end: int


@dataclass(frozen=True, slots=True)
class Parse:
    """What a language pipeline says of a sentence. Without tokens if it is too long to be one."""

    tokens: tuple[Token, ...] = ()
    names: tuple[Name, ...] = ()


def parse_sentences(sentences: Iterable[Sentence], *, nlp: Language) -> Iterator[Parse]:
    """Yield the parse of each sentence, in their order."""
    given = list(sentences)
    short = [each for each in given if len(each.text) <= _MOST_CHARACTERS]
    # spaCy would keep every word it ever saw; what it learns in a memory zone it forgets at its end.
    with nlp.memory_zone(), in_one_thread():
        parsed: dict[str, Parse] = {}
        for some in _batches(short):
            docs = nlp.pipe((_whole(nlp.make_doc(each.text)) for each in some), batch_size=_BATCH)
            parsed |= {each.sentence_id: _parse(each, doc) for each, doc in zip(some, docs, strict=True)}
    return (parsed.get(each.sentence_id, Parse()) for each in given)


def vectors_of(nlp: Language) -> Callable[[str], np.ndarray]:
    """What gives the vector of a word in lower case, float32, of length 1; of length 0 for a word without any."""

    @functools.lru_cache(maxsize=_VECTORS)
    def vector(word: str) -> np.ndarray:
        found = np.asarray(nlp.vocab.get_vector(word), np.float32)
        length = float(np.linalg.norm(found))
        return found / length if length else found

    return vector


def _batches(sentences: Iterable[Sentence]) -> Iterator[list[Sentence]]:
    """Yield sentences in lists of a bounded number, and a bounded number of characters."""
    some: list[Sentence] = []
    characters = 0
    for each in sentences:
        if some and (len(some) == _BATCH or characters + len(each.text) > _BATCH_CHARACTERS):
            yield some
            some, characters = [], 0
        some.append(each)
        characters += len(each.text)
    if some:
        yield some


def _whole(doc: Doc) -> Doc:
    """Say before the parser sees it that a text is one sentence."""
    starts = np.full(len(doc), -1)
    starts[:1] = 1
    return doc.from_array(["SENT_START"], starts.astype("uint64").reshape(-1, 1))


def _parse(sentence: Sentence, doc: Doc) -> Parse:
    words = [token for token in doc if not token.is_space]
    position_of = {token.i: position for position, token in enumerate(words, start=1)}
    root = next((token for token in words if _head(token) is None), None)
    tokens = []
    for position, token in enumerate(words, start=1):
        head, dependency = _attachment(token, root, position_of)
        start = sentence.char_start + token.idx
        tokens.append(
            Token(
                sentence_id=sentence.sentence_id,
                position=position,
                document_id=sentence.document_id,
                char_start=start,
                char_end=start + len(token),
                text=token.text,
                lemma=lemma_of(token),
                pos=token.pos_ or "X",
                morphology=str(token.morph) or None,
                head=head,
                dependency=dependency,
            )
        )
    start = sentence.char_start
    names = (Name(each.label_, start + each.start_char, start + each.end_char) for each in doc.ents)
    return Parse(tuple(tokens), tuple(names))


def _head(token: Parsed) -> Parsed | None:
    """The word that a word depends on; None for a root."""
    return None if token.head.i == token.i or token.head.is_space else token.head


def _attachment(token: Parsed, root: Parsed | None, position_of: dict[int, int]) -> tuple[int, str]:
    """Position of the head, and relation to it. A sentence has one root: what the parser left loose hangs from it."""
    head = _head(token)
    if head is not None:
        return position_of[head.i], token.dep_ or LOOSE
    if root is None or token.i == root.i:
        return 0, "root"
    return position_of[root.i], LOOSE


def without_joints(lemma: str) -> str:
    """A lemma as one looks it up: "aan_sluiten", aansluiten."""
    return _JOINT.sub("", lemma)


def lemma_of(token: Parsed) -> str:
    """The dictionary form; that of a verb is an infinitive, with a particle that stands apart put before it."""
    lemma = without_joints(token.lemma_ or token.text)
    if token.pos_ not in VERBS:
        return lemma
    particles = [child.lower_ for child in token.children if child.dep_ == PARTICLE and _may_be_apart(child, token)]
    if len(particles) == 1 and not lemma.startswith(particles[0]):
        together = infinitive(particles[0] + token.lower_, particles[0] + lemma)
        if is_separable(together):
            return together
    if is_separable(lemma) and not particles and token.lower_[:2] != lemma[:2]:
        lemma = token.lower_  # a particle that is nowhere: "komen" as "voorkomen"
    return infinitive(token.lower_, lemma)


def _may_be_apart(particle: Parsed, verb: Parsed) -> bool:
    """Whether what a parser takes for a particle may be one, by the word behind it.

    One before its verb has a verb or "te" behind it, not a noun: "in overleg te treden". One behind its verb has no
    "te": in "maken plannen om iets op te zetten" it belongs to the infinitive.
    """
    following = particle.doc[particle.i + 1] if particle.i + 1 < len(particle.doc) else None
    if following is None:
        return True
    if particle.i < verb.i:
        return following.i == verb.i or following.pos_ in VERBS or following.lower_ == "te" or not following.is_alpha
    return following.lower_ != "te" and following.text not in ("(", "[", "“", "‘", "„")
