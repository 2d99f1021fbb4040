"""The tutorial does what it says: its commands, in their order, on its files."""

import csv
import re
import shlex
import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner

from extract.dataset.reader import current_version
from extract.learning.samples import read_sample, write_sample
from pipelines.commands.cli import main
from tests.conftest import MODELS, ROOT, read_tables

pytestmark = pytest.mark.usefixtures("in_process")

TUTORIAL = ROOT / "docs" / "tutorial.md"
FILES = ROOT / "docs" / "tutorial"
SETTINGS = 'codebooks = ["digitalisation", "housing", "policy-areas", "statement"]'
EXPECTED = {
    "Wij bouwen tienduizend nieuwe woningen langs het spoor.": "build",
    "De huurprijs wordt begrensd en een huurcontract geldt voor onbepaalde tijd.": "rent",
    "Wie zijn eerste huis koopt, krijgt een voordelige hypotheek.": "buy",
    "Oude huizen worden geïsoleerd en krijgen zonnepanelen.": "insulation",
    "Er komen speeltuinen, bankjes en een buurthuis in elke wijk.": "neighbourhood",
}


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder as the tutorial's reader has it after step 1."""
    shutil.copytree(MODELS, tmp_path / "models")
    (tmp_path / "models" / "housing").mkdir()
    for name in ("codebook.toml", "keywords.csv"):
        shutil.copy(FILES / name, tmp_path / "models" / "housing" / name)
    (tmp_path / "raw").mkdir()
    shutil.copy(FILES / "Woonpartij_2025.txt", tmp_path / "raw")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_the_tutorial_ends_with_labelled_manifestos(folder: Path) -> None:
    commands = re.findall(r"^manifesto (.+)$", TUTORIAL.read_text(encoding="utf-8"), re.MULTILINE)
    assert len(commands) == 8 and SETTINGS in TUTORIAL.read_text(encoding="utf-8")
    for command in commands:
        if "--settings" in command:
            (folder / "settings.toml").write_text(SETTINGS, encoding="utf-8")
            shutil.copy(FILES / "Stadspartij_2025.txt", folder / "raw")
        if "label import" in command:
            fill_in(folder / "sample.csv")
        words = shlex.split(command.replace("SENTENCE_ID", sentence_id(folder)))
        result = CliRunner().invoke(main, [*words, "--models", str(folder / "models")])
        assert result.exit_code == 0, (command, result.output)
    assert "build" in (folder / "models" / "housing" / "card.md").read_text(encoding="utf-8")
    tables = read_tables(dataset(folder))
    found = tables["labels"].query("codebook == 'housing'").merge(tables["sentences"], on="sentence_id")
    said = dict(zip(found.text, found.label, strict=True))
    assert len(found) == len(tables["sentences"])
    assert sum(said[text] == label for text, label in EXPECTED.items()) >= 4


def fill_in(sample: Path) -> None:
    """Give each sentence of a sample the label that the tutorial's reader gave it."""
    with (FILES / "labels.csv").open(encoding="utf-8", newline="") as file:
        labels = {row["text"]: row["label"] for row in csv.DictReader(file)}
    tasks = read_sample(sample)
    assert len(tasks) >= 140
    write_sample(sample, [replace(task, label=labels.get(task.text, "")) for task in tasks])


def dataset(folder: Path) -> Path:
    return folder / "processed" / str(current_version(folder / "processed"))


def sentence_id(folder: Path) -> str:
    if current_version(folder / "processed") is None:
        return ""
    return str(read_tables(dataset(folder))["sentences"].sentence_id.iloc[0])
