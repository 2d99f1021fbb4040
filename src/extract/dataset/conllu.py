"""Tokens → CoNLL-U, the format of treebanks and their tools (universaldependencies.org/format)."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import groupby
from typing import Any

from extract.records import Token


def as_conllu(document_id: str, texts: Mapping[str, str], tokens: Iterable[Token]) -> Iterator[str]:
    """Yield a document sentence by sentence, as CoNLL-U.

    `texts` are those of its sentences, by sentence_id; the tokens of a sentence stand together, in order.
    """
    yield f"# newdoc id = {document_id}\n"
    for sentence_id, group in groupby(tokens, key=lambda token: token.sentence_id):
        words = list(group)
        yield f"# sent_id = {sentence_id}\n# text = {' '.join(texts[sentence_id].split())}\n"
        for word, following in zip(words, [*words[1:], None], strict=True):
            glued = following is not None and following.char_start == word.char_end
            yield "\t".join(_fields(word, misc="SpaceAfter=No" if glued else "_")) + "\n"
        yield "\n"


def _fields(word: Token, *, misc: str) -> Sequence[Any]:
    return (
        str(word.position), word.text, word.lemma, word.pos, "_", word.morphology or "_", str(word.head),
        word.dependency, "_", misc,
    )  # fmt: skip
