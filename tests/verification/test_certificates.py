"""Certificates: what is said of quotes that are there, nearly there, somewhere else, or nowhere."""

import csv
import hashlib
import json
import random
import re
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from benchmarks.mutants import OPERATORS, Base, World, make_mutants, verdicts
from extract.extraction import Resources, extract, split
from extract.parties import load_register
from extract.reading.documents import read_document
from extract.reading.facts import Facts
from extract.records import Document, Extraction
from extract.tables import rows_of
from extract.verification.examination import certify, digest_of
from extract.verification.sources import Source, source_of
from extract.verification.steps import MATCH_OF
from tests.certifying import best, source
from tests.conftest import ROOT
from tests.test_cases import expected_failure

_CASES = json.loads((ROOT / "tests" / "cases" / "certificates.json").read_text(encoding="utf-8"))
_FILLER = _CASES["before"], _CASES["after"]
_PLAIN = "De zorg in de regio wordt versterkt met nieuwe huisartsen en wijkverpleegkundigen."


def framed(text: str) -> str:
    """A text in a manifesto that is long enough to be one."""
    return "\n".join([_FILLER[0], text, _FILLER[1]])


_sources: dict[str, Source] = {}


@pytest.mark.parametrize(
    "case", [pytest.param(case, id=case["name"], marks=expected_failure(case)) for case in _CASES["cases"]]
)
def test_a_case(case: dict[str, Any], resources: Resources) -> None:
    if case["text"] not in _sources:
        _sources[case["text"]] = source(framed(case["text"]), resources)
    found = best(case["quote"], _sources[case["text"]])
    assert found.status in case["status"], (case["why"], found.steps, found.difference)
    if found.char_start is not None:
        assert _sources[case["text"]].text[found.char_start : found.char_end] == found.text


@pytest.mark.parametrize(
    ("text", "quote", "steps", "difference"),
    [
        ("Wij schaffen de belasting op arbeid voor starters geheel af.",
         "Wij schaffen de belasting op kapitaal voor starters geheel af.",
         "words-changed", "… de belasting op [-arbeid-] {+kapitaal+} voor starters geheel …"),
        ("Onze ICT-bedrijven in de regio krijgen meer ruimte, en dat is nodig.",
         "Onze ICT bedrijven in de regio krijgen meer ruimte.",
         "cut-end|hyphen-differs", "Onze ICT [-‐-] bedrijven in de … krijgen meer ruimte [-, en dat is nodig-] {+.+}"),
        ("Wij kiezen voor schone energie uit zon en wind. Dat kost geld. Het levert ook banen op.",
         "Wij kiezen voor schone energie uit zon en wind. Het levert ook banen op.",
         "sentences-left-out", "… zon en wind [-Dat kost geld-] Het levert ook …"),
        ("Wij kiezen voor 'schone' energie uit zon en wind – overal.",
         "Wij kiezen voor ‘schone’ energie uit zon en wind - overal.", "mark-shapes", None),
    ],
)  # fmt: skip
def test_the_difference_is_shown_in_words(
    text: str, quote: str, steps: str, difference: str | None, resources: Resources
) -> None:
    found = best(quote, source(framed(text), resources))
    assert (found.steps, found.difference) == (steps, difference)


def test_draft_other_election_and_other_party(resources: Resources) -> None:
    text = framed(_PLAIN)
    final = source(text, resources, name="VVD_2021.txt")
    draft = source(text + "\nEinde.", resources, name="VVD_2021.txt", facts=Facts(status="draft"))
    older = source(text + "\nSlot.", resources, name="VVD_2017.txt")
    other = source(text + "\nTot ziens.", resources, name="CDA_2021.txt")
    without = source(framed("Wij bouwen huizen."), resources, name="VVD_2021.txt")
    assert best(_PLAIN, draft, older, other, final).status == "verbatim"
    only_draft, only_older = best(_PLAIN, draft, older, other), best(_PLAIN, older, other)
    assert (only_draft.status, only_draft.match) == ("draft", "verbatim")
    assert (only_older.status, only_older.match) == ("other-election", "verbatim")
    assert best(_PLAIN, without, other).status == "other-party"
    assert best(_PLAIN, without).status == "not-found"
    assert best(_PLAIN).status == "no-source"
    assert best(_PLAIN, other, party_id="d66").status == "other-party"
    # In a manifesto for another election it need not be: there is none for this one.
    assert best("Wij bouwen vijf nieuwe kerncentrales aan zee.", older).status == "no-source"


def test_members_of_a_joint_list_are_the_list(resources: Resources) -> None:
    text = source(framed(_PLAIN), resources, name="GroenLinks_2021.txt")
    assert best(_PLAIN, text, party_id="groenlinks-pvda").status == "verbatim"
    assert best(_PLAIN, text, party_id="pvda").status == "other-party"


def test_a_short_quote_is_found_only_with_its_own_party(resources: Resources) -> None:
    text = framed("Wij willen lagere lasten.")
    own, other = source(text, resources), source(text, resources, name="CDA_2021.txt")
    assert best("Lagere lasten.", own).status != "verbatim"
    assert best("Wij willen lagere lasten.", own).status == "verbatim"
    assert best("Wij willen hogere lasten.", own).status == "not-found"
    assert best("Wij willen lagere lasten.", other).status == "no-source"


def test_each_quote_has_one_best_certificate(digest: Document, resources: Resources) -> None:
    extraction = extract(split(Extraction(document=digest), resources=resources), resources=resources)
    sources = [source(framed(_PLAIN), resources, name=f"{party}_2025.txt") for party in ("VVD", "CDA", "PVV")]
    claims = digest_of(rows_of(extraction).tables)
    assert claims
    found = certify([claims], sources, register=load_register())
    assert Counter(row.best for row in found.certificates) == {True: 223}
    by_status = Counter(row.status for row in found.certificates)
    assert by_status == {"no-source": 223 - 11 - 13 - 1, "not-found": 11 + 13 + 1}
    assert Counter(each.code for each in found.problems) == {"quote-not-verified": 25}


def test_a_manifesto_that_breaks_the_stage_costs_no_other(
    digest: Document, resources: Resources, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(one: object, other: Source, *rest: object, **more: object) -> None:
        if other.path == "CDA_2025.txt":
            raise ValueError("odd")

    monkeypatch.setattr("extract.verification.certificates.best_place", fail)
    claims = digest_of(
        rows_of(extract(split(Extraction(document=digest), resources=resources), resources=resources)).tables
    )
    shown = framed(digest.text[:20_000])
    sources = [
        source(shown, resources, name=f"{party}_2025.txt", facts=Facts(party=party)) for party in ("CDA", "Volt")
    ]
    assert claims
    found = certify([claims], sources, register=load_register())
    assert [each.path for each in found.problems if each.code == "stage-failed"] == ["CDA_2025.txt"]
    assert {row.source_document_id for row in found.certificates} == {None, sources[1].document_id}


def test_every_step_is_documented_with_what_it_allows() -> None:
    text = (ROOT / "docs" / "certificates.md").read_text(encoding="utf-8")
    documented = re.findall(
        r"^\| ([a-z-]+) \| [^|]+ \| (verbatim|near|elided|elided-unmarked|altered) \|$", text, re.MULTILINE
    )
    assert dict(documented) == MATCH_OF


def test_no_mutant_is_taken_for_a_quote(digest: Document, resources: Resources) -> None:
    """Manifestos made of the digest's own quotes, which are changed on purpose: `make mutants` does more of it."""
    extraction = extract(split(Extraction(document=digest), resources=resources), resources=resources)
    by_party: dict[str, list[str]] = {}
    for each in extraction.quotes:
        if each.kind == "statement":
            by_party.setdefault(each.party_id or "", []).append(each.text)
    names = {party.party_id: party.name for party in resources.register.parties}
    sources = {
        party_id: source(framed("\n\n".join(texts)), resources, name=f"{names[party_id]}_2025.txt")
        for party_id, texts in by_party.items()
    }
    words = {word.lower() for text in by_party.values() for word in re.findall(r"\w+", " ".join(text))}
    kinds = {word: ("NOUN", "VERB", "ADJ")[len(word) % 3] for word in words}
    lexicon = {kind: sorted(word for word in kinds if kinds[word] == kind) for kind in ("NOUN", "VERB", "ADJ")}
    world = World(random.Random(7), kinds, lexicon | {"PROPN": ["Duitsland"]}, list(sources.values()))
    bases = [Base(text, sources[party_id], "digest") for party_id, texts in by_party.items() for text in texts]
    mutants = make_mutants(bases, world)
    given = verdicts(mutants, list(sources.values()))
    untouched = [status for mutant, status in zip(mutants, given, strict=True) if mutant.operator == "untouched"]
    changed = [(mutant, status) for mutant, status in zip(mutants, given, strict=True) if mutant.operator in OPERATORS]
    assert set(untouched) == {"verbatim"} and len(untouched) == 223
    taken = [(mutant.operator, mutant.text) for mutant, status in changed if status in ("verbatim", "near")]
    assert len(changed) > 1_500 and not taken


def test_quotes_of_the_digest_stand_where_a_reader_found_them(
    texts: Path, digest: Document, resources: Resources
) -> None:
    with (ROOT / "tests" / "gold" / "quotes.csv").open(encoding="utf-8", newline="") as file:
        expected = {
            int(row["digest_line"]): (row["source_sha256"], int(row["page"]), row["match"])
            for row in csv.DictReader(file)
        }
    claims = digest_of(
        rows_of(extract(split(Extraction(document=digest), resources=resources), resources=resources)).tables
    )
    assert claims
    sources, hashes = [], {}
    for path in sorted((texts / "manifestos-2025").glob("*.pdf")):
        document, _ = read_document(path, raw=path.parent, facts=Facts(), max_characters=10**8)
        assert document
        each = source_of(rows_of(split(Extraction(document=document), resources=resources)))
        assert each
        sources.append(each)
        hashes[each.document_id] = hashlib.sha256(path.read_bytes()).hexdigest()
    found = certify([claims], sources, register=load_register())
    starts = {each.quote.quote_id: each.quote.char_start for each in claims.claimed}
    placed = {
        digest.text.count("\n", 0, starts[row.quote_id]) + 1: (hashes[row.source_document_id], row.page, row.match)
        for row in found.certificates
        if row.source_document_id
    }
    assert placed == expected
    statuses = Counter(row.status for row in found.certificates if row.best)
    assert statuses == {"verbatim": 17, "near": 1, "elided": 1, "draft": 24, "no-source": 180}
