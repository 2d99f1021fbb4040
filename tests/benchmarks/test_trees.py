"""What readers mark of words on sheets, and how a parse is held against it, on sentences made by hand."""

from dataclasses import fields, replace
from pathlib import Path

import pytest

from benchmarks.sentence_sheets import Drawn
from benchmarks.trees import (
    ALL,
    SETTLED,
    Marked,
    Word,
    Words,
    agreement,
    by_reader,
    decade_of,
    figures,
    read_sheet,
    words_marked,
    words_of,
    words_parsed,
)
from extract.records import Token

TEXT = "• Wij willen geen\nsloop."
DRAWN = Drawn(
    sentence="t0001", source="manifestos-text/Partij 2000_1956.txt", source_sha256="s", letter_start=7,
    letter_count=17, letters_sha256="l", sheet="sheet-00", text=" ".join(TEXT.split()),
)  # fmt: skip
MARKS = """[t0001]
1\t•\tPUNCT\t•
2\tWij\tPRON\twij\t3\tnsubj
3\twillen\tVERB\twillen
4\tgeen\tDET\tgeen\t5\tneg
5\tsloop\tNOUN\tSloop\t3\tobj
6\t.\tPUNCT\t.
"""
BULLET, WIJ, WILLEN, GEEN, SLOOP, STOP = (-1, 1), (0, 3), (3, 6), (9, 4), (13, 5), (18, 1)


@pytest.fixture
def sheet(tmp_path: Path) -> Path:
    names = [field.name for field in fields(Drawn)]
    row = ",".join(str(getattr(DRAWN, name)) for name in names)
    (tmp_path / "sheets.csv").write_text(f"{','.join(names)}\n{row}\n", encoding="utf-8")
    return tmp_path / "sheet-00.marks"


def marked(sheet: Path, marks: str, reader: str = "reader-1") -> list[Marked]:
    sheet.write_text(marks, encoding="utf-8")
    found = list(read_sheet(sheet, reader))
    assert not [each for each in found if isinstance(each, str)]
    return [each for each in found if isinstance(each, Marked)]


def token(position: int, start: int, text: str, pos: str, lemma: str, head: int, dependency: str) -> Token:
    return Token(
        sentence_id="t0001", position=position, document_id="", char_start=start, char_end=start + len(text),
        text=text, lemma=lemma, pos=pos, morphology=None, head=head, dependency=dependency,
    )  # fmt: skip


def parsed() -> Words:
    """With "sloop" for a subject, "geen" an adverb of the wrong word, and a wrong lemma."""
    return words_parsed(
        [
            token(1, 0, "•", "PUNCT", "•", 3, "punct"),
            token(2, 2, "Wij", "PRON", "wij", 3, "nsubj"),
            token(3, 6, "willen", "VERB", "wil", 0, "root"),
            token(4, 13, "geen", "ADV", "geen", 3, "advmod"),
            token(5, 18, "sloop", "NOUN", "sloop", 3, "nsubj"),
            token(6, 23, ".", "PUNCT", ".", 3, "punct"),
        ],
        TEXT,
    )


def test_words_stand_in_characters_from_the_first_letter() -> None:
    assert [span for _, span in words_of(DRAWN.text)] == [BULLET, WIJ, WILLEN, GEEN, SLOOP, STOP]


def test_a_sheet_comes_back_as_words_with_heads(sheet: Path) -> None:
    words = words_marked(marked(sheet, MARKS))
    assert words[WIJ] == Word("PRON", "", WILLEN, "nsubj")
    assert words[WILLEN] == Word("VERB", "")
    assert words[SLOOP] == Word("NOUN", "", WILLEN, "obj"), "a lemma that is the word is not repeated"


@pytest.mark.parametrize(
    "right, wrong, message",
    [
        ("1\t•\tPUNCT\t•\n", "", "5 words are marked, the sentence has 6"),
        ("\tWij\t", "\tWe\t", "should begin with 2 and Wij"),
        ("DET", "DETERMINER", "part of speech"),
        ("5\tneg", "5", "part of speech"),
        ("5\tneg", "4\tneg", "no other word for a head"),
        ("5\tneg", "9\tneg", "no other word for a head"),
        ("3\tobj", "3\tobject", "none of nsubj"),
        ("3\tobj", "3\tneg", "is none of geen"),
        ("[t0001]", "[t0002]", "is on no sheet"),
    ],
)
def test_what_is_wrong_on_a_sheet_is_said(sheet: Path, right: str, wrong: str, message: str) -> None:
    sheet.write_text(MARKS.replace(right, wrong, 1), encoding="utf-8")
    assert message in " ".join(each for each in read_sheet(sheet, "reader-1") if isinstance(each, str))


def test_a_relation_is_right_with_the_right_head_only(sheet: Path) -> None:
    found = figures([(words_marked(marked(sheet, MARKS)), parsed())])
    assert found["words"] == (1.0, 1.0, 6)
    assert found["with punctuation"] == (5 / 6, 5 / 6, 6)
    assert found["part of speech"] == (3 / 4, 3 / 4, 4)
    assert found["lemma"] == (3 / 4, 3 / 4, 4)
    assert found["nsubj"] == (1 / 2, 1.0, 1)
    assert found["obj"] == (0.0, 0.0, 1)
    assert found["neg"] == (0.0, 0.0, 1), "at the wrong word"
    assert found[ALL] == (1 / 3, 1 / 3, 3)
    assert "cop" not in found, "what nobody marked has no figure"


def test_complements_are_one_relation_and_other_relations_none() -> None:
    words = words_parsed(
        [
            token(1, 0, "Zij", "PRON", "zij", 2, "nsubj"),
            token(2, 4, "gaan", "VERB", "gaan", 0, "root"),
            token(3, 9, "slopen", "VERB", "slopen", 2, "xcomp"),
            token(4, 16, "morgen", "ADV", "morgen", 3, "advmod"),
        ],
        "Zij gaan slopen morgen",
    )
    assert words[7, 6] == Word("VERB", "", (3, 4), "comp")
    assert words[13, 6] == Word("ADV", "")


def test_a_word_that_nobody_can_read_counts_neither_way(sheet: Path) -> None:
    marks = MARKS.replace("sloop\tNOUN\tSloop\t3\tobj", "sloop\tX\tsloop").replace("geen\t5\tneg", "geen")
    found = figures([(words_marked(marked(sheet, marks)), parsed())])
    assert found["words"] == (1.0, 1.0, 5)
    assert found["nsubj"] == (1.0, 1.0, 1), "nor does a relation with it"


def test_words_parted_otherwise_are_wrong() -> None:
    marked, found = {(0, 6): Word("NOUN", "")}, {(0, 3): Word("NOUN", ""), (3, 3): Word("NOUN", "")}
    assert figures([(marked, found)])["part of speech"] == (0.0, 0.0, 1)


def test_agreement_is_of_blind_readers_and_settled_marks_count_before_theirs(sheet: Path) -> None:
    first = marked(sheet, MARKS)
    second = marked(sheet, MARKS.replace("3\tobj", "3\tnsubj").replace("DET", "PRON"), "reader-2")
    settled = [replace(each, reader=SETTLED) for each in second]
    found = agreement([*first, *second, *settled])
    assert found["part of speech"] == (3 / 4, 3 / 4, 4)
    assert found["nsubj"] == (1 / 2, 1.0, 1)
    assert found[ALL] == (2 / 3, 2 / 3, 3)
    assert list(by_reader([*first, *second])["t0001"]) == ["reader-1", "reader-2"]
    assert next(iter(by_reader([*first, *second, *settled])["t0001"])) == SETTLED
    assert agreement(first) == {}, "one reader agrees with nobody"


def test_the_year_is_the_last_in_the_path() -> None:
    assert decade_of(DRAWN.source) == "1950s"
    assert decade_of("manifestos-pdf/TK/2012-09/Partij.pdf") == "2010s"
