"""The digest in raw/: counted by eye, and held to it."""

from collections import Counter

from extract.extraction import Resources, extract_document
from extract.records import Document, Extraction

PARTIES = [
    "groenlinks-pvda", "volt", "bbb", "nsc", "pvdd", "sgp", "bvnl", "d66", "fvd", "sp", "cda", "ja21", "vvd",
    "christenunie", "50plus", "denk", "bij1", "pvv",
]  # fmt: skip
# Line (from 1) at which each party's section opens.
OPENS = [1, 38, 67, 93, 116, 140, 159, 180, 201, 220, 238, 256, 274, 291, 304, 318, 329, 335]


def extraction_of(digest: Document, resources: Resources) -> Extraction:
    return extract_document(digest, resources=resources)


def test_sections(digest: Document, resources: Resources) -> None:
    extraction = extraction_of(digest, resources)
    assert [section.party_id for section in extraction.sections] == PARTIES
    lines = [digest.text.count("\n", 0, section.char_start) + 1 for section in extraction.sections]
    assert lines == OPENS
    assert extraction.problems == ()


def test_passages(digest: Document, resources: Resources) -> None:
    extraction = extraction_of(digest, resources)
    assert Counter(passage.kind for passage in extraction.passages) == {"quote": 223, "claim": 96, "overview": 18}
    assert "".join(digest.text[each.char_start : each.char_end] for each in extraction.passages) == digest.text


def test_quotes(digest: Document, resources: Resources) -> None:
    quotes = [each for each in extraction_of(digest, resources).quotes if each.kind == "statement"]
    lines = [line for line in digest.text.split("\n") if line.startswith("“")]
    assert [quote.text for quote in quotes] == [line[1:-1] for line in lines]
    claims = {each.passage_id: each for each in extraction_of(digest, resources).passages if each.kind == "claim"}
    for quote in quotes:
        claim = claims[quote.supports or ""]
        between = digest.text[claim.char_end : quote.char_start - 1]
        assert all(line.startswith("“") for line in between.split("\n") if line)


def test_proposals_stand_in_the_text(digest: Document, resources: Resources) -> None:
    extraction = extraction_of(digest, resources)
    quotes = {quote.quote_id: quote for quote in extraction.quotes}
    for proposal in extraction.proposals:
        assert digest.text[proposal.char_start : proposal.char_end] == proposal.text
        if proposal.quote_id:
            assert proposal.text in quotes[proposal.quote_id].text
    quoted = [proposal for proposal in extraction.proposals if proposal.quote_id]
    assert len(quoted) > len(extraction.proposals) / 2
    themes = {proposal.theme for proposal in extraction.proposals}
    assert "identity-money" in themes and "privacy" in themes
