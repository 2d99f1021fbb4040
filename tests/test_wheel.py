"""What is installed: the wheel, far from its source, does the main job; the lock files agree."""

import json
import re
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from extract.dataset.reader import current_version
from tests.conftest import MODELS, ROOT, read_tables
from tests.pipelines.servers import plain_environment
from tests.pipelines.stand_in import environment_with


def test_the_wheel_does_the_main_job_outside_the_project(tmp_path: Path, raw: Path, prefect_database: Path) -> None:
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path)]
    subprocess.run(build, cwd=ROOT, check=True, capture_output=True, timeout=120)
    (wheel,) = tmp_path.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
    there = {f"pipelines/models/{path.relative_to(MODELS).as_posix()}" for path in MODELS.rglob("*") if path.is_file()}
    assert {Path(name).name for name in there - names} == {"annotations.csv"}
    assert {name.partition("/")[0] for name in names if ".dist-info" not in name} == {"extract", "pipelines"}

    environment = plain_environment()
    environment.pop("PYTHONPATH", None)
    folder = tmp_path / "environment"
    python = environment_with(folder, wheel)
    manifesto = python.with_name(f"manifesto{python.suffix}")

    def done(*arguments: str) -> str:
        command = [str(manifesto), *arguments]
        found = subprocess.run(
            command, cwd=tmp_path, env=environment, capture_output=True, encoding="utf-8", timeout=240, check=False
        )
        assert found.returncode == 0 and found.stderr == "", found.stdout + found.stderr
        return found.stdout

    code = "import extract, pipelines.paths as paths; print(extract.__file__); print(paths.MODELS)"
    places = subprocess.run(
        [python, "-P", "-c", code], env=environment, capture_output=True, encoding="utf-8", check=True
    )
    assert all(Path(line).is_relative_to(folder) for line in places.stdout.splitlines())
    (tmp_path / "processed" / ".prefect").mkdir(parents=True)
    shutil.copy(prefect_database, tmp_path / "processed" / ".prefect")
    assert all(each["well"] for each in json.loads(done("doctor", "--json")))
    said = done("run", str(raw), "--language-pipeline", "blank")
    assert "558" in said
    for noise in ("INFO", "WARNING", "Traceback", "http://"):
        assert noise not in said
    version = current_version(tmp_path / "processed")
    assert version
    assert len(read_tables(tmp_path / "processed" / version)["labels"]) == 4 * 558
    # What it prints to type next can be typed.
    script = manifesto.relative_to(tmp_path)
    assert f"{script} open · {script} check" in said
    done("check")


def pins(name: str) -> dict[str, tuple[str, ...]]:
    """The hashes of each pin of a lock file; for which platforms it is wanted may differ."""
    found: dict[str, tuple[str, ...]] = {}
    for each in re.split(r"\n(?=\S)", (ROOT / name).read_text(encoding="utf-8")):
        requirement, *hashes = each.replace("\\\n", "").split(" --hash=")
        if not requirement.startswith("#"):
            found[requirement.partition(" ;")[0].strip()] = tuple(each.strip() for each in hashes)
    return found


@pytest.fixture(scope="module")
def run_pins() -> dict[str, tuple[str, ...]]:
    return pins("requirements.lock")


def test_every_pin_of_a_run_is_a_pin_of_the_tests(run_pins: dict[str, tuple[str, ...]]) -> None:
    every = pins("requirements-dev.lock")
    assert len(every) > len(run_pins) > 100
    assert {name: every.get(name) for name in run_pins} == run_pins
    assert all(hashes and all(each.startswith("sha256:") for each in hashes) for hashes in every.values())


def test_a_run_installs_no_tools(run_pins: dict[str, tuple[str, ...]]) -> None:
    names = {requirement.partition("==")[0] for requirement in run_pins}
    assert names.isdisjoint({"mypy", "ruff", "pytest", "selenium", "nltk", "polars", "onnx", "onnxruntime", "dask"})
    assert names >= {"spacy", "prefect", "hatchling"}  # which the Makefile installs the project with
