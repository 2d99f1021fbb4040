"""Annotations and texts → Examples: annotated sentences in their documents, to learn from or to test on."""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import accumulate
from pathlib import Path

from extract.labels.contexts import Reading
from extract.learning.annotations import (
    Annotation,
    blind_pairs,
    find_sources,
    find_texts,
    letters,
    nearest_place,
    settled_labels,
)
from extract.learning.families import FEWEST_LETTERS, families

ReadSources = Callable[[Sequence[Path]], Iterable[Sequence[Reading]]]
"""From source files to the sentences of each in context, in order."""

_NEAR = 2  # letters by which an annotated stretch may begin after its sentence: a bullet, a footnote mark


@dataclass(frozen=True, slots=True)
class Example:
    """A sentence to learn from or to test on: what a reader saw, the label, and what it must be held out with."""

    sentence: str
    reading: Reading
    label: str
    manifesto: str  # with those that repeat its sentences, by the first of their names
    party: str
    year: str
    stratum: str
    read_twice: bool  # by two readers, neither of whom saw the other's label


def find_examples(
    annotations: Iterable[Annotation], folders: Sequence[Path], *, read: ReadSources
) -> tuple[list[Example], list[str]]:
    """The settled sentences whose text stands in files of some folders, in context; and the ids of those not found."""
    annotations = list(annotations)
    wanted = settled_labels(annotations)
    twice = {first.sentence for first, _ in blind_pairs(annotations)}
    found, sources = _find(wanted.values(), folders, read=read)
    held_out_with = families(_sentences_of_groups(wanted.values(), sources))
    examples = [
        _example(wanted[each], reading, each in twice, held_out_with.get(wanted[each].group, wanted[each].group))
        for each, reading in found.items()
    ]
    return sorted(examples, key=lambda each: (each.manifesto, each.sentence)), sorted(wanted.keys() - found.keys())


def find_readings(
    annotations: Iterable[Annotation], folders: Sequence[Path], *, read: ReadSources
) -> dict[str, Reading]:
    """What a reader saw of each annotated sentence that stands in files of some folders, by its id.

    Where our reading of the file breaks the sentence up otherwise, it stands alone, without context.
    """
    return _find(list(annotations), folders, read=read)[0]


def _find(
    wanted: Collection[Annotation], folders: Sequence[Path], *, read: ReadSources
) -> tuple[dict[str, Reading], dict[str, Sequence[Reading]]]:
    """What a reader saw of each annotated sentence, by its id; and all sentences of each source, by its SHA-256."""
    texts = find_texts(wanted, folders)
    by_source: dict[str, list[Annotation]] = defaultdict(list)
    for annotation in wanted:
        if annotation.sentence in texts:
            by_source[annotation.source_sha256].append(annotation)
    paths = {sha256: path for path, sha256 in find_sources(folders, set(by_source))}
    sources = dict(zip(paths, read(list(paths.values())), strict=True))
    found = {}
    for sha256, readings in sources.items():
        stream = _Stream.of(readings)
        for annotation in by_source[sha256]:
            text = texts[annotation.sentence]
            found[annotation.sentence] = stream.locate(text, annotation.letter_start) or Reading(text)
    return found, sources


def _sentences_of_groups(wanted: Iterable[Annotation], sources: Mapping[str, Sequence[Reading]]) -> dict[str, set[str]]:
    """The letters of the longer sentences of each group's sources; of a digest, which has many groups, none."""
    groups: dict[str, set[str]] = defaultdict(set)
    for annotation in wanted:
        groups[annotation.source_sha256].add(annotation.group)
    sentences: dict[str, set[str]] = defaultdict(set)
    for sha256, readings in sources.items():
        if len(groups[sha256]) == 1:
            (group,) = groups[sha256]
            streams = (letters(reading.text)[0] for reading in readings)
            sentences[group].update(stream for stream in streams if len(stream) >= FEWEST_LETTERS)
    return sentences


@dataclass(frozen=True, slots=True)
class _Stream:
    """The sentences of a source, their letters in one row, and where each begins in it."""

    readings: Sequence[Reading]
    stream: str
    starts: list[int]

    @classmethod
    def of(cls, readings: Sequence[Reading]) -> "_Stream":
        streams = [letters(reading.text)[0] for reading in readings]
        return cls(readings, "".join(streams), list(accumulate(map(len, streams), initial=0)))

    def locate(self, text: str, near: int) -> Reading | None:
        """The context of a stretch of text: of its places the one nearest to a count of letters."""
        wanted = letters(text)[0]
        start = nearest_place(self.stream, wanted, near)
        if start is None:
            return None
        end = start + len(wanted)
        first, last = self._at(start), self._at(end - 1)
        own = self.readings[first]
        offsets = letters(own.text)[1]
        begins = offsets[start - self.starts[first]] if start - self.starts[first] > _NEAR else 0
        if first == last:  # then as a run sees it, with the marks at its ends
            ends = len(own.text) if end == self.starts[first + 1] else offsets[end - self.starts[first]]
            text = own.text[begins:ends].strip()
        before = own.text[:begins].strip() or own.before
        return replace(own, text=text, before=before, after=self.readings[last].after)

    def _at(self, letter: int) -> int:
        return bisect_right(self.starts, letter) - 1


def _example(annotation: Annotation, reading: Reading, read_twice: bool, manifesto: str) -> Example:
    party, _, year = annotation.group.rpartition(" ")
    return Example(
        annotation.sentence, reading, annotation.label, manifesto, party, year, annotation.stratum, read_twice
    )
