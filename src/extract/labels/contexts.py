"""Sentences and Passages → Reading: what a reader, and a classifier, sees of a sentence."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from extract.records import Passage, Sentence

# Of a sentence that are read; what is longer is none, and would take memory by the gigabyte. The longest found in
# half of 447 manifestos, a list without marks, has 5,844.
_MOST_CHARACTERS = 20_000


@dataclass(frozen=True, slots=True)
class Reading:
    """A sentence as it stands in its document; where it stands by itself, all but the text is empty."""

    text: str
    before: str = ""  # the sentence before it
    after: str = ""  # the sentence after it
    heading: str = ""  # the headings above it, ' > ' between
    kind: str = ""  # of its passage


def in_context(sentences: Sequence[Sentence], passages: Iterable[Passage]) -> list[Reading]:
    """A Reading for each sentence of a document, in the same order.

    Nothing is taken from another party's section: in a digest, the next section is about someone else.
    """
    by_id = {passage.passage_id: passage for passage in passages}
    readings = []
    for position, sentence in enumerate(sentences):
        passage = by_id.get(sentence.passage_id)
        readings.append(
            Reading(
                text=sentence.text[:_MOST_CHARACTERS],
                before=_neighbour(sentences, position, -1),
                after=_neighbour(sentences, position, +1),
                heading=(passage.heading_path or "") if passage else "",
                kind=passage.kind if passage else "",
            )
        )
    return readings


def _neighbour(sentences: Sequence[Sentence], position: int, step: int) -> str:
    other = position + step
    if not 0 <= other < len(sentences):
        return ""
    here, there = sentences[position], sentences[other]
    same = (here.document_id, here.section_id) == (there.document_id, there.section_id)
    return there.text[:_MOST_CHARACTERS] if same else ""
