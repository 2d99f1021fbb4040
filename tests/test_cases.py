"""Wild cases: texts and what must come of them, as data in `cases/`. A case that `fails` says why, and must fail."""

import json
import unicodedata
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from extract.extraction import Resources, split
from extract.records import Document, Extraction
from extract.splitting.passages import split_passages
from extract.splitting.quotes import extract_quotes
from extract.splitting.sentences import split_sentences

CASES = Path(__file__).parent / "cases"


def cases(name: str) -> Iterator[Any]:
    for case in json.loads((CASES / name).read_text(encoding="utf-8")):
        yield pytest.param(case, id=case["about"], marks=expected_failure(case))


def digests() -> Iterator[Any]:
    for path in sorted((CASES / "digests").glob("*.json")):
        case = json.loads(path.read_text(encoding="utf-8"))
        yield pytest.param(case, id=path.stem, marks=expected_failure(case))


def expected_failure(case: dict[str, Any]) -> list[pytest.MarkDecorator]:
    return [pytest.mark.xfail(reason=case["fails"], strict=True)] if "fails" in case else []


@pytest.mark.parametrize("case", list(cases("sentences.json")))
def test_sentences(case: dict[str, Any], document_of: Callable[..., Document]) -> None:
    document = document_of(case["text"])
    sentences = split_sentences(document, split_passages(document), [])
    assert [sentence.text for sentence in sentences] == case["sentences"]


@pytest.mark.parametrize("case", list(cases("quotes.json")))
def test_quotes(case: dict[str, Any], document_of: Callable[..., Document]) -> None:
    document = document_of(case["text"])
    quotes, problems = extract_quotes(document, split_passages(document), [])
    statements = [quote for quote in quotes if quote.kind == "statement"]
    assert [[quote.text, quote.opening_mark, quote.closing_mark] for quote in statements] == case["quotes"]
    assert [quote.text for quote in quotes if quote.kind == "term"] == case.get("terms", [])
    assert len(problems) == sum(quote.closing_mark is None for quote in quotes)


@pytest.mark.parametrize("case", list(digests()))
def test_digest(case: dict[str, Any], document_of: Callable[..., Document], resources: Resources) -> None:
    extraction = split(Extraction(document=document_of(case["text"])), resources=resources)
    document = extraction.document
    assert document and document.kind == "digest"

    found = [(section.party_id, document.text[section.char_start :]) for section in extraction.sections]
    assert [party for party, _ in found] == [party_id(section) for section in case["sections"]]
    for (_, text), section in zip(found, case["sections"], strict=True):
        assert text.lstrip().startswith(composed(section["opens"]))
    unknown = [problem for problem in extraction.problems if problem.code == "party-unknown"]
    assert len(unknown) == sum(party is None for party, _ in found)

    found_quotes, _ = extract_quotes(document, extraction.passages, extraction.sections)
    quotes = [quote for quote in found_quotes if quote.kind == "statement"]
    assert [composed(quote.text) for quote in quotes] == [composed(quote["text"]) for quote in case["quotes"]]
    passage = {each.passage_id: document.text[each.char_start :].lstrip() for each in extraction.passages}
    for quote, expected in zip(quotes, case["quotes"], strict=True):
        assert quote.section_id == extraction.sections[expected["section"]].section_id
        assert passage[quote.supports or ""].startswith(composed(expected["supports"]))


@pytest.mark.parametrize(
    "case", json.loads((CASES / "subjects.json").read_text(encoding="utf-8")), ids=lambda case: case["text"]
)
def test_subject(case: dict[str, Any], document_of: Callable[..., Document], resources: Resources) -> None:
    """Which section a paragraph opens, if any, in a digest that has come to the SP."""
    document = document_of(
        f"BBB wil rust.\n“Er komt rust.”\nDe SP wil meer.\n“Er komt meer.”\n{case['text']}\n“Er komt iets.”\n"
    )
    sections = split(Extraction(document=document), resources=resources).sections
    expected = [] if "same" in case else [(case.get("party"), case.get("unknown"))]
    assert [(each.party_id, None if each.party_id else each.party_as_written) for each in sections[2:]] == expected
    assert [each.party_id for each in sections[:2]] == ["bbb", "sp"]


def party_id(section: dict[str, Any]) -> str | None:
    return section["party"].lower() if section["party"] else None


def composed(text: str) -> str:
    """A text as documents have it: composed, and in one line however it was wrapped."""
    return " ".join(unicodedata.normalize("NFC", text).split())
