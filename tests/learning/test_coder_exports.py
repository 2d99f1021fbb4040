"""Exports of the Manifesto Project, all made up here: whatever form they come in, the same units are read."""

from pathlib import Path

import pytest

from extract.learning.coder_exports import CODES, DOMAINS, headings_above, read_export, read_exports
from extract.problems import ManifestoError


def _export(folder: Path, text: str, name: str = "abc_2017.csv", encoding: str = "utf-8") -> Path:
    path = folder / name
    path.write_bytes(text.encode(encoding))
    return path


def test_the_main_scheme_has_56_categories_in_seven_domains() -> None:
    assert len(CODES) == len(set(CODES)) == 56
    assert DOMAINS == ("1", "2", "3", "4", "5", "6", "7")


@pytest.mark.parametrize(
    "text",
    [
        '"text","cmp_code"\n"Wij willen meer bomen.","501"\n',
        '"content","cmp_code","eu_code"\n"Wij willen meer bomen.","501",NA\n',
        '"party","22110"\n"date","201703"\n\n"text","cmp_code"\n"Wij willen meer bomen.","501"\n',
        'Text;CMP_code\nWij willen meer bomen.;501\n',
        'cmp_code\ttext\n501\tWij willen meer bomen.\n',
        '"text","cmp_code"\r\n"Wij  willen\r\nmeer bomen.","501.0"\r\n\r\n',
    ],
    ids=["text", "content and eu_code", "lines above", "semicolons", "tabs, other order", "line ends within a cell"],
)  # fmt: skip
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig"])
def test_whatever_the_header_the_same_units_are_read(tmp_path: Path, text: str, encoding: str) -> None:
    (unit,) = read_export(_export(tmp_path, text, encoding=encoding))
    assert (unit.manifesto, unit.party, unit.year) == ("abc_2017", "abc", "2017")
    assert (unit.text, unit.code, unit.fine_code) == ("Wij willen meer bomen.", "501", "501")
    assert not unit.is_heading


@pytest.mark.parametrize(
    ("said", "code", "fine_code"),
    [("504", "504", "504"), ("416.2", "416", "416.2"), *((none, None, None) for none in ("0", "000", "NA", "", "H"))],
)
def test_subcategories_are_cut_at_the_point_and_what_is_no_code_is_none(
    tmp_path: Path, said: str, code: str | None, fine_code: str | None
) -> None:
    (unit,) = read_export(_export(tmp_path, f"text,cmp_code\nEen zin.,{said}\n"))
    assert (unit.code, unit.fine_code, unit.is_heading) == (code, fine_code, said == "H")


def test_positions_count_rows_and_rows_without_text_are_left_out(tmp_path: Path) -> None:
    units = read_export(_export(tmp_path, "text,cmp_code\nEen.,504\n ,NA\nTwee.,505\n"))
    assert [(unit.position, unit.text) for unit in units] == [(0, "Een."), (2, "Twee.")]


def test_a_line_separator_within_a_sentence_ends_no_row(tmp_path: Path) -> None:
    (unit,) = read_export(_export(tmp_path, "text,cmp_code\nWij willen\u2028meer bomen.,501\n"))
    assert unit.text == "Wij willen meer bomen."


def test_all_exports_of_a_folder_are_read_by_the_order_of_their_names(tmp_path: Path) -> None:
    for name in ("b_d_2010.csv", "a_2012.csv"):
        _export(tmp_path, "text,cmp_code\nEen.,504\n", name)
    assert [(unit.party, unit.year) for unit in read_exports(tmp_path)] == [("a", "2012"), ("b_d", "2010")]


def test_a_heading_stands_above_the_units_below_it_and_its_lines_are_joined(tmp_path: Path) -> None:
    rows = ["Begin.,504", "Zorg,H", "en welzijn,H", "Een.,504", "Twee.,NA", "Natuur,H", "Drie.,501"]
    units = read_export(_export(tmp_path, "\n".join(["text,cmp_code", *rows])))
    assert headings_above(units) == ["", "", "Zorg", "Zorg en welzijn", "Zorg en welzijn", "", "Natuur"]


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("abc.csv", "text,cmp_code\nEen.,504\n", "PARTY_YEAR.csv"),
        ("abc_2017.csv", "sentence,code\nEen.,504\n", "no header with cmp_code and text or content"),
        ("abc_2017.csv", "", "no header"),
        ("abc_2017.csv", "text,cmp_code\nEen.,504\nTwee.,999\n", "line 3: '999' is no code"),
        ("abc_2017.csv", "text,cmp_code\nEen.,504\nTwee.\n", "line 3: the row has 1 columns"),
    ],
)
def test_what_is_wrong_with_an_export_is_said_with_its_place(tmp_path: Path, name: str, text: str, said: str) -> None:
    with pytest.raises(ManifestoError, match=said) as caught:
        read_export(_export(tmp_path, text, name))
    assert name in str(caught.value)


def test_bytes_that_are_no_text_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ManifestoError, match="CSV in UTF-8"):
        read_export(_export(tmp_path, "text,cmp_code\nHet café.,504\n", encoding="latin-1"))


def test_a_folder_without_exports_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ManifestoError, match="no export"):
        read_exports(tmp_path)
