"""PDFs, made here: what is found in them, what is refused, and that nothing they hold harms the reader."""

import datetime
import hashlib
import io
import random
import subprocess
import sys
import time
import zlib
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from fpdf import FPDF
from fpdf.enums import EncryptionMethod
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from extract.extraction import Resources, split
from extract.layout.ledger import from_csv, page_starts, rebuild_layer
from extract.reading import pdf
from extract.reading.documents import read_document
from extract.reading.facts import Facts
from extract.records import Extraction, Problem, page_at

THEMES = ["wonen", "zorg", "natuur", "onderwijs", "werk", "cultuur", "defensie", "landbouw", "energie", "veiligheid"]
LEFT, WIDTH = 60, 440  # points
MADE = datetime.datetime(2023, 9, 1, tzinfo=datetime.UTC)


def paragraph(number: int) -> str:
    theme = THEMES[number % len(THEMES)]
    return (
        f"Wij kiezen in deze tijd voor beter beleid over {theme} in alle delen van ons land, en dat is nodig want wie "
        f"nu iets van {theme} verwacht, krijgt te weinig. De overheid neemt bij {theme} weer zelf het voortouw en "
        f"wacht niet langer af, zodat {theme} weer van iedereen is. Dat is wat wij voor {theme} doen."
    )


class Programme(FPDF):
    """A PDF whose pages are filled from the top."""

    def __init__(self) -> None:
        super().__init__(unit="pt", format="a4")
        self.core_fonts_encoding = "cp1252"
        self.set_auto_page_break(False)
        self.set_creation_date(MADE)

    def write_block(
        self, text: str, *, y: float | None = None, x: float = LEFT, width: float = WIDTH, size: float = 11,
        style: str = "", gap: float = 9,
    ) -> None:  # fmt: skip
        """Set a block at height `y`, or below the last one."""
        self.set_font("helvetica", style, size)
        self.set_xy(x, self.get_y() + gap if y is None else y)
        self.multi_cell(width, 1.25 * size, text, align="L")

    def lines(self, *lines: str, y: float = 120) -> None:
        self.set_font("helvetica", "", 11)
        for rank, line in enumerate(lines):
            self.text(LEFT, y + 14 * rank, line)

    def bytes(self) -> bytes:
        return bytes(self.output())


def plain(pages: int = 3) -> Programme:
    made = Programme()
    for number in range(pages):
        made.add_page()
        made.write_block(paragraph(number), y=120)
        made.write_block(paragraph(number + 5))
    return made


@pytest.fixture
def read(tmp_path: Path, resources: Resources):
    """A function that reads a PDF, checks what holds for any, and gives its passages and sentences."""

    def reader(made: Programme | bytes, name: str = "programma.pdf") -> Extraction:
        data = made if isinstance(made, bytes) else made.bytes()
        (tmp_path / name).write_bytes(data)
        return answered(tmp_path / name, resources)

    return reader


def answered(path: Path, resources: Resources) -> Extraction:
    """A Document of which nothing is lost, or a Problem that says why there is none."""
    document, problems = read_document(path, raw=path.parent, facts=Facts(), max_characters=8_000_000)
    if document is None:
        assert [each.severity for each in problems] == ["error"]
        return Extraction(document=None, problems=tuple(problems))
    extraction = split(Extraction(document=document, problems=tuple(problems)), resources=resources)
    text = document.text
    assert "".join(text[each.char_start : each.char_end] for each in extraction.passages) == text
    assert all(text[each.char_start : each.char_end] == each.text for each in extraction.sentences)
    ledger = from_csv(document.ledger)
    layer = rebuild_layer(text, ledger)
    if document.pages:
        again = replace(document, page_starts=page_starts(text, ledger))
        visible = [at for at, character in enumerate(text) if not character.isspace()]
        assert [page_at(again, at) for at in visible] == [page_at(document, at) for at in visible]
    assert hashlib.sha256(layer.encode("utf-8", "surrogatepass")).hexdigest() == document.layer_sha256
    return extraction


def passages(extraction: Extraction, *kinds: str) -> list[str]:
    assert extraction.document, extraction.problems
    text = extraction.document.text
    return [
        text[each.char_start : each.char_end].strip() for each in extraction.passages if not kinds or each.kind in kinds
    ]


def codes(extraction: Extraction) -> list[str]:
    return [each.code for each in extraction.problems if each.code != "no-programme"]


def refused(extraction: Extraction) -> Problem:
    """The one Problem of a file that gave no document."""
    assert extraction.document is None
    (problem,) = extraction.problems
    assert problem.message.startswith(f"{problem.path} ")
    return problem


# --- layout -----------------------------------------------------------------------------------------------------------


def test_two_columns_are_read_one_after_the_other(read) -> None:
    made = Programme()
    made.add_page()
    made.write_block(paragraph(0), y=120, width=220)
    made.write_block(paragraph(1), y=120, x=310, width=220)
    assert passages(read(made)) == [paragraph(0), paragraph(1)]


def test_a_paragraph_runs_over_from_column_to_column(read) -> None:
    words = paragraph(0).split()
    made = Programme()
    made.add_page()
    made.write_block(paragraph(1), y=120, width=220)
    made.write_block(" ".join(words[:25]), width=220)
    made.write_block(" ".join(words[25:]), y=120, x=310, width=220)
    made.write_block(paragraph(2), x=310, width=220)
    assert passages(read(made)) == [paragraph(1), paragraph(0), paragraph(2)]


def running(pages: int = 4) -> Iterator[tuple[Programme, int]]:
    """Pages with a running title, a page number and an address."""
    made = Programme()
    for page in range(1, pages + 1):
        made.add_page()
        made.set_font("helvetica", "", 8)
        made.text(LEFT, 40, "Samen sterker")
        made.text(290, 810, str(page))
        made.text(LEFT, 825, "www.dijken.nl")
        made.set_y(111)
        yield made, page


def test_running_titles_and_page_numbers_are_furniture(read) -> None:
    for made, page in running():
        made.write_block(paragraph(page))
    extraction = read(made)
    assert sorted(passages(extraction, "furniture")) == sorted(["Samen sterker", "www.dijken.nl"] * 4 + [*"1234"])
    assert passages(extraction, "body") == [paragraph(page) for page in range(1, 5)]
    said = " ".join(each.text for each in extraction.sentences)
    assert "Samen" not in said and "www" not in said and not any(map(str.isdigit, said))


def test_a_paragraph_that_runs_over_a_page_is_one_passage_and_begins_where_it_begins(read) -> None:
    start = (
        "Deze zin begint onder aan de bladzijde en hij loopt door op de bladzijde die daarna komt, want onze gemeenten"
    )
    rest = "verdienen meer geld. Dat is alles."
    for made, page in running():
        if page == 3:
            made.write_block(rest)
        made.write_block(paragraph(page))
        if page == 2:
            made.write_block(start)
    extraction = read(made)
    assert f"{start} {rest}" in passages(extraction, "body")
    (passage,) = (each for each, text in zip(extraction.passages, passages(extraction), strict=True) if rest in text)
    assert passage.page == 2
    pages = {each.text: each.page for each in extraction.sentences}
    assert pages[f"{start} verdienen meer geld."] == 2 and pages["Dat is alles."] == 3
    assert [pages[paragraph(page).split(". ")[0] + "."] for page in range(1, 5)] == [1, 2, 3, 4]


def test_hyphens_at_line_ends(read) -> None:
    made = Programme()
    made.add_page()
    made.lines(
        "Wij kiezen voor rust in dit land en al decennia-", "lange verwaarlozing van de niet-",
        "westerse buurten stopt, net als het slechte EU-", "beleid. Ook de gas- en oliewin-",
        "ning stopt hier en de bouw van sociale huur-", "woningen begint.",
    )  # fmt: skip
    extraction = read(made)
    assert [each.text for each in extraction.sentences] == [
        "Wij kiezen voor rust in dit land en al decennialange verwaarlozing van de niet-westerse buurten stopt, net "
        "als het slechte EU-beleid.",
        "Ook de gas- en oliewinning stopt hier en de bouw van sociale huurwoningen begint.",
    ]
    assert extraction.document
    steps = [each.step for each in from_csv(extraction.document.ledger) if each.step.startswith("hyphen")]
    assert steps == ["hyphen", "hyphen-kept", "hyphen-kept", "hyphen", "hyphen"]


def test_headings_by_size_and_weight(read) -> None:
    made = Programme()
    made.add_page()
    made.write_block("Een eerlijk land", y=120, size=22, style="B")
    made.write_block(paragraph(0))
    made.write_block("Betaalbaar wonen", size=14, style="B")
    made.write_block(paragraph(1), gap=4)
    made.write_block("Huren", style="B")
    made.write_block(paragraph(2), gap=0)
    made.write_block("Goede zorg", size=14, style="B")
    made.write_block(paragraph(3), gap=4)
    extraction = read(made)
    assert passages(extraction, "heading") == ["Een eerlijk land", "Betaalbaar wonen", "Huren", "Goede zorg"]
    assert [each.heading_path for each in extraction.passages if each.kind == "body"] == [
        "Een eerlijk land",
        "Een eerlijk land > Betaalbaar wonen",
        "Een eerlijk land > Betaalbaar wonen > Huren",
        "Een eerlijk land > Goede zorg",
    ]


def test_bold_words_make_no_heading(read) -> None:
    made = Programme()
    made.add_page()
    made.write_block(paragraph(0), y=120)
    made.set_xy(LEFT, made.get_y() + 9)
    made.set_font("helvetica", "B", 11)
    made.write(14, "Wonen is een recht. ")
    made.set_font("helvetica", "", 11)
    made.write(14, "Daarom bouwen wij.")
    extraction = read(made)
    assert passages(extraction) == [paragraph(0), "Wonen is een recht. Daarom bouwen wij."]
    assert not passages(extraction, "heading")


def test_a_sentence_that_ends_near_the_margin_ends_no_paragraph(read) -> None:
    texts = [
        f"Wij kiezen in deze tijd voor betere {theme} in alle delen van ons land en dat is nodig. De overheid neemt "
        f"bij {theme} weer zelf het voortouw en wacht niet langer af. Wie nu iets van {theme} verwacht, krijgt te "
        "weinig."
        for theme in ("zorg", "natuur", "onderwijs")
    ]
    made = Programme()
    made.add_page()
    made.set_y(120)
    for text in texts:
        made.write_block(text)
    assert passages(read(made)) == texts


ITEMS = [
    "Meer huizen bouwen in de steden en in de dorpen van ons land, zodat iedereen die zoekt er ook een vindt en houdt",
    "Lagere huren",
    "Een bouwfonds van drie miljard",
]


@pytest.mark.parametrize("bullet", ["•", "–", None], ids=["bullet", "dash", "drawn"])
def test_bullets_written_and_drawn(read, bullet: str | None) -> None:
    made = Programme()
    made.add_page()
    made.write_block(paragraph(0), y=120)
    made.write_block("Daarom willen wij:")
    for item in ITEMS:
        if bullet:
            made.text(LEFT + 4, made.get_y() + 11, bullet)
        else:
            made.ellipse(LEFT + 5, made.get_y() + 5, 4, 4, style="F")
        made.write_block(item, x=LEFT + 16, width=WIDTH - 16, gap=0)
    made.write_block(paragraph(1))
    extraction = read(made)
    assert passages(extraction, "list-item") == [f"{bullet} {item}" if bullet else item for item in ITEMS]
    assert passages(extraction, "body") == [paragraph(0), "Daarom willen wij:", paragraph(1)]
    assert [each.text for each in extraction.sentences if each.text in ITEMS] == ITEMS


def test_ticks_of_a_symbol_font_are_bullets(read) -> None:
    made = Programme()
    made.add_page()
    made.write_block(paragraph(0), y=120)
    for item in ITEMS:
        made.set_font("zapfdingbats", "", 11)
        made.text(LEFT + 2, made.get_y() + 11, "4")
        made.write_block(item, x=LEFT + 16, width=WIDTH - 16, gap=0)
    items = [text.lstrip("✔ ") for text in passages(read(made), "list-item")]
    assert items == ITEMS


def test_a_tick_is_no_part_of_its_sentence(read) -> None:
    made = Programme()
    made.add_page()
    made.write_block(paragraph(0), y=120)
    made.set_font("zapfdingbats", "", 11)
    made.text(LEFT + 2, made.get_y() + 20, "4")
    made.write_block("Lagere huren", x=LEFT + 16)
    assert read(made).sentences[-1].text == "Lagere huren"


CHAPTERS = [
    "Betaalbaar wonen",
    "Goede zorg voor iedereen",
    "Onderwijs dat verheft",
    "Werk en inkomen",
    "Een veilig land",
]


@pytest.mark.parametrize("dots", [True, False])
def test_contents_with_dots_and_without(read, dots: bool) -> None:
    made = Programme()
    made.add_page()
    made.write_block("Inhoud", y=120, size=20, style="B")
    for number, chapter in enumerate(CHAPTERS, start=2):
        if dots:
            made.write_block(f"{chapter} {'.' * 60} {number}", gap=0)
        else:
            made.write_block(chapter, gap=0)
            made.write_block(str(number), x=440, y=made.get_y() - 13.75)
    for number, chapter in enumerate(CHAPTERS, start=2):
        made.add_page()
        made.write_block(chapter, y=120, size=18, style="B")
        made.write_block(paragraph(number))
        made.text(290, 810, str(number))
    extraction = read(made)
    listed = " ".join(passages(extraction, "contents"))
    assert all(chapter in listed for chapter in CHAPTERS)
    assert passages(extraction, "heading") == ["Inhoud", *CHAPTERS]
    assert [each.page for each in extraction.passages if each.kind == "contents"] == [1] * (5 if dots else 10)
    assert [each.heading_path for each in extraction.passages if each.kind == "body"] == CHAPTERS


@pytest.mark.parametrize(
    "pulled",
    [
        "Niemand mag tussen wal en schip vallen.",
        pytest.param(
            "Niemand mag tussen wal en schip vallen",
            marks=pytest.mark.xfail(reason="Without a full stop it is a heading.", strict=True),
        ),
    ],
)
def test_a_pull_quote_in_mid_paragraph_cuts_no_sentence(read, pulled: str) -> None:
    made = Programme()
    made.add_page()
    start = "Wij bouwen aan een land waarin iedereen telt en waarin niemand wordt vergeten, ook niet aan de"
    rest = "randen van het land, want daar wonen mensen die al te lang wachten."
    made.write_block(start, y=120)
    made.write_block(pulled, x=100, width=360, size=20, style="B", gap=12)
    made.write_block(f"{rest} {paragraph(1)}", gap=12)
    for number in range(2, 7):  # enough to tell that sentences here start with capitals
        made.write_block(paragraph(number))
    extraction = read(made)
    assert passages(extraction, "body") == [
        f"{start} {rest} {paragraph(1)}",
        *(paragraph(number) for number in range(2, 7)),
    ]
    assert passages(extraction, "quote") == [pulled] and not passages(extraction, "heading")


def test_a_vertical_running_title_is_furniture(read) -> None:
    made = Programme()
    for page in range(2):
        made.add_page()
        made.set_font("helvetica", "", 9)
        with made.rotation(90, x=30, y=500):
            made.text(30, 500, "Hoofdstuk over wonen en zorg")
        made.write_block(paragraph(page), y=120)
    extraction = read(made)
    assert passages(extraction, "furniture") == ["Hoofdstuk over wonen en zorg"] * 2
    assert passages(extraction, "body") == [paragraph(0), paragraph(1)]


# --- what a file says of itself ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "title", "author", "cover", "expected"),
    [
        # a file that was made in a year with an election, from a draft, as its title says
        ("scan1.pdf", "Verkiezingsprogramma D66 concept", "", "Een land", ("d66", "metadata", None, "none", "unknown")),
        ("scan2.pdf", "Programma 2021", "Democraten 66", "Een land",
         ("d66", "metadata", "TK2021", "metadata", "unknown")),
        ("scan3.pdf", "", "", "Democraten 66\nVerkiezingsprogramma 2021-2025",
         ("d66", "title-page", "TK2021", "title-page", "unknown")),
        ("scan5.pdf", "", "", "Verkiezingsprogramma 2021-2025\nVastgesteld door het congres",
         (None, "none", "TK2021", "title-page", "final")),
        ("scan4.pdf", "VVD", "VVD", "D66\nVerkiezingsprogramma 2021-2025",
         ("d66", "title-page", "TK2021", "title-page", "unknown")),
        ("sp-2012.pdf", "VVD", "VVD", "D66\n2021-2025", ("sp", "file-name", "TK2012", "file-name", "unknown")),
    ],
)  # fmt: skip
def test_whose_a_file_is(
    read, name: str, title: str, author: str, cover: str, expected: tuple[str | None, str, str | None, str, str]
) -> None:
    made = Programme()
    made.set_title(title)
    made.set_author(author)
    made.add_page()
    made.set_y(120)
    for line in cover.split("\n"):
        made.write_block(line, size=24, style="B")
    for page in range(2):
        made.add_page()
        made.write_block(paragraph(page), y=120)
    extraction = read(made, name)
    found = extraction.document
    assert found and extraction.sections
    evidence = extraction.sections[0].evidence
    assert (found.party_id, evidence, found.election, found.election_evidence, found.status) == expected


# --- files that give no text ------------------------------------------------------------------------------------------

METHODS = [EncryptionMethod.RC4, EncryptionMethod.AES_128, EncryptionMethod.AES_256]


@pytest.mark.parametrize("method", METHODS, ids=lambda method: method.name)
def test_a_file_with_a_password_is_refused(read, method: EncryptionMethod) -> None:
    made = plain()
    made.set_encryption("baas", user_password="geheim", encryption_method=method)
    assert refused(read(made)).code == "encrypted"


@pytest.mark.parametrize("method", METHODS, ids=lambda method: method.name)
def test_a_file_that_only_its_owner_may_change_opens(read, method: EncryptionMethod) -> None:
    made = plain()
    made.set_encryption("baas", encryption_method=method)
    data = made.bytes()
    assert b"/Encrypt" in data
    assert passages(read(data)) == passages(read(plain()))


@pytest.mark.parametrize("share", [0.01, 0.3, 0.6, 0.9, 0.97, 0.999])
def test_a_file_that_was_cut_off_is_answered(read, share: float) -> None:
    data = plain().bytes()
    extraction = read(data[: int(share * len(data))])
    assert extraction.document or refused(extraction).code in ("damaged", "too-costly", "no-text-layer")


def picture() -> io.BytesIO:
    from PIL import Image

    file = io.BytesIO()
    Image.new("L", (60, 80), 200).save(file, "PNG")
    file.seek(0)
    return file


def test_pictures_of_pages_are_no_text(read) -> None:
    made = Programme()
    for _ in range(2):
        made.add_page()
        made.image(picture(), LEFT, 60, 300, 400)
    problem = refused(read(made))
    assert problem.code == "no-text-layer" and "(2)" in problem.message


def test_a_picture_among_pages_is_told(read) -> None:
    made = plain(2)
    made.add_page()
    made.image(picture(), LEFT, 60, 300, 400)
    made.add_page()
    made.write_block(paragraph(7), y=120)
    extraction = read(made)
    (problem,) = (each for each in extraction.problems if each.code == "page-without-text")
    assert "page 3." in problem.message
    assert extraction.document and extraction.document.pages == 4
    assert extraction.sentences[-1].page == 4


def test_a_name_makes_no_pdf(read) -> None:
    assert refused(read(b"De SP wil meer huizen.\n" * 30)).code == "damaged"
    assert refused(read(b"%PDF-1.7\n" + b"De SP wil meer huizen.\n" * 30)).code == "damaged"


@pytest.mark.parametrize("name", ["programma.txt", "programma.docx", "programma.html"])
def test_a_pdf_is_one_whatever_its_name(read, name: str) -> None:
    extraction = read(plain(), name)
    assert extraction.document and extraction.document.media_type == "application/pdf"
    assert passages(extraction) == passages(read(plain()))


# --- files made to harm -----------------------------------------------------------------------------------------------

PAGE = b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R/Resources<</Font<</F1 5 0 R>>%s>>>>"
FONT = b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>"


def raw_pdf(objects: list[bytes]) -> bytes:
    """A PDF of these objects, the first of which is its catalogue."""
    out = b"%PDF-1.4\n"
    places = []
    for number, each in enumerate(objects, start=1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, each)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    count = len(objects) + 1
    return out + b"xref\n0 %d\n0000000000 65535 f \n%strailer\n<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n" % (
        count, table, count, len(out),
    )  # fmt: skip


def stream(data: bytes, entries: bytes = b"") -> bytes:
    return b"<<%s/Length %d>>\nstream\n%s\nendstream" % (entries, len(data), data)


def with_pages(kids: bytes, count: int, content: bytes = b"", more: bytes = b"", rest: tuple[bytes, ...] = ()) -> bytes:
    pages = b"<</Type/Pages/Kids[%s]/Count %d>>" % (kids, count)
    contents = content if content.startswith(b"<<") else stream(content)
    return raw_pdf([b"<</Type/Catalog/Pages 2 0 R>>", pages, PAGE % more, contents, FONT, *rest])


SAID = b"BT /F1 12 Tf 60 700 Td (Er komen meer huizen in dit land.) Tj ET"


def test_a_pdf_by_hand_is_read(read) -> None:
    """So that what is refused below is refused for what it holds."""
    assert passages(read(with_pages(b"3 0 R", 1, SAID))) == ["Er komen meer huizen in dit land."]


def test_a_stream_that_swells_to_gigabytes_stays_within_the_limits(tmp_path: Path) -> None:
    """7 kB that become 4 GB: in a process of its own, so that its children can be measured."""
    packer = zlib.compressobj(9)
    head = packer.compress(b" ") + packer.flush(zlib.Z_FULL_FLUSH)
    mebibyte = packer.compress(b" " * 2**20) + packer.flush(
        zlib.Z_FULL_FLUSH
    )  # stands by itself, so that it can be repeated
    packed = head + mebibyte * 2**12
    content = stream(zlib.compress(packed, 9), b"/Filter[/FlateDecode/FlateDecode]")
    path = tmp_path / "bom.pdf"
    path.write_bytes(with_pages(b"3 0 R", 1, content))
    assert path.stat().st_size < 20_000
    code = (
        "import resource, sys; from pathlib import Path; from extract.reading import pdf\n"
        "answer = pdf.read_pdf(Path(sys.argv[1]).read_bytes(), max_characters=10**7)\n"
        "print(answer.code, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * 1024)"
    )
    pytest.importorskip("resource")
    began = time.perf_counter()
    done = subprocess.run([sys.executable, "-c", code, path], capture_output=True, text=True, timeout=60, check=True)
    answer, peak = done.stdout.split()
    assert answer == "too-costly" and time.perf_counter() - began < 60
    assert sys.platform != "linux" or int(peak) <= pdf.MEMORY_BYTES


def forms(depth: int, width: int) -> bytes:
    """Forms that each draw the next one many times."""
    entries = b"/Type/XObject/Subtype/Form/BBox[0 0 595 842]/Resources<</Font<</F1 5 0 R>>/XObject<</X %d 0 R>>>>"
    rest = [stream(b"/X Do " * width, entries % (number + 7)) for number in range(depth)]
    return with_pages(b"3 0 R", 1, b"/X Do", b"/XObject<</X 6 0 R>>", (*rest, stream(SAID, entries % 5)))


@pytest.mark.parametrize(
    "data",
    [with_pages(b"3 0 R " * 200_000, 200_000, SAID), forms(depth=8, width=20)],
    ids=["pages", "forms"],
)
def test_what_takes_too_long_is_stopped(read, data: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pdf, "SECONDS", 2)
    began = time.perf_counter()
    problem = refused(read(data))
    assert problem.code == "too-costly" and "2 seconds" in problem.message
    assert time.perf_counter() - began < 10


@pytest.mark.parametrize(
    ("kids", "count"),
    [(b"3 0 R", 2_000_000_000), (b"2 0 R 3 0 R", 5), (b"2 0 R", 1), (b"9 0 R", 1), (b"3 0 R", -1), (b"1 0 R", 3)],
    ids=["too-many", "itself", "only-itself", "nothing", "negative", "catalogue"],
)
def test_a_page_tree_that_lies_is_answered_at_once(read, kids: bytes, count: int) -> None:
    began = time.perf_counter()
    extraction = read(with_pages(kids, count, SAID))
    assert extraction.document or refused(extraction).code in ("damaged", "no-text-layer")
    assert time.perf_counter() - began < 10


@pytest.mark.parametrize("shown", [b"[(Er komen) 30000 (meer huizen)] TJ", b"-20 Tc (Er komen meer huizen) Tj"])
def test_text_that_is_set_backwards_is_answered(read, shown: bytes) -> None:
    extraction = read(with_pages(b"3 0 R", 1, b"BT /F1 12 Tf 400 700 Td %s ET" % shown))
    assert extraction.document or extraction.problems


def test_a_reader_that_dies_is_a_problem(read, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pdf.sys, "executable", "/bin/false")
    assert refused(read(plain())).code == "too-costly"


# --- any bytes --------------------------------------------------------------------------------------------------------

EDITS = st.lists(
    st.tuples(
        st.sampled_from(["flip", "delete", "double", "swap"]), st.floats(0, 1), st.integers(1, 400), st.integers(0, 999)
    ),
    min_size=1, max_size=6,
)  # fmt: skip


def mutated(data: bytes, edits: list[tuple[str, float, int, int]]) -> bytes:
    """The bytes after some edits; the first few stay, as without them a file is no PDF."""
    for what, share, size, seed in edits:
        at = 8 + int(share * max(0, len(data) - 8))
        piece = data[at : at + size]
        if what == "flip":
            chance = random.Random(seed)
            new = bytes(each ^ (chance.randrange(256) if chance.random() < 0.1 else 0) for each in piece)
        else:
            new = {"delete": b"", "double": piece * 2, "swap": piece[::-1]}[what]
        data = data[:at] + new + data[at + size :]
    return data


@given(edits=EDITS)
@settings(max_examples=40, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_change_to_a_file_is_answered(tmp_path: Path, resources: Resources, edits: list) -> None:
    made = plain(2)
    made.set_compression(False)  # so that changes reach the text
    (tmp_path / "a.pdf").write_bytes(mutated(made.bytes(), edits))
    answered(tmp_path / "a.pdf", resources)


@pytest.fixture(scope="module")
def real(texts: Path) -> list[bytes]:
    """Two pages each of two manifestos, with their fonts."""
    import pypdfium2

    found = []
    for name in ("bij1.pdf", "pvv.pdf"):
        source, part = pypdfium2.PdfDocument(texts / "manifestos-2025" / name), pypdfium2.PdfDocument.new()
        part.import_pages(source, [8, 9])
        file = io.BytesIO()
        part.save(file)
        found.append(file.getvalue())
    return found


@given(which=st.integers(0, 1), edits=EDITS)
@settings(max_examples=20, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_change_to_a_real_file_is_answered(
    tmp_path: Path, resources: Resources, real: list[bytes], which: int, edits: list
) -> None:
    (tmp_path / "a.pdf").write_bytes(mutated(real[which], edits))
    answered(tmp_path / "a.pdf", resources)


def test_real_pages_are_read_before_they_are_changed(tmp_path: Path, resources: Resources, real: list[bytes]) -> None:
    for data in real:
        (tmp_path / "a.pdf").write_bytes(data)
        assert len(answered(tmp_path / "a.pdf", resources).sentences) > 10
