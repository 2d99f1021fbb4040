"""`manifesto diff` as a user meets it; tests/test_changes.py has what it finds."""

import json
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from extract.extraction import Resources
from pipelines.commands.cli import main
from tests.changes.test_changes import D66, TEXTS, VVD, Make, make, retrained

__all__ = ["make"]  # a fixture


@pytest.fixture
def versions(make: Make, resources: Resources, tmp_path: Path) -> list[str]:
    """Names of two versions in one processed folder, of which the second is current."""
    edited = VVD.replace("een sterk land", "een [sterk] land")
    new = make("processed", TEXTS | {"VVD_2025.txt": edited, "D66_2025.txt": D66},
               resources=retrained(resources, "statement", threshold=0.999))  # fmt: skip
    old = make("old")
    shutil.move(old, tmp_path / "processed" / old.name)
    return [old.name, new.name]


def diff(tmp_path: Path, *arguments: str) -> Result:
    return CliRunner().invoke(main, ["diff", *arguments, "--processed", str(tmp_path / "processed")])


def test_it_says_what_differs_and_shows_rows(versions: list[str], tmp_path: Path) -> None:
    result = diff(tmp_path, versions[0], "--rows", "60")
    assert result.exit_code == 0, result.output
    for said in (
        versions[0], versions[1], "model statement", "VVD_2025.txt: raw text (edited)",
        "sentences: 6 in both, 1 new, 1 gone",
        "D66_2025.txt: raw text (file added), 3 sentences", "Nederland is een [sterk] land.", "abstained: False → True",
        "The same in both: parties",
    ):  # fmt: skip
        assert said in result.output
    assert "Nederland is" not in diff(tmp_path, versions[0], "--rows", "0").output


def test_versions_may_be_named_by_folder(versions: list[str], tmp_path: Path) -> None:
    folders = [str(tmp_path / "processed" / name) for name in versions]
    assert diff(tmp_path, *folders).output == diff(tmp_path, *versions).output == diff(tmp_path, versions[0]).output


def test_json_has_all_rows_unless_it_is_asked_for_some(versions: list[str], tmp_path: Path) -> None:
    said = json.loads(diff(tmp_path, versions[0], "--json").stdout)
    assert said.keys() == {
        "old", "new", "old_made_at", "new_made_at", "facts", "documents", "tables", "changes",
    }  # fmt: skip
    differ = [each[what] for each in said["tables"] for what in ("changed", "added", "gone", "moved")]
    assert len(said["changes"]) == sum(differ) > 50
    fewer = json.loads(diff(tmp_path, versions[0], "--json", "--rows", "5").stdout)
    assert len(fewer["changes"]) == 5 and fewer["tables"] == said["tables"]
    (labels,) = json.loads(diff(tmp_path, versions[0], "--json", "--table", "labels").stdout)["tables"]
    assert labels in said["tables"]


def test_the_same_version_has_no_differences(versions: list[str], tmp_path: Path) -> None:
    result = diff(tmp_path, versions[1], versions[1])
    assert result.exit_code == 0 and "same code, packages, models" in result.output and "~" not in result.output


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["v000000000000"], 1, "There is no dataset v000000000000"),
        ([], 2, "OLD"),
        (["OLD", "--table", "runs"], 2, "runs"),
        (["OLD", "--rows", "-1"], 2, "rows"),
    ],
)
def test_what_cannot_be_done_is_said(
    versions: list[str], tmp_path: Path, arguments: list[str], code: int, said: str
) -> None:
    result = diff(tmp_path, *(versions[0] if each == "OLD" else each for each in arguments))
    assert (result.exit_code, result.exception.__class__) == (code, SystemExit) and said in result.output
