"""`manifesto facts`: what is found goes into manifestos.csv, what stands there stays, and a run reads it."""

import csv
import io
import json
import os
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from extract.extraction import Resources, read, split
from extract.problems import ManifestoError
from extract.reading.facts import FACTS_COLUMNS, FACTS_FILE, Facts, read_facts
from extract.reading.facts_file import complete_facts
from extract.records import Extraction
from extract.spreadsheets import unguarded
from extract.tables import rows_of
from pipelines.commands.cli import main
from pipelines.commands.facts import write_facts
from tests.conftest import DIGEST

PROSE = "Wij bouwen huizen. Wij leggen bossen aan, en wij zorgen voor wie dat zelf niet kan.\n\n" * 30
TEXTS = {
    "TK/2003-01/De Groenen.txt": PROSE,
    "Partij één_2010 #x.txt": PROSE,
    "Unie 55+; AOV_1998.txt": PROSE,
    "=1+1;-2_2012.txt": f"Verkiezingsprogramma\nD66\n\n{PROSE}De VVD wil dit. De VVD wil dat. De VVD staat pal.\n",
    " 'doc1'.txt": f"Concept-verkiezingsprogramma 2021-2025\n\n{PROSE}",
    "PvdM.txt": f"Verkiezingsprogramma 1986-1990\n\n{PROSE}",
    "leeg.txt": "",
}


@pytest.fixture
def folder(raw: Path) -> Path:
    for name, text in TEXTS.items():
        (raw / name).parent.mkdir(parents=True, exist_ok=True)
        (raw / name).write_text(text, encoding="utf-8", newline="")
    return raw


def facts(folder: Path, *arguments: str) -> Result:
    return CliRunner().invoke(main, ["facts", str(folder), *arguments])


def rows_in(folder: Path) -> dict[str, dict[str, str]]:
    text = (folder / FACTS_FILE).read_text(encoding="utf-8-sig")
    return {row["file"]: row for row in csv.DictReader(io.StringIO(text, newline=""))}


def extracted(folder: Path, resources: Resources) -> dict[str, Extraction]:
    names = [path.relative_to(folder).as_posix() for path in sorted(folder.rglob("*.txt"))]
    listed, problems = read_facts(folder, names=names)
    assert problems == []
    found = {
        name: read(
            (folder / name).read_bytes(), name=name, facts=listed.get(name, Facts()), settings=resources.settings
        )
        for name in names
    }
    return {name: split(each, resources=resources) for name, each in found.items()}


def test_what_is_written_is_read_and_changes_no_row(folder: Path, resources: Resources) -> None:
    before = extracted(folder, resources)
    result = facts(folder)
    assert result.exit_code == 0, result.output
    assert "8 files: 6 manifestos, 1 digests, 1 that could not be read" in result.output
    rows = rows_in(folder)
    assert set(map(unguarded, rows)) == {*TEXTS, DIGEST.name}
    assert [row["party"] for name, row in rows.items() if "Partij" in name or "Unie" in name] == [
        "Partij één", "Unie 55+/AOV",
    ]  # fmt: skip
    assert rows["PvdM.txt"]["party"] == "PvdM" and rows["PvdM.txt"]["election"] == "TK1986"
    assert rows["TK/2003-01/De Groenen.txt"]["election"] == "TK2003" and rows["leeg.txt"]["party"] == ""
    assert rows[DIGEST.name]["party"] == "" and rows[" 'doc1'.txt"]["status"] == "draft"
    assert not any(cell.startswith(("=", "+", "-", "@")) for row in rows.values() for cell in row.values() if cell)
    after = extracted(folder, resources)
    for name, extraction in before.items():
        one, two = rows_of(extraction).tables, rows_of(after[name]).tables
        assert all(one[table].equals(two[table]) for table in one), name
    assert facts(folder).exit_code == 0 and "0 lines added, 0 blank cells" in facts(folder).output


def test_what_stands_there_stays(folder: Path) -> None:
    text = (
        "file;election;licence;party\n"
        "Unie 55+; AOV_1998.txt;;x\n"  # a name with the separator in it, not in quotes
        '"Unie 55+; AOV_1998.txt";TK2002;"CC ""BY""; 4.0";\n'
        "  ./PvdM.txt ;?;;VVD\n\n"
        "gone.txt;;;"
    )
    (folder / FACTS_FILE).write_bytes(text.encode())
    assert facts(folder).exit_code == 0
    lines = (folder / FACTS_FILE).read_bytes().decode().split("\n")
    assert lines[0] == "file;election;licence;party;status;title"
    assert lines[1] == text.split("\n")[1]
    assert lines[2].startswith('"Unie 55+; AOV_1998.txt";TK2002;"CC ""BY""; 4.0";Unie 55+/AOV;;')
    assert lines[3] == "  ./PvdM.txt ;?;;VVD;;PvdM" and lines[4] == ""
    assert lines[5] == "gone.txt;;;"
    assert len([line for line in lines if "De Groenen" in line]) == 1


@pytest.mark.parametrize(
    "data", [b"file,party\n\xff\xfe,VVD\n", b"naam,party\nx,VVD\n", b"file," + b"x," * 200 + b"\n"]
)
def test_what_cannot_be_read_is_left_alone(folder: Path, data: bytes) -> None:
    (folder / FACTS_FILE).write_bytes(data)
    result = facts(folder)
    assert result.exit_code == 1 and "Nothing was written" in result.output
    assert (folder / FACTS_FILE).read_bytes() == data


@pytest.mark.skipif(not hasattr(os, "symlink"), reason="no links on this platform")
def test_a_link_is_not_written_to(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "elsewhere.csv").write_text("file,party\n", encoding="utf-8")
    (folder / FACTS_FILE).symlink_to(tmp_path / "elsewhere.csv")
    result = facts(folder)
    assert result.exit_code == 1 and "is a link" in result.output
    assert (tmp_path / "elsewhere.csv").read_text(encoding="utf-8") == "file,party\n"


def test_a_file_that_changes_in_the_meantime_is_left_alone(
    folder: Path, resources: Resources, monkeypatch: pytest.MonkeyPatch
) -> None:
    def completes(raw: Path, found: dict[str, dict[str, str]]) -> object:
        made = complete_facts(raw, found)
        (raw / FACTS_FILE).write_text("file,party\nPvdM.txt,VVD\n", encoding="utf-8")
        return made

    monkeypatch.setattr("pipelines.commands.facts.complete_facts", completes)
    with pytest.raises(ManifestoError, match="in the meantime"):
        write_facts(folder, settings=resources.settings)
    assert (folder / FACTS_FILE).read_text(encoding="utf-8") == "file,party\nPvdM.txt,VVD\n"


def test_json_says_what_is_blank(folder: Path) -> None:
    said = json.loads(facts(folder, "--json").stdout)
    assert said["files"] == 8 and said["unread"] == ["leeg.txt"] and said["lines_added"] == 8
    assert said["party_blank"] == [" 'doc1'.txt"] and said["election_blank"] == []


def test_a_new_file_is_what_a_spreadsheet_knows_as_utf_8(folder: Path) -> None:
    assert facts(folder).exit_code == 0
    data = (folder / FACTS_FILE).read_bytes()
    assert data.startswith(b"\xef\xbb\xbf" + ",".join(FACTS_COLUMNS).encode())


def test_no_folder_and_no_files_are_errors_that_say_what_to_do(tmp_path: Path) -> None:
    for folder in (tmp_path / "nowhere", tmp_path):
        result = facts(folder)
        assert result.exit_code == 1 and "Put party texts" in result.output.replace("put the party", "Put party")


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (
            "file,party,election,,\na.pdf,CDA,,note1,note2\n",
            "file,party,election,,,status,title\na.pdf,CDA,TK2025,note1,note2,,A\n",
        ),
        (
            "file,notes,notes\na.pdf,one,two\n",
            "file,notes,notes,party,election,status,title\na.pdf,one,two,CDA,TK2025,,A\n",
        ),
        ("file,party\na.pdf,CDA,TK2021\n", "file,party,,election,status,title\na.pdf,CDA,TK2021,TK2025,,A\n"),
    ],
)  # fmt: skip
def test_cells_stay_under_the_headings_they_had(tmp_path: Path, before: str, after: str) -> None:
    (tmp_path / "manifestos.csv").write_text(before, encoding="utf-8")
    found = {"a.pdf": {"party": "CDA", "election": "TK2025", "status": "", "title": "A"}}
    assert complete_facts(tmp_path, found).text == after


def test_a_name_with_a_line_end_stays_one_cell(tmp_path: Path) -> None:
    (tmp_path / "manifestos.csv").write_text("file,party,election,status,title\n", encoding="utf-8")
    once = complete_facts(tmp_path, {"b\rc.txt": {"party": "VVD"}})
    (tmp_path / "manifestos.csv").write_text(once.text, encoding="utf-8", newline="")
    assert complete_facts(tmp_path, {"b\rc.txt": {"party": "VVD"}}).lines_added == 0


def test_no_column_is_added_beyond_those_that_are_read(tmp_path: Path) -> None:
    header = ",".join(["file", *(f"c{number}" for number in range(98))])
    (tmp_path / "manifestos.csv").write_text(f"{header}\n", encoding="utf-8")
    with pytest.raises(ManifestoError, match="100 columns"):
        complete_facts(tmp_path, {"a.pdf": {"party": "CDA"}})
