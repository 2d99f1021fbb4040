"""A dataset as the Manifesto Project's software reads it."""

import csv
import io
import shutil
import subprocess
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner

from extract.dataset.coded_corpus import COLUMNS, coded_files
from extract.extraction import Resources, extract_document
from extract.labels.codebooks import CODEBOOK_FILE, read_codebook
from extract.records import MANIFESTO_PROJECT, Document
from pipelines.commands.cli import main
from pipelines.paths import MODELS
from tests.dataset.test_dataset import write

CODEBOOK = read_codebook(MODELS / MANIFESTO_PROJECT / CODEBOOK_FILE)
TEXT = """\
# Veiligheid

Wij willen meer politie op straat en hogere straffen voor criminelen. De politie krijgt er duizend agenten bij.

# Zorg

De zorg moet voor iedereen betaalbaar blijven, "ook voor ouderen", zeggen wij. =SOM(1;2) hoort niet in een programma.
"""


@pytest.fixture
def version(document_of: Callable[..., Document], resources: Resources, tmp_path: Path) -> Path:
    """A version with a final text and a draft of one party, and the digest's kind of text."""
    given = {"kind": "manifesto", "party_id": "vvd", "election": "TK2017"}
    texts = {
        "final.md": (TEXT, {"status": "final", **given}),
        "concept.md": (TEXT + "\nNog een zin.\n", {"status": "draft", **given}),
        "digest.md": (TEXT + "\nNog twee.\n", {"kind": "digest"}),
    }
    found = []
    for name, (text, facts) in texts.items():
        extraction = extract_document(document_of(text, name=name), resources=resources)
        assert extraction.document
        found.append(replace(extraction, document=replace(extraction.document, **facts)))
    return write(found, tmp_path / "processed")


def test_each_manifesto_is_a_file_with_a_code_for_each_sentence(version: Path) -> None:
    files = dict(coded_files(version, CODEBOOK))
    tables = {name: list(csv.DictReader(io.StringIO(text))) for name, text in files.items() if name.endswith(".csv")}
    assert sorted(name.partition("_")[2] for name in tables) == ["201703.csv", "201703_draft.csv"]  # and no digest
    rows = min(tables.values(), key=len)
    assert tuple(rows[0]) == COLUMNS
    assert [row["pos"] for row in rows] == [str(rank) for rank in range(1, len(rows) + 1)]
    by_text = {row["text"]: row["cmp_code"] for row in rows}
    assert by_text["Veiligheid"] == by_text["Zorg"] == "H"
    assert by_text["Wij willen meer politie op straat en hogere straffen voor criminelen."] == "605"
    assert set(by_text.values()) <= {*CODEBOOK.codes, "H", "NA"}
    assert not any(text.startswith("=") for text in by_text)
    assert "no coder read these sentences" in files["README.txt"]


def test_the_command_writes_them(version: Path, tmp_path: Path) -> None:
    out = tmp_path / "coded"
    command = ["export", "manifestor", str(version), "--output", str(out)]
    said = CliRunner().invoke(main, command, catch_exceptions=False)
    assert said.exit_code == 0 and "2 manifestos" in said.stdout
    assert len(list(out.glob("*.csv"))) == 2 and (out / "README.txt").is_file()


def test_no_name_of_a_party_leads_out_of_the_folder(version: Path) -> None:
    file = version / "tables" / "documents.parquet"
    documents = pq.read_table(file)
    strange = pa.array(["../../x" if each else None for each in documents["party_id"].to_pylist()], pa.string())
    changed = documents.set_column(
        documents.schema.get_field_index("party_id"), documents.schema.field("party_id"), strange
    )
    pq.write_table(changed, file)
    assert all(Path(name).name == name and ".." not in name for name, _ in coded_files(version, CODEBOOK))


def test_a_place_that_cannot_be_written_to_is_told(version: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    command = ["export", "manifestor", str(version), "--output", str(tmp_path / "file" / "coded")]
    said = CliRunner().invoke(main, command)
    assert said.exit_code == 2 and "cannot be written to" in said.output


@pytest.mark.skipif(shutil.which("Rscript") is None, reason="R is not installed")
def test_r_reads_them_as_they_are(version: Path, tmp_path: Path) -> None:
    for name, text in coded_files(version, CODEBOOK):
        (tmp_path / name).write_text(text, encoding="utf-8", newline="")
    script = (
        "files <- sort(list.files('.', pattern = '[.]csv$'));"
        "corpus <- do.call(rbind, lapply(files, read.csv, colClasses = 'character', encoding = 'UTF-8'));"
        "coded <- sum(corpus$cmp_code == '605', na.rm = TRUE);"
        "cat(paste(names(corpus), collapse = ' '), nrow(corpus), coded, sep = '|')"
    )
    said = subprocess.run(["Rscript", "-e", script], cwd=tmp_path, capture_output=True, encoding="utf-8", check=True)
    names, rows, coded = said.stdout.split("|")
    assert names.split() == list(COLUMNS) and int(rows) > 10 and int(coded) >= 2
