"""Names and figures in sentences: what lists and rules find, and what a pipeline's NER adds."""

from collections import Counter
from typing import Any

import pytest

from extract.language.entities import find_entities
from extract.language.parsing import Name
from extract.parties import load_register
from extract.records import Entity, Sentence
from extract.word_lists import read_list
from tests.test_cases import cases

REGISTER = load_register()


def found_in(text: str, *, year: int | None = None, own: str | None = None) -> list[Entity]:
    return list(find_entities([sentence(text, own=own)], {}, register=REGISTER, year=year))


def sentence(text: str, start: int = 0, own: str | None = None) -> Sentence:
    return Sentence(
        sentence_id="s",
        passage_id="p",
        document_id="d",
        position=0,
        char_start=start,
        char_end=start + len(text),
        text=text,
        party_id=own,
    )


@pytest.mark.parametrize("case", list(cases("entities.json")))
def test_entities(case: dict[str, Any]) -> None:
    found = found_in(case["text"])
    assert [[each.kind, each.text, each.value, each.unit] for each in found] == case["entities"]


def test_names_of_a_body_are_one() -> None:
    found = found_in("De ECB en de Europese Centrale Bank; het CBP en de AP.")
    assert [each.name for each in found] == ["Europese Centrale Bank"] * 2 + ["Autoriteit Persoonsgegevens"] * 2


def test_the_pipelines_ner_adds_what_rules_do_not_know() -> None:
    text = "Jan Jansen van Bits of Freedom woont in Elim, zegt de AIVD."
    names = {"s": (Name("PERSON", 7, 17), Name("GPE", 47, 51), Name("ORG", 61, 65), Name("CARDINAL", 7, 9))}
    found = list(find_entities([sentence(text, start=7)], names, register=REGISTER))
    assert [(each.kind, each.text, each.source) for each in found] == [
        ("person", "Jan Jansen", "pipeline"),
        ("organisation", "Bits of Freedom", "list"),
        ("place", "Elim", "pipeline"),
        ("organisation", "AIVD", "list"),
    ]
    assert all(text[each.char_start - 7 : each.char_end - 7] == each.text for each in found)


def named(text: str, *, year: int | None = None, own: str | None = None) -> list[tuple[str, str | None]]:
    return [(each.text, each.names_party_id) for each in found_in(text, year=year, own=own) if each.kind == "party"]


def test_a_party_goes_by_its_name_and_id() -> None:
    (found,) = found_in("Volgens de Partij van de Arbeid niet.")
    assert (found.kind, found.name, found.names_party_id, found.source) == ("party", "PvdA", "pvda", "list")
    assert found.party_id is None, "that of its section, which is another thing"


@pytest.mark.parametrize(
    ("year", "party_id"),
    [(1925, "socialistische-partij-1918"), (1998, "sp"), (None, None)],
)
def test_the_year_tells_who_bears_a_name(year: int | None, party_id: str | None) -> None:
    assert named("De Socialistische Partij wil dat.", year=year) == [("Socialistische Partij", party_id)]


def test_a_party_of_the_past_is_named_later() -> None:
    assert named("Zoals de KVP al zei.", year=1994) == [("KVP", "kvp")]
    assert named("Zoals de BBB al zei.", year=1994) == [], "it was not there yet"


@pytest.mark.parametrize(
    ("own", "text", "as_written"),
    [
        ("code-oranje", "Code Oranje kiest voor loting.", "Code Oranje"),
        ("ppvo", "Dat de P.P.V.O. dit wil.", "P.P.V.O."),
        ("cpn", "DeCPN wijst dat af.", "CPN"),
        ("sap", "De kiezer die op deSAPstemt.", "SAP"),
    ],
)
def test_a_partys_own_texts_may_write_its_name_in_other_ways(own: str, text: str, as_written: str) -> None:
    assert named(text, own=own) == [(as_written, own)]
    assert named(text) in ([], [(as_written, own)])


def test_own_names_are_no_parts_of_words() -> None:
    assert named("CPN-leden, de CPN'er en XCPN; CPNers.", own="cpn") == []
    assert named("Wij zijn trots op ons land.", own="ton") == []


def test_a_year_is_a_deadline_only_from_that_of_the_text_on() -> None:
    def kinds(text: str, year: int) -> list[str]:
        return [each.kind for each in found_in(text, year=year)]

    assert kinds("Vanaf 1945 is dat zo.", 1994) == ["year"]
    assert kinds("Vanaf 1996 is dat zo.", 1994) == ["deadline"]
    assert kinds("In 1990 moet dat al gebeurd zijn.", 1994) == ["year"]
    assert kinds("In 2000 moet dat gebeurd zijn.", 1994) == ["deadline"]


def test_listed_names_are_found_as_they_are_listed() -> None:
    rows = [*read_list("entities"), *({"kind": "place", **row} for row in read_list("places"))]
    missed = [row["form"] for row in rows if [(row["kind"], row["form"], row["name"])] != _found(f"aan {row['form']},")]
    assert not missed


def _found(text: str) -> list[tuple[str, str, str | None]]:
    return [(each.kind, each.text, each.name) for each in found_in(text)]


@pytest.mark.parametrize("name", ["entities", "places"])
def test_no_form_is_listed_twice_and_each_has_a_source(name: str) -> None:
    rows = read_list(name)
    assert not [form for form, times in Counter(row["form"] for row in rows).items() if times > 1]
    assert all(row["source"] and row["name"] for row in rows)
