"""From layer to document text: repairs, furniture, contents, blocks and the ledger, on small texts.

Cases of a line or two are in `cases/layout.json`; those that need a text around them are built here.
"""

import hashlib
import json
import random
import textwrap
import time
import unicodedata
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from extract.extraction import Resources, split
from extract.layout.blocks import find_text_blocks
from extract.layout.furniture import find_furniture
from extract.layout.layers import Box, Layer, Line, Style, layer_of_blocks
from extract.layout.ledger import as_csv, from_csv, layer_places, rebuild_layer
from extract.layout.repairs import Repaired, repair
from extract.reading.documents import read_document
from extract.reading.facts import Facts
from extract.reading.formats import FORMATS
from extract.reading.plain_text import layer_of_text
from extract.records import Document, Extraction

CASES = json.loads((Path(__file__).parents[1] / "cases" / "layout.json").read_text(encoding="utf-8"))
WORDS = [
    "de", "overheid", "burgers", "het", "land", "gemeenten", "mensen", "zorg", "onderwijs", "woningen", "werk",
    "natuur", "water", "boeren", "leraren", "ouders", "kinderen", "samen", "beter", "eerlijk", "nieuwe",
    "goede", "veilige", "betaalbare", "willen", "kiezen", "bouwen", "maken", "geven", "krijgen", "blijven",
    "komen", "staan", "horen", "voor", "met", "naar", "over", "door", "tussen", "zonder", "en", "maar", "want",
    "omdat", "ook", "weer", "altijd", "nooit", "straks", "hier", "daar", "steeds", "vooral",
]  # fmt: skip


def prose(sentences: int, seed: int) -> str:
    """Sentences of Dutch words in any order, so that no line comes back."""
    chance = random.Random(seed)
    return " ".join(
        " ".join(chance.choices(WORDS, k=chance.randint(12, 20))).capitalize() + " beleid." for _ in range(sentences)
    )


def wrapped(sentences: int, seed: int) -> list[str]:
    """Prose in lines of a width, of which the last is short."""
    tries = (textwrap.wrap(prose(sentences, seed + 100 * number), 66) for number in range(50))
    return next(lines for lines in tries if len(lines[-1]) < 45)


def repaired(layer: Layer) -> Repaired:
    """A layer's text, with what must hold for any."""
    blocks = find_text_blocks(layer, find_furniture(layer))
    assert sorted(rank for block in blocks for rank in block.lines) == list(range(len(layer.lines)))
    found = repair(layer, blocks)
    assert rebuild_layer(found.text, from_csv(as_csv(found.ledger))) == layer.text
    starts = [block.start for block in found.blocks]
    assert starts == sorted(set(starts)) and (not starts or starts[-1] < len(found.text))
    for entry in found.ledger:
        assert layer.text[entry.layer_start : entry.layer_end] == entry.original
    return found


def blocks_of(lines: Sequence[str] | Layer) -> list[tuple[str, str]]:
    """Kind and text of each block of a text."""
    found = repaired(lines if isinstance(lines, Layer) else layer_of_text("\n".join(lines)))
    ends = [*(block.start for block in found.blocks[1:]), len(found.text)]
    return [(block.kind, found.text[block.start : end].strip()) for block, end in zip(found.blocks, ends, strict=True)]


def of_kind(kind: str, lines: Sequence[str]) -> list[str]:
    return [text for each, text in blocks_of(lines) if each == kind]


def marked(case: dict[str, Any]) -> Any:
    marks = [pytest.mark.xfail(reason=case["fails"], strict=True)] if "fails" in case else []
    return pytest.param(case, id=case["about"], marks=marks)


# --- repairs ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("case", [marked(case) for case in CASES["repairs"]])
def test_repairs(case: dict[str, Any]) -> None:
    """Each in the midst of a paragraph; the ledger names the step and keeps what stood there."""
    lead = "Wij kiezen voor een land waarin iedereen mee kan doen, "
    tail = " en waarin niemand\nmeer aan de kant hoeft te staan, omdat dat niet hoort en omdat wij\ndat samen willen."
    found = repaired(layer_of_text(lead + case["before"] + tail))
    assert found.text == (lead + case["after"] + tail).replace("\n", " ")
    named = [entry for entry in found.ledger if entry.step not in ("line-break", "line-end", "moved")]
    assert [entry.step for entry in named] == case["steps"]
    for entry in named:
        assert found.text[entry.char_start : entry.char_end] != entry.original


@pytest.mark.parametrize("case", [marked(case) for case in CASES["furniture"]])
def test_links_are_furniture(case: dict[str, Any]) -> None:
    lines = [*wrapped(4, 1), case["text"], *wrapped(4, 2)]
    assert (case["text"] in of_kind("furniture", lines)) == case["furniture"]


def test_places_of_the_text_are_found_in_the_layer() -> None:
    text = "Wij zijn voor niet-\nwesterse e\ufb03ciëntie en voor\nhuur\u00ad\nwoningen, die er snel komen moeten.\n"
    found = repaired(layer_of_text(text))
    assert found.text == "Wij zijn voor niet-westerse efficiëntie en voor huurwoningen, die er snel komen moeten.\n"
    for word in ("Wij", "westerse", "ciëntie", "woningen", "moeten"):
        (place,) = layer_places([found.text.index(word)], found.ledger)
        assert text[place : place + len(word)] == word


# --- furniture of plain text ------------------------------------------------------------------------------------------


def with_every(lines: Sequence[str], step: int, between: Callable[[int], str]) -> list[str]:
    """The lines, with a line of furniture after every so many, which cuts a sentence in two."""
    result: list[str] = []
    number = 0
    for place, line in enumerate(lines):
        result.append(line)
        if (
            place % step >= step // 2
            and place // step == number
            and line[-1] not in ".,"
            and lines[place + 1 : place + 2]
            and lines[place + 1][0].islower()
        ):
            result.append(between(number))
            number += 1
    assert number >= 3
    return result


@pytest.mark.parametrize(
    "between",
    [
        lambda _: "Verkiezingsprogramma 2025 – Samen sterker",
        lambda number: f"Samen sterker {number + 7}",
        lambda number: str(number + 3),
        lambda number: f"pagina | {number + 7}",
        lambda number: f"- {number + 11} -",
    ],
    ids=["title", "title-and-number", "number", "pagina", "dashes"],
)
def test_what_runs_from_page_to_page_is_furniture(between: Callable[[int], str]) -> None:
    """And the sentences that it cuts in two are whole."""
    body = wrapped(40, 1)
    lines = with_every(body, 18, between)
    inserted = [line for line in lines if line not in set(body)]
    assert of_kind("furniture", lines) == inserted
    assert of_kind("body", lines) == [" ".join(body)]


@pytest.mark.parametrize(
    "step",
    [
        pytest.param(
            1,
            marks=pytest.mark.xfail(
                reason="No line follows another at once, so that the text counts as one with a line per paragraph.",
                strict=True,
            ),
        ),
        5,
    ],
)
def test_line_numbers_are_furniture(step: int) -> None:
    body = wrapped(30, 1)
    lines = [
        each for rank, line in enumerate(body, start=1) for each in ([line, str(rank)] if rank % step == 0 else [line])
    ]
    assert of_kind("furniture", lines) == [str(rank) for rank in range(step, len(body) + 1, step)]
    assert of_kind("body", lines) == [" ".join(body)]


def test_a_subheading_that_comes_back_is_no_furniture() -> None:
    lines = [
        line
        for seed, theme in enumerate(["wonen", "zorg", "werk", "natuur"])
        for line in (f"Goed {theme}", *wrapped(5, seed), "Onze voorstellen", *wrapped(4, seed + 10))
    ]
    assert not of_kind("furniture", lines)
    assert of_kind("heading", lines).count("Onze voorstellen") == 4


@pytest.mark.parametrize("sentences", [2, 8])
def test_articles_are_no_page_numbers(sentences: int) -> None:
    lines = [line for number in range(1, 8) for line in (f"Art. {number}", *wrapped(sentences, number))]
    assert not of_kind("furniture", lines)
    for number in range(1, 8):
        assert any(text.startswith(f"Art. {number}") for kind, text in blocks_of(lines) if kind != "contents")


@pytest.mark.parametrize(
    "sentences",
    [
        2,
        pytest.param(
            10,
            marks=pytest.mark.xfail(
                reason="Numbers with a point that count up every 15 lines or more are taken for page numbers.",
                strict=True,
            ),
        ),
    ],
)
def test_numbers_on_lines_of_their_own_belong_to_paragraphs(sentences: int) -> None:
    lines = [line for number in range(41, 49) for line in (f"{number}.", *wrapped(sentences, number))]
    assert not of_kind("furniture", lines)
    assert sum(text[:4] in {f"{number}. " for number in range(41, 49)} for _, text in blocks_of(lines)) == 8


@pytest.mark.xfail(reason="Lines that come back are furniture, though they begin with a small letter.", strict=True)
def test_a_refrain_is_no_furniture() -> None:
    refrain = [
        "Wij kiezen voor een land waarin iedereen mee kan doen en waarin",
        "niemand meer aan de kant hoeft te staan, omdat wij dat samen zo",
        "willen.",
    ]
    lines = [line for seed in range(4) for line in (*wrapped(4, seed), *refrain)]
    assert not of_kind("furniture", lines)


def test_titles_glued_into_lines_are_furniture() -> None:
    """As where a tool lost the line ends: a title in mid-sentence, with the number of its page."""
    title = "Verkiezingsprogramma Partij van de Dijken Tweede Kamerverkiezingen 2017"
    parts = [
        f"{prose(3, seed)} {' '.join(prose(1, seed + 40).split()[:8])} {seed + 12} | {title} "
        f"{' '.join(prose(1, seed + 60).lower().split()[8:])} {prose(2, seed + 80)}"
        for seed in range(8)
    ]
    furniture = of_kind("furniture", parts)
    assert furniture == [f"{seed + 12} | {title}" for seed in range(8)]
    assert of_kind("body", parts) == [part.replace(f"{seed + 12} | {title} ", "") for seed, part in enumerate(parts)]


# --- contents, headings, lists, paragraphs ----------------------------------------------------------------------------

TITLES = [
    "Betaalbaar wonen voor allen", "Goede zorg dichtbij", "Onderwijs dat verheft", "Werk en inkomen",
    "Natuur en landbouw", "Een veilig land",
]  # fmt: skip
CHAPTERS = [line for seed, title in enumerate(TITLES) for line in (title, *wrapped(5, seed))]
PAGES = [str(3 * rank + 4) for rank in range(len(TITLES))]


@pytest.mark.parametrize(
    "entries",
    [
        [f"{title} ........ {page}" for title, page in zip(TITLES, PAGES, strict=True)],
        [f"{title} . . . . . . {page}" for title, page in zip(TITLES, PAGES, strict=True)],
        [f"{title} {page}" for title, page in zip(TITLES, PAGES, strict=True)],
        TITLES,
        [each for pair in zip(TITLES, PAGES, strict=True) for each in pair],
        [*TITLES, *PAGES],
    ],
    ids=["dots", "spaced-dots", "no-dots", "no-pages", "pages-below", "pages-in-a-column"],
)
def test_contents(entries: list[str]) -> None:
    lines = ["Inhoudsopgave", *entries, *CHAPTERS]
    assert of_kind("contents", lines) == entries
    assert of_kind("heading", lines) == ["Inhoudsopgave", *TITLES]


def test_lines_that_end_in_years_are_no_contents() -> None:
    lines = [*wrapped(4, 1), *(f"In {year} stemden wij tegen, en dat was in {year}" for year in range(2012, 2020)),
             *wrapped(4, 2)]  # fmt: skip
    assert not of_kind("contents", lines)


@pytest.mark.parametrize(
    ("title", "level"), [("WONEN", 1), ("1.2 Huren", 3), ("Hoofdstuk 3 Zorg", 1), ("## Zorg", 2), ("2. Zorg", 2)]
)
def test_headings(title: str, level: int) -> None:
    text = "\n".join([*wrapped(4, 1), "", title, "", *wrapped(4, 2)])
    (heading,) = [block for block in repaired(layer_of_text(text)).blocks if block.kind == "heading"]
    assert heading.level == level
    assert blocks_of([text])[1] == ("heading", title)


@pytest.mark.parametrize("line", ["Dat is wat wij willen.", "Daarom willen wij:", "en dat wordt steeds erger"])
def test_short_lines_that_are_no_headings(line: str) -> None:
    assert not of_kind("heading", [*wrapped(4, 1), "", line, "", *wrapped(4, 2)])


@pytest.mark.parametrize(
    "items",
    [
        ["- meer huizen bouwen;", "- lagere huren;", "- een bouwfonds."],
        ["• Meer huizen bouwen", "• Lagere huren", "• Een bouwfonds"],
        ["1. Meer huizen bouwen in de steden", "2. Lagere huren voor iedereen", "3. Een bouwfonds"],
        ["a) meer huizen bouwen,", "b) lagere huren,", "c) een bouwfonds."],
        ["meer huizen bouwen;", "lagere huren;", "een bouwfonds."],
    ],
    ids=["dash", "bullet", "number", "letter", "none"],
)
def test_items_of_a_list(items: list[str]) -> None:
    lines = [*wrapped(4, 1), "Daarom willen wij:", *items, *wrapped(4, 2)]
    assert of_kind("list-item", lines) == items
    assert of_kind("body", lines) == [" ".join(wrapped(4, 1)), "Daarom willen wij:", " ".join(wrapped(4, 2))]


def test_an_item_of_several_lines_is_one() -> None:
    item = textwrap.wrap("- " + prose(3, 5), 66)
    lines = [*wrapped(4, 1), *item, "- " + prose(1, 6)[:50], *wrapped(4, 2)]
    assert of_kind("list-item", lines)[0] == " ".join(item)


def test_a_dash_within_a_sentence_is_no_item() -> None:
    body = [
        "De overheid kiest in stad en dorp voor mensen, en dat is nu al jaren",
        "- zo zeggen zij het zelf - hard nodig, want wij",
    ]
    lines = [*wrapped(3, 1), *body, "houden het samen alleen vol als iedereen met ons mee blijft doen."]
    assert not of_kind("list-item", lines)


def test_a_text_with_a_line_per_paragraph_stays_line_by_line() -> None:
    lines = [prose(seed % 3 + 1, seed) for seed in range(12)]
    assert blocks_of(lines) == [("body", line) for line in lines]


def test_a_wrapped_text_is_paragraphs() -> None:
    paragraphs = [wrapped(5, seed) for seed in range(6)]
    blank = [line for paragraph in paragraphs for line in (*paragraph, "")]
    assert blocks_of(blank) == [("body", " ".join(paragraph)) for paragraph in paragraphs]


def test_a_paragraph_ends_where_the_next_word_would_have_fitted() -> None:
    """Without white space, and without an indent."""
    paragraphs = [wrapped(5, seed) for seed in range(6)]
    lines = [line for paragraph in paragraphs for line in paragraph]
    assert blocks_of(lines) == [("body", " ".join(paragraph)) for paragraph in paragraphs]


def test_what_a_file_says_of_itself_goes_before_how_it_looks() -> None:
    layer = layer_of_blocks([("Dat is alles.", "heading", 2), ("WONEN", "body", None), ("17", "furniture", None)])
    assert blocks_of(layer) == [("heading", "Dat is alles."), ("body", "WONEN"), ("furniture", "17")]


def test_a_page_with_very_many_lines_ends() -> None:
    """A PDF of 500 kB can have tens of thousands on one, and the limits of the child do not reach the parent."""
    style = Style(1.0)

    def seconds(count: int) -> float:
        lines = tuple(
            Line(
                start=3 * rank, end=3 * rank + 2, page=1, box=Box(50, 60, 99_000.0 - 2 * rank), first=style, last=style
            )
            for rank in range(count)
        )
        layer = Layer(text="ja\n" * count, lines=lines, pages=1, page_sizes=((595, 99_999),))
        began = time.perf_counter()
        find_text_blocks(layer, find_furniture(layer))
        return time.perf_counter() - began

    seconds(100)
    assert seconds(4_000) < 8 * seconds(1_000)  # four times, if it grows with the lines; sixteen, with their square


# --- any text ---------------------------------------------------------------------------------------------------------

PIECES = [
    "De overheid betaalt mee aan ieder plan,", "dat niemand achterblijft in stad en", "dorp. Wie", "WONEN", "Inhoud",
    "41.", "7", "8", "9", "pagina | 12", "• meer huizen", "- ", "1. ", "a) ", "; ", ":", ".", " ", "  ", "\n", "\n\n",
    "\n", "\f", "\t", "huur-", "huur\u00ad", "huur\u0002", "huur\ufffe", "\ufffe", "woningen", "gas- en", "e\ufb03c",
    "\ufb01", "\u0133", "V R I J H E I D", "belas ting", "→ Lees hier meer", "\uf0b7 ", "\x07", "e\u0301", "\u0301",
    "\u2028", "\u0085", "😀", "“", "”", "..... 12", "Wonen ....... 4", "# ", "**", "woord " * 300, "x" * 2_000,
    "Artikel 3", "¬", "Samen sterker 2025", "Onze voorstellen", " - ", "/", "–",
]  # fmt: skip
WILD = st.lists(st.sampled_from(PIECES), max_size=80).map("".join) | st.lists(st.sampled_from(PIECES), max_size=60).map(
    "\n".join
)


def letters_of(text: str) -> list[str]:
    """Letters and digits, ligatures taken apart, in no order: what interrupts a paragraph comes after it."""
    return sorted(character for character in unicodedata.normalize("NFKD", text) if character.isalnum())


@given(WILD)
@settings(max_examples=300, deadline=None, derandomize=True)
@example("")
@example("\f\f")
@example("huur-")
@example("\ufffe\n\ufffe\n\ufffe")
@example("a\u00ad\n7\nb\u00ad\n8\nc")
def test_any_text_keeps_its_lines_and_its_layer(text: str) -> None:
    found = repaired(layer_of_text(text))
    letters, kept = letters_of(text), letters_of(found.text)
    assert kept == letters
    places = layer_places(range(len(found.text)), found.ledger)
    assert all(0 <= place <= len(text) for place in places)


@given(WILD)
@settings(max_examples=100, deadline=None, derandomize=True)
def test_any_text_is_covered_by_passages(resources: Resources, text: str) -> None:
    found = repaired(layer_of_text(text))
    if not found.text.strip():
        return
    document = Document(
        document_id="0" * 16, path="a.txt", sha256="0" * 64, kind="digest", media_type="text/plain", bytes=0,
        characters=len(found.text), layer_sha256=hashlib.sha256(text.encode()).hexdigest(), text=found.text,
        blocks=found.blocks, ledger=as_csv(found.ledger),
    )  # fmt: skip
    extraction = split(Extraction(document=document), resources=resources)
    assert "".join(found.text[each.char_start : each.char_end] for each in extraction.passages) == found.text
    assert all(found.text[each.char_start : each.char_end] == each.text for each in extraction.sentences)


# --- bad input --------------------------------------------------------------------------------------------------------


def read(path: Path) -> tuple[Document | None, list[str]]:
    document, problems = read_document(path, raw=path.parent, facts=Facts(), max_characters=8_000_000)
    assert document or problems
    return document, [each.code for each in problems]


@pytest.mark.parametrize("ending", [ending for each in FORMATS for ending in each.endings])
def test_a_huge_file_is_refused_unread(tmp_path: Path, ending: str, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / f"a{ending}"
    with path.open("wb") as file:
        file.seek(300 * 2**20)
        file.write(b"VVD")

    def never(_: Path) -> bytes:
        raise AssertionError("it is read")

    monkeypatch.setattr(Path, "read_bytes", never)
    assert read(path) == (None, ["too-long"])


def test_a_few_nulls_stand_for_spaces(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_bytes(b"De SP wil\0meer huizen. " + b"Het kan anders, en het moet anders. " * 5)
    document, codes = read(tmp_path / "a.txt")
    assert document and not codes
    assert document.text.startswith("De SP wil meer huizen.")
    assert "\0" in rebuild_layer(document.text, from_csv(document.ledger))


def test_many_nulls_are_no_text(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_bytes(b"De\0SP\0wil\0meer\0huizen.\0" * 20)
    assert read(tmp_path / "a.txt") == (None, ["not-text"])


def test_a_text_in_two_character_sets_is_doubted(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_bytes("Eén land.\n".encode() * 20 + "Eén volk, één crèche.\n".encode("cp1252") * 20)
    document, codes = read(tmp_path / "a.txt")
    assert document and codes in (["encoding-guessed"], ["characters-lost"])
    assert document.text.count("volk") == document.text.count("land") == 20


def test_a_page_is_read_without_its_scripts(tmp_path: Path, resources: Resources) -> None:
    page = (
        "<!doctype html><html><head><title>Samen</title><script>var geheim = '<p>De SP wil dit niet.</p>';</script>"
        "<style>p { color: red }</style></head><body onload='kwaad()'><h1>Wonen</h1><p>De huren gaan <b>om</b>laag."
        "<script>document.write('Kwaad woord.')</script></p><noscript>Zet scripts aan.</noscript>"
        "<iframe src='x'>Kader.</iframe><p onclick=\"alert('x')\">Er komen huizen.</p></body></html>"
    )
    (tmp_path / "a.html").write_text(page, encoding="utf-8")
    document, codes = read(tmp_path / "a.html")
    assert document and not codes
    sentences = split(Extraction(document=document), resources=resources).sentences
    assert [each.text for each in sentences] == ["Wonen", "De huren gaan omlaag.", "Er komen huizen."]
    assert not any(word in document.text for word in ("geheim", "Kwaad", "kwaad", "color", "alert"))
