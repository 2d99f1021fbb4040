"""Sentences → Entities: organisations, parties, EU bodies, laws, places, amounts, years and deadlines.

Lists of names (`data/entities.csv`, `data/places.csv`, the register of parties) and rules over characters find them,
whatever pipeline is there; where it has NER of its own, that adds organisations, laws, persons and places that neither
knows.
"""

import functools
import re
from bisect import bisect_left, insort
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import cast

from extract.language.figures import find_figures
from extract.language.parsing import Name
from extract.parties import Register
from extract.records import Entity, EntityKind, EntitySource, Sentence, place_id
from extract.word_lists import read_list, words

_WORD = r"[A-ZÀ-Ý](?:[\w’'&-]*\w)?"  # a capitalised word
_WORDS = rf"{_WORD}(?:\ {_WORD})*"
_ARTICLE = r"(?:(?:de|het|een)\ )?"
_LAW = re.compile(
    rf"""\b(?:
        (?:Algemene\ )?[A-Z][a-zà-ÿ]+(?:-\ en\ [A-Za-zà-ÿ]+)?(?:wet|verordening)
      | (?:(?<=\b[Dd]e\ )|(?<=\b[Dd]er\ )|(?<=\b[Dd]en\ ))[a-zà-ÿ]{{4,}}wet  # "een klimaatwet" is a wish
      | (?:[A-Z][A-Za-zà-ÿ]+-(?:wet|richtlijn|verordening|[Vv]erdrag) | VN-?[Vv]erdrag)
        (?:\ (?:voor|inzake|tegen|tot|over)\ {_ARTICLE}[A-Za-zà-ÿ]+(?:\ (?:van|op|met)\ {_ARTICLE}[A-Za-zà-ÿ]+)*)?
      | (?:Algemene\ )?[Ww]et\ (?:op|tot|inzake|tegen|ter|betreffende|van|voor)\ {_ARTICLE}
        [A-Z][a-zà-ÿ]+(?:\ (?:en\ |van\ (?:de\ )?)?[A-Z][a-zà-ÿ]+)*
      | Wet\ (?:op|tot|inzake|tegen|ter|betreffende|van|voor)\ {_ARTICLE}
        (?:(?:voortgezet|hoger|lager|primair|bijzonder|openbaar|[a-zà-ÿ]+(?:ieve|elijke|ische|ige|ale))\ )?
        (?!de\b|het\b)[a-zà-ÿ]+(?:(?:\ (?:en|van|de|het))+\ (?!de\b|het\b|Wet\b)[a-zà-ÿ]+)?
      | (?:Algemene\ )?Wet\ [A-Z][a-zà-ÿ]+(?:\ (?:(?:en|naar|bij|tegen|tot)\ )?(?!Wet\b){_WORD})*
      | (?:Verdrag|Handvest|Akkoord|Conventie|Protocol|Statuut|verdrag)\ van\ [A-Z][a-zà-ÿ]+
      | Buitengewoon\ Besluit\ [A-Z][a-zà-ÿ]+
      | Besluit\ [A-Z][a-zà-ÿ]+(?:\ [A-Z][a-zà-ÿ]+)+
    )\b""",
    re.VERBOSE,
)
_ARTICLE_OF_LAW = re.compile(
    r"\b[Aa]rt(?:ikel|ikelen|\.)\ ?\d+[a-z]?(?:\ (?:en|t/m)\ \d+)?(?:,?\ (?:lid\ \d+|[a-z]+\ lid),?)?\ "
    r"(?:(?:van|der|uit|in)\ )?(?:de\ |het\ )?$"
)
_LONGEST_ARTICLE = 60  # characters before a law that are looked at for its article

_ENDINGS = (
    "fonds", "bank", "bond", "raad", "dienst", "instituut", "centrum", "autoriteit", "bureau", "organisatie",
    "vereniging", "federatie", "museum", "hof", "agentschap", "tribunaal", "verbond", "genootschap", "inspectie",
    "loterij",
)  # fmt: skip
_OFFICIAL = rf"(?:[A-ZÀ-Ý][a-zà-ÿ-]*(?:{'|'.join(_ENDINGS)})|{'|'.join(map(str.title, _ENDINGS))})"
_ORGANISATION = re.compile(
    rf"""\b(?:
        # what a ministry is for is a list: "Onderwijs, Cultuur en Wetenschap"
        (?:[Mm]inisterie|[Dd]epartement)\ (?:van|voor)\ {_WORDS}(?:(?:,\ {_WORDS})*,?\ (?:en|&)\ {_WORDS})?
      | (?:Autoriteit|Inspectie|Stichting|Instituut|Rijksdienst|Hogeschool|[Uu]niversiteit|Vereniging|Commissie
          |Comité|Bureau)
        (?:\ (?:van|voor|der|de|het)){{0,2}}\ {_WORD}(?:(?:\ en)?\ {_WORD})*
      | (?:Raad|College|Federatie|Bond|Genootschap|Centrum)(?:\ (?:van|voor|der|de|het)){{1,2}}\ {_WORDS}
      | (?:werkgroep|commissie|stichting|inspectie|actiegroep)[\ -]{_WORD}(?:(?:\ en)?\ {_WORD})*
      | (?:Nationa(?:al|le)|Koninklijke?|Nederland(?:s|sch)e?|Algemene|Centra(?:al|le)|Internationa(?:al|le))
        (?:\ {_WORD})?\ {_OFFICIAL}(?:\ (?:voor|van)\ (?:de\ |het\ )?{_WORD}(?:(?:\ en)?\ {_WORD})*)?
      | (?<=[a-zà-ÿ,]\ )(?<!\b[Ee]en\ )(?<!-\ en\ )  # not "een Zorgfonds", "Gemeente- en Provinciefonds"
        [A-Z][a-zà-ÿ]+(?:fonds|loterij|planbureau|inspectie|autoriteit|museum|universiteit)
      | (?<=\b[Dd]e\ )Kamer(?!\ (?:van|der)\b)
    )(?!\w)""",
    re.VERBOSE,
)
# The courts of human rights are of Europe, but not of the Union.
_EU_BODY = re.compile(
    rf"\b(?:Europees|Europese)\ (?!Mensenrechten)(?:{_WORD}\ )?{_OFFICIAL}(?!\w|\ voor\ de\ (?:Rechten|Mensenrechten))"
)
_LABELS: dict[str, EntityKind] = {
    "ORG": "organisation", "LAW": "law", "PERSON": "person", "PER": "person", "GPE": "place", "LOC": "place",
}  # fmt: skip
"""Labels of the NER of spaCy's Dutch pipelines that are kept, and what they are here."""

_BEFORE = r"(?<!\w)(?<!\w-)"  # no part of a word, nor of a compound
_LAST_WORD = re.compile(r"(?<![.:;?!•]\s)(?<![.:;?!•])\b[\w’'-]+\s+$")
_LONGEST_WORD = 40  # characters before a place that are looked at for the word before it
_ORDINARY = frozenset({"denk", "volt", "jong", "lef", "splinter", "oprecht"})  # names of parties that are also words

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
    party_id: str | None = None


def find_entities(
    sentences: Iterable[Sentence], names: Mapping[str, Sequence[Name]], *, register: Register, year: int | None = None
) -> Iterator[Entity]:
    """Yield the entities of each sentence in order; `names` are those of the pipeline's NER, by sentence_id.

    `year` is that of the document, where it is known: it tells which party bears a name, and what is still to come.
    No two overlap: the longest counts, and at the same length lists before rules. What the pipeline finds only adds.
    """
    name_of = {party.party_id: party.name for party in register.parties}
    for sentence in sentences:
        found = [
            *_candidates(sentence.text, year),
            *_parties(sentence, register, year, name_of),
            *_named(sentence, names.get(sentence.sentence_id, ())),
        ]
        for each in _apart(_with_article(each, sentence.text) for each in found):
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
                names_party_id=each.party_id,
                value=each.value,
                unit=each.unit,
                source=each.source,
            )


def _candidates(text: str, year: int | None) -> Iterator[_Candidate]:
    if not text.isupper():  # "OM DE ZORG TE VERBETEREN": no abbreviation can be told there
        pattern, forms = _listed()
        for match in pattern.finditer(text):
            name, kind = forms[_on_one_line(match.group())]
            yield _Candidate(*match.span(), kind, "list", name=name)
        yield from _places(text)
    for figure in find_figures(text, now=year):
        yield _Candidate(figure.start, figure.end, figure.kind, "rule", value=figure.value, unit=figure.unit)
    for match in _LAW.finditer(text):
        if match.group().lower() not in words("name-words", "kind-of-law"):
            yield _Candidate(*match.span(), "law", "rule")
    for match in _EU_BODY.finditer(text):
        yield _Candidate(*match.span(), "eu-body", "rule")
    for match in _ORGANISATION.finditer(text):
        if not _is_kind_of_body(match.group()):
            yield _Candidate(*match.span(), "organisation", "rule")


def _is_kind_of_body(name: str) -> bool:
    """Whether a capital is all that makes a name of it: "Raad van Commissarissen", "een Pensioenfonds"."""
    first, _, rest = name.partition(" van ")
    is_council = first in ("Raad", "Commissie", "College") and rest.split(" ")[0] in words("name-words", "council-of")
    return is_council or name.lower() in words("name-words", "kind-of-organisation")


def _places(text: str) -> Iterator[_Candidate]:
    """Listed places; none that is a part of another name ("Bouwend Nederland", "Amsterdam Airport")."""
    pattern, names = _listed_places()
    for match in pattern.finditer(text):
        before = _LAST_WORD.search(text, max(0, match.start() - _LONGEST_WORD), match.start())
        is_part = before is not None and before.start() > 0 and before.group().strip().istitle()
        starts_as_word = match.start() == 0 and match.group() in words("name-words", "place-or-word")
        if not is_part and not starts_as_word:
            yield _Candidate(*match.span(), "place", "list", name=names[_on_one_line(match.group())])


def _parties(
    sentence: Sentence, register: Register, year: int | None, name_of: Mapping[str, str]
) -> Iterator[_Candidate]:
    """Parties by the names in the register. In capitals throughout, a name that is also a word is none ("DENK")."""
    text = sentence.text
    for each in register.named(text, year=year, own=sentence.party_id):
        is_word = text.isupper() and each.start > 0 and each.as_written.lower() in _ORDINARY
        if not is_word:
            party_id = each.party_id or None
            yield _Candidate(
                each.start, each.end, "party", "list", name=name_of[party_id] if party_id else None, party_id=party_id
            )


def _named(sentence: Sentence, names: Iterable[Name]) -> Iterator[_Candidate]:
    for each in names:
        if kind := _LABELS.get(each.label):
            start, end = (place - sentence.char_start for place in (each.char_start, each.char_end))
            yield _Candidate(start, end, kind, "pipeline")


def _with_article(each: _Candidate, text: str) -> _Candidate:
    """A law with its article, if one stands before it: "artikel 23 van de Grondwet" is one."""
    article = (
        _ARTICLE_OF_LAW.search(text, max(0, each.start - _LONGEST_ARTICLE), each.start) if each.kind == "law" else None
    )
    return replace(each, start=article.start(), source="rule", name=None) if article else each


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
    """A pattern of all listed forms, the longest first, and the name and kind of each.

    Titles of laws that are one word also stand in small letters: "herziening der jachtwet".
    """
    forms = {row["form"]: (row["name"], cast(EntityKind, row["kind"])) for row in read_list("entities")}
    small = {form.lower(): found for form, found in forms.items() if form.endswith("wet") and form.isalpha()}
    forms = small | forms
    return re.compile(rf"{_BEFORE}(?:{_either(forms)})(?!\w)"), forms


@functools.cache
def _listed_places() -> tuple[re.Pattern[str], dict[str, str]]:
    """A pattern of all listed places, and the name of each."""
    names = {row["form"]: row["name"] for row in read_list("places")}
    return re.compile(rf"{_BEFORE}(?:{_either(names)})(?![\w-])(?!\s[A-ZÀ-Ý][a-zà-ÿ])"), names


def _either(forms: Iterable[str]) -> str:
    """Any of some forms, the longest first; by their first letter, for all would be tried in turn at each word."""
    by_first: dict[str, list[str]] = {}
    for form in sorted(forms, key=len, reverse=True):
        by_first.setdefault(form[0], []).append(r"\s+".join(map(re.escape, form.split()))[len(re.escape(form[0])) :])
    return "|".join(f"{re.escape(first)}(?:{'|'.join(rests)})" for first, rests in by_first.items())


def _on_one_line(form: str) -> str:
    return " ".join(form.split())
