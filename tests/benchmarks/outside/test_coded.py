"""Units of coders beside sentences of ours, on stretches made by hand."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from benchmarks.outside.areas import codes_of, judge, thrice
from benchmarks.outside.borders import borders_by_marks, borders_of, ends_found, headings, lower_behind, whole
from benchmarks.outside.coded import Coded, Stretch, Unit, alike, overlapping, read_coded, stretch_of, uncategorised
from benchmarks.outside.scores import Allowed
from extract.learning.annotations import Annotation, letters
from extract.records import sha256_of, sha256_of_file

TEXT = "Zorg\nWij willen zorg. Artsen helpen en boeren niet."
ENDS = ("zorg", "zorgwijwillenzorg", "zorgwijwillenzorgartsenhelpenenboerenniet")
FIRST, SECOND, LAST = (len(each) for each in ENDS)
CUT = FIRST + len("wijwillenzorgartsenhelpen")  # within the last sentence
CROSSWALK = {"504": Allowed(None, frozenset({"health"})), "703": Allowed("agriculture", frozenset({"agriculture"}))}


def coded(*, heading: bool = True, sentences: Sequence[Stretch] = (), annotated: Sequence[Stretch] = ()) -> Coded:
    first = Unit(0, FIRST, "H" if heading else "504", ended=False)
    return Coded(
        name="zp_2017",
        path=Path("ZP_2017.txt"),
        text=TEXT,
        offsets=letters(TEXT)[1],
        sentences=sentences or [Stretch(FIRST, SECOND, "body"), Stretch(SECOND, LAST, "body")],
        readings=[],
        passages=[Stretch(0, FIRST, "heading"), Stretch(FIRST, LAST, "body")],
        units=[
            first,
            Unit(FIRST, SECOND, "504", ended=True),
            Unit(SECOND, CUT, "504", ended=False),
            Unit(CUT, LAST, "703", ended=True),
        ],
        missed=0,
        annotated=annotated,
        by_chance=[True] * len(annotated),
    )


def test_stretches_overlap_that_share_half_of_the_shorter_one() -> None:
    long, short = Stretch(0, 100, ""), Stretch(95, 105, "")
    assert overlapping([long], [short]) == [[short]]
    assert overlapping([long], [Stretch(96, 106, "")]) == [[]]
    assert overlapping([short], [long, Stretch(104, 200, "")]) == [[long]]


def test_stretches_are_alike_but_for_a_few_letters() -> None:
    assert alike(Stretch(0, 100, ""), Stretch(5, 100, ""), least=0.9)
    assert not alike(Stretch(0, 100, ""), Stretch(20, 100, ""), least=0.9)


def test_characters_become_letters() -> None:
    start = TEXT.index("Wij")
    assert stretch_of(letters(TEXT)[1], start, TEXT.index(" Artsen"), "body") == Stretch(FIRST, SECOND, "body")


def test_000_is_a_code_only_where_there_is_no_other() -> None:
    unit = Stretch(0, 1, "000")
    assert codes_of([unit, Stretch(0, 1, "504")]) == {"504"}
    assert codes_of([unit, Stretch(0, 1, "NA")]) == {"000"}
    assert codes_of([Stretch(0, 1, "H")]) == set()


def test_rows_that_say_000_are_told_from_rows_that_say_nothing(tmp_path: Path) -> None:
    path = tmp_path / "zp_2017.csv"
    path.write_text('about,this\n"text","cmp_code"\na,0\nb,NA\nc,000\nd,504\n', encoding="utf-8")
    assert uncategorised(path) == {0, 2}


def test_a_sentence_has_the_codes_of_all_units_in_it_and_no_label_below_the_threshold() -> None:
    found = list(judge(coded(), [("health", 0.9), ("agriculture", 0.4)], CROSSWALK, threshold=0.5))
    assert [(place, each.label, sorted(each.codes)) for place, each in found] == [
        (0, "health", ["504"]),
        (1, None, ["504", "703"]),
    ]


def test_annotations_count_where_coder_annotator_and_splitter_cut_alike() -> None:
    annotated = [Stretch(FIRST, SECOND, "health"), Stretch(SECOND, LAST, "health")]
    (one,) = thrice(coded(annotated=annotated), [("labor", 0.9), ("labor", 0.9)], CROSSWALK)
    assert (one.annotation.label, one.classifier.label) == ("health", "labor")


def test_headings_are_compared_by_letters() -> None:
    found = headings(coded())
    assert found is not None
    assert (found.both, found.theirs, found.ours, found.found, found.number) == (FIRST, FIRST, FIRST, 1, 1)
    assert headings(coded(heading=False)) is None


def test_ends_of_units_are_borders_of_sentences_or_not() -> None:
    each = coded()
    assert borders_of(each) == [0, FIRST, SECOND, LAST]
    assert ends_found(each, borders_of(each), ended=True) == ("zp_2017", 2, 2)
    assert ends_found(each, borders_of(each), ended=False) == ("zp_2017", 0, 1)
    assert whole(each, borders_of(each)) == ("zp_2017", 3, 3)
    joined = coded(sentences=[Stretch(FIRST, LAST, "body")])
    assert ends_found(joined, borders_of(joined), ended=True) == ("zp_2017", 1, 2)
    parted = coded(sentences=[Stretch(FIRST, FIRST + 3, "body"), Stretch(FIRST + 3, LAST, "body")])
    assert whole(parted, borders_of(parted)) == ("zp_2017", 2, 3)


def test_a_rule_of_marks_parts_behind_marks_alone() -> None:
    assert borders_by_marks(coded()) == [SECOND, LAST]


def test_ends_that_a_lower_case_letter_follows_are_told_apart() -> None:
    assert lower_behind(coded(), []) == ("zp_2017", 0, 2), "Artsen follows, and then nothing"
    lost = replace(coded(), text=TEXT.lower())
    assert lower_behind(lost, []) == ("zp_2017", 1, 2)


def test_units_and_annotations_stand_in_the_letters_of_our_reading(tmp_path: Path) -> None:
    exports, texts = tmp_path / "exports", tmp_path / "texts"
    exports.mkdir(), texts.mkdir()
    first = "Wij willen dat iedereen in het hele land goede zorg krijgt in de buurt."
    second = "Boeren verdienen een eerlijke prijs voor alles wat zij op het land verbouwen."
    (texts / "ZP_2017.txt").write_text(f"Zorg voor iedereen\n\n{first} {second}\n", encoding="utf-8")
    (texts / "AP_2017.txt").write_text("Heel iets anders.\n", encoding="utf-8")
    rows = f'"Zorg voor iedereen",H\n"{first}",504\n"{second}",000\n"Dit staat er niet.",504\n'
    (exports / "zp_2017.csv").write_text(f"text,cmp_code\n{rows}", encoding="utf-8")
    start = len(letters("Zorg voor iedereen")[0])
    own = letters(first)[0]
    annotation = Annotation(
        sentence="s1", source="ZP_2017.txt", source_sha256=sha256_of_file(texts / "ZP_2017.txt"), letter_start=start,
        letter_count=len(own), letters_sha256=sha256_of(own), stratum="random", group="ZP 2017", reader="reader-1",
        label="health", confidence=3,
    )  # fmt: skip
    (each,) = read_coded(exports, texts, [annotation], strata=frozenset({"random"}))
    assert (each.name, each.path.name, each.missed) == ("zp_2017", "ZP_2017.txt", 1)
    assert [(unit.said, unit.ended) for unit in each.units] == [("H", False), ("504", True), ("000", True)]
    assert each.annotated == [Stretch(start, start + len(own), "health")]
    assert each.by_chance == [True]
    assert Stretch(start, start + len(own), "body") in each.sentences
    assert len(each.readings) == len(each.sentences)
