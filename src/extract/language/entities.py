"""Sentences → Entities: organisations, EU bodies, laws, amounts, years and deadlines.

A list of names (`data/entities.csv`) and rules over characters find them, whatever pipeline is there; where it has NER
of its own, that adds organisations, laws, persons and places that neither knows.
"""

import functools
import re
from bisect import bisect_left, insort
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import cast

from extract.language.figures import find_figures
from extract.language.parsing import Name
from extract.records import Entity, EntityKind, EntitySource, Sentence, place_id
from extract.word_lists import read_list

_LAW = re.compile(
    r"""\b(?:
        [A-Z][a-zà-ÿ]+(?:-\ en\ [a-zà-ÿ]+)?(?:wet|verordening)
      | [A-Z][A-Za-zà-ÿ]+-(?:wet|richtlijn|verordening|verdrag)
      | Wet\ (?:op|tot|inzake|tegen|ter|betreffende|van|voor)\ (?:de\ |het\ )?[a-zà-ÿ]+
        (?:(?:\ (?:en|van|de|het))+\ [a-zà-ÿ]+)?
      | Wet\ [A-Z][a-zà-ÿ]+(?:\ (?:en\ )?[A-Z][a-zà-ÿ]+)*
      | [Aa]rtikel\ \d+[a-z]?(?:\ van\ de\ [A-Z][a-zà-ÿ]*wet|\ Grondwet)?
    )\b""",
    re.VERBOSE,
)
_CAPITALISED = r"[A-ZÀ-Ý](?:[\w’'&-]*\w)?"
_ORGANISATION = re.compile(
    rf"""\b(?:Autoriteit|Inspectie|[Mm]inisterie|Raad|Stichting|Instituut|Rijksdienst|Hogeschool|Universiteit|Vereniging)
    (?:\ (?:van|voor|der|de|het|en|op)){{0,2}}\ {_CAPITALISED}(?:,?\ (?:en\ |&\ )?{_CAPITALISED})*""",
    re.VERBOSE,
)
_LABELS: dict[str, EntityKind] = {
    "ORG": "organisation", "LAW": "law", "PERSON": "person", "PER": "person", "GPE": "place", "LOC": "place",
}  # fmt: skip
"""Labels of the NER of spaCy's Dutch pipelines that are kept, and what they are here."""

_RANK: dict[EntitySource, int] = {"list": 0, "rule": 1, "pipeline": 2}


@dataclass(frozen=True, slots=True)
class _Candidate:
    start: int  # in the sentence
    end: int
    kind: EntityKind
    source: EntitySource
    name: str | None = None
    value: float | None = None
    unit: str | None = None


def find_entities(sentences: Iterable[Sentence], names: Mapping[str, Sequence[Name]]) -> Iterator[Entity]:
    """Yield the entities of each sentence in order; `names` are those of the pipeline's NER, by sentence_id.

    No two overlap: the longest counts, and at the same length the list before rules. What the pipeline finds only adds.
    """
    for sentence in sentences:
        found = [*_candidates(sentence.text), *_named(sentence, names.get(sentence.sentence_id, ()))]
        for each in _apart(found):
            start, end = sentence.char_start + each.start, sentence.char_start + each.end
            yield Entity(
                entity_id=place_id(sentence.document_id, "ent", start, end),
                sentence_id=sentence.sentence_id,
                document_id=sentence.document_id,
                party_id=sentence.party_id,
                kind=each.kind,
                char_start=start,
                char_end=end,
                text=sentence.text[each.start : each.end],
                name=each.name,
                value=each.value,
                unit=each.unit,
                source=each.source,
            )


def _candidates(text: str) -> Iterator[_Candidate]:
    if not text.isupper():  # "OM DE ZORG TE VERBETEREN": no abbreviation can be told there
        pattern, forms = _listed()
        for match in pattern.finditer(text):
            name, kind = forms[match.group()]
            yield _Candidate(*match.span(), kind, "list", name=name)
    for figure in find_figures(text):
        yield _Candidate(figure.start, figure.end, figure.kind, "rule", value=figure.value, unit=figure.unit)
    for match in _LAW.finditer(text):
        yield _Candidate(*match.span(), "law", "rule")
    for match in _ORGANISATION.finditer(text):
        yield _Candidate(*match.span(), "organisation", "rule")


def _named(sentence: Sentence, names: Iterable[Name]) -> Iterator[_Candidate]:
    for each in names:
        if kind := _LABELS.get(each.label):
            start, end = (place - sentence.char_start for place in (each.char_start, each.char_end))
            yield _Candidate(start, end, kind, "pipeline")


def _apart(found: Iterable[_Candidate]) -> list[_Candidate]:
    """Those of which no two overlap, in order."""
    chosen: list[_Candidate] = []  # in order, so that only its neighbours can overlap one more
    for each in sorted(found, key=_precedence):
        at = bisect_left(chosen, each.start, key=_start)
        is_behind = at == 0 or chosen[at - 1].end <= each.start
        if is_behind and (at == len(chosen) or each.end <= chosen[at].start):
            insort(chosen, each, key=_start)
    return chosen


def _start(each: _Candidate) -> int:
    return each.start


def _precedence(each: _Candidate) -> tuple[bool, int, int, int]:
    return each.source == "pipeline", each.start - each.end, _RANK[each.source], each.start


@functools.cache
def _listed() -> tuple[re.Pattern[str], dict[str, tuple[str, EntityKind]]]:
    """A pattern of all listed forms, the longest first, and the name and kind of each."""
    forms = {row["form"]: (row["name"], cast(EntityKind, row["kind"])) for row in read_list("entities")}
    either = "|".join(re.escape(form) for form in sorted(forms, key=len, reverse=True))
    return re.compile(rf"(?<![\w-])(?:{either})(?!\w)"), forms
