"""How well a document was read: what is counted, which doubts are told, and which are not."""

from collections.abc import Callable, Sequence
from dataclasses import replace

import pytest

from extract.extraction import Resources, split
from extract.parties import load_register
from extract.problems import codes
from extract.readings.estimates import FEATURES, estimate, page_f1, read_model
from extract.readings.page_measures import PageMeasures, begins_well, ends_well, is_known
from extract.readings.readings import REDO_OCR
from extract.records import Block, Document, Extraction, PassageKind, Problem, Reading
from extract.settings import Settings

RESOURCES = Resources(Settings(), load_register(), None, ())
DOUBTS = {
    "lines-across-columns", "page-set-aside", "prose-set-aside", "sentences-torn", "text-twice", "words-unknown",
}  # fmt: skip
NOUNS = ("woningen", "scholen", "wegen", "bossen", "ziekenhuizen", "bibliotheken", "treinen", "boeren", "rivieren")
PLACES = ("dorpen", "steden", "provincies", "gemeenten", "wijken", "regio’s", "havens", "polders", "buurten")

PREFACE = (
    "Onze partij begon als een kleine groep mensen die zich zorgen maakte\n"
    "over hun eigen straat. Dat is zij in haar hart nog altijd gebleven, al\n"
    "zijn er nu leden in elke provincie. Wie bij ons aanklopt krijgt een kop\n"
    "koffie en een eerlijk antwoord op zijn vragen. Met dit programma laten wij\n"
    "zien hoe het anders kan in de komende vier jaar."
)

Part = tuple[int, PassageKind, str]  # page, kind and text of a block


def sentence(number: int) -> str:
    """A long sentence that is no other's."""
    noun, place = NOUNS[number % len(NOUNS)], PLACES[number // len(NOUNS) % len(PLACES)]
    return f"Wij willen dat er meer geld komt voor de {noun} in alle {place} van het land."


def prose(count: int, start: int = 0) -> str:
    return " ".join(sentence(start + number) for number in range(count))


def document(parts: Sequence[Part], *, pages: int | None = 3, **more: object) -> Document:
    blocks, starts, text = [], [], ""
    for page, kind, said in parts:
        if not starts or starts[-1][1] != page:
            starts.append((len(text), page))
        blocks.append(Block(len(text), kind, 1 if kind == "heading" else None))
        text += said + "\n"
    fields = {
        "document_id": "0" * 16, "path": "VVD_2021.pdf", "sha256": "0" * 64, "kind": "digest", "text": text,
        "media_type": "application/pdf" if pages else "text/plain", "bytes": 1, "characters": len(text),
        "layer_sha256": "0" * 64, "pages": pages, "blocks": tuple(blocks),
        "page_starts": tuple(starts) if pages else (),
    }  # fmt: skip
    return Document(**(fields | more))  # type: ignore[arg-type]


def read(parts: Sequence[Part], **more: object) -> tuple[Reading, dict[str, Problem]]:
    found = split(Extraction(document=document(parts, **more)), resources=RESOURCES)  # type: ignore[arg-type]
    (reading,) = found.readings
    return reading, {each.code: each for each in found.problems if each.code in DOUBTS}


CLEAN: list[Part] = [
    (1, "heading", "Wonen"),
    (1, "body", prose(10)),
    (2, "list-item", "- " + prose(2, start=10)),
    (2, "body", prose(8, start=12)),
    (2, "furniture", "Partijprogramma 2"),
    (3, "body", prose(10, start=20)),
]


@pytest.mark.parametrize("pages", [3, None])
def test_of_a_clean_text_nothing_is_doubted(pages: int | None) -> None:
    reading, doubts = read(CLEAN, pages=pages)
    assert not doubts and reading.doubts is None and reading.grade == "A"
    assert (reading.sentences, reading.whole_share, reading.prose_aside, reading.said_twice) == (31, 1.0, 0, 0)
    assert reading.running_share and 0.98 < reading.running_share < 1
    assert reading.known_share and reading.known_share > 0.9


def test_only_of_a_pdf_is_anything_estimated() -> None:
    reading, _ = read(CLEAN)
    low, f1, high = reading.sentence_f1_low, reading.sentence_f1, reading.sentence_f1_high
    assert low is not None and f1 is not None and high is not None and 0.85 < low < f1 < high <= 1
    reading, _ = read(CLEAN, pages=None)
    assert (reading.sentence_f1, reading.sentence_f1_low, reading.sentence_f1_high) == (None, None, None)


@pytest.mark.parametrize("kind", ["contents", "other"])
def test_prose_that_is_set_aside_is_told_with_its_page(kind: PassageKind) -> None:
    reading, doubts = read([*CLEAN[:2], (2, kind, PREFACE), *CLEAN[3:]])
    assert doubts.keys() == {"prose-set-aside"} and reading.doubts == "prose-set-aside"
    problem = doubts["prose-set-aside"]
    assert "VVD_2021.pdf" in problem.message and "on page 2." in problem.message
    assert problem.stage == "read" and problem.char_start is not None
    assert reading.prose_aside > 250


def test_entries_of_a_table_of_contents_are_no_prose() -> None:
    titles = "\n".join(f"{number}. {sentence(number)[:-1]} ....... {number}" for number in range(12))
    sentences = "\n".join(f"{number}. {sentence(number + 20)}" for number in range(12))  # each on a line of its own
    reading, doubts = read([(1, "contents", titles), (2, "contents", sentences), (3, "body", prose(20, start=40))])
    assert "prose-set-aside" not in doubts and reading.prose_aside == 0


def test_what_is_set_aside_but_stands_in_running_text_too_is_no_loss() -> None:
    """Text that a spread hides, or a running title that comes back."""
    reading, doubts = read([*CLEAN, (3, "furniture", prose(10).replace(" voor de ", " voor\nde "))])
    assert not doubts and reading.prose_aside == 0


def test_a_page_of_nothing_but_furniture_is_told() -> None:
    scraps = " ".join(f"Regel {number} van iets" for number in range(30))
    _, doubts = read([*CLEAN[:2], (2, "furniture", scraps), CLEAN[5]])
    assert doubts.keys() == {"page-set-aside"} and "on page 2." in doubts["page-set-aside"].message


def test_a_page_that_is_a_table_is_no_doubt() -> None:
    rows = "\n".join(f"Uitgaven aan zorg en onderwijs {number},5 {number},7" for number in range(30))
    reading, doubts = read([*CLEAN[:2], (2, "other", rows), CLEAN[5]])
    assert not doubts and reading.running_share and reading.running_share < 0.9


def test_a_document_that_is_contents_for_the_most_part_is_told() -> None:
    titles = "\n".join(f"Hoofdstuk over iets anders {number}" for number in range(99))
    reading, doubts = read([(1, "contents", titles), (2, "body", prose(2))], pages=2)
    assert "page-set-aside" in doubts and reading.running_share and reading.running_share < 0.2


def test_text_that_is_said_twice_is_told() -> None:
    reading, doubts = read([*CLEAN[:2], (2, "body", prose(10)), CLEAN[5]])
    assert doubts.keys() == {"text-twice"} and "on page 2." in doubts["text-twice"].message
    assert reading.said_twice > 500


def test_a_summary_at_the_end_is_not_told_as_said_twice() -> None:
    parts: list[Part] = [(page, "body", prose(8, start=8 * page)) for page in range(1, 10)]
    reading, doubts = read([*parts, (10, "body", prose(8, start=8))], pages=10)
    assert not doubts and reading.said_twice > 400


def test_a_running_title_is_not_said_twice() -> None:
    title = "Dit is een concept en de leden van onze partij kunnen het nog wijzigen."
    parts: list[Part] = [(page, "body", f"{title} {prose(8, start=8 * page)}") for page in range(1, 10)]
    reading, doubts = read(parts, pages=9)
    assert not doubts and reading.said_twice == 0


def test_columns_that_run_together_are_told() -> None:
    halves = [sentence(number).removesuffix(" van het land.") for number in range(10)]
    torn: list[Part] = [(2, "body", f"{each[4:].lower()} en de") for each in halves]
    reading, doubts = read([CLEAN[1], *torn, CLEAN[5]], scanned_pages=(1, 2, 3))
    assert "sentences-torn" in doubts and "on page 2." in doubts["sentences-torn"].message
    assert REDO_OCR in doubts["sentences-torn"].message
    clean, _ = read(CLEAN)
    assert clean.sentence_f1 and reading.sentence_f1 and reading.sentence_f1 < clean.sentence_f1 - 0.04


def test_a_list_of_names_is_not_torn() -> None:
    names: list[Part] = [
        (2, "body", f"{noun.title()} van {place.title()}") for noun, place in zip(NOUNS, PLACES, strict=True)
    ]
    _, doubts = read([CLEAN[1], *names, CLEAN[5]])
    assert not doubts


@pytest.mark.parametrize(("scans", "said"), [((2,), "--redo-ocr"), ((), "--force-ocr")])
def test_words_that_are_none_are_told_with_the_command_that_helps(scans: tuple[int, ...], said: str) -> None:
    garbled = prose(12, start=30).translate(str.maketrans("aeo", "tcq"))
    _, doubts = read([CLEAN[1], (2, "body", garbled), CLEAN[5]], scanned_pages=scans)
    assert "words-unknown" in doubts and "on page 2." in doubts["words-unknown"].message
    assert f"ocrmypdf {said} -l nld in.pdf out.pdf" in doubts["words-unknown"].message


def test_what_is_garbled_in_a_text_without_pages_gets_the_lowest_grade() -> None:
    reading, doubts = read([(1, "body", prose(20).translate(str.maketrans("aeo", "tcq")))], pages=None)
    assert "words-unknown" in doubts and reading.grade == "D"
    assert "ocrmypdf" not in doubts["words-unknown"].message


def test_lines_across_columns_are_told() -> None:
    _, doubts = read(CLEAN, crossed_pages=(3,))
    assert doubts.keys() == {"lines-across-columns"} and "on page 3." in doubts["lines-across-columns"].message


def test_a_problem_lists_twenty_pages_at_most() -> None:
    reading, doubts = read(CLEAN[:2], pages=50, crossed_pages=tuple(range(1, 51)))
    (problem,) = doubts.values()
    assert "18, 19, 20 and 30 more" in problem.message and reading.doubts == "lines-across-columns"


def test_a_document_without_sentences_is_not_said_to_be_read_well() -> None:
    reading, _ = read([(1, "furniture", "Partijprogramma 1")], pages=1)
    assert reading.grade == "D" and reading.sentence_f1 is None
    assert (reading.whole_share, reading.known_share) == (None, None)


def test_a_file_that_gave_no_document_has_no_reading() -> None:
    assert split(Extraction(document=None), resources=RESOURCES).readings == ()


def test_what_classifiers_doubt_of_pages_counts_where_they_say_it() -> None:
    found = split(
        Extraction(document=replace(document(CLEAN), page_doubts=((1, 10, 5.0), (2, 0, 0.0)))), resources=RESOURCES
    )
    assert found.readings[0].sentence_f1 is not None


def test_every_doubt_has_a_code() -> None:
    assert codes().keys() >= DOUBTS and {codes()[each].stage for each in DOUBTS} == {"read"}


@pytest.mark.parametrize(
    ("text", "well"),
    [
        ("Wij willen zorg.", True), ("’s Ochtends rijden er treinen.", True), ("3 procent meer.", True),
        ("a de bouw van woningen", True), ("(b) meer geld", True), ("en meer geld.", False), ("zijn.", False),
    ],
)  # fmt: skip
def test_how_sentences_begin(text: str, well: bool) -> None:
    assert begins_well(text) is well


@pytest.mark.parametrize(
    ("text", "well", "loose"),
    [
        ("Wij willen zorg.", True, True), ("Wij willen:", True, True), ("meer geld voor zorg", False, True),
        ("meer geld voor de", False, False), ("meer ge-", False, False), ("zorg?”", True, True),
    ],
)  # fmt: skip
def test_how_sentences_end(text: str, well: bool, loose: bool) -> None:
    assert (ends_well(text), ends_well(text, loose=True)) == (well, loose)


@pytest.mark.parametrize(
    ("word", "known"),
    [
        ("woning", True),
        ("woningbouwbeleid", True),
        ("vrijheidsbeperking", True),
        ("tebouwen", False),
        ("wqning", False),
    ],
)
def test_which_words_are_known(word: str, known: bool) -> None:
    assert is_known(word) is known


def page(**counts: object) -> PageMeasures:
    given = {"running": 2000, "prose": 2000, "sentences": 20, "whole": 20, "long": 18, "words": 300, "known": 290}
    return PageMeasures(1, **(given | counts))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "change",
    [
        lambda each: setattr(each, "whole", 10), lambda each: setattr(each, "known", 200),
        lambda each: setattr(each, "scanned", True), lambda each: setattr(each, "prose_aside", 900),
    ],
)  # fmt: skip
def test_what_is_wrong_with_a_page_never_raises_its_estimate(change: Callable[[PageMeasures], None]) -> None:
    worse = page()
    change(worse)
    assert page_f1(worse, read_model()) <= page_f1(page(), read_model())


def test_more_pages_make_an_interval_narrower() -> None:
    one, many = estimate([page()]), estimate([page() for _ in range(50)])
    assert one and many and many.high - many.low < one.high - one.low and one.f1 == pytest.approx(many.f1)
    assert estimate([page(sentences=0)]) is None


def test_the_model_has_a_weight_for_each_feature_and_none_that_rewards() -> None:
    model = read_model()
    assert model.weights.keys() == set(FEATURES) and all(weight <= 0 for weight in model.weights.values())
    assert model.below < 0 <= model.above and 0 <= model.shared <= 1
