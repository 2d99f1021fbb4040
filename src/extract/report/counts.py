"""Documents of a dataset → the counts that a report's figures show."""

import operator
from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from itertools import compress

from extract.elections import in_time
from extract.report.documents import Contents, Row

UNCERTAIN = "?"  # counted in place of a label that abstained
NO_SOURCE = "no-source"  # status of a quote for which there is no manifesto to look in
UNCERTIFIED = "none"  # of a quote that no one held against a manifesto: it stands in one

Place = tuple[str, str, str]
"""Where a sentence stands: party (as `party_of` tells it), election (empty if unknown), and kind of document.

Manifestos and digests are counted apart: a digest on one subject says little of what else its parties write about.
"""

Scope = tuple[str, str | None]
"""What a figure is about: documents of a kind, and of an election or (None) of all."""


@dataclass(frozen=True, slots=True)
class Counts:
    """What is counted while documents pass."""

    sentences: Counter[Place] = field(default_factory=Counter)  # without headings, which commit to nothing
    headings: Counter[Place] = field(default_factory=Counter)
    labels: dict[str, Counter[tuple[Place, str]]] = field(default_factory=dict)  # by codebook, of sentences
    models: dict[str, str] = field(default_factory=dict)  # by codebook, the id of the model that labelled
    quotes: Counter[tuple[Place, str]] = field(default_factory=Counter)  # statements of digests, by status
    proposals: Counter[Place] = field(default_factory=Counter)
    characters: dict[str, Counter[str]] = field(default_factory=dict)  # by document, by kind of passage

    def add(self, contents: Contents) -> None:
        """Count a document."""
        document = contents.document
        whence = (document["election"] or "", document["kind"])
        place = {each["section_id"]: (party_of(each), *whence) for each in contents.sections}
        nowhere = (party_of(None), *whence)
        places = [place.get(each["section_id"], nowhere) for each in contents.sentences]
        kind_of = {each["passage_id"]: each["kind"] for each in contents.passages}
        is_running = [kind_of[each["passage_id"]] != "heading" for each in contents.sentences]
        self.headings.update(compress(places, map(operator.not_, is_running)))
        self.sentences.update(compress(places, is_running))
        for codebook, rows in contents.labels.items():
            counted = zip(places, map(label_of, rows), strict=True)
            self.labels.setdefault(codebook, Counter()).update(compress(counted, is_running))
            if rows:
                self.models[codebook] = rows[0]["model_id"]
        own = dict(zip((each["sentence_id"] for each in contents.sentences), places, strict=True))
        self.proposals.update(own[each["sentence_id"]] for each in contents.proposals)
        for each in contents.quotes:
            if each["kind"] == "statement" and (status := status_of(each, contents.certificates)) != UNCERTIFIED:
                self.quotes[place.get(each["section_id"], nowhere), status] += 1
        kinds = self.characters.setdefault(document["document_id"], Counter())
        for each in contents.passages:
            kinds[each["kind"]] += each["char_end"] - each["char_start"]

    @property
    def parties(self) -> set[str]:
        """All parties that have a sentence."""
        return {party for party, _, _ in self.sentences}

    @property
    def kinds(self) -> list[str]:
        """The kinds of documents that have a sentence: manifesto before digest."""
        return sorted({kind for _, _, kind in self.sentences}, reverse=True)

    @property
    def scopes(self) -> list[Scope]:
        """For each kind of document all elections together, and each by itself."""
        found = {(kind, election) for _, election, kind in self.sentences}
        return [*((kind, None) for kind in self.kinds), *sorted(found)]

    @property
    def elections(self) -> list[str]:
        """All elections that a document is for, the latest first; empty for documents of which it is unknown."""
        return sorted({election for _, election, _ in self.sentences}, key=in_time, reverse=True)

    def quotes_with(self, statuses: Collection[str]) -> int:
        """How many quotes of digests have one of some statuses."""
        return sum(count for (_, status), count in self.quotes.items() if status in statuses)


def party_of(section: Row | None) -> str:
    """The id of a section's party; of one that the register does not know, a ? and its name as written."""
    if section is None:
        return UNCERTAIN
    return section["party_id"] or f"{UNCERTAIN}{section['party_as_written'] or ''}"


def label_of(verdict: Row) -> str:
    """The label that counts, or UNCERTAIN where the classifier abstained."""
    return UNCERTAIN if verdict["abstained"] else str(verdict["label"])


def status_of(quote: Row, certificates: Mapping[str, list[Row]]) -> str:
    """What the best certificate of a quote says, or UNCERTIFIED."""
    found = certificates.get(quote["quote_id"])
    return str(found[0]["status"]) if found else UNCERTIFIED


def per_party(counts: Mapping[tuple[Place, str], int], scope: Scope) -> Counter[tuple[str, str]]:
    """Counts by party and label in documents of a kind, for one election or over all."""
    kind, election = scope
    found: Counter[tuple[str, str]] = Counter()
    for ((party, of, what), label), count in counts.items():
        if what == kind and election in (None, of):
            found[party, label] += count
    return found
