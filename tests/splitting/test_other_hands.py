"""Digests by other hands: journalists' pages, quotes, debates, tables. A paragraph never goes to another party."""

from collections.abc import Callable

import pytest

from extract.extraction import Resources, split
from extract.records import Document, Extraction
from extract.splitting.quotes import extract_quotes

ITEMS = """Vijf manieren om een huis te vinden
1. Wie vindt dat huren nooit meer omhoog mogen, kan terecht bij de SP.
2. Bouwen willen ze allemaal, maar de BBB legt de nadruk op dorpen met een school.
3. Liever een Europees bouwfonds, en wonen zonder grenzen? Dan moet je bij Volt zijn.
4. Geen stapel regels meer, en een woning in een jaar. Dat belooft de VVD.
5. Mensen met een kleine beurs komen er bekaaid af. Niemand wil hun huur betalen.
6. Twee verdiepingen erbij op elke flat, zo rekent D66 voor.
"""
SOURCES = """Zinnen over de zee

“Geen windmolen meer in zee.”
PVV
“De zee kent geen grens, dus ons beleid ook niet.”
Volt Nederland, hoofdstuk 4
“Elk dorp een haven.”
Uit het programma van de BBB
“Vrije zee, vrije vissers.”
Zeepartij, p. 1
“De zee is van de vissen”, zo staat er in het programma van de PvdD.
“Vissers verdienen meer.” (CDA, blz. 20)
"""
HEADED = """PVV
“Grenzen dicht, en wel vandaag nog.”
VVD
“Doen wat er moet gebeuren.”
CDA
“Samen leven doe je niet alleen.”
Volt
“Europa is ons aller huis.”
"""
DEBATE = """Verslag van een debat
Presentator: Welkom. U mag beginnen.
Bikker (ChristenUnie): Wij willen rust op zondag.
Presentator: En wat vindt u?
Jetten (D66): De winkels mogen van mij open.
Bikker: Dat is precies het verschil.
Van der Plas (BBB): In het dorp is de winkel al weg.
Presentator: Kort.
Jetten: De boodschappen komen dan met de drone.
Dijk (SP): Met een drone! En wie betaalt dat?
Vrouw uit het publiek: Ik niet hoor.
Dijk: Zo is het.
Wilders (PVV): Dit gaat nergens over.
"""
TABLE = """Wie wil wat?
thema;partij;citaat;bladzijde
klimaat;VVD;"Wij bouwen vier kerncentrales";12
klimaat;D66;"Groene banen voor iedereen";8
wonen;SP;"Huren omlaag";3
wonen;CDA;"Een dorp moet groeien";4
zorg;PVV;"Eigen risico weg";5
zorg;Lijst Loos;"Zorg is van ons";9
Met dank aan de leden.
"""
QUESTIONS = """Vragen aan de partijen
Wat wil de VVD met de haven?
Groei. De haven is de motor van het land.
En het milieu?
Dat lift mee.
Wat wil het CDA met de haven?
Rust en een goede cao, anders dan de VVD.
Wat doet GroenLinks tegen de stank?
Een vergunning per schoorsteen.
"""
FIELDS = """Belofte over de veerpont

VVD
Lijsttrekker: Piet Post
De pont blijft betaald.
Lokaal Sterk
Lijsttrekker: Wim Kan
Een brug in plaats van een pont.
CDA
Lijsttrekker: An Vos
De pont vaart ook op zondag.
SP
Lijsttrekker: Bo Smit
Gratis voor wie er werkt.
"""


def parties(text: str, document_of: Callable[..., Document], resources: Resources) -> list[tuple[str | None, str]]:
    """The party of each line of a text, and the line's first word."""
    extraction = split(Extraction(document=document_of(text)), resources=resources)
    assert extraction.document and extraction.document.kind == "digest"
    party_of = {each.section_id: each.party_id for each in extraction.sections}
    return [
        (party_of.get(each.section_id or ""), extraction.document.text[each.char_start : each.char_end].split()[0])
        for each in extraction.passages
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param(ITEMS, [None, "sp", "bbb", "volt", "vvd", None, "d66"], id="items that name their party late"),
        pytest.param(
            SOURCES,
            [None, "pvv", "pvv", "volt", "volt", "bbb", "bbb", None, None, "pvdd", "cda"],
            id="sources behind quotes",
        ),
        pytest.param(HEADED, ["pvv", "pvv", "vvd", "vvd", "cda", "cda", "volt", "volt"], id="names above quotes"),
        pytest.param(
            DEBATE,
            [None, None, "christenunie", None, "d66", "christenunie", "bbb", None, "d66", "sp", None, "sp", "pvv"],
            id="a debate, with people",
        ),
        pytest.param(TABLE, [None, None, "vvd", "d66", "sp", "cda", "pvv", None, None], id="a table as CSV"),
        pytest.param(QUESTIONS, [None, *["vvd"] * 4, *["cda"] * 2, *["groenlinks"] * 2], id="questions"),
    ],
)
def test_each_line_has_its_party(
    text: str, expected: list[str | None], document_of: Callable[..., Document], resources: Resources
) -> None:
    assert [party_id for party_id, _ in parties(text, document_of, resources)] == expected


def test_a_name_between_known_ones_is_a_party(document_of: Callable[..., Document], resources: Resources) -> None:
    """It stands above the field that stands below the others' names, and is not swallowed by the one before."""
    sections = split(Extraction(document=document_of(FIELDS)), resources=resources).sections
    assert [(each.party_id, each.party_as_written) for each in sections][:2] == [("vvd", "VVD"), (None, "Lokaal Sterk")]


def test_what_is_about_no_one_party_is_a_problem(document_of: Callable[..., Document], resources: Resources) -> None:
    text = ITEMS + "8. Anders dan de VVD wil men in het dorp van alles tegelijk.\n"
    problems = split(Extraction(document=document_of(text)), resources=resources).problems
    assert [each.code for each in problems] == ["party-unclear"]
    assert "Anders dan de VVD" in problems[0].message


def test_short_quotes_with_a_source_are_statements(document_of: Callable[..., Document], resources: Resources) -> None:
    extraction = split(Extraction(document=document_of(TABLE)), resources=resources)
    assert extraction.document
    text = SOURCES.replace("De zee is van de vissen", "Vrij is de zee")
    extraction = split(Extraction(document=document_of(text)), resources=resources)
    assert extraction.document
    quotes, _ = extract_quotes(extraction.document, extraction.passages, extraction.sections)
    assert "Vrij is de zee" in [each.text for each in quotes if each.kind == "statement"]


@pytest.mark.parametrize("text", ["VVD\n\u00ad", "VVD\n\u00ad\nDe VVD wil rust.\n"])
def test_no_passage_is_empty(text: str, document_of: Callable[..., Document], resources: Resources) -> None:
    passages = split(Extraction(document=document_of(text)), resources=resources).passages
    assert all(each.char_start < each.char_end for each in passages)
