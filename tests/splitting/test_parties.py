from collections.abc import Callable

import pytest

from extract.extraction import Resources, split
from extract.parties import load_register
from extract.reading.documents import read_document
from extract.reading.facts import Facts
from extract.records import Document, Extraction

REGISTER = load_register()


@pytest.mark.parametrize(
    ("text", "parties"),
    [
        ("De Partij voor de Dieren (PvdD) en de partij voor de dieren", ["pvdd", "pvdd", "pvdd"]),
        ("GroenLinks-PvdA, GL/PvdA, PvdA en GroenLinks, GroenLinks/PvdA", ["groenlinks-pvda"] * 4),
        ("GroenLinks en de PvdA", ["groenlinks", "pvda"]),
        ("FvD, FVD en Forum voor Democratie", ["fvd"] * 3),
        ("D66, D'66 en D’66", ["d66"] * 3),
        ("het Christen-Democratisch Appèl, christen-democratisch appèl", ["cda"] * 2),
        ("50PLUS, 50Plus en 50+", ["50plus"] * 3),
        ("De VN en Artikel 1 van de Grondwet; Denk aan 400 volt; een sp in spel", []),
        ("VVD-leider, D66’ers, CDA'er en SP-plan", []),
        ("Partij voor\n   de Vrijheid", ["pvv"]),
    ],
)
def test_names_in_running_text(text: str, parties: list[str]) -> None:
    assert [mention.party_id for mention in REGISTER.mentions(text)] == parties


@pytest.mark.parametrize(
    ("name", "year", "party"),
    [
        ("cda", None, "cda"),
        ("ARP; CHU; KVP", 1971, "arp-chu-kvp"),
        ("CHU+KVP+ARP", 1971, "arp-chu-kvp"),
        ("SGP; GPV; RPF", 1984, "sgp-gpv-rpf"),
        ("PvdA / GroenLinks", 2025, "groenlinks-pvda"),
        ("Unie 55+; AOV", 1998, "unie-55-aov"),
        ("Socialistische Partij", 1918, "socialistische-partij-1918"),
        ("Socialistische Partij", 2021, "sp"),
        ("Socialistische Partij", None, "sp"),
        ("VVD; D66", 2021, None),
        ("Partij Zonneschijn", None, None),
    ],
)
def test_names_that_stand_alone(name: str, year: int | None, party: str | None) -> None:
    assert REGISTER.party_named(name, year) == party


def test_members_of_joint_lists_are_parties() -> None:
    ids = {party.party_id for party in REGISTER.parties}
    assert len(ids) == len(REGISTER.parties)
    for party in REGISTER.parties:
        assert set((party.members or party.party_id).split("|")) <= ids


@pytest.mark.parametrize(
    ("name", "party", "election", "status"),
    [
        ("VVD_2021.txt", "vvd", "TK2021", "unknown"),
        ("ARP; CHU; KVP_1971.txt", "arp-chu-kvp", "TK1971", "unknown"),
        ("Senioren 2000_1998.txt", "senioren-2000", "TK1998", "unknown"),
        ("verkiezingsprogramma-cda-tk2025-concept.txt", "cda", "TK2025", "draft"),
        ("D66 definitief.md", "d66", None, "final"),
        ("wonen-tk2025.txt", None, "TK2025", "unknown"),
    ],
)
def test_who_and_when_from_the_file_name(
    document_of: Callable[..., Document],
    resources: Resources,
    name: str,
    party: str | None,
    election: str | None,
    status: str,
) -> None:
    document = document_of("Wij bouwen huizen. Wij leggen bossen aan.\n", name=name)
    found = split(Extraction(document=document), resources=resources)
    assert found.document
    assert (found.document.party_id, found.document.election, found.document.status) == (party, election, status)
    assert found.document.kind == "manifesto"
    assert found.sections[0].evidence == ("file-name" if party else "none")
    doubts = [problem.code for problem in found.problems if problem.code != "no-programme"]
    assert doubts == ([] if party else ["party-unknown"]) + ([] if election else ["election-unknown"])


def test_the_facts_beat_the_file_name(tmp_path, resources: Resources) -> None:
    (tmp_path / "VVD_2021.txt").write_text("Wij bouwen huizen.", encoding="utf-8")
    facts = Facts(party="PvdA/GroenLinks", election="TK2025", status="draft")
    document, _ = read_document(tmp_path / "VVD_2021.txt", raw=tmp_path, facts=facts, max_characters=10**6)
    found = split(Extraction(document=document), resources=resources)
    assert found.document and found.document.party_id == "groenlinks-pvda"
    assert (found.document.election, found.document.status) == ("TK2025", "draft")
    assert found.sections[0].evidence == "listed"


def test_parties_named_in_a_table_of_contents_alone_make_no_digest(document_of, resources: Resources) -> None:
    listed = "\n".join(
        f"De {party} over wonen ........ {page}"
        for page, party in enumerate(("VVD", "CDA", "PVV", "D66", "SP", "GroenLinks"), start=3)
    )
    prose = "Er moeten meer huizen komen. Daar is geld voor nodig, en grond."
    found = split(Extraction(document=document_of(f"Inhoud\n\n{listed}\n\n{prose}\n\n{prose}\n")), resources=resources)
    assert found.document and found.document.kind == "manifesto"
