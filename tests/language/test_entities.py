"""Names and figures in sentences: what lists and rules find, and what a pipeline's NER adds."""

from typing import Any

import pytest

from extract.language.entities import find_entities
from extract.language.parsing import Name
from extract.records import Sentence
from tests.test_cases import cases


def sentence(text: str, start: int = 0) -> Sentence:
    return Sentence(
        sentence_id="s",
        passage_id="p",
        document_id="d",
        position=0,
        char_start=start,
        char_end=start + len(text),
        text=text,
    )


@pytest.mark.parametrize("case", list(cases("entities.json")))
def test_entities(case: dict[str, Any]) -> None:
    found = list(find_entities([sentence(case["text"])], {}))
    assert [[each.kind, each.text, each.value, each.unit] for each in found] == case["entities"]


def test_names_of_a_body_are_one() -> None:
    found = find_entities([sentence("De ECB en de Europese Centrale Bank; het CBP en de AP.")], {})
    assert [each.name for each in found] == ["Europese Centrale Bank"] * 2 + ["Autoriteit Persoonsgegevens"] * 2


def test_the_pipelines_ner_adds_what_rules_do_not_know() -> None:
    text = "Jan Jansen van Bits of Freedom woont in Delft, zegt de AIVD."
    names = {"s": (Name("PERSON", 7, 17), Name("GPE", 47, 52), Name("ORG", 62, 66), Name("CARDINAL", 7, 9))}
    found = list(find_entities([sentence(text, start=7)], names))
    assert [(each.kind, each.text, each.source) for each in found] == [
        ("person", "Jan Jansen", "pipeline"),
        ("organisation", "Bits of Freedom", "list"),
        ("place", "Delft", "pipeline"),
        ("organisation", "AIVD", "list"),
    ]
    assert all(text[each.char_start - 7 : each.char_end - 7] == each.text for each in found)
