"""Whose, for which election, draft or final: each kind of evidence, what it may not be taken for, and files alike."""

import csv
import io
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from benchmarks.identity import answers, half_of, known_files, read_all
from extract.elections import TK_YEARS, election_in, election_of, names_in, status_in_path
from extract.extraction import Resources, extract_document, split
from extract.parties import load_register
from extract.reading.documents import document_in, is_party
from extract.reading.facts import FACTS_COLUMNS, Facts, read_facts
from extract.records import Document, Extraction, PathOccasion
from extract.splitting.identity import party_in_path
from extract.splitting.occasions import occasion_of_copy, with_copies
from extract.tables import rows_of
from extract.word_lists import read_list
from tests.conftest import ROOT

REGISTER = load_register()
PROSE = "Wij bouwen huizen. Wij leggen bossen aan, en wij zorgen voor wie dat zelf niet kan.\n\n" * 30


# --- names of files and folders ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("path", "election", "evidence"),
    [
        ("VVD_2021.txt", "TK2021", "file-name"),
        ("cda-tk2025-concept.pdf", "TK2025", "file-name"),
        ("Verkiezingsprogramma VVD 2010-2014 def.pdf", "TK2010", "file-name"),
        ("VVD 2017-2021.pdf", "TK2017", "file-name"),
        ("VVD/2010.pdf", "TK2010", "file-name"),
        ("2010/VVD.pdf", "TK2010", "folder-name"),
        ("2003-01/VVD.pdf", "TK2003", "folder-name"),
        ("TK/2003-01/deel 1/VVD.pdf", "TK2003", "folder-name"),
        ("TK2021/VVD.pdf", "TK2021", "folder-name"),
        ("PvdA 1998/Een land.pdf", "TK1998", "folder-name"),
        ("verkiezingsprogramma's 2012/sp.pdf", "TK2012", "folder-name"),
        ("TK2021/VVD 2017 2021.pdf", "TK2021", "folder-name"),
        ("Senioren 2000_1998.txt", "TK1998", "file-name"),
        ("Anti Europa Partij_2012.txt", "TK2012", "file-name"),
        # no election to the Tweede Kamer
        ("2010-03/VVD.pdf", None, "none"),
        ("VVD 2010-03.pdf", None, "none"),
        ("TK/2010-03/VVD.pdf", None, "none"),
        ("TK2011/VVD.pdf", None, "none"),
        ("2011-2015 VVD.pdf", None, "none"),
        # another body
        ("EP/2019/VVD.pdf", "EP2019", "folder-name"),
        ("2021/EP/VVD.pdf", "EP2021", "folder-name"),
        ("gr2022.pdf", "GR2022", "file-name"),
        ("GR/2010-03/VVD.pdf", "GR2010", "folder-name"),
        ("Gemeenteraad/2010/VVD.pdf", "GR2010", "folder-name"),
        ("CDA PS2019.pdf", "PS2019", "file-name"),
        ("TK/EP2019/VVD.pdf", "EP2019", "folder-name"),
        # days on which files were made or fetched, and folders about something else
        ("VVD 2021-03-04.pdf", None, "none"),
        ("VVD_20210304.pdf", None, "none"),
        ("VVD 04-03-2021.pdf", None, "none"),
        ("Archief 2017/VVD.pdf", None, "none"),
        ("VVD 2017 2021.pdf", None, "none"),
    ],
)
def test_elections_in_names(path: str, election: str | None, evidence: str) -> None:
    assert election_in(path, is_party=is_party) == (election, evidence)


@pytest.mark.parametrize(
    ("path", "party", "evidence"),
    [
        ("KVP #Untrimmed.pdf", "kvp", "file-name"),
        ("CHU+KVP+ARP #Combined.pdf", "arp-chu-kvp", "file-name"),
        ("PVV #Concept.pdf", "pvv", "file-name"),
        ("deConservatieven.nl.pdf", "de-conservatieven-nl", "file-name"),
        ("Lijst van Velsen.pdf", "lijst-van-velsen", "file-name"),
        ("Partij e\u0301e\u0301n.pdf", "partij-een", "file-name"),
        ("Partij een 2010.pdf", "partij-een", "file-name"),
        ("Verkiezingsprogramma VVD 2010-2014 def.pdf", "vvd", "file-name"),
        ("D66-verkiezingsprogramma-2021 (1).pdf", "d66", "file-name"),
        ("partij-voor-de-dieren-2021.pdf", "pvdd", "file-name"),
        ("VVD/2010.pdf", "vvd", "folder-name"),
        ("Oprecht.pdf", "oprecht", "file-name"),
        ("Archief/Een land.pdf", None, "none"),
    ],
)
def test_parties_in_names(path: str, party: str | None, evidence: str) -> None:
    found = party_in_path(path, REGISTER, None)
    assert (found.party_id, found.evidence) == (party, evidence)


def test_status_in_names() -> None:
    assert status_in_path("TK2021/PVV #Concept.pdf") == ("draft", "file-name")
    assert status_in_path("Concepten/PVV.pdf") == ("draft", "folder-name")
    assert status_in_path("VVD 2010-2014 def.pdf") == ("final", "file-name")
    assert status_in_path("Defensie.pdf") == ("unknown", "none")


# --- what a text says -------------------------------------------------------------------------------------------------


def found_in(extracted: Extraction) -> tuple[str | None, str, str | None, str, str]:
    document = extracted.document
    assert document
    evidence = extracted.sections[0].evidence
    return document.party_id, evidence, document.election, document.election_evidence, document.status


@pytest.mark.parametrize(
    ("name", "text", "expected"),
    [
        # a title page that names a party is not enough where the text does not name it too, or on a line of its own
        ("doc1.txt", "Verkiezingsprogramma 2021-2025\nD66\n\n", ("d66", "title-page", "TK2021", "title-page")),
        ("doc1.txt", "Een brief aan D66 en zijn leden\n\n", (None, "none", None, "none")),
        # a programme of 2002 may have served again in 2003, unless it names the election
        ("doc2.txt", "Verkiezingsprogramma 2002-2006\n\n", (None, "none", None, "none")),
        ("doc2.txt", "Tweede Kamerverkiezingen 2002\n\n", (None, "none", "TK2002", "title-page")),
        ("doc3.txt", "VERKIEZINGSPROGRAMMA VERSIE: 30-11-2002\n\n", (None, "none", None, "none")),
        ("doc3.txt", "Verkiezingsprogramma 1998 ii 2002\n\n", (None, "none", "TK1998", "title-page")),
        # another body, and a month without an election
        ("doc4.txt", "Verkiezingsprogramma gemeenteraad 2010-2014\n\n", (None, "none", None, "none")),
        ("2010-03/doc4.txt", "Verkiezingsprogramma 2010-2014\n\n", (None, "none", None, "none")),
        ("EP/doc4.txt", "Verkiezingsprogramma 1994-1998\n\n", (None, "none", None, "none")),
        # the party that the text speaks for
        ("doc5.txt", PROSE + "De VVD wil rust. De VVD kiest voor orde. Het CDA wacht. Dat past bij de VVD.\n",
         ("vvd", "text", None, "none")),
        ("doc6.txt", PROSE + "Het CDA faalt. De VVD faalt. Het CDA draalt. Dat zegt niemand van het CDA.\n",
         (None, "none", None, "none")),
        ("D66-een-nieuw-begin.txt", PROSE + "Stem D66. Dat is D66. Zo is D66.\n", ("d66", "file-name", None, "none")),
        ("D66-een-nieuw-begin.txt", PROSE, (None, "none", None, "none")),
    ],
)  # fmt: skip
def test_what_a_text_says(
    resources: Resources, name: str, text: str, expected: tuple[str | None, str, str | None, str]
) -> None:
    data = (text + PROSE).encode()
    document, _ = document_in(data, name=name, facts=Facts(), max_characters=10**7)
    assert document
    assert found_in(split(Extraction(document=document), resources=resources))[:4] == expected


@pytest.mark.parametrize(
    ("line", "status"),
    [
        ("Concept-verkiezingsprogramma", "draft"),
        ("CONCEPT - VERKIEZINGSPROGRAMMA PVV 2017 - 2021", "draft"),
        ("Ontwerpverkiezingsprogramma 2002", "draft"),
        ("CONCEPT", "draft"),
        ("Vastgesteld door het congres", "final"),
        ("Ontwerp en lay-out: Bureau Boom", "unknown"),
        ("Intrekking van het ontwerp van wet", "unknown"),
        ("Het programma heeft de beginselen opnieuw vastgesteld", "unknown"),
    ],
)
def test_status_on_title_pages(
    document_of: Callable[..., Document], resources: Resources, line: str, status: str
) -> None:
    document = document_of(f"{line}\n\n{PROSE}", name="doc.txt")
    assert found_in(split(Extraction(document=document), resources=resources))[4] == status


def test_the_day_on_which_a_file_was_made_is_no_election(
    document_of: Callable[..., Document], resources: Resources
) -> None:
    document = replace(document_of(PROSE, name="doc.txt"), made_on="D:20170315")
    found = split(Extraction(document=document), resources=resources)
    assert found.document and found.document.election is None
    (message,) = [each.message for each in found.problems if each.code == "election-unknown"]
    assert "TK2017" in message


def test_manifestos_csv_says_what_a_name_says_too(resources: Resources) -> None:
    facts = Facts(party="Volkspartij voor Vrijheid en Democratie", election="TK2021", title="VVD_2021")
    extracted = []
    for each in (Facts(), facts):
        document, _ = document_in(PROSE.encode(), name="VVD_2021.txt", facts=each, max_characters=10**7)
        assert document
        extracted.append(split(Extraction(document=document), resources=resources))
    one, two = (rows_of(each).tables for each in extracted)
    assert all(one[name].equals(two[name]) for name in one)


# --- what is not known ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["doc.txt", "a b; é #1, x.txt", '=1"+.txt'])
def test_a_problem_has_the_line_that_makes_it_known(
    tmp_path: Path, document_of: Callable[..., Document], resources: Resources, name: str
) -> None:
    text = f"Verkiezingsprogramma 2002-2006\n\nDe VVD. Dat zegt de VVD.\n\n{PROSE}"
    found = split(Extraction(document=document_of(text, name=name)), resources=resources)
    messages = {each.code: each.message for each in found.problems}
    assert messages.keys() == {"party-unknown", "election-unknown"}
    lines = {
        message.partition("if it has one: ")[2].partition(" If it is a digest")[0] for message in messages.values()
    }
    (line,) = lines
    (tmp_path / "manifestos.csv").write_text(f"{','.join(FACTS_COLUMNS)}\n{line}\n", encoding="utf-8")
    facts, problems = read_facts(tmp_path, names={name})
    assert not problems and facts == {name: Facts(party="VVD", election="TK2002")}
    (row,) = csv.reader(io.StringIO(line))
    assert len(row) == len(FACTS_COLUMNS)


# --- files with the same bytes ----------------------------------------------------------------------------------------


def occasion(**how: object) -> PathOccasion:
    found = {"document_id": "0" * 16, "path": "TK/2002-05/GroenLinks.pdf", "party_id": "groenlinks",
             "party_evidence": "file-name", "election": "TK2002", "election_evidence": "folder-name"}  # fmt: skip
    return PathOccasion(**(found | how))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("original", "path", "facts", "expected"),
    [
        (occasion(), "TK/2003-01/GL.pdf", Facts(), ("groenlinks", "file-name", "TK2003", "folder-name")),
        (occasion(), "doc.pdf", Facts(), (None, "none", None, "none")),
        (occasion(), "doc.pdf", Facts(party="GL", election="TK2003"), ("groenlinks", "listed", "TK2003", "listed")),
        (occasion(party_evidence="text", election_evidence="title-page"), "doc.pdf", Facts(),
         ("groenlinks", "text", "TK2002", "title-page")),
        (occasion(election_evidence="title-page"), "2010-03/doc.pdf", Facts(), (None, "none", None, "none")),
    ],
)  # fmt: skip
def test_a_copy_stands_for_what_its_own_path_says(
    original: PathOccasion, path: str, facts: Facts, expected: tuple[str | None, ...]
) -> None:
    found = occasion_of_copy(original, kind="manifesto", path=path, facts=facts, register=REGISTER)
    assert (found.party_id, found.party_evidence, found.election, found.election_evidence) == expected
    assert (found.document_id, found.path) == (original.document_id, path)


def test_a_copy_of_a_digest_is_nobodys() -> None:
    original = occasion(party_id=None, party_evidence="none")
    found = occasion_of_copy(original, kind="digest", path="cda/2025.txt", facts=Facts(), register=REGISTER)
    assert (found.party_id, found.party_evidence, found.election) == (None, "none", "TK2025")


def test_a_party_that_only_manifestos_csv_knows_is_no_other() -> None:
    facts = Facts(party="Onbekende Partij")
    found = occasion_of_copy(occasion(), kind="manifesto", path="vvd.pdf", facts=facts, register=REGISTER)
    assert (found.party_id, found.party_evidence) == (None, "listed")


def test_occasions_of_a_document_stand_together(document_of: Callable[..., Document], resources: Resources) -> None:
    rows = rows_of(extract_document(document_of(PROSE, name="VVD_2021.txt"), resources=resources))
    assert rows.tables["occasions"]["path"].to_pylist() == ["VVD_2021.txt"]
    more = with_copies(rows, {"VVD_2023.txt": Facts()}, REGISTER).tables["occasions"]
    assert more["election"].to_pylist() == ["TK2021", "TK2023"] and len(set(more["document_id"].to_pylist())) == 1


# --- the register, and the files at hand ------------------------------------------------------------------------------


def test_no_two_parties_bear_one_name_in_one_year() -> None:
    years = [*TK_YEARS, *(year + 1 for year in TK_YEARS)]
    for name, bearers in REGISTER.expected.items():
        for year in years:
            fitting = {party_id for party_id, of in bearers if year in of}
            assert len(fitting) <= 1, (name, year, fitting)


def test_the_register_says_where_it_has_a_party_from() -> None:
    rows = read_list("parties")
    assert all(row["source"] for row in rows)
    assert {row["in_text"] for row in rows} == {"yes", "own", "no"}


@pytest.mark.parametrize("name", ["Nieuwe Wegen", "Oprecht", "Splinter", "MenS", "OP", "NT", "Code Oranje", "Rebel"])
def test_names_that_are_words_are_names_only_where_a_party_is_expected(name: str) -> None:
    assert REGISTER.party_named(name) is None and REGISTER.party_named(name, expected=True)
    assert not list(REGISTER.own_mentions(f"Dit zijn {name} voor ons land."))


def test_files_of_a_collection_are_identified(texts: Path) -> None:
    rows = csv.DictReader((ROOT / "tests" / "gold" / "identities.csv").read_text(encoding="utf-8").splitlines())
    known = {row["path"]: (row["party_id"], row["election"]) for row in rows}
    found = {}
    for each in known_files(texts, REGISTER):
        if each.name in known:
            election, _ = election_of(each.name, None, is_party=is_party)
            year = int((election or "TK0")[2:])
            found[each.name] = party_in_path(each.name, REGISTER, year).party_id, election
    assert len(known) == 117 and found == known


@pytest.mark.slow
def test_what_texts_show_is_right(texts: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """On some of the files on which rules were made; `make identity` measures it on all."""
    some = [each for each in known_files(texts, REGISTER) if half_of(each) == "A" and each.path.suffix == ".txt"][::6]
    monkeypatch.setattr("benchmarks.identity.known_files", lambda *_: some)
    said: Sequence[tuple[str, str, str, str]] = [
        answer for each in read_all(texts, REGISTER) for answer in answers(each, each.document.path, REGISTER)
    ]
    assert [answer for answer in said if answer[2] == "wrong"] == []
    assert sum(answer[:1] == ("party",) and answer[2] == "right" for answer in said) > len(some) / 2


def test_names_are_tried_from_the_longest() -> None:
    assert next(iter(names_in("Senioren 2000_1998"))) == "Senioren 2000 1998"
