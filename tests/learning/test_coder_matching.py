"""Quasi-sentences of coders, found in raw texts."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from extract.labels.codebooks import CODEBOOK_FILE
from extract.learning.annotations import ANNOTATIONS_FILE, read_annotations, settled_labels
from extract.learning.coder_exports import CodedUnit
from extract.learning.coder_matching import HEADING, NO_CODE, NO_TEXT, NOT_FOUND, match_units, raw_texts
from extract.learning.examples import find_texts
from extract.records import MANIFESTO_PROJECT
from pipelines.commands.cli import main
from pipelines.paths import MODELS

MADE_UP = """\
Onze plannen

Wij willen dat iedereen een fiets krijgt, want fietsen is gezond. Er komt een brug-
wachter bij elke brug in het land, zo vinden wij. Meer geld voor de bibliotheken in dorpen.
Wij willen minder regels.
"""
UNITS = (
    ("Onze plannen", None),
    ("Wij willen dat iedereen een fiets krijgt,", "411"),
    ("want fietsen is gezond.", "504"),
    ("Er komt een brugwachter bij elke brug in het land, zo vinden wij.", "411"),
    ("Meer geld voor de bibliotheken in dorpen.", "502"),
    ("Wij willen minder regels.", "NA"),
    ("Deze zin staat in een andere uitgave van het programma.", "305"),
)


def units(*, manifesto: str = "fietspartij_2012") -> list[CodedUnit]:
    party, _, year = manifesto.partition("_")
    return [
        CodedUnit(
            manifesto=manifesto, party=party, year=year, position=at, text=text,
            code=code if code != "NA" else None, fine_code=None, is_heading=code is None,
        )
        for at, (text, code) in enumerate(UNITS)
    ]  # fmt: skip


@pytest.fixture
def raw(tmp_path: Path) -> Path:
    folder = tmp_path / "texts"
    folder.mkdir()
    (folder / "fiets.txt").write_text(MADE_UP, encoding="utf-8")
    (folder / "other.txt").write_text("Een heel ander programma met heel andere zinnen over andere zaken.\n" * 9)
    return folder


def test_quasi_sentences_are_found_by_their_letters_in_the_text_that_has_them(raw: Path) -> None:
    found = match_units(units(), raw_texts([raw]), label_of={code: f"label {code}" for _, code in UNITS if code})
    assert found.sources == {"fietspartij_2012": "fiets.txt"}
    assert found.missing["fietspartij_2012"] == {HEADING: 1, NO_CODE: 1, NOT_FOUND: 1}
    texts = find_texts(settled_labels(found.annotations).values(), [raw])
    assert {each.label: texts[each.sentence] for each in found.annotations if each.label != "label 411"} == {
        "label 504": "want fietsen is gezond",
        "label 502": "Meer geld voor de bibliotheken in dorpen",
    }
    assert "Er komt een brugwachter bij elke brug in het land, zo vinden wij" in texts.values()
    assert {each.group for each in found.annotations} == {"fietspartij 2012"}


def test_an_export_of_a_manifesto_that_is_not_there_gives_nothing_and_says_so(raw: Path) -> None:
    (raw / "fiets.txt").unlink()
    found = match_units(units(), raw_texts([raw]), label_of={})
    assert not found.annotations
    assert found.missing == {"fietspartij_2012": {NO_TEXT: len(UNITS)}}


def test_the_command_writes_annotations_and_counts_what_did_not_match(raw: Path, tmp_path: Path) -> None:
    folder = tmp_path / "models" / MANIFESTO_PROJECT
    folder.mkdir(parents=True)
    (folder / CODEBOOK_FILE).write_bytes((MODELS / MANIFESTO_PROJECT / CODEBOOK_FILE).read_bytes())
    rows = [f'"{text}",{"H" if code is None else code}' for text, code in UNITS]
    export = tmp_path / "fietspartij_2012.csv"
    export.write_text("text,cmp_code\n" + "\n".join(rows) + "\n", encoding="utf-8")
    given = ["import", "manifesto-project", str(export), "--texts", str(raw), "--models", str(folder.parent)]
    said = CliRunner().invoke(main, [*given, "--json"], catch_exceptions=False)
    assert said.exit_code == 0
    answer = json.loads(said.stdout)
    assert (answer["annotations"], answer["rows"]) == (4, 7)
    assert answer["manifestos"][0]["not_matched"] == {HEADING: 1, NO_CODE: 1, NOT_FOUND: 1}
    written = read_annotations(folder / ANNOTATIONS_FILE)
    assert [each.label for each in written] == ["technology-infrastructure", "welfare-state-expansion",
                                                "technology-infrastructure", "culture"]  # fmt: skip
    other = tmp_path / "autopartij_2012.csv"
    other.write_text("text,cmp_code\nDeze zin staat nergens in de teksten die er zijn.,411\n", encoding="utf-8")
    nothing = CliRunner().invoke(main, ["import", "manifesto-project", str(other), *given[3:]])
    assert nothing.exit_code == 2 and "nothing was written" in nothing.output
    assert read_annotations(folder / ANNOTATIONS_FILE) == written
    again = tmp_path / "wandelpartij_2012.csv"
    again.write_bytes(export.read_bytes())
    CliRunner().invoke(main, ["import", "manifesto-project", str(again), *given[3:]], catch_exceptions=False)
    assert len(read_annotations(folder / ANNOTATIONS_FILE)) == 2 * len(written)
    spoken = CliRunner().invoke(main, given, catch_exceptions=False)
    assert "1 headings" in spoken.stdout and "4 of 7" in spoken.stdout
    assert len(read_annotations(folder / ANNOTATIONS_FILE)) == 2 * len(written)
